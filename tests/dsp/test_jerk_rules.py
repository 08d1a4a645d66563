"""Rules of the jerk path that a whole signal seldom shows by themselves: its floor, its thresholds, its trains."""

import math
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

import dsp
from dsp.aftermath import Waiting
from dsp.grid import STEPS_PER_HOP, make_grid
from dsp.jerks import JerkFinder
from dsp.kick_level import floors, highest_floor
from dsp.kick_queue import KickQueue
from dsp.labels import EventLabel
from dsp.parameters import load_parameters
from dsp.run_view import RunView
from dsp.step_levels import Levels
from tests.dsp.test_aftermath import event

RATE_HZ = 100.0
STEPS_PER_S = 10
LOUD_G, QUIET_G = 0.02, 0.001


def floor_after(first_g: float, then_g: float, seconds: float, *, but_g: float | None = None) -> float:
    """Floor so long after a level of 30 s has given way to another, which one of the newest steps may break."""
    level = np.full(30 * STEPS_PER_S + 100, first_g, np.float32)
    level[30 * STEPS_PER_S :] = then_g
    hop = round(2 * (30 + seconds))
    if but_g is not None:
        level[hop * STEPS_PER_HOP - 3] = but_g
    return float(floors(np.square(level), np.array([hop]), load_parameters())[0])


def test_the_floor_falls_when_a_whole_second_has_been_quiet() -> None:
    assert floor_after(LOUD_G, QUIET_G, 0.5) == pytest.approx(LOUD_G)
    assert floor_after(LOUD_G, QUIET_G, 1.0) == pytest.approx(QUIET_G)


def test_else_it_falls_when_half_of_two_and_a_half_seconds_has_been_quiet_a_second_ago() -> None:
    # A kick in the newest second is as loud as what went on before.
    assert floor_after(LOUD_G, QUIET_G, 2.0, but_g=LOUD_G) == pytest.approx(LOUD_G)
    assert floor_after(LOUD_G, QUIET_G, 2.5, but_g=LOUD_G) == pytest.approx(QUIET_G)


def test_the_floor_rises_when_half_of_nine_seconds_has_been_loud_a_second_ago() -> None:
    assert floor_after(QUIET_G, LOUD_G, 5.0) == pytest.approx(QUIET_G)
    assert floor_after(QUIET_G, LOUD_G, 6.0) == pytest.approx(LOUD_G)


def test_the_floor_of_a_few_hops_is_what_it_is_among_all_of_them() -> None:
    energy = np.square(np.random.default_rng(0).normal(size=300)).astype(np.float32)
    hops = np.arange(60)
    among_all = floors(energy, hops, load_parameters())
    for few in (hops[:3], hops[::7], hops[[1, 20, 21, 22, 59]], hops[40:41], hops[:0]):
        assert np.array_equal(floors(energy, few, load_parameters()), among_all[few])


def test_no_floor_is_above_the_newest_part_that_it_looks_at_and_where_that_is_quieter_it_is_that() -> None:
    parameters = load_parameters()
    energy = np.square(np.random.default_rng(1).normal(size=600)).astype(np.float32)
    energy[300:] *= 0.01
    known = floors(energy, np.arange(120), parameters)
    most = [highest_floor(energy, hop, parameters) for hop in range(120)]
    assert all(floor <= above * (1.0 + 1e-6) for floor, above in zip(known.tolist(), most, strict=True))
    assert most[19] == math.inf
    # From 2.5 s after it has become quiet, a guard of 1 s between, to where half of nine seconds are.
    np.testing.assert_allclose(known[68:71], most[68:71], rtol=1e-6)
    assert most[30] > 0.2


def test_a_burst_opens_above_three_and_a_half_floors_and_ten_milli_g() -> None:
    finder = JerkFinder(load_parameters(), KickQueue(load_parameters()))
    np.testing.assert_allclose(finder.thresholds(np.array([0.001, 0.01], np.float32)), [0.010, 0.035], rtol=1e-6)


