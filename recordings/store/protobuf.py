"""The two protobuf messages of acceleration, in a layout of fixed width so that numpy writes and reads them in bulk.

The encoding is plain proto3; only that defaults are written out too, which every decoder accepts. The schema travels in
the file as a FileDescriptorSet, so that other programs decode the messages without knowing this one:

    message Acceleration { float x_g = 1; float y_g = 2; float z_g = 3; }
    message Packet { double start_s = 1; double rate_hz = 2; fixed32 samples = 3; sfixed32 missing_before = 4;
                     double scale_g = 5; sfixed64 device_ns = 6; sfixed64 host_ns = 7; bool clipped = 8;
                     int32 time_source = 9; repeated sfixed32 counts = 10; }
"""

import struct
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsp import TimeSource

PACKAGE = "tremorscope"
ACCELERATION_NAME = f"{PACKAGE}.Acceleration"
PACKET_NAME = f"{PACKAGE}.Packet"

# Field types of descriptor.proto and the wire types that go with them.
DOUBLE, FLOAT, INT32, FIXED32, BOOL, SFIXED32, SFIXED64 = 1, 2, 5, 7, 8, 15, 16
VARINT, EIGHT_BYTES, LENGTH, FOUR_BYTES = 0, 1, 2, 5
WIRE = {
    DOUBLE: EIGHT_BYTES, FLOAT: FOUR_BYTES, INT32: VARINT, FIXED32: FOUR_BYTES, BOOL: VARINT, SFIXED32: FOUR_BYTES,
    SFIXED64: EIGHT_BYTES,
}  # fmt: skip
OPTIONAL, REPEATED = 1, 3

ACCELERATION_FIELDS = (("x_g", FLOAT), ("y_g", FLOAT), ("z_g", FLOAT))
PACKET_FIELDS = (
    ("start_s", DOUBLE), ("rate_hz", DOUBLE), ("samples", FIXED32), ("missing_before", SFIXED32), ("scale_g", DOUBLE),
    ("device_ns", SFIXED64), ("host_ns", SFIXED64), ("clipped", BOOL), ("time_source", INT32),
)  # fmt: skip
COUNTS_FIELD = 10
PACKET = struct.Struct("<BdBdBIBiBdBqBqBBBB")
PACKET_TAGS = tuple(n << 3 | WIRE[kind] for n, (_, kind) in enumerate(PACKET_FIELDS, start=1))
COUNTS_TAG = COUNTS_FIELD << 3 | LENGTH
TIME_SOURCES = (TimeSource.DEVICE, TimeSource.HOST, TimeSource.NOMINAL)

MESSAGE = 5
"""MCAP's opcode of a message."""
MESSAGE_HEAD = struct.Struct("<BQHIQQ")
"""Opcode, length, channel, sequence, log time, publish time."""
HEAD_BYTES = 22
"""Of a message's length, what comes before its data."""
SAMPLE = np.dtype(
    [
        ("opcode", "u1"), ("length", "<u8"), ("channel", "<u2"), ("sequence", "<u4"), ("log_ns", "<u8"),
        ("publish_ns", "<u8"),
        ("x_tag", "u1"), ("x_g", "<f4"), ("y_tag", "u1"), ("y_g", "<f4"), ("z_tag", "u1"), ("z_g", "<f4"),
    ]
)  # fmt: skip
"""A whole MCAP message record with one sample in it."""
SAMPLE_LENGTH = SAMPLE.itemsize - 9


XYZ_AT, SAMPLE_STRIDES = 32, (SAMPLE.itemsize, 5)
"""Where x is in such a record, and the steps from sample to sample and from axis to axis."""


