"""Windowed spectra: the sum of the three axes' power spectra, never the spectrum of the magnitude.

With gravity g and a swing a across it the magnitude is sqrt(g^2 + a^2): the line at f vanishes and one at 2f appears.
The sum of the axes' power does not depend on the mount.
"""

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsp.grid import Grid

Floats = NDArray[np.float32]
BLOCK = 384
"""Windows transformed at once: 64 do not pay for the calls (a tenth more time), more take memory (measured)."""


@dataclass(frozen=True, slots=True, eq=False)
class Spectrum:
    """Spectra of frames.

    Attributes
    ----------
    psd
        One-sided power spectral density summed over the axes, float32 (frames, m), g^2/Hz.
    band
        Fourier transform near the bins that a peak may have, complex64 (3, frames, width); zero below bin 1 and above
        the last one. None for multi-taper spectra.
    band_first
        Bin of the first column of `band`; may be negative.
    """

    psd: Floats
    band: NDArray[np.complex64] | None
    band_first: int


class Transformer:
    """Power spectra of windows, with room that is used again: new memory costs as much as the work done in it.

    Parameters
    ----------
    grid
        Of the rate.
    taper
        Scaled by `dsp.grid.psd_scaled`, (window,).
    band
        Bins whose transform is kept; the start may be negative.
    """

    def __init__(self, grid: Grid, taper: Floats, band: slice) -> None:
        self._grid, self._taper, self._first_bin = grid, taper, band.start
        bins = grid.window // 2 + 1
        self._low, self._high = max(1, band.start), max(1, min(bins, band.stop))
        self._into = slice(self._low - band.start, self._high - band.start)
        self._width = band.stop - band.start
        self._kept = np.zeros((3, 0, self._width), np.complex64)
        self._make_room(0)
        # What a constant of 1 leaves in the first two bins; a Hann taper leaves nothing in the others.
        turn = np.cos(2.0 * np.pi * np.arange(len(taper)) / len(taper))
        self._steady = np.array([taper.sum(dtype=np.float64), (taper * turn).sum()], np.float32)

    def power(self, windows_g: Floats, psd: Floats) -> Spectrum:
        """Power spectra, S(f) = sum over axes of 2 |X(f)|^2 / (rate * sum w^2), zero and Nyquist not doubled.

        Parameters
        ----------
        windows_g
            float32 (3, frames, window), g, within a posture of zero: gravity would bring the rounding of the transform
            up to the noise of good sensors. What remains of a constant is taken out as the first sample of the window.
        psd
            Is filled, float32 (frames, m).

        Notes
        -----
        One window alone and the same window within a batch give the same bits (pocketfft), which streaming rests on.
        The spectrum's band is good until the next call.
        """
        from scipy.fft import rfft  # noqa: PLC0415 - 0.1 s that programs without an analysis do not need

        frames = windows_g.shape[1]
        if self._kept.shape[1] < frames:
            self._kept = np.zeros((3, frames, self._width), np.complex64)
        if len(self._tapers) < min(frames, BLOCK):
            self._make_room(min(frames, BLOCK))
        kept = self._kept[:, :frames]
        for i in range(0, frames, BLOCK):
            part = slice(i, min(i + BLOCK, frames))
            count, windows = part.stop - i, windows_g[:, part]
            block = self._room[:, :count]
            # Copied first: multiplied where they lie, overlapping, windows take a fifth longer.
            block[:] = windows
            block *= self._tapers[:count]
            transformed = rfft(block, axis=-1)
            # A constant leaves nothing imaginary.
            for column, steady in enumerate(self._steady):
                # One by one: rows of two take twice as long.
                transformed.real[:, :, column] -= windows[:, :, 0] * steady
            kept[:, part, self._into] = transformed[:, :, self._low : self._high]
            _sum_power(transformed.view(np.float32), psd[part])
        _halve_ends(psd, self._grid)
        return Spectrum(psd, kept, self._first_bin)

    def _make_room(self, windows: int) -> None:
        """Room for so many tapered windows, and as many tapers: one for all takes half as long again."""
        self._room = np.empty((3, windows, self._grid.window), np.float32)
        self._tapers = np.tile(self._taper, (windows, 1))


def multitaper(windows_g: Floats, grid: Grid, psd: Floats) -> Spectrum:
    """Multi-taper estimate (NW 2, three Slepian tapers; Thomson 1982): smoother, peaks widened to +-0.5 Hz.

    Three times the work of `Transformer`; for offline study of band power, not for widths.
    """
    from scipy.fft import rfft  # noqa: PLC0415 - as above

    psd[:] = 0.0
    part = np.empty_like(psd)
    centred = windows_g - windows_g[:, :, :1]
    for taper in _slepian(grid.window, grid.rate_hz):
        _sum_power(rfft(centred * taper, axis=-1).view(np.float32), part)
        psd += part
    _halve_ends(psd, grid)
    return Spectrum(psd, None, 0)


@functools.lru_cache(maxsize=4)
def _slepian(window: int, rate_hz: float) -> Floats:
    """Tapers of unit energy, scaled as `dsp.grid.psd_scaled` does, a third each."""
    from scipy.signal.windows import dpss  # noqa: PLC0415 - 0.3 s that only this option needs

    return np.asarray(dpss(window, 2.0, 3) * np.sqrt(2.0 / (3.0 * rate_hz)), np.float32)


def _sum_power(parts: Floats, out: Floats) -> None:
    """|X|^2 summed over the axes (first) of real and imaginary parts in turn (last); overwrites `parts`."""
    np.multiply(parts, parts, out=parts)
    total = parts[0]
    total += parts[1]
    total += parts[2]
    np.add(total[:, 0::2], total[:, 1::2], out=out)


def _halve_ends(psd: Floats, grid: Grid) -> None:
    psd[:, 0] *= np.float32(0.5)
    if grid.window % 2 == 0:
        psd[:, -1] *= np.float32(0.5)
