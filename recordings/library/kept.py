"""Kept files: read as the person said when they took them into the library."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from dsp import Placement
from recordings.library.sidecar import SIDECAR, Aside, read_aside
from recordings.recording import Recording


def read_kept(path: Path, *, sensor: str | None = None, progress: Callable[[float], None] | None = None) -> Recording:
    """Read a recording, with the unit, rate, sensor and placement that a sidecar beside it names.

    Parameters
    ----------
    path
        A file, of the library or any other.
    sensor
        Which one; None takes the one that was chosen, or the first.
    progress
        Told the share done, 0 to 1.

    Raises
    ------
    FileFormatError, UnitError, RateError
        With what happened and what to do.
    """
    from recordings.reading import read  # noqa: PLC0415 - reading needs every importer

    return as_kept(read, path, aside_of(path), sensor=sensor, progress=progress)


def as_kept(
    read: Callable[..., Recording],
    path: Path,
    aside: Aside,
    *,
    sensor: str | None,
    progress: Callable[[float], None] | None = None,
) -> Recording:
    """Read a file by what a sidecar says of it."""
    recording = read(path, sensor=sensor or aside.sensor, unit=aside.unit, rate_hz=aside.rate_hz, progress=progress)
    return replace(recording, placement=Placement(aside.placement)) if aside.placement else recording


def aside_of(path: Path) -> Aside:
    """Find what the person said of a file, or of the folder of files that it stands for; nothing for any other."""
    own = read_aside(path.with_name(path.name + SIDECAR))
    if own != Aside():
        return own
    folder = read_aside(path.parent.with_name(path.parent.name + SIDECAR))
    return folder if folder.main == path.name else Aside()
