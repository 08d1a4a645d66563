"""What is measured on a kick."""

import numpy as np
import pytest
from numpy.typing import NDArray

from dsp import swings
from dsp.grid import make_grid
from dsp.kick import measure_kick
from dsp.labels import Placement
from dsp.parameters import load_worn_at
from dsp.results import Event
from dsp.run import Run
from tests.dsp.conftest import smooth_step

RATE_HZ = 100.0


def measured(xyz_g: NDArray[np.float64], onset_step: int, known_step: int) -> Event | None:
    parameters = load_worn_at(Placement.CALF)
    one = Run(make_grid(RATE_HZ, parameters), parameters, 0.0)
    one.append(np.ascontiguousarray(xyz_g.T.astype(np.float32)), None)
    one.advance()
    return measure_kick(one.jerks._view, onset_step, 0.3, known_step, 0.002, 0.002, None)


def test_a_kick_is_measured_on_nothing_later_than_what_is_known() -> None:
    t = np.arange(1400) / RATE_HZ
    late = np.clip(t - 8.0, 0.0, None)
    xyz_g = np.tile([0.0, 0.0, 1.0], (len(t), 1)) + np.random.default_rng(0).normal(scale=0.001, size=(len(t), 3))
    xyz_g[:, 0] += 0.3 * np.exp(-late / 0.08) * np.sin(2 * np.pi * 6.0 * late)
    moves = xyz_g.copy()
    moves[:, 1] += np.where(t >= 8.3, 1.5 * (1 - np.cos(2 * np.pi * (t - 8.3) / 0.6)), 0.0)
    alone = measured(xyz_g, onset_step=80, known_step=82)
    assert alone is not None
    assert repr(measured(moves, onset_step=80, known_step=82)) == repr(alone)


@pytest.mark.parametrize("rate_hz", [50.0, 100.0, 400.0])
@pytest.mark.parametrize("turn_deg", [6.0, 10.0])
def test_a_quick_small_turn_went_one_way_once_gravity_is_taken_out_and_a_kick_with_its_ring_did_not(
    turn_deg: float, rate_hz: float
) -> None:
    t = np.arange(round(0.6 * rate_hz)) / rate_hz
    angle = np.radians(turn_deg) * smooth_step((t - 0.02) / 0.2)
    pull = 0.3 / 9.80665 * np.gradient(np.gradient(angle, 1 / rate_hz), 1 / rate_hz)
    turned = np.stack([np.sin(angle) + pull, 0 * t, np.cos(angle) - 1.0], axis=1)
    last, lasts = round(0.3 * rate_hz), round(0.2 * rate_hz)
    assert swings.one_way(swings.without_turn(turned, last, lasts)) > swings.SWUNG
    late = np.clip(t - 0.02, 0.0, None)
    kicked = np.outer(0.5 * np.exp(-late / 0.06) * np.sin(2 * np.pi * 7.0 * late), [1.0, 0.0, 0.2])
    assert not swings.one_way(swings.without_turn(kicked, last, lasts)) > swings.SWUNG
