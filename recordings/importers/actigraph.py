"""ActiGraph `.gt3x`: a zip with `info.txt` and a log of records, or in the older layout packed activity alone.

Records after ActiGraph's published GT3X file format: 0x1E, type, Unix time, size, payload, checksum. The reader is our
own because the compiled one returns no samples for 16-bit records (0x1A) and scales the packed ones wrongly.
"""

import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dsp import FileFormatError
from recordings.importers.archive import extract, is_whole, members_of
from recordings.importers.asked import Asked
from recordings.importers.timeline import even_runs, stamped_runs
from recordings.recording import Recording

SEPARATOR, ACTIVITY_12, ACTIVITY_16 = 0x1E, 0x00, 0x1A
HEADER = struct.Struct("<BBIH")
TICKS_1970 = 621_355_968_000_000_000
"""100 ns ticks of .NET from year 1 to 1970."""
COUNTS_PER_G = {"NEO": 341.0, "CLE": 341.0, "MOS": 256.0, "TAS": 256.0, "MRA": 256.0}
"""By the first letters of the serial number, where the file does not say."""
MOST_COUNTS_PER_G, MOST_RATE_HZ = 1e5, 1000.0
LARGEST_INFO = 1 << 20
LARGEST_LOG = 2 << 30
"""A log of several years; a zip that claims more is damaged or hostile."""


@dataclass(frozen=True, slots=True)
class _Log:
    counts: NDArray[np.int16]  # (n, 3)
    time_s: NDArray[np.float64]  # (n,), from the first record
    start_s: int
    bad: int


def is_gt3x(members: list[str]) -> bool:
    """Whether a zip with these members is ActiGraph's."""
    return "info.txt" in members and any(name in members for name in ("log.bin", "activity.bin", "lux.bin"))


def read_gt3x(path: Path, asked: Asked) -> Recording:
    """Read either layout, also from a zip that is damaged or cut short.

    Raises
    ------
    FileFormatError
        No acceleration, or neither scale nor rate.
    """
    names = members_of(path)
    info = _info(extract(path, "info.txt", LARGEST_INFO).decode("utf-8", errors="replace"))
    name = "log.bin" if "log.bin" in names else "activity.bin"
    if name not in names:
        msg = f"{path.name}: the ActiGraph file holds no acceleration (neither log.bin nor activity.bin)"
        raise FileFormatError(msg)
    raw = extract(path, name, LARGEST_LOG)
    rate = asked.rate_hz or _number(info.get("Sample Rate", "30"))
    scale = _number(info.get("Acceleration Scale", "")) or COUNTS_PER_G.get(info.get("Serial Number", "")[:3], 0.0)
    if not (0 < scale < MOST_COUNTS_PER_G and 1 <= rate <= MOST_RATE_HZ):
        msg = f"{path.name}: info.txt names neither a scale nor a device that has one; the counts cannot become g"
        raise FileFormatError(msg)
    warnings: list[str] = []
    if name == "activity.bin":
        start_ns: int | None = (int(_number(info.get("Start Date", "")) or TICKS_1970) - TICKS_1970) * 100
        counts = _unpack_12(np.frombuffer(raw, np.uint8))
        if not is_whole(path, name):
            warnings.append(f"{name} does not agree with its checksum: the file is damaged, and samples may be wrong")
        timeline = even_runs(_to_g(counts, scale), rate, start_ns=start_ns) if len(counts) else None
    else:
        log = _read_log(raw)
        start_ns = log.start_s * 10**9
        if log.bad:
            warnings.append(f"{log.bad} damaged records were left out")
        timeline = (
            stamped_runs(log.time_s, _to_g(log.counts, scale), nominal_hz=rate, start_ns=start_ns)
            if len(log.counts)
            else None
        )
    if timeline is None:
        msg = f"{path.name}: the ActiGraph file holds no samples of acceleration"
        raise FileFormatError(msg)
    return Recording(
        path=path,
        format="actigraph-gt3x",
        samples=timeline.samples,
        rate_hz=timeline.rate_hz,
        nominal_hz=rate,
        unit="counts",
        gravity=True,
        device=f"ActiGraph {info.get('Device Type', '')}".strip(),
        start_ns=start_ns,
        warnings=[*warnings, *timeline.warnings],
    )


def _info(text: str) -> dict[str, str]:
    pairs = (line.split(":", 1) for line in text.splitlines() if ":" in line)
    return {key.strip(): value.strip() for key, value in pairs}


def _number(text: str) -> float:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return 0.0
    return value if np.isfinite(value) else 0.0


def _to_g(counts: NDArray[np.int16], scale: float) -> NDArray[np.float32]:
    return np.asarray(counts / scale, np.float32)


def _read_log(raw: bytes) -> _Log:
    """Walk the records; after a damaged one go on at the next separator."""
    at, bad, first = 0, 0, -1
    parts, times = [], []
    while at + HEADER.size < len(raw):
        separator, kind, stamp, size = HEADER.unpack_from(raw, at)
        end = at + HEADER.size + size
        if separator != SEPARATOR or end >= len(raw) or not _checks(raw, at, end):
            bad += separator == SEPARATOR
            following = raw.find(SEPARATOR, at + 1)
            if following < 0:
                break
            at = following
            continue
        payload = np.frombuffer(raw, np.uint8, size, at + HEADER.size)
        counts = None
        if kind == ACTIVITY_12 and size >= 9:
            counts = _unpack_12(payload)
        elif kind == ACTIVITY_16 and size >= 6:
            counts = payload[: size // 6 * 6].view("<i2").reshape(-1, 3)
        if counts is not None and len(counts):
            first = stamp if first < 0 else first
            parts.append(counts)
            times.append(stamp - first + np.arange(len(counts)) / len(counts))
        at = end + 1
    if not parts:
        return _Log(np.empty((0, 3), np.int16), np.empty(0), 0, bad)
    return _Log(np.concatenate(parts), np.concatenate(times), first, bad)


def _checks(raw: bytes, at: int, end: int) -> bool:
    """Ones' complement of the exclusive or of everything before it."""
    return int(np.bitwise_xor.reduce(np.frombuffer(raw, np.uint8, end - at, at))) ^ 0xFF == raw[end]


def _unpack_12(payload: NDArray[np.uint8]) -> NDArray[np.int16]:
    """Packed 12-bit values in the order y, x, z become rows of x, y, z."""
    whole = payload[: len(payload) // 3 * 3].reshape(-1, 3).astype(np.int16)
    values = np.empty(2 * len(whole), np.int16)
    values[0::2] = (whole[:, 0] << 4) | (whole[:, 1] >> 4)
    values[1::2] = ((whole[:, 1] & 0x0F) << 8) | whole[:, 2]
    if len(payload) % 3 == 2:
        values = np.append(values, (np.int16(payload[-2]) << 4) | (np.int16(payload[-1]) >> 4))
    values = ((values ^ 0x800) - 0x800).astype(np.int16)
    rows = values[: len(values) // 3 * 3].reshape(-1, 3)
    return rows[:, [1, 0, 2]]
