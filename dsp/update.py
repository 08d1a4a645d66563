"""Update: what one push made final."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsp.frame_fields import joined
from dsp.frames import FrameBatch
from dsp.results import Event, Segment

NO_FRAMES = joined([])


class Update(NamedTuple):
    """What became final.

    Attributes
    ----------
    frames
        Rows of `dsp.FRAME_DTYPE`.
    segments
        Segments that ended.
    events
        Confirmed events: kicks a second after their onset; a few beats, which wait for the frames, 4 s after their end.
    """

    frames: NDArray[np.void]
    segments: tuple[Segment, ...]
    events: tuple[Event, ...]


@dataclass(slots=True, eq=False)
class Handed:
    """Tells what is new since it was last asked.

    Attributes
    ----------
    batches
        Final frames that have not been handed over yet.
    """

    batches: list[FrameBatch] = field(default_factory=list)
    _segments: int = 0
    _events: int = 0

    def over(self, segments: Sequence[Segment], events: Sequence[Event]) -> tuple[Update, list[NDArray[np.float32]]]:
        """Hand over what is new among all segments and events, and the frames; their spectra beside it."""
        frames = [batch.frames for batch in self.batches]
        psd = [batch.psd for batch in self.batches]
        # Most pushes end nothing, and are not to take the time of a look.
        update = Update(
            frames[0] if len(frames) == 1 else joined(frames) if frames else NO_FRAMES,
            tuple(segments[self._segments :]) if len(segments) > self._segments else (),
            tuple(events[self._events :]) if len(events) > self._events else (),
        )
        self.batches, self._segments, self._events = [], len(segments), len(events)
        return update, psd
