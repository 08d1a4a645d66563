"""Identity: is this the sensor that was chosen? Names are spoofable, and a neighbour's strap is real."""

import contextlib
from dataclasses import dataclass, replace

from dsp import SensorError
from sensor.families import Family, PairingRequiredError
from sensor.families.common import short_uuid
from sensor.link.gatt import BleakGatt
from sensor.messages import SensorInfo

MODEL, SERIAL, FIRMWARE = (short_uuid(n) for n in (0x2A24, 0x2A25, 0x2A26))
BATTERY, BATTERY_SERVICE = short_uuid(0x2A19), short_uuid(0x180F)
LONGEST_TEXT = 64
"""Characters of a device's own words that are kept."""
FULL_PERCENT = 100


class WrongSensorError(SensorError):
    """The device that answered is not the sensor that was chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What a remembered sensor is recognised by. Personal: keep it out of logs and exports.

    Attributes
    ----------
    key
        The platform's address; another one on each machine (macOS gives a random one).
    serial
        What the sensor says of itself after connecting; empty when it says nothing.
    family
        Its family.
    name
        As it was advertised; for people, proves nothing.
    """

    key: str
    serial: str = ""
    family: str = ""
    name: str = ""

    @classmethod
    def of(cls, info: SensorInfo) -> "Identity":
        """Take down who a sensor is, to recognise it next time."""
        return cls(key=info.key, serial=info.serial, family=info.family, name=info.name)

    def find_in(self, found: list[SensorInfo]) -> SensorInfo | None:
        """Look for this sensor among those of a scan: by address, never by name or strength alone."""
        return next((i for i in found if i.key.lower() == self.key.lower()), None)


async def ask_about(gatt: BleakGatt, info: SensorInfo) -> SensorInfo:
    """Complete what is known of a sensor by what it says of itself (Device Information, Battery).

    What it does not offer stays as it was. A sensor that wants to be paired before it tells is paired later, when the
    start asks for it.
    """
    return replace(
        info,
        model=await _read_text(gatt, MODEL, info.model),
        serial=await _read_text(gatt, SERIAL, info.serial),
        firmware=await _read_text(gatt, FIRMWARE, info.firmware),
        battery_percent=await read_battery(gatt, info.battery_percent),
    )


async def _read_text(gatt: BleakGatt, uuid: str, before: str) -> str:
    if uuid in gatt.characteristics:
        with contextlib.suppress(PairingRequiredError):
            return readable(await gatt.read(uuid))
    return before


async def read_battery(gatt: BleakGatt, before: int | None = None) -> int | None:
    """Read the battery level; `before` when the sensor does not tell."""
    if BATTERY not in gatt.characteristics:
        return before
    with contextlib.suppress(PairingRequiredError):
        return battery_of(await gatt.read(BATTERY), before)
    return before


def battery_of(data: bytes, before: int | None = None) -> int | None:
    """Decode a battery level; `before` when the bytes make no sense."""
    return data[0] if data and data[0] <= FULL_PERCENT else before


def readable(data: bytes) -> str:
    """Make a printable line of a device's own words."""
    return printable(data[:LONGEST_TEXT].decode("utf-8", errors="replace"))


def printable(text: str) -> str:
    """Keep of a stranger's words what cannot steer a terminal."""
    return "".join(c for c in text[:LONGEST_TEXT] if c.isprintable()).strip()


def check_services(gatt: BleakGatt, family: Family) -> None:
    """Make sure that the device offers what its family must.

    Raises
    ------
    WrongSensorError
        When none of the family's services is there.
    """
    if family.services and not gatt.services & {s.lower() for s in family.services}:
        msg = (
            f"the device calls itself a {family.title} but lacks its service; choose another sensor, "
            "or update the sensor's firmware with its maker's program"
        )
        raise WrongSensorError(msg)


def check_serial(expected: str, found: str) -> None:
    """Make sure that the serial number is the expected one, when both are known.

    Raises
    ------
    WrongSensorError
        When it is another.
    """
    if expected and found and expected != found:
        msg = (
            "another sensor of the same name answered: its serial number is not that of the chosen one; "
            "scan again and tell yours by a tap"
        )
        raise WrongSensorError(msg)
