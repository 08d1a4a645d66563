"""Faults of sensors at every rate and in any chunks: a defined result, and no class from nothing."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import dsp
import tremorscope as ts
from dsp import State
from tests.dsp.test_streaming import assert_same

Floats = NDArray[np.float32]
Make = Callable[..., Floats]
RATES = (25.0, 50.0, 52.0, 64.0, 100.0, 104.0, 200.0, 208.0, 400.0)
SHAKING = (State.TREMOR, State.REFLEX_RHYTHM)


def constant_axis(xyz_g: Floats) -> Floats:
    xyz_g[:, 1] = 0.25
    return xyz_g


def dead_axis(xyz_g: Floats) -> Floats:
    xyz_g[:, 0] = 0.0
    return xyz_g


def saturated_axis(xyz_g: Floats) -> Floats:
    xyz_g[:, 2] = np.minimum(xyz_g[:, 2] * 3.0, 2.0)
    return xyz_g


def missing_axis(xyz_g: Floats) -> Floats:
    xyz_g[:, 1] = np.nan
    return xyz_g


def late_axis(xyz_g: Floats) -> Floats:
    xyz_g[: len(xyz_g) // 3, 0] = np.nan
    return xyz_g


def lost_axis(xyz_g: Floats) -> Floats:
    xyz_g[len(xyz_g) // 2 :, 2] = np.nan
    return xyz_g


def scattered_nan(xyz_g: Floats) -> Floats:
    xyz_g[np.random.default_rng(0).random(xyz_g.shape) < 0.02] = np.nan
    return xyz_g


def mostly_nan(xyz_g: Floats) -> Floats:
    xyz_g[np.random.default_rng(1).random(xyz_g.shape) < 0.3] = np.nan
    return xyz_g


def nothing_but_nan(xyz_g: Floats) -> Floats:
    return np.full_like(xyz_g, np.nan)


def impossible_values(xyz_g: Floats) -> Floats:
    xyz_g[len(xyz_g) // 3] = (1e30, 0.0, 1.0)
    xyz_g[len(xyz_g) // 2] = (np.inf, -3e38, np.nan)
    return xyz_g


def blank_rows(xyz_g: Floats) -> Floats:
    """Each packet begins with a row that was not filled."""
    xyz_g[::25] = 0.0
    return xyz_g


def blank_start(xyz_g: Floats) -> Floats:
    xyz_g[: len(xyz_g) // 4] = 0.0
    return xyz_g


def blank_stretch(xyz_g: Floats) -> Floats:
    xyz_g[len(xyz_g) // 3 : len(xyz_g) // 2] = 0.0
    return xyz_g


def stuck_samples(xyz_g: Floats) -> Floats:
    xyz_g[len(xyz_g) // 3 : 2 * len(xyz_g) // 3] = xyz_g[len(xyz_g) // 3]
    return xyz_g


def constant_samples(xyz_g: Floats) -> Floats:
    return np.tile(xyz_g[:1], (len(xyz_g), 1))


def stuck_start(xyz_g: Floats) -> Floats:
    xyz_g[: len(xyz_g) // 3] = xyz_g[len(xyz_g) // 3]
    return xyz_g


def dying_axes(xyz_g: Floats) -> Floats:
    """Two of them, one after the other."""
    for axis, share in ((0, 0.2), (2, 0.4)):
        at = int(share * len(xyz_g))
        xyz_g[at:, axis] = xyz_g[at, axis]
    return xyz_g


def drifting_rate(xyz_g: Floats) -> Floats:
    """The clock runs up to a tenth too fast and too slow."""
    n = len(xyz_g)
    t = np.cumsum(1.0 + 0.1 * np.sin(np.arange(n) * 2.0 * np.pi / n))
    return np.stack([np.interp(t * n / t[-1], np.arange(n), axis) for axis in xyz_g.T], axis=1).astype(np.float32)


def one_sample(xyz_g: Floats) -> Floats:
    return xyz_g[:1]


def no_sample(xyz_g: Floats) -> Floats:
    return xyz_g[:0]


FAULTS = (
    constant_axis,
    dead_axis,
    saturated_axis,
    missing_axis,
    late_axis,
    lost_axis,
    scattered_nan,
    mostly_nan,
    nothing_but_nan,
    impossible_values,
    blank_rows,
    blank_start,
    blank_stretch,
    stuck_samples,
    constant_samples,
    stuck_start,
    dying_axes,
    drifting_rate,
    one_sample,
    no_sample,
)


def assert_defined(found: dsp.Analysis) -> None:
    """Every second has a segment, every frame is valid or no_data, and every number that must be one is."""
    at = 0.0
    for segment in found.segments:
        assert segment.start_s == pytest.approx(at, abs=1e-6)
        at = segment.end_s
    assert at == pytest.approx(found.duration_s, abs=1e-6)
    total = sum(found.frames[name].astype(float) for name in ("p_still", "p_movement", "p_reflex_rhythm", "p_tremor"))
    no_data = found.frames["label"] == State.NO_DATA.value
    assert np.allclose(total[~no_data], 1.0, atol=1e-5)
    assert (total[no_data] == 0).all()
    for name in ("rms_g", "low_rms_g", "low_ratio", "missing", "clipped"):
        assert np.isfinite(found.frames[name]).all(), name
    # There may be no peak, but then nothing that shakes either.
    assert not (np.isnan(found.frames["peak_hz"]) & (found.frames["p_still"] + found.frames["p_movement"] < 0.9))[
        ~no_data
    ].any()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("rate_hz", RATES)
def test_a_faulty_sensor_at_rest_gives_a_defined_result_and_neither_shaking_nor_kicks(
    signal: Make, rate_hz: float, fault: Callable[[Floats], Floats]
) -> None:
    found = ts.analyze(fault(signal(rate_hz=rate_hz, seconds=12.0)), rate_hz=rate_hz)
    assert_defined(found)
    assert not [s for s in found.segments if s.label in SHAKING]
    assert not found.events


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rate_hz=st.sampled_from(RATES),
    faults=st.lists(st.sampled_from(FAULTS[:-2]), min_size=1, max_size=3, unique=True),
    sizes=st.lists(st.integers(1, 500), min_size=1, max_size=30),
)
def test_faults_together_in_random_chunks_equal_the_whole(
    signal: Make, rate_hz: float, faults: list[Callable[[Floats], Floats]], sizes: list[int]
) -> None:
    xyz_g = signal(rate_hz=rate_hz, seconds=15.0, tremor=(5, 11, 6.3, 0.03), kicks=(3.0, 13.0))
    for fault in faults:
        xyz_g = fault(xyz_g)
    analyzer, at, i = ts.Analyzer(rate_hz), 0, 0
    while at < len(xyz_g):
        analyzer.push(xyz_g[at : at + sizes[i % len(sizes)]])
        _ = analyzer.live
        at, i = at + sizes[i % len(sizes)], i + 1
    analyzer.finish()
    whole = ts.analyze(xyz_g, rate_hz=rate_hz)
    assert_defined(whole)
    assert_same(analyzer.result(), whole)


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (dead_axis, "axis x never changes"),
        (missing_axis, "axis y never changes"),
        (missing_axis, "lack an axis"),
        (late_axis, "lack an axis"),
        (lost_axis, "are missing"),
        (saturated_axis, "axis z reads +2.00 g and never changes: it is cut off there or dead"),
        (impossible_values, "impossibly large"),
        (constant_samples, "never change"),
        (nothing_but_nan, "are missing"),
        (blank_rows, "zero on every axis"),
        (blank_stretch, "zero on every axis"),
        (blank_start, "zero before gravity came (until 3.0 s)"),
        (stuck_samples, "did not change for 4 s, which no sensor so fine does at rest (from 4.0 s to 8.0 s)"),
        (stuck_start, "did not change for 4 s, which no sensor so fine does at rest (from 0.0 s to 4."),
        (dying_axes, "axis x did not change while others did (from 2.4 s to 12.0 s)"),
        (dying_axes, "axis z did not change while others did (from 4.8 s to 12.0 s)"),
    ],
)
def test_the_quality_names_the_fault(signal: Make, fault: Callable[[Floats], Floats], words: str) -> None:
    found = ts.analyze(fault(signal(seconds=12.0)), rate_hz=100.0)
    assert any(words in note for note in found.quality), found.quality


def test_shaking_is_still_found_without_one_axis_and_reads_smaller(signal: Make) -> None:
    xyz_g = signal(seconds=20.0, tremor=(4, 16, 7.0, 0.03))
    xyz_g[:, 1] += xyz_g[:, 0]
    whole, part = (ts.analyze(x, rate_hz=100.0) for x in (xyz_g, missing_axis(xyz_g.copy())))
    assert part.findings.tremor_s > 5.0
    assert part.findings.tremor_hz == pytest.approx(whole.findings.tremor_hz, abs=0.05)
    assert part.findings.tremor_rms_g < 0.8 * whole.findings.tremor_rms_g


@pytest.mark.parametrize("rate_hz", [25.0, 52.0, 100.0, 208.0])
@pytest.mark.parametrize("axis", [0, 1, 2])
def test_an_axis_that_is_not_there_is_flagged_as_a_dead_one_is(signal: Make, rate_hz: float, axis: int) -> None:
    xyz_g = signal(rate_hz=rate_hz, seconds=30.0)
    # Coarse counts, of which nothing else shows that one is dead.
    xyz_g = (np.round(xyz_g / 0.004) * 0.004).astype(np.float32)
    missing, late, lost = xyz_g.copy(), xyz_g.copy(), xyz_g.copy()
    missing[:, axis] = np.nan
    late[: round(15 * rate_hz), axis] = np.nan
    lost[round(15 * rate_hz) :, axis] = np.nan
    for broken, dead, alive in ((missing, (5.0, 25.0), ()), (late, (5.0,), (25.0,)), (lost, (25.0,), (5.0,))):
        segments = ts.analyze(broken, rate_hz=rate_hz).segments
        flags = {t: next(s.flags for s in segments if s.start_s <= t < s.end_s) for t in (*dead, *alive)}
        assert all("dead_axis" in flags[t] for t in dead)
        assert not any("dead_axis" in flags[t] for t in alive)


def test_an_axis_that_is_lost_counts_as_dead_after_two_seconds_and_the_others_go_on(signal: Make) -> None:
    xyz_g = signal(seconds=40.0, tremor=(5, 38, 7.0, 0.03))
    lost = xyz_g.copy()
    lost[1500:, 1] = np.nan
    found = ts.analyze(lost, rate_hz=100.0)
    gap = next(s for s in found.segments if "no samples" in s.flags)
    assert (gap.start_s, gap.end_s) == (15.0, 17.0)
    after = [s for s in found.segments if s.start_s >= gap.end_s and s.label in SHAKING]
    assert sum(s.duration_s for s in after) > 15.0
    assert all("dead_axis" in s.flags for s in after)
    assert not any("dead_axis" in s.flags for s in found.segments if s.end_s <= 15.0)
    assert found.findings.gap_s == pytest.approx(2.0)
    assert any("lack an axis that the sensor did not give" in note for note in found.quality)
    # It comes back, and a short loss is no loss of the axis.
    lost[2500:] = xyz_g[2500:]
    lost[3000:3150, 2] = np.nan
    found = ts.analyze(lost, rate_hz=100.0)
    assert 25.0 in [s.end_s for s in found.segments]
    assert not any("dead_axis" in s.flags for s in found.segments if s.start_s >= 25.0)
    assert any(s.flags == ("no samples",) and (s.start_s, s.end_s) == (30.0, 31.5) for s in found.segments)


def test_an_axis_that_begins_late_begins_a_run_so_that_its_first_value_is_no_kick(signal: Make) -> None:
    xyz_g = signal(seconds=12.0)
    xyz_g[:600, 2] = np.nan
    found = ts.analyze(xyz_g, rate_hz=100.0)
    assert not found.events
    assert 6.0 in [s.end_s for s in found.segments]


@pytest.mark.parametrize("rate_hz", RATES)
def test_windows_and_hops_are_seconds_at_the_rate_of_the_sensor_and_begin_anew_after_a_gap(
    signal: Make, rate_hz: float
) -> None:
    xyz_g = signal(rate_hz=rate_hz, seconds=16.0)
    first, after = round(7.0 * rate_hz), round(8.0 * rate_hz)
    xyz_g[first:after] = np.nan
    centres = ts.analyze(xyz_g, rate_hz=rate_hz).frames["time_s"]
    window_s, hop_s = round(4.0 * rate_hz) / rate_hz, round(0.5 * rate_hz) / rate_hz
    for begin_s, end_s in ((0.0, first / rate_hz), (after / rate_hz, 16.0)):
        run = centres[(centres > begin_s) & (centres < end_s)]
        assert run[0] == pytest.approx(begin_s + 0.5 * window_s)
        assert np.allclose(np.diff(run), hop_s)
        assert run[-1] + 0.5 * window_s <= end_s + 1e-9
        # Where hops do not divide the window, a frame ends with its last whole hop.
        assert run[-1] + 0.5 * window_s + 2 * hop_s > end_s - 1e-9


@pytest.mark.parametrize("rate_hz", RATES)
def test_a_twentieth_missing_is_kept_and_more_is_no_data_at_any_rate(signal: Make, rate_hz: float) -> None:
    xyz_g = signal(rate_hz=rate_hz, seconds=12.0)
    every = max(4, round(0.2 * rate_hz))
    kept, lost = xyz_g.copy(), xyz_g.copy()
    kept[round(5 * rate_hz)] = np.nan
    bridged = max(1, int(0.06 * rate_hz))
    for at in range(round(4 * rate_hz), round(8 * rate_hz), every):
        lost[at : at + bridged] = np.nan
    assert not (ts.analyze(kept, rate_hz=rate_hz).frames["label"] == State.NO_DATA.value).any()
    frames = ts.analyze(lost, rate_hz=rate_hz).frames
    assert ((frames["missing"] > 0.05) == (frames["label"] == State.NO_DATA.value)).all()
    assert (frames["label"] == State.NO_DATA.value).any()


@pytest.mark.parametrize("lost", [np.nan, 0.0])
@pytest.mark.parametrize("rate_hz", [25.0, 100.0])
def test_while_rows_are_missing_the_live_view_names_nothing(signal: Make, rate_hz: float, lost: float) -> None:
    xyz_g = signal(rate_hz=rate_hz, seconds=40.0, tremor=(10.0, 40.0, 6.0, 0.05)).copy()
    xyz_g[round(20 * rate_hz) : round(30 * rate_hz)] = lost
    analyzer, names = dsp.Analyzer(rate_hz, "calf"), {}
    step = round(0.2 * rate_hz)
    for at in range(0, len(xyz_g), step):
        analyzer.push(xyz_g[at : at + step])
        if (live := analyzer.live) is not None:
            names[round((at + step) / rate_hz, 1)] = live
    assert names[19.8].label is State.TREMOR
    for at_s in (21.0, 25.0, 29.8):
        live = names[at_s]
        assert (live.label, live.confidence, live.evidence, live.event) == (State.NO_DATA, 1.0, (), None)
        assert live.time_s == pytest.approx(20.0, abs=0.2)
        assert live.since_s == live.time_s
        assert np.isnan(live.rms_g)
    assert names[39.0].label is State.TREMOR


def test_what_is_bridged_is_no_gap_in_the_live_view(signal: Make) -> None:
    xyz_g = signal(seconds=20.0, tremor=(5.0, 20.0, 6.0, 0.05)).copy()
    xyz_g[1500:1505] = np.nan
    analyzer = dsp.Analyzer(100.0, "calf")
    analyzer.push(xyz_g[:1505])
    live = analyzer.live
    assert live is not None
    assert live.label is State.TREMOR
