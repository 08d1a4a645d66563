"""Entry: how fast the limb turned when the shaking that goes on began.

A stretch reflex follows its stretch within a tenth of a second and then keeps itself going, so what set a rhythm off is
known at its beginning and holds until its end; a tired muscle begins to shake seconds into a hold.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from dsp.parameters import Parameters
from dsp.rows import largest

Floats = NDArray[np.float32]


class Entry:
    """Follows shaking from frame to frame, whatever the batches they come in.

    Parameters
    ----------
    parameters
        Section ``entry`` says from when on a frame shakes.
    """

    def __init__(self, parameters: Parameters) -> None:
        self._parameters = parameters
        self._shaking = False
        self._turn = np.float32(np.nan)

    def follow(self, features: Mapping[str, Floats], turning: Floats) -> Floats:
        """Take the next frames.

        Parameters
        ----------
        features
            Of these frames.
        turning
            Rates of turn in each window, deg/s, (frames, hops); NaN without gravity.

        Returns
        -------
        (frames,), deg/s: the fastest turn in the window in which the shaking of a frame began; NaN where nothing
        shakes, or gravity was not seen.
        """
        p, (low, high) = self._parameters.entry, self._parameters.bands["tremor_hz"]
        shaking = features["rms_g"] >= np.float32(1e-3 * self._parameters.still["floor_mg"])
        shaking &= features["prominence_db"] >= np.float32(p["prominence_db"])
        shaking &= features["share"] >= np.float32(p["share"])
        shaking &= (features["peak_hz"] >= np.float32(low)) & (features["peak_hz"] <= np.float32(high))
        if not shaking.any():
            self._shaking = False
            return np.full(len(shaking), np.nan, np.float32)
        begins = shaking & ~np.concatenate([[self._shaking], shaking[:-1]])
        turn = np.concatenate([[self._turn], largest(turning)])
        # The newest beginning at or before each frame; 0 is the one of an earlier batch.
        at = np.maximum.accumulate(np.where(begins, np.arange(1, len(begins) + 1), 0))
        out = np.where(shaking, turn[at], np.float32(np.nan))
        self._shaking, self._turn = bool(shaking[-1]), turn[at[-1]]
        return np.asarray(out, np.float32)
