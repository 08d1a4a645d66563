"""Steps: what each 0.1 s of a run amounts to, and what each hop of five of them shows."""

from bisect import bisect_right

import numpy as np
from numpy.typing import NDArray

from dsp import gravity, kick_level, posture
from dsp.counts import CountHistory, Counts
from dsp.grid import STEPS_PER_HOP, Cut, Grid, cut_steps
from dsp.growing import Growing
from dsp.least_floor import LeastFloor
from dsp.parameters import Parameters
from dsp.rows import largest, running_least
from dsp.stream import Stream

Floats = NDArray[np.float32]

QUIET_HOPS = 120
"""A minute (two at 5 Hz): a tremor pauses, or has begun, within it (prior); a jump into a recording knows as much."""


def sums_of_steps(values: Floats, cut: Cut) -> Floats:
    """Sum of each step of each row, (rows, steps), of `values` (rows, n).

    Where all are equally long it takes a third of the time.
    """
    if cut.starts is not None:
        return np.add.reduceat(values, cut.starts, axis=1)
    return np.asarray(np.einsum("aij->ai", values.reshape(len(values), cut.steps, -1)))


def largest_of_steps(values: Floats, cut: Cut) -> Floats:
    """Largest value of each step, (steps,), of `values` (n,); as `sums_of_steps`."""
    return largest(values.reshape(cut.steps, -1)) if cut.starts is None else np.maximum.reduceat(values, cut.starts)


