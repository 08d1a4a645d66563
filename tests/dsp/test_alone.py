"""What is worked out for a frame that comes alone, in fewer calls, has the bits that it has among many."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_array_equal

from dsp import decision, gravity
from dsp.fast_second import SecondMeter
from dsp.grid import cut_steps, make_grid
from dsp.growing import Growing
from dsp.jerk_path import JerkPath
from dsp.parameters import load_parameters
from dsp.rows import running_least, runs_from
from dsp.shaking import ages
from dsp.sliding import windows
from dsp.steps import largest_of_steps, sums_of_steps

P = load_parameters()
SIZES = st.lists(st.integers(1, 40), min_size=1, max_size=12)


@settings(deadline=None)
@given(seed=st.integers(0, 1000), sizes=SIZES)
def test_the_filter_gives_the_same_whatever_the_batches(seed: int, sizes: list[int]) -> None:
    likelihood = np.random.default_rng(seed).random((sum(sizes), 4)) ** 8 + 1e-12
    whole, parts, told, at = decision.make_filter(P, 0.5), decision.make_filter(P, 0.5), [], 0
    for size in sizes:
        told.append(parts.run(likelihood[at : at + size]))
        at += size
    alone = decision.make_filter(P, 0.5)
    assert_array_equal(np.concatenate(told), whole.run(likelihood))
    assert_array_equal(np.concatenate([alone.run(row[None]) for row in likelihood]), np.concatenate(told))


@settings(deadline=None)
@given(rows=st.lists(st.lists(st.sampled_from([0.0, 0.1, 0.2, 0.25, 0.4, 0.5]), min_size=4, max_size=4), min_size=5))
def test_a_frame_alone_has_the_label_that_it_has_among_many_also_where_two_states_are_as_likely(
    rows: list[list[float]],
) -> None:
    p = np.array(rows)
    many = decision.label_numbers(p, P)
    assert_array_equal(np.concatenate([decision.label_numbers(row[None], P) for row in p]), many)


@settings(deadline=None)
@given(flags=st.lists(st.booleans(), min_size=2, max_size=30), before=st.integers(0, 5))
def test_shaking_ages_alike_frame_by_frame(flags: list[bool], before: int) -> None:
    shaking, age, told = np.array(flags), before, []
    for flag in flags:
        age = int(ages(np.array([flag]), age)[0])
        told.append(age)
    assert_array_equal(ages(shaking, before), told)


def test_gravity_is_the_same_hop_by_hop() -> None:
    hop_mean = Growing((3,), np.float32)
    hop_mean.extend(np.random.default_rng(1).normal(scale=0.6, size=(60, 3)).astype(np.float32))
    alone = [gravity.references(hop_mean, hop, hop + 1)[0] for hop in range(60)]
    assert_array_equal(gravity.references(hop_mean, 0, 60), alone)


def test_views_runs_and_least_values_are_the_same_one_by_one() -> None:
    values = np.abs(np.random.default_rng(2).normal(size=(3, 90))).astype(np.float32)
    every = windows(values, 20, 5, 14)
    assert_array_equal(every, np.concatenate([windows(values[:, 5 * i :], 20, 5, 1) for i in range(14)], axis=1))
    rows, first = np.array([0, 2, 1]), np.array([70, 3, 41])
    alone = [runs_from(values, rows[i : i + 1], first[i : i + 1], 9) for i in range(3)]
    assert_array_equal(runs_from(values, rows, first, 9), np.concatenate(alone))
    assert_array_equal(running_least(values[0], 7), [running_least(values[0, i : i + 7], 7)[0] for i in range(84)])


def test_steps_are_the_same_one_by_one_and_whether_all_are_equally_long_or_not() -> None:
    for rate_hz in (25.0, 52.0, 100.0):
        grid = make_grid(rate_hz, P)
        values = np.random.default_rng(3).normal(size=(2, 20 * grid.hop)).astype(np.float32)
        cut = cut_steps(0, 100, grid)
        each = [cut_steps(i, i + 1, grid) for i in range(100)]
        assert [(c.begin, c.end) for c in each] == list(
            zip([c.begin for c in each], [c.begin for c in each[1:]] + [cut.end], strict=True)
        )
        sums = [sums_of_steps(values[:, c.begin : c.end], c) for c in each]
        assert_array_equal(sums_of_steps(values, cut), np.concatenate(sums, axis=1))
        tops = [largest_of_steps(values[0, c.begin : c.end], c)[0] for c in each]
        assert_array_equal(largest_of_steps(values[0], cut), tops)


def test_a_second_alone_shows_what_it_shows_among_many() -> None:
    grid = make_grid(100.0, P)
    meter = SecondMeter(grid, P)
    samples = np.random.default_rng(4).normal(size=(3, 9, grid.fast_window)).astype(np.float32)
    many, alone = meter.measured(samples), [meter.measured(samples[:, i : i + 1]) for i in range(9)]
    for name in ("rms_g", "low_ratio", "peak_hz", "share", "displacement_mm"):
        assert_array_equal(getattr(many, name), np.concatenate([getattr(one, name) for one in alone]))


def test_the_newest_burst_is_found_as_among_all() -> None:
    path = JerkPath(make_grid(100.0, P), P, 0.0)
    path._finder.ended = [(3, 5), (9, 12), (20, 31)]
    steps = np.arange(40)
    assert_array_equal(path.burst_steps(steps), np.concatenate([path.burst_steps(steps[i:])[:1] for i in range(40)]))
    assert path.burst_steps(np.array([11]))[0] == 2
