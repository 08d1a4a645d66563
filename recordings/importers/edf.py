"""EDF+ and BDF+: three signals named after the axes."""

import re
import warnings
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsp import FileFormatError
from recordings.importers.asked import Asked
from recordings.importers.timeline import even_runs
from recordings.importers.units import WITHOUT_GRAVITY_G, decide_unit, file_unit, parse_unit, slow_magnitude
from recordings.recording import Marker, Recording

SHORTEST_FILL_S = 0.5
ZERO_G = 1e-4
"""A gap that is filled with zeros reads half a step of the digits beside zero."""
AXIS = re.compile(r"(?:^|[^a-z])([xyz])(?:$|[^a-z])", re.IGNORECASE)


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
        signals, annotations, picked, data = _parts(path)
    if not data or len({len(d) for d in data}) != 1:
        labels = ", ".join(s.label for s in signals) or "none"
        msg = f"{path.name}: three signals named after the axes x, y, z are needed; it holds {labels}"
        raise FileFormatError(msg)
    signal = picked["x"]
    rate = float(signal.sampling_frequency)
    raw = np.stack(data, axis=1).astype(np.float32)
    stated = signal.physical_dimension.strip()
    decided = decide_unit(raw, parse_unit(asked.unit) if asked.unit else file_unit(stated))
    xyz_g = (raw * np.float32(decided.scale_g)).astype(np.float32)
    for note in annotations:
        if note.text.startswith("gap"):
            first = round(note.onset * rate)
            xyz_g[first : first + round((note.duration or 0.0) * rate)] = np.nan
    empty = _filled(xyz_g, round(SHORTEST_FILL_S * rate))
    if empty.any():
        xyz_g[empty] = np.nan
        noticed_fill = [f"{empty.sum() / rate:.1f} s are exactly zero on all axes, which is how EDF fills gaps"]
    else:
        noticed_fill = []
    markers = tuple(
        Marker(start_s=a.onset, end_s=a.onset + (a.duration or 0.0), text=a.text, kind="annotation")
        for a in annotations
    )
    # The last record is padded to a whole second; the note says where the data end.
    end = next((m.start_s for m in markers if m.text == "end of data"), None)
    if end is not None:
        xyz_g = xyz_g[: round(end * rate)]
    timeline = even_runs(xyz_g, rate)
    return Recording(
        path=path,
        format="edf",
        samples=timeline.samples,
        rate_hz=timeline.rate_hz,
        nominal_hz=rate,
        unit=decided.name,
        markers=markers,
        warnings=[
            *noticed_fill,
            *([decided.warning] if decided.warning else []),
            *(str(w.message) for w in noticed),
            *timeline.warnings,
        ],
    )


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


def _parts(path: Path) -> tuple[list[Any], list[Any], dict[str, Any], list[Any]]:
    """Signals, annotations, the three axes by name, and their values; empty where an axis is missing."""
    import edfio  # noqa: PLC0415 - only this format needs it

    try:
        edf = edfio.read_bdf(path) if path.read_bytes()[:1] == b"\xff" else edfio.read_edf(path)
        signals: list[Any] = list(edf.signals)
        annotations = list(edf.annotations)
        picked: dict[str, Any] = {}
        for signal in signals:
            if (match := AXIS.search(signal.label)) and "gyr" not in signal.label.lower():
                picked.setdefault(match[1].lower(), signal)
        data = [picked[a].data for a in "xyz"] if set(picked) >= set("xyz") else []
    except Exception as error:
        msg = f"{path.name}: the EDF file is damaged: {error}"
        raise FileFormatError(msg) from error
    return signals, annotations, picked, data
