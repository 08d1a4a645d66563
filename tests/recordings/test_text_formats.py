"""Text files of every maker, encoding, separator and clock hold the same acceleration (synthetic)."""

import gzip
import zipfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import recordings
from dsp import FileFormatError, Placement, RateError, TremorscopeError, UnitError
from recordings.importers.clock import numbers_to_seconds, texts_to_seconds
from recordings.importers.columns import find_axes, find_times
from recordings.importers.units import parse_unit
from tests.formats import texts
from tests.formats.truth import RATE_HZ, START_NS, truth

WITHIN_G = {"activpal": 1 / 127, "polar": 0.0006}


def read_bytes(folder: Path, data: bytes, *, name: str = "file.dat", **asked: str | float) -> recordings.Recording:
    path = folder / name
    path.write_bytes(data)
    return recordings.read(path, **asked)  # type: ignore[arg-type]


def joined(found: recordings.Recording) -> np.ndarray:
    return np.concatenate([run.xyz_g for run in found.samples])


@pytest.mark.parametrize("kind", texts.TEXTS)
def test_every_text_format_gives_the_truth(tmp_path: Path, kind: str) -> None:
    found = read_bytes(tmp_path, texts.TEXTS[kind]())
    assert len(found.samples) == 1
    assert found.rate_hz == pytest.approx(RATE_HZ, rel=1e-5)
    assert np.abs(joined(found) - truth()).max() <= WITHIN_G.get(kind, 1e-6)


@pytest.mark.parametrize("kind", texts.STAMPS)
def test_every_kind_of_time_is_understood(tmp_path: Path, kind: str) -> None:
    found = read_bytes(tmp_path, texts.stamped(kind))
    assert found.rate_hz == pytest.approx(RATE_HZ, rel=1e-5)
    assert len(joined(found)) == 3000
    if kind in texts.WITH_START:
        assert found.start_ns == pytest.approx(START_NS, abs=1000)
    else:
        assert found.start_ns is None


@pytest.mark.parametrize(
    ("kind", "format_id"),
    [
        ("phyphox", "phyphox"), ("sensor logger", "sensor-logger"), ("polar", "polar-sensor-logger"),
        ("physics toolbox", "physics-toolbox"), ("shimmer", "shimmer-csv"), ("actigraph", "actigraph-csv"),
        ("geneactiv", "geneactiv-csv"), ("activpal", "activpal3-csv"), ("mhealth", "mhealth-csv"), ("xsens dot", "xsens"),
        ("ngimu", "ngimu"), ("movesense csv", "movesense-csv"), ("movesense json", "movesense-json"),
    ],
)  # fmt: skip
def test_makers_are_recognised_by_content(tmp_path: Path, kind: str, format_id: str) -> None:
    assert read_bytes(tmp_path, texts.TEXTS[kind](), name="a.bin").format == format_id


def test_polar_stamps_of_the_sensor_are_used_and_the_phone_gives_the_start(tmp_path: Path) -> None:
    found = read_bytes(tmp_path, texts.polar())
    assert found.start_ns == START_NS
    assert found.unit == "mg"
    assert not found.warnings


def test_a_lost_stretch_in_a_counter_is_a_gap(tmp_path: Path) -> None:
    found = read_bytes(tmp_path, texts.xsens())
    assert [(round(s.start_s, 6), len(s)) for s in found.samples] == [(0.0, 1000), (12.0, 1800)]


@pytest.mark.parametrize("make", [texts.phyphox, texts.sensor_logger])
def test_linear_acceleration_of_phones_is_known_to_have_no_gravity(tmp_path: Path, make: object) -> None:
    data = texts.phyphox(linear=True) if make is texts.phyphox else texts.sensor_logger(gravity=False)
    found = read_bytes(tmp_path, data)
    assert found.gravity is False
    assert np.abs(joined(found) - (truth() - [0.1, -0.2, 0.97])).max() < 1e-6


