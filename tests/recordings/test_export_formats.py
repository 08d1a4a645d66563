"""What is exported is read back by the libraries that its users have, not by our own readers."""

import json
import math
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dsp
import recordings
from dsp import InputError, MissingExtraError, Side
from recordings import ExportOptions, Marker, Recording
from recordings.exporters.edf import record_of

Make = Callable[..., Recording]
GAP_S = 2.5


@pytest.fixture
def made(recording: Make) -> Recording:
    """Twenty seconds with a gap and a marker."""
    whole = recording(gap_s=GAP_S)
    return replace(whole, markers=(Marker(start_s=3.0, end_s=3.0, text="began to stretch"),))


@pytest.fixture
def analysis(made: Recording) -> dsp.Analysis:
    return dsp.analyze(made.samples, placement="calf")


def whole(made: Recording) -> tuple[np.ndarray, np.ndarray]:
    """Time and samples, gaps left out."""
    time_s = np.concatenate([r.start_s + np.arange(len(r)) / r.rate_hz for r in made.samples])
    return time_s, np.concatenate([r.xyz_g for r in made.samples])


def read_csv(path: Path) -> tuple[np.ndarray, np.ndarray, dict[str, Any]]:
    pandas = pytest.importorskip("pandas")
    table = pandas.read_csv(path)
    assert list(table.columns) == ["time_s", "x_g", "y_g", "z_g"]
    return table.time_s.to_numpy(), table[["x_g", "y_g", "z_g"]].to_numpy(np.float32), {}


def read_json(path: Path) -> tuple[np.ndarray, np.ndarray, dict[str, Any]]:
    held = json.loads(path.read_text())
    c = held["columns"]
    return np.array(c["time_s"]), np.array([c["x_g"], c["y_g"], c["z_g"]], np.float32).T, held["attributes"]


def read_npz(path: Path) -> tuple[np.ndarray, np.ndarray, dict[str, Any]]:
    with np.load(path) as held:
        return held["time_s"], held["xyz_g"], {"rate_hz": float(held["rate_hz"]), "unit": str(held["unit"])}


def read_mat(path: Path) -> tuple[np.ndarray, np.ndarray, dict[str, Any]]:
    from scipy.io import loadmat

    held = loadmat(path, simplify_cells=True)
    return held["time_s"], held["xyz_g"], held


def read_parquet(path: Path) -> tuple[np.ndarray, np.ndarray, dict[str, Any]]:
    import pyarrow.parquet as pq

    table = pq.read_table(path)
    xyz = np.stack([table[f"{a}_g"].to_numpy() for a in "xyz"], axis=1)
    return table["time_s"].to_numpy(), xyz, json.loads(table.schema.metadata[b"tremorscope"])


def read_h5(path: Path) -> tuple[np.ndarray, np.ndarray, dict[str, Any]]:
    import h5py

    with h5py.File(path) as file:
        assert file["time_s"].attrs["unit"] == "s"
        assert file["xyz_g"].attrs["unit"] == "g"
        return file["time_s"][:], file["xyz_g"][:], dict(file.attrs)


@pytest.mark.parametrize(
    ("ending", "reader"),
    [
        ("csv", read_csv), ("json", read_json), ("npz", read_npz), ("mat", read_mat), ("parquet", read_parquet),
        ("h5", read_h5),
    ],
)  # fmt: skip
def test_samples_are_bit_exact_for_other_programs(made: Recording, tmp_path: Path, ending: str, reader: Any) -> None:
    time_s, xyz_g, about = reader(recordings.export("samples", tmp_path / f"o.{ending}", recording=made))
    wanted_s, wanted_g = whole(made)
    assert np.array_equal(np.asarray(xyz_g, np.float32), wanted_g)
    assert np.allclose(time_s, wanted_s, rtol=0, atol=1e-6)
    if about:
        assert float(about["rate_hz"]) == 100.0
        assert about["unit"] == "g"


