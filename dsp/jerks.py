"""Jerk path: brief kicks found in the time domain, against a floor from the recent past (OS-CFAR).

The path works on differences over 50 ms, which see a twitch and not gravity, and on the level of 50 ms. Every value is
made by elementwise operations or maxima, so that any chunking of the samples gives the same bits.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dsp.evidence import event_terms
from dsp.grid import STEPS_PER_HOP, Grid
from dsp.labels import EventLabel
from dsp.parameters import Parameters
from dsp.results import Event

STEP_S = 0.1
START_FLOOR_G = 0.003
"""Floor until a second of the run is known: noise of a low-power sensor (LSM6DSO: 1.8-3.0 mg)."""
BUSY_RATIO = 3.5
"""Within sustained motion an event must rise this far above the last two seconds: an impact does, a step does not."""
BUSY_STEPS = 20
RING_FROM_S = 0.05


def step_edges(steps: NDArray[np.int64], grid: Grid) -> NDArray[np.int64]:
    """First sample of each step, counted from the start of the run."""
    edges: NDArray[np.int64] = steps // STEPS_PER_HOP * grid.hop + grid.step_edges[steps % STEPS_PER_HOP]
    return edges


def difference_energy(xyz_g: NDArray[np.float32], first: int, lag: int) -> NDArray[np.float32]:
    """Squared difference over `lag` samples, summed over the axes, for the samples from `first` on.

    Rows before ``lag`` are compared with row 0.
    """
    now = xyz_g[first:]
    at = np.arange(first, len(xyz_g)) - lag
    then = xyz_g[np.maximum(at, 0)] if first < lag else xyz_g[first - lag : len(xyz_g) - lag]
    change = now - then
    change *= change
    energy = change[:, 0] + change[:, 1]
    energy += change[:, 2]
    return energy


def smoothed(energy: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    """Mean over the `size` newest values, for every value from ``size - 1`` on; fixed order of additions."""
    total = energy[size - 1 :].copy()
    for back in range(1, size):
        total += energy[size - 1 - back : len(energy) - back]
    total *= np.float32(1.0 / size)
    return total


def floors(step_energy: NDArray[np.float32], first_hop: int, hops: int, parameters: Parameters) -> NDArray[np.float32]:
    """Floor for each of `hops` hops from `first_hop` on: the median level of the last 10 s but the newest second.

    Parameters
    ----------
    step_energy
        Mean square of every step of the run so far, g^2.
    """
    guard = round(parameters.jerk["guard_s"] / STEP_S)
    span = round(parameters.jerk["floor_window_s"] / STEP_S) - guard
    out = np.empty(hops, np.float32)
    ends = (np.arange(first_hop, first_hop + hops)) * STEPS_PER_HOP - guard
    full = ends >= span
    for i in np.nonzero(~full)[0]:
        known = step_energy[: max(0, ends[i])]
        out[i] = np.sqrt(np.median(known)) if len(known) >= STEPS_PER_HOP else START_FLOOR_G
    if full.any():
        windows = np.lib.stride_tricks.sliding_window_view(step_energy, span)[ends[full] - span]
        out[full] = np.sqrt(np.partition(windows, span // 2, axis=1)[:, span // 2])
    return out


@dataclass(slots=True)
class _Candidate:
    onset_step: int
    peak_step: int
    peak: float
    loud_from: int = 0
    below: int = 0
    busy: bool = False


@dataclass(slots=True, eq=False)
class JerkFinder:
    """Decides, step by step, which bursts are events.

    Attributes
    ----------
    events
        Confirmed events with the step at which each became known.
    provisional_onset_step
        Step of an open candidate; None without one.
    """

    parameters: Parameters
    grid: Grid
    start_s: float
    events: list[tuple[int, Event]] = field(default_factory=list)
    _candidate: _Candidate | None = None
    _busy: bool = False
    _last_peak_step: int = -(10**9)
    _last_peak: float = 0.0

    @property
    def idle(self) -> bool:
        """Whether only a trigger can change anything."""
        return self._candidate is None and not self._busy

    @property
    def candidate_step(self) -> int | None:
        """Step at which the open candidate began."""
        return self._candidate.onset_step if self._candidate is not None else None

    def threshold(self, floor: float) -> float:
        """Level that opens an event."""
        return max(self.parameters.jerk["on_ratio"] * floor, 1e-3 * self.parameters.jerk["on_mg"])

    def step(self, at: int, level: NDArray[np.float32], floor: float, view: "RunView") -> None:
        """Take step `at`; ``level`` holds the largest level of every step so far."""
        here = float(level[at])
        if self._candidate is not None:
            self._follow(at, here, level, floor, view)
        elif self._busy:
            recent = float(np.median(level[max(0, at - BUSY_STEPS) : at]))
            if here > BUSY_RATIO * recent and here > self.threshold(floor):
                self._candidate = _Candidate(at, at, here, at, busy=True)
            elif here < self.threshold(floor) and recent < self.threshold(floor):
                self._busy = False
        elif here > self.threshold(floor) and not self._ringing(at, here):
            self._candidate = _Candidate(at, at, here, at)

    def _ringing(self, at: int, here: float) -> bool:
        soon = at - self._last_peak_step < self.parameters.jerk["refractory_s"] / STEP_S
        return soon and here < self._last_peak

    def _follow(self, at: int, here: float, level: NDArray[np.float32], floor: float, view: "RunView") -> None:
        c, p = self._candidate, self.parameters.jerk
        assert c is not None  # noqa: S101 - the caller has looked
        if here > c.peak:
            c.peak, c.peak_step, c.below = here, at, 0
            # What was loud beside a smaller peak may be quiet beside this one: a stretch before its kick.
            c.loud_from = at
            while c.loud_from > c.onset_step and level[c.loud_from - 1] >= p["end_ratio"] * here:
                c.loud_from -= 1
        elif here < p["end_ratio"] * c.peak:
            c.below += 1
        else:
            c.below = 0
        if c.below >= round(p["quiet_after_s"] / STEP_S):
            self._close(at, c, level, floor, view)
            self._candidate = None
            self._busy = c.busy
        elif self._lasts_too_long(at, c):
            self._candidate = None
            self._busy = True

    def _lasts_too_long(self, at: int, c: _Candidate) -> bool:
        """Whether it cannot become a kick any more: loud for longer than the widest kick, or never quite quiet."""
        widest = round(self.parameters.jerk["widest_s"] / STEP_S)
        quiet = round(self.parameters.jerk["quiet_after_s"] / STEP_S)
        return (at - c.loud_from > widest and c.below == 0) or at - c.peak_step > widest + quiet + 2

    def _close(self, at: int, c: _Candidate, level: NDArray[np.float32], floor: float, view: "RunView") -> None:
        p = self.parameters.jerk
        first = max(0, c.onset_step - round(p["isolation_s"] / STEP_S))
        before = level[first : c.onset_step]
        surround = float(np.sqrt(np.mean(np.square(before, dtype=np.float64)))) if len(before) else floor
        after = float(level[c.peak_step + 1 : at + 1].min()) if at > c.peak_step else floor
        if max(surround, after) > p["isolation_ratio"] * c.peak:
            return
        event = view.measure(c.onset_step, c.peak, at, floor, surround)
        if event is None:
            return
        self._last_peak_step, self._last_peak = c.peak_step, c.peak
        self.events.append((at, event))


class RunView:
    """What an event is measured on: samples, levels and gravity of the run around it.

    Parameters
    ----------
    parameters, grid
        Of the analysis.
    start_s
        Of the run.
    """

    def __init__(self, parameters: Parameters, grid: Grid, start_s: float) -> None:
        self._parameters = parameters
        self._grid = grid
        self._start_s = start_s
        self.xyz_g = np.empty((0, 3), np.float32)
        self.level = np.empty(0, np.float32)
        self.first = 0
        self.step_gravity = np.empty((0, 3), np.float32)

    def edge(self, step: int) -> int:
        """First sample of a step."""
        return int(step_edges(np.array([step]), self._grid)[0])

    def _step_of(self, sample: int) -> int:
        hop, rest = divmod(sample, self._grid.hop)
        return hop * STEPS_PER_HOP + int(np.searchsorted(self._grid.step_edges[1:], rest, side="right"))

    def measure(self, onset_step: int, peak: float, known_step: int, floor: float, surround: float) -> Event | None:
        """Measure a candidate; None when it is too wide to be a kick."""
        rate, p = self._grid.rate_hz, self._parameters.jerk
        low = max(self.first, self.edge(max(0, onset_step - 3)))
        level = np.sqrt(self.level[low - self.first : self.edge(known_step + 1) - self.first])
        top = int(level.argmax())
        above = level >= p["end_ratio"] * level[top]
        left = top - int(np.argmin(above[: top + 1][::-1])) + 1 if not above[: top + 1].all() else 0
        right = top + int(np.argmin(above[top:])) - 1 if not above[top:].all() else len(level) - 1
        width_s = (right - left + 1) / rate
        if width_s > p["widest_s"] + p["smooth_s"]:
            return None
        # The level lags: a difference over `lag` smoothed over `smooth` samples rises with the first changed sample.
        onset, end = low + left, low + right
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
        stretch = self._stretch_before(onset_step)
        ring_hz, decay_s = self._ring(piece, at_peak)
        turned = self._tilt_between(onset_step - 3, known_step - 2)
        if stretch is None and turned >= self._parameters.hold["stretch_deg"]:
            # The limb ended elsewhere: this was the stretch itself, not a kick.
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

    def _gravity(self, step: int) -> NDArray[np.float64] | None:
        """Give unit gravity over the three steps from `step` on; None where it is not near 1 g."""
        part = self.step_gravity[max(0, step) : max(0, step) + 3].astype(np.float64)
        if not len(part):
            return None
        mean = part.mean(axis=0)
        size = float(np.sqrt((mean**2).sum()))
        return mean / size if 0.6 < size < 1.4 else None

    def _has_gravity(self, step: int) -> bool:
        return self._gravity(step - 3) is not None

    def _tilt_between(self, first: int, second: int) -> float:
        a, b = self._gravity(first), self._gravity(second)
        if a is None or b is None:
            return float("nan")
        return float(np.degrees(np.arccos(np.clip((a * b).sum(), -1.0, 1.0))))

    def _stretch_before(self, onset_step: int) -> tuple[float, float] | None:
        """Turn (deg) and delay (s) of the stretch transient before a kick; None without one."""
        p = self._parameters.jerk
        steps = round(p["stretch_before_s"] / STEP_S)
        turn = self._tilt_between(onset_step - steps - 3, onset_step - 3)
        if not turn >= p["stretch_deg"]:
            return None
        quickest, when = 0.0, onset_step - 3
        for back in range(3, steps + 1):
            rate = self._tilt_between(onset_step - back - 3, onset_step - back) / (3 * STEP_S)
            if rate > quickest:
                quickest, when = rate, onset_step - back
        if quickest < p["stretch_rate_deg_per_s"]:
            return None
        return turn, max(0.0, (onset_step - when) * STEP_S)

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
