"""Real recordings and vendor files: they read as their truth says, or are refused with the reason."""

import re
from pathlib import Path

import numpy as np
import pytest

import dsp
import recordings
import session
from dsp import State, TremorscopeError

pytestmark = pytest.mark.needs_data


def joined(recording: recordings.Recording) -> np.ndarray:
    return np.concatenate([run.xyz_g for run in recording.samples])


@pytest.mark.parametrize(
    ("file", "truth", "lsb"),
    [("ax6_sample.cwa", "ax6_data.npz", 1 / 4096), ("gnactv_sample.bin", "gnactv_data.npz", 0.0039)],
)
def test_vendor_files_match_their_decoded_truth_to_one_lsb(data: Path, file: str, truth: str, lsb: float) -> None:
    found = joined(recordings.read(data / "vendor" / "skdh" / file))
    with np.load(data / "vendor" / "skdh" / truth) as held:
        wanted = held["accel"]
    assert found.shape == wanted.shape
    assert np.abs(found - wanted).max() <= lsb


@pytest.mark.parametrize(
    "file", ["ggirread/ax3_testfile.cwa", "skdh/ax3_sample.cwa", "paradigma/axivity_test_data.CWA"]
)
def test_our_cwa_reader_agrees_with_the_compiled_one(data: Path, file: str) -> None:
    import actfast

    path = data / "vendor" / file
    found = recordings.read(path)
    wanted = actfast.read(str(path))["timeseries"]["high_frequency"]
    assert np.array_equal(joined(found), wanted["acceleration"])
    assert found.start_ns is not None
    assert abs(found.start_ns - int(wanted["datetime"][0])) < 1000
    assert len(found.samples) == 1


def test_a_cwa_with_corrupt_blocks_yields_the_rest_and_names_the_lost(data: Path) -> None:
    folder = data / "vendor" / "ggirread"
    whole = joined(recordings.read(folder / "ax3_testfile.cwa"))
    saved = recordings.read(folder / "ax3_testfile_corrupt_blocks_0_13_14_142_143_144.cwa")
    assert any("6 of 145 sectors" in w and "0, 13, 14, 142, 143, 144" in w for w in saved.warnings)
    assert np.array_equal(joined(saved), np.concatenate([whole[120 : 13 * 120], whole[15 * 120 : 142 * 120]]))
    assert len(saved.samples) == 2


@pytest.mark.parametrize("file", ["ActiGraph13.csv", "ActiGraph13_timestamps_headers.csv", "ActiGraph61.csv"])
def test_actigraph_counts_are_refused_clearly(data: Path, file: str) -> None:
    with pytest.raises(TremorscopeError, match="activity counts"):
        recordings.read(data / "vendor" / "ggirread" / file)


def test_every_file_reads_or_is_refused_with_a_reason(data: Path) -> None:
    read, refused = 0, 0
    for path in sorted(data.rglob("*")):
        if not path.is_file() or path.suffix in (".md", ".json"):
            continue
        try:
            found = recordings.read(path)
        except TremorscopeError as error:
            refused += 1
            assert len(str(error)) > 30
        else:
            read += 1
            assert found.samples
            assert found.rate_hz > 0
    assert read >= 50
    assert refused > 0


def test_the_shaker_is_read_at_its_true_frequency(data: Path) -> None:
    errors = []
    for path in sorted((data / "shaker").glob("*.csv")):
        match = re.search(r"_(\d+)hz_shaken-at-(\d)hz", path.name)
        assert match is not None
        if int(match[1]) < 40 or not 2 <= int(match[2]) <= 6:
            continue
        frames = session.analyze_file(path).analysis.frames
        errors.append(abs(float(np.median(frames["peak_hz"])) - int(match[2])))
    assert len(errors) == 10
    assert np.median(errors) <= 0.05
    assert max(errors) <= 0.15


def test_a_device_at_rest_is_still_all_the_time(data: Path) -> None:
    found = session.analyze_file(data / "vendor" / "mims" / "rest_on_table.csv").analysis
    assert {s.label for s in found.segments} == {State.STILL}
    assert found.events == ()


def test_walking_is_movement(data: Path) -> None:
    for path in sorted((data / "umafall").glob("*Walking*")):
        for sensor in ("pocket", "ankle"):
            found = session.analyze_file(path, sensor=sensor).analysis
            moving = sum(s.duration_s for s in found.segments if s.label is State.MOVEMENT)
            assert moving / found.duration_s > 0.9


def test_tooth_brushing_is_mostly_not_called_tremor(data: Path) -> None:
    rhythmic = total = 0.0
    for path in sorted((data / "hmp" / "Brush_teeth").glob("*.txt")):
        xyz_g = (-1.5 + 3.0 * np.loadtxt(path) / 63.0).astype(np.float32)
        for segment in dsp.analyze(xyz_g, rate_hz=32.0, placement="wrist").segments:
            total += segment.duration_s
            rhythmic += segment.duration_s * (segment.label in (State.TREMOR, State.REFLEX_RHYTHM))
    assert rhythmic / total <= 0.15


def test_several_sensors_of_a_file_can_be_chosen(data: Path) -> None:
    path = next((data / "umafall").glob("*Fall_forward*"))
    chosen = recordings.read(path)
    assert chosen.sensor == "ankle"
    assert any("was chosen" in w for w in chosen.warnings)
    assert recordings.read(path, sensor="pocket").rate_hz > 90
    with pytest.raises(TremorscopeError, match="no sensor"):
        recordings.read(path, sensor="nose")
