"""Reads native files, whole or cut short."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from dsp import FileFormatError, Placement, Quality, Samples, Side, TimeSource
from recordings.recording import Marker, Recording
from recordings.store import schema

MAGIC = b"\x89MCAP0\r\n"
SAME_RUN_PERIODS = 0.5


def is_native(head: bytes) -> bool:
    """Whether it is an MCAP file."""
    return head.startswith(MAGIC)


@dataclass(slots=True, eq=False)
class Content:
    """Everything in a native file."""

    metadata: dict[str, dict[str, str]] = field(default_factory=dict)
    messages: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    cut_short: bool = False


def read_content(path: Path) -> Content:
    """Read records one after the other, up to the first that cannot be read."""
    content = Content()
    topics: dict[int, str] = {}
    try:
        for record in _records(path):
            name = type(record).__name__
            if name == "Metadata":
                content.metadata[record.name] = dict(record.metadata)
            elif name == "Channel":
                topics[record.id] = record.topic
            elif name == "Message" and record.channel_id in topics:
                content.messages.append((topics[record.channel_id], json.loads(record.data)))
            elif name == "Footer":
                return content
    except Exception:  # noqa: BLE001 - the library raises half a dozen kinds on damaged bytes, MemoryError among them
        content.cut_short = True
    else:
        content.cut_short = True
    return content


def _records(path: Path) -> Iterator[Any]:
    from mcap.stream_reader import StreamReader  # noqa: PLC0415 - only native files need it

    with path.open("rb") as file:
        yield from StreamReader(file, emit_chunks=False, validate_crcs=True, record_size_limit=1 << 24).records


def read_native(path: Path, *, sensor: str | None = None) -> Recording:
    """Read one sensor of a native file.

    Parameters
    ----------
    sensor
        Its label; None takes the first.

    Raises
    ------
    FileFormatError
        Another program's MCAP, a sensor that is not in it, or nothing that can be saved.
    """
    content = read_content(path)
    if schema.METADATA not in content.metadata:
        msg = f"{path.name} is an MCAP file of another program, or was cut off in its first bytes"
        raise FileFormatError(msg)
    streams = {
        m["label"]: m for n, m in content.metadata.items() if n.startswith(schema.STREAM_METADATA) and "label" in m
    }
    labels = tuple(streams) or ("",)
    label = next((s for s in labels if sensor is None or s.lower() == sensor.lower()), None)
    if label is None:
        msg = f"{path.name} has no sensor {sensor!r}; it has {', '.join(labels)}"
        raise FileFormatError(msg)
    blocks = [m for topic, m in content.messages if topic == schema.ACCELERATION + label]
    start_ns = int(content.metadata[schema.METADATA]["start_ns"])
    runs, rate = _runs(blocks, label, start_ns)
    meta = streams.get(label, {})
    warnings = []
    if content.cut_short:
        warnings.append("the file was cut short; everything up to the cut was saved")
    if schema.RECOVERED in content.metadata:
        warnings.append("recovered after a crash")
    if len(labels) > 1 and sensor is None:
        warnings.append(f"several sensors: {', '.join(labels)}; {label} was chosen (--sensor)")
    return Recording(
        path=path,
        format="native",
        samples=runs,
        rate_hz=rate,
        nominal_hz=float(meta.get("nominal_hz", 0.0)),
        sensor=label,
        sensors=labels,
        unit="counts" if blocks and "counts" in blocks[0] else "g",
        device=meta.get("device", ""),
        placement=Placement(meta.get("placement", "unknown")),
        side=Side(meta.get("side", "unknown")),
        start_ns=start_ns,
        markers=tuple(_markers(content)),
        warnings=warnings,
        details={"family": meta.get("family", "")},
    )


def _runs(blocks: list[dict[str, Any]], label: str, start_ns: int) -> tuple[list[Samples], float]:
    """Join blocks that follow on; the rate is the one of the whole, from the blocks' own times."""
    parts: list[list[np.ndarray[Any, np.dtype[np.float32]]]] = []
    starts: list[float] = []
    lengths: list[int] = []
    rate = float(np.median([b["rate_hz"] for b in blocks])) if blocks else 1.0
    for block in blocks:
        xyz_g = _samples(block)
        follows = bool(parts) and block["missing_before"] == 0
        if follows:
            parts[-1].append(xyz_g)
            lengths[-1] += len(xyz_g)
        else:
            parts.append([xyz_g])
            starts.append(float(block["start_s"]))
            lengths.append(len(xyz_g))
    origin = starts[0] if starts else 0.0
    runs = []
    end_s = 0.0
    for pieces, start_s in zip(parts, starts, strict=True):
        at = max(start_s - origin, end_s)
        run = Samples(
            xyz_g=np.concatenate(pieces),
            rate_hz=rate,
            start_s=at,
            start_ns=start_ns + round((at + origin) * 1e9),
            sensor=label,
            quality=Quality(time_source=TimeSource.DEVICE),
        )
        runs.append(run)
        end_s = run.end_s
    return runs, rate


def _samples(block: dict[str, Any]) -> np.ndarray[Any, np.dtype[np.float32]]:
    if "counts" in block:
        return (np.array(block["counts"], np.int32).reshape(-1, 3) * np.float64(block["scale_g"])).astype(np.float32)
    return np.array([[np.nan if v is None else v for v in row] for row in block["xyz_g"]], np.float32).reshape(-1, 3)


def _markers(content: Content) -> Iterator[Marker]:
    for topic, message in content.messages:
        time_s = float(message.get("time_s", 0.0))
        if topic == "/marker":
            yield Marker(start_s=time_s, end_s=time_s, text=str(message.get("text", "")))
        elif topic.startswith("/link/"):
            text = f"{message.get('state', '')}: {message.get('reason', '')}"
            yield Marker(start_s=time_s, end_s=time_s, text=text, kind="link")
