"""Where the chunks of a growing file are: what its summary says of each, packed, for a night has 60 000 of them."""

from array import array
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import zstandard
from numpy.typing import NDArray

BLOCK = 1024
"""Chunks (nine minutes) that are packed at once: neighbours differ by little, so that 20 of 130 bytes are left."""
LEVEL = 3


@dataclass(slots=True, frozen=True, kw_only=True)
class ChunkPlace:
    """What the summary says of a chunk."""

    first_ns: int
    last_ns: int
    offset: int
    length: int
    index_length: int
    compressed: int
    uncompressed: int
    samples_first_ns: int
    samples_last_ns: int
    index_offsets: Mapping[int, int]
    counts: Mapping[int, int]


FIELDS = tuple(ChunkPlace.__slots__)[:9]
"""The integers of a place, in order."""


class Places:
    """Keeps the places of chunks without their counts, in the order in which they were added."""

    def __init__(self) -> None:
        self._packed: list[tuple[bytes, bytes]] = []
        self._rows = array("Q")
        self._indexes = array("Q")
        self._count = 0

    def __len__(self) -> int:
        """How many there are."""
        return self._count

    @property
    def nbytes(self) -> int:
        """Memory taken by the integers, bytes."""
        packed = sum(len(rows) + len(indexes) for rows, indexes in self._packed)
        return packed + self._rows.itemsize * (len(self._rows) + len(self._indexes))

    def add(self, place: ChunkPlace) -> None:
        """Keep the next place."""
        self._rows.extend(getattr(place, name) for name in FIELDS)
        self._indexes.append(len(place.index_offsets))
        for channel, offset in place.index_offsets.items():
            # From the chunk on, for a number that repeats itself takes no room.
            self._indexes.extend((channel, offset - place.offset))
        self._count += 1
        if len(self._rows) >= BLOCK * len(FIELDS):
            self._packed.append((_pack(_differences(self._rows)), _pack(_numbers(self._indexes))))
            del self._rows[:], self._indexes[:]

    def rows(self) -> NDArray[np.uint64]:
        """Give the integers of all places, (places, len(FIELDS))."""
        parts = [rows for rows, _ in self._blocks()]
        return np.concatenate(parts) if parts else np.empty((0, len(FIELDS)), np.uint64)

    def index_offsets(self) -> Iterator[dict[int, int]]:
        """Give where the message index of each channel is, place by place."""
        for rows, indexes in self._blocks():
            at, numbers = 0, indexes.tolist()
            for offset in rows[:, FIELDS.index("offset")].tolist():
                end = at + 1 + 2 * numbers[at]
                pairs = numbers[at + 1 : end]
                yield {channel: offset + behind for channel, behind in zip(pairs[::2], pairs[1::2], strict=True)}
                at = end

    def _blocks(self) -> Iterator[tuple[NDArray[np.uint64], NDArray[np.uint64]]]:
        for rows, indexes in self._packed:
            changes = _unpack(rows).reshape(len(FIELDS), -1)
            yield np.ascontiguousarray(np.cumsum(changes, axis=1, dtype=np.uint64).T), _unpack(indexes)
        if self._rows:
            yield _numbers(self._rows).reshape(-1, len(FIELDS)), _numbers(self._indexes)


def _numbers(kept: "array[int]") -> NDArray[np.uint64]:
    """Copy, because an array that is being looked at cannot grow."""
    return np.array(kept, np.uint64)


def _differences(kept: "array[int]") -> NDArray[np.uint64]:
    """Each field by itself, every value less the one before it; what goes down wraps around, and back again."""
    columns = np.ascontiguousarray(_numbers(kept).reshape(-1, len(FIELDS)).T)
    columns[:, 1:] -= columns[:, :-1].copy()
    return columns.ravel()


def _pack(numbers: NDArray[np.uint64]) -> bytes:
    """Pack, bytes of one weight side by side, because the heavy ones are nearly all zero."""
    by_weight = np.ascontiguousarray(numbers.astype("<u8").view(np.uint8).reshape(-1, 8).T)
    return zstandard.ZstdCompressor(level=LEVEL).compress(by_weight.tobytes())


def _unpack(packed: bytes) -> NDArray[np.uint64]:
    by_weight = np.frombuffer(zstandard.ZstdDecompressor().decompress(packed), np.uint8).reshape(8, -1)
    return np.ascontiguousarray(by_weight.T).view("<u8").ravel().astype(np.uint64)
