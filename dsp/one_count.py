"""One count: windows in which nothing but a coarse sensor's own rounding is seen.

Where the limb lies so that an axis is half-way between two values, noise far below a count makes it flip from one to
the other and back, and it shows up to half a count of rms; a moment before, in another posture, the same sensor showed
none. However it flips, an axis has no more than that: the variance of a value that is one of two a count apart is a
quarter of its square at most. Flips of several axes that are none of the limb's do not go together, so that no
direction has more, whichever way the data have been turned.
"""

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from dsp.parameters import Parameters
from dsp.rows import products, sums

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]

AXES = 3
HALF_COUNT_2 = 0.25
"""Most variance of a value that is one of two a count apart, in the square of the count."""
MOST = 2.0
"""Times that, by chance, in a second at 20 Hz."""


def stays_within(windows_g: Floats, count_g: Floats) -> Bools:
    """Whether no direction of windows has more than flips by one count have, (frames,).

    Parameters
    ----------
    windows_g
        (3, frames, n), g.
    count_g
        Size of the sensor's counts in each, (frames,), g.

    Notes
    -----
    Flips of three axes that have nothing to do with one another go together by chance: in n samples one direction has
    up to (1 + sqrt(3 / n))^2 times the variance of an axis (Marchenko and Pastur 1967), a third more in a hundred.
    """
    size = windows_g.shape[2]
    away = [axis - (sums(axis) / np.float32(size))[:, None] for axis in windows_g]
    # Variances and covariances in the square of half a count.
    unit = np.float32(HALF_COUNT_2 * size) * np.square(count_g)
    xx, yy, zz, xy, xz, yz = (
        products(away[i], away[j]) / unit for i, j in ((0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2))
    )
    most = np.float32(_by_chance(size))
    # The largest eigenvalue is below `most` where all of these are positive (Sylvester).
    x, y, z = most - xx, most - yy, most - zz
    second = x * y - xy * xy
    third = z * second - x * yz * yz - y * xz * xz - np.float32(2.0) * xy * xz * yz
    return np.asarray((x > 0.0) & (second > 0.0) & (third > 0.0))


def _by_chance(size: int) -> float:
    return (1.0 + math.sqrt(AXES / size)) ** 2


def is_coarse(count_g: Floats, parameters: Parameters) -> Bools:
    """Whether counts are known, and so large that their flips are more than the noise of a fine sensor, (frames,)."""
    return np.asarray((count_g > np.float32(1e-3 * parameters.still["silent_mg"])) & np.isfinite(count_g))


def may_be(features: Mapping[str, Floats], count_g: Floats, parameters: Parameters) -> tuple[Bools, Bools]:
    """Whether frames, and their middle seconds, may show no more than flips by one count, (frames,); costs little.

    One in which a frequency stands out does not: a tremor of less than a count makes an axis flip in its own time. A
    burst, though, has a frequency of its own and tells nothing of what the limb does in the middle beside it.
    """
    noise = parameters.noise
    calm = ~(features["prominence_db"] > np.float32(noise["prominence_db"]))
    calm &= ~(features["share"] > np.float32(noise["share"]))
    most_g2 = np.float32(MOST * AXES * HALF_COUNT_2) * np.square(count_g)
    # What is as quiet as a fine sensor, where no line is looked for, is still anyhow.
    seen = ~np.isnan(features["prominence_db"])
    whole = calm & seen & (np.square(features["rms_g"]) + np.square(features["low_rms_g"]) < most_g2)
    burst = features["crest"] >= np.float32(parameters.still["burst_crest"])
    return whole, (calm | burst) & seen & (np.square(features["centre_low_g"]) < most_g2)
