"""Pulses: lone slow jerks, of 0.2 s and more, that the quick jerk path takes for the start of a movement.

An acceleration of that length may be the beginning of anything, so that much is asked of it: quiet before and after,
and a limb that comes back to where it was.
"""

import math
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dsp.aftermath import Waiting, belongs_to
from dsp.few import largest, middle
from dsp.hindsight import is_movement, looked_back
from dsp.in_tremor import LONGEST_KICK_STEPS, LOUDEST_ORDER, SUSTAINED_STEPS
from dsp.jerks import JerkFinder
from dsp.kick_level import STEP_S
from dsp.parameters import Parameters
from dsp.pulse import measure_pulse
from dsp.results import Event
from dsp.run_view import RunView
from dsp.slow_steps import SlowSteps
from dsp.surroundings import comes_again, stirs
from dsp.whole_turn import is_whole_turn

Floats = NDArray[np.float32]

QUIET_STEPS = 2
"""Below a third of the top for so long ends a pulse: longer than the dip between its two halves."""
BEFORE_STEPS = 8
"""Nothing may stand out in so many steps before it; the two nearest belong to its rise."""


@dataclass(slots=True)
class _Pulse:
    onset_step: int
    peak: float
    below: int = 0
    end_step: int | None = None


@dataclass(slots=True, eq=False)
class PulseFinder:
    """Decides, step by step, which slow bursts are events; steps as in `dsp.jerks.JerkFinder`.

    Attributes
    ----------
    events
        Confirmed events of both paths.
    """

    parameters: Parameters
    events: list[Event]
    _pulse: _Pulse | None = None
    _loud_until: int = -(10**9)
    _wait: int = field(init=False)
    _longest: int = field(init=False)

    def __post_init__(self) -> None:
        """Work out once what every burst asks for: steps from its onset to where it is confirmed, or too long."""
        self._wait = round(self.parameters.pulse["confirm_s"] / STEP_S)
        self._longest = round(self.parameters.pulse["longest_s"] / STEP_S)

    def thresholds(self, floors_g: Floats) -> NDArray[np.float64]:
        """Levels that open a pulse."""
        p = self.parameters
        return np.maximum(p.pulse["on_ratio"] * floors_g.astype(np.float64), 1e-3 * p.jerk["on_mg"])

    @property
    def oldest_step(self) -> int | None:
        """Step at which the open pulse began; None without one."""
        return None if self._pulse is None else self._pulse.onset_step

    def forget(self, steps: int) -> None:
        """Count from `steps` later on."""
        self._loud_until -= steps
        if self._pulse is not None:
            self._pulse.onset_step -= steps
            if self._pulse.end_step is not None:
                self._pulse.end_step -= steps

    def begins(self, above: NDArray[np.int64]) -> list[int]:
        """Give the steps at which a burst begins, of those above their threshold since the last call.

        What is loud without a break is one motion: it began where it first stood out.
        """
        if not len(above):
            return []
        fresh = np.empty(len(above), bool)
        fresh[0], fresh[1:] = above[0] - self._loud_until > QUIET_STEPS, above[1:] - above[:-1] > QUIET_STEPS
        self._loud_until = int(above[-1])
        return list(above[fresh].tolist())

    def quiet_until(self, at: int, last: int, begins: Sequence[int]) -> int:
        """First step from `at` on in which something may change; `last` when nothing does.

        While a pulse may still grow that is every step, and then the one at which it is confirmed.
        """
        c = self._pulse
        if c is not None:
            return at if c.end_step is None else min(last, max(at, c.onset_step + self._wait))
        following = bisect_left(begins, at)
        return begins[following] if following < len(begins) else last

    def take(self, at: int, last: int, begins: Sequence[int], slow: SlowSteps, view: RunView, kicks: JerkFinder) -> int:
        """Take step `at`, at which a burst begins, goes on or is confirmed; the quick path has taken it before.

        Nothing else bears upon a burst until it is confirmed, so that it is followed at once to its end, or to before
        step `last`.

        Returns
        -------
        The next step at which something may change, as `quiet_until`.
        """
        c = self._pulse
        if c is None:
            self._pulse = c = _Pulse(at, float(slow.level.kept[at]))
            at = self._follow(c, at + 1, last, slow)
        elif c.end_step is None:
            at = self._follow(c, at, last, slow)
        else:
            self._pulse = None
            event = self._confirmed(at, c, slow, view, kicks)
            if event is not None:
                self.events.append(event)
            at += 1
        return self.quiet_until(at, last, begins)

    def _follow(self, c: _Pulse, at: int, last: int, slow: SlowSteps) -> int:
        """Follow an open pulse from step `at` on, as long as it may be one; the first step that is not taken."""
        end_ratio, stop = self.parameters.jerk["end_ratio"], c.onset_step + self._longest + 2
        for here in slow.level.kept[at : min(last, stop)].tolist():
            if here > c.peak:
                c.peak, c.below = here, 0
            elif here < end_ratio * c.peak:
                c.below += 1
            else:
                c.below = 0
            if c.below >= QUIET_STEPS:
                # It may be confirmed in the same step.
                c.end_step = at
                return at
            at += 1
        if at == stop:
            self._pulse = None
        return at

    def _confirmed(self, at: int, c: _Pulse, slow: SlowSteps, view: RunView, kicks: JerkFinder) -> Event | None:
        """Give the event, if it stands alone; None else."""
        if c.end_step is None or self._is_known(c, view, kicks):
            return None
        if view.shakes(at) and not self._stands_out(c, at, slow.loud.kept):
            return None
        p, level, loud = self.parameters.pulse, slow.level.kept, slow.loud.kept
        if stirs(c.onset_step, c.peak, loud, view) or comes_again(c.onset_step, c.peak, level, view):
            return None
        past = middle(loud[max(0, c.onset_step - SUSTAINED_STEPS) : c.onset_step])
        if past > p["isolation_ratio"] * c.peak:
            return None
        beside = max(
            largest(level[max(0, c.onset_step - BEFORE_STEPS) : max(0, c.onset_step - 2)]),
            largest(level[c.end_step + 1 : at + 1]),
        )
        # What is quiet beside the pulse, or anywhere, need not be held against the floor, which takes long to tell.
        quiet = max(p["isolation_ratio"] * c.peak, 1e-3 * self.parameters.jerk["on_mg"])
        if beside > quiet and slow.exceeds_floor(beside, p["on_ratio"], at + view.first_step):
            return None
        event = measure_pulse(view, c.onset_step, c.end_step, at, c.peak, past)
        if event is None or any(belongs_to(event, other, self.parameters) for other in self.events[-2:]):
            return None
        pulse = Waiting(view.step_at(event.onset_s), event, c.peak)
        others_s = [other.onset_s for other in self.events[-2:]]
        if is_movement(pulse, at, loud, view) or is_whole_turn(event, pulse.began, at, view, others_s):
            return None
        return looked_back(pulse, at, loud, view, ())

    def _stands_out(self, c: _Pulse, at: int, loud: Floats) -> bool:
        """Whether it stands out of the loudest moments around it, as a kick in shaking does.

        Shaking at 8 to 12 Hz hardly shows in the slow levels, where a pulse shows most.
        """
        around = loud[max(0, c.onset_step - SUSTAINED_STEPS) : max(0, c.onset_step - 1)].tolist()
        around += loud[c.onset_step + LONGEST_KICK_STEPS : at + 1].tolist()
        loudest = sorted(around)[int(LOUDEST_ORDER * len(around))] if around else math.inf
        return bool(c.peak >= self.parameters.pulse["above_loudest"] * loudest)

    def _is_known(self, c: _Pulse, view: RunView, kicks: JerkFinder) -> bool:
        """Whether the quick path has found it, or may, or the body still settles after an impact."""
        p = self.parameters
        near = p.pulse["apart_s"]
        if max(kicks.kick_steps, default=-math.inf) > c.onset_step - near / STEP_S:
            return True
        # By its samples: where steps are not quite 0.1 s long, their number drifts by seconds in an hour.
        onset_s = view.start_s + view.edge(c.onset_step) / view.grid.rate_hz
        return any(
            event.onset_s > onset_s - (p.jerk["bounce_s"] if event.is_impact else near) for event in self.events[-2:]
        )
