"""In tremor: a kick in shaking is asked one thing, whether it stands out of the loudest moments around it."""

import math

import numpy as np
from numpy.typing import NDArray

from dsp.parameters import Parameters
from dsp.run_view import RunView

Floats = NDArray[np.float32]

BEFORE_ORDER = 0.4
"""Share of the steps that may be quieter: a stretch or a kick fills fewer than the other six tenths (prior)."""
LOUDEST_ORDER = 0.9
"""The loudest tenth, so that a single step decides nothing (prior)."""
SUSTAINED_STEPS = 30
"""A stretch (1.1 s) and another kick (0.5 s) leave most of the last 3 s quiet; motion that goes on does not."""
LONGEST_KICK_STEPS = 5
"""A kick and its first swings are over after half a second (decay 0.3-1 s, its loudest part sooner; prior)."""
RING_STEPS = 2
"""Longer than half a swing of the slowest ring (3 Hz, 0.17 s): a ring is never louder than in its last 0.2 s."""
FEW_LOUDEST = math.ceil((1.0 - LOUDEST_ORDER) * SUSTAINED_STEPS)
"""Steps at most that are as loud as the loudest moments are said to be, or louder."""


def shook(onset_step: int, at: int, top: float, loud: Floats, view: RunView) -> bool:
    """Whether a limb shook on before a kick: a frame of the last seconds up to step `at` says so, and so do the levels.

    One kick beside a tremor is enough for the frames that hold it to call that something else.

    Parameters
    ----------
    onset_step, top
        First step of the kick, and the level at its top, g.
    loud
        Level of any motion in every step so far, g.
    """
    if not view.shook_since(onset_step - view.steps["stir_window_s"], at):
        return False
    before = sorted(loud[max(0, onset_step - SUSTAINED_STEPS) : onset_step].tolist())
    p, sustained = view.parameters.jerk, before[int(BEFORE_ORDER * len(before))] if before else 0.0
    # The ring of another kick leaves most of it quiet, whatever the frames call that.
    return bool(sustained > min(p["on_ratio"] * view.least_floor(onset_step), p["shaking_share"] * top))


def in_shaking(onset_step: int, loud: Floats, kick_before: int) -> float:
    """Level of the loudest moments of a limb that shakes, g: a kick in it stands out of these.

    Parameters
    ----------
    onset_step
        First step of a burst.
    loud
        Level of any motion in every step so far, g.
    kick_before
        Loudest step of the last kick, far below zero without one.
    """
    first, kicked = max(0, onset_step - SUSTAINED_STEPS), kick_before - RING_STEPS
    past = loud[first:onset_step].tolist()
    if kicked + LONGEST_KICK_STEPS > first:
        # Another kick is none of them.
        past = past[: max(0, kicked - first)] + past[max(0, kicked + LONGEST_KICK_STEPS - first) :]
    return float(sorted(past)[int(LOUDEST_ORDER * len(past))]) if past else 0.0


def least_that_stands_out(onset_step: int, loud: Floats, kick_before: int, parameters: Parameters) -> float:
    """Level, g, below which nothing stands out of shaking, at a first look: most bursts in it need no other.

    Parameters as of `in_shaking`.
    """
    if kick_before >= onset_step - SUSTAINED_STEPS or onset_step < FEW_LOUDEST:
        # Another kick may be among the loudest moments.
        return 0.0
    # No three of them are all above these.
    return float(parameters.jerk["above_loudest"] * min(loud[onset_step - FEW_LOUDEST : onset_step].tolist()))
