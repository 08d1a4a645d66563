"""Rings: the newest minutes of a trace and of a spectrogram, with gaps as NaN."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


class TraceRing:
    """The newest `seconds` of three axes.

    Parameters
    ----------
    seconds
        Time kept.
    rate_hz
        Samples per second.
    """

    def __init__(self, seconds: float, rate_hz: float) -> None:
        self.rate_hz = rate_hz
        self._size = round(seconds * rate_hz)
        # Twice the length: appending is a copy of the new part alone, and any window is one contiguous view.
        self._store: Floats = np.full((2 * self._size, 3), np.nan, np.float32)
        self._end = self._size
        self.end_s = 0.0

    def add(self, start_s: float, xyz_g: Floats) -> None:
        """Append samples; time before them that nobody sent becomes NaN, time going back starts afresh."""
        missing = round((start_s - self.end_s) * self.rate_hz)
        if missing < 0 or missing > self._size:
            self._store[:] = np.nan
            self._end, missing = self._size, 0
        if missing:
            self._append(np.full((missing, 3), np.nan, np.float32))
        self._append(xyz_g)
        self.end_s = start_s + len(xyz_g) / self.rate_hz

    def _append(self, part: Floats) -> None:
        part = part[-self._size :]
        if self._end + len(part) > len(self._store):
            self._store[: self._size] = self._store[self._end - self._size : self._end].copy()
            self._end = self._size
        self._store[self._end : self._end + len(part)] = part
        self._end += len(part)

    def window(self, end_s: float, seconds: float) -> tuple[NDArray[np.float64], Floats]:
        """Give the `seconds` before `end_s`: times relative to `end_s` (negative), and a view (n, 3)."""
        last = self._end - max(0, math.floor((self.end_s - end_s) * self.rate_hz + 1e-6))
        last = max(self._end - self._size, min(self._end, last))
        first = max(self._end - self._size, last - round(seconds * self.rate_hz))
        newest_s = self.end_s - (self._end - last) / self.rate_hz
        return np.arange(first - last, 0) / self.rate_hz + (newest_s - end_s), self._store[first:last]


class SpectrogramRing:
    """The newest columns of a spectrogram, dB relative to 1 mg^2/Hz.

    Parameters
    ----------
    seconds, hop_s
        Time kept, and time between columns.
    bins
        Frequencies kept.
    """

    def __init__(self, seconds: float, hop_s: float, bins: int) -> None:
        self.hop_s = hop_s
        self._size = round(seconds / hop_s)
        self._store: Floats = np.full((2 * self._size, bins), np.nan, np.float32)
        self._end = self._size
        self.end_s = 0.0

    @property
    def bins(self) -> int:
        """Frequencies of a column."""
        return int(self._store.shape[1])

    def add(self, time_s: float, psd: Floats) -> None:
        """Append the spectrum (g^2/Hz) of the window that ended at `time_s`; columns nobody sent are NaN."""
        missing = round((time_s - self.end_s) / self.hop_s) - 1
        if not 0 <= missing <= self._size:
            if time_s < self.end_s:
                self.clear()
            missing = 0
        for _ in range(missing):
            self._append(np.full(self.bins, np.nan, np.float32))
        self._append(level_db(psd[: self.bins]))
        self.end_s = time_s

    def _append(self, column: Floats) -> None:
        if self._end == len(self._store):
            self._store[: self._size] = self._store[self._size :]
            self._end = self._size
        self._store[self._end] = column
        self._end += 1

    def clear(self) -> None:
        """Forget everything."""
        self._store[:] = np.nan
        self._end = self._size

    def window(self, end_s: float, seconds: float) -> tuple[float, Floats]:
        """Columns (n, bins) of the `seconds` before `end_s`, and the end of the last column before `end_s`, s."""
        back = max(0, math.ceil((self.end_s - end_s) / self.hop_s - 1e-6))
        last = max(self._end - self._size, self._end - back)
        first = max(self._end - self._size, last - round(seconds / self.hop_s))
        return self.end_s - (self._end - last) * self.hop_s - end_s, self._store[first:last]


def level_db(psd: NDArray[np.floating[Any]]) -> Floats:
    """Power density in dB relative to 1 mg^2/Hz."""
    return np.asarray(10.0 * np.log10(np.maximum(psd * 1e6, 1e-4)), np.float32)
