"""Pace: what the ring of bed mode shows: a step of a guided session, a hold, the rest after it, or the breath."""

import math
from dataclasses import dataclass
from enum import StrEnum

from gui.model.session import SessionModel

GOAL_S = 30.0
"""The ring is full here: holds of 10 to 30 s are what is advised (ACSM 2021), longer ones are let go."""
REST_S = 30.0
"""Rest after a hold that the ring counts down; the guidance says how long is better (inference)."""
BREATH_S = 10.0
"""Six breaths a minute, four seconds in and six out: slow breathing as it is usually taught (inference)."""
BREATHE_IN_SHARE = 0.4


class Phase(StrEnum):
    """What the ring counts."""

    STEP = "step"
    """Seconds left of a step of a guided session."""
    HOLD = "hold"
    """Seconds of a hold, up to the goal."""
    LET_GO = "let_go"
    """Seconds of a hold beyond the goal."""
    REST = "rest"
    """Seconds left of the rest after a hold."""
    BREATHE_IN = "breathe_in"
    """Breathing in."""
    BREATHE_OUT = "breathe_out"
    """Breathing out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What the ring shows.

    Attributes
    ----------
    phase
        What it counts.
    share
        How much of the ring is full, 0 to 1.
    seconds
        The number in its middle; NaN while breathing.
    """

    phase: Phase
    share: float
    seconds: float = math.nan


def pace_of(model: SessionModel) -> Pace:
    """Say what the ring shows now."""
    stream = model.stream
    if model.guided is not None:
        left_s, whole_s = model.guided.left_s(stream.now_s), max(1e-6, model.guided.turn.step.seconds)
        return Pace(phase=Phase.STEP, share=1.0 - left_s / whole_s, seconds=math.ceil(left_s))
    live = stream.live
    if live is not None and live.hold_start_s is not None:
        held_s = max(0.0, live.time_s - live.hold_start_s)
        phase = Phase.HOLD if held_s < GOAL_S else Phase.LET_GO
        return Pace(phase=phase, share=min(1.0, held_s / GOAL_S), seconds=math.floor(held_s))
    released = [h.end_s for h in stream.holds if h.released]
    since_s = stream.now_s - max(released) if released else math.inf
    if 0.0 <= since_s < REST_S:
        return Pace(phase=Phase.REST, share=1.0 - since_s / REST_S, seconds=math.ceil(REST_S - since_s))
    return _breath(stream.now_s)


def _breath(now_s: float) -> Pace:
    at = (now_s % BREATH_S) / BREATH_S
    if at < BREATHE_IN_SHARE:
        return Pace(phase=Phase.BREATHE_IN, share=0.5 - 0.5 * math.cos(math.pi * at / BREATHE_IN_SHARE))
    out = (at - BREATHE_IN_SHARE) / (1.0 - BREATHE_IN_SHARE)
    return Pace(phase=Phase.BREATHE_OUT, share=0.5 + 0.5 * math.cos(math.pi * out))
