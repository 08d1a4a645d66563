"""Simple rules to be better than. Each looks at one window of 4 s and says whether it shakes rhythmically."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
WINDOW_S = 4.0
TREMOR_HZ = (3.5, 12.5)
LEAST_G = 0.005
JERK_LAG_S = 0.05
JERK_G = 0.1
JERK_PAUSE_S = 0.5


def _spectrum(xyz_g: Floats, rate_hz: float) -> tuple[Floats, Floats]:
    """Frequencies, and power summed over the columns (g^2 a bin), Hann."""
    n = len(xyz_g)
    taper = np.hanning(n)[:, None]
    power = 2 * np.abs(np.fft.rfft((xyz_g - xyz_g.mean(axis=0)) * taper, axis=0)) ** 2 / (n * (taper**2).sum())
    return np.fft.rfftfreq(n, 1 / rate_hz), power.sum(axis=1)


def _between(freq: Floats, power: Floats, low_hz: float, high_hz: float) -> float:
    return float(power[(freq >= low_hz) & (freq <= high_hz)].sum())


def band_power_and_narrowness(xyz_g: Floats, rate_hz: float) -> bool:
    """Luft 2019's idea: enough power in the band, and more than half of 3.5-15 Hz within 0.75 Hz of one peak in it."""
    freq, power = _spectrum(xyz_g, rate_hz)
    band = (freq >= TREMOR_HZ[0]) & (freq <= TREMOR_HZ[1])
    top = freq[band][power[band].argmax()]
    near = _between(freq, power, top - 0.75, top + 0.75)
    return near > LEAST_G**2 and near > 0.5 * _between(freq, power, 3.5, 15.0)


def magnitude_argmax(xyz_g: Floats, rate_hz: float) -> bool:
    """What phone apps do: the largest bin of the spectrum of |a| lies in 4-12 Hz."""
    freq, power = _spectrum(np.linalg.norm(xyz_g, axis=1)[:, None], rate_hz)
    kept = freq >= 0.75
    top = freq[kept][power[kept].argmax()]
    return bool(4.0 <= top <= 12.0 and power[kept].sum() > LEAST_G**2)


def paradigma_style(xyz_g: Floats, rate_hz: float) -> bool:
    """paradigma's rule moved to acceleration: largest bin in 3-7 Hz while the arm rests (little 0.5-3 Hz)."""
    freq, power = _spectrum(xyz_g, rate_hz)
    kept = (freq >= 1.0) & (freq <= 25.0)
    top = freq[kept][power[kept].argmax()]
    resting = _between(freq, power, 0.5, 3.0) < 0.02**2
    return bool(3.0 <= top <= 7.0 and resting and power[kept].sum() > LEAST_G**2)


RULES: dict[str, Callable[[Floats, float], bool]] = {
    "band power + narrowness": band_power_and_narrowness,
    "|a| FFT argmax": magnitude_argmax,
    "paradigma-style": paradigma_style,
}


def windows_called(rule: Callable[[Floats, float], bool], xyz_g: Floats, rate_hz: float) -> NDArray[np.bool_]:
    """What a rule says of each whole window of 4 s without missing samples."""
    n = round(WINDOW_S * rate_hz)
    parts = (xyz_g[at : at + n].astype(float) for at in range(0, len(xyz_g) - n + 1, n))
    return np.array([rule(part, rate_hz) for part in parts if np.isfinite(part).all()], bool)


def threshold_jerks(xyz_g: Floats, rate_hz: float) -> list[float]:
    """Onsets where the acceleration changes by more than 0.1 g in 50 ms; then half a second is skipped."""
    lag = max(1, round(JERK_LAG_S * rate_hz))
    change = np.linalg.norm(xyz_g[lag:] - xyz_g[:-lag], axis=1)
    found: list[float] = []
    for at in np.nonzero(change > JERK_G)[0] / rate_hz:
        if not found or at - found[-1] > JERK_PAUSE_S:
            found.append(float(at))
    return found
