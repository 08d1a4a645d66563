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


def resting(seed: int) -> tuple[Floats, Floats]:
    """Times and samples of a limb at rest."""
    t = np.arange(round(30.0 * RATE_HZ)) / RATE_HZ
    return t, np.random.default_rng(seed).normal(scale=0.0015, size=(len(t), 3)) + np.array([0.0, 0.6, 0.8])


def ringing(t: Floats, at_s: float) -> Floats:
    """A kick whose ring is there for as long as a relaxed limb's; about 1 at its largest."""
    late = np.maximum(t - at_s, 0.0)
    return 1.3 * np.exp(-2.0 * np.pi * 0.16 * 4.2 * late) * np.sin(2.0 * np.pi * 4.2 * late)


@pytest.mark.parametrize("hertz", [1.7, 2.1, 2.6])
@pytest.mark.parametrize("size_g", [0.08, 0.2])
def test_the_first_of_strokes_that_begin_out_of_rest_is_no_kick(size_g: float, hertz: float) -> None:
    for seed in range(4):
        t, xyz_g = resting(seed)
        since = np.clip(t - BEGINS_S, 0.0, 8.0)
        stroke = size_g * np.sin(2.0 * np.pi * hertz * since)
        # Half a cycle sooner than the others, it is the quickest.
        stroke += 0.6 * size_g * np.sin(2.0 * np.pi * 4.0 * since) * (since < 0.25)
        xyz_g += stroke[:, None] * np.array([1.0, 0.0, 0.0])
        events = dsp.analyze(xyz_g.astype(np.float32), rate_hz=RATE_HZ, placement="ankle").events
        assert not [e for e in events if abs(e.onset_s - BEGINS_S) < 0.4]


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
