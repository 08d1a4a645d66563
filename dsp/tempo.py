"""Tempo: how far the frequency of what shakes on roams, as only that of a rhythm on purpose does.

The pace of a tremor or of a reflex is set by how long nerves conduct and how heavy a limb is: one cycle is a little
longer and the next one shorter, about a frequency that stays. A pace that is kept on purpose drifts over seconds (the
intervals of tapping wander as 1/f noise: Gilden 1995) and is chosen anew with every bout: while teeth are brushed it
is off by a tenth within five seconds (HMP), in a tremor by a fiftieth (synthetic).
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from dsp.parameters import Parameters
from dsp.rows import products
from dsp.shaking import Bools, ages
from dsp.sliding import windows

Floats = NDArray[np.float32]

FRAMES = 9
"""Their windows reach over 8 s; the first and the last share no sample."""
LEAST_FRAMES = 5
"""That have to shake, before a drift is known."""
OF_A_CYCLE = 0.7
"""Share of the variation of cycles, one by one, that the frequency of a window may have: the mean over nine of them
(Hann, 4 s at 3.5 Hz) varies by a third of what each does (physics), and where its peak is found by as much again."""
WEIGHTS = np.array([[(i >= FRAMES - n) / max(1, n) for i in range(FRAMES)] for n in range(FRAMES + 1)], np.float32)
"""Of the last frames, for each number of them that are taken."""


class Tempo:
    """Follows the peak from frame to frame, whatever the batches they come in.

    Parameters
    ----------
    parameters
        Section ``entry`` says from when on a frame shakes.
    """

    def __init__(self, parameters: Parameters) -> None:
        self._parameters = parameters
        self._before_hz = np.zeros(FRAMES - 1, np.float32)
        self._age = 0

    def follow(self, features: Mapping[str, Floats], shaking: Bools) -> Floats:
        """Take the next frames, of which these are `shaking`.

        Returns
        -------
        (frames,): standard deviation of the peak over its mean, in the frames of the last 4 s that shake without a
        break, beyond what cycles that vary one by one make of it; NaN where fewer than `LEAST_FRAMES` do.
        """
        count = len(shaking)
        if not shaking.any():
            self._age = 0
            return np.full(count, np.nan, np.float32)
        peaks_hz = np.concatenate([self._before_hz, features["peak_hz"]])
        # Where nothing shakes there may be no peak.
        peaks_hz[np.isnan(peaks_hz)] = 0.0
        age = ages(shaking, self._age)
        self._before_hz, self._age = peaks_hz[count:], int(age[-1])
        out = np.full(count, np.nan, np.float32)
        # Few frames shake, and have for so long.
        rows = (age >= LEAST_FRAMES).nonzero()[0]
        if not len(rows):
            return out
        recent_hz = windows(peaks_hz, FRAMES, 1, count)[rows]
        weight = WEIGHTS[np.minimum(age[rows], FRAMES)]
        mean_hz = products(recent_hz, weight)
        away_hz = recent_hz - mean_hz[:, None]
        # What shakes is never slower than that.
        least_hz = np.float32(self._parameters.entry["from_hz"])
        drift = products(np.square(away_hz), weight) / np.square(np.maximum(mean_hz, least_hz))
        drift -= np.square(np.float32(OF_A_CYCLE) * features["cycle_cv"][rows])
        out[rows] = np.sqrt(np.maximum(drift, np.float32(0.0)))
        return out


def swing_in_no_tempo(features: Mapping[str, Floats], parameters: Parameters) -> Floats:
    """Give the rms displacement of the peak where its tempo roams, mm, (frames,); NaN elsewhere."""
    roams = features["tempo_drift"] >= np.float32(parameters.entry["roams"])
    return np.where(roams, features["displacement_mm"], np.float32(np.nan))
