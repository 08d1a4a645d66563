"""The gain of a sensor is known by the gravity that it shows at rest, and by nothing else."""

from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import dsp
from dsp.gain import Gain

Floats = NDArray[np.float32]


class Rows:
    """Rows of hops, asked for by number."""

    def __init__(self, rows: NDArray[np.float64]) -> None:
        self._rows = rows.astype(np.float32)

    def part(self, begin: int, end: int) -> Floats:
        return self._rows[begin:end]


@pytest.mark.parametrize("hz", [0.15, 0.25])
@pytest.mark.parametrize("slow_g", [0.5, 0.8])
def test_slow_motion_in_data_without_gravity_is_not_taken_for_gravity(hz: float, slow_g: float) -> None:
    t = np.arange(9000) / 100.0
    xyz_g = np.random.default_rng(7).normal(scale=0.003, size=(len(t), 3))
    on = np.clip((t - 30.0) / 1.0, 0.0, 1.0)
    xyz_g[:, 0] += on * slow_g * np.sin(2.0 * np.pi * hz * t)
    xyz_g[:, 1] += on * slow_g * np.cos(2.0 * np.pi * hz * t)
    assert np.isnan(dsp.analyze(xyz_g.astype(np.float32), rate_hz=100.0).frames["gravity_g"]).all()


def test_the_gain_is_the_one_last_seen_at_rest() -> None:
    t = np.arange(6000) / 100.0
    xyz_g = np.random.default_rng(8).normal(scale=0.002, size=(len(t), 3)) + [0.0, 0.0, 0.7]
    moves = (t > 15.0) & (t < 45.0)
    # The limb is thrown about so that it feels twice its weight for seconds.
    xyz_g[:, 2] += moves * 0.7 * np.clip(np.sin(2.0 * np.pi * 0.2 * (t - 15.0)), 0.0, None)
    frames = dsp.analyze(xyz_g.astype(np.float32), rate_hz=100.0).frames
    np.testing.assert_allclose(frames["gravity_g"], 0.7, atol=0.06)


@given(cut=st.integers(1, 99))
@settings(max_examples=20, deadline=None)
def test_the_gain_is_the_same_whatever_the_batches(cut: int) -> None:
    rng = np.random.default_rng(9)
    means = np.repeat(rng.choice([0.0, 0.5, 1.0], size=27), 4)[:107, None] * [[0.0, 0.6, 0.8]]
    steps = cast("Any", SimpleNamespace(hop_mean=Rows(means), hop_gravity=Rows(np.hypot(means[:, 1], means[:, 2]))))
    whole, parts = Gain(8), Gain(8)
    told = np.concatenate([parts.follow(steps, 0, cut), parts.follow(steps, cut, 100 - cut)])
    np.testing.assert_array_equal(whole.follow(steps, 0, 100), told)
