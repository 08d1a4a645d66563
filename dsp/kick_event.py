"""Kick event: what is told of a kick: size, direction, ring, label and the reasons for it."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dsp.beats import Beats
from dsp.evidence import event_terms
from dsp.few import largest
from dsp.labels import EventLabel
from dsp.results import Event
from dsp.ring import FOR_S, FROM_S, Swung
from dsp.run_view import RunView
from dsp.swings import Felt, squares

Floats = NDArray[np.float64]

RING_S = FROM_S + FOR_S
"""After the top in which a ring is looked for."""
OTHER = {EventLabel.TWITCH: EventLabel.REFLEX_JERK.value, EventLabel.REFLEX_JERK: EventLabel.TWITCH.value}
IMPACT, BEATS = ("impact",), ("beats",)
"""Flags."""
MOST_JUMPS = 4
"""Two spikes, there and back each, are as many as fall within one burst."""


def make_event(
    view: RunView,
    *,
    onset: int,
    felt: Felt,
    onset_step: int,
    known_step: int,
    stretch: tuple[float, float] | None,
    peak: float,
    floor: float,
    surround: float,
    turned_deg: float,
    width_s: float,
    rise_s: float,
    beats: Beats | None = None,
) -> Event | None:
    """Make the event of what was felt from `onset` on; None when it is a glitch of the sensor, or a flip of counts.

    Parameters
    ----------
    onset
        First sample, counted from the start of the run.
    felt
        Up to its last sample, from before the onset as far as the run is kept.
    onset_step, known_step
        Its first step, and the newest.
    stretch
        Turn (deg) of the stretch before it and its delay after that (s); None without one.
    peak, floor, surround
        Level at its top, in the recent past, and in the second before, g.
    turned_deg
        As `turned_with` gives it.
    beats
        The beats that it consists of; None where it is a single one.
    """
    rate, p, first = view.grid.rate_hz, view.parameters.jerk, view.first
    # The sample before the onset is there for the first change only.
    begin, end = max(first, onset - 1) - felt.first, felt.first + len(felt.squared)
    piece, squared = felt.moved_g[begin:], felt.squared[begin:]
    before = int(onset - 1 >= first and len(squared) > 1)
    at_peak = before + int(squared[before:].argmax())
    peak_g = math.sqrt(squared[at_peak])
    if peak_g < p["flip_counts"] * view.count_g(known_step):
        return None
    change = piece[1:] - piece[:-1]
    if peak_g <= p["glitch_g"] and _is_glitch(np.abs(change), p["glitch_jump"], p["glitch_flat"]):
        return None
    jerk = math.sqrt(largest(squares(change))) * rate
    x, y, z = piece[at_peak].tolist()
    one = max(peak_g, 1e-12)
    ring_hz: float | Callable[[], float]
    decay_s: float | Callable[[], float]
    if beats is None:
        swung = _swung(view, felt, onset, begin + felt.first + at_peak, known_step)
        ring_hz, decay_s = swung.hz, swung.decay_s
    else:
        ring_hz, decay_s = beats.hz, math.nan
    label = EventLabel.TWITCH if stretch is None else EventLabel.REFLEX_JERK
    unseen, hidden = _without_posture(view, onset_step)
    terms, confidence = event_terms(
        peak=peak,
        floor=floor,
        surround=surround,
        width_s=width_s,
        stretch=stretch,
        unseen=unseen,
        beats=beats,
        parameters=view.parameters,
    )
    impact = IMPACT if peak_g >= p["impact_g"] else ()
    return Event.of(
        onset_s=view.start_s + onset / rate,
        peak_s=view.start_s + (max(first, onset - 1) + at_peak) / rate,
        end_s=view.start_s + end / rate,
        label=label,
        peak_g=peak_g,
        peak_jerk_g_per_s=jerk,
        rise_s=rise_s,
        width_s=width_s,
        ring_hz=ring_hz,
        decay_s=decay_s,
        direction=(x / one, y / one, z / one),
        tilt_change_deg=turned_deg,
        stretch_delay_s=None if stretch is None else stretch[1],
        confidence=confidence,
        runner_up=OTHER[label],
        evidence=terms,
        flags=(*hidden, *impact, *(() if beats is None else BEATS)),
        provisional=False,
    )


def turned_with(view: RunView, onset_step: int, known_step: int) -> float:
    """Turn of the limb from before a kick to the newest steps, deg; NaN where gravity does not show it."""
    return view.tilt_between(onset_step - 3, known_step - 2)


def _without_posture(view: RunView, onset_step: int) -> tuple[str, tuple[str, ...]]:
    """Why gravity shows no posture before a kick, in words and as flags; nothing of it where gravity does."""
    if view.has_gravity(onset_step):
        # After a gap, or at the start of a recording, nothing shows whether a stretch came before it.
        fresh = onset_step + view.first_step < view.steps["stretch_before_s"]
        return ("too little is known before it" if fresh else ""), ()
    if view.no_gravity_at_all(onset_step):
        return "no gravity in the data", ("no_gravity",)
    return "motion hides gravity", ("gravity_hidden",)


def _swung(view: RunView, felt: Felt, onset: int, top: int, known_step: int) -> Swung:
    """Keep what the after-swing along the direction of the peak, sample `top`, is measured on, up to `known_step`."""
    first, rate = view.first, view.grid.rate_hz
    end = min(view.edge(known_step + 1), top + round(RING_S * rate))
    at = top - felt.first
    return Swung(
        view.xyz_g[top - first : end - first].copy(),
        felt.moved_g[: max(0, onset - felt.first)].copy(),
        felt.moved_g[at].copy(),
        math.sqrt(felt.squared[at]),
        rate,
    )


def _is_glitch(change_g: Floats, jump: float, flat: float) -> bool:
    """Whether one axis jumps there and back, and nothing else changes: no limb stops from one sample to the next."""
    most = np.maximum.reduce(change_g, axis=0, initial=0.0).tolist()
    _, second, largest = sorted(most)
    if second > flat * largest:
        # Most kicks change more than one axis, and need no closer look.
        return False
    on_axis = change_g[:, most.index(largest)]
    jumps = on_axis >= jump * largest
    return bool(np.count_nonzero(jumps) <= MOST_JUMPS and (jumps | (on_axis <= flat * largest)).all())
