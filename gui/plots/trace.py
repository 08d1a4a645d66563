"""Trace: three axes of acceleration without gravity, with events as marks that say what they are."""

import functools
from collections.abc import Callable

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QBrush, QFontMetricsF

from dsp import Event
from gui.i18n import mark, tr
from gui.model.past import Page
from gui.model.rings import Floats
from gui.model.stream import TRACE_S, StreamModel
from gui.plots.base import AFTER_S, Plot, Steps
from gui.theme import AXIS_SIZE_PX, Theme, face
from gui.words import size_g

SHORT_NAMES = {"reflex_jerk": mark("jerk"), "twitch": mark("twitch"), "impact": mark("impact")}
SYMBOLS = {"reflex_jerk": "t", "twitch": "o", "impact": "d"}
RANGE_SHARES = (-1.0, 0.0, 1.0)
"""Where the lines of the grid stand, as shares of the vertical range."""
BEYOND = 1.06
"""How far the plot reaches below and above the range of the axes, as a share of it; above that events are marked."""
MARKS_PX = 17.0
"""Height of the strip for the marks: a line of type."""
MOST_NAMES = 6
"""More names would hide the trace; the list of events has them all."""
SIGN_PX = 11
NAME_GAP_PX = 9.0
"""From the middle of a sign to its name, and from a name to the next sign's middle."""
STRIP_Z, MARKS_Z = 5, 10
"""The strip hides the trace where a kick leaves the range; signs and names stand on it."""


class EventMarks:
    """Signs and names of events at the top of a trace."""

    def __init__(self, plot: Plot) -> None:
        self._plot = plot
        self._signs = pg.ScatterPlotItem(size=SIGN_PX, pen=None)
        self._signs.setZValue(MARKS_Z)
        plot.addItem(self._signs, ignoreBounds=True)
        font = face(AXIS_SIZE_PX)
        self._metrics = QFontMetricsF(font)
        self._names = [pg.TextItem(anchor=(0, 0.5)) for _ in range(MOST_NAMES)]
        for name in self._names:
            name.setFont(font)
            name.textItem.document().setDocumentMargin(0)
            name.setZValue(MARKS_Z)
            plot.addItem(name, ignoreBounds=True)
        self._shown: object = None

    def draw(self, events: list[Event], offset_s: float, level: float) -> None:
        """Show `events`, their times less `offset_s`, at the height `level`."""
        box = self._plot.getPlotItem().getViewBox()
        start_s, end_s = box.viewRange()[0]
        second_px = max(1.0, box.width()) / (end_s - start_s)
        key = (tuple((e.onset_s, e.label) for e in events), offset_s, level, second_px, self._plot.theme.name)
        if key == self._shown:
            return
        self._shown = key
        colours = self._plot.theme.states
        self._signs.setData(
            [
                {
                    "pos": (e.onset_s - offset_s, level),
                    "symbol": SYMBOLS[e.kind],
                    "brush": _brush(colours[e.kind]),
                }
                for e in events
            ]
        )
        crowds = together(events, lambda crowd: (self._width_px(crowd) + 2 * NAME_GAP_PX) / second_px)
        places = self._places(crowds, start_s + offset_s, end_s + offset_s, 1.0 / second_px)
        shown = [(crowd, at_s) for crowd, at_s in zip(crowds, places, strict=True) if at_s is not None][-MOST_NAMES:]
        for i, item in enumerate(self._names):
            item.setVisible(i < len(shown))
            if i < len(shown):
                crowd, at_s = shown[i]
                item.setText(name_of(crowd), color=colours[largest_of(crowd).kind])
                item.setPos(at_s - offset_s, level)

    def _width_px(self, crowd: list[Event]) -> float:
        return self._metrics.horizontalAdvance(name_of(crowd))

    def _places(self, crowds: list[list[Event]], start_s: float, end_s: float, pixel_s: float) -> list[float | None]:
        """Where the name of each crowd begins: after its last sign, else before its first; None where neither fits."""
        places: list[float | None] = []
        free_s = start_s
        for crowd in crowds:
            width_s, gap_s = self._width_px(crowd) * pixel_s, NAME_GAP_PX * pixel_s
            after_s, before_s = crowd[-1].onset_s + gap_s, crowd[0].onset_s - gap_s - width_s
            if after_s + width_s <= end_s:
                places.append(after_s)
                free_s = after_s + width_s + gap_s
            else:
                places.append(before_s if before_s >= free_s else None)
        return places


