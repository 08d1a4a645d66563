"""Jerk path: brief kicks found in the time domain, by the level and floor of `dsp.kick_level` (OS-CFAR).

Every value is made by elementwise operations or maxima, so that any chunking of the samples gives the same bits.
"""

from bisect import insort
from collections.abc import Iterable
from dataclasses import dataclass, field
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from dsp.aftermath import Proof, Waiting, belongs_to, is_contradicted, lies_back, lies_still, was_kick
from dsp.candidate import Candidate, Limits, limits_of
from dsp.first_swell import is_doubtful
from dsp.hindsight import LATE_STEPS, in_a_stretch, is_movement, looked_back
from dsp.in_tremor import RING_STEPS, in_shaking, least_that_stands_out, shook
from dsp.kick import measure_kick
from dsp.kick_event import IMPACT
from dsp.kick_in_turn import kicked_in_turn
from dsp.landing import landed, level_before, takes_off
from dsp.parameters import Parameters
from dsp.pendular import swings_freely
from dsp.results import Event
from dsp.run_view import RISE_STEPS, RunView
from dsp.step_levels import Levels
from dsp.struck import is_struck
from dsp.surroundings import level_around
from dsp.volley import is_one_of_beats
from dsp.whole_turn import is_whole_turn

Floats = NDArray[np.float32]

BLOCK = 24
"""Steps whose levels are turned into plain numbers at once: a burst is followed for so many (measured)."""
DUE = attrgetter("due")
MOST_KICKS = 2
"""More within `train_s` are a rhythm or a movement, which the frames name."""


