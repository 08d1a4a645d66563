"""Polar sensors, as the scan sees them."""

from sensor.families.base import Advertisement, Driver, Family, Gatt, short_uuid
from sensor.families.polar.driver import PMD_SERVICE, PolarDriver

COMPANY = 0x006B
POLAR_FILES = short_uuid(0xFEEE)
WITHOUT_ACCELERATION = ("polar h7", "polar h9")


class PolarFamily(Family):
    """H10, OH1, Verity Sense, 360, Loop, and watches that share their sensors."""

    name = "polar"
    title = "Polar sensor"
    services = (PMD_SERVICE,)
    rates_hz = (25.0, 26.0, 50.0, 52.0, 100.0, 104.0, 200.0, 208.0, 400.0, 416.0)

    def match(self, advertisement: Advertisement) -> int:
        """Say how surely an advertisement is of a Polar sensor: the PMD service itself is not advertised."""
        name = advertisement.name.lower()
        if name.startswith(WITHOUT_ACCELERATION):
            return self.NO_MATCH
        if name.startswith("polar "):
            return self.NAME
        if POLAR_FILES in advertisement.service_uuids:
            return self.SERVICE
        return self.MAYBE if COMPANY in advertisement.manufacturer_ids else self.NO_MATCH

    def driver(self, gatt: Gatt) -> Driver:
        """Make the driver for one open connection."""
        return PolarDriver(gatt)
