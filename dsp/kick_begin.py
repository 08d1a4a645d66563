"""Kick begin: in which steps a new kick begins while something rings or shakes: out of calm, or louder than that."""

import numpy as np
from numpy.typing import NDArray

from dsp.in_tremor import RING_STEPS
from dsp.run_view import RISE_STEPS, RunView

ROUNDING = 1e-6
"""More than levels in single precision are off."""


def new_kicks(steps: NDArray[np.int64], level: NDArray[np.float32], view: RunView) -> dict[int, int]:
    """Give those of some steps in which a new kick begins, and the sample from which each rises.

    Parameters
    ----------
    level
        Of every step that is kept, g.
    """
    p, rise, here = view.parameters.jerk, view.rises_to(steps), level[steps].astype(np.float64)
    begins = (here > p["new_rise"] * rise.ring) | (rise.calm < p["calm_share"] * here)
    # Of slow motion the level is a share only: a ring at the border between both is no larger than that.
    before = level.take(np.maximum(steps - np.arange(1, RING_STEPS + 1)[:, None], 0)).max(axis=0)
    begins |= (p["slow_weight"] * here > before) | (steps == 0)
    return dict(zip(steps[begins].tolist(), rise.sample[begins].tolist(), strict=True))


def shakes_on(step: int, level: NDArray[np.float32], view: RunView) -> bool:
    """Whether it shakes on as loud as it was, so that no kick begins: `new_kicks` knows it too, after a longer look.

    Every step before it has been nearly as loud and none of its samples calm, wherever it began to rise: the 0.2 s
    before that hold one of these steps whole.
    """
    p, first, here = view.parameters.jerk, step - RISE_STEPS - 1, float(level[step]) * (1.0 + ROUNDING)
    if first < 0 or p["new_rise"] * min(level[first:step].tolist()) < here:
        return False
    least = view.level[view.edge(first) - view.first : view.edge(step + 1) - view.first].min()
    return bool(float(least) >= (p["calm_share"] * here) ** 2)


def shaking_on(steps: NDArray[np.int64], level: NDArray[np.float32], view: RunView) -> NDArray[np.bool_]:
    """As `shakes_on` for many steps, (n,): while somebody shakes most of them need no longer look."""
    p = view.parameters.jerk
    here = level[steps].astype(np.float64) * (1.0 + ROUNDING)
    before = level.take(np.maximum(steps - np.arange(1, RISE_STEPS + 2)[:, None], 0)).min(axis=0).astype(np.float64)
    on: NDArray[np.bool_] = (steps > RISE_STEPS) & (p["new_rise"] * before >= here)
    if on.any():
        first, end = view.edges(steps[on] - RISE_STEPS - 1) - view.first, view.edges(steps[on] + 1) - view.first
        samples = np.minimum(first + np.arange(int((end - first).max()))[:, None], end - 1)
        on[on] = view.level.take(samples).min(axis=0) >= (p["calm_share"] * here[on]) ** 2
    return on
