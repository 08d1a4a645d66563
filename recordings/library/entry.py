"""What the library knows of a session, and how it is found out from the file."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dsp import FileFormatError
from recordings.library.names import printable
from recordings.recording import Recording


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorEntry:
    """One sensor of a session.

    Attributes
    ----------
    label, device, placement, side, rate_hz
        As in the recording.
    """

    label: str
    device: str = ""
    placement: str = "unknown"
    side: str = "unknown"
    rate_hz: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRecord:
    """What the library knows of a session.

    Attributes
    ----------
    id, title, file
        Identifier, name to show, file below the library's folder.
    when
        Local date and time; empty when unknown.
    start_ns
        UTC of the start; None when unknown.
    duration_s, device, placement, side
        As in the recording; of the first sensor where there are several.
    gaps, gap_s
        Gaps and missing seconds.
    recovered
        Whether it was saved after a crash.
    findings
        Numbers of the last analysis; empty before one.
    tags, note, checkin
        What the person added.
    sensors
        Every sensor of the session.
    """

    id: str
    title: str
    file: str
    when: str
    start_ns: int | None
    duration_s: float
    device: str
    placement: str
    side: str
    gaps: int
    gap_s: float
    recovered: bool
    findings: dict[str, Any]
    tags: tuple[str, ...]
    note: str
    checkin: dict[str, Any]
    sensors: tuple[SensorEntry, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What a file says of its session.

    Attributes
    ----------
    start_ns, duration_s, gaps, gap_s, recovered, sensors
        As in `SessionRecord`.
    """

    start_ns: int | None
    duration_s: float
    gaps: int
    gap_s: float
    recovered: bool
    sensors: tuple[SensorEntry, ...] = field(default=(SensorEntry(label=""),))


def facts_of(path: Path, *, sensor: str | None = None, unit: str | None = None, rate_hz: float | None = None) -> Facts:
    """Find out about a file: a native one by what its end says, another one by reading it.

    Raises
    ------
    TremorscopeError
        When it is no recording.
    """
    from recordings.reading import read, read_every  # noqa: PLC0415 - reading needs every importer

    if (native := _of_native(path)) is not None:
        return native
    if sensor is not None:
        return facts_of_recording(read(path, sensor=sensor, unit=unit, rate_hz=rate_hz))
    first, *others = read_every(path, unit=unit, rate_hz=rate_hz)
    return facts_of_recording(first, others)


def facts_of_recording(recording: Recording, others: Sequence[Recording] = ()) -> Facts:
    """Take the facts from a recording that has been read, and from the other sensors of its file where they were."""
    read = {r.sensor: _entry_of(r) for r in others}
    own = _entry_of(recording)
    return Facts(
        start_ns=recording.start_ns,
        duration_s=recording.duration_s,
        gaps=len(recording.gaps),
        gap_s=sum(b - a for a, b in recording.gaps),
        recovered=any("recovered" in w for w in recording.warnings),
        sensors=(
            own,
            *(read.get(name) or SensorEntry(label=name) for name in recording.sensors if name != recording.sensor),
        ),
    )


def _entry_of(recording: Recording) -> SensorEntry:
    return SensorEntry(
        label=recording.sensor,
        device=recording.device or recording.format,
        placement=recording.placement.value,
        side=recording.side.value,
        rate_hz=recording.rate_hz,
    )


def _of_native(path: Path) -> Facts | None:
    """Find out about a finished native file without reading its samples; None where there is none."""
    from recordings.store import NativeFile, is_native  # noqa: PLC0415 - the store is only needed here

    try:
        with path.open("rb") as file:
            head = file.read(16)
    except OSError as error:
        msg = f"cannot open {printable(path.name)}: {error.strerror}; check the name and the rights"
        raise FileFormatError(msg) from error
    if not is_native(head):
        return None
    with NativeFile(path) as native:
        if not native.totals:
            return None
        totals = list(native.totals.values())
        first_s, last_s = min(t.first_s for t in totals), max(t.last_s for t in totals)
        return Facts(
            start_ns=native.start_ns + round(first_s * 1e9),
            duration_s=last_s - first_s,
            gaps=totals[0].gaps,
            gap_s=totals[0].gap_s,
            recovered=native.recovered,
            sensors=_native_sensors(native.sensors, native),
        )


def _native_sensors(labels: Sequence[str], native: Any) -> tuple[SensorEntry, ...]:
    entries = []
    for label in labels:
        about, totals = native.about(label), native.totals.get(label)
        entries.append(
            SensorEntry(
                label=label,
                device=about.get("device") or "native",
                placement=about.get("placement", "unknown"),
                side=about.get("side", "unknown"),
                rate_hz=totals.rate_hz if totals is not None else float(about.get("nominal_hz", 0.0)),
            )
        )
    return tuple(entries)
