"""Stuck: a sensor that repeats its last sample instead of measuring."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

LOOKS_PER_S = 5
"""Looks are compared, not samples: that takes a twentieth of the time, and a sensor that is stuck stays so (prior)."""
STUCK_LOOKS = 10
"""Looks that are alike, 2 s: noise of half a count repeats a sample of three axes once in ten looks, and ten times in
a row never (physics)."""
FINE_G = 0.0015
"""Counts up to this are no larger than twice the noise of a commodity sensor at rest (LSM6DSO, DS12140: 0.7 mg, in
low-power mode 1.8 mg), so that its samples never rest. A sensor with larger ones says nothing when they do."""


class StuckWatch:
    """Compares the samples of five looks a second, whatever the chunks they come in.

    Parameters
    ----------
    rate_hz
        Samples per second.
    """

    def __init__(self, rate_hz: float) -> None:
        self._apart = max(1, round(rate_hz / LOOKS_PER_S))
        self._look_s = self._apart / rate_hz
        self._count = 0
        self._last: Floats | None = None
        self._least_g = np.inf
        # Looks that are like the one before: in long streaks that are over, and in the one that goes on.
        self._stuck = self._streak = 0

    def take(self, axes_g: Floats) -> None:
        """Take samples, an axis a row, (3, n), g; rows that are missing are NaN."""
        looked = axes_g[:, -self._count % self._apart :: self._apart]
        self._count += axes_g.shape[1]
        if not looked.shape[1]:
            return
        if self._last is not None:
            looked = np.concatenate([self._last, looked], axis=1)
        self._last = looked[:, -1:].copy()
        change = np.abs(looked[:, 1:] - looked[:, :-1])
        # Without gravity in the data a quiet sensor may well read zero for long.
        same = (change == 0.0).all(axis=0) & looked[:, 1:].any(axis=0)
        ends = np.nonzero(~same)[0]
        if not len(ends):
            self._streak += len(same)
            return
        self._least_g = min(self._least_g, float(np.min(change, where=change > 0.0, initial=np.inf)))
        streaks = np.diff(ends, prepend=-1) - 1
        streaks[0] += self._streak
        self._streak = len(same) - 1 - int(ends[-1])
        self._stuck += int(streaks[streaks >= STUCK_LOOKS].sum())

    @property
    def stuck_s(self) -> float:
        """Time for which it was stuck, s; 0 on a sensor whose counts are coarse, and on one that never changed."""
        going_on = self._streak if self._streak >= STUCK_LOOKS else 0
        return (self._stuck + going_on) * self._look_s if self._least_g <= FINE_G else 0.0
