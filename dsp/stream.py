"""Stream: the newest samples of a run, and beside them the levels that the jerk path looks at."""

import numpy as np
from numpy.typing import NDArray

from dsp import kick_level
from dsp.extremes import Extremes, extremes_of
from dsp.grid import Grid
from dsp.range_end import RangeEnds
from dsp.sliding import Sliding

Floats = NDArray[np.float32]

LEVEL_BLOCK = 98304
"""Samples whose levels are computed at once: so many that calls do not count, so few that memory does not (measured).
"""
NO_SAMPLE = np.full((3, 1), np.nan, np.float32)


class Stream:
    """Samples of a run that something may still look at, counted from its start.

    Parameters
    ----------
    grid
        Of the analysis.
    ends
        Knows the ends of the sensor's range; its own when they are not given.

    Attributes
    ----------
    count
        Samples taken.
    samples, centred
        (3, n), g: as they came, and without the very first one (gravity would bring rounding up to a sensor's noise).
    filled, clipped
        Which samples are interpolated, and which stand at the end of the range, (1, n).
    energy
        Squared second differences, (1, n), g^2; see `dsp.kick_level.difference_energies`.
    slow, level
        Squared first differences, and `energy` smoothed, (1, n), g^2.
    """

    def __init__(self, grid: Grid, ends: RangeEnds | None = None) -> None:
        self._grid = grid
        self._ends = RangeEnds() if ends is None else ends
        self.count = 0
        self.samples = Sliding(3, np.float32)
        self.centred = Sliding(3, np.float32)
        self._centre = np.zeros((3, 1), np.float32)
        self.filled = Sliding(1, bool)
        self.clipped = Sliding(1, bool)
        self.energy = Sliding(1, np.float32)
        self.slow = Sliding(1, np.float32)
        self.level = Sliding(1, np.float32)

    def append(self, axes_g: Floats, filled: NDArray[np.bool_] | None, extremes: Extremes | None = None) -> None:
        """Take samples, an axis a row, with their extremes if known; `filled` marks interpolated ones (None: none)."""
        known, n = self.count, axes_g.shape[1]
        if not n:
            return
        if not known:
            self._centre = axes_g[:, :1].copy()
        self.samples.grow(n)[:] = axes_g
        np.subtract(axes_g, self._centre, out=self.centred.grow(n))
        self.filled.grow(n)[0] = False if filled is None else filled
        at_end = self.clipped.grow(n)[0]
        if self._ends.reached(extremes_of(axes_g) if extremes is None else extremes):
            at_end[:] = self._ends.find(axes_g, self.samples.part(known - 1, known) if known else NO_SAMPLE)
        else:
            at_end[:] = False
        self.count += n
        if n > LEVEL_BLOCK:
            for part in (self.energy, self.slow, self.level):
                part.reserve(n)
        for at in range(known, self.count, LEVEL_BLOCK):
            self._update_levels(at, min(at + LEVEL_BLOCK, self.count))

    def drop(self, first: int) -> None:
        """Forget the samples before `first`."""
        for part in (self.samples, self.centred, self.filled, self.clipped, self.energy, self.slow, self.level):
            part.drop(first)

    def _update_levels(self, known: int, upto: int) -> None:
        """Bring energy and level, aligned with the samples, from sample `known` to before `upto`."""
        reach, need = 3 * self._grid.lag - 1, self._grid.smooth - 1
        rows = self.samples.part(max(0, known - reach), upto)
        if known < reach:
            # Before the first sample the limb is taken to have rested there.
            rows = np.concatenate([np.repeat(rows[:, :1], reach - known, axis=1), rows], axis=1)
        energy, slow = self.energy.grow(upto - known)[0], self.slow.grow(upto - known)[0]
        kick_level.difference_energies(rows, self._grid.lag, energy, slow)
        window = self.energy.part(max(0, known - need), upto)[0]
        if known < need:
            # Before the first sample nothing changed.
            window = np.concatenate([np.zeros(need - known, np.float32), window])
        kick_level.smoothed(window, self._grid.smooth, out=self.level.grow(upto - known)[0])
