"""The small parts that speed rests on do what the plain way does."""

import copy
import math
import pickle
import random
from collections.abc import Callable
from dataclasses import FrozenInstanceError, replace
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

import dsp
from dsp import packed, segments
from dsp.fatigue import RestBaseline
from dsp.few import middle, sum_of_few
from dsp.findings_builder import build_findings
from dsp.frame_fields import FRAME_DTYPE, NUMBERS, joined, numbers_of
from dsp.labels import Placement, Side, State
from dsp.packed import Packed
from dsp.parameters import DECIDED, load_parameters
from dsp.results import Hold, Segment
from dsp.rows import neighbours, products, running_sums, sums, weighted
from dsp.segments import SEEN, summarise
from dsp.sliding import Sliding, windows

LEVELS = st.lists(st.floats(0, 1, width=32), min_size=1, max_size=200)


def made_segment(start_s: float, end_s: float, label: State, rms_g: float = 0.002) -> Segment:
    return Segment(
        start_s=start_s,
        end_s=end_s,
        label=label,
        confidence=1.0,
        runner_up=None,
        peak_hz=7.0,
        peak_spread_hz=0.1,
        rms_g=rms_g,
        displacement_mm=0.1,
    )


@given(LEVELS)
def test_the_middle_of_a_few_numbers_is_their_median(values: list[float]) -> None:
    array = np.array(values, np.float32)
    assert middle(array) == pytest.approx(float(np.median(array.astype(float))), abs=1e-12)


def test_nothing_has_no_middle() -> None:
    assert math.isnan(middle(np.empty(0)))


@given(st.integers(1, 9), st.integers(1, 5), st.integers(1, 6))
def test_windows_are_views_of_what_numpy_gives_in_five_times_the_time(size: int, step: int, count: int) -> None:
    values = np.arange(2 * ((count - 1) * step + size), dtype=np.float32).reshape(2, -1)
    found = windows(values, size, step, count)
    assert np.array_equal(found, sliding_window_view(values, size, axis=1)[:, ::step])
    assert np.shares_memory(found, values)
    with pytest.raises(ValueError, match="do not fit"):
        windows(values, size, step, count + 1)


@given(st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 3000)), min_size=1, max_size=30))
def test_sliding_columns_keep_their_numbers_however_they_grow_and_are_dropped(moves: list[tuple[int, int]]) -> None:
    sliding, first = Sliding(2, np.int64), 0
    for grown, dropped in moves:
        room = sliding.grow(grown)
        room[:] = np.arange(sliding.end - grown, sliding.end)
        first = min(first + dropped, sliding.end)
        sliding.drop(first)
        assert np.array_equal(sliding.kept[1], np.arange(first, sliding.end))
        middle_column = (first + sliding.end) // 2
        assert np.array_equal(sliding.part(middle_column, sliding.end)[0], np.arange(middle_column, sliding.end))


@given(st.data())
def test_all_curves_at_once_are_the_sum_of_each_alone(data: st.DataObject) -> None:
    parameters = load_parameters()
    values = st.one_of(st.floats(-50, 50, width=32), st.just(math.nan))
    features = {
        name: np.array(data.draw(st.lists(values, min_size=3, max_size=3)), np.float32)
        for name in {curve.feature for curve in parameters.terms}
    }
    total = parameters.table.total(features, parameters.prior)
    for frame in range(3):
        for state in range(len(DECIDED)):
            expected = parameters.prior[state]
            for curve in parameters.terms:
                x = float(features[curve.feature][frame])
                expected += 0.0 if math.isnan(x) else np.interp(x, curve.x, curve.values[state])
            assert total[state, frame] == pytest.approx(expected, abs=1e-9)


def test_few_frames_and_many_get_the_same_bits_from_all_curves() -> None:
    parameters, rng = load_parameters(), np.random.default_rng(0)
    features = {c.feature: rng.normal(scale=8.0, size=300).astype(np.float32) for c in parameters.terms}
    features["wander_hz"][::7] = np.nan
    many = parameters.table.total(features, parameters.prior)
    for at in range(0, 300, 20):
        few = {name: values[at : at + 20] for name, values in features.items()}
        assert np.array_equal(parameters.table.total(few, parameters.prior), many[:, at : at + 20])


@given(st.floats(-100, 100), st.integers(0, 3), st.integers(0, 3))
def test_a_curve_against_another_state_is_the_difference_of_both(x: float, row: int, other: int) -> None:
    for curve in load_parameters().terms:
        expected = np.interp(x, curve.x, curve.values[row]) - np.interp(x, curve.x, curve.values[other])
        assert curve.difference(row, other, x) == pytest.approx(expected, abs=1e-9)


