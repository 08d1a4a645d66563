"""Findings from segments, events and holds."""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from statistics import median
from typing import Generic, TypeVar

import numpy as np

from dsp.fatigue import theil_sen
from dsp.findings import Findings, HoldFinding
from dsp.labels import EventLabel, Placement, Side, State
from dsp.results import Event, FatigueEvidence, Hold, Segment

T = TypeVar("T", Segment, Hold)
NAN = float("nan")
AFTER_STRETCH_S = 1.5
"""A jerk up to this long after the movement into the stretch belongs to it."""
LEAST_STILL_S = 10.0
CREST_MARGIN_S = 2.0
"""A twitch so near a tremor or rhythm may be a crest of it: the highest of N cycles of narrow-band noise reaches
sqrt(2 ln N) times its rms (Rice 1944), 3.1 for 20 s at 7 Hz; half the naming window is how well its edges are known."""
LEAST_FOR_TREND = 3


def build_findings(
    *,
    segments: Sequence[Segment],
    events: Sequence[Event],
    holds: Sequence[Hold],
    duration_s: float,
    gap_s: float,
    rate_hz: float,
    placement: Placement,
    side: Side,
    gravity_present: bool,
) -> Findings:
    """Count, time and trend what was found; see `Findings` for each number."""
    of_state: dict[State, list[Segment]] = {state: [] for state in State}
    for segment in segments:
        of_state[segment.label].append(segment)
    seconds = {state: sum((s.duration_s for s in own), 0.0) for state, own in of_state.items()}
    line, stretched = _Line(segments, [s.start_s for s in segments]), _Line(holds, [h.onset_s for h in holds])
    tremor, rhythm = of_state[State.TREMOR], of_state[State.REFLEX_RHYTHM]
    # What hits harder than a muscle kicks is a knock or a step, whatever came before it.
    kicks = [e for e in events if not e.is_impact]
    jerks = [e for e in kicks if e.label is EventLabel.REFLEX_JERK]
    twitches = [e for e in kicks if e.label is EventLabel.TWITCH]
    stretches = tuple(_hold_finding(h, line, jerks) for h in holds)
    fast = [h for h in stretches if h.fast]
    slow = [h for h in stretches if not h.fast]
    shaken = [h for h in stretches if h.tremor_after_s is not None]
    still_s = seconds[State.STILL]
    fatigued = [s for s in tremor if s.fatigue is not None and s.fatigue.is_fatigue]
    return Findings(
        duration_s=duration_s,
        analysed_s=sum(v for s, v in seconds.items() if s is not State.NO_DATA),
        gap_s=gap_s,
        rate_hz=rate_hz,
        placement=placement,
        side=side,
        gravity_present=gravity_present,
        still_s=still_s,
        movement_s=seconds[State.MOVEMENT],
        tremor_s=seconds[State.TREMOR],
        reflex_rhythm_s=seconds[State.REFLEX_RHYTHM],
        unclear_s=seconds[State.UNCLEAR],
        rest_tremor_s=sum(_outside(s, stretched) for s in tremor),
        rest_rhythm_s=sum(_outside(s, stretched) for s in rhythm),
        reflex_jerk_count=len(jerks),
        twitch_count=len(twitches),
        impact_count=len(events) - len(kicks),
        rest_twitch_count=sum(_at_rest(e, line) for e in twitches),
        twitch_per_min=60.0 * len(twitches) / still_s if still_s >= LEAST_STILL_S else NAN,
        jerk_delay_s=_median([e.stretch_delay_s for e in jerks if e.stretch_delay_s is not None]),
        fast_stretch_count=len(fast),
        jerks_per_fast_stretch=_mean([h.jerk_count for h in fast]),
        jerks_per_slow_stretch=_mean([h.jerk_count for h in slow]),
        tremor_hz=_weighted([(s.peak_hz, s.duration_s) for s in tremor]),
        tremor_hz_spread=_weighted([(s.peak_spread_hz, s.duration_s) for s in tremor]),
        tremor_rms_g=_weighted([(s.rms_g, s.duration_s) for s in tremor]),
        tremor_mm=_weighted([(s.displacement_mm, s.duration_s) for s in tremor]),
        rhythm_hz=_weighted([(s.peak_hz, s.duration_s) for s in rhythm]),
        rhythm_rms_g=_weighted([(s.rms_g, s.duration_s) for s in rhythm]),
        fatigue_tremor_s=sum(s.duration_s for s in fatigued),
        amplitude_db_per_min=_growth([s.fatigue for s in tremor if s.fatigue is not None]),
        frequency_hz_per_min=_slowing([s.fatigue for s in tremor if s.fatigue is not None]),
        hold_to_tremor_s=_median([h.tremor_after_s for h in shaken if h.tremor_after_s is not None]),
        tremor_trend_db_per_hold=_trend([20.0 * math.log10(max(h.tremor_rms_g, 1e-6)) for h in shaken]),
        jerk_trend_per_hold=_trend([float(h.jerk_count) for h in stretches]),
        rest_rms_g=_weighted([(s.rms_g, s.duration_s) for s in of_state[State.STILL]]),
        holds=stretches,
    )


