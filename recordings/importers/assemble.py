"""From numbers with a unit and a time to a Recording: the last step of every reader."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dsp import FileFormatError, Placement, Side
from recordings.importers.asked import Asked
from recordings.importers.timeline import Timeline, even_runs, stamped_runs
from recordings.importers.units import Unit, decide_unit, parse_unit
from recordings.recording import Marker, Recording


@dataclass(slots=True, kw_only=True, eq=False)
class Found:
    """What a reader found in a file, before units and time are settled.

    Attributes
    ----------
    values
        (n, 3) in the unit of the file; rows that are not finite are missing.
    time_s
        Seconds from the start of the recording, (n,); None where the file has no stamps.
    rate_hz
        Rate that the file states; 0 when it states none.
    unit
        What the file says; None leaves it to the data.
    gravity
        Whether gravity is in the data, where the file says so.
    start_ns
        UTC of time 0.
    """

    format: str
    values: NDArray[np.floating] | NDArray[np.integer]
    time_s: NDArray[np.float64] | None = None
    rate_hz: float = 0.0
    unit: Unit | None = None
    gravity: bool | None = None
    start_ns: int | None = None
    sensor: str = ""
    sensors: Sequence[str] = ("",)
    device: str = ""
    placement: Placement = Placement.UNKNOWN
    side: Side = Side.UNKNOWN
    markers: Sequence[Marker] = ()
    warnings: list[str] = field(default_factory=list)
    details: dict[str, str] = field(default_factory=dict)


def assemble(path: Path, found: Found, asked: Asked) -> Recording:
    """Settle unit and time, and make the recording.

    Raises
    ------
    FileFormatError, UnitError, RateError
        No samples; no unit that is certain; neither stamps nor rate.
    """
    if not len(found.values):
        msg = f"{path.name} holds no samples of acceleration"
        raise FileFormatError(msg)
    decided, xyz_g = to_g(found, asked)
    warnings = [*found.warnings, *([decided.warning] if decided.warning else [])]
    if len(xyz_g) > 1 and bool((xyz_g == xyz_g[0]).all()):
        warnings.append("every sample is the same: the sensor was dead, or these are not its columns")
    timeline = _timeline(path, found, xyz_g, asked)
    return Recording(
        path=path,
        format=found.format,
        samples=timeline.samples,
        rate_hz=timeline.rate_hz,
        nominal_hz=found.rate_hz,
        sensor=found.sensor,
        sensors=tuple(found.sensors),
        unit=decided.name,
        gravity=found.gravity,
        device=found.device,
        placement=found.placement,
        side=found.side,
        start_ns=found.start_ns,
        markers=tuple(found.markers),
        warnings=[*warnings, *timeline.warnings],
        details=found.details,
    )


def to_g(found: Found, asked: Asked) -> tuple[Unit, NDArray[np.float32]]:
    """Decide the unit of what was found and scale it to g."""
    with np.errstate(over="ignore", invalid="ignore"):
        finite = np.asarray(found.values, np.float32)
        finite = finite[np.isfinite(finite).all(axis=1)]
        named = parse_unit(asked.unit) if asked.unit else found.unit
        decided = decide_unit(finite, named, gravity=found.gravity)
        if decided.scale_g == 1.0 and not decided.zero:
            return decided, np.asarray(found.values, np.float32)
        scaled = (np.asarray(found.values, np.float64) - decided.zero) * decided.scale_g
        return decided, scaled.astype(np.float32)


def _timeline(path: Path, found: Found, xyz_g: NDArray[np.float32], asked: Asked) -> Timeline:
    rate = asked.rate_hz or found.rate_hz
    if found.time_s is not None and not asked.rate_hz:
        return stamped_runs(found.time_s, xyz_g, nominal_hz=found.rate_hz, start_ns=found.start_ns, sensor=found.sensor)
    if rate:
        return even_runs(xyz_g, rate, start_ns=found.start_ns, sensor=found.sensor)
    msg = f"{path.name} has no time stamps and names no rate; name it with --rate HZ"
    raise FileFormatError(msg)