def kicked(at_s: tuple[float, ...], *, sizes_g: tuple[float, ...] = (), noise_g: float = 0.0012) -> list[float]:
    """Onsets found among kicks of 0.3 g, or of `sizes_g`, that fade within a tenth of a second."""
    t = np.arange(round(30 * RATE_HZ)) / RATE_HZ
    xyz_g = np.random.default_rng(0).normal(scale=noise_g, size=(len(t), 3)) + [0.0, 0.0, 1.0]
    for at, size_g in zip(at_s, sizes_g or (0.3,) * len(at_s), strict=True):
        late = np.clip(t - at, 0, None)
        xyz_g[:, 0] += np.where(t >= at, size_g * np.exp(-late / 0.06) * np.sin(2 * np.pi * 7.0 * late), 0.0)
    return [e.onset_s for e in dsp.analyze(xyz_g, rate_hz=RATE_HZ, placement="calf").events]


def test_the_third_kick_within_a_second_and_a_half_is_none_and_at_longer_intervals_it_is() -> None:
    # The first two are confirmed by then, and stay.
    assert kicked((15.0, 15.72, 16.44)) == pytest.approx([15.0, 15.72], abs=0.1)
    assert kicked((15.0, 15.9, 16.8)) == pytest.approx([15.0, 15.9, 16.8], abs=0.1)


def test_two_kicks_are_two_and_a_much_smaller_one_before_them_makes_no_train() -> None:
    assert kicked((15.0, 15.7)) == pytest.approx([15.0, 15.7], abs=0.1)
    found = kicked((14.4, 15.0, 15.7), sizes_g=(0.06, 0.3, 0.3))
    assert found[-2:] == pytest.approx([15.0, 15.7], abs=0.1)


def ring(rises_s: float, fades_s: float) -> NDArray[np.float32]:
    """Shaking at 8 Hz that takes `rises_s` to its top of 0.3 g and then fades."""
    t = np.arange(round(30 * RATE_HZ)) / RATE_HZ
    xyz_g = np.random.default_rng(0).normal(scale=0.0012, size=(len(t), 3)) + [0.0, 0.0, 1.0]
    size = np.clip((t - 15.0) / rises_s, 0.0, 1.0) * np.exp(-np.clip(t - 15.0 - rises_s, 0.0, None) / fades_s)
    xyz_g[:, 0] += 0.3 * size * np.sin(2 * np.pi * 8.0 * (t - 15.0))
    return np.asarray(xyz_g, np.float32)


@pytest.mark.parametrize(
    ("rises_s", "fades_s", "kicks"),
    [
        pytest.param(0.05, 0.7, 1, id="rises at once, a third is left after 0.8 s"),
        pytest.param(0.5, 0.8, 0, id="rises slowly"),
        pytest.param(0.5, 0.1, 1, id="rises slowly, but is short"),
        pytest.param(0.05, 1.6, 0, id="a third is left after 1.8 s"),
    ],
)
def test_a_long_burst_is_a_kick_when_it_rises_at_once_and_has_faded_after_a_second_and_a_half(
    rises_s: float, fades_s: float, kicks: int
) -> None:
    assert len(dsp.analyze(ring(rises_s, fades_s), rate_hz=RATE_HZ, placement="calf").events) == kicks


