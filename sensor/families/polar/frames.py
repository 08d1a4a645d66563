"""Polar's data frames: bytes to counts, bit for bit (firmware-notes/polar.md, "Data frames")."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sensor.families.base import Decoder
from sensor.families.common import check_frame, to_g, touches_range
from sensor.families.errors import FrameError
from sensor.families.stream import DecodedPacket

ACC = 2
"""Measurement type of acceleration."""
TYPE_MASK = 0x3F
HEADER_BYTES = 10
DELTA = 0x80
MG = 1e-3
LONGEST_SAMPLES = 1400
"""A frame of 512 bytes in one-bit differences holds 1,300 samples; more cannot be meant."""
MOST_BITS = 32
SHORTEST_PACKET_BYTES = 20
"""What a notification holds before any MTU exchange: 23 bytes less 3 (Bluetooth Core, Vol 3 Part F 3.4.7.1)."""
FACTOR_RANGE = (1e-7, 10.0)
"""Factors outside are no g per count of any sensor: 16 bits at 16 g are 4.9e-4, type 0x81 sends none (1.0)."""


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """A decoded frame.

    Attributes
    ----------
    stamp_ns
        The sensor's time of the last sample, ns since 2000-01-01.
    counts
        int32 (n, 3).
    scale_g
        g per count.
    """

    stamp_ns: int
    counts: NDArray[np.int32]
    scale_g: float


def decode_frame(data: bytes, factor: float = 1.0) -> Frame | None:
    """Decode one notification of the data characteristic.

    Parameters
    ----------
    data
        The bytes as they came.
    factor
        FACTOR of the answer to the start; 1.0 when none was sent.

    Returns
    -------
    Frame or None
        None for frames of another measurement.

    Raises
    ------
    FrameError
        When the bytes are malformed.
    """
    check_frame(data, HEADER_BYTES)
    if data[0] & TYPE_MASK != ACC:
        return None
    stamp_ns, kind, content = int.from_bytes(data[1:9], "little"), data[9], data[HEADER_BYTES:]
    if kind & DELTA:
        if kind not in (0x80, 0x81):
            msg = f"Polar frame type 0x{kind:02x} is not known; it was dropped"
            raise FrameError(msg)
        # Both use a 16-bit reference. Type 0x80 counts in units of FACTOR g, type 0x81 in units of FACTOR mg.
        scale_g = factor if kind == 0x80 else MG * factor
        return Frame(stamp_ns, decode_delta(content, resolution_bits=16), scale_g)
    width = {0x00: 1, 0x01: 2, 0x02: 3}.get(kind)
    if width is None:
        msg = f"Polar frame type 0x{kind:02x} is not known; it was dropped"
        raise FrameError(msg)
    return Frame(stamp_ns, decode_raw(content, width), MG)


def decode_raw(content: bytes, width: int) -> NDArray[np.int32]:
    """Decode whole samples: three signed little-endian integers of `width` bytes each.

    Raises
    ------
    FrameError
        When a sample is cut, or there is none.
    """
    if not content or len(content) % (3 * width):
        msg = f"{len(content)} bytes are no whole number of samples of {3 * width} bytes; it was dropped"
        raise FrameError(msg)
    raw = np.frombuffer(content, np.uint8).reshape(-1, width).astype(np.int32)
    value = np.zeros(len(raw), np.int32)
    for i in range(width):
        value |= raw[:, i] << (8 * i)
    shift = 32 - 8 * width
    return np.asarray((value << shift) >> shift).reshape(-1, 3)


def decode_delta(content: bytes, *, resolution_bits: int, channels: int = 3) -> NDArray[np.int32]:
    """Decode a reference sample and blocks of differences.

    A block is the width w of a difference in bits, the number n of samples, then n samples of `channels` differences,
    least significant bit first; each block begins on a byte.

    Returns
    -------
    int32 (n, channels)
        The reference sample first.

    Raises
    ------
    FrameError
        When the reference or a block is cut, or a width is impossible.
    """
    size = math.ceil(resolution_bits / 8)
    at = channels * size
    if len(content) < at:
        msg = f"{len(content)} bytes are too few for a reference sample of {at}; the frame was dropped"
        raise FrameError(msg)
    reference = [int.from_bytes(content[i * size : (i + 1) * size], "little", signed=True) for i in range(channels)]
    parts = [np.array([reference], np.int64)]
    total = 1
    while at < len(content):
        if at + 2 > len(content):
            msg = "a block of differences has no length; the frame was dropped"
            raise FrameError(msg)
        width, count = content[at], content[at + 1]
        at += 2
        if not 1 <= width <= MOST_BITS or not count:
            msg = f"a block of {count} differences of {width} bits is impossible; the frame was dropped"
            raise FrameError(msg)
        end = at + math.ceil(count * width * channels / 8)
        total += count
        if end > len(content) or total > LONGEST_SAMPLES:
            msg = f"a block announces {count} samples of {width} bits but is cut; the frame was dropped"
            raise FrameError(msg)
        parts.append(_differences(content[at:end], width, count * channels).reshape(count, channels))
        at = end
    values = np.cumsum(np.concatenate(parts), axis=0)
    # Differences of damaged frames may run out of 32 bits; the sensor's own arithmetic wraps.
    return values.astype(np.int32)


def _differences(data: bytes, width: int, count: int) -> NDArray[np.int64]:
    """Read `count` two's complement numbers of `width` bits, least significant bit first."""
    bits = np.unpackbits(np.frombuffer(data, np.uint8), bitorder="little", count=count * width).reshape(count, width)
    weights = np.left_shift(np.int64(1), np.arange(width, dtype=np.int64))
    weights[-1] = -weights[-1]
    return np.asarray(bits.astype(np.int64) @ weights)


class PolarDecoder(Decoder):
    """Decodes the frames of one stream.

    Parameters
    ----------
    factor
        FACTOR of the answer to the start; 1.0 when none was sent.
    range_g
        The range that was asked for; None when unknown.
    """

    def __init__(self, *, factor: float = 1.0, range_g: float | None = None) -> None:
        self._factor, self._range_g = factor, range_g

    def feed(self, data: bytes, char: str, host_ns: int = 0) -> list[DecodedPacket]:  # type: ignore[override]  # packets alone
        """Decode one notification."""
        del char
        try:
            frame = decode_frame(data, self._factor)
        except FrameError as error:
            if len(data) != SHORTEST_PACKET_BYTES:
                raise
            msg = "the frames come cut to 20 bytes: this link carries none that are longer (MTU 23); it was dropped"
            raise FrameError(msg) from error
        if frame is None:
            return []
        xyz_g = to_g(frame.counts, frame.scale_g)
        return [
            DecodedPacket(
                xyz_g=xyz_g,
                counts=frame.counts,
                scale_g=frame.scale_g,
                device_ns=frame.stamp_ns,
                host_ns=host_ns,
                clipped=touches_range(xyz_g, self._range_g),
            )
        ]
