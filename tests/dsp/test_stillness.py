"""What is still is called still: beside something loud, and on a sensor whose own noise is loud."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

import dsp
from dsp import State
from dsp.grid import make_grid
from dsp.parameters import load_parameters
from dsp.plan import make_plan
from dsp.white import unevenness
from tests.dsp.conftest import banded_noise

Make = Callable[..., NDArray[np.float32]]
RATE_HZ = 100.0
STILL, MOVEMENT = State.STILL.value, State.MOVEMENT.value


def kicked(xyz_g: NDArray[np.float32], every_s: float, peak_g: float) -> NDArray[np.float32]:
    """Add a push of 0.1 s along one axis, again and again."""
    t = np.arange(len(xyz_g)) / RATE_HZ
    late = (t - 2.0) % every_s
    out = xyz_g.copy()
    out[:, 1] += peak_g * np.sin(np.pi * late / 0.1) * (late < 0.1) * (t >= 2.0)
    return out.astype(np.float32)


def banded(
    rms_mg: float, low_hz: float, high_hz: float, *, seconds: float = 60.0, seed: int = 0
) -> NDArray[np.float32]:
    """Noise between two frequencies on a sensor of 1 mg."""
    return banded_noise(rms_mg, low_hz, high_hz, rate_hz=RATE_HZ, seconds=seconds, noise_g=0.001, seed=seed)


def noise(rate_hz: float, rms_mg: float, *, seconds: float = 60.0, seed: int = 0) -> NDArray[np.float32]:
    rng = np.random.default_rng(seed)
    return (rng.normal(scale=1e-3 * rms_mg, size=(round(seconds * rate_hz), 3)) + [0.3, -0.5, 0.81]).astype(np.float32)


@pytest.mark.parametrize("placement", ["calf", "wrist"])
def test_a_limb_is_still_one_second_beside_a_quick_turn(moved: Make, placement: str) -> None:
    for seed in range(4):
        begin = 20.0 + 0.13 * seed
        xyz = moved([(begin, 0.3, 10.0)], seconds=40.0, gravity=True, seed=seed)
        frames = dsp.analyze(xyz, rate_hz=RATE_HZ, placement=placement).frames
        away = np.maximum(begin - frames["time_s"], frames["time_s"] - begin - 0.3)
        assert (frames["label"][away >= 1.0] == STILL).all()
        assert (frames["label"][away < 0.0] == MOVEMENT).all()


def test_a_limb_is_still_one_second_beside_a_kick(signal: Make) -> None:
    xyz = signal(seconds=40.0)
    xyz[2000:2010, 0] += 0.8 * np.hanning(10)
    frames = dsp.analyze(xyz, rate_hz=RATE_HZ, placement="calf").frames
    assert (frames["label"][np.abs(frames["time_s"] - 20.05) >= 1.0] == STILL).all()


def test_what_a_frame_reads_beside_a_kick_stays_that_of_its_window(signal: Make) -> None:
    xyz = signal(seconds=20.0)
    xyz[1000:1010, 0] += 0.8 * np.hanning(10)
    frames = dsp.analyze(xyz, rate_hz=RATE_HZ, placement="calf").frames
    beside = frames[np.abs(frames["time_s"] - 11.5) < 0.1][0]
    assert beside["rms_g"] > 0.006
    assert beside["centre_g"] < 0.004
    assert beside["centre_low_g"] < 0.002
    assert beside["label"] == STILL


def test_stillness_beside_kicks_says_what_was_seen_in_the_middle(signal: Make) -> None:
    result = dsp.analyze(kicked(signal(seconds=40.0), 3.0, 1.5), rate_hz=RATE_HZ, placement="calf")
    still = max((s for s in result.segments if s.label is State.STILL), key=lambda s: s.duration_s)
    named = {t.name: t.text for t in still.evidence}
    assert "mg in the middle second; what is loud lies beside it" in named["quiet_centre"]
    # Nothing that belongs to the kicks is held against it or counted for it.
    assert set(named) == {"quiet_centre"}


@pytest.mark.parametrize("pause_s", [0.6, 0.9])
def test_a_pause_of_less_than_a_second_is_no_stillness(moved: Make, pause_s: float) -> None:
    stroke_s = 0.6
    each = stroke_s + pause_s
    moves = [(1.0 + i * each, stroke_s, 20.0 * (-1) ** i) for i in range(int(36.0 / each))]
    frames = dsp.analyze(moved(moves, seconds=40.0, gravity=True), rate_hz=RATE_HZ, placement="wrist").frames
    inner = (frames["time_s"] > 3.0) & (frames["time_s"] < 35.0)
    assert not (frames["label"][inner] == STILL).any()


@pytest.mark.parametrize("deg_per_s", [3.0, 5.0])
def test_a_slow_turn_between_kicks_is_no_stillness(moved: Make, deg_per_s: float) -> None:
    turned = moved([(-20.0, 80.0, 80.0 * deg_per_s / 1.5)], seconds=40.0, gravity=True)
    frames = dsp.analyze(kicked(turned, 5.0, 0.5), rate_hz=RATE_HZ, placement="calf").frames
    assert not (frames["label"] == STILL).any()


@pytest.mark.parametrize("rms_g", [0.006, 0.009, 0.012])
def test_a_weak_tremor_beside_kicks_is_no_stillness(signal: Make, rms_g: float) -> None:
    xyz = signal(seconds=60.0, tremor=(0.0, 60.0, 6.0, rms_g))
    # Swelling and fading by half, once in five seconds.
    wave = 1.0 + 0.5 * np.sin(2 * np.pi * 0.2 * np.arange(len(xyz)) / RATE_HZ)
    xyz[:, 0] *= wave.astype(np.float32)
    frames = dsp.analyze(kicked(xyz, 5.0, 0.5), rate_hz=RATE_HZ, placement="calf").frames
    assert (frames["label"] == STILL).mean() < 0.03


@pytest.mark.parametrize("rms_mg", [1.0, 4.0, 6.0, 8.0])
@pytest.mark.parametrize("rate_hz", [25.0, 50.0, 100.0])
def test_white_noise_alone_is_a_sensor_that_lies_still(rate_hz: float, rms_mg: float) -> None:
    frames = dsp.analyze(noise(rate_hz, rms_mg), rate_hz=rate_hz, placement="ankle").frames
    assert (frames["label"] == STILL).all()


def test_white_noise_names_itself_as_the_reason() -> None:
    result = dsp.analyze(noise(25.0, 8.0), rate_hz=25.0, placement="ankle")
    assert [s.label for s in result.segments] == [State.STILL]
    reason = result.segments[0].evidence[0]
    assert reason.name == "white_noise"
    assert "the sensor's own noise" in reason.text


@pytest.mark.parametrize(("hz", "rms_g"), [(1.3, 0.06), (6.0, 0.03)])
def test_what_moves_on_a_noisy_sensor_is_not_taken_for_its_noise(hz: float, rms_g: float) -> None:
    xyz = noise(25.0, 6.0)
    t = np.arange(len(xyz)) / 25.0
    wave = rms_g * np.sqrt(2) * np.sin(2 * np.pi * hz * t + np.sin(2 * np.pi * 0.3 * t))
    xyz[:, 0] += wave.astype(np.float32)
    frames = dsp.analyze(xyz, rate_hz=25.0, placement="ankle").frames
    assert not (frames["label"] == STILL).any()
    assert np.nanmin(frames["uneven_db"]) > 8.0


@pytest.mark.parametrize(("low_hz", "high_hz"), [(3.0, 12.0), (1.5, 28.0)])
def test_noise_that_does_not_reach_down_to_half_a_hertz_is_no_sensor(low_hz: float, high_hz: float) -> None:
    # Muscle noise, and restless standing.
    frames = dsp.analyze(banded(25.0, low_hz, high_hz), rate_hz=RATE_HZ, placement="ankle").frames
    assert not (frames["label"] == STILL).any()


def test_a_sensor_too_slow_for_bands_to_compare_knows_no_noise() -> None:
    parameters = load_parameters()
    plan = make_plan(make_grid(10.0, parameters), parameters)
    ones = np.ones(2, np.float32)
    assert np.isnan(unevenness(ones, ones, ones, ones, ones, ones, plan)).all()
    frames = dsp.analyze(noise(10.0, 1.0), rate_hz=10.0).frames
    assert (frames["label"] == STILL).all()


def test_what_is_level_but_louder_than_the_last_minute_was_is_not_the_sensors_noise() -> None:
    rng = np.random.default_rng(0)
    xyz_g = rng.normal(scale=0.0012, size=(6000, 3)) + [0.0, 0.0, 1.0]
    xyz_g[3000:] += rng.normal(scale=0.006, size=(3000, 3))
    frames = dsp.analyze(xyz_g.astype(np.float32), rate_hz=100.0, placement="calf").frames
    quiet, loud = (frames["uneven_db"][(frames["time_s"] > a) & (frames["time_s"] < b)] for a, b in ((5, 25), (35, 55)))
    assert np.isfinite(quiet).all()
    assert np.isnan(loud).all()


def test_a_sensor_that_sends_one_value_says_nothing_of_noise_and_nothing_at_all() -> None:
    frames = dsp.analyze(np.tile([0.0, 0.0, 1.0], (3000, 1)).astype(np.float32), rate_hz=100.0).frames
    assert np.isnan(frames["uneven_db"]).all()
    assert (frames["label"] == "no_data").all()
