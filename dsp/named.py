"""Named: frames that something brief explains, which is told of beside them, take the name of what it leaves them."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from dsp.frame_fields import numbers_of
from dsp.labels import State
from dsp.parameters import DECIDED

CLEAR = 2.0 / 3.0
"""Twice as likely as everything else together: less is unclear."""
TINY = np.float32(1e-6)


def name_frames(frames: NDArray[np.void], which: Sequence[int], state: State, sure: ArrayLike) -> None:
    """Give some frames a label; the other states keep their shares of what is left of the probability.

    Parameters
    ----------
    frames
        Rows of `dsp.FRAME_DTYPE`, which are changed.
    which
        Their places among them.
    state, sure
        What they are, and the probability of it, 0 to 1, of all or of each; at least `CLEAR` is taken for it.
    """
    frames["label"][which] = state.value
    own, p = DECIDED.index(state), numbers_of(frames)[:, : len(DECIDED)]
    others = p[which]
    others[:, own] = 0.0
    left = 1.0 - np.maximum(np.asarray(sure, np.float64), CLEAR)
    others *= (left / np.maximum(others.sum(axis=1), TINY))[:, None]
    others[:, own] = 1.0 - others.sum(axis=1)
    p[which] = others
