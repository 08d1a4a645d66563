"""Kick: what is measured on an event: onset, size, width, ring, and the stretch before it."""

import math

import numpy as np
from numpy.typing import NDArray

from dsp.evidence import event_terms
from dsp.labels import EventLabel
from dsp.results import Event
from dsp.run_view import RunView

Floats = NDArray[np.float64]

AROUND_S = 0.3
"""Around the top in which `kick_ratio` compares levels: a stretch is slow on one side of its top at least."""
REST_SHARE = 0.15
"""Of its level after the top: below it a limb rests for the 60 ms that levels are smoothed over (prior)."""
RING_FROM_S = 0.05
AT_REST = 0.15
"""Share of its largest velocity below which a limb has stopped: what noise and offset leave after half a second."""
ONE_WAY = 0.85
"""Net way over whole way: a limb that only went there has 1 ..."""
SWUNG = 0.6
"""... and one that swung there and back by half less than this (physics)."""
MOST_JUMPS = 4
"""Two spikes, there and back each, are as many as fall within one burst."""
BASE_S = 0.5
"""What rest is measured over: half a breath would turn a limb noticeably (prior)."""
MEAN_S = 0.04
"""Mean over so much before sizes are compared: half the noise at 100 Hz, and a pulse of 0.1 s keeps its height."""
SWING_S = 0.2
"""A first swing lasts half a period: 0.17 s at 3 Hz, the slowest ring (physics)."""
DIP_S = 0.04
"""Between two swings it passes through nothing for less than that."""


def measure_kick(
    view: RunView, onset_step: int, peak: float, known_step: int, floor: float, surround: float, *, apart: bool
) -> Event | None:
    """Measure a candidate of the quick path; None when it is no kick.

    Parameters
    ----------
    onset_step, known_step
        Its first step, and the newest.
    peak, floor, surround
        Level at its top, in the recent past, and in the second before, g.
    apart
        Whether another kick came just before, so that nothing before `onset_step` belongs to it.
    """
    rate, p, first = view.grid.rate_hz, view.parameters.jerk, view.first
    low = max(first, view.edge(max(0, onset_step - 1)))
    stop = view.edge(known_step + 1)
    if apart:
        low += int(view.level[low - first : view.edge(onset_step + 1) - first].argmin())
    level = np.sqrt(view.level[low - first : stop - first])
    left, top, right = span(level, p["end_ratio"])
    if top == len(level) - 1:
        # It rises to the end: the beginning of what follows, which is measured when that is over.
        return None
    # The onset reaches further down the slope than the width does, as far as the noise lets it.
    rise = max(p["onset_ratio"] * float(level[top]), p["above_noise"] * floor)
    below = (level[: left + 1] < rise).nonzero()[0]
    # Where the noise is as loud as the kick, it began at its top at the latest.
    began = min(int(below[-1]) + 1, top) if len(below) else 0
    width_s = (right - left + 1) / rate
    if width_s > p["widest_s"] + p["smooth_s"] and (top - left) / rate > p["slowest_rise_s"]:
        return None
    if width_s > p["longest_s"]:
        return None
    # The level lags: it reaches a third of its top so long after the first changed sample (measured on kicks).
    onset, end = max(first, low + began - round(p["onset_lead_s"] * rate)), low + right
    reference = view.xyz_g[max(0, onset - round(0.5 * rate) - first) : max(1, onset - first)]
    quiet = mean_of(reference.astype(np.float64))
    # The level may be highest in the newest steps; what comes after these is not known yet.
    around = round(AROUND_S * rate)
    near = slice(max(0, low + top - around - first), min(low + top + around, stop) - first)
    quickness = float(level[top]) / max(_slow_level(view, near, low + top - first), 1e-6)
    piece = view.xyz_g[onset - first : end + 1 - first] - quiet
    size = math.sqrt(float(squares(piece).max()))
    # The candidate may have begun with the stretch itself; the kick's own step is what counts from here.
    kick_step = max(onset_step, view.step_of(onset))
    turned = view.tilt_between(kick_step - 3, known_step - 2)
    weightless = not view.has_gravity(onset_step) and view.no_gravity_at_all(onset_step)
    went = one_way(view.xyz_g[onset - first : stop - first] - quiet) if weightless else math.nan
    # A fall or a jump is slow at first, and the body may lie elsewhere after it: what hits so hard is an event anyway,
    # unless it is as smooth as a stretch and turned the limb as far as so hard a one must.
    impact = size >= p["landing_g"] and not (
        quickness < p["landing_ratio"] and (turned >= p["landing_deg"] or went > ONE_WAY)
    )
    stretch = view.stretch_before(kick_step) or view.stretch_around(kick_step, known_step, floor)
    if not impact:
        # The ring of a kick is in the mean of so few steps too.
        rings_deg = math.degrees(p["turn_share"] * size)
        if (stretch is None and turned >= max(view.parameters.hold["stretch_deg"], rings_deg)) or went > ONE_WAY:
            # The limb ended elsewhere: this was the stretch itself, not a kick.
            return None
        came_back = went < SWUNG or turned < max(p["stretch_deg"], rings_deg)
        alone = surround < p["slow_isolation"] * peak and came_back
        if quickness < p["slow_kick_ratio" if alone else "kick_ratio"]:
            return None
    if stretch is None and not apart and turned < p["stretch_deg"]:
        # In a stretch nothing tells a first swing from the stretch.
        onset = _first_swing(view, onset, low + top)
    return make_event(
        view,
        onset=onset,
        end=end,
        quiet_g=quiet,
        onset_step=kick_step,
        known_step=known_step,
        stretch=stretch,
        peak=peak,
        floor=floor,
        surround=surround,
        width_s=width_s,
        rise_s=max(0.0, (low + top - onset) / rate),
    )


