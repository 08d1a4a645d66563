"""White noise: what a sensor that lies still sends of its own, which some sensors do above any still floor.

Its spectrum is level from the slowest motion up to the highest frequency; movement falls with frequency, a tremor
stands out of what is around it, and muscle noise has nothing below 3 Hz.
"""

import functools
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from dsp.parameters import Parameters
from dsp.peaks import TINY, power_decibel
from dsp.plan import Plan

Floats = NDArray[np.float32]

FEWEST_BINS = 3
"""Of a band that is compared: the mean of fewer is anywhere (chi-square, physics)."""
BANDS = 5
"""Bands that have to be there for a spectrum to be called level."""
NOISE_RATIO = 2.0
"""The lowest of many medians of noise lies a tenth below the others (physics); twice the noise is something else."""


def unevenness(
    slowest: Floats, low: Floats, tremor: Floats, whole: Floats, slow: Floats, fast: Floats, plan: Plan
) -> Floats:
    """Density of the loudest band over that of the quietest, dB; NaN where the rate leaves too few of them.

    Parameters
    ----------
    slowest, low, tremor, whole, slow, fast
        Power of the bands of the plan, `slow` and `fast` those of 4-6 and 8-12 Hz, (frames,).

    Notes
    -----
    The bands are 0.5-1.25, 1.5-3, 4-6, 8-12 Hz, what is left of the tremor band, and what is left of the whole. Of
    white noise their densities spread by a decibel each and that of the slowest by two (three axes, Hann: 34 degrees
    of freedom in 2.5 Hz), so that loudest and quietest are 3 dB apart and seldom more than 6 (physics).
    """
    known, bins = _compared(plan)
    if len(known) < BANDS:
        return np.full(len(low), np.nan, np.float32)
    parts = (slowest, low - slowest, slow, fast, tremor - slow - fast, whole - low - tremor)
    density = np.array([parts[i] for i in known]) / bins
    # A difference of sums may fall below zero by what was rounded.
    loudest, quietest = density.max(axis=0), np.maximum(density.min(axis=0), np.float32(0.0))
    return np.where(loudest > TINY, power_decibel(loudest / (quietest + TINY)), np.float32(np.nan))


@functools.lru_cache(maxsize=8)
def _compared(plan: Plan) -> tuple[list[int], Floats]:
    """Which of the bands are compared, and how many bins they have, (bands, 1)."""
    slowest, low, tremor, whole, slow, fast = (
        band.stop - band.start
        for band in (plan.slowest, plan.low, plan.tremor, plan.whole, plan.slow_half, plan.fast_half)
    )
    bins = (slowest, low - slowest, slow, fast, tremor - slow - fast, whole - low - tremor)
    known = [i for i, count in enumerate(bins) if count >= FEWEST_BINS]
    return known, np.array([[bins[i]] for i in known], np.float32)


def unless_lately_quieter(uneven_db: Floats, middle_g: Floats, least_g: Floats) -> Floats:
    """Give the unevenness where it has not been quieter lately: the noise of a sensor stays as it is.

    Parameters
    ----------
    middle_g
        Level of quick changes in each frame, g.
    least_g
        Lowest floor of the minute up to the end of each frame, g.
    """
    return np.where(middle_g > np.float32(NOISE_RATIO) * least_g, np.float32(np.nan), uneven_db)


def of_a_sensor(features: Mapping[str, Floats], parameters: Parameters) -> Floats:
    """Give the unevenness where nothing swells, kicks or turns, as with a sensor alone; NaN elsewhere."""
    still, turn = parameters.still, features["tilt_rate_deg_per_s"]
    steady = features["crest"] <= np.float32(still["noise_crest"])
    # Without gravity in the data no turn is known.
    steady &= ~(turn > np.float32(still["noise_turn_deg_per_s"]))
    return np.where(steady, features["uneven_db"], np.float32(np.nan))