@given(st.lists(st.tuples(st.floats(1e-4, 1e-2), st.floats(0.5, 60.0)), min_size=1, max_size=30))
def test_the_rest_baseline_is_the_median_of_still_seconds(still: list[tuple[float, float]]) -> None:
    baseline = RestBaseline()
    assert math.isnan(baseline.rms_g)
    for rms_g, seconds in still:
        baseline.add(made_segment(0.0, seconds, State.STILL, rms_g))
        baseline.add(made_segment(0.0, seconds, State.MOVEMENT, 1.0))
    below = sum(s for r, s in still if r < baseline.rms_g)
    above = sum(s for r, s in still if r > baseline.rms_g)
    half = 0.5 * sum(s for _, s in still)
    assert below <= half + 1e-6
    assert above <= half + 1e-6


def test_the_numbers_of_frames_are_a_view_and_joined_frames_are_a_copy() -> None:
    frames = np.zeros(5, FRAME_DTYPE)
    numbers_of(frames)[:, NUMBERS.index("rms_g")] = np.arange(5)
    assert frames["rms_g"].tolist() == [0, 1, 2, 3, 4]
    both = joined([frames[:2], frames[2:]])
    both["rms_g"] = 9
    assert both.dtype == FRAME_DTYPE
    assert frames["rms_g"][4] == 4
    assert len(joined([])) == 0


def test_tremor_outside_holds_is_counted_with_many_holds_and_segments() -> None:
    holds = [
        Hold(
            onset_s=at - 1.0,
            start_s=at,
            end_s=at + 10.0,
            stretch_deg=20.0,
            stretch_rate_deg_per_s=30.0,
            fast=True,
            released=True,
        )
        for at in np.arange(20.0, 2000.0, 40.0)
    ]
    segments = [
        made_segment(at, at + 5.0, State.TREMOR if i % 2 else State.STILL) for i, at in enumerate(np.arange(0, 2000, 5))
    ]
    found = build_findings(
        segments=segments,
        events=(),
        holds=holds,
        duration_s=2000.0,
        gap_s=0.0,
        rate_hz=100.0,
        placement=Placement.CALF,
        side=Side.LEFT,
        gravity_present=True,
    )

    def inside(segment: Segment, hold: Hold) -> float:
        return max(0.0, min(segment.end_s, hold.end_s) - max(segment.start_s, hold.onset_s))

    tremor = [s for s in segments if s.label is State.TREMOR]
    expected = sum(s.duration_s - sum(inside(s, h) for h in holds) for s in tremor)
    assert found.rest_tremor_s == pytest.approx(expected)
    assert found.tremor_s == pytest.approx(1000.0)
    assert all(h.tremor_s == pytest.approx(5.0) for h in found.holds)


@pytest.mark.parametrize(("noise_g", "swing_g"), [(0.0004, 0.02), (0.003, 0.02), (0.0007, 0.004)])
def test_envelope_and_beat_are_left_out_in_silence_and_only_there(noise_g: float, swing_g: float) -> None:
    rng = np.random.default_rng(0)
    xyz_g = rng.normal(scale=noise_g, size=(4000, 3))
    xyz_g[:, 2] += 1.0
    xyz_g[2000:, 0] += swing_g * np.sin(2 * np.pi * 7.0 * np.arange(2000) / 100.0)
    frames = dsp.analyze(xyz_g, rate_hz=100.0).frames
    for name in ("envelope_cv", "cycle_cv", "autocorrelation"):
        assert np.isnan(frames[name][frames["time_s"] < 17.5]).all()
        assert np.isfinite(frames[name][frames["time_s"] > 22.5]).all()
    assert np.isfinite(frames["peak_hz"][frames["time_s"] > 22.5]).all()


def test_evidence_is_worked_out_once_and_only_when_it_is_read(signal: Callable[..., NDArray[np.float32]]) -> None:
    made = []

    def sentences() -> tuple[dsp.Term, ...]:
        made.append(1)
        return (dsp.Term(name="size", value=1.0, text="4 mg"),)

    segment = replace(dsp.analyze(signal(seconds=20.0), rate_hz=100.0).segments[0], evidence=())
    later = replace(segment, evidence=sentences)
    assert not made
    assert later.evidence[0].text == later.evidence[0].text == "4 mg"
    assert len(made) == 1
    assert later != segment
    assert replace(later, evidence=()) == segment


def test_segments_and_events_survive_a_file_and_a_copy_with_their_evidence(
    signal: Callable[..., NDArray[np.float32]],
) -> None:
    result = dsp.analyze(signal(seconds=40.0, tremor=(12, 28, 7.0, 0.03), kicks=(6.0,)), rate_hz=100.0)
    found = (*result.segments, *result.events)
    assert len(result.events) == 1
    again, other = pickle.loads(pickle.dumps(found)), copy.deepcopy(found)
    assert repr(again) == repr(found) == repr(other)
    assert all(item.evidence for item in again if item.label is not State.UNCLEAR)
    with pytest.raises(FrozenInstanceError):
        again[0].evidence = ()


