"""Virtual Movesense: the GATT SensorData Protocol."""

import struct
from typing import Any, ClassVar

import numpy as np
from bumble.att import Attribute
from bumble.core import AdvertisingData
from bumble.gatt import Characteristic, CharacteristicValue, Service

from sensor.virtual.peripheral import VirtualSensor, list_of_services
from sensor.virtual.stream import NS_PER_S, Packet

GSP_SERVICE = "34802252-7185-4d5d-b431-630e7050e8f0"
GSP_WRITE = "34800001-7185-4d5d-b431-630e7050e8f0"
GSP_NOTIFY = "34800002-7185-4d5d-b431-630e7050e8f0"
SUUNTO_COMPANY, MOVESENSE_UUID = 0x009F, 0xFE06
HELLO, SUBSCRIBE, UNSUBSCRIBE = 0, 1, 2
REPLY, DATA, DATA_PART_2 = 1, 2, 3
STATUS_OK, STATUS_NOT_FOUND = 200, 404
RATES = (13, 26, 52, 104, 208, 416, 833, 1666)
STANDARD_GRAVITY = 9.80665
ATT_HEADER_BYTES = 3
NS_PER_MS = 1_000_000

_P = Characteristic.Properties
_A = Attribute.Permissions


class VirtualMovesense(VirtualSensor):
    """A Movesense sensor: float32 at 13 to 1666 Hz, stamped in milliseconds with the time of the first sample.

    Parameters
    ----------
    unit_per_g
        What it sends for 1 g: 9.80665 (m/s^2) or 1000 (mg); the sources disagree.
    """

    family: ClassVar[str] = "movesense"
    model: ClassVar[str] = "HR2"
    maker: ClassVar[str] = "Movesense"
    default_samples: ClassVar[int] = 8

    def __init__(
        self, *, name: str = "Movesense 000000000123", unit_per_g: float = STANDARD_GRAVITY, **more: Any
    ) -> None:
        super().__init__(name=name, **more)
        self.unit_per_g = unit_per_g
        self._notify: Any = None
        self._reference = 0

    def services(self) -> list[Any]:
        """Make the GSP service."""
        write = Characteristic(
            GSP_WRITE,
            _P.WRITE | _P.WRITE_WITHOUT_RESPONSE,
            self.command_permission(),
            CharacteristicValue(write=self._on_command),
        )
        self._notify = Characteristic(GSP_NOTIFY, _P.NOTIFY, _A.READABLE, b"")
        return [Service(GSP_SERVICE, [write, self._notify])]

    def advertised(self) -> list[tuple[int, bytes]]:
        """Advertise the company and its 16-bit UUID."""
        return [
            (AdvertisingData.INCOMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS, list_of_services([MOVESENSE_UUID])),
            (AdvertisingData.MANUFACTURER_SPECIFIC_DATA, struct.pack("<H", SUUNTO_COMPANY) + b"\x00"),
        ]

    def encode(self, packet: Packet) -> list[tuple[Any, bytes]]:
        """Encode one notification, or two when one does not fit."""
        first_ns = packet.stamp_ns - round((len(packet.xyz_g) - 1) * NS_PER_S / self._rate_hz)
        stamp = struct.pack("<I", (first_ns // NS_PER_MS) & 0xFFFFFFFF)
        content = stamp + np.asarray(packet.xyz_g * self.unit_per_g, "<f4").tobytes()
        room = min((int(c.att_mtu) for c in self._device.connections.values()), default=self.mtu) - ATT_HEADER_BYTES - 2
        parts = [content[:room], content[room : 2 * room]]
        codes = (DATA, DATA_PART_2)
        return [(self._notify, bytes([c, self._reference]) + p) for c, p in zip(codes, parts, strict=True) if p]

    _rate_hz = 52.0

    def _on_command(self, _connection: Any, value: bytes) -> None:
        self.commands.append(bytes(value))
        if not self.faults.mute and len(value) > 1:
            self.later(lambda: self._answer(bytes(value)))

    async def _answer(self, command: bytes) -> None:
        code, reference = command[0], command[1]
        status = STATUS_OK
        if code == SUBSCRIBE:
            status = await self._subscribe(reference, command[2:])
        elif code == UNSUBSCRIBE:
            await self.end_stream()
        elif code != HELLO:
            status = STATUS_NOT_FOUND
        early, self.faults.before_answer = self.faults.before_answer, []
        for answer in (*early, bytes([REPLY, reference]) + struct.pack("<H", status)):
            await self.send_now(self._notify, answer)

    async def _subscribe(self, reference: int, path: bytes) -> int:
        if self.faults.refuse:
            return self.faults.refuse.popleft()
        parts = path.decode("ascii", errors="replace").strip("/\x00").split("/")
        if len(parts) != 3 or parts[:2] != ["Meas", "Acc"] or not parts[2].isdigit() or int(parts[2]) not in RATES:
            return STATUS_NOT_FOUND
        self._reference, self._rate_hz = reference, float(parts[2])
        await self.begin_stream(self._rate_hz)
        return STATUS_OK
