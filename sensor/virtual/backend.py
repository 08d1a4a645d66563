"""A bleak backend over the in-process air: what bleak's public API runs on when the sensors are virtual.

bleak makes the backend objects itself, from the class it is given, so the air is handed over as an attribute of a class
of its own: `backends_for`.
"""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any, ClassVar, TypeVar

from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient, NotifyCallback
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData, AdvertisementDataCallback, BaseBleakScanner
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import BleakDeviceNotFoundError, BleakError, BleakGATTProtocolError
from bumble import att
from bumble.core import UUID, AdvertisingData, BaseBumbleError
from bumble.device import Peer
from bumble.gatt import Characteristic

from sensor.virtual.air import Air

T = TypeVar("T")

LEAST_MTU = 23
"""The MTU before any exchange (Bluetooth Core, Vol 3 Part F 3.2.8)."""
WISHED_MTU = 517
ATT_HEADER_BYTES = 3
"""Opcode and handle of a write or notification (Bluetooth Core, Vol 3 Part F 3.4.5, 3.4.7)."""

_P = Characteristic.Properties
_PROPERTIES = (
    (_P.READ, "read"),
    (_P.WRITE, "write"),
    (_P.WRITE_WITHOUT_RESPONSE, "write-without-response"),
    (_P.NOTIFY, "notify"),
    (_P.INDICATE, "indicate"),
)
_T = AdvertisingData.Type
_SERVICE_LISTS = (
    _T.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS,
    _T.INCOMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS,
    _T.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS,
    _T.INCOMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS,
)


def long_uuid(uuid: UUID) -> str:
    """Write out a Bumble UUID as bleak does: 128 bits, lower case."""
    text = bytes(reversed(uuid.to_bytes(force_128=True))).hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


class VirtualScannerBackend(BaseBleakScanner):
    """Hears the advertisements of virtual sensors."""

    air: ClassVar[Air]

    def __init__(
        self,
        detection_callback: AdvertisementDataCallback | None,
        service_uuids: list[str] | None,
        scanning_mode: str,
        **kwargs: Any,  # noqa: ARG002 - bleak hands over options of every platform
    ) -> None:
        super().__init__(detection_callback, service_uuids)
        self._mode = scanning_mode
        self._host: Any = None

    async def start(self) -> None:
        """Begin to listen."""
        self.seen_devices.clear()
        # Two scans may run at once, and one that ends must not deafen the other.
        self._host = await self.air.host(f"scan {id(self)}")
        self._host.on("advertisement", self._hear)
        await self._host.start_scanning(legacy=True, active=self._mode == "active")

    async def stop(self) -> None:
        """End listening."""
        if self._host is not None:
            self._host.remove_listener("advertisement", self._hear)
            self._host = None
            await self.air.forget_host(f"scan {id(self)}")

    def _hear(self, heard: Any) -> None:
        fields = heard.data
        name = fields.get(_T.COMPLETE_LOCAL_NAME) or fields.get(_T.SHORTENED_LOCAL_NAME)
        uuids = [long_uuid(uuid) for kind in _SERVICE_LISTS for uuid in fields.get(kind) or ()]
        if not self.is_allowed_uuid(uuids):
            return
        maker = fields.get(_T.MANUFACTURER_SPECIFIC_DATA)
        data = AdvertisementData(
            local_name=name,
            manufacturer_data={maker[0]: bytes(maker[1])} if maker else {},
            service_data={},
            service_uuids=uuids,
            tx_power=None,
            rssi=heard.rssi,
            platform_data=(heard,),
        )
        address = heard.address.to_string(False)  # noqa: FBT003 - Bumble's signature: without the address type
        device = self.create_or_update_device(address, address, name, heard.address, data)
        self.call_detection_callbacks(device, data)


