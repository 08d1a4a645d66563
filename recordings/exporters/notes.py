"""Notes: what stands beside the signals in formats that hold annotations."""

from collections.abc import Iterator
from dataclasses import dataclass

from dsp import Analysis, State
from recordings.exporters.options import ExportOptions
from recordings.recording import Recording


@dataclass(frozen=True, slots=True, order=True)
class Note:
    """Something at a time.

    Attributes
    ----------
    onset_s, duration_s
        Seconds from the first sample that is exported.
    text
        State, event, hold, marker, or ``gap``.
    """

    onset_s: float
    duration_s: float
    text: str


def notes_of(part: Recording, analysis: Analysis | None, options: ExportOptions) -> list[Note]:
    """Collect gaps, markers, segments, events and holds of the exported part, in order of time.

    Parameters
    ----------
    part
        What `cut` left.
    """
    first_s, last_s = part.samples[0].start_s, part.samples[-1].end_s
    spans = [(a, b, "gap") for a, b in part.gaps]
    spans += _markers(part, options)
    if analysis is not None:
        spans += [(s.start_s, s.end_s, s.label.value) for s in analysis.segments if s.label is not State.NO_DATA]
        spans += [(e.onset_s, e.end_s, e.label.value) for e in analysis.events]
        spans += [(h.start_s, h.end_s, "hold") for h in analysis.holds]
    return sorted(
        Note(max(a, first_s) - first_s, max(0.0, min(b, last_s) - max(a, first_s)), text)
        for a, b, text in spans
        if a < last_s and (b > first_s or a >= first_s)
    )


def _markers(part: Recording, options: ExportOptions) -> Iterator[tuple[float, float, str]]:
    own = {s.value for s in State} | {"gap", "end of data", "hold", "reflex_jerk", "twitch"}
    for marker in part.markers:
        # What an earlier export wrote is found again by the analysis; what a link says may name the sensor.
        if marker.text in own or (marker.kind == "link" and not options.identify):
            continue
        yield marker.start_s, marker.end_s, marker.text
