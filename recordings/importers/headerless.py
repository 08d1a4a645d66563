"""Tables without names: their shape and their numbers tell time, sensors, and a few known data sets."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsp import FileFormatError, Placement
from recordings.importers.clock import DAYS_SINCE_1900
from recordings.importers.dialects import ACTIVPAL_G_PER_COUNT, ACTIVPAL_ZERO, DAPHNET_SENSORS

Floats = NDArray[np.float64]

STEADY_SHARE = 0.98
"""Time goes on in nearly every row."""
EVEN_WITHIN = 0.75
"""Its steps are much alike: half of them within this share of their median."""


@dataclass(frozen=True, slots=True)
class Triple:
    """Three columns that are taken for an accelerometer."""

    name: str
    columns: tuple[int, int, int]
    placement: Placement = Placement.UNKNOWN


@dataclass(frozen=True, slots=True)
class Layout:
    """What a table without names holds.

    Attributes
    ----------
    format
        Identifier of the format.
    time
        Column of the time; None where there is none.
    sensors
        In the order of the columns.
    unit
        What the known data set is in; empty for any other table.
    """

    format: str
    time: int | None
    sensors: tuple[Triple, ...]
    unit: str = ""


def understand(values: Floats, columns: Sequence[int], *, stamped: bool) -> Layout:
    """Understand columns of numbers.

    Parameters
    ----------
    values
        (n, columns), every column of numbers.
    columns
        Their places in the table.
    stamped
        Whether a column of text holds the time.

    Raises
    ------
    FileFormatError
        Fewer than three columns besides the time.
    """
    if _is_activpal(values):
        unit = f"counts:{ACTIVPAL_G_PER_COUNT}:{ACTIVPAL_ZERO}"
        return Layout("activpal3-csv", columns[0], (Triple("", _three(columns, 1)),), unit)
    if _is_daphnet(values):
        sensors = tuple(
            Triple(name, _three(columns, 1 + 3 * k), placement)
            for k, (name, placement) in enumerate(DAPHNET_SENSORS.items())
        )
        return Layout("daphnet", columns[0], sensors, "mg")
    at = None if stamped or len(columns) < 4 else _clock(values)
    # What stands before a clock within the table is who and what, if there is enough after it.
    rest = list(columns) if at is None else list(columns[at + 1 :])
    if at is not None and len(rest) < 3:
        rest = list(columns[:at])
    groups = [rest[k : k + 3] for k in range(0, len(rest) - 2, 3)]
    if not groups:
        msg = "fewer than three columns of numbers besides the time: this is no acceleration"
        raise FileFormatError(msg)
    names = [""] if len(groups) == 1 else [f"columns {g[0] + 1}-{g[2] + 1}" for g in groups]
    triples = tuple(Triple(n, (g[0], g[1], g[2])) for n, g in zip(names, groups, strict=True))
    return Layout("csv", None if at is None else columns[at], triples)


def _three(columns: Sequence[int], first: int) -> tuple[int, int, int]:
    return columns[first], columns[first + 1], columns[first + 2]


def _clock(values: Floats) -> int | None:
    """Find the column that goes on and on: the first if it does, else the last one that does."""
    last = values.shape[1] - 1
    order = [0, *range(last, 0, -1)]
    return next((k for k in order if _goes_on(values[:, k])), None)


def _goes_on(column: Floats) -> bool:
    steps = np.diff(column)
    if len(steps) < 2 or not np.isfinite(column).all():
        return False
    ahead = steps[steps > 0]
    if (steps >= 0).mean() < STEADY_SHARE or len(ahead) < 0.01 * len(steps):
        return False
    typical = float(np.median(ahead))
    return bool((np.abs(ahead - typical) <= EVEN_WITHIN * typical).mean() > 0.5)


def _is_activpal(values: Floats) -> bool:
    """Day serials, then three columns of 8 bits."""
    low, high = DAYS_SINCE_1900
    if values.shape[1] != 4 or not np.isfinite(values).all():
        return False
    counts = values[:, 1:]
    days = bool((values[:, 0] > low).all() and (values[:, 0] < high).all())
    return days and bool((counts >= 0).all() and (counts <= 255).all() and (counts == np.round(counts)).all())


def _is_daphnet(values: Floats) -> bool:
    """Milliseconds at 64 Hz, nine columns of mg, and a label of 0, 1 or 2."""
    if values.shape[1] != 11 or len(values) < 2 or not np.isfinite(values).all():
        return False
    step = float(np.median(np.diff(values[:, 0])))
    return 15.0 <= step <= 16.0 and set(np.unique(values[:, 10])) <= {0.0, 1.0, 2.0}
