"""Recovery: what a crash left behind becomes a readable file, marked recovered.

It is mended in place: the torn end is cut off, damaged spots are marked as records to pass over, and the summary is
appended. So it needs hardly any room on a full disk, and a crash during recovery leaves something to recover.
"""

import os
import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import BinaryIO

import numpy as np

from dsp import FileFormatError, StorageError
from recordings.store import scan, schema
from recordings.store.container import ChunkBuilder, Container, message_indexes
from recordings.store.content import PacketAt, contents, messages
from recordings.store.describe import channels, schemas
from recordings.store.lock import hold, sync_folder
from recordings.store.places import ChunkPlace
from recordings.store.reader import NativeFile
from recordings.store.timeline import Timeline
from recordings.store.totals import topic_values, totals_of, totals_values

QUIET_S = 60.0
"""Where files cannot be locked: one that was written to within this time may still be recorded."""


def recover(partial: Path) -> Path:
    """Make a ``.part`` file a whole one, under its final name.

    Raises
    ------
    FileFormatError
        When nothing can be saved.
    StorageError
        When it is still being recorded, or the file cannot be written; it stays as it is.
    """
    partial = Path(partial)
    final = _free(partial.with_name(partial.name.removesuffix(schema.PARTIAL_ENDING)))
    try:
        with partial.open("r+b") as file:
            _needs_free(partial, file)
            _mend(partial, file)
            os.fsync(file.fileno())
        partial.rename(final)
    except OSError as error:
        msg = f"{partial.name} could not be recovered: {error.strerror}; it stays as it is"
        raise StorageError(msg) from error
    sync_folder(final.parent)
    return final


def _needs_free(partial: Path, file: BinaryIO) -> None:
    held = hold(file.fileno())
    if held is False:
        msg = f"{partial.name} is being recorded by another program; stop that recording first"
        raise StorageError(msg)
    if held is None and abs(time.time() - os.fstat(file.fileno()).st_mtime) < QUIET_S:
        msg = f"{partial.name} was written to in the last minute, so it may still be recorded; try again in a minute"
        raise StorageError(msg)


def repair(folder: Path) -> list[Path]:
    """Recover every ``.part`` file of a folder; those with nothing in them, or still being recorded, are left alone."""
    recovered = []
    for partial in sorted(Path(folder).glob(f"*{schema.PARTIAL_ENDING}")):
        try:
            recovered.append(recover(partial))
        except (FileFormatError, StorageError):
            continue
    return recovered


def _mend(partial: Path, file: BinaryIO) -> None:
    data = scan.open_bytes(partial)
    try:
        if scan.find(data).indexed:
            return  # finished, and only the new name was missing
        found = scan.walk(data)
        with NativeFile(partial) as native:
            packets, topics, start_ns = native.packets, dict(native.topics), native.start_ns
        places, timelines = _places(data, found, packets, topics)
        last = scan.chunk_content(data, places[-1].offset, places[-1].length) if places else None
    finally:
        if not isinstance(data, bytes):
            data.close()
    for start, end in found.damaged:
        file.seek(start)
        file.write(scan.RECORD.pack(scan.PRIVATE, end - start - scan.RECORD.size))
    file.truncate(found.end)
    file.seek(found.end)
    if last is not None:
        places[-1] = _with_whole_index(file, places[-1], last)
    container = Container(_Appending(file), at=file.tell())
    for place in places:
        container.note_chunk(place)
    for name, offset, length in found.places:
        container.note_metadata(name, offset, length)
    for added in schemas():
        container.schemas[added.id] = added
    for channel in channels(packets, topics):
        container.channels[channel.id] = channel
    container.add_metadata(schema.RECOVERED, {"from": partial.name, "damaged": str(len(found.damaged))})
    totals = {label: totals_of(t) for label, t in timelines.items()}
    notes = {topic: number for number, topic in topics.items()}
    container.add_metadata(schema.SUMMARY, totals_values(totals, zero_ns=start_ns) | topic_values(notes))
    container.finish()


def _with_whole_index(file: BinaryIO, place: ChunkPlace, chunk: bytes) -> ChunkPlace:
    """Write the message indexes of the last chunk again, when the crash fell between the chunk and them."""
    builder = ChunkBuilder()
    for channel, log_ns, offset in messages(chunk):
        builder.indexes.setdefault(channel, []).append(np.array([[log_ns, offset]], np.uint64))
    counts = {channel: len(parts) for channel, parts in builder.indexes.items()}
    if counts == place.counts:
        return place
    end = place.offset + place.length
    indexes, offsets = message_indexes(builder, end)
    file.truncate(end)
    file.seek(end)
    file.write(indexes)
    file.flush()
    return replace(place, index_length=len(indexes), index_offsets=offsets, counts=counts)


class _Appending:
    """Writes where the file is at, straight through."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def write(self, data: bytes) -> None:
        self._file.write(data)
        self._file.flush()


def _places(
    data: scan.Bytes, found: scan.Found, packets: Mapping[int, str], topics: dict[int, str]
) -> tuple[list[ChunkPlace], dict[str, Timeline]]:
    """Read every chunk for what the summary says of it."""
    places: list[ChunkPlace] = []
    timelines = {label: Timeline() for label in packets.values()}
    for row in found.index:
        offset, length = int(row["offset"]), int(row["length"])
        chunk = scan.chunk_content(data, offset, length) or b""
        times: list[int] = []
        for item in contents(chunk, packets=packets, topics=topics):
            if isinstance(item, PacketAt):
                p = item.packet
                timelines[item.label].add(
                    start_s=p.start_s, samples=len(item.xyz_g), rate_hz=p.rate_hz,
                    missing_before=p.missing_before, sequence=item.sequence,
                )  # fmt: skip
                times += [item.at_ns, item.at_ns + round((len(item.xyz_g) - 1) / p.rate_hz * 1e9)]
        first_ns, last_ns, size, _, _ = scan.CHUNK_HEAD.unpack_from(data, offset + scan.RECORD.size)
        indexes = found.indexes.get(offset, [])
        places.append(
            ChunkPlace(
                first_ns=first_ns,
                last_ns=last_ns,
                offset=offset,
                length=length,
                index_length=sum(
                    scan.RECORD.size + scan.INDEX_FIELDS.size + n * scan.INDEX_BYTES for _, _, n in indexes
                ),
                compressed=length - scan.RECORD.size - scan.CHUNK_FIXED,
                uncompressed=size,
                samples_first_ns=min(times, default=1),
                samples_last_ns=max(times, default=0),
                index_offsets={channel: at for channel, at, _ in indexes},
                counts={channel: n for channel, _, n in indexes},
            )
        )
    return places, timelines


def _free(final: Path) -> Path:
    """Take another name when one of the same name was recorded meanwhile."""
    n = 2
    free = final
    while free.exists():
        free = final.with_stem(f"{final.stem}-{n}")
        n += 1
    return free
