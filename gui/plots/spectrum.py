"""Spectrum now: the newest four seconds, with the tremor band shaded and the peak named at the line."""

import math
from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray

from gui.i18n import number, tr
from gui.model.past import Page
from gui.model.rings import level_db
from gui.model.stream import TOP_HZ, WINDOW_S, StreamModel
from gui.plots.base import RIGHT_PX, Plot
from gui.plots.picture import LEVELS_DB, SLOW_HZ
from gui.plots.spectrogram import BAND_HZ
from gui.theme import BODY_SIZE_PX, Theme, face
from gui.words import RHYTHMIC

STEP_DB, LEAST_TOP_DB, SHOWN_DB, HEADROOM_DB = 5.0, 10.0, 40.0, 8.0
NAME_PX, MOST_HEADROOM = 24.0, 0.5
"""What the name of a peak takes above its line, and the most of the plot that may be left for it."""
MEAN_S = 2.0
RHYTHMIC_NAMES = tuple(s.value for s in RHYTHMIC)


class BandPlot(Plot):
    """Spectra in dB over 0 to 20 Hz, with the tremor band shaded."""

    def __init__(self, theme: Theme, *, name: str) -> None:
        super().__init__(theme, name=name, left_px=6)
        self._band = pg.LinearRegionItem(BAND_HZ, movable=False, pen=pg.mkPen(None))
        self._band.setZValue(-20)
        self.addItem(self._band, ignoreBounds=True)
        self._label = pg.TextItem(anchor=(0.5, 1.0))
        self._label.setFont(face(BODY_SIZE_PX, face(1).Weight.DemiBold))
        self._label.textItem.document().setDocumentMargin(2)
        self.addItem(self._label, ignoreBounds=True)
        self.setXRange(-0.4, TOP_HZ + 1.4, padding=0)
        # The last tick is written around its line, into the margin at the right.
        self.getAxis("bottom").setStyle(hideOverlappingLabels=RIGHT_PX)
        self._top_db = -math.inf
        self.set_top(LEVELS_DB[1])
        self.getPlotItem().getViewBox().sigResized.connect(lambda _: self._fit())
        self.getAxis("bottom").setTicks(
            [[(0.0, "0"), (4.0, "4"), (8.0, "8"), (12.0, "12"), (16.0, "16"), (20.0, "20 Hz")]]
        )
        self.getAxis("left").setTicks([[]])

    def set_top(self, level_db: float) -> None:
        """Make room up to a level, in steps: it grows at once, and shrinks when two steps less would do."""
        wanted = max(LEAST_TOP_DB, STEP_DB * math.ceil(level_db / STEP_DB))
        if self._top_db < wanted or wanted <= self._top_db - 2 * STEP_DB:
            self._top_db = wanted
            self._fit()

    def _fit(self) -> None:
        """Leave room for the peak's name above the highest level, however low the plot is."""
        height = self.getPlotItem().getViewBox().height()
        share = min(MOST_HEADROOM, NAME_PX / height) if height > 0 else 0.0
        headroom_db = max(HEADROOM_DB, SHOWN_DB * share / (1.0 - share))
        self.setYRange(self._top_db - SHOWN_DB, self._top_db + headroom_db, padding=0)

    def paint_band(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self.paint_axes(theme)
        colour = pg.mkColor(theme.states["tremor"])
        colour.setAlpha(34)
        self._band.setBrush(colour)
        self._label.setColor(theme.text)

    def name_peak(self, peak_hz: float, level: NDArray[np.float32], bin_hz: float) -> None:
        """Write the frequency at the peak; nothing when there is none."""
        if not np.isfinite(peak_hz):
            self.forget_peak()
            return
        self._label.setText(f"{number(peak_hz)} Hz")
        self._label.setPos(peak_hz, float(level[min(len(level) - 1, round(peak_hz / bin_hz))]) + 1.0)

    def forget_peak(self) -> None:
        """Name no peak."""
        self._label.setText("")


def draw_fast(curve: pg.PlotDataItem, freq_hz: NDArray[np.floating[Any]], level: NDArray[np.float32]) -> None:
    """Draw a spectrum without its slow end, which is posture."""
    first = int(np.searchsorted(freq_hz, SLOW_HZ - 1e-6))
    curve.setData(freq_hz[first:], level[first:])


class SpectrumPlot(BandPlot):
    """The newest spectrum, or that of an earlier time when the view is paused."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, name=tr("Spectrum of the last 4 seconds"))
        self._curve = self.plot(pen=pg.mkPen(theme.text, width=1), antialias=True)
        self._shown: object = None
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self.paint_band(theme)
        self._shown = None

    def draw(self, stream: StreamModel) -> None:
        """Show the newest spectrum."""
        if stream.psd is None or stream.live is None:
            self._curve.clear()
            self.forget_peak()
            return
        if stream.psd is self._shown:
            return
        self._shown = stream.psd
        level = level_db(stream.psd[: int(TOP_HZ / stream.bin_hz) + 1])
        state = stream.live.label.value
        rhythmic = state in RHYTHMIC_NAMES
        self._curve.setPen(pg.mkPen(self.theme.states[state if rhythmic else "still"], width=1))
        self._draw_level(level, stream.bin_hz)
        self.name_peak(stream.live.peak_hz if rhythmic else float("nan"), level, stream.bin_hz)

    def draw_at(self, part: StreamModel | Page | None, end_s: float) -> None:
        """Show the spectrum of the four seconds before a time, averaged over two seconds as the newest one is."""
        ring = part.spectrogram if part is not None else None
        key = (id(ring), round(end_s, 1))
        if isinstance(self._shown, tuple) and key == self._shown:
            return
        self._shown = key
        self.forget_peak()
        level = mean_level(ring.window(end_s - 0.5 * WINDOW_S, MEAN_S)[1]) if ring is not None else None
        if part is None or level is None:
            self._curve.clear()
            return
        self._curve.setPen(pg.mkPen(self.theme.states["still"], width=1))
        self._draw_level(level, part.bin_hz)

    def _draw_level(self, level: NDArray[np.float32], bin_hz: float) -> None:
        draw_fast(self._curve, np.arange(len(level)) * bin_hz, level)
        self.set_top(float(level[band_bins(bin_hz, len(level))].max()))


def mean_level(level: NDArray[np.float32]) -> NDArray[np.float32] | None:
    """Average columns of levels (n, bins) as power; None when nothing is known of them."""
    known = level[np.isfinite(level).all(axis=1)]
    if not len(known):
        return None
    power = 10.0 ** (0.1 * known.astype(np.float64))
    return np.asarray(10.0 * np.log10(power.mean(axis=0)), np.float32)


def band_bins(bin_hz: float, count: int) -> slice:
    """Where the tremor band stands among the bins: the slow motion beside it must not flatten it."""
    low, high = BAND_HZ
    return slice(min(count - 1, math.floor(low / bin_hz)), max(1, min(count, math.ceil(high / bin_hz) + 1)))
