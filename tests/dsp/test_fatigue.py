"""Fatigue evidence: a trend counts for as much as it is known."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray

import dsp
from dsp import State
from dsp.fatigue import Trend, fatigue_evidence, trends
from dsp.frame_fields import FRAME_DTYPE
from dsp.parameters import load_parameters
from dsp.results import FatigueEvidence

RATE_HZ = 100.0


def muscle_noise(n: int, width_hz: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Noise around 7 Hz, so wide that it waxes and wanes as a tremor does."""
    low_pass = np.exp(-np.pi * width_hz / RATE_HZ)
    drive = (rng.normal(size=(2000 + n, 2)) @ [1.0, 1j]) * math.sqrt(1.0 - low_pass**2)
    wave, last = np.empty(len(drive), complex), 0.0 + 0.0j
    for i, kick in enumerate(drive):
        last = low_pass * last + kick
        wave[i] = last
    return np.asarray(np.real(wave[2000:] * np.exp(2j * np.pi * 7.0 * np.arange(n) / RATE_HZ)))


def held(seconds: float, db_per_min: float, *, width_hz: float = 1.0, seed: int = 0) -> NDArray[np.float32]:
    """A stretch held, in which a noise-driven tremor of 30 mg goes on for so long, growing by so much."""
    rng = np.random.default_rng(seed)
    t = np.arange(round((22.0 + seconds) * RATE_HZ)) / RATE_HZ
    angle = np.radians(25.0) * (np.clip((t - 8.0) / 2.0, 0, 1) - np.clip((t - 17.0 - seconds) / 2.0, 0, 1))
    xyz_g = np.stack([np.sin(angle), np.zeros_like(t), np.cos(angle)], axis=1)
    since = t - 14.0
    shake = muscle_noise(len(t), width_hz, rng) * 10 ** (db_per_min * since / 60.0 / 20.0)
    inside = (since > 0) & (since < seconds)
    xyz_g[:, 1] += 0.03 * np.where(inside, shake, 0.0) / np.sqrt((shake[inside] ** 2).mean())
    return (xyz_g + rng.normal(scale=0.0015, size=xyz_g.shape)).astype(np.float32)


def of_longest(seconds: float, db_per_min: float, seed: int) -> FatigueEvidence:
    found = dsp.analyze(held(seconds, db_per_min, seed=seed), rate_hz=RATE_HZ, placement="calf", keep_spectra=False)
    longest = max((s for s in found.segments if s.label is State.TREMOR), key=lambda s: s.duration_s)
    assert longest.fatigue is not None
    return longest.fatigue


@pytest.mark.parametrize("seconds", [8.0, 12.0, 20.0, 40.0])
def test_a_tremor_that_does_not_grow_is_hardly_ever_called_tiring(seconds: float) -> None:
    called = [of_longest(seconds, 0.0, seed).is_fatigue for seed in range(8)]
    assert sum(called) <= 1


def test_a_tremor_that_doubles_in_half_a_minute_is_tiring_when_it_lasts() -> None:
    found = [of_longest(50.0, 12.0, seed) for seed in range(6)]
    assert sum(f.is_fatigue for f in found) >= 5
    assert np.median([f.amplitude_db_per_min for f in found]) == pytest.approx(12.0, abs=3.0)


def test_the_error_of_a_trend_is_as_large_as_trends_scatter() -> None:
    found = [of_longest(24.0, 0.0, seed) for seed in range(12)]
    scatter = float(np.std([f.amplitude_db_per_min for f in found]))
    said = float(np.median([f.amplitude_error_db_per_min for f in found]))
    assert 0.5 < said / scatter < 2.0


def test_a_short_tremor_has_no_trend_and_says_so() -> None:
    found = of_longest(8.0, 12.0, 0)
    assert math.isnan(found.amplitude_db_per_min)
    assert math.isnan(found.amplitude_error_db_per_min)
    assert "growth" not in {t.name for t in found.terms}


def test_growth_that_is_hardly_known_says_hardly_anything_and_known_growth_says_much() -> None:
    assert abs(Trend(10.0, 30.0).odds(7.0, 4.0, 1.5)) < 0.3
    assert Trend(7.0, 1.0).odds(7.0, 4.0, 1.5) > 2.0
    assert Trend(0.0, 1.0).odds(7.0, 4.0, 1.5) < -1.0
    assert Trend(-30.0, 1.0).odds(7.0, 4.0, 1.5) <= Trend(-7.0, 1.0).odds(7.0, 4.0, 1.5) < -1.0
    assert Trend(-0.5, 0.1).odds(-0.5, 0.5, 0.2) > 0.5 > Trend(0.5, 0.1).odds(-0.5, 0.5, 0.2)


