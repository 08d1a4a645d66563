"""What an analysis returns: evidence terms, events, holds, segments, spectra and the whole of them."""

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dsp.findings import Findings
from dsp.labels import EventLabel, Placement, State
from dsp.later import Later, Worked


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One named, signed piece of evidence behind a probability.

    Attributes
    ----------
    name
        Stable identifier, for example ``narrow_peak``.
    value
        Natural log-odds it adds (positive: for; negative: against).
    text
        What was seen, in plain words with numbers, for example ``narrow peak at 6.8 Hz, 14 dB above background``.
    """

    name: str
    value: float
    text: str

    def __str__(self) -> str:
        return f"{self.value:+.1f} {self.text}"


@dataclass(frozen=True, kw_only=True)
class FatigueEvidence(Worked):
    """What shows that a tremor belongs to a tiring muscle.

    Attributes
    ----------
    into_hold_s
        Seconds from the start of the hold to the start of the tremor; None outside a hold.
    amplitude_db_per_min
        Robust trend of the amplitude, dB per minute; NaN when too short to tell.
    frequency_hz_per_min
        Robust trend of the mean frequency (4-12 Hz), Hz per minute; NaN when too short to tell.
    low_high_ratio
        Power 4-6 Hz / power 8-12 Hz.
    above_rest_db
        Amplitude above the person's own rest baseline, dB; NaN without a baseline.
    amplitude_error_db_per_min, frequency_error_hz_per_min
        Standard errors of the trends; NaN when too short to tell.
    is_fatigue
        Whether the tremor may be called fatigue tremor.
    terms
        The evidence in words.
    """

    into_hold_s: float | None
    amplitude_db_per_min: float
    frequency_hz_per_min: float
    low_high_ratio: float
    above_rest_db: float
    is_fatigue: bool
    amplitude_error_db_per_min: float = float("nan")
    frequency_error_hz_per_min: float = float("nan")
    terms: Later[tuple[Term, ...]] = Later(())  # noqa: RUF009 - a descriptor


@dataclass(frozen=True, kw_only=True)
class Segment(Worked):
    """A run of frames of one state.

    Attributes
    ----------
    start_s, end_s
        Seconds from the start of the recording.
    label
        The state.
    confidence
        Calibrated probability of the label, 0 to 1.
    runner_up
        The next likely state, None for no_data.
    peak_hz, peak_spread_hz
        Median peak frequency over the segment's frames and its standard deviation, Hz; NaN when there is no peak.
    rms_g
        Median rms of the tremor band, g; of a still segment between the kicks in it.
    displacement_mm
        Median rms displacement of the peak, mm.
    evidence
        The three strongest terms for and the three strongest against, strongest first.
    flags
        What limits trust: ``low_rate``; ``dead_axis`` (an axis did not change, or gave no value, for seconds, while
        others did); ``filled`` (short losses are bridged); ``clipped`` (cut off at the end of the range);
        ``no_gravity`` (gravity was seen nowhere in it). A segment of ``no_data`` says why there: ``no samples``,
        ``too short to analyse``, ``stuck`` (the sensor repeated one sample for seconds, or had given but one by then).
    fatigue
        Fatigue evidence of a tremor segment; None for other states.
    """

    start_s: float
    end_s: float
    label: State
    confidence: float
    runner_up: State | None
    peak_hz: float
    peak_spread_hz: float
    rms_g: float
    displacement_mm: float
    evidence: Later[tuple[Term, ...]] = Later(())  # noqa: RUF009 - a descriptor
    flags: tuple[str, ...] = ()
    fatigue: FatigueEvidence | None = None

    @property
    def duration_s(self) -> float:
        """Length of the segment in seconds."""
        return self.end_s - self.start_s


@dataclass(frozen=True, kw_only=True)
class Event(Worked):
    """Something brief with an onset.

    Attributes
    ----------
    onset_s, peak_s, end_s
        Seconds from the start of the recording.
    label
        Reflex jerk or twitch.
    peak_g
        Largest acceleration without gravity, g.
    peak_jerk_g_per_s
        Largest change of acceleration, g/s.
    rise_s, width_s
        Time from the onset to the (first) top, and for how long the level is above a third of it, s; several beats last
        from the first to the end of the last.
    ring_hz, decay_s
        Frequency (2.5 to 12 Hz) and time constant of the after-swing; NaN when none is to be seen above noise and other
        motion. Several beats have a frequency alone.
    direction
        Unit vector of the peak in the sensor's frame.
    tilt_change_deg
        Posture change across the event, degrees; NaN without gravity.
    stretch_delay_s
        Seconds from the stretch transient to the onset, 0 in the midst of it; None when there was no stretch.
    confidence
        Calibrated probability of the label, 0 to 1.
    runner_up
        What else it could be: the other event label, or a state.
    evidence
        The strongest terms for and against, strongest first.
    flags
        What limits trust: ``no_gravity`` in the data; ``gravity_hidden`` by motion before it; ``impact`` (harder than a
        muscle kicks: a knock, a step, a fall). And ``beats``: no single kick but 3 to a dozen at one frequency between
        rest and rest, too few for frames to name. (Four and more after a stretch are no event but a short segment of
        reflex rhythm.)
    provisional
        True while it may still change (live only).
    """

    onset_s: float
    peak_s: float
    end_s: float
    label: EventLabel
    peak_g: float
    peak_jerk_g_per_s: float
    rise_s: float
    width_s: float
    ring_hz: Later[float] = Later(math.nan)  # noqa: RUF009 - a descriptor
    decay_s: Later[float] = Later(math.nan)  # noqa: RUF009 - a descriptor
    direction: tuple[float, float, float]
    tilt_change_deg: float
    stretch_delay_s: float | None
    confidence: float
    runner_up: str = ""
    evidence: Later[tuple[Term, ...]] = Later(())  # noqa: RUF009 - a descriptor
    flags: tuple[str, ...] = ()
    provisional: bool = False

    @property
    def is_impact(self) -> bool:
        """Whether it was harder than what a muscle does."""
        return "impact" in self.flags

    @property
    def kind(self) -> str:
        """What it is shown as: ``reflex_jerk``, ``twitch``; ``impact`` where no muscle made it, whatever its label."""
        return "impact" if self.is_impact else self.label.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """A stretch held: onset, hold, release, from the slow (gravity) part of the signal.

    Attributes
    ----------
    onset_s
        When the limb began to move into the stretch.
    start_s, end_s
        The hold: after the movement in, until the movement out (or the end of the data).
    stretch_deg
        How far gravity turned in the sensor's frame on the way in.
    stretch_rate_deg_per_s
        Peak rate of that turn.
    fast
        Whether the stretch was fast enough to evoke a reflex.
    released
        False when the data ended, or broke off, during the hold.
    """

    onset_s: float
    start_s: float
    end_s: float
    stretch_deg: float
    stretch_rate_deg_per_s: float
    fast: bool
    released: bool


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Spectra:
    """The main spectra of an analysis.

    Attributes
    ----------
    freq_hz
        Frequencies, (m,).
    psd
        One-sided power spectral density summed over the three axes, float32 (frames, m), g^2/Hz.
        Rows of frames without data are NaN; where shaking goes on beside a short burst, that of the window without it.
    time_s
        Window centres, (frames,), seconds from the start of the recording.
    window
        Name and length of the window, for files that leave the program.
    """

    freq_hz: NDArray[np.float64]
    psd: NDArray[np.float32]
    time_s: NDArray[np.float64]
    window: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveState:
    """What is happening now, before the final label is known.

    Attributes
    ----------
    time_s
        Time of the newest sample that it rests on.
    label, confidence
        The causal filter's state and its probability.
    peak_hz, rms_g, displacement_mm
        As in a frame.
    since_s
        When this state began.
    evidence
        The three strongest terms for the label.
    holding
        Whether a stretch is being held now.
    hold_start_s
        When the current hold began; None outside a hold.
    event
        A provisional event, or a confirmed one within two seconds of its onset; None otherwise.
    psd
        The newest main spectrum, (m,), g^2/Hz; None before the first window is full.
    tiring
        Whether a tremor that is going on carries fatigue evidence by now.
    """

    time_s: float
    label: State
    confidence: float
    peak_hz: float
    rms_g: float
    displacement_mm: float
    since_s: float
    evidence: tuple[Term, ...] = ()
    holding: bool = False
    hold_start_s: float | None = None
    event: Event | None = None
    psd: NDArray[np.float32] | None = None
    tiring: bool = False


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Analysis:
    """Everything that an analysis of one sensor found.

    Attributes
    ----------
    rate_hz
        Rate the windows and frequencies rest on.
    duration_s
        From the first to the last sample, gaps included.
    placement
        Where the sensor was worn.
    frames
        Structured array of `dsp.FRAME_DTYPE`, a row per hop; empty when they were not kept. ``time_s`` is the centre of
        a row's 4 s, and its ``live_label`` was told at ``time_s + 2`` (with the hop that holds that moment): what a
        delay from an onset counts to.
    segments, events, holds
        In order of time (events by onset).
    spectra
        The main spectra, row for row with ``frames``; None when they were not kept.
    findings
        What the session shows, in numbers.
    quality
        Flags that limit trust, a sentence each.
    parameters_version
        Version of the parameter file behind the labels.
    frames_kept
        False when the frames were only handed over as they became final (``Analyzer(keep_frames=False)``).
    """

    rate_hz: float
    duration_s: float
    placement: Placement
    frames: NDArray[np.void]
    segments: tuple[Segment, ...]
    events: tuple[Event, ...]
    holds: tuple[Hold, ...]
    spectra: Spectra | None
    findings: Findings
    quality: tuple[str, ...] = ()
    parameters_version: str = field(default="")
    frames_kept: bool = True
