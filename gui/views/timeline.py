"""Timeline: the whole session in one band; states by colour and pattern, events above, stretches below."""

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from dsp import Segment, State
from gui.model import SessionModel
from gui.theme import Theme

SHORTEST_S = 60.0
"""The band is never scaled up more than this, so that the first seconds do not jump."""
BAND = (16.0, 40.0)
LEGEND = (("still", "–"), ("movement", "»"), ("reflex_rhythm", "ϟ"), ("tremor", "∿"), ("unclear", "▨"))


class Timeline(QWidget):
    """Draws the session; a click asks to go there."""

    sought = Signal(float)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._model = SessionModel()
        self._length_s = SHORTEST_S
        self._start_s = 0.0
        self._total_s: float | None = None
        self.setMinimumHeight(92)
        self.setAccessibleName("This session: states, events and stretches over time")

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme
        self.update()

    def set_total(self, seconds: float | None) -> None:
        """Length of the whole when it is known (replay)."""
        self._total_s = seconds

    def draw(self, model: SessionModel) -> None:
        """Show the model."""
        self._model = model
        self._start_s = 0.0 if self._total_s is not None else (model.first_s or 0.0)
        self._length_s = self._total_s or max(SHORTEST_S, model.now_s - self._start_s)
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Ask to go to the time under the mouse."""
        share = event.position().x() / max(1, self.width())
        self.sought.emit(self._start_s + share * self._length_s)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw band, events, stretches, legend."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.line))
        painter.drawRoundedRect(QRectF(0, BAND[0], self.width(), BAND[1] - BAND[0]), 4, 4)
        for segment in self._model.segments:
            self._segment(painter, segment)
        self._newest(painter)
        for e in self._model.events:
            self._event(painter, self._x(e.onset_s), e.label.value)
        self._stretches(painter)
        self._legend(painter)
        painter.end()

    def _x(self, time_s: float) -> float:
        return (time_s - self._start_s) / self._length_s * self.width()

    def _segment(self, painter: QPainter, segment: Segment) -> None:
        self._span(painter, segment.start_s, segment.end_s, segment.label)

    def _newest(self, painter: QPainter) -> None:
        live = self._model.live
        known = self._model.segments[-1].end_s if self._model.segments else self._start_s
        if live is not None and known < self._model.now_s:
            self._span(painter, max(known, self._start_s), self._model.now_s, live.label)

    def _span(self, painter: QPainter, start_s: float, end_s: float, label: State) -> None:
        if label is State.NO_DATA:
            return
        box = QRectF(self._x(start_s), BAND[0], max(1.0, self._x(end_s) - self._x(start_s) - 1), BAND[1] - BAND[0])
        colour = QColor(self._theme.states[label.value])
        painter.setPen(Qt.PenStyle.NoPen)
        if label is State.UNCLEAR:
            painter.setBrush(QBrush(colour, Qt.BrushStyle.BDiagPattern))
        else:
            if label is State.STILL:
                colour.setAlpha(110)
            painter.setBrush(colour)
        painter.drawRoundedRect(box, 3, 3)
        if label in (State.TREMOR, State.REFLEX_RHYTHM) and box.width() > 14:
            self._wave(painter, box, sharp=label is State.REFLEX_RHYTHM)

    def _wave(self, painter: QPainter, box: QRectF, *, sharp: bool) -> None:
        """Tremor is a wave, reflex rhythm a zigzag: shape says it without colour."""
        painter.setPen(QPen(QColor(self._theme.page), 1.4))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        middle, step = box.center().y(), 4.0
        points, x, up = [], box.left() + 4, True
        while x < box.right() - 4:
            points.append(QPointF(x, middle + (-5 if up else 5)))
            x += step if not sharp else 3.0
            up = not up
        painter.drawPolyline(QPolygonF(points))

    def _event(self, painter: QPainter, x: float, kind: str) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.states[kind]))
        if kind == "reflex_jerk":
            painter.drawPolygon(QPolygonF([QPointF(x - 5, 3), QPointF(x + 5, 3), QPointF(x, 12)]))
        else:
            painter.drawEllipse(QPointF(x, 8), 4, 4)

    def _stretches(self, painter: QPainter) -> None:
        painter.setPen(QPen(QColor(self._theme.quiet), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for i, hold in enumerate(self._model.holds, 1):
            end_s = hold.end_s if hold.released else max(hold.end_s, self._model.now_s)
            left, right, y = self._x(hold.start_s), self._x(end_s), BAND[1] + 8
            painter.drawPolyline(
                QPolygonF([QPointF(left, y - 4), QPointF(left, y), QPointF(right, y), QPointF(right, y - 4)])
            )
            text = f"stretch {i} · {end_s - hold.start_s:.0f} s"
            if right - left > painter.fontMetrics().horizontalAdvance(text):
                painter.drawText(QRectF(left, y, right - left, 16), Qt.AlignmentFlag.AlignCenter, text)

    def _legend(self, painter: QPainter) -> None:
        x, y = 0.0, self.height() - 6.0
        for name, sign in LEGEND:
            painter.setPen(QColor(self._theme.states[name]))
            painter.drawText(QPointF(x, y), sign)
            painter.setPen(QColor(self._theme.quiet))
            text = name.replace("_", " ")
            painter.drawText(QPointF(x + 18, y), text)
            x += 18 + painter.fontMetrics().horizontalAdvance(text) + 26
        painter.setPen(QColor(self._theme.states["reflex_jerk"]))
        painter.drawText(QPointF(x, y), "▼ reflex jerk   ● twitch")
