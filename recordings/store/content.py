"""What is in a chunk: packets with their samples, and notes."""

import json
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from mcap.opcode import Opcode
from numpy.typing import NDArray

from recordings.store.protobuf import (
    MESSAGE_HEAD,
    PACKET,
    SAMPLE,
    SAMPLE_LENGTH,
    SAMPLE_STRIDES,
    XYZ_AT,
    Packet,
)
from recordings.store.scan import RECORD

CHANNEL_TOPIC = struct.Struct("<HHI")


class PacketAt(NamedTuple):
    """A packet of one sensor and its samples, a view of (n, 3) into the chunk."""

    label: str
    sequence: int
    packet: Packet
    xyz_g: NDArray[np.float32]
    at_ns: int
    first: int
    """Number of its first sample since the sensor began, modulo 2**32."""


@dataclass(slots=True, frozen=True)
class NoteAt:
    """A JSON message."""

    topic: str
    value: dict[str, Any]


def contents(
    chunk: bytes, *, packets: Mapping[int, str], topics: dict[int, str], only: str | None = None
) -> Iterator[PacketAt | NoteAt]:
    """Go through the messages of a chunk.

    Parameters
    ----------
    packets
        Label of the sensor by the number of its packet channel.
    topics
        Topic of each note channel; channels that the chunk describes are added.
    only
        Label of the one sensor whose packets are wanted, without the notes; None takes everything.
    """
    at, end = 0, len(chunk)
    while at + RECORD.size <= end:
        opcode, length = RECORD.unpack_from(chunk, at)
        after = at + RECORD.size + length
        if opcode == Opcode.MESSAGE:
            _, _, channel, sequence, at_ns, _ = MESSAGE_HEAD.unpack_from(chunk, at)
            body = at + MESSAGE_HEAD.size
            if channel in packets and length >= PACKET.size:
                packet = Packet.decode(chunk[body:after])
                xyz_g = _samples(chunk, after, packet.samples)
                first = MESSAGE_HEAD.unpack_from(chunk, after)[3] if len(xyz_g) else 0
                after += len(xyz_g) * SAMPLE.itemsize
                if only is None or packets[channel] == only:
                    yield PacketAt(packets[channel], sequence, packet, xyz_g, at_ns, first)
            elif channel in topics and only is None:
                value = json.loads(chunk[body:after])
                if isinstance(value, dict):
                    yield NoteAt(topics[channel], value)
        elif opcode == Opcode.CHANNEL:
            number, _, size = CHANNEL_TOPIC.unpack_from(chunk, at + RECORD.size)
            topic_at = at + RECORD.size + CHANNEL_TOPIC.size
            topics[number] = chunk[topic_at : topic_at + size].decode()
        at = after


def messages(chunk: bytes) -> Iterator[tuple[int, int, int]]:
    """Give (channel, log time, offset) of every message of a chunk, for a new index."""
    at = 0
    while at + RECORD.size <= len(chunk):
        opcode, length = RECORD.unpack_from(chunk, at)
        if opcode == Opcode.MESSAGE:
            _, _, channel, _, log_ns, _ = MESSAGE_HEAD.unpack_from(chunk, at)
            yield channel, log_ns, at
        at += RECORD.size + length


def _samples(chunk: bytes, at: int, count: int) -> NDArray[np.float32]:
    """View the samples in the message records that follow a packet."""
    if count == 0 or at + count * SAMPLE.itemsize > len(chunk) or RECORD.unpack_from(chunk, at)[1] != SAMPLE_LENGTH:
        return np.empty((0, 3), np.float32)
    return np.ndarray((count, 3), "<f4", chunk, at + XYZ_AT, SAMPLE_STRIDES)
