"""Long plots: trace and spectrogram of an open recording, with playhead, two cursors, and the mouse that moves them."""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent, QWheelEvent

from gui.i18n import tr
from gui.model import Document
from gui.model.stream import TOP_HZ
from gui.plots.base import Plot, range_ticks
from gui.plots.picture import Picture
from gui.plots.spectrogram import BAND_HZ, frequency_ticks
from gui.plots.trace import MARKS_Z, AxisCurves, EventMarks
from gui.theme import Theme

POINTS_A_PIXEL = 2
ZOOM_A_NOTCH = 0.8
PAN_A_NOTCH = 0.1
DRAG_PX = 4
HEAD_Z = MARKS_Z + 1
WHOLE_VIEW_S = 20.0
"""A view this short is about the kick itself: nothing of it leaves the card."""


class LongPlot(Plot):
    """A plot over the time of a document."""

    pressed = Signal(float)
    selected = Signal(float, float)
    wanted = Signal(float)
    zoomed = Signal(float, float)
    panned = Signal(float)

    def __init__(self, theme: Theme, *, name: str, bottom: bool) -> None:
        super().__init__(theme, name=name, bottom=bottom)
        self.head = pg.InfiniteLine(0.0, pen=pg.mkPen(theme.text, width=1))
        self.head.setZValue(HEAD_Z)
        self.region = pg.LinearRegionItem((0.0, 0.0), movable=False)
        self.region.setZValue(-15)
        for item in (self.region, self.head):
            self.addItem(item, ignoreBounds=True)
        self.region.hide()
        self._from_x: float | None = None
        self._paint_cursors(theme)

    def _paint_cursors(self, theme: Theme) -> None:
        self.head.setPen(pg.mkPen(theme.text, width=1))
        accent = pg.mkColor(theme.states["tremor"])
        for line in self.region.lines:
            line.setPen(pg.mkPen(accent, width=1))
        accent.setAlpha(38)
        self.region.setBrush(accent)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self.paint_axes(theme)
        self._paint_cursors(theme)

    def draw_cursors(self, document: Document) -> None:
        """Show playhead and span."""
        if self.head.value() != document.cursor_s:
            self.head.setValue(document.cursor_s)
        self.region.setVisible(document.span is not None)
        if document.span is not None and self.region.getRegion() != document.span:
            self.region.setRegion(document.span)

    def draw_range(self, document: Document) -> None:
        """Show the time in view."""
        self.setXRange(*document.view, padding=0)
        self.getAxis("bottom").setTicks([range_ticks(*document.view)])

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Begin a click or a selection."""
        self._from_x = event.position().x() if event.button() is Qt.MouseButton.LeftButton else None

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the span while dragging."""
        if self._from_x is not None and abs(event.position().x() - self._from_x) >= DRAG_PX:
            self.selected.emit(self.seconds_at(self._from_x), self.seconds_at(event.position().x()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Put the playhead after a click."""
        if self._from_x is not None and abs(event.position().x() - self._from_x) < DRAG_PX:
            self.pressed.emit(self.seconds_at(self._from_x))
        self._from_x = None

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Select what is under the mouse."""
        self._from_x = None
        self.wanted.emit(self.seconds_at(event.position().x()))

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Zoom around the mouse; pan with Shift or sideways."""
        delta = event.angleDelta()
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier or delta.x():
            self.panned.emit(-PAN_A_NOTCH * (delta.x() or delta.y()) / 120.0)
        else:
            self.zoomed.emit(ZOOM_A_NOTCH ** (delta.y() / 120.0), self.seconds_at(event.position().x()))
        event.setAccepted(True)


class LongTrace(LongPlot):
    """The trace of a document."""

    HEADS = ("time_s", "x_g", "y_g", "z_g")

    def __init__(self, theme: Theme, *, bottom: bool = False) -> None:
        super().__init__(theme, name=tr("Acceleration without gravity over the recording"), bottom=bottom)
        self._axes = AxisCurves(self)
        self._marks = EventMarks(self)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        super().set_theme(theme)
        self._axes.set_theme(theme)

    def draw(self, document: Document) -> None:
        """Show the document."""
        self.draw_range(document)
        seconds, xyz_g = document.trace(POINTS_A_PIXEL * max(200, self.width()))
        start_s, end_s = document.view
        self._axes.draw(seconds, xyz_g, whole=end_s - start_s <= WHOLE_VIEW_S)
        events = document.analysis.events if document.analysis is not None else ()
        shown = [e for e in events if start_s <= e.onset_s <= end_s]
        self._marks.draw(shown, 0.0, self._axes.marks_g)


class LongSpectrogram(LongPlot):
    """The spectrogram of a document."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, name=tr("Spectrogram over the recording, 0 to 20 Hz"), bottom=True)
        self._picture = Picture(theme)
        self.addItem(self._picture.item)
        self._picture.item.setZValue(-30)
        self._bracket = pg.PlotCurveItem()
        self.addItem(self._bracket, ignoreBounds=True)
        self.setYRange(0, TOP_HZ, padding=0)
        self.getAxis("left").setTicks([frequency_ticks()])
        self.region.setBrush(pg.mkBrush(None))

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        super().set_theme(theme)
        self._picture.set_theme(theme)
        self.region.setBrush(pg.mkBrush(None))

    def draw(self, document: Document) -> None:
        """Show the document."""
        self.draw_range(document)
        found = document.columns(max(200, self.width()))
        self._picture.item.setVisible(found is not None)
        if found is not None:
            start_s, end_s, level = found
            self._picture.show(level, start_s=start_s, end_s=end_s, bin_hz=document.bin_hz)
        low, high = BAND_HZ
        right, step = document.view[1], 0.006 * (document.view[1] - document.view[0])
        self._bracket.setPen(pg.mkPen(self.theme.text, width=1))
        self._bracket.setData(
            [right - 2 * step, right - step / 2, right - step / 2, right - 2 * step], [low, low, high, high]
        )

    def table(self) -> tuple[tuple[str, ...], NDArray[np.float64]]:
        """Give the levels as a table; nothing of an earlier recording while there are none."""
        return self._picture.table() if self._picture.item.isVisible() else super().table()
