"""Empatica EmbracePlus `.avro`: one record with raw counts, their conversion and their own rate."""

import io
from pathlib import Path
from typing import Any

import numpy as np

from dsp import FileFormatError
from recordings.extras import load
from recordings.importers.asked import Asked
from recordings.importers.assemble import Found, assemble
from recordings.importers.avro_partial import read_first_record
from recordings.importers.units import Unit
from recordings.recording import Marker, Recording

MAGIC = b"Obj\x01"
LARGEST_FILE = 1 << 30


def read_avro(path: Path, asked: Asked) -> Recording:
    """Read the accelerometer of an EmbracePlus.

    Raises
    ------
    FileFormatError
        Damaged, of another program, or with the accelerometer switched off.
    MissingExtraError
        Without fastavro.
    """
    fastavro = load("fastavro", extra="formats", what="Avro")
    if path.stat().st_size > LARGEST_FILE:
        msg = f"{path.name} is larger than any EmbracePlus file; read its parts one by one"
        raise FileFormatError(msg)
    parts: list[tuple[dict[str, Any], dict[str, Any]]] = []
    broken = ""
    try:
        records: Any = fastavro.reader(io.BytesIO(path.read_bytes()))
        for record in records:
            parts += [(record["rawData"]["accelerometer"], record)]
    except (KeyError, TypeError) as error:
        msg = f"{path.name}: this Avro file is of another program: it has no rawData.accelerometer"
        raise FileFormatError(msg) from error
    except Exception as error:  # noqa: BLE001 - fastavro meets damage with many kinds of errors
        broken = str(error) or type(error).__name__
        if not parts:
            parts = _saved(path, broken)
    found = _found(path, parts)
    if broken:
        found.warnings.append(f"the file is damaged ({broken}); what came before was saved")
    return assemble(path, found, asked)


def _saved(path: Path, broken: str) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Take the acceleration out of a record that is not whole, cut where the shortest axis ends."""
    record = read_first_record(path.read_bytes())
    acceleration = (record.get("rawData") or {}).get("accelerometer") or {}
    x, y, z = (len(acceleration.get(a, ())) for a in "xyz")
    shortest = min(x, y, z)
    if not shortest or x != y:  # a flipped bit moves all that follows: then the axes do not fit each other
        msg = f"{path.name}: the Avro file is damaged where its axes are: {broken}; export it again"
        raise FileFormatError(msg)
    return [(acceleration | {a: acceleration[a][:shortest] for a in "xyz"}, record)]


def _found(path: Path, parts: list[tuple[dict[str, Any], dict[str, Any]]]) -> Found:
    values, times, rates = [], [], []
    for acceleration, _ in parts:
        counts = np.array([acceleration[a] for a in "xyz"], np.float64).T if acceleration["x"] else np.empty((0, 3))
        rate = float(acceleration["samplingFrequency"])
        if not len(counts):
            continue
        if not (np.isfinite(rate) and rate > 0):
            msg = f"{path.name}: its accelerometer claims {rate} samples a second; the file is damaged"
            raise FileFormatError(msg)
        values.append(counts * _g_per_count(path, acceleration.get("imuParams") or {}))
        times.append(int(acceleration["timestampStart"]) * 1000)
        rates.append(rate)
    if not values:
        msg = f"{path.name}: the EmbracePlus recorded no acceleration"
        raise FileFormatError(msg)
    start_ns = min(times)
    record = parts[0][1]
    time_s = [(t - start_ns) * 1e-9 + np.arange(len(v)) / r for t, v, r in zip(times, values, rates, strict=True)]
    tags = (record["rawData"].get("tags") or {}).get("tagsTimeMicros") or []
    seconds = [(int(t) * 1000 - start_ns) * 1e-9 for t in tags]
    return Found(
        format="embraceplus-avro",
        values=np.concatenate(values).astype(np.float32),
        time_s=np.concatenate(time_s) if len(values) > 1 else None,
        rate_hz=rates[0],
        unit=Unit("g", 1.0),
        gravity=True,
        start_ns=start_ns,
        device="Empatica EmbracePlus",
        markers=[Marker(start_s=s, end_s=s, text="tag") for s in seconds if s >= 0],
        details={"schema": ".".join(str(v) for v in (record.get("schemaVersion") or {}).values())},
    )


def _g_per_count(path: Path, params: dict[str, Any]) -> float:
    """Scale after Empatica's manual: the physical span over the digital one, or the factor that newer files carry."""
    digital = float(params.get("digitalMax") or 0) - float(params.get("digitalMin") or 0)
    physical = float(params.get("physicalMax") or 0) - float(params.get("physicalMin") or 0)
    scale = float(params.get("conversionFactor") or 0.0)
    if not 0 < scale < 1 and digital > 0:
        scale = physical / digital
    if not (np.isfinite(scale) and scale > 0):
        msg = f"{path.name}: the scale of its accelerometer is missing; the file is damaged"
        raise FileFormatError(msg)
    return scale
