"""Kick: what an event is measured on, and what is measured: onset, size, width, ring, and the stretch before it."""

import math

import numpy as np
from numpy.typing import NDArray

from dsp.evidence import event_terms
from dsp.few import middle
from dsp.grid import STEPS_PER_HOP, Grid
from dsp.labels import EventLabel
from dsp.parameters import Parameters
from dsp.results import Event

Vector = tuple[float, float, float]
STEP_S = 0.1
START_FLOOR_G = 0.05
"""Floor for the first half second, in which nothing is known: only a strong kick stands out (prior)."""
RING_FROM_S = 0.05
AFTER_KICK_STEPS = 4
GRAVITY_STEPS = 40
LEAST_GRAVITY_G = 0.5
AT_REST = 0.15
"""Share of its largest velocity below which a limb has stopped: what noise and offset leave after half a second."""
ONE_WAY = 0.85
"""Net way over whole way: a limb that only went there (1) against one that swung (below 0.5 after one swing back)."""
MOVING_STEPS = 6
"""A kick this long after the first motion (0.6 s) still belongs to the stretch that the motion began."""


def step_edges(steps: NDArray[np.int64], grid: Grid) -> NDArray[np.int64]:
    """First sample of each step, counted from the start of the run."""
    edges: NDArray[np.int64] = steps // STEPS_PER_HOP * grid.hop + grid.step_edges[steps % STEPS_PER_HOP]
    return edges


