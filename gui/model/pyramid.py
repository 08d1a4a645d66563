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
    axes_g
        (3, n) on an even grid, NaN where time is missing. An axis is one run of memory: reducing a day of three
        interleaved axes takes four times as long.
    """

    def __init__(self, axes_g: Floats) -> None:
        self._levels: list[tuple[int, Floats, Floats]] = []
        low, high, step = axes_g, axes_g, 1
        # fmin and fmax pass over NaN and cost three times as much; a block of nothing but NaN stays NaN.
        gaps = bool(np.isnan(axes_g[0]).any())
        least, most = (np.fmin, np.fmax) if gaps else (np.minimum, np.maximum)
        while low.shape[1] > 4 * STEP:
            low = least.reduce(_whole(low).reshape(3, -1, STEP), axis=2)
            high = most.reduce(_whole(high).reshape(3, -1, STEP), axis=2)
            step *= STEP
            self._levels.append((step, low, high))
        self.axes_g = axes_g

    def __len__(self) -> int:
        return int(self.axes_g.shape[1])

    def envelope(self, first: int, last: int, most: int) -> tuple[NDArray[np.float64], Floats]:
        """Points to draw of samples ``first`` to ``last``: their positions and values (n, 3), about `most` of them.

        Low and high of each step follow each other, so that one line shows every peak.
        """
        first, last = max(0, first), min(len(self), last)
        step, low, high = 1, self.axes_g, self.axes_g
        for level in self._levels:
            if (last - first) / step <= most:
                break
            step, low, high = level
        a, b = first // step, -(-last // step)
        low, high = low[:, a:b], high[:, a:b]
        position = (np.arange(a, a + low.shape[1]) * step).astype(np.float64)
        if step == 1:
            return position, low.T
        values = np.empty((3, 2 * low.shape[1]), np.float32)
        values[:, 0::2], values[:, 1::2] = low, high
        return np.repeat(position, 2) + np.tile([0.0, 0.5 * step], low.shape[1]), values.T


def _whole(values: Floats) -> Floats:
    """Fill the last block up, so that the end of a recording is drawn as well: with its last value again."""
    missing = -values.shape[1] % STEP
    return np.concatenate([values, np.repeat(values[:, -1:], missing, axis=1)], axis=1) if missing else values
