"""Transport: the scrubber with its events, and the keys of replay."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSlider

from gui.actions import BY_ID
from gui.i18n import inside, number, tr
from gui.model import Document
from gui.plots.base import LEFT_AXIS_PX
from gui.theme import AXIS_SIZE_PX, Theme, face
from gui.views.card import Card, Combo, Elided, button
from gui.words import clock, clock_tenths, state_name

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)
TICKS_A_SECOND = 10
LINE_Y, DOTS_Y, TEXT_Y = 26.0, 8.0, 50.0


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
        painter.setPen(QColor(t.quiet))
        low, high = self.minimum() / TICKS_A_SECOND, self.maximum() / TICKS_A_SECOND
        painter.drawText(QPointF(0, TEXT_Y), clock(low))
        end = clock(high)
        painter.drawText(QPointF(self.width() - painter.fontMetrics().horizontalAdvance(end), TEXT_Y), end)
        painter.setPen(QColor(t.text))
        middle = min(max(here, 100.0), self.width() - 100.0)
        now = clock_tenths(self.value() / TICKS_A_SECOND)
        painter.drawText(QRectF(middle - 60, TEXT_Y - 12, 120, 16), Qt.AlignmentFlag.AlignCenter, now)
        painter.end()

    def _paint_events(self, painter: QPainter) -> None:
        document = self._document
        if document is None:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        found = document.analysis
        marks = [(e.onset_s, e.label.value) for e in found.events] if found is not None else []
        marks += [
            (s.start_s, s.label.value)
            for s in (found.segments if found is not None else ())
            if s.label.value in ("tremor", "reflex_rhythm")
        ]
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
        self.state = Elided(name="quiet")
        self.state.setAlignment(Qt.AlignmentFlag.AlignRight)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addSpacing(LEFT_AXIS_PX)
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
        # What fits beside the keys: its words must not widen the window.
        row.addWidget(self.state, 1)
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
        segment = document.segment_at(document.cursor_s)
        self.state.setText(
            inside(state_name(segment.label.value)) if segment is not None else tr("same engine as live")
        )
