"""Knocks: what rings too quickly for a muscle, where hands clap or heels strike.

A limb that a muscle drives has overtones too, and the slower it beats the higher are those that lie above 15 Hz: the
third at 5 Hz, the fourth at 4. Kicked once a cycle through twitches that peak after 50 ms (two poles; those of the calf
take 100), it is 15 dB fainter there at 5 Hz than in the tremor band, 18 at 4 Hz, and 10 at 7.5 Hz, whose second lies
there. What is louder was struck.
"""

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


def beyond_a_muscle(knock_db: Floats, peak_hz: Floats, parameters: Parameters) -> Floats:
    """Give the level of knocks over the overtones that a muscle may have at this frequency, dB, (frames,)."""
    (slow_hz, fast_hz), (slow_db, fast_db) = parameters.bands["overtone_hz"], parameters.bands["overtone_db"]
    slope = np.float32((fast_db - slow_db) / (fast_hz - slow_hz))
    overtones_db = np.minimum(np.maximum(peak_hz, np.float32(slow_hz)), np.float32(fast_hz)) - np.float32(slow_hz)
    overtones_db *= slope
    overtones_db += np.float32(slow_db)
    return np.asarray(knock_db - overtones_db, np.float32)
