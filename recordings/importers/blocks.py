"""Blocks: loggers write samples in blocks with a time each; gaps lie between blocks, never inside one."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dsp import counted, low_rate_notes

Floats = NDArray[np.float64]

CLEAR_PERIODS = 3.5
"""Blocks this many samples late may lie behind a gap; stamps are seldom off by more."""
LOOK_BLOCKS = 10
"""The stamps must stay behind for so many blocks, or it was jitter of the clock."""
LASTING_PERIODS = 2.0
RATE_WITHIN = 0.2
"""A clock that disagrees with the stated rate by more than this is broken; the rate is believed."""


@dataclass(frozen=True, slots=True)
class BlockRun:
    """Blocks ``first`` to before ``end``, without a gap between them.

    Attributes
    ----------
    start_s
        Time of the first sample.
    """

    first: int
    end: int
    start_s: float


def block_runs(time_s: Floats, counts: NDArray[np.int64], nominal_hz: float) -> tuple[list[BlockRun], float, list[str]]:
    """Find the runs of blocks, their common rate, and what was noticed.

    Parameters
    ----------
    time_s
        Time of the first sample of each block.
    counts
        Samples of each block.
    nominal_hz
        Rate that the logger was set to.
    """
    warnings: list[str] = []
    time_s = time_s.copy()
    first = np.concatenate([[0], np.cumsum(counts)[:-1]]).astype(np.float64)
    period = _period(time_s, first, 1.0 / nominal_hz)
    late = np.diff(time_s) - counts[:-1] * period
    back = np.nonzero(late < -max(1.0, CLEAR_PERIODS * period))[0]
    if len(back):
        warnings.append(
            f"the clock of the device went back {len(back)} times; what follows was put behind what was before"
        )
        for at in back:
            time_s[at + 1 :] += 1.0 + period - late[at]
        late = np.diff(time_s) - counts[:-1] * period
    cuts = [int(at) + 1 for at in np.nonzero(late > CLEAR_PERIODS * period)[0]]
    cuts = [at for at in cuts if _stays_behind(time_s - first * period, at, cuts) > LASTING_PERIODS * period]
    parts = list(pairwise([0, *cuts, len(time_s)]))
    rate = _common_rate(time_s, first, parts, 1.0 / period)
    runs, end_s = [], 0.0
    origin = _start(time_s, first, *parts[0], rate)
    for a, b in parts:
        start_s = max(end_s, _start(time_s, first, a, b, rate) - origin)
        runs.append(BlockRun(a, b, start_s))
        end_s = start_s + float(counts[a:b].sum()) / rate
    if len(runs) > 1:
        lengths = [float(counts[r.first : r.end].sum()) / rate for r in runs]
        lost = sum(b.start_s - a.start_s - n for (a, b), n in zip(pairwise(runs), lengths, strict=False))
        warnings.append(f"{counted(len(runs) - 1, 'gap')}, {lost:.1f} s in all")
    return runs, rate, [*warnings, *low_rate_notes(rate)]


def _period(time_s: Floats, first: Floats, nominal: float) -> float:
    span = min(30, len(time_s) // 3)
    if span < 1:
        return nominal
    found = float(np.median((time_s[span:] - time_s[:-span]) / np.maximum(first[span:] - first[:-span], 1.0)))
    return found if abs(found / nominal - 1.0) <= RATE_WITHIN else nominal


def _stays_behind(late: Floats, at: int, cuts: list[int]) -> float:
    low = max([at - LOOK_BLOCKS, 0, *(c for c in cuts if c < at)])
    high = min([at + LOOK_BLOCKS, len(late), *(c for c in cuts if c > at)])
    return float(np.median(late[at:high]) - np.median(late[low:at]))


def _common_rate(time_s: Floats, first: Floats, parts: list[tuple[int, int]], rate_hz: float) -> float:
    """Regress the time on the number of the sample in every run, all with one slope."""
    top = bottom = 0.0
    for a, b in parts:
        if b - a < 3:
            continue
        i, t = first[a:b] - first[a:b].mean(), time_s[a:b] - time_s[a:b].mean()
        top, bottom = top + float((i * i).sum()), bottom + float((i * t).sum())
    found = top / bottom if bottom > 0 else rate_hz
    return float(f"{found if abs(found / rate_hz - 1.0) <= RATE_WITHIN else rate_hz:.9g}")


def _start(time_s: Floats, first: Floats, a: int, b: int, rate_hz: float) -> float:
    return float((time_s[a:b] - (first[a:b] - first[a]) / rate_hz).mean())
