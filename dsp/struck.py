"""Struck: whether something hit what the limb lies on, or the sensor, where a muscle is said to have kicked.

A muscle takes 40 ms and more to contract (Mamizuka 2007), whatever the limb does with it: of the acceleration that
such a force makes, 2 % of the power lies above 12 Hz, and 8 % for one of half that time (twitch of second order;
physics). Of a knock on the bed, of a heel that strikes or a cover that is tugged away, a good deal does. A light foot
rings at 10 Hz.
"""

import functools
import math

import numpy as np
from numpy.typing import NDArray

from dsp.labels import EventLabel
from dsp.results import Event
from dsp.run_view import RunView
from dsp.swings import mean_of

BEFORE_S, AFTER_S = 0.1, 0.5
"""Around the onset: a kick and its first swings."""
FROM_HZ, SHARP_HZ, TO_HZ = 1.5, 12.0, 24.0
"""Slower is posture; what no muscle makes begins at the second and ends where sensors of 50 Hz do."""
WINDOWS_BEFORE = 4
"""So many times as much before it is looked at for its quietest part, 2.4 s (prior)."""
LEAST_RATE_HZ = 2.0 * TO_HZ
MUSCLE_PER_S = 30.0
"""Largest change over size, 1/s, up to which hardly anything lies above 10 Hz: 2 pi times 5 Hz (physics)."""


def is_struck(event: Event, view: RunView) -> bool:
    """Whether too much of what was felt is too quick for a muscle, beside the quietest time just before.

    That is the sensor's noise; another knock may have come just before.

    What hits as hard as an impact is told anyway, and more is asked of what comes just after a stretch, where a muscle
    answers far more often than anything is struck. Slow sensors show nothing of this.
    """
    rate = view.grid.rate_hz
    if event.is_impact or rate < LEAST_RATE_HZ or event.peak_jerk_g_per_s < MUSCLE_PER_S * event.peak_g:
        return False
    size = round((BEFORE_S + AFTER_S) * rate)
    begin = round((event.onset_s - view.start_s - BEFORE_S) * rate) - view.first
    if begin < 0 or begin + size > len(view.xyz_g):
        return False
    total, sharp = _powers(view.xyz_g[begin : begin + size], rate)
    answers = event.label is EventLabel.REFLEX_JERK
    least = view.parameters.jerk["sharp_share_of_answer" if answers else "sharp_share"] * total
    if sharp <= least:
        return False
    befores = range(begin - size, max(-1, begin - WINDOWS_BEFORE * size - 1), -size)
    return not befores or any(sharp - _powers(view.xyz_g[at : at + size], rate)[1] > least for at in befores)


def _powers(xyz_g: NDArray[np.float32], rate_hz: float) -> tuple[float, float]:
    """Power of some samples, (n, 3), between `FROM_HZ` and `TO_HZ`, and from `SHARP_HZ` on."""
    from scipy.fft import rfft  # noqa: PLC0415 - loaded with the first frame

    taper, (first, sharp, end) = _plan(len(xyz_g), rate_hz)
    spectrum = rfft((xyz_g - mean_of(xyz_g)) * taper, axis=0)[first:end]
    power = np.add.reduce(spectrum.real**2 + spectrum.imag**2, axis=1).tolist()
    return math.fsum(power), math.fsum(power[sharp - first :])


@functools.lru_cache(maxsize=8)
def _plan(size: int, rate_hz: float) -> tuple[NDArray[np.float64], tuple[int, int, int]]:
    """Taper, (n, 1), and the bins at which what is slow, what is sharp and what is neither begin."""
    taper = np.sin(np.pi * (np.arange(size) + 0.5) / size)[:, None]
    first, sharp, end = (math.ceil(hz * size / rate_hz - 1e-9) for hz in (FROM_HZ, SHARP_HZ, TO_HZ))
    return taper, (first, sharp, end)
