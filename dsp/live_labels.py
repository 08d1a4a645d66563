"""Live labels: what the live view would have said when the last sample of each frame came."""

import numpy as np
from numpy.typing import NDArray

from dsp import fast_second
from dsp.centre import least_answer
from dsp.fast_second import ONSET_KEPT_STEPS, ONSET_STEPS
from dsp.grid import STEPS_PER_HOP, Grid
from dsp.jerk_path import JerkPath
from dsp.labels import State
from dsp.parameters import DECIDED, Parameters
from dsp.sliding import windows
from dsp.steps import Steps
from dsp.stream import Stream

Numbers = NDArray[np.intp]

KEPT_HOPS = ONSET_KEPT_STEPS // STEPS_PER_HOP
STILL_HOPS = 6
"""An onset out of stillness shows within a second and the filter leaves stillness a second later: 3 s hold both."""
STILL, RHYTHM, TREMOR = (DECIDED.index(s) for s in (State.STILL, State.REFLEX_RHYTHM, State.TREMOR))


class LiveLabels:
    """Looks at the newest second of frames, as the live view does, where that may change what the filter says.

    Parameters
    ----------
    grid, parameters
        Of the analysis.

    Notes
    -----
    It is what the live view says when it is asked at the end of every hop. The live view looks at every second, which
    for every frame would take a tenth of the whole analysis or more. Here a second is looked at where its steps are
    loud enough for an onset and the limb was still less than `STILL_HOPS` before, or quiet enough for an end. So a
    tremor that springs up out of a movement is told when the filter tells it, up to 2 s after the live view; what
    springs up out of stillness and what ends is told as the live view tells it (99 % of frames agree, synthetic).
    """

    def __init__(self, grid: Grid, parameters: Parameters) -> None:
        self._grid, self._parameters = grid, parameters
        self._answer = least_answer(grid, parameters)
        self._meter = fast_second.SecondMeter(grid, parameters)
        self._window_hops = -(-grid.window // grid.hop)
        # The first that has a second and its newest steps behind it.
        self._first_hop = max(-(-grid.fast_window // grid.hop), -(-ONSET_STEPS // STEPS_PER_HOP))
        # At the start of a run nothing but stillness is known of.
        self._since_still = 0

    def told(
        self, numbers: Numbers, rms_g: NDArray[np.float32], first: int, stream: Stream, steps: Steps, jerks: JerkPath
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
        at = np.arange(len(numbers))
        last_still = np.maximum.accumulate(np.where(numbers == STILL, at, -1 - self._since_still))
        since = at - last_still
        self._since_still = int(since[-1])
        rises = ~shakes & (since < STILL_HOPS)
        if not (rises.any() or shakes.any()):
            return numbers
        # Which hops are looked at: those of these frames, and before them those whose onsets are kept.
        before = int(min(KEPT_HOPS, hops[0] - self._first_hop))
        of_hops = np.arange(hops[0] - before, hops[-1] + 1)
        energy = windows(
            steps.energy.part(int(of_hops[0]) * STEPS_PER_HOP - ONSET_STEPS), ONSET_STEPS, STEPS_PER_HOP, len(of_hops)
        )
        floor_g = steps.hop_floor.part(int(of_hops[0]) - 1, int(of_hops[-1]))
        level_g, frames = fast_second.step_level(energy), slice(before, None)
        ends = shakes & fast_second.may_have_stopped(level_g[frames], rms_g)
        begins = np.zeros(len(of_hops), bool)
        if rises.any():
            loud = fast_second.may_begin(level_g, floor_g, self._answer)
            rises &= _any_of_last(loud)[frames]
        if rises.any():
            at = (loud & _any_of_next(np.concatenate([begins[:before], rises]))).nonzero()[0]
            begins[at] = fast_second.is_even(energy[at], jerks.burst_steps(of_hops[at] * STEPS_PER_HOP))
            rises &= _any_of_last(begins)[frames]
        elif not ends.any():
            return numbers
        looked = begins.copy()
        looked[frames] |= rises | ends
        where = looked.nonzero()[0]
        if not len(where):
            return numbers
        hop, size = self._grid.hop, self._grid.fast_window
        samples = stream.samples.part(int(of_hops[0]) * hop - size, int(of_hops[-1]) * hop)
        seconds = windows(samples, size, hop, len(of_hops))[:, where]
        fast = self._meter.measured(seconds)
        onset, fast_rms_g = np.zeros(len(of_hops), bool), np.zeros(len(of_hops), np.float32)
        onset[where] = fast_second.is_onset(fast, floor_g[where], self._parameters) & begins[where]
        rises &= _any_of_last(onset)[frames]
        if not (rises.any() or ends.any()):
            return numbers
        fast_rms_g[where] = fast.rms_g
        begun = rises & fast_second.lasts(fast_rms_g[frames])
        ended = ends & fast_second.has_stopped(fast_rms_g[frames], rms_g, self._parameters)
        return np.where(begun, TREMOR, np.where(ended, STILL, numbers))


def _any_of_last(flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether one of each hop and the `KEPT_HOPS` before it is flagged."""
    out = flags.copy()
    for back in range(1, KEPT_HOPS + 1):
        out[back:] |= flags[:-back]
    return out


def _any_of_next(flags: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Whether one of each hop and the `KEPT_HOPS` after it is flagged."""
    return _any_of_last(flags[::-1])[::-1]
