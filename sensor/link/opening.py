"""Opening and closing one connection."""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bleak import BleakClient
from bleak.backends.device import BLEDevice
from bleak.exc import BleakError

from sensor.families import PairingRequiredError
from sensor.link.backend import backend_option
from sensor.link.gatt import BleakGatt
from sensor.link.problems import LinkLostError, explain, short
from sensor.link.threads import on_loop
from sensor.link.times import LinkTimes

if TYPE_CHECKING:
    from sensor.link.radio import Radio

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OpenLink:
    """A connection that is up.

    Attributes
    ----------
    client
        bleak's client.
    gatt
        The families' view of it.
    lost
        Set when it has gone down.
    """

    client: BleakClient
    gatt: BleakGatt
    lost: asyncio.Event

    @property
    def is_lost(self) -> bool:
        """Whether it has gone down; also where the platform has not called back."""
        return self.lost.is_set() or not self.client.is_connected


async def open_link(radio: "Radio", device: BLEDevice, times: LinkTimes, *, within_s: float | None = None) -> OpenLink:
    """Connect to a device and discover what it offers, `within_s` or the usual time.

    Raises
    ------
    LinkLostError
        When the device does not answer.
    RadioError
        When the radio cannot be used.
    """
    seconds = times.connect_s if within_s is None else within_s
    lost = asyncio.Event()
    on_lost = on_loop(lambda _client: lost.set())
    try:
        # bleak's own time-out covers parts of its work; this one covers the whole.
        async with asyncio.timeout(seconds):
            client = await _connect(radio, device, on_lost, seconds)
    except TimeoutError as error:
        msg = f"the sensor did not answer within {seconds:g} s; wake it and bring it nearer"
        raise LinkLostError(msg) from error
    except Exception as error:
        raise explain(error, "connecting") from error
    return OpenLink(client=client, gatt=BleakGatt(client, lost, operation_s=times.operation_s), lost=lost)


async def _connect(
    radio: "Radio", device: BLEDevice, on_lost: Callable[[BleakClient], None], seconds: float
) -> BleakClient:
    if radio.uses_retry_connector(device):
        # One attempt as it counts them: our own back-off, which the person sees, stands above. What it is used for is
        # what it knows of BlueZ: links that are open already, devices half-removed, caches gone stale.
        from bleak_retry_connector import establish_connection  # noqa: PLC0415 - only where it serves

        return await establish_connection(
            BleakClient,
            device,
            device.name or "sensor",
            disconnected_callback=on_lost,
            max_attempts=1,
            **backend_option(radio.client_backend),
        )
    client = BleakClient(device, disconnected_callback=on_lost, timeout=seconds, **backend_option(radio.client_backend))
    await client.connect()
    return client


async def close_link(link: OpenLink, times: LinkTimes) -> None:
    """Disconnect; a platform that does not answer is left alone after a while."""
    try:
        async with asyncio.timeout(times.disconnect_s):
            await link.client.disconnect()
    except (BleakError, OSError, EOFError, TimeoutError) as error:
        log.warning("the link did not close cleanly: %s", short(str(error)) or type(error).__name__)


async def pair(link: OpenLink, times: LinkTimes) -> None:
    """Make a bond with the sensor.

    Raises
    ------
    PairingRequiredError
        When it does not come about.
    """
    try:
        async with asyncio.timeout(times.pair_s):
            await link.client.pair()
    except (BleakError, OSError, EOFError, NotImplementedError, TimeoutError) as error:
        detail = short(str(error)) or type(error).__name__
        msg = (
            f"pairing failed ({detail}); remove the sensor from the system's Bluetooth settings, "
            "hold it within a metre, and try again"
        )
        raise PairingRequiredError(msg) from error
