"""`tremorscope import`: a folder of anything goes into the library; what cannot be read is named and costs only itself."""

from pathlib import Path

import numpy as np
import pytest

import recordings
from tests.formats import loggers, texts
from tests.formats.truth import recorded
from tremorscope.cli import main


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Recordings of six formats, one below, and two files that are none."""
    inside = tmp_path / "stuff"
    (inside / "below").mkdir(parents=True)
    loggers.cwa(inside / "a.cwa")
    loggers.tsdf(inside / "below" / "watch")
    (inside / "phone.csv").write_bytes(texts.phyphox())
    (inside / "counts.txt").write_text("\n".join(f"{k * 10},40,50,1000" for k in range(300)))
    (inside / "letter.txt").write_text("dear library\n")
    recordings.export("samples", inside / "night.hea", recording=recorded())
    recordings.export("samples", inside / "sub-1_task-a_tracksys-imu_motion.tsv", recording=recorded())
    return inside


def test_a_folder_is_imported_file_by_file_and_each_can_be_read_again(
    folder: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", str(folder), "--placement", "calf"]) == 1
    told = capsys.readouterr()
    assert "letter.txt" in told.err
    assert "6 of 7 files imported" in told.err
    for word in ("axivity-cwa", "tsdf", "phyphox", "wfdb", "bids-motion"):
        assert word in told.out
    with recordings.Library(home) as library:
        sessions = library.sessions()
        assert len(sessions) == 6
        for each in sessions:
            assert each.placement == "calf"
            held = recordings.read(library.path_of(each.id))
            assert held.duration_s > 2


def test_a_unit_and_a_rate_that_were_named_are_kept(
    tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = np.round((np.random.default_rng(0).normal(scale=0.02, size=(600, 3)) + [0, 0, 1]) * 4096).astype(int)
    path = tmp_path / "counts.txt"
    path.write_text("\n".join(f"{x} {y} {z}" for x, y, z in rows))
    assert main(["import", str(path)]) == 1
    assert main(["import", str(path), "--unit", "counts:0.000244140625", "--rate", "50", "--calibrate"]) == 0
    assert "not calibrated to gravity" in capsys.readouterr().err
    with recordings.Library(home) as library:
        held = library.read(library.sessions()[0].id)
    assert held.rate_hz == 50.0
    assert held.samples[0].xyz_g[:, 2].mean() == pytest.approx(1.0, abs=0.01)


def test_analyze_says_what_calibration_did(tmp_path: Path, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = loggers.cwa(tmp_path / "a.cwa")
    assert main(["analyze", str(path), "--calibrate", "--json"]) == 0
    assert "not calibrated to gravity" in capsys.readouterr().out


@pytest.fixture
def two_legs(tmp_path: Path) -> Path:
    """A file of two sensors; the right leg shakes, the left one rests (synthetic)."""
    rng, t = np.random.default_rng(1), np.arange(4000) / 100.0
    lines = ["time_s,x_g,y_g,z_g,sensor"]
    for name, size_g in (("left", 0.0), ("right", 0.03)):
        xyz_g = rng.normal(scale=0.001, size=(len(t), 3)) + [0.0, 0.0, 1.0]
        xyz_g[:, 0] += size_g * np.sin(2 * np.pi * 6.5 * t)
        lines += [f"{s:.3f},{x:.5f},{y:.5f},{z:.5f},{name}" for s, (x, y, z) in zip(t, xyz_g, strict=True)]
    path = tmp_path / "legs.csv"
    path.write_text("\n".join(lines))
    return path


def test_a_file_of_two_sensors_is_one_session_of_both(
    two_legs: Path, home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["import", str(two_legs)]) == 0
    told = capsys.readouterr()
    assert "left, right" in told.out
    assert "was chosen" not in told.err
    with recordings.Library(home) as library:
        (session,) = library.sessions()
        assert [(s.label, s.rate_hz) for s in session.sensors] == [("left", 100.0), ("right", 100.0)]
        assert library.read(session.id, sensor="right").sensor == "right"
        library.rebuild()
        assert library.sessions()[0].sensors == session.sensors
    assert main(["library", "analyze"]) == 0
    with recordings.Library(home) as library:
        found = library.sessions()[0].findings
        assert found["still_s"] < 20.0, found


def test_one_sensor_of_two_is_taken_in_alone_when_it_is_named(two_legs: Path, home: Path) -> None:
    assert main(["import", str(two_legs), "--sensor", "left"]) == 0
    assert main(["library", "analyze"]) == 0
    with recordings.Library(home) as library:
        (session,) = library.sessions()
        assert library.read(session.id).sensor == "left"
        assert session.findings["still_s"] > 35.0
