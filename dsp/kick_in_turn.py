"""Kick in a turn: a stretch so quick that the kick that answers it comes before it is over, as if it were a part of it.

How the limb turned is known when it rests again: what the turn that explains most of what was felt leaves is little
where somebody only stretched, and brief and large beside the turn's own pull where a muscle kicked in its midst. Who
turns over, walks or moves about makes more than one turn, or a longer one, and leaves something everywhere.
"""

from collections.abc import Iterable

from dsp.aftermath import LOOK_STEPS, Waiting
from dsp.few import largest
from dsp.run_view import RunView
from dsp.turn_fit import left_over
from dsp.whole_turn import BEFORE_S, LEAD_STEPS, felt_around, rested

REST_STEPS = 2
"""By then the limb rests again."""


def kicked_in_turn(kick: Waiting, at: int, view: RunView, others_s: Iterable[float]) -> float | None:
    """Turn, deg, of the quick stretch that a kick came in the midst of, as seen from step `at`; None without one.

    Parameters
    ----------
    others_s
        Onsets of other kicks: one that came beside the turn is what this leaves.
    """
    p = view.parameters.in_turn
    if any(abs(other_s - kick.event.onset_s) <= BEFORE_S for other_s in others_s):
        return None
    turned_deg = view.tilt_between(kick.began - LOOK_STEPS, at - LOOK_STEPS + 1)
    if not turned_deg >= p["turn_deg"]:
        return None
    loud = view.step_loud
    if largest(loud[at + 1 - REST_STEPS : at + 1]) > p["rests"] * kick.top:
        return None
    if largest(loud[max(0, kick.began - LEAD_STEPS) : max(0, kick.began - LOOK_STEPS)]) > p["rests"] * kick.top:
        return None
    felt = felt_around(kick.event, at, view)
    if felt is None or not rested(felt):
        return None
    left = left_over(felt)
    if left.turn_deg < p["turn_deg"] or left.lasts_s > p["longest_s"]:
        return None
    is_kick = left.beside >= p["left"] and left.share >= p["share"] and left.width_s <= p["widest_s"]
    return turned_deg if is_kick else None
