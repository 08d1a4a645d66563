"""Beats: whether a limb beat to and fro a few times at one frequency, read from samples, and how often."""

import functools
import itertools
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsp.beat_motion import along_main
from dsp.few import middle_of

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
AT_ONCE = 32
"""Pieces worked on at once: so many that the calls count little, so few that they stay in the cache."""
LEAST_CYCLES = 3
"""Left when those at the ends are left out. Each begins half a cycle after the one before: these are two beats."""


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
    """

    first: float
    last: float
    times: int
    hz: float
    cycle_cv: float


class Wanted(NamedTuple):
    """Beats that are looked for.

    Attributes
    ----------
    from_hz, to_hz
        Slowest and quickest.
    median_hz
        What the median is no quicker than.
    least
        How many.
    cycle_cv
        How much cycles may vary.
    share
        Of the motion along its main direction, at least.
    """

    from_hz: float
    to_hz: float
    median_hz: float
    least: float
    cycle_cv: float
    share: float


class Piece(NamedTuple):
    """Samples among which a limb may have beaten: their `running_totals`, and those between which it has."""

    total: Floats
    begin: int
    end: int


def find_beats(pieces: Sequence[Piece], rate_hz: float, lag_s: float, wanted: Wanted) -> list[Beats | None]:
    """Find the longest regular beating of each piece; None where it is not what is wanted.

    Parameters
    ----------
    pieces
        Where to look; each is answered in its place, as it would be alone.
    rate_hz
        Samples per second.
    lag_s
        Of the second difference that shows them: twice this is the period that it shows best.
    wanted
        What beating has to be like.
    """
    out: list[Beats | None] = [None] * len(pieces)
    # Those of like length together: each becomes as long as the longest beside it.
    by_length = sorted(range(len(pieces)), key=lambda i: pieces[i].total.shape[1])
    for at in range(0, len(pieces), AT_ONCE):
        which = by_length[at : at + AT_ONCE]
        found = _found([pieces[i] for i in which], rate_hz, max(1, round(lag_s * rate_hz)), wanted)
        for i, beats in zip(which, found, strict=True):
            out[i] = beats
    return out


def _found(pieces: Sequence[Piece], rate_hz: float, lag: int, wanted: Wanted) -> list[Beats | None]:
    # The sample that the first value of the second difference stands for.
    offset, parts = lag + 0.5 * (lag - 1), []
    for total, begin, end in pieces:
        low, high = max(0, round(begin - offset - lag)), min(total.shape[1] - 3 * lag, round(end - offset + lag))
        parts.append((low, total[:, low : high + 3 * lag] if high - low >= 3 else None))
    moved = iter(along_main([part for _, part in parts if part is not None], lag, max(1, round(LOCAL_S * rate_hz))))
    return [None if part is None else _regular(*next(moved), low + offset, rate_hz, wanted) for low, part in parts]


def _regular(x: Floats, energy: Floats, first: float, rate_hz: float, wanted: Wanted) -> Beats | None:
    """Give the longest regular beating of what begins at sample `first`.

    Most bursts do not beat, so that each question is asked as soon as it can be: how many crossings there are, how many
    cycles alike, and what these amount to.
    """
    before, fewest = _crossed(x), _fewest_tops(wanted.least)
    if len(before) - 1 < fewest:
        return None
    left = x[before]
    at: list[float] = (before + left / (left - x[before + 1])).tolist()
    cycles = [c - a for a, c in zip(at, at[2:], strict=False)]
    runs = _alike(cycles, rate_hz / wanted.to_hz, rate_hz / wanted.from_hz)
    alike = [(i, j) for i, j in runs if j + 1 - i >= fewest]
    if not alike:
        return None
    tops: list[float] = np.maximum.reduceat(np.abs(x), before[:-1] + 1).tolist()
    i, j = _most_regular(cycles, *_longest(alike, tops))
    if j - i < fewest:
        return None
    cycles, tops = cycles[i : j - 1], tops[i:j]
    cycle, middle = middle_of(cycles), middle_of(tops)
    times = _beats_of(sum([min(1.0, top / middle) for top in tops]))
    if times < wanted.least or rate_hz / cycle > wanted.median_hz:
        return None
    own = slice(int(at[i]), int(at[j]) + 1)
    if float(np.add.reduce(np.square(x[own]))) < wanted.share * float(np.add.reduce(energy[own])):
        return None
    cycle_cv = float(np.std(cycles)) / cycle
    if cycle_cv > wanted.cycle_cv:
        return None
    return Beats(at[i] + first, at[j] + first, times, rate_hz / cycle, cycle_cv)


def _beats_of(tops: float) -> int:
    """Beats that so many half-cycles are."""
    return round(0.5 * tops)


@functools.lru_cache(maxsize=8)
def _fewest_tops(least: float) -> int:
    """Half-cycles at least that are so many beats."""
    return next(tops for tops in itertools.count() if _beats_of(tops) >= least)


def _crossed(x: Floats) -> NDArray[np.intp]:
    """Values after which it goes through zero."""
    up = x >= 0.0
    return np.asarray((up[1:] != up[:-1]).nonzero()[0])


def _alike(cycles: list[float], shortest: float, longest: float) -> list[tuple[int, int]]:
    """Give runs of cycles of such a length, each like the one before; first one, and one past the last."""
    out, begin = [], 0
    for at, cycle in enumerate(cycles):
        fits = shortest <= cycle <= longest
        if at > begin and not (fits and 1.0 / SAME_CYCLE <= cycle / cycles[at - 1] <= SAME_CYCLE):
            out.append((begin, at))
            begin = at
        if not fits:
            begin = at + 1
    if begin < len(cycles):
        out.append((begin, len(cycles)))
    return out


def _longest(runs: list[tuple[int, int]], tops: list[float]) -> tuple[int, int]:
    """First and last crossing of the longest part of a run of cycles in which they are alike in size, too."""
    sizes = [a + b for a, b in itertools.pairwise(tops)]
    best = (0, 0)
    for first, end in runs:
        i = first
        for j in range(first, end):
            while min(sizes[i : j + 1]) < LEAST_SHARE * max(sizes[i : j + 1]):
                i += 1
            if j + 2 - i > best[1] - best[0]:
                best = (i, j + 2)
    return best


def _most_regular(cycles: list[float], i: int, j: int) -> tuple[int, int]:
    """Leave out cycles at the ends that differ from the others: a stretch that led to the beats, or their last echo."""
    while True:
        own = cycles[i : j - 1]
        if len(own) <= LEAST_CYCLES:
            return i, j
        middle = sorted(own)[len(own) // 2]
        head, tail = abs(own[0] - middle), abs(own[-1] - middle)
        if max(head, tail) <= MOST_OFF * middle:
            return i, j
        i, j = (i + 1, j) if head >= tail else (i, j - 1)
