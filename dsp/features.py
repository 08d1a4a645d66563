"""Features of frames, vectorised: every row is computed from its own window alone."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsp.grid import Grid
from dsp.parameters import Parameters

Floats = NDArray[np.float32]

TINY = np.float32(1e-16)
"""Below the noise of any sensor (1e-10 g^2/Hz); keeps logarithms finite on constant axes."""
STANDARD_GRAVITY_MM_S2 = 9806.65
HALF_BAND_HZ = 2.0
"""Half-width of the band whose envelope and beat are looked at: wide enough for tremor's own width (0.5-2 Hz)."""
ENVELOPE_POINTS = 64
"""Points of the band's envelope over a window: 16 Hz for a band of 4 Hz."""
CENTRE = slice(12, 53)
"""Where the Hann taper is above 0.3, so that dividing it out does not blow up noise."""
CLIPPED_RESIDUAL = 0.7
"""Nepers above the line that a bin may pull the background up: 3 dB (specparam does the same with a threshold)."""
WHITENING = 0.7
"""How far the background is taken out before the peak is chosen: 0 prefers the strongest bin, 1 the most unusual."""
MOST_WIDTH_BINS = 12


def spectral_features(
    psd: Floats, transformed: NDArray[np.complex64] | None, grid: Grid, parameters: Parameters, taper: Floats
) -> dict[str, Floats]:
    """Features that come from the spectrum.

    Parameters
    ----------
    psd
        float32 (frames, m), g^2/Hz.
    transformed
        complex64 (frames, 3, m) of the same windows; None (multi-taper) leaves envelope and beat unknown.
    grid, parameters
        Of the analysis.
    taper
        The taper of these windows (a short run has its own), (window,).
    """
    bands = parameters.bands
    df = np.float32(grid.df_hz)

    def band_power(low_hz: float, high_hz: float) -> Floats:
        part = psd[:, grid.bins(low_hz, high_hz)]
        return np.asarray(part.sum(axis=1) * df, np.float32)

    tremor, low = band_power(*bands["tremor_hz"]), band_power(*bands["low_hz"])
    whole = band_power(*bands["whole_hz"])
    found = _peaks(psd, grid, parameters)
    out: dict[str, Floats] = {
        "rms_g": np.sqrt(tremor),
        "low_rms_g": np.sqrt(low),
        "low_ratio": low / (whole + TINY),
    }
    out |= _peak_features(psd, found, grid, parameters)
    if transformed is not None:
        out |= _band_features(transformed, psd, found.index, out["peak_hz"], grid, taper)
    else:
        unknown = np.full(len(psd), np.nan, np.float32)
        out |= {"envelope_cv": unknown, "cycle_cv": unknown.copy(), "autocorrelation": unknown.copy()}
    slow, fast = (band_power(*bands[f"fatigue_{part}_hz"]) for part in ("low", "high"))
    out["low_high_ratio"] = slow / (fast + TINY)
    span = grid.bins(bands["fatigue_low_hz"][0], bands["fatigue_high_hz"][1])
    part = psd[:, span]
    out["mean_hz"] = ((part * grid.freq_hz[span].astype(np.float32)).sum(axis=1) / (part.sum(axis=1) + TINY)).astype(
        np.float32
    )
    floor = parameters.still
    out["level_db"] = decibel(out["rms_g"] / np.float32(1e-3 * floor["floor_mg"]))
    out["low_level_db"] = decibel(out["low_rms_g"] / np.float32(1e-3 * floor["floor_low_mg"]))
    return out


@dataclass(frozen=True, slots=True, eq=False)
class _Peaks:
    index: NDArray[np.int64]  # bin of the peak, (frames,)
    background: Floats  # psd of the background at the peak, (frames,)


