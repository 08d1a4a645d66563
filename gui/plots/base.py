"""What every plot shares: fixed ranges, quiet axes, three lines for a grid."""

from typing import Any

import pyqtgraph as pg
from PySide6.QtGui import QFont

from gui.theme import AXIS_SIZE_PX, Theme

LEFT_AXIS_PX = 56
"""Equal on every plot, so that stacked time axes align."""


class Plot(pg.PlotWidget):  # type: ignore[misc,unused-ignore]
    """A plot with fixed ranges and nothing to click by accident."""

    def __init__(self, theme: Theme, *, name: str, left_px: int = LEFT_AXIS_PX) -> None:
        super().__init__(background=theme.card)
        self.setAccessibleName(name)
        self.setFrameShape(self.Shape.NoFrame)
        self.setMouseEnabled(x=False, y=False)
        self.setMenuEnabled(False)
        self.hideButtons()
        self.getPlotItem().disableAutoRange()
        self.getPlotItem().setContentsMargins(0, 0, 8, 0)
        self.getAxis("left").setWidth(left_px)
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.enableAutoSIPrefix(enable=False)
            axis.setStyle(tickLength=0)
            font = QFont()
            font.setPixelSize(AXIS_SIZE_PX)
            axis.setTickFont(font)
        self._lines: list[Any] = []
        self.paint_axes(theme)

    def paint_axes(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self.setBackground(theme.card)
        for side in ("left", "bottom"):
            self.getAxis(side).setPen(pg.mkPen(None))
            self.getAxis(side).setTextPen(theme.quiet)
        for line in self._lines:
            line.setPen(pg.mkPen(theme.line))

    def add_line(self, at: float, theme: Theme, *, vertical: bool = False) -> None:
        """Draw one line of the quiet grid."""
        line = pg.InfiniteLine(at, angle=90 if vertical else 0, pen=pg.mkPen(theme.line))
        line.setZValue(-10)
        self.addItem(line, ignoreBounds=True)
        self._lines.append(line)
