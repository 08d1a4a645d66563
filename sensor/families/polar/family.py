"""Polar sensors, as the scan sees them."""

from sensor.families.base import Advertisement, Family
from sensor.families.common import short_uuid
from sensor.families.polar.driver import PMD_SERVICE, PolarDriver

COMPANY = 0x006B
POLAR_FILES = short_uuid(0xFEEE)
WITHOUT_ACCELERATION = ("polar h7", "polar h9")


class PolarFamily(Family):
    """H10, OH1, Verity Sense, 360, Loop, and watches that share their sensors."""

    name = "polar"
    title = "Polar sensor"
    services = (PMD_SERVICE,)
    driver_type = PolarDriver
    names = ("polar ",)
    advertised = (PMD_SERVICE, POLAR_FILES)
    rates_hz = (25.0, 26.0, 50.0, 52.0, 100.0, 104.0, 200.0, 208.0, 400.0, 416.0)

    def match(self, advertisement: Advertisement) -> int:
        """Say how surely an advertisement is of a Polar sensor: the PMD service itself is not advertised."""
        if advertisement.name.lower().startswith(WITHOUT_ACCELERATION):
            return self.NO_MATCH
        maybe = self.MAYBE if COMPANY in advertisement.manufacturer_ids else self.NO_MATCH
        return max(super().match(advertisement), maybe)
