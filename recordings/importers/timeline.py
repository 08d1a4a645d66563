"""Timeline: time stamps of any quality become gap-free, evenly timed runs."""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dsp import FileFormatError, Quality, RateError, Samples, TimeSource, counted, low_rate_notes
from recordings.importers.stamps import CLEAR_PERIODS, in_order, typical_period

Floats = NDArray[np.float64]

GAP_PERIODS = 1.5
"""A step of more than this many periods may be a gap (a lost sample makes 2)."""
LASTING_PERIODS = 0.75
"""It is one when the stamps stay behind by more than this; otherwise it was jitter, or stamps written in blocks."""
LOOK_S = 3.0
"""How long the stamps must stay behind after a clear gap."""
BLOCKS_S = 12.0
"""The same for a small one: ten of the blocks that loggers write at a nominal rate and then correct (1.2 s)."""
FEW_GAPS, MOST_GAPS = 10, 0.25
"""More gaps than this share of the rows, and the stamps are no clock."""
RATE_DISAGREES = 0.02
SAME_RATE = 1e-6
"""Nearer than any crystal (20 ppm): the difference is the rounding of the stamps."""


@dataclass(frozen=True, slots=True, eq=False)
class Timeline:
    """Runs with what was noticed on the way.

    Attributes
    ----------
    samples
        Gap-free runs.
    rate_hz
        Rate of all of them.
    warnings
        A sentence each.
    """

    samples: list[Samples]
    rate_hz: float
    warnings: list[str]


def even_runs(xyz_g: NDArray[np.float32], rate_hz: float, *, start_ns: int | None = None, sensor: str = "") -> Timeline:
    """One run at a rate that the file or the caller states; rows that are not finite become gaps."""
    time_s = np.arange(len(xyz_g)) / rate_hz
    return _runs(time_s, xyz_g, rate_hz, [], start_ns=start_ns, sensor=sensor, even=True)


def stamped_runs(
    time_s: Floats,
    xyz_g: NDArray[np.float32],
    *,
    nominal_hz: float = 0.0,
    start_ns: int | None = None,
    sensor: str = "",
) -> Timeline:
    """Make runs from time stamps: sorted, freed of duplicates, cut at gaps, timed by regression.

    Parameters
    ----------
    time_s
        Seconds, float64 (n,).
    xyz_g
        (n, 3).
    nominal_hz
        What the file claims; 0 when it claims nothing.

    Raises
    ------
    FileFormatError
        Stamps that make no time line.
    """
    warnings: list[str] = []
    keep = np.isfinite(time_s)
    if not keep.all():
        warnings.append(f"{int((~keep).sum())} rows have no time stamp and were left out")
        time_s, xyz_g = time_s[keep], xyz_g[keep]
    if len(time_s) < 2:
        msg = "fewer than two samples with a time stamp: nothing can be analysed"
        raise FileFormatError(msg)
    time_s, xyz_g = in_order(time_s, xyz_g, warnings)
    period = typical_period(time_s)
    if nominal_hz and abs(nominal_hz * period - 1.0) > RATE_DISAGREES:
        warnings.append(
            f"the file claims {nominal_hz:g} Hz, its time stamps say {1.0 / period:.4g} Hz; the stamps were believed"
        )
    return _runs(
        time_s, xyz_g, 1.0 / period, warnings, start_ns=start_ns, sensor=sensor, even=False, nominal_hz=nominal_hz
    )


def _breaks(time_s: Floats, period: float) -> NDArray[np.int64]:
    """First row after each gap: the clear ones, then the small ones among what may be stamps written in blocks."""
    step = np.diff(time_s)
    clear = np.nonzero(step > CLEAR_PERIODS * period)[0] + 1
    fences = np.concatenate([[0], clear, [len(time_s)]])
    lasting = [
        _lasting_step(time_s[fences[k] : fences[k + 2]], int(fences[k + 1] - fences[k]), period, LOOK_S)
        for k in range(len(clear))
    ]
    clear = clear[np.array(lasting) > LASTING_PERIODS * period] if len(clear) else clear
    small = np.nonzero((step > GAP_PERIODS * period) & (step <= CLEAR_PERIODS * period))[0] + 1
    if not len(small):
        return clear
    edges = np.concatenate([[0], clear, [len(time_s)]])
    found = []
    for at in small:
        part = int(np.searchsorted(edges, at, side="right"))
        first, last = int(edges[part - 1]), int(edges[part])
        if _lasting_step(time_s[first:last], int(at) - first, period, BLOCKS_S) > LASTING_PERIODS * period:
            found.append(at)
    return np.sort(np.concatenate([clear, np.array(found, np.int64)]))


