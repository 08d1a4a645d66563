"""Axivity `.cwa`: 512-byte sectors of packed samples, each with its own time and checksum.

Layout after the published format of the open AX3/AX6 firmware (openmovement, "cwa.h"). The sectors are read here, as
a damaged one must not cost the others; the numbers agree with the compiled reader `actfast` on whole files.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dsp import FileFormatError
from recordings.importers.timeline import stamped_runs
from recordings.recording import Recording

SECTOR = 512
HEADER = 1024
PAYLOAD = 480
SECOND = 32768.0
CLIPPED_SHIFT = 13
"""Bits 13 to 15 of the light field carry the scale."""

_DATA = np.dtype(
    [
        ("magic", "S2"),
        ("length", "<u2"),
        ("device_fraction", "<u2"),
        ("session", "<u4"),
        ("sequence", "<u4"),
        ("timestamp", "<u4"),
        ("light", "<u2"),
        ("temperature", "<u2"),
        ("events", "u1"),
        ("battery", "u1"),
        ("rate_code", "u1"),
        ("axes_format", "u1"),
        ("time_offset", "<i2"),
        ("count", "<u2"),
        ("payload", "V480"),
        ("checksum", "<u2"),
    ]
)


def is_cwa(head: bytes) -> bool:
    """Whether it begins with the metadata sector, or with a data sector where that is lost."""
    return head[:2] == b"MD" or (head[:2] == b"AX" and len(head) >= 4 and head[2:4] == b"\xfc\x01")


def read_cwa(path: Path) -> Recording:
    """Read an Axivity file, leaving out the sectors that fail their checksum.

    Raises
    ------
    FileFormatError
        When no sector can be saved.
    """
    raw = path.read_bytes()
    offset = HEADER if raw[:2] == b"MD" else 0
    whole = (len(raw) - offset) // SECTOR
    if whole <= 0:
        msg = f"{path.name}: the file ends before its first data sector; copy it from the device again"
        raise FileFormatError(msg)
    sectors = np.frombuffer(raw, _DATA, count=whole, offset=offset)
    words = np.frombuffer(raw, "<u2", count=whole * SECTOR // 2, offset=offset).reshape(whole, -1)
    good = (sectors["magic"] == b"AX") & (sectors["length"] == SECTOR - 4)
    good &= words.sum(axis=1, dtype=np.uint32) % 65536 == 0
    lost = np.nonzero(~good)[0]
    sectors = sectors[good]
    sectors = sectors[sectors["count"] > 0]
    if not len(sectors):
        msg = f"{path.name}: none of its {whole} sectors can be read; the file is damaged"
        raise FileFormatError(msg)
    warnings = []
    if len(lost):
        shown = ", ".join(str(i) for i in lost[:8]) + (" ..." if len(lost) > 8 else "")
        warnings.append(f"{len(lost)} of {whole} sectors are damaged and were left out ({shown}); the rest was saved")
    rate = 3200.0 / (1 << (15 - (int(sectors["rate_code"][0]) & 15)))
    xyz_g, time_s, start_ns = _unpack(sectors, rate)
    timeline = stamped_runs(time_s, xyz_g, start_ns=start_ns)
    range_g = 16 >> (int(sectors["rate_code"][0]) >> 6)
    return Recording(
        path=path,
        format="axivity-cwa",
        samples=timeline.samples,
        rate_hz=timeline.rate_hz,
        nominal_hz=rate,
        unit="counts",
        gravity=True,
        device="Axivity AX6" if (int(sectors["axes_format"][0]) >> 4) == 6 else "Axivity AX3",
        start_ns=start_ns,
        warnings=[*warnings, *timeline.warnings],
        details={"range_g": str(range_g), "sectors": str(whole)},
    )


def _unpack(sectors: NDArray[np.void], rate_hz: float) -> tuple[NDArray[np.float32], NDArray[np.float64], int]:
    axes = int(sectors["axes_format"][0]) >> 4
    packed = (int(sectors["axes_format"][0]) & 15) == 0
    counts = sectors["count"].astype(np.int64)
    parts, times = [], []
    scale_code = sectors["light"] >> CLIPPED_SHIFT
    stamps, offsets = _seconds(sectors, rate_hz)
    for i in range(len(sectors)):
        payload = sectors["payload"][i].tobytes()
        n = int(counts[i])
        if packed:
            n = min(n, PAYLOAD // 4)
            word = np.frombuffer(payload, "<u4", count=n)
            exponent = (word >> 30).astype(np.int64)
            shifted = [(((word >> (10 * a)) & 0x3FF).astype(np.int64) ^ 0x200) - 0x200 for a in range(3)]
            values = np.stack([s << exponent for s in shifted], axis=1) / 256.0
        else:
            channels = max(3, axes)
            n = min(n, PAYLOAD // (2 * channels))
            table = np.frombuffer(payload, "<i2", count=n * channels).reshape(n, channels)
            values = table[:, channels - 3 :] / float(1 << (8 + int(scale_code[i])))
        parts.append(values.astype(np.float32))
        times.append(stamps[i] + (np.arange(n) - float(offsets[i])) / rate_hz)
    time_s = np.concatenate(times)
    first = float(time_s[0])
    return np.concatenate(parts), time_s - first, round(first * 1e9)


def _seconds(sectors: NDArray[np.void], rate_hz: float) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Unix time of each sector's stamp, and the sample of the sector it belongs to.

    Newer firmware writes a fraction of a second and moves the stored offset by it, for readers that do not know the
    fraction; with the fraction the move has to be taken back.
    """
    stamp = sectors["timestamp"].astype(np.int64)
    year, month = 2000 + ((stamp >> 26) & 0x3F), np.clip((stamp >> 22) & 0x0F, 1, 12)
    day, hour = np.clip((stamp >> 17) & 0x1F, 1, 31), (stamp >> 12) & 0x1F
    minute, second = (stamp >> 6) & 0x3F, stamp & 0x3F
    months = (year - 1970).astype("datetime64[Y]").astype("datetime64[M]") + (month - 1)
    days = months.astype("datetime64[D]") + (day - 1)
    seconds = days.astype("datetime64[s]").astype(np.int64) + hour * 3600 + minute * 60 + second
    raw = sectors["device_fraction"].astype(np.int64)
    fraction = np.where((raw & 0x8000) != 0, (raw & 0x7FFF) << 1, 0)
    offset = sectors["time_offset"].astype(np.int64) + ((fraction * int(rate_hz)) >> 16)
    return seconds + fraction / 65536.0, offset
