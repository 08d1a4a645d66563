"""Meters: power in the tremor band, and the newest jerk, as two bars with their numbers."""

import numpy as np
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

import dsp
from gui.i18n import tr
from gui.model import StreamModel
from gui.theme import AXIS_SIZE_PX, Theme, face
from gui.words import clock, size_g

BAND_MG = (1.0, 200.0)
"""From a quiet sensor's own noise to strong shaking, on a logarithmic scale."""
JERK_G = (0.02, 5.0)
ROW_PX = 20.0


class Meters(QWidget):
    """Two bars."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._shown = (0.0, 0.0, _jerk_name(None))
        self.setFixedHeight(round(2 * ROW_PX))
        self.setFont(face(AXIS_SIZE_PX))
        self.setAccessibleName(tr("Tremor band and newest jerk"))

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme
        self.update()

    def draw(self, stream: StreamModel) -> None:
        """Show the model."""
        live, jerk = stream.live, stream.newest_jerk
        known = live is not None and not stream.gone and not np.isnan(live.rms_g)
        band_g = float(live.rms_g) if known and live is not None else 0.0
        shown = (band_g, jerk.peak_g if jerk is not None else 0.0, _jerk_name(jerk))
        if shown != self._shown:
            self._shown = shown
            self.setAccessibleDescription(f"{_size(shown[0])}, {shown[2]}: {_size(shown[1])}")
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the bars."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        band_g, jerk_g, jerk_name = self._shown
        low, high = (1e-3 * v for v in BAND_MG)
        self._bar(painter, 0, tr("tremor band"), band_g, share(band_g, low, high), self._theme.states["tremor"])
        self._bar(painter, 1, jerk_name, jerk_g, share(jerk_g, *JERK_G), self._theme.states["reflex_jerk"])
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
        painter.drawText(QRectF(right, top, 62, ROW_PX), middle | Qt.AlignmentFlag.AlignRight, _size(value_g))


def _jerk_name(jerk: dsp.Event | None) -> str:
    """Say when the newest jerk was: it stays when it has long left the plots."""
    return tr("newest jerk") if jerk is None else tr("jerk at {time}", time=clock(jerk.onset_s))


def _size(value_g: float) -> str:
    return size_g(value_g) if value_g else "–"


def share(value: float, low: float, high: float) -> float:
    """Where a value stands between two on a logarithmic scale, 0 to 1."""
    if value <= low:
        return 0.0
    return float(min(1.0, np.log(value / low) / np.log(high / low)))
