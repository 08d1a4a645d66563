"""First swell: the beginning of a tremor may look like a kick, until the tremor that it was a part of is seen.

Tremor swells and wanes within a second or two, and its first swell comes out of rest as a kick does. A kick after which
nothing goes on is told a second after its onset. Where something does, it waits until the frames beside it are final,
as volleys do: what these call tremor has a kick in it only if that stands out of what followed, and what they call
movement none if it is strokes that go on (`dsp.first_stroke`).
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsp.aftermath import FADED, Waiting, fades, is_over
from dsp.few import largest
from dsp.first_stroke import may_be_first_stroke, strokes_go_on
from dsp.in_tremor import LONGEST_KICK_STEPS, LOUDEST_ORDER
from dsp.labels import State
from dsp.parameters import Parameters
from dsp.results import Event
from dsp.run_view import RunView

Floats = NDArray[np.float32]

BEGINS_S = 1.0
"""After the onset: windows of 4 s that lie there are full of what has begun with it."""
KNOWN_S = 2.0
"""After the onset: the last frame that is asked, which lasts for two seconds more."""
SWELLS_STEPS = 29
"""After the onset; a swell of a tremor comes back within two seconds and a half (0.4 Hz)."""
LAST_STEPS = 8
"""The newest 0.8 s of these, in which a ring has faded (`dsp.aftermath.FADED`)."""
CALM_STEPS = 4
"""So long no tremor is calm that has begun: it has a beat every 0.25 s and more often (physics)."""
BETWEEN_STEPS = 2
"""So long it is calm between two kicks within a second; of a tremor that has begun no two steps are (prior)."""
CALM_SHARE = 0.1
"""Of the kick: calm is what is quieter, or as quiet as a rest (prior)."""


class _Doubtful(NamedTuple):
    """A kick that waits for the frames, and the level at its top, g."""

    event: Event
    top: float


def is_doubtful(kick: Waiting, at: int, loud: Floats, view: RunView) -> bool:
    """Whether so much goes on after a kick, as seen from step `at`, that it may be the beginning of that."""
    if kick.event.is_impact:
        return False
    p, heard = view.parameters.jerk, loud[kick.began : at + 1].tolist()
    if fades(heard, p["ring_left"], p["new_rise"]):
        return False
    # Another kick came after it, and is over or came out of calm: nothing goes on.
    over = is_over(heard) or _calms(heard, CALM_SHARE * kick.top, BETWEEN_STEPS)
    if not over and may_be_first_stroke(kick, at, view):
        return True
    if p["above_loudest"] * max(heard[LONGEST_KICK_STEPS:], default=0.0) <= kick.top:
        # It stands out of whatever shakes on; few do not.
        return False
    # Unless the frames say so already.
    return view.shakes(at) or not over


def _calms(levels: Iterable[float], calm_g: float, steps: int) -> bool:
    """Whether it is calm for so many steps on end."""
    calm = 0
    for level in levels:
        calm = calm + 1 if level <= calm_g else 0
        if calm == steps:
            return True
    return False


def _later(times_s: list[float], newest_s: float) -> list[float]:
    """Give those of some times that a kick may still be asked about."""
    return [at_s for at_s in times_s if at_s >= newest_s - 2.0 * KNOWN_S]


def _any_between(times_s: Iterable[float], first_s: float, last_s: float) -> bool:
    return any(first_s <= at_s <= last_s for at_s in times_s)


@dataclass(slots=True, eq=False)
class FirstSwells:
    """Holds back kicks that may be the first swell of a tremor, or the first of strokes."""

    parameters: Parameters
    _waiting: list[_Doubtful] = field(default_factory=list)
    # Times of the newest final frames that say so.
    _tremor_s: list[float] = field(default_factory=list)
    _movement_s: list[float] = field(default_factory=list)

    @property
    def provisional(self) -> tuple[Event, ...]:
        """Kicks that wait for the frames."""
        return tuple(replace(kick.event, provisional=True) for kick in self._waiting)

    def note(self, event: Event, top: float) -> None:
        """Hold a kick back."""
        self._waiting.append(_Doubtful(event, top))

    def settle(self, frames: NDArray[np.void], view: RunView) -> list[Event]:
        """Give the kicks that the next final frames confirm."""
        if not len(frames):
            return []
        times_s = frames["time_s"]
        newest_s = float(times_s[-1])
        self._tremor_s = _later(self._tremor_s, times_s[0]) + times_s[frames["label"] == State.TREMOR.value].tolist()
        moves = frames["label"] == State.MOVEMENT.value
        self._movement_s = _later(self._movement_s, times_s[0]) + times_s[moves].tolist()
        return self._released(newest_s - KNOWN_S, view)

    def finish(self, view: RunView) -> list[Event]:
        """Give what waits at the end of the run, after its last frames."""
        return self._released(math.inf, view)

    def _released(self, until_s: float, view: RunView) -> list[Event]:
        """Give the kicks that began by then and were no beginning of a tremor."""
        if not self._waiting:
            return []
        done = [kick for kick in self._waiting if kick.event.onset_s <= until_s]
        self._waiting = [kick for kick in self._waiting if kick.event.onset_s > until_s]
        return [kick.event for kick in done if not self._is_swell(kick, view)]

    def _is_swell(self, kick: _Doubtful, view: RunView) -> bool:
        """Whether the frames after it say tremor, out of which it does not stand, or movement that it began."""
        onset_s = kick.event.onset_s
        if _any_between(self._movement_s, onset_s + BEGINS_S, onset_s + KNOWN_S) and strokes_go_on(kick.event, view):
            return True
        if not _any_between(self._tremor_s, onset_s + BEGINS_S, onset_s + KNOWN_S):
            return False
        began = view.step_at(onset_s)
        if self._calmed(view.step_loud[began + 1 : began + SWELLS_STEPS], kick.top):
            return False
        after = view.step_loud[began + LONGEST_KICK_STEPS : began + SWELLS_STEPS]
        if len(after) <= LAST_STEPS or largest(after[-LAST_STEPS:]) <= FADED * largest(after[:-LAST_STEPS]):
            return False
        loudest = sorted(after.tolist())[int(LOUDEST_ORDER * len(after))]
        return bool(kick.top < view.parameters.jerk["above_loudest"] * loudest)

    def _calmed(self, after: Floats, top: float) -> bool:
        """Whether it was calm between the kick and what went on after it, which has not begun with it then."""
        return _calms(after.tolist(), max(CALM_SHARE * top, 1e-3 * self.parameters.rest["loudest_mg"]), CALM_STEPS)
