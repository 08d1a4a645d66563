"""Repeats: how often a sensor at rest gives the value that it gave before, which tells noise from coarse counts."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]
Counts = NDArray[np.intp]

QUIET_G = 0.03
"""A change that rest may show, twice the coarsest counts (16 mg)."""
COUNTED = 3
"""Looks in a row, alike on all axes, that are counted; what goes on longer may be a sensor that is stuck."""
ENOUGH = 20
"""Looks at rest, 4 s, from which on a share is known (prior)."""
FINE_G = 0.0015
"""Counts up to this are no larger than twice the noise of a commodity sensor at rest (LSM6DSO, DS12140: 0.7 mg, in
low-power mode 1.8 mg), so that its samples never rest. A sensor with larger ones says nothing when they do. The length
of the change is what counts: where data have been turned, a step along one axis of the sensor changes all three by a
part of it."""


class Repeats:
    """Counts, of the looks at rest, those in which each axis repeats; the axis that does so least often is alive.

    Coarse counts that somebody has resampled change by little, too, and give themselves away by how often they do not.

    Attributes
    ----------
    known_from
        Number of the look with which there had been enough of them at rest; None before.
    """

    def __init__(self) -> None:
        self.known_from: int | None = None
        self._fine_from: int | None = None
        self._in_a_row = 0
        # As the looks taken last found it, and as they left it.
        self._before: Counts = np.zeros(4, np.intp)
        self._after = self._before
        self._counted: list[Bools] = []
        self._first = 0
        self._shares: NDArray[np.float64] | None = None

    def take(self, change_g: Floats, same: Bools, first: int) -> None:
        """Take the changes from look to look, (3, n), g, NaN where there is none, and where they are 0.

        Parameters
        ----------
        first
            Number of the first of these looks.
        """
        most = np.maximum(np.maximum(change_g[0], change_g[1]), change_g[2])
        rest = most <= QUIET_G
        alike = np.nonzero(same[0] & same[1] & same[2])[0]
        if len(alike):
            rest[alike[self._count_rows(alike, len(rest)) > COUNTED]] = False
        else:
            self._in_a_row = 0
        self._counted = [same[0] & rest, same[1] & rest, same[2] & rest, rest]
        self._before, self._first, self._shares = self._after, first, None
        self._after = self._before + np.array([np.count_nonzero(counted) for counted in self._counted])
        if self.known_from is None and self._after[-1] >= ENOUGH:
            self.known_from = first + int((self._before[-1] + np.cumsum(rest) >= ENOUGH).argmax())
        if self._fine_from is None:
            length = change_g[0] * change_g[0] + change_g[1] * change_g[1] + change_g[2] * change_g[2]
            fine = (length > 0.0) & (length <= FINE_G * FINE_G)
            self._fine_from = first + int(fine.argmax()) if fine.any() else None

    def _count_rows(self, alike: NDArray[np.intp], looks: int) -> NDArray[np.intp]:
        """Count for each look that is alike on all axes how many of them come in a row by then."""
        begins = np.diff(alike, prepend=-2) > 1
        places = np.arange(len(alike))
        in_a_row = places - np.maximum.accumulate(np.where(begins, places, 0)) + 1
        if alike[0] == 0:
            other = np.nonzero(begins[1:])[0]
            in_a_row[: other[0] + 1 if len(other) else None] += self._in_a_row
        self._in_a_row = int(in_a_row[-1]) if alike[-1] == looks - 1 else 0
        return in_a_row

    def rarer(self, most: float) -> Bools:
        """Whether, at each look taken last, counts were known to be fine and repeats to be no more than that share."""
        if self._shares is None:
            *same, rest = self._before[:, None] + np.cumsum(self._counted, axis=1)
            self._shares = np.where(rest >= ENOUGH, np.minimum.reduce(same) / np.maximum(rest, 1), np.inf)
            fine_from = self._first + len(rest) if self._fine_from is None else self._fine_from
            self._shares[: max(0, fine_from - self._first)] = np.inf
        return np.asarray(self._shares <= most)
