"""Kick onset: where a kick began, that a smaller swing led up to, or that came while the limb turned."""

import math

import numpy as np
from numpy.typing import NDArray

from dsp.few import largest
from dsp.run_view import RunView
from dsp.swings import BASE_S, MEAN_S, Felt, mean_of, sizes, squares

Floats = NDArray[np.float64]

SWING_S = 0.2
"""A first swing lasts half a period: 0.17 s at 3 Hz, the slowest ring (physics)."""
DIP_S = 0.04
"""Between two swings it passes through nothing for less than that."""
FINE_LAG_S, FINE_MEAN_S = 0.025, 0.02
"""Half the lag of the jerk path, and a third of what its level is smoothed over."""
FINE_TOP, FINE_ONSET = 0.5, 0.3
"""Shares of the top at which a kick is under way, and has begun (prior)."""
TURN_FIRST_S = 0.06
"""A reflex answers a stretch after 30 ms at least (physics), and a level over 0.07 s tells it apart a little later."""


def first_swing(view: RunView, onset: int, top: int, felt: Felt, quiet_g: Floats) -> int:
    """Give the sample at which a smaller swing before the onset began, if one did, out of rest.

    Parameters
    ----------
    onset, top
        Samples at which the kick began, and was highest.
    felt, quiet_g
        What was felt beside the mean of what came just before the onset, from a first swing before that on.
    """
    rate, p, first = view.grid.rate_hz, view.parameters.jerk, view.first
    furthest, base = round(SWING_S * rate), round(BASE_S * rate)
    begin = max(first, onset - furthest - base)
    xyz_g, rest = view.xyz_g[begin - first : top + 1 - first], max(1, onset - furthest - begin)
    rest_g, mean, dip = mean_of(xyz_g[:rest]), max(1, round(MEAN_S * rate)), round(DIP_S * rate) + 1
    if _came_out_of_rest(felt, onset, top, quiet_g - rest_g, mean, dip, p["onset_ratio"]):
        return onset
    moved = xyz_g - rest_g
    size = sizes(moved, mean).tolist()
    at = onset - begin
    share = p["onset_ratio"] * max(size[at:])
    if max(size[max(0, at - dip) : at], default=0.0) < share:
        return onset
    noise = math.sqrt(float(np.add.reduce(squares(moved[:rest]))) / rest)
    least, linked = max(share, p["above_noise"] * noise), at
    for sample in range(at - 1, -1, -1):
        if linked - sample > dip:
            break
        if size[sample] >= least:
            linked = sample
        if at - linked >= furthest:
            # What goes on for longer is no swing of this kick: the stretch before it, or another motion.
            return onset
    return begin + linked


def _came_out_of_rest(felt: Felt, onset: int, top: int, off_g: Floats, mean: int, dip: int, share: float) -> bool:
    """Whether no swing came just before the onset, as most kicks show at a glance.

    No running mean over `mean` samples is larger than the largest of them, and one of those from the onset on is that
    around the largest sample there.

    Parameters
    ----------
    off_g
        What has to be added to what was felt, (3,), g.
    """
    at, before, after = onset - felt.first, mean // 2, mean - mean // 2
    last = top + 1 - felt.first - after
    if at < dip + before or last < at:
        return False
    highest = at + int(felt.squared[at : last + 1].argmax())
    size = math.hypot(*(mean_of(felt.moved_g[highest - before : highest + after]) + off_g).tolist())
    sooner = math.sqrt(largest(felt.squared[at - dip - before : at + after - 1])) + math.hypot(*off_g.tolist())
    return sooner < share * size


def onset_in_turn(view: RunView, begin: int, end: int) -> int | None:
    """Give the sample at which a kick began that came while the limb turned; None when nothing but the turn shows.

    A stretch is smooth, and shows at its beginning as much as at its end: the second difference over half the time
    sees a quarter of it, and most of a kick.
    """
    rate, first = view.grid.rate_hz, view.first
    lag, mean = max(1, round(FINE_LAG_S * rate)), max(1, round(FINE_MEAN_S * rate))
    low = max(first, begin - 2 * lag - mean)
    piece = view.xyz_g[low - first : end + 1 - first].astype(np.float64)
    if len(piece) <= 2 * lag + mean:
        return None
    total = np.add.accumulate(squares(piece[2 * lag :] - 2.0 * piece[lag:-lag] + piece[: -2 * lag]))
    level = np.sqrt((total[mean:] - total[:-mean]) / mean)
    top = float(level.max())
    rises = int((level >= FINE_TOP * top).argmax())
    below = (level[:rises] < FINE_ONSET * top).nonzero()[0]
    began = int(below[-1]) + 1 if len(below) else 0
    return low + lag + mean + began if began >= max(1, round(TURN_FIRST_S * rate)) else None
