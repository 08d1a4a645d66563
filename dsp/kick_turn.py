"""Kick turn: how the limb turned before and with a candidate of the quick path, and whether it went elsewhere."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsp.aftermath import LEAST_TURN_DEG
from dsp.few import largest
from dsp.kick_onset import onset_in_turn
from dsp.kick_outline import Outline
from dsp.run_view import RunView
from dsp.swings import one_way, without_turn

Floats = NDArray[np.float64]

WHOLE = 0.8
"""Of a turn: all but what is done of it before it stands out (a fifth of one of least jerk in a third; physics)."""


class Turn(NamedTuple):
    """How the limb turned before and while it was kicked: the stretch, if any, and whether it still turned then."""

    stretch: tuple[float, float] | None
    inside: bool


def stretch_of(
    view: RunView, onset_at: int, kick_step: int, known_step: int, floor: float, *, shakes: bool
) -> tuple[float, float] | None:
    """Turn (deg) and delay (s) of the stretch that a kick came after, or in; None without one.

    It is over by the onset itself, whenever the candidate stood out. In a tremor that the limb moved just before is no
    sign of a stretch that still goes on, where it lies soon after a hard kick is still a part of its swing, and what
    shakes seems to turn by a little.
    """
    before = view.stretch_before(onset_at)
    if not shakes:
        return before if before is not None else view.stretch_around(kick_step, known_step, floor)
    return before if before is not None and before[0] >= view.parameters.jerk["stretch_deg"] else None


def is_the_turn(view: RunView, turn: Turn, shape: Outline, kick_step: int, known_step: int, turned_deg: float) -> bool:
    """Whether nothing turned the limb before, or as slow a stretch that was hardly seen before: it is that itself."""
    if turn.stretch is None:
        return True
    if shape.quickness >= view.parameters.jerk["landing_ratio"]:
        return False
    return turned_deg >= WHOLE * view.tilt_between(kick_step - view.steps["stretch_before_s"], known_step - 2)


def went_one_way(
    view: RunView, onset: int, end: int, known_step: int, quiet_g: Floats, turned_deg: float, *, weightless: bool
) -> float:
    """How far the limb went one way, as `swings.one_way`; NaN where it did not turn, or moves on."""
    if not weightless and not turned_deg >= LEAST_TURN_DEG:
        return math.nan
    stop = view.edge(known_step + 1)
    motion = view.xyz_g[onset - view.first : stop - view.first] - quiet_g
    return one_way(motion if weightless else without_turn(motion, stop - view.edge(known_step - 2), end - onset))


def kicked_within(view: RunView, shape: Outline, turned_deg: float) -> Turn | None:
    """Give the turn of a candidate that ended elsewhere, if a kick came in it; None when it was nothing but a turn."""
    if shape.quickness < view.parameters.jerk["landing_ratio"]:
        return None
    # Quicker than any stretch.
    kicked = onset_in_turn(view, shape.onset, shape.end)
    if kicked is None:
        return None
    delay_s = max(0.0, (kicked - shape.onset) / view.grid.rate_hz)
    return Turn(None if math.isnan(turned_deg) else (turned_deg, delay_s), inside=True)


def moved_before(view: RunView, onset_at: int, kick_step: int, peak: float) -> bool:
    """Whether the limb moved in the two steps before the kick, a good deal beside it, by either look at its beginning.

    A slow one begins before the step in which it stands out; a stretch may still smear into that in which it began.
    """
    least = view.parameters.jerk["onset_ratio"] * peak
    return all(largest(view.step_loud[max(0, at - 2) : at]) > least for at in (onset_at, kick_step))
