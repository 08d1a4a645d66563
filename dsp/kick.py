"""Kick: whether a candidate of the quick path is one, and what is measured on it."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsp.aftermath import Proof
from dsp.few import largest
from dsp.kick_event import make_event, turned_with
from dsp.kick_onset import SWING_S, first_swing, onset_in_turn, out_of_calm
from dsp.kick_outline import Outline, outline
from dsp.kick_turn import Turn, is_the_turn, kicked_within, moved_before, stretch_of, went_one_way
from dsp.landing import left_ground
from dsp.results import Event
from dsp.run_view import RunView
from dsp.swings import BASE_S, ONE_WAY, SWUNG, felt, mean_of

Floats = NDArray[np.float64]


class Measured(NamedTuple):
    """What was measured, and what has to show a second later for it to be a kick: the limb lies elsewhere so far."""

    event: Event
    proof: Proof


class _Look(NamedTuple):
    """What is asked of a candidate beside its outline.

    Attributes
    ----------
    onset
        Sample at which it began.
    onset_at, kick_step, known_step
        Step of that, that from which it counts, and the newest.
    stretch
        Turn (deg) and delay (s) of the stretch before it, or None.
    after_calm, after_kick
        Whether it came out of the calm after a stretch, or soon after another kick.
    rested_g, size_g
        Acceleration before it, (3,), and the largest beside that.
    turned_deg
        Turn of the limb with it.
    surround
        Level in the second before, g.
    """

    onset: int
    onset_at: int
    kick_step: int
    known_step: int
    stretch: tuple[float, float] | None
    after_calm: bool
    after_kick: bool
    rested_g: Floats
    size_g: float
    turned_deg: float
    surround: float


def measure_kick(
    view: RunView, onset_step: int, peak: float, known_step: int, floor: float, surround: float, rise: int | None
) -> Measured | None:
    """Measure a candidate of the quick path; None when it is no kick.

    Parameters
    ----------
    onset_step, known_step
        Its first step, and the newest.
    peak, floor, surround
        Level at its top, in the recent past, and in the second before, g.
    rise
        Sample from which it rises, if another kick came just before, so that nothing before that belongs to it.
    """
    shape = outline(view, onset_step, known_step, floor, surround, rise)
    if shape is None:
        return None
    rate, p, first = view.grid.rate_hz, view.parameters.jerk, view.first
    onset, onset_at = shape.onset, view.step_of(shape.onset)
    stretch = stretch_of(view, onset_at, max(onset_step, onset_at), known_step, floor, shakes=shape.shakes)
    calm = None if stretch is None else out_of_calm(view, onset, shape.top, shape.end, known_step)
    if calm is not None:
        onset = calm
        if view.step_of(calm) < onset_at:
            # A stretch is over by the onset, or goes on then.
            onset_at = view.step_of(calm)
            stretch = stretch_of(view, onset_at, max(onset_step, onset_at), known_step, floor, shakes=shape.shakes)
    base = round(BASE_S * rate)
    rested_g = mean_of(view.xyz_g[max(0, onset - base - first) : max(1, onset - first)])
    # A first swing may have begun so much before, and rest is asked for before that again.
    low = max(first, onset - round(SWING_S * rate) - base)
    moved = felt(view.xyz_g[low - first : shape.end + 1 - first], rested_g, low)
    # The candidate may have begun with the stretch itself; the kick's own step is what counts from here.
    kick_step = max(onset_step, onset_at)
    look = _Look(
        onset=onset,
        onset_at=onset_at,
        kick_step=kick_step,
        known_step=known_step,
        stretch=stretch,
        after_calm=calm is not None,
        after_kick=rise is not None,
        rested_g=rested_g,
        size_g=math.sqrt(largest(moved.squared[onset - low :])),
        turned_deg=turned_with(view, kick_step, known_step),
        surround=surround,
    )
    weightless = not view.has_gravity(onset_step) and view.no_gravity_at_all(onset_step)
    judged = _judged(view, shape, look, weightless=weightless)
    if judged is None:
        return None
    turn, proof = judged
    if turn.stretch is None and rise is None and look.turned_deg < p["stretch_deg"]:
        # In a stretch nothing tells a first swing from the stretch.
        onset = first_swing(view, onset, shape.top, moved)
    elif calm is None and (turn.inside or (turn.stretch is not None and _in_motion(view, shape, look))):
        onset = max(onset, onset_in_turn(view, onset, shape.end) or onset)
    event = make_event(
        view,
        onset=onset,
        felt=moved,
        onset_step=kick_step,
        known_step=known_step,
        stretch=turn.stretch,
        peak=peak,
        floor=floor,
        surround=surround,
        turned_deg=look.turned_deg,
        width_s=shape.width_s,
        rise_s=max(0.0, (shape.top - onset) / rate),
    )
    return None if event is None else Measured(event, proof)


def _judged(view: RunView, shape: Outline, look: _Look, *, weightless: bool) -> tuple[Turn, Proof] | None:
    """Give how the limb turned with a kick, and what has yet to show; None when it was no kick but a movement."""
    p, turn, turned = view.parameters.jerk, Turn(look.stretch, inside=False), look.turned_deg
    hard, went = look.size_g >= p["landing_g"], math.nan
    # After a stretch that is known, what rested before the kick is not what the limb was turned from.
    if (weightless or turn.stretch is None) and not (hard and shape.quickness >= p["landing_ratio"]):
        went = went_one_way(view, look.onset, shape.end, look.known_step, look.rested_g, turned, weightless=weightless)
    # A fall or a jump is slow at first, and the body may lie elsewhere after it: what hits so hard is an event anyway,
    # unless it is as smooth as a stretch, no harder than one, and turned the limb as far as so hard a one must.
    smooth = shape.quickness < p["landing_ratio"] and (turned >= p["landing_deg"] or went > ONE_WAY)
    if hard and not (smooth and look.size_g < p["beyond_g"]):
        return turn, Proof.NONE
    if look.size_g >= p["lands_g"] and left_ground(view, look.kick_step, shape.end + 1, turned) is not None:
        # Who was in the air lands, however softly.
        return turn, Proof.NONE
    # The ring of a kick is in the mean of so few steps too.
    rings_deg = math.degrees(p["turn_share"] * look.size_g)
    ended_elsewhere = turned >= max(view.parameters.hold["stretch_deg"], rings_deg)
    # Where gravity shows a turn, not to have swung back is enough.
    one_way = went > (ONE_WAY if weightless else SWUNG)
    if not (weightless or ended_elsewhere) and shape.quickness >= p["landing_ratio"]:
        # Quicker than any stretch: it went with the one in whose midst it came, if any (`dsp.hindsight`).
        one_way = False
    proof = Proof.NONE
    if one_way or (ended_elsewhere and is_the_turn(view, turn, shape, look.kick_step, look.known_step, turned)):
        within = kicked_within(view, shape, turned)
        if within is None:
            proof = _yet_to_show(look, one_way=one_way, weightless=weightless)
            if proof is Proof.NONE:
                return None
            if proof is Proof.SWINGS:
                # Where it lies soon after the kick is a part of the swing then, and no stretch around it.
                turn = Turn(view.stretch_before(look.onset_at), inside=False)
        turn = within or turn
    # Who swings freely comes back.
    came_back = proof is Proof.SWINGS or went < SWUNG or turned < max(p["stretch_deg"], rings_deg)
    return (turn, proof) if _is_quick(view, shape, look, turn, came_back=came_back) else None


def _yet_to_show(look: _Look, *, one_way: bool, weightless: bool) -> Proof:
    """Give what a candidate that went elsewhere has to show to be a kick after all; NONE when it is a movement.

    Half a second does not tell: a relaxed knee swings as far, and a ring is in the mean of so few steps. After a
    stretch, or another kick, nothing but such a swing does, for what moves on lies elsewhere, or back, as well.
    """
    if not one_way:
        return Proof.SWINGS
    return Proof.NONE if weightless or look.after_kick or look.stretch is not None else Proof.LIES_BACK


def _is_quick(view: RunView, shape: Outline, look: _Look, turn: Turn, *, came_back: bool) -> bool:
    """Whether it is as quick as a kick is at least: less is asked of one that came alone and went back."""
    p = view.parameters.jerk
    # As slow as a stretch, and in the midst of one.
    ends_stretch = turn.stretch is not None and _in_motion(view, shape, look)
    alone = look.surround < p["slow_isolation"] * shape.level and came_back and not ends_stretch
    least = p["slow_kick_ratio" if alone else "kick_ratio"]
    goes_on = ends_stretch and not look.after_calm and look.turned_deg >= p["stretch_deg"]
    return shape.quickness >= least * (_lag_excess(view) if goes_on else 1.0)


def _in_motion(view: RunView, shape: Outline, look: _Look) -> bool:
    return moved_before(view, look.onset_at, look.kick_step, shape.level)


def _lag_excess(view: RunView) -> float:
    """How much quicker the rest of a stretch looks through a lag that is longer than wished for: 58 ms at 52 Hz."""
    return max(1.0, view.grid.lag / (view.parameters.jerk["lag_s"] * view.grid.rate_hz)) if view.grid.lag > 1 else 1.0
