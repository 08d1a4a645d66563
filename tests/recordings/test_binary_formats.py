"""Binary formats of loggers and laboratories, after their published layouts (synthetic), and against other readers."""

import json
import struct
import warnings
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import dsp
import recordings
from dsp import FileFormatError, MissingExtraError, Placement, Samples, Side, TremorscopeError, UnitError
from recordings.lazy import LazySamples
from tests.formats import loggers
from tests.formats.made import MAKERS, damaged, hit_of
from tests.formats.truth import RATE_HZ, START_NS, recorded, truth

WITHIN_G = {"edf": 4e-5, "bdf": 2e-7}
WITH_START = ("cwa", "cwa packed", "wav", "geneactiv", "gt3x", "gt3x older", "avro", "tsdf")


def joined(found: recordings.Recording) -> np.ndarray:
    return np.concatenate([run.xyz_g for run in found.samples])


@pytest.mark.parametrize("kind", MAKERS)
def test_every_binary_format_gives_the_truth(tmp_path: Path, kind: str) -> None:
    found = recordings.read(MAKERS[kind](tmp_path))
    assert found.rate_hz == pytest.approx(RATE_HZ, rel=1e-6)
    held = joined(found)
    assert len(held) >= 2960
    assert np.abs(held - truth()[: len(held)]).max() <= WITHIN_G.get(kind, 0.0)
    if kind in WITH_START:
        assert found.start_ns == START_NS


@pytest.mark.parametrize("kind", MAKERS)
@pytest.mark.parametrize("way", ["cut", "flip"])
def test_damaged_files_yield_samples_or_one_defined_error(tmp_path: Path, kind: str, way: str) -> None:
    path = MAKERS[kind](tmp_path)
    hit = hit_of(kind, path)
    raw, rng = hit.read_bytes(), np.random.default_rng(7)
    for _ in range(6):
        hit.write_bytes(damaged(raw, way, rng))
        try:
            found = recordings.read(path)
        except TremorscopeError as error:
            assert str(error)
        else:
            held = joined(found) if len(found.samples) else np.empty((0, 3))
            assert np.isfinite(held).all()
            assert len(held) <= 3000 or found.warnings


