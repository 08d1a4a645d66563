"""Step levels: what the newest steps of a run amount to, which of them stand out, and where new kicks rise in these."""

from bisect import bisect_left
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dsp.kick_begin import new_kicks, shakes_on, shaking_on
from dsp.run_view import RunView

Floats = NDArray[np.float32]

FEW = 16
"""So few steps may go on shaking for all of them, which is known sooner: a live push brings one or two."""


@dataclass(slots=True, eq=False)
class Levels:
    """What the steps amount to; the newest ones begin at step `first`.

    Attributes
    ----------
    level, loud
        Kick level of every step that is kept, and that of any motion, g.
    thresholds, floors
        Levels that open an event in the newest steps, and the floors of these, g.
    first
        The first of the newest.
    above
        Those of the newest whose level is above their threshold, in order.
    """

    level: Floats
    loud: Floats
    thresholds: NDArray[np.float64]
    floors: Floats
    first: int
    above: list[int] = field(init=False)
    _new_kicks: dict[int, int] | None = None

    def __post_init__(self) -> None:
        """Look for the loud ones."""
        self.above = [self.first + at for at in (self.level[self.first :] > self.thresholds).nonzero()[0].tolist()]

    def threshold(self, at: int) -> float:
        """Level that opens an event in one of the newest steps."""
        return float(self.thresholds[at - self.first])

    def floor(self, at: int) -> float:
        """Floor of one of the newest steps."""
        return float(self.floors[at - self.first])

    def next_above(self, at: int) -> int:
        """First step from `at` on whose level is above its threshold; one past the newest without one."""
        following = bisect_left(self.above, at)
        return self.above[following] if following < len(self.above) else len(self.level)

    def rise(self, at: int, view: RunView) -> int | None:
        """Sample from which a new kick rises in one of the newest steps; None where none does."""
        if self._new_kicks is None:
            if not self.level[at] > self.threshold(at):
                return None
            if len(self.above) <= FEW and shakes_on(at, self.level, view):
                return None
            steps = np.array(self.above)
            steps = steps[~shaking_on(steps, self.level, view)]
            self._new_kicks = new_kicks(steps, self.level, view) if len(steps) else {}
        return self._new_kicks.get(at)
