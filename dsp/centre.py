"""Centre: the middle second of a window, which tells a still limb from what a loud neighbour spreads over the window.

A window of four seconds holds a kick or a turn that is two seconds away from its middle, and its spectrum cannot say
where in the window the power lies. What a frame is asked for is its middle, though, and there the limb may be still.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from dsp.parameters import Parameters
from dsp.rows import decibel, sums

Floats = NDArray[np.float32]

CENTRE_STEPS = 10
"""The middle second in steps: longer than a pause of movement or the gap between two beats (1.3 s at 0.8 Hz holds one)."""


def centre_features(step_energy: Floats, step_mean: Floats) -> dict[str, Floats]:
    """How much the middle second moves.

    Parameters
    ----------
    step_energy
        Mean square of the jerk path in each step of the middle second, float32 (frames, steps).
    step_mean
        Mean acceleration in each of these, float32 (3, frames, steps), g.

    Returns
    -------
    ``centre_g``, rms of quick changes, and ``centre_low_g``, standard deviation of the step means over all axes, g
    """
    steps = np.float32(CENTRE_STEPS)
    away = step_mean - step_mean[:, :, :1]
    total = np.einsum("aij->ai", away)
    spread = np.einsum("aij,aij->ai", away, away)
    spread -= total * total / steps
    slow = spread[0]
    slow += spread[1]
    slow += spread[2]
    return {
        "centre_g": np.sqrt(sums(step_energy) / steps),
        "centre_low_g": np.sqrt(np.maximum(slow, np.float32(0.0)) / steps),
    }


def unknown_centre(frames: int) -> dict[str, Floats]:
    """Features of windows too short to have a middle second."""
    nan = np.full(frames, np.nan, np.float32)
    return {"centre_g": nan, "centre_low_g": nan}


def is_quiet_beside_loud(
    crest: Floats, centre_g: Floats, centre_low_g: Floats, parameters: Parameters
) -> NDArray[np.bool_]:
    """Whether the middle second is that of a still limb while something brief makes the window loud, (frames,).

    The jerk path answers any motion of the tremor band with at least its size (1.04 at 3.5 Hz, 2.8 at 8 Hz, 1.6 at
    12.5 Hz), so that what is quiet by it has less than `floor_mg` there. A shaking that swells and fades has no crest
    of `burst_crest` (Rayleigh envelope), and a slow turn moves the step means: by 5 mg at 1 deg/s.
    """
    still = parameters.still
    quiet = centre_g <= np.float32(1e-3 * still["floor_mg"])
    quiet &= centre_low_g <= np.float32(1e-3 * still["silent_low_mg"])
    quiet &= crest >= np.float32(still["burst_crest"])
    return quiet


def heard(features: Mapping[str, Floats], parameters: Parameters) -> Mapping[str, Floats]:
    """Features that are weighed: where the limb is still beside something loud, its middle second alone.

    There the window's levels belong to what lies beside the middle, and so does the shape of its spectrum, so that
    every other term abstains (NaN).
    """
    quiet = is_quiet_beside_loud(features["crest"], features["centre_g"], features["centre_low_g"], parameters)
    out = dict(features)
    nan = np.float32(np.nan)
    if not quiet.any():
        out["centre_db"] = np.full(len(quiet), nan)
        return out
    for name in parameters.table.features:
        if name != "centre_db":
            out[name] = np.where(quiet, nan, out[name])
    level = decibel(features["centre_g"] / np.float32(1e-3 * parameters.still["floor_mg"]))
    out["centre_db"] = np.where(quiet, level, nan)
    return out
