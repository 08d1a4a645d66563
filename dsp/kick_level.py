"""Kick level and floor: how much each step kicks, and what the recent past calls quiet.

The level works on second differences over 50 ms, which see a twitch and neither gravity nor steady turning. Every value
is made by elementwise operations, so that any chunking of the samples gives the same bits.
"""

import math

import numpy as np
from numpy.typing import NDArray

from dsp.grid import STEPS_PER_HOP
from dsp.parameters import Parameters
from dsp.rows import largest, ordered
from dsp.sliding import windows

Floats = NDArray[np.float32]

STEP_S = 0.1
START_FLOOR_G = 0.05
"""Floor for the first half second, in which nothing is known: only a strong kick stands out (prior)."""
EARLY_FLOOR_G = 0.012
"""Least floor for the first second and a half: half the level of a noisy watch at rest (prior)."""
EARLY_STEPS = 15
COUNTS = 1.5
"""Counts of the sensor that a level must reach: one value that flips by one count is no motion."""


def difference_energies(axes_g: Floats, lag: int, second_g2: Floats, first_g2: Floats) -> None:
    """Squared second and first difference of means over `lag` samples, summed over the axes.

    m[n] - 2 m[n - lag] + m[n - 2 lag], where m is the mean of the `lag` newest samples: a wavelet that is blind to
    gravity and to steady turning, weak below 3 Hz and strongest at 8 Hz (for 50 ms). The first difference,
    m[n] - m[n - lag], is the larger of the two below 3.3 Hz.

    Parameters
    ----------
    axes_g
        float32 (3, n), an axis a row.
    second_g2, first_g2
        Are filled, (n - 3 lag + 1,), for every sample that has 3 lag - 1 before it.
    """
    mean = running_sum(axes_g, lag)
    mean *= np.float32(1.0 / lag)
    change = mean[:, lag:] - mean[:, :-lag]
    first = change[:, lag:]
    second = first - change[:, :-lag]
    _sum_squares(second, second_g2)
    _sum_squares(first, first_g2)


def _sum_squares(values: Floats, out: Floats) -> None:
    """Sum of the squares of the axes (first); overwrites `values`."""
    values *= values
    np.add(values[0], values[1], out=out)
    out += values[2]


def kick_level(fast: Floats, slow: Floats, parameters: Parameters) -> Floats:
    """Level of what is too quick for a movement, in each step.

    Parameters
    ----------
    fast, slow
        Largest second and first difference in each step, g; the first value is of the step before.

    Returns
    -------
    One value fewer: the second difference where it outweighs the first of this and the last step, else a small share.
    """
    p = parameters.jerk
    brisk = fast[1:] >= p["slow_ratio"] * np.maximum(slow[1:], slow[:-1])
    return np.where(brisk, fast[1:], np.float32(p["slow_weight"]) * fast[1:]).astype(np.float32)


def running_sum(values: Floats, size: int) -> Floats:
    """Sum of the `size` newest values of each row, for every value from ``size - 1`` on.

    Put together from sums over powers of two, each in a fixed order, so that every chunking gives the same bits.
    """
    doubled, width = values, 1
    total = values[..., :0]
    covered = 0
    while True:
        if size & width:
            # `total` ends at the newest value; what comes before it is `covered` values older.
            total = total[..., width:] + doubled[..., : doubled.shape[-1] - covered] if covered else doubled
            covered += width
            if covered == size:
                break
        doubled = doubled[..., width:] + doubled[..., :-width]
        width *= 2
    return total.copy() if size == 1 else total


def smoothed(energy: Floats, size: int, out: Floats | None = None) -> Floats:
    """Mean over the `size` newest values, for every value from ``size - 1`` on; `out` is filled, if given."""
    return np.multiply(running_sum(energy, size), np.float32(1.0 / size), out=out)


def count_floors(count_g: Floats, parameters: Parameters) -> Floats:
    """Floors below which the steps of the sensor's own counts would trigger, (n,), g; of no known count 0.

    A level of `COUNTS` counts is reached when a single value flips; the floor is that level over the ratio that opens.
    """
    floors = np.float32(COUNTS / parameters.jerk["on_ratio"]) * count_g
    return np.where(np.isfinite(count_g), floors, np.float32(0.0))


def highest_floor(step_energy: Floats, hop: int, parameters: Parameters) -> float:
    """Give what no floor after a hop is above, g, in a tenth of the time: the median level of its newest part.

    Parameters as of `floors`; infinite where too little is known.
    """
    guard, span, soon = _looked_back_on(parameters)
    end = hop * STEPS_PER_HOP - guard
    if end < span:
        return math.inf
    return math.sqrt(sorted(step_energy[end - soon : end].tolist())[soon // 2])


def floors(step_energy: Floats, hops: NDArray[np.int64], parameters: Parameters) -> Floats:
    """Floor after each of some hops, (hops,), rising: the median level of the last 10 s but the newest second.

    Where the newest part of these is quieter, its median counts, and where all of the newest second is, its loudest
    step.

    Parameters
    ----------
    step_energy
        Mean square of every step of the run so far, or of those that are kept (then longer than the floor looks back),
        g^2; hops are counted from the first of them.
    """
    guard, span, soon = _looked_back_on(parameters)
    out = np.empty(len(hops), np.float32)
    ends = hops * STEPS_PER_HOP - guard
    full = ends >= span
    for i in np.nonzero(~full)[0]:
        # Until the guard has passed there is nothing else to go by than everything so far.
        known = step_energy[: max(ends[i], min(ends[i] + guard, EARLY_STEPS))]
        out[i] = max(
            np.sqrt(np.median(known)) if len(known) else START_FLOOR_G,
            EARLY_FLOOR_G if ends[i] < STEPS_PER_HOP else 0.0,
        )
    if full.any():
        since = hops[full] - hops[full][0]
        spans = windows(step_energy[int(ends[full][0]) - span :], span, STEPS_PER_HOP, int(since[-1]) + 1)
        if len(spans) > len(since):
            spans = spans[since]
        # A sort of whole rows is quicker than to select, which numpy does value by value.
        middle = ordered(spans)[:, span // 2]
        # A leg that has become quiet is quiet at once, whatever the long window remembers.
        newest = ordered(spans[:, -soon:])[:, soon // 2]
        # What is as quiet throughout as rest, not in the middle alone, is known for it within a second; a sensor that
        # repeats itself is not quiet.
        guarded = windows(step_energy[int(ends[full][0]) :], guard, STEPS_PER_HOP, int(since[-1]) + 1)
        if len(guarded) > len(since):
            guarded = guarded[since]
        loudest = np.where((guarded > 0.0).all(axis=1), largest(guarded), np.float32(np.inf))
        out[full] = np.sqrt(np.minimum(np.minimum(middle, newest), loudest))
    return out


def _looked_back_on(parameters: Parameters) -> tuple[int, int, int]:
    """Count the steps that do not raise the floor yet, those before that do, and of these the newest part."""
    window, quick, guard = (
        round(parameters.jerk[name] / STEP_S) for name in ("floor_window_s", "floor_quick_s", "guard_s")
    )
    return guard, window - guard, quick