def test_the_other_accelerometer_of_a_shimmer_can_be_chosen_by_a_part_of_its_name(tmp_path: Path) -> None:
    found = read_bytes(tmp_path, texts.shimmer(), sensor="wr")
    assert np.abs(joined(found) - 1.02 * truth()).max() < 1e-5
    with pytest.raises(FileFormatError, match="several sensors like 'accel'"):
        read_bytes(tmp_path, texts.shimmer(), sensor="accel")


def test_actigraph_without_stamps_starts_where_its_header_says(tmp_path: Path) -> None:
    found = read_bytes(tmp_path, texts.actigraph(stamps=False))
    assert found.start_ns == np.datetime64("2018-06-14T11:27:00", "ns").astype(int)


def test_counts_with_another_zero_can_be_named(tmp_path: Path) -> None:
    counts = np.round((truth() + 1.5) * 63 / 3)
    data = "\n".join(" ".join(f"{v:.0f}" for v in row) for row in counts).encode()
    found = read_bytes(tmp_path, data, unit="counts:0.047619:31.5", rate_hz=32.0)
    assert np.abs(joined(found) - truth()).max() < 0.025
    assert parse_unit("counts:0.5").zero == 0.0


def test_a_table_without_names_offers_every_triple_of_columns(tmp_path: Path) -> None:
    rows = [f"{k * 10},{x},{y},{z},{2 * x},{y},{z}" for k, (x, y, z) in enumerate(truth())]
    first = read_bytes(tmp_path, "\n".join(rows).encode())
    assert first.sensors == ("columns 2-4", "columns 5-7")
    second = read_bytes(tmp_path, "\n".join(rows).encode(), sensor="columns 5-7")
    assert np.allclose(joined(second)[:, 0], 2 * joined(first)[:, 0])


def test_daphnet_offers_its_three_places(tmp_path: Path) -> None:
    mg = np.round(truth() * 1000)
    rows = [
        " ".join([str(int(k * 15.625)), *(f"{v:.0f}" for v in (*r, *(r * [1, 1, -1]), *r)), "1"])
        for k, r in enumerate(mg)
    ]
    found = read_bytes(tmp_path, "\n".join(rows).encode(), sensor="thigh")
    assert (found.format, found.placement, found.unit) == ("daphnet", Placement.THIGH, "mg")
    assert joined(found)[:, 2].mean() == pytest.approx(-0.97, abs=0.01)


def canonical(**changes: object) -> list[str]:
    rows = [f"{k / 100:.2f},{x},{y},{z}" for k, (x, y, z) in enumerate(truth())]
    return ["time_s,x_g,y_g,z_g", *rows]


def test_holes_and_words_in_a_table_are_left_out_and_told(tmp_path: Path) -> None:
    lines = canonical()
    lines[100] = "0.99,,,"
    lines[200] = "1.99,NaN,0.1,n/a"
    lines[300] = "garbage"
    lines[400] = lines[400].rsplit(",", 1)[0]
    found = read_bytes(tmp_path, "\n".join(lines).encode())
    assert sum(len(s) for s in found.samples) == 2996
    assert any("rows were not numbers" in w for w in found.warnings)
    assert any("gaps" in w for w in found.warnings)


def test_a_stamp_far_from_its_neighbours_is_left_out(tmp_path: Path) -> None:
    lines = canonical()
    lines[1500] = "99999999" + lines[1500]
    found = read_bytes(tmp_path, "\n".join(lines).encode())
    assert any("far from their neighbours" in w for w in found.warnings)
    assert found.duration_s == pytest.approx(30.0)


def test_a_clock_that_was_set_back_is_put_behind_and_told(tmp_path: Path) -> None:
    lines = canonical()
    first, second = lines[1:2001], lines[501:1501]
    found = read_bytes(tmp_path, "\n".join([lines[0], *first, *second]).encode())
    assert [len(s) for s in found.samples] == [2000, 1000]
    assert found.samples[1].start_s == pytest.approx(21.0, abs=0.02)
    assert any("set back 1 times" in w for w in found.warnings)


