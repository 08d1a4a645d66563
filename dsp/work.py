"""Work: how far a hand swings to and fro while it moves slowly besides, as one that does something.

A tooth brush, a sponge or a spoon goes to and fro by a centimetre while the arm moves on; a hand that shakes so far
mostly does it at rest or held out, where it moves little else, and one that shakes as it acts swings by a millimetre.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from dsp.parameters import Parameters

Floats = NDArray[np.float32]


def swing_at_work(features: Mapping[str, Floats], parameters: Parameters) -> Floats:
    """Give the rms displacement of the peak where there is slow motion beside it, mm, (frames,); NaN elsewhere."""
    still = parameters.still
    works = features["low_rms_g"] >= np.float32(1e-3 * still["work_mg"])
    # A shake of half a g leaves so little of itself below 3 Hz that it is no motion beside it.
    works &= features["slow_share"] >= np.float32(still["work_share"])
    return np.where(works, features["displacement_mm"], np.float32(np.nan))
