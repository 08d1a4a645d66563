"""A crash costs less than a second, and what it leaves becomes a readable file."""

import os
import random
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import recordings
from dsp import FileFormatError, StorageError
from recordings import Recorder
from recordings.store import scan


def kill_at(feeder: str, folder: Path, packets: int, *, pause_s: float) -> int:
    """Record in another process, kill it once it has told `packets`, and return how many it told in all."""
    child = subprocess.Popen(
        [sys.executable, "-c", feeder, str(folder), str(pause_s)], stdout=subprocess.PIPE, text=True
    )
    assert child.stdout is not None
    told = 0
    while told < packets:
        told = int(child.stdout.readline())
    child.kill()
    child.wait()
    rest = [line for line in child.stdout.read().split("\n")[:-1] if line]
    child.stdout.close()
    return max([told, *map(int, rest)])


def test_killing_a_live_recording_at_20_random_moments_loses_less_than_a_second(
    store: ModuleType, tmp_path: Path
) -> None:
    rng = random.Random(2)
    for run in range(20):
        folder = tmp_path / str(run)
        told = kill_at(store.FEEDER, folder, rng.randrange(1, 90), pause_s=0.005)
        (part,) = folder.glob("*.part")
        before = part.read_bytes()
        (path,) = recordings.repair(folder)
        kept = store.joined(recordings.read(path))
        wanted = np.arange(len(kept))[:, None] + np.array([0.0, 0.25, 0.5])
        assert np.array_equal(kept, wanted.astype(np.float32))
        assert told * 10 - len(kept) < 100
        # What was whole is byte for byte what it was.
        whole = scan.walk(before).end
        assert path.read_bytes()[:whole] == before[:whole]
        assert not part.exists()


def test_what_a_crash_left_is_recovered_marked_and_indexed(store: ModuleType, tmp_path: Path) -> None:
    folder = tmp_path / "recordings"
    store.leave_part(folder / "a.mcap", store.blocks(3.0))
    (folder / "empty.mcap.part").write_bytes(b"")
    (folder / "nothing.mcap.part").write_bytes(b"nothing")
    with recordings.Library(tmp_path) as library:
        assert [p.name for p in library.recovered] == ["a.mcap"]
        (found,) = library.sessions()
    assert found.recovered
    assert found.duration_s == pytest.approx(3.0)
    assert "recovered after a crash" in recordings.read(folder / "a.mcap").warnings
    assert (folder / "nothing.mcap.part").exists()


def test_a_recovered_file_is_whole_for_general_readers_and_has_an_index(store: ModuleType, tmp_path: Path) -> None:
    from mcap.reader import make_reader

    parts = store.blocks(12.0)
    path = recordings.recover(store.leave_part(tmp_path / "a.mcap", parts))
    with path.open("rb") as file:
        reader = make_reader(file, validate_crcs=True)
        assert len(list(reader.iter_messages(topics=["/accel/left"]))) == 1200
        summary = reader.get_summary()
        assert summary is not None
        assert {m.name for m in summary.metadata_indexes} == {"tremorscope", "stream/left", "recovered", "summary"}
    with recordings.NativeFile(path) as native:
        assert native.totals["left"].samples == 1200
        (run,) = native.window(7.0, 8.0)
    assert np.array_equal(run.xyz_g, np.concatenate(parts)[700:800])


@pytest.mark.parametrize("torn", [1, 3, 30, 150, 400, 1500])
def test_a_torn_end_is_cut_off_and_the_rest_seeks(store: ModuleType, tmp_path: Path, torn: int) -> None:
    from mcap.reader import make_reader

    parts = store.blocks(5.0)
    part = store.leave_part(tmp_path / "a.mcap", parts)
    os.truncate(part, part.stat().st_size - torn)
    path = recordings.recover(part)
    kept = store.joined(recordings.read(path))
    assert len(kept) >= 450
    assert np.array_equal(kept, np.concatenate(parts)[: len(kept)])
    with path.open("rb") as file:
        assert len(list(make_reader(file, validate_crcs=True).iter_messages(topics=["/accel/left"]))) == len(kept)


