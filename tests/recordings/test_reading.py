"""Reading: the format is recognised by its content; what cannot be read is refused with the reason."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import dsp
import recordings
from dsp import FileFormatError, Placement, TremorscopeError, UnitError
from recordings.importers.units import decide_unit, parse_unit


def table(path: Path, header: str, scale: float = 1.0, *, rows: int = 300, rate: float = 50.0, sep: str = ",") -> Path:
    lines = [header] if header else []
    rng = np.random.default_rng(0)
    for i in range(rows):
        x, y, z = (np.array([0.1, 0.0, 0.99]) + rng.normal(scale=0.01, size=3)) * scale
        lines.append(sep.join(f"{v:.5f}" for v in (i / rate, x, y, z)))
    path.write_text("\n".join(lines) + "\n")
    return path


@pytest.mark.parametrize(
    ("header", "scale", "unit", "sep"),
    [
        ("time_s,x_g,y_g,z_g", 1.0, "g", ","),
        ("time_s,x_mg,y_mg,z_mg", 1000.0, "mg", ","),
        ("time_s;x (m/s^2);y (m/s^2);z (m/s^2)", 9.80665, "m/s2", ";"),
        (
            '"Time (s)"\t"Acceleration x (m/s^2)"\t"Acceleration y (m/s^2)"\t"Acceleration z (m/s^2)"',
            9.80665,
            "m/s2",
            "\t",
        ),
        ("time_s,x,y,z", 1.0, "g", ","),
        ("time_s,x,y,z", 9.80665, "m/s2", ","),
        ("time_s,x,y,z", 1000.0, "mg", ","),
        ("seconds_elapsed,gFx,gFy,gFz", 1.0, "g", ","),
    ],
)
def test_tables_of_any_unit_and_separator_become_g(
    tmp_path: Path, header: str, scale: float, unit: str, sep: str
) -> None:
    found = recordings.read(table(tmp_path / "a.csv", header, scale, sep=sep))
    assert found.rate_hz == pytest.approx(50.0, rel=1e-4)
    assert found.unit == unit
    assert np.linalg.norm(found.samples[0].xyz_g, axis=1).mean() == pytest.approx(1.0, abs=0.01)
    guessed = not any(u in header for u in ("_g", "_mg", "m/s", "gF"))
    assert any("names no unit" in w for w in found.warnings) is guessed


def test_sensor_logger_rows_with_nanosecond_stamps_are_read(tmp_path: Path) -> None:
    lines = ["time,seconds_elapsed,z,y,x"]
    lines += [
        f"{1_700_000_000_000_000_000 + i * 20_000_000},{i * 0.02:.3f},9.8,0.1,{0.3 + 0.01 * (i % 3)}"
        for i in range(200)
    ]
    path = tmp_path / "Accelerometer.csv"
    path.write_text("\n".join(lines))
    found = recordings.read(path)
    assert found.rate_hz == pytest.approx(50.0)
    assert found.samples[0].xyz_g[0] == pytest.approx(np.array([0.3, 0.1, 9.8]) / 9.80665, abs=1e-4)


def test_linear_acceleration_is_known_to_have_no_gravity(tmp_path: Path) -> None:
    header = "Time (s),Linear Acceleration x (m/s^2),Linear Acceleration y (m/s^2),Linear Acceleration z (m/s^2)"
    found = recordings.read(table(tmp_path / "p.csv", header, 0.1))
    assert found.gravity is False
    assert not any("unit" in w for w in found.warnings)


def test_text_dates_are_read_and_the_start_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "m.csv"
    rows = [f"2024-05-01 10:00:{i / 50:06.3f},0.1,0.0,0.99" for i in range(200)]
    path.write_text("HEADER_TIME_STAMP,X,Y,Z\n" + "\n".join(rows))
    found = recordings.read(path)
    assert found.rate_hz == pytest.approx(50.0, rel=1e-4)
    assert found.start_ns == np.datetime64("2024-05-01T10:00:00", "ns").astype(int)


def test_american_dates_are_told_from_european_ones(tmp_path: Path) -> None:
    for day, month in (("13/05", 5), ("05/13", 5)):
        path = tmp_path / "d.csv"
        rows = [f"{day}/2024 10:00:{i / 50:06.3f},0.1,0.0,0.99" for i in range(200)]
        path.write_text("time,x,y,z\n" + "\n".join(rows))
        start = recordings.read(path).start_ns
        assert start is not None
        assert np.datetime64(start, "ns").astype("datetime64[M]") == np.datetime64(f"2024-0{month}")


def test_two_sensors_in_one_table_can_be_chosen(tmp_path: Path) -> None:
    path = tmp_path / "two.csv"
    rows = [f"{i / 50},{x},0,1,{s}" for i in range(200) for s, x in (("left", 0.1), ("right", 0.2))]
    path.write_text("time_s,x_g,y_g,z_g,sensor\n" + "\n".join(rows))
    first, second = recordings.read(path), recordings.read(path, sensor="right")
    assert first.sensors == ("left", "right")
    assert first.sensor == "left"
    assert any("left was chosen" in w for w in first.warnings)
    assert second.samples[0].xyz_g[0, 0] == pytest.approx(0.2)
    with pytest.raises(FileFormatError, match="no sensor 'foot'"):
        recordings.read(path, sensor="foot")


def test_empatica_counts_become_g(tmp_path: Path) -> None:
    path = tmp_path / "ACC.csv"
    path.write_text("1680686620.0, 1680686620.0, 1680686620.0\n32.0, 32.0, 32.0\n" + "0,0,64\n" * 200)
    found = recordings.read(path)
    assert (found.format, found.rate_hz, found.start_ns) == ("empatica-e4", 32.0, 1680686620 * 10**9)
    assert found.samples[0].xyz_g[0].tolist() == [0.0, 0.0, 1.0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"   \n  \n", "empty"),
        (b"\x00\x01\x02\x03" * 500, "no known format"),
        (b"hello\nthis is a letter\nnot a table\n", "no rows of numbers"),
        (b"time_s,x_g,y_g,z_g\n" + b"0.0,a,b,c\n" * 50, "no rows of numbers"),
        (b"time_s,a,b,c\n0,1,2,3\n0.02,1,2,3\n", "no column for the x axis"),
        (b"x_g,y_g,z_g\n" + b"0.1,0.0,1.0\n" * 100, "--rate"),
        (
            b"------------ Data File Created By ActiGraph GT3X+\nEpoch Period (hh:mm:ss) 00:00:15\n1,2,3\n",
            "activity counts",
        ),
        (b"MD" + b"\x00" * 3000, "none of its"),
        (b"MD\x00", "ends before"),
        (b"Device Identity\r\nnothing more", "cannot be read"),
        (b"PK\x03\x04 not a zip", "no known format"),
        (b"\x89MCAP0\r\n" + b"\x00" * 40, "another program"),
        (b"0       " + b"x" * 300, "damaged"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_reason(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "file.dat"
    path.write_bytes(content)
    with pytest.raises(FileFormatError, match=message):
        recordings.read(path)


def test_a_missing_file_says_to_check_the_name(tmp_path: Path) -> None:
    with pytest.raises(FileFormatError, match="cannot open"):
        recordings.read(tmp_path / "nowhere.csv")


def test_counts_without_unit_are_asked_for_and_taken_when_named(tmp_path: Path) -> None:
    path = table(tmp_path / "c.csv", "time_s,x,y,z", 4096.0)
    with pytest.raises(UnitError, match="--unit"):
        recordings.read(path)
    found = recordings.read(path, unit="counts:0.000244140625", placement=Placement.THIGH)
    assert found.placement is Placement.THIGH
    assert np.linalg.norm(found.samples[0].xyz_g, axis=1).mean() == pytest.approx(1.0, abs=0.01)


def test_a_named_unit_far_from_gravity_is_warned_of(tmp_path: Path) -> None:
    found = recordings.read(table(tmp_path / "w.csv", "time_s,x_g,y_g,z_g", 9.8))
    assert any("may be wrong" in w for w in found.warnings)


@pytest.mark.parametrize("text", ["stones", "counts:", "counts:-1", "counts:x"])
def test_an_unknown_unit_is_refused(text: str) -> None:
    with pytest.raises(UnitError, match="no unit"):
        parse_unit(text)


def test_no_values_cannot_tell_a_unit() -> None:
    with pytest.raises(UnitError):
        decide_unit(np.empty((0, 3), np.float32), None)


def test_some_broken_rows_are_left_out_and_counted_and_many_are_refused(tmp_path: Path) -> None:
    path = table(tmp_path / "b.csv", "time_s,x_g,y_g,z_g")
    lines = path.read_text().splitlines()
    lines[50] = "oops"
    lines[60] = "1.0,2.0"
    path.write_text("\n".join(lines))
    assert any("not numbers" in w for w in recordings.read(path).warnings)
    path.write_text("\n".join([*lines[:40], *["oops,oops,oops,oops"] * 100]))
    with pytest.raises(FileFormatError, match="damaged"):
        recordings.read(path)


def test_npz_with_times_or_rate_is_read_and_without_both_refused(tmp_path: Path) -> None:
    xyz_g = np.tile(np.float32([0, 0, 1]), (200, 1))
    np.savez(tmp_path / "t.npz", xyz_g=xyz_g, time_s=np.arange(200) / 64.0)
    np.savez(tmp_path / "r.npz", xyz_g=xyz_g, rate_hz=64.0)
    np.savez(tmp_path / "n.npz", xyz_g=xyz_g)
    np.savez(tmp_path / "x.npz", other=xyz_g)
    assert recordings.read(tmp_path / "t.npz").rate_hz == pytest.approx(64.0)
    assert recordings.read(tmp_path / "r.npz").rate_hz == 64.0
    with pytest.raises(FileFormatError, match="names no rate"):
        recordings.read(tmp_path / "n.npz")
    with pytest.raises(FileFormatError, match="xyz_g"):
        recordings.read(tmp_path / "x.npz")


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_damaged_files_yield_samples_or_one_defined_error(tmp_path: Path, data: st.DataObject) -> None:
    kind = data.draw(st.sampled_from(["csv", "npz", "edf", "mcap"]))
    original = damaged_base(tmp_path, kind)
    spoiled = bytearray(original)
    if data.draw(st.booleans()):
        del spoiled[data.draw(st.integers(0, len(spoiled))) :]
    for _ in range(data.draw(st.integers(1, 4))):
        if spoiled:
            spoiled[data.draw(st.integers(0, len(spoiled) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    path = tmp_path / f"spoiled.{kind}"
    path.write_bytes(bytes(spoiled))
    try:
        found = recordings.read(path)
    except TremorscopeError as error:
        assert str(error)
    else:
        assert all(np.isfinite(run.xyz_g).all() for run in found.samples if found.format != "native")


def damaged_base(folder: Path, kind: str) -> bytes:
    """Bytes of a good file of a kind; made once."""
    path = folder / f"good.{kind}"
    if not path.exists():
        xyz_g = (np.random.default_rng(0).normal(scale=0.05, size=(500, 3)) + [0, 0, 1]).astype(np.float32)
        made = recordings.Recording(
            path=None, format="test", samples=[dsp.Samples(xyz_g=xyz_g, rate_hz=50.0)], rate_hz=50.0
        )
        if kind == "mcap":
            recorder = recordings.Recorder(folder / "rec", sensors=[recordings.StreamMeta(label="s")])
            for at in range(0, 500, 10):
                recorder.add_samples("s", xyz_g=xyz_g[at : at + 10], start_s=at / 50, rate_hz=50.0)
            recorder.close().replace(path)
        else:
            recordings.export("samples", path, recording=made)
    return path.read_bytes()
