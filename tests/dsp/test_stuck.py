"""What a sensor repeats instead of measuring: noted with its time, flagged where it lies, and told from coarse rest."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator
from scipy.spatial.transform import Rotation

import dsp
import recordings
from dsp import State
from dsp.repeats import Repeats
from dsp.stuck import ALL, StuckWatch
from tests.dsp.test_streaming import assert_same

Floats = NDArray[np.float32]
Make = Callable[..., Floats]


def flags_at(found: dsp.Analysis, time_s: float) -> tuple[str, ...]:
    return next(s.flags for s in found.segments if s.start_s <= time_s < s.end_s)


def watched(xyz_g: Floats, rate_hz: float) -> StuckWatch:
    watch = StuckWatch(rate_hz)
    watch.take(np.ascontiguousarray(xyz_g.T), 0)
    return watch


def counted_in(xyz_g: NDArray[np.floating], count_g: float) -> Floats:
    return (np.round(xyz_g / count_g) * count_g).astype(np.float32)


@pytest.mark.parametrize("rate_hz", [25.0, 52.0, 100.0, 208.0])
def test_a_sensor_that_gets_stuck_is_flagged_and_its_time_is_told(signal: Make, rate_hz: float) -> None:
    xyz_g = signal(rate_hz=rate_hz, seconds=60.0)
    xyz_g[round(20 * rate_hz) :] = xyz_g[round(20 * rate_hz)]
    found = dsp.analyze(xyz_g, rate_hz=rate_hz)
    assert "stuck" in flags_at(found, 40.0)
    assert "dead_axis" not in flags_at(found, 40.0)
    (note,) = found.quality
    begin_s = float(note.partition("(from ")[2].split()[0])
    assert begin_s == pytest.approx(20.0, abs=0.3)
    assert f"to {found.duration_s:.1f} s" in note


def test_what_lies_before_and_after_is_not_flagged(signal: Make) -> None:
    xyz_g = signal(seconds=90.0, tremor=(10, 20, 6.0, 0.05))
    xyz_g[7000:7500] += signal(seconds=5.0, tremor=(0, 5, 6.0, 0.05)) - np.float32([0, 0, 1])
    xyz_g[3000:5000] = xyz_g[3000]
    found = dsp.analyze(xyz_g, rate_hz=100.0)
    assert "stuck" in flags_at(found, 40.0)
    assert "stuck" not in flags_at(found, 15.0)
    assert "stuck" not in flags_at(found, 72.0)
    assert "stuck" not in flags_at(found, 85.0)


def test_zeros_before_gravity_are_flagged_and_their_end_is_told(signal: Make) -> None:
    xyz_g = signal(seconds=60.0)
    xyz_g[:1500] = 0.0
    found = dsp.analyze(xyz_g, rate_hz=100.0)
    assert [(s.end_s, s.flags) for s in found.segments] == [(15.0, ("stuck", "no_gravity")), (60.0, ())]
    assert found.quality == (
        "1500 samples were zero before gravity came (until 15.0 s): the sensor was off, or packets came empty",
    )


@pytest.mark.parametrize("level_g", [0.0, 1.0])
def test_samples_that_never_change_are_flagged(level_g: float) -> None:
    found = dsp.analyze(np.full((3000, 3), level_g, np.float32), rate_hz=100.0)
    (segment,) = found.segments
    assert "stuck" in segment.flags
    assert any("never change" in q for q in found.quality)


@pytest.mark.parametrize("axes", [(0,), (1,), (2,), (0, 2)])
@pytest.mark.parametrize("begin_s", [0.0, 15.0, 40.0])
def test_axes_that_freeze_are_flagged_and_named_with_the_time(
    signal: Make, axes: tuple[int, ...], begin_s: float
) -> None:
    xyz_g = signal(seconds=60.0)
    for axis in axes:
        xyz_g[round(100 * begin_s) :, axis] = 0.3
    found = dsp.analyze(xyz_g, rate_hz=100.0)
    assert "dead_axis" in flags_at(found, 50.0)
    for axis, name in enumerate("xyz"):
        said = [q for q in found.quality if q.startswith(f"axis {name} ")]
        assert bool(said) == (axis in axes)
        when = f"(from {begin_s:.1f} s to 60.0 s)" if begin_s else "never changes"
        assert all(when in q for q in said)


def test_an_axis_that_stands_at_the_end_of_its_range_is_said_to_be_cut_off(signal: Make) -> None:
    xyz_g = signal(seconds=60.0)
    xyz_g[3000:, 2] = 2.0
    (note,) = [q for q in dsp.analyze(xyz_g, rate_hz=100.0).quality if q.startswith("axis z stood")]
    assert note.startswith("axis z stood at +2.00 g while others changed (from 30.0 s to 60.0 s): it was cut off there")


def test_several_times_are_counted(signal: Make) -> None:
    xyz_g = signal(seconds=90.0)
    for begin in (2000, 4000, 6000):
        xyz_g[begin : begin + 800, 0] = 0.1
        xyz_g[begin + 1000 : begin + 1500] = 0.4
    notes = dsp.analyze(xyz_g, rate_hz=100.0).quality
    assert any("axis x did not change while others did (from 20.0 s to 28.0 s, and 2 more)" in q for q in notes)
    assert any("did not change for 15 s" in q and "(from 30.0 s to 35.0 s, and 2 more)" in q for q in notes)


def test_a_coarse_axis_that_rests_while_others_swing_is_dead_and_one_that_rests_with_them_is_not() -> None:
    rng, t = np.random.default_rng(5), np.arange(6000) / 100.0
    rest = rng.normal([0.5, 0.1, 0.8], 0.002, (6000, 3))
    assert dsp.analyze(counted_in(rest, 0.016), rate_hz=100.0).quality == ()
    swing = rest + 0.4 * np.sin(2 * np.pi * 0.9 * t)[:, None] * ((t > 20) & (t < 50))[:, None]
    alive = dsp.analyze(counted_in(swing, 0.016), rate_hz=100.0)
    swing[:, 1] = 0.1
    dead = dsp.analyze(counted_in(swing, 0.016), rate_hz=100.0)
    assert "dead_axis" in flags_at(dead, 40.0)
    assert not any("dead_axis" in s.flags for s in alive.segments)


@pytest.mark.parametrize("count_g", [0.003, 0.004, 0.016])
@pytest.mark.parametrize("noise_g", [0.0002, 0.001, 0.003])
def test_hours_of_rest_with_coarse_counts_are_neither_stuck_nor_dead(count_g: float, noise_g: float) -> None:
    rng = np.random.default_rng(8)
    t = np.arange(3 * 3600 * 50) / 50.0
    posture = np.stack([np.sin(t / 4000.0), np.cos(t / 4000.0) * 0.6, np.cos(t / 4000.0) * 0.8], axis=1)
    watch = watched(counted_in(posture + rng.normal(0, noise_g, (len(t), 3)), count_g), 50.0)
    assert not any(watch.stretches(axis) for axis in (0, 1, 2, ALL))


@pytest.mark.parametrize("count_g", [0.0039, 0.0078])
def test_a_limb_that_rests_on_one_coarse_value_is_not_stuck_in_data_that_were_turned(count_g: float) -> None:
    rng, t = np.random.default_rng(9), np.arange(6000) / 50.0
    # It rests half-way between two values first, so that it flips all the time, and then on one.
    way = np.where(t[:, None] < 50.0, 0.5, 0.0) * [1.0, 1.0, 1.0]
    rest = count_g * (np.round([0.2 / count_g, 0.5 / count_g, 0.84 / count_g]) + way)
    coarse = counted_in(rest + rng.normal(0, 0.0004, (len(t), 3)), count_g)
    for seed in range(4):
        turned = (coarse @ Rotation.random(random_state=seed).as_matrix()).astype(np.float32)
        found = dsp.analyze(turned, rate_hz=50.0)
        assert found.quality == ()
        assert not any("stuck" in s.flags for s in found.segments)


def test_a_sensor_that_gets_stuck_is_told_in_data_that_were_turned(signal: Make) -> None:
    xyz_g = signal(seconds=60.0)
    xyz_g[2000:4000] = xyz_g[2000]
    for seed in range(3):
        turned = (xyz_g @ Rotation.random(random_state=seed).as_matrix()).astype(np.float32)
        assert "stuck" in flags_at(dsp.analyze(turned, rate_hz=100.0), 30.0)


def test_a_tone_that_looks_the_same_five_times_a_second_is_not_stuck() -> None:
    rng, t = np.random.default_rng(2), np.arange(4000) / 100.0
    xyz_g = rng.normal([0, 0, 1], 0.002, (4000, 3))
    tone = np.tile(0.1 * np.sin(2 * np.pi * 5.0 * t[:20]), 100)
    xyz_g[2000:] = np.stack([tone, 0.5 * tone, 1.0 + 0.2 * tone], axis=1)
    found = dsp.analyze(xyz_g.astype(np.float32), rate_hz=100.0)
    assert not any("did not change" in q for q in found.quality)


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rate_hz=st.sampled_from([12.5, 25.0, 51.3, 100.0]),
    sizes=st.lists(st.integers(1, 400), min_size=1, max_size=20),
    parts=st.lists(st.tuples(st.integers(0, 39), st.integers(1, 15), st.integers(0, ALL)), max_size=4),
    holes=st.lists(st.tuples(st.integers(0, 39), st.floats(0.01, 3.0)), max_size=3),
)
def test_flags_and_notes_do_not_depend_on_chunks(
    signal: Make,
    rate_hz: float,
    sizes: list[int],
    parts: list[tuple[int, int, int]],
    holes: list[tuple[int, float]],
) -> None:
    xyz_g = signal(rate_hz=rate_hz, seconds=40.0, tremor=(12, 20, 3.1, 0.05), kicks=(25.0,))
    for at_s, lasts_s, axis in parts:
        rows = slice(round(at_s * rate_hz), round((at_s + lasts_s) * rate_hz))
        axes = slice(None) if axis == ALL else axis
        xyz_g[rows, axes] = xyz_g[rows.start, axes]
    for at_s, lasts_s in holes:
        xyz_g[round(at_s * rate_hz) : round((at_s + lasts_s) * rate_hz)] = np.nan
    analyzer, at, i = dsp.Analyzer(rate_hz), 0, 0
    while at < len(xyz_g):
        analyzer.push(xyz_g[at : at + sizes[i % len(sizes)]])
        at, i = at + sizes[i % len(sizes)], i + 1
    analyzer.finish()
    assert_same(analyzer.result(), dsp.analyze(xyz_g, rate_hz=rate_hz))


def test_a_jump_in_time_equals_rows_of_nan_and_parts_what_lies_around_it(signal: Make) -> None:
    xyz_g = signal(seconds=60.0)
    xyz_g[2000:2150], xyz_g[2300:2450] = xyz_g[2000], xyz_g[2000]
    xyz_g[4000:, 1] = 0.2
    holed = xyz_g.copy()
    holed[2150:2300] = holed[4100:4400] = np.nan
    runs = [
        dsp.Samples(xyz_g=xyz_g[a:b], rate_hz=100.0, start_s=a / 100.0)
        for a, b in ((0, 2150), (2300, 4100), (4400, 6000))
    ]
    whole = dsp.analyze(runs)
    assert_same(whole, dsp.analyze(holed, rate_hz=100.0))
    # Twice 1.5 s do not make 3 s.
    assert not any("did not change for" in q for q in whole.quality)
    assert any("axis y did not change while others did (from 44.0 s to 60.0 s)" in q for q in whole.quality)


def test_times_count_from_the_start_of_the_recording(signal: Make) -> None:
    xyz_g = signal(seconds=60.0)
    xyz_g[2000:, 1] = 0.2
    found = dsp.analyze([dsp.Samples(xyz_g=xyz_g, rate_hz=100.0, start_s=100.0)])
    assert any("(from 120.0 s to 160.0 s)" in q for q in found.quality)
    assert "dead_axis" in flags_at(found, 150.0)


def test_gravity_that_is_in_no_frame_of_a_segment_is_flagged(signal: Make) -> None:
    xyz_g = signal(seconds=30.0, tremor=(10, 20, 6.0, 0.05))
    without = dsp.analyze(xyz_g - np.float32([0, 0, 1]), rate_hz=100.0)
    assert all("no_gravity" in s.flags for s in without.segments)
    assert not any("no_gravity" in s.flags for s in dsp.analyze(xyz_g, rate_hz=100.0).segments)


def test_repeats_are_known_after_enough_looks_at_rest_and_long_streaks_count_little() -> None:
    change = np.full((3, 60), 0.01, np.float32)
    change[:, 30:50] = 0.0
    change[0, ::2] = 0.0
    repeats = Repeats()
    repeats.take(change, change == 0.0, 0)
    assert repeats.known_from is None or repeats.known_from == 19
    assert not repeats.rarer(1.0).any()  # such changes may be coarse counts
    change[2, 5] = 0.0005
    repeats = Repeats()
    repeats.take(change, change == 0.0, 0)
    assert not repeats.rarer(1.0).any()  # a coarse step along an axis that data were turned away from
    change[:, 5] = 0.0005
    repeats = Repeats()
    repeats.take(change, change == 0.0, 0)
    assert repeats.rarer(0.0).tolist() == [False] * 19 + [True] * 11 + [False] * 30
    assert repeats.rarer(0.1)[19:].all()


@pytest.mark.needs_data
@pytest.mark.parametrize(
    "file",
    [
        "ggirread/ax3_testfile.cwa",
        "ggirread/ax3test.wav",
        "geneactiv-csv/demo_data.csv",
        "empatica-e4/ACC.csv",
        "mims/activpal3.csv",
        "skdh/ax3_sample.cwa",
    ],
)
def test_real_sensors_with_coarse_counts_are_neither_stuck_nor_dead(data: Path, file: str) -> None:
    """`ax3test.wav` holds counts of 16 mg that its logger's program resampled."""
    recording = recordings.read(data / "vendor" / file)
    found = dsp.analyze(recording.samples)
    assert not any({"stuck", "dead_axis"} & set(s.flags) for s in found.segments)
    assert not any("did not change" in q for q in found.quality)


