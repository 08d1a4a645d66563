"""Rests: a limb that lies still for a second is still, whatever else the windows of four seconds around it hold."""

import numpy as np
from numpy.typing import NDArray

from dsp.grid import STEPS_PER_HOP
from dsp.kick_level import STEP_S
from dsp.labels import State
from dsp.named import name_frames
from dsp.parameters import Parameters
from dsp.rows import running_least
from dsp.run_view import RunView

Floats = NDArray[np.float32]

STIRRED = (State.MOVEMENT.value, State.UNCLEAR.value)
"""What frames make of motion that comes or has been; tremor and rhythm have beginnings and ends of their own."""
OWN_STEPS = 3
"""Steps to either side of the middle of a frame that it stands for: half a hop."""


def name_rests(frames: NDArray[np.void], view: RunView, parameters: Parameters) -> None:
    """Call those of the next final frames still that lie within a rest.

    Parameters
    ----------
    frames
        Rows of `dsp.FRAME_DTYPE`, which are changed; final 4 s after their middle, when the rest around it is known.
    view
        The run as far as it is kept.
    """
    stirred = np.isin(frames["label"], STIRRED).nonzero()[0]
    if not len(stirred):
        return
    p, middles = parameters.rest, view.steps_at(frames["time_s"][stirred])
    size = round(p["lasts_s"] / STEP_S)
    first, end = max(0, int(middles[0]) - size), min(len(view.step_loud), int(middles[-1]) + size)
    if end - first < size:
        return
    rests = _begins(first, end, size, view, parameters)
    # It holds all that a frame stands for.
    begins = middles[:, None] + np.arange(OWN_STEPS - size, 1 - OWN_STEPS) - first
    known = (begins >= 0) & (begins < len(rests))
    at_rest = (rests[np.clip(begins, 0, len(rests) - 1)] & known).any(axis=1)
    if at_rest.any():
        name_frames(frames, stirred[at_rest].tolist(), State.STILL, p["sure"])


def _begins(first: int, end: int, size: int, view: RunView, parameters: Parameters) -> NDArray[np.bool_]:
    """Whether a rest of so many steps begins at each step, (end - first - size + 1,)."""
    loudest_g = -running_least(-view.step_loud[first:end], size)
    noise_g = parameters.jerk["on_ratio"] * view.least_floors(np.arange(first, end - size + 1))
    rests = loudest_g <= np.maximum(noise_g, 1e-3 * parameters.jerk["on_mg"])
    for axis_g in view.step_gravity[first:end].T:
        spread_g = -running_least(-axis_g, size) - running_least(axis_g, size)
        rests &= spread_g <= 1e-3 * parameters.rest["spread_mg"]
    return np.asarray(rests)
