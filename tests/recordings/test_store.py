"""The native store: bit-exact, and a crash costs less than a second."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import recordings
from dsp import FileFormatError, Placement, Side, StorageError
from recordings import Recorder, StreamMeta
from recordings.store import schema

STREAM = StreamMeta(
    label="left", family="test", device="Test", placement=Placement.CALF, side=Side.LEFT, nominal_hz=100.0
)


def blocks(seconds: float = 5.0, seed: int = 0) -> list[np.ndarray]:
    xyz_g = np.random.default_rng(seed).normal(size=(round(100 * seconds), 3)).astype(np.float32)
    return [xyz_g[i : i + 10] for i in range(0, len(xyz_g), 10)]


def record(folder: Path, parts: list[np.ndarray], **options: object) -> Path:
    recorder = Recorder(folder, sensors=[STREAM], settings={"theme": "dark"}, versions={"analysis": "1"})
    for i, part in enumerate(parts):
        recorder.add_samples("left", xyz_g=part, start_s=i * 0.1, rate_hz=100.0, **options)
    return recorder.close()


def test_floats_come_back_bit_for_bit(tmp_path: Path) -> None:
    parts = blocks()
    found = recordings.read(record(tmp_path, parts))
    assert np.array_equal(found.samples[0].xyz_g, np.concatenate(parts))
    assert (found.placement, found.side, found.device, found.nominal_hz) == (Placement.CALF, Side.LEFT, "Test", 100.0)
    assert found.format == "native"


def test_raw_counts_are_kept_as_counts(tmp_path: Path) -> None:
    counts = np.random.default_rng(0).integers(-30000, 30000, size=(50, 3)).astype(np.int32)
    xyz_g = (counts * 0.000244).astype(np.float32)
    path = record(tmp_path, [xyz_g], counts=counts, scale_g=0.000244)
    found = recordings.read(path)
    assert found.unit == "counts"
    assert np.array_equal(found.samples[0].xyz_g, xyz_g)
    assert b"xyz_g" not in path.read_bytes().split(b"Acceleration")[-1][-200:]


def test_a_gap_marker_and_link_change_are_kept(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, sensors=[STREAM])
    part = np.ones((10, 3), np.float32)
    recorder.add_link("left", state="streaming", reason="begun", time_s=0.0)
    recorder.add_samples("left", xyz_g=part, start_s=0.0, rate_hz=100.0, device_ns=5)
    recorder.add_samples("left", xyz_g=part, start_s=2.1, rate_hz=100.0, missing_before=200)
    recorder.add_marker(1.0, "ouch")
    recorder.add_json("advice", 1.5, {"text": "rest"})
    found = recordings.read(recorder.close())
    assert [(s.start_s, len(s)) for s in found.samples] == [(0.0, 10), (pytest.approx(2.1), 10)]
    assert {(m.text, m.kind) for m in found.markers} == {("ouch", "marker"), ("streaming: begun", "link")}


def test_two_sensors_are_kept_apart(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, sensors=[STREAM, StreamMeta(label="right", side=Side.RIGHT)])
    for label, value in (("left", 0.5), ("right", 0.25)):
        recorder.add_samples(label, xyz_g=np.full((10, 3), value, np.float32), start_s=0.0, rate_hz=100.0)
    path = recorder.close()
    assert recordings.read(path).sensors == ("left", "right")
    right = recordings.read(path, sensor="right")
    assert right.side is Side.RIGHT
    assert right.samples[0].xyz_g[0, 0] == 0.25
    with pytest.raises(FileFormatError, match="no sensor 'nose'"):
        recordings.read(path, sensor="nose")


def test_two_recordings_of_one_second_get_different_names(tmp_path: Path) -> None:
    a, b = (record(tmp_path, blocks(0.5)) for _ in range(2))
    assert a != b


def test_a_file_cut_anywhere_opens_with_everything_before_the_cut(tmp_path: Path) -> None:
    parts = blocks(10.0)
    content = record(tmp_path / "whole", parts).read_bytes()
    whole = np.concatenate(parts)
    rng = random.Random(1)
    for _ in range(40):
        cut = rng.randrange(1500, len(content))
        path = tmp_path / "cut.mcap"
        path.write_bytes(content[:cut])
        try:
            found = recordings.read(path)
        except FileFormatError:
            assert cut < 4000
            continue
        got = np.concatenate([s.xyz_g for s in found.samples]) if found.samples else np.empty((0, 3), np.float32)
        assert np.array_equal(got, whole[: len(got)])


def test_what_a_crash_left_is_recovered_marked_and_indexed(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "recordings", sensors=[STREAM])
    for i, part in enumerate(blocks(3.0)):
        recorder.add_samples("left", xyz_g=part, start_s=i * 0.1, rate_hz=100.0)
    deadline = time.monotonic() + 20
    while recorder.status().size_bytes < 3000 and time.monotonic() < deadline:
        time.sleep(0.02)
    (tmp_path / "recordings" / "empty.mcap.part").write_bytes(b"nothing")
    with recordings.Library(tmp_path) as library:
        (path,) = library.repair()
        (found,) = library.sessions()
    assert found.recovered
    assert not recorder.path.exists()
    assert "recovered after a crash" in recordings.read(path).warnings


CHILD = """
import sys, time
import numpy as np
from recordings import Recorder, StreamMeta
recorder = Recorder(__import__("pathlib").Path(sys.argv[1]), sensors=[StreamMeta(label="left")])
begin, i = time.monotonic(), 0
while True:
    part = np.full((10, 3), i / 1024, np.float32)
    recorder.add_samples("left", xyz_g=part, start_s=i * 0.1, rate_hz=100.0)
    i += 1
    print(i, flush=True)
    time.sleep(0.01)
