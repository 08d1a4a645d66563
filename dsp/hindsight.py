"""Hindsight: what is known of a kick a second later: a piece of a movement after all, or a kick that is less certain.

A muscle's twitch comes out of what the limb did before, and falls back into it. A limb that lies elsewhere, or that was
moving and turns on, has moved; between both, what speaks for a movement takes from the confidence.
"""

import functools
import math
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsp.aftermath import LOOK_STEPS, Waiting, lies_still
from dsp.evidence import EVENT_WEIGHT, NO_STRETCH, stretch_value, strongest
from dsp.few import largest, middle_of
from dsp.in_tremor import LONGEST_KICK_STEPS, LOUDEST_ORDER, SUSTAINED_STEPS, shook
from dsp.kick_event import IMPACT
from dsp.kick_level import STEP_S
from dsp.labels import EventLabel
from dsp.pendular import swings_freely
from dsp.results import Event, Term
from dsp.run_view import AFTER_KICK_STEPS, RISE_STEPS, RunView
from dsp.struck import LEAST_RATE_HZ, is_struck
from dsp.surroundings import moved_steps, noticeable

Floats = NDArray[np.float32]

LATE_STEPS = 8
"""From here on the ring of a kick is down to its last tenth (damping 0.15 at 4 Hz; physics)."""
JUST_BEFORE = 3, 1
"""Steps before that one between which it was just before: a faint kick, which stands out late, rises in the last."""
SECOND_STEPS = 10
SOON_STEPS = 2
"""So many steps after the first one of a kick begin those whose mean shows where it left the limb."""
SEEN_RATE = 0.6
"""Of its rate shows while a limb turns, whose own pull lags and leads gravity (6 deg in 1 s at 0.3 m; physics)."""


class Seen(NamedTuple):
    """What the limb did with a kick, and beside it.

    Attributes
    ----------
    turned_deg
        Turn of the limb from before the kick to 0.4 s after its onset; NaN where gravity does not show it.
    before, left
        Level of any motion just before the kick, and from 0.8 s after its onset on, over that of its top.
    """

    turned_deg: float
    before: float
    left: float


def is_movement(kick: Waiting, at: int, loud: Floats, view: RunView) -> bool:
    """Whether it was a piece of a movement, as seen from step `at`; what hits as hard as an impact is told anyway.

    Parameters
    ----------
    loud
        Level of any motion in every step so far, g.
    """
    if kick.event.is_impact or at < kick.began + LATE_STEPS:
        return False
    if _moves_hard(kick, loud, view):
        return True
    if kick.event.label is EventLabel.REFLEX_JERK:
        return _turns_on(kick, at, loud, view) or _turns_in_motion(kick, loud, view)
    if _lies_elsewhere(kick, at, view) and stretched_on(kick, at, loud, view) is None:
        return True
    return _goes_on_moving(kick, at, loud, view) or _swells(kick, at, loud, view)


def stretched_on(kick: Waiting, at: int, loud: Floats, view: RunView) -> float | None:
    """Turn of the limb, deg, in the midst of which a kick came that no stretch was seen before; None where none was.

    What the kick itself turned it by is over a third of a second after its onset. A stretch that is under way goes on
    then, so smoothly that it hardly shows beside the kick, and ends.
    """
    p, began, before = view.parameters.hindsight, kick.began, kick.began - LOOK_STEPS
    turn_deg = view.tilt_between(before, at - 2)
    if not turn_deg > p["elsewhere_deg"] or kick.event.label is not EventLabel.TWITCH:
        return None
    begun_deg, done_deg = (view.tilt_between(before, began + steps) for steps in (SOON_STEPS - 1, SOON_STEPS))
    if not (begun_deg < p["begun"] * turn_deg or done_deg < p["done"] * turn_deg):
        return None
    if largest(loud[began + LONGEST_KICK_STEPS : at + 1]) > p["smooth"] * kick.top:
        return None
    return turn_deg if largest(loud[at - 2 : at + 1]) < p["over"] * kick.top else None


def looked_back(kick: Waiting, at: int, loud: Floats, view: RunView, others: Iterable[int]) -> Event:
    """Event of a kick with what is known of it at step `at`; that of the end of a run as it was.

    What is no movement by the rules is never called less likely a kick than not: of those, half are kicks (synthetic).

    Parameters
    ----------
    loud
        Level of any motion in every step so far, g.
    others
        Steps at which other kicks began, or may have begun: they are nothing that is left of this one.
    """
    event, top = kick.event, max(kick.top, 1e-12)
    if at < kick.began + LATE_STEPS:
        return event
    if event.is_impact:
        turned_deg = _turned_with_impact(kick, at, view)
        if turned_deg is not None:
            event = in_a_stretch(event, turned_deg)
        return _without_impact(event) if _may_be_muscle(event, kick, at, view) else event
    turn_deg = stretched_on(kick, at, loud, view)
    if turn_deg is not None and _is_stretch(turn_deg, kick, at, view) and not swings_freely(event, at, view):
        event = in_a_stretch(event, turn_deg)
    seen = Seen(
        # What a stretch turned the limb by does not speak against a kick in it.
        turned_deg=_turn_with(kick, view) if turn_deg is None else math.nan,
        before=_just_before(kick, loud) / top,
        left=_left(kick, min([at, *(step - RISE_STEPS for step in others if step > kick.began)]), loud) / top,
    )
    p = view.parameters.hindsight
    values = {
        "turned": _against(seen.turned_deg, p["turned_deg"]),
        "moved_before": _against(seen.before, p["share"]),
        "left": _against(seen.left, p["share"]),
    }
    values = {name: value for name, value in values.items() if value < 0.0}
    if not values:
        return event
    odds = math.log(event.confidence / (1.0 - event.confidence)) + EVENT_WEIGHT * sum(values.values())
    confidence = 1.0 / (1.0 + math.exp(-max(0.0, odds)))
    return event.but(confidence=confidence, evidence=functools.partial(_spoken, event, seen, values))


