"""Whatever happens to the bytes of a file: what can be saved is saved, the rest is a gap or a defined error."""

import random
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import recordings
from dsp import FileFormatError, TremorscopeError
from recordings.store import scan

SECONDS = 12.0


@pytest.fixture(scope="module")
def whole(store: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, np.ndarray]:
    """A file with a gap, markers and links, and its samples on an even grid."""
    recorder = recordings.Recorder(tmp_path_factory.mktemp("whole"), sensors=[store.STREAM], start_ns=10**18)
    parts = store.blocks(SECONDS)
    for i, part in enumerate(parts):
        if not 50 <= i < 60:
            recorder.add_samples("left", xyz_g=part, start_s=i * 0.1, rate_hz=100.0, missing_before=100 * (i == 60))
        if i % 20 == 0:
            recorder.add_marker(i * 0.1, f"mark {i}")
    return recorder.close().read_bytes(), np.concatenate(parts)


def check(path: Path, truth: np.ndarray) -> int:
    """Every sample that is read is the right one at the right time; return how many there are."""
    try:
        found = recordings.read(path)
    except FileFormatError:
        return -1
    n, end_s = 0, 0.0
    for run in found.samples:
        assert run.start_s >= end_s - 1e-9
        # Times count from the first sample that is left; the UTC says which that is.
        assert found.start_ns is not None
        first = round((run.start_s + (found.start_ns - 10**18) / 1e9) * 100)
        assert np.array_equal(run.xyz_g, truth[first : first + len(run)])
        n, end_s = n + len(run), run.end_s
    return n


def test_200_truncations_save_everything_before_the_cut(whole: tuple[bytes, np.ndarray], tmp_path: Path) -> None:
    content, truth = whole
    path, rng = tmp_path / "cut.mcap", random.Random(1)
    chunks = [(int(r["offset"]), int(r["offset"] + r["length"])) for r in scan.walk(content).index]
    samples = check_whole(content, truth, path)
    for cut in [0, 1, 7, 8, 9, *(rng.randrange(len(content)) for _ in range(195))]:
        path.write_bytes(content[:cut])
        got = check(path, truth)
        complete = sum(end <= cut for _, end in chunks)
        if got < 0:
            assert complete <= 1
        else:
            # The chunks are of half a second; the first holds no samples.
            assert got >= min(samples, 50 * (complete - 2))


def check_whole(content: bytes, truth: np.ndarray, path: Path) -> int:
    path.write_bytes(content)
    n = check(path, truth)
    assert n == len(truth) - 100
    return n


@pytest.mark.parametrize("seed", range(4))
def test_50_bit_flips_cost_at_most_the_chunk_they_hit(
    whole: tuple[bytes, np.ndarray], tmp_path: Path, seed: int
) -> None:
    content, truth = whole
    path, rng = tmp_path / "flipped.mcap", random.Random(seed)
    for _ in range(50):
        damaged = bytearray(content)
        damaged[rng.randrange(8, len(content))] ^= 1 << rng.randrange(8)
        path.write_bytes(bytes(damaged))
        assert check(path, truth) >= len(truth) - 100 - 60


@pytest.mark.parametrize("seed", range(4))
def test_a_wiped_stretch_costs_itself(whole: tuple[bytes, np.ndarray], tmp_path: Path, seed: int) -> None:
    content, truth = whole
    path, rng = tmp_path / "wiped.mcap", random.Random(seed)
    for _ in range(10):
        at, size = rng.randrange(8, len(content) - 2000), rng.randrange(1, 2000)
        path.write_bytes(content[:at] + rng.randbytes(size) + content[at + size :])
        assert check(path, truth) >= len(truth) - 100 - 60 * 3


def test_a_file_damaged_in_its_head_is_read_by_the_copy_in_its_first_chunk(
    whole: tuple[bytes, np.ndarray], tmp_path: Path
) -> None:
    content, truth = whole
    path = tmp_path / "head.mcap"
    at = content.index(b"nominal_hz")
    path.write_bytes(content[:at] + b"NOMINAL" + content[at + 7 :])
    found = recordings.read(path)
    assert found.nominal_hz == 100.0
    assert found.placement == "calf"
    assert sum(len(s) for s in found.samples) == len(truth) - 100
    assert any("damaged" in w for w in found.warnings)


def test_a_damaged_chunk_of_an_indexed_file_is_told(whole: tuple[bytes, np.ndarray], tmp_path: Path) -> None:
    content, truth = whole
    row = scan.find(content).index[5]
    at = int(row["offset"]) + 100
    path = tmp_path / "chunk.mcap"
    path.write_bytes(content[:at] + bytes([content[at] ^ 1]) + content[at + 1 :])
    assert any("1 damaged place" in w for w in recordings.read(path).warnings)
    assert check(path, truth) >= 1000
    with recordings.NativeFile(path) as file:
        runs = file.window(0.0, SECONDS)
    assert sum(len(r) for r in runs) == check(path, truth)


def test_noise_behind_the_magic_is_refused(tmp_path: Path) -> None:
    rng = random.Random(5)
    for _ in range(50):
        path = tmp_path / "noise.mcap"
        path.write_bytes(b"\x89MCAP0\r\n" + rng.randbytes(rng.randrange(2000)))
        with pytest.raises(TremorscopeError):
            recordings.read(path)
