"""VirtualSensor: what every virtual sensor has, whatever its family."""

import asyncio
import contextlib
import struct
from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import numpy as np
from bumble.att import Attribute
from bumble.core import AdvertisingData, BaseBumbleError
from bumble.gatt import Characteristic, CharacteristicValue, Service
from numpy.typing import NDArray

from sensor.virtual.air import Air
from sensor.virtual.faults import Faults
from sensor.virtual.motion import CountingMotion, Motion
from sensor.virtual.pace import Pace
from sensor.virtual.stream import NS_PER_S, Oscillator, Packet, Stream

ADVERTISING_MS = 50.0
BATTERY_SERVICE, BATTERY_LEVEL = "180F", "2A19"
DEVICE_SERVICE = "180A"
KEPT = 100_000
"""Packets and commands that are remembered: hours, and bounded."""
NAME_BYTES = 28
"""What a 31-byte advertisement has room for beside the flags."""

_P = Characteristic.Properties
_A = Attribute.Permissions


class VirtualSensor(ABC):
    """A sensor that exists in this program only, behind a Bumble device.

    Its coroutines run on the radio's loop: `VirtualRadio.run` takes them there. Its numbers are synthetic.

    Parameters
    ----------
    name, address, serial
        As it gives them out.
    motion
        What it feels; numbered samples when None.
    oscillator
        Its clocks.
    faults
        What it does wrong.
    battery_percent
        Its battery.
    mtu
        The most it agrees to.
    encrypted
        Whether it demands a bond before it takes commands.
    samples
        Samples in a packet; the family's own when None.
    seed
        Draws which packets get lost.
    """

    family: ClassVar[str]
    model: ClassVar[str]
    maker: ClassVar[str]
    default_samples: ClassVar[int]

    def __init__(
        self,
        *,
        name: str,
        address: str,
        serial: str = "00000001",
        motion: Motion | None = None,
        oscillator: Oscillator | None = None,
        faults: Faults | None = None,
        battery_percent: int = 80,
        mtu: int = 517,
        encrypted: bool = False,
        samples: int | None = None,
        seed: int = 0,
    ) -> None:
        self.name, self.address, self.serial = name, address, serial
        self.motion = motion if motion is not None else CountingMotion()
        self.oscillator = oscillator if oscillator is not None else Oscillator()
        self.faults = faults if faults is not None else Faults()
        self.battery_percent = battery_percent
        self.mtu, self.encrypted = mtu, encrypted
        self.samples = samples if samples is not None else self.default_samples
        self.sent_packets: deque[tuple[int, int]] = deque(maxlen=KEPT)
        """First sample's number and size of each packet that went on its way (lost ones included)."""
        self.commands: deque[bytes] = deque(maxlen=KEPT)
        """Commands that were received."""
        self.on_send: Callable[[Packet], None] | None = None
        self._rng = np.random.default_rng(seed)
        self._device: Any = None
        self._pace: Pace | None = None
        self._born_ns = 0
        self._battery: Any = None
        self._sending: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._answers: set[asyncio.Task[None]] = set()
        self._returning: asyncio.Task[None] | None = None
        self._away = False

    @abstractmethod
    def services(self) -> list[Any]:
        """Make the Bumble services of the family."""

    @abstractmethod
    def advertised(self) -> list[tuple[int, bytes]]:
        """Give what is advertised besides flags and name."""

    @abstractmethod
    def encode(self, packet: Packet) -> list[tuple[Any, bytes]]:
        """Turn samples into notifications: the characteristic and the bytes of each."""

    def ended(self) -> None:  # noqa: B027 - most families keep nothing
        """Forget what the sensor keeps for one connection only."""

    @property
    def streaming(self) -> bool:
        """Whether it sends data."""
        return self._sending is not None

    @property
    def connected(self) -> bool:
        """Whether somebody is connected."""
        return self._device is not None and bool(self._device.connections)

    async def switch_on(self, air: Air, pace: Pace) -> None:
        """Come up and advertise."""
        self._pace = pace
        self._born_ns = pace.now_ns()
        self._device = air.device(self.name, self.address)
        self._device.gatt_server.max_mtu = self.mtu
        self._device.add_services([*self.services(), self._device_service(), self._battery_service()])
        self._device.on("connection", self._on_connection)
        name = self.name.encode()[:NAME_BYTES]
        self._device.advertising_data = bytes(
            AdvertisingData([(AdvertisingData.FLAGS, b"\x06"), (AdvertisingData.COMPLETE_LOCAL_NAME, name)])
        )
        # Bumble's link answers scan requests with the advertisement itself, so everything must be in it; it does not
        # mind that this is longer than the 31 bytes of a real one.
        self._device.advertising_data += bytes(AdvertisingData(self.advertised()))
        await self._device.power_on()
        await self._advertise()

    async def switch_off(self) -> None:
        """End streaming and advertising."""
        self._away = True
        await self.end_stream()
        for task in (self._returning, *self._answers):
            if task is not None:
                task.cancel()
        # The rest is short; a command to Bumble's controller that is broken off leaves its answer without a taker.
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._device is not None:
            await self._device.stop_advertising()

    async def drop_link(self, *, away_s: float = 0.0) -> None:
        """Lose the link, as when the sensor goes out of range.

        Parameters
        ----------
        away_s
            How long it stays out of range; negative until `come_back`.
        """
        self._away = True
        await self._device.stop_advertising()
        for connection in list(self._device.connections.values()):
            with contextlib.suppress(BaseBumbleError):
                await connection.disconnect()
        if away_s == 0.0:
            await self.come_back()
        elif away_s > 0.0:
            self._returning = self._spawn(self._come_back_after(away_s))

    async def come_back(self) -> None:
        """Be in range again."""
        self._away = False
        await self._advertise()

    async def restart(self) -> None:
        """Lose power and come back with the clock at its beginning."""
        await self.drop_link(away_s=-1.0)
        assert self._pace is not None  # noqa: S101 - switched on
        self._born_ns = self._pace.now_ns()
        await self.come_back()

    async def set_battery(self, percent: int) -> None:
        """Change the battery level and tell who listens."""
        self.battery_percent = percent
        await self._device.notify_subscribers(self._battery, bytes([percent]))

    async def begin_stream(self, rate_hz: float) -> None:
        """Send data from now on."""
        await self.end_stream()
        assert self._pace is not None  # noqa: S101 - switched on
        stream = Stream(
            motion=self.motion,
            rate_hz=rate_hz,
            samples=self.samples,
            oscillator=self.oscillator,
            born_ns=self._born_ns,
            now_ns=self._pace.now_ns(),
        )
        self._sending = asyncio.get_running_loop().create_task(self._send(stream))

    async def end_stream(self) -> None:
        """Send no more data."""
        task, self._sending = self._sending, None
        if task is not None and task is not asyncio.current_task():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def send_now(self, characteristic: Any, data: bytes) -> None:
        """Send one notification, whatever it is."""
        with contextlib.suppress(BaseBumbleError):  # the link may be going down
            await self._device.notify_subscribers(characteristic, data)

    def command_permission(self) -> int:
        """Who may write commands."""
        return int(_A.WRITEABLE | (_A.WRITE_REQUIRES_ENCRYPTION if self.encrypted else 0))

    def later(self, work: Callable[[], Any]) -> None:
        """Do something after the present request has been answered, as a real sensor does; but not after the link."""
        answer = self._spawn(work())
        self._answers.add(answer)
        answer.add_done_callback(self._answers.discard)

    def _spawn(self, work: Any) -> "asyncio.Task[None]":
        task: asyncio.Task[None] = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _send(self, stream: Stream) -> None:
        assert self._pace is not None  # noqa: S101 - switched on
        while True:
            packet = stream.next_packet()
            await self._pace.sleep_until(packet.due_ns)
            if self.faults.silent:
                continue
            self.sent_packets.append((packet.first, len(packet.xyz_g)))
            if self._is_lost():
                continue
            if self.on_send is not None:
                self.on_send(packet)
            for characteristic, data in self.encode(packet):
                for _ in range(self.faults.flood):
                    await self.send_now(characteristic, self._damaged(data))

    def _is_lost(self) -> bool:
        if self.faults.lose_next > 0:
            self.faults.lose_next -= 1
            return True
        return bool(self.faults.lost > 0 and self._rng.random() < self.faults.lost)

    def _damaged(self, data: bytes) -> bytes:
        if self.faults.damage_next <= 0:
            return data
        self.faults.damage_next -= 1
        return self.damage(data)

    def damage(self, data: bytes) -> bytes:
        """Make a packet that no decoder can take."""
        return data[:-1]

    async def _advertise(self) -> None:
        if not self._away and not self._device.connections:
            await self._device.start_advertising(
                advertising_interval_min=ADVERTISING_MS, advertising_interval_max=ADVERTISING_MS
            )

    async def _come_back_after(self, seconds: float) -> None:
        assert self._pace is not None  # noqa: S101 - switched on
        await self._pace.sleep_until(self._pace.now_ns() + round(seconds * NS_PER_S))
        await self.come_back()

    async def began(self) -> None:  # noqa: B027 - most families wait for a command
        """Do what the sensor does by itself when somebody connects."""

    def _on_connection(self, connection: Any) -> None:
        connection.on("disconnection", self._on_disconnection)
        self._spawn(self.began())

    def _on_disconnection(self, _reason: int) -> None:
        self._spawn(self._tidy_up())

    async def _tidy_up(self) -> None:
        # Bumble waits half a minute for the confirmation of an indication, whether the link is up or not.
        for answer in list(self._answers):
            answer.cancel()
        await self.end_stream()
        self.ended()
        await self._advertise()

    def _device_service(self) -> Any:
        texts = {"2A29": self.maker, "2A24": self.model, "2A25": self.serial, "2A26": "virtual 1.0"}
        return Service(
            DEVICE_SERVICE, [Characteristic(u, _P.READ, _A.READABLE, t.encode()) for u, t in texts.items() if t]
        )

    def _battery_service(self) -> Any:
        value = CharacteristicValue(read=lambda _connection: bytes([self.battery_percent]))
        self._battery = Characteristic(BATTERY_LEVEL, _P.READ | _P.NOTIFY, _A.READABLE, value)
        return Service(BATTERY_SERVICE, [self._battery])


def clipped(xyz_g: NDArray[np.float64], count_g: float, bits: int = 16) -> NDArray[np.int64]:
    """Count acceleration as a sensor does: rounded, and cut at the ends of `bits`."""
    limit = 1 << (bits - 1)
    return np.asarray(np.clip(np.round(xyz_g / count_g), -limit, limit - 1), np.int64)


def list_of_services(numbers: Sequence[int]) -> bytes:
    """Write 16-bit service UUIDs for an advertisement."""
    return struct.pack(f"<{len(numbers)}H", *numbers)
