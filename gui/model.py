"""Model: what the app knows; no widgets."""

from dataclasses import dataclass, field

import dsp
import guidance
import session
from gui.rings import SpectrogramRing, TraceRing
from session import (
    AdviceUpdate,
    EndUpdate,
    EventUpdate,
    HoldUpdate,
    LinkUpdate,
    LiveUpdate,
    RecordingUpdate,
    SampleUpdate,
    SegmentUpdate,
    SessionMessage,
    StatusUpdate,
)

TRACE_S = 30.0
TOP_HZ = 20.0
SPECTRUM_EVERY_S = 0.5
MOST_ROWS = 200
"""Lines kept in the list of events; the recording has them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """A line in the list of events."""

    time_s: float
    kind: str
    text: str
    value: str


@dataclass(slots=True, eq=False)
class SessionModel:
    """One running or finished session, as the views show it.

    Attributes
    ----------
    title, synthetic
        What is watched, and whether it comes from the simulated limb.
    freq_hz
        Frequencies of the spectra; empty before the first.
    """

    title: str = ""
    synthetic: bool = False
    link: session.LinkUpdate | None = None
    status: session.StatusUpdate | None = None
    recording: session.RecordingUpdate | None = None
    live: dsp.LiveState | None = None
    advice: guidance.LiveAdvice | None = None
    trace: TraceRing | None = None
    spectrogram: SpectrogramRing | None = None
    psd: object = None
    bin_hz: float = 0.25
    segments: list[dsp.Segment] = field(default_factory=list)
    events: list[dsp.Event] = field(default_factory=list)
    holds: list[dsp.Hold] = field(default_factory=list)
    rows: list[EventRow] = field(default_factory=list)
    ended: str = ""
    first_s: float | None = None
    now_s: float = 0.0
    paused: bool = False
    _column_s: float = -1.0

    def take(self, message: SessionMessage) -> None:
        """Take one message of the session."""
        match message:
            case SampleUpdate():
                self._samples(message)
            case LiveUpdate(live=live):
                self._live(live)
            case EventUpdate(event=event, withdrawn=False) if not event.provisional:
                self.events.append(event)
                self._row(event.onset_s, event.label.value, _word(event.label.value), _amount(event.peak_g))
            case SegmentUpdate(segment=segment):
                self._segment(segment)
            case HoldUpdate(hold=hold):
                self._hold(hold)
            case LinkUpdate():
                self.link = message
            case StatusUpdate():
                self.status = message
            case AdviceUpdate(advice=advice):
                self.advice = advice
            case RecordingUpdate():
                self.recording = message
            case EndUpdate(reason=reason):
                self.ended = reason
            case _:
                pass

    def _samples(self, update: SampleUpdate) -> None:
        if self.trace is None or abs(self.trace.rate_hz - update.rate_hz) > 0.01:
            self.trace = TraceRing(TRACE_S, update.rate_hz)
        if self.first_s is None or update.start_s < self.now_s - 1.0:
            # A new session, or a replay that jumped back: what was shown belongs to another time.
            self.first_s = update.start_s
            self._forget_after(update.start_s)
        self.trace.add(update.start_s, update.motion_g)
        self.now_s = update.start_s + len(update.xyz_g) / update.rate_hz

    def _forget_after(self, start_s: float) -> None:
        self.events = [e for e in self.events if e.onset_s < start_s]
        self.segments = [s for s in self.segments if s.end_s <= start_s]
        self.holds = [h for h in self.holds if h.end_s <= start_s]
        self.rows = [r for r in self.rows if r.time_s < start_s]
        self._column_s = -1.0
        if self.spectrogram is not None:
            self.spectrogram.clear()

    def _live(self, live: dsp.LiveState) -> None:
        self.live = live
        if live.psd is None or 0 <= live.time_s - self._column_s < SPECTRUM_EVERY_S - 1e-6:
            return
        self._column_s = live.time_s
        self.psd = live.psd
        bins = int(TOP_HZ / self.bin_hz) + 1
        if self.spectrogram is None:
            self.spectrogram = SpectrogramRing(int(TRACE_S / SPECTRUM_EVERY_S), min(bins, len(live.psd)))
        self.spectrogram.add(live.psd)

    def _segment(self, segment: dsp.Segment) -> None:
        self.segments.append(segment)
        if segment.label in (dsp.State.TREMOR, dsp.State.REFLEX_RHYTHM):
            name = _word(segment.label.value)
            if segment.fatigue is not None and segment.fatigue.is_fatigue:
                name = "fatigue tremor"
            self._row(segment.start_s, segment.label.value, name, f"{segment.peak_hz:.1f} Hz")

    def _hold(self, hold: dsp.Hold) -> None:
        known = [h for h in self.holds if h.start_s != hold.start_s]
        if len(known) == len(self.holds):
            speed = "fast" if hold.fast else "slow"
            self._row(hold.onset_s, "movement", f"stretch, {speed}", f"{hold.stretch_rate_deg_per_s:.0f}°/s")
        self.holds = [*known, hold]

    def _row(self, time_s: float, kind: str, text: str, value: str) -> None:
        self.rows.append(EventRow(time_s=time_s, kind=kind, text=text, value=value))
        self.rows = sorted(self.rows, key=lambda r: r.time_s)[-MOST_ROWS:]


def _word(label: str) -> str:
    return label.replace("_", " ")


def _amount(value_g: float) -> str:
    return f"{value_g:.2f} g" if value_g >= 0.1 else f"{1000 * value_g:.0f} mg"