def test_a_damaged_spot_is_passed_over_and_becomes_a_gap(store: ModuleType, tmp_path: Path) -> None:
    from mcap.reader import make_reader

    parts = store.blocks(10.0)
    part = store.leave_part(tmp_path / "a.mcap", parts)
    content = bytearray(part.read_bytes())
    content[len(content) // 2] ^= 0x10
    part.write_bytes(bytes(content))
    path = recordings.recover(part)
    found = recordings.read(path)
    assert len(found.samples) == 2
    (gap,) = found.gaps
    assert 0.4 < gap[1] - gap[0] < 1.1
    for run in found.samples:
        first = round(run.start_s * 100)
        assert np.array_equal(run.xyz_g, np.concatenate(parts)[first : first + len(run)])
    with path.open("rb") as file:
        read = list(make_reader(file, validate_crcs=True).iter_messages(topics=["/accel/left"]))
    assert len(read) == len(store.joined(found))


def test_recovery_that_was_cut_short_itself_is_recovered(store: ModuleType, tmp_path: Path) -> None:
    parts = store.blocks(5.0)
    path = recordings.recover(store.leave_part(tmp_path / "a.mcap", parts))
    size = path.stat().st_size
    for cut in (size - 5, size - 60, size - 300, size - 700):
        again = tmp_path / f"{cut}.mcap.part"
        again.write_bytes(path.read_bytes()[:cut])
        assert np.array_equal(store.joined(recordings.read(recordings.recover(again))), np.concatenate(parts))


def test_a_file_that_only_lacked_its_name_is_renamed(store: ModuleType, tmp_path: Path) -> None:
    path = store.record(tmp_path, store.blocks(1.0))
    content = path.read_bytes()
    part = path.rename(tmp_path / "a.mcap.part")
    assert recordings.recover(part).read_bytes() == content


def test_a_name_taken_meanwhile_is_not_overwritten(store: ModuleType, tmp_path: Path) -> None:
    part = store.leave_part(tmp_path / "a.mcap", store.blocks(1.0))
    (tmp_path / "a.mcap").write_bytes(b"mine")
    assert recordings.recover(part).name == "a-2.mcap"
    assert (tmp_path / "a.mcap").read_bytes() == b"mine"


def test_a_live_recording_is_not_taken_for_the_remains_of_a_crash(store: ModuleType, tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, sensors=[store.STREAM])
    recorder.add_samples("left", xyz_g=np.ones((10, 3), np.float32), start_s=0.0, rate_hz=100.0)
    assert recordings.repair(tmp_path) == []
    with pytest.raises(StorageError, match="being recorded"):
        recordings.recover(recorder.path)
    assert len(store.joined(recordings.read(recorder.close()))) == 10


def test_an_old_index_behind_the_last_chunk_is_written_again(store: ModuleType, tmp_path: Path) -> None:
    part = store.leave_part(tmp_path / "a.mcap", store.blocks(5.0))
    found = scan.walk(part.read_bytes())
    last = found.index[-1]
    os.truncate(part, int(last["offset"] + last["length"]))
    with recordings.NativeFile(recordings.recover(part)) as native:
        (run,) = native.window(4.5, 5.0)
    assert len(run) == 50


def test_a_part_that_cannot_be_opened_stays(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="stays as it is"):
        recordings.recover(tmp_path / "absent.mcap.part")


def test_a_part_of_another_program_is_refused_and_untouched(tmp_path: Path) -> None:
    part = tmp_path / "other.mcap.part"
    part.write_bytes(b"\x89MCAP0\r\n" + bytes(500))
    with pytest.raises(FileFormatError, match="another program"):
        recordings.recover(part)
    assert part.read_bytes() == b"\x89MCAP0\r\n" + bytes(500)
