"""Quality: what the samples themselves say against trusting them."""

import numpy as np
from numpy.typing import NDArray

from dsp.grid import TREMOR_RATE_HZ

Floats = NDArray[np.float32]

POSTURE_SHARE = 0.02
"""Share of each new sample in the running mean that is taken out for drawing; about 0.5 s at 100 Hz (drawing only)."""
LONGEST_PLATEAU = 4
"""Equal extreme values in a row that count as clipped: noise never repeats its extreme so often."""
SMALLEST_CLIP_G = 1.0
"""A plateau below 1 g is a quiet sensor with coarse steps, not the end of a range."""
DEAD_AFTER = 200
"""Constant values of an axis, while another moves, after which the axis counts as dead."""
GRAVITY_G = (0.6, 1.4)
GRAVITY_BLOCK = 64
"""Samples averaged before their size is compared with gravity: 0.3 s at 200 Hz takes shaking out, and a turning limb
does not turn far meanwhile. The mean over a whole session would vanish when its posture changes."""


class ChannelWatch:
    """Watches the axes: dead, constant, clipped, without gravity."""

    def __init__(self) -> None:
        self._count = 0
        self._rest = np.empty((0, 3), np.float32)
        self._blocks = 0
        self._blocks_of_gravity = 0
        self._first: Floats | None = None
        self._varied = np.zeros(3, bool)
        self._extreme = np.zeros((2, 3), np.float32)
        self._at_extreme = np.zeros((2, 3), np.int64)
        self._clipped_samples = 0
        self._mean: NDArray[np.float64] | None = None

    def take(self, xyz_g: Floats) -> Floats:
        """Take samples; the same rows with the running mean taken out, for drawing."""
        good = xyz_g[np.isfinite(xyz_g).all(axis=1)]
        if len(good):
            self._look(good)
        return self._motion(xyz_g)

    def _look(self, good: Floats) -> None:
        if self._first is None:
            self._first = good[0].copy()
        self._count += len(good)
        self._weigh(good)
        self._varied |= (good != self._first).any(axis=0)
        for end, pick in ((0, good.max(axis=0)), (1, -good.min(axis=0))):
            signed = good if end == 0 else -good
            higher = pick > self._extreme[end]
            self._extreme[end] = np.maximum(self._extreme[end], pick)
            count = (signed == self._extreme[end]).sum(axis=0)
            self._at_extreme[end] = np.where(higher, count, self._at_extreme[end] + count)

    def _weigh(self, good: Floats) -> None:
        """Count the blocks of a fixed number of samples whose mean is as large as gravity, however they are cut."""
        rows = np.concatenate([self._rest, good])
        whole = len(rows) // GRAVITY_BLOCK
        self._rest = rows[whole * GRAVITY_BLOCK :].copy()
        if whole:
            blocks = rows[: whole * GRAVITY_BLOCK].reshape(whole, GRAVITY_BLOCK, 3)
            self._blocks += whole
            self._blocks_of_gravity += int(_as_large_as_gravity(blocks.mean(axis=1, dtype=np.float64)).sum())

    def _motion(self, xyz_g: Floats) -> Floats:
        filled = np.where(np.isfinite(xyz_g), xyz_g, np.nan).astype(np.float64)
        if not len(filled):
            return xyz_g
        mean = self._mean
        if mean is None:
            known = filled[np.isfinite(filled).all(axis=1)]
            if not len(known):
                return xyz_g.astype(np.float32)
            mean = known[0]
        from scipy.signal import lfilter  # noqa: PLC0415 - loaded with the transform

        steady = np.where(np.isnan(filled), mean, filled)
        slow, _ = lfilter(
            [POSTURE_SHARE], [1.0, POSTURE_SHARE - 1.0], steady, axis=0, zi=(1 - POSTURE_SHARE) * mean[None, :]
        )
        self._mean = slow[-1]
        return np.asarray(filled - slow, np.float32)

    @property
    def gravity_present(self) -> bool:
        """Whether the slow part is near 1 g most of the time."""
        if not self._blocks:
            return bool(len(self._rest)) and bool(_as_large_as_gravity(self._rest.mean(axis=0, dtype=np.float64)))
        return 2 * self._blocks_of_gravity > self._blocks

    def clip_levels(self) -> list[tuple[int, float]]:
        """Axes that stood still at their extreme: (axis, signed level in g)."""
        found = []
        for end, sign in ((0, 1.0), (1, -1.0)):
            for axis in range(3):
                level = float(self._extreme[end, axis])
                if (
                    level >= SMALLEST_CLIP_G
                    and self._at_extreme[end, axis] >= LONGEST_PLATEAU * 5
                    and self._varied[axis]
                ):
                    found.append((axis, sign * level))
        return found

    def dead_axes(self) -> list[str]:
        """Axes that never changed while another did."""
        if self._count < DEAD_AFTER or not self._varied.any():
            return []
        return [name for name, varied in zip("xyz", self._varied, strict=True) if not varied]

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
        notes += [
            f"axis {name} never changes: it is dead or missing; amplitudes are too small" for name in self.dead_axes()
        ]
        notes += [
            f"axis {'xyz'[axis]} is cut off at {level:+.2f} g: set the sensor to a larger range"
            for axis, level in self.clip_levels()
        ]
        if self._count and not self.gravity_present:
            notes.append("no gravity in the data: posture, stretches and holds cannot be seen")
        return tuple(notes)


def _as_large_as_gravity(mean_g: NDArray[np.float64]) -> NDArray[np.bool_]:
    size = np.sqrt((mean_g**2).sum(axis=-1))
    return np.asarray((size > GRAVITY_G[0]) & (size < GRAVITY_G[1]))
