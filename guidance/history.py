"""History: earlier sessions as a personal baseline, and whether what was tried helped."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from dsp import Findings
from guidance.knowledge_base import Knowledge, load_knowledge

LEAST_SESSIONS = 3
"""Fewer are no baseline (inference)."""
LOOK_BACK = 5
CLEAR_DB = 3.0
"""A factor of 1.4: night-to-night scatter of one person's own tremor is of this order (inference)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSummary:
    """What is remembered of a session.

    Attributes
    ----------
    start_ns
        UTC; 0 when unknown.
    tremor_rms_g
        Typical tremor, g; NaN without tremor.
    tremor_s, reflex_jerk_count, rest_rhythm_s
        As in the findings.
    remedies
        What was advised or tried.
    """

    start_ns: int = 0
    tremor_rms_g: float = float("nan")
    tremor_s: float = 0.0
    reflex_jerk_count: int = 0
    rest_rhythm_s: float = 0.0
    remedies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Before against after a remedy.

    Attributes
    ----------
    known
        False while it is too early to tell.
    difference
        Median seconds of tremor after minus before.
    consistency
        Share of after-before pairs that went down, 0 to 1 (Cliff's delta moved to 0..1); 0.5 is no effect.
    """

    known: bool
    difference: float
    consistency: float


def summarize(findings: Findings, *, start_ns: int = 0, remedies: Sequence[str] = ()) -> SessionSummary:
    """Keep what is worth remembering of a session."""
    return SessionSummary(
        start_ns=start_ns,
        tremor_rms_g=findings.tremor_rms_g,
        tremor_s=findings.tremor_s,
        reflex_jerk_count=findings.reflex_jerk_count,
        rest_rhythm_s=findings.rest_rhythm_s,
        remedies=tuple(remedies),
    )


def above_usual_db(findings: Findings, history: Sequence[SessionSummary]) -> float:
    """Tremor against the person's usual, dB; NaN without a baseline or tremor."""
    known = [h.tremor_rms_g for h in history[-LOOK_BACK:] if not math.isnan(h.tremor_rms_g)]
    if len(known) < LEAST_SESSIONS or math.isnan(findings.tremor_rms_g):
        return float("nan")
    return 20.0 * math.log10(findings.tremor_rms_g / median(known))


def did_it_help(remedy: str, history: Sequence[SessionSummary]) -> Effect:
    """Compare the sessions with a remedy with those without."""
    after = [h.tremor_s for h in history if remedy in h.remedies]
    before = [h.tremor_s for h in history if remedy not in h.remedies]
    if min(len(after), len(before)) < LEAST_SESSIONS:
        return Effect(known=False, difference=float("nan"), consistency=float("nan"))
    pairs = [(a < b) + 0.5 * (a == b) for a in after for b in before]
    return Effect(known=True, difference=median(after) - median(before), consistency=sum(pairs) / len(pairs))


def history_sentences(
    findings: Findings, history: Sequence[SessionSummary], knowledge: Knowledge | None = None
) -> tuple[str, ...]:
    """Say what changed, in a sentence."""
    k = knowledge or load_knowledge()
    if not history:
        return ()
    if len(history) < LEAST_SESSIONS:
        return (k.say("history", "early", n=len(history)),)
    change = above_usual_db(findings, history)
    if math.isnan(change):
        return ()
    name = "more" if change > CLEAR_DB else "less" if change < -CLEAR_DB else "same"
    return (k.say("history", name, n=min(len(history), LOOK_BACK)),)
