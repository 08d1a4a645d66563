"""Volleys: bursts of a few beats (unsustained clonus), too many for one kick and too few for windows of 4 s to name.

What the windows do name, they tell: a volley waits for their final labels, and gives way to them. It gives way to the
quick and slow paths as well, which know nothing of it. Four beats and more after a stretch are a short reflex rhythm:
they name the frames that they fill, and are no event.
"""

import itertools
import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsp.aftermath import belongs_to
from dsp.kick_level import STEP_S
from dsp.labels import State
from dsp.named import name_frames
from dsp.parameters import Parameters
from dsp.results import Event
from dsp.run_view import RunView
from dsp.struck import is_struck
from dsp.volley import Burst, is_rhythm, look_for_beats, measure_volley

Floats = NDArray[np.float32]

QUIET_STEPS = 10
"""A second of rest before and after: limbs that move about pause for less (prior)."""
BACK = np.arange(20)
"""What is loud is so beside the last two seconds: the rest of a muscle after its rhythm is loud beside true rest."""
KEPT_S = 16.0
"""Twice the longest time from where a volley may begin to where its last frame is final (3.5 s, 0.5 s and 4 s)."""
RINGING_S = 2.5
"""Before a burst; kicks sooner than a second and a half before its first beat leave nothing that is asked for."""
LATE_S = 3.0
"""The other paths tell of events out of order by less: each a second or so after its onset."""
RHYTHMIC = (State.REFLEX_RHYTHM.value, State.TREMOR.value)
KNOWN_S = 2.0
"""From its onset on, in which other paths may tell of something else."""
NAMED = (State.REFLEX_RHYTHM.value, State.NO_DATA.value)
"""Labels that a short rhythm leaves as they are; tremor lasts for longer, and does not spring up with a stretch."""


class _Volley(NamedTuple):
    """A volley that waits for the frames.

    Attributes
    ----------
    event
        What is told of it where no frame names it.
    known
        Step, counted from the start of the run, with which it was known.
    is_rhythm
        Whether it names the frames that it fills.
    """

    event: Event
    known: int
    is_rhythm: bool


