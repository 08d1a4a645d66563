"""Few: statistics of a handful of numbers, where a call of numpy costs ten times the work."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

MANY = 150
"""Numbers from which numpy's median is the quicker one."""


def middle(values: NDArray[Any]) -> float:
    """Median; NaN of nothing."""
    if len(values) > MANY:
        return float(np.median(values.astype(np.float64)))
    ordered = sorted(values.tolist())
    if not ordered:
        return math.nan
    return float(0.5 * (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]))


def largest(values: NDArray[Any]) -> float:
    """Largest value, 0 of nothing."""
    return max(values.tolist(), default=0.0)


def middles(windows: NDArray[np.float32]) -> NDArray[np.float64]:
    """Median of each row, the same number as `middle` gives."""
    size = windows.shape[1]
    low, high = (size - 1) // 2, size // 2
    ordered = np.sort(windows, axis=1)
    return np.asarray(0.5 * (ordered[:, low].astype(np.float64) + ordered[:, high].astype(np.float64)))