class Steps:
    """The steps and hops of a run, counted from its start.

    Parameters
    ----------
    grid, parameters
        Of the analysis.

    Attributes
    ----------
    count, hops
        Steps and hops taken.
    energy, level, loud
        Mean square of the jerk path in each step, g^2, its kick level, and that of any motion, g.
    mean
        Mean acceleration in each step, (steps, 3), g.
    hop_floor, hop_least, hop_quiet
        Floor of the jerk path after each hop, g, the lowest so far, and the lowest of the last minute.
    hop_mean, hop_gravity, hop_tilt
        Mean acceleration in each hop, (hops, 3), g; the size of gravity there, g; and the rate of turn, deg/s.
    counts
        What was known of the size of the sensor's counts after each hop.
    """

    def __init__(self, grid: Grid, parameters: Parameters) -> None:
        self._grid, self._parameters = grid, parameters
        self.count = 0
        self.hops = 0
        self.energy = Growing((), np.float32)
        self.level = Growing((), np.float32)
        self.loud = Growing((), np.float32)
        self.mean = Growing((3,), np.float32)
        self.hop_floor = Growing((), np.float32)
        self.hop_least = Growing((), np.float32)
        self.hop_quiet = Growing((), np.float32)
        self._last_minute = np.full(QUIET_HOPS - 1, np.inf, np.float32)
        self._least = LeastFloor(parameters)
        self.hop_mean = Growing((3,), np.float32)
        self.hop_gravity = Growing((), np.float32)
        self.hop_tilt = Growing((), np.float32)
        self._edges: list[int] = grid.step_edges.tolist()
        # Of the newest step, the largest second and first difference.
        self._last = np.zeros(1, np.float32), np.zeros(1, np.float32)
        self.counts = CountHistory()
        self._counts = Counts()

    def edge(self, step: int) -> int:
        """First sample of a step."""
        hop, rest = divmod(step, STEPS_PER_HOP)
        return hop * self._grid.hop + self._edges[rest]

    def complete(self, samples: int) -> int:
        """Count the steps that so many samples complete."""
        hop, rest = divmod(samples, self._grid.hop)
        return hop * STEPS_PER_HOP + bisect_right(self._edges, rest) - 1

    def take(self, stream: Stream, target: int) -> None:
        """Take the steps up to `target`, whose samples are all there."""
        self._take_steps(stream, target)
        if target // STEPS_PER_HOP > self.hops:
            self._take_hops(stream, target // STEPS_PER_HOP)

    def floors_before(self, first: int, last: int) -> Floats:
        """Floor of the last complete hop before each step from `first` to before `last`: what was known by then."""
        hop, rest = divmod(first, STEPS_PER_HOP)
        known = self.hop_floor.part(max(0, hop - 1), (last - 1) // STEPS_PER_HOP)
        if not hop:
            known = np.concatenate([np.full(1, kick_level.START_FLOOR_G, np.float32), known])
        return known.repeat(STEPS_PER_HOP)[rest : rest + last - first]

    def forget(self, hops: int) -> None:
        """Forget the first `hops` hops, and their steps."""
        for part in (self.energy, self.level, self.loud, self.mean):
            part.drop(hops * STEPS_PER_HOP)
        for part in (self.hop_floor, self.hop_least, self.hop_quiet, self.hop_mean, self.hop_gravity, self.hop_tilt):
            part.drop(hops)

    def _take_steps(self, stream: Stream, target: int) -> None:
        cut = cut_steps(self.count, target, self._grid)
        energy = sums_of_steps(stream.energy.part(cut.begin, cut.end), cut)[0]
        energy /= cut.sizes
        fast, slow = (
            np.concatenate([before, np.sqrt(largest_of_steps(part.part(cut.begin, cut.end)[0], cut))])
            for before, part in zip(self._last, (stream.level, stream.slow), strict=True)
        )
        self._last = fast[-1:].copy(), slow[-1:].copy()
        mean = sums_of_steps(stream.samples.part(cut.begin, cut.end), cut)
        mean /= cut.sizes
        self.energy.extend(energy)
        self.loud.extend(fast[1:])
        self.level.extend(kick_level.kick_level(fast, slow, self._parameters))
        self.mean.extend(mean.T)
        self.count = target

    def _take_hops(self, stream: Stream, hops: int) -> None:
        first = self.hops
        means = self.mean.part(first * STEPS_PER_HOP, hops * STEPS_PER_HOP).reshape(hops - first, -1)
        # Steps and axes first: to add up three values at a time takes twice as long.
        hop_mean, *others = means.T.copy().reshape(STEPS_PER_HOP, 3, -1)
        for step_mean in others:
            hop_mean += step_mean
        hop_mean *= np.float32(1.0 / STEPS_PER_HOP)
        self.hop_mean.extend(hop_mean.T)
        back = np.maximum(np.arange(first, hops) - posture.RATE_HOPS, 0)
        before = self.hop_mean.kept[back - self.hop_mean.first]
        seconds = posture.RATE_HOPS * self._grid.hop / self._grid.rate_hz
        size = gravity.references(self.hop_mean, first, hops)
        self.hop_gravity.extend(size)
        self.hop_tilt.extend(gravity.tilt_deg(self.hop_mean.part(first, hops), before, size) / np.float32(seconds))
        forgotten = self.energy.first // STEPS_PER_HOP
        floor = kick_level.floors(self.energy.kept, np.arange(first, hops) - forgotten, self._parameters)
        counts = self._count_floors(stream, first, hops)
        floor = np.maximum(floor, counts)
        self.hop_floor.extend(floor)
        energy = self.energy.part(first * STEPS_PER_HOP, hops * STEPS_PER_HOP)
        self.hop_least.extend(self._least.take(floor, counts, energy))
        minute = np.concatenate([self._last_minute, floor])
        self.hop_quiet.extend(running_least(minute, QUIET_HOPS))
        self._last_minute = minute[-(QUIET_HOPS - 1) :]
        self.hops = hops

    def _count_floors(self, stream: Stream, first: int, hops: int) -> Floats:
        """Floor from the sensor's own counts for each of these hops: what the first seconds have shown by then."""
        hop = self._grid.hop
        for h in range(first, hops):
            if self._counts.settled:
                break
            span = max(0, h * hop - 1), (h + 1) * hop
            self.counts.note(h, self._counts.take(stream.samples.part(*span), stream.filled.part(*span)[0]))
        return kick_level.count_floors(self.counts.after_each(first, hops), self._parameters)
