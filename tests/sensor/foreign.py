"""Somebody else's Bluetooth: a backend for bleak that promises no more than bleak's interface does.

It lives in a thread of its own and calls back from there, says as little as it may in advertisements, lists no
properties of characteristics, lets only one scan run at a time, and leaves a connection to an absent device hanging
until the caller's time is over.
"""

import asyncio
import struct
import threading
from collections.abc import Callable
from typing import Any

from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient
from bleak.backends.scanner import AdvertisementData, BaseBleakScanner
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakDBusError, BleakDeviceNotFoundError, BleakError

PMD = "fb005c80-02e7-f387-1cad-8acd2d8df0c8"
CONTROL = "fb005c81-02e7-f387-1cad-8acd2d8df0c8"
DATA = "fb005c82-02e7-f387-1cad-8acd2d8df0c8"
FEATURES = bytes.fromhex("0f05") + bytes(15)
SETTINGS = bytes.fromhex("00041900320064 00c80001011000020302000400 0800".replace(" ", ""))
RATE_HZ, PACKET = 200, 20


class Strap:
    """As much of a Polar H10 as it takes to stream numbered samples."""

    def __init__(self, address: str, name: str) -> None:
        self.address, self.name = address, name
        self.present = True
        self.commands: list[bytes] = []
        self.numbers_sent: list[int] = []
        self.listeners: dict[str, Callable[[bytearray], None]] = {}
        self.on_gone: Callable[[], None] | None = None
        self.task: asyncio.Task[None] | None = None
        self.born_s: float | None = None

    def characteristics(self) -> list[str]:
        return [CONTROL, DATA]

    def read(self, uuid: str) -> bytes:
        return FEATURES

    def write(self, data: bytes) -> None:
        self.commands.append(data)
        match data[0]:
            case 1:
                answer = SETTINGS
            case 2:
                self.task = self.task or asyncio.get_running_loop().create_task(self.stream())
                answer = b"\x01"
            case _:
                self.stop()
                answer = b""
        asyncio.get_running_loop().call_soon(self.notify, CONTROL, bytes([0xF0, data[0], data[1], 0, 0]) + answer)

    def notify(self, uuid: str, data: bytes) -> None:
        if uuid in self.listeners:
            self.listeners[uuid](bytearray(data))

    async def stream(self) -> None:
        loop = asyncio.get_running_loop()
        self.born_s = self.born_s if self.born_s is not None else loop.time()
        # Samples are numbered from the first start on, whether somebody listens or not.
        first = int((loop.time() - self.born_s) * RATE_HZ)
        while True:
            last = first + PACKET - 1
            await asyncio.sleep(self.born_s + last / RATE_HZ - loop.time())
            body = b"".join(struct.pack("<3h", n % 1000, n // 1000, 1000) for n in range(first, last + 1))
            self.numbers_sent += range(first, last + 1)
            self.notify(DATA, b"\x02" + struct.pack("<Q", 10**18 + last * 10**9 // RATE_HZ) + b"\x01" + body)
            first = last + 1

    def stop(self) -> None:
        if self.task is not None:
            self.task.cancel()
            self.task = None

    def leave(self) -> None:
        self.present = False
        self.stop()
        self.listeners.clear()
        gone, self.on_gone = self.on_gone, None
        if gone is not None:
            gone()


class Elsewhere:
    """The thread in which straps live, and the backend classes that reach them."""

    def __init__(self, *straps: Strap) -> None:
        self.straps = {s.address: s for s in straps}
        self.loop = asyncio.new_event_loop()
        self.scans = 0
        self.calls_back = True
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()

    def call(self, work: Callable[[], Any]) -> Any:
        """Run something there, and wait for it; to be called from a test."""

        async def run() -> Any:
            return work()

        return asyncio.run_coroutine_threadsafe(run(), self.loop).result(30)

    def close(self) -> None:
        for strap in self.straps.values():
            self.call(strap.stop)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(30)
        self.loop.close()

    def backends(self) -> tuple[type[BaseBleakScanner], type[BaseBleakClient]]:
        return type("ForeignScanner", (_Scanner,), {"world": self}), type("ForeignClient", (_Client,), {"world": self})


async def _there(world: Elsewhere, work: Callable[[], Any]) -> Any:
    async def run() -> Any:
        return work()

    return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(run(), world.loop))


class _Scanner(BaseBleakScanner):
    world: Elsewhere

    def __init__(self, detection_callback: Any, service_uuids: Any, scanning_mode: str, **kwargs: Any) -> None:
        super().__init__(detection_callback, service_uuids)
        self._task: Any = None

    async def start(self) -> None:
        if self.world.scans:
            msg = "org.bluez.Error.InProgress"
            raise BleakDBusError(msg, ["Operation already in progress"])
        self.world.scans += 1
        self._task = asyncio.run_coroutine_threadsafe(self._advertise(), self.world.loop)

    async def stop(self) -> None:
        self.world.scans -= 1
        self._task.cancel()

    async def _advertise(self) -> None:
        while True:
            for strap in self.world.straps.values():
                if strap.present and strap.on_gone is None:
                    # The name only, and nothing where bleak's own backends have empty collections.
                    data: Any = AdvertisementData(strap.name, None, None, None, None, None, ())  # type: ignore[arg-type]
                    device = self.create_or_update_device(strap.address, strap.address, strap.name, object(), data)
                    self.call_detection_callbacks(device, data)
            await asyncio.sleep(0.05)


class _Client(BaseBleakClient):
    world: Elsewhere

    def __init__(self, address_or_ble_device: Any, **kwargs: Any) -> None:
        known = {k: kwargs[k] for k in ("disconnected_callback", "timeout")}
        super().__init__(address_or_ble_device, **known)
        self._strap: Strap | None = None

    @property
    def name(self) -> str:
        return self.address

    @property
    def mtu_size(self) -> int:
        return 23  # what BlueZ says when it does not know

    @property
    def is_connected(self) -> bool:
        return self._strap is not None and self._strap.on_gone is not None

    async def connect(self, pair: bool, **kwargs: Any) -> None:
        strap = self.world.straps[self.address]
        if not strap.present:
            await asyncio.sleep(self._timeout)
            raise BleakDeviceNotFoundError(self.address, "not found")
        self._strap = strap
        strap.on_gone = self._disconnected_callback if self.world.calls_back else lambda: None
        found = BleakGATTServiceCollection()
        service = BleakGATTService(None, 1, PMD)
        found.add_service(service)
        for handle, uuid in enumerate(strap.characteristics(), 2):
            found.add_characteristic(BleakGATTCharacteristic(None, handle, uuid, [], lambda: 20, service))
        self.services = found

    async def disconnect(self) -> None:
        strap, self._strap = self._strap, None
        if strap is not None and strap.on_gone is not None:
            await _there(self.world, strap.leave)
            strap.present = True

    async def pair(self, *args: Any, **kwargs: Any) -> None:
        raise NotImplementedError

    async def unpair(self) -> None:
        raise NotImplementedError

    def _open(self) -> Strap:
        if self._strap is None or self._strap.on_gone is None:
            msg = "Not connected"
            raise BleakError(msg)
        return self._strap

    async def read_gatt_char(self, characteristic: BleakGATTCharacteristic, **kwargs: Any) -> bytearray:
        return bytearray(self._open().read(characteristic.uuid))

    async def write_gatt_char(self, characteristic: BleakGATTCharacteristic, data: Any, response: bool) -> None:
        strap = self._open()
        await _there(self.world, lambda: strap.write(bytes(data)))

    async def start_notify(self, characteristic: BleakGATTCharacteristic, callback: Any, **kwargs: Any) -> None:
        self._open().listeners[characteristic.uuid] = callback

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        self._open().listeners.pop(characteristic.uuid)

    async def read_gatt_descriptor(self, descriptor: Any, **kwargs: Any) -> bytearray:
        raise NotImplementedError

    async def write_gatt_descriptor(self, descriptor: Any, data: Any) -> None:
        raise NotImplementedError
