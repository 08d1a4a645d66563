"""Gain: the size of gravity in the data, as last seen while the limb lay still.

A sensor that shows half of gravity shows half of a tremor too. What its gain is shows at rest alone: slow swings of
data without gravity are as large, and a limb that is thrown about feels more or less than its weight.
"""

import numpy as np
from numpy.typing import NDArray

from dsp.few import sum_of_few
from dsp.rows import running_sums
from dsp.steps import Steps

Floats = NDArray[np.float32]

STEADY = 0.05
"""Share of its size by which what is felt may change within a window at rest: a turn of 3 degrees (physics)."""
NOISE_G = 0.02
"""Without gravity, as much of offset and noise as a sensor at rest shows in means over half a second (prior)."""


def taken_g(gravity_g: Floats) -> Floats:
    """Size of gravity that a sensor is taken to show, g: 1 where none has been seen."""
    return np.where(np.isnan(gravity_g), np.float32(1.0), gravity_g)


def _total(axes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum over the axes (first)."""
    return np.asarray(axes[0] + axes[1] + axes[2])


class Gain:
    """Follows the gain from frame to frame, whatever the batches they come in.

    Parameters
    ----------
    hops
        Of a frame.
    """

    def __init__(self, hops: int) -> None:
        self._hops = hops
        self._gravity_g = np.float32(np.nan)

    def follow(self, steps: Steps, first: int, frames: int) -> Floats:
        """Take the next frames, from frame `first` on.

        Returns
        -------
        Size of gravity in the newest of the frames so far in which the limb lay still, (frames,), g; NaN before one
        did, or when it showed no gravity.
        """
        if frames == 1:
            return np.full(1, self._follow_alone(steps, first), np.float32)
        axes = steps.hop_mean.part(first, first + frames + self._hops - 1).T.astype(np.float64)
        # In double precision, so that the spread is what the mean square has beyond the square of the mean.
        power = _total(np.square(running_sums(axes, self._hops) / self._hops))
        spread = running_sums(_total(np.square(axes)), self._hops) / self._hops - power
        calm = spread <= np.maximum(STEADY * STEADY * power, NOISE_G * NOISE_G)
        newest = first + self._hops - 1
        known = np.concatenate([[self._gravity_g], steps.hop_gravity.part(newest, newest + frames)])
        at = np.maximum.accumulate(np.where(np.concatenate([[True], calm]), np.arange(frames + 1), 0))
        out = known[at[1:]]
        self._gravity_g = out[-1]
        return np.asarray(out, np.float32)

    def _follow_alone(self, steps: Steps, first: int) -> np.float32:
        """Take a frame that comes alone, in plain numbers: a third of the time, and the same bits."""
        hops, means = self._hops, steps.hop_mean.part(first, first + self._hops).tolist()
        x, y, z = (sum_of_few(axis) / hops for axis in zip(*means, strict=True))
        power = x * x + y * y + z * z
        spread = sum_of_few([x * x + y * y + z * z for x, y, z in means]) / hops - power
        if spread <= max(STEADY * STEADY * power, NOISE_G * NOISE_G):
            self._gravity_g = steps.hop_gravity.part(first + hops - 1)[0]
        return self._gravity_g
