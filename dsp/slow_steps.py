"""Slow steps: the steps of a run again, at twice the time scale of the jerk path, where slow pulses stand out."""

import math

import numpy as np
from numpy.typing import NDArray

from dsp import kick_level
from dsp.grid import STEPS_PER_HOP, Grid, cut_steps
from dsp.growing import Growing
from dsp.kick_level import START_FLOOR_G
from dsp.parameters import Parameters
from dsp.steps import largest_of_steps, sums_of_steps
from dsp.stream import Stream

Floats = NDArray[np.float32]

TICK_S = 0.025
"""A quarter of the lag: finer does not change a level, and a mean over it costs less than the samples."""


class SlowSteps:
    """Levels over 100 ms for each step, counted from the start of a run.

    Samples are first averaged over ticks of 25 ms, or fewer, so that this costs a fraction of the quick levels.

    Parameters
    ----------
    grid, parameters
        Of the analysis.

    Attributes
    ----------
    energy, level, loud
        As those of `dsp.steps.Steps`, over twice the lag.
    """

    def __init__(self, grid: Grid, parameters: Parameters) -> None:
        self._grid, self._parameters = grid, parameters
        self._tick = max(1, math.floor(TICK_S * grid.rate_hz))
        tick_s = self._tick / grid.rate_hz
        self._lag = max(1, math.floor(parameters.pulse["lag_s"] / tick_s + 0.5))
        self._smooth = max(1, round(parameters.jerk["smooth_s"] / tick_s))
        # Of the newest step, the largest second and first difference.
        self._last = np.zeros(1, np.float32), np.zeros(1, np.float32)
        self._count = 0
        # The hop whose floor was asked for last, and that floor.
        self._asked = -2, START_FLOOR_G
        self.energy = Growing((), np.float32)
        self.level = Growing((), np.float32)
        self.loud = Growing((), np.float32)

    def take(self, stream: Stream, target: int) -> None:
        """Take the steps up to `target`, whose samples are all there."""
        cut = cut_steps(self._count, target, self._grid, self._tick)
        energy, slow, smoothed = self._energies(stream, cut.begin, cut.end)
        fast, slow_g = (
            np.concatenate([before, np.sqrt(largest_of_steps(part, cut))])
            for before, part in zip(self._last, (smoothed, slow), strict=True)
        )
        self._last = fast[-1:].copy(), slow_g[-1:].copy()
        self.energy.extend(sums_of_steps(energy[None], cut)[0] / cut.sizes)
        self.loud.extend(fast[1:])
        self.level.extend(kick_level.kick_level(fast, slow_g, self._parameters))
        self._count = target

    def floors_before(self, steps: NDArray[np.int64]) -> Floats:
        """Floor of the last complete hop before each of some steps, (steps,), rising: what was known by then.

        Only what may be a pulse asks for it, so that most hops of a night need none.
        """
        hops = steps // STEPS_PER_HOP - 1
        newest = int(hops[-1])
        if hops[0] == newest == self._asked[0]:
            # Step by step, a live hop asks for the same one.
            return np.full(len(hops), self._asked[1], np.float32)
        fresh = np.ones(len(hops), bool)
        fresh[1:] = hops[1:] > hops[:-1]
        hops, of_steps = hops[fresh], np.add.accumulate(fresh, dtype=np.intp) - 1
        known = hops >= 0
        floor = np.full(len(hops), START_FLOOR_G, np.float32)
        first = self.energy.first // STEPS_PER_HOP
        floor[known] = kick_level.floors(self.energy.kept, hops[known] - first, self._parameters)
        self._asked = newest, float(floor[-1])
        return np.asarray(floor[of_steps])

    def exceeds_floor(self, level_g: float, ratio: float, step: int) -> bool:
        """Whether a level is more than so many times the floor of the last complete hop before a step."""
        hop = step // STEPS_PER_HOP - 1 - self.energy.first // STEPS_PER_HOP
        if level_g > ratio * kick_level.highest_floor(self.energy.kept, hop, self._parameters):
            # Most is: that need not be known any better.
            return True
        return level_g > ratio * float(self.floors_before(np.array([step]))[0])

    def forget(self, hops: int) -> None:
        """Forget the first `hops` hops, and their steps."""
        for part in (self.energy, self.level, self.loud):
            part.drop(hops * STEPS_PER_HOP)

    def _energies(self, stream: Stream, first: int, last: int) -> tuple[Floats, Floats, Floats]:
        """Squared second and first difference, and the former smoothed, of the ticks from `first` to before `last`."""
        need = self._smooth - 1
        reach = 3 * self._lag - 1 + need
        begin = max(0, first - reach)
        samples = stream.samples.part(begin * self._tick, last * self._tick)
        first_of, *others = (samples[:, i :: self._tick] for i in range(self._tick))
        # The first two at once: every pass over values that lie apart costs the same.
        rows = first_of + others[0] if others else first_of.copy()
        for other in others[1:]:
            rows += other
        rows *= np.float32(1.0 / self._tick)
        if first < reach:
            # Before the first sample the limb is taken to have rested there.
            rows = np.concatenate([np.repeat(rows[:, :1], reach - first, axis=1), rows], axis=1)
        energy, slow = np.empty((2, rows.shape[1] - 3 * self._lag + 1), np.float32)
        kick_level.difference_energies(rows, self._lag, energy, slow)
        return energy[need:], slow[need:], kick_level.smoothed(energy, self._smooth)
