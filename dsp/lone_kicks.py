"""Lone kicks: a limb that lies still but for one kick is still, and its frames say so; the kick is told as an event."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dsp.few import largest
from dsp.labels import State
from dsp.named import name_frames
from dsp.results import Event
from dsp.run_view import RISE_STEPS, RunView

BEFORE_S = 0.5
"""The middle second of a frame, by which stillness is known, reaches so far: it holds a kick that comes later."""
AFTER_S = 1.5
"""A ring is in it for so long: of one of damping 0.08 at 3 Hz a tenth is left (physics)."""
RING_STEPS = 15
"""The same in steps: from then on it is as quiet as before ..."""
LEFT, MOST_LEFT_G = 0.03, 0.03
"""... but for such a share of the kick, and no more than so much (the level of a slow ring is a third of its size, and
less; physics)."""
SLOW_STEPS = 5
"""From here on slow motion is no part of the kick itself (a kick and its turn back last for 0.4 s)."""
SLOW = 1.5
"""Level of first over that of second differences which no ring has: 1.3 at 2.5 Hz, and 2 at 1.6 Hz (physics)."""
REST_STEPS = 10
"""A second of rest on either side (prior)."""
AS_QUIET = 2.0
"""The loudest of ten steps of noise over that of ten others is less (physics)."""
RESTED_S = 2.0, 0.75
"""Before a kick the limb was still between these: nearer frames see the kick."""
KEPT = 8
"""Final frames that are remembered, 4 s: the last one that a kick stirs comes 3.5 s after the first that is asked."""
SURE = 0.9
"""That a limb which was still before such a kick and is after it was still all along (prior)."""
STILL = State.STILL.value
STIRRED = (State.MOVEMENT.value, State.UNCLEAR.value)
"""What frames make of a kick; tremor and rhythm are more than that."""


@dataclass(slots=True, eq=False)
class LoneKicks:
    """Names the frames of kicks out of rest and into rest."""

    _kicks: list[Event] = field(default_factory=list)
    # Time and label of the newest final frames.
    _newest: list[tuple[float, str]] = field(default_factory=list)

    def note(self, events: Iterable[Event]) -> None:
        """Remember events that have been confirmed."""
        self._kicks += events

    def settle(self, frames: NDArray[np.void], view: RunView) -> None:
        """Call those of the next final frames still that nothing but a kick stirred.

        A frame is final 4 s after its middle, when all is known of a kick beside it and of the rest after that.
        """
        if not len(frames):
            return
        # Side by side: of many frames a few are asked for, kick by kick.
        times_s, labels = np.ascontiguousarray(frames["time_s"]), frames["label"]
        if self._kicks:
            named: list[int] = []
            # What one leaves is what the next one finds.
            for kick in sorted(self._kicks, key=_onset):
                first, last = times_s.searchsorted((kick.onset_s - BEFORE_S, kick.onset_s + AFTER_S))
                stirred = [at for at, label in enumerate(labels[first:last].tolist(), first) if label in STIRRED]
                if stirred and self._was_still(kick, times_s, labels) and _rests_again(kick, view):
                    labels[stirred] = STILL
                    named += stirred
            if named:
                name_frames(frames, named, State.STILL, SURE)
            self._kicks = [kick for kick in self._kicks if kick.onset_s + AFTER_S > times_s[-1]]
        newest = zip(times_s[-KEPT:].tolist(), labels[-KEPT:].tolist(), strict=True)
        self._newest = [*self._newest, *newest][-KEPT:]

    def _was_still(self, kick: Event, times_s: NDArray[np.float64], labels: NDArray[np.str_]) -> bool:
        """Whether the frames before it say so."""
        first_s, last_s = (kick.onset_s - before_s for before_s in RESTED_S)
        first, last = times_s.searchsorted((first_s, last_s))
        before = [label for at_s, label in self._newest if first_s <= at_s < last_s]
        before += labels[first:last].tolist()
        return bool(before) and all(label == STILL for label in before)


def _rests_again(kick: Event, view: RunView) -> bool:
    """Whether the limb only rang after it, is as quiet then as before it, and lies where it lay."""
    onset = view.step_at(kick.onset_s)
    before, after = onset - RISE_STEPS, onset + RING_STEPS
    end = after + REST_STEPS
    if before < REST_STEPS or end >= len(view.step_loud):
        return False
    rest_g = largest(view.step_loud[before - REST_STEPS : before])
    left_g = largest(view.step_loud[after:end])
    if left_g > max(AS_QUIET * rest_g, min(LEFT * kick.peak_g, MOST_LEFT_G)):
        return False
    return not view.turns(onset, end) and not _moves_slowly(onset, before, end, view)


def _moves_slowly(onset: int, before: int, end: int, view: RunView) -> bool:
    """Whether slow motion shows beside the ring: a swing to and fro soon after the kick, which no ring is."""
    rest_g2 = largest(view.slow[view.edge(before - REST_STEPS) - view.first : view.edge(before) - view.first])
    first, last = view.edge(onset + SLOW_STEPS) - view.first, view.edge(end) - view.first
    if largest(view.slow[first:last]) <= AS_QUIET**2 * rest_g2:
        return False
    edges = view.edges(np.arange(onset + SLOW_STEPS, end)) - view.first
    slow_g2 = np.maximum.reduceat(view.slow[first:last], edges - first)
    # The two swell in turn: within three steps each is at its largest.
    loud_g = view.step_loud[onset + SLOW_STEPS - 1 : end + 1]
    ring_g = np.maximum(np.maximum(loud_g[:-2], loud_g[1:-1]), loud_g[2:])
    return bool((slow_g2 > np.maximum(AS_QUIET**2 * rest_g2, np.square(SLOW * ring_g))).any())


def _onset(event: Event) -> float:
    return event.onset_s
