"""Host map: the sensor's time on the host's clock, from the packets that came through quickest.

A packet can be late, never early; so the smallest of many delays is the steady one. The mean is off by tens of
milliseconds, the smallest of sixty by about six (sensors.md 4.2). Corrections bend the sample times, which are exact to
a hundredth of that; so there are few of them, and slow ones.
"""

from collections import deque

import numpy as np

WINDOW_PACKETS = 60
SETTLE_S, SETTLE_PACKETS = 5.0, 20
"""Until then a quicker packet corrects the offset at once: the quickest of twenty is 2 ms from the best there is."""
DEADBAND_S = 0.020
"""Below it the sensor's own clock is the better one: radios align two sensors to 5 to 20 ms at best. Crystals that
differ by 20 ppm get there in a quarter of an hour."""
SLEW_SHARE = 2e-5
"""An error is taken back by 20 us a second, as much as a crystal drifts, once the drift itself is known."""
FAR_S, FAR_SLEW_SHARE = 0.1, 2e-4
"""An error beyond a tenth of a second, which two legs would show, is taken back ten times as fast."""
SPAN_S = 30.0
"""The quickest packet of each half minute goes into the drift."""
SPANS = 120
"""An hour of them: crystals wander with temperature within hours."""
LEAST_SPANS = 4
MOST_DRIFT = 3e-4
"""Crystals of sensors and hosts are good to 20 to 100 ppm (data sheets); more is not believed."""


class HostMap:
    """Maps the time of a sensor to the host's, steady over minutes.

    Attributes
    ----------
    offset_s
        What is to be added to the sensor's time.
    """

    def __init__(self) -> None:
        # Delays less what the offset has drifted by then, so that old and new ones can be compared.
        self._delays: deque[float] = deque(maxlen=WINDOW_PACKETS)
        self._quickest: deque[tuple[float, float]] = deque(maxlen=SPANS)
        self._count = 0
        self._first_s = self._span_end_s = 0.0
        self._drift = 0.0
        self._base_s = self._drifted_s = 0.0
        self._slewing = False
        self.offset_s = 0.0

    def add(self, device_s: float, host_s: float, elapsed_s: float) -> float:
        """Take a packet whose last sample was taken at `device_s` and that came at `host_s`; the offset."""
        delay_s, elapsed_s = host_s - device_s, max(elapsed_s, 0.0)
        self._count += 1
        if self._count == 1:
            self._first_s, self._base_s = host_s, delay_s
        self._note(delay_s, host_s)
        self._drifted_s += self._drift * elapsed_s
        self._delays.append(delay_s - self._drifted_s)
        if self._count <= SETTLE_PACKETS or host_s - self._first_s <= SETTLE_S:
            self._base_s = min(self._base_s, self._delays[-1])
        else:
            self._correct(min(self._delays) - self._base_s, elapsed_s)
        self.offset_s = self._base_s + self._drifted_s
        return self.offset_s

    def _correct(self, error_s: float, elapsed_s: float) -> None:
        if not self._slewing and abs(error_s) > DEADBAND_S and len(self._delays) == WINDOW_PACKETS:
            self._slewing = True
            self._drift = self._measured_drift()
        if self._slewing:
            most_s = (FAR_SLEW_SHARE if abs(error_s) > FAR_S else SLEW_SHARE) * elapsed_s
            self._base_s += max(-most_s, min(most_s, error_s))
            self._slewing = abs(error_s) > most_s

    def _note(self, delay_s: float, host_s: float) -> None:
        """Keep the quickest packet of each span."""
        if not self._quickest or host_s >= self._span_end_s:
            self._span_end_s = host_s + SPAN_S
            self._quickest.append((host_s, delay_s))
        elif delay_s < self._quickest[-1][1]:
            self._quickest[-1] = (host_s, delay_s)

    def _measured_drift(self) -> float:
        """How fast the delays grow: a line through the quickest packets."""
        if len(self._quickest) < LEAST_SPANS:
            return self._drift
        at_s, delay_s = np.array(self._quickest).T
        centred_s = at_s - at_s.mean()
        drift = float(centred_s @ delay_s / (centred_s @ centred_s))
        return max(-MOST_DRIFT, min(MOST_DRIFT, drift))
