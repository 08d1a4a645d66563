"""Run: the analysis of one gap-free stretch of samples, whatever the chunks it comes in."""

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from dsp import posture
from dsp.extremes import Extremes
from dsp.frame_features import FrameFeatures
from dsp.frames import FrameBatch, Frames
from dsp.grid import STEPS_PER_HOP, Grid
from dsp.jerk_path import JerkPath
from dsp.kick_level import START_FLOOR_G
from dsp.live_labels import LiveLabels
from dsp.parameters import Parameters
from dsp.plan import Plan, make_plan
from dsp.range_end import RangeEnds
from dsp.results import Event
from dsp.slow_steps import SlowSteps
from dsp.spectra_room import SpectraRoom
from dsp.sprung import Sprung
from dsp.steps import Steps
from dsp.stream import Stream

Floats = NDArray[np.float32]
BATCH_HOPS = 12000
"""Hops worked on at once: so many that the calls do not count, so few that memory does not (measured)."""
Shares = Callable[[int, int, int, int], Floats | None]
"""The share of windows in which the sensor was stuck; see `dsp.stuck.StuckWatch.shares`."""
KEEP_S = 10.0
"""Samples behind the newest hop that events and windows may still look at."""
LOOK_BACK_STEPS = 600
"""Steps (60 s) behind the newest that are kept: the floor looks back 10 s, a frame 4 s, a kick 4 s before itself."""
FORGET_STEPS = 3000
"""Steps (5 min) that are forgotten at once, so that moving the rest costs nothing."""


