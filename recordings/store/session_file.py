"""One session in one file: its head, its channels, and chunks that are closed before they hold half a second."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recordings.store import protobuf, schema
from recordings.store.container import ChunkBuilder, Container
from recordings.store.describe import note_channel, schemas, sensor_channels
from recordings.store.meta import StreamMeta
from recordings.store.part_file import PartFile
from recordings.store.protobuf import Packet
from recordings.store.timeline import Timeline
from recordings.store.totals import topic_values, totals_of, totals_values

CHUNK_S = 0.5
"""A chunk spans no more than this, and lives in memory no longer: all that a killed program loses, but for what waits
for the writer."""
CHUNK_BYTES = 1 << 16
"""A chunk this large is closed at once, whatever its age."""
NOTE_SLACK_S = 60.0
"""A note's own time orders it in the file when it is this close to the newest sample; else the newest sample's does."""


@dataclass(slots=True)
class Stream:
    """A sensor while it is recorded."""

    meta: StreamMeta
    packet_channel: int
    sample_channel: int
    packets: int = 0
    samples: int = 0
    timeline: Timeline = field(default_factory=Timeline)


class SessionFile:
    """Writes a session; used from one thread.

    Parameters
    ----------
    final
        The name that the file gets when it is closed; until then it ends in ``.part``.
    sensors
        Every stream known so far; another one is added when its first packet comes.
    head
        What the file says of the session.
    zero_ns
        UTC of time 0 on the session's clock; None takes it from the first sample's arrival.
    identify
        Whether addresses and serial numbers are written.

    Raises
    ------
    OSError
        When the file cannot be created.
    """

    def __init__(
        self,
        final: Path,
        *,
        sensors: Sequence[StreamMeta],
        head: Mapping[str, str],
        zero_ns: int | None,
        identify: bool,
    ) -> None:
        self._head = dict(head)
        self._identify = identify
        self.zero_ns = zero_ns
        self._opened_ns = time.time_ns()
        self._notes: dict[str, int] = {}
        self._sequence: dict[int, int] = {}
        self._next_channel = 1
        self.streams: dict[str, Stream] = {}
        self.first_s, self.newest_s = float("inf"), float("-inf")
        for topic in (schema.SESSION, schema.MARKER):
            self._notes[topic] = self._new_channel()
        for meta in sensors:
            self.streams[meta.label] = self._new_stream(meta)
        self._chunk = ChunkBuilder()
        self._chunk_since = 0.0
        self._begin(final)

    def add_packet(self, label: str, packet: Packet, xyz_g: NDArray[np.float32], *, arrived_ns: int) -> None:
        """Add the samples of one packet."""
        if self.zero_ns is None:
            self._set_zero(arrived_ns - round((packet.start_s + packet.samples / packet.rate_hz) * 1e9))
        stream = self.streams.get(label) or self._add_stream(StreamMeta(label=label))
        times_s = packet.start_s + np.arange(packet.samples) / packet.rate_hz
        log_ns = np.maximum(np.rint(times_s * 1e9).astype(np.int64) + (self.zero_ns or 0), 0).astype(np.uint64)
        at = int(log_ns[0])
        self._chunk.add_message(
            stream.packet_channel, sequence=stream.packets, log_ns=at, publish_ns=at, data=packet.encode()
        )
        records = protobuf.sample_records(xyz_g, log_ns, channel=stream.sample_channel, sequence=stream.samples)
        self._chunk.add_samples(stream.sample_channel, records)
        stream.timeline.add(
            start_s=packet.start_s,
            samples=packet.samples,
            rate_hz=packet.rate_hz,
            missing_before=packet.missing_before,
            sequence=stream.packets & 0xFFFFFFFF,
        )
        stream.packets += 1
        stream.samples += packet.samples
        self.first_s = min(self.first_s, packet.start_s)
        self.newest_s = max(self.newest_s, packet.start_s + packet.samples / packet.rate_hz)

    def add_note(self, topic: str, time_s: float | None, value: Mapping[str, Any]) -> None:
        """Add a JSON message; without a time it gets the newest sample's."""
        newest_s = max(self.newest_s, 0.0)
        own_s = newest_s if time_s is None else time_s
        if topic not in self._notes:
            self._notes[topic] = self._new_channel()
            channel = note_channel(self._notes[topic], topic)
            self._container.channels[channel.id] = channel
            self._chunk.add_channel(channel)
        channel_id = self._notes[topic]
        own_ns, log_ns = self._at(own_s), self._at(own_s if abs(own_s - newest_s) <= NOTE_SLACK_S else newest_s)
        self._sequence[channel_id] = self._sequence.get(channel_id, -1) + 1
        data = schema.compact({"time_s": own_s} | dict(value))
        self._chunk.add_message(
            channel_id, sequence=self._sequence[channel_id], log_ns=log_ns, publish_ns=own_ns, data=data
        )

    def due_s(self, now: float) -> float | None:
        """Seconds until the chunk must be written; None when it is empty."""
        if not self._chunk.size:
            self._chunk_since = 0.0
            return None
        self._chunk_since = self._chunk_since or now
        full = self._chunk.size >= CHUNK_BYTES or self._chunk.span_ns >= CHUNK_S * 1e9
        return 0.0 if full else max(0.0, self._chunk_since + CHUNK_S - now)

    def write_chunk(self) -> None:
        """Hand the chunk to the disk."""
        if self._chunk.size:
            self._container.add_chunk(self._chunk)
            self.drop_chunk()

    def drop_chunk(self) -> None:
        """Give up what has not been written yet."""
        self._chunk, self._chunk_since = ChunkBuilder(), 0.0

    def move_on(self, final: Path) -> None:
        """Go on in a new file, with what has not been written yet."""
        left_behind, before = self.part, self.part.path.name
        self._head["continues"] = before
        for stream in self.streams.values():
            stream.timeline = Timeline()
        pending, self._chunk = self._chunk, ChunkBuilder()
        try:
            self._begin(final)
        finally:
            self._chunk = pending
        left_behind.close()

    def finish(self, final: Path) -> None:
        """Write the summary and give the file its name; the last chunk must be written or dropped."""
        totals = {label: totals_of(s.timeline) for label, s in self.streams.items()}
        values = totals_values(totals, zero_ns=self.zero_ns or self._opened_ns)
        self._container.add_metadata(schema.SUMMARY, values | topic_values(self._notes))
        self._container.finish()
        self.part.close_as(final)

    def _begin(self, final: Path) -> None:
        # What the session is comes before the first sample, so that a file cut short still says it.
        self.part = PartFile(final.with_name(final.name + schema.PARTIAL_ENDING))
        self._container = Container(self.part)
        for added in schemas():
            self._container.add_schema(added)
        head = self._head_values()
        streams = {schema.STREAM + label: self._stream_values(s) for label, s in self.streams.items()}
        self._container.add_metadata(schema.HEAD, head)
        for name, values in streams.items():
            self._container.add_metadata(name, values)
        for topic in self._notes:
            self._container.add_channel(note_channel(self._notes[topic], topic))
        for stream in self.streams.values():
            self._add_stream_channels(stream)
        # A copy inside a chunk, where MCAP's checksum guards it.
        at = self.zero_ns or self._opened_ns
        copy = schema.compact({schema.HEAD: head} | streams)
        chunk = ChunkBuilder()
        self._sequence[self._notes[schema.SESSION]] = 0
        chunk.add_message(self._notes[schema.SESSION], sequence=0, log_ns=at, publish_ns=at, data=copy)
        self._container.add_chunk(chunk)
        self.part.sync()

    def _head_values(self) -> dict[str, str]:
        start = {} if self.zero_ns is None else {"start_ns": str(self.zero_ns)}
        head = {"format": schema.FORMAT_VERSION, "opened_ns": str(self._opened_ns)}
        return head | start | topic_values(self._notes) | self._head

    def _stream_values(self, stream: Stream) -> dict[str, str]:
        channels = {"packet_channel": str(stream.packet_channel), "sample_channel": str(stream.sample_channel)}
        return stream.meta.values(identify=self._identify) | channels

    def _set_zero(self, zero_ns: int) -> None:
        self.zero_ns = max(0, zero_ns)
        self._container.add_metadata(schema.CLOCK, {"start_ns": str(self.zero_ns)})
        self.add_note(schema.SESSION, 0.0, {schema.CLOCK: {"start_ns": str(self.zero_ns)}})

    def _new_stream(self, meta: StreamMeta) -> Stream:
        return Stream(meta, packet_channel=self._new_channel(), sample_channel=self._new_channel())

    def _add_stream(self, meta: StreamMeta) -> Stream:
        stream = self.streams[meta.label] = self._new_stream(meta)
        self._container.add_metadata(schema.STREAM + meta.label, self._stream_values(stream))
        self._add_stream_channels(stream)
        return stream

    def _add_stream_channels(self, stream: Stream) -> None:
        about = stream.meta.values(identify=False)
        for channel in sensor_channels(stream.packet_channel, stream.meta.label, about):
            self._container.add_channel(channel)

    def _new_channel(self) -> int:
        self._next_channel += 1
        return self._next_channel - 1

    def _at(self, time_s: float) -> int:
        return max(0, (self._opened_ns if self.zero_ns is None else self.zero_ns) + round(time_s * 1e9))
