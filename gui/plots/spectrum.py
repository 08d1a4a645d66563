"""Spectrum now: the newest 4 s, with the tremor band shaded and the peak named."""

import numpy as np
import pyqtgraph as pg

from gui.model import TOP_HZ, SessionModel
from gui.plots.base import Plot
from gui.plots.spectrogram import BAND_HZ, LEVELS_DB
from gui.theme import Theme

RHYTHMIC = ("tremor", "reflex_rhythm")


class SpectrumPlot(Plot):
    """The newest spectrum, dB."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, name="Spectrum of the last 4 seconds", left_px=10)
        self._band = pg.LinearRegionItem(BAND_HZ, movable=False, pen=pg.mkPen(None))
        self._band.setZValue(-20)
        self.addItem(self._band, ignoreBounds=True)
        self._curve = self.plot(pen=pg.mkPen(theme.text, width=1), antialias=True)
        self._label = pg.TextItem(anchor=(0.5, 1.0), color=theme.text)
        self.addItem(self._label, ignoreBounds=True)
        self.setXRange(0, TOP_HZ, padding=0.01)
        self.setYRange(LEVELS_DB[0] - 5, LEVELS_DB[1] + 12, padding=0)
        self.getAxis("bottom").setTicks([[(v, f"{v} Hz") for v in (4, 8, 12, 16)]])
        self.getAxis("left").setTicks([[]])
        self._theme = theme
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme
        self.paint_axes(theme)
        colour = pg.mkColor(theme.states["tremor"])
        colour.setAlpha(36)
        self._band.setBrush(colour)
        self._label.setColor(theme.text)

    def draw(self, model: SessionModel) -> None:
        """Show the model."""
        if model.psd is None or model.live is None:
            return
        psd = np.asarray(model.psd)
        count = min(len(psd), int(TOP_HZ / model.bin_hz) + 1)
        level = 10.0 * np.log10(np.maximum(psd[:count] * 1e6, 1e-4))
        freq = np.arange(count) * model.bin_hz
        state = model.live.label.value
        self._curve.setPen(pg.mkPen(self._theme.states[state if state in RHYTHMIC else "still"], width=1))
        self._curve.setData(freq, level)
        peak = model.live.peak_hz
        if state in RHYTHMIC and np.isfinite(peak):
            self._label.setText(f"{peak:.1f} Hz")
            self._label.setPos(peak, float(level[min(count - 1, round(peak / model.bin_hz))]))
        else:
            self._label.setText("")
