"""Finds what is whole in a native file, whatever happened to the rest of it.

A file that ends as it should is sought by its index. Any other is walked record by record; where a record cannot be
one, the walk goes on at the next chunk whose checksum holds, so that a damaged spot costs itself and no more.
"""

import io
import mmap
import struct
import threading
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import zstandard
from mcap.data_stream import ReadDataStream
from mcap.exceptions import McapError
from mcap.opcode import Opcode
from mcap.records import Attachment, AttachmentIndex, Channel, Header, Metadata, MetadataIndex, Schema
from numpy.typing import NDArray

from recordings.store import schema
from recordings.store.container import COMPRESSION, INDEX_ENTRY, MAGIC, seal_holds

RECORD = struct.Struct("<BQ")
CHUNK_HEAD = struct.Struct("<QQQII")
"""Start, end, uncompressed size, checksum, length of the name of the compression."""
CHUNK_FIXED = CHUNK_HEAD.size + len(COMPRESSION) + 8
CHUNK_MARK = struct.pack("<I", len(COMPRESSION)) + COMPRESSION.encode()
MARK_AT = RECORD.size + CHUNK_HEAD.size - 4
"""Where a chunk record has its mark."""
FOOTER = struct.Struct("<BQQQI")
SUMMARY_OFFSET = struct.Struct("<BQBQQ")
MOST_UNCOMPRESSED = 1 << 26
"""No chunk of ours comes near; a damaged size must not fill the memory."""
INDEX_FIELDS = struct.Struct("<HI")
INDEX_BYTES = 16
PARSED: dict[int, Callable[[ReadDataStream], Any]] = {
    Opcode.HEADER: Header.read, Opcode.SCHEMA: Schema.read, Opcode.CHANNEL: Channel.read,
    Opcode.METADATA: Metadata.read, Opcode.ATTACHMENT: Attachment.read,
}  # fmt: skip
"""Records that are read to see whether they are as long as they say."""
PRIVATE = 0x80
"""Opcodes from here on are free for private use; readers pass over them."""

Bytes = bytes | mmap.mmap


@dataclass(slots=True)
class Found:
    """What a file holds.

    Attributes
    ----------
    metadata
        Sealed records by name.
    index
        Rows of `INDEX_ENTRY`; the times are 0 where only a walk found the chunk.
    places
        Of the metadata records: (name, offset, length).
    indexes
        Of the message indexes behind each chunk, by the chunk's offset: (channel, offset, messages).
    damaged
        Spans (start, end) that are no records any more.
    end
        Where the last whole record of the data ends.
    finished
        Whether the data were written to their end.
    indexed
        Whether the index could be used.
    """

    metadata: dict[str, dict[str, str]] = field(default_factory=dict)
    index: NDArray[np.void] = field(default_factory=lambda: np.empty(0, INDEX_ENTRY))
    places: list[tuple[str, int, int]] = field(default_factory=list)
    indexes: dict[int, list[tuple[int, int, int]]] = field(default_factory=dict)
    damaged: list[tuple[int, int]] = field(default_factory=list)
    end: int = 0
    finished: bool = False
    indexed: bool = False


def open_bytes(path: Path) -> Bytes:
    """Map a file into memory; the whole of a file that is too small to map."""
    with path.open("rb") as file:
        try:
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (ValueError, OSError):
            return file.read()


def find(data: Bytes) -> Found:
    """Find what a file holds, by its index where that is whole, else by a walk."""
    try:
        found = _by_index(data)
    except (struct.error, ValueError, EOFError, KeyError, McapError, MemoryError):
        found = None
    return found if found is not None else walk(data)


def chunk_content(data: Bytes, offset: int, length: int) -> bytes | None:
    """Unpack a chunk; None when it is damaged."""
    body = offset + RECORD.size
    if length < RECORD.size + CHUNK_FIXED or offset + length > len(data):
        return None
    _, _, size, crc, _ = CHUNK_HEAD.unpack_from(data, body)
    packed_at = body + CHUNK_FIXED
    (packed,) = struct.unpack_from("<Q", data, packed_at - 8)
    marked = data[offset + MARK_AT : offset + MARK_AT + len(CHUNK_MARK)] == CHUNK_MARK
    if data[offset] != Opcode.CHUNK or not marked or packed_at + packed != offset + length or size > MOST_UNCOMPRESSED:
        return None
    try:
        content: bytes = _decompressor().decompress(data[packed_at : packed_at + packed], max_output_size=size)
    except zstandard.ZstdError:
        return None
    return content if len(content) == size and zlib.crc32(content) == crc else None


_LOCAL = threading.local()


def _decompressor() -> zstandard.ZstdDecompressor:
    """Give each thread its own: one must not be used by two at once."""
    if not hasattr(_LOCAL, "decompressor"):
        _LOCAL.decompressor = zstandard.ZstdDecompressor()
    found: zstandard.ZstdDecompressor = _LOCAL.decompressor
    return found


