"""Extremes: lowest and highest value of samples, looked for once and asked for by many."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


class Extremes(NamedTuple):
    """Lowest and highest value of each axis, g, in plain numbers: every push asks for them.

    Attributes
    ----------
    low, high
        Of each axis; NaN where a value is.
    finite
        Whether all values are.
    """

    low: list[float]
    high: list[float]
    finite: bool


def extremes_of(axes_g: Floats) -> Extremes:
    """Extremes of samples, an axis a row, (3, n), g; of none they are those of zeros."""
    if not axes_g.shape[1]:
        return Extremes([0.0] * 3, [0.0] * 3, finite=True)
    low, high = axes_g.min(axis=1).tolist(), axes_g.max(axis=1).tolist()
    return Extremes(low, high, all(map(math.isfinite, (*low, *high))))
