"""The noise of a sensor, once it has been seen, is not taken for motion beside something loud."""

import numpy as np
import pytest
from numpy.typing import NDArray

import dsp
from dsp import State
from dsp.grid import make_grid
from dsp.noise import KEPT_FRAMES, LEVEL, OF_MEANS, Noise, beyond
from dsp.parameters import load_parameters

Floats = NDArray[np.float32]
RATE_HZ = 50.0
STILL = State.STILL.value
QUIET = {"crest": 1.4, "prominence_db": 5.0, "share": 0.2, "low_ratio": 0.15, "middle_g": 0.01, "gravity_g": 1.0}


def noisy(axis_mg: float, tremor_g: float) -> Floats:
    """A minute of white noise on gravity, and a tremor of 6 Hz that waxes and wanes."""
    rng = np.random.default_rng(0)
    t = np.arange(round(60 * RATE_HZ)) / RATE_HZ
    xyz_g = rng.normal(scale=1e-3 * axis_mg, size=(len(t), 3)) + [0.0, 0.0, 1.0]
    size = np.sqrt(2.0) * tremor_g * (1.0 + 0.4 * np.sin(2.0 * np.pi * 0.4 * t))
    xyz_g[:, 0] += size * np.sin(2.0 * np.pi * 6.0 * t + 0.5 * np.sin(2.0 * np.pi * 0.7 * t))
    return xyz_g.astype(np.float32)


def kicked(xyz_g: Floats, at_s: float) -> Floats:
    """Push the limb for 0.14 s."""
    out, push = xyz_g.copy(), 1.2 * np.hanning(round(0.14 * RATE_HZ) + 2)[1:-1]
    at = round(at_s * RATE_HZ)
    out[at : at + len(push), 2] += push
    return out


def frames_of(**rows: list[float]) -> dict[str, Floats]:
    count = len(next(iter(rows.values())))
    return {name: np.array(rows.get(name, [value] * count), np.float32) for name, value in QUIET.items()}


@pytest.mark.parametrize(("axis_mg", "rate_hz"), [(3.0, 50.0), (5.0, 50.0), (3.0, 100.0), (6.0, 25.0)])
@pytest.mark.parametrize("gain", [1.0, 2.0])
def test_a_limb_on_a_noisy_sensor_is_still_one_second_beside_a_kick(
    axis_mg: float, rate_hz: float, gain: float
) -> None:
    near, seen = 0, 0
    for seed in range(4):
        rng = np.random.default_rng(seed)
        xyz_g = rng.normal(scale=1e-3 * axis_mg, size=(round(40 * rate_hz), 3)) + [0.0, 0.0, 1.0]
        at = round((25.0 + 0.13 * seed) * rate_hz)
        push = 1.2 * np.hanning(round(0.14 * rate_hz) + 2)[1:-1]
        xyz_g[at : at + len(push), 0] += push
        frames = dsp.analyze((gain * xyz_g).astype(np.float32), rate_hz=rate_hz, placement="calf").frames
        away = np.abs(frames["time_s"] - at / rate_hz)
        beside = frames["label"][(away >= 1.0) & (away < 2.0)]
        near, seen = near + int((beside == STILL).sum()), seen + len(beside)
    # Without the noise known by itself none to three quarters of them are.
    assert near >= 0.95 * seen


@pytest.mark.parametrize("tremor_g", [0.008, 0.012])
def test_a_tremor_on_a_noisy_sensor_is_not_taken_for_its_noise(tremor_g: float) -> None:
    # From the first sample on, so that nothing shows the noise alone.
    xyz_g = noisy(1.5, tremor_g)
    for at_s in range(8, 58, 5):
        xyz_g = kicked(xyz_g, at_s)
    frames = dsp.analyze(xyz_g, rate_hz=RATE_HZ, placement="calf").frames
    assert not (frames["label"] == STILL).any()


