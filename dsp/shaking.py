"""Shaking: which frames shake on a frequency of their own, and for how long they have."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from dsp.parameters import Parameters

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]


def is_shaking(features: Mapping[str, Floats], parameters: Parameters) -> Bools:
    """Whether frames shake, (frames,); section ``entry`` says from when on."""
    p = parameters.entry
    shaking = features["rms_g"] >= np.float32(1e-3 * parameters.still["floor_mg"])
    shaking &= features["prominence_db"] >= np.float32(p["prominence_db"])
    shaking &= features["share"] >= np.float32(p["share"])
    shaking &= features["peak_hz"] >= np.float32(p["from_hz"])
    shaking &= features["peak_hz"] <= np.float32(parameters.bands["tremor_hz"][1])
    return shaking


def ages(shaking: Bools, before: int) -> NDArray[np.intp]:
    """Count the shaking frames up to each one without a break, of which `before` lie before the first of these."""
    if len(shaking) == 1:
        # A frame that comes alone: a tenth of the time.
        return np.array([before + 1 if shaking[0] else 0], np.intp)
    frames = np.arange(len(shaking))
    quiet = np.maximum.accumulate(np.where(shaking, -1, frames))
    return np.asarray(np.where(quiet >= 0, frames - quiet, frames + 1 + before), np.intp)
