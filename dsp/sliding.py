"""Sliding: rows of samples that grow at the end and are dropped at the start."""

from typing import Any

import numpy as np
from numpy.lib.stride_tricks import as_strided
from numpy.typing import DTypeLike, NDArray


def windows(values: NDArray[Any], size: int, step: int, count: int) -> NDArray[Any]:
    """View `count` windows of `size` along the last axis, one every `step`; (..., count, size), not to be written to.

    As numpy's ``sliding_window_view(...)[::step]``, which takes five times as long to set up.
    """
    if count == 1 and size <= values.shape[-1]:
        # A frame that comes alone: a fifth of the time.
        alone = values[..., None, :size]
        alone.flags.writeable = False
        return alone
    stride = values.strides[-1]
    shape, strides = (*values.shape[:-1], count, size), (*values.strides[:-1], stride * step, stride)
    if (count - 1) * step + size > values.shape[-1]:
        msg = f"{count} windows of {size} every {step} do not fit into {values.shape[-1]}"
        raise ValueError(msg)
    return seen_as(values, shape, strides)


def seen_as(values: NDArray[Any], shape: tuple[int, ...], strides: tuple[int, ...]) -> NDArray[Any]:
    """View an array with another shape and other strides, not to be written to.

    As numpy's ``as_strided``, which takes three times as long: a frame that comes alone asks for a dozen such views.
    """
    if not values.flags.c_contiguous:
        return as_strided(values, shape, strides, writeable=False)
    view: NDArray[Any] = np.ndarray(shape, values.dtype, values, 0, strides)
    view.flags.writeable = False
    return view


class Sliding:
    """Axes as rows, samples as columns, each column known by its number since the beginning.

    Columns of a row lie side by side, so that windows are views and one operation runs through a whole block.

    Parameters
    ----------
    rows
        Number of rows.
    dtype
        Of the elements.

    Attributes
    ----------
    first, end
        Number of the first column that is kept, and one past the newest.
    """

    def __init__(self, rows: int, dtype: DTypeLike) -> None:
        self._buffer = np.empty((rows, 2048), dtype)
        self._at = 0
        self.first = 0
        self.end = 0

    def grow(self, count: int) -> NDArray[Any]:
        """Append `count` columns; a view of them, to be filled."""
        self.reserve(count)
        at = self._at + self.end - self.first
        self.end += count
        return self._buffer[:, at : at + count]

    def reserve(self, count: int) -> None:
        """Make room for `count` more columns, so that appending them, in whatever parts, moves nothing."""
        size = self.end - self.first
        if self._at + size + count <= self._buffer.shape[1]:
            return
        kept, need = self._buffer[:, self._at : self._at + size], size + count
        # With room for what is kept twice, no more columns are moved than have been appended meanwhile.
        if need + size > self._buffer.shape[1]:
            self._buffer = np.empty((len(self._buffer), need + size), self._buffer.dtype)
        else:
            kept = kept.copy()
        self._buffer[:, :size] = kept
        self._at = 0

    def part(self, begin: int, end: int) -> NDArray[Any]:
        """View the columns from `begin` to before `end`, both counted since the beginning."""
        offset = self._at - self.first
        return self._buffer[:, begin + offset : end + offset]

    @property
    def kept(self) -> NDArray[Any]:
        """All columns that are kept; a view, good until the next `grow`."""
        return self.part(self.first, self.end)

    def drop(self, first: int) -> None:
        """Forget the columns before `first`."""
        first = min(max(first, self.first), self.end)
        self._at += first - self.first
        self.first = first