def test_only_frames_that_show_noise_alone_tell_how_loud_it_is() -> None:
    p = load_parameters().noise
    noise = Noise(make_grid(RATE_HZ, load_parameters()), load_parameters())
    at = {name: p[name] for name in ("prominence_db", "share", "low_ratio")}
    at["crest"] = load_parameters().still["noise_crest"]
    for name, border in at.items():
        assert noise.follow(frames_of(**{name: [border * 1.01]})) == [0.0]
    assert noise.follow(frames_of(middle_g=[2.0])) == [0.0]
    for name, border in at.items():
        fresh = Noise(make_grid(RATE_HZ, load_parameters()), load_parameters())
        assert fresh.follow(frames_of(**{name: [border * 0.99]})) == pytest.approx([0.01])


@pytest.mark.parametrize("rate_hz", [25.0, 50.0, 100.0, 400.0])
def test_noise_of_eight_milligravity_an_axis_is_the_loudest_that_is_known(rate_hz: float) -> None:
    rng = np.random.default_rng(1)
    for axis_mg, known in ((7.0, True), (9.5, False)):
        xyz_g = rng.normal(scale=1e-3 * axis_mg, size=(round(30 * rate_hz), 3)) + [0.0, 0.0, 1.0]
        level_g = float(np.median(dsp.analyze(xyz_g.astype(np.float32), rate_hz=rate_hz).frames["middle_g"]))
        noise = Noise(make_grid(rate_hz, load_parameters()), load_parameters())
        assert bool(noise.follow(frames_of(middle_g=[level_g]))[0] > 0.0) is known


def test_the_quietest_frame_so_far_counts_whatever_the_batches() -> None:
    level_g = [0.012, 0.009, 0.011, 0.008, 0.02, 0.01]
    loud = [1.0, 9.0, 1.0, 1.0, 1.0, 1.0]
    whole = Noise(make_grid(RATE_HZ, load_parameters()), load_parameters())
    expected = [0.012, 0.012, 0.011, 0.008, 0.008, 0.008]
    assert whole.follow(frames_of(middle_g=level_g, crest=loud)) == pytest.approx(expected)
    for cut in range(1, 6):
        parts = Noise(make_grid(RATE_HZ, load_parameters()), load_parameters())
        told = [parts.follow(frames_of(middle_g=level_g[a], crest=loud[a])) for a in (slice(cut), slice(cut, None))]
        assert np.concatenate(told) == pytest.approx(expected)


def test_what_was_quieter_a_minute_ago_counts_no_more_and_silence_tells_nothing() -> None:
    noise = Noise(make_grid(RATE_HZ, load_parameters()), load_parameters())
    assert noise.follow(frames_of(middle_g=[0.0])) == [0.0]
    level_g = noise.follow(frames_of(middle_g=[0.002] + [0.01] * KEPT_FRAMES))
    assert level_g[:KEPT_FRAMES] == pytest.approx([0.002] * KEPT_FRAMES)
    assert level_g[KEPT_FRAMES] == pytest.approx(0.01)
    loud = noise.follow(frames_of(crest=[9.0] * KEPT_FRAMES))
    assert loud[-2] == pytest.approx(0.01)
    assert loud[-1] == 0.0


def test_at_twice_the_gain_the_noise_may_be_twice_as_loud() -> None:
    level_g = 1.5e-3 * 8.0 * np.sqrt(18.0 / make_grid(RATE_HZ, load_parameters()).lag)
    for gain, known in ((1.0, False), (2.0, True), (np.nan, False)):
        noise = Noise(make_grid(RATE_HZ, load_parameters()), load_parameters())
        assert bool(noise.follow(frames_of(middle_g=[level_g], gravity_g=[gain]))[0] > 0.0) is known


def test_what_lies_beyond_the_noise_is_told_in_power() -> None:
    noise_g, answer = np.array([0.0, 0.01, 0.01], np.float32), 0.8
    share = LEVEL * 0.01 / answer
    features = {
        "centre_g": np.array([0.02, np.hypot(share, 0.005), share * 0.9], np.float32),
        "centre_low_g": np.array([0.004, np.hypot(0.01 * OF_MEANS, 0.003), 0.001], np.float32),
    }
    out = beyond(features, noise_g, answer)
    assert out["centre_g"] == pytest.approx([0.02, 0.005, 0.0], abs=1e-6)
    assert out["centre_low_g"] == pytest.approx([0.004, 0.003, 0.0], abs=1e-6)