def _turned_with_impact(kick: Waiting, at: int, view: RunView) -> float | None:
    """Turn, deg, of the stretch that a kick as hard as an impact came in; None where none is seen, or somebody fell.

    It came out of rest, and was no harder than a kick may be.
    """
    if kick.event.label is not EventLabel.TWITCH or kick.event.peak_g > view.parameters.jerk["kicked_g"]:
        return None
    turned_deg = view.tilt_between(kick.began - LOOK_STEPS, at - LOOK_STEPS + 1)
    p = view.parameters.hold
    if not p["stretch_deg"] <= turned_deg <= p["turn_over_deg"] or not lies_still(kick.began, view):
        return None
    return turned_deg


def _may_be_muscle(event: Event, kick: Waiting, at: int, view: RunView) -> bool:
    """Whether what is as hard as an impact is a kick all the same: no harder than the hardest, out of rest, no knock.

    And the limb lies where it lay, if no stretch turned it. Who fell has moved before, and lies elsewhere.
    """
    p = view.parameters.jerk
    if event.peak_g > p["hardest_g"] or view.grid.rate_hz < LEAST_RATE_HZ or not lies_still(kick.began, view):
        return False
    turned_deg = view.tilt_between(kick.began - LOOK_STEPS, at - LOOK_STEPS + 1)
    most_deg = p["kicked_deg"] if event.label is EventLabel.TWITCH else view.parameters.hold["turn_over_deg"]
    if not turned_deg < most_deg:
        return False
    return not (event.peak_g < p["impact_g"] or is_struck(_without_impact(kick.event), view))


def _without_impact(event: Event) -> Event:
    return event.but(flags=tuple(flag for flag in event.flags if flag not in IMPACT))


def _is_stretch(turn_deg: float, kick: Waiting, at: int, view: RunView) -> bool:
    """Whether the limb turned far enough, and anywhere after the kick quickly enough, for a stretch that evokes one."""
    p, first = view.parameters.jerk, kick.began + SOON_STEPS
    if turn_deg < p["stretch_deg"]:
        return False
    rates = (view.tilt_between(step, step + LOOK_STEPS) for step in range(first, at - 2 - LOOK_STEPS + 1))
    return any(turned >= SEEN_RATE * p["stretch_rate_deg_per_s"] * LOOK_STEPS * STEP_S for turned in rates)


def in_a_stretch(event: Event, turn_deg: float) -> Event:
    """Give a kick that came before its stretch could be seen, or before all of it, the name that it has in it."""
    value = stretch_value(turn_deg)
    term = Term(name="in_stretch", value=value, text=f"in the midst of a stretch of {turn_deg:.0f}°")
    told = event.but(evidence=functools.partial(_with_stretch, event, term))
    if event.label is EventLabel.REFLEX_JERK:
        return told
    odds = math.log(event.confidence / (1.0 - event.confidence)) + EVENT_WEIGHT * (value - NO_STRETCH)
    return told.but(
        label=EventLabel.REFLEX_JERK,
        runner_up=EventLabel.TWITCH.value,
        stretch_delay_s=0.0,
        confidence=1.0 / (1.0 + math.exp(-odds)),
    )


def _with_stretch(event: Event, term: Term) -> tuple[Term, ...]:
    return strongest([term, *(known for known in event.evidence if known.name not in ("no_stretch", "after_stretch"))])


def _moves_hard(kick: Waiting, loud: Floats, view: RunView) -> bool:
    """Whether a limb that has moved for seconds moves so hard before it that gravity is not to be seen in the data."""
    if view.has_gravity(kick.began) or view.no_gravity_at_all(kick.began):
        return False
    return middle_of(_seconds_before(kick, loud)) > view.parameters.hindsight["typical"] * kick.top


