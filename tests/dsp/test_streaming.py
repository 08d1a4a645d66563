"""Feeding in any chunks gives the same bits as feeding the whole."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import dsp

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
    assert repr((*events, *last.events)) == repr(result.events)


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
