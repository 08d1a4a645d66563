"""Run view: what a kick is measured on, and what the limb did before and after it: where it points, how it turns."""

import math
from bisect import bisect_right
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dsp.counts import CountHistory
from dsp.few import largest, middle
from dsp.gravity import LEAST_G, MOST_G, NEAR
from dsp.grid import STEPS_PER_HOP, Grid
from dsp.kick_level import START_FLOOR_G, STEP_S
from dsp.parameters import Parameters
from dsp.rises import Rise, rises_to
from dsp.sliding import windows
from dsp.swings import mean_of, squares

Vector = tuple[float, float, float]
MORE_LIKELY = 0.5
AFTER_KICK_STEPS = 4
"""A kick's own swings and the 0.15 s that its level lags are over after 0.4 s (physics)."""
MOST_GRAVITIES = 256
"""Remembered at a time."""
UNASKED: Vector = (math.nan, math.nan, math.nan)
"""Stands for a gravity that nobody has asked for yet."""
SWING_S = 0.2
"""Longer than half a swing of the slowest ring (3 Hz, 0.17 s)."""
CALM_S = 0.15
"""Shorter than half a period of the slowest shaking (2.5 Hz, 0.2 s), less what levels are smoothed over (physics)."""
RISE_STEPS = 2
"""A kick of 0.1 s that a slow ring follows rises for 0.2 s at most (physics)."""
BESIDE = np.array([[-RISE_STEPS], [0], [1]])
"""Steps beside one at which what is highest in it may have begun to rise, at which it begins, and the next."""
TURNED_STEPS = 3
"""As long as half a swing of a relaxed knee (1.7 Hz; physics)."""
MOVING_STEPS = 6
"""A kick this long after the first motion (0.6 s) still belongs to the stretch that the motion began."""


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
    steps
        Times of the jerk path by their names, rounded to steps.
    first
        Number of the first sample that is kept.
    first_step
        Number of the first step that is kept, the first one of a hop. Steps are counted from here on, here and in the
        jerk path, while samples are counted from the start of the run.
    """

    def __init__(self, parameters: Parameters, grid: Grid, start_s: float) -> None:
        self.parameters = parameters
        self.grid = grid
        self.start_s = start_s
        self._swing = round(SWING_S * grid.rate_hz)
        # Hops that the first frame ends with.
        self._window_hops = -(-grid.window // grid.hop)
        self.steps = {
            name: round(value / STEP_S)
            for name, value in parameters.jerk.items()
            if name.endswith("_s") and "_per_" not in name
        }
        self._slowest_deg = parameters.hold["still_rate_deg_per_s"] * 3 * STEP_S
        self._edges: list[int] = grid.step_edges.tolist()
        self._gravities: dict[int, Vector | None] = {}
        self.xyz_g = np.empty((0, 3), np.float32)
        self.level = np.empty(0, np.float32)
        self.slow = np.empty(0, np.float32)
        self.first = 0
        self.first_step = 0
        self.step_gravity = np.empty((0, 3), np.float32)
        self.step_loud = np.empty(0, np.float32)
        self.hop_least = np.empty(0, np.float32)
        self.hop_gravity = np.empty(0, np.float32)
        self.counts = CountHistory()
        self.shaking = np.empty(0, np.float64)
        self.first_frame = 0

    def least_floor(self, step: int) -> float:
        """Lowest floor of the run up to `step`, g: the sensor's own noise, as far as it has been seen."""
        known = step // STEPS_PER_HOP
        return self.hop_least.item(min(known, len(self.hop_least)) - 1) if known > 0 else START_FLOOR_G

    def count_g(self, step: int) -> float:
        """Size of the sensor's counts as it was known at a step, g; 0 before it was."""
        count = self.counts.after((step + self.first_step) // STEPS_PER_HOP - 1)
        return count if math.isfinite(count) else 0.0

    def shakes(self, step: int) -> bool:
        """Whether the newest frame that ends by the end of a step is more likely tremor or reflex rhythm than not."""
        frame = self._frame_by(step)
        return 0 <= frame < len(self.shaking) and self.shaking.item(frame) > MORE_LIKELY

    def shook_since(self, first_step: int, last_step: int) -> bool:
        """Whether any frame that ends by these steps is."""
        first, last = max(0, self._frame_by(first_step)), self._frame_by(last_step) + 1
        return largest(self.shaking[first : max(first, last)]) > MORE_LIKELY

    def _frame_by(self, step: int) -> int:
        """Give the newest frame that ends by the end of a step, counted from the first that is known."""
        return (step + 1 + self.first_step) // STEPS_PER_HOP - self._window_hops - self.first_frame

    def edge(self, step: int) -> int:
        """First sample of a step."""
        hop, rest = divmod(step + self.first_step, STEPS_PER_HOP)
        return hop * self.grid.hop + self._edges[rest]

    def edges(self, steps: NDArray[np.int64]) -> NDArray[np.int64]:
        """First sample of each of some steps, of the same shape."""
        hops, rest = np.divmod(steps + self.first_step, STEPS_PER_HOP)
        return np.asarray(hops * self.grid.hop + self.grid.step_edges[rest])

    def step_at(self, time_s: float) -> int:
        """Step that holds a time."""
        return self.step_of(round((time_s - self.start_s) * self.grid.rate_hz))

    def steps_at(self, times_s: NDArray[np.float64]) -> NDArray[np.int64]:
        """As `step_at`, for many times, (n,)."""
        samples = np.rint((times_s - self.start_s) * self.grid.rate_hz).astype(np.int64)
        hops, rest = np.divmod(samples, self.grid.hop)
        within = np.searchsorted(self.grid.step_edges, rest, "right") - 1
        return np.asarray(hops * STEPS_PER_HOP + within - self.first_step)

    def step_of(self, sample: int) -> int:
        """Step that holds a sample."""
        hop, rest = divmod(sample, self.grid.hop)
        return hop * STEPS_PER_HOP + bisect_right(self._edges, rest) - 1 - self.first_step

    def rise_to(self, step: int) -> int:
        """First sample of the rise that is highest in this step."""
        return int(self.rises_to(np.array([step])).sample[0])

    def rises_to(self, steps: NDArray[np.int64]) -> Rise:
        """Give the rises that are highest in some steps, their samples counted from the start of the run."""
        first, begin, end = np.maximum(self.edges(np.maximum(steps + BESIDE, 0)) - self.first, 0)
        new_rise = self.parameters.jerk["new_rise"]
        rise = rises_to(self.level, first, begin, end, new_rise=new_rise, swing=self._swing)
        return rise._replace(sample=rise.sample + self.first)

    def calmest(self, first_step: int, last_step: int) -> float:
        """Level in the quietest 0.15 s from one step to another, g, wherever in these steps it is."""
        part = self.level[self.edge(first_step) - self.first : self.edge(last_step + 1) - self.first]
        size = min(len(part), round(CALM_S * self.grid.rate_hz))
        return math.sqrt(float(windows(part, size, 1, len(part) - size + 1).max(axis=1).min()))

    def swing_g(self, steps: Sequence[int]) -> float:
        """Rms of the acceleration in these steps around its mean, g."""
        edges = [[self.edge(step + past) - self.first for past in (0, 1)] for step in steps]
        swing = np.concatenate([self.xyz_g[begin:end] for begin, end in edges])
        return math.sqrt(float(np.add.reduce(squares(swing - mean_of(swing)))) / len(swing))

    def swung_g(self, rest_step: int, first_step: int, last_step: int) -> float:
        """Largest acceleration from one step to before another, beside its mean since `rest_step`, g."""
        steps = (rest_step, first_step, last_step)
        rest, first, last = (max(0, self.edge(max(0, step)) - self.first) for step in steps)
        if last <= first:
            return 0.0
        return math.sqrt(largest(squares(self.xyz_g[first:last] - mean_of(self.xyz_g[rest:last]))))

    def moves_on(self, onset_step: int, now_step: int, top: float) -> bool:
        """Whether slow motion goes on after the kick: larger in first than in second differences, and no noise.

        The ring of a heavy limb is as slow, but it fades.
        """
        p, slow = self.parameters.jerk, self._slow_between(onset_step + AFTER_KICK_STEPS, now_step)
        least, half = max(p["kept_share"] * top, p["above_noise"] * self.least_floor(onset_step)), len(slow) // 2
        if largest(slow) <= least**2:
            # Most kicks are followed by rest, and what is never so loud is not in its middle either.
            return False
        if largest(slow[half:]) < (p["ring_left"] ** 2) * largest(slow[:half]):
            return False
        level = math.sqrt(middle(slow))
        loud = middle(self.step_loud[onset_step + AFTER_KICK_STEPS : now_step])
        return level > least and loud < p["slow_ratio"] * level

    def slow_after(self, onset_step: int, now_step: int) -> float:
        """Largest level of slow motion after the kick."""
        return math.sqrt(largest(self._slow_between(onset_step + AFTER_KICK_STEPS, now_step)))

    def slow_middle(self, onset_step: int, now_step: int) -> float:
        """Median level of slow motion after the kick."""
        return math.sqrt(middle(self._slow_between(onset_step + AFTER_KICK_STEPS, now_step)))

    def _slow_between(self, first_step: int, last_step: int) -> NDArray[np.float32]:
        """Squared level of slow motion of each sample from one step to before another."""
        return self.slow[self.edge(first_step) - self.first : self.edge(last_step) - self.first]

    def turns(self, onset_step: int, now_step: int) -> bool:
        """Whether the limb turned from before `onset_step` to now as far as a stretch does, and lay there lately.

        What swings about where it lay passes through that.
        """
        least, last = self.parameters.hold["stretch_deg"], now_step - 2
        return all(self.tilt_between(onset_step - 3, last - back) >= least for back in range(TURNED_STEPS + 1))

    def turns_on(self, onset_step: int, now_step: int) -> bool:
        """Whether the limb went on turning after the kick: a reflex answers a stretch that is over, or nearly.

        A slow kick and its ring are in what gravity shows so soon after it; who turns on lies elsewhere in the end.
        """
        turned = (self.tilt_between(first, now_step - 2) for first in (onset_step + AFTER_KICK_STEPS, onset_step - 3))
        return all(turn >= self.parameters.jerk["stretch_deg"] for turn in turned)

    def _gravity(self, step: int) -> Vector | None:
        """Give unit gravity over the three steps from `step` on; None where it is not near the size of gravity."""
        step = max(step, 0)
        number = step + self.first_step
        known = self._gravities.get(number, UNASKED)
        if known is not UNASKED:
            # The same few steps are asked for again and again while a kick is measured.
            return known
        part = self.step_gravity[step : step + 3].tolist()
        if len(part) == 3:
            (x0, y0, z0), (x1, y1, z1), (x2, y2, z2) = part
            x, y, z = x0 + x1 + x2, y0 + y1 + y2, z0 + z1 + z2
        elif part:
            x, y, z = map(sum, zip(*part, strict=True))
        else:
            return None
        size = math.sqrt(x * x + y * y + z * z)
        whole = len(part) * self.gravity_size(step)
        unit = (x / size, y / size, z / size) if NEAR[0] * whole < size < NEAR[1] * whole else None
        if len(part) == 3:
            if len(self._gravities) >= MOST_GRAVITIES:
                self._gravities.clear()
            self._gravities[number] = unit
        return unit

    def has_gravity(self, step: int) -> bool:
        """Whether gravity is in the data just before a step."""
        return self._gravity(step - 3) is not None

    def no_gravity_at_all(self, step: int) -> bool:
        """Whether the last seconds hold no gravity: somebody who falls is weightless for less than half of them."""
        return math.isnan(self.gravity_size(step))

    def gravity_size(self, step: int) -> float:
        """Size of gravity as the last hop before a step knew it, g; NaN without gravity."""
        hop = min(step // STEPS_PER_HOP, len(self.hop_gravity)) - 1
        if hop >= 0:
            return self.hop_gravity.item(hop)
        # Before the first hop is over its steps have to do; these three are there whenever they are asked for.
        x, y, z = self.step_gravity[:3].sum(axis=0, dtype=np.float64).tolist()
        size = math.sqrt(x * x + y * y + z * z) / 3.0
        return size if LEAST_G <= size <= MOST_G else math.nan

    def tilt_between(self, first: int, second: int) -> float:
        """Turn of the limb from one step to another, deg; NaN where gravity does not show it."""
        return _angle_deg(self._gravity(first), self._gravity(second))

    def stretch_before(self, onset_step: int) -> tuple[float, float] | None:
        """Turn (deg) and delay (s) of the stretch transient before a kick; None without one."""
        p, steps, most = self.parameters.jerk, self.steps["stretch_before_s"], self.steps["stretch_slow_s"]
        before = self._gravity(onset_step - steps - 3)
        # One that is entered slowly has begun before that, and ends as slowly (the jerk is least).
        while steps < most and _angle_deg(before, self._gravity(onset_step - steps)) >= self._slowest_deg:
            steps += 1
            before = self._gravity(onset_step - steps - 3)
        turn = _angle_deg(before, self._gravity(onset_step - 3))
        if not turn >= p["brisk_deg"]:
            return None
        quickest, when = 0.0, onset_step - 3
        gravity = [self._gravity(onset_step - back) for back in range(3, steps + 4)]
        for back, (later, sooner) in enumerate(zip(gravity, gravity[3:], strict=False), start=3):
            rate = _angle_deg(sooner, later) / (3 * STEP_S)
            if rate > quickest:
                quickest, when = rate, onset_step - back
        if quickest < p["stretch_rate_deg_per_s"]:
            return None
        return turn, max(0.0, (onset_step - when) * STEP_S)

    def stretch_around(self, onset_step: int, known_step: int, floor: float) -> tuple[float, float] | None:
        """Turn and delay of a stretch that was still going on at the kick: motion before it, another posture after."""
        p = self.parameters.jerk
        turn = self.tilt_between(onset_step - self.steps["stretch_before_s"], known_step - 2)
        if not turn >= self.parameters.hold["stretch_deg"]:
            return None
        first, least = max(0, onset_step - MOVING_STEPS), max(p["above_noise"] * floor, 1e-3 * p["on_mg"])
        moving = np.nonzero(self.step_loud[first:onset_step] > least)[0]
        if not len(moving):
            return None
        began = first + int(moving[0])
        # The rise of the kick itself is no motion before it; no rise begins sooner than that.
        if began >= onset_step - RISE_STEPS and began >= self.step_of(self.rise_to(onset_step)):
            return None
        return turn, (onset_step - began) * STEP_S


def _angle_deg(a: Vector | None, b: Vector | None) -> float:
    """Angle between unit vectors; NaN where one is unknown."""
    if a is None or b is None:
        return math.nan
    cosine = a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
    if not -1.0 < cosine < 1.0:
        # Rounded beyond what a cosine can be.
        cosine = math.copysign(1.0, cosine)
    return math.degrees(math.acos(cosine))
