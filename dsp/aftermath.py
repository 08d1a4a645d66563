"""Aftermath: what the second after a kick, and the seconds before it, say against it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from dsp.few import largest, middle_of
from dsp.in_tremor import LONGEST_KICK_STEPS, LOUDEST_ORDER, SUSTAINED_STEPS, shook
from dsp.labels import EventLabel
from dsp.parameters import Parameters
from dsp.results import Event
from dsp.run_view import RISE_STEPS, RunView

Floats = NDArray[np.float32]

CREST_STEPS = 3
"""A kick rises from calm within a step or two; a tremor swells for longer."""
SWING_STEPS = 4
"""One swing of the slowest ring (2.5 Hz), so that its loudest moment is in each (physics)."""
LOOK_STEPS = 3
"""Steps that one look at gravity takes, so that a look before a kick begins so much sooner."""
LEAST_TURN_DEG = 3.0
"""Three times what noise of 20 mg makes of the mean of three steps at 25 Hz, and more (0.9 deg rms; physics)."""
FADED = 0.36
"""So much a ring is down to within 0.8 s of what it was just before, or less (damping 0.08 at 2.5 Hz; physics)."""
DIED_AWAY = 0.5
"""Of the loudest, in 0.3 s: a ring of damping 0.13 at 3 Hz (physics)."""
NEWEST_STEPS = 2
"""A beat of 3 Hz has a peak and a trough in it (physics)."""
STILL_STEPS = 7
"""Longer than anything stays in the air that falls from a bed or a chair, and back on it (0.6 m: 0.7 s; physics)."""


class Proof(Enum):
    """What has to show a second after a burst for it to be a kick."""

    NONE = auto()
    SWINGS = auto()
    """The limb, which lies elsewhere soon after it, swings freely."""
    LIES_BACK = auto()
    """The limb lies where it lay before."""


@dataclass(slots=True)
class Waiting:
    """A kick that waits to be confirmed.

    Attributes
    ----------
    began
        Its first step.
    event
        As it would be told.
    top
        The level at its top, g.
    proof
        What has to show.
    due
        Step at which it is confirmed.
    """

    began: int
    event: Event
    top: float
    proof: Proof = Proof.NONE
    due: int = 0

    @property
    def is_likely(self) -> bool:
        """Whether it is more likely a kick than a movement, as far as is known."""
        return self.proof is Proof.NONE


def lies_back(kick: Waiting, at: int, view: RunView) -> bool:
    """Whether the limb lies at step `at` where it lay before a kick."""
    return view.tilt_between(kick.began - LOOK_STEPS, at - 2) < LEAST_TURN_DEG


def belongs_to(event: Event, impact: Event, parameters: Parameters, *, rested: bool = False) -> bool:
    """Whether an event is what an impact led to: its bounce, how the body settles, how somebody gets up from a fall.

    Parameters
    ----------
    rested
        Whether the limb lay still just before it: what bounces or settles does not.
    """
    if not impact.is_impact:
        return False
    p, late_s, share = parameters.jerk, event.onset_s - impact.onset_s, event.peak_g / impact.peak_g
    return (
        late_s <= p["settle_s"]
        # A body that falls may hit the ground more than once, last with what is thrown the furthest.
        or (late_s <= p["falls_s"] and event.is_impact and not rested and share < p["impact_above"])
        or (late_s <= p["bounce_s"] and not rested and share < p["bounce_share"])
        or (late_s <= p["lie_s"] and share < p["lie_share"])
    )


def was_kick(impact: Event, step: int, view: RunView) -> bool:
    """Whether an impact was no more than a hard kick, as seen at the first step of another event.

    It came out of rest, and the limb lies where it lay: who falls has moved before, and lies elsewhere.
    """
    p = view.parameters.jerk
    late_s = view.start_s + view.edge(step) / view.grid.rate_hz - impact.onset_s
    if impact.peak_g > p["kicked_g"] or late_s < p["kicked_s"]:
        return False
    began = view.step_at(impact.onset_s)
    return lies_still(began, view) and view.tilt_between(began - LOOK_STEPS, step - LOOK_STEPS) < p["kicked_deg"]


def lies_still(step: int, view: RunView) -> bool:
    """Whether nothing but noise is felt for 0.7 s before a step but for the rise of what begins there."""
    before = view.step_loud[max(0, step - RISE_STEPS - STILL_STEPS) : max(0, step - RISE_STEPS)]
    noise = view.parameters.jerk["on_ratio"] * view.least_floor(step)
    return len(before) == STILL_STEPS and largest(before) <= max(noise, 1e-3 * view.parameters.jerk["on_mg"])


def is_contradicted(kick: Waiting, at: int, loud: Floats, view: RunView, others: Iterable[int]) -> bool:
    """Whether it was no kick after all, as seen from step `at`.

    Parameters
    ----------
    loud
        Level of any motion in every step so far, g.
    others
        Steps at which other kicks began, or may have begun.
    """
    impact = kick.event.is_impact
    in_shaking = not impact and shook(kick.began, kick.began + RISE_STEPS, kick.top, loud, view)
    # What shook before goes on after it, and is no part of it, if the frames are sure of it to the end.
    if not (in_shaking and view.shakes(kick.began + RISE_STEPS)) and _goes_on(
        kick, at, loud, view, others, impact=impact
    ):
        return True
    if impact:
        # Somebody who falls may turn, and lie elsewhere.
        return False
    if (in_shaking or view.shakes(at)) and _is_crest(kick, at, loud, view):
        return True
    # What turns on after the kick is the middle of a movement, and a twitch has no turn before it either.
    reflex = kick.event.label is EventLabel.REFLEX_JERK
    turned = view.turns_on(kick.began, at) if reflex else view.turns(kick.began, at)
    if turned and view.slow_after(kick.began, at) < view.parameters.jerk["turn_level"] * kick.top:
        # The kick stands out of that turn by far: it came in the middle of it, and is no part of it.
        turned = False
    return turned or view.moves_on(kick.began, at, kick.top)


def _goes_on(kick: Waiting, at: int, loud: Floats, view: RunView, others: Iterable[int], *, impact: bool) -> bool:
    """Whether the motion did not end with the kick; another kick after it is no motion that goes on.

    After an impact a body bounces and settles, so that only motion of its own size counts.
    """
    p, began, top = view.parameters.jerk, kick.began, kick.top
    # Plain numbers, counted from the first step of the kick: a dozen of them are too few for arrays.
    heard = loud[began : at + 1].tolist()
    if max(heard[LONGEST_KICK_STEPS:], default=0.0 if impact else top) <= p["kept_share"] * top:
        # Most kicks: whatever counts as motion that goes on is louder than this share somewhere. And an impact counts
        # with which the run ends.
        return False
    early = began + view.first_step < SUSTAINED_STEPS
    if not impact and not early and fades(heard, p["ring_left"], p["new_rise"]):
        return False
    after, noise = list(range(LONGEST_KICK_STEPS, at - began + 1)), view.least_floor(began)
    # What has begun again may be another kick, if it was quiet in between; else it is the same shaking. What comes soon
    # after an impact is its landing, or its bounce.
    calm = max(p["calm_share"] * top, p["above_noise"] * noise)
    over = is_over(heard)
    for other in (step - began for step in others if step > began):
        if impact or over or view.calmest(began + 1, began + other) < calm:
            after = [step for step in after if step < other - 1 or step > other + LONGEST_KICK_STEPS]
    if not over and min(heard[1:]) > p["end_ratio"] * top:
        # Never quiet for a tenth of a second: not two kicks, however its turns were cut.
        return True
    if not after:
        return False
    left = [heard[step] for step in after]
    level = middle_of(left)
    if impact:
        # A body hits the ground with more than one of its parts, and so shortly that the level misses half of it.
        size = max([top, p["spike_share"] * kick.event.peak_g, *heard[:LONGEST_KICK_STEPS]])
        return level > float(p["train_share"] * size)
    if early and level > max(p["kept_share"] * top, 1e-3 * p["on_mg"]):
        # Nothing shows yet what is usual here, so that it has to be quiet at least after the kick.
        return True
    if min(heard[LONGEST_KICK_STEPS:]) > calm and top < p["above_loudest"] * max(left):
        return True
    return (
        level > p["train_share"] * top
        # Strokes as large as what looked like a kick may be too slow for their level to show it.
        or view.swing_g([began + step for step in after]) > p["swings_on"] * kick.event.peak_g
        or (
            _keeps(left, p["kept"])
            and level > max(p["kept_share"] * top, p["on_ratio"] * noise)
            # What shook as much before the kick has not begun with it.
            and (early or middle_of(loud[began - SUSTAINED_STEPS : began - 1].tolist()) <= p["alike"] * level)
        )
    )


def is_over(heard: Sequence[float]) -> bool:
    """Whether what came after a kick is over: its newest 0.2 s are faint beside it, or its levels only fall."""
    since = heard[LONGEST_KICK_STEPS:]
    if len(since) <= NEWEST_STEPS:
        return False
    if max(since[-NEWEST_STEPS:]) <= FADED * max(since[:-NEWEST_STEPS]):
        return True
    falls = since[since.index(max(since)) :]
    return falls[-1] <= DIED_AWAY * falls[0] and all(later <= sooner for sooner, later in pairwise(falls))


def _keeps(left: Sequence[float], kept: float) -> bool:
    """Whether what is left keeps its size, as shaking that has begun does; the ring of a kick fades."""
    half = len(left) // 2
    return half > 0 and max(left[half:]) > kept * max(left[:half])


def fades(heard: Sequence[float], left: float, rise: float) -> bool:
    """Whether it only fades, and each four tenths of a second are a good deal quieter than those before: a ring."""
    most = [max(heard[at : at + SWING_STEPS]) for at in range(0, len(heard), SWING_STEPS)]
    return (
        len(most) > 2
        and all(later < left * sooner for sooner, later in pairwise(most))
        and all(heard[at] < rise * max(heard[at - 2 : at]) for at in range(SWING_STEPS, len(heard)))
    )


def _is_crest(kick: Waiting, at: int, loud: Floats, view: RunView) -> bool:
    """Whether the loudest moments around the kick come near it, or lead up to it, as those of a tremor do."""
    p, began = view.parameters.jerk, kick.began
    # The step before the onset may hold the beginning of the kick.
    before = loud[max(0, began - SUSTAINED_STEPS) : max(0, began - 1)].tolist()
    if max(before[-CREST_STEPS:], default=0.0) > p["crest_share"] * kick.top:
        # The level of a slow kick is a third or half of what a quicker tremor of its size has.
        swung_g = view.swung_g(max(0, began - SUSTAINED_STEPS), began - 1 - CREST_STEPS, began - 1)
        if swung_g > p["crest_share"] * kick.event.peak_g:
            return True
    around = sorted([*before, *loud[began + LONGEST_KICK_STEPS : at + 1].tolist()])
    return bool(kick.top < p["above_loudest"] * around[int(LOUDEST_ORDER * len(around))])