def _lasting_step(time_s: Floats, at: int, period: float, look_s: float) -> float:
    """How far the stamps stay behind after row `at`, seconds, freed of a rate that is a little off."""
    look = max(3, round(look_s / period))
    low, high = max(0, at - look), min(len(time_s), at + look)
    late = time_s[low:high] - np.arange(low, high) * period
    before, after = late[: at - low], late[at - low :]
    slopes = [_slope(part) for part in (before, after) if len(part) >= look // 2]
    drift = float(np.mean(slopes)) * 0.5 * (high - low) if slopes else 0.0
    return float(after.mean() - before.mean()) - drift


def _slope(values: Floats) -> float:
    i = np.arange(len(values)) - 0.5 * (len(values) - 1)
    return float((i * values).sum() / max((i * i).sum(), 1.0))


def _runs(
    time_s: Floats,
    xyz_g: NDArray[np.float32],
    rate_hz: float,
    warnings: list[str],
    *,
    start_ns: int | None,
    sensor: str,
    even: bool,
    nominal_hz: float = 0.0,
) -> Timeline:
    if not np.isfinite(rate_hz) or rate_hz <= 0:
        msg = f"a rate of {rate_hz} Hz makes no time line; name the rate with --rate"
        raise RateError(msg)
    good = np.isfinite(xyz_g).all(axis=1)
    if not good.any():
        msg = "no row holds three finite numbers: there is no acceleration in this file"
        raise FileFormatError(msg)
    if not good.all():
        # A row without any number is how files write a missing sample; the gap that it makes is told below.
        odd = int((~good & ~np.isnan(xyz_g).all(axis=1)).sum())
        if odd:
            warnings.append(f"{odd} rows are not finite numbers; they count as missing")
        time_s, xyz_g = time_s[good], xyz_g[good]
    period = 1.0 / rate_hz
    cuts = (np.nonzero(np.diff(time_s) > GAP_PERIODS * period)[0] + 1) if even else _breaks(time_s, period)
    if not even and len(cuts) > max(FEW_GAPS, MOST_GAPS * len(time_s)):
        msg = (
            f"the time stamps have {len(cuts)} gaps in {len(time_s)} rows: they are too uneven to make a rate; "
            "leave them out and name the rate with --rate"
        )
        raise RateError(msg)
    edges = [0, *cuts.tolist(), len(time_s)]
    parts = list(pairwise(edges))
    if not even:
        # Nine digits: what more there is comes from rounding, and 52 Hz should read 52 Hz.
        rate_hz = float(f"{_common_rate(time_s, parts, rate_hz):.9g}")
        if nominal_hz and abs(rate_hz / nominal_hz - 1.0) <= SAME_RATE:
            rate_hz = nominal_hz
    a, b = parts[0]
    origin = float((time_s[a:b] - np.arange(b - a) / rate_hz).mean())
    quality = Quality(time_source=TimeSource.NOMINAL if even else TimeSource.DEVICE)
    runs = [_run(time_s, xyz_g, a, b, rate_hz, origin, start_ns, sensor, quality) for a, b in parts]
    _separate(runs)
    if len(runs) > 1:
        lost = sum(b.start_s - a.end_s for a, b in pairwise(runs))
        warnings.append(f"{counted(len(runs) - 1, 'gap')}, {lost:.1f} s in all")
    return Timeline(runs, rate_hz, [*warnings, *low_rate_notes(rate_hz)])


def _common_rate(time_s: Floats, parts: list[tuple[int, int]], rate_hz: float) -> float:
    """Rate of all runs together: regression of time on index in each, weighted by its length cubed."""
    top = bottom = 0.0
    for a, b in parts:
        if b - a < 8:
            continue
        i = np.arange(b - a) - 0.5 * (b - a - 1)
        t = time_s[a:b] - time_s[a:b].mean()
        top += float((i * i).sum())
        bottom += float((i * t).sum())
    return top / bottom if bottom > 0 else rate_hz


def _run(
    time_s: Floats,
    xyz_g: NDArray[np.float32],
    a: int,
    b: int,
    rate_hz: float,
    origin: float,
    start_ns: int | None,
    sensor: str,
    quality: Quality,
) -> Samples:
    lag = float((time_s[a:b] - np.arange(b - a) / rate_hz).mean())
    start_s = max(0.0, lag - origin)
    at_ns = None if start_ns is None else start_ns + round(start_s * 1e9)
    return Samples(
        xyz_g=np.ascontiguousarray(xyz_g[a:b], np.float32),
        rate_hz=rate_hz,
        start_s=start_s,
        start_ns=at_ns,
        sensor=sensor,
        quality=quality,
    )


def _separate(runs: list[Samples]) -> None:
    """Let the later run yield where runs timed by their own mean overlap by a fraction of a period."""
    for i in range(1, len(runs)):
        if runs[i].start_s < runs[i - 1].end_s:
            later = runs[i]
            runs[i] = Samples(
                xyz_g=later.xyz_g,
                rate_hz=later.rate_hz,
                start_s=runs[i - 1].end_s,
                start_ns=later.start_ns,
                sensor=later.sensor,
                quality=later.quality,
            )
