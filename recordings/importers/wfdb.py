"""WFDB: a text header beside files of signals, as PhysioNet keeps them; and markers from its annotation files.

Our own reader, for the package `wfdb` brings pandas, aiohttp and soundfile, and goes to the network for a record that
it does not find; the tests hold both against each other. Formats after the WFDB manual, signal(5), header(5), annot(5).
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dsp import FileFormatError
from recordings.importers.asked import Asked
from recordings.importers.assemble import Found, assemble
from recordings.importers.clock import texts_to_seconds
from recordings.importers.columns import find_axes
from recordings.importers.units import file_unit
from recordings.importers.worn import worn_of
from recordings.recording import Marker, Recording

Counts = NDArray[np.int64]

RECORD = re.compile(r"^[\w.-]+(?:/(?P<segments>\d+))?\s+(?P<count>\d{1,4})(?:\s+(?P<rate>[\d.eE+-]+)\S*)?(?P<rest>.*)$")
SIGNAL = re.compile(
    r"^(?P<file>\S+)\s+(?P<format>\d+)(?:x(?P<each>\d+))?(?::(?P<skew>\d+))?(?:\+(?P<skip>\d+))?"
    r"(?:\s+(?P<gain>[\d.eE+-]+)(?:\((?P<base>-?\d+)\))?(?:/(?P<unit>\S+))?)?"
    r"(?:\s+-?\d+(?:\s+(?P<zero>-?\d+)(?:\s+-?\d+(?:\s+(?P<checksum>-?\d+)(?:\s+-?\d+)?)?)?)?)?(?:\s+(?P<name>\D.*))?$"
)
DEFAULT_GAIN, DEFAULT_RATE = 200.0, 250.0
INVALID: dict[str, int | None] = {
    "8": None,
    **dict.fromkeys(("16", "61", "160"), -(1 << 15)),
    "24": -(1 << 23),
    "32": -(1 << 31),
    "80": -(1 << 7),
    "212": -(1 << 11),
    **dict.fromkeys(("310", "311"), -(1 << 9)),
}
"""The count that stands for no sample."""
SKIP, NUM, SUB, CHN, AUX = 59, 60, 61, 62, 63
"""Codes of an annotation file that are no annotation."""
LENGTH = re.compile(r" \((\d+\.\d+) s\)$")
"""How our own annotations write how long something lasted."""
ANNOTATORS = (".atr", ".ann", ".events")


@dataclass(frozen=True, slots=True)
class _Signal:
    file: str
    format: str
    each: int
    skip: int
    gain: float
    base: float
    unit: str
    checksum: int | None
    name: str


def is_wfdb(head: str) -> bool:
    """Whether a text is the header of a record with signals."""
    lines = [line for line in head.splitlines() if line.strip() and not line.startswith("#")]
    if len(lines) < 2 or not RECORD.match(lines[0]) or not (signal := SIGNAL.match(lines[1].strip())):
        return False
    return signal["format"] in INVALID and any(c.isalpha() for c in signal["file"])


def header_of(path: Path) -> Path | None:
    """Header beside a file of signals; None when there is none that names it."""
    beside = path.with_suffix(".hea")
    try:
        if beside != path and beside.is_file():
            text = beside.read_text(encoding="utf-8", errors="replace")[:65536]
            return beside if path.name in text else None
    except OSError:
        pass
    return None


def read_wfdb(path: Path, asked: Asked) -> Recording:
    """Read the accelerometer of a record.

    Raises
    ------
    FileFormatError
        Several segments, a format that is not known, missing files, no axes.
    """
    lines = path.read_text(encoding="utf-8", errors="replace")[: 1 << 20].splitlines()
    plain = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    record = RECORD.match(plain[0])
    if record is None or record["segments"] is not None:
        msg = f"{path.name}: records of several segments are not read; name the header of one segment"
        raise FileFormatError(msg)
    signals = [_signal(path, line) for line in plain[1 : 1 + int(record["count"])]]
    axes = find_axes([s.name for s in signals], [s.unit for s in signals])
    if not axes:
        msg = f"{path.name}: no three signals are named after the axes; it holds {', '.join(s.name for s in signals)}"
        raise FileFormatError(msg)
    picked = [signals[i] for i in axes[0].columns]
    warnings: list[str] = []
    values = _values(path, signals, picked, warnings)
    if len(values) and not np.isfinite(values).any():
        msg = f"{path.name}: every sample is marked as missing"
        raise FileFormatError(msg)
    rate = float(record["rate"] or DEFAULT_RATE)
    if not (np.isfinite(rate) and rate > 0):
        msg = f"{path.name}: a rate of {record['rate']} makes no time line; the header is damaged"
        raise FileFormatError(msg)
    comment = " ".join(line.lstrip("# ") for line in lines if line.startswith("#"))[:500]
    placement, side = worn_of(comment)
    found = Found(
        format="wfdb",
        values=values,
        rate_hz=rate * picked[0].each,
        unit=axes[0].unit or file_unit(picked[0].unit),
        start_ns=_start(record["rest"]),
        markers=list(_markers(path, rate)),
        warnings=warnings,
        placement=placement,
        side=side,
        details={"comment": comment},
    )
    return assemble(path, found, asked)


def _signal(path: Path, line: str) -> _Signal:
    match = SIGNAL.match(line)
    if match is None:
        msg = f"{path.name}: the line {line!r} describes no signal; the header is damaged"
        raise FileFormatError(msg)
    zero = float(match["zero"] or 0)
    return _Signal(
        file=match["file"],
        format=match["format"],
        each=int(match["each"] or 1),
        skip=int(match["skip"] or 0),
        gain=float(match["gain"] or 0) or DEFAULT_GAIN,
        base=float(match["base"]) if match["base"] is not None else zero,
        unit=match["unit"] or "",
        checksum=int(match["checksum"]) if match["checksum"] is not None else None,
        name=(match["name"] or "").strip(),
    )


def _values(path: Path, signals: list[_Signal], picked: list[_Signal], warnings: list[str]) -> NDArray[np.float64]:
    columns = []
    for signal in picked:
        together = [s for s in signals if s.file == signal.file]
        counts = _frames(path, together, together.index(signal))
        if signal.checksum is not None and (int(counts.sum()) - signal.checksum) % 65536:
            warnings.append(f"the checksum of {signal.name} does not agree with its samples; the file is damaged")
        values = (counts - signal.base) / signal.gain
        invalid = INVALID.get(signal.format)
        columns.append(np.where(counts == invalid, np.nan, values) if invalid is not None else values)
    if len({s.each for s in picked}) > 1:
        msg = f"{path.name}: its axes have different rates"
        raise FileFormatError(msg)
    shortest = min(len(c) for c in columns)
    if any(len(c) != shortest for c in columns):
        warnings.append("the files of its axes differ in length; the shortest decides")
    return np.stack([c[:shortest] for c in columns], axis=1)


def _frames(path: Path, together: list[_Signal], which: int) -> Counts:
    """Read the counts of one of the signals that share a file."""
    name = together[0].file
    binary = path.with_name(name) if "/" not in name and "\\" not in name else path
    if binary == path or not binary.exists():
        msg = f"{path.name} names {name}, which is not beside it; copy all files of the record into one folder"
        raise FileFormatError(msg)
    form, per_frame = together[0].format, sum(s.each for s in together)
    if form not in INVALID or any(s.format != form for s in together) or not 0 < per_frame < 10_000:
        msg = f"{path.name}: signals of format {form} are not read; convert them to format 16"
        raise FileFormatError(msg)
    raw = np.fromfile(binary, np.uint8, offset=min(together[0].skip, binary.stat().st_size))
    flat = _unpack(raw, form)
    whole = flat[: len(flat) // per_frame * per_frame].reshape(-1, per_frame)
    first = sum(s.each for s in together[:which])
    counts = whole[:, first : first + together[which].each].reshape(-1)
    return np.cumsum(counts) if form == "8" else counts


def _unpack(raw: NDArray[np.uint8], form: str) -> Counts:
    if form in ("16", "61", "160", "32"):
        kind = {"16": "<i2", "61": ">i2", "160": "<u2", "32": "<i4"}[form]
        size = np.dtype(kind).itemsize
        counts = raw[: len(raw) // size * size].view(kind).astype(np.int64)
        return counts - 32768 if form == "160" else counts
    if form in ("8", "80"):
        return raw.view(np.int8).astype(np.int64) if form == "8" else raw.astype(np.int64) - 128
    if form == "24":
        b = raw[: len(raw) // 3 * 3].reshape(-1, 3).astype(np.int64)
        return _signed(b[:, 0] | b[:, 1] << 8 | b[:, 2] << 16, 24)
    if form == "212":
        b = raw[: len(raw) // 3 * 3].reshape(-1, 3).astype(np.int64)
        pairs = np.stack([b[:, 0] | (b[:, 1] & 0x0F) << 8, b[:, 2] | (b[:, 1] & 0xF0) << 4], axis=1)
        return _signed(pairs.reshape(-1), 12)
    words = raw[: len(raw) // 4 * 4].reshape(-1, 2, 2).astype(np.int64)
    low, high = words[:, 0, 0] | words[:, 0, 1] << 8, words[:, 1, 0] | words[:, 1, 1] << 8
    if form == "310":
        triples = np.stack([low >> 1 & 0x3FF, high >> 1 & 0x3FF, (low >> 11 & 0x1F) | (high >> 11 & 0x1F) << 5], axis=1)
    else:
        both = low | high << 16
        triples = np.stack([both & 0x3FF, both >> 10 & 0x3FF, both >> 20 & 0x3FF], axis=1)
    return _signed(triples.reshape(-1), 10)


def _signed(values: Counts, bits: int) -> Counts:
    half = 1 << (bits - 1)
    return (values ^ half) - half


def _start(rest: str) -> int | None:
    match = re.search(r"(\d{1,2}:\d{2}:\d{2}(?:\.\d+)?)\s+(\d{1,2})/(\d{1,2})/(\d{4})", rest)
    if match is None:
        return None
    try:
        return texts_to_seconds([f"{match[4]}-{int(match[3]):02d}-{int(match[2]):02d} {match[1].zfill(8)}"])[1]
    except FileFormatError:
        return None


def _markers(path: Path, rate_hz: float) -> Iterator[Marker]:
    """Annotations with a text, from the annotation files beside the header."""
    for suffix in ANNOTATORS:
        beside = path.with_suffix(suffix)
        if beside.exists():
            yield from _annotations(beside.read_bytes(), rate_hz)


def _annotations(raw: bytes, rate_hz: float) -> Iterator[Marker]:
    at, sample, pending = 0, 0, False
    while at + 2 <= len(raw):
        word = raw[at] | raw[at + 1] << 8
        at += 2
        code, value = word >> 10, word & 0x3FF
        if code == AUX:
            text = raw[at : at + value].decode("utf-8", errors="replace").strip("\0 ")
            at += value + value % 2
            if pending and text and not text.startswith("##"):
                length = float(m[1]) if (m := LENGTH.search(text)) else 0.0
                start_s, words = sample / rate_hz, LENGTH.sub("", text)
                yield Marker(start_s=start_s, end_s=start_s + length, text=words, kind="annotation")
        elif code == SKIP and at + 4 <= len(raw):
            jump = int.from_bytes(raw[at : at + 2], "little") << 16 | int.from_bytes(raw[at + 2 : at + 4], "little")
            sample += jump - (1 << 32) * (jump >> 31)
            at += 4
        elif code in (NUM, SUB, CHN):
            continue
        elif word == 0:
            return
        else:
            sample += value
            pending = sample >= 0
