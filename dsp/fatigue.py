"""Fatigue evidence: what shows that a tremor belongs to a tiring muscle."""

import functools
import math
from bisect import bisect_left, bisect_right
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from dsp.few import middle
from dsp.labels import State
from dsp.parameters import Parameters
from dsp.results import FatigueEvidence, Segment, Term

STRONG_TERM = 2.0
NEEDED_ODDS = 1.0
"""Sum of terms from which a tremor may be called fatigue tremor: 73 % (prior)."""


class RestBaseline:
    """Tremor-band rms of the person at rest: median over still segments, weighted by time."""

    def __init__(self) -> None:
        self._rms_g: list[float] = []
        self._seconds: list[float] = []
        self._total_s = 0.0

    def add(self, segment: Segment) -> None:
        """Take the next segment, whatever its state."""
        if segment.label is not State.STILL:
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
        passed = list(accumulate(self._seconds))
        return self._rms_g[min(bisect_left(passed, 0.5 * self._total_s), len(passed) - 1)]


def theil_sen(x: NDArray[np.float64], y: NDArray[np.float64]) -> float:
    """Median of the slopes between all pairs: a fifth of wild values does not move it (Theil 1950, Sen 1968)."""
    if len(x) < 3:
        return float("nan")
    if len(x) > 200:
        # Pairs grow with the square; 200 points spread over the segment carry the trend.
        keep = np.linspace(0, len(x) - 1, 200).astype(int)
        x, y = x[keep], y[keep]
    i, j = _pairs(len(x))
    return middle((y[j] - y[i]) / (x[j] - x[i]))


@functools.lru_cache(maxsize=8)
def _pairs(count: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """All pairs of `count` points; kept, because a tremor that goes on asks for them twice a second."""
    i, j = np.triu_indices(count, 1)
    return i, j


def fatigue_evidence(
    frames: NDArray[np.void],
    *,
    start_s: float,
    hold_start_s: float | None,
    rest_rms_g: float,
    parameters: Parameters,
) -> FatigueEvidence:
    """Fatigue evidence of a tremor segment.

    Parameters
    ----------
    frames
        Its frames.
    start_s
        Start of the segment.
    hold_start_s
        Start of the hold it lies in; None outside a hold.
    rest_rms_g
        The person's rest baseline; NaN when unknown.
    """
    p = parameters.fatigue
    minutes = frames["time_s"].astype(np.float64) / 60.0
    rms_g = np.maximum(frames["rms_g"].astype(np.float64), 1e-6)
    growth = shift = above = math.nan
    if len(frames) >= 3 and 60.0 * (minutes[-1] - minutes[0]) >= p["shortest_s"]:
        growth = theil_sen(minutes, 20.0 * np.log10(rms_g))
        shift = theil_sen(minutes, frames["mean_hz"].astype(np.float64))
    into = None if hold_start_s is None else max(0.0, start_s - hold_start_s)
    if rest_rms_g > 0:
        above = 20.0 * math.log10(middle(rms_g) / rest_rms_g)
    values = {}
    if not math.isnan(growth):
        values["growth"] = _within(growth / p["amplitude_db_per_min"], -STRONG_TERM, STRONG_TERM)
    if not math.isnan(shift):
        values["slowing"] = 0.5 * _within(-shift / p["frequency_hz_per_min"], -1.0, 1.0)
    values["into_hold"] = 1.0 if into is not None and into >= p["into_hold_s"] else -1.0
    if not math.isnan(above):
        values["above_rest"] = _within((above - p["above_rest_db"]) / 6.0, -1.0, 0.5)

    def spoken() -> tuple[Term, ...]:
        held = "no stretch was being held" if into is None else f"began {into:.0f} s into the hold"
        texts = {
            "growth": f"{'shrank' if growth < 0 else 'grew'} by {abs(growth):.0f} dB a minute",
            "slowing": f"its mean frequency {'rose' if shift > 0 else 'fell'} by {abs(shift):.1f} Hz a minute",
            "into_hold": held,
            "above_rest": f"{above:.0f} dB above the rest before",
        }
        terms = [Term(name=name, value=value, text=texts[name]) for name, value in values.items()]
        return tuple(sorted(terms, key=lambda t: -abs(t.value)))

    return FatigueEvidence(
        into_hold_s=into,
        amplitude_db_per_min=growth,
        frequency_hz_per_min=shift,
        low_high_ratio=middle(frames["low_high_ratio"]),
        above_rest_db=above,
        is_fatigue=growth > 0 and sum(values.values()) >= NEEDED_ODDS,
        terms=spoken,
    )


def _within(value: float, least: float, most: float) -> float:
    return min(most, max(least, value))
