"""First change: until its samples have changed once, nothing shows that a sensor measures."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

LEAD_S = 4.0
"""What is the same from the start for so long fills a whole window."""
FIRST_ROWS = 64
"""Within which nearly every sensor changes for the first time."""


class FirstChange:
    """Looks for the first sample that differs from the first one, whatever the chunks they come in.

    Parameters
    ----------
    rate_hz
        Samples per second.

    Attributes
    ----------
    row
        Row of that sample; None while there is none.
    """

    def __init__(self, rate_hz: float) -> None:
        self._lead_rows = round(LEAD_S * rate_hz)
        self._first: Floats | None = None
        self._first_row = 0
        self.row: int | None = None

    def take(self, axes_g: Floats, at: int) -> None:
        """Take samples, an axis a row, (3, n), g, the first of them row `at`; rows that are missing are NaN."""
        if self.row is None:
            # Of all samples: what hits a sensor that reads zero at rest may be over between two looks.
            self._look(axes_g[:, :FIRST_ROWS], at)
            self._look(axes_g[:, FIRST_ROWS:], at + FIRST_ROWS)

    @property
    def lead(self) -> tuple[int, int] | None:
        """First row, and the first that differed, when that came late; else None, and before there was any."""
        if self.row is None or self.row - self._first_row < self._lead_rows:
            return None
        return self._first_row, self.row

    def lead_of(self, begin: int, end: int, rows: int) -> tuple[int, int] | None:
        """Give the first of the `rows` so far that were the same, and the one after; None where they do not count."""
        if self._first is None:
            return None
        if self.row is None:
            return self._first_row, rows
        if begin < self.row and (self.row >= end or self.lead is not None):
            return self._first_row, self.row
        return None

    def leads(self, begin: int, end: int, known_by: int) -> bool:
        """Whether a segment lies where the samples had all been the same so far, or begins there and that lasted."""
        if self._first is None or known_by <= self._first_row:
            return False
        if self.row is None or self.row >= min(end, known_by):
            return True
        return begin < self.row and self.lead is not None

    def _look(self, axes_g: Floats, at: int) -> None:
        if self.row is not None:
            return
        known = np.isfinite(axes_g).all(axis=0)
        if self._first is None and known.any():
            first = int(known.argmax())
            self._first, self._first_row = axes_g[:, first : first + 1].copy(), at + first
        if self._first is not None:
            changed = known & (axes_g != self._first).any(axis=0)
            if changed.any():
                self.row = at + int(changed.argmax())