def _peaks(psd: Floats, grid: Grid, parameters: Parameters) -> _Peaks:
    """Choose the peak above a robust 1/f background: log S = b - chi log f on 1.5-20 Hz."""
    span = grid.bins(*parameters.bands["background_hz"])
    x = np.log(grid.freq_hz[span]).astype(np.float32)
    centred = x - x.mean()
    weight = centred / np.float32((centred**2).sum())
    level = np.log(psd[:, span] + TINY)
    fitted, target = level, level
    for _ in range(3):
        slope = (target * weight).sum(axis=1)
        fitted = target.mean(axis=1)[:, None] + slope[:, None] * centred
        target = np.minimum(level, fitted + np.float32(CLIPPED_RESIDUAL))
    where = grid.bins(*parameters.bands["peak_hz"])
    offset = where.start - span.start
    score = level[:, offset : offset + (where.stop - where.start)].copy()
    near = fitted[:, offset : offset + (where.stop - where.start)]
    inner = psd[:, where.start - 1 : where.stop + 1]
    is_top = (inner[:, 1:-1] >= inner[:, :-2]) & (inner[:, 1:-1] >= inner[:, 2:])
    score -= np.float32(WHITENING) * near
    score[~is_top] -= np.float32(50.0)
    at = score.argmax(axis=1)
    rows = np.arange(len(psd))
    return _Peaks(at + where.start, np.exp(near[rows, at]))


def _peak_features(psd: Floats, found: _Peaks, grid: Grid, parameters: Parameters) -> dict[str, Floats]:
    rows, k = np.arange(len(psd)), found.index
    df = np.float32(grid.df_hz)
    left, top, right = (np.log(psd[rows, k + d] + TINY) for d in (-1, 0, 1))
    bend = left - 2.0 * top + right
    shift = np.where(bend < -1e-6, 0.5 * (left - right) / np.where(bend < -1e-6, bend, -1.0), 0.0)
    peak_hz = ((k + np.clip(shift, -0.5, 0.5)) * df).astype(np.float32)
    above = psd[rows, k] / (found.background + TINY)
    around = round(parameters.bands["around_peak_hz"] / grid.df_hz)
    highest = grid.bins(0.0, grid.top_hz).stop
    sums = np.zeros((len(psd), highest + 1), np.float64)
    np.cumsum(psd[:, :highest], axis=1, out=sums[:, 1:])

    def around_bin(centre: NDArray[np.int64]) -> Floats:
        first = np.clip(centre - around, 0, highest)
        last = np.clip(centre + around + 1, 0, highest)
        return np.asarray((sums[rows, last] - sums[rows, first]) * grid.df_hz, np.float32)

    at_peak = around_bin(k)
    fast = grid.bins(3.0, parameters.bands["peak_hz"][1])
    fast_power = ((sums[:, fast.stop] - sums[:, fast.start]) * grid.df_hz).astype(np.float32)
    at_double = np.where(2 * k + around < highest, around_bin(2 * k), np.nan).astype(np.float32)
    rms_peak = np.sqrt(at_peak)
    return {
        "peak_hz": peak_hz,
        "prominence_db": (np.float32(10.0 / np.log(10.0)) * np.log(above + TINY)).astype(np.float32),
        "width_hz": _widths(psd, found, grid),
        "share": np.minimum(at_peak / (fast_power + TINY), np.float32(1.0)),
        "harmonic_ratio": at_double / (at_peak + TINY),
        "displacement_mm": (rms_peak * np.float32(STANDARD_GRAVITY_MM_S2) / (2.0 * np.pi * peak_hz) ** 2).astype(
            np.float32
        ),
    }


def _widths(psd: Floats, found: _Peaks, grid: Grid) -> Floats:
    """Half-power width above the background, by linear interpolation on both sides."""
    rows, k = np.arange(len(psd)), found.index
    half = 0.5 * (psd[rows, k] - found.background)
    width = np.zeros(len(psd), np.float32)
    for direction in (-1, 1):
        reach = np.full(len(psd), float(MOST_WIDTH_BINS), np.float32)
        open_ = np.ones(len(psd), bool)
        before = psd[rows, k] - found.background
        for d in range(1, MOST_WIDTH_BINS + 1):
            at = np.clip(k + direction * d, 0, psd.shape[1] - 1)
            here = psd[rows, at] - found.background
            crossed = open_ & (here <= half)
            share = (before - half) / np.maximum(before - here, TINY)
            reach = np.where(crossed, d - 1 + share, reach).astype(np.float32)
            open_ &= ~crossed
            before = here
        width += reach
    return np.asarray(width * np.float32(grid.df_hz), np.float32)


