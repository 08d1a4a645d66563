"""Centre: the middle second of a window, which tells a still limb from what a loud neighbour spreads over the window.

A window of four seconds holds a kick or a turn that is two seconds away from its middle, and its spectrum cannot say
where in the window the power lies. What a frame is asked for is its middle, though, and there the limb may be still.
How loud the sensor is by itself, `dsp.noise` knows.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from dsp.grid import Grid
from dsp.parameters import Parameters
from dsp.rows import decibel, products, sums

Floats = NDArray[np.float32]

CENTRE_HOPS = 2
"""The middle second in hops: longer than a pause of movement, and than the gap between two beats."""


def least_answer(grid: Grid, parameters: Parameters) -> float:
    """Give the least that the jerk path answers to a motion of 1 g in the tremor band: second differences of means.

    It is 1.04 at 100 Hz and 0.7 at 25 and 50 Hz, whose lag is but 40 ms, where the slowest tremor is answered least.
    """
    band = grid.freq_hz[grid.bins(*parameters.bands["tremor_hz"])]
    if not len(band):
        return 1.0
    sample, lag = np.pi * band / grid.rate_hz, grid.lag
    mean = np.abs(np.sin(lag * sample) / (lag * np.sin(sample)))
    return float((4.0 * np.sin(lag * sample) ** 2 * mean).min())


def centre_features(step_energy: Floats, step_mean: Floats, hop_mean: Floats, answer: float) -> dict[str, Floats]:
    """How much the middle seconds of frames move, of which each shares a hop with the next.

    Parameters
    ----------
    step_energy
        Mean square of the jerk path in each step, float32 (frames + 1, steps of a hop).
    step_mean
        Mean acceleration in each of them, float32 (frames + 1, steps of a hop, 3), g.
    hop_mean
        Mean acceleration in each hop, float32 (frames + 1, 3), g.
    answer
        Of the jerk path, at least; see `least_answer`.

    Returns
    -------
    ``centre_g``, the most that can shake there, and ``centre_low_g``, standard deviation of the step means over all
    axes, g
    """
    hops, steps = step_energy.shape
    energy = sums(step_energy)
    # Long rows side by side: three values at a time take half as long again.
    away = step_mean.reshape(hops, -1) - np.concatenate([hop_mean] * steps, axis=1)
    within, apart = products(away, away), hop_mean[1:] - hop_mean[:-1]
    count = np.float32(CENTRE_HOPS * steps)
    # Within the two hops, and from one to the other.
    spread = (within[1:] + within[:-1]) / count + products(apart, apart) * np.float32(0.25)
    return {
        "centre_g": np.sqrt((energy[1:] + energy[:-1]) / (count * np.float32(answer * answer))),
        "centre_low_g": np.sqrt(spread),
    }


def unknown_centre(frames: int) -> dict[str, Floats]:
    """Features of windows too short to have a middle second."""
    nan = np.full(frames, np.nan, np.float32)
    return {"centre_g": nan, "centre_low_g": nan}


def is_quiet_beside_loud(features: Mapping[str, Floats], parameters: Parameters) -> NDArray[np.bool_]:
    """Whether the middle second is that of a still limb while something else makes the window loud, (frames,).

    That is a kick, or a movement: a shaking that swells and fades has no crest of `burst_crest` (Rayleigh envelope),
    and a slow turn moves the step means of the middle too, by 5 mg at 1 deg/s.
    """
    still = parameters.still
    quiet = features["centre_g"] <= np.float32(1e-3 * still["floor_mg"])
    quiet &= features["centre_low_g"] <= np.float32(1e-3 * still["silent_low_mg"])
    loud = features["crest"] >= np.float32(still["burst_crest"])
    loud |= features["low_rms_g"] >= np.float32(1e-3 * still["beside_low_mg"])
    return np.asarray(quiet & loud)


def heard(features: Mapping[str, Floats], parameters: Parameters) -> Mapping[str, Floats]:
    """Features that are weighed: where the limb is still beside something loud, its middle second alone.

    There the window's levels belong to what lies beside the middle, and so does the shape of its spectrum, so that
    every other term abstains (NaN); as where all of them are those of a sensor's counts.
    """
    flips = ~np.isnan(features["one_count_g"])
    quiet = is_quiet_beside_loud(features, parameters) & ~flips
    out = dict(features)
    nan = np.float32(np.nan)
    out["centre_db"] = np.full(len(quiet), nan)
    few = quiet | flips
    if not few.any():
        return out
    rows = np.nonzero(few)[0]
    for name in parameters.table.features:
        if name not in ("centre_db", "one_count_g"):
            out[name] = out[name].copy()
            out[name][rows] = nan
    rows = np.nonzero(quiet)[0]
    out["centre_db"][rows] = decibel(features["centre_g"][rows] / np.float32(1e-3 * parameters.still["floor_mg"]))
    return out