def make_event(
    view: RunView,
    *,
    onset: int,
    end: int,
    quiet_g: Floats,
    onset_step: int,
    known_step: int,
    stretch: tuple[float, float] | None,
    peak: float,
    floor: float,
    surround: float,
    width_s: float,
    rise_s: float,
) -> Event | None:
    """Make the event of the samples from `onset` to `end`; None when it is a glitch of the sensor.

    Parameters
    ----------
    onset, end
        First and last sample, counted from the start of the run.
    quiet_g
        Mean acceleration before it, (3,).
    onset_step, known_step
        Its first step, and the newest.
    stretch
        Turn (deg) of the stretch before it and its delay after that (s); None without one.
    peak, floor, surround
        Level at its top, in the recent past, and in the second before, g.
    """
    rate, p, first = view.grid.rate_hz, view.parameters.jerk, view.first
    piece = view.xyz_g[max(0, onset - 1 - first) : end + 1 - first].astype(np.float64) - quiet_g
    change = piece[1:] - piece[:-1]
    size = np.sqrt(squares(piece))
    at_peak = int(size.argmax())
    if size[at_peak] <= p["glitch_g"] and _is_glitch(np.abs(change), p["glitch_jump"], p["glitch_flat"]):
        return None
    jerk = math.sqrt(float(squares(change).max())) * rate if len(change) else 0.0
    direction = piece[at_peak] / max(float(size[at_peak]), 1e-12)
    ring_hz, decay_s = _ring(piece, at_peak, rate)
    label = EventLabel.TWITCH if stretch is None else EventLabel.REFLEX_JERK
    gravity = view.has_gravity(onset_step)
    terms, confidence = event_terms(
        peak=peak,
        floor=floor,
        surround=surround,
        width_s=width_s,
        stretch=stretch,
        gravity=gravity,
        parameters=view.parameters,
    )
    return Event(
        onset_s=view.start_s + onset / rate,
        peak_s=view.start_s + (max(first, onset - 1) + at_peak) / rate,
        end_s=view.start_s + (end + 1) / rate,
        label=label,
        peak_g=float(size[at_peak]),
        peak_jerk_g_per_s=jerk,
        rise_s=rise_s,
        width_s=width_s,
        ring_hz=ring_hz,
        decay_s=decay_s,
        direction=(float(direction[0]), float(direction[1]), float(direction[2])),
        tilt_change_deg=view.tilt_between(onset_step - 3, known_step - 2),
        stretch_delay_s=None if stretch is None else stretch[1],
        confidence=confidence,
        runner_up=(EventLabel.REFLEX_JERK if label is EventLabel.TWITCH else EventLabel.TWITCH).value,
        evidence=terms,
        flags=() if gravity else ("no_gravity",),
    )


def one_way(piece_g: Floats) -> float:
    """How far the limb went over how far it moved about, 0 to 1; NaN while it moves.

    What gravity shows where it is in the data, two integrals show here: a stretch goes there, a kick swings back.
    """
    velocity = np.cumsum(piece_g, axis=0)
    speed = np.sqrt((velocity**2).sum(axis=1))
    if speed[-1] > AT_REST * float(speed.max(initial=0.0)):
        return math.nan
    net = float(np.sqrt((velocity.sum(axis=0) ** 2).sum()))
    return net / max(float(speed.sum()), 1e-12)


