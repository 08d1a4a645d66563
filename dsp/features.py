"""Features of frames, vectorised: every row is computed from its own window alone.

What is done here is done for every half second of a night: one operation over the bins of all frames costs about
0.03 us a frame. Sums run along the last axis, whose order does not depend on how many frames there are; across frames
nothing is ever summed.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from dsp import white
from dsp.envelopes import NAMES as BAND_NAMES
from dsp.envelopes import Points, band_features, overtone_in_step
from dsp.grid import Grid
from dsp.knocks import knock_level
from dsp.overtone import shared
from dsp.parameters import Parameters
from dsp.peaks import NAMES as PEAK_NAMES
from dsp.peaks import TINY, Peaks, find_peaks, is_lineless, peak_features
from dsp.plan import Plan
from dsp.rows import ordered, sums, weighted
from dsp.spectra import Spectrum

Floats = NDArray[np.float32]

LINE_NAMES = (*PEAK_NAMES, *BAND_NAMES)


def spectral_features(
    spectrum: Spectrum, grid: Grid, plan: Plan, parameters: Parameters, points: Points
) -> dict[str, Floats]:
    """Features that come from the spectrum.

    Parameters
    ----------
    spectrum
        Of the frames; without its band (multi-taper) envelope and beat are unknown.
    grid, plan, parameters
        Of the analysis.
    points
        Of the envelopes of these windows.
    """
    psd = spectrum.psd
    df = np.float32(grid.df_hz)

    def band_power(bins: slice) -> Floats:
        return _power(psd, bins, df)

    tremor, low, whole = band_power(plan.tremor), band_power(plan.low), band_power(plan.whole)
    out: dict[str, Floats] = {
        "rms_g": np.sqrt(tremor),
        "low_rms_g": np.sqrt(low),
        "low_ratio": low / (whole + TINY),
    }
    out |= _of_lines(spectrum, tremor, low, grid, plan, parameters, points)
    slow_half, fast_half = band_power(plan.slow_half), band_power(plan.fast_half)
    out["low_high_ratio"] = slow_half / (fast_half + TINY)
    out["uneven_db"] = white.unevenness(band_power(plan.slowest), low, tremor, whole, slow_half, fast_half, plan)
    out["knock_db"] = knock_level(band_power(plan.knock), tremor, parameters)
    part = psd[:, plan.fatigue]
    out["mean_hz"] = weighted(part, plan.fatigue_hz) / (sums(part) + TINY)
    return out


def features_of_peaks(psd: Floats, grid: Grid, plan: Plan, parameters: Parameters) -> dict[str, Floats]:
    """Those of `spectral_features` that tell of the peaks, a third of the work; of frames that have a line."""
    return _peaks(psd, _power(psd, plan.low, np.float32(grid.df_hz)), grid, plan, parameters)[1]


def _of_lines(
    spectrum: Spectrum,
    tremor: Floats,
    low: Floats,
    grid: Grid,
    plan: Plan,
    parameters: Parameters,
    points: Points,
) -> dict[str, Floats]:
    """Features of the peaks and of what swings around them, NaN where there is no line.

    Half of the work of a frame, which the noise of a sensor at rest does not need. `tremor` and `low` are the power of
    the tremor band and of slow motion, (frames,), g^2.
    """
    psd, frames = spectrum.psd, len(spectrum.psd)
    rows = (~is_lineless(psd, tremor, low, grid, plan, parameters)).nonzero()[0]
    if not len(rows):
        return {name: np.full(frames, np.nan, np.float32) for name in LINE_NAMES}
    if len(rows) < frames:
        psd, tremor, low = psd[rows], tremor[rows], low[rows]
    peak, found = _peaks(psd, low, grid, plan, parameters)
    if spectrum.band is None:
        loud = np.zeros(len(rows), bool)
    else:
        # As much work again: not for what is silent, or what no line stands out of.
        still, rms_g = parameters.still, np.sqrt(tremor)
        loud = rms_g >= np.float32(1e-3 * still["floor_mg"])
        loud |= found["prominence_db"] >= np.float32(parameters.entry["prominence_db"])
        loud &= rms_g >= np.float32(1e-3 * still["silent_mg"])
        loud |= np.sqrt(low) >= np.float32(1e-3 * still["silent_low_mg"])
    found |= band_features(spectrum, rows, peak, found["peak_hz"], loud, grid, plan, points)
    has_overtone = loud & (found["harmonic_ratio"] >= np.float32(parameters.on_purpose["stroke_harmonic"][0]))
    may = (has_overtone & (2 * peak.index < plan.peak.stop)).nonzero()[0]
    if len(may):
        # What beats on its own is no overtone of the peak.
        found["harmonic_ratio"][may] *= shared(overtone_in_step(spectrum, rows[may], peak.index[may], plan), parameters)
        # What beats with it belongs to the beat.
        whole = found["share"][may] * (np.float32(1.0) + found["harmonic_ratio"][may])
        found["share"][may] = np.minimum(whole, np.float32(1.0))
    if len(rows) == frames:
        return found
    out = np.full((len(LINE_NAMES), frames), np.nan, np.float32)
    for of_all, name in zip(out, LINE_NAMES, strict=True):
        of_all[rows] = found[name]
    return dict(zip(LINE_NAMES, out, strict=True))


def _peaks(psd: Floats, low: Floats, grid: Grid, plan: Plan, parameters: Parameters) -> tuple[Peaks, dict[str, Floats]]:
    """Peaks, and their features; `low` is the power of slow motion, (frames,), g^2."""
    calm = low < np.float32((1e-3 * parameters.still["sway_mg"]) ** 2)
    peak = find_peaks(psd, calm, plan)
    return peak, peak_features(psd, peak, _power(psd, plan.fast, np.float32(grid.df_hz)), grid, plan)


def _power(psd: Floats, bins: slice, df: np.float32) -> Floats:
    """Power of some bins, (frames,), g^2."""
    power = sums(psd[:, bins])
    power *= df
    return power


def burst_levels(step_energy: Floats) -> Floats:
    """Level of every two steps side by side, g, from the mean squares of the jerk path in each of them (last axis)."""
    level = step_energy[..., 1:] + step_energy[..., :-1]
    level *= np.float32(0.5)
    return np.asarray(np.sqrt(level, out=level))


def burst_features(level_g: Floats) -> dict[str, Floats]:
    """How the energy is spread over the window.

    Parameters
    ----------
    level_g
        `burst_levels` of the 0.1 s steps of each window, float32 (frames, steps - 1).
    """
    level = ordered(level_g)
    middle, top = level[:, level.shape[1] // 2].copy(), level[:, -1].copy()
    loud = level > np.float32(0.3) * top[:, None]
    duty = sums(loud.astype(np.float32)) / np.float32(level.shape[1])
    return {"crest": top / (middle + np.float32(1e-7)), "duty": duty, "middle_g": middle}


def steadiness(values: Mapping[str, Floats], parameters: Parameters) -> Floats:
    """Variation of the envelope, of what a brisk turn has set off beside its steady fall.

    A reflex loop that dies out loses a share of its swing with every beat; a driven muscle wanes and waxes again.
    """
    varies, fall = values["envelope_cv"], values["envelope_fall"]
    brisk = values["entry_deg_per_s"] >= np.float32(parameters.entry["brisk_deg_per_s"])
    rest = np.sqrt(np.maximum(np.square(varies) - np.square(fall), np.float32(0.0)))
    return np.asarray(np.where(brisk, rest, varies), np.float32)
