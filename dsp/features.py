"""Features of frames, vectorised: every row is computed from its own window alone.

What is done here is done for every half second of a night: one operation over the bins of all frames costs about
0.03 us a frame, a gather of single bins ten times as much. Sums run along the last axis, whose order does not depend on
how many frames there are; across frames nothing is ever summed.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsp.grid import Grid
from dsp.parameters import Parameters
from dsp.plan import Plan
from dsp.spectra import Spectrum

Floats = NDArray[np.float32]

TINY = np.float32(1e-16)
"""Below the noise of any sensor (1e-10 g^2/Hz); keeps logarithms finite on constant axes."""
STANDARD_GRAVITY_MM_S2 = 9806.65
ENVELOPE_POINTS = 64
"""Points of the band's envelope over a window: 16 Hz for a band of 4 Hz."""
CENTRE = slice(12, 53)
"""Where the Hann taper is above 0.3, so that dividing it out does not blow up noise."""
CLIPPED_RESIDUAL = 0.7
"""Nepers above the line that a bin may pull the background up: 3 dB (specparam does the same with a threshold)."""
WHITENING = 0.7
"""How far the background is taken out before the peak is chosen: 0 prefers the strongest bin, 1 the most unusual."""
NO_TOP = np.float32(50.0)
"""Taken from the score of a bin that is no local top, so that it is chosen only when there is none."""
MOST_WIDTH_BINS = 12
BAND_BLOCK = 512
"""Frames whose envelopes are worked on at once: their analytic signals stay in the cache (measured)."""


def spectral_features(
    spectrum: Spectrum, grid: Grid, plan: Plan, parameters: Parameters, taper: Floats
) -> dict[str, Floats]:
    """Features that come from the spectrum.

    Parameters
    ----------
    spectrum
        Of the frames; without its band (multi-taper) envelope and beat are unknown.
    grid, plan, parameters
        Of the analysis.
    taper
        The taper of these windows; that of a short run ends with it, and zeros follow, (window or fewer,).
    """
    psd, df = spectrum.psd, np.float32(grid.df_hz)

    def band_power(bins: slice) -> Floats:
        power: Floats = np.add.reduce(psd[:, bins], axis=1)
        power *= df
        return power

    tremor, low, whole = band_power(plan.tremor), band_power(plan.low), band_power(plan.whole)
    still, peak = parameters.still, _find_peaks(psd, plan)
    out: dict[str, Floats] = {
        "rms_g": np.sqrt(tremor),
        "low_rms_g": np.sqrt(low),
        "low_ratio": low / (whole + TINY),
    }
    out |= _peak_features(psd, peak, band_power(plan.fast), grid, plan)
    if spectrum.band is None:
        loud = np.zeros(len(psd), bool)
    else:
        # A third of the work of a frame, which the noise of a sensor at rest does not need.
        loud = out["rms_g"] >= np.float32(1e-3 * still["silent_mg"])
        loud |= out["low_rms_g"] >= np.float32(1e-3 * still["silent_low_mg"])
    out |= _band_features(spectrum, peak, out["peak_hz"], loud, grid, plan, taper)
    out["low_high_ratio"] = band_power(plan.slow_half) / (band_power(plan.fast_half) + TINY)
    part = psd[:, plan.fatigue]
    out["mean_hz"] = np.einsum("ij,j->i", part, plan.fatigue_hz) / (np.add.reduce(part, axis=1) + TINY)
    out["level_db"] = decibel(out["rms_g"] / np.float32(1e-3 * still["floor_mg"]))
    out["speed_db"] = decibel(out["displacement_mm"] * out["peak_hz"] * np.float32(2.0 * np.pi))
    out["low_level_db"] = decibel(out["low_rms_g"] / np.float32(1e-3 * still["floor_low_mg"]))
    return out


@dataclass(frozen=True, slots=True, eq=False)
class _Peaks:
    """Peaks of frames and what lies around them.

    Attributes
    ----------
    index, background
        Bin of the peak, and density of the background there, (frames,).
    bins, near
        Bins around it and their density, (frames, 2 * MOST_WIDTH_BINS + 1); those beyond the ends repeat the last.
    """

    index: NDArray[np.intp]
    background: Floats
    bins: NDArray[np.intp]
    near: Floats


