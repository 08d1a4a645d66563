"""Named: frames whose state is known better from a kick or a few beats in them than from their windows."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dsp.frame_fields import numbers_of
from dsp.labels import State
from dsp.parameters import DECIDED

CLEAR = 2.0 / 3.0
"""Twice as likely as everything else together: less is unclear (`unclear_ratio` of the parameters)."""
TINY = np.float32(1e-6)


def name_frames(frames: NDArray[np.void], which: Sequence[int], state: State, sure: float) -> None:
    """Give some frames a label; the other states keep their shares of what is left of the probability.

    Parameters
    ----------
    frames
        Rows of `dsp.FRAME_DTYPE`, which are changed.
    which
        Their places among them.
    state, sure
        What they are, and the probability of it, 0 to 1; at least `CLEAR` is taken for it.
    """
    frames["label"][which] = state.value
    own, p = DECIDED.index(state), numbers_of(frames)[:, : len(DECIDED)]
    others = p[which]
    others[:, own] = 0.0
    others *= (1.0 - max(sure, CLEAR)) / np.maximum(others.sum(axis=1, keepdims=True), TINY)
    others[:, own] = 1.0 - others.sum(axis=1)
    p[which] = others
