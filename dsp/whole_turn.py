"""Whole turn: whether a turn of the limb, from rest to rest, explains what was taken for a kick at its begin or end.

Who turns a limb about a joint pulls at the sensor along its way, and towards the joint. How quickly it turns decides
all of that: the rate rises from nothing and falls back to it, once. A turn that begins or ends abruptly has a step in
its acceleration, which is as quick as a kick, but stays near that height and reverses once, while a kick comes back
within a fifth of a second and leaves the limb where it was. So whole turns are held against what was felt: gravity goes
over from one posture to the other, the pull along the way goes with the change of the rate, and that towards the joint
with its square. What such a turn leaves of a kick that was none is little, and it explains no pulse that comes with it.
"""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from dsp.aftermath import LOOK_STEPS
from dsp.few import largest
from dsp.kick_level import STEP_S
from dsp.results import Event
from dsp.run_view import RunView
from dsp.swings import SWUNG, mean_of, squares
from dsp.turn import GRAVITY_M_S2
from dsp.turn_fit import REST_S, SMOOTH_S, WholeTurn, fit_turn, smooth
from dsp.turn_search import BESIDE_S, LEAST_KICK_S, OTHER_S, Felt, between

Floats = NDArray[np.float64]

BEFORE_S, AFTER_S = 1.3, 1.2
"""Around the onset of a kick, that is looked at: the longest turn and rest before it; what is known."""
LEAD_STEPS = round(BEFORE_S / STEP_S)
LEAST_HZ = 45.0
"""At so much or more a faster sensor is looked at."""
RESTED = 0.1
"""Of what comes then, rms of what it moves in the first of them at most (prior)."""
STAYS_S, STAYS = (0.04, 0.1), 0.1
"""After the top of a step, or before it, and its share that is still felt there at least: of a turn by a half wave of
a sine that takes 0.3 s it is half (physics); a kick of 0.1 s has come back."""


def is_whole_turn(event: Event, began: int, now_step: int, view: RunView, others_s: Sequence[float]) -> bool:
    """Whether a turn from rest to rest explains a kick, from samples up to step `now_step`.

    Parameters
    ----------
    began
        First step of the kick.
    others_s
        Onsets of other kicks beside it, after which what is felt does not count if that is a help.
    """
    p = view.parameters.hindsight
    with_it = view.tilt_between(began - LOOK_STEPS, now_step - 2) >= p["seen_deg"]
    lately = view.tilt_between(began - LEAD_STEPS, now_step - 2) >= view.parameters.hold["stretch_deg"]
    if not (with_it or lately or _went(began, now_step, p["way_m"], view)):
        # Most kicks end the question here.
        return False
    felt = felt_around(event, now_step, view)
    if felt is None or not rested(felt) or not ((with_it and _rests(felt)) or _stays(felt)):
        return False
    turn = fit_turn(felt, [])
    if turn is not None and turn.turn_deg < p["seen_deg"]:
        return felt.step_s * LEAST_HZ <= 1.0 and _explains_level(turn, p)
    if _explains(turn, p):
        return True
    near = [at_s - event.onset_s for at_s in others_s if 0.0 < abs(at_s - event.onset_s) < BEFORE_S]
    return bool(near) and _explains(fit_turn(felt, near), p)


def _explains(turn: WholeTurn | None, p: Mapping[str, float]) -> bool:
    """Whether the turn is one that a limb makes, and leaves nothing of the kick, or of the impact."""
    if turn is None or turn.turn_deg < p["seen_deg"]:
        return False
    if turn.seen_s < p["turn_s"] or turn.left_most > p["turn_left"] or turn.drift > p["turn_drift"]:
        return False
    return p["shortest_arm_m"] <= turn.way_m / math.radians(turn.turn_deg) <= p["longest_arm_m"]


def _explains_level(turn: WholeTurn, p: Mapping[str, float]) -> bool:
    """As `_explains` where gravity shows no turn: a kick and its recoil go as far at once, but without a step."""
    known = turn.seen_s >= p["turn_s"] and turn.left_most <= p["level_left"]
    return known and turn.abrupt and p["way_m"] <= turn.way_m <= p["longest_way_m"]


