"""Beat motion: the main direction of bursts, of several at once as of each alone, with nothing of what fills up rows."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from dsp.beat_motion import Moved, _means_around, _second_differences, along_main, running_totals

Floats = NDArray[np.float64]


@pytest.mark.parametrize("local", [1, 2, 3, 8, 9, 50])
def test_a_mean_is_that_of_the_values_around_within_a_row_and_nothing_of_what_fills_it_up(local: int) -> None:
    rng, sizes = np.random.default_rng(local), np.array([1, 2, 7, 19, 20])
    energy = rng.random((5, 20))
    meant = np.zeros((5, 20))
    for row, size in enumerate(sizes.tolist()):
        energy[row, size:] = 1e9
        for at in range(size):
            meant[row, at] = energy[row, max(0, at - local // 2) : min(size, at + local // 2 + 1)].mean()
    np.testing.assert_allclose(_means_around(energy, sizes, local), meant, rtol=1e-12, atol=0.0)


@given(
    sizes=st.lists(st.integers(1, 40), min_size=1, max_size=6),
    local=st.integers(1, 50),
    fill=st.sampled_from([0.0, 1.0, 1e12]),
    seed=st.integers(0, 10**6),
)
def test_means_of_many_rows_are_those_of_each_alone_bit_for_bit(
    sizes: list[int], local: int, fill: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    rows = [rng.random(size) for size in sizes]
    filled = np.full((len(rows), max(sizes)), fill)
    for place, row in zip(filled, rows, strict=True):
        place[: len(row)] = row
    means = _means_around(filled, np.array(sizes), local)
    for found, row in zip(means, rows, strict=True):
        (alone,) = _means_around(row[None], np.array([len(row)]), local)
        assert found[: len(row)].tobytes() == alone.tobytes()
        assert not found[len(row) :].any()


def test_totals_begin_at_zero_and_hold_each_sample_less_the_first() -> None:
    xyz_g = np.array([[1.0, 2.0, 3.0], [1.5, 2.0, 2.0], [1.0, 4.0, 3.0]])
    assert running_totals(xyz_g).tolist() == [[0.0, 0.0, 0.5, 0.5], [0.0, 0.0, 0.0, 2.0], [0.0, 0.0, -1.0, -1.0]]


def bursts(sizes: list[int], seed: int) -> list[Floats]:
    """Totals of swings of different frequencies and directions, in noise, some in the midst of longer ones."""
    rng, out = np.random.default_rng(seed), []
    for at, size in enumerate(sizes):
        t = np.arange(size + 7) / 100.0
        wave = np.sin(2 * np.pi * rng.uniform(3.0, 9.0) * t) * np.exp(-t * rng.uniform(0.0, 3.0))
        xyz_g = rng.normal(scale=0.01, size=(len(t), 3)) + rng.normal(size=3) + wave[:, None] * rng.normal(size=3)
        out.append(running_totals(xyz_g)[:, 7 * (at % 2) :])
    return out


def is_same(found: Moved, other: Moved) -> bool:
    return all(a.tobytes() == b.tobytes() for a, b in zip(found, other, strict=True))


@pytest.mark.parametrize("lag", [1, 2, 5, 8])
@pytest.mark.parametrize(
    "sizes",
    [
        [120],
        [80, 80],
        [150, 30],
        [30, 150],
        [27, 200, 64, 65, 128, 31, 90],
        [int(size) for size in np.random.default_rng(0).integers(30, 300, 32)],
        [int(size) for size in np.random.default_rng(1).integers(30, 300, 70)],
    ],
    ids=lambda sizes: f"{len(sizes)} from {min(sizes)} to {max(sizes)}",
)
def test_bursts_move_together_as_each_does_alone_bit_for_bit(sizes: list[int], lag: int) -> None:
    totals = bursts(sizes, len(sizes))
    together = along_main(totals, lag, 30)
    assert len(together) == len(sizes)
    for total, moved in zip(totals, together, strict=True):
        (alone,) = along_main([total], lag, 30)
        assert len(moved.along) == len(moved.energy) == total.shape[1] - 3 * lag
        assert is_same(moved, alone)
    # Nor does it matter in which order.
    for moved, other in zip(along_main(totals[::-1], lag, 30)[::-1], together, strict=True):
        assert is_same(moved, other)


@pytest.mark.parametrize("lag", [1, 2, 5, 8])
def test_a_burst_moves_as_the_second_differences_of_means_over_a_lag_say(lag: int) -> None:
    (total,) = bursts([120], lag)
    (moved,) = along_main([total], lag, 30)
    samples = np.diff(total, axis=1)
    means = np.array([samples[:, at : at + lag].mean(axis=1) for at in range(samples.shape[1] - lag + 1)])
    change = means[2 * lag :] - 2.0 * means[lag:-lag] + means[: -2 * lag]
    np.testing.assert_allclose(_second_differences([total], lag)[0].T, change, atol=1e-12)
    np.testing.assert_allclose(moved.energy, (change**2).sum(axis=1), atol=1e-12)
    weights = np.array([1.0 / moved.energy[max(0, at - 15) : at + 16].mean() for at in range(len(change))])
    axis = np.linalg.svd(change * np.sqrt(weights)[:, None])[2][0]
    np.testing.assert_allclose(np.abs(moved.along), np.abs(change @ axis), atol=1e-9)


def test_of_no_bursts_none_moves() -> None:
    assert along_main([], 5, 30) == []


def test_a_limb_at_rest_moves_along_nothing() -> None:
    (moved,) = along_main([running_totals(np.ones((100, 3)))], 5, 30)
    assert not moved.along.any()
    assert not moved.energy.any()


def swing(samples: int, from_at: int, to_at: int, size_g: float) -> Floats:
    t = np.arange(samples)
    return np.where((t >= from_at) & (t < to_at), size_g * np.sin(2 * np.pi * t / 15.0), 0.0)


def share_along(xyz_g: Floats, part: slice) -> float:
    """Share of the motion in a part that the main direction of all of it holds."""
    (moved,) = along_main([running_totals(xyz_g)], 5, 30)
    return float((moved.along[part] ** 2).sum() / moved.energy[part].sum())


def test_for_its_direction_every_moment_counts_alike_however_loud_it_is() -> None:
    still = np.zeros(400)
    xyz_g = np.column_stack([swing(400, 0, 300, 0.1), swing(400, 320, 380, 1.0), still])
    assert share_along(xyz_g, slice(20, 270)) > 0.99
    assert share_along(xyz_g, slice(320, 360)) < 0.01


def test_what_is_far_fainter_than_the_loudest_moment_turns_no_direction() -> None:
    still = np.zeros(400)
    xyz_g = np.column_stack([swing(400, 0, 300, 1e-3), swing(400, 320, 380, 1.0), still])
    assert share_along(xyz_g, slice(320, 360)) > 0.99
