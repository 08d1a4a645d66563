"""The library: a cache beside the files, which no accident of the disk may turn into a loss."""

import json
import os
import sqlite3
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import recordings
from dsp import InputError, Placement, Side, StorageError
from recordings import Recording

Make = Callable[..., Recording]


def put(recording: Make, folder: Path, name: str, *, seed: int = 0) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return recordings.export("samples", folder / name, recording=recording(seed=seed))


def test_files_put_into_the_folder_are_noticed_changed_ones_again_and_gone_ones_forgotten(
    recording: Make, tmp_path: Path
) -> None:
    folder = tmp_path / "recordings"
    put(recording, folder, "a.csv")
    (folder / "letter.txt").write_text("dear library")
    with recordings.Library(tmp_path) as library:
        assert [s.file for s in library.sessions()] == ["a.csv"]
        assert list(library.refused) == ["letter.txt"]
        assert library.sessions()[0].duration_s == pytest.approx(20.0)
    recordings.export("samples", folder / "a.csv", recording=recording(seconds=7.0))
    put(recording, folder, "b.csv", seed=1)
    (folder / "letter.txt").unlink()
    with recordings.Library(tmp_path) as library:
        assert {s.file: round(s.duration_s) for s in library.sessions()} == {"a.csv": 7, "b.csv": 20}
        assert library.refused == {}
    (folder / "a.csv").unlink()
    with recordings.Library(tmp_path) as library:
        assert [s.file for s in library.sessions()] == ["b.csv"]


