"""Jerk path: leads the steps of a run past the finder of kicks, the many that cannot matter at once."""

from bisect import bisect_left
from collections.abc import Iterable
from itertools import chain
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from dsp.fast_second import NO_BURST
from dsp.first_swell import FirstSwells
from dsp.frames import FrameBatch, Frames
from dsp.grid import Grid
from dsp.jerks import JerkFinder
from dsp.kick_queue import KickQueue
from dsp.lone_kicks import LoneKicks
from dsp.middles import name_middles
from dsp.parameters import Parameters
from dsp.pulses import PulseFinder
from dsp.rests import Rests
from dsp.results import Event
from dsp.run_view import RunView
from dsp.slow_steps import SlowSteps
from dsp.step_levels import Levels
from dsp.steps import Steps
from dsp.stream import Stream
from dsp.volleys import VolleyFinder


class JerkPath:
    """The events of a run.

    Parameters
    ----------
    grid, parameters
        Of the analysis.
    start_s
        Time of the run's first sample.
    before
        Newest events before a gap: what bounces after an impact belongs to it even then.

    Attributes
    ----------
    volleys
        What finds bursts of a few beats, which wait for the frames.
    swells
        What holds back the kicks that may be the first swell of a tremor.
    told
        Events that are confirmed, and were not taken yet.
    """

    def __init__(self, grid: Grid, parameters: Parameters, start_s: float, before: Iterable[Event] = ()) -> None:
        self._kicks = KickQueue(parameters, list(before))
        self._finder = JerkFinder(parameters, self._kicks)
        # Both keep one list, so that each knows of the other's events.
        self._pulses = PulseFinder(parameters, self._kicks.events)
        # A slow pulse is no fainter, whatever the floor.
        self._least_pulse = self._pulses.thresholds(np.zeros(1, np.float32))
        self.volleys = VolleyFinder(parameters, 0.5 * grid.hop / grid.rate_hz)
        self.volleys.note(self._kicks.events)
        self._rests = Rests(parameters)
        self._lone, self.swells = LoneKicks(parameters), FirstSwells(parameters)
        self._view = RunView(parameters, grid, start_s)
        self.told: list[Event] = []

    @property
    def first_step(self) -> int:
        """First step that is kept; the finder counts its steps from there."""
        return self._view.first_step

    @property
    def events(self) -> list[Event]:
        """Confirmed events, each as it became known."""
        return self._kicks.events

    @property
    def candidate_step(self) -> int | None:
        """Step at which a burst that may become an event began; None without one.

        Slow ones are not told of before they are confirmed: most of what begins like them is a movement.
        """
        step = self._finder.candidate_step
        return None if step is None else step + self._view.first_step

    def burst_steps(self, steps: NDArray[np.int64]) -> NDArray[np.int64]:
        """Count the steps since the burst began that was open at so many, (n,), rising; else `NO_BURST`."""
        now, bursts = steps - self._view.first_step, self._finder.ended
        begun = self._finder.candidate_step
        # Only the newest few are asked for live.
        bursts = bursts[bisect_left(bursts, int(now[0]), key=itemgetter(1)) :]
        if begun is not None:
            # It is open until after the newest step.
            bursts = [*bursts, (begun, max(begun, int(now[-1])))]
        if not bursts:
            return np.full(len(now), NO_BURST)
        # Number by number: in half the time that an array of pairs takes.
        began, ended = np.fromiter(chain.from_iterable(bursts), np.int64, 2 * len(bursts)).reshape(-1, 2).T
        at = ended.searchsorted(now)
        since = now - began.take(at, mode="clip")
        return np.where((at < len(bursts)) & (since > 0), since, NO_BURST)

    @property
    def oldest_step(self) -> int | None:
        """Oldest step that something undecided began at; None when nothing is open."""
        begun = [step for step in (self._finder.oldest_step, self._pulses.oldest_step) if step is not None]
        return min(begun) + self._view.first_step if begun else None

    def follow(self, stream: Stream, steps: Steps, slow: SlowSteps, frames: Frames, begin: int) -> None:
        """Follow the steps from `begin` to the newest; the frames are those that their samples complete."""
        self._look_at(stream, steps, frames)
        first, last = begin - self._view.first_step, steps.count - self._view.first_step
        seen = self._seen(steps, begin)
        begins = self._pulses.begins(self._above(slow, first))
        known = len(self.events)
        kick_at = self._finder.quiet_until(first, seen)
        pulse_at = self._pulses.quiet_until(first, last, begins)
        while (at := min(kick_at, pulse_at)) < last:
            # The quick path takes a step first: the slow one asks what has been found there.
            if kick_at == at:
                kick_at = self._finder.take(at, min(last, pulse_at + 1), seen, self._view)
            if pulse_at == at:
                pulse_at = self._pulses.take(at, last, begins, slow, self._view, self._finder)
        self._note(self.events[known:])
        self.volleys.follow(first, seen.thresholds, seen.floors, self._view)

    def _seen(self, steps: Steps, begin: int) -> Levels:
        """Give the steps that are kept, the newest of them from `begin` on, with what was known before these."""
        floors_g = steps.floors_before(begin, steps.count)
        first = begin - self._view.first_step
        return Levels(steps.level.kept, steps.loud.kept, self._finder.thresholds(floors_g), floors_g, first)

    def _above(self, slow: SlowSteps, first: int) -> NDArray[np.int64]:
        """Find the newest steps, from step `first` on, that are loud enough for a slow pulse."""
        level = slow.level.kept
        # Without any floor few are: only for these it is looked up.
        loud = (level[first:] > self._least_pulse).nonzero()[0]
        if not len(loud):
            return loud
        loud += first
        floors_g = slow.floors_before(loud + self._view.first_step)
        return loud[level[loud] > self._pulses.thresholds(floors_g)]

    def forget(self, steps: int) -> None:
        """Count from step `steps` of the run on: what lay before is kept no longer."""
        self._finder.forget(steps - self._view.first_step)
        self._pulses.forget(steps - self._view.first_step)
        self.volleys.forget(steps - self._view.first_step)
        self._view.first_step = steps

    def finish(self, stream: Stream, steps: Steps, frames: Frames) -> None:
        """End the run.

        A slow pulse that is not confirmed yet is given up: that quiet follows it is half of what tells it from the
        start of a movement. A kick stands out by itself.
        """
        self._look_at(stream, steps, frames)
        known = len(self.events)
        if steps.count:
            last = steps.count - 1 - self._view.first_step
            self._finder.finish(last, self._seen(steps, steps.count - 1), self._view)
        self._note(self.events[known:])

    def settle(self, batch: FrameBatch, known_steps: NDArray[np.int64]) -> None:
        """Name the next final frames that short rhythms fill, rests or lone kicks, and tell what these confirm."""
        self.told += self.volleys.settle(batch.frames, known_steps)
        self._rests.settle(batch, self._view)
        name_middles(batch.frames, self._view)
        self._lone.settle(batch, known_steps, self._view)
        self.told += self.swells.settle(batch.frames, self._view)

    def settled(self) -> None:
        """Tell what waits at the end of the run, after its last frames."""
        self.told += self.volleys.finish()
        self.told += self.swells.finish(self._view)

    def _note(self, events: list[Event]) -> None:
        """Show new events to whoever looks at them beside the frames, and tell those that need not wait for these."""
        self.volleys.note(events)
        self._lone.note(events)
        waits = [event for event, _ in self._kicks.doubtful]
        self.told += [event for event in events if not any(event is other for other in waits)]
        for event, top in self._kicks.doubtful:
            self.swells.note(event, top)
        self._kicks.doubtful.clear()

    def _look_at(self, stream: Stream, steps: Steps, frames: Frames) -> None:
        """Show the kept samples and steps to whoever measures a kick."""
        view = self._view
        view.first_step = steps.level.first
        view.xyz_g, view.first = stream.samples.kept.T, stream.samples.first
        view.level, view.slow = stream.level.kept[0], stream.slow.kept[0]
        view.hop_least, view.hop_gravity = steps.hop_least.kept, steps.hop_gravity.kept
        view.shaking, view.first_frame = frames.shaking
        view.counts = steps.counts
        view.step_gravity, view.step_loud = steps.mean.kept, steps.loud.kept
