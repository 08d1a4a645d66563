"""GENEActiv `.bin`: pages of text, each with its own time and 300 samples in hexadecimal; a bad page costs only itself.

Layout after the maker's open format description; the numbers agree with the compiled reader `actfast` on whole files.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dsp import FileFormatError
from recordings.importers.asked import Asked
from recordings.importers.assemble import Found, assemble
from recordings.importers.clock import texts_to_seconds
from recordings.importers.units import Unit
from recordings.recording import Recording

PAGE = "Recorded Data"
SAMPLE_HEX = 12
"""Letters a sample: 12 bits for each axis, 10 for light, one for the button, one spare."""
PAGE_SAMPLES = 300
CALIBRATION = re.compile(r"^([xyz]) (gain|offset):\s*(-?\d+)\s*$", re.MULTILINE)
STAMP = re.compile(r"^Page Time:(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d:\d{3})", re.MULTILINE)
RATE = re.compile(r"^Measurement Frequency:\s*([\d.]+)", re.MULTILINE)
HEX = re.compile(r"^[0-9A-Fa-f]{12,}\s*$")
LONGEST_LINE = 8192


def is_geneactiv(head: bytes) -> bool:
    """Whether it begins with the GENEActiv header."""
    return head.startswith(b"Device Identity")


def read_geneactiv(path: Path, asked: Asked) -> Recording:
    """Read the pages that are whole.

    Raises
    ------
    FileFormatError
        When the calibration is lost, or no page can be read.
    """
    header, pages = "", []
    bad = 0
    for head, body in _pages(path):
        if not header:
            header = head
            continue
        page = _page(head, body)
        if page is None:
            bad += 1
        else:
            pages.append(page)
    calibration = {(axis, kind): int(value) for axis, kind, value in CALIBRATION.findall(header)}
    if len(calibration) != 6 or not all(calibration[a, "gain"] for a in "xyz"):
        msg = (
            f"{path.name}: the GENEActiv file cannot be read: its calibration is missing; copy it from the device again"
        )
        raise FileFormatError(msg)
    if not pages:
        msg = f"{path.name}: the GENEActiv file holds no samples of acceleration that can be read"
        raise FileFormatError(msg)
    gain = np.array([calibration[a, "gain"] for a in "xyz"], np.float64)
    offset = np.array([calibration[a, "offset"] for a in "xyz"], np.float64)
    counts = np.concatenate([p[0] for p in pages])
    values = ((counts * 100.0 - offset) / gain).astype(np.float32)
    stamps, first = texts_to_seconds([p[1] for p in pages])
    time_s = np.concatenate([t + np.arange(len(p[0])) / p[2] for t, p in zip(stamps, pages, strict=True)])
    found = Found(
        format="geneactiv-bin",
        values=values,
        time_s=time_s,
        rate_hz=pages[0][2],
        unit=Unit("g", 1.0),
        gravity=True,
        start_ns=first,
        device="GENEActiv",
    )
    if bad:
        found.warnings.append(f"{bad} of {bad + len(pages)} pages are damaged and were left out; the rest was saved")
    return assemble(path, found, asked)


def _pages(path: Path) -> Iterator[tuple[str, str]]:
    """Header of the file with an empty body, then the head and the hexadecimal line of each page."""
    lines: list[str] = []
    body = ""
    with path.open("r", encoding="latin-1", newline=None) as file:
        while line := file.readline(LONGEST_LINE):
            if line.startswith(PAGE):
                yield "".join(lines), body
                lines, body = [line], ""
            elif HEX.match(line):
                body = line.strip()
            else:
                lines.append(line)
    yield "".join(lines), body


def _page(head: str, body: str) -> tuple[NDArray[np.int64], str, float] | None:
    """Decode counts, time and rate of a page; None for a damaged one."""
    stamp, rate = STAMP.search(head), RATE.search(head)
    if stamp is None or rate is None or len(body) < SAMPLE_HEX or len(body) > PAGE_SAMPLES * SAMPLE_HEX:
        return None
    try:
        hz = float(rate[1])
        raw = np.frombuffer(bytes.fromhex(body[: len(body) // SAMPLE_HEX * SAMPLE_HEX]), np.uint8).reshape(-1, 6)
        np.datetime64(stamp[1][:19])
    except ValueError:
        return None
    if not 1 <= hz <= 200:
        return None
    b = raw.astype(np.int64)
    packed = np.stack([b[:, 0] << 4 | b[:, 1] >> 4, (b[:, 1] & 15) << 8 | b[:, 2], b[:, 3] << 4 | b[:, 4] >> 4], axis=1)
    return (packed ^ 0x800) - 0x800, stamp[1], hz
