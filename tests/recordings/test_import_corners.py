"""Corners of formats that whole files seldom show (synthetic)."""

import json
import struct
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import recordings
from dsp import FileFormatError, InputError, Placement, Samples, Side, TimeSource, TremorscopeError
from recordings import Marker
from recordings.importers.archive import extract, is_whole, members_of
from recordings.importers.avro_partial import read_first_record
from recordings.importers.blocks import block_runs
from recordings.importers.clock import texts_to_seconds, utc_of_number
from recordings.importers.units import decide_unit
from recordings.importers.worn import worn_of
from recordings.lazy import LazySamples
from tests.formats import loggers, texts
from tests.formats.truth import RATE_HZ, recorded, truth


def joined(found: recordings.Recording) -> np.ndarray:
    return np.concatenate([run.xyz_g for run in found.samples])


def wfdb_record(folder: Path, form: str, data: bytes, gain: int = 64) -> Path:
    (folder / "r.dat").write_bytes(data)
    lines = [f"r.dat {form} {gain}(0)/g 12 0 0 0 0 acc_{a}" for a in "xyz"]
    (folder / "r.hea").write_text(
        "\n".join([f"r 3 {RATE_HZ:g} 3000 22:13:20 14/11/2023", *lines, "# right ankle"]) + "\n"
    )
    return folder / "r.hea"


def in_words(triples: np.ndarray) -> bytes:
    """Format 310: three values of ten bits in two words, the third in their upper bits."""
    a, b, c = (triples[:, k].astype(np.int64) & 0x3FF for k in range(3))
    low, high = a << 1 | (c & 0x1F) << 11, b << 1 | (c >> 5) << 11
    return np.stack([low, high], axis=1).astype("<u2").tobytes()


def in_double_words(triples: np.ndarray) -> bytes:
    """Format 311: three values of ten bits in one word of 32."""
    a, b, c = (triples[:, k].astype(np.int64) & 0x3FF for k in range(3))
    return (a | b << 10 | c << 20).astype("<u4").tobytes()


@pytest.mark.parametrize("form", ["8", "61", "160", "310", "311"])
def test_the_seldom_formats_of_wfdb_are_read_after_its_manual(tmp_path: Path, form: str) -> None:
    counts = np.round(truth() * 64).astype(np.int64)
    data = {
        "8": lambda: np.diff(counts, axis=0, prepend=np.zeros((1, 3), int)).astype(np.int8).tobytes(),
        "61": lambda: counts.astype(">i2").tobytes(),
        "160": lambda: (counts + 32768).astype("<u2").tobytes(),
        "310": lambda: in_words(counts),
        "311": lambda: in_double_words(counts),
    }[form]()
    found = recordings.read(wfdb_record(tmp_path, form, data))
    assert np.abs(joined(found) - counts / 64).max() < 1e-6
    assert (found.placement, found.side) == (Placement.ANKLE, Side.RIGHT)
    assert found.start_ns == np.datetime64("2023-11-14T22:13:20", "ns").astype(int)


def test_signals_of_unknown_or_several_formats_are_refused(tmp_path: Path) -> None:
    path = wfdb_record(tmp_path, "16", bytes(6000))
    text = path.read_text()
    path.write_text(text.replace("r.dat 16 64(0)/g 12 0 0 0 0 acc_y", "r.dat 212 64(0)/g 12 0 0 0 0 acc_y"))
    with pytest.raises(FileFormatError, match="convert them to format 16"):
        recordings.read(path)
    path.write_text(text.replace("acc_y", "acc_y\n# a remark").replace("r.dat 16", "../r.dat 16"))
    with pytest.raises(FileFormatError, match="not beside it"):
        recordings.read(path)
    invalid = np.full((500, 3), -32768, "<i2").tobytes()
    with pytest.raises(FileFormatError, match="marked as missing"):
        recordings.read(wfdb_record(tmp_path, "16", invalid))


def test_exported_annotations_come_back_as_markers(tmp_path: Path) -> None:
    marks = (Marker(start_s=3.0, end_s=3.0, text="began"), Marker(start_s=10.0, end_s=12.5, text="held"))
    made = replace(recorded(), markers=marks)
    for name in ("night.hea", "sub-1_task-a_tracksys-imu_motion.tsv", "night.bdf"):
        back = recordings.read(recordings.export("samples", tmp_path / name, recording=made))
        kept = [(m.start_s, m.end_s, m.text) for m in back.markers if m.text in ("began", "held")]
        assert kept == [(3.0, 3.0, "began"), (10.0, pytest.approx(12.5), "held")], name