class _Line(Generic[T]):
    """What follows one another in time, so that a part of it is found without a look at all."""

    def __init__(self, items: Sequence[T], starts_s: Sequence[float]) -> None:
        self._items: Sequence[T] = items
        self._starts_s = starts_s
        self._ends_s: list[float] = [item.end_s for item in items]

    def near(self, start_s: float, end_s: float) -> Sequence[T]:
        """All that may touch this time."""
        part: Sequence[T] = self._items[bisect_left(self._ends_s, start_s) : bisect_right(self._starts_s, end_s)]
        return part


def _hold_finding(hold: Hold, line: _Line[Segment], jerks: Sequence[Event]) -> HoldFinding:
    segments = line.near(hold.onset_s, hold.end_s)
    own = [e for e in jerks if hold.onset_s - 0.5 <= e.onset_s <= hold.end_s]
    shaking = [s for s in segments if s.label is State.TREMOR and _overlap(s, hold.start_s, hold.end_s) > 0]
    rhythm_s = sum(_overlap(s, hold.onset_s, hold.end_s) for s in segments if s.label is State.REFLEX_RHYTHM)
    fatigue = [s.fatigue for s in shaking if s.fatigue is not None]
    early = [e for e in own if e.onset_s <= hold.start_s + AFTER_STRETCH_S]
    return HoldFinding(
        onset_s=hold.onset_s,
        start_s=hold.start_s,
        end_s=hold.end_s,
        stretch_deg=hold.stretch_deg,
        stretch_rate_deg_per_s=hold.stretch_rate_deg_per_s,
        fast=hold.fast,
        jerk_count=len(own),
        first_jerk_delay_s=max(0.0, early[0].onset_s - hold.onset_s) if early else None,
        rhythm_s=rhythm_s,
        tremor_s=sum(_overlap(s, hold.start_s, hold.end_s) for s in shaking),
        tremor_after_s=max(0.0, shaking[0].start_s - hold.start_s) if shaking else None,
        tremor_rms_g=_weighted([(s.rms_g, s.duration_s) for s in shaking]),
        tremor_hz=_weighted([(s.peak_hz, s.duration_s) for s in shaking]),
        fatigue=any(f.is_fatigue for f in fatigue),
        amplitude_db_per_min=_growth(fatigue),
        frequency_hz_per_min=_slowing(fatigue),
    )


def _at_rest(event: Event, line: _Line[Segment]) -> bool:
    margin_s = {State.MOVEMENT: 0.0, State.TREMOR: CREST_MARGIN_S, State.REFLEX_RHYTHM: CREST_MARGIN_S}
    return not any(
        s.start_s - margin_s[s.label] <= event.onset_s < s.end_s + margin_s[s.label]
        for s in line.near(event.onset_s - CREST_MARGIN_S, event.onset_s + CREST_MARGIN_S)
        if s.label in margin_s
    )


def _overlap(segment: Segment, start_s: float, end_s: float) -> float:
    return max(0.0, min(segment.end_s, end_s) - max(segment.start_s, start_s))


def _outside(segment: Segment, holds: _Line[Hold]) -> float:
    near = holds.near(segment.start_s, segment.end_s)
    return segment.duration_s - sum(_overlap(segment, h.onset_s, h.end_s) for h in near)


def _growth(known: Sequence[FatigueEvidence]) -> float:
    """Growth of the tremor, dB/min: the better a segment shows it, the more it counts."""
    return _weighted([(f.amplitude_db_per_min, _weight(f.amplitude_error_db_per_min)) for f in known])


def _slowing(known: Sequence[FatigueEvidence]) -> float:
    """Trend of the mean frequency, Hz/min, weighted likewise."""
    return _weighted([(f.frequency_hz_per_min, _weight(f.frequency_error_hz_per_min)) for f in known])


def _weight(error: float) -> float:
    """Weight of a trend with this standard error; an exact one is not believed beyond a tenth."""
    return 1.0 / max(error, 0.1) ** 2


def _median(values: Sequence[float]) -> float:
    known = [v for v in values if not math.isnan(v)]
    return median(known) if known else NAN


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else NAN


def _weighted(pairs: Sequence[tuple[float, float]]) -> float:
    """Median of values, each with its weight."""
    known = sorted((v, w) for v, w in pairs if not math.isnan(v))
    total, passed = sum(w for _, w in known), 0.0
    for value, weight in known:
        passed += weight
        if passed >= 0.5 * total:
            return value
    return NAN


def _trend(values: Sequence[float]) -> float:
    if len(values) < LEAST_FOR_TREND:
        return NAN
    return theil_sen(np.arange(len(values), dtype=np.float64), np.array(values, np.float64))
