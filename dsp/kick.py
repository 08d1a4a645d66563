"""Kick: whether a candidate of the quick path is one, and what is measured on it."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsp.aftermath import LEAST_TURN_DEG, Proof
from dsp.few import largest
from dsp.in_tremor import shook
from dsp.kick_event import make_event, turned_with
from dsp.kick_onset import SWING_S, first_swing, onset_in_turn, out_of_calm
from dsp.results import Event
from dsp.run_view import RunView
from dsp.swings import BASE_S, ONE_WAY, SWUNG, felt, mean_of, one_way, span, without_turn

Floats = NDArray[np.float64]

AROUND_S = 0.3
"""Around the top in which `kick_ratio` compares levels: a stretch is slow on one side of its top at least."""
REST_SHARE = 0.15
"""Of its level after the top: below it a limb rests for the 60 ms that levels are smoothed over (prior)."""

WHOLE = 0.8
"""Of a turn: all but what is done of it before it stands out (a fifth of one of least jerk in a third; physics)."""


class Measured(NamedTuple):
    """What was measured, and what has to show a second later for it to be a kick: the limb lies elsewhere so far."""

    event: Event
    proof: Proof


class _Outline(NamedTuple):
    """A candidate as its level shows it: samples counted from the start of the run.

    Attributes
    ----------
    onset, top, end
        Its first, highest and last sample.
    level
        Level at its top, g, however slow it is.
    width_s
        How long its level stays near the top.
    quickness
        Its level over that of slow motion around it: below 1 for a movement, 1.3 and more for a kick. At least so much,
        where that is more than any kick needs.
    """

    onset: int
    top: int
    end: int
    level: float
    width_s: float
    quickness: float


class _Turn(NamedTuple):
    """How the limb turned before and while it was kicked: the stretch, if any, and whether it still turned then."""

    stretch: tuple[float, float] | None
    inside: bool


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
    shape = _outline(view, onset_step, known_step, floor, surround, rise)
    if shape is None:
        return None
    rate, p, first = view.grid.rate_hz, view.parameters.jerk, view.first
    onset, onset_at = shape.onset, view.step_of(shape.onset)
    stretch = _stretch(view, onset_at, max(onset_step, onset_at), known_step, floor)
    calm = None if stretch is None else out_of_calm(view, onset, shape.top, shape.end, known_step)
    if calm is not None:
        onset = calm
        if view.step_of(calm) < onset_at:
            # A stretch is over by the onset, or goes on then.
            onset_at = view.step_of(calm)
            stretch = _stretch(view, onset_at, max(onset_step, onset_at), known_step, floor)
    base = round(BASE_S * rate)
    quiet = mean_of(view.xyz_g[max(0, onset - base - first) : max(1, onset - first)])
    # A first swing may have begun so much before, and rest is asked for before that again.
    low = max(first, onset - round(SWING_S * rate) - base)
    moved = felt(view.xyz_g[low - first : shape.end + 1 - first], quiet, low)
    size = math.sqrt(largest(moved.squared[onset - low :]))
    # The candidate may have begun with the stretch itself; the kick's own step is what counts from here.
    kick_step = max(onset_step, onset_at)
    turned = turned_with(view, kick_step, known_step)
    weightless = not view.has_gravity(onset_step) and view.no_gravity_at_all(onset_step)
    proof = Proof.NONE
    turn = _Turn(stretch, inside=False)
    hard, went = size >= p["landing_g"], math.nan
    # After a stretch that is known, what rested before the kick is not what the limb was turned from.
    if (weightless or turn.stretch is None) and not (hard and shape.quickness >= p["landing_ratio"]):
        went = _one_way(view, onset, shape.end, known_step, quiet, turned, weightless=weightless)
    # A fall or a jump is slow at first, and the body may lie elsewhere after it: what hits so hard is an event anyway,
    # unless it is as smooth as a stretch and turned the limb as far as so hard a one must.
    smooth = shape.quickness < p["landing_ratio"] and (turned >= p["landing_deg"] or went > ONE_WAY)
    if not hard or smooth:
        # The ring of a kick is in the mean of so few steps too.
        rings_deg = math.degrees(p["turn_share"] * size)
        ended_elsewhere = turned >= max(view.parameters.hold["stretch_deg"], rings_deg)
        # Where gravity shows a turn, not to have swung back is enough.
        went_one_way = went > (ONE_WAY if weightless else SWUNG)
        if not (weightless or ended_elsewhere) and shape.quickness >= p["landing_ratio"]:
            # Quicker than any stretch: it went with the one in whose midst it came, if any (`dsp.hindsight`).
            went_one_way = False
        if went_one_way or (ended_elsewhere and _is_the_turn(view, turn, shape, kick_step, known_step, turned)):
            within = _kicked_within(view, shape, turned)
            if within is None and turn.stretch is None and rise is None:
                # Half a second does not tell: a relaxed knee swings as far, and a ring is in the mean of so few steps.
                if not went_one_way:
                    proof = Proof.SWINGS
                elif not weightless:
                    proof = Proof.LIES_BACK
            if within is None and proof is Proof.NONE:
                return None
            turn = within or turn
        came_back = went < SWUNG or turned < max(p["stretch_deg"], rings_deg)
        # As slow as a stretch, and in the midst of one.
        ends_stretch = turn.stretch is not None and _moved_before(view, kick_step, shape.level)
        alone = surround < p["slow_isolation"] * shape.level and came_back and not ends_stretch
        least = p["slow_kick_ratio" if alone else "kick_ratio"]
        goes_on = ends_stretch and calm is None and turned >= p["stretch_deg"]
        if shape.quickness < least * (_lag_excess(view) if goes_on else 1.0):
            return None
    if turn.stretch is None and rise is None and turned < p["stretch_deg"]:
        # In a stretch nothing tells a first swing from the stretch.
        onset = first_swing(view, onset, shape.top, moved)
    elif calm is None and (turn.inside or (turn.stretch is not None and _moved_before(view, kick_step, shape.level))):
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
        turned_deg=turned,
        width_s=shape.width_s,
        rise_s=max(0.0, (shape.top - onset) / rate),
    )
    return None if event is None else Measured(event, proof)


def _stretch(view: RunView, onset_at: int, kick_step: int, known_step: int, floor: float) -> tuple[float, float] | None:
    """Turn (deg) and delay (s) of the stretch that a kick came after, or in; None without one.

    It is over by the onset itself, whenever the candidate stood out.
    """
    return view.stretch_before(onset_at) or view.stretch_around(kick_step, known_step, floor)


def _is_the_turn(
    view: RunView, turn: _Turn, shape: _Outline, kick_step: int, known_step: int, turned_deg: float
) -> bool:
    """Whether nothing turned the limb before, or as slow a stretch that was hardly seen before: it is that itself."""
    if turn.stretch is None:
        return True
    if shape.quickness >= view.parameters.jerk["landing_ratio"]:
        return False
    return turned_deg >= WHOLE * view.tilt_between(kick_step - view.steps["stretch_before_s"], known_step - 2)


def _one_way(
    view: RunView, onset: int, end: int, known_step: int, quiet_g: Floats, turned_deg: float, *, weightless: bool
) -> float:
    """How far the limb went one way, as `swings.one_way`; NaN where it did not turn, or moves on."""
    if not weightless and not turned_deg >= LEAST_TURN_DEG:
        return math.nan
    stop = view.edge(known_step + 1)
    motion = view.xyz_g[onset - view.first : stop - view.first] - quiet_g
    return one_way(motion if weightless else without_turn(motion, stop - view.edge(known_step - 2), end - onset))


def _outline(
    view: RunView, onset_step: int, known_step: int, floor: float, surround: float, rise: int | None
) -> _Outline | None:
    """Give the outline of a candidate; None when it rises to its end or is too wide for a kick."""
    rate, p, first = view.grid.rate_hz, view.parameters.jerk, view.first
    low = max(first, view.edge(max(0, onset_step - 1))) if rise is None else rise
    stop = view.edge(known_step + 1)
    level = np.sqrt(view.level[low - first : stop - first]).tolist()
    left, top, right = span(level, p["end_ratio"])
    if top == len(level) - 1:
        # It rises to the end: the beginning of what follows, which is measured when that is over.
        return None
    width_s = (right - left + 1) / rate
    if width_s > p["widest_s"] + p["smooth_s"] and (top - left) / rate > p["slowest_rise_s"]:
        return None
    if width_s > p["longest_s"]:
        return None
    # The onset reaches further down the slope than the width does, as far as the noise lets it.
    least = max(p["onset_ratio"] * level[top], p["above_noise"] * floor)
    if shook(onset_step, view.step_of(low + top), level[top], view.step_loud, view):
        # A tremor goes on to where the kick rises out of its loudest moments.
        least = max(least, p["new_rise"] * surround)
    # Where the noise is as loud as the kick, it began at its top at the latest.
    began = min(left + 1, top)
    while began > 0 and level[began - 1] >= least:
        began -= 1
    # The level may be highest in the newest steps; what comes after these is not known yet.
    around = round(AROUND_S * rate)
    near = slice(max(0, low + top - around - first), min(low + top + around, stop) - first)
    return _Outline(
        # The level lags: it reaches a third of its top so long after the first changed sample (measured on kicks).
        onset=max(first, low + began - round(p["onset_lead_s"] * rate)),
        top=low + top,
        end=low + right,
        level=level[top],
        width_s=width_s,
        quickness=_quickness(view, level[top], near, low + top - first),
    )


def _kicked_within(view: RunView, shape: _Outline, turned_deg: float) -> _Turn | None:
    """Give the turn of a candidate that ended elsewhere, if a kick came in it; None when it was nothing but a turn."""
    if shape.quickness < view.parameters.jerk["landing_ratio"]:
        return None
    # Quicker than any stretch.
    kicked = onset_in_turn(view, shape.onset, shape.end)
    if kicked is None:
        return None
    delay_s = max(0.0, (kicked - shape.onset) / view.grid.rate_hz)
    return _Turn(None if math.isnan(turned_deg) else (turned_deg, delay_s), inside=True)


def _moved_before(view: RunView, kick_step: int, peak: float) -> bool:
    """Whether the limb moved in the two steps before the kick, a good deal beside the kick."""
    return largest(view.step_loud[max(0, kick_step - 2) : kick_step]) > view.parameters.jerk["onset_ratio"] * peak


def _quickness(view: RunView, level: float, near: slice, top: int) -> float:
    """Level at the top over that of slow motion near it; at least so much, if it is as quick as that of a fall."""
    level /= view.grid.lag_share(view.parameters.jerk["lag_s"])
    least = level / max(math.sqrt(largest(view.slow[near])), 1e-6)
    if least >= view.parameters.jerk["landing_ratio"]:
        # No mean over samples is larger than the largest of them, and no rule asks for more.
        return least
    return level / max(_slow_level(view, near, top), 1e-6)


def _lag_excess(view: RunView) -> float:
    """How much quicker the rest of a stretch looks through a lag that is longer than wished for: 58 ms at 52 Hz."""
    return max(1.0, view.grid.lag / (view.parameters.jerk["lag_s"] * view.grid.rate_hz)) if view.grid.lag > 1 else 1.0


def _slow_level(view: RunView, near: slice, top: int) -> float:
    """Largest level of the first difference there, smoothed as the level of the second one is.

    What came to rest before the top is another motion: the stretch that the kick answers.
    """
    size = view.grid.smooth
    total = np.add.accumulate(view.slow[near].astype(np.float64))
    sums = total.copy()
    sums[size:] -= total[:-size]
    before = top - near.start
    if before > 2 * size:
        rest = (sums[size:before] < REST_SHARE**2 * largest(sums[before:])).nonzero()[0]
        if len(rest):
            sums = sums[size + int(rest[-1]) :]
    return math.sqrt(largest(sums) / size)
