"""Lone slow jerks: found where the limb rests before and after, and never where a movement begins."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import dsp
from dsp.grid import make_grid
from dsp.parameters import load_parameters
from dsp.slow_steps import SlowSteps
from dsp.steps import Steps
from dsp.stream import Stream

RATES = (25.0, 50.0, 52.0, 100.0, 208.0, 400.0)


def rest(rate_hz: float, seconds: float = 30.0, noise_g: float = 0.002, seed: int = 0) -> NDArray[np.float64]:
    n = round(seconds * rate_hz)
    return np.tile([0.0, 0.0, 1.0], (n, 1)) + np.random.default_rng(seed).normal(scale=noise_g, size=(n, 3))


def pulse(rate_hz: float, n: int, at: float, size_g: float, width_s: float) -> NDArray[np.float64]:
    """One push and nothing back, as a bed or a partner gives."""
    t = np.arange(n) / rate_hz
    return np.where((t >= at) & (t < at + width_s), size_g * np.sin(np.pi * (t - at) / width_s), 0.0)


@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize("width_s", [0.2, 0.3])
def test_a_slow_push_at_ten_times_the_noise_is_one_event(rate_hz: float, width_s: float) -> None:
    xyz_g = rest(rate_hz)
    for axis, share in ((0, 0.8), (1, 0.6)):
        xyz_g[:, axis] += share * pulse(rate_hz, len(xyz_g), 15.0, 0.035, width_s)
    (event,) = dsp.analyze(xyz_g, rate_hz=rate_hz, placement="calf").events
    assert event.onset_s == pytest.approx(15.0, abs=0.1)
    assert event.peak_g == pytest.approx(0.035, abs=0.008)
    assert event.width_s < 0.4
    np.testing.assert_allclose(np.abs(event.direction), [0.8, 0.6, 0.0], atol=0.15)


@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize("width_s", [0.25, 0.3])
def test_a_slow_push_is_an_event_wherever_in_a_step_it_begins(rate_hz: float, width_s: float) -> None:
    # What its level smears over the step that ends it is nothing that goes on after it.
    for at in np.arange(15.0, 15.1, 0.01):
        xyz_g = rest(rate_hz, noise_g=0.001)
        xyz_g[:, 0] += pulse(rate_hz, len(xyz_g), at, 0.035, width_s)
        (event,) = dsp.analyze(xyz_g, rate_hz=rate_hz, placement="calf").events
        assert event.onset_s == pytest.approx(at, abs=0.1)


def test_what_goes_on_or_is_too_long_or_comes_again_and_again_is_no_slow_jerk() -> None:
    n = 3000
    goes_on, long, train = rest(100.0), rest(100.0), rest(100.0)
    goes_on[:, 0] += sum(pulse(100.0, n, at, 0.05 * (-1) ** i, 0.6) for i, at in enumerate(np.arange(15.0, 18.0, 0.6)))
    long[:, 0] += pulse(100.0, n, 15.0, 0.05, 0.9)
    train[:, 0] += sum(pulse(100.0, n, at, 0.05, 0.25) for at in np.arange(15.0, 20.0, 0.6))
    for xyz_g in (goes_on, long, train):
        assert dsp.analyze(xyz_g, rate_hz=100.0, placement="calf").events == ()


def test_a_limb_that_ends_elsewhere_only_moved() -> None:
    xyz_g = rest(100.0)
    turned = 0.06 * np.clip((np.arange(3000) / 100.0 - 15.2) / 0.1, 0.0, 1.0)
    xyz_g[:, 0] += pulse(100.0, 3000, 15.0, 0.05, 0.3) + turned
    assert dsp.analyze(xyz_g, rate_hz=100.0, placement="calf").events == ()


@pytest.mark.parametrize("seconds", [0.3, 0.4, 0.6])
@pytest.mark.parametrize("degrees", [5.0, 12.0, 30.0])
def test_without_gravity_a_limb_that_was_moved_elsewhere_is_no_jerk(
    moved: Callable[..., NDArray[np.float32]], seconds: float, degrees: float
) -> None:
    xyz_g = moved([(15.0, seconds, degrees)], seconds=30.0, gravity=False)
    assert dsp.analyze(xyz_g, rate_hz=100.0, placement="calf").events == ()


def test_a_first_swing_the_other_way_begins_the_kick() -> None:
    xyz_g = rest(100.0)
    xyz_g[:, 0] += pulse(100.0, 3000, 15.0, -0.09, 0.12) + pulse(100.0, 3000, 15.12, 0.3, 0.08)
    (event,) = dsp.analyze(xyz_g, rate_hz=100.0, placement="calf").events
    assert event.onset_s == pytest.approx(15.0, abs=0.04)


def seen(*pushes: tuple[float, float, float], noise_g: float = 0.002, seed: int = 0) -> list[float]:
    """Onsets of what is found of these pushes, (at s, g, for s) each, s after the first of them."""
    xyz_g = rest(100.0, noise_g=noise_g, seed=seed)
    xyz_g[:, 0] += sum(pulse(100.0, len(xyz_g), 15.0 + at, size_g, width_s) for at, size_g, width_s in pushes)
    return [e.onset_s - 15.0 for e in dsp.analyze(xyz_g, rate_hz=100.0, placement="calf").events]


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(("width_s", "count"), [(0.25, 1), (0.35, 0), (0.6, 0)])
def test_a_push_with_a_fainter_one_back_is_a_jerk_when_both_last_half_a_second_and_none_when_longer(
    width_s: float, count: int, seed: int
) -> None:
    assert len(seen((0.0, 0.06, width_s), (width_s, -0.024, width_s), seed=seed)) == count


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(("after_s", "count"), [(0.5, 0), (1.4, 2)])
def test_two_pushes_are_two_jerks_when_the_limb_rests_for_a_second_between_them_and_else_a_movement(
    after_s: float, count: int, seed: int
) -> None:
    assert len(seen((0.0, 0.06, 0.3), (after_s, 0.06, 0.3), seed=seed)) == count


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(("share", "count"), [(0.15, 1), (0.3, 0)])
def test_after_a_slow_jerk_another_push_may_be_a_seventh_of_it_and_not_a_third(
    share: float, count: int, seed: int
) -> None:
    assert len(seen((0.0, 0.1, 0.3), (0.65, share * 0.1, 0.25), seed=seed)) == count


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(("share", "count"), [(0.2, 1), (0.4, 0)])
def test_after_a_slow_jerk_gravity_may_differ_by_a_fifth_of_it_and_not_by_two(
    share: float, count: int, seed: int
) -> None:
    xyz_g = rest(100.0, seed=seed)
    left = np.clip((np.arange(len(xyz_g)) / 100.0 - 15.25) / 0.5, 0.0, 1.0)
    xyz_g[:, 0] += pulse(100.0, len(xyz_g), 15.0, 0.06, 0.25) + share * 0.06 * left
    assert len(dsp.analyze(xyz_g, rate_hz=100.0, placement="calf").events) == count


@pytest.mark.parametrize("seed", range(5))
def test_a_slow_push_at_four_times_a_loud_noise_is_one_event_and_the_noise_beside_it_hides_none(seed: int) -> None:
    for size_g in (0.045, 0.055):
        assert len(seen((0.0, size_g, 0.25), noise_g=0.006, seed=seed)) == 1


def test_a_slow_jerk_begins_where_it_leaves_the_noise_and_not_before() -> None:
    onsets = [seen((0.0, 0.06, 0.35), noise_g=0.004, seed=seed) for seed in range(12)]
    # Half a sine of 60 mg is at twice the noise (7 mg over all axes) after 26 ms, at the noise itself after 13.
    assert np.mean(onsets) == pytest.approx(0.036, abs=0.005)


@settings(max_examples=30, deadline=None)
@given(
    rate_hz=st.sampled_from((5.0, 25.0, 51.3, 104.0, 400.0)),
    sizes=st.lists(st.integers(1, 400), min_size=1, max_size=12),
    seed=st.integers(0, 5),
)
def test_slow_levels_are_the_same_bits_in_any_chunks(rate_hz: float, sizes: list[int], seed: int) -> None:
    parameters = load_parameters()
    grid = make_grid(rate_hz, parameters)
    axes_g = np.random.default_rng(seed).normal(size=(3, round(14 * rate_hz))).astype(np.float32)

    def levels(cuts: list[int]) -> tuple[bytes, ...]:
        stream, steps, slow = Stream(grid), Steps(grid, parameters), SlowSteps(grid, parameters)
        at = i = 0
        while at < axes_g.shape[1]:
            stream.append(np.ascontiguousarray(axes_g[:, at : at + cuts[i % len(cuts)]]), None)
            at, i = at + cuts[i % len(cuts)], i + 1
            target = steps.complete(stream.count)
            if target > steps.count:
                steps.take(stream, target)
                slow.take(stream, target)
        floors = slow.floors_before(np.arange(steps.count))
        return tuple(part.tobytes() for part in (slow.energy.kept, slow.level.kept, slow.loud.kept, floors))

    assert levels(sizes) == levels([axes_g.shape[1]])


def test_a_slow_jerk_is_not_announced_before_it_is_confirmed() -> None:
    xyz_g = rest(100.0)
    xyz_g[:, 0] += pulse(100.0, 3000, 15.0, 0.05, 0.3)
    analyzer, announced, told = dsp.Analyzer(100.0, "calf"), 0, []
    for at in range(0, 3000, 10):
        told += analyzer.push(xyz_g[at : at + 10]).events
        announced += len(analyzer.provisional_events)
        if told:
            break
    assert announced == 0
    assert (at + 10) / 100.0 - told[0].onset_s <= 1.3