@pytest.mark.needs_data
def test_coarse_counts_of_a_day_that_somebody_resampled_hold_no_dead_axis(data: Path) -> None:
    (run,) = recordings.read(data / "vendor" / "mims" / "activpal3.csv").samples
    t = np.arange(len(run.xyz_g)) / run.rate_hz
    finer = PchipInterpolator(t, run.xyz_g)(np.arange(0.0, t[-1], 0.01))
    watch = watched(counted_in(finer, 1 / 4096), 100.0)
    assert not any(watch.stretches(axis) for axis in (0, 1, 2, ALL))


def test_zeros_of_a_sensor_that_is_off_are_no_stillness(signal: Make) -> None:
    xyz_g = signal(seconds=30.0)
    xyz_g[:1000] = 0.0
    xyz_g[2000:] = 0.0
    found = dsp.analyze(xyz_g, rate_hz=100.0)
    assert [(s.label, bool(s.flags)) for s in found.segments] == [
        (State.NO_DATA, True),
        (State.STILL, False),
        (State.NO_DATA, True),
    ]


LABELS = ("label", "live_label")


@pytest.mark.parametrize("rate_hz", [12.5, 25.0, 52.0, 100.0, 400.0])
@pytest.mark.parametrize("lasts_s", [2.6, 3.13, 8.0, 15.55])
def test_the_jump_of_a_stuck_sensor_that_measures_again_is_no_kick_and_no_stretch(
    signal: Make, rate_hz: float, lasts_s: float
) -> None:
    for seed in range(4):
        xyz_g = signal(rate_hz=rate_hz, seconds=40.0, seed=seed)
        begin, end = round((12.0 + 0.07 * seed) * rate_hz), round((12.0 + 0.07 * seed + lasts_s) * rate_hz)
        xyz_g[begin:end] = xyz_g[begin]
        xyz_g[end:] += np.float32([0.6, 0.0, -0.2])
        whole = dsp.analyze(xyz_g, rate_hz=rate_hz)
        assert not whole.events
        assert not whole.holds
        # Of the shortest no frame may have known in time; it is flagged then.
        assert {s.label for s in whole.segments} <= {State.STILL, State.NO_DATA}
        assert any("stuck" in s.flags for s in whole.segments)
        assert any(s.start_s == pytest.approx(end / rate_hz) for s in whole.segments)
        for size in (1, 61):
            analyzer = dsp.Analyzer(rate_hz)
            for at in range(0, len(xyz_g), size):
                analyzer.push(xyz_g[at : at + size])
            analyzer.finish()
            assert_same(analyzer.result(), whole)


