"""TSDF: a JSON file of metadata beside binary files of numbers (Radboud, Verily and other watches)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsp import FileFormatError
from recordings.importers.asked import Asked
from recordings.importers.assemble import Found, assemble
from recordings.importers.clock import texts_to_seconds
from recordings.importers.columns import find_axes
from recordings.importers.json_text import load_json
from recordings.importers.units import Unit, file_unit
from recordings.recording import Recording

TIME_SCALES = {"ms": 1e-3, "s": 1.0, "us": 1e-6, "ns": 1e-9}
KINDS = {"int": "i", "float": "f", "uint": "u"}
LARGEST_META = 1 << 20


def is_tsdf(value: Any) -> bool:
    """Whether a JSON value describes binary files."""
    return isinstance(value, dict) and any("file_name" in f for f in _files(value))


def _files(meta: dict[str, Any], inherited: dict[str, Any] | None = None) -> Iterator[dict[str, Any]]:
    """Descriptions of the binary files, with what the levels above say."""
    own = (inherited or {}) | {k: v for k, v in meta.items() if not isinstance(v, dict) and k != "sensors"}
    inner = [v for v in meta.get("sensors", []) if isinstance(v, dict)] if isinstance(meta.get("sensors"), list) else []
    inner += [s for v in meta.values() if isinstance(v, list) for s in v if isinstance(s, dict) and s not in inner]
    if "file_name" in meta:
        yield own
    for each in inner:
        yield from _files(each, own)


def belongs_to_tsdf(path: Path) -> Path | None:
    """Metadata beside a file that name it."""
    for beside in sorted(path.parent.glob("*_meta.json")):
        if beside.stat().st_size > LARGEST_META:
            continue
        try:
            meta = load_json(beside)
        except FileFormatError:
            continue
        if is_tsdf(meta) and any(f["file_name"] == path.name for f in _files(meta)):
            return beside
    return None


def read_tsdf(path: Path, meta: dict[str, Any], asked: Asked) -> Recording:
    """Read the acceleration that the metadata describe.

    Raises
    ------
    FileFormatError
        Files that are missing or shorter than described, or no acceleration among them.
    """
    files = list(_files(meta))
    values: NDArray[np.float64] | None = None
    unit: Unit | None = None
    time_s, start_ns = None, _start(meta)
    warnings: list[str] = []
    for held in files:
        names, units = list(held.get("channels") or []), list(held.get("units") or [])
        axes = find_axes([str(n) for n in names], [str(u) for u in units])
        if axes and values is None:
            table = _read(path, held, warnings)
            columns = list(axes[0].columns)
            scales = np.array([float(s) for s in held.get("scale_factors") or [1.0] * len(names)])
            values = table[:, columns] * scales[columns if len(scales) > 1 else [0, 0, 0]]
            unit = axes[0].unit or file_unit(str(units[columns[0]]) if len(units) == len(names) else "")
        elif names[:1] == ["time"] and time_s is None:
            time_s = _time(_read(path, held, warnings)[:, 0], str(units[0]) if units else "")
    if values is None:
        msg = f"{path.name}: none of its channels is acceleration"
        raise FileFormatError(msg)
    if time_s is not None and len(time_s) != len(values):
        shorter = min(len(time_s), len(values))
        warnings.append(f"{len(values)} samples but {len(time_s)} times; the first {shorter} were read")
        values, time_s = values[:shorter], time_s[:shorter]
    found = Found(
        format="tsdf",
        values=values,
        time_s=time_s,
        unit=unit,
        start_ns=start_ns,
        device=str(meta.get("device_id", "")),
        warnings=warnings,
    )
    return assemble(path, found, asked)


def _read(path: Path, held: dict[str, Any], warnings: list[str]) -> NDArray[np.float64]:
    name = str(held["file_name"])
    if "/" in name or "\\" in name or name in ("", ".", ".."):
        msg = f"{path.name} names a file outside its folder ({name}); that is not followed"
        raise FileFormatError(msg)
    binary = path.with_name(name)
    if not binary.exists():
        msg = f"{path.name} describes {name}, which is not beside it; copy all files of the recording into one folder"
        raise FileFormatError(msg)
    order = ">" if str(held.get("endianness", "little")).lower().startswith("big") else "<"
    kind, bits, channels = KINDS.get(str(held.get("data_type"))), held.get("bits"), len(held["channels"])
    if kind is None or bits not in (8, 16, 32, 64) or (kind == "f" and bits < 32):
        msg = f"{path.name} describes {name} as {held.get('data_type')} of {bits} bits, which is no type of numbers"
        raise FileFormatError(msg)
    flat = np.fromfile(binary, np.dtype(f"{order}{kind}{bits // 8}"))
    rows = len(flat) // channels
    claimed = held.get("rows")
    if isinstance(claimed, int) and claimed != rows:
        warnings.append(f"{name} holds {rows} rows where {claimed} are described")
    return flat[: rows * channels].reshape(rows, channels).astype(np.float64)


def _time(values: NDArray[np.float64], unit: str) -> NDArray[np.float64]:
    scale = next((s for u, s in TIME_SCALES.items() if unit.lower().endswith(f"_{u}") or unit.lower() == u), 1e-3)
    seconds = (np.cumsum(values) if "delta" in unit.lower() else values) * scale
    return np.asarray(seconds - seconds[0] if len(seconds) else seconds, np.float64)


def _start(meta: dict[str, Any]) -> int | None:
    stamp = str(meta.get("start_iso8601", ""))
    try:
        return texts_to_seconds([stamp])[1] if stamp[:4].isdigit() else None
    except FileFormatError:
        return None
