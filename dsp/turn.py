"""Turn: when and how quickly a limb went from one posture into the next, from steps of 0.1 s.

People move so that the jerk is least (Flash and Hogan 1985). A sensor some way from the joint feels, beside gravity
that turns, the pull of the turn itself: half a turn early it adds to what gravity shows and late it takes off as much,
or the other way round, depending on the mount. Both follow from the duration of the turn and the distance to the joint,
so the pair that fits best is looked for; a rate over one second can say no more than the angle.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Vector = tuple[float, float, float]

DURATIONS_S = np.geomspace(0.2, 9.0, 24)
"""Of the turns that are tried."""
ARMS_M = np.linspace(-0.4, 0.4, 5)
"""Distances to the joint that are tried; negative where the pull goes against gravity's turn (a shank is 0.45 m)."""
GRAVITY_M_S2 = 9.80665
SHIFTS_S = (-0.07, 0.0, 0.07)
"""Around the moment of half the turn, which the pull does not move."""
MOST_OFF = 0.5
"""Of the turn: a step further off is a kick or a beat and counts no more (prior)."""
PEAK = 1.875
"""Peak over mean rate of a turn of least jerk."""


class Turn(NamedTuple):
    """A turn: its beginning and end, seconds, and its peak rate, deg/s."""

    start_s: float
    end_s: float
    rate_deg_per_s: float


def find_turn(rows_g: Floats, step_s: float, before: Vector, after: Vector) -> Turn | None:
    """Find the turn between two postures.

    Parameters
    ----------
    rows_g
        Mean acceleration in each step, (n, 3), from before the turn until after it.
    step_s
        Length of a step.
    before, after
        Gravity before and after.

    Returns
    -------
    Turn
        In seconds from the beginning of the first step; None where half the turn is never crossed.
    """
    start = np.array(before) / math.sqrt(sum(v * v for v in before))
    across = np.array(after) - float(np.dot(after, start)) * start
    across /= max(float(np.sqrt(across @ across)), 1e-9)
    angle = math.atan2(float(np.dot(after, across)), float(np.dot(after, start)))
    rows = rows_g.astype(np.float64)
    shown = np.arctan2((rows * across).sum(axis=1), (rows * start).sum(axis=1)) / angle
    crossings = np.nonzero((shown[1:] >= 0.5) != (shown[:-1] >= 0.5))[0]
    if not len(crossings):
        return None
    centres = (crossings + 0.5 + (0.5 - shown[crossings]) / (shown[crossings + 1] - shown[crossings])) * step_s
    # The first, the last and what lies between them: a strong pull crosses the half three times. Mostly they are one.
    middles = dict.fromkeys((centres[0], centres[-1], 0.5 * (centres[0] + centres[-1])))
    halves = np.array([c + s for c in middles for s in SHIFTS_S])
    times = (np.arange(len(rows)) + 0.5) * step_s
    # All that are tried at once: durations, halves, times. Single precision tells them apart well enough.
    lasts_s = DURATIONS_S.astype(np.float32)[:, None, None]
    u = (times - halves[:, None]).astype(np.float32) / lasts_s
    u += np.float32(0.5)
    np.minimum(np.maximum(u, np.float32(0.0), out=u), np.float32(1.0), out=u)
    missed, pull = _turned(u), _pull(u)
    missed -= shown.astype(np.float32)
    pull /= np.float32(GRAVITY_M_S2) * lasts_s * lasts_s
    # Arm by arm, in the same room: all of them at once leave the cache (two and a half times as long).
    off, room = np.empty((len(DURATIONS_S), len(ARMS_M), len(halves)), np.float32), u
    # An array for the limit, too: beside a lone number numpy compares value by value.
    most = np.full_like(room, MOST_OFF)
    for at, arm_m in enumerate(ARMS_M.astype(np.float32)):
        np.multiply(pull, arm_m, out=room)
        room += missed
        np.abs(room, out=room)
        np.minimum(room, most, out=room)
        np.einsum("dht->dh", room, out=off[:, at])
    which_lasts, _, which_half = np.unravel_index(off.argmin(), off.shape)
    half, lasts = float(halves[which_half]), float(DURATIONS_S[which_lasts])
    return Turn(half - 0.5 * lasts, half + 0.5 * lasts, PEAK * math.degrees(abs(angle)) / lasts)


def _turned(u: Floats) -> Floats:
    """Share of a turn of least jerk after this share of its time: 10 u^3 - 15 u^4 + 6 u^5."""
    rest = np.float32(6.0) * u
    rest -= np.float32(15.0)
    rest *= u
    rest += np.float32(10.0)
    out: Floats = u * u
    out *= u
    out *= rest
    return out


def _pull(u: Floats) -> Floats:
    """Its second derivative: 60 u - 180 u^2 + 120 u^3."""
    out: Floats = np.float32(120.0) * u
    out -= np.float32(180.0)
    out *= u
    out += np.float32(60.0)
    out *= u
    return out