def test_a_tremor_that_fades_speaks_against_fatigue_however_large_it_is() -> None:
    frames = np.zeros(100, FRAME_DTYPE)
    frames["time_s"] = 20.0 + 0.5 * np.arange(100)
    frames["rms_g"] = 0.1 * 10 ** (-12.0 * (frames["time_s"] - 20.0) / 60.0 / 20.0)
    frames["mean_hz"], frames["low_high_ratio"] = 7.0, 1.0
    found = fatigue_evidence(
        frames, start_s=18.0, end_s=72.0, hold_start_s=5.0, rest_rms_g=0.002, parameters=load_parameters()
    )
    growth = next(t for t in found.terms if t.name == "growth")
    assert growth.value < 0
    assert growth.text.startswith("shrank by 12 dB a minute, give or take")
    assert not found.is_fatigue


def test_a_trend_needs_more_than_two_independent_values() -> None:
    minutes = np.arange(10) / 60.0
    rows = np.array([30.0 * minutes, -2.0 * minutes])
    assert all(math.isnan(trend.per_min) for trend in trends(minutes, rows, 6.0))
    assert [trend.per_min for trend in trends(minutes, rows, 2.0)] == pytest.approx([30.0, -2.0])


def begun(into_s: float, seconds: float, *, pause_s: float = 0.0, seed: int = 0) -> list[dsp.Segment]:
    """Tremor segments of a stretch held from 10 s on, in which a steady tremor of 30 mg begins so late, perhaps twice."""
    rng = np.random.default_rng(seed)
    end_s = 10.0 + into_s + 2 * seconds + pause_s
    t = np.arange(round((end_s + 8.0) * RATE_HZ)) / RATE_HZ
    angle = np.radians(25.0) * (np.clip((t - 8.0) / 2.0, 0, 1) - np.clip((t - end_s - 3.0) / 2.0, 0, 1))
    xyz_g = np.stack([np.sin(angle), np.zeros_like(t), np.cos(angle)], axis=1)
    first, second = 10.0 + into_s, 10.0 + into_s + seconds + pause_s
    shakes = ((t >= first) & (t < first + seconds)) | ((t >= second) & (t < second + seconds))
    wave = np.where(shakes, muscle_noise(len(t), 0.6, rng), 0.0)
    xyz_g[:, 1] += 0.03 * wave / wave[shakes].std()
    xyz_g += rng.normal(scale=0.0015, size=xyz_g.shape)
    found = dsp.analyze(xyz_g.astype(np.float32), rate_hz=RATE_HZ, placement="calf", keep_spectra=False)
    return [s for s in found.segments if s.label is State.TREMOR]


@pytest.mark.parametrize("seed", range(3))
def test_a_tremor_too_short_for_a_trend_is_tiring_where_a_quiet_hold_brought_it_on(seed: int) -> None:
    (late,), (early,) = begun(12.0, 3.5, seed=seed), begun(1.0, 3.5, seed=seed)
    assert late.fatigue is not None
    assert math.isnan(late.fatigue.amplitude_db_per_min)
    assert late.fatigue.is_fatigue
    assert early.fatigue is not None
    assert not early.fatigue.is_fatigue


@pytest.mark.parametrize("seed", range(4))
def test_a_long_tremor_that_is_known_not_to_grow_is_not_tiring_however_late_it_set_in(seed: int) -> None:
    (only,) = begun(12.0, 25.0, seed=seed)
    assert only.fatigue is not None
    assert only.fatigue.into_hold_s == pytest.approx(12.0, abs=1.0)
    assert not only.fatigue.is_fatigue


@pytest.mark.parametrize("seed", range(3))
def test_a_tremor_that_falls_silent_for_a_moment_is_judged_from_its_beginning_in_the_hold(seed: int) -> None:
    first, second = begun(12.0, 14.0, pause_s=6.0, seed=seed)
    assert first.fatigue is not None
    assert second.fatigue is not None
    assert second.fatigue.into_hold_s == first.fatigue.into_hold_s == pytest.approx(12.0, abs=1.0)
    # Over three times the time the trend is known far better.
    assert second.fatigue.amplitude_error_db_per_min < 0.5 * first.fatigue.amplitude_error_db_per_min


def test_kicks_every_few_seconds_are_no_rest_to_weigh_a_tremor_against() -> None:
    rng, calm = np.random.default_rng(1), held(10.0, 0.0)
    rest = (rng.normal(scale=0.0015, size=(6000, 3)) + [0.0, 0.0, 1.0]).astype(np.float32)
    time_s = np.arange(len(rest)) / RATE_HZ
    for at_s in np.arange(4.0, 58.0, 2.7):
        since_s = time_s - at_s
        rest[:, 1] += np.where(abs(since_s) < 0.06, 0.5 * np.cos(np.pi * since_s / 0.12) ** 2, 0.0).astype(np.float32)
    result = dsp.analyze(np.concatenate([rest, calm]), rate_hz=RATE_HZ, placement="calf")
    assert len(result.events) >= 18
    assert result.findings.rest_rms_g < 0.004
    tremor = max((s for s in result.segments if s.label is State.TREMOR), key=lambda s: s.duration_s)
    assert tremor.fatigue is not None
    assert tremor.fatigue.above_rest_db > 15.0
