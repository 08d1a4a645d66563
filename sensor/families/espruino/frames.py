"""Frames of our Espruino program: found in a stream of bytes that text may be mixed with."""

import numpy as np

from sensor.families.base import Decoder
from sensor.families.common import check_frame, to_g, touches_range
from sensor.families.errors import FrameError
from sensor.families.stream import Decoded, DecodedPacket

START = b"\xf5\x54"
HEAD_BYTES, SAMPLE_BYTES, CHECK_BYTES = 9, 6, 1
MOST_SAMPLES = 32
COUNTER_MODULUS = 1 << 16
STAMP_MODULUS_NS = (1 << 32) * 1_000_000
NS_PER_MS = 1_000_000
RANGE_G = 4.0
"""Of a Bangle.js as it starts (+-4 g) and of what int16 at 8192 counts a g can hold."""


def check_of(body: bytes) -> int:
    """Exclusive or of the bytes between the start and the check byte."""
    return int(np.bitwise_xor.reduce(np.frombuffer(body, np.uint8))) if body else 0


class EspruinoDecoder(Decoder):
    """Finds frames in the bytes of the UART; text, as the interpreter writes it, is passed over.

    Parameters
    ----------
    scale_g
        g per count, from the program's answer.
    """

    def __init__(self, scale_g: float) -> None:
        self._scale_g = scale_g
        self._rest = b""

    def feed(self, data: bytes, char: str, host_ns: int = 0) -> list[Decoded]:
        """Decode one notification."""
        del char
        check_frame(data, 1)
        buffer = self._rest + data
        out: list[Decoded] = []
        damaged = False
        while True:
            at = buffer.find(START)
            if at < 0:
                # The last byte may be the first of a start.
                self._rest = buffer[-1:] if buffer.endswith(START[:1]) else b""
                break
            buffer = buffer[at:]
            size = _frame_bytes(buffer)
            if size is None or len(buffer) < size:
                self._rest = buffer
                break
            if size == 0 or check_of(buffer[2 : size - 1]) != buffer[size - 1]:
                damaged, buffer = True, buffer[1:]
                continue
            out.append(self._packet(buffer[:size], host_ns))
            buffer = buffer[size:]
        if damaged and not out:
            msg = "a frame of the Espruino device is damaged (its check byte is wrong); it was dropped"
            raise FrameError(msg)
        return out

    def _packet(self, frame: bytes, host_ns: int) -> DecodedPacket:
        counts = np.frombuffer(frame[HEAD_BYTES:-1], "<i2").reshape(-1, 3).astype(np.int32)
        xyz_g = to_g(counts, self._scale_g)
        return DecodedPacket(
            xyz_g=xyz_g,
            counts=counts,
            scale_g=self._scale_g,
            device_ns=int.from_bytes(frame[4:8], "little") * NS_PER_MS,
            first_counter=int.from_bytes(frame[2:4], "little"),
            host_ns=host_ns,
            clipped=touches_range(xyz_g, RANGE_G),
        )


def _frame_bytes(buffer: bytes) -> int | None:
    """Length of the frame that begins the buffer; None while unknown, 0 when it cannot be one."""
    if len(buffer) < HEAD_BYTES:
        return None
    samples = buffer[HEAD_BYTES - 1]
    return HEAD_BYTES + SAMPLE_BYTES * samples + CHECK_BYTES if 1 <= samples <= MOST_SAMPLES else 0
