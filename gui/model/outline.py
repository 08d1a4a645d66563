"""Outline: states and events of a whole session, never finer than a screen can show them."""

from bisect import insort
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from dsp import State

MOST_SPANS = 1500
"""As many states as a timeline has columns; a night of eight hours is drawn in pieces of a minute at most."""
MOST_MARKS = 600
SHAKING_WEIGHT = 3.0
"""Shaking names a column when it takes a quarter of it: that is what people look for in a night."""
WEIGHTS = {State.TREMOR: SHAKING_WEIGHT, State.REFLEX_RHYTHM: SHAKING_WEIGHT}


@dataclass(frozen=True, slots=True)
class Span:
    """A time of one state."""

    start_s: float
    end_s: float
    label: State


@dataclass(frozen=True, slots=True)
class Mark:
    """An event, by its kind (`dsp.Event.kind`), in its place."""

    onset_s: float
    kind: str


@dataclass(slots=True, eq=False)
class Outline:
    """What a timeline shows of a session, however long it lasts.

    Attributes
    ----------
    spans, marks
        States and events in order; when they become too many, neighbours are drawn together.
    """

    spans: list[Span] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)

    def add_span(self, span: Span) -> None:
        """Take a state that has ended."""
        self.spans.append(span)
        if len(self.spans) > MOST_SPANS:
            self.spans = _coarser(self.spans, 4.0 * (span.end_s - self.spans[0].start_s) / MOST_SPANS)

    def add_mark(self, mark: Mark) -> None:
        """Take an event; a few beats come later than kicks that followed them."""
        insort(self.marks, mark, key=lambda m: m.onset_s)
        if len(self.marks) > MOST_MARKS:
            apart_s = 4.0 * (self.marks[-1].onset_s - self.marks[0].onset_s) / MOST_MARKS
            self.marks = _thinned(self.marks, apart_s)

    def forget_after(self, time_s: float) -> None:
        """Forget what ended or happened after a time."""
        self.spans = [s for s in self.spans if s.end_s <= time_s]
        self.marks = [m for m in self.marks if m.onset_s < time_s]


def _coarser(spans: list[Span], grain_s: float) -> list[Span]:
    """Draw spans together until each lasts `grain_s`; one that does already stays as it is."""
    out: list[Span] = []
    waiting: list[Span] = []
    for span in spans:
        if span.end_s - span.start_s >= grain_s:
            out += _together(waiting)
            out.append(span)
            waiting = []
            continue
        waiting.append(span)
        if span.end_s - waiting[0].start_s >= grain_s:
            out += _together(waiting)
            waiting = []
    return out + _together(waiting)


def _together(spans: Iterable[Span]) -> list[Span]:
    """One span in place of several, named by what they mostly are; none for none."""
    spans = list(spans)
    if len(spans) < 2:
        return spans
    weight: defaultdict[State, float] = defaultdict(float)
    for span in spans:
        weight[span.label] += WEIGHTS.get(span.label, 1.0) * (span.end_s - span.start_s)
    return [Span(spans[0].start_s, spans[-1].end_s, max(weight, key=lambda label: weight[label]))]


def _thinned(marks: list[Mark], apart_s: float) -> list[Mark]:
    """Keep of each kind one in so many seconds: closer ones cover each other anyway."""
    last: dict[str, float] = {}
    out = []
    for mark in marks:
        if mark.onset_s - last.get(mark.kind, float("-inf")) >= apart_s:
            last[mark.kind] = mark.onset_s
            out.append(mark)
    return out
