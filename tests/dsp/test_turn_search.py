"""The turns that are tried first are held against what was felt at once, and as one by one."""

import numpy as np
import pytest

from dsp import turn_search
from dsp.turn_search import Felt

THREADS_FROM = 262_144
"""Products from which on OpenBLAS shares a matrix product among threads (its default)."""


@pytest.mark.parametrize(("count", "step_s"), [(113, 1 / 45), (125, 0.02), (223, 1 / 89)])
def test_turns_that_are_tried_at_once_tell_what_they_tell_one_by_one(count: int, step_s: float) -> None:
    rows = np.random.default_rng(count).normal(size=(count, 3))
    felt = Felt(rows - rows.mean(axis=0), -1.3 + step_s * np.arange(count), step_s, 0.2)
    tried, along = turn_search._coarse_along(count, -1.3, step_s)
    at_once = np.square(along @ felt.rows.astype(np.float32)).reshape(-1, 12).sum(axis=1)
    # Beyond the turns there is nothing but what fills the last block up.
    assert not at_once[len(tried.start) :].any()
    one_by_one = turn_search._told(felt, np.ones(count), tried)
    np.testing.assert_allclose(at_once[: len(tried.start)], one_by_one, rtol=0.002, atol=0.002 * one_by_one.max())


@pytest.mark.parametrize("count", [62, 113, 125, 223])
def test_no_product_is_so_large_that_it_would_wait_for_other_threads(count: int) -> None:
    _, along = turn_search._coarse_along(count, -1.3, 2.5 / count)
    assert along.shape[1] * along.shape[2] * 3 < THREADS_FROM / 2
    # But not so small that the calls count.
    assert len(along) < 50
