"""Pulse: what is measured on a slow jerk, on the samples themselves, for its level smears by 0.3 s."""

import math

import numpy as np
from numpy.typing import NDArray

from dsp.aftermath import LEAST_TURN_DEG
from dsp.kick_event import make_event, turned_with
from dsp.kick_turn import stretch_of
from dsp.results import Event
from dsp.run_view import RunView
from dsp.swings import BASE_S, MEAN_S, ONE_WAY, Felt, mean_of, one_way, sizes, squares

Floats = NDArray[np.float64]

EARLIER_STEPS = 3
"""Steps before the level stands out in which a pulse may have begun: the level's own length."""
LATE_STEPS = 2
"""Of that, what a tremor hides of it at most: a half swing of 2.5 Hz (physics)."""
LATER_S = 0.3
"""What the newest samples are averaged over to see where the limb is now (prior)."""
AT_REST_S = 0.2
"""So long after it the limb has stopped, and a velocity summed from noise is small yet."""
DIP_S = 0.1
"""Between the two halves of a swing it passes through nothing."""


def measure_pulse(
    view: RunView, onset_step: int, end_step: int, known_step: int, peak: float, floor: float
) -> Event | None:
    """Measure a slow jerk; None when it is too long, or when the limb did not come back.

    Parameters
    ----------
    onset_step, end_step, known_step
        First step in which the slow level stands out, that by which it is over, and the newest, in which the next
        jerk may have begun.
    peak, floor
        Slow level at its top and in the last seconds, g.
    """
    rate, p = view.grid.rate_hz, view.parameters.pulse
    begin = max(view.first, view.edge(max(0, onset_step - EARLIER_STEPS)))
    base = round(BASE_S * rate)
    low, stop = max(view.first, begin - base), view.edge(known_step + 1)
    xyz_g = view.xyz_g[low - view.first : stop - view.first].astype(np.float64)
    before, later = xyz_g[: max(1, begin - low)], xyz_g[-round(LATER_S * rate) :]
    quiet = mean_of(before)
    moved = xyz_g - quiet
    size = sizes(moved, max(1, round(MEAN_S * rate)))
    noise = float(np.sqrt((moved[: len(before)] ** 2).sum(axis=1).mean()))
    top = begin - low + int(size[begin - low : view.edge(end_step) - low].argmax())
    share = view.parameters.jerk["end_ratio"]
    left, right = _reach(size, top, share * size[top], round(DIP_S * rate))
    width_s = (right - left + 1) / rate
    shifted = float(np.sqrt(((mean_of(later) - quiet) ** 2).sum()))
    if width_s > p["widest_s"] or shifted > p["back_share"] * float(size[top]):
        return None
    rise = max(view.parameters.jerk["onset_ratio"] * float(size[top]), p["above_noise"] * noise)
    below = np.nonzero(size[: left + 1] < rise)[0]
    onset = low + (int(below[-1]) + 1 if len(below) else 0)
    step = max(onset_step, view.step_of(onset))
    # Where gravity shows that the limb lies as it lay, the way need not be summed up.
    lies_back = view.has_gravity(step) and shifted < math.radians(LEAST_TURN_DEG) * view.gravity_size(step)
    if not lies_back and one_way(moved[onset - low : right + round(AT_REST_S * rate)]) > ONE_WAY:
        return None
    # In a tremor it stands out late, and what it has swung by then is no stretch.
    shakes = view.shakes(step)
    sooner = step - LATE_STEPS if shakes else step
    return make_event(
        view,
        onset=onset,
        felt=Felt(low, moved[: right + 1], squares(moved[: right + 1])),
        onset_step=step,
        known_step=known_step,
        stretch=stretch_of(view, sooner, step, known_step, floor, shakes=shakes),
        peak=peak,
        floor=floor,
        surround=floor,
        turned_deg=turned_with(view, step, known_step),
        width_s=width_s,
        rise_s=(low + top - onset) / rate,
    )


def _reach(size: Floats, top: int, least: float, dip: int) -> tuple[int, int]:
    """First and last sample around the top from which no more than `dip` samples in a row lie below `least`."""
    above = np.nonzero(size >= least)[0]
    at = int(np.searchsorted(above, top))
    wide = np.nonzero(np.diff(above) > dip + 1)[0]
    first, last = wide[wide < at], wide[wide >= at]
    return int(above[first[-1] + 1] if len(first) else above[0]), int(above[last[0]] if len(last) else above[-1])
