"""Trends: how four numbers change over the weeks, one small plot each."""

import math
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QWidget

from gui.i18n import mark, number, tr
from gui.model.history import TRENDS, Night
from gui.theme import AXIS_SIZE_PX, GRID_PX, Theme, face
from gui.views.card import Card

NAMES = {
    "tremor_min": (mark("Tremor, minutes"), "tremor", ""),
    "jerks_per_stretch": (mark("Jerks a stretch"), "reflex_jerk", ""),
    "tremor_hz": (mark("Frequency"), "movement", " Hz"),
    "hold_to_tremor_s": (mark("Hold until tremor"), "still", " s"),
}


class Trend(Card):
    """One number over time."""

    def __init__(self, theme: Theme, field: str) -> None:
        super().__init__(theme)
        self._field = field
        self._points: list[tuple[float, float]] = []
        self.setMinimumHeight(120)
        self.setAccessibleName(tr(NAMES[field][0]))

    def show_nights(self, nights: Sequence[Night]) -> None:
        """Show sessions."""
        pairs = [(n.when.timestamp(), getattr(n, self._field)) for n in nights]
        self._points = sorted((t, v) for t, v in pairs if not math.isnan(v))
        self.setAccessibleDescription(", ".join(number(v) for _, v in self._points))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint name, newest value, dots and line."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        name, state, unit = NAMES[self._field]
        painter.setFont(face(AXIS_SIZE_PX + 1))
        painter.setPen(QColor(self.theme.quiet))
        painter.drawText(QPointF(16, 24), tr(name))
        if not self._points:
            painter.drawText(QRectF(16, 30, self.width() - 32, self.height() - 40), Qt.AlignmentFlag.AlignCenter, "–")
            painter.end()
            return
        newest = self._points[-1][1]
        painter.setPen(QColor(self.theme.text))
        painter.setFont(face(20, QFont.Weight.Bold))
        text = f"{number(newest)}{unit}"
        painter.drawText(QRectF(16, 28, self.width() - 32, 28), Qt.AlignmentFlag.AlignLeft, text)
        self._curve(painter, QColor(self.theme.states[state]))
        painter.end()

    def _curve(self, painter: QPainter, colour: QColor) -> None:
        box = QRectF(20, 64, self.width() - 40, self.height() - 80)
        first, last = self._points[0][0], self._points[-1][0]
        top = max(v for _, v in self._points) or 1.0
        places = [
            QPointF(
                box.left() + (t - first) / (last - first or 1.0) * box.width(), box.bottom() - v / top * box.height()
            )
            for t, v in self._points
        ]
        painter.setPen(QPen(QColor(self.theme.line), 1))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        painter.setPen(QPen(colour, 1.5))
        painter.drawPolyline(places)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        for place in places:
            painter.drawEllipse(place, 3, 3)


class Trends(QWidget):
    """The four of them."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.trends = {f: Trend(theme, f) for f in TRENDS}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID_PX + 4)
        for trend in self.trends.values():
            row.addWidget(trend)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        for trend in self.trends.values():
            trend.set_theme(theme)

    def show_nights(self, nights: Sequence[Night]) -> None:
        """Show sessions."""
        for trend in self.trends.values():
            trend.show_nights(nights)
