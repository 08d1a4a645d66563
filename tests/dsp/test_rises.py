"""Rises, and the kicks that begin with them: as they are meant, sample by sample, and of many steps as of each alone."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from dsp.grid import make_grid
from dsp.kick_begin import new_kicks, shakes_on, shaking_on
from dsp.parameters import Parameters, load_parameters
from dsp.rises import LONG, Rise, _so_far, rises_to
from dsp.run_view import RunView
from dsp.step_levels import FEW, Levels

Floats = NDArray[np.float32]
Steps = NDArray[np.int64]

RATES_HZ = (25.0, 52.0, 100.0, 208.0)
STEP = 10
"""Samples of a step at 100 Hz."""
MORE = 1.00001
"""A little more, which levels in single precision still show."""


@pytest.mark.parametrize("width", [1, 2, LONG - 1, LONG, LONG + 1, 200])
@pytest.mark.parametrize("rows", [1, 2, 3, 4, 5, 8, 31, 32, 33, 100])
def test_each_row_is_combined_with_all_before_it_however_long_it_is(rows: int, width: int) -> None:
    values = np.random.default_rng(rows * width).random((rows, width)).astype(np.float32)
    for combine, given_rows in ((np.minimum, values), (np.logical_or, values > 0.98)):
        found, meant = _so_far(combine, given_rows), combine.accumulate(given_rows, axis=0)
        assert found.dtype == meant.dtype
        np.testing.assert_array_equal(found, meant)


@given(
    rows=st.integers(1, 70),
    width=st.sampled_from([1, 2, 63, 64, 65, 200]),
    true_at=st.lists(st.tuples(st.integers(0, 69), st.integers(0, 199)), max_size=5),
    seed=st.integers(0, 10**6),
)
def test_a_value_reaches_all_rows_after_its_own_and_none_before(
    rows: int, width: int, true_at: list[tuple[int, int]], seed: int
) -> None:
    flags = np.zeros((rows, width), bool)
    for row, column in true_at:
        flags[row % rows, column % width] = True
    np.testing.assert_array_equal(_so_far(np.logical_or, flags), np.logical_or.accumulate(flags, axis=0))
    levels = np.random.default_rng(seed).integers(0, 9, (rows, width)).astype(np.float32)
    np.testing.assert_array_equal(_so_far(np.minimum, levels), np.minimum.accumulate(levels, axis=0))


def as_meant(level: Floats, first: int, begin: int, end: int, new_rise: float, swing: int) -> tuple[int, float, float]:
    """One rise, sample by sample."""
    low = at = begin + int(level[begin:end].argmax())
    while at > first:
        at -= 1
        if level[at] > new_rise**2 * float(level[low]):
            break
        low = at if level[at] < level[low] else low
    return low, float(np.sqrt(float(level[low]))), float(np.sqrt(float(level[max(0, low - swing) : low + 1].max())))


def each(rise: Rise) -> list[tuple[int, float, float]]:
    return list(zip(rise.sample.tolist(), rise.calm.tolist(), rise.ring.tolist(), strict=True))


@given(
    # Whole numbers, so that levels are often alike, and often just four times the lowest.
    level=st.lists(st.integers(0, 9), min_size=1, max_size=50),
    steps=st.lists(st.tuples(*[st.integers(0, 49)] * 3), min_size=1, max_size=20),
    swing=st.integers(0, 8),
    many=st.booleans(),
)
def test_a_rise_is_what_is_found_sample_by_sample(
    level: list[int], steps: list[tuple[int, int, int]], swing: int, *, many: bool
) -> None:
    values = np.array(level, np.float32)
    ordered = [sorted(at % len(level) for at in step) for step in steps] * (LONG if many else 1)
    first, begin, end = np.array(ordered).T
    found = each(rises_to(values, first, begin, end + 1, new_rise=2.0, swing=swing))
    meant = [as_meant(values, a, b, c + 1, 2.0, swing) for a, b, c in ordered[: len(steps)]]
    # Told by one word: a difference of a thousand rows would take minutes to show.
    same = found == meant * (LONG if many else 1)
    assert same


def rise_of(level: list[float], *, first: int, begin: int, end: int, new_rise: float = 2.0, swing: int = 2) -> int:
    rise = rises_to(
        np.array(level, np.float32),
        *(np.array([at]) for at in (first, begin, end)),
        new_rise=new_rise,
        swing=swing,
    )
    return int(rise.sample[0])


def test_what_is_just_as_much_louder_as_a_new_rise_is_the_same_swing_and_what_is_louder_another() -> None:
    # Squared: four times.
    assert rise_of([0.5, 4.0, 1.0, 8.0], first=0, begin=3, end=4) == 0
    assert rise_of([0.5, 4.0 * MORE, 1.0, 8.0], first=0, begin=3, end=4) == 2


def test_beyond_another_swing_nothing_counts_however_calm_it_is() -> None:
    assert rise_of([0.0, 0.0, 9.0, 1.0, 8.0], first=0, begin=4, end=5) == 3


def test_a_rise_begins_at_the_first_sample_that_it_may_at_the_earliest() -> None:
    falling = [0.1, 0.2, 0.3, 0.4, 0.5]
    assert [rise_of(falling, first=first, begin=4, end=5) for first in range(5)] == [0, 1, 2, 3, 4]


def test_what_lies_after_a_step_is_not_its_top_though_another_step_is_longer() -> None:
    level = np.array([1.0, 0.5, 2.0, 0.1, 9.0, 0.1, 9.5], np.float32)
    rise = rises_to(level, np.array([0, 0]), np.array([2, 2]), np.array([3, 7]), new_rise=3.0, swing=1)
    assert rise.sample.tolist() == [1, 5]


@pytest.mark.parametrize(("swing", "ring"), [(1, 0.5), (2, 0.5), (3, 3.0), (4, 3.0)])
def test_the_last_swing_rings_for_as_many_samples_before_a_rise_as_are_asked_for(swing: int, ring: float) -> None:
    level = np.square(np.array([3.0, 0.5, 0.5, 0.2, 1.0], np.float32))
    rise = rises_to(level, np.array([1]), np.array([4]), np.array([5]), new_rise=4.0, swing=swing)
    assert each(rise) == [(3, pytest.approx(0.2), pytest.approx(ring))]


def swelling(rate_hz: float, seconds: int, seed: int, parameters: Parameters | None = None) -> RunView:
    """Motion that swells and fades."""
    rng, parameters = np.random.default_rng(seed), parameters or load_parameters()
    view, samples = RunView(parameters, make_grid(rate_hz, parameters), 0.0), round(seconds * rate_hz)
    swells = np.interp(
        np.arange(samples), np.sort(rng.uniform(0, samples, 2 * seconds)), rng.uniform(0.02, 0.3, 2 * seconds)
    )
    view.level = np.square(swells * rng.uniform(0.8, 1.0, samples)).astype(np.float32)
    return view


def of_steps(view: RunView, steps: int) -> Floats:
    """Largest level in each step."""
    return np.sqrt([view.level[view.edge(step) : view.edge(step + 1)].max() for step in range(steps)])


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("count", [1, 2, LONG - 1, LONG, LONG + 1, 200])
def test_a_block_of_steps_rises_as_each_does_alone(count: int, rate_hz: float) -> None:
    view = swelling(rate_hz, 22, count)
    together = each(view.rises_to(np.arange(count)))
    assert together == [each(view.rises_to(np.array([step])))[0] for step in range(count)]


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_the_first_steps_of_a_run_rise_from_its_beginning_at_the_earliest(rate_hz: float) -> None:
    view = RunView(load_parameters(), make_grid(rate_hz, load_parameters()), 0.0)
    view.level = np.linspace(0.01, 1.0, round(2 * rate_hz), dtype=np.float32)
    samples = view.rises_to(np.arange(5)).sample.tolist()
    # It rises all the time: for the step itself and the two before.
    assert samples == [0, 0, 0, view.edge(1), view.edge(2)]


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("seed", range(3))
def test_in_a_block_of_steps_the_same_kicks_begin_as_in_each_alone(seed: int, rate_hz: float) -> None:
    view, steps = swelling(rate_hz, 22, seed), np.arange(200)
    level = of_steps(view, 200)
    together = new_kicks(steps, level, view)
    alone: dict[int, int] = {}
    for step in steps.tolist():
        alone |= new_kicks(np.array([step]), level, view)
    assert together == alone
    assert {step: view.rise_to(step) for step in together} == together
    assert 20 < len(together) < 180


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("seed", range(3))
def test_a_kick_begins_in_a_step_alone_where_it_does_in_a_block_though_it_is_asked_first_whether_it_shakes_on(
    seed: int, rate_hz: float
) -> None:
    view = swelling(rate_hz, 12, seed)
    level = of_steps(view, 100)
    assert len(level) > FEW
    block = Levels(level, level, np.zeros(100), level, 0)
    begun = 0
    for step in range(100):
        thresholds = np.full(100, np.inf)
        thresholds[step] = 0.0
        rise = Levels(level, level, thresholds, level, 0).rise(step, view)
        assert rise == block.rise(step, view)
        begun += rise is not None
    assert 5 < begun < 95


def even_shares() -> Parameters:
    """Shares that are whole in binary, so that a border is met exactly."""
    parameters = load_parameters()
    return replace(parameters, jerk=parameters.jerk | {"new_rise": 2.0, "calm_share": 0.25, "slow_weight": 0.25})


def run_of(level_g: float, *, but: dict[int, float] | None = None, rate_hz: float = 100.0) -> RunView:
    """Four seconds of one level, but for some samples."""
    view = RunView(even_shares(), make_grid(rate_hz, even_shares()), 0.0)
    level = np.full(round(4.0 * rate_hz), level_g)
    for at, other_g in (but or {}).items():
        level[at] = other_g
    view.level = np.square(level).astype(np.float32)
    return view


def begins(view: RunView, *levels_g: float) -> bool:
    """Whether a kick begins in step 20, the last one of which a level is given."""
    level = np.full(40, 100.0, np.float32)
    level[21 - len(levels_g) : 21] = levels_g
    return 20 in new_kicks(np.array([20]), level, view)


@pytest.mark.parametrize(("more", "begun"), [(1.0, False), (MORE, True)])
def test_a_kick_begins_where_it_is_louder_than_a_new_rise_above_what_rings(more: float, *, begun: bool) -> None:
    assert begins(run_of(1.0), 2.0 * more) is begun
    # The loudest of the 0.2 s before counts, and nothing before that: it rises from sample 200 on.
    assert begins(run_of(0.6, but={180: 1.0}), 2.0 * more) is begun
    assert begins(run_of(0.6, but={179: 1.0}), 2.0)


@pytest.mark.parametrize(("more", "begun"), [(1.0, False), (MORE, True)])
def test_a_kick_begins_where_it_was_calmer_than_a_share_of_it(more: float, *, begun: bool) -> None:
    assert begins(run_of(1.0, but={199: 0.25}), 1.0 * more) is begun


@pytest.mark.parametrize(("more", "begun"), [(1.0, False), (MORE, True)])
@pytest.mark.parametrize("before_g", [(0.5, 0.0), (0.0, 0.5), (0.5, 0.5)])
def test_a_kick_begins_where_a_share_of_it_is_louder_than_the_two_steps_before(
    before_g: tuple[float, float], more: float, *, begun: bool
) -> None:
    assert begins(run_of(4.0), 100.0, *before_g, 2.0 * more) is begun


def test_a_kick_begins_in_the_first_step_whatever_it_is_and_in_no_later_one_without_a_reason() -> None:
    assert new_kicks(np.arange(4), np.ones(40, np.float32), run_of(1.0)) == {0: 0}
    # Before the second one there is but the first.
    assert set(new_kicks(np.arange(2), np.array([0.2, 1.0], np.float32), run_of(1.0))) == {0, 1}
    assert set(new_kicks(np.arange(2), np.array([0.3, 1.0], np.float32), run_of(1.0))) == {0}


def shaking(view: RunView, *levels_g: float) -> bool:
    """Whether it shakes on in step 20, the last one of which a level is given."""
    level = np.full(40, 0.0, np.float32)
    level[21 - len(levels_g) : 21] = levels_g
    return shakes_on(20, level, view)


def test_it_shakes_on_while_each_of_three_steps_was_louder_than_what_a_new_rise_is_above() -> None:
    for quiet in range(3):
        before = [1.0, 1.0, 1.0]
        before[quiet] = 0.5 * MORE
        assert shaking(run_of(1.0), *before, 1.0)
        # At the border itself levels in single precision do not tell, and it is looked at for longer.
        before[quiet] = 0.5
        assert not shaking(run_of(1.0), *before, 1.0)


def test_it_shakes_on_while_no_sample_of_three_steps_and_this_one_was_calm() -> None:
    for at in (170, 200, 209):
        assert shaking(run_of(1.0, but={at: 0.25 * MORE}), 1.0, 1.0, 1.0, 1.0)
        assert not shaking(run_of(1.0, but={at: 0.25}), 1.0, 1.0, 1.0, 1.0)
    for at in (169, 210):
        assert shaking(run_of(1.0, but={at: 0.0}), 1.0, 1.0, 1.0, 1.0)


def test_it_shakes_on_in_the_same_samples_of_a_run_whose_beginning_is_forgotten() -> None:
    for at, shakes in ((169, True), (170, False), (209, False), (210, True)):
        view = run_of(1.0, but={at: 0.0})
        view.first_step = STEP // 2
        view.first = 43
        view.level = view.level[view.first :]
        assert shakes_on(15, np.ones(40, np.float32), view) is shakes


@pytest.mark.parametrize(("step", "shakes"), [(0, False), (2, False), (3, True)])
def test_whether_it_shakes_on_is_known_from_the_fourth_step_of_a_run_on(step: int, *, shakes: bool) -> None:
    assert shakes_on(step, np.ones(40, np.float32), run_of(1.0)) is shakes


@given(
    rate_hz=st.sampled_from(RATES_HZ),
    # Few different ones, so that many lie just at a border.
    levels=st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.0]), min_size=40, max_size=40),
    calm=st.lists(st.integers(0, 799), max_size=4),
    forgotten=st.integers(0, 2),
)
def test_many_steps_shake_on_as_each_of_them_does_alone(
    rate_hz: float, levels: list[float], calm: list[int], forgotten: int
) -> None:
    view, level = run_of(1.0, rate_hz=rate_hz), np.array(levels, np.float32)
    view.level[[at % len(view.level) for at in calm]] = 0.0
    view.first_step = 5 * forgotten
    view.first = view.edge(0)
    view.level = view.level[view.first :]
    steps = np.arange(38 - view.first_step)
    alone = [shakes_on(step, level, view) for step in steps.tolist()]
    assert shaking_on(steps, level, view).tolist() == alone
