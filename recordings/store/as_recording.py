"""A sensor of a native file as a recording: with its markers and what a person should know."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from dsp import Placement, Samples, Side
from recordings.recording import Marker, Recording
from recordings.store import schema
from recordings.store.about import About
from recordings.store.assembly import Assembly
from recordings.store.content import NoteAt


def as_recording(
    path: Path,
    about: About,
    label: str,
    runs: list[Samples],
    *,
    rate_hz: float,
    origin_s: float,
    built: Assembly,
    notes: Iterable[NoteAt],
    warnings: list[str],
) -> Recording:
    """Make a recording of the runs of one sensor.

    Parameters
    ----------
    path, about
        The file, and what it says of itself.
    label, runs, rate_hz
        Of the sensor.
    origin_s
        Where the recording begins on the session's clock.
    built
        What the packets told beside the samples.
    notes
        Those of the whole session.
    warnings
        What a person should know about the file.
    """
    stream = about.stream(label)
    return Recording(
        path=path,
        format="native",
        samples=runs,
        rate_hz=rate_hz,
        nominal_hz=float(stream.get("nominal_hz", 0.0)),
        sensor=label,
        sensors=about.sensors,
        unit="counts" if built.scale_g else "g",
        device=stream.get("device", ""),
        placement=Placement(stream.get("placement", "unknown")),
        side=Side(stream.get("side", "unknown")),
        start_ns=about.start_ns + round(origin_s * 1e9),
        markers=tuple(_markers(notes, origin_s)),
        warnings=warnings,
        details={"family": stream.get("family", "")}
        | about.details
        | ({"scale_g": repr(built.scale_g)} if built.scale_g else {}),
    )


def _markers(notes: Iterable[NoteAt], origin_s: float) -> Iterator[Marker]:
    for note in notes:
        time_s = max(0.0, float(note.value.get("time_s") or 0.0) - origin_s)
        if note.topic == schema.MARKER:
            yield Marker(start_s=time_s, end_s=time_s, text=str(note.value.get("text", "")))
        elif note.topic.startswith(schema.LINK):
            text = f"{note.value.get('state', '')}: {note.value.get('reason', '')}"
            yield Marker(start_s=time_s, end_s=time_s, text=text, kind="link")
