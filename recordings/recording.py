"""Recording: what every reader returns, whatever the file."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from dsp import InputError, Placement, Samples, Side

LARGEST_GRID, MOST_MISSING = 50_000_000, 20
"""An even grid of more rows than this (600 MB) must hold a sample in every twentieth of them at least."""


def choice_note(sensors: Sequence[str], chosen: str) -> str:
    """Say which of several sensors of a file was read where nobody asked for one."""
    return f"several sensors: {', '.join(sensors)}; {chosen} was chosen (--sensor)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """A note at a moment: a marker key, an annotation, an event of the file's own.

    Attributes
    ----------
    start_s, end_s
        Seconds from the start of the recording; equal for a moment.
    text
        What it says.
    kind
        ``marker``, ``annotation``, ``link``, ``label`` ...
    """

    start_s: float
    end_s: float
    text: str
    kind: str = "marker"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Recording:
    """Acceleration of one sensor as a file holds it.

    Attributes
    ----------
    path
        The file; None for data that never was one.
    format
        Identifier of the format that was recognised, for example ``axivity-cwa``.
    samples
        Gap-free runs in order of time; between them is missing time. A list; for a recording too long for memory a
        sequence that decodes a piece when it is looked at, and whose pieces follow on where no time is missing.
    sensor, sensors
        The sensor read, and every sensor in the file by name (one empty name when there is just one).
    rate_hz
        Rate that all runs share: the file's own estimate where it has one, else nominal.
    nominal_hz
        Rate the file claims; 0 when it claims none.
    unit
        Unit as it was in the file: ``g``, ``mg``, ``m/s2`` or ``counts``.
    gravity
        Whether gravity is in the data; None when it cannot be told.
    device, placement, side
        What the file says of the sensor; ``unknown`` where it does not.
    start_ns
        UTC of the start in ns since 1970; None when the file has none.
    markers
        Notes of the file's own.
    warnings
        Each one thing a person should know about this file.
    details
        What else the file says (firmware, range ...), without personal ids.
    """

    path: Path | None
    format: str
    samples: Sequence[Samples]
    rate_hz: float
    nominal_hz: float = 0.0
    sensor: str = ""
    sensors: tuple[str, ...] = ("",)
    unit: str = "g"
    gravity: bool | None = None
    device: str = ""
    placement: Placement = Placement.UNKNOWN
    side: Side = Side.UNKNOWN
    start_ns: int | None = None
    markers: tuple[Marker, ...] = ()
    warnings: list[str] = field(default_factory=list)
    details: dict[str, str] = field(default_factory=dict)

    @property
    def duration_s(self) -> float:
        """From the first to the last sample, gaps included."""
        return self.samples[-1].end_s - self.samples[0].start_s if self.samples else 0.0

    @property
    def gaps(self) -> list[tuple[float, float]]:
        """Missing spans as (start_s, end_s)."""
        spans = [(run.start_s, run.end_s) for run in self.samples]
        together = 1e-3 / self.rate_hz
        return [(a[1], b[0]) for a, b in pairwise(spans) if b[0] - a[1] > together]

    def among_all(self) -> Self:
        """Give the same as one of all sensors of its file that are read: none of them was chosen then."""
        note = choice_note(self.sensors, self.sensor)
        return replace(self, warnings=[warning for warning in self.warnings if warning != note])

    def to_array(self) -> NDArray[np.float32]:
        """All samples on one even grid, (n, 3) in g, rows of NaN where time is missing.

        Raises
        ------
        InputError
            When the gaps are so long that the grid would be nearly nothing else.
        """
        if not self.samples:
            return np.empty((0, 3), np.float32)
        first = self.samples[0].start_s
        n = round((self.samples[-1].end_s - first) * self.rate_hz)
        if n > LARGEST_GRID and n > MOST_MISSING * sum(len(run) for run in self.samples):
            hours = self.duration_s / 3600
            msg = f"{hours:.0f} hours with next to no samples make no even grid; choose a time range, or csv"
            raise InputError(msg)
        xyz_g = np.full((max(n, 0), 3), np.nan, np.float32)
        for run in self.samples:
            at = round((run.start_s - first) * self.rate_hz)
            part = run.xyz_g[: max(0, n - at)]
            xyz_g[at : at + len(part)] = part
        return xyz_g
