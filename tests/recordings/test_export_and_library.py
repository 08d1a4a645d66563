"""Exports round-trip; the library is a cache that can be made afresh."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import dsp
import recordings
from dsp import InputError, MissingExtraError, Placement, StorageError
from recordings import ExportOptions, Recording

Make = Callable[..., Recording]


@pytest.mark.parametrize(("ending", "error_g"), [("csv", 0.0), ("npz", 0.0), ("edf", 4e-5), ("bdf", 2e-7)])
@pytest.mark.parametrize("gap_s", [0.0, 5.0])
def test_samples_round_trip(recording: Make, tmp_path: Path, ending: str, error_g: float, gap_s: float) -> None:
    made = recording(gap_s=gap_s)
    path = recordings.export("samples", tmp_path / f"out.{ending}", recording=made)
    back = recordings.read(path)
    assert back.rate_hz == pytest.approx(100.0)
    assert [(round(s.start_s, 6), len(s)) for s in back.samples] == [(s.start_s, len(s)) for s in made.samples]
    for a, b in zip(made.samples, back.samples, strict=True):
        assert np.abs(a.xyz_g - b.xyz_g).max() <= error_g


def test_the_canonical_csv_has_its_four_columns_and_a_gap_is_a_jump(recording: Make, tmp_path: Path) -> None:
    lines = recordings.export("samples", tmp_path / "o.csv", recording=recording(gap_s=5.0)).read_text().splitlines()
    assert lines[0] == "time_s,x_g,y_g,z_g"
    assert lines[1000].startswith("9.99")
    assert lines[1001].startswith("15.0")


@pytest.mark.parametrize("kind", ["spectra", "frames", "events", "holds", "segments"])
@pytest.mark.parametrize("ending", ["csv", "tsv", "json", "npz", "mat", "parquet", "h5"])
def test_every_kind_is_written_in_every_table_format(recording: Make, tmp_path: Path, kind: str, ending: str) -> None:
    made = recording()
    path = tmp_path / f"{kind}.{ending}"
    recordings.export(kind, path, recording=made, analysis=dsp.analyze(made.samples))
    assert path.stat().st_size > 0


def test_spectra_carry_axis_window_units_and_average(recording: Make, tmp_path: Path) -> None:
    made = recording()
    analysis = dsp.analyze(made.samples)
    options = ExportOptions(low_hz=2.0, high_hz=15.0, start_s=4.0)
    path = recordings.export("spectra", tmp_path / "s.json", recording=made, analysis=analysis, options=options)
    held = json.loads(path.read_text())
    assert held["attributes"]["window"].startswith("Hann")
    assert "g^2/Hz" in held["attributes"]["unit"]
    assert held["attributes"]["freq_hz"][0] == 2.0
    assert len(held["attributes"]["session_average"]) == len(held["attributes"]["freq_hz"])
    assert min(held["columns"]["time_s"]) >= 4.0
    assert "start_ns" not in held["attributes"]


@pytest.mark.parametrize("ending", ["png", "svg", "pdf"])
def test_pictures_are_drawn(recording: Make, tmp_path: Path, ending: str) -> None:
    made = recording(gap_s=2.0)
    path = recordings.export("picture", tmp_path / f"p.{ending}", recording=made, analysis=dsp.analyze(made.samples))
    assert path.stat().st_size > 5000


def test_range_decimation_and_identity_are_as_asked(recording: Make, tmp_path: Path) -> None:
    options = ExportOptions(start_s=5.0, end_s=10.0, decimate=2, identify=True)
    path = recordings.export("samples", tmp_path / "o.npz", recording=recording(), options=options)
    with np.load(path) as held:
        assert len(held["xyz_g"]) == 250
        assert float(held["rate_hz"]) == 50.0
        assert int(held["start_ns"]) == 1_700_000_000_000_000_000
        assert held["xyz_g"][:, 2].mean() == pytest.approx(0.99, abs=0.02)
    back = recordings.export("samples", tmp_path / "i.edf", recording=recording(), options=ExportOptions(identify=True))
    assert b"2023" in back.read_bytes()[:200]
    with pytest.raises(InputError, match="no samples"):
        recordings.export(
            "samples", tmp_path / "x.csv", recording=recording(), options=ExportOptions(start_s=99.0, end_s=100.0)
        )


def test_segments_and_events_become_annotations(recording: Make, tmp_path: Path) -> None:
    made = recording()
    path = recordings.export("samples", tmp_path / "a.edf", recording=made, analysis=dsp.analyze(made.samples))
    assert {"movement", "tremor", "still", "unclear"} & {m.text for m in recordings.read(path).markers}


@pytest.mark.parametrize(
    ("kind", "name", "message"),
    [
        ("spectra", "a.edf", ".csv"),
        ("frames", "a.png", ".csv"),
        ("samples", "a", "without an ending"),
        ("moods", "a.csv", "samples"),
    ],
)
def test_an_ending_that_cannot_hold_a_kind_is_refused_with_those_that_can(
    recording: Make, tmp_path: Path, kind: str, name: str, message: str
) -> None:
    with pytest.raises(InputError, match=message):
        recordings.export(kind, tmp_path / name, recording=recording())


def test_what_an_export_lacks_is_named(recording: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = recording()
    with pytest.raises(InputError, match="need an analysis"):
        recordings.export("frames", tmp_path / "f.csv", recording=made)
    bare = dsp.analyze(made.samples, keep_spectra=False)
    with pytest.raises(InputError, match="kept no spectra"):
        recordings.export("spectra", tmp_path / "s.csv", recording=made, analysis=bare)
    with pytest.raises(StorageError, match="cannot write"):
        recordings.export("samples", tmp_path / "no" / "s.csv", recording=made)
    import builtins

    real = builtins.__import__

    def without(name: str, *args: object, **more: object) -> object:
        if name.split(".", maxsplit=1)[0] in ("pyarrow", "h5py"):
            raise ImportError(name)
        return real(name, *args, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)
    for ending, extra in (("parquet", "parquet"), ("h5", "hdf5")):
        with pytest.raises(MissingExtraError, match=rf"tremorscope\[{extra}\]"):
            recordings.export("samples", tmp_path / f"s.{ending}", recording=made)


def imported(recording: Make, library: recordings.Library, folder: Path, name: str = "evening") -> str:
    path = recordings.export("samples", folder / f"{name}.csv", recording=recording(gap_s=3.0))
    return library.add_import(recordings.read(path), placement=Placement.CALF).id


def test_a_session_is_imported_tagged_noted_and_found(recording: Make, tmp_path: Path) -> None:
    with recordings.Library(tmp_path / "home") as library:
        wanted = imported(recording, library, tmp_path)
        library.tag(wanted, "evening")
        library.tag(wanted, "tired")
        library.tag(wanted, "tired", remove=True)
        library.note(wanted, "after a run")
        library.set_findings(wanted, {"tremor_s": 4.0})
        library.set_checkin(wanted, {"load": ["rested"]})
        found = library.show(wanted[:9])
        assert (found.tags, found.note, found.findings["tremor_s"]) == (("evening",), "after a run", 4.0)
        assert (found.gaps, found.gap_s, found.placement) == (1, pytest.approx(3.0), "calf")
        assert library.search("after a RUN")[0].id == wanted
        assert library.search("nothing") == []


def test_a_rebuilt_index_keeps_what_the_person_added_even_in_a_moved_folder(recording: Make, tmp_path: Path) -> None:
    with recordings.Library(tmp_path / "home") as library:
        library.note(imported(recording, library, tmp_path), "keep me")
    (tmp_path / "home").rename(tmp_path / "moved")
    (tmp_path / "moved" / "library.sqlite").unlink()
    with recordings.Library(tmp_path / "moved") as library:
        assert library.rebuild() == 1
        assert library.sessions()[0].note == "keep me"
        assert library.path_of(library.sessions()[0].id).exists()


def test_deleting_removes_file_sidecar_and_row(recording: Make, tmp_path: Path) -> None:
    with recordings.Library(tmp_path / "home") as library:
        wanted = imported(recording, library, tmp_path)
        library.note(wanted, "x")
        library.delete(wanted)
        assert library.sessions() == []
        assert list(library.folder.iterdir()) == []
        with pytest.raises(InputError, match="no session begins"):
            library.show(wanted)


def test_an_ambiguous_beginning_and_a_vanished_file_are_handled(recording: Make, tmp_path: Path) -> None:
    with recordings.Library(tmp_path / "home") as library:
        first = imported(recording, library, tmp_path)
        again = recordings.export("samples", tmp_path / "evening.csv", recording=recording(seed=5))
        second = library.add_import(recordings.read(again)).id
        assert first != second
        with pytest.raises(InputError, match="2 sessions begin"):
            library.show("imported")
        library.path_of(second).unlink()
        (library.folder / "letter.txt").write_text("dear library")
    with recordings.Library(tmp_path / "home") as library:
        assert [s.id for s in library.sessions()] == [first]


def test_a_session_is_exported_as_it_is_or_converted(recording: Make, tmp_path: Path) -> None:
    with recordings.Library(tmp_path / "home") as library:
        wanted = imported(recording, library, tmp_path)
        same = library.export(wanted, tmp_path / "copy.csv")
        other = library.export(wanted, tmp_path / "copy.npz")
        assert same.read_bytes() == library.path_of(wanted).read_bytes()
        assert recordings.read(other).rate_hz == pytest.approx(100.0)
        with pytest.raises(StorageError, match="cannot write"):
            library.export(wanted, tmp_path / "no" / "copy.csv")
        with pytest.raises(InputError, match="file"):
            library.add_import(recording())


def test_a_recording_as_one_array_has_nan_in_its_gaps(recording: Make) -> None:
    made = recording(gap_s=5.0)
    xyz_g = made.to_array()
    assert len(xyz_g) == 2500
    assert np.isnan(xyz_g[1000:1500]).all()
    assert made.gaps == [(10.0, 15.0)]
    empty = Recording(path=None, format="t", samples=[], rate_hz=1.0)
    assert len(empty.to_array()) == 0
    assert empty.duration_s == 0.0


def test_an_unknown_name_of_the_room_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="nonsense"):
        _ = recordings.nonsense
