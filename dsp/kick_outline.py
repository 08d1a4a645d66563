"""Kick outline: a candidate of the quick path as its level shows it, and how quick it is beside slow motion."""

import math
from typing import NamedTuple

import numpy as np

from dsp.few import largest
from dsp.in_tremor import shook
from dsp.run_view import RunView
from dsp.swings import span

AROUND_S = 0.3
"""Around the top in which `kick_ratio` compares levels: a stretch is slow on one side of its top at least."""
REST_SHARE = 0.15
"""Of its level after the top: below it a limb rests for the 60 ms that levels are smoothed over (prior)."""


class Outline(NamedTuple):
    """A candidate as its level shows it: samples counted from the start of the run.

    Attributes
    ----------
    onset, top, end
        Its first, highest and last sample.
    level
        Level at its top, g, however slow it is.
    width_s
        How long its level stays near the top.
    quickness
        Its level over that of slow motion around it: below 1 for a movement, 1.3 and more for a kick. At least so much,
        where that is more than any kick needs.
    shakes
        Whether it came in a tremor, out of which it rises late.
    """

    onset: int
    top: int
    end: int
    level: float
    width_s: float
    quickness: float
    shakes: bool


def outline(
    view: RunView, onset_step: int, known_step: int, floor: float, surround: float, rise: int | None
) -> Outline | None:
    """Give the outline of a candidate; None when it rises to its end or is too wide for a kick."""
    rate, p, first = view.grid.rate_hz, view.parameters.jerk, view.first
    low = max(first, view.edge(max(0, onset_step - 1))) if rise is None else rise
    stop = view.edge(known_step + 1)
    level = np.sqrt(view.level[low - first : stop - first]).tolist()
    left, top, right = span(level, p["end_ratio"])
    if top == len(level) - 1:
        # It rises to the end: the beginning of what follows, which is measured when that is over.
        return None
    width_s = (right - left + 1) / rate
    if width_s > p["widest_s"] + p["smooth_s"] and (top - left) / rate > p["slowest_rise_s"]:
        return None
    if width_s > p["longest_s"]:
        return None
    # The onset reaches further down the slope than the width does, as far as the noise lets it.
    least = max(p["onset_ratio"] * level[top], p["above_noise"] * floor)
    shakes = shook(onset_step, view.step_of(low + top), level[top], view.step_loud, view)
    if shakes:
        # A tremor goes on to where the kick rises out of its loudest moments.
        least = max(least, p["new_rise"] * surround)
    # Where the noise is as loud as the kick, it began at its top at the latest.
    began = min(left + 1, top)
    while began > 0 and level[began - 1] >= least:
        began -= 1
    # The level may be highest in the newest steps; what comes after these is not known yet.
    around = round(AROUND_S * rate)
    near = slice(max(0, low + top - around - first), min(low + top + around, stop) - first)
    return Outline(
        # The level lags: it reaches a third of its top so long after the first changed sample (measured on kicks).
        onset=max(first, low + began - round(p["onset_lead_s"] * rate)),
        top=low + top,
        end=low + right,
        level=level[top],
        width_s=width_s,
        quickness=quickness(view, level[top], near, low + top - first),
        shakes=shakes,
    )


def quickness(view: RunView, level: float, near: slice, top: int) -> float:
    """Level at the top over that of slow motion near it; at least so much, if it is as quick as that of a fall."""
    level /= view.grid.lag_share(view.parameters.jerk["lag_s"])
    least = level / max(math.sqrt(largest(view.slow[near])), 1e-6)
    if least >= view.parameters.jerk["landing_ratio"]:
        # No mean over samples is larger than the largest of them, and no rule asks for more.
        return least
    return level / max(slow_level(view, near, top), 1e-6)


def slow_level(view: RunView, near: slice, top: int) -> float:
    """Largest level of the first difference there, smoothed as the level of the second one is.

    What came to rest before the top is another motion: the stretch that the kick answers.
    """
    size = view.grid.smooth
    total = np.add.accumulate(view.slow[near].astype(np.float64))
    sums = total.copy()
    sums[size:] -= total[:-size]
    before = top - near.start
    if before > 2 * size:
        rest = (sums[size:before] < REST_SHARE**2 * largest(sums[before:])).nonzero()[0]
        if len(rest):
            sums = sums[size + int(rest[-1]) :]
    return math.sqrt(largest(sums) / size)
