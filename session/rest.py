"""What a limb at rest shows: the spectrum against which shaking is seen."""

import numpy as np
from numpy.typing import NDArray

import dsp

MOST_FRAMES = 2000
"""Frames that the median is taken of, spread over the session: more do not move it, and a night has sixty thousand."""


def rest_psd(analysis: dsp.Analysis) -> NDArray[np.float64] | None:
    """Give the typical power density of a frame of stillness.

    Returns
    -------
    ndarray of float64 (m,) or None
        g^2/Hz at each frequency of the spectra; None without spectra or without a still frame.
    """
    still = np.flatnonzero(analysis.frames["label"] == dsp.State.STILL.value)
    if analysis.spectra is None or not len(still):
        return None
    # The median: the windows of a few frames reach into the shaking beside them, which would be all of their mean.
    psd = analysis.spectra.psd[still[:: -(-len(still) // MOST_FRAMES)]]
    return np.nanmedian(psd, axis=0).astype(np.float64)
