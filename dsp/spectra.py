"""Windowed spectra: the sum of the three axes' power spectra, never the spectrum of the magnitude.

With gravity g and a swing a across it the magnitude is sqrt(g^2 + a^2): the line at f vanishes and one at 2f appears.
The sum of the axes' power does not depend on the mount.
"""

import numpy as np
from numpy.typing import NDArray

from dsp.grid import Grid


def transform(windows_g: NDArray[np.float32], grid: Grid) -> NDArray[np.complex64]:
    """Fourier transform of windows, taper applied, first sample taken as zero.

    Parameters
    ----------
    windows_g
        float32 (frames, 3, window), g.
    grid
        Of the rate.

    Returns
    -------
    complex64 (frames, 3, m)

    Notes
    -----
    One row alone and the same row within a batch give the same bits (pocketfft), which streaming rests on.
    """
    from scipy.fft import rfft  # noqa: PLC0415 - 0.1 s that programs without an analysis do not need

    tapered = windows_g - windows_g[:, :, :1]
    tapered *= grid.taper
    out: NDArray[np.complex64] = rfft(tapered, axis=-1)
    return out


def power(transformed: NDArray[np.complex64], grid: Grid) -> NDArray[np.float32]:
    """One-sided power spectral density summed over the axes.

    S(f) = sum over axes of 2 |X(f)|^2 / (rate * sum w^2), zero frequency and Nyquist not doubled.

    Returns
    -------
    float32 (frames, m), g^2/Hz
    """
    squared = transformed.real**2
    squared += transformed.imag**2
    psd = squared[:, 0] + squared[:, 1]
    psd += squared[:, 2]
    psd *= np.float32(2.0 * grid.psd_scale)
    psd[:, 0] *= np.float32(0.5)
    if grid.window % 2 == 0:
        psd[:, -1] *= np.float32(0.5)
    return psd


def multitaper_power(windows_g: NDArray[np.float32], grid: Grid) -> NDArray[np.float32]:
    """Multi-taper estimate (NW 2, three Slepian tapers; Thomson 1982): smoother, peaks widened to +-0.5 Hz.

    Three times the work of `power`; for offline study of band power, not for widths.
    """
    from scipy.fft import rfft  # noqa: PLC0415 - as above
    from scipy.signal.windows import dpss  # noqa: PLC0415 - 0.3 s that only this option needs

    tapers = dpss(grid.window, 2.0, 3).astype(np.float32)
    centred = windows_g - windows_g[:, :, :1]
    total = np.zeros((len(windows_g), grid.window // 2 + 1), np.float32)
    for taper in tapers:
        transformed = rfft(centred * taper, axis=-1)
        squared = transformed.real**2 + transformed.imag**2
        total += squared[:, 0] + squared[:, 1] + squared[:, 2]
    # Slepian tapers have unit energy, so sum w^2 is 1.
    total *= np.float32(2.0 / (3.0 * grid.rate_hz))
    total[:, 0] *= np.float32(0.5)
    return total
