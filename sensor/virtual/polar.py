"""Virtual Polar sensors: the Polar Measurement Data service of the H10 and the Verity Sense."""

import math
import struct
from typing import Any, ClassVar

import numpy as np
from bumble.att import Attribute
from bumble.core import AdvertisingData
from bumble.gatt import Characteristic, CharacteristicValue, Service
from numpy.typing import NDArray

from sensor.virtual.peripheral import VirtualSensor, clipped, list_of_services
from sensor.virtual.stream import Oscillator, Packet

PMD_SERVICE = "FB005C80-02E7-F387-1CAD-8ACD2D8DF0C8"
PMD_CONTROL = "FB005C81-02E7-F387-1CAD-8ACD2D8DF0C8"
PMD_DATA = "FB005C82-02E7-F387-1CAD-8ACD2D8DF0C8"
HEART_RATE, POLAR_FILES = 0x180D, 0xFEEE
POLAR_COMPANY = 0x006B

ANSWER, STOPPED = 0xF0, 0x01
GET_SETTINGS, START, STOP, GET_SDK_SETTINGS, GET_STATUS, GET_SDK_STATUS = 1, 2, 3, 4, 5, 6
ACC, SDK_MODE = 2, 9
OK, INVALID_OP, INVALID_TYPE, NOT_SUPPORTED = 0, 1, 2, 3
INVALID_PARAMETER, ALREADY, BAD_RESOLUTION, BAD_RATE, BAD_RANGE, BAD_MTU = 5, 6, 7, 8, 9, 10
BAD_CHANNELS, INVALID_STATE, IN_CHARGER = 11, 12, 13
RATE, RESOLUTION, RANGE, CHANNELS, FACTOR = 0, 1, 2, 4, 5
TYPE_MASK = 0x3F

UNSET_CLOCK_NS = 599_616_000_000_000_000
"""2019-01-01, counted from 2000-01-01: where an H10's clock begins after every power-off (TimeSystemExplained)."""
LEAST_MTU = 70
"""Below it the vendor's sensors refuse to start; the exact bound is not documented, 23 certainly is below."""
DELTA_BLOCK = 24

_P = Characteristic.Properties
_A = Attribute.Permissions


