"""JSON: tables of columns, lists of records, and the nested arrays of Movesense."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsp import FileFormatError
from recordings.importers.asked import Asked, choose_sensor
from recordings.importers.assemble import Found, assemble
from recordings.importers.clock import numbers_to_seconds
from recordings.importers.headerless import understand
from recordings.importers.named_arrays import read_arrays
from recordings.importers.textfile import open_text
from recordings.recording import Recording

MOST_DEPTH = 12
OTHER_SENSORS = ("gyro", "magnet", "orient", "baro", "gravity", "location", "pedometer", "microphone", "metadata")


def is_json(head: str) -> bool:
    """Whether a text begins as JSON does."""
    return head.lstrip()[:1] in ("{", "[") and '"' in head


def load_json(path: Path) -> Any:
    """Load one value, or a list of the values of the lines.

    Raises
    ------
    FileFormatError
        When it is neither.
    """
    with open_text(path) as file:
        text = file.read()
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as whole:
        lines = [line for line in text.splitlines() if line.strip()]
        found = [_line(line) for line in lines]
        good = [value for value in found if value is not None]
        if len(lines) > 1 and len(good) >= 0.8 * len(lines):
            return good
        msg = f"{path.name}: the JSON is damaged: {whole}"
        raise FileFormatError(msg) from whole


def _line(line: str) -> Any:
    try:
        return json.loads(line.rstrip().rstrip(","))
    except (ValueError, RecursionError):
        return None


def read_json(path: Path, value: Any, asked: Asked) -> Recording:
    """Read acceleration from JSON.

    Raises
    ------
    FileFormatError, UnitError, RateError
        No acceleration in a form that is known.
    """
    if isinstance(value, dict) and isinstance(value.get("columns"), dict):
        facts = value.get("attributes")
        facts = (
            {k: np.asarray(v) if isinstance(v, list) else v for k, v in facts.items()}
            if isinstance(facts, dict)
            else {}
        )
        return read_arrays(path, _columns(value["columns"]), facts, "json", asked)
    if packets := list(_movesense(value, 0)):
        return _read_movesense(path, packets, asked)
    if (matrix := _matrix(value)) is not None:
        return _read_matrix(path, matrix, asked)
    if records := _records(value, 0):
        return _read_records(path, records, asked)
    if isinstance(value, dict):
        inner = next(
            (v for v in value.values() if isinstance(v, dict) and any(isinstance(c, list) for c in v.values())), value
        )
        return read_arrays(
            path,
            _columns(inner) | _columns(value),
            {k: v for k, v in value.items() if not isinstance(v, dict | list)},
            "json",
            asked,
        )
    msg = f"{path.name}: this JSON holds no acceleration in a form that is known; export it as CSV"
    raise FileFormatError(msg)


def _columns(held: dict[str, Any]) -> dict[str, NDArray[Any]]:
    return {name: _array(values) for name, values in held.items() if isinstance(values, list) and values}


def _array(values: list[Any]) -> NDArray[Any]:
    """Numbers, also those written as texts; texts where they are none."""
    if any(isinstance(v, list | dict) for v in values[:1]):
        try:
            return np.asarray(values, np.float64)
        except (ValueError, TypeError):
            return np.empty(0)
    try:
        return np.array([np.nan if v is None else float(v) for v in values])
    except (ValueError, TypeError):
        return np.array([str(v) for v in values])


def _matrix(value: Any) -> NDArray[np.float64] | None:
    """Find rows of at least three numbers each, which have no names."""
    rows = next((v for v in value.values() if isinstance(v, list)), None) if isinstance(value, dict) else value
    if isinstance(value, dict) and len(value) > 1:
        return None
    if not isinstance(rows, list) or not rows or not isinstance(rows[0], list):
        return None
    try:
        matrix = np.asarray(rows, np.float64)
    except (ValueError, TypeError):
        return None
    return matrix if matrix.ndim == 2 and matrix.shape[1] >= 3 else None


def _read_matrix(path: Path, matrix: NDArray[np.float64], asked: Asked) -> Recording:
    layout = understand(matrix, range(matrix.shape[1]), stamped=False)
    chosen, warnings = choose_sensor([s.name for s in layout.sensors], asked, path.name)
    sensor = next(s for s in layout.sensors if s.name == chosen)
    found = Found(format="json", values=matrix[:, list(sensor.columns)], sensor=chosen, warnings=warnings)
    found.sensors = [s.name for s in layout.sensors]
    if layout.time is not None:
        found.time_s, found.start_ns = numbers_to_seconds(matrix[:, layout.time], None)
    return assemble(path, found, asked)


def _movesense(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    """Every packet with an array of acceleration, in order."""
    if depth > MOST_DEPTH:
        return
    if isinstance(value, dict):
        if isinstance(value.get("ArrayAcc"), list):
            yield value
        else:
            for inner in value.values():
                yield from _movesense(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from _movesense(inner, depth + 1)


def _read_movesense(path: Path, packets: list[dict[str, Any]], asked: Asked) -> Recording:
    """Packets with the time of their first sample in milliseconds; the samples between are spread evenly."""
    stamps, rows, sizes, bad = [], [], [], 0
    for packet in packets:
        stamp: Any = packet.get("Timestamp", packet.get("Timestamp_ms", packet.get("timestamp")))
        try:
            part = [[float(s[a]) for a in "xyz"] for s in packet["ArrayAcc"]]
            stamp = float(stamp)
        except (TypeError, ValueError, KeyError):
            bad += 1
            continue
        if part:
            stamps.append(stamp)
            sizes.append(len(part))
            rows += part
    found = Found(format="movesense-json", values=np.array(rows, np.float64).reshape(-1, 3), device="Movesense")
    if stamps:
        found.time_s = np.repeat(np.array(stamps) * 1e-3, sizes)
    if bad:
        found.warnings.append(f"{bad} packets were damaged and were left out")
    return assemble(path, found, asked)


def _records(value: Any, depth: int) -> list[dict[str, Any]]:
    """Find the first list of objects."""
    if isinstance(value, list) and value and sum(isinstance(v, dict) for v in value) >= 0.8 * len(value):
        return [v for v in value if isinstance(v, dict)]
    if isinstance(value, dict) and depth < MOST_DEPTH:
        for inner in value.values():
            if isinstance(inner, dict | list) and (found := _records(inner, depth + 1)):
                return found
    return []


def _read_records(path: Path, records: list[dict[str, Any]], asked: Asked) -> Recording:
    """One object a sample, as Sensor Logger and many programs of their own write."""
    flat = [_flat(r) for r in records]
    key = next((k for k in ("sensor", "name", "type", "device") if any(isinstance(r.get(k), str) for r in flat)), None)
    warnings: list[str] = []
    sensor, names = "", [""]
    if key is not None:
        labels = list(dict.fromkeys(str(r[key]) for r in flat if key in r))
        fit = [n for n in labels if not any(o in n.lower() for o in OTHER_SENSORS)]
        holding = [n for n in fit if sum({"x", "y", "z"} <= set(r) for r in flat if r.get(key) == n)]
        names = sorted(holding or fit or labels, key=lambda n: "total" not in n.lower())
        sensor, warnings = choose_sensor(names, asked, path.name)
        flat = [r for r in flat if str(r.get(key)) == sensor]
    columns = dict.fromkeys(k for r in flat[:100] for k in r if k != key)
    arrays = {name: _array([r.get(name) for r in flat]) for name in columns}
    if key is not None and sensor and set("xyz") <= set(arrays) and sensor.lower().startswith(("acc", "total", "lin")):
        from recordings.importers.dialects import phone_unit  # noqa: PLC0415
        from recordings.importers.units import parse_unit, slow_magnitude  # noqa: PLC0415

        values = np.stack([arrays[a] for a in "xyz"], axis=1)
        word, gravity = phone_unit(slow_magnitude(values[np.isfinite(values).all(axis=1)].astype(np.float32)))
        clock = next((c for c in ("seconds_elapsed", "time", "timestamp") if c in arrays), None)
        found = Found(
            format="sensor-logger", values=values, unit=parse_unit(word), gravity=gravity, sensor=sensor, sensors=names
        )
        found.warnings = warnings
        if clock is not None and arrays[clock].dtype.kind == "f":
            found.time_s, found.start_ns = numbers_to_seconds(
                arrays[clock], 1.0 if clock == "seconds_elapsed" else None
            )
        return assemble(path, found, asked)
    return read_arrays(path, arrays, {}, "json", Asked(unit=asked.unit, rate_hz=asked.rate_hz))


def _flat(record: dict[str, Any], prefix: str = "", depth: int = 0) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in record.items():
        if isinstance(value, dict) and depth < MOST_DEPTH:
            flat |= _flat(value, f"{prefix}{key}_", depth + 1)
        elif not isinstance(value, list):
            flat[prefix + str(key)] = value
    return flat
