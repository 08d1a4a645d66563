"""Volley: a few beats of a limb between rest and rest, measured on samples and told as one event."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsp.beat_motion import running_totals
from dsp.beats import Beats, Piece, Wanted, find_beats
from dsp.few import largest, middle
from dsp.in_tremor import LONGEST_KICK_STEPS
from dsp.kick_event import make_event, turned_with
from dsp.kick_level import STEP_S
from dsp.labels import EventLabel, State
from dsp.parameters import DECIDED
from dsp.results import Event
from dsp.run_view import RunView
from dsp.swings import BASE_S, felt, mean_of, squares

Floats = NDArray[np.float64]

BEAT_STEPS = 4
"""A slow beat (3.3 Hz: 0.3 s), and the step that it may begin late in."""
LAG_STEPS = 2
"""So late a level is: means over 50 ms of differences over twice that."""
RHYTHM = DECIDED.index(State.REFLEX_RHYTHM)
MM_PER_G = 9806.65


class Burst(NamedTuple):
    """Steps that stand out, between quiet ones: the first, the last, and the one at which that was known."""

    first: int
    last: int
    known: int


class Found(NamedTuple):
    """Beats of a burst, and the samples at which they begin and end, counted from the start of the run."""

    beats: Beats
    began: int
    ended: int


def look_for_beats(view: RunView, bursts: Sequence[Burst]) -> list[Found | None]:
    """Give the beats of each burst; None where it does not beat, or cannot be a volley whatever beats in it."""
    rate, first, base = view.grid.rate_hz, view.first, round(BASE_S * view.grid.rate_hz)
    out: list[Found | None] = [None] * len(bursts)
    which, pieces = [], []
    for i, burst in enumerate(bursts):
        begin, end, stop = view.edge(burst.first), view.edge(burst.last + 1), view.edge(burst.known + 1)
        if _may_rest_after(view, burst, begin, min(end, stop)):
            low = max(first, begin - base)
            which.append((i, low, stop))
            pieces.append((view.xyz_g[low - first : stop - first].astype(np.float64), begin - low, end - low))
    for (i, low, stop), beats in zip(which, _beats(pieces, rate, view), strict=True):
        if beats is not None:
            out[i] = Found(beats, low + math.floor(beats.first), min(stop - 1, low + math.ceil(beats.last)))
    return out


def measure_volley(view: RunView, burst: Burst, found: Found, floor: float, kick_steps: Sequence[int]) -> Event | None:
    """Give the event of a burst that beats; None when it did not come out of rest, or does not end in it.

    Parameters
    ----------
    floor
        Of the jerk path before it, g.
    kick_steps
        Steps at which kicks began.
    """
    rate, p, first = view.grid.rate_hz, view.parameters.volley, view.first
    beats, began, ended = found
    step, over = view.step_of(began), view.step_of(ended)
    loud = view.step_loud[step : over + 1]
    size = middle(loud)
    if not _is_quiet(view, over + LAG_STEPS + 1, burst.known + 1, size):
        return None
    # What a kick left behind half a second earlier does not count.
    kicked = max((kick for kick in kick_steps if kick < step - LONGEST_KICK_STEPS), default=0)
    rest = max(0, step - round(p["before_s"] / STEP_S), kicked + LONGEST_KICK_STEPS)
    before = largest(view.step_loud[rest : max(0, step - 1)])
    rested = before <= p["quiet_share"] * size
    if not rested and (beats.times < p["least_in_motion"] or not _reflex_is_likely(view)):
        return None
    stretch = (
        view.stretch_before(step) or view.stretch_around(step, burst.known, floor) or _stretch_within(view, step, burst)
    )
    if not rested and stretch is None:
        return None
    quiet = mean_of(view.xyz_g[max(0, began - round(BASE_S * rate) - first) : max(1, began - first)])
    low = max(first, began - 1)
    event = make_event(
        view,
        onset=began,
        felt=felt(view.xyz_g[low - first : ended + 1 - first], quiet, low),
        onset_step=step,
        known_step=burst.known,
        stretch=stretch,
        peak=largest(loud),
        floor=floor,
        surround=max(floor, before),
        turned_deg=turned_with(view, step, burst.known),
        width_s=(ended + 1 - began) / rate,
        # To the first top.
        rise_s=0.25 / beats.hz,
        beats=beats,
    )
    # No limb beats so hard by itself.
    return None if event is None or event.is_impact else event


def is_rhythm(beats: Beats, event: Event, view: RunView) -> bool:
    """Whether these beats are a short reflex rhythm: a stretch set them off, and they sustained themselves."""
    enough = beats.times >= view.parameters.volley["rhythm_beats"]
    return enough and event.label is EventLabel.REFLEX_JERK and _reflex_is_likely(view)


def is_one_of_beats(kick_step: int, at: int, view: RunView) -> bool:
    """Whether a kick is but one of the beats that began before it, as seen from step `at`."""
    p, loud, fading = view.parameters.volley, view.step_loud, view.parameters.jerk["fading"]
    apart = round(p["apart_s"] / STEP_S)
    # Of two kicks the first fades before the second comes; beats keep their size: these steps show most of them.
    recent = loud[max(0, kick_step - apart) : kick_step + 1].tolist()
    if min(recent) < fading * max(recent):
        return False
    low = max(0, kick_step - round(p["longest_s"] / STEP_S))
    noise = view.parameters.jerk["above_noise"] * view.least_floor(kick_step)
    least = max(p["rest_share"] * largest(loud[kick_step : kick_step + LONGEST_KICK_STEPS]), noise)
    if not (loud[max(0, kick_step - BEAT_STEPS) : kick_step - 1] > least).all():
        # It was quiet shortly before it.
        return False
    above = low + (loud[low : at + 1] > least).nonzero()[0]
    breaks = (np.diff(above) > BEAT_STEPS).nonzero()[0]
    here = int(above.searchsorted(kick_step))
    first = int(above[int(breaks[breaks < here][-1]) + 1]) if (breaks < here).any() else int(above[0])
    last = int(above[int(breaks[breaks >= here][0])]) if (breaks >= here).any() else int(above[-1])
    if first == low:
        return False
    burst = Burst(first, last, at)
    (found,) = look_for_beats(view, [burst])
    volley = None if found is None else measure_volley(view, burst, found, noise, ())
    if volley is None or view.step_at(volley.onset_s) >= kick_step - apart:
        return False
    sizes = loud[view.step_at(volley.onset_s) + 1 : kick_step + 1].tolist()
    return bool(min(sizes) >= fading * max(sizes))


def _beats(bursts: Sequence[tuple[Floats, int, int]], rate_hz: float, view: RunView) -> list[Beats | None]:
    """Beats as the slow path shows them where they are slow, else as the quick one does; None without a volley.

    Parameters
    ----------
    bursts
        Samples, (n, 3), and those between which each burst lies.
    """
    p = view.parameters.volley
    pieces = [Piece(running_totals(xyz_g), begin, end) for xyz_g, begin, end in bursts]
    out: list[Beats | None] = [None] * len(bursts)
    for lag_s, most_hz in ((view.parameters.pulse["lag_s"], p["slow_hz"]), (view.parameters.jerk["lag_s"], math.inf)):
        wanted = Wanted(p["from_hz"], p["to_hz"], most_hz, p["least"], p["cycle_cv"], p["share"])
        left = [i for i, beats in enumerate(out) if beats is None]
        for i, beats in zip(left, find_beats([pieces[i] for i in left], rate_hz, lag_s, wanted), strict=True):
            if beats is not None and _swing_mm(beats, bursts[i][0]) <= p["most_mm"]:
                out[i] = beats
    return out


def _may_rest_after(view: RunView, burst: Burst, begin: int, end: int) -> bool:
    """Whether it may have been quiet after beats, wherever between the samples `begin` and `end` they were.

    Half of the bursts of somebody who walks need no closer look: beats end a lag after the burst at the latest, and
    their level is no larger than the largest one there.
    """
    lag = max(1, round(view.parameters.pulse["lag_s"] * view.grid.rate_hz))
    step, over = view.step_of(max(view.first, begin - lag - 1)), view.step_of(end + lag)
    return _is_quiet(view, over + LAG_STEPS + 1, burst.known + 1, largest(view.step_loud[step : over + 1]))


def _is_quiet(view: RunView, first: int, end: int, size: float) -> bool:
    """Whether it is quiet from step `first` to before `end`, beside beats of this size, g."""
    return largest(view.step_loud[first:end]) <= view.parameters.volley["quiet_share"] * size


def _swing_mm(beats: Beats, xyz_g: Floats) -> float:
    """How wide the limb shakes, rms."""
    own = xyz_g[max(0, math.floor(beats.first)) : math.ceil(beats.last) + 1]
    rms_g = math.sqrt(float(squares(own - mean_of(own)).mean()))
    return rms_g * MM_PER_G / (2.0 * math.pi * beats.hz) ** 2


def _stretch_within(view: RunView, step: int, burst: Burst) -> tuple[float, float] | None:
    """Turn of a stretch that looks like the first beat, and its delay: the limb lay elsewhere before them."""
    turn = view.tilt_between(step - 3, burst.known - 2)
    return (turn, 0.0) if turn >= view.parameters.hold["stretch_deg"] and _reflex_is_likely(view) else None


def _reflex_is_likely(view: RunView) -> bool:
    """Whether a stretch may set off a rhythm where the sensor is worn: a hand that moves beats at will."""
    return float(view.parameters.prior[RHYTHM]) > view.parameters.volley["rhythm_odds"]
