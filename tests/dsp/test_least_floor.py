"""Least floor: a sensor that repeats itself for a moment is no quieter than its noise."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import dsp
from dsp.grid import STEPS_PER_HOP
from dsp.least_floor import HELD_HOPS, LeastFloor
from dsp.parameters import load_parameters

RATE_HZ = 50.0
FINE_G, COARSE_G = 1e-5, 2e-3


def taken(floors_g: list[float], still_hops: set[int], count_floor_g: float) -> np.ndarray:
    energy = np.full((len(floors_g), STEPS_PER_HOP), 1e-6, np.float32)
    energy[sorted(still_hops), 2] = 0.0
    counts = np.full(len(floors_g), count_floor_g, np.float32)
    return LeastFloor(load_parameters()).take(np.array(floors_g, np.float32), counts, energy.ravel())


def test_a_floor_counts_at_once_where_every_step_changes() -> None:
    assert taken([0.02, 0.005, 0.01, 0.02], set(), FINE_G).tolist() == pytest.approx([0.02, 0.005, 0.005, 0.005])


def test_a_floor_that_repeated_samples_lower_for_a_moment_does_not_count() -> None:
    least = taken([0.01] * 10 + [0.001] * (HELD_HOPS - 1) + [0.01] * 10, {9, 10}, FINE_G)
    assert least.min() == pytest.approx(0.01)


def test_a_floor_that_lasts_counts_however_often_the_sensor_repeats_itself() -> None:
    least = taken([0.01] * 10 + [0.001] * (HELD_HOPS + 1), set(range(10, 19)), FINE_G)
    assert least[-1] == pytest.approx(0.001)


def test_a_sensor_with_coarse_counts_repeats_itself_because_it_lies_still() -> None:
    assert taken([0.02, 0.005, 0.02], {1}, COARSE_G)[-1] == pytest.approx(0.005)


@given(cuts=st.lists(st.integers(0, 40), max_size=5), seed=st.integers(0, 99))
def test_hops_one_by_one_give_what_many_at_once_give(cuts: list[int], seed: int) -> None:
    rng = np.random.default_rng(seed)
    floors = rng.uniform(0.001, 0.02, 40).astype(np.float32)
    energy = (rng.random((40, STEPS_PER_HOP)) > 0.02).astype(np.float32)
    counts = np.full(40, FINE_G, np.float32)
    whole = LeastFloor(load_parameters()).take(floors, counts, energy.ravel())
    least, edges = LeastFloor(load_parameters()), sorted({0, 40, *cuts})
    parts = [least.take(floors[a:b], counts[a:b], energy[a:b].ravel()) for a, b in zip(edges, edges[1:], strict=False)]
    np.testing.assert_array_equal(np.concatenate(parts), whole)


@pytest.mark.parametrize("repeated_s", [1.2, 1.4, 1.8])
def test_kicks_are_found_after_a_sensor_repeated_a_sample_for_a_moment(repeated_s: float) -> None:
    def found(repeated_s: float) -> list[float]:
        rng = np.random.default_rng(3)
        time_s = np.arange(round(120 * RATE_HZ)) / RATE_HZ
        xyz_g = rng.normal(0.0, 0.006, (len(time_s), 3)) + [0.0, 0.0, 1.0]
        for at_s in np.arange(60.0, 115.0, 7.3):
            since_s = time_s - at_s
            xyz_g[:, 1] += np.where(abs(since_s) < 0.04, 0.15 * np.cos(np.pi * since_s / 0.08) ** 2, 0.0)
        first = round(40 * RATE_HZ)
        xyz_g[first : first + round(repeated_s * RATE_HZ)] = xyz_g[first]
        return [round(event.peak_s, 1) for event in dsp.analyze(xyz_g, rate_hz=RATE_HZ, placement="calf").events]

    assert len(found(0.0)) == 8
    assert found(repeated_s) == found(0.0)
