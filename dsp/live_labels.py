"""Live labels: what the live view would have said when the last sample of each frame came."""

import numpy as np
from numpy.typing import NDArray

from dsp import fast_second
from dsp.centre import least_answer
from dsp.fast_second import ONSET_AGAIN_SHARE, ONSET_AGAIN_STEPS, ONSET_KEPT_STEPS, ONSET_STEPS
from dsp.grid import STEPS_PER_HOP, Grid
from dsp.jerk_path import JerkPath
from dsp.labels import State
from dsp.parameters import DECIDED, Parameters
from dsp.sliding import windows
from dsp.steps import Steps
from dsp.stream import Stream

Numbers = NDArray[np.intp]
Floats = NDArray[np.float32]

TOGETHER = 500
"""Seconds measured at once: a year of them would not fit."""
STILL, RHYTHM, TREMOR = (DECIDED.index(s) for s in (State.STILL, State.REFLEX_RHYTHM, State.TREMOR))


class LiveLabels:
    """Looks at the newest second of every step, as a live view does that is asked at each of them (ten a second).

    Parameters
    ----------
    grid, parameters
        Of the analysis.

    Notes
    -----
    Most steps are too quiet for an onset, or no more than a kick or a movement: only the second of a step that is
    neither is measured, and that of a frame whose label it may change.
    """

    def __init__(self, grid: Grid, parameters: Parameters) -> None:
        self._grid, self._parameters = grid, parameters
        self._answer = least_answer(grid, parameters)
        self._meter = fast_second.SecondMeter(grid, parameters)
        self._window_hops = -(-grid.window // grid.hop)
        # With so many steps there is no onset yet: no second, or none before it.
        filled = np.arange(2 * self._window_hops * STEPS_PER_HOP)
        edges = filled // STEPS_PER_HOP * grid.hop + grid.step_edges[filled % STEPS_PER_HOP]
        first = int(edges.searchsorted(grid.fast_window)) + ONSET_AGAIN_STEPS
        self._looked = max(first, ONSET_STEPS) - 1
        self._onset = -ONSET_KEPT_STEPS - 1

    def told(
        self, numbers: Numbers, rms_g: Floats, first: int, stream: Stream, steps: Steps, jerks: JerkPath
    ) -> Numbers:
        """Labels of the next frames, by number.

        Parameters
        ----------
        numbers
            What the causal filter says, (frames,), in the order of `DECIDED`, then unclear.
        rms_g
            Of the frames.
        first
            Number of the first of them in the run.
        stream, steps, jerks
            Of the run.
        """
        hops = first + self._window_hops + np.arange(len(numbers))
        if hops[-1] > steps.hops:
            # The run ended within its first window.
            return numbers
        shakes = (numbers == RHYTHM) | (numbers == TREMOR)
        counts = hops * STEPS_PER_HOP
        lasting = counts - self._onsets(counts, stream, steps, jerks) <= ONSET_KEPT_STEPS
        begun = lasting & ~shakes
        level_g = fast_second.step_level(_newest_steps(steps, counts[0], counts[-1], STEPS_PER_HOP))
        ended = shakes & fast_second.may_have_stopped(level_g, rms_g)
        where = (begun | ended).nonzero()[0]
        if not len(where):
            return numbers
        fast_rms_g = np.zeros(len(numbers), np.float32)
        fast_rms_g[where] = self._meter.measured(self._seconds(stream, steps, counts[where])).rms_g
        begun &= fast_second.lasts(fast_rms_g)
        ended &= fast_second.has_stopped(fast_rms_g, rms_g, self._parameters)
        return np.where(begun, TREMOR, np.where(ended, STILL, numbers))

    def _onsets(self, counts: Numbers, stream: Stream, steps: Steps, jerks: JerkPath) -> Numbers:
        """Look for beginnings; with which number of steps shaking was last seen to begin, as known at so many."""
        known = self._looked + 1 + np.arange(int(counts[-1]) - self._looked)
        before, self._looked = self._onset, int(counts[-1])
        energy = _newest_steps(steps, known[0], known[-1], 1)
        floor_g = steps.floors_before(int(known[0]), int(known[-1]) + 1)
        at = fast_second.may_begin(fast_second.step_level(energy), floor_g, self._answer).nonzero()[0]
        if len(at):
            at = at[fast_second.is_even(energy[at], jerks.burst_steps(known[at]))]
        # So many at a time as take little room at any rate.
        parts = [at[i : i + TOGETHER] for i in range(0, len(at), TOGETHER)]
        at = np.concatenate([self._shown(known, floor_g, part, stream, steps) for part in parts] or [at])
        if not len(at):
            return np.full(len(counts), before)
        self._onset = int(known[at[-1]])
        onsets = np.concatenate([[before], known[at]])
        return np.asarray(onsets[onsets[1:].searchsorted(counts, "right")])

    def _shown(self, known: Numbers, floor_g: Floats, at: Numbers, stream: Stream, steps: Steps) -> Numbers:
        """Give those of these places whose seconds show an onset."""
        for ago, share in ((0, 1.0), (ONSET_AGAIN_STEPS, ONSET_AGAIN_SHARE)):
            if len(at):
                fast = self._meter.measured(self._seconds(stream, steps, known[at] - ago))
                at = at[fast_second.is_onset(fast, floor_g[at], self._parameters, share)]
        return at

    def _seconds(self, stream: Stream, steps: Steps, counts: Numbers) -> Floats:
        """Give the samples of the second before each of these numbers of steps, (3, seconds, samples)."""
        size = self._grid.fast_window
        ends = np.array([steps.edge(count) for count in counts.tolist()])
        first = int(ends[0]) - size
        samples = stream.samples.part(first, int(ends[-1]))
        return np.asarray(samples[:, (ends - first)[:, None] + np.arange(-size, 0)])


def _newest_steps(steps: Steps, first: int, last: int, apart: int) -> Floats:
    """Mean squares of the newest `ONSET_STEPS` at each number of steps from `first` to `last`, so many `apart`."""
    energy = steps.energy.part(int(first) - ONSET_STEPS, int(last))
    return windows(energy, ONSET_STEPS, apart, (int(last) - int(first)) // apart + 1)
