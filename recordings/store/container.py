"""The MCAP container: appends whole records to a file, and finishes it with the summary that readers seek by.

The library's own writer closes a chunk by size alone, which at a slow sensor's rate would hold several seconds in
memory, and keeps an object for every chunk. Here a chunk is closed when its owner says so and leaves a few integers.
"""

import struct
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import zstandard
from mcap.data_stream import RecordBuilder
from mcap.opcode import Opcode
from mcap.records import (
    Attachment,
    AttachmentIndex,
    Channel,
    Chunk,
    ChunkIndex,
    DataEnd,
    Footer,
    Header,
    McapRecord,
    Metadata,
    MetadataIndex,
    Schema,
    Statistics,
    SummaryOffset,
)
from numpy.typing import NDArray

from recordings.store import schema
from recordings.store.places import ChunkPlace, Places
from recordings.store.protobuf import HEAD_BYTES, MESSAGE, MESSAGE_HEAD, SAMPLE

MAGIC = b"\x89MCAP0\r\n"
COMPRESSION = "zstd"
LEVEL = 3
INDEX_HEAD = struct.Struct("<BQHI")
INDEX_ENTRY = np.dtype([("first_ns", "<u8"), ("last_ns", "<u8"), ("offset", "<u8"), ("length", "<u4")])
"""A row of the attachment that our own reader seeks by: where a chunk is, and the times of the samples in it."""
NO_SAMPLES = (1, 0)
"""Times of a chunk without samples: no window holds them."""


class Out(Protocol):
    """Where bytes go."""

    def write(self, data: bytes) -> None:
        """Write all of `data` or raise OSError."""
        ...


@dataclass(slots=True)
class ChunkBuilder:
    """The messages of one chunk, in the order in which they came."""

    parts: list[bytes] = field(default_factory=list)
    size: int = 0
    indexes: dict[int, list[NDArray[np.uint64]]] = field(default_factory=dict)
    first_ns: int = 1 << 64
    last_ns: int = 0
    samples_first_ns: int = 1 << 64
    samples_last_ns: int = 0

    @property
    def span_ns(self) -> int:
        """From the first to the last sample."""
        return max(0, self.samples_last_ns - self.samples_first_ns)

    def add_channel(self, channel: Channel) -> None:
        """Describe a channel that comes up for the first time."""
        self._append(encoded(channel))

    def add_message(self, channel: int, *, sequence: int, log_ns: int, publish_ns: int, data: bytes) -> None:
        """Add one message."""
        head = MESSAGE_HEAD.pack(MESSAGE, HEAD_BYTES + len(data), channel, sequence & 0xFFFFFFFF, log_ns, publish_ns)
        self._index(channel, np.array([[log_ns, self.size]], np.uint64))
        self._append(head + data)

    def add_samples(self, channel: int, records: NDArray[np.void]) -> None:
        """Add message records as `sample_records` lays them out."""
        times: NDArray[np.uint64] = records["log_ns"].astype(np.uint64)
        offsets = self.size + SAMPLE.itemsize * np.arange(len(records), dtype=np.uint64)
        self._index(channel, np.column_stack([times, offsets.astype(np.uint64)]))
        self.samples_first_ns = min(self.samples_first_ns, int(times[0]))
        self.samples_last_ns = max(self.samples_last_ns, int(times[-1]))
        self._append(records.tobytes())

    def _append(self, data: bytes) -> None:
        self.parts.append(data)
        self.size += len(data)

    def _index(self, channel: int, entries: NDArray[np.uint64]) -> None:
        self.indexes.setdefault(channel, []).append(entries)
        self.first_ns = min(self.first_ns, int(entries[0, 0]))
        self.last_ns = max(self.last_ns, int(entries[-1, 0]))


