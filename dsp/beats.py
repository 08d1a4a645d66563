"""Beats: whether a limb beat to and fro a few times at one frequency, read from samples, and how often."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsp.few import middle_of
from dsp.swings import squares

Floats = NDArray[np.float64]

LOCAL_S = 0.3
"""One period of the slowest beat, so that its size does not go up and down within it."""
SAME_CYCLE = 1.35
"""From one cycle to the next: a rhythm varies by 2 to 8 %, more at its ends (Wallace 2005), tremor by up to 40."""
LEAST_SHARE = 0.35
"""Of the largest beat. A ring (damping 0.08 and more) falls to 0.6 from one swing to the next and so has no more than
three such, beats that sustain themselves have all (physics)."""


MOST_OFF = 0.2
"""Of the median, by which a cycle at either end may differ: else it belongs to what came before or after (prior)."""
LEAST_CYCLES = 3
"""Each half a cycle after the one before: two beats."""


class Beats(NamedTuple):
    """Regular beats.

    Attributes
    ----------
    first, last
        Samples at which they begin and end.
    times
        How many.
    hz
        Of the median cycle.
    cycle_cv
        How much cycles vary.
    share
        Of the motion along their main direction.
    size_g
        Median size of a half-cycle, of the second difference.
    """

    first: float
    last: float
    times: int
    hz: float
    cycle_cv: float
    share: float
    size_g: float


def find_beats(
    xyz_g: NDArray[np.floating], rate_hz: float, begin: int, end: int, lag_s: float, hz: tuple[float, float]
) -> Beats | None:
    """Find the longest regular beating between samples `begin` and `end`; None without two cycles of it.

    Parameters
    ----------
    xyz_g
        (n, 3), from before the beats to after them.
    lag_s
        Of the second difference that shows them: twice this is the period that it shows best.
    hz
        Slowest and quickest beat.
    """
    lag = max(1, round(lag_s * rate_hz))
    change, offset = second_difference(np.asarray(xyz_g, np.float64), lag)
    low, high = max(0, round(begin - offset - lag)), min(len(change), round(end - offset + lag))
    part = change[low:high]
    if len(part) < 3:
        return None
    x, axis = along_main(part, max(1, round(LOCAL_S * rate_hz)))
    crossings = _zero_crossings(x)
    if len(crossings) < 5:
        return None
    tops = np.maximum.reduceat(np.abs(x), np.ceil(crossings[:-1]).astype(np.int64)).tolist()
    at = crossings.tolist()
    i, j = _longest_chain(at, tops, rate_hz / hz[1], rate_hz / hz[0])
    i, j = _most_regular(at, i, j)
    cycles = [at[k + 2] - at[k] for k in range(i, j - 1)]
    if len(cycles) < LEAST_CYCLES:
        return None
    cycle, middle = middle_of(cycles), middle_of(tops[i:j])
    own = part[int(at[i]) : int(at[j]) + 1]
    total = float(squares(own).sum())
    along = float(((own @ axis) ** 2).sum())
    return Beats(
        first=at[i] + low + offset,
        last=at[j] + low + offset,
        times=round(0.5 * sum(min(1.0, top / middle) for top in tops[i:j])),
        hz=rate_hz / cycle,
        cycle_cv=float(np.std(cycles)) / cycle,
        share=along / max(total, 1e-18),
        size_g=middle,
    )


def second_difference(xyz_g: Floats, lag: int) -> tuple[Floats, float]:
    """Second difference over `lag` samples of means over as many, and the sample that its first value stands for."""
    total = np.concatenate([np.zeros((1, 3)), np.add.accumulate(xyz_g - xyz_g[:1], axis=0)])
    mean = (total[lag:] - total[:-lag]) / lag
    change = mean[2 * lag :] - 2.0 * mean[lag:-lag] + mean[: -2 * lag]
    return change, lag + 0.5 * (lag - 1)


def along_main(change: Floats, local: int) -> tuple[Floats, Floats]:
    """Motion along its main direction, and that direction; every moment counts alike, however loud it is."""
    energy = squares(change)
    total = np.concatenate([[0.0], np.add.accumulate(energy)])
    at = np.arange(len(energy))
    first, last = np.maximum(at - local // 2, 0), np.minimum(at + local // 2 + 1, len(energy))
    around = (total[last] - total[first]) / (last - first)
    weight = 1.0 / np.maximum(around, 1e-3 * float(around.max(initial=0.0)) + 1e-18)
    _, axes = np.linalg.eigh((change * weight[:, None]).T @ change)
    axis = axes[:, 2]
    return change @ axis, axis


def _zero_crossings(x: Floats) -> Floats:
    """Places between samples at which it goes through zero."""
    up = x >= 0.0
    at = np.nonzero(up[1:] != up[:-1])[0]
    return at + x[at] / (x[at] - x[at + 1])


def _longest_chain(at: list[float], tops: list[float], shortest: float, longest: float) -> tuple[int, int]:
    """First and last crossing of the longest run of cycles that are alike in length and in size."""
    cycles = [c - a for a, c in zip(at, at[2:], strict=False)]
    sizes = [a + b for a, b in pairwise(tops)]
    best = (0, 0)
    for i in range(len(cycles)):
        least = most = sizes[i]
        j = i
        while j < len(cycles) and shortest <= cycles[j] <= longest:
            if j > i and not 1.0 / SAME_CYCLE <= cycles[j] / cycles[j - 1] <= SAME_CYCLE:
                break
            least, most = min(least, sizes[j]), max(most, sizes[j])
            if least < LEAST_SHARE * most:
                break
            j += 1
        if j > i and j + 1 - i > best[1] - best[0]:
            best = (i, j + 1)
    return best


def _most_regular(at: list[float], i: int, j: int) -> tuple[int, int]:
    """Leave out cycles at the ends that differ from the others: a stretch that led to the beats, or their last echo."""
    while True:
        cycles = [at[k + 2] - at[k] for k in range(i, j - 1)]
        if len(cycles) <= LEAST_CYCLES:
            return i, j
        middle = sorted(cycles)[len(cycles) // 2]
        head, tail = abs(cycles[0] - middle), abs(cycles[-1] - middle)
        if max(head, tail) <= MOST_OFF * middle:
            return i, j
        i, j = (i + 1, j) if head >= tail else (i, j - 1)
