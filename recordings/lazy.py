"""Runs of samples that are decoded when they are looked at: a week of a logger does not fit into memory at once."""

from collections.abc import Callable, Sequence
from typing import overload

from dsp import Samples

LARGEST_SAMPLES = 10_000_000
"""A recording with more samples than this (28 hours at 100 Hz, 120 MB) is not held in memory."""


class LazySamples(Sequence[Samples]):
    """Runs, each cut into pieces that follow on one another, decoded one at a time.

    Parameters
    ----------
    lengths
        Samples of each piece.
    decode
        Gives a piece by its number.
    """

    def __init__(self, lengths: Sequence[int], decode: Callable[[int], Samples]) -> None:
        self._lengths = list(lengths)
        self._decode = decode
        self._last: tuple[int, Samples] | None = None

    @property
    def total(self) -> int:
        """Samples of all pieces."""
        return sum(self._lengths)

    def __len__(self) -> int:
        return len(self._lengths)

    @overload
    def __getitem__(self, index: int) -> Samples: ...

    @overload
    def __getitem__(self, index: slice) -> list[Samples]: ...

    def __getitem__(self, index: int | slice) -> Samples | list[Samples]:
        """Decode one piece; the last one is kept, for it is often asked for twice."""
        if isinstance(index, slice):
            return [self[i] for i in range(*index.indices(len(self)))]
        at = range(len(self))[index]
        if self._last is None or self._last[0] != at:
            self._last = None  # freed before the next one is made
            self._last = (at, self._decode(at))
        return self._last[1]

    def mapped(self, change: Callable[[Samples], Samples]) -> "LazySamples":
        """Give the same pieces, each changed when it is looked at."""
        return LazySamples(self._lengths, lambda i: change(self._decode(i)))