@pytest.mark.parametrize("pack", [False, True])
def test_packed_items_are_those_that_were_added(pack: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(packed, "BLOCK", 3)
    kept, plain = Packed[str](pack=pack), [f"item {i}" for i in range(20)]
    kept.extend(plain)
    assert (len(kept), list(kept)) == (20, plain)
    assert [kept[i] for i in range(-20, 20)] == [plain[i] for i in range(-20, 20)]
    for part in (slice(17, None), slice(2, 19), slice(None, None, 5), slice(-2, None), slice(30, None)):
        assert kept[part] == plain[part]
    assert (kept.nbytes > 0) is pack
    with pytest.raises(IndexError):
        kept[20]


@given(st.integers(1, 8), st.integers(1, 60), st.integers(0, 15), st.randoms())
def test_neighbours_repeat_the_ends_and_sums_do_not_depend_on_how_many_rows_there_are(
    rows: int, columns: int, reach: int, chance: random.Random
) -> None:
    values = np.random.default_rng(chance.getrandbits(32)).random((rows, columns + 3), np.float32)[:, :columns]
    values = values.copy()
    at = np.array([chance.randrange(columns) for _ in range(rows)])
    padded = np.pad(values, ((0, 0), (reach, reach)), mode="edge")
    wanted = np.array([row[i : i + 2 * reach + 1] for row, i in zip(padded, at, strict=True)])
    assert np.array_equal(neighbours(values, at, reach), wanted)
    weights = values[0].copy()
    for row in range(rows):
        alone = values[row : row + 1]
        assert sums(values)[row] == sums(alone)[0] == sums(alone.copy())[0]
        assert weighted(values, weights)[row] == weighted(alone, weights)[0]
        assert products(values, values)[row] == products(alone, alone)[0]


@pytest.mark.parametrize("many", [0, 10, segments.MANY])
@given(sizes=st.lists(st.integers(1, 30), min_size=1, max_size=6), chance=st.randoms())
def test_segments_summed_up_together_are_what_each_is_alone(many: int, sizes: list[int], chance: random.Random) -> None:
    frames = np.zeros(sum(sizes), FRAME_DTYPE)
    numbers = numbers_of(frames)
    numbers[:] = np.random.default_rng(chance.getrandbits(32)).random(numbers.shape, np.float32)
    numbers[numbers < 0.05] = np.nan
    numbers[:, NUMBERS.index("missing") :] = np.nan_to_num(numbers[:, NUMBERS.index("missing") :])
    frames["p_still"] = frames["p_movement"] = frames["p_reflex_rhythm"] = frames["p_tremor"] = 0.25
    of_peaks = [name for name in SEEN if name in segments.OF_PEAKS]
    begins = [0, *np.cumsum(sizes)[:-1].tolist()]
    # Some are sorted, some partitioned; alone all are sorted.
    with patch.object(segments, "MANY", many):
        together = summarise(frames, begins)
        typical = [found.typical for found in together]
    for found, middles, begin, size in zip(together, typical, begins, sizes, strict=True):
        part = frames[begin : begin + size]
        assert repr(summarise(part, [0])) == repr([found])
        lineless = 2 * np.isnan(part["peak_hz"]).sum() > size
        for value, name in zip(middles, SEEN, strict=True):
            known = part[name][~np.isnan(part[name])].astype(np.float64)
            if lineless and name in of_peaks:
                known = known[:0]
            assert np.array_equal(value, np.median(known) if len(known) else np.nan, equal_nan=True)
        peaks = part["peak_hz"][~np.isnan(part["peak_hz"])].astype(np.float64)
        if lineless:
            peaks = peaks[:0]
        assert found.peak_spread_hz == pytest.approx(peaks.std() if len(peaks) else np.nan, abs=1e-9, nan_ok=True)


@given(st.integers(1, 40), st.integers(1, 60), st.randoms())
def test_running_sums_are_those_of_the_newest_values_wherever_they_stand(
    size: int, count: int, chance: random.Random
) -> None:
    values = np.random.default_rng(chance.getrandbits(32)).random((3, size + count - 1))
    found = running_sums(values, size)
    assert np.allclose(found, np.lib.stride_tricks.sliding_window_view(values, size, axis=1).sum(axis=2))
    at = chance.randrange(count)
    assert found[:, at].tolist() == running_sums(values[:, at : at + size], size)[:, 0].tolist()
    assert found[:, at].tolist() == [sum_of_few(row) for row in values[:, at : at + size].tolist()]


@pytest.mark.parametrize("rows", [0, 1, 5])
def test_rows_without_a_column_add_up_to_nothing(rows: int) -> None:
    empty, weights = np.full((rows, 11), np.nan, np.float32)[:, 16:16], np.empty(0, np.float32)
    for total in (sums(empty), weighted(empty, weights), products(empty, empty)):
        assert total.tolist() == [0.0] * rows
        assert total.dtype == np.float32


def test_nothing_is_told_as_certain() -> None:
    told = [dsp.percent_sure(confidence) for confidence in (0.0, 0.004, 0.5, 0.784, 0.994, 0.996, 1.0)]
    assert told == [1, 1, 50, 78, 99, 99, 99]
