"""Virtual Bangle.js: an interpreter that knows our program only, and its frames over the Nordic UART."""

import re
import struct
from typing import Any, ClassVar

from bumble.att import Attribute
from bumble.gatt import Characteristic, CharacteristicValue, Service

from sensor.virtual.peripheral import VirtualSensor, clipped
from sensor.virtual.stream import Packet

UART_SERVICE = "6e400001-b5a3-f393-e0a9-e50e24dcca9e"
UART_WRITE = "6e400002-b5a3-f393-e0a9-e50e24dcca9e"
UART_NOTIFY = "6e400003-b5a3-f393-e0a9-e50e24dcca9e"
COUNTS = 8192
START = b"\xf5\x54"
NS_PER_MS = 1_000_000
ATT_HEADER_BYTES = 3
BEGIN = re.compile(r"^TS\.start\((\d+),(\d+)\);$")
LONGEST_LINE = 16384
"""An interpreter of a watch has some tens of kilobytes."""

_P = Characteristic.Properties
_A = Attribute.Permissions


class VirtualEspruino(VirtualSensor):
    """A Bangle.js 2: takes our program as text, starts and stops it, streams its frames in pieces of 20 bytes."""

    family: ClassVar[str] = "espruino"
    model: ClassVar[str] = ""
    maker: ClassVar[str] = ""
    default_samples: ClassVar[int] = 8

    def __init__(self, *, name: str = "Bangle.js 0b1e", piece_bytes: int = 20, **more: Any) -> None:
        super().__init__(name=name, **more)
        self._piece_bytes = piece_bytes
        self._line = ""
        self._program = ""
        self._zero: int | None = None
        self._notify: Any = None

    def services(self) -> list[Any]:
        """Make the UART service."""
        write = Characteristic(
            UART_WRITE,
            _P.WRITE | _P.WRITE_WITHOUT_RESPONSE,
            self.command_permission(),
            CharacteristicValue(write=self._on_text),
        )
        self._notify = Characteristic(UART_NOTIFY, _P.NOTIFY, _A.READABLE, b"")
        return [Service(UART_SERVICE, [write, self._notify])]

    def advertised(self) -> list[tuple[int, bytes]]:
        """Advertise nothing but the name."""
        return []

    def encode(self, packet: Packet) -> list[tuple[Any, bytes]]:
        """Encode a frame, cut into the pieces that the UART sends."""
        counts = clipped(packet.xyz_g, 1.0 / COUNTS)
        if self._zero is None:
            self._zero = packet.first
        head = struct.pack(
            "<HIB",
            (packet.first - self._zero) & 0xFFFF,
            (packet.stamp_ns // NS_PER_MS) & 0xFFFFFFFF,
            len(counts),
        )
        body = head + counts.astype("<i2").tobytes()
        check = 0
        for byte in body:
            check ^= byte
        data = START + body + bytes([check])
        mtu = min((int(c.att_mtu) for c in self._device.connections.values()), default=self.mtu)
        room = min(self._piece_bytes, mtu - ATT_HEADER_BYTES)
        return [(self._notify, data[at : at + room]) for at in range(0, len(data), room)]

    def damage(self, data: bytes) -> bytes:
        """Garble a piece, so that the frame's check byte is wrong."""
        return bytes(b ^ 0x55 for b in data)

    def ended(self) -> None:
        """Keep the program, as a real device does; only the half-written line is lost."""
        self._line = ""

    def _on_text(self, _connection: Any, value: bytes) -> None:
        self.commands.append(bytes(value))
        if not self.faults.mute:
            self.later(lambda: self._read(bytes(value)))

    async def _read(self, value: bytes) -> None:
        for character in value.decode("latin-1"):
            if character == "\x03":
                self._line = ""
            elif character == "\n":
                line, self._line = self._line.strip("\x10 "), ""
                await self._run(line)
            elif len(self._line) < LONGEST_LINE:
                self._line += character

    async def _run(self, line: str) -> None:
        begin = BEGIN.match(line)
        if line.startswith("var TS = {") and line.endswith("};"):
            self._program = line
        elif line == "TS.stop();TS=undefined;":
            self._program = ""
            await self.end_stream()
        elif begin and self._program:
            self.samples, self._zero = int(begin[2]), None
            await self.send_now(self._notify, f"TS1 {begin[1]} {COUNTS}\r\n".encode())
            await self.begin_stream(float(begin[1]))
        elif line:
            await self.send_now(self._notify, b'Uncaught ReferenceError: "TS" is not defined\r\n')
