"""Live labels: what the live view would have said when the last sample of each frame came."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from dsp import fast_second
from dsp.centre import least_answer
from dsp.fast_second import ONSET_AGAIN_SHARE, ONSET_AGAIN_STEPS, ONSET_KEPT_STEPS, ONSET_STEPS, SHAKEN_STEPS
from dsp.grid import STEPS_PER_HOP, Grid
from dsp.growing import Growing
from dsp.jerk_path import JerkPath
from dsp.labels import State
from dsp.parameters import DECIDED, Parameters
from dsp.sliding import windows
from dsp.steps import Steps
from dsp.stream import Stream

Numbers = NDArray[np.intp]
Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]

TOGETHER = 64
"""Seconds measured at once: so many that the calls do not count, so few that memory does not (a quarter of the time of
five hundred; measured)."""
LONG_AGO = -(10**9)
UNASKED, NONE, ONSET = (np.int8(what) for what in range(3))
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
        self._first = max(first, SHAKEN_STEPS)
        # What is known of the newest numbers of steps, and the first of these.
        self._seen, self._seen_from = np.empty(0, np.int8), self._first

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
        counts, begun, begins = hops * STEPS_PER_HOP, ~shakes, np.zeros(len(numbers), bool)
        if begun.any():
            # What shakes anyway need not have begun.
            asked = begun.nonzero()[0]
            begun[asked], begins[asked] = self._have_begun(counts[asked], stream, steps, jerks)
        level_g = fast_second.step_level(_newest_steps(steps.energy, int(counts[0]), int(counts[-1]), STEPS_PER_HOP))
        ended = shakes & fast_second.may_have_stopped(level_g, rms_g)
        # Of what begins in the newest second itself that has been measured.
        where = ((begun & ~begins) | ended).nonzero()[0]
        fast_rms_g = np.zeros(len(numbers), np.float32)
        for part in _parts(where):
            fast_rms_g[part] = self._meter.measured(self._seconds(stream, steps, counts[part])).rms_g
        begun &= begins | fast_second.lasts(fast_rms_g)
        ended &= fast_second.has_stopped(fast_rms_g, rms_g, self._parameters)
        return np.where(begun, TREMOR, np.where(ended, STILL, numbers))

    def _have_begun(self, counts: Numbers, stream: Stream, steps: Steps, jerks: JerkPath) -> tuple[Bools, Bools]:
        """Whether shaking was seen to begin lately, as known with so many steps, and in the newest, both (frames,).

        One onset is enough: the others of the steps of a frame are looked at only where its last one shows none.
        """
        first, last = max(self._first, int(counts[0]) - ONSET_KEPT_STEPS), int(counts[-1])
        if last < first:
            return np.zeros(len(counts), bool), np.zeros(len(counts), bool)
        seen = np.full(last + 1 - first, UNASKED)
        asked_before = self._seen[max(0, first - self._seen_from) :][: len(seen)]
        seen[: len(asked_before)] = asked_before
        may = self._may_begin(first, last, steps)
        seen[~may] = NONE
        # At fewer steps there is no onset yet.
        known = counts >= first
        ends = counts[known] - first
        self._look(ends[seen[ends] == UNASKED], first, seen, stream, steps, jerks)
        lasting = self._last(counts - first, seen)
        # Of the frames without one, all steps that they may have one in.
        places = (seen == UNASKED).nonzero()[0]
        asked = np.append(counts[~lasting] - first, -LONG_AGO)
        wanted = places[asked[asked.searchsorted(places)] - places <= ONSET_KEPT_STEPS]
        if len(wanted):
            self._look(wanted, first, seen, stream, steps, jerks)
            lasting = self._last(counts - first, seen)
        self._seen, self._seen_from = seen[-ONSET_KEPT_STEPS:], last + 1 - len(seen[-ONSET_KEPT_STEPS:])
        begins = np.zeros(len(counts), bool)
        begins[known] = seen[ends] == ONSET
        return lasting, begins

    def _may_begin(self, first: int, last: int, steps: Steps) -> Bools:
        """Whether a second is measured at all, with so many steps, from `first` to `last`."""
        energy = _newest_steps(steps.energy, first, last)
        floor_g = steps.floors_before(first, last + 1)
        may = fast_second.may_begin(fast_second.step_level(energy), floor_g, self._answer)
        loud = may.nonzero()[0]
        if len(loud):
            may[loud] = fast_second.is_brisk(
                *(_newest_steps(part, first, last)[loud] for part in (steps.level, steps.loud))
            )
        return may

    def _look(
        self, at: Numbers, first: int, seen: NDArray[np.int8], stream: Stream, steps: Steps, jerks: JerkPath
    ) -> None:
        """Note in `seen` whether these places, counted from `first`, show an onset."""
        if not len(at):
            return
        seen[at] = NONE
        known = first + at
        energy = _newest_steps(steps.energy, int(known[0]), int(known[-1]), size=SHAKEN_STEPS)[at - at[0]]
        floor_g = steps.floors_before(int(known[0]), int(known[-1]) + 1)[at - at[0]]
        even = fast_second.is_even(energy, jerks.burst_steps(known))
        at, known, floor_g = at[even], known[even], floor_g[even]
        for part in _parts(np.arange(len(at))):
            seen[at[part][self._shown(known[part], floor_g[part], stream, steps)]] = ONSET

    def _last(self, at: Numbers, seen: NDArray[np.int8]) -> Bools:
        """Whether one of these places, or of the `ONSET_KEPT_STEPS` before, is known for an onset."""
        onsets = (seen == ONSET).nonzero()[0]
        newest = np.concatenate([[LONG_AGO], onsets])[onsets.searchsorted(at, "right")]
        return np.asarray(at - newest <= ONSET_KEPT_STEPS)

    def _shown(self, known: Numbers, floor_g: Floats, stream: Stream, steps: Steps) -> Numbers:
        """Give those places whose seconds, at so many steps, show an onset."""
        at = np.arange(len(known))
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
        # Seen as rows first: a third of the time that numbering each sample takes.
        return np.asarray(windows(samples, size, 1, samples.shape[1] - size + 1)[:, ends - first - size])


def _parts(places: Numbers) -> Iterator[Numbers]:
    """Give so many at a time as are measured at once."""
    return (places[i : i + TOGETHER] for i in range(0, len(places), TOGETHER))


def _newest_steps(part: Growing, first: int, last: int, apart: int = 1, size: int = ONSET_STEPS) -> Floats:
    """Give the newest `size` values at each number of steps from `first` to `last`, so many `apart`."""
    values = part.part(first - size, last)
    return windows(values, size, apart, (last - first) // apart + 1)