"""


def test_killing_a_live_recording_loses_less_than_a_second(tmp_path: Path) -> None:
    rng = random.Random(2)
    for run in range(5):
        folder = tmp_path / str(run)
        child = subprocess.Popen([sys.executable, "-c", CHILD, str(folder)], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        wanted, told = rng.randrange(25, 120), 0
        while told < wanted:
            told = int(child.stdout.readline())
        os.kill(child.pid, signal.SIGKILL)
        child.wait()
        told = max([told, *(int(line) for line in child.stdout.read().split())])
        child.stdout.close()
        (path,) = folder.glob("*.part")
        samples = recordings.read(path).samples
        kept = np.concatenate([s.xyz_g for s in samples])
        assert np.array_equal(kept[:, 0], np.repeat(np.arange(len(kept) // 10) / 1024, 10).astype(np.float32))
        assert told * 10 - len(kept) <= 100


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="choose another folder"):
        Recorder(tmp_path / "file", sensors=[STREAM])


def test_a_full_disk_stops_the_recording_with_a_sentence_and_keeps_what_was_there(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, sensors=[STREAM])
    for i, part in enumerate(blocks(2.0)):
        recorder.add_samples("left", xyz_g=part, start_s=i * 0.1, rate_hz=100.0)
    while not recorder._inbox.empty():
        time.sleep(0.01)
    real = recorder._file

    class Full:
        def flush(self) -> None:
            raise OSError(28, "No space left on device")

        def fileno(self) -> int:
            return real.fileno()

        def close(self) -> None:
            real.close()

    recorder._file = Full()  # type: ignore[assignment]
    recorder.add_samples("left", xyz_g=np.ones((10, 3), np.float32), start_s=2.0, rate_hz=100.0)
    deadline = time.monotonic() + 10
    while not recorder.status().problem and time.monotonic() < deadline:
        time.sleep(0.01)
    assert "No space left" in recorder.status().problem
    recorder.add_marker(2.0, "ignored")
    with pytest.raises(StorageError, match="what was written is in"):
        recorder.close()
    kept = recordings.read(recorder.path)
    assert sum(len(s) for s in kept.samples) >= 100


def test_the_metadata_comes_before_the_first_sample(tmp_path: Path) -> None:
    content = record(tmp_path, blocks(1.0)).read_bytes()
    assert 0 < content.index(b"placement") < 2000
    assert content.index(schema.METADATA.encode()) < 200
