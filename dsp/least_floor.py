"""Least floor: the sensor's own noise, as far as a run has shown it."""

import numpy as np
from numpy.typing import NDArray

from dsp import kick_level
from dsp.grid import STEPS_PER_HOP
from dsp.parameters import Parameters
from dsp.rows import running_least

Floats = NDArray[np.float32]

REPEATED_HOPS = 7
"""Hops (3.5 s) whose steps bear upon a floor whenever it follows what is quieter than the rest (`guard_s`,
`floor_quick_s`)."""
HELD_HOPS = 8
"""Hops (4 s) for which a floor that steps without any change bear upon must have been as low: a sensor that repeats a
sample for less than 2 s, which is no gap yet (`dsp.stuck`), lowers it for no longer."""


class LeastFloor:
    """The lowest floor of a run so far.

    Notes
    -----
    A sensor whose counts are coarser than the noise of a fine one repeats itself whenever it lies still, and its floor
    is that of its counts then; one with fine counts never does but by a fault of it or of the radio.
    """

    def __init__(self, parameters: Parameters) -> None:
        self._coarse = kick_level.count_floors(np.array([1e-3 * parameters.still["silent_mg"]], np.float32), parameters)
        self._floors = np.zeros(HELD_HOPS - 1, np.float32)
        self._repeats = np.zeros(REPEATED_HOPS - 1, np.bool_)
        self._least = np.full(1, np.inf, np.float32)

    def take(self, floors_g: Floats, count_floors_g: Floats, step_energy_g2: Floats) -> Floats:
        """Give the lowest floor after each of the next hops, (n,), g.

        Parameters
        ----------
        floors_g, count_floors_g
            Floor after each, and that of the sensor's counts alone, (n,).
        step_energy_g2
            Mean square of each of their steps, (n * STEPS_PER_HOP,).
        """
        floors = np.concatenate([self._floors, floors_g])
        zero = step_energy_g2.reshape(-1, STEPS_PER_HOP) == 0.0
        # Row by row takes far longer, and hardly ever is there one.
        repeats = np.concatenate([self._repeats, zero.any(axis=1) if zero.any() else np.zeros(len(zero), np.bool_)])
        self._floors, self._repeats = floors[-(HELD_HOPS - 1) :], repeats[-(REPEATED_HOPS - 1) :]
        held = floors_g
        if repeats.any():
            doubtful = -running_least(-repeats.astype(np.float32), REPEATED_HOPS) > 0.0
            held = np.where(doubtful & (count_floors_g < self._coarse), -running_least(-floors, HELD_HOPS), floors_g)
        least = np.minimum.accumulate(np.concatenate([self._least, held]))
        self._least = least[-1:]
        return least[1:]
