"""Intake: what a caller pushes becomes gap-free runs; short losses are bridged, long ones end a run."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dsp.blanks import Blanks
from dsp.errors import InputError
from dsp.extremes import Extremes
from dsp.parameters import Parameters

Floats = NDArray[np.float32]

LATEST_S = 1e11
"""No clock in seconds is so late (three thousand years from its zero): one in milliseconds since 1970 is later."""
MOST_G = 1e4
"""No acceleration that a body survives, and in no sensor's range (shock sensors end at 2000 g): damage."""


LOST_S = 2.0
"""An axis that gives no value for so long, while another does, is lost: more than any burst of damaged values (prior).

The others go on to show whether the limb shakes, as they do beside an axis that is dead, and a gap would hide that. So
a lost axis, and one that was never there, count as a dead one that stands at zero; sizes are too small, and it is said.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Samples that follow on.

    Attributes
    ----------
    axes_g
        (3, n), an axis a row.
    filled
        Which of them are interpolated, (n,); None when none is.
    index
        Position of the first one since the start of the analysis, in samples, gaps counted.
    new_run
        Whether a gap lies before it.
    extremes
        Of the samples; None where nobody has looked for them yet.
    """

    axes_g: Floats
    filled: NDArray[np.bool_] | None
    index: int
    new_run: bool
    extremes: Extremes | None = None


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
        Samples with an infinite or impossible value so far; they count as missing.
    zeroed
        Samples in which an axis that is lost, or was not there yet, counts as zero.
    lacking
        Where that is so in the samples taken last: axis, first sample, and one past the last.
    gaps
        Times that samples are missing so far, those bridged, and those at either end, included.
    zero_lead
        Samples that were zero before gravity came; 0 where the data began otherwise.
    """

    rate_hz: float
    parameters: Parameters
    position: int = 0
    missing: int = 0
    bad_values: int = 0
    zeroed: int = 0
    gaps: int = 0
    zero_lead: int = 0
    lacking: list[tuple[int, int, int]] = field(default_factory=list)
    _last: Floats | None = None
    _gap: int = 0
    _blanks: Blanks = field(init=False)
    # Samples since the last value of each axis in which another had one.
    _without: list[int] = field(init=False)
    _begins: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Look for blank rows at this rate."""
        self._blanks = Blanks(self.rate_hz)
        # Before its first value an axis is lost.
        self._without = [self._lost_after + 1] * 3

    @property
    def blanks(self) -> int:
        """Samples so far that were zero on all axes where gravity should stand; they count as missing."""
        return self._blanks.count

    @property
    def longest_fill(self) -> int:
        """Samples that may be bridged."""
        return max(1, int(self.parameters.gaps["fill_s"] * self.rate_hz + 1e-9))

    @property
    def losing(self) -> bool:
        """Whether more is missing since the newest sample than is bridged, so that its run is over."""
        return self._gap > self.longest_fill

    @property
    def _lost_after(self) -> int:
        """Samples without an axis after which it is lost."""
        return round(LOST_S * self.rate_hz)

    def skip(self, samples: int) -> None:
        """Let `samples` be missing."""
        self.gaps += samples > 0 and self._gap == 0
        self._gap += samples
        self.position += samples
        self.missing += samples

    def usable(self, axes_g: Floats, extremes: Extremes) -> Floats:
        """Put NaN for what cannot be an acceleration, and zero for an axis that is lost or was not there yet.

        The samples themselves, whose `extremes` these are, are given back where nothing of them changes.
        """
        blank, begins = self._blanks.find(axes_g)
        if blank is not None:
            axes_g = np.where(blank, np.float32(np.nan), axes_g)
        self._begins = [] if begins is None else [begins]
        self.lacking = []
        if begins is not None:
            self.zero_lead = self.position + begins
        whole = blank is None and bool(axes_g.size) and not any(self._without) and extremes.finite
        if whole and min(extremes.low) >= -MOST_G and max(extremes.high) <= MOST_G:
            return axes_g
        good: NDArray[np.bool_] = np.abs(axes_g) <= MOST_G
        if good.all():
            # An axis that begins does so at the first sample.
            self._note_axes(good[:, :1])
            return axes_g
        self.bad_values += int((~good & ~np.isnan(axes_g)).any(axis=0).sum())
        absent = self._note_axes(good)
        self.zeroed += int(absent.any(axis=0).sum())
        return np.where(good, axes_g, np.where(absent, np.float32(0.0), np.float32(np.nan)))

    def _note_axes(self, good: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Follow which axes hold values, and note where one is lost or begins; which are absent at each sample."""
        if not good.shape[1]:
            return good
        lacks = ~good & good.any(axis=0)
        total = np.cumsum(lacks, axis=1) + np.array(self._without)[:, None]
        since = total - np.maximum.accumulate(np.where(good, total, 0), axis=1)
        gone = since > self._lost_after
        before = np.concatenate([(np.array(self._without) > self._lost_after)[:, None], gone[:, :-1]], axis=1)
        self._begins += np.nonzero((gone != before).any(axis=0))[0].tolist()
        # Beyond that no more is counted.
        self._without = np.minimum(since[:, -1], self._lost_after + 1).tolist()
        absent: NDArray[np.bool_] = gone & lacks
        for axis in np.nonzero(absent.any(axis=1))[0].tolist():
            edges = np.diff(absent[axis].astype(np.int8), prepend=0, append=0)
            stretches = zip((edges > 0).nonzero()[0].tolist(), (edges < 0).nonzero()[0].tolist(), strict=True)
            self.lacking += [(axis, self.position + begin, self.position + end) for begin, end in stretches]
        return absent

    def begin_anew(self, samples: list[int]) -> None:
        """Let runs begin with these of the samples that are to be taken next."""
        self._begins += samples

    def take(self, axes_g: Floats, extremes: Extremes) -> Iterator[Piece]:
        """Cut samples, an axis a row, with their extremes, into pieces; what is not finite in an axis is missing."""
        begins = self._begins
        if not axes_g.shape[1]:
            return
        if extremes.finite and not begins:
            yield self._good(axes_g, extremes=extremes)
            return
        finite = np.isfinite(axes_g)
        good = finite[0] & finite[1] & finite[2]
        changes = (np.nonzero(good[1:] != good[:-1])[0] + 1).tolist()
        for start, end in pairwise(sorted({0, *changes, *begins, len(good)})):
            if good[start]:
                yield self._good(axes_g[:, start:end], anew=start in begins)
            else:
                self.skip(end - start)

    def _good(self, axes_g: Floats, *, anew: bool = False, extremes: Extremes | None = None) -> Piece:
        gap, self._gap = self._gap, 0
        index = self.position
        self.position += axes_g.shape[1]
        last, self._last = self._last, axes_g[:, -1:].copy()
        if last is None or anew or gap > self.longest_fill:
            return Piece(axes_g, None, index, new_run=True, extremes=extremes)
        if gap == 0:
            return Piece(axes_g, None, index, new_run=False, extremes=extremes)
        share = np.arange(1, gap + 1, dtype=np.float32) / np.float32(gap + 1)
        bridge = last + share * (axes_g[:, :1] - last)
        filled = np.zeros(gap + axes_g.shape[1], bool)
        filled[:gap] = True
        return Piece(np.concatenate([bridge, axes_g], axis=1), filled, index - gap, new_run=False)


def checked_start(start_s: object) -> float:
    """Give the time of a first row as a float, s.

    Raises
    ------
    InputError
        When it is no number of seconds.
    """
    try:
        # Text and truth are numbers by accident.
        start = math.nan if isinstance(start_s, (str, bytes, bool)) else float(start_s)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        start = math.nan
    if not abs(start) <= LATEST_S:
        msg = (
            f"start_s must be the time of the first row in seconds, not {start_s!r}; milliseconds and nanoseconds must "
            "be divided first, and without it the rows follow on"
        )
        raise InputError(msg)
    return start


def checked_rows(xyz_g: ArrayLike) -> Floats:
    """Rows as float32 (n, 3).

    Raises
    ------
    InputError
        When the shape is not (n, 3) or the values are not numbers; a common slip (axes as rows) is named.
    """
    rows = array_of(xyz_g)
    if not rows.size and (rows.ndim == 1 or rows.shape[1:] == (3,)):
        return np.empty((0, 3), np.float32)
    if rows.dtype.kind not in "fiu":
        msg = f"acceleration must be numbers in g, not {rows.dtype}; read the file with ts.read"
        raise InputError(msg)
    if rows.ndim == 1 and rows.shape == (3,):
        rows = rows[None, :]
    if rows.ndim != 2 or rows.shape[1] != 3:
        hint = "; the axes lie in the rows: pass xyz_g.T" if rows.ndim == 2 and rows.shape[0] == 3 else ""
        msg = f"acceleration must have the shape (n, 3), a column an axis; this has {rows.shape}{hint}"
        raise InputError(msg)
    if rows.dtype.kind in "iu":
        msg = "these are whole numbers, so they look like counts, not g; multiply by the sensor's g per count first"
        raise InputError(msg)
    if rows.dtype == np.float32:
        return np.ascontiguousarray(rows)
    with np.errstate(over="ignore"):
        # What is too large for float32 becomes infinite, which counts as missing.
        return np.ascontiguousarray(rows, dtype=np.float32)


def array_of(xyz_g: object) -> NDArray[Any]:
    """Give what was passed as an array, with NaN where it is masked.

    Raises
    ------
    InputError
        When its rows differ in length.
    """
    try:
        rows = np.asanyarray(xyz_g)
    except ValueError as error:
        msg = "acceleration must have the shape (n, 3), three values a row; the rows of this differ in length"
        raise InputError(msg) from error
    if isinstance(rows, np.ma.MaskedArray) and rows.dtype.kind == "f":
        return np.asarray(rows.filled(np.nan))
    return np.asarray(rows)
