"""Motion: samples without posture, for drawing; worked out only when somebody looks."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

POSTURE_SHARE = 0.02
"""Share of each new sample in the running mean that is taken out; about 0.5 s at 100 Hz (drawing only)."""
MOST_PENDING = 65536
"""Rows kept for a look that has not come; after more the running mean starts anew."""


class Motion:
    """Takes a running mean out of the newest samples."""

    def __init__(self) -> None:
        self._pending: list[Floats] = []
        self._pending_rows = 0
        self._mean: NDArray[np.float64] | None = None
        self._last = np.zeros(3)
        self._newest = np.empty((0, 3), np.float32)

    def take(self, rows: Floats) -> None:
        """Remember what was pushed, (n, 3); a look may follow."""
        self._pending.append(rows)
        self._pending_rows += len(rows)
        if len(self._pending) > 1 and self._pending_rows > MOST_PENDING:
            self._pending, self._pending_rows = self._pending[-1:], len(rows)
            self._mean = None

    @property
    def newest(self) -> Floats:
        """The rows pushed last without their running mean; NaN where samples are missing."""
        for rows in self._pending:
            self._newest = self._without_mean(rows)
        self._pending, self._pending_rows = [], 0
        return self._newest

    def _without_mean(self, rows: Floats) -> Floats:
        known = np.isfinite(rows).all(axis=1)
        if self._mean is None:
            if not known.any():
                return np.full_like(rows, np.nan)
            self._mean = self._last = rows[int(known.argmax())].astype(np.float64)
        from scipy.signal import lfilter  # noqa: PLC0415 - 0.3 s that an analysis without a view does not need

        steady = rows.astype(np.float64)
        if not known.all():
            # What is missing keeps the value before it.
            before = np.maximum.accumulate(np.where(known, np.arange(len(rows)), -1))
            steady = np.where((before >= 0)[:, None], steady[before], self._last)
        start = (1.0 - POSTURE_SHARE) * self._mean[None, :]
        slow, _ = lfilter([POSTURE_SHARE], [1.0, POSTURE_SHARE - 1.0], steady, axis=0, zi=start)
        if len(slow):
            self._mean, self._last = slow[-1], steady[-1]
        moved: Floats = (steady - slow).astype(np.float32)
        moved[~known] = np.nan
        return moved
