"""Trace: three axes of acceleration without gravity, with events as marks that say what they are."""

import functools

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtGui import QBrush

from dsp import Event
from gui.i18n import tr
from gui.model.past import Page
from gui.model.rings import Floats
from gui.model.stream import TRACE_S, StreamModel
from gui.plots.base import AFTER_S, Plot, Steps
from gui.theme import AXIS_SIZE_PX, Theme, face
from gui.words import size_g

SYMBOLS = {"reflex_jerk": "t", "twitch": "o"}
RANGE_SHARES = (-1.0, 0.0, 1.0)
"""Where the lines of the grid stand, as shares of the vertical range."""
ROOM, MARKS = (1.1, 1.25), 1.13
"""How far the plot reaches below and above the range of the axes, and where events are marked, as shares of it."""
ROOM_LOW, MARKS_LOW, LOW_PX = (1.15, 1.6), 1.3, 130.0
"""The same for a plot so low that a line of type takes a tenth of it."""
MOST_NAMES = 6
"""More names would hide the trace; the list of events has them all."""
NAME_CLEAR_S = 3.0
"""Marks this close together share one name, after the last of them."""


class EventMarks:
    """Signs and names of events at the top of a trace."""

    def __init__(self, plot: Plot) -> None:
        self._plot = plot
        self._signs = pg.ScatterPlotItem(size=11, pen=None)
        plot.addItem(self._signs, ignoreBounds=True)
        self._names = [pg.TextItem(anchor=(0, 0.5)) for _ in range(MOST_NAMES)]
        for name in self._names:
            name.setFont(face(AXIS_SIZE_PX))
            plot.addItem(name, ignoreBounds=True)
        self._shown: object = None

    def draw(self, events: list[Event], offset_s: float, level: float, clear_s: float) -> None:
        """Show `events`, their times less `offset_s`, at the height `level`."""
        key = (tuple((e.onset_s, e.label) for e in events), offset_s, level, self._plot.theme.name)
        if key == self._shown:
            return
        self._shown = key
        colours = self._plot.theme.states
        self._signs.setData(
            [
                {
                    "pos": (e.onset_s - offset_s, level),
                    "symbol": SYMBOLS[e.label.value],
                    "brush": _brush(colours[e.label.value]),
                }
                for e in events
            ]
        )
        crowds = together(events, clear_s)[-MOST_NAMES:]
        for i, item in enumerate(self._names):
            item.setVisible(i < len(crowds))
            if i < len(crowds):
                largest = max(crowds[i], key=lambda e: e.peak_g)
                item.setText(name_of(crowds[i], largest), color=colours[largest.label.value])
                item.setPos(crowds[i][-1].onset_s - offset_s + 0.1 * clear_s, level)


def together(events: list[Event], clear_s: float) -> list[list[Event]]:
    """Group events of which each follows the one before it within `clear_s`."""
    crowds: list[list[Event]] = []
    for e in events:
        if crowds and e.onset_s - crowds[-1][-1].onset_s <= clear_s:
            crowds[-1].append(e)
        else:
            crowds.append([e])
    return crowds


def name_of(crowd: list[Event], largest: Event) -> str:
    """Name the largest of a few events, with its size."""
    kick = tr("jerk") if largest.label.value == "reflex_jerk" else tr("twitch")
    word, size = tr("impact") if largest.is_impact else kick, size_g(largest.peak_g)
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
        self._low = False
        self._lines = [plot.add_line(share) for share in RANGE_SHARES]

    @property
    def marks_g(self) -> float:
        """The height above the axes at which events are marked."""
        return (MARKS_LOW if self._is_low() else MARKS) * self._steps.range_g

    def _is_low(self) -> bool:
        """Whether the plot is so low that signs and names need a larger share of it."""
        return bool(0.0 < self._plot.getPlotItem().getViewBox().height() < LOW_PX)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        for curve, colour in zip(self._curves, theme.axes, strict=True):
            curve.setPen(pg.mkPen(colour, width=1))

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
        changed, low = self._steps.follow(xyz_g, whole=whole), self._is_low()
        if not changed and low is self._low:
            return
        self._low, range_g = low, self._steps.range_g
        bottom, top = ROOM_LOW if low else ROOM
        self._plot.setYRange(-bottom * range_g, top * range_g, padding=0)
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
            self._marks.draw([], end_s, self._axes.marks_g, NAME_CLEAR_S)
            return
        self._axes.draw(*stream.trace.window(end_s, TRACE_S))
        recent = [e for e in stream.events if end_s - TRACE_S < e.onset_s <= end_s]
        self._marks.draw(recent, end_s, self._axes.marks_g, NAME_CLEAR_S)
