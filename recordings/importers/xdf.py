"""XDF of the Lab Streaming Layer: damaged chunks are left out first, then `pyxdf` reads and sets the clocks right."""

import io
import logging
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from dsp import FileFormatError
from recordings.extras import load
from recordings.importers.asked import Asked, choose_sensor
from recordings.importers.assemble import Found, assemble
from recordings.importers.columns import ACCELERATION, find_axes
from recordings.importers.units import Unit, file_unit
from recordings.recording import Marker, Recording

MAGIC = b"XDF:"
HEADER, SAMPLES, CLOCK, FOOTER = 2, 3, 4, 6
BOUNDARY_ID = bytes.fromhex("43a546dccbf5410fb30ed5467383cbe4")
"""Content of a boundary chunk; reading goes on there after damage."""
SIZES = {"float32": 4, "double64": 8, "int8": 1, "int16": 2, "int32": 4, "int64": 8}
LARGEST_FILE = 2 << 30


def read_xdf(path: Path, asked: Asked) -> Recording:
    """Read one stream of acceleration.

    Raises
    ------
    FileFormatError
        No such stream, or nothing that can be saved.
    MissingExtraError
        Without pyxdf.
    """
    pyxdf = load("pyxdf", extra="formats", what="XDF")
    if path.stat().st_size > LARGEST_FILE:
        msg = f"{path.name} is larger than 2 GB; split it, or export the stream of acceleration alone"
        raise FileFormatError(msg)
    clean, bad = _clean(path.read_bytes())
    logging.getLogger("pyxdf").setLevel(logging.ERROR)
    try:
        streams, _ = pyxdf.load_xdf(io.BytesIO(clean), dejitter_timestamps=False)
    except Exception as error:
        msg = f"{path.name}: the XDF file is damaged: {error}"
        raise FileFormatError(msg) from error
    found = _found(path, streams, asked)
    if bad:
        found.warnings.append(f"{bad} damaged chunks were left out; the rest was saved")
    return assemble(path, found, asked)


def _clean(raw: bytes) -> tuple[bytes, int]:
    """Keep the whole chunks, and the number of those left out."""
    kept, bad, layouts = [MAGIC], 0, {}
    for tag, chunk, content in _chunks(raw):
        if tag < 0:
            bad += 1
            continue
        stream = int.from_bytes(content[:4], "little")
        if tag == HEADER:
            layout = _layout(content[4:])
            if layout is None:
                bad += 1
                continue
            layouts[stream] = layout
        elif tag in (CLOCK, FOOTER) and stream not in layouts:
            continue  # of a stream whose header is lost
        elif tag == SAMPLES and not (stream in layouts and _fits(content[4:], *layouts[stream])):
            bad += 1
            continue
        kept.append(chunk)
    return b"".join(kept), bad


