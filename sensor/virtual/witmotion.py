"""Virtual WitMotion: twenty-byte frames without time, from the moment somebody listens."""

import struct
from typing import Any, ClassVar

import numpy as np
from bumble.att import Attribute
from bumble.gatt import Characteristic, CharacteristicValue, Service

from sensor.virtual.peripheral import VirtualSensor, clipped
from sensor.virtual.stream import Packet

WIT_SERVICE = "0000ffe5-0000-1000-8000-00805f9a34fb"
WIT_NOTIFY = "0000ffe4-0000-1000-8000-00805f9a34fb"
WIT_WRITE = "0000ffe9-0000-1000-8000-00805f9a34fb"
"""The vendor's own base: 9a34fb, not the 9b34fb of the Bluetooth SIG."""
COUNT_G = 16.0 / 32768
FRAME_HEAD, ANSWER_HEAD = b"\x55\x61", b"\x55\x71"
FRAME_BYTES = 20
COMMAND_HEAD, COMMAND_BYTES = b"\xff\xaa", 5
UNLOCK = bytes.fromhex("ffaa6988b5")
SAVE, RATE, BANDWIDTH, READ = 0x00, 0x03, 0x1F, 0x27
RATES = {0x03: 1.0, 0x05: 5.0, 0x06: 10.0, 0x07: 20.0, 0x08: 50.0, 0x09: 100.0, 0x0B: 200.0}
DEFAULT_RATE = 0x06
ATT_HEADER_BYTES = 3

_P = Characteristic.Properties
_A = Attribute.Permissions


class VirtualWitMotion(VirtualSensor):
    """A WT901BLE: 10 Hz by default, up to 200 Hz; takes settings only when unlocked, answers nothing but reads."""

    family: ClassVar[str] = "witmotion"
    model: ClassVar[str] = "WT901BLE68"
    maker: ClassVar[str] = "WitMotion"
    default_samples: ClassVar[int] = 2

    def __init__(self, *, name: str = "WT901BLE68", **more: Any) -> None:
        super().__init__(name=name, **more)
        self.registers = {RATE: DEFAULT_RATE, BANDWIDTH: 0x04}
        self._unlocked = False
        self._notify: Any = None

    def services(self) -> list[Any]:
        """Make the vendor's service."""
        self._notify = Characteristic(WIT_NOTIFY, _P.NOTIFY, _A.READABLE, b"")
        write = Characteristic(
            WIT_WRITE,
            _P.WRITE | _P.WRITE_WITHOUT_RESPONSE,
            self.command_permission(),
            CharacteristicValue(write=self._on_command),
        )
        return [Service(WIT_SERVICE, [self._notify, write])]

    def advertised(self) -> list[tuple[int, bytes]]:
        """Advertise nothing but the name."""
        return []

    async def began(self) -> None:
        """Stream from the connection on: the sensor knows no start."""
        await self.begin_stream(RATES[self.registers[RATE]])

    def ended(self) -> None:
        """Lock the settings again."""
        self._unlocked = False

    def encode(self, packet: Packet) -> list[tuple[Any, bytes]]:
        """Encode a frame a sample, as many in a notification as fit; frames may be split between two."""
        rest = np.zeros((len(packet.xyz_g), 6), np.int64)
        values = np.concatenate([clipped(packet.xyz_g, COUNT_G), rest], axis=1).astype("<i2")
        data = b"".join(FRAME_HEAD + row.tobytes() for row in values)
        room = min((int(c.att_mtu) for c in self._device.connections.values()), default=self.mtu) - ATT_HEADER_BYTES
        return [(self._notify, data[at : at + room]) for at in range(0, len(data), room)]

    def damage(self, data: bytes) -> bytes:
        """Garble the head of each frame."""
        return bytes(len(data))

    def _on_command(self, _connection: Any, value: bytes) -> None:
        self.commands.append(bytes(value))
        if not self.faults.mute:
            self.later(lambda: self._obey(bytes(value)))

    async def _obey(self, command: bytes) -> None:
        if len(command) != COMMAND_BYTES or command[:2] != COMMAND_HEAD:
            return
        register, number = command[2], int.from_bytes(command[3:], "little")
        if command == UNLOCK:
            self._unlocked = True
        elif register == READ:
            values = [self.registers.get(number + i, 0) for i in range(8)]
            await self.send_now(self._notify, ANSWER_HEAD + struct.pack("<H8H", number, *values))
        elif register == SAVE:
            self._unlocked = False
        elif self._unlocked and (register != RATE or number in RATES):
            self.registers[register] = number
            if register == RATE:
                await self.begin_stream(RATES[number])
