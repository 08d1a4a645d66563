"""Meters: power in the tremor band, and the newest jerk, as two bars with their numbers."""

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from gui.i18n import tr
from gui.model import StreamModel
from gui.theme import AXIS_SIZE_PX, Theme, face
from gui.words import size_g

BAND_MG = (1.0, 200.0)
"""From a quiet sensor's own noise to strong shaking, on a logarithmic scale."""
JERK_G = (0.02, 5.0)
JERK_LASTS_S = 10.0
ROW_PX = 20.0


class Meters(QWidget):
    """Two bars."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._values = (0.0, 0.0)
        self.setFixedHeight(round(2 * ROW_PX))
        self.setFont(face(AXIS_SIZE_PX))
        self.setAccessibleName(tr("Tremor band and newest jerk"))

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme
        self.update()

    def draw(self, stream: StreamModel) -> None:
        """Show the model."""
        live = stream.live
        band_g = 0.0 if live is None or np.isnan(live.rms_g) else live.rms_g
        recent = [e.peak_g for e in stream.events[-3:] if stream.now_s - e.onset_s < JERK_LASTS_S]
        values = (float(band_g), max(recent, default=0.0))
        if values != self._values:
            self._values = values
            self.setAccessibleDescription(f"{size_g(values[0])}, {size_g(values[1])}")
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the bars."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        band_g, jerk_g = self._values
        low, high = (1e-3 * v for v in BAND_MG)
        self._bar(painter, 0, tr("tremor band"), band_g, share(band_g, low, high), self._theme.states["tremor"])
        self._bar(painter, 1, tr("newest jerk"), jerk_g, share(jerk_g, *JERK_G), self._theme.states["reflex_jerk"])
        painter.end()

    def _bar(self, painter: QPainter, row: int, name: str, value_g: float, filled: float, colour: str) -> None:
        top, left, right = row * ROW_PX, 88.0, self.width() - 62.0
        whole = QRectF(left, top + 8, right - left, 5)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.line))
        painter.drawRoundedRect(whole, 2.5, 2.5)
        if filled > 0:
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(QRectF(left, top + 8, max(5.0, filled * whole.width()), 5), 2.5, 2.5)
        painter.setPen(QColor(self._theme.quiet))
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.drawText(QRectF(0, top, left, ROW_PX), middle, name)
        text = size_g(value_g) if value_g else "–"
        painter.drawText(QRectF(right, top, 62, ROW_PX), middle | Qt.AlignmentFlag.AlignRight, text)


def share(value: float, low: float, high: float) -> float:
    """Where a value stands between two on a logarithmic scale, 0 to 1."""
    if value <= low:
        return 0.0
    return float(min(1.0, np.log(value / low) / np.log(high / low)))
