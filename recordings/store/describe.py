"""Schemas and channels, as a native file describes them to other programs."""

from collections.abc import Iterator, Mapping

from mcap.records import Channel, Schema

from recordings.store import protobuf, schema

PACKET_SCHEMA, ACCELERATION_SCHEMA, NOTE_SCHEMA = 1, 2, 3


def schemas() -> tuple[Schema, ...]:
    """Make every schema."""
    described = protobuf.descriptor_set()
    return (
        Schema(id=PACKET_SCHEMA, data=described, encoding="protobuf", name=protobuf.PACKET_NAME),
        Schema(id=ACCELERATION_SCHEMA, data=described, encoding="protobuf", name=protobuf.ACCELERATION_NAME),
        Schema(id=NOTE_SCHEMA, data=schema.note_schema(), encoding="jsonschema", name=schema.NOTE_NAME),
    )


def note_channel(number: int, topic: str) -> Channel:
    """Describe a channel of JSON messages."""
    return Channel(id=number, topic=topic, message_encoding="json", metadata={}, schema_id=NOTE_SCHEMA)


def sensor_channels(packet: int, label: str, about: Mapping[str, str]) -> tuple[Channel, Channel]:
    """Describe the two channels of a sensor; that of the samples has the next number."""
    return (
        Channel(
            id=packet, topic=schema.PACKET + label, message_encoding="protobuf", metadata=dict(about),
            schema_id=PACKET_SCHEMA,
        ),
        Channel(
            id=packet + 1, topic=schema.ACCELERATION + label, message_encoding="protobuf", metadata=dict(about),
            schema_id=ACCELERATION_SCHEMA,
        ),
    )  # fmt: skip


def channels(packets: Mapping[int, str], topics: Mapping[int, str]) -> Iterator[Channel]:
    """Describe every channel of a file."""
    for number, label in packets.items():
        yield from sensor_channels(number, label, {"label": label})
    for number, topic in topics.items():
        yield note_channel(number, topic)
