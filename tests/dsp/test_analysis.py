"""What the analysis says of signals whose truth is known."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

import dsp
from dsp import EventLabel, State

Make = Callable[..., NDArray[np.float32]]


def longest(analysis: dsp.Analysis, label: State) -> dsp.Segment:
    return max((s for s in analysis.segments if s.label is label), key=lambda s: s.duration_s)


@pytest.mark.parametrize("rate_hz", [25.0, 52.0, 100.0, 208.0, 400.0])
@pytest.mark.parametrize("gravity", [True, False])
def test_tremor_is_found_with_its_frequency_at_any_rate_with_or_without_gravity(
    signal: Make, rate_hz: float, gravity: bool
) -> None:
    xyz_g = signal(rate_hz=rate_hz, seconds=40.0, tremor=(12, 30, 7.0, 0.03), gravity=gravity)
    found = dsp.analyze(xyz_g, rate_hz=rate_hz)
    tremor = longest(found, State.TREMOR)
    assert abs(tremor.start_s - 12) < 2
    assert abs(tremor.end_s - 30) < 2
    assert abs(tremor.peak_hz - 7.0) < 0.2
    assert tremor.rms_g == pytest.approx(0.03, rel=0.25)
    assert found.findings.gravity_present is gravity


@pytest.mark.parametrize("hz", [2.0, 3.0, 4.7, 6.84, 9.3, 12.0])
def test_the_peak_of_a_pure_line_reads_within_a_hundredth_of_a_hertz(hz: float) -> None:
    t = np.arange(2000) / 100.0
    xyz_g = np.stack([0.2 * np.sin(2 * np.pi * hz * t), np.zeros(2000), np.ones(2000)], axis=1)
    xyz_g += np.random.default_rng(0).normal(scale=0.002, size=xyz_g.shape)
    found = dsp.analyze(xyz_g, rate_hz=100.0)
    assert np.abs(found.frames["peak_hz"] - hz).max() < 0.01


def test_a_line_across_gravity_is_not_read_at_twice_its_frequency() -> None:
    t = np.arange(3000) / 100.0
    xyz_g = np.stack([0.3 * np.sin(2 * np.pi * 5.0 * t), np.zeros(3000), np.ones(3000)], axis=1)
    found = dsp.analyze(xyz_g, rate_hz=100.0)
    assert np.abs(found.frames["peak_hz"] - 5.0).max() < 0.01


def test_the_spectrum_carries_the_power_of_the_signal(signal: Make) -> None:
    xyz_g = signal(seconds=20.0, gravity=False, noise_g=0.01)
    spectra = dsp.analyze(xyz_g, rate_hz=100.0).spectra
    assert spectra is not None
    # White noise of 10 mg on three axes spreads evenly over 0 to 50 Hz; the lowest bins hold what gravity would.
    level = spectra.psd[:, spectra.freq_hz > 1.0].mean()
    assert level * 50.0 == pytest.approx(3 * 0.01**2, rel=0.05)


def test_a_single_kick_is_one_event_and_never_tremor(signal: Make) -> None:
    found = dsp.analyze(signal(seconds=40.0, kicks=(20.0,)), rate_hz=100.0)
    (event,) = found.events
    assert event.label is EventLabel.TWITCH
    assert abs(event.onset_s - 20.0) < 0.1
    assert event.peak_g == pytest.approx(0.2, abs=0.1)
    assert event.peak_jerk_g_per_s > 2.0
    assert all(s.label not in (State.TREMOR, State.REFLEX_RHYTHM) for s in found.segments)


def test_a_kick_after_a_fast_stretch_is_a_reflex_jerk_with_its_delay(signal: Make) -> None:
    found = dsp.analyze(signal(seconds=40.0, kicks=(15.6,), stretch_at=15.0, release_at=30.0), rate_hz=100.0)
    (event,) = found.events
    assert event.label is EventLabel.REFLEX_JERK
    assert event.stretch_delay_s is not None
    assert event.stretch_delay_s < 1.2
    assert event.evidence


def test_a_stretch_is_held_from_its_end_to_its_release(signal: Make) -> None:
    found = dsp.analyze(signal(seconds=40.0, stretch_at=12.0, release_at=30.0), rate_hz=100.0)
    (hold,) = found.holds
    assert abs(hold.start_s - 12.5) < 1.6
    assert abs(hold.end_s - 30.0) < 1.6
    assert abs(hold.stretch_deg - 30.0) < 2.0
    assert hold.fast
    assert hold.released


def test_without_gravity_there_are_no_holds_and_the_quality_says_so(signal: Make) -> None:
    found = dsp.analyze(signal(seconds=30.0, gravity=False, stretch_at=10.0), rate_hz=100.0)
    assert found.holds == ()
    assert any("no gravity" in q for q in found.quality)


def test_gravity_is_seen_in_a_session_whose_postures_cancel_out() -> None:
    half = np.tile([0.0, 0.0, 1.0], (2000, 1))
    xyz_g = np.concatenate([half, -half]) + np.random.default_rng(0).normal(scale=0.002, size=(4000, 3))
    found = dsp.analyze(xyz_g, rate_hz=100.0)
    assert found.findings.gravity_present
    assert not any("no gravity" in q for q in found.quality)


def test_growing_tremor_late_in_a_hold_is_fatigue_and_a_steady_one_is_not(signal: Make) -> None:
    base = signal(seconds=70.0, stretch_at=10.0, release_at=62.0, tremor=(25, 60, 7.0, 0.02))
    t = np.arange(len(base)) / 100.0
    growing = base.copy()
    growing[:, 0] *= 10 ** (np.clip(t - 25, 0, None) * 14 / 60 / 20)
    grown = longest(dsp.analyze(growing, rate_hz=100.0, placement="calf"), State.TREMOR)
    assert grown.fatigue is not None
    assert grown.fatigue.is_fatigue
    assert grown.fatigue.amplitude_db_per_min == pytest.approx(14, abs=8)
    assert grown.fatigue.into_hold_s == pytest.approx(14, abs=4)
    fading = base.copy()
    fading[:, 0] *= 10 ** (-np.clip(t - 25, 0, None) * 14 / 60 / 20)
    faded = longest(dsp.analyze(fading, rate_hz=100.0, placement="calf"), State.TREMOR)
    assert faded.fatigue is not None
    assert not faded.fatigue.is_fatigue


def test_a_tiring_leg_hears_live_what_makes_it_fatigue_before_what_makes_it_tremor(signal: Make) -> None:
    xyz_g = signal(seconds=60.0, stretch_at=10.0, release_at=62.0, tremor=(25, 60, 7.0, 0.02))
    xyz_g[:, 0] *= 10 ** (np.clip(np.arange(len(xyz_g)) / 100.0 - 25, 0, None) * 14 / 60 / 20)
    analyzer = dsp.Analyzer(rate_hz=100.0, placement="calf")
    for at in range(0, 5500, 50):
        analyzer.push(xyz_g[at : at + 50])
    live = analyzer.live
    assert live is not None
    assert live.tiring
    assert {t.name for t in live.evidence[:2]} <= {"growth", "into_hold", "slowing", "above_rest"}
    assert all(t.value > 0 for t in live.evidence[:2])
    assert any("mg" in t.text or "peak" in t.text for t in live.evidence[2:])


def test_every_segment_carries_evidence_that_names_what_was_seen(signal: Make) -> None:
    found = dsp.analyze(signal(seconds=40.0, tremor=(10, 30, 7.0, 0.03)), rate_hz=100.0)
    tremor = longest(found, State.TREMOR)
    assert tremor.confidence > 0.66
    assert tremor.runner_up is not None
    assert any("7.0 Hz" in str(t) or "mg" in str(t) for t in tremor.evidence)
    assert sum(t.value > 0 for t in tremor.evidence) <= 3
    assert found.parameters_version == dsp.parameters_version()


def test_live_sees_an_onset_within_a_second_and_a_half(signal: Make) -> None:
    latencies = []
    for seed in range(12):
        xyz_g = signal(seconds=20.0, tremor=(10.0, 20.0, 5.0 + 0.4 * seed, 0.012), seed=seed)
        analyzer = dsp.Analyzer(100.0)
        for at in range(0, len(xyz_g), 10):
            analyzer.push(xyz_g[at : at + 10])
            live = analyzer.live
            if live is not None and live.label is State.TREMOR and live.time_s > 10.0:
                latencies.append(live.time_s - 10.0)
                break
    assert len(latencies) == 12
    assert np.median(latencies) <= 1.0
    assert max(latencies) <= 1.6


def test_live_tells_a_kick_at_once_and_the_end_of_shaking_soon(signal: Make) -> None:
    xyz_g = signal(seconds=30.0, tremor=(8.0, 18.0, 7.0, 0.05), kicks=(25.0,))
    analyzer = dsp.Analyzer(100.0)
    ended, first, confirmed = None, None, None
    for at in range(0, len(xyz_g), 5):
        update = analyzer.push(xyz_g[at : at + 5])
        live = analyzer.live
        if live is None:
            continue
        if ended is None and live.time_s > 18.0 and live.label is not State.TREMOR:
            ended = live.time_s
        if first is None and analyzer.provisional_events:
            first = live.time_s
            assert live.event is not None
            assert live.event.provisional
        if confirmed is None and update.events:
            confirmed = live.time_s
            assert live.event == update.events[0]
        if confirmed is not None and live.time_s > 27.1:
            assert live.event is None
    assert ended is not None
    assert ended - 18.0 <= 1.5
    assert first is not None
    assert first - 25.0 <= 0.15
    assert confirmed is not None
    assert confirmed - 25.0 <= 1.2


def test_two_and_a_half_seconds_still_get_a_frame_with_probabilities(signal: Make) -> None:
    xyz_g = signal(seconds=2.5, tremor=(0, 2.5, 6.0, 0.05))
    found = dsp.analyze(xyz_g, rate_hz=100.0)
    assert len(found.frames) == 1
    assert found.frames["p_tremor"][0] > 0.5
    assert found.frames["rms_g"][0] == pytest.approx(0.05, rel=0.3)
    assert found.frames["peak_hz"][0] == pytest.approx(6.0, abs=0.2)


def test_multitaper_spectra_keep_the_power_and_widen_the_peak(signal: Make) -> None:
    xyz_g = signal(seconds=20.0, tremor=(0, 20, 7.0, 0.05))
    plain, smooth = dsp.analyze(xyz_g, rate_hz=100.0), dsp.analyze(xyz_g, rate_hz=100.0, multitaper=True)
    assert smooth.frames["rms_g"].mean() == pytest.approx(plain.frames["rms_g"].mean(), rel=0.1)
    assert np.median(smooth.frames["width_hz"]) > np.median(plain.frames["width_hz"])
    assert smooth.spectra is not None
    assert "multi-taper" in smooth.spectra.window


def test_left_and_right_are_compared(signal: Make) -> None:
    loud = dsp.analyze(signal(seconds=40.0, tremor=(5, 35, 7.0, 0.08)), rate_hz=100.0, side="left")
    calm = dsp.analyze(signal(seconds=40.0), rate_hz=100.0, side="right")
    alike = dsp.analyze(signal(seconds=40.0, tremor=(5, 35, 7.0, 0.08), seed=5), rate_hz=100.0, side="right")
    assert dsp.compare_sides(loud, calm).more is dsp.Side.LEFT
    assert dsp.compare_sides(calm, loud).more is dsp.Side.RIGHT
    same = dsp.compare_sides(loud, alike)
    assert not same.asymmetric
    assert abs(same.tremor_db) < 3
    assert 0 <= same.coherence <= 1


def test_a_side_that_lost_half_of_the_session_is_not_the_calmer_one(signal: Make) -> None:
    whole = signal(seconds=80.0, tremor=(5, 75, 7.0, 0.08))
    half = signal(seconds=80.0, tremor=(5, 75, 7.0, 0.08), seed=5)
    half[4000:] = np.nan
    left, right = (dsp.analyze(x, rate_hz=100.0, side=side) for x, side in ((whole, "left"), (half, "right")))
    found = dsp.compare_sides(left, right)
    assert found.tremor_s_difference > 20
    assert not found.asymmetric


def test_a_reflex_rhythm_on_one_side_alone_makes_the_sides_differ(signal: Make) -> None:
    calm = dsp.analyze(signal(seconds=40.0), rate_hz=100.0, side="right")
    t = np.arange(4000) / 100.0
    beating = signal(seconds=40.0)
    beating[:, 0] += ((t > 10) & (t < 30)) * 0.1 * (np.sin(2 * np.pi * 5.5 * t) + 0.3 * np.sin(4 * np.pi * 5.5 * t))
    left = dsp.analyze(beating.astype(np.float32), rate_hz=100.0, placement="calf", side="left")
    assert left.findings.reflex_rhythm_s > 10
    assert left.findings.tremor_s < 5
    assert dsp.compare_sides(left, calm).more is dsp.Side.LEFT


def test_progress_goes_to_one(signal: Make) -> None:
    seen: list[float] = []
    dsp.analyze(signal(seconds=20.0), rate_hz=100.0, progress=seen.append)
    assert seen[-1] == 1.0
