"""Growing: an array that is appended to without copying each time."""

from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray


class Growing:
    """Rows appended to a buffer that doubles.

    Parameters
    ----------
    row
        Shape of a row.
    dtype
        Of the elements.
    """

    def __init__(self, row: tuple[int, ...], dtype: DTypeLike) -> None:
        self._buffer = np.empty((64, *row), dtype)
        self._size = 0

    def __len__(self) -> int:
        return self._size

    @property
    def data(self) -> NDArray[Any]:
        """What has been appended; a view, good until the next append."""
        return self._buffer[: self._size]

    def extend(self, rows: NDArray[Any]) -> None:
        """Append rows."""
        size = self._size + len(rows)
        if size > len(self._buffer):
            larger = np.empty((max(size, 2 * len(self._buffer)), *self._buffer.shape[1:]), self._buffer.dtype)
            larger[: self._size] = self.data
            self._buffer = larger
        self._buffer[self._size : size] = rows
        self._size = size
