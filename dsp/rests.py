"""Rests: a limb that lies still beside its movements is still as soon as it does, and until it moves.

Windows of four seconds, and the seconds in their middle, reach into a movement before it begins and after it is over.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dsp.frames import FrameBatch
from dsp.grid import STEPS_PER_HOP
from dsp.kick_level import STEP_S
from dsp.labels import State
from dsp.named import name_frames
from dsp.parameters import Parameters
from dsp.rows import running_least
from dsp.run_view import RunView

Bools = NDArray[np.bool_]

STIRRED = (State.MOVEMENT.value, State.UNCLEAR.value)
"""What frames make of motion that comes or has been; tremor and rhythm have beginnings and ends of their own."""
OWN_STEPS = 3
"""Steps to either side of the middle of a frame that it stands for: half a hop."""
LATE_STEPS = 2
"""Steps after motion is over in which its level still shows: means over 0.15 s, of differences over as much."""


@dataclass(slots=True, eq=False)
class Rests:
    """Names the frames of rests."""

    parameters: Parameters
    # Whether the newest final frames were still by what was known up to each.
    _newest: Bools = field(init=False)

    def __post_init__(self) -> None:
        """Begin a run, before which nothing is known."""
        self._newest = np.zeros(round(self.parameters.decision["lag_hops"]), np.bool_)

    def settle(self, batch: FrameBatch, view: RunView) -> None:
        """Call those of the next final frames still that lie in a rest.

        Nothing but noise is felt then for two seconds before or after them, and of the frames there one at least is
        still by what its own window says: what is no louder than noise may be a faint tremor, or slow.
        """
        frames, lag = batch.frames, len(self._newest)
        still = np.concatenate([self._newest, batch.still])
        self._newest = still[len(frames) : len(frames) + lag]
        labels = frames["label"]
        # Twice as quick as to look each up.
        stirred = ((labels == STIRRED[0]) | (labels == STIRRED[1])).nonzero()[0]
        if not len(stirred):
            return
        p, middles = self.parameters.rest, view.steps_at(frames["time_s"][stirred])
        size = round(p["lasts_s"] / STEP_S)
        first, end = max(0, int(middles[0]) - size), min(len(view.step_loud), int(middles[-1]) + size)
        if end - first < size:
            return
        quiet = _quiet_begin(first, end, size, view)
        # Of each place among these frames, whether one of it and of those in the two seconds after it is.
        called = still.copy()
        for later in range(1, lag + 1):
            called[:-later] |= still[later:]
        at_rest = np.zeros(len(stirred), np.bool_)
        after = middles - OWN_STEPS + LATE_STEPS
        for begins, place in ((middles + OWN_STEPS - size, stirred), (after, stirred + lag)):
            at_rest |= _rest_begins(begins, called[place] & ~at_rest, first, quiet, size, view)
        if at_rest.any():
            name_frames(frames, stirred[at_rest].tolist(), State.STILL, p["sure"])


def rest_around(middles: NDArray[np.int64], size: int, view: RunView) -> Bools:
    """Whether the limb lies still for `size` steps that hold the second around each of these, rising, (n,)."""
    second = 2 * STEPS_PER_HOP
    first, end = max(0, int(middles[0]) - size), min(len(view.step_loud), int(middles[-1]) + size)
    at_rest = np.zeros(len(middles), np.bool_)
    if end - first < size:
        return at_rest
    quiet = _quiet_begin(first, end, size, view)
    for late in range(size - second + 1):
        at_rest |= _rest_begins(middles - second // 2 - late, ~at_rest, first, quiet, size, view)
    return at_rest


def rests_begin(first: int, end: int, size: int, view: RunView) -> Bools:
    """Whether `size` steps of rest begin at each of the steps from `first` on that end before `end`, (n,)."""
    return _quiet_begin(first, end, size, view) & _lies(np.arange(first, end - size + 1), size, view)


def rests_until(begin: int, size: int, end: int, quiet_g: float, view: RunView) -> int:
    """First step at which a rest that begins at step `begin` is over, at most `end`.

    Parameters
    ----------
    size
        Steps that it lasts at least.
    quiet_g
        How loud it is at most.
    """
    loud = view.step_loud[begin:end] > quiet_g
    gravity = view.step_gravity[begin:end]
    away_g = np.abs(gravity - gravity[:size].mean(axis=0))
    over = (loud | (away_g > np.float32(1e-3 * view.parameters.rest["spread_mg"])).any(axis=1))[size:].nonzero()[0]
    return min(end, begin + size + int(over[0])) if len(over) else end


def _rest_begins(begins: NDArray[np.int64], asked: Bools, first: int, quiet: Bools, size: int, view: RunView) -> Bools:
    """Whether a rest begins at each of these steps that is asked for, by what is quiet from step `first` on, (n,)."""
    known = asked & (begins >= first) & (begins - first < len(quiet))
    known[known] = quiet[begins[known] - first]
    known[known] = _lies(begins[known], size, view)
    return known


def _quiet_begin(first: int, end: int, size: int, view: RunView) -> Bools:
    """As `rests_begin`, by what is quick alone."""
    loudest_g = -running_least(-view.step_loud[first:end], size)
    return np.asarray(loudest_g <= np.float32(1e-3 * view.parameters.rest["loudest_mg"]))


def _lies(begins: NDArray[np.int64], size: int, view: RunView) -> Bools:
    """Whether the limb lies where it lies throughout the `size` steps from each of these on, (n,)."""
    part = view.step_gravity[begins[:, None] + np.arange(size)]
    spread_g = part.max(axis=1) - part.min(axis=1)
    return np.asarray((spread_g <= np.float32(1e-3 * view.parameters.rest["spread_mg"])).all(axis=1))