class VirtualPolar(VirtualSensor):
    """The control point and the data frames that Polar's sensors share.

    `more_frames` splits the answers to settings requests in two indications, as long ones come. `factor` is sent with
    the answer to a start; None sends none.
    """

    family: ClassVar[str] = "polar"
    maker: ClassVar[str] = "Polar Electro Oy"
    features: ClassVar[bytes]
    rates: ClassVar[tuple[int, ...]]
    ranges: ClassVar[tuple[int, ...]]
    sdk_rates: ClassVar[tuple[int, ...]] = ()
    sdk_ranges: ClassVar[tuple[int, ...]] = ()
    channels: ClassVar[bool] = False
    more_frames = False
    factor: float | None = None

    _control: Any
    _data: Any
    sdk_mode = False
    range_g = 8

    def services(self) -> list[Any]:
        """Make the PMD service."""
        self._control = Characteristic(
            PMD_CONTROL,
            _P.READ | _P.WRITE | _P.INDICATE,
            _A.READABLE | self.command_permission(),
            CharacteristicValue(read=lambda _connection: self.features, write=self._on_command),
        )
        self._data = Characteristic(PMD_DATA, _P.NOTIFY, _A.READABLE, b"")
        return [Service(PMD_SERVICE, [self._control, self._data])]

    def advertised(self) -> list[tuple[int, bytes]]:
        """Advertise heart rate, Polar's files and the company; the PMD service itself is not advertised."""
        return [
            (
                AdvertisingData.INCOMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS,
                list_of_services([HEART_RATE, POLAR_FILES]),
            ),
            (AdvertisingData.MANUFACTURER_SPECIFIC_DATA, struct.pack("<H", POLAR_COMPANY) + b"\x72\x08\x00\x00"),
        ]

    async def stop_by_button(self) -> None:
        """End the stream as the sensor's own button does."""
        await self.end_stream()
        await self._indicate(bytes([STOPPED, ACC]))

    async def indicate(self, data: bytes) -> None:
        """Send an indication nobody asked for."""
        await self._indicate(data)

    def encode(self, packet: Packet) -> list[tuple[Any, bytes]]:
        """Encode one frame."""
        kind, content = self.content(packet)
        head = bytes([ACC]) + struct.pack("<Q", packet.stamp_ns) + bytes([kind])
        return [(self._data, head + content)]

    def content(self, packet: Packet) -> tuple[int, bytes]:
        """Encode the samples: frame type and bytes."""
        raise NotImplementedError

    async def _indicate(self, data: bytes) -> None:
        await self._device.indicate_subscribers(self._control, data)

    def _on_command(self, connection: Any, value: bytes) -> None:
        self.commands.append(bytes(value))
        if not self.faults.mute:
            self.later(lambda: self._answer(connection, bytes(value)))

    async def _answer(self, connection: Any, command: bytes) -> None:
        early, self.faults.before_answer = self.faults.before_answer, []
        for indication in early:
            await self._indicate(indication)
        op = command[0] if command else 0
        kind = command[1] & TYPE_MASK if len(command) > 1 else 0
        status, content = OK, b""
        if op == START and kind == ACC:
            status, content = await self._start(command[2:], int(connection.att_mtu))
        elif op == STOP and kind == ACC:
            self.faults.already_running = False
            await self.end_stream()
        elif op in (START, STOP) and kind == SDK_MODE:
            status = self._switch_sdk_mode(on=op == START)
        elif op in (GET_SETTINGS, GET_SDK_SETTINGS) and kind == ACC:
            status, content = self._settings(full=op == GET_SDK_SETTINGS)
        elif op == GET_STATUS:
            running = self.streaming or self.faults.already_running
            content = bytes([ACC | (0x40 if running else 0)])
        elif op == GET_SDK_STATUS:
            content = bytes([int(self.sdk_mode)])
        else:
            status = INVALID_OP if op not in (GET_SETTINGS, START, STOP) else INVALID_TYPE
        await self._reply(op, kind, status, content)

    async def _reply(self, op: int, kind: int, status: int, content: bytes) -> None:
        if status != OK:
            await self._indicate(bytes([ANSWER, op, kind, status]))
        elif self.more_frames and op in (GET_SETTINGS, GET_SDK_SETTINGS):
            half = len(content) // 2
            await self._indicate(bytes([ANSWER, op, kind, status, 1]) + content[:half])
            await self._indicate(bytes([ANSWER, op, kind, status, 0]) + content[half:])
        else:
            await self._indicate(bytes([ANSWER, op, kind, status, 0]) + content)

    def _switch_sdk_mode(self, *, on: bool) -> int:
        if not self.sdk_rates:
            return NOT_SUPPORTED
        if self.streaming:
            return INVALID_STATE
        if self.sdk_mode == on:
            return ALREADY
        self.sdk_mode = on
        return OK

    def _settings(self, *, full: bool) -> tuple[int, bytes]:
        if full and not self.sdk_rates:
            return NOT_SUPPORTED, b""
        rates, ranges = (self.sdk_rates, self.sdk_ranges) if full or self.sdk_mode else (self.rates, self.ranges)
        out = _setting(RATE, rates) + _setting(RESOLUTION, (16,)) + _setting(RANGE, ranges)
        return OK, out + (bytes([CHANNELS, 1, 3]) if self.channels else b"")

    async def _start(self, wanted: bytes, mtu: int) -> tuple[int, bytes]:
        if self.faults.refuse:
            return self.faults.refuse.popleft(), b""
        if self.streaming or self.faults.already_running:
            return ALREADY, b""
        if mtu < LEAST_MTU:
            return BAD_MTU, b""
        chosen = _parse_settings(wanted)
        rates, ranges = (self.sdk_rates, self.sdk_ranges) if self.sdk_mode else (self.rates, self.ranges)
        checks = (
            (RATE, rates, BAD_RATE),
            (RESOLUTION, (16,), BAD_RESOLUTION),
            (RANGE, ranges, BAD_RANGE),
            *(((CHANNELS, (3,), BAD_CHANNELS),) if self.channels else ()),
        )
        if chosen is None:
            return INVALID_PARAMETER, b""
        for setting, allowed, status in checks:
            if chosen.get(setting) not in allowed:
                return status, b""
        self.range_g = chosen[RANGE]
        await self.begin_stream(float(chosen[RATE]))
        if self.factor is not None:
            return OK, bytes([FACTOR, 1]) + struct.pack("<f", self.factor)
        return OK, self.start_tail

    start_tail: ClassVar[bytes] = b""
    """What follows the answer to a start without a factor: the H10 sends a reserved byte."""


