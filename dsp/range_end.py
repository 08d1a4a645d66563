"""Range end: which samples stand at the end of the range that a sensor, or what came after it, shows.

From 1.4 g on a value that repeats exactly does: the smallest range in use is 1.5 g. Below lies gravity, whose value a
sensor with coarse counts repeats at rest. There a range ends where the largest value so far comes again and again,
each time from far below, and stays.
"""

import numpy as np
from numpy.typing import NDArray

from dsp.extremes import Extremes

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]

CLIP_FROM_G = 1.4
"""A value above this that repeats exactly stands at the end of the range (the smallest range in use is 1.5 g)."""
SMALLEST_CLIP_G = 1.0
"""Below, no range ends: gravity alone needs so much (physics)."""
LEAP_G = 0.06
"""From the sample before to what it is cut off at: more than the coarsest count (48 mg; no limb at rest does it)."""
TIMES = 10
"""So often it has come to the same value so: who walks with counts so coarse does it five times (real recordings)."""


class RangeEnds:
    """Follows both ends of each axis, whatever the chunks and runs that samples come in.

    Attributes
    ----------
    stood_g
        The largest value that stood at the upper end of each axis, and at the lower one its sign turned; 0 before any.
    """

    def __init__(self) -> None:
        self.stood_g = [[0.0] * 3, [0.0] * 3]
        self._ends = [[_End() for _ in range(3)] for _ in range(2)]
        self._from_g = [[end.looked_from_g for end in ends] for ends in self._ends]

    def reached(self, extremes: Extremes) -> bool:
        """Whether samples with these extremes, which are finite, are to be looked at; hardly any push is."""
        # In plain numbers: every push asks.
        (x, y, z), (low_x, low_y, low_z) = self._from_g
        low, high, _ = extremes
        if high[0] < x and high[1] < y and high[2] < z:
            return bool(low[0] <= -low_x or low[1] <= -low_y or low[2] <= -low_z)
        return True

    def find(self, axes_g: Floats, before_g: Floats) -> Bools:
        """Find which of samples that are to be looked at stand at the end of the range, (n,).

        Parameters
        ----------
        axes_g, before_g
            The samples, an axis a row, (3, n), and the one before them, (3, 1), NaN without one, g.
        """
        found = np.zeros(axes_g.shape[1], bool)
        for lower, picks in enumerate((axes_g.max(axis=1).tolist(), (-axes_g.min(axis=1)).tolist())):
            for axis, largest in enumerate(picks):
                end = self._ends[lower][axis]
                if largest < end.looked_from_g:
                    continue
                values = np.concatenate([before_g[axis], axes_g[axis]])
                if lower:
                    np.negative(values, out=values)
                at = end.find(values)
                self._from_g[lower][axis] = end.looked_from_g
                if len(at):
                    found[at - 1] = True
                    stood_g = self.stood_g[lower]
                    stood_g[axis] = max(stood_g[axis], float(values[at].max()))
        return found


class _End:
    """One end of an axis: the largest value so far, from `SMALLEST_CLIP_G` on, and how often and how it was come to."""

    __slots__ = ("_leapt", "_times", "looked_from_g")

    def __init__(self) -> None:
        # Whether it was come to by a leap the last time, and how often it had been.
        self.looked_from_g, self._leapt, self._times = SMALLEST_CLIP_G, False, 0

    def find(self, values: Floats) -> NDArray[np.intp]:
        """Find which values stand at the end, by number; the first is only looked back on."""
        at = (values[1:] >= np.float32(self.looked_from_g)).nonzero()[0] + 1
        most = np.maximum.accumulate(values[at])
        largest = at[values[at] == most]
        high = at[values[at] >= np.float32(CLIP_FROM_G)]
        clipped: NDArray[np.intp] = high[values[high - 1] == values[high]]
        if self.looked_from_g >= CLIP_FROM_G or not len(largest):
            return clipped
        level, before = values[largest], values[largest - 1]
        begins = before != level
        leaps = begins & (level - before >= np.float32(LEAP_G))
        # How often the same value has been come to by a leap.
        total = self._times + np.cumsum(leaps)
        higher = level > np.concatenate([[np.float32(self.looked_from_g)], level[:-1]])
        times = total - np.maximum.accumulate(np.where(higher, total - leaps, 0))
        begun = np.maximum.accumulate(np.where(begins, np.arange(len(level)), -1))
        leapt = np.where(begun >= 0, leaps[begun], self._leapt)
        self._leapt, self._times = bool(leapt[-1]), int(times[-1])
        self.looked_from_g = min(float(level[-1]), CLIP_FROM_G)
        stands: NDArray[np.intp] = largest[~begins & leapt & (times >= TIMES)]
        return stands if not len(clipped) else np.union1d(stands, clipped)
