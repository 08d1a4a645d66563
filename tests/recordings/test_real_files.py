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


OUTCOMES = (
    ("README.md", "refused", "no rows of numbers"),
    ("pmd/pmd_acc_vectors.json", "refused", "xyz_g"),
    ("daphnet/*.txt", "daphnet", 64.0),
    ("hmp/*/*.txt", "refused", "--unit"),
    ("shaker/activpal3*.csv", "tremorscope-csv", 20.0),
    ("shaker/gt3x-cle*.csv", "tremorscope-csv", 40.0),
    ("shaker/gt9x-tas*.csv", "tremorscope-csv", 60.0),
    ("umafall/*Subject_0[12]*.csv", "umafall", 20.0),
    ("umafall/*Subject_09*.csv", "umafall", None),  # their clocks wander between 19 and 24 Hz
    ("vendor/empatica-e4/ACC.csv", "empatica-e4", 32.0),
    ("vendor/geneactiv-csv/demo_data.csv", "geneactiv-csv", 50.0),
    ("vendor/ggirread/ActiGraph*.csv", "refused", "activity counts"),
    ("vendor/ggirread/GENEActiv_testfile.bin", "geneactiv-bin", 85.7),
    ("vendor/ggirread/ax3test.wav", "axivity-wav", 100.0),
    ("vendor/ggirread/*.cwa", "axivity-cwa", 99.0),
    ("vendor/imu-makers/00033_CalInertialAndMag.csv", "refused", "--rate"),
    ("vendor/imu-makers/Inertial.csv", "csv", 50.0),
    ("vendor/imu-makers/data_polulu.txt", "refused", "--unit"),
    ("vendor/imu-makers/data_xsens.txt", "xsens", 50.0),
    ("vendor/imu-makers/data_yei.txt", "yei", 110.0),
    ("vendor/imu-makers/sensors.csv", "ngimu", 50.0),
    ("vendor/messy-text/data_rate_test.txt", "refused", "no rows of numbers"),
    ("vendor/messy-text/[cw]*.txt", "refused", "--rate"),
    ("vendor/mims/actigraph*.csv", "actigraph-csv", 40.0),
    ("vendor/mims/activpal3.csv", "activpal3-csv", 20.0),
    ("vendor/mims/edge_case.csv", "mhealth-csv", 80.0),
    ("vendor/mims/mhealth.csv", "mhealth-csv", 80.0),
    ("vendor/mims/rest_on_table.csv", "mhealth-csv", 80.0),
    ("vendor/paradigma/axivity_test_data.CWA", "axivity-cwa", 100.0),
    ("vendor/paradigma/empatica_test_data.avro", "embraceplus-avro", 64.0),
    ("vendor/paradigma/verily_raw_imu/imu_meta.json", "tsdf", 100.0),
    ("vendor/paradigma/verily_raw_imu/*.bin", "refused", "TSDF recording imu_meta.json"),
    ("vendor/skdh/ax3_sample.cwa", "axivity-cwa", 197.0),
    ("vendor/skdh/ax6_data.npz", "npz", 98.4),
    ("vendor/skdh/ax6_sample.cwa", "axivity-cwa", 98.4),
    ("vendor/skdh/gnactv_data.npz", "npz", 50.0),
    ("vendor/skdh/gnactv_sample.bin", "geneactiv-bin", 50.0),
    ("vendor/xdf/*.xdf", "refused", "none of its streams is acceleration"),
)
"""What becomes of every public file: its format and rate, or the word of its refusal."""


def test_every_public_file_has_its_expected_outcome(data: Path) -> None:
    left = {p for p in data.rglob("*") if p.is_file()}
    wrong = []
    for pattern, wanted, fact in OUTCOMES:
        matched = sorted(p for p in left if p.relative_to(data).match(pattern) and p in set(data.glob(pattern)))
        assert matched, pattern
        left -= set(matched)
        for path in matched:
            try:
                found = recordings.read(path)
            except TremorscopeError as error:
                good = wanted == "refused" and str(fact) in str(error)
                got = f"refused: {error}"
            else:
                sane = found.samples and all(np.isfinite(run.xyz_g).all() for run in found.samples)
                near = fact is None or (isinstance(fact, float) and abs(found.rate_hz / fact - 1.0) < 0.01)
                good, got = bool(sane and found.format == wanted and near), f"{found.format} {found.rate_hz}"
            if not good:
                wrong.append(f"{path.relative_to(data)}: {wanted} {fact} expected, {got}")
    assert not wrong
    assert not left


def test_decoded_truths_are_recordings_themselves(data: Path) -> None:
    for name, file in (("ax6_data.npz", "ax6_sample.cwa"), ("gnactv_data.npz", "gnactv_sample.bin")):
        truth, raw = (recordings.read(data / "vendor" / "skdh" / n) for n in (name, file))
        assert abs(truth.rate_hz / raw.rate_hz - 1.0) < 1e-4
        assert np.abs(joined(truth) - joined(raw)).max() <= 0.0039


def test_our_geneactiv_reader_agrees_with_the_compiled_one_and_saves_the_pages_around_damage(
    data: Path, tmp_path: Path
) -> None:
    import actfast

    path = data / "vendor" / "ggirread" / "GENEActiv_testfile.bin"
    wanted = actfast.read(str(path))["timeseries"]["high_frequency"]["acceleration"]
    found = joined(recordings.read(path))
    assert len(found) >= len(wanted)
    assert np.abs(found[: len(wanted)] - wanted).max() < 1e-6
    raw = path.read_bytes()
    at = raw.find(b"Page Time", len(raw) // 2)
    (tmp_path / "d.bin").write_bytes(raw[:at] + b"Paxe" + raw[at + 4 :])
    saved = recordings.read(tmp_path / "d.bin")
    assert len(joined(saved)) == len(found) - 300
    assert len(saved.samples) == 2
    assert any("1 of" in w and "pages are damaged" in w for w in saved.warnings)


def test_a_named_unit_and_rate_open_what_names_neither(data: Path) -> None:
    hmp = min((data / "hmp" / "Liedown_bed").glob("*.txt"))
    found = recordings.read(hmp, unit="counts:0.047619:31.5", rate_hz=32.0)
    assert 0.8 < float(np.median(np.linalg.norm(joined(found), axis=1))) < 1.3
    pololu = recordings.read(data / "vendor" / "imu-makers" / "data_polulu.txt", unit="counts:0.000061")
    assert pololu.sensors == ("columns 1-3", "columns 4-6", "columns 7-9")
    assert float(np.median(np.linalg.norm(joined(pololu), axis=1))) == pytest.approx(1.0, abs=0.02)
    ximu = recordings.read(data / "vendor" / "imu-makers" / "00033_CalInertialAndMag.csv", rate_hz=256.0)
    assert ximu.format == "x-imu"


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
