"""Jerks: bursts of the quick path, followed in the time domain by the level and floor of `dsp.kick_level` (OS-CFAR).

Every value is made by elementwise operations or maxima, so that any chunking of the samples gives the same bits.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dsp.aftermath import Proof
from dsp.candidate import Candidate, Limits, limits_of
from dsp.in_tremor import RING_STEPS, in_shaking, least_that_stands_out, shook
from dsp.kick import measure_kick
from dsp.kick_queue import KickQueue
from dsp.landing import level_before
from dsp.parameters import Parameters
from dsp.run_view import RunView
from dsp.step_levels import Levels
from dsp.surroundings import level_around

Floats = NDArray[np.float32]

BLOCK = 24
"""Steps whose levels are turned into plain numbers at once: a burst is followed for so many (measured)."""


@dataclass(slots=True, eq=False)
class JerkFinder:
    """Decides, step by step, which bursts are kicks; the queue decides which of these are told.

    Steps are counted from the first that is kept; `forget` moves it.

    Attributes
    ----------
    kicks
        What waits for what comes after it.
    ended
        Steps at which candidates began, and at which each ended.
    last_peak_step
        Loudest step of the last kick, far below zero without one.
    """

    parameters: Parameters
    kicks: KickQueue
    ended: list[tuple[int, int]] = field(default_factory=list)
    last_peak_step: int = -(10**9)
    _candidate: Candidate | None = None
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
        due = self.kicks.due
        if due is not None:
            # What waits is confirmed at its time, whatever comes before.
            last = min(last, max(at, due))
        return min(last, seen.next_above(at))

    @property
    def candidate_step(self) -> int | None:
        """Step at which the open candidate began."""
        return self._candidate.onset_step if self._candidate is not None else None

    @property
    def oldest_step(self) -> int | None:
        """Oldest step that something undecided began at; None when nothing is open."""
        begun = [step for step in (self.candidate_step, self.kicks.oldest_step) if step is not None]
        return min(begun, default=None)

    @property
    def kick_steps(self) -> list[int]:
        """Steps at which a kick was found lately, or may be."""
        begun = self.kicks.steps
        return begun if self._candidate is None else [*begun, self._candidate.onset_step]

    def forget(self, steps: int) -> None:
        """Count from `steps` later on: what lay before is kept no longer."""
        self.kicks.forget(steps)
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
        self.kicks.confirm(last, seen.loud, view, self._candidate, at_end=True)

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
            self.kicks.confirm(at, seen.loud, view, self._candidate)
            at += 1
        if self._candidate is not None and at < end:
            at = self._follow(self._candidate, at, end, seen, view)
        return self.quiet_until(at, seen)

    def _follow(self, c: Candidate, at: int, end: int, seen: Levels, view: RunView) -> int:
        """Follow the open candidate from step `at` on until it is over; the first step that is not taken."""
        while at < end:
            stop = min(end, at + BLOCK)
            due = self.kicks.due
            if due is not None:
                # What waits is confirmed at its time, whatever goes on.
                stop = min(stop, max(at, due) + 1)
            at, following = self._followed(c, at, stop, seen, view)
            # What ends or begins in this very step is known by then: an impact that it led up to, another kick.
            self._candidate = following
            self.kicks.confirm(at - 1, seen.loud, view, following)
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
                self.kicks.sustained(c)
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
        train = self.kicks.train_before(c, at, view)
        if train is None:
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
            pair=bool(train),
            followed=known < at,
        )
        # What hits much harder than anything before it is told whatever went on before.
        before = level_before(c, seen.level, seen.loud, view) if around is None else around
        if before is None:
            return
        rise = None
        if train:
            rise = view.rise_to(c.onset_step) if c.rise is None else c.rise
        measured = measure_kick(view, c.onset_step, c.peak, known, floor, before, rise)
        if measured is None or ((around is None or at_end) and not measured.event.is_impact):
            return
        if measured.proof is Proof.NONE:
            self.last_peak_step = c.peak_step
        self.kicks.take(measured, c, train, at, view)
