"""Levels: how large motion is beside what a still sensor shows, in units of the gravity that is seen at rest.

A sensor that shows half of gravity shows half of a tremor too. What a frame is taken for must not depend on that, so
that its sizes are weighed as a sensor with the right gain would have shown them; frames and segments tell them as they
are in the data. Where no gravity has been seen at rest (`dsp.gain`) the gain is taken to be right.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from dsp.gain import taken_g
from dsp.parameters import Parameters
from dsp.peaks import TINY
from dsp.rows import decibel

Floats = NDArray[np.float32]

SIZES = ("rms_g", "low_rms_g", "displacement_mm", "middle_g", "centre_g", "centre_low_g")
"""Features of a frame that grow with the gain of the sensor."""
SWAY_POWER = 4.0
"""Power of sway beside shaking, over the shaking's own, that is held against nothing (prior)."""


def in_gravities(features: Mapping[str, Floats]) -> dict[str, Floats]:
    """Features with their sizes as a sensor shows them that shows 1 g of gravity."""
    scale = np.float32(1.0) / taken_g(features["gravity_g"])
    return dict(features) | {name: features[name] * scale for name in SIZES}


def levels(sized: Mapping[str, Floats], parameters: Parameters) -> dict[str, Floats]:
    """Levels of frames, from sizes as `in_gravities` gives them.

    Returns
    -------
    ``level_db``, ``low_level_db`` and ``rest_db``, the shaking, the slow motion and what lies between bursts over the
    still floor, dB, the last NaN where there is no burst; ``speed_db``, the peak's speed over 1 mm/s, dB; ``swing_mm``,
    its rms displacement, mm; ``slow_share``, the share of slow motion that counts; each (frames,)
    """
    still = parameters.still
    floor_g = np.float32(1e-3 * still["floor_mg"])
    burst = sized["crest"] >= np.float32(still["burst_crest"])
    return {
        "level_db": decibel(sized["rms_g"] / floor_g),
        "low_level_db": decibel(sized["low_rms_g"] / np.float32(1e-3 * still["floor_low_mg"])),
        "rest_db": np.where(burst, decibel(sized["middle_g"] / floor_g), np.float32(np.nan)),
        "speed_db": decibel(sized["displacement_mm"] * sized["peak_hz"] * np.float32(2.0 * np.pi)),
        "swing_mm": sized["displacement_mm"],
        "slow_share": _slow_share(sized["low_ratio"], sized["low_rms_g"], sized["rms_g"], parameters),
    }


def _slow_share(low_ratio: Floats, low_rms_g: Floats, rms_g: Floats, parameters: Parameters) -> Floats:
    """Share of slow motion that counts; sway, up to twice what shakes, makes it no more than `neutral_low_ratio`."""
    still = parameters.still
    slow, shaking = np.square(low_rms_g), np.square(rms_g)
    sway = np.minimum(np.float32(SWAY_POWER) * shaking, np.float32((1e-3 * still["sway_mg"]) ** 2))
    beyond = np.maximum(slow - sway, np.float32(0.0))
    excess = beyond / (slow / (low_ratio + TINY) - slow + beyond + TINY)
    return np.asarray(np.minimum(low_ratio, np.maximum(excess, np.float32(still["neutral_low_ratio"]))), np.float32)