@pytest.mark.parametrize("kind", ["cwa", "geneactiv", "wav", "tsdf", "xdf", "gt3x", "edf"])
def test_a_file_cut_in_half_gives_its_first_half(tmp_path: Path, kind: str) -> None:
    path = MAKERS[kind](tmp_path)
    hit = hit_of(kind, path)
    hit.write_bytes(hit.read_bytes()[: hit.stat().st_size // 2])
    held = joined(recordings.read(path))
    assert 900 <= len(held) <= 2000
    assert np.abs(held - truth()[: len(held)]).max() <= WITHIN_G.get(kind, 0.0)


def test_a_flipped_length_asks_for_no_gigabytes(tmp_path: Path) -> None:
    path = loggers.xdf(tmp_path / "a.xdf")
    raw = bytearray(path.read_bytes())
    at = raw.find(b"\x04\x64\x00\x00\x00\x08")  # one hundred samples, each with a stamp
    raw[at : at + 5] = b"\x04\xff\xff\xff\x7f"
    path.write_bytes(bytes(raw))
    found = recordings.read(path)
    assert len(joined(found)) == 2900
    assert any("1 damaged chunks" in w for w in found.warnings)


def test_a_gt3x_whose_zip_is_cut_short_gives_what_came_before(tmp_path: Path) -> None:
    path = loggers.gt3x(tmp_path / "a.gt3x")
    path.write_bytes(path.read_bytes()[:-600])
    held = joined(recordings.read(path))
    assert len(held) >= 2000
    assert np.array_equal(held, truth()[: len(held)])


def test_the_older_gt3x_tells_when_its_checksum_does_not_agree(tmp_path: Path) -> None:
    path = loggers.gt3x(tmp_path / "o.gt3x", old=True)
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(bytes(raw))
    try:
        assert any("checksum" in w for w in recordings.read(path).warnings)
    except TremorscopeError as error:
        assert str(error)


def test_a_cwa_with_a_pause_and_a_lost_sector_has_two_gaps(tmp_path: Path) -> None:
    xyz_g = truth()
    sectors = [loggers.sector(xyz_g[80 * k : 80 * k + 80], k, 1.7e9 + 0.8 * k + 60 * (k >= 20)) for k in range(37)]
    sectors[5] = bytes(512)
    path = tmp_path / "p.cwa"
    path.write_bytes(b"MD" + struct.pack("<H", 1020) + bytes(1020) + b"".join(sectors))
    found = recordings.read(path)
    assert [len(s) for s in found.samples] == [400, 14 * 80, 17 * 80]
    assert [round(s.start_s, 2) for s in found.samples] == [0.0, 4.8, 76.0]
    assert any("1 of 37 sectors" in w for w in found.warnings)


def test_a_cwa_whose_clock_is_set_back_goes_on_behind(tmp_path: Path) -> None:
    xyz_g = truth()
    sectors = [loggers.sector(xyz_g[80 * k : 80 * k + 80], k, 1.7e9 + 0.8 * k - 3600 * (k >= 20)) for k in range(37)]
    path = tmp_path / "b.cwa"
    path.write_bytes(b"".join(sectors))
    found = recordings.read(path)
    assert len(found.samples) == 2
    assert found.samples[1].start_s == pytest.approx(17.0, abs=0.05)
    assert any("went back 1 times" in w for w in found.warnings)


def test_a_long_cwa_is_read_piece_by_piece_with_the_same_bits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = loggers.cwa(tmp_path / "a.cwa")
    whole = recordings.read(path)
    monkeypatch.setattr("recordings.importers.axivity.LARGEST_SAMPLES", 1000)
    monkeypatch.setattr("recordings.importers.axivity.SECTORS_AT_ONCE", 7)
    pieces = recordings.read(path)
    assert isinstance(pieces.samples, LazySamples)
    assert len(pieces.samples) == 6
    assert pieces.samples.total == 2960
    assert np.array_equal(joined(pieces), joined(whole))
    assert pieces.samples[-1].end_s == pytest.approx(29.6)
    assert [len(s) for s in pieces.samples[1:3]] == [560, 560]
    assert pieces.gaps == []
    assert np.array_equal(pieces.to_array(), whole.to_array())
    one, other = dsp.analyze(whole.samples), dsp.analyze(pieces.samples)
    assert one.frames.tobytes() == other.frames.tobytes()
    assert repr(one.segments) == repr(other.segments)
    back = pieces.samples.mapped(lambda run: replace(run, xyz_g=-run.xyz_g))
    assert np.array_equal(back[0].xyz_g, -whole.samples[0].xyz_g[:560])


def test_a_wav_of_sound_is_refused_and_flags_are_heeded(tmp_path: Path) -> None:
    path = loggers.wav(tmp_path / "a.wav")
    raw = path.read_bytes()
    (tmp_path / "sound.wav").write_bytes(raw.replace(b"Scale", b"Sound"))
    with pytest.raises(FileFormatError, match="it is sound, or damaged"):
        recordings.read(tmp_path / "sound.wav")
    first = raw.find(b"data") + 8
    table = np.frombuffer(raw[first:], "<i2").reshape(-1, 4).copy()
    table[500:600, 3] = -32768
    table[700, 3] = 0x4000
    path.write_bytes(raw[:first] + table.tobytes())
    found = recordings.read(path)
    assert [len(s) for s in found.samples] == [500, 2400]
    assert any("1 samples are clipped" in w for w in found.warnings)


def test_the_tags_of_an_embraceplus_are_markers_and_other_avro_is_refused(tmp_path: Path) -> None:
    fastavro = pytest.importorskip("fastavro")
    found = recordings.read(loggers.avro(tmp_path / "a.avro"))
    assert [(m.start_s, m.text) for m in found.markers] == [(10.0, "tag")]
    other = tmp_path / "other.avro"
    schema = {"type": "record", "name": "R", "fields": [{"name": "a", "type": "int"}]}
    with other.open("wb") as file:
        fastavro.writer(file, schema, [{"a": 1}])
    with pytest.raises(FileFormatError, match="another program"):
        recordings.read(other)


@pytest.mark.needs_data
def test_an_avro_file_that_is_cut_or_hit_gives_the_acceleration_before(tmp_path: Path, data: Path) -> None:
    raw = (data / "vendor" / "paradigma" / "empatica_test_data.avro").read_bytes()
    path = tmp_path / "whole.avro"
    path.write_bytes(raw)
    whole = joined(recordings.read(path))
    path.write_bytes(raw[: int(0.8 * len(raw))])
    cut = recordings.read(path)
    assert np.array_equal(joined(cut), whole)
    assert any("what came before was saved" in w for w in cut.warnings)
    path.write_bytes(raw[:-1] + b"!")  # the sync marker at the end
    assert np.array_equal(joined(recordings.read(path)), whole)
    path.write_bytes(raw[: len(raw) // 5])
    with pytest.raises(FileFormatError, match="damaged where its axes are"):
        recordings.read(path)
    path.write_bytes(raw[:100])
    with pytest.raises(FileFormatError, match="header is damaged"):
        recordings.read(path)
    small = loggers.avro(tmp_path / "a.avro")
    small.write_bytes(small.read_bytes()[:-2000])
    held = joined(recordings.read(small))
    assert 1500 < len(held) < 3000
    assert np.array_equal(held, truth()[: len(held)])


def test_xdf_streams_are_found_by_type_label_or_name_and_markers_are_kept(tmp_path: Path) -> None:
    for k, (name, kind) in enumerate([("Leg", "Accelerometer"), ("Leg", "IMU"), ("my accelerometer", "misc")]):
        found = recordings.read(loggers.xdf(tmp_path / f"{k}.xdf", name=name, kind=kind))
        assert (found.unit, found.device) == ("g", name)
    with pytest.raises(UnitError):
        recordings.read(loggers.xdf(tmp_path / "mg.xdf", (truth() * 4096).astype(np.float32), unit="counts"))


def test_tsdf_is_read_through_its_metadata_its_folder_and_never_outside_it(tmp_path: Path) -> None:
    meta = loggers.tsdf(tmp_path / "t")
    assert np.array_equal(joined(recordings.read(tmp_path / "t")), truth())
    with pytest.raises(FileFormatError, match="read that"):
        recordings.read(tmp_path / "t" / "imu_values.bin")
    text = meta.read_text()
    meta.write_text(text.replace("imu_values.bin", "../imu_values.bin"))
    with pytest.raises(FileFormatError, match="outside its folder"):
        recordings.read(meta)
    meta.write_text(text.replace("imu_values.bin", "gone.bin"))
    with pytest.raises(FileFormatError, match="not beside it"):
        recordings.read(meta)
    meta.write_text(text.replace('"bits": 16', '"bits": 12'))
    with pytest.raises(FileFormatError, match="no type of numbers"):
        recordings.read(meta)
    meta.write_text(text.replace("acceleration", "rotation"))
    with pytest.raises(FileFormatError, match="none of its channels"):
        recordings.read(meta)
    meta.write_text(text)
    values = meta.with_name("imu_values.bin")
    values.write_bytes(values.read_bytes()[:12000])
    found = recordings.read(meta)
    assert len(joined(found)) == 2000
    assert any("holds 2000 rows where 3000" in w for w in found.warnings)


@pytest.mark.parametrize(
    "name",
    [
        "o.csv",
        "o.npz",
        "o.json",
        "o.mat",
        "o.parquet",
        "o.h5",
        "o.hea",
        "sub-1_task-a_tracksys-imu_motion.tsv",
        "o.bdf",
    ],
)
@pytest.mark.parametrize("rate_hz", [100.0, 52.0, 99.0371])
def test_what_is_exported_comes_back(tmp_path: Path, name: str, rate_hz: float) -> None:
    made = recorded()
    runs = [replace(s, rate_hz=rate_hz, start_s=s.start_s * RATE_HZ / rate_hz) for s in made.samples]
    made = replace(made, samples=runs, rate_hz=rate_hz, placement=Placement.CALF, side=Side.LEFT)
    path = recordings.export(
        "samples", tmp_path / name, recording=made, options=recordings.ExportOptions(identify=True)
    )
    back = recordings.read(path)
    assert back.rate_hz == pytest.approx(rate_hz, rel=1e-9)
    assert [len(s) for s in back.samples] == [1500, 1500]
    # WFDB, EDF and BDF keep an even grid, on which a gap is a whole number of samples.
    grid = name.endswith((".hea", ".bdf"))
    assert back.samples[1].start_s == pytest.approx(runs[1].start_s, abs=0.5 / rate_hz if grid else 1e-6)
    assert np.abs(joined(back) - joined(made)).max() <= (2e-7 if name.endswith(".bdf") else 0.0)
    if not name.endswith((".csv", ".bdf")):
        assert (back.placement, back.side) == (Placement.CALF, Side.LEFT)


@pytest.mark.parametrize(
    ("form", "lsb"), [("16", 1 / 4096), ("24", 1 / 4096), ("32", 1 / 4096), ("212", 1 / 512), ("80", 1 / 64)]
)
def test_wfdb_agrees_with_the_package_of_its_makers(tmp_path: Path, form: str, lsb: float) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        wfdb = pytest.importorskip("wfdb")
        wfdb.wrsamp(
            "r", fs=100, units=["g"] * 4, sig_name=["ecg", "acc_x", "acc_y", "acc_z"], fmt=[form] * 4,
            p_signal=np.column_stack([np.zeros(3000), truth()]), adc_gain=[1 / lsb] * 4, baseline=[0] * 4,
            write_dir=str(tmp_path),
        )  # fmt: skip
        wanted = wfdb.rdrecord(str(tmp_path / "r")).p_signal[:, 1:]
    for entry in ("r.hea", "r.dat"):
        found = recordings.read(tmp_path / entry)
        assert (found.format, found.rate_hz, found.warnings) == ("wfdb", 100.0, [])
        assert np.abs(joined(found) - wanted).max() < 1e-7
    assert recordings.read(tmp_path).format == "wfdb"
    data = bytearray((tmp_path / "r.dat").read_bytes())
    data[100:103] = b"\x11\x22\x33"
    (tmp_path / "r.dat").write_bytes(bytes(data))
    assert any("checksum" in w for w in recordings.read(tmp_path / "r.hea").warnings)


@pytest.mark.parametrize(
    ("header", "words"),
    [
        ("r/2 3 100 99\nr1 99\nr2 99\n", None),
        ("r 1 100 99\nr.dat 16 200 16 0 0 0 0 ecg\n", "no three signals"),
        ("r 3 100 99\n" + "gone.dat 16 200/g 16 0 0 0 0 acc_x\n" * 3, "no three signals"),
        ("r 3 100 99\n" + "".join(f"gone.dat 16 200/g 16 0 0 0 0 acc_{a}\n" for a in "xyz"), "not beside it"),
        ("r 3 0 99\n" + "".join(f"r.dat 16 200/g 16 0 0 0 0 acc_{a}\n" for a in "xyz"), "no time line"),
    ],
)
def test_a_wfdb_header_that_cannot_be_followed_is_refused(tmp_path: Path, header: str, words: str | None) -> None:
    (tmp_path / "r.dat").write_bytes(b"\x01\x00" * 300)
    (tmp_path / "r.hea").write_text(header)
    with pytest.raises(TremorscopeError, match=words):
        recordings.read(tmp_path / "r.hea")


def test_bids_points_are_sensors_and_events_are_markers(tmp_path: Path) -> None:
    stem = "sub-1_task-a_tracksys-imu"
    channels = ["name\tcomponent\ttype\ttracked_point\tunits\tplacement"]
    for point in ("ankle", "wrist"):
        channels += [f"{point}_{a}\t{a}\tACCEL\t{point}\tg\tright {point}" for a in "xyz"]
    rows = ["\t".join(f"{v}" for v in (*row, *(2 * row))) for row in truth()]
    rows[50] = "\t".join(["n/a"] * 6)
    (tmp_path / f"{stem}_channels.tsv").write_text("\n".join(channels))
    (tmp_path / f"{stem}_motion.tsv").write_text("\n".join(rows))
    (tmp_path / f"{stem}_motion.json").write_text(json.dumps({"SamplingFrequency": 100}))
    (tmp_path / "sub-1_task-a_events.tsv").write_text("onset\tduration\ttrial_type\n2.5\t1\tstretch\nn/a\t1\tno\n")
    found = recordings.read(tmp_path)
    assert (found.sensors, found.placement, found.side) == (("ankle", "wrist"), Placement.ANKLE, Side.RIGHT)
    assert [(m.start_s, m.end_s, m.text) for m in found.markers] == [(2.5, 3.5, "stretch")]
    assert [len(s) for s in found.samples] == [50, 2949]
    for entry in ("_channels.tsv", "_motion.json"):
        other = recordings.read(tmp_path / f"{stem}{entry}", sensor="wrist")
        assert np.array_equal(other.samples[0].xyz_g, 2 * truth()[:50])
    (tmp_path / f"{stem}_channels.tsv").write_text("name\ttype\nx\tGYRO")
    with pytest.raises(FileFormatError, match="type ACCEL"):
        recordings.read(tmp_path)


def test_arrays_of_other_programs_are_read_by_their_names(tmp_path: Path) -> None:
    from scipy.io import savemat

    h5py = pytest.importorskip("h5py")
    xyz_g, time_s = truth(), np.arange(3000) / RATE_HZ
    np.savez(tmp_path / "a.npz", accel=xyz_g.astype(float), time=1.7e9 + time_s, fs=100.0)
    savemat(tmp_path / "a.mat", {"data": {"acc": xyz_g, "fs": 100.0, "unit": "g"}})
    (tmp_path / "a.json").write_text(json.dumps({"unit": "mg", "fs": 100, "x": (1000 * xyz_g[:, 0]).tolist(),
        "y": (1000 * xyz_g[:, 1]).tolist(), "z": (1000 * xyz_g[:, 2]).tolist()}))  # fmt: skip
    records = [{"timestamp": 10 * k, "acc": dict(zip("xyz", map(float, r), strict=True))} for k, r in enumerate(xyz_g)]
    (tmp_path / "b.json").write_text(json.dumps({"samples": records}))
    (tmp_path / "c.json").write_text("\n".join(json.dumps(r) for r in records))
    with h5py.File(tmp_path / "a.h5", "w") as file:
        for k, name in enumerate(("100", "200")):
            group = file.create_group(f"Sensors/{name}")
            group.create_dataset("Accelerometer", data=(k + 1) * xyz_g.astype(float) * 9.80665).attrs["Units"] = "m/s^2"
            group.create_dataset("Time", data=(1.7e15 + time_s * 1e6).astype(np.int64))
            group.create_dataset("Gyroscope", data=np.zeros((3000, 3)))
    for name in ("a.npz", "a.mat", "a.json", "b.json", "c.json", "a.h5"):
        found = recordings.read(tmp_path / name)
        assert found.rate_hz == pytest.approx(100.0, rel=1e-6), name
        assert np.abs(joined(found) - xyz_g).max() < 1e-6, name
    assert found.sensors == ("Sensors/100", "Sensors/200")
    assert found.start_ns == pytest.approx(1.7e18, abs=1000)
    assert joined(recordings.read(tmp_path / "a.h5", sensor="200"))[0] == pytest.approx(2 * xyz_g[0], abs=1e-6)


def test_arrays_that_claim_more_than_is_there_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "big.npz"
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (9000000000, 3), }".ljust(117) + b"\n"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xyz_g.npy", b"\x93NUMPY\x01\x00" + struct.pack("<H", 118) + header)
    with pytest.raises(FileFormatError, match="damaged"):
        recordings.read(path)


@pytest.mark.parametrize("edit", ["run_length", "run_start_s"])
def test_runs_that_do_not_fit_their_samples_are_refused(tmp_path: Path, edit: str) -> None:
    held = {
        "xyz_g": truth(),
        "rate_hz": 100.0,
        "run_start_s": np.array([0.0, 20.0]),
        "run_length": np.array([1500, 1500]),
    }
    held[edit] = np.array([7.0, 3.0])
    np.savez(tmp_path / "r.npz", **held)  # type: ignore[arg-type]
    with pytest.raises(FileFormatError, match="do not fit"):
        recordings.read(tmp_path / "r.npz")


@pytest.mark.parametrize(
    ("kind", "package", "extra"),
    [
        ("hdf5", "h5py", "hdf5"),
        ("parquet", "pyarrow", "parquet"),
        ("avro", "fastavro", "formats"),
        ("xdf", "pyxdf", "formats"),
    ],
)
def test_a_missing_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, package: str, extra: str
) -> None:
    import sys

    path = MAKERS[kind](tmp_path)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtraError, match=rf"tremorscope\[{extra}\]"):
        recordings.read(path)


