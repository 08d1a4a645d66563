"""Trace: three axes of acceleration without gravity, with events as marks."""

import numpy as np
import pyqtgraph as pg

from gui.model import TRACE_S, SessionModel
from gui.plots.base import Plot
from gui.theme import Theme

RANGES_G = (0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
"""Steps of the vertical range; it grows at once and shrinks when half would do."""
MARKS = {"reflex_jerk": "t", "twitch": "o"}


class TracePlot(Plot):
    """The last half minute."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, name="Acceleration without gravity, the last 30 seconds")
        self._curves = [
            self.plot(pen=pg.mkPen(colour, width=1), connect="finite", skipFiniteCheck=True) for colour in theme.axes
        ]
        self._marks = pg.ScatterPlotItem(size=10, pen=None)
        self.addItem(self._marks, ignoreBounds=True)
        self._range_g = 0.0
        self._theme = theme
        for at in (-1.0, 0.0, 1.0):
            self.add_line(at, theme)
        self.setXRange(-TRACE_S, 0, padding=0)
        self.getAxis("bottom").setTicks([[(-25, "-25 s"), (-15, "-15 s"), (-5, "-5 s")]])
        self._set_range(0.05)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme
        self.paint_axes(theme)
        for curve, colour in zip(self._curves, theme.axes, strict=True):
            curve.setPen(pg.mkPen(colour, width=1))

    def draw(self, model: SessionModel) -> None:
        """Show the model."""
        trace = model.trace
        if trace is None:
            return
        ago = trace.seconds_ago()
        for axis, curve in enumerate(self._curves):
            curve.setData(ago, trace.xyz_g[:, axis])
        shown = trace.xyz_g[np.isfinite(trace.xyz_g[:, 0])]
        largest = float(np.abs(shown).max()) if len(shown) else 0.0
        wanted = next((r for r in RANGES_G if r >= 1.15 * largest), RANGES_G[-1])
        if wanted > self._range_g or wanted < 0.45 * self._range_g:
            self._set_range(wanted)
        recent = [e for e in model.events if model.now_s - e.onset_s < TRACE_S]
        self._marks.setData(
            [
                {
                    "pos": (e.onset_s - model.now_s, 0.9 * self._range_g),
                    "symbol": MARKS[e.label.value],
                    "brush": pg.mkBrush(self._theme.states[e.label.value]),
                }
                for e in recent
            ]
        )

    def _set_range(self, range_g: float) -> None:
        self._range_g = range_g
        self.setYRange(-range_g, range_g, padding=0.02)
        for line, share in zip(self._lines, (-0.8, 0.0, 0.8), strict=True):
            line.setValue(share * range_g)
        unit, scale = ("mg", 1000.0) if range_g < 0.1 else ("g", 1.0)
        values = (-0.8 * range_g, 0.0, 0.8 * range_g)
        self.getAxis("left").setTicks([[(v, f"{v * scale:+.3g} {unit}" if v else "0") for v in values]])
