"""Scan: which sensors are around, and of which family."""

import asyncio
import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING

from bleak import BleakScanner
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData
from bleak.exc import BleakError

from sensor.families import Advertisement, Family
from sensor.link.problems import LinkLostError, RadioError, RadioProblem, explain
from sensor.messages import SensorInfo

if TYPE_CHECKING:
    from sensor.link.radio import OnFound, Radio

ANSWER_S = 10.0
"""A radio that has not begun to scan by then does not answer."""
UPDATE_S = 0.5
"""Changes of one sensor's signal are told no more often than this."""
NO_SIGNAL_DBM = -127
"""What platforms report when they know no signal strength (0 or 127 where it is unknown)."""
UNKNOWN_WARNING = "not a known acceleration sensor"

log = logging.getLogger(__name__)


def advertisement_of(device: BLEDevice, data: AdvertisementData) -> Advertisement:
    """Make the families' view of what a device says of itself."""
    return Advertisement(
        name=data.local_name or device.name or "",
        service_uuids=frozenset(u.lower() for u in data.service_uuids),
        manufacturer_ids=frozenset(data.manufacturer_data),
    )


def recognise(advertisement: Advertisement, families: Iterable[Family]) -> Family | None:
    """Choose the family that recognises an advertisement most surely; None when none does."""
    best, sureness = None, Family.NO_MATCH
    for family in families:
        found = family.match(advertisement)
        if found > sureness:
            best, sureness = family, found
    return best


class _Finder:
    """Collects what a scan sees."""

    def __init__(self, radio: "Radio", on_found: "OnFound | None", *, everything: bool) -> None:
        self._radio, self._on_found, self._everything = radio, on_found, everything
        self._told_at: dict[str, float] = {}
        self.found: dict[str, SensorInfo] = {}

    def see(self, device: BLEDevice, data: AdvertisementData) -> None:
        """Take one advertisement."""
        advertisement = advertisement_of(device, data)
        known = self.found.get(device.address)
        family = recognise(advertisement, self._radio.families)
        if family is None and known is None and not self._everything:
            return
        self._radio.remember(device)
        signal = data.rssi if NO_SIGNAL_DBM < data.rssi < 0 else None
        # A scan response may come without the name or the services that an earlier packet had.
        name = advertisement.name or (known.name if known else "")
        info = SensorInfo(
            key=device.address,
            name=name,
            family=family.name if family else (known.family if known else ""),
            signal_dbm=signal if signal is not None else (known.signal_dbm if known else None),
            warning=(family.warning if family else (known.warning if known else UNKNOWN_WARNING)),
        )
        self.found[device.address] = info
        self._tell(info, known)

    def _tell(self, info: SensorInfo, known: SensorInfo | None) -> None:
        if self._on_found is None or info == known:
            return
        now = asyncio.get_running_loop().time()
        same = known is not None and (known.name, known.family) == (info.name, info.family)
        if same and now - self._told_at.get(info.key, 0.0) < UPDATE_S:
            return
        self._told_at[info.key] = now
        self._on_found(info)


async def scan(radio: "Radio", seconds: float, on_found: "OnFound | None", *, everything: bool) -> list[SensorInfo]:
    """Look for sensors for a while; see `Radio.scan`."""
    stop = radio.begin_scan()
    finder = _Finder(radio, on_found, everything=everything)
    try:
        scanner = BleakScanner(finder.see, backend=radio.scanner_backend)
        await _begin(scanner)
        try:
            async with asyncio.timeout(seconds):
                await stop.wait()
        except TimeoutError:
            pass
        finally:
            await _end(scanner)
    except Exception as error:
        raise explain(error, "scanning") from error
    finally:
        radio.end_scan()
    return sorted(finder.found.values(), key=lambda i: -(i.signal_dbm if i.signal_dbm is not None else NO_SIGNAL_DBM))


async def find(radio: "Radio", key: str, seconds: float) -> BLEDevice:
    """Look for one device until it shows.

    Raises
    ------
    LinkLostError
        When it does not show within `seconds`.
    RadioError
        When the radio cannot be used.
    """
    seen: asyncio.Future[BLEDevice] = asyncio.get_running_loop().create_future()

    def look(device: BLEDevice, _data: AdvertisementData) -> None:
        if device.address.lower() == key.lower() and not seen.done():
            seen.set_result(device)

    try:
        scanner = BleakScanner(look, backend=radio.scanner_backend)
        await _begin(scanner)
        try:
            async with asyncio.timeout(seconds):
                device = await seen
        finally:
            await _end(scanner)
    except TimeoutError as error:
        msg = f"the sensor did not show within {seconds:g} s; wake it (wear it, press its button) and bring it nearer"
        raise LinkLostError(msg) from error
    except Exception as error:
        raise explain(error, "looking for the sensor") from error
    radio.remember(device)
    return device


async def _begin(scanner: BleakScanner) -> None:
    try:
        async with asyncio.timeout(ANSWER_S):
            await scanner.start()
    except TimeoutError as error:
        raise RadioError(RadioProblem.SILENT) from error


async def _end(scanner: BleakScanner) -> None:
    try:
        async with asyncio.timeout(ANSWER_S):
            await scanner.stop()
    except (BleakError, OSError, TimeoutError) as error:
        # What was found is still true; a radio that is really gone shows at the next step.
        log.warning("the scan did not end cleanly: %s", error)
