"""Axivity `.cwa`: 512-byte sectors of packed samples, each with its own time and checksum.

Layout after the published format of the open AX3/AX6 firmware (openmovement, "cwa.h"). The sectors are read here, as
a damaged one must not cost the others; the numbers agree with the compiled reader `actfast` on whole files. A file is
gone through twice: for the times and checksums of its sectors, and for the samples, a few thousand sectors at a time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dsp import FileFormatError, Quality, Samples, TimeSource
from recordings.importers.asked import Asked
from recordings.importers.blocks import BlockRun, block_runs
from recordings.lazy import LARGEST_SAMPLES, LazySamples
from recordings.recording import Recording

SECTOR = 512
HEADER = 1024
PAYLOAD = 480
CLIPPED_SHIFT = 13
"""Bits 13 to 15 of the light field carry the scale."""
SECTORS_AT_ONCE = 8192
"""4 MB of the file, 12 MB of samples."""

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
        ("payload", "u1", PAYLOAD),
        ("checksum", "<u2"),
    ]
)


@dataclass(frozen=True, slots=True, eq=False)
class _Sectors:
    """What the first pass keeps of each good sector.

    Attributes
    ----------
    index
        Its place in the file.
    count
        Its samples.
    time_s
        UTC of its first sample, seconds.
    """

    index: NDArray[np.int64]
    count: NDArray[np.int64]
    time_s: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Layout:
    """What all sectors of a file share."""

    offset: int
    whole: int
    rate_code: int
    axes_format: int

    @property
    def rate_hz(self) -> float:
        return 3200.0 / (1 << (15 - (self.rate_code & 15)))

    @property
    def channels(self) -> int:
        return max(3, self.axes_format >> 4)

    @property
    def packed(self) -> bool:
        return (self.axes_format & 15) == 0

    @property
    def most(self) -> int:
        """Samples that fit into a sector."""
        return PAYLOAD // 4 if self.packed else PAYLOAD // (2 * self.channels)


def is_cwa(head: bytes) -> bool:
    """Whether it begins with the metadata sector, or with a data sector where that is lost."""
    return head[:2] == b"MD" or (head[:2] == b"AX" and len(head) >= 4 and head[2:4] == b"\xfc\x01")


def read_cwa(path: Path, asked: Asked) -> Recording:
    """Read an Axivity file, leaving out the sectors that fail their checksum.

    Raises
    ------
    FileFormatError
        When no sector can be saved.
    """
    del asked  # the file says everything
    layout, sectors, lost = _scan(path)
    warnings = []
    if len(lost):
        shown = ", ".join(str(i) for i in lost[:8]) + (" ..." if len(lost) > 8 else "")
        warnings.append(
            f"{len(lost)} of {layout.whole} sectors are damaged and were left out ({shown}); the rest was saved"
        )
    start_ns = round(float(sectors.time_s[0]) * 1e9)
    runs, rate, noticed = block_runs(sectors.time_s - sectors.time_s[0], sectors.count, layout.rate_hz)
    pieces = _pieces(runs, sectors, rate)

    def decode(i: int) -> Samples:
        return _samples(path, layout, sectors, pieces[i], rate, start_ns)

    samples: Sequence[Samples]
    if int(sectors.count.sum()) > LARGEST_SAMPLES:
        samples = LazySamples([int(sectors.count[p.first : p.end].sum()) for p in pieces], decode)
    else:
        samples = [_samples(path, layout, sectors, run, rate, start_ns) for run in runs]
    return Recording(
        path=path,
        format="axivity-cwa",
        samples=samples,
        rate_hz=rate,
        nominal_hz=layout.rate_hz,
        unit="counts",
        gravity=True,
        device="Axivity AX6" if layout.channels == 6 else "Axivity AX3",
        start_ns=start_ns,
        warnings=[*warnings, *noticed],
        details={"range_g": str(16 >> (layout.rate_code >> 6)), "sectors": str(layout.whole)},
    )


def _scan(path: Path) -> tuple[_Layout, _Sectors, NDArray[np.int64]]:
    """Go through all sectors: what the good ones are, and which are not."""
    size = path.stat().st_size
    with path.open("rb") as file:
        offset = HEADER if file.read(2) == b"MD" else 0
    whole = (size - offset) // SECTOR
    if whole <= 0:
        msg = f"{path.name}: the file ends before its first data sector; copy it from the device again"
        raise FileFormatError(msg)
    layout: _Layout | None = None
    kept: list[_Sectors] = []
    lost: list[NDArray[np.int64]] = []
    for at in range(0, whole, SECTORS_AT_ONCE):
        sectors = _read(path, offset, at, min(SECTORS_AT_ONCE, whole - at))
        words = sectors.view("<u2").reshape(len(sectors), -1)
        good = (sectors["magic"] == b"AX") & (sectors["length"] == SECTOR - 4)
        good &= words.sum(axis=1, dtype=np.uint32) % 65536 == 0
        if layout is None and good.any():
            first = sectors[good][0]
            layout = _Layout(offset, whole, int(first["rate_code"]), int(first["axes_format"]))
        if layout is not None:
            good &= (sectors["axes_format"] == layout.axes_format) & (sectors["rate_code"] == layout.rate_code)
            good &= sectors["count"] <= layout.most
        lost.append(at + np.nonzero(~good)[0])
        full = good & (sectors["count"] > 0)
        if layout is not None and full.any():
            chosen = sectors[full]
            stamps, offsets = _seconds(chosen, layout.rate_hz)
            kept.append(
                _Sectors(at + np.nonzero(full)[0], chosen["count"].astype(np.int64), stamps - offsets / layout.rate_hz)
            )
    if layout is None or not kept:
        msg = f"{path.name}: none of its {whole} sectors can be read; the file is damaged"
        raise FileFormatError(msg)
    together = _Sectors(*(np.concatenate([getattr(k, name) for k in kept]) for name in ("index", "count", "time_s")))
    return layout, together, np.concatenate(lost)


def _read(path: Path, offset: int, first: int, count: int) -> NDArray[np.void]:
    return np.fromfile(path, _DATA, count=count, offset=offset + first * SECTOR)


def _pieces(runs: list[BlockRun], sectors: _Sectors, rate_hz: float) -> list[BlockRun]:
    """Cut runs where they are too long to be held in memory."""
    pieces = []
    for run in runs:
        edges = [*range(run.first, run.end, SECTORS_AT_ONCE), run.end]
        for a, b in pairwise(edges):
            before = int(sectors.count[run.first : a].sum())
            pieces.append(BlockRun(a, b, run.start_s + before / rate_hz))
    return pieces


def _samples(path: Path, layout: _Layout, sectors: _Sectors, run: BlockRun, rate_hz: float, start_ns: int) -> Samples:
    """Decode the sectors of a run."""
    xyz_g = np.empty((int(sectors.count[run.first : run.end].sum()), 3), np.float32)
    filled = 0
    for a in range(run.first, run.end, SECTORS_AT_ONCE):
        index = sectors.index[a : min(a + SECTORS_AT_ONCE, run.end)]
        span = _read(path, layout.offset, int(index[0]), int(index[-1] - index[0]) + 1)
        part = _unpack(span[index - index[0]], layout)
        xyz_g[filled : filled + len(part)] = part
        filled += len(part)
    at_ns = start_ns + round(run.start_s * 1e9)
    quality = Quality(time_source=TimeSource.DEVICE, range_g=float(16 >> (layout.rate_code >> 6)))
    return Samples(xyz_g=xyz_g, rate_hz=rate_hz, start_s=run.start_s, start_ns=at_ns, quality=quality)


def _unpack(sectors: NDArray[np.void], layout: _Layout) -> NDArray[np.float32]:
    """Decode the samples of sectors in g, float32 (n, 3)."""
    payload = np.ascontiguousarray(sectors["payload"])
    if layout.packed:
        word = payload.view("<u4")
        exponent = (word >> 30).astype(np.int32)
        shifted = [(((word >> (10 * a)) & 0x3FF).astype(np.int32) ^ 0x200) - 0x200 for a in range(3)]
        values = np.stack([s << exponent for s in shifted], axis=2) / np.float32(256.0)
    else:
        table = payload.view("<i2")[:, : layout.most * layout.channels].reshape(len(sectors), layout.most, -1)
        scale = (1 << (8 + (sectors["light"] >> CLIPPED_SHIFT).astype(np.int64))).astype(np.float32)
        values = table[:, :, layout.channels - 3 :] / scale[:, None, None]
    there = np.arange(layout.most) < sectors["count"][:, None]
    return np.asarray(values[there], np.float32)


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
