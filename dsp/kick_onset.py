"""Kick onset: where a kick began, that a smaller swing led up to, or that came while the limb turned."""

import math

import numpy as np
from numpy.typing import NDArray

from dsp.few import largest
from dsp.run_view import RunView
from dsp.sliding import windows
from dsp.swings import MEAN_S, Felt, mean_of, sizes, squares

Floats = NDArray[np.float64]

SWING_S = 0.2
"""A first swing lasts half a period: 0.17 s at 3 Hz, the slowest ring (physics)."""
DIP_S = 0.04
"""Between two swings it passes through nothing for less than that."""
FINE_LAG_S, FINE_MEAN_S = 0.025, 0.02
"""Half the lag of the jerk path, and a third of what its level is smoothed over."""
FINE_TOP, FINE_ONSET = 0.5, 0.3
"""Shares of the top at which a kick is under way, and has begun (prior)."""
CALM_S = 0.08
"""So long it is calm between a stretch and a kick: a ring of 3 Hz passes through that in 0.01 s (physics)."""
CALM_SHARE, SAME_SHARE = 0.1, 0.15
"""Of a kick's size: what is calm beside it; and the posture before it beside that after it and in its ring (prior)."""
FINE_HZ = 400.0
"""What is looked at no more often than this is known to 2.5 ms (an onset: to some hundredths of a second)."""
ROUNDING = 1e-9
"""More than squares of a few numbers are off."""
CALM_LEAD_S = 0.02
"""So much sooner a pulse of 0.1 s begins than it reaches a tenth of its size (squared sine; physics)."""
TURN_FIRST_S = 0.06
"""A reflex answers a stretch after 30 ms at least (physics), and a level over 0.07 s tells it apart a little later."""


def first_swing(view: RunView, onset: int, top: int, felt: Felt) -> int:
    """Give the sample at which a smaller swing before the onset began, if one did, out of rest.

    Parameters
    ----------
    onset, top
        Samples at which the kick began, and was highest.
    felt
        From `BASE_S` before a first swing may have begun, as far as the run is kept.
    """
    rate, p = view.grid.rate_hz, view.parameters.jerk
    furthest, dip, mean = round(SWING_S * rate), round(DIP_S * rate) + 1, max(1, round(MEAN_S * rate))
    at, end = onset - felt.first, top + 1 - felt.first
    rest, share = max(1, at - furthest), p["onset_ratio"]
    moved, squared = felt.moved_g[:end], felt.squared[:end]
    if _comes_out_of_rest(moved, squared, at, rest, mean, dip, share):
        return onset
    # What came before a first swing is at rest, even if a swing turned what came before the onset.
    moved = moved - mean_of(moved[:rest])
    size = sizes(moved, mean).tolist()
    swing = share * max(size[at:])
    if max(size[max(0, at - dip) : at], default=0.0) < swing:
        return onset
    noise = math.sqrt(float(np.add.reduce(squares(moved[:rest]))) / rest)
    least, linked = max(swing, p["above_noise"] * noise), at
    for sample in range(at - 1, -1, -1):
        if linked - sample > dip:
            break
        if size[sample] >= least:
            linked = sample
        if at - linked >= furthest:
            # What goes on for longer is no swing of this kick: the stretch before it, or another motion.
            return onset
    return felt.first + linked


def _comes_out_of_rest(moved_g: Floats, squared: Floats, at: int, rest: int, mean: int, dip: int, share: float) -> bool:
    """Whether no swing can have come within `dip` samples before the onset, sample `at`: most kicks show at a glance.

    No mean over samples is larger than the largest of them, neither what rest is taken for nor a running mean, and the
    largest running mean is no smaller than that around one sample: four numbers tell, where they are far apart.
    """
    before, after = mean // 2, mean - mean // 2
    last = len(squared) - after
    if at < dip + before or last < at:
        return False
    rested = math.sqrt(largest(squared[:rest]))
    sooner = math.sqrt(largest(squared[at - dip - before : at + after - 1]))
    highest = at + int(squared[at : last + 1].argmax())
    around = moved_g[highest - before : highest + after].tolist()
    size = math.hypot(*map(sum, zip(*around, strict=True))) / mean
    return sooner + rested < share * (size - rested)


def out_of_calm(view: RunView, onset: int, top: int, end: int, known_step: int) -> int | None:
    """Give the sample at which a kick began after the calm between it and a stretch; None where there was none.

    A slow first half bends less than the middle of a kick, and a stretch that has just ended is in the level yet: the
    samples themselves tell when the limb left the posture in which it lies after the kick.

    Parameters
    ----------
    onset, top, end
        Samples at which the kick began, was highest and ended, as its level shows.
    known_step
        The newest.
    """
    rate, p, first = view.grid.rate_hz, view.parameters.jerk, view.first
    # Of a fast sensor few samples are looked at: each window is held against each of them, which grows with the square.
    thin = max(1, int(rate // FINE_HZ))
    size, mean = max(2, round(CALM_S * rate / thin)), max(1, round(FINE_MEAN_S * rate))
    low = max(first, onset - round(SWING_S * rate) - size * thin)
    total = np.add.accumulate(view.xyz_g[low - first : end + 1 - first], axis=0, dtype=np.float64)
    total[mean:] -= total[:-mean].copy()
    piece = np.ascontiguousarray((total[mean - 1 :: thin] / mean).T)
    count = min((top - low) // thin, piece.shape[1] - 1) - size + 1
    if count < 1:
        return None
    spans = windows(piece, size, 1, count)
    rested = np.add.reduce(spans, axis=2)
    rested /= size
    lies = mean_of(view.step_gravity[max(0, known_step - 2) : known_step + 1])
    elsewhere = _squared_sizes(rested - lies[:, None])
    # Nothing lies further from a window than the corners of all there is: most windows are not calm beside that.
    widest = np.maximum.reduce(piece, axis=1) - np.minimum.reduce(piece, axis=1)
    furthest = (1.0 + ROUNDING) * float(widest @ widest)
    calm = elsewhere <= SAME_SHARE**2 * furthest
    if not calm.any():
        return None
    within = np.maximum.reduce(_squared_sizes(spans - rested[:, :, None]), axis=1)
    calm &= within <= CALM_SHARE**2 * furthest
    # The last one that is calm beside what comes after it.
    for at in reversed(calm.nonzero()[0].tolist()):
        left = _squared_sizes(piece[:, at + size :] - rested[:, at, None])
        most = largest(left)
        if within[at] <= CALM_SHARE**2 * most and elsewhere[at] <= SAME_SHARE**2 * most:
            break
    else:
        return None
    sure = int((left >= p["onset_ratio"] ** 2 * most).argmax())
    below = left[:sure] < max(CALM_SHARE**2 * most, p["above_noise"] ** 2 * within[at])
    soonest = sure - int(below[::-1].argmax()) if below.any() else 0
    begin = low + (at + size) * thin + mean // 2
    return int(min(max(onset, begin + soonest * thin - round(CALM_LEAD_S * rate)), begin + sure * thin))


def _squared_sizes(axes: Floats) -> Floats:
    """Sum of the squares over the axes (first); overwrites them."""
    axes *= axes
    sizes: Floats = np.add.reduce(axes, axis=0)
    return sizes


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