class Packet(NamedTuple):
    """What came with the samples of one packet.

    Attributes
    ----------
    start_s, rate_hz, samples, missing_before
        Time of the first sample, running rate, number of samples, samples lost before (-1 unknown).
    scale_g
        g per count; 0 when the sensor sends no counts.
    device_ns, host_ns
        The sensor's stamp of the last sample, arrival; 0 when there is none.
    clipped, time_source
        As in the block that arrived.
    counts
        The raw integers as int32 bytes, only where ``xyz_g / scale_g`` does not give them back.
    """

    start_s: float
    rate_hz: float
    samples: int
    missing_before: int = 0
    scale_g: float = 0.0
    device_ns: int = 0
    host_ns: int = 0
    clipped: bool = False
    time_source: TimeSource = TimeSource.DEVICE
    counts: bytes = b""

    def encode(self) -> bytes:
        """Encode the message."""
        values = (
            self.start_s, self.rate_hz, self.samples, self.missing_before, self.scale_g, self.device_ns, self.host_ns,
            int(self.clipped), TIME_SOURCES.index(self.time_source),
        )  # fmt: skip
        flat = [part for pair in zip(PACKET_TAGS, values, strict=True) for part in pair]
        tail = bytes([COUNTS_TAG]) + _varint(len(self.counts)) + self.counts if self.counts else b""
        return PACKET.pack(*flat) + tail

    @classmethod
    def decode(cls, data: bytes) -> "Packet":
        """Decode what `encode` made."""
        start_s, rate_hz, samples, missing, scale_g, device_ns, host_ns, clipped, source = PACKET.unpack_from(data)[
            1::2
        ]
        tail = data[PACKET.size :]
        counts = tail[-12 * samples :] if tail else b""
        return cls(
            start_s, rate_hz, samples, missing, scale_g, device_ns, host_ns, bool(clipped), TIME_SOURCES[source], counts
        )


def sample_records(
    xyz_g: NDArray[np.float32], log_ns: NDArray[np.uint64], *, channel: int, sequence: int
) -> NDArray[np.void]:
    """Lay out one message record a sample."""
    records = np.empty(len(xyz_g), SAMPLE)
    records["opcode"], records["length"], records["channel"] = MESSAGE, SAMPLE_LENGTH, channel
    records["sequence"] = (sequence + np.arange(len(xyz_g))) & 0xFFFFFFFF
    records["log_ns"] = records["publish_ns"] = log_ns
    for i, axis in enumerate("xyz"):
        records[f"{axis}_tag"] = (i + 1) << 3 | FOUR_BYTES
        records[f"{axis}_g"] = xyz_g[:, i]
    return records


def gives_counts_back(counts: NDArray[np.int32], scale_g: float, xyz_g: NDArray[np.float32]) -> bool:
    """Whether the float32 g and the scale determine the raw integers, so that these need not be stored."""
    with np.errstate(divide="ignore", invalid="ignore"):
        back = np.rint(xyz_g.astype(np.float64) / scale_g)
    return bool(np.array_equal(back, counts))


def descriptor_set() -> bytes:
    """Describe both messages as a protobuf FileDescriptorSet."""
    fields = [_field(name, n, kind) for n, (name, kind) in enumerate(ACCELERATION_FIELDS, start=1)]
    acceleration = _delimited(1, b"Acceleration") + b"".join(_delimited(2, f) for f in fields)
    fields = [_field(name, n, kind) for n, (name, kind) in enumerate(PACKET_FIELDS, start=1)]
    fields.append(_field("counts", COUNTS_FIELD, SFIXED32, label=REPEATED))
    packet = _delimited(1, b"Packet") + b"".join(_delimited(2, f) for f in fields)
    file = (
        _delimited(1, b"tremorscope.proto")
        + _delimited(2, PACKAGE.encode())
        + _delimited(4, acceleration)
        + _delimited(4, packet)
        + _delimited(12, b"proto3")
    )
    return _delimited(1, file)


def _field(name: str, number: int, kind: int, *, label: int = OPTIONAL) -> bytes:
    return _delimited(1, name.encode()) + _plain(3, number) + _plain(4, label) + _plain(5, kind)


def _delimited(number: int, data: bytes) -> bytes:
    return bytes([number << 3 | LENGTH]) + _varint(len(data)) + data


def _plain(number: int, value: int) -> bytes:
    return bytes([number << 3 | VARINT]) + _varint(value)


def _varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