@dataclass(slots=True, eq=False)
class JerkFinder:
    """Decides, step by step, which bursts are events.

    Steps are counted from the first that is kept; `forget` moves it.

    Attributes
    ----------
    events
        Confirmed events, each as it became known.
    doubtful
        Those of them that wait for the frames and were not taken yet, and the level at their top, g.
    ended
        Steps at which candidates began, and at which each ended.
    last_peak_step
        Loudest step of the last kick, far below zero without one.
    """

    parameters: Parameters
    events: list[Event] = field(default_factory=list)
    ended: list[tuple[int, int]] = field(default_factory=list)
    doubtful: list[tuple[Event, float]] = field(default_factory=list)
    last_peak_step: int = -(10**9)
    _waiting: list[Waiting] = field(default_factory=list)
    _candidate: Candidate | None = None
    _kicks: list[tuple[int, float]] = field(default_factory=list)
    _limits: Limits = field(init=False)

    def __post_init__(self) -> None:
        """Work out once what every step asks for."""
        self._limits = limits_of(self.parameters)

    def thresholds(self, floors_g: Floats) -> NDArray[np.float64]:
        """Levels that open an event."""
        p = self.parameters.jerk
        return np.maximum(p["on_ratio"] * floors_g.astype(np.float64), 1e-3 * p["on_mg"])

    def quiet_until(self, at: int, seen: Levels) -> int:
        """First step from `at` on in which something may change; one past the newest when nothing does.

        Parameters
        ----------
        at
            Step to begin at.
        seen
            Levels of the steps.
        """
        last = len(seen.level)
        if at == last or self._candidate is not None:
            return at
        if self._waiting:
            # What waits is confirmed at its time, whatever comes before.
            last = min(last, max(at, self._waiting[0].due))
        return min(last, seen.next_above(at))

    @property
    def candidate_step(self) -> int | None:
        """Step at which the open candidate began."""
        return self._candidate.onset_step if self._candidate is not None else None

    @property
    def oldest_step(self) -> int | None:
        """Oldest step that something undecided began at; None when nothing is open."""
        begun = [kick.began for kick in self._waiting]
        if self._candidate is not None:
            begun.append(self._candidate.onset_step)
        return min(begun, default=None)

    @property
    def kick_steps(self) -> list[int]:
        """Steps at which a kick was found lately, or may be."""
        begun = [step for step, _ in self._kicks] + [kick.began for kick in self._waiting if kick.is_likely]
        return begun if self._candidate is None else [*begun, self._candidate.onset_step]

    def forget(self, steps: int) -> None:
        """Count from `steps` later on: what lay before is kept no longer."""
        for kick in self._waiting:
            kick.began -= steps
            kick.due -= steps
        self._kicks = [(step - steps, top) for step, top in self._kicks]
        self.ended = [(began - steps, end - steps) for began, end in self.ended if end >= steps]
        self.last_peak_step -= steps
        if self._candidate is not None:
            self._candidate.onset_step -= steps
            self._candidate.peak_step -= steps
            self._candidate.loud_from -= steps

    def finish(self, last: int, seen: Levels, view: RunView) -> None:
        """End the run at step `last`: what waits is confirmed, unless what followed it so far contradicts it.

        A candidate that is still loud is given up, for nothing shows yet whether it was a kick or the start of a
        movement, unless it was an impact.
        """
        if self._candidate is not None and last > self._candidate.peak_step:
            self._close(last, last, self._candidate, seen, view, at_end=True)
        self._confirm(last, seen.loud, view, at_end=True)

    def take(self, at: int, end: int, seen: Levels, view: RunView) -> int:
        """Take step `at`, and while a burst goes on the steps after it, before `end`.

        Returns
        -------
        The first step that is not taken and in which something may change.
        """
        if self._candidate is None:
            here = float(seen.level[at])
            if here > seen.threshold(at):
                soon = at - self.last_peak_step <= self._limits.refractory
                # The ring of the last kick only fades, a new one rises above it.
                rise = seen.rise(at, view) if soon else None
                if rise is not None or not soon:
                    self._candidate = Candidate(at, at, here, at, rise, self._limits.end_ratio * here)
            if self._waiting:
                self._confirm(at, seen.loud, view)
            at += 1
        if self._candidate is not None and at < end:
            at = self._follow(self._candidate, at, end, seen, view)
        return self.quiet_until(at, seen)

    def _confirm(self, at: int, loud: Floats, view: RunView, *, at_end: bool = False) -> None:
        """Hand over what no greater impact has followed, and nothing else contradicts."""
        while self._waiting and (at_end or at >= self._waiting[0].due):
            kick = self._waiting.pop(0)
            others = [step for step, _ in self._kicks]
            if self._candidate is not None:
                others.append(self._candidate.onset_step)
            lands = landed(kick, at, loud, view)
            if lands and not kick.event.is_impact:
                # No muscle made it, however soft it is.
                kick.event = kick.event.but(flags=(*kick.event.flags, *IMPACT))
            doubted = (
                kick.proof is Proof.SWINGS
                or (kick.proof is Proof.LIES_BACK and not lies_back(kick, at, view))
                or (not lands and is_contradicted(kick, at, loud, view, others))
                or is_movement(kick, at, loud, view)
            )
            if doubted and not swings_freely(kick.event, at, view):
                full = kick.began + self._limits.confirm
                if at < full and not at_end:
                    # What has just begun may be another kick: it is looked at again when it has waited its whole time.
                    kick.due = full
                    insort(self._waiting, kick, key=DUE)
                    continue
                if at_end or not self._came_in_turn(kick, others, at, view):
                    continue
            if not kick.is_likely and self._is_told(kick.event):
                continue
            if is_struck(kick.event, view) or self._takes_off(kick, at, view):
                continue
            if self._is_turn(kick, at, view):
                self._take_back([kick.began])
                continue
            if not is_one_of_beats(kick.began, at, view):
                event = looked_back(kick, at, loud, view, others)
                self.events.append(event)
                if is_doubtful(kick, at, loud, view):
                    self.doubtful.append((event, kick.top))

    def _takes_off(self, kick: Waiting, at: int, view: RunView) -> bool:
        """Whether it only led to a landing."""
        if kick.event.is_impact:
            return False
        return takes_off(kick, at, 0.0 if self._candidate is None else self._candidate.peak, view)

    def _came_in_turn(self, kick: Waiting, others: Iterable[int], at: int, view: RunView) -> bool:
        """Whether it came in the midst of a quick stretch, and name it so; `others` are steps of other kicks."""
        begun = [step for step in others if abs(step - kick.began) > RISE_STEPS]
        others_s = [view.start_s + view.edge(max(step, 0)) / view.grid.rate_hz for step in begun]
        turned_deg = kicked_in_turn(kick, at, view, [*others_s, *self._onsets_s()])
        if turned_deg is None:
            return False
        kick.event = in_a_stretch(kick.event, turned_deg)
        return True

    def _is_turn(self, kick: Waiting, at: int, view: RunView) -> bool:
        """Whether a turn of the limb from rest to rest explains a kick after all; a free swing is none."""
        explained = is_whole_turn(kick.event, kick.began, at, view, self._onsets_s())
        return explained and not swings_freely(kick.event, at, view)

    def _onsets_s(self) -> list[float]:
        """Onsets of the newest events, and of the kicks that wait."""
        return [event.onset_s for event in self.events[-2:]] + [other.event.onset_s for other in self._waiting]

    def _is_told(self, event: Event) -> bool:
        """Whether the slow path has told of it, for which it was no kick yet."""
        apart_s = self.parameters.pulse["apart_s"]
        return any(abs(told.onset_s - event.onset_s) < apart_s for told in self.events[-2:])

    def _follow(self, c: Candidate, at: int, end: int, seen: Levels, view: RunView) -> int:
        """Follow the open candidate from step `at` on until it is over; the first step that is not taken."""
        while at < end:
            stop = min(end, at + BLOCK)
            if self._waiting:
                # What waits is confirmed at its time, whatever goes on.
                stop = min(stop, max(at, self._waiting[0].due) + 1)
            at, following = self._followed(c, at, stop, seen, view)
            # What ends or begins in this very step is known by then: an impact that it led up to, another kick.
            self._candidate = following
            if self._waiting:
                self._confirm(at - 1, seen.loud, view)
            if following is None:
                break
            c = following
        return at

    def _followed(self, c: Candidate, at: int, stop: int, seen: Levels, view: RunView) -> tuple[int, Candidate | None]:
        """Take steps of the open candidate, from `at` to before `stop`, or up to the one in which it ends.

        Returns
        -------
        The first step that is not taken, and the candidate that is open before it.

        Notes
        -----
        A tremor opens one candidate after another, so that every step of it comes by here: plain numbers, a block at a
        time, and no calls for steps in which nothing changes.
        """
        limits, first = self._limits, max(0, min(c.onset_step, at + 1 - RING_STEPS))
        near: list[float] = seen.level[first:stop].tolist()
        for i, here in enumerate(near[at - first :], at):
            since_peak = i - c.peak_step
            # Another burst may begin before the candidate has died away.
            if since_peak > RING_STEPS and here > limits.new_share * c.peak:
                rise = seen.rise(i, view)
                if rise is not None:
                    # The other may have begun before the step in which it stands out.
                    self._close(i, max(c.peak_step + 1, view.step_of(rise) - 1), c, seen, view)
                    self.ended.append((c.onset_step, i))
                    return i + 1, Candidate(i, i, here, i, rise, limits.end_ratio * here)
            if here > c.peak:
                c.peak, c.peak_step, c.below = here, i, 0
                c.over = None
                continue
            if c.over is None:
                # What was loud beside a smaller peak may be quiet beside this one: a stretch before its kick.
                c.loud_from, c.over = c.peak_step, self._over(c, seen.loud, view)
                while c.loud_from > c.onset_step and near[c.loud_from - 1 - first] >= c.over:
                    c.loud_from -= 1
            c.below = c.below + 1 if here < c.over else 0
            if c.below >= limits.quiet_after:
                self._close(i, i, c, seen, view)
            elif (
                since_peak > limits.longest
                or (
                    i - c.loud_from > limits.widest
                    # Nor are the newest steps a good deal quieter than it was.
                    and max(near[max(0, i + 1 - RING_STEPS - first) : i + 1 - first]) >= limits.fading * c.peak
                )
            ):
                # It cannot become a kick any more: loud for longer than the widest kick without fading.
                self._sustained(c.onset_step, c.peak)
            else:
                continue
            self.ended.append((c.onset_step, i))
            return i + 1, None
        return stop, c

    def _over(self, c: Candidate, loud: Floats, view: RunView) -> float:
        """Level below which the candidate is over, g: in a tremor what shook before it goes on."""
        over = self._limits.end_ratio * c.peak
        if c.stands_out is None:
            c.stands_out = least_that_stands_out(c.onset_step, loud, self.last_peak_step, self.parameters)
        if c.peak < c.stands_out:
            return over
        if not shook(c.onset_step, c.peak_step, c.peak, loud, view):
            return over
        shaking = in_shaking(c.onset_step, loud, self.last_peak_step)
        return max(over, shaking) if c.peak >= self.parameters.jerk["above_loudest"] * shaking else over

    def _close(self, at: int, known: int, c: Candidate, seen: Levels, view: RunView, *, at_end: bool = False) -> None:
        """Measure the candidate that step `known` was the last one of, as step `at` shows; keep it if it is a kick.

        At the end of the run an impact alone is told of what is not over yet.
        """
        p = self.parameters.jerk
        near = [(s, top) for s, top in self._kicks if c.onset_step - s < self._limits.train]
        # What is far smaller is no part of the same train: somebody stumbles before the fall.
        if len(near) >= MOST_KICKS and c.peak < p["impact_g"]:
            self._take_back(self._turns(c, at, view))
            near = [kick for kick in near if kick in self._kicks]
            if sum(top > p["train_share"] * c.peak for _, top in near) >= MOST_KICKS:
                self._sustained(c.onset_step, c.peak)
                return
        floor = seen.floor(at)
        around = level_around(
            c,
            known,
            seen.level,
            seen.loud,
            floor,
            view,
            kick_before=self.last_peak_step,
            pair=bool(near),
            followed=known < at,
        )
        # What hits much harder than anything before it is told whatever went on before.
        before = level_before(c, seen.level, seen.loud, view) if around is None else around
        if before is None:
            return
        rise = None
        if near:
            rise = view.rise_to(c.onset_step) if c.rise is None else c.rise
        measured = measure_kick(view, c.onset_step, c.peak, known, floor, before, rise)
        if measured is None or ((around is None or at_end) and not measured.event.is_impact):
            return
        event = measured.event
        # The candidate may have begun with a stretch; what follows is counted from the kick itself.
        began = max(c.onset_step, view.step_at(event.onset_s))
        if measured.proof is not Proof.NONE:
            # So far it is more likely a movement, and keeps no other from being a kick.
            if not self._follows_impact(began, event, at, view):
                self._wait(Waiting(began, event, c.peak, measured.proof), view)
            return
        self.last_peak_step = c.peak_step
        self._kicks = [*near, (c.onset_step, c.peak)]
        self._take(began, event, c.peak, at, view)

    def _turns(self, c: Candidate, at: int, view: RunView) -> list[int]:
        """Give the first steps of the kicks that wait and that a turn out of rest explains, as step `at` shows."""
        other_s = view.start_s + view.edge(max(c.onset_step - RISE_STEPS, 0)) / view.grid.rate_hz
        return [k.began for k in self._waiting if is_whole_turn(k.event, k.began, at, view, [other_s])]

    def _take_back(self, turns: list[int]) -> None:
        """Take back the kicks that began in these steps: they were the begin or the end of a turn."""
        self._waiting = [kick for kick in self._waiting if kick.began not in turns]
        self._kicks = [k for k in self._kicks if not any(0 <= began - k[0] <= RISE_STEPS for began in turns)]

    def _sustained(self, onset_step: int, peak: float) -> None:
        """Take back what was only the beginning of sustained motion."""
        p = self.parameters.jerk
        soon = onset_step - self._limits.train
        self._waiting = [k for k in self._waiting if k.began < soon or peak < p["train_share"] * k.top]

    def _take(self, onset_step: int, event: Event, level: float, at: int, view: RunView) -> None:
        """Keep one event of an impact, known at step `at`: what leads up to it and bounces after it belongs to it."""
        if event.is_impact:
            self._waiting = [k for k in self._waiting if k.event.peak_g > event.peak_g]
        # One whose top lies in this one was its beginning, seen before the rest had come.
        self._waiting = [k for k in self._waiting if k.event.peak_s < event.onset_s]
        # One that is confirmed stays, whatever comes soon after it: a fall has more than one impact.
        if not self._follows_impact(onset_step, event, at, view):
            self._wait(Waiting(onset_step, event, level), view)

    def _wait(self, kick: Waiting, view: RunView) -> None:
        """Let a kick wait for what comes after it, but no longer than lets it be told in time from its onset."""
        p, limits = self.parameters.jerk, self._limits
        in_time = view.step_at(kick.event.onset_s + p["confirmed_by_s"]) - 1
        kick.due = kick.began + limits.confirm
        if not kick.event.is_impact:
            # A greater impact may come after one.
            kick.due = min(kick.due, max(kick.began + LATE_STEPS, in_time))
        # One that began later may be due sooner.
        insort(self._waiting, kick, key=DUE)

    def _follows_impact(self, onset_step: int, event: Event, at: int, view: RunView) -> bool:
        """Whether it is what bounces or settles after an impact, as step `at` shows; a turn out of rest is none."""
        likely = [k for k in self._waiting if k.is_likely]
        known = self.events[-2:] + [k.event for k in likely]
        if not any(impact.is_impact for impact in known):
            return False
        rested = lies_still(onset_step, view)
        after = [impact for impact in known if belongs_to(event, impact, self.parameters, rested=rested)]
        if not event.is_impact:
            after = [impact for impact in after if not was_kick(impact, onset_step, view)]
        others_s = [event.onset_s]
        leads = [k for k in likely if any(k.event is impact for impact in after)]
        turns = [k for k in leads if is_whole_turn(k.event, k.began, at, view, others_s)]
        self._take_back([k.began for k in turns])
        return len(turns) < len(after)
