"""Quality: what the samples themselves say against trusting them."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsp.errors import InputError
from dsp.extremes import Extremes, extremes_of
from dsp.gravity import LEAST_G, MOST_G
from dsp.grid import TREMOR_RATE_HZ
from dsp.range_end import CLIP_FROM_G, SMALLEST_CLIP_G, RangeEnds

Floats = NDArray[np.float32]

LONGEST_PLATEAU = 4
"""Equal extreme values in a row that count as clipped: noise never repeats its extreme so often."""
DEAD_AFTER = 200
"""Constant values of an axis, while another moves, after which the axis counts as dead."""
GRAVITY_BLOCK = 64
"""Samples averaged before their size is compared with gravity: 0.3 s at 200 Hz takes shaking out, and a turning limb
does not turn far meanwhile. The mean over a whole session would vanish when its posture changes."""


M_S2 = (8.5, 11.5)
"""Sizes of gravity, in whatever the samples are in, that say they are in m/s^2: a person feels no 9 g for long."""
MOST_LOOKED_AT = 10_000
"""Rows of an array whose size tells the unit."""


class ChannelWatch:
    """Watches the axes: dead, constant, clipped, without gravity.

    Attributes
    ----------
    ends
        Where their range ends, which the runs of samples tell.
    """

    def __init__(self) -> None:
        self.ends = RangeEnds()
        self._count = 0
        self._rest = np.empty((3, 0), np.float32)
        self._blocks = 0
        self._blocks_of_gravity = 0
        self._blocks_of_m_s2 = 0
        self._first: list[float] | None = None
        self._varied = np.zeros(3, bool)
        # The highest and the lowest (its sign turned) of each axis, and how often they have been met.
        self._extreme = [[0.0] * 3, [0.0] * 3]
        self._at_extreme = [[0] * 3, [0] * 3]

    def take(self, axes_g: Floats, extremes: Extremes) -> None:
        """Take samples, an axis a row, with their extremes; those with a value that is not finite are passed over."""
        if not axes_g.shape[1]:
            return
        if not extremes.finite:
            axes_g = axes_g[:, np.isfinite(axes_g).all(axis=0)]
            if not axes_g.shape[1]:
                return
            extremes = extremes_of(axes_g)
        low, high = extremes.low, extremes.high
        if self._first is None:
            self._first = axes_g[:, 0].tolist()
        self._count += axes_g.shape[1]
        for axis, first in enumerate(self._first):
            if low[axis] != first or high[axis] != first:
                self._varied[axis] = True
        self._note_extremes(axes_g, low, high)
        self._weigh(axes_g)

    def _note_extremes(self, axes_g: Floats, low: Sequence[float], high: Sequence[float]) -> None:
        """Count how often the most extreme values so far have been met; what stays below 1 g cannot be clipped."""
        # In plain numbers: most pushes meet none.
        for end, picks in enumerate((high, [-level for level in low])):
            extreme, at_extreme = self._extreme[end], self._at_extreme[end]
            for axis, level in enumerate(picks):
                if level >= SMALLEST_CLIP_G and level >= extreme[axis]:
                    count = int(np.count_nonzero(axes_g[axis] == np.float32(level if end == 0 else -level)))
                    at_extreme[axis] = count + (at_extreme[axis] if level == extreme[axis] else 0)
                    extreme[axis] = level

    def _weigh(self, axes_g: Floats) -> None:
        """Count the blocks of a fixed number of samples whose mean is as large as gravity, however they are cut."""
        at = 0
        if self._rest.shape[1]:
            at = GRAVITY_BLOCK - self._rest.shape[1]
            self._rest = np.concatenate([self._rest, axes_g[:, :at]], axis=1)
            if self._rest.shape[1] < GRAVITY_BLOCK:
                return
            self._count_blocks(self._rest)
        end = at + (axes_g.shape[1] - at) // GRAVITY_BLOCK * GRAVITY_BLOCK
        if end > at:
            self._count_blocks(axes_g[:, at:end])
        self._rest = axes_g[:, end:].copy()

    def _count_blocks(self, axes_g: Floats) -> None:
        mean = _block_means(axes_g.reshape(3, -1, GRAVITY_BLOCK))
        size = _sizes(mean)
        self._blocks += mean.shape[1]
        self._blocks_of_gravity += int(((size >= LEAST_G) & (size <= MOST_G)).sum())
        self._blocks_of_m_s2 += int(((size >= M_S2[0]) & (size <= M_S2[1])).sum())

    @property
    def gravity_present(self) -> bool:
        """Whether the slow part has the size of gravity most of the time."""
        if not self._blocks:
            return bool(self._rest.shape[1]) and LEAST_G <= float(_sizes(_block_means(self._rest))) <= MOST_G
        return 2 * self._blocks_of_gravity > self._blocks

    def clip_levels(self) -> list[tuple[int, float]]:
        """Axes that stood still at their extreme: (axis, signed level in g)."""
        found = []
        for end, sign in ((0, 1.0), (1, -1.0)):
            for axis in range(3):
                level = self._extreme[end][axis]
                if (
                    (level >= CLIP_FROM_G or 0.0 < level == self.ends.stood_g[end][axis])
                    and self._at_extreme[end][axis] >= LONGEST_PLATEAU * 5
                    and self._varied[axis]
                ):
                    found.append((axis, sign * level))
        return found

    def dead_axes(self) -> list[tuple[int, float]]:
        """Axes that never changed while another did: (axis, level in g)."""
        if self._first is None or self._count < DEAD_AFTER or not self._varied.any():
            return []
        return [(axis, self._first[axis]) for axis in np.nonzero(~self._varied)[0].tolist()]

    def flags(self, rate_hz: float) -> tuple[str, ...]:
        """Short flags for segments."""
        flags = []
        if rate_hz < TREMOR_RATE_HZ:
            flags.append("low_rate")
        return tuple(flags)

    def notes(self) -> tuple[str, ...]:
        """Sentences for the whole."""
        notes = []
        if self._count and not self._varied.any():
            notes.append("the samples never change: the sensor was off, dead or stuck; check it")
        for axis, level_g in self.dead_axes():
            name = "xyz"[axis]
            if abs(level_g) < SMALLEST_CLIP_G:
                notes.append(f"axis {name} never changes: it is dead or missing; amplitudes are too small")
            else:
                notes.append(
                    f"axis {name} reads {level_g:+.2f} g and never changes: it is cut off there or dead; "
                    "set the sensor to a larger range, or check it"
                )
        notes += [
            f"axis {'xyz'[axis]} is cut off at {level:+.2f} g: set the sensor to a larger range"
            for axis, level in self.clip_levels()
        ]
        if 2 * self._blocks_of_m_s2 > self._blocks:
            notes.append(
                "gravity reads 9.8 in these samples, so they are in m/s^2 and not in g: every size is ten times too "
                "large and no class can be trusted; divide them by 9.80665, or read the file with the unit m/s2"
            )
        elif self._count and not self.gravity_present:
            notes.append("no gravity in the data: posture, stretches and holds cannot be seen")
        return tuple(notes)


def _block_means(blocks_g: Floats) -> NDArray[np.float64]:
    """Mean of each block (last axis)."""
    total = np.einsum("...i->...", blocks_g).astype(np.float64)
    total /= blocks_g.shape[-1]
    return np.asarray(total)


def _sizes(mean_g: NDArray[np.float64]) -> NDArray[np.float64]:
    """Size of means (axes first)."""
    return np.asarray(np.sqrt(mean_g[0] ** 2 + mean_g[1] ** 2 + mean_g[2] ** 2))


def check_unit(rows: NDArray[Any], rate_hz: float) -> None:
    """Refuse an array that is in m/s^2; less than a second of it may be anything.

    Raises
    ------
    InputError
        When half of its rows have the size that gravity has in m/s^2.
    """
    if rows.ndim != 2 or rows.shape[1] != 3 or not len(rows) >= rate_hz or rows.dtype.kind not in "fiu":
        # What is wrong with its shape is said where its rows are taken.
        return
    with np.errstate(over="ignore"):
        size = np.sqrt(np.square(rows[:: -(-len(rows) // MOST_LOOKED_AT)].astype(np.float64)).sum(axis=1))
    known = size[np.isfinite(size)]
    if len(known) and M_S2[0] <= np.median(known) <= M_S2[1]:
        msg = "gravity reads 9.8 in these samples, so they are in m/s^2; divide them by 9.80665 to get g"
        raise InputError(msg)