def test_files_that_are_no_recordings_are_not_read_again_and_again(
    recording: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from recordings.library import stock as module

    put(recording, tmp_path / "recordings", "a.csv")
    (tmp_path / "recordings" / "letter.txt").write_text("dear library")
    recordings.Library(tmp_path).close()
    looked: list[Path] = []
    monkeypatch.setattr(module, "facts_of", lambda path, **_: looked.append(path))
    recordings.Library(tmp_path).close()
    assert looked == []


def test_two_files_of_one_stem_are_two_sessions(recording: Make, tmp_path: Path) -> None:
    folder = tmp_path / "recordings"
    put(recording, folder, "night.csv")
    put(recording, folder, "night.npz", seed=1)
    for _ in range(2):
        with recordings.Library(tmp_path) as library:
            assert {s.id: s.file for s in library.sessions()} == {"night": "night.csv", "night.npz": "night.npz"}


def test_an_id_that_begins_another_can_still_be_named(recording: Make, tmp_path: Path) -> None:
    folder = tmp_path / "recordings"
    for n, name in enumerate(("night", "night-2", "n_ght", "n%")):
        put(recording, folder, f"{name}.csv", seed=n)
    with recordings.Library(tmp_path) as library:
        assert library.show("night").file == "night.csv"
        assert library.show("night-").file == "night-2.csv"
        assert library.show("n_").file == "n_ght.csv"
        assert library.show("n%").file == "n%.csv"
        assert library.show("night-2.csv").id == "night-2"
        with pytest.raises(InputError, match="4 sessions begin"):
            library.show("n")


def test_names_that_are_no_utf8_are_listed_and_usable(recording: Make, tmp_path: Path) -> None:
    source = put(recording, tmp_path, "a.csv")
    folder = tmp_path / "recordings"
    folder.mkdir()
    raw = os.fsencode(folder) + b"/n\xffght.csv"
    try:
        with open(raw, "wb") as file:  # noqa: PTH123 - the name is bytes
            file.write(source.read_bytes())
        with open(os.fsencode(folder) + b"/l\xfetter", "wb") as file:  # noqa: PTH123
            file.write(b"dear library")
    except OSError:
        pytest.skip("needs a file system that knows names of bytes")
    with recordings.Library(tmp_path) as library:
        (found,) = library.sessions()
        assert found.file == "n\\xffght.csv"
        assert list(library.refused) == ["l\\xfetter"]
        library.note(found.id, "kept")
        assert len(library.read(found.id).samples[0]) == 2000
    with recordings.Library(tmp_path) as library:
        assert library.sessions()[0].note == "kept"
        library.delete(found.id)
    assert [p.name for p in folder.iterdir() if "ght" in p.name] == []


def test_a_native_session_is_indexed_by_what_its_end_says(
    store: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    streams = [replace(store.STREAM, label="l", side=Side.LEFT), replace(store.STREAM, label="r", side=Side.RIGHT)]
    recorder = recordings.Recorder(tmp_path / "recordings", sensors=streams, start_ns=10**18)
    for i, part in enumerate(store.blocks(3.0)):
        for label in "lr":
            lost = 5 if label == "l" and i == 10 else 0
            recorder.add_samples(
                label, xyz_g=part, start_s=i * 0.1 + 0.05 * (label == "l" and i >= 10), rate_hz=100.0,
                missing_before=lost,
            )  # fmt: skip
    recorder.close()
    import recordings.reading as reading

    monkeypatch.setattr(reading, "read", lambda *a, **k: pytest.fail("the samples were read"))
    with recordings.Library(tmp_path) as library:
        (found,) = library.sessions()
    assert [(s.label, s.side, s.placement) for s in found.sensors] == [("l", "left", "calf"), ("r", "right", "calf")]
    assert found.duration_s == pytest.approx(3.05)
    assert (found.gaps, round(found.gap_s, 3)) == (1, 0.05)
    assert found.start_ns == 10**18
    assert not found.recovered


def test_what_a_crash_left_is_recovered_when_the_library_is_opened(store: ModuleType, tmp_path: Path) -> None:
    (tmp_path / "recordings").mkdir()
    store.leave_part(tmp_path / "recordings" / "night.mcap", store.blocks(3.0))
    (tmp_path / "recordings" / "empty.mcap.part").write_bytes(b"")
    with recordings.Library(tmp_path) as library:
        assert [p.name for p in library.recovered] == ["night.mcap"]
        assert library.sessions()[0].recovered
        assert [p.name for p in library.left_behind] == ["empty.mcap.part"]
        assert library.repair() == []


def test_a_live_recording_is_left_alone_by_an_opening_library(store: ModuleType, tmp_path: Path) -> None:
    recorder = recordings.Recorder(tmp_path / "recordings", sensors=[store.STREAM])
    recorder.add_samples("left", xyz_g=store.blocks(0.1)[0], start_s=0.0, rate_hz=100.0)
    with recordings.Library(tmp_path) as library:
        assert library.recovered == []
        assert library.sessions() == []
        assert len(library.left_behind) == 1
    recorder.close()
    with recordings.Library(tmp_path) as library:
        assert len(library.sessions()) == 1


@pytest.mark.parametrize("damage", ["noise", "cut", "page", "other tables"])
def test_a_damaged_index_is_made_afresh_and_nothing_is_lost(recording: Make, tmp_path: Path, damage: str) -> None:
    for n in range(30):
        put(recording, tmp_path / "recordings", f"{n:02}.npz", seed=n)
    with recordings.Library(tmp_path) as library:
        library.note("07", "x" * 4000)
        library.tag("07", "evening")
    index = tmp_path / "library.sqlite"
    held = index.read_bytes()
    if damage == "noise":
        index.write_bytes(b"this is no database" * 100)
    elif damage == "cut":
        index.write_bytes(held[: len(held) // 2])
    elif damage == "page":
        index.write_bytes(held[:4096] + os.urandom(4096) + held[8192:])
    else:
        index.unlink()
        with sqlite3.connect(index) as db:
            db.execute("CREATE TABLE session (id TEXT)")
        db.close()
    with recordings.Library(tmp_path) as library:
        assert len(library.sessions()) == 30
        assert library.show("07").note == "x" * 4000
        assert library.show("07").tags == ("evening",)
        assert bool(library.notices) == (damage != "other tables")


def test_an_index_held_by_another_program_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from recordings.library import index

    recordings.Library(tmp_path).close()
    monkeypatch.setattr(index, "BUSY_TIMEOUT_S", 0.05)
    other = sqlite3.connect(tmp_path / "library.sqlite")
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(StorageError, match="in use"):
        recordings.Library(tmp_path)
    other.rollback()
    other.close()


def test_an_index_that_is_busy_for_a_moment_is_opened_after_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from recordings.library.index import Index

    opened, tries = Index._open, iter(range(5))

    def busy_twice(self: Index) -> sqlite3.Connection:
        if next(tries) < 2:
            # As when two begin an index at once; SQLite does not wait then.
            message = "database is locked"
            raise sqlite3.OperationalError(message)
        return opened(self)

    monkeypatch.setattr(Index, "_open", busy_twice)
    with recordings.Library(tmp_path) as library:
        assert library.sessions() == []
    assert next(tries) == 3


def test_two_libraries_at_once_see_each_other_and_lose_nothing(recording: Make, tmp_path: Path) -> None:
    for n in range(4):
        put(recording, tmp_path / "recordings", f"{n}.npz", seed=n)
    failed: list[Exception] = []

    def work(tag: str) -> None:
        try:
            with recordings.Library(tmp_path) as library:
                for n in range(4):
                    library.note(str(n), tag)
                library.rebuild()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test must know
            failed.append(error)

    threads = [threading.Thread(target=work, args=(f"t{i}",)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    with recordings.Library(tmp_path) as library:
        assert [s.id for s in library.sessions()] == ["3", "2", "1", "0"]
        assert all(s.note.startswith("t") for s in library.sessions())


READ_ONLY = """
import os, sys
from pathlib import Path
import recordings
from dsp import StorageError
recordings.read(sys.argv[2])  # what is imported late is imported before the rights are given up
recordings.Library(Path(sys.argv[2]).parent / "warm").close()
if os.getuid() == 0:
    os.setgid(65534); os.setuid(65534)
with recordings.Library(Path(sys.argv[1])) as library:
    print(len(library.sessions()), len(library.notices), library.sessions()[0].note)
    for act in (lambda: library.note("a", "y"), lambda: library.delete("a"), library.repair):
        try:
            act()
        except StorageError as error:
            print("refused" if "cannot be written" in str(error) else error)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="rights are others there")
@pytest.mark.parametrize("indexed", [True, False])
def test_a_read_only_folder_is_shown_and_nothing_else(recording: Make, indexed: bool) -> None:
    # Not in pytest's own folder, which is closed to the other user.
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        home = Path(folder) / "shared"
        warm = put(recording, Path(folder), "warm.csv")
        put(recording, home / "recordings", "a.csv")
        with recordings.Library(home) as library:
            library.note("a", "seen")
        if not indexed:
            (home / "library.sqlite").unlink()
        try:
            for path in (home, home / "recordings"):
                path.chmod(0o555)
            done = subprocess.run(
                [sys.executable, "-c", READ_ONLY, str(home), str(warm)], capture_output=True, text=True, timeout=120,
                check=False,
            )  # fmt: skip
        finally:
            for path in (home, home / "recordings"):
                path.chmod(0o755)
    assert done.stdout.split() == ["1", "1", "seen", "refused", "refused", "refused"], done.stderr


def test_what_was_named_to_read_a_file_is_kept_for_the_next_time(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    counts = (rng.normal(scale=20, size=(900, 3)) + [0, 0, 256]).round().astype(int)
    rows = [f"{i / 50:.2f},{x},{y},{z}" for i, (x, y, z) in enumerate(counts.tolist())]
    path = tmp_path / "counts.csv"
    path.write_text("time_s,x,y,z\n" + "\n".join(rows) + "\n")
    made = recordings.read(path, unit="counts:0.00390625")
    with recordings.Library(tmp_path / "home") as library:
        found = library.add_import(made, placement=Placement.THIGH, unit="counts:0.00390625")
    (tmp_path / "home" / "library.sqlite").unlink()
    (tmp_path / "home").rename(tmp_path / "elsewhere")
    with recordings.Library(tmp_path / "elsewhere") as library:
        back = library.read(found.id)
        assert library.show(found.id).placement == "thigh"
    assert back.placement is Placement.THIGH
    assert np.array_equal(back.samples[0].xyz_g, made.samples[0].xyz_g)


def test_the_same_file_is_imported_once_and_another_of_its_name_again(recording: Make, tmp_path: Path) -> None:
    path = put(recording, tmp_path, "night.csv")
    with recordings.Library(tmp_path / "home") as library:
        first = library.add_import(recordings.read(path))
        assert library.add_import(recordings.read(path)).id == first.id
        other = put(recording, tmp_path / "b", "night.csv", seed=9)
        assert library.add_import(recordings.read(other)).id != first.id
        assert len(library.sessions()) == 2


def test_a_recording_of_several_files_stays_together(recording: Make, tmp_path: Path) -> None:
    from recordings.library.companions import companions

    made = recording()
    recordings.export("samples", tmp_path / "rec.hea", recording=made)
    recordings.export("samples", tmp_path / "sub-1_task-a_tracksys-b_motion.tsv", recording=made)
    (tmp_path / "imu_time.bin").write_bytes(b"1")
    (tmp_path / "imu_meta.json").write_text(
        json.dumps({"sensors": [{"file_name": "imu_time.bin"}, {"file_name": "x"}]})
    )
    (tmp_path / "bad_meta.json").write_text("{")
    assert [p.name for p in companions(tmp_path / "rec.hea")] == ["rec.dat"]
    assert len(companions(tmp_path / "sub-1_task-a_tracksys-b_motion.tsv")) == 3
    assert [p.name for p in companions(tmp_path / "imu_meta.json")] == ["imu_time.bin"]
    assert companions(tmp_path / "bad_meta.json") == []
    with recordings.Library(tmp_path / "home") as library:
        found = library.add_import(replace(made, path=tmp_path / "rec.hea"))
        assert found.file == "imported-rec/rec.hea"
        assert (library.folder / "imported-rec" / "rec.dat").exists()
        library.delete(found.id)
        assert list(library.folder.iterdir()) == []


def test_deleting_leaves_no_trace_in_any_file(recording: Make, tmp_path: Path) -> None:
    for n in range(5):
        put(recording, tmp_path / "recordings", f"night-{n}.csv", seed=n)
    (tmp_path / "reports").mkdir()
    for n in range(2):
        (tmp_path / "reports" / f"night-{n}.html").write_text("a report")
    secret = "the secret of night one"
    with recordings.Library(tmp_path) as library, recordings.Library(tmp_path) as reader:
        library.note("night-1", secret)
        library.set_findings("night-1", {"tremor_s": 4.0, "secret": secret})
        assert reader.show("night-1").note == secret
        (library.folder / "night-1.csv.part").write_bytes(secret.encode())
        removed = library.delete("night-1")
        assert {p.name for p in removed} == {
            "night-1.csv", "night-1.csv.notes.json", "night-1.csv.part", "night-1.html",
        }  # fmt: skip
        assert [s.id for s in reader.sessions()] == ["night-4", "night-3", "night-2", "night-0"]
    held = b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())
    assert secret.encode() not in held
    assert b"night-1" not in held
    assert (tmp_path / "reports" / "night-0.html").exists()


def test_what_cannot_be_deleted_stays_in_the_list(
    recording: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(recording, tmp_path / "recordings", "a.csv")
    with recordings.Library(tmp_path) as library:
        with monkeypatch.context() as patched:
            patched.setattr(Path, "unlink", lambda *a, **k: (_ for _ in ()).throw(PermissionError(13, "denied")))
            with pytest.raises(StorageError, match="denied"):
                library.delete("a")
        assert [s.id for s in library.sessions()] == ["a"]


def test_a_sidecar_edited_by_hand_is_taken_for_what_it_is(recording: Make, tmp_path: Path) -> None:
    put(recording, tmp_path / "recordings", "a.csv")
    recordings.Library(tmp_path).close()
    sidecar = tmp_path / "recordings" / "a.csv.notes.json"
    sidecar.write_text(json.dumps({"tags": "no list", "note": 7, "checkin": [], "placement": "foot", "rate_hz": True}))
    with recordings.Library(tmp_path) as library:
        found = library.show("a")
        assert (found.tags, found.note, found.checkin, found.placement) == ((), "", {}, "foot")
    sidecar.write_text("[]")
    with recordings.Library(tmp_path) as library:
        assert library.show("a").placement == "unknown"


def no_writing(index: object) -> sqlite3.Connection:
    """Stand-in for opening an index in a folder that is read-only."""
    msg = "attempt to write a readonly database"
    raise sqlite3.OperationalError(msg)


@pytest.mark.parametrize("indexed", [True, False])
def test_an_index_that_cannot_be_written_lives_in_memory(
    recording: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, indexed: bool
) -> None:
    from recordings.library.index import Index

    path = put(recording, tmp_path / "recordings", "a.csv")
    with recordings.Library(tmp_path) as library:
        library.note("a", "seen")
    if not indexed:
        (tmp_path / "library.sqlite").unlink()
    monkeypatch.setattr(Index, "_open", no_writing)
    with recordings.Library(tmp_path) as library:
        assert "nothing can be changed" in library.notices[0]
        assert library.show("a").note == "seen"
        assert len(library.read("a").samples[0]) == 2000
        for act in (
            lambda: library.note("a", "y"),
            lambda: library.delete("a"),
            library.repair,
            lambda: library.add_import(recordings.read(path)),
        ):
            with pytest.raises(StorageError, match="cannot be written"):
                act()


def test_a_damaged_index_that_cannot_be_moved_is_passed_over(
    recording: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(recording, tmp_path / "recordings", "a.csv")
    (tmp_path / "library.sqlite").write_bytes(b"this is no database" * 100)
    monkeypatch.setattr(Path, "replace", lambda *a: (_ for _ in ()).throw(PermissionError(13, "denied")))
    with recordings.Library(tmp_path) as library:
        assert [s.id for s in library.sessions()] == ["a"]
        assert len(library.notices) == 2


def test_notes_and_copies_that_cannot_be_written_are_told_and_nothing_changes(
    recording: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = put(recording, tmp_path / "recordings", "a.csv")
    other = put(recording, tmp_path, "b.csv", seed=3)
    full = OSError(28, "No space left on device")
    with recordings.Library(tmp_path) as library:
        with monkeypatch.context() as patched:
            patched.setattr(Path, "write_text", lambda *a, **k: (_ for _ in ()).throw(full))
            with pytest.raises(StorageError, match="notes cannot be written"):
                library.note("a", "x")
        assert library.show("a").note == ""
        with monkeypatch.context() as patched:
            patched.setattr("shutil.copyfile", lambda *a, **k: (_ for _ in ()).throw(full))
            with pytest.raises(StorageError, match="cannot be copied"):
                library.add_import(recordings.read(other))
        assert [s.id for s in library.sessions()] == ["a"]
        with pytest.raises(StorageError, match="cannot be opened"):
            recordings.Library(path)  # a file is no home


def test_a_native_file_without_its_end_is_read_for_its_facts(store: ModuleType, tmp_path: Path) -> None:
    whole = store.record(tmp_path / "recordings" / "a.mcap", store.blocks(4.0))
    whole.write_bytes(whole.read_bytes()[:-4000])
    with recordings.Library(tmp_path) as library:
        assert 0 < library.sessions()[0].duration_s < 4.0
        assert library.sessions()[0].sensors[0].placement == "calf"


def test_every_sensor_of_a_session_is_exported_where_the_format_holds_several(
    store: ModuleType, tmp_path: Path
) -> None:
    streams = [replace(store.STREAM, label=x, side=s) for x, s in (("l", Side.LEFT), ("r", Side.RIGHT))]
    recorder = recordings.Recorder(tmp_path / "recordings" / "a.mcap", sensors=streams, start_ns=10**18)
    for i, part in enumerate(store.blocks(3.0)):
        for label in "lr":
            recorder.add_samples(label, xyz_g=part, start_s=i * 0.1, rate_hz=100.0)
    recorder.close()
    with recordings.Library(tmp_path) as library:
        table = library.export("a", tmp_path / "a.csv").read_text().splitlines()
        assert {line.rsplit(",", 1)[1] for line in table[1:]} == {"left", "right"}
        assert len(table) == 601
        assert len(recordings.read(library.export("a", tmp_path / "a.bdf")).samples[0]) == 300
