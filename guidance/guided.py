"""What a guided session showed: each step, and the legs against each other."""

from collections.abc import Sequence
from dataclasses import dataclass

from dsp import Analysis, EventLabel, Side, State
from guidance.knowledge_base import Knowledge, StepKind
from guidance.protocol import DoneStep, done_steps, plan
from guidance.reading import load_knowledge

JERK_MARGIN_S = 1.5
"""A kick may come this long after its step: the reflex follows within about a second (late reflex and slow entry)."""
SIDE_SECONDS = 5.0
"""A difference between the legs below it is no difference: holds of one leg scatter by seconds (inference)."""
SIDE_JERKS = 1.0
"""One kick a stretch: with two quick stretches a leg, two kicks more (inference)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepFinding:
    """What one step showed.

    Attributes
    ----------
    step
        The step.
    shaking_s
        Seconds of tremor or reflex rhythm in it.
    jerks
        Reflex jerks in it (for a quick stretch up to a moment after it).
    held_s
        Length of the hold that was seen in it; None without one.
    calm_s
        Time in the hold before it shook; None when it stayed calm or was not seen.
    """

    step: DoneStep
    shaking_s: float
    jerks: int
    held_s: float | None = None
    calm_s: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SideDifference:
    """Left against right in a guided session.

    Attributes
    ----------
    calm_s
        Seconds that the slow hold stayed calm, left minus right; None when one was not seen.
    jerks_per_fast_stretch
        Left minus right; None when one leg did none.
    """

    calm_s: float | None
    jerks_per_fast_stretch: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidedFindings:
    """What a guided session showed.

    Attributes
    ----------
    protocol
        The protocol's identifier.
    title
        Its name.
    steps
        Each step that was done.
    sentences
        The result in plain words.
    finished
        Whether all steps were done.
    sides
        Left against right; None when only one leg took part.
    """

    protocol: str
    title: str
    steps: tuple[StepFinding, ...]
    sentences: tuple[str, ...]
    finished: bool
    sides: SideDifference | None = None


def guided_findings(
    analyses: dict[Side, Analysis],
    markers: Sequence[tuple[float, str]],
    end_s: float,
    knowledge: Knowledge | None = None,
) -> GuidedFindings | None:
    """Say what the steps of a guided session showed.

    Parameters
    ----------
    analyses
        The analysis of the sensor on each leg; with one sensor that changed over, that one alone.
    markers
        Time and text of the recording's markers, on the clock of the analyses.
    end_s
        End of the recording.

    Returns
    -------
    GuidedFindings or None
        None when it was no guided session.
    """
    k = knowledge or load_knowledge()
    name, done, last = done_steps(markers, end_s)
    if name not in k.protocols or not analyses:
        return None
    only = next(iter(analyses.values())) if len(analyses) == 1 else None
    steps = tuple(_finding(step, only or analyses.get(step.side)) for step in done)
    protocol = k.protocols[name]
    count = len(plan(protocol, Side.LEFT)) - (len(protocol.between) if only is None else 0)
    finished = last >= count - 1
    sides = _sides(steps)
    sentences = _sentences(steps, sides, k) + (() if finished else (k.say("guided", "unfinished"),))
    return GuidedFindings(
        protocol=name, title=protocol.title, steps=steps, sentences=sentences, finished=finished, sides=sides
    )


def _finding(step: DoneStep, analysis: Analysis | None) -> StepFinding:
    if analysis is None:
        return StepFinding(step=step, shaking_s=0.0, jerks=0)
    shaking = [s for s in analysis.segments if s.label in (State.TREMOR, State.REFLEX_RHYTHM)]
    inside = [(max(s.start_s, step.start_s), min(s.end_s, step.end_s)) for s in shaking]
    until = step.end_s + (JERK_MARGIN_S if step.kind is StepKind.FAST_STRETCH else 0.0)
    kicks = [e for e in analysis.events if e.label is EventLabel.REFLEX_JERK and not e.is_impact]
    jerks = sum(step.start_s <= e.onset_s < until for e in kicks)
    held_s = calm_s = None
    if step.kind is StepKind.HOLD:
        holds = [h for h in analysis.holds if h.start_s < step.end_s and h.end_s > step.start_s]
        if holds:
            hold = max(holds, key=lambda h: min(h.end_s, step.end_s) - max(h.start_s, step.start_s))
            # A leg that stays in the stretch after the step has held for longer than it was asked to.
            end_s = min(hold.end_s, step.end_s)
            held_s = end_s - hold.start_s
            onsets = [max(0.0, s.start_s - hold.start_s) for s in shaking if hold.start_s - 1.0 <= s.start_s < end_s]
            calm_s = min(onsets, default=None)
    return StepFinding(
        step=step, shaking_s=sum(max(0.0, b - a) for a, b in inside), jerks=jerks, held_s=held_s, calm_s=calm_s
    )


def _sentences(steps: Sequence[StepFinding], both: SideDifference | None, k: Knowledge) -> tuple[str, ...]:
    sides = list(dict.fromkeys(f.step.side for f in steps if f.step.kind is not StepKind.SWITCH))
    named = len(sides) > 1 or Side.UNKNOWN not in sides
    out: list[str] = []
    for side in sides:
        own = [f for f in steps if f.step.side is side]
        words = _of_one_leg(own, k)
        if words and named:
            out.append(k.say("guided", "other_leg", side=side.value))
        out += words
    if of_both := _of_both(both, k):
        out += [k.say("guided", "both_legs"), *of_both]
    return tuple(out)


def _of_one_leg(steps: Sequence[StepFinding], k: Knowledge) -> list[str]:
    out = []
    resting = sum(f.shaking_s for f in steps if f.step.kind is StepKind.REST)
    if resting >= 1.0:
        out.append(k.say("guided", "rest_shaking", seconds=resting))
    for f in (f for f in steps if f.step.kind is StepKind.HOLD):
        if f.held_s is None:
            out.append(k.say("guided", "no_hold"))
        elif f.calm_s is None:
            out.append(k.say("guided", "calm_hold", held_s=f.held_s))
        else:
            out.append(k.say("guided", "shaking_hold", after_s=f.calm_s))
    quick = [f for f in steps if f.step.kind is StepKind.FAST_STRETCH]
    if quick:
        jerks = sum(f.jerks for f in quick)
        words = k.say("guided", "kicks", stretches=len(quick), jerks=jerks) if jerks else k.say("guided", "no_kick")
        out.append(words)
    return out


def _sides(steps: Sequence[StepFinding]) -> SideDifference | None:
    """Left against right; None unless both legs took part."""
    left, right = ([f for f in steps if f.step.side is side] for side in (Side.LEFT, Side.RIGHT))
    if not left or not right:
        return None
    calm = [_calm_s(own) for own in (left, right)]
    quick = [[f.jerks for f in own if f.step.kind is StepKind.FAST_STRETCH] for own in (left, right)]
    jerks = [sum(own) / len(own) if own else None for own in quick]
    return SideDifference(
        calm_s=calm[0] - calm[1] if calm[0] is not None and calm[1] is not None else None,
        jerks_per_fast_stretch=jerks[0] - jerks[1] if jerks[0] is not None and jerks[1] is not None else None,
    )


def _of_both(both: SideDifference | None, k: Knowledge) -> list[str]:
    """Compare left and right; nothing while one of them is missing or not known."""
    if both is None:
        return []
    out = []
    if both.calm_s is not None and abs(both.calm_s) >= SIDE_SECONDS:
        sooner = Side.LEFT if both.calm_s < 0 else Side.RIGHT
        out.append(k.say("guided", "sides_hold", side=sooner.value, seconds=abs(both.calm_s)))
    if both.jerks_per_fast_stretch is not None and abs(both.jerks_per_fast_stretch) >= SIDE_JERKS:
        more = Side.LEFT if both.jerks_per_fast_stretch > 0 else Side.RIGHT
        out.append(k.say("guided", "sides_kicks", side=more.value))
    if not out and both.calm_s is not None and both.jerks_per_fast_stretch is not None:
        out.append(k.say("guided", "sides_same"))
    return out


def _calm_s(steps: Sequence[StepFinding]) -> float | None:
    """How long the hold of a leg stayed calm; its whole length when it never shook; None when it was not seen."""
    holds = [f for f in steps if f.step.kind is StepKind.HOLD and f.held_s is not None]
    if not holds:
        return None
    return min(f.calm_s if f.calm_s is not None else f.held_s or 0.0 for f in holds)
