"""Spectrogram: power by time and frequency, with the tremor band bracketed."""

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray

from gui.i18n import tr
from gui.model.past import Page
from gui.model.stream import TOP_HZ, TRACE_S, WINDOW_S, StreamModel
from gui.plots.base import AFTER_S, Plot
from gui.plots.picture import Picture
from gui.theme import Theme

BAND_HZ = (4.0, 12.0)
NEWEST_OPACITY = 0.55
"""Of the last two seconds, which only the newest window has seen so far."""
TICKS_HZ = (0, 5, 10, 15, 20)


def frequency_ticks() -> list[tuple[float, str]]:
    """Frequencies named at the axis."""
    return [(float(v), f"{v} Hz") for v in TICKS_HZ]


class SpectrogramPlot(Plot):
    """The last half minute, or an earlier one when the view is paused."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, name=tr("Spectrogram, 0 to 20 Hz, the last 30 seconds"))
        self._picture, self._newest = Picture(theme), Picture(theme)
        self.addItem(self._picture.item)
        self.addItem(self._newest.item)
        self._newest.item.setOpacity(NEWEST_OPACITY)
        self._bracket = pg.PlotCurveItem()
        self.addItem(self._bracket, ignoreBounds=True)
        low, high = BAND_HZ
        self._bracket.setData([0.2, 0.5, 0.5, 0.2], [low, low, high, high])
        self.setXRange(-TRACE_S, AFTER_S, padding=0)
        self.setYRange(0, TOP_HZ, padding=0)
        self.getAxis("left").setTicks([frequency_ticks()])
        self.getAxis("bottom").setTicks([[(s, f"−{-s} s") for s in (-25, -20, -15, -10, -5)]])
        self._shown: object = None
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self.paint_axes(theme)
        self._picture.set_theme(theme)
        self._newest.set_theme(theme)
        self._bracket.setPen(pg.mkPen(theme.text, width=1))
        self._shown = None

    def draw(self, stream: StreamModel | Page | None, end_s: float) -> None:
        """Show the half minute before `end_s`; nothing to do when no column came."""
        ring = stream.spectrogram if stream is not None else None
        self._picture.item.setVisible(ring is not None)
        if stream is None or ring is None:
            self._newest.item.hide()
            self._shown = None
            return
        newest, level = ring.window(end_s, TRACE_S)
        key = (stream.label, id(ring), ring.end_s, round(end_s, 1))
        if key == self._shown or not len(level):
            return
        self._shown = key
        start = newest - len(level) * ring.hop_s
        self._picture.show(level, start_s=start, end_s=newest, bin_hz=stream.bin_hz)
        # The window of the newest column reaches to now, so that it is all that is known of the last two seconds.
        waiting = 0.5 * ring.hop_s < -newest <= 0.5 * WINDOW_S + 2.0 * ring.hop_s
        self._newest.item.setVisible(waiting and bool(np.isfinite(level[-1]).any()))
        if waiting:
            self._newest.show(level[-1:], start_s=newest, end_s=0.0, bin_hz=stream.bin_hz)

    def table(self) -> tuple[tuple[str, ...], NDArray[np.float64]]:
        """Give the levels as a table."""
        return self._picture.table()