def walk(data: Bytes) -> Found:
    """Go through a file record by record."""
    found = Found(end=len(MAGIC))
    rows: list[tuple[int, int, int, int]] = []
    at = len(MAGIC)
    while at + RECORD.size <= len(data):
        opcode, length = RECORD.unpack_from(data, at)
        after = at + RECORD.size + length
        if after > len(data) or not _is_record(data, at, opcode, length):
            resumed = _next_chunk(data, at + 1)
            if resumed is None:
                break
            found.damaged.append((at, resumed))
            at = resumed
            continue
        if opcode == Opcode.DATA_END:
            found.finished = True
            break
        if opcode == Opcode.CHUNK:
            rows.append((0, 0, at, after - at))
        elif opcode == Opcode.MESSAGE_INDEX and rows:
            channel, size = INDEX_FIELDS.unpack_from(data, at + RECORD.size)
            found.indexes.setdefault(rows[-1][2], []).append((channel, at, size // INDEX_BYTES))
        elif opcode == Opcode.METADATA:
            _take_metadata(data, at, after - at, found)
        if opcode != Opcode.ATTACHMENT:
            found.end = after
        at = after
    found.index = np.array(rows, INDEX_ENTRY)
    return found


def _is_record(data: Bytes, at: int, opcode: int, length: int) -> bool:
    """Whether a record is one that belongs here, and exactly as long as its content says."""
    body = at + RECORD.size
    if opcode == Opcode.CHUNK:
        return chunk_content(data, at, RECORD.size + length) is not None
    if opcode == Opcode.MESSAGE_INDEX:
        return length >= INDEX_FIELDS.size and INDEX_FIELDS.unpack_from(data, body)[1] == length - INDEX_FIELDS.size
    if opcode in PARSED:
        stream = _stream(data, body, length)
        try:
            record = PARSED[opcode](stream)
        except (ValueError, struct.error, EOFError, McapError, MemoryError):
            return False
        return stream.count == length and (opcode != Opcode.METADATA or seal_holds(record.metadata))
    return (opcode == Opcode.DATA_END and length == 4) or opcode >= PRIVATE


def _next_chunk(data: Bytes, start: int) -> int | None:
    """Find where the next whole chunk begins."""
    mark = data.find(CHUNK_MARK, start + MARK_AT)
    while mark >= 0:
        at = mark - MARK_AT
        opcode, length = RECORD.unpack_from(data, at)
        if opcode == Opcode.CHUNK and chunk_content(data, at, RECORD.size + length) is not None:
            return at
        mark = data.find(CHUNK_MARK, mark + 1)
    return None


def _take_metadata(data: Bytes, at: int, length: int, found: Found) -> None:
    record = Metadata.read(_stream(data, at + RECORD.size, length - RECORD.size))
    if seal_holds(record.metadata):
        found.metadata[record.name] = record.metadata
        found.places.append((record.name, at, length))


def _stream(data: Bytes, at: int, length: int) -> ReadDataStream:
    return ReadDataStream(io.BytesIO(data[at : at + length]))


def _by_index(data: Bytes) -> Found | None:
    """Find everything by the summary; None when the file has no whole one of ours."""
    foot = len(data) - len(MAGIC) - FOOTER.size
    if foot < len(MAGIC) or data[-len(MAGIC) :] != MAGIC:
        return None
    opcode, length, start, offsets_start, _ = FOOTER.unpack_from(data, foot)
    if opcode != Opcode.FOOTER or length != FOOTER.size - RECORD.size or not start <= offsets_start <= foot:
        return None
    found = Found(end=start, finished=True, indexed=True)
    groups = dict(_groups(data, offsets_start, foot))
    attached = next(_records(data, groups[Opcode.ATTACHMENT_INDEX]), None)
    if attached is None:
        return None
    index = AttachmentIndex.read(_stream(data, *attached))
    rows = _index_rows(data, index)
    if rows is None:
        return None
    found.index = rows
    wanted = 0
    for span in _records(data, groups[Opcode.METADATA_INDEX]):
        place = MetadataIndex.read(_stream(data, *span))
        wanted += 1
        if place.offset + place.length <= len(data) and data[place.offset] == Opcode.METADATA:
            _take_metadata(data, place.offset, place.length, found)
    return found if len(found.places) == wanted else None


def _groups(data: Bytes, start: int, end: int) -> Iterator[tuple[int, tuple[int, int]]]:
    for at in range(start, end - SUMMARY_OFFSET.size + 1, SUMMARY_OFFSET.size):
        _, _, opcode, group, length = SUMMARY_OFFSET.unpack_from(data, at)
        yield opcode, (group, length)


def _records(data: Bytes, group: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Give (start, length) of the content of each record in a span of the file."""
    at, end = group[0], min(sum(group), len(data))
    while at + RECORD.size <= end:
        _, length = RECORD.unpack_from(data, at)
        yield at + RECORD.size, length
        at += RECORD.size + length


def _index_rows(data: Bytes, index: AttachmentIndex) -> NDArray[np.void] | None:
    end = index.offset + index.length
    if index.name != schema.INDEX or end > len(data) or index.data_size % INDEX_ENTRY.itemsize:
        return None
    (crc,) = struct.unpack_from("<I", data, end - 4)
    body = data[index.offset + RECORD.size : end - 4]
    return np.frombuffer(body[len(body) - index.data_size :], INDEX_ENTRY) if zlib.crc32(body) == crc else None