def test_repeated_and_swapped_rows_are_told(tmp_path: Path) -> None:
    lines = canonical()
    lines[10], lines[11] = lines[11], lines[10]
    lines.insert(500, lines[500])
    found = read_bytes(tmp_path, "\n".join(lines).encode())
    assert len(joined(found)) == 3000
    assert any("sorted" in w for w in found.warnings)
    assert any("repeat a time stamp" in w for w in found.warnings)


@pytest.mark.parametrize(
    ("data", "error", "words"),
    [
        (b"time_s,x_g,y_g\n" + b"0.0,0.1,0.2\n" * 9, FileFormatError, "no column for the z axis"),
        (b"time_s,gyro_x,gyro_y,gyro_z\n0,1,2,3\n0.01,1,2,3\n", FileFormatError, "no column"),
        (b"0.1 0.2\n" * 50, FileFormatError, "no rows of numbers"),
        (b"0.1,0.2,0.97\n" * 50, FileFormatError, "--rate"),
        (b"x,y,z\n" + b"100,200,970\n" * 50, FileFormatError, "--rate"),
        (b"time_s,x,y,z\n" + b"".join(b"%.2f,100,200,300\n" % (k / 50) for k in range(99)), UnitError, "--unit"),
        (b"time,x,y,z\n" + b"".join(b"%d,0,0,1\n" % (77 * k**3) for k in range(99)), TremorscopeError, "rate"),
        (b"{\"a\": [1, 2, 3", FileFormatError, "JSON is damaged"),
        (b"[1, 2, \"x\"]", FileFormatError, "no acceleration in a form that is known"),
        (b"{\"a\": \"b\"}", FileFormatError, "xyz_g"),
    ],
)  # fmt: skip
def test_what_is_missing_is_named(tmp_path: Path, data: bytes, error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        read_bytes(tmp_path, data)


def test_an_absurd_rate_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RateError):
        read_bytes(tmp_path, b"0.1,0.2,0.97\n" * 50, rate_hz=float("nan"))


@pytest.mark.parametrize("packer", ["gz", "bz2", "xz"])
def test_packed_tables_are_unpacked_as_far_as_they_go(tmp_path: Path, packer: str) -> None:
    import bz2
    import lzma

    pack = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress}[packer]
    data = pack(texts.phyphox())
    assert len(joined(read_bytes(tmp_path, data))) == 3000
    if packer == "gz":
        saved = read_bytes(tmp_path, data[: len(data) // 2])
        assert 500 < len(joined(saved)) < 3000
        assert any("what came before was saved" in w for w in saved.warnings)


def test_a_bomb_is_not_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("recordings.importers.archive.LARGEST_UNPACKED", 1 << 20)
    with pytest.raises(FileFormatError, match="unpacks to more"):
        read_bytes(tmp_path, gzip.compress(b"0" * (3 << 20)))
    nested = texts.phyphox()
    for _ in range(5):
        nested = gzip.compress(nested)
    with pytest.raises(FileFormatError, match="packed 3 times over"):
        read_bytes(tmp_path, nested)


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def test_a_phyphox_zip_gives_its_raw_data_and_its_start(tmp_path: Path) -> None:
    meta = b'"event","experiment time","system time","system time text"\n"START",0.5,1700000000.5,"x"\n"PAUSE",30,1700000030,"y"\n'
    path = zipped(
        tmp_path / "p.zip",
        {"Raw Data.csv": texts.phyphox(), "meta/time.csv": meta, "meta/device.csv": b"property,value\nversion,1\n"},
    )
    found = recordings.read(path)
    assert (found.format, found.start_ns, found.sensors) == ("phyphox", START_NS, ("",))
    assert len(joined(found)) == 3000


def test_a_sensor_logger_zip_offers_its_accelerometers_total_first(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "s.zip",
        {
            "Accelerometer.csv": texts.sensor_logger(gravity=False),
            "TotalAcceleration.csv": texts.sensor_logger(),
            "Metadata.csv": b"version,device name\n1.0,phone\n",
            "Annotation.csv": b"time,seconds_elapsed,text\n",
        },
    )
    found = recordings.read(path)
    assert found.sensors[0] == "TotalAcceleration"
    assert found.gravity is None
    assert recordings.read(path, sensor="Accelerometer").gravity is False


def test_a_zip_without_its_end_is_read_by_the_headers_of_its_members(tmp_path: Path) -> None:
    path = zipped(tmp_path / "cut.zip", {"Raw Data.csv": texts.phyphox(), "meta/device.csv": b"a,b\n" * 99})
    path.write_bytes(path.read_bytes()[:-200])
    assert len(joined(recordings.read(path))) == 3000
    with pytest.raises(FileFormatError, match="none of its 1 files is a recording"):
        recordings.read(zipped(tmp_path / "no.zip", {"letter.txt": b"dear sir"}))


def test_columns_are_told_apart_by_their_names() -> None:
    names = ["t", "gyroX", "gyroY", "gyroZ", "accelerometerAccelerationX(G)", "accelerometerAccelerationY(G)",
             "accelerometerAccelerationZ(G)", "magX", "magY", "magZ"]  # fmt: skip
    (axes,) = find_axes(names)
    assert axes.columns == (4, 5, 6)
    assert axes.unit is not None
    assert axes.unit.name == "g"
    assert find_times(names, axes.columns)[0][0] == 0
    assert [a.columns for a in find_axes(["ax", "ay", "az", "gx", "gy", "gz"])] == [(0, 1, 2)]
    assert find_axes(["wx", "wy", "wz", "Bx", "By", "Bz"]) == []


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=50), st.sampled_from([1.0, 1e3, 1e6, 1e9]))
def test_dates_as_numbers_keep_their_steps(steps: list[int], per_s: float) -> None:
    steps_s = np.cumsum(np.array(steps) % 200 + 1) / 1000.0
    seconds, start = numbers_to_seconds((1.7e9 + steps_s) * per_s, None)
    assert start is not None
    assert np.allclose(seconds, steps_s - steps_s[0], atol=1e-5)