def span(level: NDArray[np.floating], share: float) -> tuple[int, int, int]:
    """First, highest and last value of the stretch around the top that stays above this share of it."""
    top = int(level.argmax())
    below = (level < share * level[top]).nonzero()[0]
    at = int(below.searchsorted(top))
    left = int(below[at - 1]) + 1 if at else 0
    right = int(below[at]) - 1 if at < len(below) else len(level) - 1
    return left, top, right


def _first_swing(view: RunView, onset: int, top: int) -> int:
    """Give the sample at which a smaller swing before the onset began, if one did, out of rest."""
    rate, p, first = view.grid.rate_hz, view.parameters.jerk, view.first
    furthest, base = round(SWING_S * rate), round(BASE_S * rate)
    begin = max(first, onset - furthest - base)
    xyz_g = view.xyz_g[begin - first : top + 1 - first].astype(np.float64)
    rest = xyz_g[: max(1, onset - furthest - begin)]
    quiet = mean_of(rest)
    noise = math.sqrt(float(squares(rest - quiet).sum()) / len(rest))
    size = sizes(xyz_g - quiet, max(1, round(MEAN_S * rate))).tolist()
    at, dip = onset - begin, round(DIP_S * rate) + 1
    least = max(p["onset_ratio"] * max(size[at:]), p["above_noise"] * noise)
    linked = at
    for sample in range(at - 1, -1, -1):
        if linked - sample > dip:
            break
        if size[sample] >= least:
            linked = sample
        if at - linked >= furthest:
            # What goes on for longer is no swing of this kick: the stretch before it, or another motion.
            return onset
    return begin + linked


def mean_of(rows: Floats) -> Floats:
    """Mean of rows, as numpy's own, which takes three times as long to set up for so few."""
    return np.asarray(np.add.reduce(rows, axis=0) / len(rows))


def squares(rows: Floats) -> Floats:
    """Squared size of each row."""
    return np.asarray(np.einsum("ij,ij->i", rows, rows))


def sizes(piece_g: Floats, mean: int) -> Floats:
    """Size of the running mean over `mean` samples around each; (n,) of (n, 3). The ends count as going on."""
    around = np.arange(-(mean // 2) - 1, len(piece_g) + mean - 1 - mean // 2)
    total = np.cumsum(piece_g.take(around, axis=0, mode="clip"), axis=0)
    sums = total[mean:] - total[:-mean]
    return np.sqrt(squares(sums)) / mean


def _slow_level(view: RunView, near: slice, top: int) -> float:
    """Largest level of the first difference there, smoothed as the level of the second one is.

    What came to rest before the top is another motion: the stretch that the kick answers.
    """
    size = view.grid.smooth
    total = np.cumsum(view.slow[near], dtype=np.float64)
    sums = np.concatenate([total[:size], total[size:] - total[:-size]])
    before = top - near.start
    if before > 2 * size:
        rest = np.nonzero(sums[size:before] < REST_SHARE**2 * float(sums[before:].max(initial=0.0)))[0]
        if len(rest):
            sums = sums[size + int(rest[-1]) :]
    return math.sqrt(max(0.0, float(sums.max(initial=0.0))) / size)


def _ring(piece_g: Floats, at_peak: int, rate_hz: float) -> tuple[float, float]:
    """Measure frequency and decay of the after-swing along the peak's direction, from two turning points."""
    x, y, z = piece_g[at_peak].tolist()
    tail = piece_g[at_peak:, 0] * x + piece_g[at_peak:, 1] * y + piece_g[at_peak:, 2] * z
    change = tail[1:] - tail[:-1]
    turning = (change[:-1] * change[1:] < 0).nonzero()[0] + 1
    turning = turning[turning >= RING_FROM_S * rate_hz]
    if len(turning) < 2:
        return math.nan, math.nan
    begin, end = turning[:2].tolist()
    half_s = (end - begin) / rate_hz
    first, second = abs(float(tail[begin])), abs(float(tail[end]))
    return 0.5 / half_s, half_s / math.log(first / second) if first > second > 0 else math.nan


def _is_glitch(change_g: Floats, jump: float, flat: float) -> bool:
    """Whether one axis jumps there and back, and nothing else changes: no limb stops from one sample to the next."""
    most = np.maximum.reduce(change_g, axis=0, initial=0.0).tolist()
    largest = max(most)
    axis = most.index(largest)
    on_axis = change_g[:, axis]
    jumps = on_axis >= jump * largest
    if np.count_nonzero(jumps) > MOST_JUMPS or np.count_nonzero(jumps | (on_axis <= flat * largest)) < len(jumps):
        return False
    return bool(max(value for other, value in enumerate(most) if other != axis) <= flat * largest)
