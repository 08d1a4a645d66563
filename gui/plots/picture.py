"""Picture: a spectrogram as an image, where a gap is a hole and not a quiet colour."""

import math

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QRectF

from gui.model.rings import Floats
from gui.theme import Theme

LEVELS_DB = (-4.0, 36.0)
"""From a quiet sensor's noise (about 1 mg^2/Hz) to strong shaking, dB relative to 1 mg^2/Hz."""
COLOURS = 256
SLOW_HZ = 0.5
"""Below, the features of the analysis do not look either."""


class Picture:
    """Turns levels into colours and places them."""

    def __init__(self, theme: Theme) -> None:
        self.item = pg.ImageItem(axisOrder="col-major")
        self._level: Floats = np.empty((0, 1), np.float32)
        self._place = (0.0, 0.0, 1.0)
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        positions = np.linspace(0.0, 1.0, len(theme.ramp))
        table = pg.ColorMap(positions, list(theme.ramp)).getLookupTable(nPts=COLOURS, alpha=True)
        self._table: NDArray[np.uint8] = np.vstack([table, np.zeros((1, 4), np.uint8)]).astype(np.uint8)

    def show(self, level: Floats, *, start_s: float, end_s: float, bin_hz: float) -> None:
        """Show columns (n, bins) between two times; a bin stands around its frequency."""
        self._level, self._place = level, (start_s, end_s, bin_hz)
        low, high = LEVELS_DB
        scaled = np.clip((level - low) / (high - low), 0.0, 1.0) * (COLOURS - 1)
        index = np.where(np.isnan(scaled), COLOURS, np.nan_to_num(scaled)).astype(np.intp)
        # What changes so slowly is posture: its bright line would draw the eye away from the shaking.
        index[:, : math.ceil(SLOW_HZ / bin_hz)] = COLOURS
        self.item.setImage(self._table[index], autoLevels=False, levels=None)
        # Only after the first image has the item a size to scale.
        self.item.setRect(QRectF(start_s, -0.5 * bin_hz, max(1e-6, end_s - start_s), level.shape[1] * bin_hz))

    def table(self) -> tuple[tuple[str, ...], NDArray[np.float64]]:
        """Give the levels as a table: a row a column of the picture, a column a frequency."""
        level, (start_s, end_s, bin_hz) = self._level, self._place
        seconds = start_s + (np.arange(len(level)) + 0.5) * (end_s - start_s) / max(1, len(level))
        heads = ("time_s", *(f"{i * bin_hz:g}_hz_db" for i in range(level.shape[1])))
        return heads, np.column_stack([seconds, level]).astype(np.float64)