@pytest.mark.parametrize("rate_hz", [12.5, 25.0, 52.0, 100.0, 208.0])
def test_a_sensor_that_is_stuck_tells_nothing_from_there_until_it_measures_again(signal: Make, rate_hz: float) -> None:
    xyz_g = signal(rate_hz=rate_hz, seconds=60.0)
    xyz_g[round(20 * rate_hz) : round(40 * rate_hz)] = xyz_g[round(20 * rate_hz)]
    found = dsp.analyze(xyz_g, rate_hz=rate_hz)
    frames, half_s = found.frames, 2.0
    end_s = frames["time_s"] + half_s
    # Known with the eleventh look that is the same; over with the first sample that differs.
    stuck = (end_s >= 22.7) & (end_s - 2 * half_s <= 39.5)
    free = (end_s <= 21.5) | (end_s - 2 * half_s >= 40.3)
    for name in LABELS:
        assert (frames[name][stuck] == "no_data").all()
        assert (frames[name][free] == "still").all()
    assert (frames["missing"][stuck] > 0.05).all()
    assert (frames["missing"][free] == 0.0).all()
    before, during, after = found.segments
    assert (before.label, during.label, after.label) == (State.STILL, State.NO_DATA, State.STILL)
    assert (before.flags, during.flags, after.flags) == tuple(
        (*low, *own) for low in [("low_rate",) if rate_hz < 25.0 else ()] for own in ((), ("stuck",), ())
    )
    assert (during.start_s, during.end_s) == pytest.approx((20.0, 40.0), abs=0.6)
    assert after.start_s == pytest.approx(40.0, abs=1e-6 + 1.0 / rate_hz)
    assert found.findings.still_s == pytest.approx(60.0 - during.duration_s, abs=1e-6)
    assert found.findings.analysed_s == found.findings.still_s
    assert any("nothing is known of that time" in q for q in found.quality)