@given(st.lists(st.text(max_size=30), min_size=1, max_size=20))
def test_stamps_of_any_text_are_read_or_refused(stamps: list[str]) -> None:
    try:
        seconds, _ = texts_to_seconds(stamps)
    except TremorscopeError as error:
        assert "time stamps" in str(error)
    else:
        assert len(seconds) == len(stamps)


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(alphabet='0123456789.,;\t -+eE:TZxyzgms_/()\n"#{}[]aN', max_size=400))
def test_any_text_is_read_or_refused_with_one_defined_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / "any.txt"
    path.write_text(text)
    try:
        found = recordings.read(path)
    except TremorscopeError as error:
        assert str(error)
    else:
        assert all(np.isfinite(run.xyz_g).all() for run in found.samples)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rate=st.sampled_from([25.0, 50.0, 52.0, 100.0, 208.0]),
    scale=st.sampled_from([("g", 1.0), ("mg", 1000.0), ("m/s^2", 9.80665)]),
    separator=st.sampled_from([",", ";", "\t"]),
    order=st.permutations(["time_s", "x", "y", "z", "note"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_columns_of_any_order_unit_and_encoding_come_back(
    tmp_path: Path, rate: float, scale: tuple[str, float], separator: str, order: list[str], encoding: str
) -> None:
    xyz_g = truth(4.0, rate)
    names = {"time_s": "time_s", "note": "note", **{a: f"acc {a} ({scale[0]})" for a in "xyz"}}
    lines = [separator.join(names[c] for c in order)]
    for k, row in enumerate(xyz_g * scale[1]):
        cells = {
            "time_s": f"{k / rate:.6f}",
            "note": "word",
            **{a: f"{v:.6f}" for a, v in zip("xyz", row, strict=True)},
        }
        lines.append(separator.join(cells[c] for c in order))
    path = tmp_path / "t.csv"
    path.write_text("\n".join(lines), encoding=encoding)
    found = recordings.read(path)
    assert np.abs(joined(found) - xyz_g).max() < 1e-5
    assert found.rate_hz == pytest.approx(rate, rel=1e-4)
