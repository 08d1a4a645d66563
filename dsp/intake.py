"""Intake: what a caller pushes becomes gap-free runs; short losses are bridged, long ones end a run."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dsp.errors import InputError
from dsp.parameters import Parameters

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Samples that follow on, or the end of a run.

    Attributes
    ----------
    xyz_g
        (n, 3); empty when only a gap ends.
    filled
        Which of them are interpolated, (n,).
    index
        Position of the first one since the start of the analysis, in samples, gaps counted.
    new_run
        Whether a gap lies before it.
    """

    xyz_g: Floats
    filled: NDArray[np.bool_]
    index: int
    new_run: bool


@dataclass(slots=True, eq=False)
class Intake:
    """Cuts what is pushed at gaps.

    Attributes
    ----------
    position
        Samples since the start, gaps counted.
    missing
        Samples missing so far, those bridged included.
    bad_values
        Infinite values met so far; they count as missing.
    """

    rate_hz: float
    parameters: Parameters
    position: int = 0
    missing: int = 0
    bad_values: int = 0
    _last: Floats | None = None
    _gap: int = 0
    _begun: bool = False
    _breaks: list[tuple[int, int]] = field(default_factory=list)

    @property
    def gaps(self) -> list[tuple[int, int]]:
        """Gaps that ended a run: first missing sample, and first sample after."""
        return self._breaks

    @property
    def longest_fill(self) -> int:
        """Samples that may be bridged."""
        return max(1, int(self.parameters.gaps["fill_s"] * self.rate_hz + 1e-9))

    def skip(self, samples: int) -> None:
        """Let `samples` be missing."""
        self._gap += samples
        self.position += samples
        self.missing += samples

    def take(self, xyz_g: Floats) -> Iterator[Piece]:
        """Cut rows into pieces; rows with a value that is not finite are missing."""
        good: NDArray[np.bool_] = np.asarray(np.isfinite(xyz_g).all(axis=1))
        self.bad_values += int(np.isinf(xyz_g).any(axis=1).sum())
        edges = np.concatenate([[0], np.nonzero(np.diff(good))[0] + 1, [len(good)]])
        for start, end in pairwise(edges):
            if start == end:
                continue
            if good[start]:
                yield self._good(xyz_g[start:end])
            else:
                self.skip(int(end - start))

    def _good(self, xyz_g: Floats) -> Piece:
        gap, self._gap = self._gap, 0
        index = self.position
        self.position += len(xyz_g)
        last, self._last = self._last, xyz_g[-1].copy()
        if last is None or not self._begun:
            self._begun = True
            return Piece(xyz_g, np.zeros(len(xyz_g), bool), index, new_run=True)
        if gap == 0:
            return Piece(xyz_g, np.zeros(len(xyz_g), bool), index, new_run=False)
        if gap <= self.longest_fill:
            share = (np.arange(1, gap + 1, dtype=np.float32) / np.float32(gap + 1))[:, None]
            bridge = last + share * (xyz_g[0] - last)
            filled = np.concatenate([np.ones(gap, bool), np.zeros(len(xyz_g), bool)])
            return Piece(np.concatenate([bridge.astype(np.float32), xyz_g]), filled, index - gap, new_run=False)
        self._breaks.append((index - gap, index))
        return Piece(xyz_g, np.zeros(len(xyz_g), bool), index, new_run=True)


def checked_rows(xyz_g: ArrayLike) -> Floats:
    """Rows as float32 (n, 3).

    Raises
    ------
    InputError
        When the shape is not (n, 3) or the values are not numbers; a common slip (axes as rows) is named.
    """
    rows = np.asarray(xyz_g)
    if rows.dtype.kind not in "fiu":
        msg = f"acceleration must be numbers in g, not {rows.dtype}; read the file with ts.read"
        raise InputError(msg)
    if rows.dtype.kind in "iu":
        msg = "these are whole numbers, so they look like counts, not g; multiply by the sensor's g per count first"
        raise InputError(msg)
    if rows.ndim == 1 and rows.shape == (3,):
        rows = rows[None, :]
    if rows.ndim != 2 or rows.shape[1] != 3:
        hint = "; the axes lie in the rows: pass xyz_g.T" if rows.ndim == 2 and rows.shape[0] == 3 else ""
        msg = f"acceleration must have the shape (n, 3), a column an axis; this has {rows.shape}{hint}"
        raise InputError(msg)
    return np.ascontiguousarray(rows, dtype=np.float32)
