"""Run view: where a burst rises and how calm it was, asked of samples, so that the beginning of steps says nothing."""

import numpy as np
import pytest
from numpy.typing import NDArray

import dsp
from dsp.grid import make_grid
from dsp.kick_begin import new_kicks, shakes_on
from dsp.parameters import load_parameters
from dsp.run_view import RunView
from tests.dsp.test_events import ringing_kick

RATE_HZ = 100.0
STEP = 10


def view_of(level_g: NDArray[np.float64]) -> RunView:
    """A run of which the level of each sample is known."""
    parameters = load_parameters()
    view = RunView(parameters, make_grid(RATE_HZ, parameters), 0.0)
    view.level = (level_g**2).astype(np.float32)
    return view


@pytest.mark.parametrize("shift", range(STEP))
def test_a_rise_begins_at_the_same_sample_wherever_the_steps_begin(shift: int) -> None:
    level = np.full(200, 0.3)
    # A ring that fades, and a kick from sample 100 on that takes 0.08 s to its top.
    level[50:100] = np.geomspace(0.3, 0.02, 50)
    level[100:108] = np.linspace(0.03, 0.5, 8)
    view = view_of(np.roll(level, shift))
    step = (107 + shift) // STEP
    assert view.rise_to(step) == 99 + shift
    rise = view.rises_to(np.array([step]))
    assert rise.calm[0] == pytest.approx(0.02, rel=1e-3)
    # The loudest of 0.2 s before.
    assert rise.ring[0] == pytest.approx(level[79], rel=1e-3)


def test_a_swing_that_was_louder_ends_the_way_back_to_where_a_rise_began() -> None:
    level = np.full(200, 0.01)
    level[90:95] = 0.3
    level[97:104] = 0.2
    assert view_of(level).rise_to(10) == 96
    # Less than a third louder is the same one.
    level[90:95], level[95:97] = 0.2, 0.16
    assert view_of(level).rise_to(10) == 89


@pytest.mark.parametrize("shift", range(STEP))
def test_it_was_calm_if_it_was_for_three_twentieths_of_a_second(shift: int) -> None:
    def loud_but_for(samples: int) -> RunView:
        level = np.full(200, 0.3)
        level[60 + shift : 60 + shift + samples] = 0.01
        return view_of(level)

    assert loud_but_for(15).calmest(4, 10) == pytest.approx(0.01, rel=1e-3)
    assert loud_but_for(14).calmest(4, 10) == pytest.approx(0.3, rel=1e-3)


def swelling(rate_hz: float, rng: np.random.Generator) -> RunView:
    """Four seconds of motion that swells and fades."""
    view, samples = RunView(load_parameters(), make_grid(rate_hz, load_parameters()), 0.0), round(4 * rate_hz)
    swells = np.interp(np.arange(samples), np.sort(rng.uniform(0, samples, 8)), rng.uniform(0.02, 0.3, 8))
    view.level = np.square(swells * rng.uniform(0.8, 1.0, samples)).astype(np.float32)
    return view


@pytest.mark.parametrize("rate_hz", [25.0, 52.0, 100.0, 208.0])
def test_many_steps_rise_as_each_does_alone_in_a_run_whose_beginning_is_forgotten_too(rate_hz: float) -> None:
    rng, steps = np.random.default_rng(1), np.arange(35)
    for forgotten in (0, 5):
        view = swelling(rate_hz, rng)
        view.first_step = forgotten
        view.first = max(0, view.edge(0) - 3)
        together = view.rises_to(steps)
        for step in steps.tolist():
            (sample,), (calm,), (ring,) = view.rises_to(np.array([step]))
            assert (sample, calm, ring) == tuple(part[step] for part in together)
            # As it is meant, sample by sample.
            level, top = view.level, view.edge(step) - view.first
            top += int(level[top : view.edge(step + 1) - view.first].argmax())
            at = low = top
            while at > max(0, view.edge(max(0, step - 2)) - view.first):
                at -= 1
                if level[at] > np.float32(1.3**2) * level[low]:
                    break
                low = at if level[at] < level[low] else low
            assert sample == view.rise_to(step) == view.first + low
            assert ring == pytest.approx(np.sqrt(level[max(0, low - round(0.2 * rate_hz)) : low + 1].max()))


@pytest.mark.parametrize("rate_hz", [25.0, 52.0, 100.0, 208.0])
def test_in_a_step_that_shakes_on_no_kick_begins(rate_hz: float) -> None:
    rng, steps, shaking, begun = np.random.default_rng(0), np.arange(5, 38), 0, 0
    for _ in range(300):
        view = swelling(rate_hz, rng)
        level = np.sqrt([view.level[view.edge(step) : view.edge(step + 1)].max() for step in range(38)])
        begins = new_kicks(steps, level, view)
        shakes = {step for step in steps.tolist() if shakes_on(step, level, view)}
        assert not shakes & set(begins)
        shaking, begun = shaking + len(shakes), begun + len(begins)
    assert shaking > 0.1 * 300 * len(steps)
    assert begun > 0.1 * 300 * len(steps)


@pytest.mark.parametrize("shift_s", np.arange(0.0, 0.1, 0.02).round(2).tolist())
@pytest.mark.parametrize(("gap_s", "hz", "damping"), [(0.55, 6.0, 0.25), (0.75, 3.2, 0.15), (0.9, 8.0, 0.1)])
def test_two_kicks_are_two_wherever_the_steps_begin(gap_s: float, hz: float, damping: float, shift_s: float) -> None:
    t = np.arange(round(30 * RATE_HZ)) / RATE_HZ
    xyz_g = np.random.default_rng(0).normal(scale=0.0012, size=(len(t), 3)) + [0.0, 0.0, 1.0]
    onsets = [15.0 + shift_s, 15.0 + shift_s + gap_s]
    for at in onsets:
        xyz_g[:, 0] += ringing_kick(t, at, 0.3, hz, damping)
    found = [e.onset_s for e in dsp.analyze(xyz_g.astype(np.float32), rate_hz=RATE_HZ, placement="calf").events]
    assert found == pytest.approx(onsets, abs=0.1)


@pytest.mark.parametrize(("back_deg", "turned"), [(0.0, False), (9.0, True)])
def test_a_limb_that_swings_about_where_it_lay_has_not_turned(back_deg: float, *, turned: bool) -> None:
    view = view_of(np.full(300, 0.1))
    angle = np.radians([0.0] * 13 + [10.0] * 3 + [back_deg] * 3 + [10.0] * 11)
    view.step_gravity = np.column_stack([np.sin(angle), np.zeros(30), np.cos(angle)]).astype(np.float32)
    view.hop_gravity = np.ones(6, np.float32)
    assert view.turns(13, 21) is turned
    # It has lain there for long enough since.
    assert view.turns(13, 26)
