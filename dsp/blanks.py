"""Blanks: rows of zeros where a sensor, or the link to it, has given nothing.

Gravity stands in the data of an accelerometer always, so that all axes read zero exactly in a free fall at most; but a
sensor that is off, a packet that was not filled and a decoder that failed leave zeros. Where gravity has been taken out
of the data a quiet sensor with coarse counts reads zero for long: there zeros stay what they are.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]

STOOD_G = 0.5
"""What gravity leaves of each row at least, but in a fall (half of it; physics) ..."""
STOOD_S = 0.5
"""... and it stood for most of so long before a blank. A kick, which may end in the zeros of data without gravity, is
shorter (prior)."""
NEAR_G = (0.8, 1.25)
"""What a limb at rest begins with after zeros, with the offset of a commodity sensor. A kick seldom does (prior)."""


class Blanks:
    """Finds the blank rows of a stream, whatever the chunks it comes in.

    Parameters
    ----------
    rate_hz
        Samples per second.

    Attributes
    ----------
    count
        Blank rows so far.
    """

    def __init__(self, rate_hz: float) -> None:
        self.count = 0
        self._looked_at = max(1, round(STOOD_S * rate_hz))
        # Whether gravity stands in the newest rows, but for those that are blank or missing.
        self._stands = np.zeros(0, bool)
        self._leading = True
        self._zeros_lead = False

    def find(self, axes_g: Floats) -> tuple[Bools | None, int | None]:
        """Which of the next rows are blank, (n,), None when none is; and at which of them the data begin.

        What a stream begins with may be the zeros of a sensor without gravity. They are kept, but when gravity follows
        at once they were none, and the data begin there.

        Parameters
        ----------
        axes_g
            The samples, an axis a row, (3, n), g; rows of NaN are neither.
        """
        if not axes_g.shape[1]:
            return None, None
        if self._leading and not self._zeros_lead and axes_g[:, 0].any() and not np.isnan(axes_g[:, 0]).all():
            # Nearly always the data begin with the first row.
            self._leading = False
        newest = axes_g[:, -self._looked_at :]
        # One axis tells nearly always, or leaves few rows to look at; and of the others the newest are all that counts.
        may_be = (axes_g[0] == 0.0).nonzero()[0]
        zeros = may_be[~axes_g[1:, may_be].any(axis=0)] if len(may_be) else may_be
        if not self._leading and not len(zeros) and not np.isnan(newest).any():
            self._follow(_sizes(newest) >= STOOD_G)
            return None, None
        zero = np.zeros(axes_g.shape[1], bool)
        zero[zeros] = True
        valued = ~zero & ~np.isnan(axes_g).all(axis=0)
        size = _sizes(axes_g)
        stands, begins = size >= STOOD_G, None
        if self._leading:
            first = int(valued.argmax()) if valued.any() else len(zero)
            self._zeros_lead |= bool(zero[:first].any())
            self._leading = first == len(zero)
            if not self._leading and self._zeros_lead and NEAR_G[0] <= size[first] <= NEAR_G[1]:
                begins = first
        blank, at = np.zeros(len(zero), bool), 0
        # From one stretch of zeros to the next.
        for begin, end in _stretches(zero):
            self._follow(stands[at:begin][valued[at:begin]])
            at = end
            if 2 * int(self._stands.sum()) > len(self._stands):
                blank[begin:end] = True
            else:
                self._follow(np.zeros(end - begin, bool))
        self._follow(stands[at:][valued[at:]])
        self.count += int(blank.sum())
        return (blank if blank.any() else None), begins

    def _follow(self, stands: Bools) -> None:
        """Take rows, oldest first: whether gravity stands in each."""
        self._stands = np.concatenate([self._stands, stands[-self._looked_at :]])[-self._looked_at :]


def _sizes(axes_g: Floats) -> NDArray[np.float64]:
    """Size of each row, g; a value that is not known counts for none."""
    known = axes_g.astype(np.float64)
    finite = np.isfinite(known)
    if not finite.all():
        known[~finite] = 0.0
    np.square(known, out=known)
    return np.asarray(np.sqrt(known[0] + known[1] + known[2]))


def _stretches(flags: Bools) -> list[tuple[int, int]]:
    """Where flags are set: begin and end of each stretch."""
    edges = np.nonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))[0]
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
