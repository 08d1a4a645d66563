"""Turn fit: how the turn that explains most of what was felt around a kick does so, and what it leaves."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsp.few import largest
from dsp.swings import mean_of, span, squares
from dsp.turn import GRAVITY_M_S2
from dsp.turn_search import LEAST_KICK_S, OTHER_S, Felt, best_turn, between, held_against
from dsp.turn_shapes import is_abrupt

Floats = NDArray[np.float64]

SMOOTH_S = 0.03
"""Mean over so much: of a step that lies between two samples half of it is left in one (physics)."""
REST_S = 0.2
"""At either end of what is looked at, in which the limb is taken to rest."""
LEAST_SEEN, SEEN = 8, 0.6
"""Samples of a turn, and their share, that other kicks do not hide: five numbers make everything of fewer."""
PULL, LEVEL = 2.0, 0.1
"""Times what gravity changes by, that the pull counts for at most (a turn in 0.3 s, 0.3 m from the joint; physics); by
less than that, in units of gravity, it does not turn."""
THIRD, RISES, AROUND_TOP_S = 1.0 / 3.0, 0.25, 0.15
"""Shares of the top of what a turn leaves, and around it."""


class WholeTurn(NamedTuple):
    """The turn that explains best what was felt around a kick.

    Attributes
    ----------
    left_most
        Size of what it leaves over that of its own pull along the way: the largest in the time of the kick, or its rms
        as long as it lasts and a little longer, whichever is more.
    turn_deg
        How far it turned the limb, by gravity.
    way_m
        How far it moved the sensor, by its pull.
    seen_s
        How long it lasts from rest to rest; 0 where too little of it is seen.
    abrupt
        Whether it begins or ends with a step.
    drift
        How far the limb lies at last from where it turned to, over the change of gravity.
    """

    left_most: float
    turn_deg: float
    way_m: float
    seen_s: float
    abrupt: bool
    drift: float


def fit_turn(felt: Felt, others_s: Sequence[float]) -> WholeTurn | None:
    """Find the turn that explains best what is felt; None where none explains much.

    What comes just after `others_s` does not count.
    """
    at_s, step_s = felt.at_s, felt.step_s
    counts = np.ones(len(at_s))
    for other_s in others_s:
        counts[(at_s >= other_s + OTHER_S[0]) & (at_s < other_s + OTHER_S[1])] = 0.0
    tried, at, explains = best_turn(felt, counts)
    if not explains:
        return None
    start, lasts, shape = float(tried.start[at]), float(tried.lasts[at]), int(tried.shape[at])
    gains, pull, left, beside = held_against(felt, counts, tried, at)
    within = (at_s >= start) & (at_s <= start + lasts)
    seen = np.count_nonzero(within & (counts > 0.0))
    mean = max(1, round(SMOOTH_S / step_s))
    kicked = (at_s >= OTHER_S[0]) & (at_s <= max(felt.end_s, LEAST_KICK_S))
    most, size = (math.sqrt(float(squares(smooth(rows, mean)[kicked]).max())) for rows in (left, pull))
    turned = math.sqrt(float(gains[1] @ gains[1]))
    away = mean_of(left[between(felt, float(at_s[-1]) - REST_S, math.inf)])
    # A kick that pulls by far more than gravity turns is not to hide that it turned at another time.
    most_pull = PULL * turned if turned > LEVEL else math.inf
    return WholeTurn(
        left_most=max(most / max(min(size, most_pull), 1e-12), beside),
        turn_deg=_turn_deg(gains),
        way_m=math.sqrt(float(gains[3] @ gains[3])) * lasts**2 * GRAVITY_M_S2,
        seen_s=lasts if seen >= max(LEAST_SEEN, SEEN * np.count_nonzero(within)) else 0.0,
        abrupt=is_abrupt(shape),
        drift=math.sqrt(float(away @ away)) / max(turned, 1e-12),
    )


class LeftOver(NamedTuple):
    """What the turn that explains most leaves of what was felt around a kick.

    Attributes
    ----------
    turn_deg, start_s, lasts_s
        How far the turn goes, by gravity, when it begins, after the onset, and how long it lasts.
    beside
        Rms of what it leaves over that of its own pull, as long as it lasts and a little longer.
    over
        Its top over that of this pull.
    share
        Of the power of all that it leaves, how much lies around its top.
    width_s
        How long that stays above a third of its top.
    onset_s, top_s
        When that begins to rise to its top, and when it is there, after the onset.
    after
        The largest of what was felt from then on beside the rest at first, over the largest before.
    """

    turn_deg: float
    start_s: float
    lasts_s: float
    beside: float
    over: float
    share: float
    width_s: float
    onset_s: float
    top_s: float
    after: float


def left_over(felt: Felt) -> LeftOver:
    """Find the turn that explains most of what is felt, and what it leaves."""
    counts, mean = np.ones(len(felt.at_s)), max(1, round(SMOOTH_S / felt.step_s))
    tried, at, _ = best_turn(felt, counts)
    held = held_against(felt, counts, tried, at)
    power, pull = (squares(smooth(rows, mean)) for rows in (held.left, held.pull))
    size = np.sqrt(power).tolist()
    first, top, last = span(size, THIRD)
    begins = span(size[: top + 1], RISES)[0]
    lies = mean_of(felt.rows[: round(REST_S / felt.step_s)])
    moved = squares(smooth(felt.rows - lies, mean))
    top_s = float(felt.at_s[top])
    around = between(felt, top_s - AROUND_TOP_S, top_s + AROUND_TOP_S)
    return LeftOver(
        turn_deg=_turn_deg(held.gains),
        start_s=float(tried.start[at]),
        lasts_s=float(tried.lasts[at]),
        beside=held.beside,
        over=math.sqrt(float(power[top]) / max(float(pull.max()), 1e-12)),
        share=float(power[around].sum()) / max(float(power.sum()), 1e-12),
        width_s=(last + 1 - first) * felt.step_s,
        onset_s=float(felt.at_s[begins]) - 0.5 * mean * felt.step_s,
        top_s=top_s,
        after=math.sqrt(largest(moved[begins:]) / max(largest(moved[:begins]), 1e-12)),
    )


def _turn_deg(gains: Floats) -> float:
    """How far a turn with these parts, (5, 3), goes, by gravity."""
    return 2.0 * math.degrees(math.asin(min(1.0, 0.5 * math.sqrt(float(gains[1] @ gains[1])))))


def smooth(rows: Floats, mean: int) -> Floats:
    """Give the running mean over `mean` rows around each; of the same length, with the ends as they are."""
    padded = rows.take(np.arange(-(mean // 2), len(rows) + mean - 1 - mean // 2), axis=0, mode="clip")
    total = np.zeros((len(padded) + 1, rows.shape[1]))
    np.add.accumulate(padded, axis=0, out=total[1:])
    return (total[mean:] - total[:-mean]) / mean