def test_bids_motion_is_bit_exact_in_si_units_with_missing_samples_marked(made: Recording, tmp_path: Path) -> None:
    out = tmp_path / "data.bids"
    recordings.export("samples", out, recording=made, analysis=dsp.analyze(made.samples))
    motion = out / "sub-01" / "motion"
    rows = [line.split("\t") for line in next(motion.glob("*_motion.tsv")).read_text().splitlines()]
    kept = np.array([[float(v) for v in row] for row in rows if row[0] != "n/a"])
    wanted_s, wanted_g = whole(made)
    assert np.array_equal((kept[:, :3] / 9.80665).astype(np.float32), wanted_g)
    assert np.allclose(kept[:, 3], wanted_s, rtol=0, atol=1e-6)
    assert sum(row[0] == "n/a" for row in rows) == GAP_S * 100
    about = json.loads(next(motion.glob("*_motion.json")).read_text())
    required = {"TaskName", "SamplingFrequency", "TrackingSystemName", "MotionChannelCount", "TrackedPointsCount"}
    assert required <= set(about)
    channels = next(motion.glob("*_channels.tsv")).read_text().splitlines()
    assert channels[0].split("\t")[:5] == ["name", "component", "type", "tracked_point", "units"]
    assert [c.split("\t")[4] for c in channels[1:]] == ["m/s^2", "m/s^2", "m/s^2", "s"]
    events = next(motion.glob("*_events.tsv")).read_text()
    assert events.startswith("onset\tduration\ttrial_type\n")
    assert "began to stretch" in events
    assert "gap" in events
    assert json.loads((out / "dataset_description.json").read_text())["BIDSVersion"]
    recordings.export("samples", out, recording=made)  # once more into the same data set
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("mine")
    (tmp_path / "full").rename(tmp_path / "full.bids")
    with pytest.raises(InputError, match="no BIDS data set"):
        recordings.export("samples", tmp_path / "full.bids", recording=made)


def test_bids_names_are_kept_and_read_for_what_they_say(made: Recording, tmp_path: Path) -> None:
    out = tmp_path / "sub-7_ses-2_task-hold_tracksys-polar_motion.tsv"
    options = ExportOptions(identify=True)
    recordings.export("samples", out, recording=made, options=options)
    about = json.loads(out.with_suffix(".json").read_text())
    assert (about["TaskName"], about["TrackingSystemName"]) == ("hold", "polar")
    assert about["ManufacturersModelName"] == "test device"
    assert (tmp_path / "sub-7_ses-2_task-hold_tracksys-polar_channels.tsv").exists()


