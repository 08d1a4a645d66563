"""Reading a native file back while it is still being written."""

import time
from pathlib import Path

import numpy as np
import pytest

import recordings
from dsp import Placement, Side, StorageError
from recordings.store import growing

RATE_HZ = 100.0


def noise(n: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, 3)).astype(np.float32)


def recorder(folder: Path, *labels: str) -> recordings.Recorder:
    metas = [
        recordings.StreamMeta(label=s, placement=Placement.CALF, side=Side.LEFT, nominal_hz=RATE_HZ) for s in labels
    ]
    return recordings.Recorder(folder, sensors=metas)


def give(to: recordings.Recorder, label: str, xyz_g: np.ndarray, start_s: float, **first: int) -> None:
    for i in range(0, len(xyz_g), 10):
        more = first if i == 0 else {}
        part = xyz_g[i : i + 10]
        to.add_samples(label, xyz_g=part, start_s=start_s + i / RATE_HZ, rate_hz=RATE_HZ, **more)


def until_written(file: recordings.GrowingFile, label: str, end_s: float) -> None:
    begin = time.monotonic()
    while time.monotonic() - begin < 20.0:
        runs = file.samples(label, end_s - 1.0, end_s)
        if runs and runs[-1].end_s >= end_s - 1e-6:
            return
        time.sleep(0.02)
    pytest.fail("the recorder wrote nothing")


def test_what_was_written_so_far_is_read_back_while_the_recorder_goes_on(tmp_path: Path) -> None:
    sent = noise(12_000)
    with_recorder = recorder(tmp_path, "left", "right")
    file = recordings.GrowingFile(with_recorder.path)
    give(with_recorder, "left", sent[:6000], 0.0)
    until_written(file, "left", 60.0)
    (run,) = file.samples("left", 10.0, 20.0)
    assert run.start_s == 10.0
    assert np.array_equal(run.xyz_g, sent[1000:2000])
    give(with_recorder, "left", sent[6000:], 60.0)
    give(with_recorder, "right", sent[:100], 119.0)
    until_written(file, "left", 120.0)
    (run,) = file.samples("left", 55.0, 65.0)
    assert np.array_equal(run.xyz_g, sent[5500:6500])
    until_written(file, "right", 120.0)
    assert file.samples("right", 0.0, 60.0) == []
    assert file.samples("nobody", 0.0, 60.0) == []
    final = with_recorder.close()
    assert final.suffix == ".mcap"
    (run,) = file.samples("left", 100.0, 101.0)
    assert np.array_equal(run.xyz_g, sent[10_000:10_100])


def test_missing_time_begins_a_new_run(tmp_path: Path) -> None:
    sent = noise(2000)
    with_recorder = recorder(tmp_path, "left")
    give(with_recorder, "left", sent[:1000], 0.0)
    give(with_recorder, "left", sent[1000:], 13.0, missing_before=300)
    with_recorder.close()
    runs = recordings.GrowingFile(with_recorder.path).samples("left", 0.0, 60.0)
    assert [(r.start_s, len(r)) for r in runs] == [(0.0, 1000), (13.0, 1000)]


def test_a_record_that_is_only_half_there_waits_for_the_next_look(tmp_path: Path) -> None:
    sent = noise(3000)
    with_recorder = recorder(tmp_path, "left")
    give(with_recorder, "left", sent, 0.0)
    whole = with_recorder.close().read_bytes()
    grown = tmp_path / "grown.mcap.part"
    file = recordings.GrowingFile(grown)
    seen = []
    for end in np.linspace(100, len(whole), 60).astype(int):
        grown.write_bytes(whole[:end])
        seen.append(sum(len(r) for r in file.samples("left", 0.0, 30.0)))
    assert seen == sorted(seen)
    assert len(set(seen)) > 10
    assert seen[-1] == 3000


def test_an_hour_takes_a_small_index_and_its_middle_is_read_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = noise(36_000)
    with_recorder = recorder(tmp_path, "left")
    give(with_recorder, "left", sent, 0.0)
    file = recordings.GrowingFile(with_recorder.close())
    opened = []
    unpack = growing.scan.chunk_content
    monkeypatch.setattr(growing.scan, "chunk_content", lambda *a: (opened.append(1), unpack(*a))[1])
    (run,) = file.samples("left", 180.0, 190.0)
    assert np.array_equal(run.xyz_g, sent[18_000:19_000])
    assert len(opened) <= 4 * growing.GROUP_CHUNKS
    assert len(file._offset) <= 360.0 / 0.5 / growing.GROUP_CHUNKS + 2


def test_a_recording_that_went_away_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"gone\.mcap cannot be read any more"):
        recordings.GrowingFile(tmp_path / "gone.mcap.part").samples("left", 0.0, 1.0)
