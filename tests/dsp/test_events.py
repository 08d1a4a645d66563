"""What is an event and what is not: kicks beside loud motion, inside shaking, inside movement, after a fall."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import lfilter

import dsp
from dsp import State

Make = Callable[..., NDArray[np.float32]]
RATE_HZ = 100.0


def smooth_step(share: NDArray[np.float64]) -> NDArray[np.float64]:
    s = np.clip(share, 0.0, 1.0)
    return s**3 * (10 - 15 * s + 6 * s * s)


def moved(
    moves: list[tuple[float, float, float]], *, seconds: float, gravity: bool, seed: int = 0
) -> NDArray[np.float32]:
    """Limb of 0.3 m that turns: (from s, for s, by degrees) each, with noise of 1.2 mg."""
    t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    angle = sum(np.radians(deg) * smooth_step((t - at) / size) for at, size, deg in moves)
    angle = np.asarray(angle)
    swing = 0.3 / 9.80665 * np.gradient(np.gradient(angle, 1 / RATE_HZ), 1 / RATE_HZ)
    xyz = np.random.default_rng(seed).normal(scale=0.0012, size=(len(t), 3))
    xyz[:, 0] += swing + (np.sin(angle) if gravity else 0.0)
    xyz[:, 2] += np.cos(angle) if gravity else 0.0
    return xyz.astype(np.float32)


@pytest.mark.parametrize("mg", [100.0, 400.0])
def test_a_kick_five_seconds_after_loud_shaking_is_found(signal: Make, mg: float) -> None:
    xyz_g = signal(seconds=40.0, tremor=(8.0, 26.0, 6.0, 1e-3 * mg), kicks=(31.0,))
    onsets = [e.onset_s for e in dsp.analyze(xyz_g, rate_hz=RATE_HZ).events if e.onset_s > 28.0]
    assert onsets == pytest.approx([31.0], abs=0.1)


@pytest.mark.parametrize("seed", range(6))
def test_the_swell_of_a_tremor_is_no_twitch_neither_in_it_nor_at_its_ends(signal: Make, seed: int) -> None:
    rng = np.random.default_rng(seed)
    xyz_g = signal(seconds=50.0, seed=seed)
    n = 2600
    phase = 2 * np.pi * 6.0 * np.arange(n) / RATE_HZ + np.cumsum(rng.normal(scale=0.12, size=n))
    swell = np.exp(0.35 * np.interp(np.arange(n), np.arange(0, n + 100, 100), rng.normal(size=n // 100 + 1)))
    xyz_g[1200 : 1200 + n, 0] += (0.04 * swell * np.sin(phase)).astype(np.float32)
    assert dsp.analyze(xyz_g, rate_hz=RATE_HZ, placement="calf").events == ()


@pytest.mark.parametrize("seed", [1, 2, 5, 24])
def test_a_burst_of_muscle_noise_is_no_twitch_from_the_first_sample_or_after_rest(seed: int) -> None:
    # 1 and 24 shake from the first sample, so that the run never was quiet; 2 and 5 after ten seconds of rest.
    rng = np.random.default_rng(seed)
    n, radius = 3000, np.exp(-np.pi / RATE_HZ)
    turn = 2 * np.pi * rng.uniform(5, 10) / RATE_HZ
    noise = lfilter([1.0], [1.0, -2 * radius * np.cos(turn), radius**2], rng.normal(size=n + 800))[800:]
    xyz_g = np.tile([0.0, 0.0, 1.0], (n, 1)) + rng.normal(scale=0.0012, size=(n, 3))
    start = int(rng.integers(0, 2)) * 1000
    xyz_g[:, 0] += 0.05 * np.clip((np.arange(n) - start) / 50, 0.0, 1.0) * noise / noise.std()
    assert dsp.analyze(xyz_g, rate_hz=RATE_HZ, placement="calf").events == ()


def test_a_kick_that_stands_out_of_a_tremor_is_still_found(signal: Make) -> None:
    xyz_g = signal(seconds=40.0, tremor=(8.0, 36.0, 9.0, 0.008), kicks=(25.0,))
    onsets = [e.onset_s for e in dsp.analyze(xyz_g, rate_hz=RATE_HZ).events if e.onset_s > 10.0]
    assert onsets == pytest.approx([25.0], abs=0.1)


@pytest.mark.parametrize("gravity", [True, False])
def test_moving_about_smoothly_makes_no_events(gravity: bool) -> None:
    back_and_forth = [(10.0 + 1.2 * i, 1.2, 20.0 * (-1) ** i) for i in range(12)]
    found = dsp.analyze(moved(back_and_forth, seconds=40.0, gravity=gravity), rate_hz=RATE_HZ, placement="calf")
    assert found.events == ()


def test_without_gravity_a_brisk_stretch_that_stays_is_no_kick_and_a_kick_is_one(signal: Make) -> None:
    assert dsp.analyze(moved([(15.0, 0.4, 20.0)], seconds=30.0, gravity=False), rate_hz=RATE_HZ).events == ()
    kicked = signal(seconds=30.0, kicks=(15.0,), gravity=False)
    assert len(dsp.analyze(kicked, rate_hz=RATE_HZ).events) == 1


def test_an_impact_counts_although_the_body_turns_and_lies_elsewhere() -> None:
    xyz_g = moved([(14.8, 0.6, 70.0)], seconds=30.0, gravity=True)
    late = np.arange(len(xyz_g)) / RATE_HZ - 15.1
    hit = 4.0 * np.exp(-np.clip(late, 0, None) / 0.05) * np.cos(2 * np.pi * 12.0 * late) * (late >= 0)
    xyz_g[:, 1] += hit.astype(np.float32)
    (event,) = dsp.analyze(xyz_g, rate_hz=RATE_HZ).events
    assert abs(event.onset_s - 15.1) < 0.4
    assert event.peak_g > 1.5


def test_the_limb_is_still_beside_its_twitches(signal: Make) -> None:
    found = dsp.analyze(signal(seconds=60.0, kicks=(10.0, 20.0, 33.0, 45.0)), rate_hz=RATE_HZ, placement="calf")
    assert len(found.events) == 4
    assert (found.frames["label"] == State.STILL.value).mean() > 0.9
