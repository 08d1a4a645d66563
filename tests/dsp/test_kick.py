"""What is measured on a kick."""

import numpy as np
from numpy.typing import NDArray

from dsp.grid import make_grid
from dsp.kick import measure_kick
from dsp.labels import Placement
from dsp.parameters import load_worn_at
from dsp.results import Event
from dsp.run import Run

RATE_HZ = 100.0


def measured(xyz_g: NDArray[np.float64], onset_step: int, known_step: int) -> Event | None:
    parameters = load_worn_at(Placement.CALF)
    one = Run(make_grid(RATE_HZ, parameters), parameters, 0.0)
    one.append(np.ascontiguousarray(xyz_g.T.astype(np.float32)), None)
    one.advance()
    return measure_kick(one.jerks._view, onset_step, 0.3, known_step, 0.002, 0.002, apart=False)


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
