"""Overtone: whether what lies at twice the frequency of a peak beats in step with it.

What is no sine has an overtone, whose phase is twice that of its beat and some constant, however the beat swells and
roams. A line beside it goes its own way: a tired muscle shakes at 4 to 6 Hz and at 8 to 12 Hz besides (Lippold), and
the loop of the one does not know of the other. In step here is the coherence of the overtone with the square of the
beat (as bicoherence is, Kim and Powers 1979), over one window and all axes.
"""

import numpy as np
from numpy.typing import NDArray

from dsp.parameters import Parameters
from dsp.rows import products

Floats = NDArray[np.float32]
Swings = NDArray[np.complex64]

TINY = np.float32(1e-30)
"""Product of three powers that no sensor resolves."""


def in_step(beat: Swings, overtone: Swings) -> Floats:
    """Share of the overtone's power that follows the square of the beat, (frames,), 0 to 1.

    Parameters
    ----------
    beat, overtone
        Analytic signals under the taper, (3, frames, points); at zero frequency of the second lies what is twice that
        of the first.
    """
    # The square of a vector is one number, whichever way the sensor lies.
    square = beat[0] * beat[0]
    square += beat[1] * beat[1]
    square += beat[2] * beat[2]
    back = np.conj(square)
    common, power = np.zeros(len(square), np.float32), np.zeros(len(square), np.float32)
    for axis in overtone:
        common += _squared(np.asarray(np.einsum("ij,ij->i", back, axis)))
        power += _power(axis)
    return np.asarray(common / (_power(square) * power + TINY), np.float32)


def shared(step: Floats, parameters: Parameters) -> Floats:
    """Tell how much of what lies at twice the frequency is an overtone, (frames,), 0 to 1."""
    none, full = parameters.bands["in_step"]
    return np.asarray(np.clip((step - np.float32(none)) * np.float32(1.0 / (full - none)), 0.0, 1.0), np.float32)


def _squared(values: Swings) -> Floats:
    return np.asarray(np.square(values.real) + np.square(values.imag), np.float32)


def _power(swing: Swings) -> Floats:
    parts = swing.view(np.float32)
    return products(parts, parts)
