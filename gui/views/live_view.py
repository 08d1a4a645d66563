"""Live view: state, reasons, what to do, the signal, everything else."""

import time

from PySide6.QtCore import Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

import dsp
from gui.i18n import foreign, tr
from gui.model import SessionModel, StreamModel
from gui.model.past import Page
from gui.model.stream import TRACE_S
from gui.plots import SpectrogramPlot, SpectrumPlot, TracePlot
from gui.theme import GRID_PX, Theme
from gui.views.card import carded
from gui.views.guided_card import GuidedCard
from gui.views.meters import Meters
from gui.views.side_cards import AdviceCard, EventsCard, HoldCard
from gui.views.state_card import StateCard
from gui.views.timeline import SHORTEST_S, Story, Timeline
from gui.views.top_bar import TopBar
from gui.views.welcome import Welcome
from gui.words import LEVEL_UNIT, SIDES, clock

CALM_HZ = 2.0
"""Numbers and words change at most so often, unless something happens."""
WHEEL_S = 3.0
"""Seconds that one notch of the wheel scrolls back."""
LEAST_GAP_S = 0.5
"""A shorter hole is too narrow to be named."""


class LiveView(QWidget):
    """One session while it runs, and after."""

    scrolled = Signal(float)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self._calm: object = None
        self.top = TopBar(theme)
        self.state = StateCard(theme)
        self.trace, self.spectrogram = TracePlot(theme), SpectrogramPlot(theme)
        self.other_trace = TracePlot(theme)
        self.spectrum, self.meters = SpectrumPlot(theme), Meters(theme)
        self.timeline = Timeline(theme)
        self.advice, self.hold, self.events = AdviceCard(theme), HoldCard(theme), EventsCard(theme)
        self.guided = GuidedCard(theme)
        self.welcome = Welcome(theme)
        self._trace_card = carded(theme, tr("Acceleration without gravity"), self.trace)
        self._other_card = carded(theme, tr("The other sensor"), self.other_trace)
        self._spectrogram_card = carded(theme, tr("Spectrogram"), self.spectrogram)
        self._other_card.heading.addWidget(self.top.other)
        self._spectrogram_card.aside.setText(f"{tr(LEVEL_UNIT)} · {tr('tremor band 4–12 Hz bracketed')}")
        self._timeline_card = carded(theme, tr("This session"), self.timeline)
        self._spectrum_card = carded(theme, tr("Spectrum now"), self.spectrum)
        self._spectrum_card.column.addWidget(self.meters)
        self._cards = (
            self._trace_card,
            self._other_card,
            self._spectrogram_card,
            self._timeline_card,
            self._spectrum_card,
        )
        self._build()

    def _build(self) -> None:
        session = QWidget()
        whole = QVBoxLayout(session)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(GRID_PX + 4)
        whole.addWidget(self.top)
        left, right = QVBoxLayout(), QVBoxLayout()
        left.addWidget(self.state)
        left.addWidget(self._trace_card, 5)
        left.addWidget(self._other_card, 5)
        left.addWidget(self._spectrogram_card, 6)
        left.addWidget(self._timeline_card)
        right.addWidget(self.guided, 5)
        right.addWidget(self.advice, 5)
        right.addWidget(self.hold)
        right.addWidget(self._spectrum_card, 6)
        right.addWidget(self.events, 5)
        self.guided.hide()
        self._other_card.hide()
        columns = QHBoxLayout()
        columns.setSpacing(GRID_PX + 4)
        for side, stretch in ((left, 100), (right, 43)):
            side.setSpacing(GRID_PX + 4)
            columns.addLayout(side, stretch)
        whole.addLayout(columns, 1)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.welcome)
        self._pages.addWidget(session)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self.theme = theme
        plots = (self.trace, self.other_trace, self.spectrogram, self.spectrum)
        parts = (self.top, self.state, self.meters, self.timeline, self.advice, self.guided, self.hold, self.events)
        for part in (*plots, *parts, self.welcome, *self._cards):
            part.set_theme(theme)

    def draw(self, model: SessionModel, *, going: bool) -> None:
        """Show the model; the welcome while there is none."""
        self._pages.setCurrentIndex(1 if going or model.streams else 0)
        if self._pages.currentIndex() == 0:
            return
        stream, end_s = model.stream, model.view_end_s
        if model.guided is None:
            # Before the advice comes in its place: both at once would ask for a taller window.
            self.guided.hide()
        self.advice.draw(model, gone=stream.gone and not model.ended)
        part = model.part(stream)
        self.trace.draw(part, end_s)
        self._draw_other(model, end_s)
        self.spectrogram.draw(part, end_s)
        if model.paused or stream.gone:
            self.spectrum.draw_at(part, end_s)
        else:
            self.spectrum.draw(stream)
        key = self._calm_key(model)
        if key != self._calm:
            self._calm = key
            self._draw_calmly(model)

    def _calm_key(self, model: SessionModel) -> object:
        """Say what numbers and words wait for: something happened, or a part of a second passed.

        Numbers that change with every drawing cannot be read, and each would cost a second painting.
        """
        stream = model.stream
        return (
            (id(model), model.shown, len(model.streams), model.ended, model.frozen_s, self.theme.name),
            id(model.part(stream)),
            (id(stream.link), id(model.recording), id(model.guided), stream.revision),
            stream.live.label if stream.live is not None else None,
            round(CALM_HZ * stream.now_s),
            round(CALM_HZ * time.monotonic()),
        )

    def _draw_calmly(self, model: SessionModel) -> None:
        stream = model.stream
        self.top.draw(model)
        self.guided.draw(model)
        self.hold.draw(stream)
        self.events.show_rows(stream.rows, (stream.label, stream.revision))
        if stream.live is not None and not stream.gone:
            self.state.draw(stream.live)
        else:
            self.state.wait(*waiting_words(model))
        self._trace_card.aside.setText(_span_text(model))
        then = model.paused or stream.gone
        at = tr("Spectrum at {time}", time=clock(model.view_end_s)) if then else tr("Spectrum now")
        self._spectrum_card.title.setText(at)
        if not model.paused:
            self.meters.draw(stream)
        self._timeline_card.aside.setText(clock(stream.now_s - (stream.first_s or 0.0)))
        self.timeline.tell(story_of(stream, _frame(model)))

    def _draw_other(self, model: SessionModel, end_s: float) -> None:
        """With two sensors, both signals stand above each other on one time axis."""
        other = model.other
        if self._other_card.isHidden() is not (other is None):
            self._other_card.setHidden(other is None)
            text = tr("Acceleration without gravity")
            self._trace_card.title.setText(text)
        if other is None:
            return
        for card, stream in ((self._trace_card, model.stream), (self._other_card, other)):
            name = tr(SIDES.get(stream.label, stream.label))
            card.title.setText(f"{tr('Acceleration without gravity')} · {name}")
        self._other_card.aside.setText(link_word(other))
        self.other_trace.draw(model.part(other), end_s)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Scroll back in time."""
        notches = event.angleDelta().y() / 120.0
        self.scrolled.emit(-notches * WHEEL_S)
        event.setAccepted(True)


def story_of(stream: StreamModel, view: tuple[float, float] | None = None) -> Story:
    """Gather what the timeline tells of a sensor, with a frame around what is in view."""
    start_s = stream.first_s or 0.0
    known_s = start_s if stream.known_s is None else stream.known_s
    now = None
    if stream.live is not None and known_s < stream.now_s:
        now = (stream.live.label, max(known_s, start_s), stream.now_s)
    spans = stream.outline.spans
    holes = [(s.start_s, s.end_s) for s in spans if s.label is dsp.State.NO_DATA]
    # The time of a stretch that goes on is written beside it, and counts by seconds.
    held = round(stream.now_s) if stream.holds and not stream.holds[-1].released else None
    return Story(
        start_s=start_s,
        end_s=max(start_s + SHORTEST_S, stream.now_s),
        segments=spans,
        events=stream.outline.marks,
        holds=stream.holds,
        now=now,
        gaps=[(a, b) for a, b in holes if b - a >= LEAST_GAP_S],
        view=view,
        key=(stream.label, stream.changes, held, now[0] if now is not None else None, view),
    )


def _frame(model: SessionModel) -> tuple[float, float] | None:
    """Say what the plots show of the session; None while they follow it."""
    return (model.view_end_s - TRACE_S, model.view_end_s) if model.paused else None


def _span_text(model: SessionModel) -> str:
    """Say what the live plots show."""
    start, end, part = clock(model.view_end_s - TRACE_S), clock(model.view_end_s), model.part(model.stream)
    if not model.paused:
        if model.stream.gone:
            return tr("{start} to {end}, no data since", start=start, end=end)
        return tr("last {n} s", n=int(TRACE_S))
    if part is None:
        return tr("{start} to {end}, being read from the recording", start=start, end=end)
    if isinstance(part, Page) and part.problem:
        return tr("{start} to {end}, cannot be read", start=start, end=end)
    if part.trace is None:
        return tr("{start} to {end}, nothing was recorded", start=start, end=end)
    return tr("{start} to {end}, paused", start=start, end=end)


def waiting_words(model: SessionModel) -> tuple[str, str]:
    """Say what is waited for, and what happens next."""
    stream = model.stream
    if model.ended:
        return tr("Ended"), foreign(model.ended)
    link = stream.link.link if stream.link is not None else None
    if link is not None and link.state.value in ("stalled", "reconnecting", "failed", "pairing", "scanning"):
        return tr("No data"), " · ".join(foreign(p) for p in (link.reason, link.next_step) if p)
    return tr("Waiting for data"), tr("the first two seconds are needed")


def link_word(stream: StreamModel) -> str:
    """Say in a word that a sensor is away; empty while all is well."""
    return tr("No data") if stream.gone else ""
