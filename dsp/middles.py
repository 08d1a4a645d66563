"""Middles: what the middle second of a frame knows better than its window of four.

A limb that turns too slowly to shake anything, a stretch or its release, moves while it does, though little of it is
left in four seconds; and one that pauses beside a movement is still for so long, though the window holds the movement.
"""

import numpy as np
from numpy.typing import NDArray

from dsp.kick_level import STEP_S
from dsp.labels import State
from dsp.named import name_frames
from dsp.rests import rest_around
from dsp.run_view import RunView

STILL, MOVEMENT, UNCLEAR = State.STILL.value, State.MOVEMENT.value, State.UNCLEAR.value


def name_middles(frames: NDArray[np.void], view: RunView) -> None:
    """Call some final frames movement, in whose middle second the limb turns, and others still, in which it rests.

    Parameters
    ----------
    frames
        Rows of `dsp.FRAME_DTYPE`, (n,).
    """
    p, labels, low_g = view.parameters.middle, frames["label"], frames["centre_low_g"]
    # What shakes, a kick or a tremor, is named by others.
    calm = frames["centre_g"] <= np.float32(1e-3 * p["shakes_mg"])
    turns = calm & (low_g >= np.float32(1e-3 * p["turns_mg"])) & ((labels == STILL) | (labels == UNCLEAR))
    rests = calm & (low_g <= np.float32(1e-3 * p["rests_mg"])) & (labels == MOVEMENT)
    rows = turns.nonzero()[0]
    if len(rows):
        name_frames(frames, rows.tolist(), State.MOVEMENT, p["sure"])
    rows = rests.nonzero()[0]
    if len(rows):
        # A shorter pause is a part of the movement.
        at_rest = rest_around(view.steps_at(frames["time_s"][rows]), round(p["pause_s"] / STEP_S), view)
        name_frames(frames, rows[at_rest].tolist(), State.STILL, p["sure"])
