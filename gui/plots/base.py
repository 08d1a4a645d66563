"""What every plot shares: fixed ranges, quiet axes, three lines for a grid."""

from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QMargins, QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent

from gui.i18n import number
from gui.model.rings import Floats
from gui.theme import AXIS_SIZE_PX, Theme, face
from gui.words import clock, clock_tenths

LEFT_AXIS_PX = 48
"""Equal on every plot, so that stacked time axes align."""
RIGHT_PX = 10
AFTER_S = 0.6
"""Room right of now in the live plots, where the bracket of the tremor band stands."""
TOP_PX = 6
"""Half a line of type: the highest tick is written around its line; without an axis below, the lowest as well."""


class Plot(pg.PlotWidget):  # type: ignore[misc,unused-ignore]  # pyqtgraph has no types
    """A plot with fixed ranges and nothing to click by accident."""

    menu_wanted = Signal(QPoint)
    HEADS: tuple[str, ...] = ("freq_hz", "level_db")
    """Names of the columns when the plot is copied as a table."""

    def __init__(self, theme: Theme, *, name: str, left_px: int = LEFT_AXIS_PX, bottom: bool = True) -> None:
        super().__init__(background=None)
        self.setAccessibleName(name)
        self.setFrameShape(self.Shape.NoFrame)
        self.setContentsMargins(QMargins(0, 0, 0, 0))
        self.setMouseEnabled(x=False, y=False)
        self.setMenuEnabled(False)
        self.hideButtons()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        item = self.getPlotItem()
        item.disableAutoRange()
        item.layout.setContentsMargins(0, TOP_PX, RIGHT_PX, 0 if bottom else TOP_PX)
        item.showAxis("bottom", bottom)
        self.getAxis("left").setWidth(left_px)
        for side in ("left", "bottom"):
            axis = self.getAxis(side)
            axis.enableAutoSIPrefix(enable=False)
            axis.setStyle(tickLength=0, tickTextOffset=6)
            axis.setTickFont(face(AXIS_SIZE_PX))
        self._lines: list[Any] = []
        self.theme = theme
        self.paint_axes(theme)

    def paint_axes(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self.theme = theme
        self.setBackground(theme.card)
        for side in ("left", "bottom"):
            # An axis without a line: in the colour of the card, for a missing pen draws black.
            self.getAxis(side).setPen(pg.mkPen(theme.card))
            self.getAxis(side).setTextPen(theme.quiet)
        for line in self._lines:
            line.setPen(pg.mkPen(theme.line))

    def add_line(self, at: float, *, vertical: bool = False) -> pg.InfiniteLine:
        """Draw one line of the quiet grid."""
        line = pg.InfiniteLine(at, angle=90 if vertical else 0, pen=pg.mkPen(self.theme.line))
        line.setZValue(-10)
        self.addItem(line, ignoreBounds=True)
        self._lines.append(line)
        return line

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        """Ask for the plot's menu."""
        self.menu_wanted.emit(event.globalPos())
        event.accept()

    def table(self) -> tuple[tuple[str, ...], NDArray[np.float64]]:
        """Give what the plot shows as columns: the horizontal axis and each curve that shares it."""
        curves = [c.getOriginalDataset() for c in self.listDataItems() if isinstance(c, pg.PlotDataItem)]
        shown = [(x, y) for x, y in curves if x is not None and len(x)]
        if not shown:
            return self.HEADS, np.empty((0, len(self.HEADS)))
        x = shown[-1][0]
        columns = [y for each, y in shown if len(each) == len(x)]
        heads = self.HEADS if len(self.HEADS) == len(columns) + 1 else (self.HEADS[0], *self._numbered(len(columns)))
        rows = np.column_stack([x, *columns]).astype(np.float64)
        return heads, rows[np.isfinite(rows[:, 1])]

    def _numbered(self, count: int) -> tuple[str, ...]:
        return tuple(f"{self.HEADS[1]}_{i}" for i in range(1, count + 1))

    def seconds_at(self, x: float) -> float:
        """Time under a horizontal position of the widget."""
        box = self.getPlotItem().getViewBox()
        return float(box.mapSceneToView(self.mapToScene(round(x), 10)).x())


class Steps:
    """The vertical range of a trace: it grows at once and shrinks when half would do.

    A single kick of ten times the size would flatten a tremor to a line: beyond `LEAST_G` it leaves the card at the
    top, and its mark says how large it was. Where the whole is wanted (a short view of a recording), nothing leaves.
    """

    SIZES_G = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
    HEADROOM = 1.1
    SHRINK = 0.4
    USUAL_SHARE = 0.8
    """Movement and kicks together take less than a fifth of a stretching session's half minute (prior)."""
    MOST_TIMES_USUAL = 5.0
    LEAST_G = 0.1
    QUIET_G = 0.006
    """What a limb at rest shows of its sensor's noise (``still.floor_mg`` of the analysis, and a top of it): beside so
    little there is nothing that a kick shown whole could flatten."""

    def __init__(self) -> None:
        self.range_g = 0.0

    def follow(self, xyz_g: Floats, *, whole: bool = False) -> bool:
        """Follow what is in view; whether the range changed."""
        size_g = np.abs(xyz_g[np.isfinite(xyz_g[:, 0])]).max(axis=1) if len(xyz_g) else np.empty(0)
        if not len(size_g) and self.range_g:
            return False
        largest_g = float(size_g.max(initial=0.0))
        if not whole and len(size_g):
            usual_g = float(np.quantile(size_g, self.USUAL_SHARE))
            if usual_g > self.QUIET_G:
                largest_g = min(largest_g, max(self.LEAST_G / self.HEADROOM, self.MOST_TIMES_USUAL * usual_g))
        wanted = next((r for r in self.SIZES_G if r >= self.HEADROOM * largest_g - 1e-9), self.SIZES_G[-1])
        if wanted > self.range_g or largest_g * self.HEADROOM < self.SHRINK * self.range_g:
            changed, self.range_g = wanted != self.range_g, wanted
            return changed
        return False

    def ticks(self) -> list[tuple[float, str]]:
        """Three values with their unit."""
        unit, scale = ("mg", 1000.0) if self.range_g < 0.1 else ("g", 1.0)
        values = (-self.range_g, 0.0, self.range_g)
        return [(v, f"{number(v * scale, '+.3g')} {unit}" if v else "0") for v in values]


def range_ticks(start_s: float, end_s: float, most: int = 7) -> list[tuple[float, str]]:
    """Round times between two, as clock times."""
    steps = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600)
    step = next((s for s in steps if (end_s - start_s) / s <= most), steps[-1])
    first = -int(-start_s // step)
    say = clock_tenths if step < 1 else clock
    return [(i * step, say(i * step)) for i in range(first, int(end_s // step) + 1)]
