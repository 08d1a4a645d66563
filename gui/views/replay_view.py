"""Replay view: a recording with everything found in it."""

import time

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from gui.actions import BY_ID
from gui.i18n import foreign, number, tr
from gui.model import Document
from gui.plots.long import LongSpectrogram, LongTrace
from gui.theme import GRID_PX, Theme
from gui.views.card import Card, Chip, Elided, button, carded, label
from gui.views.compare_card import CompareCard
from gui.views.empty import Empty
from gui.views.overview import Overview
from gui.views.replay_panels import LabelCard, SpanSpectrum, span_words
from gui.views.state_card import blend
from gui.views.top_bar import Bar
from gui.views.transport import SPEEDS, Transport
from gui.views.why_card import WhyCard
from gui.words import LEVEL_UNIT, clock, worn

GAP_PX = GRID_PX + 4
LONGEST_NAME = 48
RIGHT_PX = 310
"""Of the panels at the right: most terms of evidence then stand on one line."""
TOP_ACTIONS = ("compare_with", "annotate", "export")


class ReplayView(QWidget):
    """Draws a document; asks for what the person wants."""

    wanted = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.document: Document | None = None
        self.other: Document | None = None
        self.other_shift_s = 0.0
        self.playing, self.speed, self.loop = False, 1.0, False
        self._ticked = 0.0
        self._drawn: object = None
        self.empty = Empty(tr("No recording is open."), tr("Open a recording"))
        self.empty.pressed.connect(lambda: self.wanted.emit("open_file"))
        self.title, self.details = label("", weight=QFont.Weight.DemiBold), Elided(name="quiet")
        self.overview, self.trace, self.spectrogram = Overview(theme), LongTrace(theme), LongSpectrogram(theme)
        self.other_trace, self.other_spectrogram = LongTrace(theme), LongSpectrogram(theme)
        self.transport, self.spectrum = Transport(theme), SpanSpectrum(theme)
        self.why, self.labels = WhyCard(theme), LabelCard(theme)
        self.side_by_side = CompareCard(theme)
        self.delta = Chip()
        self._cards: list[Card] = []
        self._build(theme)

    def _build(self, theme: Theme) -> None:
        bar, keys = Bar(theme), Bar(theme)
        bar.row.addWidget(self.title)
        bar.row.addSpacing(12)
        bar.row.addWidget(self.details, 1)
        self.keys: dict[str, QPushButton] = {}
        for name in TOP_ACTIONS:
            made = button(tr(BY_ID[name].text), f"{tr(BY_ID[name].about)} ({BY_ID[name].key})", kind="pill")
            made.clicked.connect(lambda _=False, n=name: self.wanted.emit(n))
            keys.row.addWidget(made)
            self.keys[name] = made
        self._whole = carded(theme, tr("Whole recording"), self.overview)
        self._trace_card = carded(theme, tr("Acceleration without gravity"), self.trace)
        self._other_card = carded(theme, tr("The other recording"), self.other_trace)
        self._other_card.column.addWidget(self.other_spectrogram, 1)
        self._other_card.hide()
        self._spectrogram_card = carded(theme, tr("Spectrogram"), self.spectrogram)
        self._spectrogram_card.aside.setText(tr(LEVEL_UNIT))
        # The two cursors' difference stands in the trace's own heading.
        self._trace_card.heading.addWidget(self.delta)
        self._cards = [bar, keys, self._whole, self._trace_card, self._other_card, self._spectrogram_card]
        page = QWidget()
        whole = QVBoxLayout(page)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(GAP_PX)
        top = QHBoxLayout()
        top.setSpacing(GAP_PX)
        top.addWidget(bar, 1)
        top.addWidget(keys)
        whole.addLayout(top)
        whole.addWidget(self._whole)
        left, right = QVBoxLayout(), QVBoxLayout()
        for card, stretch in (
            (self._trace_card, 6),
            (self._spectrogram_card, 5),
            (self._other_card, 8),
            (self.transport, 0),
        ):
            left.addWidget(card, stretch)
        for panel, stretch in ((self.spectrum, 1), (self.side_by_side, 1), (self.why, 1), (self.labels, 0)):
            right.addWidget(panel, stretch)
        right.addStrut(RIGHT_PX)
        columns = QHBoxLayout()
        columns.setSpacing(GAP_PX)
        for side, stretch in ((left, 100), (right, 34)):
            side.setSpacing(GAP_PX)
            columns.addLayout(side, stretch)
        whole.addLayout(columns, 1)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(page)
        self.side_by_side.hide()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self.theme = theme
        self.overview.set_theme(theme)
        for plot in (self.trace, self.spectrogram, self.other_trace, self.other_spectrogram):
            plot.set_theme(theme)
        for card in (self.transport, self.spectrum, self.side_by_side, self.why, self.labels, *self._cards):
            card.set_theme(theme)
        self._drawn = None

    def show_document(self, document: Document) -> None:
        """Show another document."""
        self.document, self.playing, self._drawn = document, False, None
        self.compare(None)
        self.spectrum.forget()
        self._pages.setCurrentIndex(1)
        recording = document.recording
        self.title.setText(f"{shortened(document.name)} · {worn(recording.placement.value, recording.side.value)}")
        self.details.setText(details_words(document))
        self.details.setToolTip("\n".join([self.details.text(), *map(foreign, recording.warnings)]))
        self._whole.aside.setText(clock(document.end_s - document.start_s))

    def compare(self, other: Document | None) -> None:
        """Put a second recording beside the first; None takes it away."""
        self.other, self.other_shift_s = other, 0.0
        if other is None:
            self.spectrum.compare(None, 0.0, 0.0)
        self._other_card.setVisible(other is not None)
        # Two of everything have no room above each other: the timeline band gives way.
        self._whole.setVisible(other is None)
        self.keys["compare_with"].setText(tr("Compare with…") if other is None else tr("End comparison"))
        self._drawn = None

    def shift_other(self, share: float) -> None:
        """Move the other recording against this one by a share of the view, so that like stands under like."""
        if self.document is not None and self.other is not None:
            start_s, end_s = self.document.view
            self.other_shift_s += share * (end_s - start_s)
            self._drawn = None

    def say(self, text: str) -> None:
        """Say beside the spectrogram what goes on."""
        self._spectrogram_card.aside.setText(text or tr(LEVEL_UNIT))

    def set_playing(self, *, on: bool) -> None:
        """Play or pause."""
        self.playing, self._ticked = on, time.monotonic()
        document = self.document
        if on and document is not None and document.cursor_s >= document.end_s - 1e-3:
            document.go(document.start_s)

    def set_speed(self, speed: float) -> None:
        """Play so much faster than life; the nearest speed there is."""
        self.speed = min(SPEEDS, key=lambda s: abs(s - (speed or SPEEDS[-1])))
        self.transport.speed.setCurrentIndex(SPEEDS.index(self.speed))

    def tick(self) -> None:
        """Move the playhead and draw what changed."""
        document = self.document
        if document is None:
            return
        self._advance(document)
        key = (id(document), document.revision, self.width(), self.height())
        if key != self._drawn:
            self._drawn = key
            self._draw_all(document)
        for plot in (self.trace, self.spectrogram):
            plot.draw_cursors(document)
        self.transport.draw(document, playing=self.playing)
        self.transport.loop.setChecked(self.loop)
        segment = document.segment_at(document.cursor_s if document.span is None else sum(document.span) / 2)
        against = self.spectrum.against()
        # Never both at once, not even for a moment: that would ask for a taller window.
        here, away = (self.side_by_side, self.why) if against is not None else (self.why, self.side_by_side)
        away.hide()
        here.show()
        if against is not None:
            self.side_by_side.draw(*against)
        self.why.draw(segment)
        if document.span is None:
            self.spectrum.draw(document)
        self.labels.draw(document, segment)

    def _draw_all(self, document: Document) -> None:
        self.overview.follow(document)
        self.trace.draw(document)
        self.spectrogram.draw(document)
        self.spectrum.draw(document)
        text = span_words(document)
        self.delta.setText(text)
        self.delta.set_colour(blend(self.theme.card, self.theme.states["tremor"], 0.2))
        self.delta.setVisible(bool(text))
        if self.other is not None:
            start_s, end_s = document.view
            self.other.show(start_s + self.other_shift_s, end_s - start_s)
            self.other_trace.draw(self.other)
            self.other_spectrogram.draw(self.other)
            self._other_card.aside.setText(self.other.name)
            low_s, high_s = document.span or document.view
            self.spectrum.compare(self.other, low_s + self.other_shift_s, high_s + self.other_shift_s)

    def _advance(self, document: Document) -> None:
        now = time.monotonic()
        passed_s, self._ticked = now - self._ticked, now
        if not self.playing:
            return
        to_s = document.cursor_s + self.speed * passed_s
        if self.loop and document.span is not None and to_s >= document.span[1]:
            to_s = document.span[0]
        if to_s >= document.end_s:
            to_s = document.start_s if self.loop else document.end_s
            self.playing = self.loop
        document.go(to_s)


def shortened(name: str) -> str:
    """Leave out the middle of a name so long that it would widen the window."""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 18]}…{name[-16:]}"


def details_words(document: Document) -> str:
    """Say what was recorded, and what to know of it."""
    recording = document.recording
    parts = [p for p in (foreign(recording.device) or recording.format,) if p]
    parts += [f"{number(recording.rate_hz, '.4g')} Hz", clock(recording.duration_s)]
    gaps = recording.gaps
    if gaps:
        lost_s = sum(b - a for a, b in gaps)
        parts.append(
            tr("1 gap of {n} s", n=number(lost_s))
            if len(gaps) == 1
            else tr("{count} gaps, {n} s in all", count=len(gaps), n=number(lost_s))
        )
    if document.synthetic:
        parts.append(tr("synthetic"))
    return " · ".join([*parts, *map(foreign, recording.warnings[:1])])
