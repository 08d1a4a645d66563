"""Holds: how a stretch was entered, whatever the mount, and what comes after it."""

import numpy as np
import pytest
from numpy.typing import NDArray

import dsp
from dsp import Hold
from dsp.grid import STEPS_PER_HOP
from dsp.parameters import load_parameters
from dsp.posture import FEW_HOPS, HoldFinder

RATE_HZ = 50.0
Turn = tuple[float, float, float]


def least_jerk(t: NDArray[np.float64], start_s: float, seconds: float) -> NDArray[np.float64]:
    u = np.clip((t - start_s) / seconds, 0.0, 1.0)
    return np.asarray(u**3 * (10 - 15 * u + 6 * u**2))


def turned(turns: list[Turn], seconds: float, *, beat_g: float = 0.0, seed: int = 0) -> NDArray[np.float32]:
    """A limb that turns by so many degrees at these times, on a random mount; a beat of 5 Hz in the first hold."""
    rng = np.random.default_rng(seed)
    t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    angle = np.radians(sum(deg * least_jerk(t, at, lasts) for at, lasts, deg in turns))
    pull = 0.3 * np.gradient(np.gradient(angle, t), t) / 9.81
    xyz_g = np.stack([np.sin(angle) + pull, np.zeros_like(t), np.cos(angle)], axis=1)
    beats = (t > turns[0][0] + turns[0][1]) & (t < turns[0][0] + turns[0][1] + 6.0)
    xyz_g[:, 1] += beats * beat_g * np.sin(2 * np.pi * 5.0 * t)
    mount, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    return (xyz_g @ mount.T + rng.normal(scale=0.002, size=xyz_g.shape)).astype(np.float32)


def holds(turns: list[Turn], seconds: float, *, beat_g: float = 0.0, seed: int = 0) -> tuple[Hold, ...]:
    xyz_g = turned(turns, seconds, beat_g=beat_g, seed=seed)
    return dsp.analyze(xyz_g, rate_hz=RATE_HZ, placement="calf", keep_spectra=False).holds


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("lasts_s", [0.3, 0.6, 1.5, 3.0, 5.0])
def test_onset_and_start_of_a_hold_are_known_to_a_third_of_a_second_on_any_mount(lasts_s: float, seed: int) -> None:
    (hold,) = holds([(9.0, lasts_s, 28.0), (25.0, 1.0, -28.0)], 35.0, seed=seed)
    assert hold.onset_s == pytest.approx(9.0, abs=0.35)
    assert hold.start_s == pytest.approx(9.0 + lasts_s, abs=0.35)
    assert hold.end_s == pytest.approx(25.0, abs=0.6)
    assert hold.stretch_deg == pytest.approx(28.0, abs=1.5)


@pytest.mark.parametrize("beat_g", [0.0, 0.3])
@pytest.mark.parametrize("degrees", [14.0, 40.0])
def test_fast_and_slow_stretches_are_told_apart_whatever_beats_after_them(degrees: float, beat_g: float) -> None:
    for lasts_s, fast in ((0.25, True), (4.0, False)):
        (hold,) = holds([(9.0, lasts_s, degrees), (25.0, 1.0, -degrees)], 35.0, beat_g=beat_g)
        assert hold.fast is fast
        if not fast:
            assert hold.stretch_rate_deg_per_s == pytest.approx(1.875 * degrees / lasts_s, rel=0.25)


def test_going_deeper_is_a_hold_of_its_own_and_the_rest_after_it_is_none() -> None:
    found = holds([(9.0, 1.5, 20.0), (18.0, 1.5, 15.0), (32.0, 1.5, -35.0)], 50.0)
    assert [round(h.stretch_deg) for h in found] == [20, 15]
    assert found[1].end_s == pytest.approx(32.0, abs=0.6)


def test_stretches_with_a_second_of_rest_between_them_are_counted_one_by_one() -> None:
    turns: list[Turn] = []
    for at in (9.0, 20.2, 31.4):
        turns += [(at, 1.0, 25.0), (at + 9.0, 1.0, -25.0)]
    found = holds(turns, 50.0)
    assert len(found) == 3
    assert all(h.released for h in found)


def test_turning_over_is_no_stretch_and_the_new_side_is_the_new_rest() -> None:
    found = holds([(9.0, 2.0, 110.0), (20.0, 1.5, 25.0), (35.0, 1.0, -25.0)], 45.0)
    assert [round(h.stretch_deg) for h in found] == [25]


@pytest.mark.parametrize("size", [1, 7, FEW_HOPS, FEW_HOPS + 1, 70])
def test_a_posture_is_the_same_bits_however_many_hops_of_rest_come_at_once(size: int) -> None:
    angle = np.radians(20.0) * np.repeat([0.0, 0.5, 1.0, 0.5, 0.0], [100, 1, 40, 1, 60])
    gravity_g = np.stack([np.sin(angle), np.zeros_like(angle), np.cos(angle)], axis=1)
    gravity_g += np.random.default_rng(0).normal(scale=0.002, size=gravity_g.shape)
    gravity_g = gravity_g.astype(np.float32)
    rates = np.zeros(len(angle), np.float32)
    rates[[100, 101, 141, 142]] = 20.0

    def found(at_once: int) -> list[Hold]:
        finder = HoldFinder(load_parameters(), 0.0, 0.5)
        for at in range(0, len(rates), at_once):
            part = slice(at, at + at_once)
            finder.follow(gravity_g[part], rates[part], np.repeat(gravity_g[part], STEPS_PER_HOP, axis=0))
        return finder.holds

    assert len(found(size)) == 1
    assert found(size) == found(len(rates))
