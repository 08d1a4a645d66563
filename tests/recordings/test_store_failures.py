"""Disk full, folder removed, rights lost, clock stepped back: the recording goes on, or stops and says so."""

import errno
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import recordings
from dsp import StorageError
from recordings import Recorder
from recordings.store import lock, part_file, writer

PART = np.ones((50, 3), np.float32)


def wait_for(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline, "it never came"
        time.sleep(0.01)


def feed(recorder: Recorder, first: int, last: int) -> None:
    for i in range(first, last):
        recorder.add_samples("left", xyz_g=PART * i, start_s=i * 0.5, rate_hz=100.0)


def wait_until_written(recorder: Recorder, seconds: float) -> None:
    wait_for(lambda: recorder._inbox.empty() and recorder.status().seconds >= seconds)
    wait_for(lambda: not recorder._session._chunk.size)


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], None]:
    """Make writes below a folder fail half-way, as on a full disk."""
    real, full, held = os.write, [], {}

    def write(descriptor: int, data: bytes) -> int:
        name = held.get(descriptor) or str(Path(f"/proc/self/fd/{descriptor}").readlink())
        if any(name.startswith(str(folder)) for folder in full):
            real(descriptor, bytes(data)[: len(data) // 2])
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(descriptor, data)

    monkeypatch.setattr(part_file.os, "write", write)
    return full.append


def test_a_full_disk_stops_the_recording_with_a_sentence_and_keeps_what_was_there(
    store: ModuleType, tmp_path: Path, full_disk: Callable[[Path], None]
) -> None:
    recorder = Recorder(tmp_path, sensors=[store.STREAM])
    feed(recorder, 0, 6)
    wait_until_written(recorder, 3.0)
    size = recorder.path.stat().st_size
    full_disk(tmp_path)
    feed(recorder, 6, 8)
    wait_for(lambda: recorder.status().stopped)
    assert recorder.status().problem == (
        "the recording stopped (No space left on device); free some space or choose another folder"
    )
    recorder.add_marker(2.0, "ignored")
    with pytest.raises(StorageError, match=r"what was written is in .*recovered on the next start"):
        recorder.close()
    with pytest.raises(StorageError, match="what was written is in"):
        recorder.close()
    # The torn half of the last chunk is gone again.
    assert recorder.path.stat().st_size == size
    assert len(store.joined(recordings.read(recorder.path))) == 300


def test_room_that_is_made_in_time_lets_the_recording_end_well(
    store: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = Recorder(tmp_path, sensors=[store.STREAM])
    feed(recorder, 0, 4)
    wait_until_written(recorder, 2.0)
    with monkeypatch.context() as patch:
        patch.setattr(recorder._session.part, "write", failing(errno.ENOSPC))
        feed(recorder, 4, 5)
        wait_for(lambda: recorder.status().stopped)
    path = recorder.close()
    assert len(store.joined(recordings.read(path))) == 250
    assert "No space" in recorder.status().problem


def failing(code: int) -> Callable[[bytes], None]:
    def write(data: bytes) -> None:
        raise OSError(code, os.strerror(code))

    return write


def test_only_the_last_moment_is_lost_when_it_does_not_fit(
    store: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = Recorder(tmp_path, sensors=[store.STREAM])
    feed(recorder, 0, 4)
    wait_until_written(recorder, 2.0)
    monkeypatch.setattr(recorder._session, "write_chunk", lambda: failing(errno.ENOSPC)(b""))
    path = recorder.close()
    assert "last moment" in recorder.status().problem
    assert len(store.joined(recordings.read(path))) == 200


@pytest.mark.parametrize("where", ["the head", "a packet", "a late sensor"])
def test_the_recording_goes_on_in_the_other_folder(
    store: ModuleType, tmp_path: Path, full_disk: Callable[[Path], None], where: str
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    recorder = Recorder(first, sensors=[store.STREAM], fallback=second)
    begun = 0 if where == "the head" else 4
    feed(recorder, 0, begun)
    if begun:
        wait_until_written(recorder, 2.0)
    full_disk(first)
    if where == "a late sensor":
        recorder.add_samples("right", xyz_g=PART, start_s=2.0, rate_hz=100.0)
    feed(recorder, begun, 10)
    wait_for(lambda: recorder.status().problem)
    assert f"the recording goes on in {second}" in recorder.status().problem
    assert not recorder.status().stopped
    path = recorder.close()
    assert path.parent == second
    after = recordings.read(path, sensor="left")
    assert after.details["continues"].endswith(".part")
    (left_behind,) = first.glob("*.part")
    before = recordings.read(left_behind)
    values = np.concatenate([store.joined(before), store.joined(after)])[:, 0]
    assert np.array_equal(values, np.repeat(np.arange(10), 50))
    if where == "a late sensor":
        assert len(store.joined(recordings.read(path, sensor="right"))) == 50


def test_two_full_folders_stop_the_recording(
    store: ModuleType, tmp_path: Path, full_disk: Callable[[Path], None]
) -> None:
    recorder = Recorder(tmp_path / "a", sensors=[store.STREAM], fallback=tmp_path / "b")
    full_disk(tmp_path)
    feed(recorder, 0, 4)
    wait_for(lambda: recorder.status().stopped)
    assert f"in {tmp_path / 'b'} too" in recorder.status().problem
    with pytest.raises(StorageError):
        recorder.close()


LIMITED = """
import resource, signal, sys, time
from pathlib import Path
import numpy as np
from dsp import StorageError
from recordings import Recorder, StreamMeta
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
recorder = Recorder(Path(sys.argv[1]), sensors=[StreamMeta(label="left")])
resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, resource.RLIM_INFINITY))
rng, i = np.random.default_rng(0), 0
while not recorder.status().stopped:
    recorder.add_samples("left", xyz_g=rng.normal(size=(50, 3)).astype(np.float32), start_s=i * 0.5, rate_hz=100.0)
    i += 1
    time.sleep(0.01)
print(recorder.status().problem)
print(i)
try:
    recorder.close()
except StorageError:
    pass
"""


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process are a matter of POSIX")
def test_a_real_limit_on_the_size_of_files_is_survived(store: ModuleType, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(tmp_path)], capture_output=True, text=True, check=True, timeout=60
    )
    problem, fed = done.stdout.split("\n")[:2]
    assert problem == "the recording stopped (File too large); free some space or choose another folder"
    recordings.repair(tmp_path)
    # Whether the end of the file still fits depends on the size of the last chunk.
    (path,) = tmp_path.glob("*.mcap")
    expected = np.random.default_rng(0).normal(size=(50 * int(fed), 3)).astype(np.float32)
    kept = store.joined(recordings.read(path))
    assert len(kept) > 200
    assert np.array_equal(kept, expected[: len(kept)])


def test_a_removed_folder_is_made_again_with_everything_in_it(store: ModuleType, tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    recorder = Recorder(folder, sensors=[store.STREAM])
    feed(recorder, 0, 4)
    wait_until_written(recorder, 2.0)
    shutil.rmtree(folder)
    wait_for(lambda: recorder.status().problem)
    assert "deleted or moved while recording; it was written again" in recorder.status().problem
    feed(recorder, 4, 8)
    path = recorder.close()
    assert path.parent == folder
    assert np.array_equal(store.joined(recordings.read(path))[:, 0], np.repeat(np.arange(8), 50))


def test_a_folder_removed_in_the_last_moment_is_made_again(store: ModuleType, tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "gone", sensors=[store.STREAM])
    feed(recorder, 0, 4)
    shutil.rmtree(tmp_path / "gone")
    assert len(store.joined(recordings.read(recorder.close()))) == 200


def test_a_folder_that_cannot_be_made_again_leaves_the_other_one(store: ModuleType, tmp_path: Path) -> None:
    folder = tmp_path / "gone"
    recorder = Recorder(folder, sensors=[store.STREAM], fallback=tmp_path / "other")
    feed(recorder, 0, 4)
    wait_until_written(recorder, 2.0)
    shutil.rmtree(folder)
    folder.write_text("in the way")
    wait_for(lambda: recorder.status().problem)
    feed(recorder, 4, 6)
    path = recorder.close()
    assert path.parent == tmp_path / "other"
    assert store.joined(recordings.read(path))[-1, 0] == 5


def test_rights_lost_at_the_end_leave_a_part_to_recover(
    store: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = Recorder(tmp_path, sensors=[store.STREAM])
    feed(recorder, 0, 4)

    def refuse(self: Path, target: Path) -> Path:
        raise PermissionError(errno.EACCES, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", refuse)
        with pytest.raises(StorageError, match="Permission denied"):
            recorder.close()
    (path,) = recordings.repair(tmp_path)
    assert len(store.joined(recordings.read(path))) == 200


def test_a_wall_clock_that_steps_back_changes_no_time(
    store: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder = Recorder(tmp_path, sensors=[store.STREAM])
    feed(recorder, 0, 3)
    wait_until_written(recorder, 1.5)
    monkeypatch.setattr(writer.time, "time_ns", lambda: 10**9)
    feed(recorder, 3, 6)
    found = recordings.read(recorder.close())
    assert [(s.start_s, len(s)) for s in found.samples] == [(0.0, 300)]
    assert found.start_ns is not None
    assert found.start_ns > 10**18


def test_a_sensor_clock_that_steps_back_never_makes_time_overlap(store: ModuleType, tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, sensors=[store.STREAM])
    for start_s in (10.0, 10.5, 2.0, 2.5):
        recorder.add_samples("left", xyz_g=PART, start_s=start_s, rate_hz=100.0)
    found = recordings.read(recorder.close())
    assert sum(len(s) for s in found.samples) == 200
    assert all(b.start_s >= a.end_s for a, b in zip(found.samples, found.samples[1:], strict=False))


def test_a_stalled_disk_never_blocks_the_caller_and_what_is_lost_is_a_gap(
    store: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "QUEUE_MESSAGES", 4)
    recorder = Recorder(tmp_path, sensors=[store.STREAM])
    stalled = threading.Event()
    real = recorder._session.part.write

    def write(data: bytes) -> None:
        stalled.wait(20)
        real(data)

    recorder._session.part.write = write  # type: ignore[method-assign]
    begin = time.monotonic()
    feed(recorder, 0, 40)
    assert time.monotonic() - begin < 10
    assert "too slow" in recorder.status().problem
    stalled.set()
    wait_for(recorder._inbox.empty)
    feed(recorder, 40, 42)
    found = recordings.read(recorder.close())
    assert len(found.samples) == 2
    last = found.samples[-1]
    assert last.xyz_g[0, 0] == 40
    assert last.start_s == pytest.approx(20.0, abs=1.0)


def test_a_disk_that_never_answers_is_told_at_the_end(
    store: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "CLOSE_TIMEOUT_S", 0.05)
    monkeypatch.setattr(writer, "QUEUE_MESSAGES", 2)
    recorder = Recorder(tmp_path, sensors=[store.STREAM])
    stalled = threading.Event()
    recorder._session.part.write = lambda data: stalled.wait(20)  # type: ignore[method-assign, assignment, return-value]
    try:
        feed(recorder, 0, 10)
        with pytest.raises(StorageError, match="does not answer"):
            recorder.close()
    finally:
        stalled.set()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(writer, "CLOSE_TIMEOUT_S", 20.0)
            recorder.close()


def test_a_fault_of_the_program_stops_the_recording_and_keeps_what_was_there(
    store: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    recorder = Recorder(tmp_path, sensors=[store.STREAM])
    feed(recorder, 0, 4)
    wait_until_written(recorder, 2.0)
    recorder.add_json("odd", float("inf"), {})
    wait_for(lambda: recorder.status().stopped)
    assert "fault of the program" in recorder.status().problem
    assert "recording failed" in caplog.text
    assert len(store.joined(recordings.read(recorder.close()))) == 200


def test_a_fault_at_the_end_is_told(
    store: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    recorder = Recorder(tmp_path, sensors=[store.STREAM])
    feed(recorder, 0, 4)
    wait_until_written(recorder, 2.0)
    monkeypatch.setattr(recorder._session, "finish", lambda final: 1 / 0)
    with pytest.raises(StorageError, match="could not be finished"):
        recorder.close()
    (path,) = recordings.repair(tmp_path)
    assert len(store.joined(recordings.read(path))) == 200


def test_a_disk_that_does_not_tell_its_room_is_no_problem(
    store: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(writer.shutil, "disk_usage", refuse)
    recorder = Recorder(tmp_path, sensors=[store.STREAM])
    assert recorder.status().free_bytes == 0
    assert recorder.status().problem == ""
    recorder.close()


def test_a_thousand_recordings_of_one_second_are_refused(store: ModuleType, tmp_path: Path) -> None:
    first = writer.free_name(tmp_path, [store.STREAM], 10**18)
    for n in range(1, 1000):
        first.with_name(f"{first.stem}{'' if n == 1 else f'-{n}'}.mcap").write_text("")
    with pytest.raises(StorageError, match="a thousand recordings"):
        Recorder(tmp_path, sensors=[store.STREAM], start_ns=10**18)


def test_where_files_cannot_be_locked_only_a_quiet_one_is_taken_for_the_remains_of_a_crash(
    store: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(descriptor: int, how: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(lock.fcntl, "flock", refuse)
    assert lock.hold(0) is None
    recorder = Recorder(tmp_path / "live.mcap", sensors=[store.STREAM])
    with pytest.raises(StorageError, match="in the last minute"):
        recordings.recover(recorder.path)
    recorder.close()
    left = store.leave_part(tmp_path / "night.mcap", store.blocks(2.0))
    os.utime(left, (1, 1))
    assert "recovered after a crash" in recordings.read(recordings.recover(left)).warnings