def _lies_elsewhere(kick: Waiting, at: int, view: RunView) -> bool:
    """Whether a limb that rested before it lies elsewhere soon after it, and still does a second later.

    A slow ring looks so too, for the mean of three steps holds some of it, but it fades. And a limb may settle
    elsewhere after a twitch: it was moved there only if so short a push of this size turns it so far.
    """
    p, before = view.parameters.hindsight, kick.began - LOOK_STEPS
    soon_deg = _turn_with(kick, view)
    if not soon_deg > p["elsewhere_deg"]:
        # Most kicks end the question here.
        return False
    size = kick.event.peak_g / view.gravity_size(kick.began)
    least_deg = max(p["elsewhere_deg"], p["elsewhere_deg_per_g"] * size)
    later_deg = view.tilt_between(before, at - 2)
    lies_deg = min(soon_deg, later_deg)
    if not (lies_deg > least_deg and later_deg > p["stays"] * soon_deg):
        return False
    if lies_deg > p["furthest_deg_per_g_s2"] * size * kick.event.width_s**2:
        return False
    return view.tilt_between(before - SECOND_STEPS, before) < p["rested_deg"]


def _goes_on_moving(kick: Waiting, at: int, loud: Floats, view: RunView) -> bool:
    """Whether it came in the midst of a movement: as loud before it, slow motion after it, and some of it for long."""
    p, top = view.parameters.hindsight, kick.top
    if _second_before(kick, loud) <= view.parameters.jerk["end_ratio"] * top:
        return False
    if shook(kick.began, kick.began + RISE_STEPS, top, loud, view):
        # What shakes is no movement.
        return False
    if view.slow_after(at - 1 - AFTER_KICK_STEPS, at) <= p["goes_on"] * top:
        return False
    moved = moved_steps(kick.began, kick.began - RISE_STEPS, noticeable(kick.began, top, view), loud, view)
    return moved > round(p["moved_s"] / STEP_S)


def _swells(kick: Waiting, at: int, loud: Floats, view: RunView) -> bool:
    """Whether it rose slowly, out of a motion, into a motion that goes on."""
    p = view.parameters.hindsight
    if kick.event.rise_s <= p["rise_s"] or _just_before(kick, loud) <= p["share"] * kick.top:
        return False
    return view.slow_middle(kick.began, at) > view.parameters.jerk["kept_share"] * kick.top


def _turns_on(kick: Waiting, at: int, loud: Floats, view: RunView) -> bool:
    """Whether the limb turns on after it, which moved before it, and still moves: the stretch is not over."""
    p, top = view.parameters.hindsight, kick.top
    return (
        _second_before(kick, loud) > p["share"] * top
        and _left(kick, at, loud) > p["left"] * top
        and view.tilt_between(kick.began + AFTER_KICK_STEPS, at - 2) > p["turns_on_deg"]
    )


def _turns_in_motion(kick: Waiting, loud: Floats, view: RunView) -> bool:
    """Whether the limb turns with it that moved for much of the last 3 s: a stretch is answered out of rest."""
    p, jerk = view.parameters.hindsight, view.parameters.jerk
    if not _turn_with(kick, view) > jerk["stretch_deg"]:
        return False
    before = sorted(_seconds_before(kick, loud))
    if not before:
        return False
    loudest = before[int(LOUDEST_ORDER * len(before))]
    return loudest > p["loudest"] * kick.top and middle_of(before) > p["typical"] * kick.top


def _turn_with(kick: Waiting, view: RunView) -> float:
    """Turn of the limb with the kick, deg; NaN where gravity does not show it."""
    return view.tilt_between(kick.began - LOOK_STEPS, kick.began + AFTER_KICK_STEPS)


def _just_before(kick: Waiting, loud: Floats) -> float:
    """Level of any motion in the two steps before a kick and its rise, g."""
    first, last = (max(0, kick.began - back) for back in JUST_BEFORE)
    return largest(loud[first:last])


def _second_before(kick: Waiting, loud: Floats) -> float:
    """Level of any motion in the second before a kick but for its rise, g."""
    return largest(loud[max(0, kick.began - SECOND_STEPS) : max(0, kick.began - RISE_STEPS)])


def _seconds_before(kick: Waiting, loud: Floats) -> list[float]:
    """Levels of any motion in the 3 s before a kick but for its rise, g."""
    levels: list[float] = loud[max(0, kick.began - SUSTAINED_STEPS) : max(0, kick.began - RISE_STEPS)].tolist()
    return levels


def _left(kick: Waiting, at: int, loud: Floats) -> float:
    """Level of any motion that is left of a kick, g."""
    return largest(loud[kick.began + LATE_STEPS : at + 1])


def _against(value: float, usual: float) -> float:
    """Log-odds against a kick of what is so much larger than usual: in proportion to it; none of what is unknown."""
    return -math.log(value / usual) / EVENT_WEIGHT if value > usual else 0.0


def _spoken(event: Event, seen: Seen, values: dict[str, float]) -> tuple[Term, ...]:
    """Terms of an event with those of hindsight among them, strongest first."""
    texts = {
        "turned": f"the limb turned by {seen.turned_deg:.0f}° with it",
        "moved_before": f"{100.0 * seen.before:.0f} % as loud just before it",
        "left": f"{100.0 * seen.left:.0f} % of it left almost a second later",
    }
    return strongest([*event.evidence, *(Term(name=n, value=v, text=texts[n]) for n, v in values.items())])
