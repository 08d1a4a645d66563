"""Transport: the scrubber with its events, and the keys of replay."""

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSlider

from gui.actions import BY_ID
from gui.i18n import inside, number, tr
from gui.model import Document
from gui.plots.base import LEFT_AXIS_PX
from gui.theme import AXIS_SIZE_PX, Theme, face
from gui.views.card import Card, Combo, button
from gui.words import RHYTHMIC, clock, clock_tenths, state_name

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
TICKS_A_SECOND = 10
LINE_Y, DOTS_Y, TEXT_Y = 26.0, 8.0, 50.0
TIMES_APART_PX = 10.0


class Scrubber(QSlider):
    """Where the replay stands within the view; events stand above the line."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._theme = theme
        self._document: Document | None = None
        self.setFixedHeight(58)
        self.setFont(face(AXIS_SIZE_PX))
        self.setSingleStep(TICKS_A_SECOND // 2)
        self.setPageStep(5 * TICKS_A_SECOND)
        self.setAccessibleName(tr("Position in the recording"))

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As wide as there is room."""
        return QSize(200, 58)

    def follow(self, document: Document) -> None:
        """Show where the document stands."""
        self._document = document
        blocked = self.blockSignals(True)  # noqa: FBT003 - Qt's signature
        self.setRange(round(document.view[0] * TICKS_A_SECOND), round(document.view[1] * TICKS_A_SECOND))
        if not self.isSliderDown():
            self.setValue(round(document.cursor_s * TICKS_A_SECOND))
        self.blockSignals(blocked)
        self.update()

    def _x(self, time_s: float) -> float:
        low, high = self.minimum() / TICKS_A_SECOND, self.maximum() / TICKS_A_SECOND
        return 9 + (time_s - low) / max(1e-6, high - low) * (self.width() - 18)

    def _go(self, x: float) -> None:
        share = (x - 9) / max(1, self.width() - 18)
        self.setValue(round(self.minimum() + share * (self.maximum() - self.minimum())))

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Jump to the mouse, and follow it."""
        self.setSliderDown(True)
        self._go(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Follow the mouse."""
        if self.isSliderDown():
            self._go(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Let go."""
        del event
        self.setSliderDown(False)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint line, handle, events, times."""
        del event
        t, painter = self._theme, QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        here = self._x(self.value() / TICKS_A_SECOND)
        for left, right, colour in ((9.0, self.width() - 9.0, t.line), (9.0, here, t.text)):
            painter.setPen(QPen(QColor(colour), 4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawLine(QPointF(left, LINE_Y), QPointF(right, LINE_Y))
        painter.setPen(QPen(QColor(t.quiet), 2) if self.hasFocus() else Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.text))
        painter.drawEllipse(QPointF(here, LINE_Y), 8, 8)
        self._paint_events(painter)
        self._paint_times(painter, here)
        painter.end()

    def _paint_times(self, painter: QPainter, here: float) -> None:
        """Write the time and the state under the handle, and the ends of the view where that leaves room for them."""
        low, high = (clock(v / TICKS_A_SECOND) for v in (self.minimum(), self.maximum()))
        metrics = painter.fontMetrics()
        left, width = self.now_place(here)
        painter.setPen(QColor(self._theme.text))
        painter.drawText(QPointF(left, TEXT_Y), self.now_words())
        painter.setPen(QColor(self._theme.quiet))
        if metrics.horizontalAdvance(low) + TIMES_APART_PX < left:
            painter.drawText(QPointF(0, TEXT_Y), low)
        at = self.width() - metrics.horizontalAdvance(high)
        if left + width + TIMES_APART_PX < at:
            painter.drawText(QPointF(at, TEXT_Y), high)

    def now_place(self, here: float) -> tuple[float, float]:
        """Where the words under the handle begin, as near as the edges let them, and how wide they are, px."""
        width = float(self.fontMetrics().horizontalAdvance(self.now_words()))
        return min(max(here - width / 2, 0.0), self.width() - width), width

    def now_words(self) -> str:
        """Say where the handle stands, and what the limb does there."""
        time_s = self.value() / TICKS_A_SECOND
        segment = self._document.segment_at(time_s) if self._document is not None else None
        if segment is None:
            return clock_tenths(time_s)
        tiring = segment.fatigue is not None and segment.fatigue.is_fatigue
        return f"{clock_tenths(time_s)} · {inside(state_name(segment.label.value, tiring=tiring))}"

    def _paint_events(self, painter: QPainter) -> None:
        document = self._document
        if document is None:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        found = document.analysis
        marks: list[tuple[float, str]] = []
        if found is not None:
            marks += [(e.onset_s, e.kind) for e in found.events]
            marks += [(s.start_s, s.label.value) for s in found.segments if s.label in RHYTHMIC]
        for time_s, kind in marks:
            if document.view[0] <= time_s <= document.view[1]:
                painter.setBrush(QColor(self._theme.states[kind]))
                painter.drawEllipse(QPointF(self._x(time_s), DOTS_Y), 3, 3)
        painter.setPen(QPen(QColor(self._theme.text), 1))
        for item in document.annotations.items:
            if document.view[0] <= item.start_s <= document.view[1]:
                x = self._x(item.start_s)
                painter.drawLine(QPointF(x, DOTS_Y - 5), QPointF(x, DOTS_Y + 6))
                painter.drawText(QPointF(x + 3, DOTS_Y + 4), item.text[:18])


class Transport(Card):
    """Scrubber and keys."""

    wanted = Signal(str)
    sought = Signal(float)
    speed_chosen = Signal(float)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.setAccessibleName(tr("Replay controls"))
        self.column.setContentsMargins(16, 12, 26, 12)
        self.scrubber = Scrubber(theme)
        self.scrubber.valueChanged.connect(lambda v: self.sought.emit(v / TICKS_A_SECOND))
        line = QHBoxLayout()
        line.addSpacing(LEFT_AXIS_PX - 9)
        line.addWidget(self.scrubber, 1)
        self.column.addLayout(line)
        self.speed = Combo()
        self.speed.setAccessibleName(tr("Speed"))
        self.speed.addItems([f"{number(s, 'g')}×" for s in SPEEDS])
        self.speed.setCurrentIndex(SPEEDS.index(1.0))
        self.speed.activated.connect(lambda i: self.speed_chosen.emit(SPEEDS[i]))
        row = QHBoxLayout()
        row.setSpacing(6)
        # Not under the plots, as the line above it: the room is needed in longer languages.
        row.addWidget(self.speed)
        row.addStretch()
        for action, text in (("previous_event", tr("◀ event")), ("jump_back", tr("−5 s"))):
            row.addWidget(self._key(action, text))
        self.play = self._key("toggle_play", tr("▶ Play"))
        self.play.setObjectName("primary")
        self.play.setMinimumWidth(92)
        row.addWidget(self.play)
        for action, text in (("jump_on", tr("+5 s")), ("next_event", tr("event ▶"))):
            row.addWidget(self._key(action, text))
        self.loop = self._key("toggle_loop", tr("Loop"))
        self.loop.setCheckable(True)
        row.addWidget(self.loop)
        row.addStretch()
        self.column.addLayout(row)

    def _key(self, action: str, text: str) -> QPushButton:
        found = BY_ID[action]
        made = button(text, f"{tr(found.about)} ({found.key})")
        made.clicked.connect(lambda: self.wanted.emit(action))
        return made

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        super().set_theme(theme)
        self.scrubber.set_theme(theme)

    def draw(self, document: Document, *, playing: bool) -> None:
        """Show where the replay stands."""
        self.scrubber.follow(document)
        self.play.setText(tr("▮▮ Pause") if playing else tr("▶ Play"))
