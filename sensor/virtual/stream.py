"""Stream: the times and samples of one virtual sensor between a start and a stop."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sensor.virtual.motion import Motion

NS_PER_S = 1_000_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Oscillator:
    """What a sensor's own clocks make of time.

    Attributes
    ----------
    rate_error
        True against nominal sampling rate: 0.012 is a sensor that runs 1.2 % fast.
    drift_ppm
        The clock of its stamps against the host's, parts per million.
    zero_ns
        What its stamps show when it is switched on.
    """

    rate_error: float = 0.0
    drift_ppm: float = 0.0
    zero_ns: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Packet:
    """The samples of one packet, before a family encodes them.

    Attributes
    ----------
    number
        Of the packet within the stream.
    first
        Number of the first sample since the sensor was switched on.
    xyz_g
        Acceleration (n, 3), g.
    stamp_ns
        The sensor's own time of the last sample.
    due_ns
        Host time at which the last sample has been taken and the packet leaves.
    """

    number: int
    first: int
    xyz_g: NDArray[np.float64]
    stamp_ns: int
    due_ns: int


class Stream:
    """Cuts a motion into packets as a sensor's sampling clock does.

    Samples are numbered from the moment the sensor was switched on, on one grid, whether it streams or not; so a gap
    between two streams is a whole number of samples, and the numbers tell how many.

    Parameters
    ----------
    motion
        What the sensor feels.
    rate_hz
        Nominal rate.
    samples
        In one packet.
    oscillator
        The sensor's clocks.
    born_ns
        Host time at which the sensor was switched on.
    now_ns
        Host time of the start.
    """

    def __init__(
        self, *, motion: Motion, rate_hz: float, samples: int, oscillator: Oscillator, born_ns: int, now_ns: int
    ) -> None:
        self.rate_hz = rate_hz
        self.samples = samples
        self._motion, self._oscillator, self._born_ns = motion, oscillator, born_ns
        self._true_hz = rate_hz * (1.0 + oscillator.rate_error)
        self._first = int((now_ns - born_ns) * self._true_hz / NS_PER_S) + 1
        self._number = 0

    def next_packet(self) -> Packet:
        """Make the next packet."""
        first, self._first = self._first, self._first + self.samples
        number, self._number = self._number, self._number + 1
        last_ns = round((first + self.samples - 1) / self._true_hz * NS_PER_S)
        return Packet(
            number=number,
            first=first,
            xyz_g=self._motion.read(first, self.samples, self.rate_hz),
            stamp_ns=self._oscillator.zero_ns + round(last_ns * (1.0 + 1e-6 * self._oscillator.drift_ppm)),
            due_ns=self._born_ns + last_ns,
        )
