"""Growing: an array that is appended to without copying each time, and that forgets its oldest rows when told to."""

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

SMALLEST = 64
SPARE = 16
"""Times what is left that a buffer may be larger after rows were forgotten."""

MOST_UNUSED = 1.1
"""Times what is kept that a buffer may be when it is handed over as it is."""


class Growing:
    """Rows appended to a buffer that doubles, each known by its number since the beginning.

    Parameters
    ----------
    row
        Shape of a row.
    dtype
        Of the elements.

    Attributes
    ----------
    first
        Number of the first row that is kept.
    """

    def __init__(self, row: tuple[int, ...], dtype: DTypeLike) -> None:
        self._buffer = np.empty((SMALLEST, *row), dtype)
        self._size = 0
        self.first = 0

    def __len__(self) -> int:
        """Rows appended so far, those forgotten included."""
        return self.first + self._size

    @property
    def nbytes(self) -> int:
        """Memory taken, bytes."""
        return self._buffer.nbytes

    @property
    def kept(self) -> NDArray[Any]:
        """All rows that are kept; a view, good until the next append."""
        return self._buffer[: self._size]

    def part(self, begin: int, end: int | None = None) -> NDArray[Any]:
        """View the rows from `begin` to before `end` (None: to the newest), both counted since the beginning.

        Raises
        ------
        IndexError
            When the first of them has been forgotten: another row must not be taken for it.
        """
        if begin < self.first:
            msg = f"row {begin} has been forgotten; the first that is kept is {self.first}"
            raise IndexError(msg)
        return self._buffer[begin - self.first : self._size if end is None else end - self.first]

    def newest(self, count: int) -> NDArray[Any]:
        """View the newest `count` rows, or all that are kept when they are fewer."""
        return self._buffer[max(0, self._size - count) : self._size]

    def extend(self, rows: NDArray[Any]) -> None:
        """Append rows."""
        self.grow(len(rows))[:] = rows

    def grow(self, rows: int) -> NDArray[Any]:
        """Append rows; a view of them, to be filled."""
        begin, self._size = self._size, self._size + rows
        if self._size > len(self._buffer):
            self._make_room(max(self._size, 2 * len(self._buffer)), begin)
        return self._buffer[begin : self._size]

    def reserve(self, rows: int) -> None:
        """Make room for so many rows altogether, so that appending them moves nothing."""
        if rows > len(self._buffer):
            self._make_room(rows, self._size)

    def _make_room(self, rows: int, filled: int) -> None:
        larger = np.empty((rows, *self._buffer.shape[1:]), self._buffer.dtype)
        larger[:filled] = self._buffer[:filled]
        self._buffer = larger

    def handed_over(self) -> NDArray[Any]:
        """All rows that are kept, for somebody who keeps them; nothing may be appended any more."""
        return self.kept if len(self._buffer) <= MOST_UNUSED * self._size else self.kept.copy()

    def drop(self, first: int) -> None:
        """Forget the rows before `first`; what is left is moved, so this is for large blocks."""
        gone = min(max(first - self.first, 0), self._size)
        if gone:
            left = self._buffer[gone : self._size].copy()
            if len(self._buffer) > SPARE * max(SMALLEST, len(left)):
                # Memory that a long time took is given back.
                self._buffer = np.empty((max(SMALLEST, 2 * len(left)), *self._buffer.shape[1:]), self._buffer.dtype)
            self._buffer[: len(left)] = left
            self._size = len(left)
            self.first += gone