def test_zeros_of_an_edf_are_a_gap_when_its_note_is_lost(tmp_path: Path) -> None:
    edfio = pytest.importorskip("edfio")
    xyz_g = truth()
    xyz_g[1000:1300] = 0.0
    signals = [
        edfio.EdfSignal(
            xyz_g[:, k].astype(float), 100.0, label=f"acc {a}", physical_dimension="g", physical_range=(-2, 2)
        )
        for k, a in enumerate("xyz")
    ]
    edfio.Edf(signals).write(tmp_path / "z.edf")
    found = recordings.read(tmp_path / "z.edf")
    assert [len(s) for s in found.samples] == [1000, 1700]
    assert any("3.0 s are exactly zero" in w for w in found.warnings)


def turned(error_gain: float, offset_g: float, *, postures: int) -> list[Samples]:
    """An hour of rest in many postures, read by a sensor that is a little off."""
    rng = np.random.default_rng(3)
    directions = rng.normal(size=(postures, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    rest = np.repeat(directions, 600, axis=0) + rng.normal(scale=0.003, size=(600 * postures, 3))
    return [Samples(xyz_g=(rest / error_gain - offset_g).astype(np.float32), rate_hz=20.0)]


def test_rest_in_many_postures_calibrates_to_gravity_and_the_report_says_how(tmp_path: Path) -> None:
    from recordings.calibration import calibrated

    made = replace(recorded(), samples=turned(1.03, 0.02, postures=60), rate_hz=20.0)
    found = calibrated(made)
    assert "gain 1.0300, 1.0300, 1.0300; offset 0.0200, 0.0200, 0.0200 g" in found.details["calibration"]
    size = np.linalg.norm(found.samples[0].xyz_g, axis=1)
    assert abs(size.mean() - 1.0) < 1e-3
    assert any("calibrated to gravity" in w for w in found.warnings)
    lazy = LazySamples([len(made.samples[0])], lambda _: made.samples[0])
    assert np.array_equal(calibrated(replace(made, samples=lazy)).samples[0].xyz_g, found.samples[0].xyz_g)


def test_too_little_rest_too_few_postures_or_a_broken_sensor_calibrate_nothing(tmp_path: Path) -> None:
    from recordings.calibration import calibrated

    made = recorded()
    found = recordings.read(loggers.cwa(tmp_path / "a.cwa"), calibrate=True)
    assert any("not calibrated to gravity: only 0" in w for w in found.warnings)
    flat = Samples(xyz_g=np.tile(np.float32([0, 0, 1]), (9000, 1)), rate_hz=20.0)
    cases = {"too few postures": [flat], "beyond any sensor": turned(1.5, 0.0, postures=60)}
    for words, samples in cases.items():
        assert any(words in w for w in calibrated(replace(made, samples=samples)).warnings)
    with pytest.raises(dsp.InputError, match="gravity was taken out"):
        calibrated(replace(made, gravity=False))
