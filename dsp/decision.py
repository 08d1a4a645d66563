"""Decision: scores of frames become probabilities over time.

A hidden Markov model with the mean dwell times of the states: the forward filter is what was known at the time (live);
smoothing over the next four hops (2 s) is the final word. Both run in both modes, so live and offline agree.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsp.labels import State
from dsp.parameters import DECIDED, Parameters

Floats = NDArray[np.float64]
RESCALED_EVERY = 8
NAMES = np.array([*(s.value for s in DECIDED), State.UNCLEAR.value], "U13")
"""Labels by number: the states in their order, then unclear."""


@dataclass(slots=True, eq=False)
class Filter:
    """Forward filter over the frames of a run.

    Attributes
    ----------
    stay, leave
        Probability of staying in each state from frame to frame, and of going from it to each other one.
    """

    stay: tuple[float, float, float, float]
    leave: tuple[float, float, float, float]
    _weight: tuple[float, float, float, float] | None = None
    _frames: int = 0

    def run(self, likelihood: Floats) -> Floats:
        """Filter the next frames.

        Parameters
        ----------
        likelihood
            (frames, 4), positive, at most about 1.

        Returns
        -------
        (frames, 4), rows sum to 1
        """
        if not len(likelihood):
            return np.empty((0, 4))
        # What a state keeps beyond what every state gets from the others; weights are carried along times this.
        kept = np.array(self.stay) - np.array(self.leave)
        rows = list(zip(*((likelihood * kept).T.tolist()), strict=True))
        out: list[float] = []
        start = 0
        if self._weight is None:
            self._weight = rows[0]
            out += rows[0]
            start = self._frames = 1
        b0, b1, b2, b3 = self._weight
        l0, l1, l2, l3 = (np.array(self.leave) / kept).tolist()
        # Plain numbers: four states are too few for array operations to pay. The sum is brought back to 1 at every
        # eighth frame of the run only, however the frames come; likelihoods of 1e-12 cannot underflow meanwhile.
        while start < len(rows):
            if self._frames % RESCALED_EVERY == 0:
                scale = 1.0 / (b0 + b1 + b2 + b3)
                b0, b1, b2, b3 = b0 * scale, b1 * scale, b2 * scale, b3 * scale
            end = min(len(rows), start + RESCALED_EVERY - self._frames % RESCALED_EVERY)
            for e0, e1, e2, e3 in rows[start:end]:
                left = b0 * l0 + b1 * l1 + b2 * l2 + b3 * l3
                b0 = e0 * (b0 + left)
                b1 = e1 * (b1 + left)
                b2 = e2 * (b2 + left)
                b3 = e3 * (b3 + left)
                out += (b0, b1, b2, b3)
            self._frames += end - start
            start = end
        self._weight = (b0, b1, b2, b3)
        alpha = np.array(out).reshape(-1, 4)
        alpha /= kept
        alpha /= _total(alpha.T)[:, None]
        return alpha


def make_filter(parameters: Parameters, hop_s: float) -> Filter:
    """Filter with the dwell times of the parameters at this hop."""
    dwell = [parameters.decision["dwell_s"][s.value] for s in DECIDED]
    change = [min(0.5, hop_s / d) for d in dwell]
    s0, s1, s2, s3 = (1.0 - c for c in change)
    l0, l1, l2, l3 = (c / 3.0 for c in change)
    return Filter((s0, s1, s2, s3), (l0, l1, l2, l3))


def likelihoods(scores: Floats, parameters: Parameters) -> Floats:
    """Scores to likelihoods, tempered because neighbouring frames share most of their samples."""
    temper = parameters.decision["temper"]
    return np.asarray(np.exp(temper * (scores - scores.max(axis=1)[:, None])) + 1e-12)


def smooth(alpha: Floats, likelihood: Floats, rule: Filter, lag: int) -> Floats:
    """Probabilities given the next `lag` frames.

    Parameters
    ----------
    alpha, likelihood
        (n + lag, 4): forward probabilities and likelihoods; the last `lag` rows are only looked at.

    Returns
    -------
    (n, 4), rows sum to 1
    """
    n = len(alpha) - lag
    forward, seen = alpha[:n].T.copy(), np.ascontiguousarray(likelihood.T)
    stay, leave = (np.array(part)[:, None] for part in (rule.stay, rule.leave))
    beta = np.ones((4, n))
    for j in range(lag, 0, -1):
        beta *= seen[:, j : j + n]
        rest = _total(beta) - beta
        rest *= leave
        beta *= stay
        beta += rest
        beta /= beta.max(axis=0)
    forward *= beta
    forward /= _total(forward)
    return forward.T


def _total(p: Floats) -> Floats:
    """Sum over the states (first axis), one after the other: the same for one frame and for many."""
    total: Floats = p[0] + p[1]
    total += p[2]
    total += p[3]
    return total


def labels(p: Floats, parameters: Parameters) -> NDArray[np.str_]:
    """Most likely state of each row; unclear when the runner-up is within 2:1."""
    best = p.argmax(axis=1)
    # The second of four from two pairs: the other of the winning pair, or the winner of the other pair.
    (a, b, c, d) = p.T
    left, right = np.maximum(a, b), np.maximum(c, d)
    beaten = np.where(left >= right, np.minimum(a, b), np.minimum(c, d))
    second = np.maximum(np.minimum(left, right), beaten)
    close = np.maximum(left, right) < parameters.decision["unclear_ratio"] * second
    return NAMES.take(np.where(close, len(DECIDED), best))


def sharpened(p: Floats, parameters: Parameters) -> Floats:
    """Calibrate probabilities: a power of the odds, fitted on held-out data (temperature scaling, Guo 2017)."""
    power = parameters.decision["sharpness"]
    if power == 1.0:
        return p
    q = p**power
    return np.asarray(q / _total(q.T)[:, None])
