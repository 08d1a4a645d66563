"""Noise: how loud a sensor is by itself, as far as the run has shown it.

What is loudest in a noisy sensor that lies still is its noise, which has no beat, no kick and no slow swing in it. Once
it has been seen, the middle second of a window is still when nothing more than that is in it.
"""

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from dsp.gain import taken_g
from dsp.grid import Grid
from dsp.parameters import Parameters
from dsp.rows import running_least
from dsp.steps import QUIET_HOPS

Floats = NDArray[np.float32]

LEVEL = 1.5
"""Times the quietest window that a second of the same noise reaches: least of many medians beside a mean (prior)."""
OF_MEANS = 0.6
"""The same for the spread of 0.1 s means: 0.29 of the level of second differences in white noise (physics)."""
KEPT_FRAMES = QUIET_HOPS
"""Frames for which it is remembered: what warmed up is forgotten, and a jump into a recording knows as much."""


class Noise:
    """Follows the noise from frame to frame, whatever the batches they come in.

    Parameters
    ----------
    grid
        Of the analysis.
    parameters
        Section ``noise``, and ``noise_crest`` of ``still``, say which frames show nothing else.
    """

    def __init__(self, grid: Grid, parameters: Parameters) -> None:
        self._p, self._crest = parameters.noise, np.float32(parameters.still["noise_crest"])
        # Second differences of means over `lag` samples, all axes: (1 + 4 + 1) * 3 / lag times the variance.
        self._most_g = np.float32(1e-3 * self._p["axis_mg"] * math.sqrt(18.0 / grid.lag))
        self._recent_g = np.full(KEPT_FRAMES - 1, np.inf, np.float32)

    def follow(self, features: Mapping[str, Floats]) -> Floats:
        """Take the next frames.

        Returns
        -------
        Level of the jerk path in the quietest of the last `KEPT_FRAMES` frames that show noise alone, (frames,), g; 0
        where none did.
        """
        p = self._p
        alone = features["crest"] <= self._crest
        # Without a line nothing is known of one.
        alone &= ~(features["prominence_db"] > np.float32(p["prominence_db"]))
        alone &= ~(features["share"] > np.float32(p["share"]))
        alone &= features["low_ratio"] <= np.float32(p["low_ratio"])
        alone &= features["middle_g"] <= self._most_g * taken_g(features["gravity_g"])
        alone &= features["middle_g"] > np.float32(0.0)
        level_g = np.concatenate([self._recent_g, np.where(alone, features["middle_g"], np.float32(np.inf))])
        self._recent_g = level_g[1 - KEPT_FRAMES :]
        least_g = running_least(level_g, KEPT_FRAMES)
        return np.where(np.isfinite(least_g), least_g, np.float32(0.0))


def beyond(features: Mapping[str, Floats], noise_g: Floats, answer: float) -> dict[str, Floats]:
    """Give what the middle seconds of frames show beside a sensor's noise.

    Parameters
    ----------
    features
        As `dsp.centre.centre_features` gives them.
    noise_g
        As `Noise.follow` gives it.
    answer
        Of the jerk path, at least; see `dsp.centre.least_answer`.
    """
    out = {}
    for name, share in (("centre_g", LEVEL / answer), ("centre_low_g", OF_MEANS)):
        rest = np.square(features[name]) - np.square(np.float32(share) * noise_g)
        out[name] = np.sqrt(np.maximum(rest, np.float32(0.0)))
    return out
