"""Rises: from which samples on the level rises to where it is highest in some steps.

Where steps begin says nothing: a kick may begin late in the step before, and not stand out in it yet. What was found
before bears upon none of it, so that many steps are asked at once, in a tenth of the time.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Samples = NDArray[np.int64]
LARGEST = np.finfo(np.float32).max
"""No level, but one that can be compared with."""
LONG = 64
"""Values in a row from which on it is long (measured)."""


class Rise(NamedTuple):
    """How the level rises in some steps, (n,) each.

    Attributes
    ----------
    sample
        From where.
    calm, ring
        Level there, and the largest shortly before, g.
    """

    sample: Samples
    calm: NDArray[np.float64]
    ring: NDArray[np.float64]


def rises_to(
    level: NDArray[np.float32], first: Samples, begin: Samples, end: Samples, *, new_rise: float, swing: int
) -> Rise:
    """Find the rises that are highest between `begin` and `end`: where the level was lowest before its top.

    Parameters
    ----------
    level
        Squared, of every sample, g^2.
    first, begin, end
        First sample at which a rise may have begun, and those between which it is highest, (n,) each.
    new_rise
        What was louder by so much before is another swing.
    swing
        Samples before a rise in which the one before it rings.
    """
    # One row per sample, so that each operation runs along all steps. What lies beyond an end repeats it.
    ahead = np.minimum(begin + np.arange(int((end - begin).max()))[:, None], end - 1)
    top = begin + level.take(ahead).argmax(axis=0)
    back = level.take(np.maximum(top - np.arange(int((top - first).max()) + 1)[:, None], first))
    other = _so_far(np.logical_or, back > new_rise**2 * _so_far(np.minimum, back))
    sample = top - np.maximum(back, LARGEST * other).argmin(axis=0)
    before = level.take(np.maximum(sample - np.arange(swing + 1)[:, None], 0))
    calm, ring = (np.sqrt(part.astype(np.float64)) for part in (before[0], before.max(axis=0)))
    return Rise(sample, calm, ring)


def _so_far(combine: np.ufunc, rows: NDArray[Any]) -> NDArray[Any]:
    """Combine each row with all before it, as ``combine.accumulate`` does value by value.

    Of long rows it is three times as quick to double how many are in each, round by round, which changes nothing of a
    minimum, or of whether any is true.
    """
    if rows.shape[1] < LONG:
        return np.asarray(combine.accumulate(rows, axis=0))
    width = 1
    while width < len(rows):
        rows = np.concatenate([rows[:width], combine(rows[width:], rows[:-width])])
        width *= 2
    return rows