def _find_peaks(psd: Floats, plan: Plan) -> _Peaks:
    """Choose the peak above a robust 1/f background: log S = b - chi log f on 1.5-20 Hz."""
    level = np.log(psd[:, plan.background] + TINY)
    count = np.float32(level.shape[1])
    target, fitted, product = level, np.empty_like(level), np.empty_like(level)
    for i in range(3):
        if i:
            np.add(fitted, np.float32(CLIPPED_RESIDUAL), out=product)
            target = np.minimum(level, product, out=product)
        mean = np.add.reduce(target, axis=1)
        mean /= count
        slope = np.einsum("ij,j->i", target, plan.log_f_weight)
        np.multiply(slope[:, None], plan.log_f, out=fitted)
        fitted += mean[:, None]
    where = plan.peak
    span = slice(where.start - plan.background.start, where.stop - plan.background.start)
    inner = psd[:, where.start - 1 : where.stop + 1]
    rises = inner[:, 1:] >= inner[:, :-1]
    falls = inner[:, :-1] >= inner[:, 1:]
    is_top = rises[:, :-1] & falls[:, 1:]
    score = fitted[:, span] * np.float32(-WHITENING)
    score += level[:, span]
    score -= NO_TOP
    score += is_top * NO_TOP
    at = score.argmax(axis=1)
    rows = np.arange(len(psd))
    index = at + where.start
    bins = index[:, None] + np.arange(-MOST_WIDTH_BINS, MOST_WIDTH_BINS + 1)
    last = psd.shape[1] - 1
    near = psd.take(np.clip(bins, 0, last) + (rows * psd.shape[1])[:, None])
    return _Peaks(index, np.exp(fitted[rows, at + span.start]), bins, near)


def _peak_features(psd: Floats, peak: _Peaks, fast_power: Floats, grid: Grid, plan: Plan) -> dict[str, Floats]:
    df, middle, around = np.float32(grid.df_hz), MOST_WIDTH_BINS, plan.around
    near = peak.near
    logs = np.log(near[:, middle - 1 : middle + 2] + TINY)
    left, top, right = logs[:, 0], logs[:, 1], logs[:, 2]
    bend = left - np.float32(2.0) * top + right
    curved = bend < -1e-6
    shift = np.where(curved, np.float32(0.5) * (left - right) / np.where(curved, bend, np.float32(-1.0)), 0.0)
    peak_hz = ((peak.index + np.clip(shift, -0.5, 0.5)) * df).astype(np.float32)
    own = slice(middle - around, middle + around + 1)
    counted = near[:, own]
    if plan.peak.stop + around > plan.highest:
        counted = np.where(peak.bins[:, own] < plan.highest, counted, np.float32(0.0))
    at_peak = np.add.reduce(counted, axis=1)
    at_peak *= df
    return {
        "peak_hz": peak_hz,
        "prominence_db": np.float32(10.0 / np.log(10.0)) * np.log(near[:, middle] / (peak.background + TINY) + TINY),
        "width_hz": _widths(peak, df),
        "share": np.minimum(at_peak / (fast_power + TINY), np.float32(1.0)),
        "harmonic_ratio": _at_double(psd, peak, df, plan) / (at_peak + TINY),
        "displacement_mm": (
            np.sqrt(at_peak) * np.float32(STANDARD_GRAVITY_MM_S2) / (np.float32(2.0 * np.pi) * peak_hz) ** 2
        ),
    }


def _at_double(psd: Floats, peak: _Peaks, df: np.float32, plan: Plan) -> Floats:
    """Power around twice the peak; NaN where the spectrum does not reach there."""
    around, double = plan.around, 2 * peak.index
    known = double + around < plan.highest
    bins = np.where(known, double, around)[:, None] + np.arange(-around, around + 1)
    rows = (np.arange(len(psd)) * psd.shape[1])[:, None]
    power: Floats = np.add.reduce(psd.take(bins + rows), axis=1)
    power *= df
    power[~known] = np.nan
    return power


def _widths(peak: _Peaks, df: np.float32) -> Floats:
    """Half-power width above the background, by linear interpolation on both sides."""
    above = peak.near - peak.background[:, None]
    half = np.float32(0.5) * above[:, MOST_WIDTH_BINS]
    rows = np.arange(len(above))
    width = np.zeros(len(above), np.float32)
    # Each side outwards from the peak, whose own column is the first.
    for side in (above[:, MOST_WIDTH_BINS:], above[:, MOST_WIDTH_BINS::-1]):
        crossed = side[:, 1:] <= half[:, None]
        first = crossed.argmax(axis=1)
        before, here = side[rows, first], side[rows, first + 1]
        share = (before - half) / np.maximum(before - here, TINY)
        width += np.where(crossed[rows, first], first + share, MOST_WIDTH_BINS).astype(np.float32)
    width *= df
    return width


def _band_features(
    spectrum: Spectrum, peak: _Peaks, peak_hz: Floats, loud: NDArray[np.bool_], grid: Grid, plan: Plan, taper: Floats
) -> dict[str, Floats]:
    """Envelope and beat of the band around the peak; NaN in frames that are not `loud`."""
    names, frames = ("envelope_cv", "cycle_cv", "autocorrelation"), np.nonzero(loud)[0]
    out = np.full((len(names), len(loud)), np.nan, np.float32)
    for at in range(0, len(frames), BAND_BLOCK):
        part = frames[at : at + BAND_BLOCK]
        out[:, part] = _envelopes(spectrum, peak, peak_hz, part, grid, plan, taper)
    return dict(zip(names, out, strict=True))