class Container:
    """An MCAP file that grows.

    Parameters
    ----------
    out
        Takes the bytes; only whole records are handed to it.
    at
        Where in the file the next byte lands: 0 for a new file, which is then begun.
    """

    def __init__(self, out: Out, *, at: int = 0) -> None:
        self._out = out
        self.size = at
        self.schemas: dict[int, Schema] = {}
        self.channels: dict[int, Channel] = {}
        self._metadata: list[MetadataIndex] = []
        self._counts: dict[int, int] = {}
        self._places = Places()
        self._first_ns, self._last_ns = 1 << 64, 0
        self._compressor = zstandard.ZstdCompressor(level=LEVEL)
        if at == 0:
            self._write(MAGIC + encoded(Header(schema.PROFILE, schema.PROFILE)))

    @property
    def chunk_count(self) -> int:
        """Chunks so far."""
        return len(self._places)

    def add_schema(self, added: Schema) -> None:
        """Write a schema outside of any chunk."""
        self._write(encoded(added))
        self.schemas[added.id] = added

    def add_channel(self, channel: Channel) -> None:
        """Write a channel outside of any chunk."""
        self._write(encoded(channel))
        self.channels[channel.id] = channel

    def add_metadata(self, name: str, values: Mapping[str, str]) -> None:
        """Write a sealed metadata record."""
        data = encoded(Metadata(name=name, metadata=sealed(values)))
        at = self.size
        self._write(data)
        self.note_metadata(name, at, len(data))

    def note_metadata(self, name: str, offset: int, length: int) -> None:
        """Take a metadata record that is in the file already into the summary."""
        self._metadata.append(MetadataIndex(name=name, offset=offset, length=length))

    def add_chunk(self, chunk: ChunkBuilder) -> None:
        """Write a chunk with its indexes, in one piece."""
        raw = b"".join(chunk.parts)
        packed = self._compressor.compress(raw)
        record = encoded(
            Chunk(
                compression=COMPRESSION,
                data=packed,
                message_start_time=chunk.first_ns if chunk.indexes else 0,
                message_end_time=chunk.last_ns,
                uncompressed_crc=zlib.crc32(raw),
                uncompressed_size=len(raw),
            )
        )
        indexes, offsets = message_indexes(chunk, self.size + len(record))
        at = self.size
        self._write(record + indexes)
        has_samples = chunk.samples_first_ns <= chunk.samples_last_ns
        self.note_chunk(
            ChunkPlace(
                first_ns=chunk.first_ns if chunk.indexes else 0,
                last_ns=chunk.last_ns,
                offset=at,
                length=len(record),
                index_length=len(indexes),
                compressed=len(packed),
                uncompressed=len(raw),
                samples_first_ns=chunk.samples_first_ns if has_samples else NO_SAMPLES[0],
                samples_last_ns=chunk.samples_last_ns if has_samples else NO_SAMPLES[1],
                index_offsets=offsets,
                counts={c: sum(len(p) for p in parts) for c, parts in chunk.indexes.items()},
            )
        )

    def note_chunk(self, place: ChunkPlace) -> None:
        """Take a chunk that is in the file already into the summary."""
        self._places.add(place)
        for channel, count in place.counts.items():
            self._counts[channel] = self._counts.get(channel, 0) + count
        if place.counts:
            self._first_ns = min(self._first_ns, place.first_ns)
            self._last_ns = max(self._last_ns, place.last_ns)

    def finish(self) -> None:
        """Write the index attachment and the summary; nothing may follow."""
        attachment = self._index_attachment()
        at = self.size
        data = encoded(attachment)
        self._write(data + encoded(DataEnd(0)))
        attached = AttachmentIndex(
            offset=at, length=len(data), log_time=0, create_time=0, data_size=len(attachment.data),
            name=attachment.name, media_type=attachment.media_type,
        )  # fmt: skip
        start = self.size
        groups: list[tuple[Opcode, bytes]] = [
            (Opcode.SCHEMA, b"".join(encoded(s) for s in self.schemas.values())),
            (Opcode.CHANNEL, b"".join(encoded(c) for c in self.channels.values())),
            (Opcode.STATISTICS, encoded(self._statistics())),
            (Opcode.CHUNK_INDEX, self._chunk_indexes()),
            (Opcode.ATTACHMENT_INDEX, encoded(attached)),
            (Opcode.METADATA_INDEX, b"".join(encoded(m) for m in self._metadata)),
        ]
        summary, offsets = bytearray(), bytearray()
        for opcode, group in groups:
            offsets += encoded(
                SummaryOffset(group_opcode=opcode, group_start=start + len(summary), group_length=len(group))
            )
            summary += group
        offsets_start = start + len(summary)
        summary += offsets
        footer = struct.pack("<BQQQ", Opcode.FOOTER, 20, start, offsets_start)
        crc = zlib.crc32(footer, zlib.crc32(summary))
        self._write(bytes(summary) + encoded(Footer(start, offsets_start, crc)) + MAGIC)

    def _index_attachment(self) -> Attachment:
        places = self._places.rows()
        rows = np.empty(len(places), INDEX_ENTRY)
        rows["first_ns"], rows["last_ns"] = places[:, 7], places[:, 8]
        rows["offset"], rows["length"] = places[:, 2], places[:, 3]
        return Attachment(
            create_time=0, log_time=0, name=schema.INDEX, media_type="application/octet-stream", data=rows.tobytes()
        )

    def _chunk_indexes(self) -> bytes:
        parts = []
        for row, offsets in zip(self._places.rows(), self._places.index_offsets(), strict=True):
            first, last, offset, length, index_length, compressed, uncompressed = row.tolist()[:7]
            parts.append(
                encoded(
                    ChunkIndex(
                        chunk_length=length,
                        chunk_start_offset=offset,
                        compression=COMPRESSION,
                        compressed_size=compressed,
                        message_end_time=last,
                        message_index_length=index_length,
                        message_index_offsets=offsets,
                        message_start_time=first,
                        uncompressed_size=uncompressed,
                    )
                )
            )
        return b"".join(parts)

    def _statistics(self) -> Statistics:
        return Statistics(
            attachment_count=1,
            channel_count=len(self.channels),
            channel_message_counts=self._counts,
            chunk_count=self.chunk_count,
            message_count=sum(self._counts.values()),
            message_end_time=self._last_ns,
            message_start_time=self._first_ns if self._counts else 0,
            metadata_count=len(self._metadata),
            schema_count=len(self.schemas),
        )

    def _write(self, data: bytes) -> None:
        self._out.write(data)
        self.size += len(data)


