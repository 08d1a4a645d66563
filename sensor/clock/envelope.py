"""Host map: the sensor's time on the host's clock, from the packets that came through quickest.

A packet can be late, never early; so the smallest of many delays is the steady one. The mean is off by tens of
milliseconds, the smallest of sixty by about six (sensors.md 4.2).
"""

from collections import deque

WINDOW_PACKETS = 60
SETTLE_PACKETS = 60
"""Until so many packets have come, a quicker one corrects the offset at once."""
DEADBAND_S = 0.020
"""Below it the sensor's own clock is the better one: radios align two sensors to 5 to 20 ms at best, and a correction
bends the sample times. Crystals that differ by 20 ppm get there in a quarter of an hour."""
SLEW_SHARE = 2e-4
"""A drift beyond the dead band is taken back by 0.2 ms a second: crystals drift by 0.02 to 0.1 ms a second."""


class HostMap:
    """Maps the time of a sensor to the host's, steady over minutes."""

    def __init__(self) -> None:
        self._delays: deque[float] = deque(maxlen=WINDOW_PACKETS)
        self._count = 0
        self._slewing = False
        self.offset_s = 0.0

    def add(self, device_s: float, host_s: float, elapsed_s: float) -> float:
        """Take a packet whose last sample was taken at `device_s` and that came at `host_s`; the offset."""
        delay = host_s - device_s
        self._delays.append(delay)
        self._count += 1
        if self._count == 1 or (self._count <= SETTLE_PACKETS and delay < self.offset_s):
            self.offset_s = delay
            return self.offset_s
        error = min(self._delays) - self.offset_s
        if abs(error) > DEADBAND_S and len(self._delays) == WINDOW_PACKETS:
            self._slewing = True
        if self._slewing:
            step = min(abs(error), SLEW_SHARE * max(elapsed_s, 0.0))
            self.offset_s += step if error > 0 else -step
            self._slewing = abs(error) > step
        return self.offset_s
