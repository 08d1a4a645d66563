"""Surroundings: how loud it is around a burst, and whether it stands out enough to be a kick."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dsp.few import largest
from dsp.in_tremor import (
    BEFORE_ORDER,
    LOUDEST_ORDER,
    RING_STEPS,
    SUSTAINED_STEPS,
    in_shaking,
    shook,
)
from dsp.run_view import RISE_STEPS, RunView

Floats = NDArray[np.float32]

CALM_STEPS = 2
"""Longer than half a period of the slowest shaking (2.5 Hz, 0.2 s): a tremor is never calm for so long."""
SECONDS, SECOND_STEPS = 6, 10
"""Before a burst in which nothing like it comes again and again."""
OVER = 0.1
"""Share of the loudest tenth of shaking below which it is for a fiftieth of the time (Rayleigh envelope; physics)."""


class Burst(Protocol):
    """A burst that is over."""

    @property
    def onset_step(self) -> int:
        """First step."""

    @property
    def peak_step(self) -> int:
        """Loudest step."""

    @property
    def peak(self) -> float:
        """Level there, g."""


def level_around(
    burst: Burst,
    at: int,
    level: Floats,
    loud: Floats,
    floor: float,
    view: RunView,
    *,
    kick_before: int,
    pair: bool,
    followed: bool,
) -> float | None:
    """Level that a burst stands out of, g; None when it does not.

    Parameters
    ----------
    at
        Step at which the burst was over.
    level, loud
        Kick level and level of any motion of every step so far, g.
    floor
        Floor of the jerk path, g.
    kick_before
        Loudest step of the last kick, far below zero without one.
    pair
        Whether that was so lately that its ring may still be there.
    followed
        Whether another burst began before this one had died away.
    """
    p, onset, peak = view.parameters.jerk, burst.onset_step, burst.peak
    if shook(onset, burst.peak_step, peak, loud, view):
        shaking = in_shaking(onset, loud, kick_before)
        above = p["impact_above" if peak >= p["impact_g"] else "above_loudest"]
        return shaking if peak >= above * shaking else None
    if stirs(onset, peak, loud, view):
        return None
    if peak < p["impact_g"] and comes_again(onset, peak, level, view):
        return None
    # What another kick left behind half a second earlier does not count against this one.
    first = max(0, onset - view.steps["isolation_s"], kick_before + RING_STEPS + 1)
    before = sorted(level[first:onset].tolist())
    surround = before[int(BEFORE_ORDER * len(before))] if before else floor
    since = max(0, onset - SUSTAINED_STEPS)
    past = sorted(loud[since:onset].tolist())
    sustained = past[int(BEFORE_ORDER * len(past))] if past else 0.0
    if surround > sustained:
        # A stretch that is over counts no more: what starts out of calm is no part of what went on before it.
        surround = min(surround, max(level[max(0, onset - CALM_STEPS) : onset].tolist(), default=surround))
    after = min(level[burst.peak_step + 1 : at + 1].tolist()) if at > burst.peak_step else floor
    # What would not have opened an event in the quietest time of the run is noise, whatever its share of the peak.
    noise = p["on_ratio"] * view.least_floor(onset)
    # The ring of a kick just before is louder than rest.
    most = max(p["pair_ratio" if pair else "isolation_ratio"] * peak, noise)
    around = max(surround, sustained)
    if around > most or after > (p["fading"] * peak if followed else most):
        return None
    if sustained <= min(noise, p["shaking_share"] * peak):
        # Nothing shakes there.
        return around
    # Shaking that goes on swells by itself: a kick in it stands out of its own loudest moments.
    soft = peak < p["impact_g"]
    any_loudest = past[int(LOUDEST_ORDER * len(past))] if past else 0.0
    # Another kick is none of them; a fall has more than one impact.
    loudest = in_shaking(onset, loud, kick_before) if soft else any_loudest
    if soft and kick_before > since and _is_over(loud[since:onset].tolist(), loudest):
        return around
    return None if peak < p["above_loudest" if soft else "impact_above"] * loudest else around


def comes_again(onset_step: int, peak: float, level: Floats, view: RunView) -> bool:
    """Whether something nearly as loud came in every second before a burst but one: a heart that beats shakes the body.

    Parameters
    ----------
    onset_step, peak
        First step of the burst, and the level at its top, g.
    level
        Kick level of every step so far, g.
    """
    last = onset_step - RISE_STEPS
    first = last - SECONDS * SECOND_STEPS
    least = view.parameters.jerk["again_share"] * peak
    if first < 0 or largest(level[last - 2 * SECOND_STEPS : last]) < least:
        # Most bursts come out of two quiet seconds.
        return False
    loudest = level[first:last].reshape(SECONDS, SECOND_STEPS).max(axis=1).tolist()
    return bool(sorted(loudest)[1] >= least)


def _is_over(before: list[float], loudest: float) -> bool:
    """Whether what was so loud is over: no shaking is so calm just before the step in which a burst begins to rise."""
    return max(before[-CALM_STEPS - 1 : -1], default=loudest) < OVER * loudest


def stirs(onset_step: int, peak: float, loud: Floats, view: RunView) -> bool:
    """Whether somebody has been moving about, who jolts all the time: at a desk, walking.

    The newest steps may hold the stretch that the kick answers, and a tremor is nothing that anybody does.

    Parameters
    ----------
    onset_step, peak
        First step of a burst, and the level at its top, g.
    loud
        Level of any motion of every step so far, g.
    """
    steps, noticed = view.steps, noticeable(onset_step, peak, view)
    if moved_steps(onset_step, onset_step - steps["stretch_before_s"], noticed, loud, view) <= steps["stir_s"]:
        return False
    # Who has come to rest since then has done with moving about.
    rested = onset_step - steps["rested_s"] - RISE_STEPS
    stirred = rested < 0 or largest(loud[rested : onset_step - RISE_STEPS]) > noticed
    return stirred and not view.shakes(onset_step)


def moved_steps(onset_step: int, last: int, noticed: float, loud: Floats, view: RunView) -> int:
    """Count steps before step `last`, of the last seconds before a burst, in which the limb moved noticeably beside it.

    Parameters
    ----------
    onset_step, loud
        As `stirs`.
    noticed
        As `noticeable`.
    """
    first = max(0, onset_step - view.steps["stir_window_s"])
    return int(np.count_nonzero(loud[first : max(0, last)] > noticed))


def noticeable(onset_step: int, peak: float, view: RunView) -> float:
    """Level of motion, g, that is noticed beside a burst, and above the noise."""
    p = view.parameters.jerk
    return max(p["stir_share"] * peak, p["on_ratio"] * view.least_floor(onset_step), 1e-3 * p["on_mg"])
