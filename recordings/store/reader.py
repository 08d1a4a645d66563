"""Reads native files: whole, a window of them, or what is left of them."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from dsp import FileFormatError, InputError, Placement, Quality, Samples, Side, TimeSource
from recordings.recording import Marker, Recording
from recordings.store import scan, schema
from recordings.store.container import MAGIC
from recordings.store.content import NoteAt, PacketAt, contents
from recordings.store.timeline import Timeline
from recordings.store.totals import Totals, totals_from, totals_of

PROGRESS_CHUNKS = 512
PACK_PIECES = 1024
TOLD = ("app_version", "analysis_version", "continues")
SECONDS_SLACK = 1.0
"""A window looks this much further for the packets that reach into it."""
MOST_S = 1e9
"""Longer than any recording (thirty years)."""
LARGEST_NUMBER = 1 << 32
"""Samples after which their numbers in the file begin again (a year at 100 Hz)."""


def is_native(head: bytes) -> bool:
    """Whether it is an MCAP file."""
    return head.startswith(MAGIC)


@dataclass(slots=True, eq=False)
class _Sensor:
    """One sensor while its packets are put together."""

    timeline: Timeline = field(default_factory=Timeline)
    parts: list[list[NDArray[np.float32]]] = field(default_factory=list)
    sources: set[TimeSource] = field(default_factory=set)
    clipped: int = 0
    scale_g: float = 0.0
    _pieces: list[NDArray[np.float32]] = field(default_factory=list)

    def add(self, at: PacketAt) -> None:
        """Take the next packet."""
        p = at.packet
        xyz_g = at.xyz_g
        begins = self.timeline.add(
            start_s=p.start_s, samples=len(xyz_g), rate_hz=p.rate_hz, missing_before=p.missing_before,
            sequence=at.sequence,
        )  # fmt: skip
        if begins:
            self._pack()
            self.parts.append([])
        self._pieces.append(xyz_g)
        if len(self._pieces) >= PACK_PIECES:
            self._pack()
        self.sources.add(p.time_source)
        self.clipped += p.clipped
        self.scale_g = p.scale_g or self.scale_g

    def xyz_g(self) -> list[NDArray[np.float32]]:
        """Put together the samples of each run."""
        self._pack()
        return [np.concatenate(parts) for parts in self.parts]

    def _pack(self) -> None:
        # Pieces are views that keep whole chunks alive; a night of them would be four times its samples.
        if self._pieces:
            self.parts[-1].append(np.concatenate(self._pieces))
            self._pieces.clear()


class NativeFile:
    """A native file that stays open, for reading windows of it.

    Parameters
    ----------
    path
        The file; a ``.part`` serves too.

    Attributes
    ----------
    sensors
        Labels of the sensors.
    start_ns
        UTC of time 0 on the session's clock.
    packets, topics
        Sensor of each packet channel, topic of each channel of notes, by number.
    totals
        What each sensor's samples come to; empty when the file was not finished.

    Raises
    ------
    FileFormatError
        Another program's MCAP, or nothing that can be saved.
    """

    def __init__(self, path: Path) -> None:
        self.path = Path(path)
        try:
            self._data = scan.open_bytes(self.path)
        except OSError as error:
            msg = f"cannot open {self.path}: {error.strerror}; check the name and the rights"
            raise FileFormatError(msg) from error
        self._found = scan.find(self._data)
        self._damaged = len(self._found.damaged)
        self._heads()
        self.sensors = tuple(
            name.removeprefix(schema.STREAM) for name in self._meta if name.startswith(schema.STREAM)
        ) or ("",)
        self.packets = {
            int(self._meta[schema.STREAM + s]["packet_channel"]): s
            for s in self.sensors
            if schema.STREAM + s in self._meta
        }
        head = self._meta[schema.HEAD]
        clock = self._meta.get(schema.CLOCK) or self._meta.get(schema.SUMMARY) or head
        self.start_ns = int(clock.get("start_ns") or head.get("start_ns") or head["opened_ns"])
        summary = self._meta.get(schema.SUMMARY, {})
        self.totals: dict[str, Totals] = totals_from(summary) if self._found.indexed else {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        if not isinstance(self._data, bytes):
            self._data.close()

    @property
    def origin_s(self) -> float:
        """Time of the first sample of any sensor on the session's clock: where the recording begins."""
        return min((t.first_s for t in self.totals.values()), default=0.0)

    @property
    def recovered(self) -> bool:
        """Whether a crash left it behind and it was mended."""
        return schema.RECOVERED in self._meta

    def about(self, label: str) -> dict[str, str]:
        """Give what the file says of a sensor: family, device, placement, side, nominal rate ..."""
        return dict(self._meta.get(schema.STREAM + label, {}))

    def label_of(self, sensor: str | None) -> str:
        """Find a sensor by its label, None takes the first.

        Raises
        ------
        FileFormatError
            When it is not in the file.
        """
        label = next((s for s in self.sensors if sensor is None or s.lower() == sensor.lower()), None)
        if label is None:
            msg = f"{self.path.name} has no sensor {sensor!r}; it has {', '.join(self.sensors)}"
            raise FileFormatError(msg)
        return label

    def read(self, sensor: str | None = None, *, progress: Callable[[float], None] | None = None) -> Recording:
        """Read one sensor whole, with the notes; see `read_native`."""
        label = self.label_of(sensor)
        built = {s: _Sensor() for s in self.sensors}
        notes: list[NoteAt] = []
        for item in self._items(progress):
            if isinstance(item, NoteAt):
                notes.append(item)
            elif item.label == label:
                built[label].add(item)
            else:
                # Only the time is wanted of the others: the recording begins with the first of all sensors.
                p = item.packet
                built[item.label].timeline.add(
                    start_s=p.start_s, samples=p.samples, rate_hz=p.rate_hz, missing_before=p.missing_before,
                    sequence=item.sequence,
                )  # fmt: skip
        firsts = [b.timeline.runs[0].start_s for b in built.values() if b.timeline.runs]
        origin_s = min(firsts, default=0.0)
        return self._recording(label, built[label], origin_s, notes, chosen=sensor is None)

    def window(self, start_s: float, end_s: float, *, sensor: str | None = None) -> list[Samples]:
        """Read the samples of one sensor from `start_s` to `end_s`, in seconds from the start of the recording.

        Raises
        ------
        InputError
            When the window is empty.
        """
        if not end_s > start_s:
            msg = f"a window must end after it begins, not from {start_s} to {end_s} s"
            raise InputError(msg)
        label = self.label_of(sensor)
        if label not in self.totals:
            whole = self.read(label)
            return [cut for run in whole.samples if (cut := _cut(run, start_s, end_s)) is not None]
        origin_s, totals = self.origin_s, self.totals[label]
        built, _ = self._between(label, start_s, end_s)
        runs = self._runs(label, built, origin_s, totals.rate_hz)
        return [cut for run in runs if (cut := _cut(run, start_s, end_s)) is not None]

    def span(self, start_s: float, end_s: float, *, sensor: str | None = None) -> Recording | None:
        """Read a part of one sensor, its samples and their times the same as in the whole, without reading the rest.

        Parameters
        ----------
        start_s, end_s
            Seconds from the start of the recording.
        sensor
            Its label; None takes the first.

        Returns
        -------
        Recording or None
            Without markers. None where the part alone does not tell the times: the file was not finished or is
            damaged, time is missing in it, or nothing lies in the span.
        """
        label = self.label_of(sensor)
        totals = self.totals.get(label)
        if totals is None or totals.gaps or self._damaged or totals.samples > LARGEST_NUMBER:
            return None
        built, first = self._between(label, start_s, end_s)
        if len(built.timeline.runs) != 1 or self._damaged:
            return None
        # One run: the number of a sample gives its time, as it does when the whole is read.
        built.timeline.runs[0].start_s = totals.first_s + first / totals.rate_hz
        found = self._recording(label, built, self.origin_s, [], chosen=sensor is None, rate_hz=totals.rate_hz)
        parts = [cut for run in found.samples if (cut := _cut(run, start_s, end_s)) is not None]
        return replace(found, samples=parts) if parts else None

    def _between(self, label: str, start_s: float, end_s: float) -> tuple[_Sensor, int]:
        """Put together the packets that may reach into a time, and the number of their first sample."""
        origin_s = self.origin_s
        # No further than any recording reaches, because infinity makes no whole number.
        early_s, late_s = max(start_s, -MOST_S), min(end_s, MOST_S)
        from_ns = self.start_ns + round((origin_s + early_s - SECONDS_SLACK) * 1e9)
        until_ns = self.start_ns + round((origin_s + late_s + SECONDS_SLACK) * 1e9)
        rows = self._found.index
        wanted = rows[(rows["first_ns"] <= max(0, until_ns)) & (rows["last_ns"] >= max(0, from_ns))]
        built, first = _Sensor(), 0
        for row in wanted:
            for item in self._chunk(int(row["offset"]), int(row["length"]), only=label):
                if isinstance(item, PacketAt):
                    first = first if built.timeline.runs else item.first
                    built.add(item)
        return built, first

    def notes(self) -> list[tuple[str, dict[str, Any]]]:
        """Every JSON message: (topic, value) in the order in which they were written."""
        return [(i.topic, i.value) for i in self._items(None) if isinstance(i, NoteAt) and i.topic != schema.SESSION]

    def _heads(self) -> None:
        """Put together what the file says of itself, from its sealed records or from the copy in a chunk."""
        self._meta = dict(self._found.metadata)
        self.topics: dict[int, str] = {}
        if schema.HEAD not in self._meta or self._found.damaged:
            for copy in self._copies():
                self._meta = copy | self._meta
        if schema.HEAD not in self._meta:
            msg = f"{self.path.name} is an MCAP file of another program, or was cut off in its first bytes"
            raise FileFormatError(msg)
        for values in (self._meta[schema.HEAD], self._meta.get(schema.SUMMARY, {})):
            for name, topic in values.items():
                if name.startswith(schema.TOPIC):
                    self.topics[int(name.removeprefix(schema.TOPIC))] = topic

    def _copies(self) -> Iterator[dict[str, dict[str, str]]]:
        """Give what the first chunks say of the session; its channel is always the first."""
        topics = {1: schema.SESSION}
        for row in self._found.index[:8]:
            chunk = scan.chunk_content(self._data, int(row["offset"]), int(row["length"]))
            for item in contents(chunk or b"", packets={}, topics=topics):
                if isinstance(item, NoteAt) and item.topic == schema.SESSION:
                    yield {k: v for k, v in item.value.items() if isinstance(v, dict)}

    def _items(self, progress: Callable[[float], None] | None) -> Iterator[PacketAt | NoteAt]:
        rows = self._found.index
        for i, (offset, length) in enumerate(zip(rows["offset"].tolist(), rows["length"].tolist(), strict=True)):
            if progress is not None and i % PROGRESS_CHUNKS == 0:
                progress(i / len(rows))
            yield from self._chunk(offset, length)

    def _chunk(self, offset: int, length: int, *, only: str | None = None) -> Iterator[PacketAt | NoteAt]:
        chunk = scan.chunk_content(self._data, offset, length)
        if chunk is None:
            self._damaged += 1
            return
        yield from contents(chunk, packets=self.packets, topics=self.topics, only=only)

    def _recording(
        self,
        label: str,
        built: _Sensor,
        origin_s: float,
        notes: list[NoteAt],
        *,
        chosen: bool,
        rate_hz: float | None = None,
    ) -> Recording:
        meta, head = self._meta.get(schema.STREAM + label, {}), self._meta[schema.HEAD]
        totals = totals_of(built.timeline)
        rate = totals.rate_hz if totals is not None else float(meta.get("nominal_hz", 0.0)) or 1.0
        rate = rate_hz or rate
        runs = self._runs(label, built, origin_s, rate)
        told = {k: v for k, v in head.items() if k in TOLD or k.startswith("setting.")}
        return Recording(
            path=self.path,
            format="native",
            samples=runs,
            rate_hz=rate,
            nominal_hz=float(meta.get("nominal_hz", 0.0)),
            sensor=label,
            sensors=self.sensors,
            unit="counts" if built.scale_g else "g",
            device=meta.get("device", ""),
            placement=Placement(meta.get("placement", "unknown")),
            side=Side(meta.get("side", "unknown")),
            start_ns=self.start_ns + round(origin_s * 1e9),
            markers=tuple(_markers(notes, origin_s)),
            warnings=self._warnings(label, built, chosen=chosen),
            details={"family": meta.get("family", "")}
            | told
            | ({"scale_g": repr(built.scale_g)} if built.scale_g else {}),
        )

    def _warnings(self, label: str, built: _Sensor, *, chosen: bool) -> list[str]:
        warnings = []
        if not self._found.finished:
            warnings.append("the file was cut short; everything up to the cut was saved")
        if self._damaged:
            warnings.append(f"{self._damaged} damaged places were left out; they are gaps now")
        if self.recovered:
            warnings.append("recovered after a crash")
        if built.clipped:
            warnings.append(f"{built.clipped} packets hold samples at the end of the sensor's range")
        if len(self.sensors) > 1 and chosen:
            warnings.append(f"several sensors: {', '.join(self.sensors)}; {label} was chosen (--sensor)")
        return warnings

    def _runs(self, label: str, built: _Sensor, origin_s: float, rate_hz: float) -> list[Samples]:
        source = next((s for s in (TimeSource.NOMINAL, TimeSource.HOST) if s in built.sources), TimeSource.DEVICE)
        runs: list[Samples] = []
        for planned, xyz_g in zip(built.timeline.runs, built.xyz_g(), strict=True):
            start_s = planned.start_s - origin_s
            if runs:
                start_s = max(start_s, runs[-1].end_s)
            run = Samples(
                xyz_g=xyz_g,
                rate_hz=rate_hz,
                start_s=start_s,
                start_ns=self.start_ns + round((start_s + origin_s) * 1e9),
                sensor=label,
                quality=Quality(time_source=source),
            )
            runs.append(run)
        return runs


