"""Drift: how far the recording's clock has run ahead of the one that is shown live."""

from array import array
from bisect import bisect_right

import numpy as np
from numpy.typing import NDArray

LEAST_S = 0.1
"""A smaller change cannot be seen in a view of half a minute."""
APART_S = 10.0
"""Changes are noted no closer, whatever a sensor without a clock of its own does."""


class Drift:
    """Turns times of the live view into times of the recording.

    Live analysis keeps the rate that it settled on, the recording follows the sensor's clock; after a night a rate
    that is off by 20 ppm has made half a second of it. Packed, for it is kept all night.
    """

    def __init__(self) -> None:
        self._time_s, self._ahead_s = array("d"), array("d")

    def note(self, time_s: float, ahead_s: float) -> None:
        """Note how far the recording is ahead at a time of the live view."""
        if self._time_s and (time_s - self._time_s[-1] < APART_S or abs(ahead_s - self._ahead_s[-1]) < LEAST_S):
            return
        self._time_s.append(time_s)
        self._ahead_s.append(ahead_s)

    def forget_after(self, time_s: float) -> None:
        """Forget what was noted from a time on."""
        end = bisect_right(self._time_s, time_s)
        del self._time_s[end:], self._ahead_s[end:]

    def table(self) -> NDArray[np.float64]:
        """Copy the times and how far ahead the recording was, (2, n)."""
        return np.array([self._time_s, self._ahead_s], np.float64)


def recorded_s(table: NDArray[np.float64], live_s: float) -> float:
    """Time in the recording of a time of the live view."""
    return live_s + float(np.interp(live_s, *table)) if table.shape[1] else live_s


def shown_s(table: NDArray[np.float64], in_recording_s: float) -> float:
    """Time of the live view of a time in the recording."""
    if not table.shape[1]:
        return in_recording_s
    return in_recording_s - float(np.interp(in_recording_s, table[0] + table[1], table[1]))