def test_annotations_far_apart_or_cut_short_are_read_as_far_as_they_go(tmp_path: Path) -> None:
    path = wfdb_record(tmp_path, "16", np.round(truth() * 64).astype("<i2").tobytes())
    jump = struct.pack("<H", 59 << 10) + struct.pack("<HH", 0, 2000)
    note = struct.pack("<H", 22 << 10) + struct.pack("<H", 61 << 10 | 3) + struct.pack("<H", 63 << 10 | 3) + b"jerk"
    (tmp_path / "r.atr").write_bytes(jump + note + struct.pack("<H", 22 << 10 | 50) + b"\x01")
    assert [(m.start_s, m.text) for m in recordings.read(path).markers] == [(20.0, "jer")]
    (tmp_path / "r.atr").write_bytes(jump + note + bytes(2) + note)
    assert len(recordings.read(path).markers) == 1


def test_a_zip_of_recordings_that_are_several_files_offers_each_once(tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    recordings.export("samples", inside / "night.hea", recording=recorded())
    recordings.export("samples", inside / "sub-1_task-a_tracksys-imu_motion.tsv", recording=recorded())
    loggers.tsdf(inside / "watch")
    (inside / "__MACOSX").mkdir()
    (inside / "__MACOSX" / "x.csv").write_bytes(texts.phyphox())
    packed = tmp_path / "all.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(inside.rglob("*")):
            archive.write(path, str(path.relative_to(inside)))
    found = recordings.read(packed)
    assert len(found.sensors) == 3
    for word, format_id in (("night", "wfdb"), ("watch", "tsdf"), ("motion", "bids-motion")):
        assert recordings.read(packed, sensor=word).format == format_id


def test_a_member_that_climbs_out_of_its_zip_stays_inside(tmp_path: Path) -> None:
    packed = tmp_path / "deep" / "evil.zip"
    packed.parent.mkdir()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../../climbed.csv", texts.phyphox())
    assert recordings.read(packed).format == "phyphox"
    assert not (tmp_path / "climbed.csv").exists()


def test_parts_of_a_damaged_zip_are_named_by_their_headers(tmp_path: Path) -> None:
    packed = tmp_path / "a.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("one.txt", b"1" * 1000)
        archive.writestr("two.txt", b"2" * 1000)
    assert is_whole(packed, "two.txt")
    packed.write_bytes(packed.read_bytes()[:1500])
    assert members_of(packed) == ["one.txt", "two.txt"]
    assert extract(packed, "one.txt") == b"1" * 1000
    assert 0 < len(extract(packed, "two.txt")) < 1000
    assert not is_whole(packed, "two.txt")
    with pytest.raises(FileFormatError, match="cannot be unpacked"):
        extract(packed, "three.txt")


def test_a_member_that_unpacks_without_end_is_refused(tmp_path: Path) -> None:
    packed = tmp_path / "bomb.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("info.txt", b"0" * (4 << 20))
    with pytest.raises(FileFormatError, match="damaged or hostile"):
        extract(packed, "info.txt", 1 << 20)


@pytest.mark.parametrize("codec", ["null", "deflate"])
def test_every_type_of_avro_before_the_damage_is_passed_over(tmp_path: Path, codec: str) -> None:
    fastavro = pytest.importorskip("fastavro")
    inner = {"type": "record", "name": "Inner", "fields": [{"name": "v", "type": "long"}]}
    fields = [
        {"name": "flag", "type": "boolean"}, {"name": "d", "type": "double"}, {"name": "f", "type": "float"},
        {"name": "s", "type": ["null", "string"]}, {"name": "e", "type": {"type": "enum", "name": "E", "symbols": ["A", "B"]}},
        {"name": "x", "type": {"type": "fixed", "name": "X", "size": 3}}, {"name": "r", "type": inner},
        {"name": "rs", "type": {"type": "array", "items": "Inner"}}, {"name": "ss", "type": {"type": "array", "items": "string"}},
        {"name": "n", "type": {"type": "array", "items": "int"}},
    ]  # fmt: skip
    record = {
        "flag": True, "d": 0.5, "f": 0.25, "s": "word", "e": "B", "x": b"abc", "r": {"v": -7}, "rs": [{"v": 1}, {"v": 2}],
        "ss": ["a", "b"], "n": [0, -1, 1, 63, -64, 64, 2**31 - 1, -(2**31)] * 500,
    }  # fmt: skip
    path = tmp_path / "t.avro"
    with path.open("wb") as file:
        fastavro.writer(file, {"type": "record", "name": "R", "fields": fields}, [record], codec=codec)
    whole = read_first_record(path.read_bytes())
    assert whole == record | {"e": 1}
    cut = read_first_record(path.read_bytes()[: -2000 if codec == "null" else -30])
    assert 0 < len(cut["n"]) <= 4000
    assert cut["n"] == record["n"][: len(cut["n"])]


def test_umafall_is_read_and_a_broken_table_refused(tmp_path: Path) -> None:
    head = "% Sensor_ID; Position; Device Model\n%MAC; 0; RIGHTPOCKET; phone\n%MAC; 3; ANKLE; tag\n%\n"
    rows = [f"{k * 50};{k};{x};{y};{z};0;{s}" for k, (x, y, z) in enumerate(truth(4.0)) for s in (0, 3)]
    path = tmp_path / "u.csv"
    path.write_text(head + "\n".join(rows))
    found = recordings.read(path)
    assert (found.sensor, found.placement, found.sensors) == ("ankle", Placement.ANKLE, ("ankle", "pocket"))
    path.write_text(head + "\n".join(rows) + "\n7;x;y\n")
    with pytest.raises(FileFormatError, match="table is damaged"):
        recordings.read(path)
    path.write_text("% Sensor_ID; Position\n1;2;3\n")
    with pytest.raises(FileFormatError, match="names no sensor"):
        recordings.read(path)
    path.write_text(head + rows[0])
    with pytest.raises(FileFormatError, match="no rows of acceleration"):
        recordings.read(path)


def test_rows_of_json_without_names_are_taken_by_their_order(tmp_path: Path) -> None:
    rows = [[k / RATE_HZ, *map(float, r)] for k, r in enumerate(truth())]
    path = tmp_path / "rows.json"
    path.write_text(json.dumps({"data": rows}))
    assert np.array_equal(joined(recordings.read(path)), truth())
    path.write_text(json.dumps([[1, 2, 3], [4, 5]]))
    with pytest.raises(TremorscopeError):
        recordings.read(path)


def test_damaged_packets_of_movesense_are_left_out(tmp_path: Path) -> None:
    held = json.loads(texts.movesense_json())
    held["data"][7]["acc"]["ArrayAcc"][0] = {"x": 1}
    held["data"][9]["acc"]["Timestamp"] = None
    path = tmp_path / "m.json"
    path.write_text(json.dumps(held))
    found = recordings.read(path)
    assert sum(len(s) for s in found.samples) == 3000 - 16
    assert any("2 packets were damaged" in w for w in found.warnings)


def test_records_of_several_sensors_are_told_apart(tmp_path: Path) -> None:
    records = [
        {"device": name, "timestamp": 10 * k, "x": float(x), "y": float(y), "z": float(z)}
        for k, (x, y, z) in enumerate(truth(4.0))
        for name in ("left ankle", "right ankle")
    ]
    path = tmp_path / "two.json"
    path.write_text(json.dumps(records))
    assert recordings.read(path).sensors == ("left ankle", "right ankle")
    assert recordings.read(path, sensor="right").sensor == "right ankle"


@pytest.mark.parametrize(
    ("stamps", "seconds"),
    [
        (["11:59:59.5 PM", "12:00:00.0 AM"], [0, 0.5]), (["59:59.5", "0:00.0"], None),
        (["2024-05-01T10:00:00+0200", "2024-05-01T08:00:01Z"], [0, 1]), (["1.5.2024 9:00:00", "1.5.2024 9:00:01"], [0, 1]),
        (["05/13/2024 12:00:01 PM", "05/13/2024 1:00:01 PM"], [0, 3600]),
    ],
)  # fmt: skip
def test_times_of_many_countries_are_read(stamps: list[str], seconds: list[float] | None) -> None:
    found, _ = texts_to_seconds(stamps)
    if seconds is not None:
        assert found.tolist() == pytest.approx(seconds)
    assert texts_to_seconds([])[1] is None


def test_a_number_is_a_date_or_none() -> None:
    assert utc_of_number(1.7e12) == 1_700_000_000_000_000_000
    assert utc_of_number(61.5) is None


def test_words_for_places_are_understood() -> None:
    assert worn_of("left lower leg") == (Placement.CALF, Side.LEFT)
    assert worn_of("Handgelenk rechts") == (Placement.WRIST, Side.RIGHT)
    assert worn_of("wrist and ankle, both") == (Placement.UNKNOWN, Side.UNKNOWN)
    assert worn_of("background") == (Placement.UNKNOWN, Side.UNKNOWN)


def test_a_limb_that_turns_all_the_time_still_tells_its_unit() -> None:
    angle = np.linspace(0, 60 * np.pi, 3000)
    turning = np.stack([np.cos(angle), np.sin(angle), np.zeros(3000)], axis=1).astype(np.float32)
    assert decide_unit(turning * 1000, None).name == "mg"


def test_a_sensor_that_never_changes_is_told(tmp_path: Path) -> None:
    path = tmp_path / "dead.csv"
    path.write_text("time_s,x_g,y_g,z_g\n" + "".join(f"{k / 50},0,0,0\n" for k in range(300)))
    assert any("the sensor was dead" in w for w in recordings.read(path).warnings)


def test_what_times_rest_on_is_kept(tmp_path: Path) -> None:
    stamped = recordings.read(loggers.cwa(tmp_path / "a.cwa")).samples[0].quality
    assert (stamped.time_source, stamped.range_g) == (TimeSource.DEVICE, 8.0)
    assert recordings.read(loggers.wav(tmp_path / "a.wav")).samples[0].quality.time_source is TimeSource.NOMINAL


def test_blocks_with_a_broken_clock_take_the_rate_they_were_set_to() -> None:
    counts = np.full(50, 100)
    runs, rate, _ = block_runs(np.arange(50) * 3.0, counts, 100.0)
    assert rate == pytest.approx(100.0)
    assert len(runs) == 50
    runs, rate, warnings = block_runs(np.array([0.0]), np.array([100]), 20.0)
    assert (len(runs), rate) == (1, 20.0)
    assert any("too low for tremor" in w for w in warnings)


def test_lazy_samples_are_a_sequence() -> None:
    made = [Samples(xyz_g=truth(1.0), rate_hz=100.0, start_s=float(k)) for k in range(3)]
    asked: list[int] = []

    def decode(i: int) -> Samples:
        asked.append(i)
        return made[i]

    lazy = LazySamples([100] * 3, decode)
    assert lazy[-1] is lazy[2]
    assert asked == [2]
    assert lazy[0:2] == made[:2]
    assert [s.start_s for s in lazy] == [0.0, 1.0, 2.0]
    with pytest.raises(IndexError):
        lazy[3]


def test_a_gap_of_years_makes_no_grid_of_gigabytes() -> None:
    runs = [Samples(xyz_g=truth(1.0), rate_hz=100.0, start_s=at) for at in (0.0, 1e9)]
    with pytest.raises(InputError, match="make no even grid"):
        replace(recorded(), samples=runs).to_array()


def test_a_bids_data_set_is_read_by_its_folder(tmp_path: Path) -> None:
    folder = recordings.export("samples", tmp_path / "set.bids", recording=recorded())
    assert np.array_equal(joined(recordings.read(folder)), truth())


def test_a_folder_of_several_recordings_has_to_be_imported(tmp_path: Path) -> None:
    loggers.cwa(tmp_path / "a.cwa")
    with pytest.raises(FileFormatError, match="tremorscope import"):
        recordings.read(tmp_path)
    with pytest.raises(FileFormatError, match="no sensor 'left'"):
        recordings.read(tmp_path / "a.cwa", sensor="left")


def test_an_npz_that_is_damaged_beside_its_samples_is_read_with_a_warning(tmp_path: Path) -> None:
    path = recordings.export("samples", tmp_path / "a.npz", recording=recorded())
    raw = bytearray(path.read_bytes())
    at = raw.find(b"time_s.npy")
    raw[at + 300] ^= 1
    path.write_bytes(bytes(raw))
    found = recordings.read(path)
    assert np.array_equal(joined(found), truth())
    assert any("time_s.npy cannot be read" in w for w in found.warnings)
    path.write_bytes(path.read_bytes()[:-60])  # the end of the directory
    assert np.array_equal(joined(recordings.read(path)), truth())


def test_calibration_of_a_path_goes_through_the_front_door(tmp_path: Path) -> None:
    import tremorscope as ts

    path = loggers.cwa(tmp_path / "a.cwa")
    assert any("not calibrated" in w for w in ts.read(path, calibrate=True).warnings)
    assert len(ts.analyze(path, calibrate=True).frames) == len(ts.analyze(path).frames)
    (tmp_path / "l.csv").write_bytes(texts.phyphox(linear=True))
    with pytest.raises(InputError, match="gravity was taken out"):
        ts.read(tmp_path / "l.csv", calibrate=True)


def edf(path: Path, **labels: str) -> Path:
    """Three signals of 100 Hz in records of a second."""
    edfio = pytest.importorskip("edfio")
    signals = [
        edfio.EdfSignal(
            truth()[:, k].astype(float), RATE_HZ, label=label, physical_dimension=unit, physical_range=(-4, 4)
        )
        for k, (label, unit) in enumerate(labels.items())
    ]
    edfio.Edf(signals, annotations=[edfio.EdfAnnotation(1.0, None, "note")]).write(path)
    return path


@pytest.mark.parametrize("names", [("acc X", "acc Y", "acc Z"), ("AccX", "AccY", "AccZ"), ("X", "Y", "Z")])
def test_axes_of_an_edf_are_found_by_many_names(tmp_path: Path, names: tuple[str, str, str]) -> None:
    found = recordings.read(edf(tmp_path / "a.edf", **dict.fromkeys(names, "g")))
    assert np.abs(joined(found) - truth()).max() < 2e-4
    assert "note" in [m.text for m in found.markers]


def test_an_edf_without_axes_or_with_damage_is_refused(tmp_path: Path) -> None:
    path = edf(tmp_path / "a.edf", EEG1="uV", EEG2="uV", EEG3="uV")
    with pytest.raises(FileFormatError, match="it holds EEG1, EEG2, EEG3"):
        recordings.read(path)


def test_a_discontinuous_edf_has_its_gaps_where_its_records_say(tmp_path: Path) -> None:
    path = edf(tmp_path / "a.edf", X="g", Y="g", Z="g")
    raw = bytearray(path.read_bytes())
    raw[192:197] = b"EDF+D"
    for second in range(20, 30):  # what follows was recorded half a minute later
        raw = bytearray(bytes(raw).replace(b"+%d\x14\x14" % second, b"+%d\x14\x14" % (second + 30)))
    path.write_bytes(bytes(raw))
    found = recordings.read(path)
    assert [len(s) for s in found.samples] == [2000, 1000]
    assert found.samples[1].start_s == pytest.approx(50.0, abs=0.01)


def test_one_array_of_numpy_is_read_when_its_rate_is_named(tmp_path: Path) -> None:
    path = tmp_path / "a.npy"
    np.save(path, truth().T)
    assert np.array_equal(joined(recordings.read(path, rate_hz=100.0)), truth())
    with pytest.raises(FileFormatError, match="--rate"):
        recordings.read(path)
    path.write_bytes(path.read_bytes()[:300])
    with pytest.raises(FileFormatError, match="NPY file is damaged"):
        recordings.read(path, rate_hz=100.0)


def test_the_older_header_of_shimmer_is_read_through_its_four_rows(tmp_path: Path) -> None:
    head = ["Shimmer 5E75"] * 4
    names = ["Timestamp", *(f"Low Noise Accelerometer {a}" for a in "XYZ")]
    rows = [[f"{k * 10:.3f}", *(f"{v * 9.80665:.6f}" for v in r)] for k, r in enumerate(truth())]
    lines = [head, names, ["CAL"] * 4, ["mSecs", *["m/(sec^2)"] * 3], *rows]
    path = tmp_path / "s.csv"
    path.write_text("\n".join("\t".join(line) for line in lines))
    found = recordings.read(path)
    assert (found.format, found.unit) == ("shimmer-csv", "m/s2")
    assert np.abs(joined(found) - truth()).max() < 1e-5


def test_hdf5_without_acceleration_or_with_absurd_claims_is_refused(tmp_path: Path) -> None:
    h5py = pytest.importorskip("h5py")
    path = tmp_path / "a.h5"
    with h5py.File(path, "w") as file:
        file.create_dataset("temperature", data=np.arange(99.0))
    with pytest.raises(FileFormatError, match="it holds temperature"):
        recordings.read(path)
    with h5py.File(path, "w") as file:
        file.create_group("empty")
    with pytest.raises(FileFormatError, match="no datasets"):
        recordings.read(path)
    with h5py.File(path, "w") as file:
        file.create_dataset("xyz_g", shape=(10**9, 3), dtype="f4", chunks=(1000, 3))
    with pytest.raises(FileFormatError, match="claims 12000000000 bytes"):
        recordings.read(path)


def test_xdf_of_a_device_that_names_nothing_but_itself(tmp_path: Path) -> None:
    path = loggers.xdf(tmp_path / "a.xdf", name="Accelerometer", kind="misc")
    raw = path.read_bytes()
    begin, end = raw.find(b"<desc>"), raw.find(b"</desc>") + 7
    bare = raw[:begin] + b" " * (end - begin) + raw[end:]
    path.write_bytes(bare)
    found = recordings.read(path)
    assert found.unit == "g"
    assert any("names no unit" in w for w in found.warnings)
    path.write_bytes(raw.replace(b"<channel_count>3<", b"<channel_count>x<"))
    with pytest.raises(FileFormatError, match="none of its streams"):
        recordings.read(path)
