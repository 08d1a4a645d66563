"""Stream model: one sensor of a session, as the views show it."""

import time
from bisect import insort
from dataclasses import dataclass, field

import numpy as np

import dsp
import session
from dsp import Placement, Side
from gui.model.drift import Drift
from gui.model.outline import Mark, Outline, Span
from gui.model.rings import Floats, SpectrogramRing, TraceRing
from sensor import LinkState
from session import EventUpdate, FramesUpdate, HoldUpdate, LiveUpdate, SampleUpdate, SegmentUpdate

TRACE_S = 30.0
"""Seconds that the live plots show."""
KEPT_S = 600.0
"""Seconds that are held to scroll back to while live; beyond, they are read back from the recording."""
TOP_HZ = 20.0
COLUMN_S = 0.5
WINDOW_S = 4.0
"""Length of the main window: its spectrum belongs to its middle, two seconds ago."""
NEWEST_SHARE = 0.3
"""Of the spectrum that is shown: about two seconds of them are averaged, for one alone scatters by its own size."""
GONE = (LinkState.STALLED, LinkState.RECONNECTING, LinkState.FAILED)
MOST_ROWS = 200
"""Lines kept in the list of events; the recording has them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """A line in the list of events.

    Attributes
    ----------
    time_s
        When.
    kind
        A state, the kind of an event (`dsp.Event.kind`), or ``marker``.
    value, unit
        The number to show.
    flag
        What kind of it: ``fatigue``, ``fast``, ``slow``; the view chooses the words.
    """

    time_s: float
    kind: str
    value: float = float("nan")
    unit: str = ""
    flag: str = ""


@dataclass(slots=True, eq=False)
class StreamModel:
    """One sensor of a session.

    Attributes
    ----------
    placement, side
        Where it is worn.
    drift
        How far the recording runs ahead of the times shown here.
    segments, events
        Of the newest minutes, which can be scrolled back to.
    outline
        States and events since the beginning, as the timeline shows them.
    holds
        All stretches since the beginning.
    known_s
        Where the newest segment ends; None before the first.
    revision
        Grows when there is another line in the list of events.
    changes
        Grows when the timeline changed, its right edge apart.
    """

    label: str
    placement: Placement = Placement.UNKNOWN
    side: Side = Side.UNKNOWN
    link: session.LinkUpdate | None = None
    status: session.StatusUpdate | None = None
    live: dsp.LiveState | None = None
    trace: TraceRing | None = None
    spectrogram: SpectrogramRing | None = None
    psd: Floats | None = None
    bin_hz: float = 1.0 / WINDOW_S
    segments: list[dsp.Segment] = field(default_factory=list)
    events: list[dsp.Event] = field(default_factory=list)
    holds: list[dsp.Hold] = field(default_factory=list)
    rows: list[EventRow] = field(default_factory=list)
    outline: Outline = field(default_factory=Outline)
    known_s: float | None = None
    first_s: float | None = None
    now_s: float = 0.0
    revision: int = 0
    changes: int = 0
    heard_at: float = 0.0
    drift: Drift = field(default_factory=Drift)
    _column_s: float = -1.0

    @property
    def gone(self) -> bool:
        """Whether the sensor is away: what it saw last is no longer now."""
        return self.link is not None and self.link.link.state in GONE

    @property
    def newest_jerk(self) -> dsp.Event | None:
        """The last reflex jerk of what is held; None without."""
        jerks = (e for e in reversed(self.events) if e.label is dsp.EventLabel.REFLEX_JERK and not e.is_impact)
        return next(jerks, None)

    @property
    def data_age_s(self) -> float:
        """Seconds since samples came, in the app's own time."""
        age = time.monotonic() - self.heard_at if self.heard_at else 0.0
        return max(age, self.status.status.data_age_s if self.status is not None else 0.0)

    def take(
        self, message: SampleUpdate | LiveUpdate | FramesUpdate | EventUpdate | SegmentUpdate | HoldUpdate
    ) -> None:
        """Take one message about this sensor's signal."""
        match message:
            case SampleUpdate():
                self.take_samples(message)
            case LiveUpdate(live=live):
                self.take_live(live)
            case FramesUpdate(freq_hz=freq_hz):
                self.bin_hz = float(freq_hz[1] - freq_hz[0]) if len(freq_hz) > 1 else self.bin_hz
            case EventUpdate():
                self.take_event(message)
            case SegmentUpdate(segment=segment):
                self.take_segment(segment)
            case HoldUpdate(hold=hold):
                self.take_hold(hold)

    def take_samples(self, update: SampleUpdate) -> None:
        """Take new samples."""
        if self.trace is None or abs(self.trace.rate_hz - update.rate_hz) > 0.01:
            self.trace = TraceRing(KEPT_S, update.rate_hz)
        if self.first_s is None or update.start_s < self.now_s - 1.0:
            # A new session, or a replay that jumped back: what was shown belongs to another time.
            self.first_s = update.start_s
            self._forget_after(update.start_s)
        self.trace.add(update.start_s, update.motion_g)
        self.now_s = update.start_s + len(update.xyz_g) / update.rate_hz
        self.drift.note(update.start_s, update.recorded_ahead_s)
        self.heard_at = time.monotonic()

    def reaches(self, time_s: float) -> bool:
        """Whether everything from a time on is held, or nothing came before what is."""
        held_s = self.now_s - KEPT_S
        return time_s >= held_s or (self.first_s or 0.0) >= held_s

    def _forget_after(self, start_s: float) -> None:
        self.events = [e for e in self.events if e.onset_s < start_s]
        self.segments = [s for s in self.segments if s.end_s <= start_s]
        self.holds = [h for h in self.holds if h.end_s <= start_s]
        self.rows = [r for r in self.rows if r.time_s < start_s]
        self.outline.forget_after(start_s)
        self.drift.forget_after(start_s)
        self.known_s = self.segments[-1].end_s if self.segments else None
        self._column_s = -1.0
        self.revision += 1
        self.changes += 1
        if self.spectrogram is not None:
            self.spectrogram.clear()

    def take_live(self, live: dsp.LiveState) -> None:
        """Take the state now, and its spectrum as a column when half a second has passed."""
        self.live = live
        if live.psd is None or 0 <= live.time_s - self._column_s < COLUMN_S - 1e-6:
            return
        self._column_s = live.time_s
        before = self.psd if self.psd is not None and self.psd.shape == live.psd.shape else live.psd
        self.psd = np.asarray((1.0 - NEWEST_SHARE) * before + NEWEST_SHARE * live.psd, np.float32)
        if self.spectrogram is None:
            bins = min(int(TOP_HZ / self.bin_hz) + 1, len(live.psd))
            self.spectrogram = SpectrogramRing(KEPT_S, COLUMN_S, bins)
        self.spectrogram.add(live.time_s - 0.5 * WINDOW_S, live.psd)

    def take_event(self, update: EventUpdate) -> None:
        """Take an event; provisional ones wait until they are confirmed."""
        event = update.event
        if update.withdrawn or event.provisional:
            return
        self.events = [e for e in self.events if e.onset_s > event.onset_s - KEPT_S]
        # A few beats come later than kicks that followed them.
        insort(self.events, event, key=lambda e: e.onset_s)
        self.outline.add_mark(Mark(event.onset_s, event.kind))
        self.changes += 1
        self.add_row(EventRow(time_s=event.onset_s, kind=event.kind, value=event.peak_g, unit="g"))

    def take_segment(self, segment: dsp.Segment) -> None:
        """Take a segment that became final."""
        self.segments = [*(s for s in self.segments if s.end_s > segment.end_s - KEPT_S), segment]
        self.outline.add_span(Span(segment.start_s, segment.end_s, segment.label))
        self.known_s = segment.end_s
        self.changes += 1
        if segment.label in (dsp.State.TREMOR, dsp.State.REFLEX_RHYTHM):
            tired = segment.fatigue is not None and segment.fatigue.is_fatigue
            self.add_row(
                EventRow(
                    time_s=segment.start_s,
                    kind=segment.label.value,
                    value=segment.peak_hz,
                    unit="Hz",
                    flag="fatigue" if tired else "",
                )
            )

    def take_hold(self, hold: dsp.Hold) -> None:
        """Take a hold that began or ended."""
        known = [h for h in self.holds if h.start_s != hold.start_s]
        if len(known) == len(self.holds):
            speed = "fast" if hold.fast else "slow"
            self.add_row(
                EventRow(
                    time_s=hold.onset_s, kind="movement", value=hold.stretch_rate_deg_per_s, unit="°/s", flag=speed
                )
            )
        self.holds = [*known, hold]
        self.changes += 1

    def add_row(self, row: EventRow) -> None:
        """Add a line to the list of events."""
        self.rows = sorted([*self.rows, row], key=lambda r: r.time_s)[-MOST_ROWS:]
        self.revision += 1