def _envelopes(
    spectrum: Spectrum,
    peak: _Peaks,
    peak_hz: Floats,
    frames: NDArray[np.intp],
    grid: Grid,
    plan: Plan,
    taper: Floats,
) -> tuple[Floats, Floats, Floats]:
    """Variation of the envelope and of the beat, and autocorrelation, from the analytic signal in all three axes."""
    from scipy.fft import ifft  # noqa: PLC0415 - scipy is loaded by the transform already

    assert spectrum.band is not None  # noqa: S101 - the caller has looked
    reach, width = plan.reach, spectrum.band.shape[2]
    offsets = np.arange(-reach, reach + 1)
    columns = (peak.index[frames] - spectrum.band_first)[:, None] + offsets + (frames * width)[:, None]
    part = spectrum.band.reshape(3, -1).take(columns, axis=1)
    compact = np.zeros((3, len(frames), ENVELOPE_POINTS), np.complex64)
    compact[:, :, : reach + 1] = part[:, :, reach:]
    compact[:, :, -reach:] = part[:, :, :reach]
    share = len(taper) / grid.window
    centre = slice(round(CENTRE.start * share), round(CENTRE.stop * share))
    z = ifft(compact, axis=-1, overwrite_x=True)[:, :, centre]
    positions = np.arange(ENVELOPE_POINTS)[centre] * (grid.window / ENVELOPE_POINTS)
    untaper = 1.0 / np.interp(positions, np.arange(len(taper)), taper)
    squared = np.square(z.view(np.float32))
    total = squared[0]
    total += squared[1]
    total += squared[2]
    envelope = total[:, 0::2] + total[:, 1::2]
    envelope *= (untaper**2).astype(np.float32)
    np.sqrt(envelope, out=envelope)
    points = np.float32(envelope.shape[1])
    mean = np.add.reduce(envelope, axis=1) / points
    envelope -= mean[:, None]
    np.square(envelope, out=envelope)
    spread = np.sqrt(np.add.reduce(envelope, axis=1) / points)
    # Turn from point to point, weighted by power: how fast the beat runs ahead of or behind the peak bin.
    turn = np.conj(z[:, :, :-1])
    turn *= z[:, :, 1:]
    product = turn[0]
    product += turn[1]
    product += turn[2]
    real, imaginary = product.real, product.imag
    step_s = grid.window / grid.rate_hz / ENVELOPE_POINTS
    beat_hz = np.arctan2(imaginary, real)
    beat_hz *= np.float32(1.0 / (2.0 * np.pi * step_s))
    weight = np.sqrt(real * real + imaginary * imaginary)
    weight *= (untaper[1:] * untaper[:-1]).astype(np.float32)
    weight_sum = np.add.reduce(weight, axis=1) + TINY
    beat_hz -= (np.add.reduce(weight * beat_hz, axis=1) / weight_sum)[:, None]
    np.square(beat_hz, out=beat_hz)
    beat_hz *= weight
    wander = np.sqrt(np.add.reduce(beat_hz, axis=1) / weight_sum)
    own = slice(MOST_WIDTH_BINS - reach, MOST_WIDTH_BINS + reach + 1)
    bins = peak.bins[frames, own]
    local = peak.near[frames, own] * ((bins >= 1) & (bins < spectrum.psd.shape[1]))
    slowest_hz = np.maximum(peak_hz[frames], np.float32(0.5))
    # Three cycles of the peak later, bin by bin.
    phase = bins.astype(np.float32)
    phase *= (np.float32(6.0 * np.pi * grid.df_hz) / slowest_hz)[:, None]
    turned = np.cos(phase, out=phase)
    turned *= local
    rhythm = np.add.reduce(turned, axis=1) / (np.add.reduce(local, axis=1) + TINY)
    return spread / (mean + TINY), wander / slowest_hz, rhythm


def burst_features(step_energy: Floats) -> dict[str, Floats]:
    """How the energy is spread over the window.

    Parameters
    ----------
    step_energy
        Mean square of the jerk path in each 0.1 s step, float32 (frames, steps).
    """
    level = step_energy[:, 1:] + step_energy[:, :-1]
    level *= np.float32(0.5)
    np.sqrt(level, out=level)
    top = level.max(axis=1)
    loud = level > np.float32(0.3) * top[:, None]
    duty = np.add.reduce(loud, axis=1, dtype=np.float32) / np.float32(level.shape[1])
    half = level.shape[1] // 2
    level.sort(axis=1)
    middle = level[:, half].copy()
    return {"crest": top / (middle + np.float32(1e-7)), "duty": duty, "middle_g": middle}


def rest_between(crest: Floats, middle_g: Floats, parameters: Parameters) -> Floats:
    """Level between the bursts over the still floor, dB; NaN where there is no burst for it to lie between."""
    level = decibel(middle_g / np.float32(1e-3 * parameters.still["floor_mg"]))
    return np.where(crest >= np.float32(parameters.still["burst_crest"]), level, np.float32(np.nan))


def decibel(ratio: Floats) -> Floats:
    """Ratio of amplitudes as decibels, finite at zero."""
    return np.asarray(np.float32(20.0 / np.log(10.0)) * np.log(ratio + np.float32(1e-9)), np.float32)
