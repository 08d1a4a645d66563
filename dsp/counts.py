"""Counts: the steps in which a sensor tells acceleration, as far as its values have shown them.

A coarse sensor at rest stays on a value and now and then goes to the next one, so that the smallest of its changes is
one that it makes again and again. Its values may have been turned since (a calibrated export, an application that
aligns the axes): then a step along one axis of the sensor changes all three, by parts of a count, and only the length
of the change is the count.
"""

import math
from bisect import bisect_right

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Sizes = NDArray[np.float64]

SMALLEST_COUNT_G = 1e-5
"""Changes below it are rounding, and changes that differ by no more are equal."""
LARGEST_COUNT_G = 0.07
"""No sensor is coarser: eight bits over 16 g are 63 mg, six over 3 g 48 (physics)."""
COUNT_HOPS = 20
"""Hops (10 s) in which a count shows: each makes a change by one likely (prior)."""
ALIKE = 3
"""Changes of one size that show a count; a lone smaller one is a fault of the sensor or of what took its data up."""
ODD = 2
"""Such faults that are overlooked (prior)."""
MOST_COUNTS = 3.0
"""So long such a diagonal may be: longer ones lie too near to one another to tell anything (physics)."""
FEW = ODD + ALIKE
"""Of the smallest changes, so many tell all that the others could."""


class CountHistory:
    """What was known of the size of a sensor's counts after each hop; most hops bring nothing new."""

    def __init__(self) -> None:
        self._hops: list[int] = []
        self._sizes_g: list[float] = []

    def note(self, hop: int, size_g: float) -> None:
        """Note the size, g, as it is known after a hop; after each once, in order."""
        if not self._sizes_g or size_g != self._sizes_g[-1]:
            self._hops.append(hop)
            self._sizes_g.append(size_g)

    def after(self, hop: int) -> float:
        """Size as it was known after a hop, g; infinite before anything was."""
        known = bisect_right(self._hops, hop)
        return self._sizes_g[known - 1] if known else math.inf

    def after_each(self, first: int, end: int) -> Floats:
        """Size as it was known after each hop from `first` to before `end`, (n,), g."""
        known = np.searchsorted(self._hops, np.arange(first, end), "right")
        return np.array([math.inf, *self._sizes_g], np.float32)[known]


class Counts:
    """Size of a sensor's counts from the changes between samples that follow one another.

    Attributes
    ----------
    size_g
        As the changes so far have shown it, g; infinite before the first. A change that has not come again is taken
        for a count as long as there are few, so that none passes for a kick before it does.
    """

    def __init__(self) -> None:
        self.size_g = math.inf
        self._hops = 0
        # The smallest changes along an axis, of those that changed at all from a sample to the next, and over all axes.
        self._along: Sizes = np.empty(0)
        self._whole: Sizes = np.empty(0)

    @property
    def settled(self) -> bool:
        """Whether more hops would tell nothing more."""
        return self._hops >= COUNT_HOPS and (len(self._whole) >= FEW or self._repeated_size() is not None)

    def take(self, axes_g: Floats, filled: NDArray[np.bool_]) -> float:
        """Take the next hop, of samples (3, n) the first of which is the last of the hop before; the size by then, g.

        Changes from or to one that is `filled`, (n,), are none of the sensor's.
        """
        self._hops += 1
        change = np.abs(np.diff(axes_g.astype(np.float64), axis=1))
        if filled.any():
            change = change[:, ~(filled[1:] | filled[:-1])]
        moved = change > SMALLEST_COUNT_G
        any_moved = moved.any(axis=0)
        if not any_moved.any():
            return self.size_g
        whole = np.sqrt(np.square(change[:, any_moved]).sum(axis=0))
        along = np.where(moved, change, np.inf)[:, any_moved].min(axis=0)
        self._along = _smallest(np.concatenate([self._along, along]))
        self._whole = _smallest(np.concatenate([self._whole, whole]))
        size, least = self._repeated_size(), float(self._whole[0])
        if size is not None:
            self.size_g = size
        elif len(self._whole) >= FEW:
            self.size_g = float(self._along[0])
        else:
            # A sensor that hardly ever changes is coarse, and its data may have been turned.
            self.size_g = least if least <= LARGEST_COUNT_G else math.inf
        return self.size_g

    def _repeated_size(self) -> float | None:
        """Give the size of the change that comes again and again; None where none does."""
        along, whole = _repeated(self._along), _repeated(self._whole)
        if along is None or whole is None:
            return along if whole is None else whole
        # What moves flips several axes at once. Of data that have not been turned such a change is the diagonal of a
        # few counts, of which the square is a whole number.
        squares = math.sqrt(max(1, round((whole / along) ** 2)))
        own = squares <= MOST_COUNTS and abs(whole - squares * along) <= SMALLEST_COUNT_G
        return along if own else whole


def _smallest(sizes: Sizes) -> Sizes:
    """Keep so many of the smallest as may bear upon what follows, in order."""
    return np.sort(sizes)[:FEW]


def _repeated(sizes: Sizes) -> float | None:
    """Give the smallest of ordered sizes that there is `ALIKE` times, but for `ODD` odd ones."""
    if len(sizes) < ALIKE:
        return None
    alike = np.nonzero(sizes[ALIKE - 1 :] - sizes[: 1 - ALIKE] <= SMALLEST_COUNT_G)[0]
    return float(sizes[alike[0]]) if len(alike) else None