@pytest.mark.parametrize("level_g", [0.0, 1.0])
@pytest.mark.parametrize("seconds", [1.2, 3.0, 30.0])
def test_a_sensor_that_never_changes_tells_nothing_offline_and_live(level_g: float, seconds: float) -> None:
    xyz_g = np.full((round(100 * seconds), 3), level_g, np.float32)
    found = dsp.analyze(xyz_g, rate_hz=100.0)
    assert [s.label for s in found.segments] == [State.NO_DATA]
    assert "stuck" in found.segments[0].flags
    assert found.findings.analysed_s == 0.0
    analyzer, told = dsp.Analyzer(100.0), []
    for at in range(0, len(xyz_g), 10):
        analyzer.push(xyz_g[at : at + 10])
        told.append(analyzer.live)
    assert {live.label for live in told if live is not None} == {State.NO_DATA}
    assert all(np.isnan(live.rms_g) for live in told if live is not None)


def test_the_live_view_tells_nothing_while_the_sensor_is_stuck(signal: Make) -> None:
    xyz_g = signal(seconds=30.0)
    xyz_g[1000:2000] = xyz_g[1000]
    analyzer, told = dsp.Analyzer(100.0), {}
    for at in range(0, len(xyz_g), 10):
        analyzer.push(xyz_g[at : at + 10])
        if analyzer.live is not None:
            told[round(analyzer.live.time_s, 2)] = analyzer.live.label
    assert {told[t] for t in told if t <= 12.0 or t > 20.5} == {State.STILL}
    assert {told[t] for t in told if 12.7 <= t <= 20.0} == {State.NO_DATA}


