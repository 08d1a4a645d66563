"""The front door: what outside programs rely on."""

from pathlib import Path

import numpy as np
import pytest

import tremorscope as ts

SAMPLES = Path(ts.__file__).parents[1] / "recordings" / "samples"


def test_every_public_name_exists() -> None:
    assert all(getattr(ts, name) is not None for name in ts.__all__)
    assert set(dir(ts)) == set(ts.__all__)
    with pytest.raises(AttributeError):
        _ = ts.nonsense


def test_a_path_a_recording_and_an_array_give_the_same_analysis() -> None:
    path = SAMPLES / "simulated-fatigue-calf.csv"
    recording = ts.read(path)
    a = ts.analyze(path, placement="calf")
    b = ts.analyze(recording, placement="calf")
    c = ts.analyze(recording.samples[0].xyz_g, rate_hz=recording.rate_hz, placement="calf")
    assert a.frames.tobytes() == b.frames.tobytes() == c.frames.tobytes()
    assert repr(a.segments) == repr(c.segments)


def test_the_contract_of_result_and_update() -> None:
    recording = ts.read(SAMPLES / "simulated-reflex-calf.csv")
    result = ts.analyze(recording, placement="calf")
    for name in ("time_s", "label", "p_still", "p_movement", "p_reflex_rhythm", "p_tremor", "peak_hz", "rms_g"):
        assert name in (result.frames.dtype.names or ())
    assert result.spectra is not None
    assert result.spectra.psd.shape == (len(result.frames), len(result.spectra.freq_hz))
    analyzer = ts.Analyzer(rate_hz=recording.rate_hz, placement="calf")
    frames, segments, events = analyzer.push(recording.samples[0].xyz_g)
    last = analyzer.finish()
    assert len(frames) + len(last.frames) == len(result.frames)
    assert len(segments) + len(last.segments) == len(result.segments)
    assert len(events) + len(last.events) == len(result.events) >= 3
    p = np.stack([result.frames[f"p_{s}"] for s in ("still", "movement", "reflex_rhythm", "tremor")])
    assert np.allclose(p.sum(axis=0), 1.0, atol=1e-5)


def test_a_list_of_rows_is_an_array_and_what_is_none_is_refused() -> None:
    rows = ts.read(SAMPLES / "simulated-fatigue-calf.csv").to_array()[:1000]
    assert ts.analyze(rows.tolist(), 50.0).segments == ts.analyze(rows.astype(np.float32), 50.0).segments
    for nothing in (None, 3.5, ["a", "b"], [[1.0, 2.0]], [[1.0, 2.0, 3.0], [1.0]]):
        with pytest.raises(ts.InputError, match="acceleration must"):
            ts.analyze(nothing, 50.0)  # type: ignore[arg-type]


def test_what_is_no_placement_side_or_rate_is_refused_with_what_there_is() -> None:
    rows = np.random.default_rng(0).normal([0, 0, 1], 0.002, (500, 3))
    for wrong in ("knee", "Calf", 3):
        with pytest.raises(ts.InputError, match="is no placement; choose one of foot, ankle, calf"):
            ts.analyze(rows, rate_hz=100.0, placement=wrong)  # type: ignore[arg-type]
    with pytest.raises(ts.InputError, match="'up' is no side; choose one of left, right"):
        ts.analyze(rows, rate_hz=100.0, side="up")
    with pytest.raises(ts.RateError, match="must be a number of samples per second"):
        ts.analyze(rows, rate_hz="100")  # type: ignore[arg-type]


def test_masked_rows_are_missing() -> None:
    rows = np.ma.masked_array(np.random.default_rng(0).normal([0, 0, 1], 0.002, (2000, 3)), mask=False)
    rows[500:1000] = np.ma.masked
    assert ts.analyze(rows, rate_hz=100.0).findings.gap_s == pytest.approx(5.0)


def test_an_array_without_rate_is_refused() -> None:
    with pytest.raises(ts.InputError, match="rate"):
        ts.analyze(np.zeros((100, 3)))


def test_the_shipped_samples_are_what_the_script_makes(tmp_path: Path) -> None:
    import importlib.util

    path = Path(ts.__file__).parents[1] / "scripts" / "make_samples.py"
    spec = importlib.util.spec_from_file_location("make_samples", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for made in module.make(tmp_path):
        shipped = ts.read(SAMPLES / made.name)
        again = ts.read(made)
        assert np.abs(shipped.samples[0].xyz_g - again.samples[0].xyz_g).max() <= 2e-4


def test_the_labels_follow_the_truth_of_the_shipped_samples_synthetic() -> None:
    import json

    for path in SAMPLES.glob("*.csv"):
        truth = json.loads(path.with_suffix(".truth.json").read_text())
        frames = ts.analyze(path, placement="calf").frames
        right = total = 0
        for start, end, label in truth["spans"]:
            # Within a window's half of a border two truths share the frame.
            inside = (frames["time_s"] > start + 2.0) & (frames["time_s"] < end - 2.0)
            total += int(inside.sum())
            right += int((frames["label"][inside] == label).sum())
        assert right / total > 0.9, path.name
