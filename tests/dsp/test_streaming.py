"""Feeding in any chunks gives the same bits as feeding the whole."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import dsp
from dsp import curves, frame_features, live_labels, packed, run
from dsp.grid import make_grid
from dsp.growing import Growing
from dsp.parameters import load_worn_at

RATES = (25.0, 50.0, 52.0, 64.0, 100.0, 104.0, 200.0, 208.0, 400.0, 51.3)


def rich(make: Callable[..., NDArray[np.float32]], rate_hz: float) -> NDArray[np.float32]:
    """Everything at once: a stretch, kicks, tremor, a bridged loss, a gap."""
    xyz_g = make(
        rate_hz=rate_hz, seconds=24.0, tremor=(8, 13, 6.3, 0.03), kicks=(5.6, 17.0), stretch_at=5.0, release_at=15.0
    )
    xyz_g[round(20 * rate_hz) : round(20.6 * rate_hz)] = np.nan
    xyz_g[round(22 * rate_hz)] = np.nan
    return xyz_g


def assert_same(a: dsp.Analysis, b: dsp.Analysis) -> None:
    assert a.frames.tobytes() == b.frames.tobytes()
    assert a.spectra is not None
    assert b.spectra is not None
    assert a.spectra.psd.tobytes() == b.spectra.psd.tobytes()
    for name in ("segments", "events", "holds", "findings", "quality"):
        assert repr(getattr(a, name)) == repr(getattr(b, name)), name


@pytest.mark.parametrize("rate_hz", RATES)
def test_one_sample_at_a_time_equals_the_whole(signal: Callable[..., NDArray[np.float32]], rate_hz: float) -> None:
    xyz_g = rich(signal, rate_hz)
    analyzer = dsp.Analyzer(rate_hz, "calf")
    for row in xyz_g:
        analyzer.push(row[None, :])
    analyzer.finish()
    assert_same(analyzer.result(), dsp.analyze(xyz_g, rate_hz=rate_hz, placement="calf"))


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rate_hz=st.sampled_from(RATES), sizes=st.lists(st.integers(1, 700), min_size=1, max_size=40), look=st.booleans())
def test_random_chunks_equal_the_whole_and_the_updates_are_the_result(
    signal: Callable[..., NDArray[np.float32]], rate_hz: float, sizes: list[int], look: bool
) -> None:
    xyz_g = rich(signal, rate_hz)
    analyzer = dsp.Analyzer(rate_hz, "calf")
    frames, segments, events, at, i = [], [], [], 0, 0
    while at < len(xyz_g):
        size = sizes[i % len(sizes)]
        update = analyzer.push(xyz_g[at : at + size])
        at, i = at + size, i + 1
        frames.append(update.frames)
        segments += update.segments
        events += update.events
        if look:
            _ = analyzer.live, analyzer.findings(), analyzer.current_hold
    last = analyzer.finish()
    frames.append(last.frames)
    result = analyzer.result()
    assert_same(result, dsp.analyze(xyz_g, rate_hz=rate_hz, placement="calf"))
    assert np.concatenate(frames).tobytes() == result.frames.tobytes()
    assert repr((*segments, *last.segments)) == repr(result.segments)
    # A few beats are told when their frames are final, after a kick that came later.
    told = sorted((*events, *last.events), key=lambda e: e.onset_s)
    assert repr(tuple(told)) == repr(result.events)


@pytest.mark.parametrize("rate_hz", [52.0, 100.0])
def test_multi_taper_spectra_in_chunks_equal_the_whole(
    signal: Callable[..., NDArray[np.float32]], rate_hz: float
) -> None:
    xyz_g = rich(signal, rate_hz)
    analyzer = dsp.Analyzer(rate_hz, "calf", multitaper=True)
    for at in range(0, len(xyz_g), 37):
        analyzer.push(xyz_g[at : at + 37])
    analyzer.finish()
    assert_same(analyzer.result(), dsp.analyze(xyz_g, rate_hz=rate_hz, placement="calf", multitaper=True))


def test_the_view_of_motion_does_not_depend_on_chunks_and_has_no_gravity(
    signal: Callable[..., NDArray[np.float32]],
) -> None:
    xyz_g = signal(seconds=10.0)
    xyz_g[300:310] = np.nan
    parts = []
    analyzer = dsp.Analyzer(100.0)
    for at in range(0, len(xyz_g), 33):
        analyzer.push(xyz_g[at : at + 33])
        parts.append(analyzer.last_motion_g)
    whole = dsp.Analyzer(100.0)
    whole.push(xyz_g)
    assert np.allclose(np.concatenate(parts), whole.last_motion_g, atol=1e-6, equal_nan=True)
    assert np.isnan(whole.last_motion_g[300:310]).all()
    assert np.nanmax(np.abs(whole.last_motion_g[100:])) < 0.02


def test_runs_with_start_times_equal_rows_of_nan(signal: Callable[..., NDArray[np.float32]]) -> None:
    xyz_g = signal(seconds=20.0)
    holed = xyz_g.copy()
    holed[800:1000] = np.nan
    runs = [
        dsp.Samples(xyz_g=xyz_g[:800], rate_hz=100.0),
        dsp.Samples(xyz_g=xyz_g[1000:], rate_hz=100.0, start_s=10.0),
    ]
    assert_same(dsp.analyze(runs), dsp.analyze(holed, rate_hz=100.0))


def test_a_shift_of_half_a_hop_keeps_the_labels(signal: Callable[..., NDArray[np.float32]]) -> None:
    xyz_g = signal(seconds=40.0, tremor=(12, 28, 7.0, 0.03))
    whole = dsp.analyze(xyz_g, rate_hz=100.0)
    later = dsp.analyze(xyz_g[25:], rate_hz=100.0)
    for a, b in zip(
        [s for s in whole.segments if s.duration_s > 3], [s for s in later.segments if s.duration_s > 3], strict=True
    ):
        assert a.label == b.label
        assert abs(a.start_s - b.start_s) <= 1.0 or a.start_s == 0.0


@pytest.mark.parametrize("gain", [0.5, 2.0])
def test_gain_keeps_the_labels_of_what_is_well_above_the_floor(
    signal: Callable[..., NDArray[np.float32]], gain: float
) -> None:
    xyz_g = signal(seconds=40.0, tremor=(10, 30, 7.0, 0.05), noise_g=0.0008)
    moved = xyz_g.copy()
    moved[:, 0] *= gain
    middle = slice(24, 40)
    plain, changed = (dsp.analyze(x, rate_hz=100.0).frames["label"][middle] for x in (xyz_g, moved))
    assert (plain == changed).all()


def test_the_mount_does_not_matter(signal: Callable[..., NDArray[np.float32]]) -> None:
    xyz_g = signal(seconds=30.0, tremor=(10, 20, 7.0, 0.04), kicks=(25.0,))
    rotation, _ = np.linalg.qr(np.random.default_rng(3).normal(size=(3, 3)))
    a, b = dsp.analyze(xyz_g, rate_hz=100.0), dsp.analyze((xyz_g @ rotation).astype(np.float32), rate_hz=100.0)
    assert (a.frames["label"] == b.frames["label"]).all()
    assert np.allclose(a.frames["rms_g"], b.frames["rms_g"], rtol=1e-3)
    assert [e.label for e in a.events] == [e.label for e in b.events]


def busy(make: Callable[..., NDArray[np.float32]], rate_hz: float, seconds: float) -> NDArray[np.float32]:
    """Minutes without a gap: stretches, kicks alone and in pairs, tremor, a bridged loss."""
    part = make(
        rate_hz=rate_hz,
        seconds=40.0,
        tremor=(20, 28, 6.3, 0.03),
        kicks=(5.6, 12.0, 12.9, 33.3),
        stretch_at=5.0,
        release_at=31.0,
    )
    xyz_g = np.tile(part, (math.ceil(seconds / 40.0), 1))[: round(seconds * rate_hz)]
    xyz_g[round(30 * rate_hz)] = np.nan
    return xyz_g


@pytest.mark.parametrize(("rate_hz", "size"), [(25.0, 3), (51.3, 40), (100.0, 10), (104.0, 13)])
def test_forgetting_as_soon_as_possible_changes_no_bit(
    signal: Callable[..., NDArray[np.float32]], monkeypatch: pytest.MonkeyPatch, rate_hz: float, size: int
) -> None:
    xyz_g = busy(signal, rate_hz, 200.0)
    monkeypatch.setattr(run, "FORGET_STEPS", 10**9)
    whole = dsp.analyze(xyz_g, rate_hz=rate_hz, placement="calf")
    assert len(whole.events) > 5
    assert len(whole.holds) > 1
    monkeypatch.setattr(run, "FORGET_STEPS", 1)
    # The most that is read behind the newest step is 10 s and what a kick may still look back on.
    monkeypatch.setattr(run, "LOOK_BACK_STEPS", 180)
    lives: list[list[object]] = []
    for forget in (1, 10**9):
        monkeypatch.setattr(run, "FORGET_STEPS", forget)
        analyzer, seen = dsp.Analyzer(rate_hz, "calf"), []
        for at in range(0, len(xyz_g), size):
            analyzer.push(xyz_g[at : at + size])
            live = analyzer.live
            seen.append(
                (repr(replace(live, psd=None)) if live is not None else None, repr(analyzer.provisional_events))
            )
        analyzer.finish()
        assert_same(analyzer.result(), whole)
        lives.append(seen)
    assert lives[0] == lives[1]


@pytest.mark.parametrize(("frames", "seconds", "hops", "fewer"), [(7, 3, 11, 0), (1, 1, 1, 10**9)])
def test_how_much_is_worked_on_at_once_changes_no_bit(
    signal: Callable[..., NDArray[np.float32]],
    monkeypatch: pytest.MonkeyPatch,
    frames: int,
    seconds: int,
    hops: int,
    fewer: int,
) -> None:
    xyz_g = busy(signal, 52.0, 100.0)
    whole = dsp.analyze(xyz_g, rate_hz=52.0, placement="calf")
    monkeypatch.setattr(frame_features, "TOGETHER", frames)
    monkeypatch.setattr(live_labels, "TOGETHER", seconds)
    assert_same(dsp.analyze(xyz_g, rate_hz=52.0, placement="calf"), whole)
    # Features known of few frames are weighed in them alone, or in none of them.
    monkeypatch.setattr(curves, "FEWER", fewer)
    monkeypatch.setattr(run, "BATCH_HOPS", hops)
    assert_same(dsp.analyze(xyz_g, rate_hz=52.0, placement="calf"), whole)


def test_what_a_run_keeps_does_not_grow_with_its_length(signal: Callable[..., NDArray[np.float32]]) -> None:
    part = busy(signal, 25.0, 1200.0)
    sizes = []
    one = run.Run(make_grid(25.0, load_worn_at(dsp.Placement.CALF)), load_worn_at(dsp.Placement.CALF), 0.0)
    for _ in range(3):
        for at in range(0, len(part), 500):
            one.append(np.ascontiguousarray(np.nan_to_num(part[at : at + 500].T, nan=0.1)), None)
            one.advance()
        held = [v for part in (one.steps, one.frames) for v in vars(part).values() if isinstance(v, Growing)]
        assert len(held) == 14
        assert max(len(v.kept) for v in held) <= run.FORGET_STEPS + run.LOOK_BACK_STEPS + 500
        sizes.append(sum(v.nbytes for v in held))
    assert sizes[0] == sizes[1] == sizes[2]


def test_frames_that_are_not_kept_change_nothing_else_and_take_no_memory(
    signal: Callable[..., NDArray[np.float32]], monkeypatch: pytest.MonkeyPatch
) -> None:
    xyz_g = busy(signal, 100.0, 400.0)
    monkeypatch.setattr(packed, "BLOCK", 4)
    whole = dsp.analyze(xyz_g, rate_hz=100.0, placement="calf")
    analyzer, updates = dsp.Analyzer(100.0, "calf", keep_frames=False), []
    for at in range(0, len(xyz_g), 250):
        updates.append(analyzer.push(xyz_g[at : at + 250]))
        longest = max(s.duration_s for s in whole.segments)
        assert len(analyzer._open._frames.kept) <= 2.0 * longest + 2
    updates.append(analyzer.finish())
    result = analyzer.result()
    assert np.concatenate([u.frames for u in updates]).tobytes() == whole.frames.tobytes()
    assert (result.frames_kept, len(result.frames), result.spectra) == (False, 0, None)
    assert repr([s for u in updates for s in u.segments]) == repr(list(whole.segments))
    assert repr(result.segments) == repr(whole.segments)
    assert repr(result.events) == repr(whole.events)
    assert repr(result.findings) == repr(whole.findings)
    assert result.quality == whole.quality
    assert whole.frames_kept
    assert len(analyzer._open._frames.kept) == 0
    assert analyzer._open.segments.nbytes > 0


def test_memory_of_a_long_time_is_given_back_when_it_is_forgotten() -> None:
    rows = Growing((), np.float64)
    rows.extend(np.arange(50_000.0))
    rows.drop(49_990)
    assert rows.nbytes < 2000
    assert rows.kept.tolist() == list(np.arange(49_990.0, 50_000.0))


def test_room_made_beforehand_is_handed_over_and_a_result_before_the_end_is_a_copy(
    signal: Callable[..., NDArray[np.float32]],
) -> None:
    xyz_g = signal(seconds=60.0)
    plain, roomy = dsp.Analyzer(100.0), dsp.Analyzer(100.0)
    roomy.expect(len(xyz_g))
    for analyzer in (plain, roomy):
        analyzer.push(xyz_g[:3000])
    early = roomy.result()
    assert early.spectra is not None
    early.frames["rms_g"] = early.spectra.psd[:] = np.nan
    for analyzer in (plain, roomy):
        analyzer.push(xyz_g[3000:])
        analyzer.finish()
    assert_same(plain.result(), roomy.result())
    one, two = roomy.result(), roomy.result()
    assert one.spectra is not None
    assert two.spectra is not None
    assert np.shares_memory(one.spectra.psd, two.spectra.psd)


def test_a_row_that_was_forgotten_is_never_taken_for_another() -> None:
    rows = Growing((2,), np.float32)
    for start in range(0, 500, 7):
        rows.extend(np.arange(2 * start, 2 * start + 14, dtype=np.float32).reshape(-1, 2))
        rows.drop(start - 20)
    assert (len(rows), rows.first) == (504, 477)
    assert rows.part(480, 482).tolist() == [[960.0, 961.0], [962.0, 963.0]]
    assert rows.newest(1).tolist() == [[1006.0, 1007.0]]
    assert len(rows.newest(100)) == len(rows.kept) == 27
    with pytest.raises(IndexError, match="forgotten"):
        rows.part(476)
