"""What goes on after a kick: strokes make it none, another kick that is over does not."""

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

import dsp
from tests.dsp.conftest import turning_limb

RATE_HZ = 104.0
BEGINS_S = 15.0
Floats = NDArray[np.float64]


def ringing(t: Floats, at_s: float) -> Floats:
    """A kick whose ring is there for as long as a relaxed limb's; about 1 at its largest."""
    late = np.maximum(t - at_s, 0.0)
    return 1.3 * np.exp(-2.0 * np.pi * 0.16 * 4.2 * late) * np.sin(2.0 * np.pi * 4.2 * late)


def strokes(seed: int, hertz: float, first: float, *, lasts_s: float = 15.0) -> NDArray[np.float32]:
    """Strokes out of rest whose tempo and size roam, the first of them larger by so much."""
    rng = np.random.default_rng(seed)
    t = np.arange(round(30.0 * RATE_HZ)) / RATE_HZ
    xyz_g = rng.normal(scale=0.0015, size=(len(t), 3)) + np.array([0.0, 0.6, 0.8])
    roams = 1.0 + 0.08 * np.interp(t, np.arange(0.0, 31.0, 0.3), rng.normal(size=104))
    phase = 2.0 * np.pi * np.cumsum(hertz * roams) / RATE_HZ
    since = np.maximum(t - BEGINS_S, 0.0)
    size = 1.0 + 0.2 * np.interp(t, np.arange(0.0, 31.0, 0.5), rng.normal(size=62)) + first * np.exp(-since / 0.2)
    size *= np.clip(since / 0.05, 0.0, 1.0) * np.clip((BEGINS_S + lasts_s - t) / 0.1, 0.0, 1.0)
    xyz_g[:, 0] += 0.2 * size * np.sin(phase - phase[np.searchsorted(t, BEGINS_S)])
    return xyz_g.astype(np.float32)


@pytest.mark.parametrize(("seed", "hertz", "first"), [(3, 2.9, 1.0), (5, 3.2, 0.5), (13, 3.2, 1.0), (2, 3.5, 1.0)])
def test_the_first_of_strokes_that_go_on_is_no_kick_and_alone_it_is_one(seed: int, hertz: float, first: float) -> None:
    for lasts_s, kicks in ((15.0, 0), (0.2, 1)):
        xyz_g = strokes(seed, hertz, first, lasts_s=lasts_s)
        events = dsp.analyze(xyz_g, rate_hz=RATE_HZ, placement="ankle").events
        assert len([e for e in events if abs(e.onset_s - BEGINS_S) < 0.5]) == kicks


def test_of_two_kicks_after_a_stretch_the_first_is_told_though_the_second_came_into_its_ring() -> None:
    found, asked = 0, list(itertools.product((0.48, 0.52, 0.56, 0.6), (0.7, 1.0), range(3)))
    for apart_s, second, seed in asked:
        t = np.arange(round(25.0 * RATE_HZ)) / RATE_HZ
        xyz_g = turning_limb([(10.0, 0.5, 25.0)], seconds=25.0, gravity=True, seed=seed, rate_hz=RATE_HZ)
        kicks_s = (10.7 + 0.05 * seed, 10.7 + 0.05 * seed + apart_s)
        xyz_g[:, 1] += (0.25 * (ringing(t, kicks_s[0]) + second * ringing(t, kicks_s[1]))).astype(np.float32)
        events = dsp.analyze(xyz_g, rate_hz=RATE_HZ, placement="ankle").events
        onsets_s = [e.onset_s for e in events]
        found += len(onsets_s) == 2 and all(abs(a - b) < 0.1 for a, b in zip(onsets_s, kicks_s, strict=True))
    assert found >= 0.6 * len(asked)