def encoded(record: McapRecord) -> bytes:
    """Encode one record with its opcode and length."""
    builder = RecordBuilder()
    record.write(builder)
    data: bytes = builder.end()  # type: ignore[no-untyped-call]  # mcap leaves it untyped
    return data


def message_indexes(chunk: ChunkBuilder, at: int) -> tuple[bytes, dict[int, int]]:
    """Encode the index records that follow a chunk, and tell where each channel's is when they begin at `at`."""
    data, offsets = bytearray(), {}
    for channel, parts in chunk.indexes.items():
        entries = np.concatenate(parts).astype("<u8").tobytes()
        offsets[channel] = at + len(data)
        data += INDEX_HEAD.pack(Opcode.MESSAGE_INDEX, 6 + len(entries), channel, len(entries)) + entries
    return bytes(data), offsets


def sealed(values: Mapping[str, str]) -> dict[str, str]:
    """Add a checksum to the values of a metadata record."""
    kept = {k: v for k, v in values.items() if k != schema.SEAL}
    return kept | {schema.SEAL: _checksum(kept)}


def seal_holds(values: Mapping[str, str]) -> bool:
    """Whether a metadata record is as it was written."""
    return values.get(schema.SEAL) == _checksum({k: v for k, v in values.items() if k != schema.SEAL})


def _checksum(values: Mapping[str, str]) -> str:
    pairs: Sequence[tuple[str, str]] = sorted(values.items())
    return f"{zlib.crc32(chr(0).join(k + chr(1) + v for k, v in pairs).encode()):08x}"