def together(events: list[Event], reach_s: Callable[[list[Event]], float]) -> list[list[Event]]:
    """Group events of which each would stand on the name of those before it: that reaches `reach_s` beyond the last."""
    crowds: list[list[Event]] = []
    for e in events:
        if crowds and e.onset_s - crowds[-1][-1].onset_s <= reach_s(crowds[-1]):
            crowds[-1].append(e)
        else:
            crowds.append([e])
    return crowds


def largest_of(crowd: list[Event]) -> Event:
    """Give the hardest of a few events."""
    return max(crowd, key=lambda e: e.peak_g)


def name_of(crowd: list[Event]) -> str:
    """Name the largest of a few events, with its size."""
    largest = largest_of(crowd)
    word, size = tr(SHORT_NAMES[largest.kind]), size_g(largest.peak_g)
    return f"{word} {size}" if len(crowd) == 1 else tr("{what} up to {size}", what=word, size=size)


@functools.cache
def _brush(colour: str) -> QBrush:
    """Make each colour's brush once: pyqtgraph keeps a picture of a sign for every brush that it has not met before."""
    return QBrush(pg.mkColor(colour))


class AxisCurves:
    """The three axes on a plot, with a vertical range that follows them in steps."""

    def __init__(self, plot: Plot) -> None:
        self._plot = plot
        self._curves = [
            plot.plot(pen=pg.mkPen(colour, width=1), connect="finite", skipFiniteCheck=True)
            for colour in plot.theme.axes
        ]
        self._steps = Steps()
        self._top = BEYOND
        self._lines = [plot.add_line(share) for share in RANGE_SHARES]
        self._strip = pg.LinearRegionItem(orientation="horizontal", movable=False, pen=pg.mkPen(None))
        self._strip.setZValue(STRIP_Z)
        plot.addItem(self._strip, ignoreBounds=True)
        self._paint_strip(plot.theme)

    @property
    def marks_g(self) -> float:
        """The height above the axes at which events are marked."""
        return 0.5 * (BEYOND + self._top) * self._steps.range_g

    def _paint_strip(self, theme: Theme) -> None:
        self._strip.setBrush(pg.mkBrush(theme.card))

    def _fitting_top(self) -> float:
        """How far up the plot reaches, as a share of the range, so that the strip of the marks has its height."""
        height = float(self._plot.getPlotItem().getViewBox().height())
        return BEYOND + 2.0 * BEYOND * MARKS_PX / max(MARKS_PX, height - MARKS_PX)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        for curve, colour in zip(self._curves, theme.axes, strict=True):
            curve.setPen(pg.mkPen(colour, width=1))
        self._paint_strip(theme)

    def clear(self) -> None:
        """Show nothing; the range stays."""
        for curve in self._curves:
            curve.clear()

    def draw(self, time_s: NDArray[np.float64], xyz_g: Floats, *, whole: bool = False) -> None:
        """Show the axes; with `whole` not even a single kick leaves the card."""
        for axis, curve in enumerate(self._curves):
            curve.setData(time_s, xyz_g[:, axis])
        self.follow(xyz_g, whole=whole)

    def follow(self, xyz_g: Floats, *, whole: bool = False) -> None:
        """Fit the range to the axes."""
        changed, top = self._steps.follow(xyz_g, whole=whole), self._fitting_top()
        if not changed and top == self._top:
            return
        self._top, range_g = top, self._steps.range_g
        self._plot.setYRange(-BEYOND * range_g, top * range_g, padding=0)
        self._strip.setRegion((BEYOND * range_g, top * range_g))
        for line, share in zip(self._lines, RANGE_SHARES, strict=True):
            line.setValue(share * range_g)
        self._plot.getAxis("left").setTicks([self._steps.ticks()])


class TracePlot(Plot):
    """The last half minute, or an earlier one when the view is paused."""

    HEADS = ("time_s", "x_g", "y_g", "z_g")

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, name=tr("Acceleration without gravity, the last 30 seconds"), bottom=False)
        self._axes = AxisCurves(self)
        self._marks = EventMarks(self)
        self.setXRange(-TRACE_S, AFTER_S, padding=0)
        self._axes.follow(np.zeros((1, 3), np.float32))

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self.paint_axes(theme)
        self._axes.set_theme(theme)

    def draw(self, stream: StreamModel | Page | None, end_s: float) -> None:
        """Show the half minute before `end_s`; nothing while it is not known."""
        if stream is None or stream.trace is None:
            self._axes.clear()
            self._marks.draw([], end_s, self._axes.marks_g)
            return
        self._axes.draw(*stream.trace.window(end_s, TRACE_S))
        recent = [e for e in stream.events if end_s - TRACE_S < e.onset_s <= end_s]
        self._marks.draw(recent, end_s, self._axes.marks_g)