def _chunks(raw: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Tag, whole chunk and content; a tag of -1 is damage that was skipped."""
    at = 4
    while at < len(raw):
        width = raw[at]
        length = int.from_bytes(raw[at + 1 : at + 1 + width], "little") if width in (1, 4, 8) else -1
        begin, end = at + 1 + width, at + 1 + width + length
        if length >= 2 and end <= len(raw) and 1 <= (tag := raw[begin] | raw[begin + 1] << 8) <= 6:
            yield tag, raw[at:end], raw[begin + 2 : end]
            at = end
            continue
        yield -1, b"", b""
        boundary = raw.find(BOUNDARY_ID, at + 1)
        if boundary < 0:
            return
        at = boundary + len(BOUNDARY_ID)


def _layout(xml: bytes) -> tuple[int, int] | None:
    """Channels of a stream and bytes a value (0 for text); None for a header that is damaged."""
    text = xml.decode("utf-8", errors="replace")
    count = re.search(r"<channel_count>\s*(\d{1,6})\s*</channel_count>", text)
    kind = re.search(r"<channel_format>\s*(\w+)\s*</channel_format>", text)
    if "</info>" not in text or count is None or kind is None or not (kind[1] in SIZES or kind[1] == "string"):
        return None
    return int(count[1]), SIZES.get(kind[1], 0)


def _fits(content: bytes, channels: int, size: int) -> bool:
    """Whether a chunk can hold the samples that it claims: a flipped bit must not make a program ask for gigabytes."""
    if not content or content[0] not in (1, 4, 8):
        return False
    count = int.from_bytes(content[1 : 1 + content[0]], "little")
    rest = len(content) - 1 - content[0]
    if not size:
        return count * (1 + 2 * channels) <= rest and _texts_fit(content, channels, count)
    at = 1 + content[0]
    if not count * (1 + channels * size) <= rest <= count * (9 + channels * size):
        return False
    for _ in range(count):
        if at >= len(content) or content[at] not in (0, 8):
            return False
        at += 1 + content[at] + channels * size
    return at == len(content)


def _texts_fit(content: bytes, channels: int, count: int) -> bool:
    at = 1 + content[0]
    for _ in range(count):
        if at >= len(content) or content[at] not in (0, 8):
            return False
        at += 1 + content[at]
        for _ in range(channels):
            if at >= len(content) or content[at] not in (1, 4, 8):
                return False
            at += 1 + content[at] + int.from_bytes(content[at + 1 : at + 1 + content[at]], "little")
    return at <= len(content)


def _found(path: Path, streams: list[dict[str, Any]], asked: Asked) -> Found:
    axes: dict[str, tuple[dict[str, Any], list[int], Unit | None]] = {}
    for stream in streams:
        picked = _axes(stream)
        values = stream["time_series"]
        if picked is not None and isinstance(values, np.ndarray) and len(values):
            name = _first(stream["info"], "name") or "stream"
            axes[name if name not in axes else f"{name} {len(axes) + 1}"] = (stream, *picked)
    if not axes:
        kinds = ", ".join(f"{_first(s['info'], 'name')} ({_first(s['info'], 'type')})" for s in streams) or "none"
        msg = f"{path.name}: none of its streams is acceleration with samples; it holds {kinds}"
        raise FileFormatError(msg)
    names = list(axes)
    chosen, warnings = choose_sensor(names, asked, path.name)
    stream, columns, unit = axes[chosen]
    stamps = np.asarray(stream["time_stamps"], np.float64)
    first = float(stamps[0])
    rate = float(_first(stream["info"], "nominal_srate") or 0.0)
    return Found(
        format="xdf",
        values=np.asarray(stream["time_series"], np.float64)[:, columns],
        time_s=stamps - first,
        rate_hz=rate if np.isfinite(rate) and 0 < rate < 1e5 else 0.0,
        unit=unit,
        sensor=chosen if len(names) > 1 else "",
        sensors=names if len(names) > 1 else [""],
        device=chosen,
        markers=[m for s in streams for m in _markers(s, first)],
        warnings=warnings,
    )


def _axes(stream: dict[str, Any]) -> tuple[list[int], Unit | None] | None:
    """Columns of the axes by the channels' labels, else all three of a stream called acceleration."""
    info = stream["info"]
    described = ((info.get("desc") or [None])[0] or {}).get("channels") or [{}]
    channels = (described[0] or {}).get("channel") or []
    labels = [_first(c, "label") for c in channels]
    units = [_first(c, "unit") for c in channels]
    kinds = [_first(c, "type") for c in channels]
    called = f"{_first(info, 'name')} {_first(info, 'type')}"
    names = [
        label if ACCELERATION.search(label) else f"{kind} {label}" for label, kind in zip(labels, kinds, strict=True)
    ]
    if ACCELERATION.search(called) and names and not any(ACCELERATION.search(n) for n in names):
        names = [f"acc {n}" for n in labels]
    axes = [a for a in find_axes(names, units) if any(ACCELERATION.search(names[i]) for i in a.columns)]
    if axes:
        return list(axes[0].columns), axes[0].unit
    count = int(_first(info, "channel_count") or 0)
    if count == 3 and ACCELERATION.search(called):
        return [0, 1, 2], file_unit(units[0]) if units else None
    return None


def _first(held: dict[str, Any] | None, name: str) -> str:
    value = (held or {}).get(name)
    return str(value[0]) if isinstance(value, list) and value and value[0] is not None else ""


def _markers(stream: dict[str, Any], first: float) -> list[Marker]:
    values = stream["time_series"]
    if isinstance(values, np.ndarray):
        return []
    pairs = zip(np.asarray(stream["time_stamps"], np.float64), values, strict=False)
    return [Marker(start_s=t - first, end_s=t - first, text=str(v[0])) for t, v in pairs if v and t >= first]
