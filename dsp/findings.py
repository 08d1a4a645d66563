"""Findings: what a session shows, in numbers; the only thing guidance knows of the signal."""

from dataclasses import dataclass

from dsp.labels import Placement, Side


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldFinding:
    """One stretch: how it was entered and what happened in it.

    Attributes
    ----------
    onset_s, start_s, end_s
        Seconds from the start of the recording.
    stretch_deg, stretch_rate_deg_per_s, fast
        As in `dsp.Hold`.
    jerk_count
        Reflex jerks within a second of the stretch or in the hold.
    first_jerk_delay_s
        From the stretch onset to its first reflex jerk; None without one.
    rhythm_s, tremor_s
        Seconds of reflex rhythm and of tremor in the hold.
    tremor_after_s
        From the start of the hold to the first tremor; None without tremor.
    tremor_rms_g, tremor_hz
        Median amplitude (g) and frequency (Hz) of the tremor; NaN without tremor.
    fatigue
        Whether the tremor in it carries fatigue evidence.
    amplitude_db_per_min, frequency_hz_per_min
        Trends of the tremor in this hold; NaN when too short to tell.
    """

    onset_s: float
    start_s: float
    end_s: float
    stretch_deg: float
    stretch_rate_deg_per_s: float
    fast: bool
    jerk_count: int
    first_jerk_delay_s: float | None
    rhythm_s: float
    tremor_s: float
    tremor_after_s: float | None
    tremor_rms_g: float
    tremor_hz: float
    fatigue: bool
    amplitude_db_per_min: float
    frequency_hz_per_min: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What a session shows, in numbers.

    Attributes
    ----------
    duration_s
        From the first to the last sample, gaps included.
    analysed_s
        Seconds with a valid label.
    gap_s
        Missing seconds.
    rate_hz, placement, side
        The sensor.
    gravity_present
        Whether gravity is in the data; without it there is no posture, hence no holds and no stretch evidence.
    still_s, movement_s, tremor_s, reflex_rhythm_s, unclear_s
        Seconds of each state.
    rest_tremor_s, rest_rhythm_s
        Seconds of tremor and of reflex rhythm outside every stretch and hold.
    reflex_jerk_count, twitch_count
        Events that a muscle can have made.
    impact_count
        Events harder than that: knocks, steps, falls.
    rest_twitch_count
        Twitches while still: outside movement, and 2 s away from every tremor and rhythm, whose own crests can look
        like twitches.
    twitch_per_min
        Twitches per minute of stillness; NaN with less than 10 s of it.
    jerk_delay_s
        Median time from the stretch to its reflex jerk; NaN without jerks.
    fast_stretch_count, jerks_per_fast_stretch, jerks_per_slow_stretch
        NaN where there was no such stretch.
    tremor_hz, tremor_hz_spread, tremor_rms_g, tremor_mm
        Median over all tremor; NaN without tremor.
    rhythm_hz, rhythm_rms_g
        Median over all reflex rhythm; NaN without it.
    fatigue_tremor_s
        Seconds of tremor with fatigue evidence.
    amplitude_db_per_min, frequency_hz_per_min
        Medians over the tremor segments that are long enough, weighted by how well each is known; NaN otherwise.
    hold_to_tremor_s
        Median time from the start of a hold to its tremor; NaN without.
    tremor_trend_db_per_hold
        Trend of the tremor amplitude from hold to hold; NaN with fewer than 3 holds with tremor.
    jerk_trend_per_hold
        Trend of the jerk count from stretch to stretch; NaN with fewer than 3 stretches.
    rest_rms_g
        The person's rest baseline: tremor-band rms while still, g; NaN without stillness.
    holds
        Each stretch.
    """

    duration_s: float
    analysed_s: float
    gap_s: float
    rate_hz: float
    placement: Placement
    side: Side
    gravity_present: bool
    still_s: float
    movement_s: float
    tremor_s: float
    reflex_rhythm_s: float
    unclear_s: float
    rest_tremor_s: float
    rest_rhythm_s: float
    reflex_jerk_count: int
    twitch_count: int
    impact_count: int
    rest_twitch_count: int
    twitch_per_min: float
    jerk_delay_s: float
    fast_stretch_count: int
    jerks_per_fast_stretch: float
    jerks_per_slow_stretch: float
    tremor_hz: float
    tremor_hz_spread: float
    tremor_rms_g: float
    tremor_mm: float
    rhythm_hz: float
    rhythm_rms_g: float
    fatigue_tremor_s: float
    amplitude_db_per_min: float
    frequency_hz_per_min: float
    hold_to_tremor_s: float
    tremor_trend_db_per_hold: float
    jerk_trend_per_hold: float
    rest_rms_g: float
    holds: tuple[HoldFinding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SideComparison:
    """Left against right, when two sensors ran in one session.

    Attributes
    ----------
    tremor_db
        Tremor amplitude left over right, dB (positive: more on the left); NaN when a side has none.
    tremor_s_difference
        Seconds of tremor, left minus right.
    jerk_difference
        Reflex jerks, left minus right.
    rhythm_s_difference
        Seconds of reflex rhythm, left minus right.
    coherence
        Squared correlation of the two sides' amplitudes while both shook, 0 to 1; NaN when they hardly did.
    more
        The side that clearly showed more, each held to the shorter of the analysed times; unknown when about alike.
    """

    tremor_db: float
    tremor_s_difference: float
    jerk_difference: int
    rhythm_s_difference: float
    coherence: float
    more: Side

    @property
    def asymmetric(self) -> bool:
        """Whether one side clearly shook more than the other."""
        return self.more is not Side.UNKNOWN
