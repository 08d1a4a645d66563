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
"""The row beside a blank is larger than this: nothing goes from half of gravity to nothing in one sample (physics)."""


class Blanks:
    """Finds the blank rows of a stream, whatever the chunks it comes in.

    Attributes
    ----------
    count
        Blank rows so far.
    """

    def __init__(self) -> None:
        self.count = 0
        self._began_blank = False
        # Whether the last row with a value stood; None before the first.
        self._stood: bool | None = None

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
        if self._stood is not None and axes_g[0].all() and not np.isnan(axes_g[:, -1]).any():
            # One axis tells nearly always.
            self._stood = _stands(axes_g[:, -1])
            return None, None
        zero = np.logical_not(axes_g.any(axis=0))
        valued: Bools = ~zero & ~np.isnan(axes_g).all(axis=0)
        last = np.maximum.accumulate(np.where(valued, np.arange(len(zero)), -1))
        blank: Bools = np.zeros(len(zero), bool)
        begins: int | None = None
        for row in np.unique(last[zero]).tolist():
            blank[(last == row) & zero] = self._stood is True if row < 0 else _stands(axes_g[:, row])
        if self._stood is None:
            first = int(valued.argmax()) if valued.any() else len(zero)
            self._began_blank |= bool(zero[:first].any())
            if first < len(zero) and self._began_blank and _stands(axes_g[:, first]):
                begins = first
        if last[-1] >= 0:
            self._stood = _stands(axes_g[:, last[-1]])
        self.count += int(blank.sum())
        return (blank if blank.any() else None), begins


def _stands(row_g: Floats) -> bool:
    """Whether a row is as large as gravity leaves at least; a value that is not known counts for none."""
    return float(np.square(np.nan_to_num(row_g.astype(np.float64), nan=0.0, posinf=1, neginf=1)).sum()) >= STOOD_G**2
