"""JSON of records: one object a sample, or one a packet as Movesense writes them."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recordings.importers.asked import Asked, choose_sensor
from recordings.importers.assemble import Found, assemble
from recordings.importers.dialects import phone_unit
from recordings.importers.named_arrays import read_arrays
from recordings.importers.units import slow_magnitude
from recordings.recording import Recording

MOST_DEPTH = 12
LABELS = ("sensor", "name", "type", "device")
"""Fields that tell the sensors apart."""
OTHER_SENSORS = ("gyro", "magnet", "orient", "baro", "gravity", "location", "pedometer", "microphone", "metadata")
PHONE_SENSORS = ("acc", "total", "lin")


def as_array(values: list[Any]) -> NDArray[Any]:
    """Make numbers, also those written as texts; texts where they are none."""
    if any(isinstance(v, list | dict) for v in values[:1]):
        try:
            return np.asarray(values, np.float64)
        except (ValueError, TypeError):
            return np.empty(0)
    try:
        return np.array([np.nan if v is None else float(v) for v in values])
    except (ValueError, TypeError):
        return np.array([str(v) for v in values])


def movesense_packets(value: Any, depth: int) -> Iterator[dict[str, Any]]:
    """Find every packet with an array of acceleration, in order."""
    if depth > MOST_DEPTH:
        return
    if isinstance(value, dict):
        if isinstance(value.get("ArrayAcc"), list):
            yield value
        else:
            for inner in value.values():
                yield from movesense_packets(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            yield from movesense_packets(inner, depth + 1)


def read_movesense(path: Path, packets: list[dict[str, Any]], asked: Asked) -> Recording:
    """Read packets with the time of their first sample in milliseconds; the samples between are spread evenly."""
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


def find_records(value: Any, depth: int) -> list[dict[str, Any]]:
    """Find the first list of objects."""
    if isinstance(value, list) and value and sum(isinstance(v, dict) for v in value) >= 0.8 * len(value):
        return [v for v in value if isinstance(v, dict)]
    if isinstance(value, dict) and depth < MOST_DEPTH:
        for inner in value.values():
            if isinstance(inner, dict | list) and (found := find_records(inner, depth + 1)):
                return found
    return []


def read_records(path: Path, records: list[dict[str, Any]], asked: Asked) -> Recording:
    """Read one object a sample, as Sensor Logger and many programs of their own write."""
    flat, sensor, names, warnings = _of_one_sensor(path, [_flat(r) for r in records], asked)
    columns = dict.fromkeys(name for record in flat[:100] for name in record)
    arrays = {name: as_array([record.get(name) for record in flat]) for name in columns}
    unit, gravity, format_id = asked.unit, None, "json"
    if sensor.lower().startswith(PHONE_SENSORS) and set("xyz") <= set(arrays):
        values = np.stack([arrays[a] for a in "xyz"], axis=1)
        word, gravity = phone_unit(slow_magnitude(values[np.isfinite(values).all(axis=1)].astype(np.float32)))
        unit, format_id = unit or word, "sensor-logger"
    recording = read_arrays(path, arrays, {}, format_id, Asked(unit=unit, rate_hz=asked.rate_hz))
    if not sensor:
        return recording
    return replace(
        recording,
        gravity=gravity,
        sensor=sensor,
        sensors=tuple(names),
        warnings=[*warnings, *recording.warnings],
    )


def _of_one_sensor(
    path: Path, flat: list[dict[str, Any]], asked: Asked
) -> tuple[list[dict[str, Any]], str, list[str], list[str]]:
    """Keep the records of one sensor; give its name, every name, and that it was chosen."""
    key = next((k for k in LABELS if any(isinstance(r.get(k), str) for r in flat)), None)
    if key is None:
        return flat, "", [""], []
    labels = list(dict.fromkeys(str(r[key]) for r in flat if key in r))
    axes = {str(r[key]) for r in flat if key in r and {"x", "y", "z"} <= set(r)}
    fit = [n for n in labels if not any(other in n.lower() for other in OTHER_SENSORS)]
    names = [n for n in fit if n in axes] or fit or labels
    names = sorted(names, key=lambda n: "total" not in n.lower())
    chosen, warnings = choose_sensor(names, asked, path.name)
    return [r for r in flat if str(r.get(key)) == chosen], chosen, names, warnings


def _flat(record: dict[str, Any], prefix: str = "", depth: int = 0) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in record.items():
        if isinstance(value, dict) and depth < MOST_DEPTH:
            flat |= _flat(value, f"{prefix}{key}_", depth + 1)
        elif not isinstance(value, list):
            flat[prefix + str(key)] = value
    return flat
