"""BleakGatt: one open connection, as the families want it, over bleak's public API."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from bleak import BleakClient
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.exc import BleakDBusError, BleakGATTProtocolError, BleakGATTProtocolErrorCode

from sensor.families import PairingRequiredError
from sensor.families.errors import AGAIN
from sensor.link.problems import LinkLostError, explain
from sensor.link.threads import on_loop

T = TypeVar("T")

LEAST_WRITE_BYTES = 20
"""What fits into a write before any MTU exchange: 23 bytes less 3 of header (Bluetooth Core, Vol 3 Part F 3.4.5.3)."""
BOND_CODES = frozenset(
    {BleakGATTProtocolErrorCode.INSUFFICIENT_AUTHENTICATION, BleakGATTProtocolErrorCode.INSUFFICIENT_ENCRYPTION}
)
"""Answers of a sensor that wants to be paired first: 0x05 and 0x0F (Bluetooth Core, Vol 3 Part F 3.4.1.1)."""
BOND_DBUS_NAMES = frozenset({"org.bluez.Error.NotAuthorized", "org.bluez.Error.NotPaired"})
WINDOWS_ATT_FACILITY = 0x8065
"""Upper half of the HRESULTs with which Windows reports ATT errors (E_BLUETOOTH_ATT_...); the lower is the code."""

log = logging.getLogger(__name__)


class BleakGatt:
    """Reads, writes and subscribes; every wait ends with the link, and at the latest with its time-out.

    Parameters
    ----------
    client
        A connected client.
    lost
        Set when the link has gone down.
    operation_s
        Time-out of one operation.
    """

    def __init__(self, client: BleakClient, lost: asyncio.Event, *, operation_s: float) -> None:
        self._client, self._lost, self._operation_s = client, lost, operation_s
        self._subscribed: dict[str, BleakGATTCharacteristic] = {}

    @property
    def characteristics(self) -> frozenset[str]:
        """Every characteristic that the sensor offers."""
        return frozenset(c.uuid.lower() for c in self._client.services.characteristics.values())

    @property
    def services(self) -> frozenset[str]:
        """Every service that the sensor offers."""
        return frozenset(s.uuid.lower() for s in self._client.services)

    @property
    def max_write(self) -> int:
        """The most bytes that one write without response may carry."""
        sizes = [
            c.max_write_without_response_size
            for c in self._client.services.characteristics.values()
            if "write-without-response" in c.properties
        ]
        return max(LEAST_WRITE_BYTES, min(sizes, default=LEAST_WRITE_BYTES))

    async def read(self, uuid: str) -> bytes:
        """Read a characteristic."""
        it = self._find(uuid, "read")
        return bytes(await self._attempt(self._client.read_gatt_char(it), f"reading {uuid[:8]}"))

    async def write(self, uuid: str, data: bytes, *, response: bool) -> None:
        """Write a characteristic; the other way round where the sensor offers only that one."""
        it = self._find(uuid, "write" if response else "write-without-response")
        if response and "write" not in it.properties:
            response = "write-without-response" not in it.properties
        elif not response and "write-without-response" not in it.properties:
            response = "write" in it.properties
        await self._attempt(self._client.write_gatt_char(it, data, response=response), f"writing {uuid[:8]}")

    async def subscribe(self, uuid: str, callback: Callable[[bytes], None]) -> None:
        """Have `callback` called with each notification; what it raises is logged and goes no further."""

        @on_loop
        def take(data: bytes) -> None:
            try:
                callback(data)
            except Exception:
                # Nothing from the air may break the loop that carries the other sensor.
                log.exception("a notification of %d bytes could not be handled", len(data))

        def hand_over(_sender: BleakGATTCharacteristic, data: bytearray) -> None:
            take(bytes(data))

        it = self._find(uuid, "notify", "indicate")
        await self._attempt(self._client.start_notify(it, hand_over), f"subscribing to {uuid[:8]}")
        self._subscribed[uuid] = it

    async def unsubscribe(self, uuid: str) -> None:
        """End a subscription; without effect where there is none."""
        it = self._subscribed.pop(uuid, None)
        if it is not None:
            await self._attempt(self._client.stop_notify(it), f"unsubscribing from {uuid[:8]}")

    def _find(self, uuid: str, *properties: str) -> BleakGATTCharacteristic:
        """Find a characteristic; of several with one UUID the first that can do what is wanted of it."""
        found = [c for c in self._client.services.characteristics.values() if c.uuid.lower() == uuid]
        if not found:
            msg = f"the sensor does not offer {uuid[:8]}; update its firmware with its maker's program"
            raise LinkLostError(msg)
        return next((c for c in found if set(properties).intersection(c.properties)), found[0])

    async def _attempt(self, work: Awaitable[T], doing: str) -> T:
        """Do one operation, but no longer than the link lives and than the time-out allows.

        Some platforms leave an operation hanging when the link goes down under it.
        """
        operation = asyncio.ensure_future(work)
        lost = asyncio.ensure_future(self._lost.wait())
        try:
            async with asyncio.timeout(self._operation_s):
                await asyncio.wait({operation, lost}, return_when=asyncio.FIRST_COMPLETED)
            if operation.done():
                return operation.result()
        except TimeoutError as error:
            msg = f"{doing} got no answer within {self._operation_s:g} s; {AGAIN}"
            raise LinkLostError(msg) from error
        except Exception as error:
            if demands_bond(error):
                msg = "the sensor demands to be paired; confirm the pairing if the system asks"
                raise PairingRequiredError(msg) from error
            raise explain(error, doing) from error
        finally:
            operation.cancel()
            lost.cancel()
        msg = f"the link went down while {doing}; {AGAIN}"
        raise LinkLostError(msg)


def demands_bond(error: BaseException) -> bool:
    """Say whether an error means that the sensor wants to be paired first, on whatever platform."""
    match error:
        case BleakGATTProtocolError():
            return error.code in BOND_CODES
        case BleakDBusError():
            return error.dbus_error in BOND_DBUS_NAMES
        case OSError():
            code = getattr(error, "winerror", None)
            return isinstance(code, int) and (code >> 16) & 0xFFFF == WINDOWS_ATT_FACILITY and code & 0xFF in BOND_CODES
        case _:
            return False