def test_wfdb_holds_signals_gaps_and_annotations(made: Recording, analysis: dsp.Analysis, tmp_path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own, about pandas
        wfdb = pytest.importorskip("wfdb")
    recordings.export("samples", tmp_path / "night_1.hea", recording=made, analysis=analysis)
    record = wfdb.rdrecord(str(tmp_path / "night_1"))
    assert record.fs == 100.0
    assert record.units == ["g", "g", "g"]
    assert record.base_date is None
    missing = np.isnan(record.p_signal).any(axis=1)
    assert missing.sum() == GAP_S * 100
    # Half a step of 2^-30 of the range, of which float32 itself is the coarser half.
    assert np.abs(record.p_signal[~missing] - whole(made)[1]).max() <= 2.0**-30
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        notes = wfdb.rdann(str(tmp_path / "night_1"), "atr")
    assert "began to stretch" in [n.rstrip("\x00") for n in notes.aux_note]
    assert notes.sample[[n.startswith("began") for n in notes.aux_note].index(True)] == 300
    with pytest.raises(InputError, match=r"a_b\.hea"):
        recordings.export("samples", tmp_path / "a b.hea", recording=made)


@pytest.mark.parametrize("ending", ["edf", "bdf"])
def test_edf_carries_segments_events_holds_markers_and_gaps(
    made: Recording, analysis: dsp.Analysis, tmp_path: Path, ending: str
) -> None:
    import edfio

    path = recordings.export("samples", tmp_path / f"o.{ending}", recording=made, analysis=analysis)
    file = edfio.read_bdf(path) if ending == "bdf" else edfio.read_edf(path)
    texts = [a.text for a in file.annotations]
    assert {"began to stretch", "gap", "end of data"} <= set(texts)
    wanted = sorted(s.label.value for s in analysis.segments if s.label.value != "no_data")
    assert sorted(t for t in texts if t in {s.value for s in dsp.State}) == wanted
    gap = next(a for a in file.annotations if a.text == "gap")
    assert (gap.onset, gap.duration) == (10.0, GAP_S)
    assert b"2023" not in path.read_bytes()[:512]


@settings(max_examples=60, deadline=None)
@given(st.floats(min_value=5.0, max_value=1700.0))
def test_edf_says_every_rate_to_a_millionth(rate_hz: float) -> None:
    record_s, samples = record_of(rate_hz)
    assert len(f"{record_s:g}") <= 8 or len(str(record_s)) <= 8
    assert math.isclose(samples / record_s, rate_hz, rel_tol=1e-6)


@pytest.mark.parametrize("rate_hz", [99.837, 51.9371, 12.5, 31.25, 103.0071, 207.3])
def test_edf_of_a_crooked_rate_keeps_every_sample_and_the_time(recording: Make, tmp_path: Path, rate_hz: float) -> None:
    made = recording(rate_hz=rate_hz, seconds=30.0)
    back = recordings.read(recordings.export("samples", tmp_path / "o.bdf", recording=made))
    assert back.rate_hz == pytest.approx(rate_hz, rel=1e-6)
    assert sum(len(s) for s in back.samples) == len(made.samples[0])
    assert np.abs(back.samples[0].xyz_g - made.samples[0].xyz_g).max() < 1e-6


def test_a_rate_of_seconds_a_sample_is_no_edf() -> None:
    with pytest.raises(InputError, match="csv"):
        record_of(0.0123456789)


def test_spectra_say_everything_in_every_format(made: Recording, analysis: dsp.Analysis, tmp_path: Path) -> None:
    pandas = pytest.importorskip("pandas")
    import h5py
    from scipy.io import loadmat

    options = ExportOptions(low_hz=2.0, high_hz=12.0)
    for ending in ("csv", "h5", "mat", "npz", "parquet"):
        recordings.export("spectra", tmp_path / f"s.{ending}", recording=made, analysis=analysis, options=options)
    assert analysis.spectra is not None
    bins = (analysis.spectra.freq_hz >= 2.0) & (analysis.spectra.freq_hz <= 12.0)
    wanted = analysis.spectra.psd[:, bins]
    table = pandas.read_csv(tmp_path / "s.csv")
    frames = table[table.label != "session_average"]
    columns = [c for c in table.columns if c[0].isdigit()]
    assert [float(c.removesuffix("_hz")) for c in columns] == analysis.spectra.freq_hz[bins].tolist()
    assert np.array_equal(frames[columns].to_numpy(np.float32), wanted, equal_nan=True)
    assert set(table.unit) == {"g^2/Hz"}
    assert table.window[0].startswith("Hann")
    assert table.calibration[0].startswith("none")
    held = np.isfinite(wanted).all(axis=1)
    average = table[table.label == "session_average"][columns].to_numpy()[0]
    assert np.allclose(average, wanted[held].mean(axis=0, dtype=float))
    with h5py.File(tmp_path / "s.h5") as file:
        assert np.array_equal(file["psd"][:], wanted, equal_nan=True)
        assert file["psd"].attrs["unit"] == "g^2/Hz"
        assert file["freq_hz"].attrs["unit"] == "Hz"
        assert file.attrs["window"].startswith("Hann")
        assert np.allclose(file["session_average"][:], average)
    matlab = loadmat(tmp_path / "s.mat", simplify_cells=True)
    assert matlab["psd"].shape == wanted.shape
    assert matlab["label"][0] in {s.value for s in dsp.State}
    assert len(matlab["time_s"]) == len(wanted)


def test_events_are_numbers_where_they_are_numbers(recording: Make, tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    rng = np.random.default_rng(3)
    xyz_g = (rng.normal(scale=0.002, size=(3000, 3)) + [0, 0, 1]).astype(np.float32)
    for at in (1000, 2000):
        xyz_g[at : at + 16, 0] += 0.6 * np.sin(np.arange(16) * 0.4).astype(np.float32)
    made = replace(recording(), samples=[dsp.Samples(xyz_g=xyz_g, rate_hz=100.0)])
    analysis = dsp.analyze(made.samples)
    assert analysis.events
    table = pq.read_table(recordings.export("events", tmp_path / "e.parquet", recording=made, analysis=analysis))
    assert str(table.schema.field("stretch_delay_s").type) == "double"
    assert str(table.schema.field("provisional").type) == "bool"
    assert table["onset_s"].to_pylist() == [e.onset_s for e in analysis.events]
    unit = np.array([table[f"direction_{a}"].to_numpy() for a in "xyz"])
    assert np.allclose((unit**2).sum(axis=0), 1.0, atol=1e-3)
    lines = recordings.export("events", tmp_path / "e.tsv", recording=made, analysis=analysis).read_text().splitlines()
    assert lines[0].split("\t")[:2] == ["onset", "duration"]
    cut = ExportOptions(start_s=15.0)
    late = recordings.export("events", tmp_path / "l.json", recording=made, analysis=analysis, options=cut)
    assert all(t >= 15.0 for t in json.loads(late.read_text())["columns"]["onset_s"])


def two_sensors(recording: Make) -> list[Recording]:
    left, right = recording(seed=1), recording(seed=2, gap_s=1.0)
    return [replace(left, sensor="Sense 0B2C", side=Side.LEFT), replace(right, sensor="Sense 11FF", side=Side.RIGHT)]


@pytest.mark.parametrize("identify", [False, True])
def test_two_sensors_share_a_table_and_their_names_stay_at_home(
    recording: Make, tmp_path: Path, identify: bool
) -> None:
    first, second = two_sensors(recording)
    options = ExportOptions(identify=identify)
    path = recordings.export("samples", tmp_path / "two.csv", recording=first, others=[(second, None)], options=options)
    lines = path.read_text().splitlines()
    assert lines[0] == "time_s,x_g,y_g,z_g,sensor"
    names = list(dict.fromkeys(line.rsplit(",", 1)[1] for line in lines[1:]))
    assert names == (["Sense 0B2C", "Sense 11FF"] if identify else ["left", "right"])
    for name, made in zip(names, (first, second), strict=True):
        back = recordings.read(path, sensor=name)
        assert [len(s) for s in back.samples] == [len(s) for s in made.samples]
        assert np.array_equal(back.samples[-1].xyz_g, made.samples[-1].xyz_g)
    with pytest.raises(InputError, match="--sensor"):
        recordings.export("samples", tmp_path / "two.edf", recording=first, others=[(second, None)])


def test_names_without_sides_become_numbers_unless_they_are_plain_words(recording: Make, tmp_path: Path) -> None:
    parts = [
        replace(r, side=Side.UNKNOWN, sensor=n)
        for r, n in zip(two_sensors(recording), ("ankle", "Bob 7F"), strict=True)
    ]
    path = recordings.export("samples", tmp_path / "o.csv", recording=parts[0], others=[(parts[1], None)])
    names = {line.rsplit(",", 1)[1] for line in path.read_text().splitlines()[1:]}
    assert names == {"ankle", "sensor 2"}


@pytest.mark.parametrize("ending", ["csv", "json", "npz", "mat", "parquet", "h5", "edf", "bdf", "hea", "tsv", "bids"])
def test_nothing_exported_tells_who_and_when_unless_asked(recording: Make, tmp_path: Path, ending: str) -> None:
    made = replace(
        recording(), sensor="Sense 0B2C", device="H10 of Zoe Doe",
        markers=(Marker(start_s=1.0, end_s=1.0, text="connected: Sense 0B2C", kind="link"),),
    )  # fmt: skip
    folder = tmp_path / "out"
    folder.mkdir()
    recordings.export("samples", folder / f"o.{ending}", recording=made, analysis=dsp.analyze(made.samples))
    held = b"".join(p.read_bytes() for p in folder.rglob("*") if p.is_file())
    for secret in (b"0B2C", b"Zoe_Doe", b"Zoe Doe", b"1700000000", b"2023-11", b"14.11.23", b"14/11/2023"):
        assert secret not in held


@pytest.mark.parametrize(("kind", "ending"), [("trace", "png"), ("spectrogram", "svg"), ("spectrum", "pdf")])
def test_pictures_are_drawn_and_the_same_every_time(
    made: Recording, analysis: dsp.Analysis, tmp_path: Path, kind: str, ending: str
) -> None:
    options = ExportOptions(start_s=1.0, end_s=18.0)
    first, second = (
        recordings.export(kind, tmp_path / f"{n}.{ending}", recording=made, analysis=analysis, options=options)
        for n in "ab"
    )
    heads = {"png": b"\x89PNG", "svg": b"<?xml", "pdf": b"%PDF"}
    assert first.read_bytes().startswith(heads[ending])
    assert first.read_bytes() == second.read_bytes()


def test_a_picture_says_when_its_samples_are_synthetic(recording: Make, tmp_path: Path) -> None:
    made = replace(recording(), device="simulated limb")
    real = recordings.export("trace", tmp_path / "r.svg", recording=recording()).read_text()
    synthetic = recordings.export("trace", tmp_path / "s.svg", recording=made).read_text()
    assert "synthetic" in synthetic
    assert "synthetic" not in real


@pytest.mark.parametrize(
    ("kind", "name", "options", "message"),
    [
        ("samples", "a.csv", {"low_hz": 3.0}, "export spectra"),
        ("frames", "a.csv", {"decimate": 4}, "only samples"),
        ("spectra", "a.csv", {"low_hz": 40.1, "high_hz": 40.2}, "from 0 to 50 Hz"),
        ("spectra", "a.csv", {"start_s": 500.0}, "time range"),
        ("spectrum", "a.png", {"start_s": 500.0}, "four seconds"),
        ("samples", "a.hdf5", {}, "use .h5"),
        ("spectra", "a.edf", {}, "serves samples"),
    ],
)
def test_what_does_not_go_together_is_told_with_a_way_out(
    made: Recording, analysis: dsp.Analysis, tmp_path: Path, kind: str, name: str, options: dict[str, Any], message: str
) -> None:
    with pytest.raises(InputError, match=message):
        recordings.export(kind, tmp_path / name, recording=made, analysis=analysis, options=ExportOptions(**options))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("options", [{"start_s": 2.0, "end_s": 1.0}, {"low_hz": math.nan}, {"decimate": 0}])
def test_ranges_that_are_none_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        ExportOptions(**options)


def test_a_file_that_was_there_survives_an_export_that_fails(
    made: Recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "o.npz"
    out.write_bytes(b"precious")
    monkeypatch.setattr(np, "savez_compressed", lambda *a, **k: (_ for _ in ()).throw(OSError(28, "No space left")))
    with pytest.raises(recordings.exporters.StorageError, match="No space left"):
        recordings.export("samples", out, recording=made)
    assert out.read_bytes() == b"precious"
    assert list(tmp_path.iterdir()) == [out]


def test_wfdb_without_its_library_names_the_extra(
    made: Recording, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "wfdb", None)
    with pytest.raises(MissingExtraError, match=r"tremorscope\[formats\]"):
        recordings.export("samples", tmp_path / "o.hea", recording=made)


def test_a_picture_of_a_session_shows_its_states_events_and_tremor(tmp_path: Path) -> None:
    shipped = Path(recordings.__file__).parent / "samples"
    made = recordings.read(shipped / "simulated-fatigue-calf.csv")
    kicks = dsp.analyze(recordings.read(shipped / "simulated-reflex-calf.csv").samples, placement="calf").events
    assert kicks
    analysis = replace(dsp.analyze(made.samples, placement="calf"), events=kicks)
    drawn = recordings.export("picture", tmp_path / "p.svg", recording=made, analysis=analysis).read_text()
    for words in ("synthetic", "dB re 1", "reflex jerk", "movement", "seconds"):
        assert words in drawn
    assert f"tremor {analysis.findings.tremor_hz:.2f} Hz" in drawn


@pytest.mark.parametrize(("seconds", "word"), [(60.0, "seconds"), (900.0, "minutes"), (20_000.0, "hours")])
def test_the_time_axis_has_the_unit_that_suits_its_length(seconds: float, word: str) -> None:
    from recordings.exporters.panels import TimeAxis

    axis = TimeAxis.over(5.0, 5.0 + seconds)
    assert axis.word == word
    assert axis.of(7200.0) == 7200.0 / {"seconds": 1, "minutes": 60, "hours": 3600}[word]