class Run:
    """One gap-free stretch of samples.

    Parameters
    ----------
    grid, parameters
        Of the analysis.
    start_s
        Time of the first sample.
    plan
        Of the grid; made when it is not given.
    alone
        Parameters for a run that is shorter than the window; `parameters` when they are not given.
    multitaper
        Whether to use multi-taper spectra.
    spectra
        Where spectra are written; a room of the run's own when it is not given.
    stuck
        Tells the share of windows in which the sensor was stuck; None: it never is.
    ends
        Knows the ends of the sensor's range; the run's own when they are not given.
    before
        Newest events before the gap that the run follows.

    Attributes
    ----------
    stream, steps, frames
        What it keeps of each.
    jerks, holds
        What finds its events and its holds.
    """

    def __init__(
        self,
        grid: Grid,
        parameters: Parameters,
        start_s: float,
        plan: Plan | None = None,
        *,
        alone: Parameters | None = None,
        multitaper: bool = False,
        spectra: SpectraRoom | None = None,
        stuck: Shares | None = None,
        ends: RangeEnds | None = None,
        before: Iterable[Event] = (),
    ) -> None:
        self.grid, self.parameters, self.start_s = grid, parameters, start_s
        self._alone = parameters if alone is None else alone
        self._stuck = stuck
        self.stream = Stream(grid, ends)
        self.steps = Steps(grid, parameters)
        self.slow_steps = SlowSteps(grid, parameters)
        self.jerks = JerkPath(grid, parameters, start_s, before)
        self.holds = posture.HoldFinder(parameters, start_s, grid.hop / grid.rate_hz)
        self.frames = Frames(grid, parameters, start_s, spectra)
        self._live_labels = LiveLabels(grid, parameters)
        plan = plan if plan is not None else make_plan(grid, parameters)
        self._features = FrameFeatures(grid, parameters, plan, multitaper=multitaper)
        self._sprung = Sprung(grid, parameters, start_s, self._features.begun)

    # -- samples in ---------------------------------------------------------------------------------------------------

    def append(self, axes_g: Floats, filled: NDArray[np.bool_] | None, extremes: Extremes | None = None) -> None:
        """Take samples; see `dsp.stream.Stream.append`. Analysis follows in `advance`."""
        self.stream.append(axes_g, filled, extremes)

    def advance(self) -> list[FrameBatch]:
        """Analyse what the samples allow, hop by hop in batches; the frames that became final."""
        out: list[FrameBatch] = []
        steps, stream = self.steps, self.stream
        while True:
            target = min(steps.complete(stream.count), (steps.hops + BATCH_HOPS) * STEPS_PER_HOP)
            if target <= steps.count:
                return out
            begin, hops = steps.count, steps.hops
            steps.take(stream, target)
            self.slow_steps.take(stream, target)
            if steps.hops > hops:
                self.holds.follow(
                    steps.hop_mean.part(hops),
                    steps.hop_tilt.part(hops),
                    steps.mean.part(hops * STEPS_PER_HOP, steps.hops * STEPS_PER_HOP),
                )
            ready = (steps.hops * self.grid.hop - self.grid.window) // self.grid.hop + 1
            if ready > self.frames.count:
                self._add_frames(ready)
            # After the frames: whether the limb shakes decides what a kick is.
            self.jerks.follow(stream, steps, self.slow_steps, self.frames, begin)
            for batch in self.frames.settled(self.grid.window, self._look):
                self._sprung.settle(batch, self.frames.emitted - len(batch.frames))
                self.jerks.settle(batch, self._known_steps(batch))
                out.append(batch)
            if steps.hops > hops:
                self._forget()

    def finish(self) -> list[FrameBatch]:
        """End the run: a run shorter than the window is analysed whole, and what waits becomes final."""
        g, count = self.grid, self.stream.count
        self.jerks.finish(self.stream, self.steps, self.frames)
        shortest = round(self.parameters.spectrum["shortest_s"] * g.rate_hz)
        if self.frames.count == 0 and shortest <= count < g.window:
            self.frames.weighed_by = self._alone
            values = self._features.of_short_run(self.stream, self.steps, self.frames.room_for_psd(1))
            self._take(values, 0, count)
        elif self.frames.count == 0 and count >= g.window:
            # The window is full but its last hop is not (window and hop need not divide).
            self._add_frames(1)
        out = self.frames.finish(min(count, g.window), self._look)
        first = self.frames.emitted - sum(len(batch.frames) for batch in out)
        for batch in out:
            self._sprung.settle(batch, first)
            first += len(batch.frames)
            self.jerks.settle(batch, np.full(len(batch.frames), self.steps.count))
        self.jerks.settled()
        self.holds.finish(self.steps.hops)
        return out

    def _add_frames(self, ready: int) -> None:
        """Analyse the frames up to `ready`, whose samples are all there."""
        first = self.frames.count
        psd = self.frames.room_for_psd(ready - first)
        values = self._features.of_frames(self.stream, self.steps, first, psd)
        self._take(values, first * self.grid.hop, self.grid.window)

    def _take(self, values: dict[str, Floats], begin: int, size: int) -> None:
        """Take the features of windows of `size` samples, the first of them from sample `begin` on."""
        missing = values["missing"]
        stuck = None if self._stuck is None else self._stuck(begin, size, self.grid.hop, len(missing))
        if stuck is not None:
            # What a stuck sensor repeats is no measurement; what little of it a window may hold was not filled, though.
            lost = np.minimum(missing + stuck, np.float32(1.0))
            values["missing"] = np.where(lost > self.parameters.gaps["most_missing"], lost, missing)
        self.frames.take(values)

    def _known_steps(self, batch: FrameBatch) -> NDArray[np.int64]:
        """Count the steps that were known when each of these frames, the newest final ones, became final."""
        hops = self.frames.hops_to_final + np.arange(self.frames.emitted - len(batch.frames), self.frames.emitted)
        return hops * STEPS_PER_HOP

    def _look(self, numbers: NDArray[np.intp], rms_g: Floats, first: int) -> NDArray[np.intp]:
        """Live labels of frames that become final, by number."""
        return self._live_labels.told(numbers, rms_g, first, self.stream, self.steps, self.jerks)

    # -- what is forgotten --------------------------------------------------------------------------------------------

    def _forget(self) -> None:
        """Forget what nothing reads any more: samples at once, steps, hops and frames a large block at a time."""
        steps, frames = self.steps, self.frames
        waiting = frames.count * self.grid.hop + self.grid.window
        self.stream.drop(min(steps.edge(steps.count), waiting) - round(KEEP_S * self.grid.rate_hz))
        kept = self.jerks.first_step
        oldest = min(steps.count - LOOK_BACK_STEPS, frames.count * STEPS_PER_HOP)
        if oldest - kept < FORGET_STEPS:
            return
        begun = self.jerks.oldest_step
        if begun is not None:
            oldest = min(oldest, begun - LOOK_BACK_STEPS)
        hops = oldest // STEPS_PER_HOP
        if hops * STEPS_PER_HOP <= kept:
            return
        steps.forget(hops)
        self.slow_steps.forget(hops)
        frames.forget(hops)
        self.jerks.forget(hops * STEPS_PER_HOP)

    # -- what the live view asks --------------------------------------------------------------------------------------

    def hold_start_at(self, time_s: float) -> float | None:
        """Start of the hold that was going on at `time_s`, as it was known then; None outside a hold."""
        return self.holds.start_at(int((time_s - self.start_s) * self.grid.rate_hz / self.grid.hop))

    def highest_level_since(self, step: int) -> float:
        """Largest level of the jerk path from a step on, g."""
        return float(self.steps.level.part(step).max())

    @property
    def newest_floor(self) -> float:
        """Newest floor of the jerk path, g."""
        floors = self.steps.hop_floor
        return float(floors.newest(1)[0]) if len(floors) else START_FLOOR_G

    @property
    def is_stuck(self) -> bool:
        """Whether the sensor is known to be stuck in the newest second; asked for before the first frame."""
        size = self.grid.fast_window
        begin = self.steps.edge(self.steps.count) - size
        stuck = None if self._stuck is None else self._stuck(begin, size, size, 1)
        return stuck is not None and bool(stuck[0] > self.parameters.gaps["most_missing"])

    def newest_second(self, steps_ago: int = 0) -> Floats | None:
        """Give the samples of the last second, as it was some steps ago, (3, n); None before there is one."""
        end = self.steps.edge(self.steps.count - steps_ago)
        begin = end - self.grid.fast_window
        samples = self.stream.samples
        return samples.part(begin, end) if begin >= samples.first else None
