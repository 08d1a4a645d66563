"""Reads native files: whole, a window of them, or what is left of them."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from dsp import FileFormatError, InputError, Samples
from recordings.cutting import cut_run
from recordings.recording import Recording, choice_note
from recordings.store import scan, schema
from recordings.store.about import about_of
from recordings.store.as_recording import as_recording
from recordings.store.assembly import Assembly
from recordings.store.container import MAGIC
from recordings.store.content import NoteAt, PacketAt, contents
from recordings.store.totals import Totals, totals_from, totals_of

PROGRESS_CHUNKS = 512
SECONDS_SLACK = 1.0
"""A window looks this much further for the packets that reach into it."""
MOST_S = 1e9
"""Longer than any recording (thirty years)."""
LARGEST_NUMBER = 1 << 32
"""Samples after which their numbers in the file begin again (a year at 100 Hz)."""


def is_native(head: bytes) -> bool:
    """Whether it is an MCAP file."""
    return head.startswith(MAGIC)


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
        self._about = about_of(self._data, self._found, name=self.path.name)
        self.sensors, self.packets, self.topics = self._about.sensors, self._about.packets, self._about.topics
        self.start_ns = self._about.start_ns
        summary = self._about.metadata.get(schema.SUMMARY, {})
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
        return self._about.recovered

    def about(self, label: str) -> dict[str, str]:
        """Give what the file says of a sensor: family, device, placement, side, nominal rate ..."""
        return dict(self._about.stream(label))

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
        built = {s: Assembly() for s in self.sensors}
        notes: list[NoteAt] = []
        for item in self._items(progress):
            if isinstance(item, NoteAt):
                notes.append(item)
            elif item.label == label:
                built[label].add(item)
            else:
                # Only the time is wanted of the others: the recording begins with the first of all sensors.
                built[item.label].add_time(item)
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
            return [cut for run in whole.samples if (cut := cut_run(run, start_s, end_s)) is not None]
        origin_s, totals = self.origin_s, self.totals[label]
        built, _ = self._between(label, start_s, end_s)
        runs = built.runs(label, origin_s=origin_s, rate_hz=totals.rate_hz, zero_ns=self.start_ns)
        return [cut for run in runs if (cut := cut_run(run, start_s, end_s)) is not None]

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
        parts = [cut for run in found.samples if (cut := cut_run(run, start_s, end_s)) is not None]
        return replace(found, samples=parts) if parts else None

    def _between(self, label: str, start_s: float, end_s: float) -> tuple[Assembly, int]:
        """Put together the packets that may reach into a time, and the number of their first sample."""
        origin_s = self.origin_s
        # No further than any recording reaches, because infinity makes no whole number.
        early_s, late_s = max(start_s, -MOST_S), min(end_s, MOST_S)
        from_ns = self.start_ns + round((origin_s + early_s - SECONDS_SLACK) * 1e9)
        until_ns = self.start_ns + round((origin_s + late_s + SECONDS_SLACK) * 1e9)
        rows = self._found.index
        wanted = rows[(rows["first_ns"] <= max(0, until_ns)) & (rows["last_ns"] >= max(0, from_ns))]
        built, first = Assembly(), 0
        for row in wanted:
            for item in self._chunk(int(row["offset"]), int(row["length"]), only=label):
                if isinstance(item, PacketAt):
                    first = first if built.timeline.runs else item.first
                    built.add(item)
        return built, first

    def notes(self) -> list[tuple[str, dict[str, Any]]]:
        """Every JSON message: (topic, value) in the order in which they were written."""
        return [(i.topic, i.value) for i in self._items(None) if isinstance(i, NoteAt) and i.topic != schema.SESSION]

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
        built: Assembly,
        origin_s: float,
        notes: list[NoteAt],
        *,
        chosen: bool,
        rate_hz: float | None = None,
    ) -> Recording:
        if rate_hz is None:
            totals = totals_of(built.timeline)
            nominal_hz = float(self._about.stream(label).get("nominal_hz", 0.0))
            rate_hz = totals.rate_hz if totals is not None else nominal_hz or 1.0
        return as_recording(
            self.path,
            self._about,
            label,
            built.runs(label, origin_s=origin_s, rate_hz=rate_hz, zero_ns=self.start_ns),
            rate_hz=rate_hz,
            origin_s=origin_s,
            built=built,
            notes=notes,
            warnings=self._warnings(label, built, chosen=chosen),
        )

    def _warnings(self, label: str, built: Assembly, *, chosen: bool) -> list[str]:
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
            warnings.append(choice_note(self.sensors, label))
        return warnings


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