class VirtualH10(VirtualPolar):
    """A Polar H10: raw 16-bit frames in mg at 25 to 200 Hz."""

    model: ClassVar[str] = "H10"
    features: ClassVar[bytes] = bytes.fromhex("0f05") + bytes(15)
    rates: ClassVar[tuple[int, ...]] = (25, 50, 100, 200)
    ranges: ClassVar[tuple[int, ...]] = (2, 4, 8)
    default_samples: ClassVar[int] = 36
    start_tail: ClassVar[bytes] = b"\x01"

    def __init__(self, *, name: str = "Polar H10 5A01C0DE", oscillator: Oscillator | None = None, **more: Any) -> None:
        clocks = oscillator if oscillator is not None else Oscillator(zero_ns=UNSET_CLOCK_NS)
        super().__init__(name=name, oscillator=clocks, **more)

    def content(self, packet: Packet) -> tuple[int, bytes]:
        """Encode type 1: three int16 a sample, mg."""
        return 0x01, clipped(packet.xyz_g, 1e-3).astype("<i2").tobytes()


class VirtualVeritySense(VirtualPolar):
    """A Polar Verity Sense: delta frames, 52 Hz, and 26 to 416 Hz in SDK mode.

    Parameters
    ----------
    factor
        g per count, as old firmware sends it, with frame type 0x80; None sends type 0x81 in mg, as new firmware does.
    """

    model: ClassVar[str] = "Verity Sense"
    features: ClassVar[bytes] = bytes.fromhex("0f6e02") + bytes(14)
    rates: ClassVar[tuple[int, ...]] = (52,)
    ranges: ClassVar[tuple[int, ...]] = (8,)
    sdk_rates: ClassVar[tuple[int, ...]] = (26, 52, 104, 208, 416)
    sdk_ranges: ClassVar[tuple[int, ...]] = (2, 4, 8, 16)
    channels: ClassVar[bool] = True
    default_samples: ClassVar[int] = 49

    def __init__(
        self, *, name: str = "Polar Sense 0B0B1E5E", factor: float | None = 0.000243999995, **more: Any
    ) -> None:
        super().__init__(name=name, **more)
        self.factor = factor

    def content(self, packet: Packet) -> tuple[int, bytes]:
        """Encode a delta frame."""
        kind, count_g = (0x81, 1e-3) if self.factor is None else (0x80, self.factor)
        return kind, encode_delta(clipped(packet.xyz_g, count_g))

    def ended(self) -> None:
        """Keep the SDK mode: it lasts until it is switched off."""


def encode_delta(counts: NDArray[np.int64], *, block: int = DELTA_BLOCK) -> bytes:
    """Encode counts (n, 3) as a reference sample and blocks of differences, least significant bit first."""
    out = bytearray(counts[0].astype("<i2").tobytes())
    steps = np.diff(counts, axis=0)
    for at in range(0, len(steps), block):
        part = steps[at : at + block].ravel()
        width = max(1, *(int(v).bit_length() + 1 if v >= 0 else int(~v).bit_length() + 1 for v in part))
        bits = 0
        for i, value in enumerate(part.tolist()):
            bits |= (value & ((1 << width) - 1)) << (i * width)
        out += bytes([width, len(part) // 3])
        out += bits.to_bytes(math.ceil(len(part) * width / 8), "little")
    return bytes(out)


def _setting(kind: int, values: tuple[int, ...]) -> bytes:
    return bytes([kind, len(values)]) + struct.pack(f"<{len(values)}H", *values)


def _parse_settings(data: bytes) -> dict[int, int] | None:
    """Read the settings of a start; None when they are malformed."""
    chosen, at = {}, 0
    while at < len(data):
        if at + 2 > len(data):
            return None
        kind, count = data[at], data[at + 1]
        width = 1 if kind == CHANNELS else 2
        if count != 1 or at + 2 + width > len(data):
            return None
        chosen[kind] = int.from_bytes(data[at + 2 : at + 2 + width], "little")
        at += 2 + width
    return chosen
