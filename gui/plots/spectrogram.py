"""Spectrogram: the last half minute, with the tremor band bracketed."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QRectF

from gui.model import TOP_HZ, TRACE_S, SessionModel
from gui.plots.base import Plot
from gui.theme import Theme

BAND_HZ = (4.0, 12.0)
LEVELS_DB = (-5.0, 45.0)
"""From a quiet sensor's noise (a few mg^2/Hz) to strong shaking."""


class SpectrogramPlot(Plot):
    """Power by time and frequency."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, name="Spectrogram, 0 to 20 Hz, the last 30 seconds")
        self._image = pg.ImageItem(axisOrder="col-major")
        self.addItem(self._image)
        self._bracket = pg.PlotCurveItem(pen=pg.mkPen(theme.text, width=1))
        self.addItem(self._bracket, ignoreBounds=True)
        self._bracket.setData([-0.4, -0.05, -0.05, -0.4], [BAND_HZ[0], BAND_HZ[0], BAND_HZ[1], BAND_HZ[1]])
        self.setXRange(-TRACE_S, 0, padding=0)
        self.setYRange(0, TOP_HZ, padding=0)
        self.getAxis("left").setTicks([[(4, "4 Hz"), (8, "8 Hz"), (12, "12 Hz"), (16, "16 Hz")]])
        self.getAxis("bottom").setTicks([[(-25, "-25 s"), (-15, "-15 s"), (-5, "-5 s")]])
        self._placed = False
        self._shown: object = None
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self.paint_axes(theme)
        positions = np.linspace(0.0, 1.0, len(theme.ramp))
        self._image.setLookupTable(pg.ColorMap(positions, list(theme.ramp)).getLookupTable(nPts=256))
        self._bracket.setPen(pg.mkPen(theme.text, width=1))

    def draw(self, model: SessionModel) -> None:
        """Show the model; nothing to do when no column came."""
        ring = model.spectrogram
        if ring is None or ring.level_db is self._shown:
            return
        self._shown = ring.level_db
        self._image.setImage(np.nan_to_num(ring.level_db, nan=LEVELS_DB[0]), autoLevels=False, levels=LEVELS_DB)
        if not self._placed:
            # Before the first image the item has no size to scale.
            self._image.setRect(QRectF(-TRACE_S, 0.0, TRACE_S, (ring.level_db.shape[1] - 0.5) * model.bin_hz))
            self._placed = True
