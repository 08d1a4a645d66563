"""EDF+ and BDF+: three signals named after the axes."""

import datetime as dt
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsp import FileFormatError
from recordings.importers.asked import Asked, choose_sensor
from recordings.importers.assemble import Found, assemble, to_g
from recordings.importers.columns import find_axes
from recordings.importers.edf_records import record_onsets
from recordings.importers.units import WITHOUT_GRAVITY_G, Unit, slow_magnitude
from recordings.recording import Marker, Recording

SHORTEST_FILL_S = 0.5
ZERO_G = 1e-4
"""A gap that is filled with zeros reads half a step of the digits beside zero."""


def is_edf(head: bytes) -> bool:
    """Whether it begins with the version field of EDF or BDF."""
    return head[:8] == b"0       " or head[:8] == b"\xffBIOSEMI"


def read_edf(path: Path, asked: Asked) -> Recording:
    """Read the first three signals named x, y and z.

    Raises
    ------
    FileFormatError, UnitError
        A damaged file, no such signals, or no unit.
    """
    noticed: list[warnings.WarningMessage]
    with warnings.catch_warnings(record=True) as noticed:
        warnings.simplefilter("always")
        held = _contents(path)
    axes = [a for a in find_axes(held.labels, held.units) if len({len(held.signals[i].data) for i in a.columns}) == 1]
    if not axes:
        msg = f"{path.name}: three signals named after the axes x, y, z are needed; it holds {', '.join(held.labels)}"
        raise FileFormatError(msg)
    names = [a.name for a in axes]
    chosen, notes = choose_sensor(names, asked, path.name)
    picked = axes[names.index(chosen)]
    rate = float(held.signals[picked.columns[0]].sampling_frequency)
    values = np.stack([held.signals[i].data for i in picked.columns], axis=1)
    found = Found(
        format="edf",
        values=values,
        rate_hz=rate,
        unit=picked.unit,
        gravity=picked.gravity,
        start_ns=held.start_ns,
        sensor=chosen,
        sensors=names,
        markers=held.markers,
        warnings=[*notes, *(str(w.message) for w in noticed)],
    )
    decided, xyz_g = to_g(found, asked)
    found.warnings += [decided.warning] if decided.warning else []
    found.values, found.unit = _without_gaps(xyz_g, rate, held.markers, found.warnings), Unit("g", 1.0)
    found.time_s = _times(path, len(found.values), rate)
    recording = assemble(path, found, Asked())
    return replace(recording, unit=decided.name)


@dataclass(frozen=True, slots=True)
class _Contents:
    """What a file holds, as `edfio` gives it."""

    signals: list[Any]
    markers: tuple[Marker, ...]
    start_ns: int | None

    @property
    def labels(self) -> list[str]:
        return [str(s.label) for s in self.signals]

    @property
    def units(self) -> list[str]:
        return [str(s.physical_dimension).strip() for s in self.signals]


def _contents(path: Path) -> _Contents:
    import edfio  # noqa: PLC0415 - only this format needs it

    try:
        with path.open("rb") as file:
            bits24 = file.read(1) == b"\xff"
        edf: Any = edfio.read_bdf(path) if bits24 else edfio.read_edf(path)
        markers = tuple(
            Marker(start_s=a.onset, end_s=a.onset + (a.duration or 0.0), text=a.text, kind="annotation")
            for a in edf.annotations
        )
        signals = list(edf.signals)
        for signal in signals:
            _ = len(signal.data)  # read here, where damage is still told as such
    except Exception as error:
        msg = f"{path.name}: the EDF file is damaged: {error}"
        raise FileFormatError(msg) from error
    return _Contents(signals, markers, _start_ns(edf))


def _start_ns(edf: Any) -> int | None:
    """UTC of the start; None where the file is anonymous, which EDF writes as the first of January 1985."""
    try:
        day, clock = edf.startdate, edf.starttime
    except (ValueError, AttributeError, TypeError):
        return None
    if day == dt.date(1985, 1, 1):
        return None
    start = dt.datetime.combine(day, clock, dt.UTC)
    return int(start.timestamp()) * 10**9 + start.microsecond * 1000


def _times(path: Path, samples: int, rate_hz: float) -> NDArray[np.float64] | None:
    """Time of each sample of a file with gaps between its records; None for one without."""
    onsets = record_onsets(path)
    if onsets is None:
        return None
    each = max(1, samples // len(onsets))
    index = np.arange(samples)
    record = np.minimum(index // each, len(onsets) - 1)
    return np.asarray(onsets[record] - onsets[np.isfinite(onsets)][0] + (index - record * each) / rate_hz, np.float64)


def _without_gaps(
    xyz_g: NDArray[np.float32], rate_hz: float, markers: Sequence[Marker], noticed: list[str]
) -> NDArray[np.float32]:
    """Take out what only fills: the end of the last record, annotated gaps, and long runs of zeros."""
    # The last record is padded to a whole second; the note says where the data end.
    end = next((m.start_s for m in markers if m.text == "end of data"), None)
    xyz_g = xyz_g if end is None else xyz_g[: round(end * rate_hz)]
    for note in markers:
        if note.text.startswith("gap"):
            first = round(note.start_s * rate_hz)
            xyz_g[first : first + round((note.end_s - note.start_s) * rate_hz)] = np.nan
    empty = _filled(xyz_g, round(SHORTEST_FILL_S * rate_hz))
    if empty.any():
        xyz_g[empty] = np.nan
        noticed.append(f"{empty.sum() / rate_hz:.1f} s are exactly zero on all axes, which is how EDF fills gaps")
    return xyz_g


def _filled(xyz_g: NDArray[np.float32], shortest: int) -> NDArray[np.bool_]:
    """Rows of a run of zeros, where the rest of the file has gravity in it."""
    size = np.abs(xyz_g).max(axis=1)
    zero: NDArray[np.bool_] = size <= ZERO_G
    edges = np.nonzero(np.diff(np.concatenate([[False], zero, [False]]).astype(np.int8)))[0].reshape(-1, 2)
    for a, b in edges:
        if b - a < max(shortest, 2):
            zero[a:b] = False
    rest = xyz_g[~zero & np.isfinite(size)]
    if not len(rest) or slow_magnitude(rest) < WITHOUT_GRAVITY_G:
        zero[:] = False
    return zero