@dataclass(slots=True, eq=False)
class VolleyFinder:
    """Decides which bursts are volleys; steps as in `dsp.jerks.JerkFinder`.

    Attributes
    ----------
    half_frame_s
        Half of the time that a frame stands for.
    named
        What would have been told of the short rhythms that have named frames; whoever cuts segments takes them away.
    """

    parameters: Parameters
    half_frame_s: float
    named: list[Event] = field(default_factory=list)
    _first: int | None = None
    _floor: float = 0.0
    _last: int = -(10**9)
    _waiting: list[_Volley] = field(default_factory=list)
    _first_s: float = math.nan
    _newest_s: float = math.nan
    _rhythmic_s: list[float] = field(default_factory=list)
    _others: list[Event] = field(default_factory=list)
    _shortest: int = field(init=False)
    _longest: int = field(init=False)

    def __post_init__(self) -> None:
        """Work out once how many steps a burst may last."""
        p = self.parameters.volley
        self._shortest, self._longest = round(p["shortest_s"] / STEP_S), round(p["longest_s"] / STEP_S)

    @property
    def provisional(self) -> tuple[Event, ...]:
        """Volleys that wait for the frames, as far as nothing speaks against them yet."""
        waiting = (v.event for v in self._waiting if not v.is_rhythm)
        waiting = (event for event in waiting if not self._is_named(event) and not self._is_known(event))
        return tuple(replace(e, provisional=True) for e in waiting)

    def forget(self, steps: int) -> None:
        """Count from `steps` later on."""
        self._last -= steps
        if self._first is not None:
            self._first -= steps

    def note(self, others: Iterable[Event]) -> None:
        """Remember what the other paths have found."""
        self._others += others

    def follow(self, first: int, thresholds: NDArray[np.float64], floors: Floats, view: RunView) -> None:
        """Follow the steps from `first` to the newest, with the levels that open an event there, and their floors."""
        loud, closed = view.step_loud, []
        above = (loud[first:] > thresholds).nonzero()[0]
        if len(above):
            above += first
            recent = loud[np.maximum(above[:, None] - BACK, 0)].max(axis=1)
            above = above[loud[above] > self.parameters.volley["rest_share"] * recent]
        if len(above):
            for at in (np.diff(above, prepend=self._last) > QUIET_STEPS).nonzero()[0].tolist():
                if at > 0:
                    self._last = int(above[at - 1])
                closed += self._closed(view)
                self._first, self._floor = int(above[at]), float(floors[above[at] - first])
            self._last = int(above[-1])
        if len(loud) - 1 - self._last >= QUIET_STEPS:
            closed += self._closed(view)
        if not closed:
            return
        for (burst, floor), found in zip(closed, look_for_beats(view, [burst for burst, _ in closed]), strict=True):
            if found is not None:
                event = measure_volley(view, burst, found, floor, self._kick_steps(burst, view))
                if event is not None and not is_struck(event, view):
                    known = burst.known + view.first_step
                    self._waiting.append(_Volley(event, known, is_rhythm(found.beats, event, view)))

    def settle(self, frames: NDArray[np.void], known_steps: NDArray[np.int64]) -> list[Event]:
        """Name the frames of short rhythms among these, and give the volleys that their final labels confirm.

        Parameters
        ----------
        frames
            The next frames that are final; labels and probabilities of some are changed.
        known_steps
            Steps of the run that were known when each of them became final, (frames,).
        """
        if not len(frames):
            return []
        for volley in self._waiting:
            if volley.is_rhythm:
                self._name(frames, known_steps, volley)
        times_s, labels = frames["time_s"], frames["label"]
        if math.isnan(self._first_s):
            self._first_s = float(times_s[0])
        self._newest_s = float(times_s[-1])
        self._rhythmic_s += times_s[(labels == RHYTHMIC[0]) | (labels == RHYTHMIC[1])].tolist()
        out = self._released(self._newest_s - self.half_frame_s)
        since_s = self._newest_s - KEPT_S
        if self._rhythmic_s and self._rhythmic_s[0] <= since_s:
            self._rhythmic_s = [at_s for at_s in self._rhythmic_s if at_s > since_s]
        if self._others:
            self._others = [e for e in self._others if e.onset_s > since_s - self.parameters.jerk["lie_s"]]
        return out

    def finish(self) -> list[Event]:
        """Give what waits at the end of the run, after its last frames."""
        return self._released(math.inf)

    def _released(self, until_s: float) -> list[Event]:
        """Give the volleys that ended by then and that neither the frames nor another path have told of."""
        if not self._waiting:
            return []
        done = [v.event for v in self._waiting if v.event.end_s <= until_s]
        self._waiting = [v for v in self._waiting if v.event.end_s > until_s]
        return [e for e in done if not self._is_named(e) and not self._is_known(e)]

    def _name(self, frames: NDArray[np.void], known_steps: NDArray[np.int64], volley: _Volley) -> None:
        """Call those frames reflex rhythm that a short one fills."""
        event, times_s, labels = volley.event, frames["time_s"], frames["label"]
        # What began so soon is known by now (a kick a second after its onset, a frame 4 s after its middle).
        if self._is_known(event, until_s=min(event.end_s, event.onset_s + KNOWN_S)):
            return
        # A window says tremor of a rhythm that is just over.
        first, over, last = times_s.searchsorted((event.onset_s, event.end_s, event.end_s + self.half_frame_s))
        filled = [
            at
            for at, label in enumerate(labels[first:last].tolist(), first)
            if known_steps[at] > volley.known and label not in NAMED and (at < over or label == State.TREMOR.value)
        ]
        if not filled:
            return
        if not self.named or self.named[-1] is not event:
            self.named.append(event)
        name_frames(frames, filled, State.REFLEX_RHYTHM, event.confidence)

    def _is_named(self, volley: Event) -> bool:
        """Whether a frame in it, or shortly before, shakes; the first one and the last stand for what lies beyond."""
        first_s, last_s = self._first_s, self._newest_s
        begin_s = min(max(volley.onset_s, first_s), last_s) - self.parameters.volley["crest_s"]
        end_s = min(max(volley.end_s, first_s), last_s) + self.half_frame_s
        return any(begin_s < at_s < end_s for at_s in self._rhythmic_s)

    def _is_known(self, volley: Event, until_s: float | None = None) -> bool:
        """Whether another path has told of it, up to a time in it, or the body still settles after an impact."""
        near_s, last_s = self.parameters.volley["apart_s"], volley.end_s if until_s is None else until_s
        return any(
            volley.onset_s - near_s <= other.onset_s <= last_s
            or (other.onset_s < volley.onset_s and belongs_to(volley, other, self.parameters))
            for other in self._others
        )

    def _closed(self, view: RunView) -> list[tuple[Burst, float]]:
        """Give the burst that has been quiet for long enough, if it may be a volley, and the floor before it."""
        if self._first is None:
            return []
        burst, self._first = Burst(self._first, self._last, self._last + QUIET_STEPS), None
        # At the start of a run nothing shows that it was quiet before.
        fresh = burst.first + view.first_step < QUIET_STEPS
        lasts = self._shortest <= burst.last + 1 - burst.first <= self._longest
        return [(burst, self._floor)] if lasts and not fresh else []

    def _kick_steps(self, burst: Burst, view: RunView) -> list[int]:
        """Give the steps at which kicks began that may ring before the burst, of all that a long block knows."""
        begin_s, end_s = (view.start_s + view.edge(at) / view.grid.rate_hz for at in (burst.first, burst.last + 1))
        since_s = max(view.start_s, begin_s - RINGING_S)
        recent = itertools.takewhile(lambda e: e.onset_s > since_s - LATE_S, reversed(self._others))
        return [view.step_at(e.onset_s) for e in recent if since_s < e.onset_s < end_s]
