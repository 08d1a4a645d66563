"""Pyramid: lows and highs of a long trace at ever coarser steps: drawing a day costs as much as drawing a minute."""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
STEP = 16
"""Each level is so much coarser than the one below."""


class Pyramid:
    """Envelopes of a long trace.

    Parameters
    ----------
    xyz_g
        (n, 3) on an even grid, rows of NaN where time is missing.
    """

    def __init__(self, xyz_g: Floats) -> None:
        self._levels: list[tuple[int, Floats, Floats]] = []
        low, high, step = xyz_g, xyz_g, 1
        while len(low) > 4 * STEP:
            # fmin and fmax pass over NaN; a block of nothing but NaN stays NaN.
            low = np.fmin.reduce(_whole(low).reshape(-1, STEP, 3), axis=1)
            high = np.fmax.reduce(_whole(high).reshape(-1, STEP, 3), axis=1)
            step *= STEP
            self._levels.append((step, low, high))
        self._xyz_g = xyz_g

    def __len__(self) -> int:
        return len(self._xyz_g)

    def envelope(self, first: int, last: int, most: int) -> tuple[NDArray[np.float64], Floats]:
        """Points to draw of samples ``first`` to ``last``: their positions and values (n, 3), about `most` of them.

        Low and high of each step follow each other, so that one line shows every peak.
        """
        first, last = max(0, first), min(len(self), last)
        step, low, high = 1, self._xyz_g, self._xyz_g
        for level in self._levels:
            if (last - first) / step <= most:
                break
            step, low, high = level
        a, b = first // step, -(-last // step)
        low, high = low[a:b], high[a:b]
        position = (np.arange(a, a + len(low)) * step).astype(np.float64)
        if step == 1:
            return position, low
        values = np.empty((2 * len(low), 3), np.float32)
        values[0::2], values[1::2] = low, high
        return np.repeat(position, 2) + np.tile([0.0, 0.5 * step], len(low)), values


def _whole(values: Floats) -> Floats:
    """Fill the last block up with NaN, so that the end of a recording is drawn as well."""
    missing = -len(values) % STEP
    return np.concatenate([values, np.full((missing, 3), np.nan, np.float32)]) if missing else values
