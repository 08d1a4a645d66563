"""Rings: the last seconds of a trace and the last columns of a spectrogram, with gaps as NaN."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


class TraceRing:
    """The last `seconds` of three axes.

    Parameters
    ----------
    seconds
        Time shown.
    rate_hz
        Samples per second.
    """

    def __init__(self, seconds: float, rate_hz: float) -> None:
        self.rate_hz = rate_hz
        size = round(seconds * rate_hz)
        self.xyz_g: Floats = np.full((size, 3), np.nan, np.float32)
        self.end_s = 0.0

    def add(self, start_s: float, xyz_g: Floats) -> None:
        """Append samples; time before them that nobody sent becomes NaN, time going back starts afresh."""
        missing = round((start_s - self.end_s) * self.rate_hz)
        if missing < 0 or missing > len(self.xyz_g):
            self.xyz_g[:] = np.nan
            missing = 0
        part = xyz_g if not missing else np.concatenate([np.full((missing, 3), np.nan, np.float32), xyz_g])
        part = part[-len(self.xyz_g) :]
        self.xyz_g = np.concatenate([self.xyz_g[len(part) :], part])
        self.end_s = start_s + len(xyz_g) / self.rate_hz

    def seconds_ago(self) -> Floats:
        """Time of each sample before the newest, negative."""
        return (np.arange(len(self.xyz_g), dtype=np.float32) - len(self.xyz_g) + 1) / np.float32(self.rate_hz)


class SpectrogramRing:
    """The last columns of a spectrogram, dB relative to 1 mg^2/Hz.

    Parameters
    ----------
    columns
        Hops shown.
    bins
        Frequencies shown.
    """

    def __init__(self, columns: int, bins: int) -> None:
        self.level_db: Floats = np.full((columns, bins), np.nan, np.float32)

    def add(self, psd: Floats) -> None:
        """Append one spectrum, g^2/Hz."""
        column = 10.0 * np.log10(np.maximum(psd[: self.level_db.shape[1]] * 1e6, 1e-4))
        self.level_db = np.roll(self.level_db, -1, axis=0)
        self.level_db[-1] = column

    def clear(self) -> None:
        """Forget everything."""
        self.level_db[:] = np.nan