class RunView:
    """What an event is measured on: samples, levels and gravity of the run around it.

    Parameters
    ----------
    parameters, grid
        Of the analysis.
    start_s
        Of the run.

    Attributes
    ----------
    first
        Number of the first sample that is kept.
    first_step
        Number of the first step that is kept, the first one of a hop. Steps are counted from here on, here and in the
        jerk path, while samples are counted from the start of the run.
    """

    def __init__(self, parameters: Parameters, grid: Grid, start_s: float) -> None:
        self._parameters = parameters
        self._grid = grid
        self._start_s = start_s
        self.xyz_g = np.empty((0, 3), np.float32)
        self.level = np.empty(0, np.float32)
        self.slow = np.empty(0, np.float32)
        self.first = 0
        self.first_step = 0
        self.step_gravity = np.empty((0, 3), np.float32)
        self.step_loud = np.empty(0, np.float32)
        self.hop_least = np.empty(0, np.float32)

    def least_floor(self, step: int) -> float:
        """Lowest floor of the run up to `step`, g: the sensor's own noise, as far as it has been seen."""
        known = step // STEPS_PER_HOP
        return float(self.hop_least[min(known, len(self.hop_least)) - 1]) if known > 0 else START_FLOOR_G

    def edge(self, step: int) -> int:
        """First sample of a step."""
        hop, rest = divmod(step + self.first_step, STEPS_PER_HOP)
        return hop * self._grid.hop + int(self._grid.step_edges[rest])

    def step_at(self, time_s: float) -> int:
        """Step that holds a time."""
        return self._step_of(round((time_s - self._start_s) * self._grid.rate_hz))

    def _step_of(self, sample: int) -> int:
        hop, rest = divmod(sample, self._grid.hop)
        step = hop * STEPS_PER_HOP + int(np.searchsorted(self._grid.step_edges[1:], rest, side="right"))
        return step - self.first_step

    def measure(
        self, onset_step: int, peak: float, known_step: int, floor: float, surround: float, *, apart: bool
    ) -> Event | None:
        """Measure a candidate; None when it is too wide to be a kick.

        Parameters
        ----------
        onset_step, known_step
            Its first step, and the newest.
        peak, floor, surround
            Level at its top, in the recent past, and in the second before, g.
        apart
            Whether another kick came just before, so that nothing before `onset_step` belongs to it.
        """
        rate, p = self._grid.rate_hz, self._parameters.jerk
        low = max(self.first, self.edge(max(0, onset_step - 1)))
        stop = self.edge(known_step + 1)
        if apart:
            low += int(self.level[low - self.first : self.edge(onset_step + 1) - self.first].argmin())
        level = np.sqrt(self.level[low - self.first : stop - self.first])
        left, top, right = _span(level, p["end_ratio"])
        near = slice(max(0, low + top - round(0.3 * rate) - self.first), low + top + round(0.3 * rate) - self.first)
        quickness = float(level[top]) / max(self._slow_level(near), 1e-6)
        slow = quickness < p["kick_ratio"]
        alone = surround < p["slow_isolation"] * peak and self._has_gravity(onset_step)
        if slow and not (alone and quickness >= p["slow_kick_ratio"]):
            return None
        # The onset reaches further down the slope than the width does, as far as the noise lets it.
        rise = max(p["onset_ratio"] * float(level[top]), p["above_noise"] * floor)
        below = np.nonzero(level[: left + 1] < rise)[0]
        began = int(below[-1]) + 1 if len(below) else 0
        width_s = (right - left + 1) / rate
        if width_s > p["widest_s"] + p["smooth_s"] and (top - left) / rate > p["slowest_rise_s"]:
            return None
        if width_s > p["longest_s"]:
            return None
        # The level lags: it reaches a third of its top so long after the first changed sample (measured on kicks).
        onset, end = max(self.first, low + began - round(p["onset_lead_s"] * rate)), low + right
        reference = self.xyz_g[max(0, onset - round(0.5 * rate) - self.first) : max(1, onset - self.first)]
        quiet = reference.astype(np.float64).mean(axis=0)
        piece = self.xyz_g[max(0, onset - 1 - self.first) : end + 1 - self.first].astype(np.float64) - quiet
        size = np.sqrt((piece**2).sum(axis=1))
        at_peak = int(size.argmax())
        change = np.diff(piece, axis=0)
        jerk = float(np.sqrt((change**2).sum(axis=1)).max() * rate) if len(change) else 0.0
        direction = piece[at_peak] / max(float(size[at_peak]), 1e-12)
        onset_s = self._start_s + onset / rate
        # The candidate may have begun with the stretch itself; the kick's own step is what counts from here.
        onset_step = max(onset_step, self._step_of(onset))
        stretch = self._stretch_before(onset_step) or self._stretch_around(onset_step, known_step, floor)
        ring_hz, decay_s = self._ring(piece, at_peak)
        turned = self._tilt_between(onset_step - 3, known_step - 2)
        if slow and not turned < p["stretch_deg"]:
            # As slow as a stretch, and the limb ended elsewhere.
            return None
        if stretch is None and turned >= self._parameters.hold["stretch_deg"]:
            # The limb ended elsewhere: this was the stretch itself, not a kick.
            return None
        if self._no_gravity_at_all(onset_step) and self._stays(
            self.xyz_g[max(0, onset - self.first) : stop - self.first] - quiet
        ):
            return None
        label = EventLabel.TWITCH if stretch is None else EventLabel.REFLEX_JERK
        terms, confidence = event_terms(
            peak=peak,
            floor=floor,
            surround=surround,
            width_s=width_s,
            stretch=stretch,
            gravity=self._has_gravity(onset_step),
            parameters=self._parameters,
        )
        return Event(
            onset_s=onset_s,
            peak_s=self._start_s + (max(self.first, onset - 1) + at_peak) / rate,
            end_s=self._start_s + (end + 1) / rate,
            label=label,
            peak_g=float(size[at_peak]),
            peak_jerk_g_per_s=jerk,
            rise_s=max(0.0, (low + top - onset) / rate),
            width_s=width_s,
            ring_hz=ring_hz,
            decay_s=decay_s,
            direction=(float(direction[0]), float(direction[1]), float(direction[2])),
            tilt_change_deg=turned,
            stretch_delay_s=None if stretch is None else stretch[1],
            confidence=confidence,
            runner_up=(EventLabel.REFLEX_JERK if label is EventLabel.TWITCH else EventLabel.TWITCH).value,
            evidence=terms,
            flags=() if self._has_gravity(onset_step) else ("no_gravity",),
        )

    def _slow_level(self, near: slice) -> float:
        """Largest level of the first difference there, smoothed as the level of the second one is."""
        size = self._grid.smooth
        total = np.cumsum(self.slow[near], dtype=np.float64)
        # Before the first value nothing changed, so the first sums are of fewer values.
        most = max(float(total[:size].max(initial=0.0)), float((total[size:] - total[:-size]).max(initial=0.0)))
        return math.sqrt(most / size)

    def _stays(self, piece_g: NDArray[np.float64]) -> bool:
        """Whether the limb came to rest elsewhere: the velocity is over, and went one way all the time.

        What gravity shows where it is in the data, two integrals show here: a kick swings back.
        """
        velocity = np.cumsum(piece_g, axis=0)
        speed = np.sqrt((velocity**2).sum(axis=1))
        if speed[-1] > AT_REST * float(speed.max(initial=0.0)):
            return False
        net = float(np.sqrt((velocity.sum(axis=0) ** 2).sum()))
        return net > ONE_WAY * float(speed.sum())

    def moves_on(self, onset_step: int, now_step: int, top: float) -> bool:
        """Whether slow motion goes on after the kick: larger in first than in second differences, and no noise."""
        first = self.edge(onset_step + AFTER_KICK_STEPS) - self.first
        level = math.sqrt(middle(self.slow[first : self.edge(now_step) - self.first]))
        loud = middle(self.step_loud[onset_step + AFTER_KICK_STEPS : now_step])
        p = self._parameters.jerk
        noise = p["above_noise"] * self.least_floor(onset_step)
        return level > max(p["kept_share"] * top, noise) and loud < p["slow_ratio"] * level

    def turns(self, onset_step: int, now_step: int) -> bool:
        """Whether the limb turned from before `onset_step` to now as far as a stretch does."""
        return self._tilt_between(onset_step - 3, now_step - 2) >= self._parameters.hold["stretch_deg"]

    def turns_on(self, onset_step: int, now_step: int) -> bool:
        """Whether the limb went on turning after the kick: a reflex answers a stretch that is over, or nearly."""
        return self._tilt_between(onset_step + AFTER_KICK_STEPS, now_step - 2) >= self._parameters.jerk["stretch_deg"]

    def _gravity(self, step: int) -> Vector | None:
        """Give unit gravity over the three steps from `step` on; None where it is not near 1 g."""
        part = self.step_gravity[max(0, step) : max(0, step) + 3].tolist()
        if not part:
            return None
        x = y = z = 0.0
        for step_x, step_y, step_z in part:
            x += step_x
            y += step_y
            z += step_z
        size = math.sqrt(x * x + y * y + z * z)
        return (x / size, y / size, z / size) if 0.6 * len(part) < size < 1.4 * len(part) else None

    def _has_gravity(self, step: int) -> bool:
        return self._gravity(step - 3) is not None

    def _no_gravity_at_all(self, step: int) -> bool:
        """Whether the last seconds hold no gravity: somebody who falls is weightless for less than half of them."""
        part = self.step_gravity[max(0, step - GRAVITY_STEPS) : step].astype(np.float64)
        return len(part) > 0 and middle((part**2).sum(axis=1)) < LEAST_GRAVITY_G**2

    def _tilt_between(self, first: int, second: int) -> float:
        return _angle_deg(self._gravity(first), self._gravity(second))

    def _stretch_before(self, onset_step: int) -> tuple[float, float] | None:
        """Turn (deg) and delay (s) of the stretch transient before a kick; None without one."""
        p = self._parameters.jerk
        steps = round(p["stretch_before_s"] / STEP_S)
        turn = self._tilt_between(onset_step - steps - 3, onset_step - 3)
        if not turn >= p["stretch_deg"]:
            return None
        quickest, when = 0.0, onset_step - 3
        gravity = [self._gravity(onset_step - back) for back in range(steps + 4)]
        for back in range(3, steps + 1):
            rate = _angle_deg(gravity[back + 3], gravity[back]) / (3 * STEP_S)
            if rate > quickest:
                quickest, when = rate, onset_step - back
        if quickest < p["stretch_rate_deg_per_s"]:
            return None
        return turn, max(0.0, (onset_step - when) * STEP_S)

    def _stretch_around(self, onset_step: int, known_step: int, floor: float) -> tuple[float, float] | None:
        """Turn and delay of a stretch that was still going on at the kick: motion before it, another posture after."""
        p = self._parameters.jerk
        turn = self._tilt_between(onset_step - round(p["stretch_before_s"] / STEP_S), known_step - 2)
        if not turn >= self._parameters.hold["stretch_deg"]:
            return None
        first = max(0, onset_step - MOVING_STEPS)
        moving = np.nonzero(self.step_loud[first:onset_step] > max(p["above_noise"] * floor, 1e-3 * p["on_mg"]))[0]
        if not len(moving):
            return None
        return turn, (onset_step - first - int(moving[0])) * STEP_S

    def _ring(self, piece: NDArray[np.float64], at_peak: int) -> tuple[float, float]:
        """Measure frequency and decay of the after-swing along the peak's direction, from two turning points."""
        tail = piece[at_peak:] @ (piece[at_peak] / max(float(np.sqrt((piece[at_peak] ** 2).sum())), 1e-12))
        turning = np.nonzero((tail[1:-1] - tail[:-2]) * (tail[2:] - tail[1:-1]) < 0)[0] + 1
        turning = turning[turning >= RING_FROM_S * self._grid.rate_hz]
        if len(turning) < 2:
            return float("nan"), float("nan")
        half_s = (turning[1] - turning[0]) / self._grid.rate_hz
        first, second = abs(tail[turning[0]]), abs(tail[turning[1]])
        decay_s = half_s / np.log(first / second) if first > second > 0 else float("nan")
        return float(0.5 / half_s), float(decay_s)


def _angle_deg(a: Vector | None, b: Vector | None) -> float:
    """Angle between unit vectors; NaN where one is unknown."""
    if a is None or b is None:
        return math.nan
    cosine = a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
    return math.degrees(math.acos(min(1.0, max(-1.0, cosine))))


def _span(level: NDArray[np.float32], share: float) -> tuple[int, int, int]:
    """First, highest and last sample of the stretch around the top that stays above this share of it."""
    top = int(level.argmax())
    below = np.nonzero(level < share * level[top])[0]
    at = int(np.searchsorted(below, top))
    left = int(below[at - 1]) + 1 if at else 0
    right = int(below[at]) - 1 if at < len(below) else len(level) - 1
    return left, top, right
