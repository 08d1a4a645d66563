"""Gain: the size of gravity in the data, as last seen while the limb lay still.

A sensor that shows half of gravity shows half of a tremor too. What its gain is shows at rest alone: slow swings of
data without gravity are as large, and a limb that is thrown about feels more or less than its weight.
"""

import numpy as np
from numpy.typing import NDArray

from dsp.sliding import windows
from dsp.steps import Steps

Floats = NDArray[np.float32]

STEADY = 0.05
"""Share of its size by which what is felt may change within a window at rest: a turn of 3 degrees (physics)."""
NOISE_G = 0.02
"""Without gravity, as much of offset and noise as a sensor at rest shows in means over half a second (prior)."""


def taken_g(gravity_g: Floats) -> Floats:
    """Size of gravity that a sensor is taken to show, g: 1 where none has been seen."""
    return np.where(np.isnan(gravity_g), np.float32(1.0), gravity_g)


def _total(axes: Floats) -> Floats:
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
        share = np.float32(1.0 / self._hops)
        axes = steps.hop_mean.part(first, first + frames + self._hops - 1).T.copy()
        means = windows(axes, self._hops, 1, frames)
        centre = share * np.einsum("aij->ai", means)
        away = means - centre[:, :, None]
        spread, power = _total(share * np.einsum("aij,aij->ai", away, away)), _total(np.square(centre))
        calm = np.sqrt(spread) <= np.maximum(np.float32(STEADY) * np.sqrt(power), np.float32(NOISE_G))
        newest = first + self._hops - 1
        known = np.concatenate([[self._gravity_g], steps.hop_gravity.part(newest, newest + frames)])
        at = np.maximum.accumulate(np.where(np.concatenate([[True], calm]), np.arange(frames + 1), 0))
        out = known[at[1:]]
        self._gravity_g = out[-1]
        return np.asarray(out, np.float32)