def test_coarse_counts_are_still_as_soon_as_they_have_changed_once() -> None:
    xyz_g = np.tile(np.float32([0.0, 0.0, 1.0]), (6000, 1))
    xyz_g[2000:, 2] += np.float32(0.016)
    found = dsp.analyze(xyz_g, rate_hz=100.0)
    first, second = found.segments
    assert (first.label, first.flags) == (State.NO_DATA, ("stuck",))
    assert (second.label, second.flags) == (State.STILL, ())
    # As after a sensor that was stuck: when what did not change has left the window.
    assert first.end_s == pytest.approx(21.8, abs=0.6)
    assert (
        "the samples did not change before 20.0 s: nothing shows that the sensor measured until then" in found.quality
    )
    # Without gravity in the data just so, and what hits it may be over between two looks.
    hit = np.zeros((6000, 3), np.float32)
    hit[2003:2006, 0] = 0.2
    assert [s.label for s in dsp.analyze(hit, rate_hz=100.0).segments] == [State.NO_DATA, State.STILL]


@pytest.mark.parametrize("rate_hz", [7.5, 13.0, 25.0, 100.0])
@pytest.mark.parametrize("lasts_s", [1.0, 3.7, 4.3, 12.0])
def test_what_a_sensor_begins_with_is_known_alike_in_any_chunks(signal: Make, rate_hz: float, lasts_s: float) -> None:
    xyz_g = signal(rate_hz=rate_hz, seconds=30.0)
    first = round(lasts_s * rate_hz)
    xyz_g[:first] = xyz_g[first] + np.float32([0.5, 0.0, -0.2])
    whole = dsp.analyze(xyz_g, rate_hz=rate_hz)
    unknown = whole.frames["label"] == "no_data"
    if lasts_s > 4.0:
        assert unknown[whole.frames["time_s"] < lasts_s + 1.5].all()
        assert not unknown[whole.frames["time_s"] > lasts_s + 2.5].any()
    # The jump to what it measures is no motion, where it is known for one.
    if lasts_s > 4.0:
        assert [s.label for s in whole.segments] == [State.NO_DATA, State.STILL]
    for size in (1, 37, 400):
        analyzer = dsp.Analyzer(rate_hz)
        for at in range(0, len(xyz_g), size):
            analyzer.push(xyz_g[at : at + size])
        analyzer.finish()
        assert_same(analyzer.result(), whole)


