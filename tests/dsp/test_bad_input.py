"""Bad input: a defined result with its quality named, never a crash, never a class from nothing."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import dsp
from dsp import InputError, RateError, State
from dsp.parameters import load_parameters, parse_parameters
from tests.dsp.test_streaming import assert_same

Make = Callable[..., NDArray[np.float32]]


def test_a_gap_restarts_the_windows_and_is_a_segment_of_its_own(signal: Make) -> None:
    xyz_g = signal(seconds=30.0)
    xyz_g[1000:1400] = np.nan
    found = dsp.analyze(xyz_g, rate_hz=100.0)
    gap = next(s for s in found.segments if s.label is State.NO_DATA)
    assert (gap.start_s, gap.end_s) == (10.0, 14.0)
    centres = found.frames["time_s"]
    assert not ((centres > 8.0 + 1e-9) & (centres < 16.0 - 1e-9)).any()
    assert found.findings.gap_s == pytest.approx(4.0)
    assert any("missing" in q for q in found.quality)


def test_a_short_loss_is_bridged_and_flagged(signal: Make) -> None:
    xyz_g = signal(seconds=12.0)
    xyz_g[600:604] = np.nan
    found = dsp.analyze(xyz_g, rate_hz=100.0)
    assert all(s.label is State.STILL for s in found.segments)
    assert found.frames["missing"].max() == pytest.approx(0.01)
    assert "filled" in found.segments[0].flags


def test_a_frame_with_more_than_a_twentieth_missing_is_no_data(signal: Make) -> None:
    xyz_g = signal(seconds=12.0)
    for at in range(500, 700, 9):
        xyz_g[at : at + 2] = np.nan
    frames = dsp.analyze(xyz_g, rate_hz=100.0).frames
    bad = frames["missing"] > 0.05
    assert bad.any()
    assert (frames["label"][bad] == "no_data").all()
    assert (frames["p_tremor"][bad] == 0).all()


@pytest.mark.parametrize("count", [0, 1, 50, 99])
def test_too_few_samples_give_no_frames_and_say_so(count: int) -> None:
    found = dsp.analyze(np.ones((count, 3), np.float32), rate_hz=100.0)
    assert len(found.frames) == 0
    assert any("too short" in q for q in found.quality)
    assert all(s.label is State.NO_DATA for s in found.segments)


def test_nothing_but_nan_is_no_data() -> None:
    found = dsp.analyze(np.full((1000, 3), np.nan, np.float32), rate_hz=100.0)
    assert [s.label for s in found.segments] == [State.NO_DATA]
    assert found.segments[0].end_s == 10.0


def test_infinite_values_count_as_missing(signal: Make) -> None:
    xyz_g = signal(seconds=12.0)
    xyz_g[500:503, 1] = np.inf
    found = dsp.analyze(xyz_g, rate_hz=100.0)
    assert any("infinite" in q for q in found.quality)
    assert np.isfinite(found.frames["rms_g"]).all()


def test_constant_samples_are_no_data_and_called_stuck() -> None:
    found = dsp.analyze(np.tile(np.float32([0, 0, 1]), (2000, 1)), rate_hz=100.0)
    assert [s.label for s in found.segments] == [State.NO_DATA]
    assert any("never change" in q for q in found.quality)


def test_zeros_where_gravity_stood_are_missing_and_not_still(signal: Make) -> None:
    xyz_g = signal(seconds=30.0)
    xyz_g[1000:2000] = 0.0
    found = dsp.analyze(xyz_g, rate_hz=100.0)
    assert [s.label for s in found.segments] == [State.STILL, State.NO_DATA, State.STILL]
    assert found.findings.gap_s == pytest.approx(10.0)
    assert not found.events


def test_zeros_of_a_quiet_sensor_without_gravity_are_samples(signal: Make) -> None:
    coarse = np.round((signal(seconds=30.0, kicks=(15.0,)) - np.float32([0, 0, 1])) / 0.016) * 0.016
    assert not coarse[:1000].any()
    found = dsp.analyze(coarse.astype(np.float32), rate_hz=100.0)
    assert found.findings.gap_s == 0.0
    assert not any("zero on every" in q for q in found.quality)


@pytest.mark.parametrize(("rate_hz", "lasts_s", "size_g"), [(25.0, 0.15, 1.0), (100.0, 0.1, 1.2), (100.0, 0.06, 2.0)])
def test_a_kick_that_ends_in_the_zeros_of_data_without_gravity_is_kept(
    rate_hz: float, lasts_s: float, size_g: float
) -> None:
    t = np.arange(round(30 * rate_hz)) / rate_hz
    xyz_g = np.zeros((len(t), 3), np.float32)
    xyz_g[:, 0] = np.where((t >= 10.0) & (t < 10.0 + lasts_s), size_g * np.sin(np.pi * (t - 10.0) / lasts_s), 0.0)
    found = dsp.analyze(xyz_g, rate_hz=rate_hz, placement="calf")
    assert found.findings.gap_s == 0.0
    assert [e.onset_s for e in found.events] == pytest.approx([10.0], abs=0.1)
    assert not any("did not change for" in q for q in found.quality)


def test_zeros_before_the_data_are_no_rest_of_the_person(signal: Make) -> None:
    xyz_g = signal(seconds=60.0, tremor=(35, 50, 6.0, 0.03))
    xyz_g[:2000] = 0.0
    evidence = [s.fatigue for s in dsp.analyze(xyz_g, rate_hz=100.0).segments if s.fatigue is not None]
    assert evidence
    assert all(e.above_rest_db > 15.0 for e in evidence)


def test_gravity_that_follows_on_zeros_begins_the_data_and_is_no_kick(signal: Make) -> None:
    xyz_g = signal(seconds=20.0)
    xyz_g[:250] = 0.0
    whole = dsp.analyze(xyz_g, rate_hz=100.0)
    assert not whole.events
    for size in (1, 125, 250, 251):
        analyzer = dsp.Analyzer(100.0)
        for at in range(0, len(xyz_g), size):
            analyzer.push(xyz_g[at : at + size])
        analyzer.finish()
        assert analyzer.result().segments == whole.segments


@pytest.mark.parametrize("count_g", [0.00024, 0.001, 0.004, 0.016])
def test_samples_that_repeat_are_stuck_where_counts_are_fine_and_rest_where_they_are_coarse(count_g: float) -> None:
    rng = np.random.default_rng(3)
    xyz_g = rng.normal([0, 0.6, 0.8], 0.001, (3000, 3))
    xyz_g[1000:2000] = xyz_g[1000]
    found = dsp.analyze((np.round(xyz_g / count_g) * count_g).astype(np.float32), rate_hz=100.0)
    notes = [q for q in found.quality if "did not change" in q]
    assert bool(notes) == (count_g <= 0.001)
    assert all("for 10 s" in note for note in notes)


def test_an_array_in_metres_per_second_squared_is_refused_and_a_stream_of_it_says_so(signal: Make) -> None:
    xyz_m_s2 = 9.80665 * signal(seconds=20.0)
    with pytest.raises(InputError, match=r"divide them by 9\.80665"):
        dsp.analyze(xyz_m_s2, rate_hz=100.0)
    # One sample may be anything.
    assert not len(dsp.analyze(xyz_m_s2[:1], rate_hz=100.0).frames)
    analyzer = dsp.Analyzer(100.0)
    analyzer.push(xyz_m_s2)
    analyzer.finish()
    assert any("m/s^2" in q for q in analyzer.result().quality)
    assert not any("no gravity" in q for q in analyzer.result().quality)


def test_a_dead_axis_is_named(signal: Make) -> None:
    xyz_g = signal(seconds=20.0, tremor=(5, 15, 7.0, 0.03))
    xyz_g[:, 1] = 0.0
    found = dsp.analyze(xyz_g, rate_hz=100.0)
    assert any("axis y" in q for q in found.quality)
    assert any(s.label is State.TREMOR for s in found.segments)


def test_a_clipped_axis_is_flagged_and_named() -> None:
    t = np.arange(3000) / 100.0
    wave = np.clip(4.0 * np.sin(2 * np.pi * 3.0 * t), -2.0, 2.0)
    xyz_g = np.stack([wave, np.zeros(3000), np.ones(3000)], axis=1)
    xyz_g[:, 1:] += np.random.default_rng(0).normal(scale=0.01, size=(3000, 2))
    found = dsp.analyze(xyz_g, rate_hz=100.0)
    assert any("cut off at +2.00 g" in q for q in found.quality)
    assert found.frames["clipped"].max() > 0.2
    assert "clipped" in found.segments[0].flags


def test_a_low_rate_is_analysed_with_a_warning_and_an_absurd_one_refused(signal: Make) -> None:
    found = dsp.analyze(signal(rate_hz=20.0, seconds=30.0), rate_hz=20.0)
    assert any("too low for tremor" in q for q in found.quality)
    assert "low_rate" in found.segments[0].flags
    for rate_hz in (4.0, 0.0, -1.0, 1e9, float("nan"), float("inf")):
        with pytest.raises(RateError, match="Hz"):
            dsp.Analyzer(rate_hz)


@pytest.mark.parametrize("rate_hz", ["100", "a", True, None, 1j, [100.0], 10**400, float("nan"), float("inf")])
def test_a_rate_that_is_no_number_is_refused_with_what_it_was(signal: Make, rate_hz: Any) -> None:
    with pytest.raises(RateError, match="must be a number of samples per second"):
        dsp.Analyzer(rate_hz)
    if rate_hz is not None:
        with pytest.raises(RateError, match=re.escape(f"not {rate_hz!r}")):
            dsp.analyze(signal(seconds=5.0), rate_hz=rate_hz)


def test_masked_values_are_missing(signal: Make) -> None:
    masked = np.ma.masked_array(signal(seconds=30.0), mask=False)
    masked[1000:2000] = np.ma.masked
    masked[2500, 1] = np.ma.masked
    holed = masked.filled(np.nan)
    whole = dsp.analyze(masked, rate_hz=100.0)
    assert_same(whole, dsp.analyze(holed, rate_hz=100.0))
    assert whole.findings.gap_s == pytest.approx(10.01)
    analyzer = dsp.Analyzer(100.0)
    for at in range(0, 3000, 700):
        analyzer.push(masked[at : at + 700])
    analyzer.finish()
    assert_same(analyzer.result(), whole)


@pytest.mark.filterwarnings("error")
def test_values_beyond_any_float32_are_missing_without_a_warning(signal: Make) -> None:
    xyz_g = signal(seconds=12.0).astype(np.float64)
    xyz_g[500] = 1e300
    found = dsp.analyze(xyz_g, rate_hz=100.0)
    assert "1 sample was infinite or impossibly large and counts as missing" in found.quality
    assert "1 sample is missing (0.0 s), 1 gap" in found.quality


@pytest.mark.parametrize("nothing", [[], (), np.zeros(0), np.zeros((0, 3)), np.zeros((0, 3), int)])
def test_nothing_pushed_is_nothing_and_no_mistake(signal: Make, nothing: Any) -> None:
    analyzer = dsp.Analyzer(100.0)
    analyzer.push(signal(seconds=5.0))
    assert not analyzer.push(nothing).segments
    analyzer.finish()
    assert analyzer.result().duration_s == 5.0


def test_gaps_at_either_end_and_bridged_ones_are_counted(signal: Make) -> None:
    xyz_g = signal(seconds=30.0)
    for rows in (slice(0, 100), slice(1000, 1003), slice(1500, 1700), slice(2900, None)):
        xyz_g[rows] = np.nan
    assert "403 samples are missing (4.0 s), 4 gaps" in dsp.analyze(xyz_g, rate_hz=100.0).quality


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([[0, 0]], "shape"),
        ([[1.0, 2.0, 3.0], [1.0]], "differ in length"),
        (np.zeros((3, 100), np.float32), "pass xyz_g.T"),
        (np.zeros((10, 2), np.float32), "shape"),
        (np.zeros((10, 3), np.int16), "counts"),
        (np.array([["a", "b", "c"]]), "numbers"),
    ],
)
def test_what_is_no_acceleration_is_refused_with_the_reason(rows: NDArray[Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        dsp.Analyzer(100.0).push(rows)


def test_time_going_backwards_is_refused(signal: Make) -> None:
    analyzer = dsp.Analyzer(100.0)
    analyzer.push(signal(seconds=5.0), start_s=3.0)
    with pytest.raises(InputError, match="backwards"):
        analyzer.push(signal(seconds=1.0), start_s=2.0)


def test_a_finished_analysis_takes_no_more_and_finishing_twice_adds_nothing(signal: Make) -> None:
    analyzer = dsp.Analyzer(100.0)
    assert analyzer.live is None
    assert analyzer.provisional_events == ()
    assert analyzer.current_hold is None
    analyzer.push(signal(seconds=5.0))
    analyzer.finish()
    assert len(analyzer.finish().frames) == 0
    with pytest.raises(InputError, match="finished"):
        analyzer.push(signal(seconds=1.0))


def test_an_array_needs_its_rate_and_an_empty_list_is_refused(signal: Make) -> None:
    with pytest.raises(InputError, match="rate"):
        dsp.analyze(signal(seconds=5.0))
    with pytest.raises(InputError, match="no samples"):
        dsp.analyze([])


def test_lists_are_taken_as_arrays_are(signal: Make) -> None:
    xyz_g = signal(seconds=12.0)
    whole = dsp.analyze(xyz_g, rate_hz=100.0)
    assert_same(dsp.analyze(xyz_g.tolist(), rate_hz=100.0), whole)
    assert_same(dsp.analyze(tuple(map(tuple, xyz_g.tolist())), rate_hz=100.0), whole)
    with pytest.raises(InputError, match="needs its rate"):
        dsp.analyze(xyz_g.tolist())


@pytest.mark.parametrize(
    ("source", "message"),
    [
        (None, "must be numbers in g, not object"),
        ("walk.csv", "read the file with ts.read"),
        (b"walk.csv", "read the file with ts.read"),
        (3.0, r"shape \(n, 3\)"),
        ({"x": 1.0}, "must be numbers in g, not object"),
        ([None, None], "must be numbers in g, not object"),
        ([[1.0, 2.0, 3.0], [1.0]], "differ in length"),
        ([dsp.Samples(xyz_g=np.zeros((5, 3), np.float32), rate_hz=100.0), None], "must be numbers in g, not object"),
    ],
)
def test_what_is_no_recording_is_refused_with_the_reason(source: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        dsp.analyze(source, rate_hz=100.0)


@pytest.mark.parametrize(
    "start_s", [float("nan"), float("inf"), float("-inf"), 1e300, 1.7e12, 10**400, "2", [1.0], True]
)
@pytest.mark.parametrize("first", [True, False])
def test_a_time_that_is_none_is_refused_and_changes_nothing(signal: Make, start_s: Any, first: bool) -> None:
    xyz_g = signal(seconds=12.0)
    analyzer = dsp.Analyzer(100.0)
    if not first:
        analyzer.push(xyz_g[:600])
    with pytest.raises(InputError, match="start_s must be the time of the first row in seconds, not"):
        analyzer.push(xyz_g[600:], start_s=start_s)
    analyzer.push(xyz_g if first else xyz_g[600:])
    analyzer.finish()
    assert_same(analyzer.result(), dsp.analyze(xyz_g, rate_hz=100.0))


def test_an_unknown_placement_is_refused_with_the_list() -> None:
    with pytest.raises(InputError, match="'elbow' is no placement; choose one of foot, ankle, calf"):
        dsp.Analyzer(100.0, "elbow")
    with pytest.raises(InputError, match="'up' is no side; choose one of left, right, unknown"):
        dsp.Analyzer(100.0, side="up")


@pytest.mark.parametrize("xyz", [np.zeros((5, 2), np.float32), np.zeros(5, np.float32)])
def test_samples_of_the_wrong_shape_are_refused(xyz: NDArray[np.float32]) -> None:
    with pytest.raises(InputError, match="shape"):
        dsp.Samples(xyz_g=xyz, rate_hz=100.0)


def test_samples_without_a_rate_are_refused() -> None:
    with pytest.raises(InputError, match="rate"):
        dsp.Samples(xyz_g=np.zeros((5, 3), np.float32), rate_hz=0.0)


def test_a_parameter_curve_that_does_not_increase_is_refused() -> None:
    import tomllib
    from importlib import resources

    raw = tomllib.loads(resources.files("dsp").joinpath("parameters.toml").read_text())
    raw["term"][0]["x"][1] = raw["term"][0]["x"][0]
    with pytest.raises(InputError, match="increase"):
        parse_parameters(raw)
    assert load_parameters().version == dsp.parameters_version()
