"""Knocks: what rings too quickly for a muscle, where hands clap or heels strike."""

import numpy as np
from numpy.typing import NDArray

from dsp.parameters import Parameters
from dsp.peaks import TINY, power_decibel

Floats = NDArray[np.float32]


def knock_level(above: Floats, tremor: Floats, parameters: Parameters) -> Floats:
    """Power above what a muscle does over that of the tremor band, dB; NaN where a sensor's noise may have made it.

    Parameters
    ----------
    above, tremor
        Power of the band of knocks and of the tremor band, (frames,), g^2.
    """
    heard = above >= np.float32((1e-3 * parameters.still["knock_mg"]) ** 2)
    return np.where(heard, power_decibel(above / (tremor + TINY)), np.float32(np.nan))