@pytest.mark.parametrize(("late_steps", "begins"), [(20, False), (21, True)])
def test_what_does_not_rise_is_the_ring_of_a_kick_for_two_seconds(late_steps: int, *, begins: bool) -> None:
    parameters = load_parameters()
    finder, view = (
        JerkFinder(parameters, KickQueue(parameters)),
        RunView(parameters, make_grid(RATE_HZ, parameters), 0.0),
    )
    finder.last_peak_step = 0
    view.level = np.full(400, 0.02**2, np.float32)
    level = np.full(40, 0.02, np.float32)
    seen = Levels(level[: late_steps + 1], level[: late_steps + 1], np.full(late_steps + 1, 0.01), level, 0)
    finder.take(late_steps, late_steps + 1, seen, view)
    assert (finder.candidate_step is not None) is begins


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(("peak_g", "impact"), [(1.1, False), (2.0, False), (2.4, True)])
def test_a_kick_out_of_rest_of_up_to_twice_a_patellar_reflex_is_no_impact_and_a_harder_one_is(
    peak_g: float, seed: int, *, impact: bool
) -> None:
    t = np.arange(round(30 * RATE_HZ)) / RATE_HZ
    xyz_g = np.random.default_rng(seed).normal(scale=0.0012, size=(len(t), 3)) + [0.0, 0.0, 1.0]
    late = np.clip(t - 15.0, 0.0, None)
    wave = np.exp(-late / 0.06) * np.sin(2 * np.pi * 7.0 * late)
    xyz_g[:, 0] += peak_g * wave / wave.max()
    (event,) = dsp.analyze(xyz_g, rate_hz=RATE_HZ, placement="calf").events
    assert event.is_impact is impact


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(("rate_hz", "jump_g", "events"), [(25.0, 0.12, 0), (25.0, 0.2, 1), (100.0, 0.2, 0)])
def test_a_lone_value_of_a_tenth_of_a_g_is_a_glitch_and_one_of_twice_that_may_be_a_kick_where_a_kick_is_so_short(
    rate_hz: float, jump_g: float, events: int, seed: int
) -> None:
    xyz_g = np.random.default_rng(seed).normal(scale=0.0012, size=(3000, 3)) + [0.0, 0.0, 1.0]
    xyz_g[1500, 2] += jump_g
    assert len(dsp.analyze(xyz_g, rate_hz=rate_hz, placement="calf").events) == events


def led_by_a_swing(start_s: float) -> NDArray[np.float32]:
    """A kick of 0.2 g that a swing of a quarter of it leads up to for 0.22 s, and another one follows."""
    xyz_g = np.random.default_rng(3).normal(scale=0.001, size=(1500, 3)) + np.array([0.0, 0.0, 1.0])
    begin_s, t = start_s, np.arange(1500) / RATE_HZ
    for size_g, width_s in ((-0.05, 0.22), (0.2, 0.1), (-0.12, 0.14)):
        within = np.clip((t - begin_s) / width_s, 0.0, 1.0)
        xyz_g[:, 0] += size_g * np.sin(np.pi * within)
        begin_s += width_s
    return xyz_g.astype(np.float32)


@pytest.mark.parametrize("hundredths", range(10))
def test_a_kick_is_told_in_time_from_its_onset_though_a_swing_leads_up_to_it(hundredths: int) -> None:
    xyz_g = led_by_a_swing(12.0 + 0.01 * hundredths)
    analyzer = dsp.Analyzer(RATE_HZ)
    analyzer.push(xyz_g[:1250])
    for at in range(1250, 1400):
        events = analyzer.push(xyz_g[at : at + 1]).events
        if events:
            assert (at + 1) / RATE_HZ - events[0].onset_s <= 1.2 + 1e-9
            assert events[0].onset_s < 12.0 + 0.01 * hundredths + 0.1
            break
    else:
        pytest.fail("no kick was told")


def test_of_two_that_wait_the_one_that_is_due_sooner_is_looked_at_sooner() -> None:
    parameters = load_parameters()
    finder, view = (
        JerkFinder(parameters, KickQueue(parameters)),
        RunView(parameters, make_grid(RATE_HZ, parameters), 0.0),
    )
    # Only the second has had a swing that led up to it, a fifth of a second before its own step.
    for began, onset_s in ((100, 10.0), (101, 9.8)):
        finder.kicks.wait(Waiting(began, replace(event(EventLabel.TWITCH, 0.2), onset_s=onset_s), 0.2), view)
    quiet = np.zeros(200, np.float32)
    seen = Levels(quiet, quiet, np.ones(100), quiet[100:], 100)
    assert finder.quiet_until(102, seen) == 109
