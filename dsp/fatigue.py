"""Fatigue evidence: what shows that a tremor belongs to a tiring muscle."""

import functools
import math
from array import array
from bisect import bisect_right
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsp.few import middle
from dsp.labels import State
from dsp.parameters import Parameters
from dsp.results import FatigueEvidence, Segment, Term

STRONG_TERM = 2.0
WEAK_TERM = 0.5
"""The mean frequency says less: it falls after exercise, but rises and falls with effort too."""
LEAST_INDEPENDENT = 3.0
"""Independent values from which the spread about a line can be told."""
SAME_HOLD_S = 1.0
"""The start of a hold is known to a few tenths of a second, and better the longer it lasts."""
NEEDED_ODDS = 1.0
"""Sum of terms from which a tremor may be called fatigue tremor: 73 % (prior)."""


class RestBaseline:
    """Tremor-band rms of the person at rest: median over still segments, weighted by time."""

    def __init__(self) -> None:
        self._rms_g: list[float] = []
        # Bare numbers, which numpy adds up in a tenth of the time: a night has a thousand still segments.
        self._seconds = array("d")
        self._total_s = 0.0

    def add(self, segment: Segment) -> None:
        """Take the next segment, whatever its state."""
        # A sensor that sends nothing but zeros is no person at rest.
        if segment.label is not State.STILL or not segment.rms_g > 0.0:
            return
        at = bisect_right(self._rms_g, segment.rms_g)
        self._rms_g.insert(at, segment.rms_g)
        self._seconds.insert(at, segment.duration_s)
        self._total_s += segment.duration_s

    @property
    def rms_g(self) -> float:
        """The baseline, g; NaN without stillness."""
        if not self._rms_g:
            return math.nan
        passed = np.add.accumulate(np.frombuffer(self._seconds))
        return self._rms_g[min(int(passed.searchsorted(0.5 * self._total_s)), len(passed) - 1)]


class Shaken:
    """The tremor of the hold that is going on: a tremor that falls silent for a moment is still the same one."""

    def __init__(self) -> None:
        self._frames: list[NDArray[np.void]] = []
        self._began_s = 0.0
        self._hold_start_s: float | None = None

    def add(self, frames: NDArray[np.void], start_s: float, hold_start_s: float | None) -> None:
        """Take the frames of a tremor segment that has ended, with its start and that of the hold it lies in."""
        if not self._goes_on(hold_start_s):
            self._frames, self._began_s, self._hold_start_s = [], start_s, hold_start_s
        if hold_start_s is not None:
            self._frames.append(frames.copy())

    def joined(
        self, frames: NDArray[np.void], start_s: float, hold_start_s: float | None
    ) -> tuple[NDArray[np.void], float]:
        """Frames of a tremor segment after those of the same hold before it, and when the first of them began."""
        if not self._goes_on(hold_start_s):
            return frames, start_s
        return np.concatenate([*self._frames, frames]), self._began_s

    def _goes_on(self, hold_start_s: float | None) -> bool:
        if hold_start_s is None or self._hold_start_s is None or not self._frames:
            return False
        return abs(hold_start_s - self._hold_start_s) < SAME_HOLD_S


