"""Axivity `.wav`: evenly resampled counts with the scale, start and device in the INFO list.

Layout after the open OmConvert tools (openmovement): channels x, y, z, for an AX6 also the gyroscope, and last an
auxiliary one whose top bits tell what is missing and what is clipped.
"""

import re
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from dsp import FileFormatError
from recordings.importers.asked import Asked
from recordings.importers.assemble import Found, assemble
from recordings.importers.clock import texts_to_seconds
from recordings.importers.units import Unit
from recordings.recording import Recording

FULL_SCALE = 32768.0
UNAVAILABLE, CLIPPED = 0x8000, 0x4000
"""Bits of the auxiliary channel."""
LARGEST_CHUNK = 65536
"""Of what is not data."""
FACT = re.compile(r"^([\w-]+):\s*(.*)$", re.MULTILINE)


def is_wav(head: bytes) -> bool:
    """Whether it is a RIFF file of waves."""
    return head[:4] in (b"RIFF", b"RF64") and head[8:12] == b"WAVE"


def read_wav(path: Path, asked: Asked) -> Recording:
    """Read what OmConvert wrote.

    Raises
    ------
    FileFormatError
        Sound, or a file whose description is lost.
    """
    form, text, first, size = b"", "", 0, 0
    for name, at, length, body in _chunks(path):
        if name == b"fmt ":
            form = body
        elif name == b"LIST":
            text += _info(body)
        elif name == b"data":
            first, size = at, length
    facts = dict(FACT.findall(text))
    if len(form) < 16 or not first:
        msg = f"{path.name}: the WAV file ends before its data"
        raise FileFormatError(msg)
    _, channels, rate, _, _, bits = struct.unpack("<HHIIHH", form[:16])
    scales = [float(s) for k in (1, 2, 3) if (s := facts.get(f"Scale-{k}", "")).replace(".", "", 1).isdigit()]
    if bits != 16 or channels < 3 or len(scales) != 3 or not 1 <= rate <= 10000 or min(scales) <= 0:
        msg = (
            f"{path.name}: this WAV file does not say the scales of an Axivity accelerometer; it is sound, or damaged; "
            "export it as CSV, or read the .cwa"
        )
        raise FileFormatError(msg)
    there = min(size, path.stat().st_size - first)
    rows = there // (2 * channels)
    table = np.fromfile(path, "<i2", count=rows * channels, offset=first).reshape(rows, channels)
    values = table[:, :3] * (np.array(scales) / FULL_SCALE)
    warnings = []
    if there < size:
        warnings.append(f"the file ends early: {there} of {size} bytes of samples are there")
    if channels in (4, 7):
        aux = table[:, -1].view(np.uint16)
        missing = (aux & UNAVAILABLE) != 0
        values[missing] = np.nan
        if clipped := int(((aux & CLIPPED) != 0).sum()):
            warnings.append(f"{clipped} samples are clipped")
    start = facts.get("Time", "")
    found = Found(
        format="axivity-wav",
        values=values.astype(np.float32),
        rate_hz=float(rate),
        unit=Unit("g", 1.0),
        gravity=True,
        device="Axivity AX6" if channels == 7 else "Axivity AX3",
        start_ns=texts_to_seconds([start])[1] if re.match(r"\d{4}-\d\d-\d\d \d", start) else None,
        warnings=warnings,
        details={"range_g": f"{scales[0]:g}"},
    )
    return assemble(path, found, asked)


def _chunks(path: Path) -> Iterator[tuple[bytes, int, int, bytes]]:
    """Name, place, claimed length and content (of the small ones) of each chunk."""
    total = path.stat().st_size
    with path.open("rb") as file:
        at = 12
        while at + 8 <= total:
            file.seek(at)
            name, length = struct.unpack("<4sI", file.read(8))
            body = file.read(min(length, LARGEST_CHUNK)) if name != b"data" else b""
            yield name, at + 8, length, body
            if name == b"data":
                return
            at += 8 + length + length % 2


def _info(body: bytes) -> str:
    """Text of an INFO list, its entries joined."""
    if body[:4] != b"INFO":
        return ""
    at, text = 4, []
    while at + 8 <= len(body):
        length = int.from_bytes(body[at + 4 : at + 8], "little")
        text.append(body[at + 8 : at + 8 + length].decode("utf-8", errors="replace").rstrip("\0"))
        at += 8 + length + length % 2
    return "\n".join(text) + "\n"
