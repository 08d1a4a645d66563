"""Reads a native file while it is being written: a span of one sensor, without the rest."""

import io
from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np
from mcap.data_stream import ReadDataStream
from mcap.exceptions import McapError
from mcap.opcode import Opcode
from mcap.records import Metadata

from dsp import Samples, StorageError
from recordings.store import scan, schema
from recordings.store.container import MAGIC, seal_holds
from recordings.store.content import PacketAt, contents
from recordings.store.scan import CHUNK_HEAD, RECORD
from recordings.store.timeline import Timeline

GROUP_CHUNKS = 64
"""Chunks (half a minute) that share a row of the index: a night then takes 25 kB, and little is read in vain."""
HEAD_BYTES = RECORD.size + CHUNK_HEAD.size
LARGEST_METADATA = 1 << 20
SLACK_S = 1.0
"""A packet before the span reaches into it; none is longer."""


class GrowingFile:
    """A native file that a recorder may still be writing.

    Whoever reads keeps an index of its own and extends it by what was added since: reader and writer share nothing but
    the file, of which the writer only ever appends whole records. It is opened for each look and closed again, so that
    it can get its final name meanwhile. Used from one thread.

    Parameters
    ----------
    path
        The file, by its final name or as a ``.part``; whichever is there is read.
    """

    def __init__(self, path: Path) -> None:
        self._final = final_name(path)
        self._forget()

    def samples(self, label: str, start_s: float, end_s: float) -> list[Samples]:
        """Read one sensor from `start_s` to `end_s`, seconds on the session's clock.

        Parameters
        ----------
        label
            The sensor's label; one that is not in the file has no samples.
        start_s, end_s
            The span; whole packets are given, so that it is reached or exceeded at both ends.

        Returns
        -------
        list of Samples
            Gap-free runs in the order in which they were recorded, their `start_s` on the session's clock.

        Raises
        ------
        StorageError
            When the file cannot be opened or read any more.
        """
        try:
            with self._open() as file:
                self._extend(file)
                return list(_runs(label, self._packets(file, label, start_s, end_s)))
        except OSError as error:
            msg = f"{self._final.name} cannot be read any more: {error.strerror}; was it moved or deleted?"
            raise StorageError(msg) from error

    def _forget(self) -> None:
        self._end = len(MAGIC)
        self._chunks = 0
        self._first_ns, self._last_ns, self._offset = array("Q"), array("Q"), array("Q")
        self._labels: dict[int, str] = {}
        self._zero_ns: int | None = None

    def _open(self) -> IO[bytes]:
        try:
            return self._final.with_name(self._final.name + schema.PARTIAL_ENDING).open("rb")
        except FileNotFoundError:
            return self._final.open("rb")

    def _extend(self, file: IO[bytes]) -> None:
        """Take what was added since the last look into the index."""
        size = file.seek(0, io.SEEK_END)
        if size < self._end:
            self._forget()
        while True:
            file.seek(self._end)
            head = file.read(HEAD_BYTES)
            if len(head) < HEAD_BYTES:
                return
            opcode, length = RECORD.unpack_from(head)
            after = self._end + RECORD.size + length
            if after > size or opcode == Opcode.DATA_END:
                return
            if opcode == Opcode.CHUNK:
                first_ns, last_ns, *_ = CHUNK_HEAD.unpack_from(head, RECORD.size)
                self._add_chunk(first_ns, last_ns)
            elif opcode == Opcode.METADATA and length <= LARGEST_METADATA:
                file.seek(self._end + RECORD.size)
                self._add_metadata(file.read(length))
            self._end = after

    def _add_chunk(self, first_ns: int, last_ns: int) -> None:
        if self._chunks % GROUP_CHUNKS == 0:
            self._first_ns.append(first_ns)
            self._last_ns.append(last_ns)
            self._offset.append(self._end)
        else:
            self._first_ns[-1] = min(self._first_ns[-1], first_ns)
            self._last_ns[-1] = max(self._last_ns[-1], last_ns)
        self._chunks += 1

    def _add_metadata(self, body: bytes) -> None:
        try:
            record = Metadata.read(ReadDataStream(io.BytesIO(body)))
        except (ValueError, EOFError, McapError):
            return
        if not seal_holds(record.metadata):
            return
        if record.name.startswith(schema.STREAM):
            self._labels[int(record.metadata["packet_channel"])] = record.name.removeprefix(schema.STREAM)
        elif record.name in (schema.HEAD, schema.CLOCK) and "start_ns" in record.metadata:
            self._zero_ns = int(record.metadata["start_ns"])

    def _packets(self, file: IO[bytes], label: str, start_s: float, end_s: float) -> Iterator[PacketAt]:
        if self._zero_ns is None or not len(self._offset):
            return
        from_ns = self._zero_ns + round((start_s - SLACK_S) * 1e9)
        until_ns = self._zero_ns + round(end_s * 1e9)
        # Whole numbers of 64 bits: as floats, nanoseconds since 1970 would be a quarter of a microsecond apart.
        wanted = (np.array(self._first_ns) <= max(0, until_ns)) & (np.array(self._last_ns) >= max(0, from_ns))
        for i in np.flatnonzero(wanted).tolist():
            begin = self._offset[i]
            file.seek(begin)
            group = file.read((self._offset[i + 1] if i + 1 < len(self._offset) else self._end) - begin)
            for item in self._group(group, label):
                p = item.packet
                if p.start_s < end_s and p.start_s + p.samples / p.rate_hz > start_s:
                    yield item

    def _group(self, group: bytes, label: str) -> Iterator[PacketAt]:
        at = 0
        while at + RECORD.size <= len(group):
            opcode, length = RECORD.unpack_from(group, at)
            if opcode == Opcode.CHUNK:
                # One that is damaged is left out: it becomes a gap.
                chunk = scan.chunk_content(group, at, RECORD.size + length)
                for item in contents(chunk or b"", packets=self._labels, topics={}, only=label):
                    if isinstance(item, PacketAt):
                        yield item
            at += RECORD.size + length


def final_name(path: Path) -> Path:
    """Give the name that a file has once it is finished."""
    return path.with_suffix("") if path.suffix == schema.PARTIAL_ENDING else path


def _runs(label: str, packets: Iterator[PacketAt]) -> Iterator[Samples]:
    timeline, parts = Timeline(), list[list[PacketAt]]()
    for item in packets:
        p = item.packet
        begins = timeline.add(
            start_s=p.start_s, samples=len(item.xyz_g), rate_hz=p.rate_hz, missing_before=p.missing_before,
            sequence=item.sequence,
        )  # fmt: skip
        if begins:
            parts.append([])
        parts[-1].append(item)
    for run, items in zip(timeline.runs, parts, strict=True):
        yield Samples(
            xyz_g=np.concatenate([i.xyz_g for i in items]),
            rate_hz=items[-1].packet.rate_hz,
            start_s=run.start_s,
            sensor=label,
        )