def test_a_sensor_that_is_stuck_is_no_rest_of_the_person(signal: Make) -> None:
    xyz_g = signal(seconds=90.0, tremor=(60, 80, 6.0, 0.03))
    xyz_g[500:5500] = xyz_g[500]
    clean = dsp.analyze(signal(seconds=90.0), rate_hz=100.0).findings.rest_rms_g
    found = dsp.analyze(xyz_g, rate_hz=100.0)
    assert found.findings.rest_rms_g == pytest.approx(clean, rel=0.3)
    assert all(s.fatigue.above_rest_db < 40.0 for s in found.segments if s.fatigue is not None)


def in_pieces(parts: list[Floats], begins: list[int], rate_hz: float, size: int) -> dsp.Analysis:
    """Analyse parts that begin at some rows, each in pieces of so many rows."""
    analyzer = dsp.Analyzer(rate_hz, "calf")
    for part, begin in zip(parts, begins, strict=True):
        for at in range(0, len(part), size):
            analyzer.push(part[at : at + size], start_s=begin / rate_hz if at == 0 else None)
    analyzer.finish()
    return analyzer.result()


@pytest.mark.parametrize("rate_hz", [25.0, 50.0, 100.0])
def test_rows_that_are_jumped_over_within_a_stuck_stretch_give_the_same_in_any_pieces(
    signal: Make, rate_hz: float
) -> None:
    xyz_g = signal(seconds=40.0, rate_hz=rate_hz, seed=3).copy()
    stuck, jump = round(11.4 * rate_hz), round(14.36 * rate_hz)
    xyz_g[stuck:jump] = xyz_g[stuck]
    parts, begins = [xyz_g[:jump], xyz_g[jump + 3 :]], [0, jump + 3]
    whole = in_pieces(parts, begins, rate_hz, 10**6)
    assert any(segment.flags == ("stuck",) for segment in whole.segments)
    for size in (1, 7, 60):
        assert_same(in_pieces(parts, begins, rate_hz, size), whole)


def test_what_follows_the_end_of_a_stuck_stretch_is_flagged_the_same_in_any_pieces(signal: Make) -> None:
    xyz_g = signal(seconds=60.0, seed=3).copy()
    measured = xyz_g[3331].copy()
    xyz_g[3000:5000] = xyz_g[3000]
    # It measures once between two looks, and samples are lost later.
    xyz_g[3331], xyz_g[3700:3800] = measured, np.nan
    whole = in_pieces([xyz_g], [0], 100.0, 10**6)
    for size in (10, 100):
        assert_same(in_pieces([xyz_g], [0], 100.0, size), whole)