class VirtualClientBackend(BaseBleakClient):
    """Talks with one virtual sensor."""

    air: ClassVar[Air]

    def __init__(
        self,
        address_or_ble_device: BLEDevice | str,
        *,
        disconnected_callback: Callable[[], None] | None,
        timeout: float,
        **kwargs: Any,  # noqa: ARG002 - bleak hands over options of every platform
    ) -> None:
        super().__init__(address_or_ble_device, disconnected_callback=disconnected_callback, timeout=timeout)
        self._name = address_or_ble_device.name if isinstance(address_or_ble_device, BLEDevice) else None
        self._connection: Any = None
        self._peer: Any = None
        self._lost = asyncio.Event()
        self._subscriptions: dict[int, Callable[[bytes], None]] = {}

    @property
    def name(self) -> str:
        """The advertised name, else the address."""
        return self._name or self.address

    @property
    def mtu_size(self) -> int:
        """The agreed MTU."""
        return int(self._peer.gatt_client.mtu) if self._peer is not None else LEAST_MTU

    @property
    def is_connected(self) -> bool:
        """Whether the link is up."""
        return self._connection is not None

    async def connect(self, pair: bool, **kwargs: Any) -> None:  # noqa: FBT001 - bleak's signature
        """Open the link, agree on the MTU and discover everything."""
        if self._connection is not None:
            msg = "already connected"
            raise BleakError(msg)
        timeout_s = float(kwargs.get("timeout") or self._timeout)
        self._lost.clear()
        try:
            host = await self.air.host(self.address)
            async with asyncio.timeout(timeout_s):
                self._connection = await host.connect(self.address, timeout=None)
        except TimeoutError as error:
            await self.air.abandon_connect(self.address)
            raise BleakDeviceNotFoundError(self.address, f"{self.address} was not found") from error
        except asyncio.CancelledError:
            await self.air.abandon_connect(self.address)
            raise
        except BaseBumbleError as error:
            raise BleakError(str(error)) from error
        self._connection.on("disconnection", self._on_disconnection)
        self._peer = Peer(self._connection)
        try:
            await self._attempt(lambda: self._prepare(host, pair=pair))
        except BaseException:
            await self.disconnect()
            raise

    async def disconnect(self) -> None:
        """Close the link; without effect when it is closed."""
        if self._connection is not None:
            # The link may go down by itself meanwhile.
            with contextlib.suppress(BaseBumbleError):
                await self._connection.disconnect()
            await self._lost.wait()

    async def pair(self, *args: Any, **kwargs: Any) -> None:  # noqa: ARG002 - bleak's signature
        """Make a bond, or use the one there is."""
        connection = self._open_connection()
        if not connection.is_encrypted:
            await self._attempt(connection.pair)

    async def unpair(self) -> None:
        """Forget the bond."""
        host = await self.air.host(self.address)
        with contextlib.suppress(KeyError):
            await host.keystore.delete(self.address)

    async def read_gatt_char(
        self,
        characteristic: BleakGATTCharacteristic,
        *,
        use_cached: bool = False,  # noqa: ARG002 - bleak's signature
        **kwargs: Any,  # noqa: ARG002 - bleak's signature
    ) -> bytearray:
        """Read a characteristic."""
        return bytearray(await self._attempt(characteristic.obj.read_value))

    async def read_gatt_descriptor(
        self,
        descriptor: BleakGATTDescriptor,
        *,
        use_cached: bool = False,  # noqa: ARG002 - bleak's signature
        **kwargs: Any,  # noqa: ARG002 - bleak's signature
    ) -> bytearray:
        """Read a descriptor."""
        return bytearray(await self._attempt(descriptor.obj.read_value))

    async def write_gatt_char(self, characteristic: BleakGATTCharacteristic, data: Any, response: bool) -> None:  # noqa: FBT001 - bleak's signature
        """Write a characteristic."""
        await self._attempt(lambda: characteristic.obj.write_value(bytes(data), with_response=response))

    async def write_gatt_descriptor(self, descriptor: BleakGATTDescriptor, data: Any) -> None:
        """Write a descriptor."""
        await self._attempt(lambda: descriptor.obj.write_value(bytes(data), with_response=True))

    async def start_notify(
        self,
        characteristic: BleakGATTCharacteristic,
        callback: NotifyCallback,
        **kwargs: Any,  # noqa: ARG002 - bleak's signature
    ) -> None:
        """Subscribe to a characteristic."""

        def hand_over(value: bytes) -> None:
            callback(bytearray(value))

        await self._attempt(lambda: characteristic.obj.subscribe(hand_over))
        self._subscriptions[characteristic.handle] = hand_over

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        """End a subscription."""
        hand_over = self._subscriptions.pop(characteristic.handle, None)
        if hand_over is not None:
            await self._attempt(lambda: characteristic.obj.unsubscribe(hand_over))

    async def _prepare(self, host: Any, *, pair: bool) -> None:
        await self._peer.request_mtu(WISHED_MTU)
        if await host.keystore.get(str(self._connection.peer_address)):
            await self._connection.encrypt()
        elif pair:
            await self._connection.pair()
        await self._peer.discover_services()
        await self._peer.discover_characteristics()
        found = BleakGATTServiceCollection()
        for service in self._peer.services:
            ours = BleakGATTService(service, service.handle, long_uuid(service.uuid))
            found.add_service(ours)
            for characteristic in service.characteristics:
                await self._add(found, ours, characteristic)
        self.services = found

    async def _add(self, found: BleakGATTServiceCollection, service: BleakGATTService, it: Any) -> None:
        names: list[Any] = [name for bit, name in _PROPERTIES if it.properties & bit]
        ours = BleakGATTCharacteristic(
            it, it.handle, long_uuid(it.uuid), names, lambda: self.mtu_size - ATT_HEADER_BYTES, service
        )
        found.add_characteristic(ours)
        for descriptor in await it.discover_descriptors():
            found.add_descriptor(BleakGATTDescriptor(descriptor, descriptor.handle, long_uuid(descriptor.type), ours))

    def _open_connection(self) -> Any:
        if self._connection is None:
            msg = "Not connected"
            raise BleakError(msg)
        return self._connection

    def _on_disconnection(self, _reason: int) -> None:
        self._connection = self._peer = None
        self._subscriptions.clear()
        self._lost.set()
        if self._disconnected_callback is not None:
            self._disconnected_callback()

    async def _attempt(self, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Do one operation, but no longer than the link lives.

        Bumble leaves a request that waits for its answer alone when the link goes down, until its own 30 s are over.
        """
        self._open_connection()
        work = asyncio.ensure_future(make())
        lost = asyncio.ensure_future(self._lost.wait())
        try:
            await asyncio.wait({work, lost}, return_when=asyncio.FIRST_COMPLETED)
            if work.done() and not work.cancelled():
                return work.result()
            msg = "the link was lost during the operation"
            raise BleakError(msg)
        except att.ATT_Error as error:
            raise BleakGATTProtocolError(error.error_code) from error
        except BaseBumbleError as error:
            raise BleakError(str(error)) from error
        finally:
            work.cancel()
            lost.cancel()
            await asyncio.gather(work, lost, return_exceptions=True)


def backends_for(air: Air) -> tuple[type[VirtualScannerBackend], type[VirtualClientBackend]]:
    """Make the classes that bleak takes as ``backend=`` to work over `air`."""
    scanner = type("VirtualScanner", (VirtualScannerBackend,), {"air": air})
    client = type("VirtualClient", (VirtualClientBackend,), {"air": air})
    return scanner, client
