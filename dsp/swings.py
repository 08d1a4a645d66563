"""Swings: what a limb felt in a second or two, from samples as they are; sums of few numbers, in double precision."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

BASE_S = 0.5
"""What rest is measured over: half a breath would turn a limb noticeably (prior)."""
MEAN_S = 0.04
"""Mean over so much before sizes are compared: half the noise at 100 Hz, and a pulse of 0.1 s keeps its height."""
AT_REST = 0.15
"""Share of its largest velocity below which a limb has stopped: what noise and offset leave after half a second."""
ONE_WAY = 0.85
"""Net way over whole way: a limb that only went there has 1 ..."""
SWUNG = 0.6
"""... and one that swung there and back by half less than this (physics)."""
TURN_SHARE = 0.507
"""Of the time of a turn of least jerk, that in which its middle four fifths happen (Flash and Hogan 1985)."""


class Felt(NamedTuple):
    """What a limb felt beside rest, sample by sample.

    Attributes
    ----------
    first
        Number of its first sample.
    moved_g
        Acceleration less what it was at rest, (n, 3).
    squared
        Its squared size, (n,).
    """

    first: int
    moved_g: Floats
    squared: Floats


def felt(xyz_g: NDArray[np.floating], quiet_g: Floats, first: int) -> Felt:
    """Give what was felt beside `quiet_g`, (3,), in samples (n, 3) from number `first` on."""
    moved_g = xyz_g - quiet_g
    return Felt(first, moved_g, squares(moved_g))


def mean_of(rows: NDArray[np.floating]) -> Floats:
    """Mean of rows, as numpy's own, which takes three times as long to set up for so few."""
    mean: Floats = np.add.reduce(rows, axis=0, dtype=np.float64)
    mean /= len(rows)
    return mean


def squares(rows: Floats) -> Floats:
    """Squared size of each row; for so few, ``einsum`` takes longer."""
    squared: Floats = np.add.reduce(rows * rows, axis=1)
    return squared


def sizes(piece_g: Floats, mean: int) -> Floats:
    """Size of the running mean over `mean` samples around each; (n,) of (n, 3). The ends count as going on."""
    around = np.arange(-(mean // 2) - 1, len(piece_g) + mean - 1 - mean // 2)
    total = np.add.accumulate(piece_g.take(around, axis=0, mode="clip"), axis=0)
    sums = total[mean:] - total[:-mean]
    return np.sqrt(squares(sums)) / mean


def one_way(piece_g: Floats) -> float:
    """How far the limb went over how far it moved about, 0 to 1; NaN while it moves and has not swung back yet.

    What gravity shows where it is in the data, two integrals show here: a stretch goes there, a kick swings back.
    """
    velocity = np.add.accumulate(piece_g, axis=0)
    speed = np.sqrt(squares(velocity))
    net = math.hypot(*np.add.reduce(velocity, axis=0).tolist())
    share = net / max(float(np.add.reduce(speed)), 1e-12)
    at_rest = speed[-1] <= AT_REST * float(np.maximum.reduce(speed, initial=0.0))
    return share if share < SWUNG or at_rest else math.nan


def without_turn(motion_g: Floats, last: int, lasts: int) -> Floats:
    """Take gravity out of what a limb felt that turned from rest to rest.

    Parameters
    ----------
    motion_g
        Acceleration without what it was before the turn, (n, 3).
    last
        Samples at the end over which the limb lies where it turned to.
    lasts
        Samples that the motion lasts.

    Notes
    -----
    Gravity changed over at such a time that the limb comes to rest: what is left adds up to no velocity.
    """
    turned = mean_of(motion_g[-last:])
    after = float(np.add.reduce(motion_g, axis=0) @ turned) / max(float(turned @ turned), 1e-12)
    share = (np.arange(len(motion_g)) - (len(motion_g) - after)) / max(1.0, TURN_SHARE * lasts) + 0.5
    share = np.minimum(np.maximum(share, 0.0), 1.0)
    return np.asarray(motion_g - share[:, None] * turned)


def span(level: Sequence[float], share: float) -> tuple[int, int, int]:
    """First, highest and last value of the stretch around the top that stays above this share of it."""
    highest = max(level)
    left = right = top = level.index(highest)
    least, last = share * highest, len(level) - 1
    while left > 0 and level[left - 1] >= least:
        left -= 1
    while right < last and level[right + 1] >= least:
        right += 1
    return left, top, right
