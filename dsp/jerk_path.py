"""Jerk path: leads the steps of a run past the finder of kicks, the many that cannot matter at once."""

import numpy as np

from dsp.grid import Grid
from dsp.jerks import JerkFinder
from dsp.kick import RunView
from dsp.parameters import Parameters
from dsp.results import Event
from dsp.steps import Steps
from dsp.stream import Stream


class JerkPath:
    """The events of a run.

    Parameters
    ----------
    grid, parameters
        Of the analysis.
    start_s
        Time of the run's first sample.
    """

    def __init__(self, grid: Grid, parameters: Parameters, start_s: float) -> None:
        self._finder = JerkFinder(parameters, grid, start_s)
        self._view = RunView(parameters, grid, start_s)

    @property
    def first_step(self) -> int:
        """First step that is kept; the finder counts its steps from there."""
        return self._view.first_step

    @property
    def events(self) -> list[Event]:
        """Confirmed events, each as it became known."""
        return self._finder.events

    @property
    def candidate_step(self) -> int | None:
        """Step at which a burst that may become an event began; None without one."""
        step = self._finder.candidate_step
        return None if step is None else step + self._view.first_step

    @property
    def oldest_step(self) -> int | None:
        """Oldest step that something undecided began at; None when nothing is open."""
        step = self._finder.oldest_step
        return None if step is None else step + self._view.first_step

    def follow(self, stream: Stream, steps: Steps, begin: int) -> None:
        """Follow the steps from `begin` to the newest."""
        floor_at = steps.floors_before(np.arange(begin, steps.count))
        self._look_at(stream, steps)
        first, last = begin - self._view.first_step, steps.count - self._view.first_step
        level, loud = steps.level.kept, steps.loud.kept
        thresholds = self._finder.thresholds(floor_at)
        above = (first + np.nonzero(level[first:last] > thresholds)[0]).tolist()
        at = first
        while at < last:
            ahead = self._finder.quiet_until(at, level, loud, thresholds[at - first :], above)
            if ahead > at:
                at = ahead
                continue
            self._finder.step(at, level, loud, float(floor_at[at - first]), self._view)
            at += 1

    def forget(self, steps: int) -> None:
        """Count from step `steps` of the run on: what lay before is kept no longer."""
        self._finder.forget(steps - self._view.first_step)
        self._view.first_step = steps

    def finish(self) -> None:
        """End the run."""
        self._finder.finish()

    def _look_at(self, stream: Stream, steps: Steps) -> None:
        """Show the kept samples and steps to whoever measures a kick."""
        view = self._view
        view.first_step = steps.level.first
        view.xyz_g, view.first = stream.samples.kept.T, stream.samples.first
        view.level, view.slow = stream.level.kept[0], stream.slow.kept[0]
        view.hop_least = steps.hop_least.kept
        view.step_gravity, view.step_loud = steps.mean.kept, steps.loud.kept
