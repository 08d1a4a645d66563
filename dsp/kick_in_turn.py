"""Kick in a turn: a stretch so quick that the kick that answers it is one burst with it, as if it were a part of it.

How the limb turned is known when it rests again: what the turn that explains most of what was felt leaves is little
where somebody only stretched, and brief and large beside the turn's own pull where a muscle kicked in its midst, or at
its end. Who turns over, walks or moves about makes more than one turn, or a longer one, and leaves something
everywhere.
"""

from collections.abc import Iterable, Mapping

from dsp.aftermath import LOOK_STEPS, Waiting
from dsp.few import largest
from dsp.hindsight import in_a_stretch
from dsp.results import Event
from dsp.run_view import RunView
from dsp.turn_fit import LeftOver, left_over
from dsp.whole_turn import BEFORE_S, LEAD_STEPS, felt_around, rested

REST_STEPS = 2
"""By then the limb rests again."""
FIRST_S = 0.1
"""After the onset of a burst: what has its top by then came first (contract: onsets are known to 0.1 s)."""
SOONER_S, LATER_S = 0.04, 0.15
"""A burst begins with the turn that begins no sooner than so much before it; and a kick so much later is no part of its
first rise (half of the shortest turn; physics)."""


def kick_in_turn(kick: Waiting, at: int, view: RunView, others_s: Iterable[float]) -> Event | None:
    """Give the event of a kick that came with a quick stretch, as seen from step `at`; None where it did not.

    Parameters
    ----------
    others_s
        Onsets of other kicks: one that came beside the turn is what this leaves.
    """
    p, event = view.parameters.in_turn, kick.event
    if any(abs(other_s - event.onset_s) <= BEFORE_S for other_s in others_s):
        return None
    turned_deg = view.tilt_between(kick.began - LOOK_STEPS, at - LOOK_STEPS + 1)
    if not p["turn_deg"] <= turned_deg <= view.parameters.hold["turn_over_deg"]:
        return None
    loud = view.step_loud
    if largest(loud[at + 1 - REST_STEPS : at + 1]) > p["rests"] * kick.top:
        return None
    if largest(loud[max(0, kick.began - LEAD_STEPS) : max(0, kick.began - LOOK_STEPS)]) > p["rests"] * kick.top:
        return None
    felt = felt_around(event, at, view)
    if felt is None or not rested(felt):
        return None
    left = left_over(felt)
    if left.turn_deg < p["turn_deg"] or left.lasts_s > p["longest_s"] or left.width_s > p["widest_s"]:
        return None
    if not _is_kick(left, turned_deg, p):
        return None
    told = in_a_stretch(_from_its_onset(event, left, p), turned_deg)
    return told.but(stretch_delay_s=max(0.0, told.onset_s - event.onset_s - left.start_s))


def _is_kick(left: LeftOver, turned_deg: float, p: Mapping[str, float]) -> bool:
    """Whether what the turn leaves is a kick."""
    if left.top_s < FIRST_S:
        # The turn has made some of what came first its own.
        return turned_deg >= p["first_turn_deg"] and left.beside >= p["first_left"] and left.share >= p["first_share"]
    # A limb that is stopped swings as well.
    return left.beside >= p["left"] and left.over >= p["over"] and left.share >= p["share"] and left.after >= p["felt"]


def _from_its_onset(event: Event, left: LeftOver, p: Mapping[str, float]) -> Event:
    """Give the event from where the kick itself begins, if its burst begins with the stretch.

    What is felt from then on is not much less than before: else the kick came first, and the stretch goes on.
    """
    first = left.start_s >= -SOONER_S and left.onset_s >= LATER_S
    if not first or left.after < p["after"]:
        return event
    onset_s, peak_s = event.onset_s + left.onset_s, event.onset_s + left.top_s
    return event.but(onset_s=onset_s, peak_s=peak_s, end_s=max(event.end_s, peak_s), rise_s=peak_s - onset_s)
