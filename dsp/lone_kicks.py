"""Lone kicks: a limb that lies still but for one kick is still, and its frames say so; the kick is told as an event."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dsp.aftermath import is_quiet
from dsp.labels import State
from dsp.named import name_frames
from dsp.results import Event
from dsp.run_view import RISE_STEPS, RunView

BEFORE_S = 0.5
"""The middle second of a frame, by which stillness is known, reaches so far: it holds a kick that comes later."""
AFTER_S = 1.5
"""A ring is in it for so long: of one of damping 0.08 at 3 Hz a tenth is left (physics)."""
RING_STEPS = 15
"""The same in steps: the limb lies still from then on ..."""
LEFT = 0.03
"""... but for such a share of the kick (the level of a slow ring is a third of its size, and less; physics)."""
REST_STEPS = 10
"""A second of rest on either side (prior)."""
STIRRED = (State.MOVEMENT.value, State.UNCLEAR.value)
"""What frames make of a kick; tremor and rhythm are more than that."""


@dataclass(slots=True, eq=False)
class LoneKicks:
    """Names the frames of kicks out of rest and into rest."""

    _kicks: list[Event] = field(default_factory=list)

    def note(self, events: Iterable[Event]) -> None:
        """Remember events that have been confirmed."""
        self._kicks += events

    def settle(self, frames: NDArray[np.void], view: RunView) -> None:
        """Call those of the next final frames still that nothing but a kick stirred.

        A frame is final 4 s after its middle, when all is known of a kick beside it and of the rest after that.
        """
        if not self._kicks or not len(frames):
            return
        times_s = frames["time_s"]
        for kick in self._kicks:
            near = (times_s >= kick.onset_s - BEFORE_S) & (times_s <= kick.onset_s + AFTER_S)
            near &= np.isin(frames["label"], STIRRED)
            if near.any() and _is_lone(kick, view):
                name_frames(frames, near, State.STILL, kick.confidence)
        self._kicks = [kick for kick in self._kicks if kick.onset_s + AFTER_S > times_s[-1]]


def _is_lone(kick: Event, view: RunView) -> bool:
    """Whether the limb lay still before it and after its ring, and lies where it lay."""
    onset = view.step_at(kick.onset_s)
    before, after = onset - RISE_STEPS, onset + RING_STEPS
    return (
        before >= REST_STEPS
        and after + REST_STEPS <= len(view.step_loud)
        and is_quiet(before - REST_STEPS, before, view)
        and is_quiet(after, after + REST_STEPS, view, LEFT * kick.peak_g)
        and not view.turns(onset, after + REST_STEPS)
    )