def felt_around(event: Event, now_step: int, view: RunView) -> Felt | None:
    """Give what is felt around a kick; None where too little is known, or nothing of gravity."""
    rate, first = view.grid.rate_hz, view.first
    thin = max(1, int(rate // LEAST_HZ))
    step_s = thin / rate
    onset = round((event.onset_s - view.start_s) * rate)
    begin = max(first, onset - round(BEFORE_S * rate))
    known = min(view.edge(now_step + 1) - onset, round(AFTER_S * rate))
    # By tenths of a second, so that few sets of samples have to be planned for.
    count = (onset + round(int(known / (STEP_S * rate)) * STEP_S * rate) - begin) // thin
    size_g = view.gravity_size(view.step_of(onset))
    if count * step_s < BEFORE_S or math.isnan(size_g):
        return None
    rows = view.xyz_g[begin - first : begin - first + count * thin].astype(np.float64)
    rows = np.asarray(np.add.reduce(rows.reshape(count, thin, 3), axis=1), np.float64)
    rows /= thin * size_g
    at_s = (begin - onset + 0.5 * (thin - 1)) / rate + step_s * np.arange(count, dtype=np.float64)
    return Felt(rows - mean_of(rows), at_s, step_s, event.end_s - event.onset_s)


def rested(felt: Felt) -> bool:
    """Whether the limb rests at first, beside what comes then: not so who walks."""
    return _is_quiet(felt.rows[: round(REST_S / felt.step_s)], felt)


def _rests(felt: Felt) -> bool:
    """Whether it rests at last, likewise."""
    return _is_quiet(felt.rows[-round(REST_S / felt.step_s) :], felt)


def _is_quiet(part: Floats, felt: Felt) -> bool:
    """Whether little is felt in a part, beside its own mean and the rest."""
    lies = mean_of(part)
    most = largest(squares(felt.rows - lies))
    return float(squares(part - lies).sum()) <= RESTED**2 * most * len(part)


def _stays(felt: Felt) -> bool:
    """Whether what was felt stays near its height, after its top beside the rest before it, or the other way round.

    A kick comes back at once; a twentieth of the time that it takes to look for a turn tells most of them.
    """
    rows = smooth(felt.rows, max(1, round(SMOOTH_S / felt.step_s)))
    end_s = max(felt.end_s, LEAST_KICK_S)
    span = between(felt, OTHER_S[0], end_s)
    sides = (between(felt, OTHER_S[0] - BESIDE_S, OTHER_S[0]), 1.0), (between(felt, end_s, end_s + BESIDE_S), -1.0)
    for rest, ahead in sides:
        beside = felt.rows[rest]
        if not len(beside):
            # Nobody knows.
            return True
        moved = rows[span] - mean_of(beside)
        top = int(squares(moved).argmax())
        top_s = float(felt.at_s[span][top])
        stays = felt.rows[between(felt, *sorted(top_s + ahead * at_s for at_s in STAYS_S))]
        if not len(stays):
            return True
        size_2 = float(moved[top] @ moved[top])
        if float((mean_of(stays) - mean_of(beside)) @ moved[top]) > STAYS * size_2:
            return True
    return False


def _went(began: int, now_step: int, least_m: float, view: RunView) -> bool:
    """Whether the sensor went so far, most of the way in one direction, and stopped there, as its steps show."""
    rows = view.step_gravity[max(0, began - LEAD_STEPS) : now_step + 1].astype(np.float64)
    if len(rows) < 2 * LOOK_STEPS:
        return False
    moved = rows - 0.5 * (mean_of(rows[:LOOK_STEPS]) + mean_of(rows[-LOOK_STEPS:]))
    # Along the strongest pull; that towards the joint is weaker.
    size_2 = squares(moved)
    top = int(size_2.argmax())
    x, y, z = (moved * moved[top]).T
    speeds = np.add.accumulate(x + y + z)
    speed = np.abs(speeds)
    if largest(speed[-2:]) > SWUNG * largest(speed):
        # It was pushed, and not stopped.
        return False
    net, size = abs(float(np.add.reduce(speeds))), max(math.sqrt(float(size_2[top])), 1e-12)
    far = net / size * STEP_S**2 * GRAVITY_M_S2 >= 0.5 * least_m * view.gravity_size(began)
    return far and net > SWUNG * float(np.add.reduce(speed))
