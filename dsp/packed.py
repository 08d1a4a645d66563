"""Packed: a list that only grows, whose older items are packed: a night has thousands, and few look back in it."""

import pickle
import zlib
from collections.abc import Iterator, Sequence
from typing import Generic, TypeVar, overload

Item = TypeVar("Item")
BLOCK = 64
"""Items packed at once: their sentences resemble each other, so that a tenth of their size is left. Up to twice as many
are held as they are."""


class Packed(Sequence[Item], Generic[Item]):
    """Items in the order in which they were added.

    Parameters
    ----------
    pack
        Whether older items are packed; else this is a list.
    """

    def __init__(self, *, pack: bool) -> None:
        self._pack = pack
        self._blocks: list[bytes] = []
        self._newest: list[Item] = []

    @property
    def _packed(self) -> int:
        return BLOCK * len(self._blocks)

    @property
    def nbytes(self) -> int:
        """Size of what is packed, bytes."""
        return sum(len(block) for block in self._blocks)

    def append(self, item: Item) -> None:
        """Add an item."""
        self._newest.append(item)
        if self._pack and len(self._newest) >= 2 * BLOCK:
            self._blocks.append(zlib.compress(pickle.dumps(self._newest[:BLOCK], pickle.HIGHEST_PROTOCOL)))
            del self._newest[:BLOCK]

    def extend(self, items: Sequence[Item]) -> None:
        """Add several items."""
        for item in items:
            self.append(item)

    def __len__(self) -> int:
        return self._packed + len(self._newest)

    def __iter__(self) -> Iterator[Item]:
        for i in range(len(self._blocks)):
            yield from self._block(i)
        yield from self._newest

    @overload
    def __getitem__(self, index: int) -> Item: ...

    @overload
    def __getitem__(self, index: slice) -> list[Item]: ...

    def __getitem__(self, index: int | slice) -> Item | list[Item]:
        """Give an item, or several in a list; the newest cost nothing."""
        if isinstance(index, slice):
            wanted = range(*index.indices(len(self)))
            if wanted.step == 1 and wanted.start >= self._packed:
                return self._newest[wanted.start - self._packed : wanted.stop - self._packed]
            every = list(self)
            return [every[i] for i in wanted]
        at = range(len(self))[index]
        return self._block(at // BLOCK)[at % BLOCK] if at < self._packed else self._newest[at - self._packed]

    def _block(self, number: int) -> list[Item]:
        items: list[Item] = pickle.loads(zlib.decompress(self._blocks[number]))  # noqa: S301 - packed by ourselves
        return items
