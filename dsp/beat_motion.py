"""Beat motion: how bursts move along their main direction, as second differences show it, of several bursts at once.

Most of the time went into setting up operations on a second or two of samples. Several bursts stand in rows as long as
the longest of them; the bits are those of each alone.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


class Moved(NamedTuple):
    """Motion of a burst along its main direction, and the squared size of all of it, (n,) each."""

    along: Floats
    energy: Floats


def running_totals(xyz_g: Floats) -> Floats:
    """Sum of all samples before each, less the first sample every time; an axis a row, (3, n + 1) of (n, 3)."""
    axes_g = xyz_g.T
    total = np.zeros((3, axes_g.shape[1] + 1))
    np.add.accumulate(axes_g - axes_g[:, :1], axis=1, out=total[:, 1:])
    return total


def along_main(totals: Sequence[Floats], lag: int, local: int) -> list[Moved]:
    """Give the motion of each burst; for its direction every moment counts alike, however loud it is.

    Parameters
    ----------
    totals
        Parts of `running_totals`, (3, n + 3 lag) each.
    lag
        Of the second difference, and samples that it averages over.
    local
        Samples that make a moment.
    """
    if not totals:
        return []
    sizes = [total.shape[1] - 3 * lag for total in totals]
    change = _second_differences(totals, lag)
    squared = change * change
    energy = squared[:, 0] + squared[:, 1] + squared[:, 2]
    around = _means_around(energy, np.array(sizes), local)
    weighted = change * (1.0 / np.maximum(around, 1e-3 * around.max(axis=1, keepdims=True) + 1e-18))[:, None]
    pairs = list(zip(change, weighted, sizes, strict=True))
    _, axes = np.linalg.eigh(np.array([heavy[:, :n] @ one[:, :n].T for one, heavy, n in pairs]))
    return [
        Moved(one[:, :n].T @ axis[:, 2], own[:n]) for (one, _, n), axis, own in zip(pairs, axes, energy, strict=True)
    ]


def _second_differences(totals: Sequence[Floats], lag: int) -> Floats:
    """Second differences over `lag` samples of means over as many, (bursts, 3, n); after a burst nothing moves."""
    rows = np.zeros((len(totals), 3, max(total.shape[1] for total in totals)))
    for row, total in zip(rows, totals, strict=True):
        row[:, : total.shape[1]] = total
    mean = (rows[..., lag:] - rows[..., :-lag]) / lag
    return np.asarray(mean[..., 2 * lag :] - 2.0 * mean[..., lag:-lag] + mean[..., : -2 * lag])


def _means_around(energy: Floats, sizes: NDArray[np.int64], local: int) -> Floats:
    """Mean of about `local` values around each, 0 beyond the end of a row; (bursts, n), of which `sizes` count."""
    at, end = np.arange(energy.shape[1]), sizes[:, None]
    total = np.zeros((len(energy), energy.shape[1] + 1))
    np.add.accumulate(energy, axis=1, out=total[:, 1:])
    first = np.maximum(at - local // 2, 0)
    last = np.maximum(np.minimum(at + local // 2 + 1, end), first + 1)
    means = (np.take_along_axis(total, last, axis=1) - total[:, first]) / (last - first)
    means[at >= end] = 0.0
    return np.asarray(means)