def _band_features(
    transformed: NDArray[np.complex64],
    psd: Floats,
    peak: NDArray[np.int64],
    peak_hz: Floats,
    grid: Grid,
    taper: Floats,
) -> dict[str, Floats]:
    """Envelope and beat of the band around the peak, from its analytic signal in all three axes."""
    from scipy.fft import ifft  # noqa: PLC0415 - scipy is loaded by the transform already

    reach = round(HALF_BAND_HZ / grid.df_hz)
    offsets = np.arange(-reach, reach + 1)
    bins = peak[:, None] + offsets[None, :]
    inside = (bins >= 1) & (bins < psd.shape[1])
    clipped = np.clip(bins, 0, psd.shape[1] - 1)
    rows = np.arange(len(psd))
    compact = np.zeros((len(psd), 3, ENVELOPE_POINTS), np.complex64)
    index = np.mod(offsets, ENVELOPE_POINTS)
    for axis in range(3):
        part = transformed[rows[:, None], axis, clipped]
        compact[:, axis, index] = np.where(inside, part, 0)
    z = ifft(compact, axis=-1)[:, :, CENTRE]
    positions = np.arange(ENVELOPE_POINTS)[CENTRE] * (len(taper) / ENVELOPE_POINTS)
    z /= np.interp(positions, np.arange(len(taper)), taper).astype(np.float32)
    squared = z.real**2 + z.imag**2
    envelope = np.sqrt(squared[:, 0] + squared[:, 1] + squared[:, 2])
    mean = envelope.mean(axis=1)
    spread = np.sqrt(((envelope - mean[:, None]) ** 2).mean(axis=1))
    # Turn from point to point, weighted by power: how fast the beat runs ahead of or behind the peak bin.
    turn = z[:, :, 1:] * np.conj(z[:, :, :-1])
    product = turn[:, 0] + turn[:, 1] + turn[:, 2]
    step_s = grid.window / grid.rate_hz / ENVELOPE_POINTS
    beat_hz = np.angle(product) / np.float32(2.0 * np.pi * step_s)
    weight = np.abs(product)
    total = weight.sum(axis=1) + TINY
    centre_hz = (weight * beat_hz).sum(axis=1) / total
    wander = np.sqrt((weight * (beat_hz - centre_hz[:, None]) ** 2).sum(axis=1) / total)
    local = np.where(inside, psd[rows[:, None], clipped], 0)
    lag_s = 3.0 / np.maximum(peak_hz, np.float32(0.5))
    # Bin by bin from the peak's own frequency: rotating by the absolute frequency only turns the common phase.
    turned = np.cos(np.float32(2.0 * np.pi) * lag_s[:, None] * (bins * np.float32(grid.df_hz)).astype(np.float32))
    rhythm = (local * turned).sum(axis=1) / (local.sum(axis=1) + TINY)
    return {
        "envelope_cv": (spread / (mean + TINY)).astype(np.float32),
        "cycle_cv": (wander / np.maximum(peak_hz, np.float32(0.5))).astype(np.float32),
        "autocorrelation": rhythm.astype(np.float32),
    }


def burst_features(step_energy: Floats) -> dict[str, Floats]:
    """How the energy is spread over the window.

    Parameters
    ----------
    step_energy
        Mean square of the jerk path in each 0.1 s step, float32 (frames, steps).
    """
    pairs = step_energy[:, 1:] + step_energy[:, :-1]
    level = np.sqrt(0.5 * pairs)
    top = level.max(axis=1)
    middle = np.partition(level, level.shape[1] // 2, axis=1)[:, level.shape[1] // 2]
    return {
        "crest": (top / (middle + np.float32(1e-7))).astype(np.float32),
        "duty": (level > np.float32(0.3) * top[:, None]).mean(axis=1, dtype=np.float32),
    }


def decibel(ratio: Floats) -> Floats:
    """Ratio of amplitudes as decibels, finite at zero."""
    return np.asarray(np.float32(20.0 / np.log(10.0)) * np.log(ratio + np.float32(1e-9)), np.float32)
