"""Few: statistics of a handful of numbers, where a call of numpy costs ten times the work."""

import math
from collections.abc import Sequence
from operator import add
from typing import Any

import numpy as np
from numpy.typing import NDArray

MANY = 64
"""Numbers from which an array is the quicker one."""


def middle(values: NDArray[Any]) -> float:
    """Median of known values; NaN of nothing."""
    size = len(values)
    if size <= MANY:
        return middle_of(values.tolist())
    low, high = (size - 1) // 2, size // 2
    parted = np.partition(values, sorted({low, high}))
    return 0.5 * (float(parted[low]) + float(parted[high]))


def middle_of(values: Sequence[float]) -> float:
    """Median of plain numbers; NaN of nothing."""
    if not values:
        return math.nan
    in_order = sorted(values)
    return 0.5 * (in_order[(len(in_order) - 1) // 2] + in_order[len(in_order) // 2])


def largest(values: NDArray[Any]) -> float:
    """Largest value, 0 of nothing; finding its place takes a quarter of the time of numpy's ``max``."""
    return float(values[values.argmax()]) if len(values) else 0.0


def sum_of_few(values: Sequence[float]) -> float:
    """Sum of some numbers, none of them left out, added up in the order of `dsp.rows.running_sums`."""
    size, total, at = len(values), 0.0, 0
    for width in (1 << bit for bit in range(size.bit_length()) if size >> bit & 1):
        part = values[at : at + width]
        while len(part) > 1:
            part = list(map(add, part[1::2], part[::2]))
        total, at = part[0] if not at else total + part[0], at + width
    return total