def theil_sen(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Median of the slopes between all pairs: a fifth of wild values does not move it (Theil 1950, Sen 1968)."""
    return float(_slopes(x, y[None])[0])


def _slopes(x: NDArray[np.float64], rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give `theil_sen` of each row of values at the same places, (rows, n); the pairs are looked up once for all."""
    if len(x) < 3:
        return np.full(len(rows), np.nan)
    if len(x) > 200:
        # Pairs grow with the square; 200 points spread over the segment carry the trend.
        keep = np.linspace(0, len(x) - 1, 200).astype(int)
        x, rows = x[keep], rows[:, keep]
    i, j = _pairs(len(x))
    slopes = rows.take(j, axis=1)
    slopes -= rows.take(i, axis=1)
    slopes /= x.take(j) - x.take(i)
    # A sort of whole rows is quicker than to select, which numpy does value by value.
    slopes.sort(axis=1)
    low, high = (len(i) - 1) // 2, len(i) // 2
    return np.asarray(0.5 * (slopes[:, low] + slopes[:, high]))


@functools.lru_cache(maxsize=8)
def _pairs(count: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """All pairs of `count` points; kept, because a tremor that goes on asks for them twice a second."""
    i, j = np.triu_indices(count, 1)
    return i, j


@dataclass(frozen=True, slots=True)
class Trend:
    """Slope of a feature over a segment, and how far it may be off.

    Attributes
    ----------
    per_min, error_per_min
        Slope and its standard error, units a minute; NaN when too short to tell.
    """

    per_min: float
    error_per_min: float

    def odds(self, usual: float, spread: float, steady: float) -> float:
        """Log-odds of a slope of `usual` +- `spread` against one of 0 +- `steady`, given how well it is known."""
        if math.isnan(self.per_min):
            return math.nan
        there, none = math.hypot(spread, self.error_per_min), math.hypot(steady, self.error_per_min)
        # A slope the other way speaks no less against it the steeper it is: the odds stay at their lowest.
        lowest = -abs(usual) * none * none / (there * there - none * none)
        slope = max(math.copysign(1.0, usual) * self.per_min, lowest)
        away, own = (slope - abs(usual)) / there, slope / none
        return 0.5 * (own * own - away * away) + math.log(none / there)


NO_TREND = Trend(math.nan, math.nan)


def trends(minutes: NDArray[np.float64], rows: NDArray[np.float64], independent_s: float) -> list[Trend]:
    """Robust slopes of values, of which one every `independent_s` seconds tells something new.

    Parameters
    ----------
    minutes, rows
        Evenly spaced, (n,), and values of several kinds, (kinds, n).
    independent_s
        Windows overlap and a tremor waxes and wanes, so that neighbouring values go together.

    Notes
    -----
    The error is that of a least-squares line through so many independent values (Theil-Sen is as sharp for Gaussian
    ones), with Student's widening for the few of them.
    """
    count = _lasts_s(minutes) / independent_s + 1.0
    if count <= LEAST_INDEPENDENT:
        return [NO_TREND] * len(rows)
    slopes, size, lasts = _slopes(minutes, rows), len(minutes), float(minutes[-1] - minutes[0])
    rest = rows - slopes[:, None] * minutes
    rest -= (np.add.reduce(rest, axis=1) / size)[:, None]
    power = np.add.reduce(rest * rest, axis=1) / size
    return [
        Trend(slope, math.sqrt(own * count / (count - 2.0)) * math.sqrt(12.0 / count) / lasts)
        for slope, own in zip(slopes.tolist(), power.tolist(), strict=True)
    ]


def _lasts_s(minutes: NDArray[np.float64]) -> float:
    """Time from the first to the last of some moments, none when there are too few for a line."""
    return 60.0 * float(minutes[-1] - minutes[0]) if len(minutes) >= 3 else 0.0


def _trends(frames: NDArray[np.void], start_s: float, end_s: float, parameters: Parameters) -> tuple[Trend, Trend]:
    """Growth of a tremor, dB a minute, and shift of its mean frequency, Hz a minute; see `fatigue_evidence`."""
    p, half_s = parameters.fatigue, 0.5 * parameters.spectrum["window_s"]
    time_s = frames["time_s"]
    minutes = time_s / 60.0
    # Most tremors are too short for a trend with all their frames.
    if _lasts_s(minutes) < p["shortest_s"]:
        return NO_TREND, NO_TREND
    # Windows that reach beyond the tremor hold less of it: they would show growth at its start and decline at its end.
    whole = slice((time_s - half_s).searchsorted(start_s), (time_s + half_s).searchsorted(end_s, "right"))
    minutes = minutes[whole]
    if _lasts_s(minutes) < p["shortest_s"]:
        return NO_TREND, NO_TREND
    rows = np.array([frames["rms_g"][whole], frames["mean_hz"][whole]], np.float64)
    rows[0] = 20.0 * np.log10(np.maximum(rows[0], 1e-6))
    growth, shift = trends(minutes, rows, p["independent_s"])
    return growth, shift


def fatigue_evidence(
    frames: NDArray[np.void],
    *,
    start_s: float,
    end_s: float,
    hold_start_s: float | None,
    rest_rms_g: float,
    parameters: Parameters,
) -> FatigueEvidence:
    """Fatigue evidence of a tremor, from its beginning in the hold.

    Parameters
    ----------
    frames
        Its frames, those of the same hold before it among them; see `Shaken`.
    start_s, end_s
        Of the tremor; infinity while it goes on.
    hold_start_s
        Start of the hold it lies in; None outside a hold.
    rest_rms_g
        The person's rest baseline; NaN when unknown.
    """
    p = parameters.fatigue
    growth, shift = _trends(frames, start_s, end_s, parameters)
    into = None if hold_start_s is None else max(0.0, start_s - hold_start_s)
    above = math.nan
    if rest_rms_g > 0:
        above = 20.0 * math.log10(max(middle(frames["rms_g"]), 1e-6) / rest_rms_g)
    grows = growth.odds(p["growth_db_per_min"], p["growth_spread_db_per_min"], p["steady_db_per_min"])
    slows = shift.odds(-p["slowing_hz_per_min"], p["slowing_hz_per_min"], p["steady_hz_per_min"])
    values = {}
    if not math.isnan(grows):
        values["growth"] = _within(grows, -STRONG_TERM, STRONG_TERM)
    if not math.isnan(slows):
        values["slowing"] = _within(slows, -WEAK_TERM, WEAK_TERM)
    values["into_hold"] = 1.0 if into is not None and into >= p["into_hold_s"] else -1.0
    if not math.isnan(above):
        values["above_rest"] = _within((above - p["above_rest_db"]) / 6.0, -1.0, 0.5)

    # What a hold that was quiet for seconds brings on has grown out of rest, unless it is known to grow no further.
    sets_in = values["into_hold"] > 0 and above >= p["above_rest_db"] and not grows < -p["growth_needed"]

    return FatigueEvidence(
        into_hold_s=into,
        amplitude_db_per_min=growth.per_min,
        amplitude_error_db_per_min=growth.error_per_min,
        frequency_hz_per_min=shift.per_min,
        frequency_error_hz_per_min=shift.error_per_min,
        low_high_ratio=middle(frames["low_high_ratio"]),
        above_rest_db=above,
        is_fatigue=(grows >= p["growth_needed"] or sets_in) and sum(values.values()) >= NEEDED_ODDS,
        terms=functools.partial(_spoken, values, growth, shift, into, above),
    )


def _spoken(
    values: dict[str, float], growth: Trend, shift: Trend, into: float | None, above: float
) -> tuple[Term, ...]:
    """Put the terms into words, strongest first."""
    size, error, verb = abs(growth.per_min), growth.error_per_min, "shrank" if growth.per_min < 0 else "grew"
    turn, turn_error, way = abs(shift.per_min), shift.error_per_min, "rose" if shift.per_min > 0 else "fell"
    texts = {
        "growth": f"{verb} by {size:.0f} dB a minute, give or take {error:.0f}",
        "slowing": f"its mean frequency {way} by {turn:.1f} Hz a minute, give or take {turn_error:.1f}",
        "into_hold": "no stretch was being held" if into is None else f"began {into:.0f} s into the hold",
        "above_rest": f"{above:.0f} dB above the rest before",
    }
    terms = [Term(name=name, value=value, text=texts[name]) for name, value in values.items()]
    return tuple(sorted(terms, key=lambda t: -abs(t.value)))


def _within(value: float, least: float, most: float) -> float:
    return min(most, max(least, value))
