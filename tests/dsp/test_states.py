"""What tells the states apart: how a peak stands out, what turns, how large the stroke is."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

import dsp
from dsp import State
from tests.dsp.conftest import banded_noise

Make = Callable[..., NDArray[np.float32]]
RATE_HZ = 64.0
RHYTHMIC = [State.TREMOR.value, State.REFLEX_RHYTHM.value]


def shaped(seconds: float, rms_mg: float, low_hz: float, high_hz: float, seed: int = 0) -> NDArray[np.float32]:
    """Noise between two frequencies, three axes, on a sensor of 2 mg."""
    return banded_noise(rms_mg, low_hz, high_hz, rate_hz=RATE_HZ, seconds=seconds, noise_g=0.0012, seed=seed)


@pytest.mark.parametrize("rms_mg", [10.0, 30.0, 80.0])
@pytest.mark.parametrize("placement", ["ankle", "wrist", "unknown"])
def test_restless_standing_is_no_tremor_although_nothing_slow_is_in_it(rms_mg: float, placement: str) -> None:
    # Broad noise from 1.5 Hz on: its highest bin stands five to ten decibels above the rest by chance.
    for seed in range(3):
        frames = dsp.analyze(shaped(40.0, rms_mg, 1.5, 28.0, seed), rate_hz=RATE_HZ, placement=placement).frames
        assert np.isin(frames["label"], RHYTHMIC).mean() < 0.05


def test_a_broad_tremor_of_two_hertz_is_still_a_tremor() -> None:
    frames = dsp.analyze(shaped(60.0, 30.0, 6.0, 8.0), rate_hz=RATE_HZ, placement="calf").frames
    assert (frames["label"] == State.TREMOR.value).mean() > 0.9


def test_a_limb_that_only_turns_slowly_moves() -> None:
    t = np.arange(round(40 * RATE_HZ)) / RATE_HZ
    angle = np.radians(np.interp(t, [12.0, 24.0], [0.0, 72.0]))
    xyz_g = np.stack([np.sin(angle), np.zeros_like(t), np.cos(angle)], axis=1)
    xyz_g += np.random.default_rng(0).normal(scale=0.0012, size=xyz_g.shape)
    frames = dsp.analyze(xyz_g.astype(np.float32), rate_hz=RATE_HZ, placement="calf").frames
    inside = (frames["time_s"] > 15.0) & (frames["time_s"] < 22.0)
    assert (frames["label"][inside] == State.MOVEMENT.value).mean() > 0.9
    assert (frames["label"][frames["time_s"] > 27.0] == State.STILL.value).mean() > 0.9


@pytest.mark.parametrize("deg_per_s", [3.5, 6.0])
def test_a_turn_without_a_tremble_is_movement_however_smooth(deg_per_s: float) -> None:
    t = np.arange(round(40 * RATE_HZ)) / RATE_HZ
    angle = np.radians(deg_per_s) * np.clip(t - 12.0, 0.0, 10.0)
    xyz_g = np.stack([np.sin(angle), np.zeros_like(t), np.cos(angle)], axis=1)
    xyz_g += np.random.default_rng(4).normal(scale=0.0006, size=xyz_g.shape)
    frames = dsp.analyze(xyz_g.astype(np.float32), rate_hz=RATE_HZ, placement="calf").frames
    inside = (frames["time_s"] > 14.0) & (frames["time_s"] < 20.0)
    assert (frames["label"][inside] == State.MOVEMENT.value).mean() > 0.8
    assert (frames["label"][frames["time_s"] > 24.5] == State.STILL.value).all()


@pytest.mark.parametrize("noise_g", [0.0005, 0.0024])
def test_a_limb_that_is_turned_by_18_degrees_in_six_seconds_moves_and_one_that_breathes_does_not(
    noise_g: float,
) -> None:
    t = np.arange(round(30 * RATE_HZ)) / RATE_HZ
    # A trunk that is tilted by 1.2 degrees, 2.3 deg/s at most, with every breath.
    angles = {"turned": 18.0 * np.clip((t - 12.0) / 6.0, 0.0, 1.0), "breathes": 1.2 * np.sin(2.0 * np.pi * 0.3 * t)}
    called = {}
    for how, angle_deg in angles.items():
        xyz_g = np.random.default_rng(0).normal(scale=noise_g, size=(len(t), 3))
        xyz_g += np.stack([np.sin(np.radians(angle_deg)), np.zeros_like(t), np.cos(np.radians(angle_deg))], axis=1)
        called[how] = dsp.analyze(xyz_g.astype(np.float32), rate_hz=RATE_HZ, placement="trunk").frames
    assert (called["breathes"]["label"] == State.STILL.value).all()
    away_s = np.abs(called["turned"]["time_s"] - 15.0)
    assert (called["turned"]["label"][away_s < 2.0] == State.MOVEMENT.value).all()
    assert (called["turned"]["label"][away_s > 4.0] == State.STILL.value).all()


def test_a_leg_jiggled_by_centimetres_moves_and_one_that_beats_by_millimetres_is_a_rhythm() -> None:
    t = np.arange(round(30 * RATE_HZ)) / RATE_HZ
    for hz, stroke_mm, expected in ((3.2, 20.0, State.MOVEMENT), (5.5, 1.0, State.REFLEX_RHYTHM)):
        phase = 2 * np.pi * hz * t
        wave = (2 * np.pi * hz) ** 2 * stroke_mm * np.sqrt(2) / 9806.65 * (np.sin(phase) + 0.2 * np.sin(2 * phase))
        xyz_g = np.stack([wave, 0.2 * wave, np.ones_like(t)], axis=1)
        xyz_g += np.random.default_rng(1).normal(scale=0.0012, size=xyz_g.shape)
        frames = dsp.analyze(xyz_g.astype(np.float32), rate_hz=RATE_HZ, placement="calf").frames
        assert (frames["label"] == expected.value).mean() > 0.8, expected


def test_nothing_above_eight_hertz_is_a_reflex_rhythm(signal: Make) -> None:
    t = np.arange(round(30 * RATE_HZ)) / RATE_HZ
    xyz_g = np.stack([0.1 * np.sin(2 * np.pi * 9.5 * t), np.zeros_like(t), np.ones_like(t)], axis=1)
    xyz_g += np.random.default_rng(2).normal(scale=0.0012, size=xyz_g.shape)
    frames = dsp.analyze(xyz_g.astype(np.float32), rate_hz=RATE_HZ, placement="calf").frames
    assert (frames["label"] == State.TREMOR.value).all()


def narrow(seconds: float, rms_mg: float, hz: float, seed: int = 0) -> NDArray[np.float64]:
    """One axis of a tremor half a hertz wide."""
    rng = np.random.default_rng(seed)
    n = round(seconds * RATE_HZ)
    freq = np.fft.rfftfreq(n, 1 / RATE_HZ)
    wave = np.fft.irfft(np.fft.rfft(rng.normal(size=n)) * np.exp(-0.5 * ((freq - hz) / 0.25) ** 2), n)
    return np.asarray(1e-3 * rms_mg * wave / wave.std())


@pytest.mark.parametrize("sway_mg", [5.0, 12.0, 18.0])
def test_a_tremor_of_ten_milli_g_is_seen_on_the_sway_of_the_limb_that_holds(sway_mg: float) -> None:
    still, sway = shaped(40.0, 0.0001, 0.3, 28.0, 1), shaped(40.0, sway_mg, 0.3, 1.8, 2)
    xyz_g = still + sway - [0.0, 0.0, 1.0]
    xyz_g[:, 0] += narrow(40.0, 10.0, 8.0)
    frames = dsp.analyze(xyz_g.astype(np.float32), rate_hz=RATE_HZ, placement="calf").frames
    assert (frames["label"] == State.TREMOR.value).mean() > 0.95


@pytest.mark.parametrize(("low_hz", "high_hz"), [(0.4, 6.0), (0.4, 8.0), (1.0, 7.0), (1.5, 10.0)])
def test_broad_shaking_that_ends_abruptly_is_no_tremor(low_hz: float, high_hz: float) -> None:
    frames = dsp.analyze(shaped(60.0, 60.0, low_hz, high_hz), rate_hz=RATE_HZ, placement="calf").frames
    assert np.isin(frames["label"], RHYTHMIC).mean() < 0.2


def test_what_stands_alone_does_so_beside_both_flanks() -> None:
    line, edge = shaped(20.0, 30.0, 6.8, 7.2), shaped(20.0, 30.0, 1.0, 7.0)
    both = [dsp.analyze(x, rate_hz=RATE_HZ, placement="calf").frames["bump_db"] for x in (line, edge)]
    assert np.median(both[0]) > 10.0
    assert np.median(both[1]) < 3.0


def beat(turn_s: float, *, rest_s: float, seconds: float = 12.0) -> NDArray[np.float32]:
    """A regular beat of 5.5 Hz that begins `rest_s` after a turn of 25 degrees."""
    t = np.arange(round((10.0 + turn_s + rest_s + seconds) * RATE_HZ)) / RATE_HZ
    angle = np.radians(25.0) * np.clip((t - 8.0) / turn_s, 0.0, 1.0)
    xyz_g = np.stack([np.sin(angle), np.zeros_like(t), np.cos(angle)], axis=1)
    since = t - 8.0 - turn_s - rest_s
    phase = 2 * np.pi * 5.5 * since
    on = (since > 0) & (since < seconds)
    xyz_g[:, 1] += on * 0.1 * (np.sin(phase) + 0.25 * np.sin(2 * phase))
    xyz_g += np.random.default_rng(1).normal(scale=0.0012, size=xyz_g.shape)
    return xyz_g.astype(np.float32)


def test_at_the_wrist_a_regular_beat_is_a_reflex_rhythm_only_right_after_a_brisk_turn() -> None:
    for turn_s, rest_s, expected in ((0.3, 0.1, State.REFLEX_RHYTHM), (0.3, 8.0, State.TREMOR)):
        found = dsp.analyze(beat(turn_s, rest_s=rest_s), rate_hz=RATE_HZ, placement="wrist").segments
        (longest,) = sorted((s for s in found if s.label.value in RHYTHMIC), key=lambda s: -s.duration_s)[:1]
        assert longest.label is expected, rest_s
