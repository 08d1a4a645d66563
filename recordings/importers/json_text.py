"""JSON: a value, or one a line, is looked through for acceleration in the forms that programs write."""

import json
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsp import FileFormatError
from recordings.importers.asked import Asked, choose_sensor
from recordings.importers.assemble import Found, assemble
from recordings.importers.clock import numbers_to_seconds
from recordings.importers.headerless import understand
from recordings.importers.json_records import as_array, find_records, movesense_packets, read_movesense, read_records
from recordings.importers.named_arrays import read_arrays
from recordings.importers.textfile import open_text
from recordings.recording import Recording


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
    if packets := list(movesense_packets(value, 0)):
        return read_movesense(path, packets, asked)
    if (matrix := _matrix(value)) is not None:
        return _read_matrix(path, matrix, asked)
    if records := find_records(value, 0):
        return read_records(path, records, asked)
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
    return {name: as_array(values) for name, values in held.items() if isinstance(values, list) and values}


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