def read_native(path: Path, *, sensor: str | None = None, progress: Callable[[float], None] | None = None) -> Recording:
    """Read one sensor of a native file, whatever is left of it.

    Parameters
    ----------
    sensor
        Its label; None takes the first.
    progress
        Told the share done, 0 to 1.

    Raises
    ------
    FileFormatError
        Another program's MCAP, a sensor that is not in it, or nothing that can be saved.
    """
    try:
        with NativeFile(path) as file:
            return file.read(sensor, progress=progress)
    except (KeyError, json.JSONDecodeError, UnicodeDecodeError, OverflowError) as error:
        msg = f"{Path(path).name} is not laid out as a native file: {error}; it was written by another version"
        raise FileFormatError(msg) from error


def window(path: Path, start_s: float, end_s: float, *, sensor: str | None = None) -> list[Samples]:
    """Read the samples from `start_s` to `end_s` of a native file; keep a `NativeFile` open to read many."""
    with NativeFile(path) as file:
        return file.window(start_s, end_s, sensor=sensor)


def _cut(run: Samples, start_s: float, end_s: float) -> Samples | None:
    """Cut a run to the samples whose time is within [start_s, end_s)."""
    # A sample that lies on the edge but for rounding belongs to the window that begins there.
    slack = 1e-6
    at = (np.array([start_s, end_s]) - run.start_s) * run.rate_hz - slack
    first, last = (int(i) for i in np.ceil(np.clip(at, 0.0, len(run))))
    if last <= first:
        return None
    ahead_s = first / run.rate_hz
    return Samples(
        xyz_g=run.xyz_g[first:last],
        rate_hz=run.rate_hz,
        start_s=run.start_s + ahead_s,
        start_ns=None if run.start_ns is None else run.start_ns + round(ahead_s * 1e9),
        sensor=run.sensor,
        quality=run.quality,
    )


def _markers(notes: list[NoteAt], origin_s: float) -> Iterator[Marker]:
    for note in notes:
        time_s = max(0.0, float(note.value.get("time_s") or 0.0) - origin_s)
        if note.topic == schema.MARKER:
            yield Marker(start_s=time_s, end_s=time_s, text=str(note.value.get("text", "")))
        elif note.topic.startswith(schema.LINK):
            text = f"{note.value.get('state', '')}: {note.value.get('reason', '')}"
            yield Marker(start_s=time_s, end_s=time_s, text=text, kind="link")
