"""Weighed: the features of frames as the evidence reads them, beside those that a frame carries."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from dsp import knocks, levels, on_purpose, tempo, white, work
from dsp.parameters import Parameters

Floats = NDArray[np.float32]


def weighed(features: Mapping[str, Floats], parameters: Parameters) -> dict[str, Floats]:
    """Features of frames with their sizes in gravities, and what is made of them, each (frames,)."""
    out = levels.in_gravities(features)
    out |= levels.levels(out, parameters)
    out["lineless"] = np.where(np.isnan(out["prominence_db"]), np.float32(1.0), np.float32(np.nan))
    out["white_db"] = white.of_a_sensor(out, parameters)
    out["struck_db"] = knocks.beyond_a_muscle(out["knock_db"], out["peak_hz"], parameters)
    out["work_mm"] = work.swing_at_work(out, parameters)
    out["roam_mm"] = tempo.swing_in_no_tempo(out, parameters)
    out["jiggled"] = on_purpose.jiggled(out, parameters)
    out["turned_to"] = on_purpose.turned_to(out, parameters)
    out["stroked"] = on_purpose.stroked(out, parameters)
    return out
