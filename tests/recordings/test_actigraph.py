"""ActiGraph gt3x, after ActiGraph's published file format: both layouts, gaps, damage."""

import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

import recordings
from dsp import FileFormatError

INFO = "Serial Number: TAS1E1\nDevice Type: Link\nSample Rate: 30\nStart Date: 637000000000000000\nAcceleration Scale: 256.0\n"


def record(kind: int, stamp: int, payload: bytes) -> bytes:
    """0x1E, type, Unix time, size, payload, ones' complement of the exclusive or."""
    body = bytes([0x1E, kind]) + struct.pack("<IH", stamp, len(payload)) + payload
    check = 0
    for byte in body:
        check ^= byte
    return body + bytes([~check & 0xFF])


def packed(counts: np.ndarray) -> bytes:
    """12 bits a value, most significant first, in the order y, x, z."""
    bits = "".join(f"{int(v) & 0xFFF:012b}" for row in counts for v in (row[1], row[0], row[2]))
    return bytes(int(bits[i : i + 8].ljust(8, "0"), 2) for i in range(0, len(bits), 8))


def counts(seconds: int = 30) -> np.ndarray:
    values = np.random.default_rng(0).normal(scale=20, size=(30 * seconds, 3)) + [0, -30, 256]
    return values.round().astype(np.int16)


def write(path: Path, *, name: str = "log.bin", content: bytes = b"", info: str = INFO) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("info.txt", info)
        archive.writestr(name, content)
    return path


@pytest.mark.parametrize("kind", [0x00, 0x1A])
def test_packed_and_16_bit_records_become_the_same_g_and_idle_sleep_is_a_gap(tmp_path: Path, kind: int) -> None:
    truth = counts()
    log = b""
    for second in range(30):
        part = truth[30 * second : 30 * second + 30]
        payload = packed(part) if kind == 0 else part.astype("<i2").tobytes()
        log += record(kind, 1_600_000_000 + second, b"\x00" if 10 <= second < 15 else payload)
        log += record(0x02, 1_600_000_000 + second, b"\x10\x0f")
    found = recordings.read(write(tmp_path / "a.gt3x", content=log))
    assert found.rate_hz == pytest.approx(30.0)
    assert [(round(s.start_s, 6), len(s)) for s in found.samples] == [(0.0, 300), (15.0, 450)]
    wanted = np.concatenate([truth[:300], truth[450:]]) / 256.0
    assert np.array_equal(np.concatenate([s.xyz_g for s in found.samples]), wanted.astype(np.float32))
    assert found.start_ns == 1_600_000_000 * 10**9


def test_the_older_layout_has_packed_activity_and_its_start_in_the_info(tmp_path: Path) -> None:
    truth = counts(20)
    path = write(tmp_path / "o.gt3x", name="activity.bin", content=packed(truth), info=INFO.replace("TAS", "NEO"))
    found = recordings.read(path)
    assert np.array_equal(found.samples[0].xyz_g, (truth / 256.0).astype(np.float32))
    assert found.start_ns == (637_000_000_000_000_000 - 621_355_968_000_000_000) * 100


def test_a_scale_that_is_missing_comes_from_the_device(tmp_path: Path) -> None:
    info = INFO.replace("Acceleration Scale: 256.0\n", "").replace("TAS1E1", "CLE2B1")
    path = write(tmp_path / "s.gt3x", name="activity.bin", content=packed(counts(5)), info=info)
    assert recordings.read(path).samples[0].xyz_g[:, 2].mean() == pytest.approx(256 / 341, abs=0.01)
    path = write(tmp_path / "n.gt3x", name="activity.bin", content=b"", info="Sample Rate: 30\n")
    with pytest.raises(FileFormatError, match="cannot become g"):
        recordings.read(path)


def test_damaged_records_cost_only_themselves(tmp_path: Path) -> None:
    truth = counts(20)
    records = [record(0x1A, 1_600_000_000 + s, truth[30 * s : 30 * s + 30].astype("<i2").tobytes()) for s in range(20)]
    records[7] = records[7][:50] + b"\xff" + records[7][51:]
    found = recordings.read(write(tmp_path / "d.gt3x", content=b"".join(records) + b"\x1e\x1a"))
    assert any("damaged records" in w for w in found.warnings)
    assert [len(s) for s in found.samples] == [210, 360]


@pytest.mark.parametrize(
    ("name", "content"), [("log.bin", b""), ("activity.bin", b""), ("lux.bin", b"x"), ("log.bin", b"z" * 99)]
)
def test_a_file_without_samples_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    with pytest.raises(FileFormatError, match="holds no"):
        recordings.read(write(tmp_path / "e.gt3x", name=name, content=content))
