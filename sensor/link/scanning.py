"""Scan: which sensors are around, and of which family."""

import asyncio
import contextlib
from collections.abc import Iterable
from typing import TYPE_CHECKING

from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from sensor.families import Advertisement, Family
from sensor.link.identity import BATTERY_SERVICE, battery_of, printable
from sensor.link.problems import LinkLostError, explain
from sensor.messages import SensorInfo

if TYPE_CHECKING:
    from sensor.link.radio import OnFound, Radio

UPDATE_S = 0.5
"""Changes of one sensor's signal are told no more often than this."""
NO_SIGNAL_DBM = -127
"""What platforms report when they know no signal strength (0 or 127 where it is unknown)."""
UNKNOWN_WARNING = "not a known acceleration sensor"


def advertisement_of(device: BLEDevice, data: AdvertisementData) -> Advertisement:
    """Make the families' view of what a device says of itself."""
    return Advertisement(
        name=printable(data.local_name or device.name or ""),
        # bleak's types promise lists; a backend of somebody else may have nothing there.
        service_uuids=frozenset(u.lower() for u in data.service_uuids or ()),
        manufacturer_ids=frozenset(data.manufacturer_data or ()),
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
        self._heard: dict[str, Advertisement] = {}
        self.found: dict[str, SensorInfo] = {}

    def see(self, device: BLEDevice, data: AdvertisementData) -> None:
        """Take one advertisement."""
        advertisement = self._with_earlier(device.address, advertisement_of(device, data))
        known = self.found.get(device.address)
        family = recognise(advertisement, self._radio.families)
        if family is None and not self._everything:
            # What looked like a sensor by its maker may turn out to be another product by its name.
            self.found.pop(device.address, None)
            return
        self._radio.remember(device)
        before = known if known is not None else SensorInfo(key=device.address, name="", family="")
        signal = data.rssi if NO_SIGNAL_DBM < (data.rssi or 0) < 0 else None
        info = SensorInfo(
            key=device.address,
            name=advertisement.name,
            family=family.name if family else "",
            signal_dbm=signal if signal is not None else before.signal_dbm,
            battery_percent=battery_of((data.service_data or {}).get(BATTERY_SERVICE, b""), before.battery_percent),
            warning=family.warning if family else UNKNOWN_WARNING,
        )
        self.found[device.address] = info
        self._tell(info, known)

    def _with_earlier(self, address: str, new: Advertisement) -> Advertisement:
        """Add what earlier packets said: a scan response may lack the name or the services of an advertisement."""
        old = self._heard.get(address, Advertisement())
        self._heard[address] = Advertisement(
            name=new.name or old.name,
            service_uuids=old.service_uuids | new.service_uuids,
            manufacturer_ids=old.manufacturer_ids | new.manufacturer_ids,
        )
        return self._heard[address]

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
        async with radio.listening.hearing(finder.see):
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), seconds)
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
        async with radio.listening.hearing(look):
            device = await asyncio.wait_for(seen, seconds)
    except TimeoutError as error:
        msg = f"the sensor did not show within {seconds:g} s; wake it (wear it, press its button) and bring it nearer"
        raise LinkLostError(msg) from error
    except Exception as error:
        raise explain(error, "looking for the sensor") from error
    radio.remember(device)
    return device
