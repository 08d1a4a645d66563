"""Run view: where a burst rises and how calm it was, asked of samples, so that the beginning of steps says nothing."""

import numpy as np
import pytest
from numpy.typing import NDArray

import dsp
from dsp.grid import make_grid
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
    calm, ring = view.before_rise(step)
    assert calm == pytest.approx(0.02, rel=1e-3)
    # The loudest of 0.2 s before.
    assert ring == pytest.approx(level[79], rel=1e-3)


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


@pytest.mark.parametrize("rate_hz", [25.0, 52.0, 100.0, 208.0])
def test_what_stays_up_has_neither_a_rise_out_of_calm_nor_a_fainter_swing_before_it(rate_hz: float) -> None:
    rng, parameters = np.random.default_rng(0), load_parameters()
    view = RunView(parameters, make_grid(rate_hz, parameters), 0.0)
    asked = stayed = 0
    for _ in range(300):
        swells = np.interp(
            np.arange(round(4 * rate_hz)), np.sort(rng.uniform(0, 4 * rate_hz, 8)), rng.uniform(0.02, 0.3, 8)
        )
        view.level = np.square(swells * rng.uniform(0.8, 1.0, len(swells))).astype(np.float32)
        steps = [view.level[view.edge(step) : view.edge(step + 1)].max() for step in range(38)]
        level = np.sqrt(np.array(steps))
        for step in range(5, 38):
            loud, calm = float(rng.uniform(0.02, 0.3)), float(rng.uniform(0.02, 0.2))
            asked += 1
            if view.stays_up(step, loud, calm, level):
                stayed += 1
                least, ring = view.before_rise(step)
                assert ring >= loud * (1 - 1e-6)
                assert least >= calm * (1 - 1e-6)
    assert 0.1 * asked < stayed < 0.9 * asked


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
