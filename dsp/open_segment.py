"""Open segment: the final frames of the state that is going on, which end as a segment when the state changes."""

import functools
import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from dsp.fatigue import RestBaseline, Shaken, fatigue_evidence
from dsp.frame_fields import FRAME_DTYPE, RAW_FRAME
from dsp.grid import Grid
from dsp.growing import Growing
from dsp.labels import State
from dsp.packed import Packed
from dsp.parameters import Parameters
from dsp.results import Event, FatigueEvidence, Segment, Term
from dsp.run import Run
from dsp.segments import make_segment, no_data, summarise

Flags = Callable[[float, float], tuple[str, ...]]
"""What limits trust in a segment, from its start and end, s."""

STATES = {state.value: state for state in State}
"""By name, in a third of the time."""
BESIDE_S = 1.0
"""By which the half seconds that a short rhythm fills may be longer than it."""
TIRING_REASONS = 2
"""Of the three reasons that a screen has room for."""
HOLD_KNOWN_S = 1.5
"""So long after its start a hold is known; evidence looks at what was known then, whatever came later."""


class OpenSegment:
    """Cuts final frames into segments.

    Parameters
    ----------
    grid, parameters
        Of the analysis.
    keep_frames
        Whether frames are kept when their segment has ended, and segments as they are, not packed.

    Attributes
    ----------
    segments
        Segments that have ended, in order.
    start_s
        Start of the open one.
    """

    def __init__(self, grid: Grid, parameters: Parameters, *, keep_frames: bool) -> None:
        self._grid, self._parameters, self._keep_frames = grid, parameters, keep_frames
        self.segments: Packed[Segment] = Packed(pack=not keep_frames)
        self.start_s = 0.0
        self._frames = Growing((), RAW_FRAME)
        self._first = 0
        self._label = State.NO_DATA
        self._rest = RestBaseline()
        self._shaken = Shaken()
        self._tiring: tuple[Term, ...] = ()
        self._tiring_at = (0, 0)

    @property
    def frame_count(self) -> int:
        """Frames taken so far, those forgotten included."""
        return len(self._frames)

    def reserve(self, frames: int) -> None:
        """Make room for so many frames at once."""
        if self._keep_frames:
            self._frames.reserve(frames)

    def kept_frames(self, *, final: bool) -> NDArray[np.void]:
        """All frames, none of them when they are not kept; `final` when no other will follow."""
        if not self._keep_frames:
            return np.empty(0, FRAME_DTYPE)
        return (self._frames.handed_over() if final else self._frames.part(0).copy()).view(FRAME_DTYPE)

    def take(self, frames: NDArray[np.void], run: Run, flags: Flags) -> None:
        """Take the next final frames of a run: they extend the open segment or end it."""
        known, labels = len(self._frames), frames["label"]
        edges = np.nonzero(labels[1:] != labels[:-1])[0] + 1
        names = [STATES[name] for name in labels[[0, *edges]].tolist()]
        begins = [0, *edges.tolist()]
        if self._first == known or self._label is names[0]:
            # The first of them open a segment, or go on with the one that is open.
            self._label = names[0]
            del names[0], begins[0]
        starts_s = (frames["time_s"][begins] - 0.5 * self._grid.hop / self._grid.rate_hz).tolist()
        self._frames.extend(frames.view(RAW_FRAME))
        self._close([known + at for at in begins], starts_s, run, flags, following=names)
        self._forget()

    def end(self, end_s: float, run: Run, flags: Flags) -> None:
        """End the open segment with its run."""
        if self._first < len(self._frames):
            self._close([len(self._frames)], [end_s], run, flags, following=[State.NO_DATA])
        else:
            self.add(no_data(run.start_s, end_s, "too short to analyse"))
        self._forget()

    def add(self, segment: Segment) -> None:
        """Add a segment that has ended."""
        self.segments.append(segment)
        self._rest.add(segment)

    def tiring_reasons(self, run: Run) -> tuple[Term, ...]:
        """Fatigue evidence for the open segment, strongest first, none unless it is enough; looked at once a hop."""
        place = (self._first, len(self._frames))
        if place != self._tiring_at:
            self._tiring_at = place
            terms: tuple[Term, ...] = ()
            if place[0] < place[1] and self._label is State.TREMOR:
                own, hold_start_s = self._frames.part(self._first).view(FRAME_DTYPE), _hold_start(self.start_s, run)
                fatigue = self._fatigue(own, self.start_s, math.inf, hold_start_s)
                terms = fatigue.terms if fatigue.is_fatigue else ()
            self._tiring = tuple(t for t in terms if t.value > 0)[:TIRING_REASONS]
        return self._tiring

    def _close(
        self, ends: list[int], ends_s: list[float], run: Run, flags: Flags, *, following: Sequence[State]
    ) -> None:
        """End the open segment before the first of some frames, and each that follows before the next of them."""
        if not ends:
            return
        first, frames = self._first, self._frames.part(self._first, ends[-1])
        begins = [0, *(end - first for end in ends[:-1])]
        summaries = summarise(frames, begins)
        parameters, before_s = run.frames.weighed_by, 0.5 * self._grid.window / self._grid.rate_hz
        for i, (end, end_s, label, summary) in enumerate(zip(ends, ends_s, following, summaries, strict=True)):
            start_s, fatigue = self.start_s, None
            if self._label is State.TREMOR:
                own, hold_start_s = frames[begins[i] : end - first].view(FRAME_DTYPE), _hold_start(start_s, run)
                fatigue = self._fatigue(own, start_s, end_s, hold_start_s)
                self._shaken.add(own, start_s, hold_start_s)
            segment = make_segment(
                self._label,
                start_s,
                end_s,
                summary,
                parameters,
                fatigue=fatigue,
                # No data are the windows of frames, which begin before the time that a frame stands for.
                flags=flags(start_s - (before_s if self._label is State.NO_DATA else 0.0), end_s),
                forget=not self._keep_frames,
            )
            self.add(_with_beats(segment, run.jerks.volleys.named))
            self._first, self.start_s, self._label = end, end_s, label

    def _forget(self) -> None:
        """Forget the frames of segments that have ended, when they are not kept."""
        if not self._keep_frames:
            self._frames.drop(self._first)

    def _fatigue(
        self, frames: NDArray[np.void], start_s: float, end_s: float, hold_start_s: float | None
    ) -> FatigueEvidence:
        frames, began_s = self._shaken.joined(frames, start_s, hold_start_s)
        return fatigue_evidence(
            frames,
            start_s=began_s,
            end_s=end_s,
            hold_start_s=hold_start_s,
            rest_rms_g=self._rest.rms_g,
            parameters=self._parameters,
        )


def _with_beats(segment: Segment, short: list[Event]) -> Segment:
    """Let a segment that beats have named say so; those that ended by its end are taken away.

    What its windows show of it, most of which is rest, speaks against it and is no evidence.
    """
    if not short:
        return segment
    own = [event for event in short if event.onset_s < segment.end_s and event.end_s > segment.start_s]
    short[:] = [event for event in short if event.end_s > segment.end_s]
    if segment.label is not State.REFLEX_RHYTHM or not own:
        return segment
    named = own[0]
    if segment.duration_s > named.end_s - named.onset_s + BESIDE_S:
        # Frames have called most of it so by themselves.
        return segment
    # A sensor too slow for its overtones may show no line in windows of 4 s.
    peak_hz = named.ring_hz if math.isnan(segment.peak_hz) else segment.peak_hz
    return segment.but(peak_hz=peak_hz, evidence=functools.partial(_evidence_of, named))


def _evidence_of(event: Event) -> tuple[Term, ...]:
    return event.evidence


def _hold_start(start_s: float, run: Run) -> float | None:
    return run.hold_start_at(start_s + HOLD_KNOWN_S)
