"""Virtual Nordic Thingy:52: raw motion at the rate that its configuration holds."""

import struct
from typing import Any, ClassVar

from bumble.att import Attribute
from bumble.core import UUID, AdvertisingData
from bumble.gatt import Characteristic, CharacteristicValue, Service

from sensor.virtual.peripheral import VirtualSensor, clipped
from sensor.virtual.stream import Packet

CONFIGURATION_SERVICE = "ef680100-9b35-4933-9b10-52ffa9740042"
MOTION_SERVICE = "ef680400-9b35-4933-9b10-52ffa9740042"
MOTION_CONFIG = "ef680401-9b35-4933-9b10-52ffa9740042"
RAW_DATA = "ef680406-9b35-4933-9b10-52ffa9740042"
COUNT_G = 1.0 / 1024
CONFIG = struct.Struct("<HHHHB")
LOWEST_HZ, HIGHEST_HZ, DEFAULT_HZ = 5, 200, 10

_P = Characteristic.Properties
_A = Attribute.Permissions


class VirtualThingy(VirtualSensor):
    """A Thingy:52: 5 to 200 Hz, one sample a notification, no time in it."""

    family: ClassVar[str] = "thingy52"
    model: ClassVar[str] = "Thingy:52"
    maker: ClassVar[str] = "Nordic Semiconductor"
    default_samples: ClassVar[int] = 1

    def __init__(self, *, name: str = "Thingy", **more: Any) -> None:
        super().__init__(name=name, **more)
        self.config = CONFIG.pack(100, 500, 500, DEFAULT_HZ, 1)
        self._raw: Any = None

    def services(self) -> list[Any]:
        """Make the motion service."""
        config = Characteristic(
            MOTION_CONFIG,
            _P.READ | _P.WRITE,
            _A.READABLE | self.command_permission(),
            CharacteristicValue(read=lambda _connection: self.config, write=self._on_config),
        )
        self._raw = Characteristic(RAW_DATA, _P.NOTIFY, _A.READABLE, b"")
        return [Service(MOTION_SERVICE, [config, self._raw])]

    def advertised(self) -> list[tuple[int, bytes]]:
        """Advertise the configuration service."""
        uuid = UUID(CONFIGURATION_SERVICE).to_bytes()
        return [(AdvertisingData.INCOMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS, uuid)]

    async def began(self) -> None:
        """Stream from the connection on, to whoever subscribes."""
        await self.begin_stream(float(CONFIG.unpack(self.config)[3]))

    def encode(self, packet: Packet) -> list[tuple[Any, bytes]]:
        """Encode acceleration, and nothing for gyroscope and compass."""
        counts = clipped(packet.xyz_g, COUNT_G).astype("<i2")
        return [(self._raw, row.tobytes() + bytes(12)) for row in counts]

    def _on_config(self, _connection: Any, value: bytes) -> None:
        self.commands.append(bytes(value))
        if len(value) == CONFIG.size and LOWEST_HZ <= CONFIG.unpack(value)[3] <= HIGHEST_HZ:
            self.config = bytes(value)
            self.later(self.began)
