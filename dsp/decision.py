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


@dataclass(slots=True, eq=False)
class Filter:
    """Forward filter over the frames of a run."""

    stay: tuple[float, float, float, float]
    leave: tuple[float, float, float, float]
    alpha: tuple[float, float, float, float] | None = None

    def run(self, likelihood: Floats) -> Floats:
        """Filter the next frames.

        Parameters
        ----------
        likelihood
            (frames, 4), positive.

        Returns
        -------
        (frames, 4), rows sum to 1
        """
        out = np.empty_like(likelihood)
        (s0, s1, s2, s3), (l0, l1, l2, l3) = self.stay, self.leave
        # Plain numbers: four states are too few for array operations to pay.
        for i, (e0, e1, e2, e3) in enumerate(likelihood.tolist()):
            if self.alpha is None:
                a0, a1, a2, a3 = e0, e1, e2, e3
            else:
                b0, b1, b2, b3 = self.alpha
                m0, m1, m2, m3 = b0 * l0, b1 * l1, b2 * l2, b3 * l3
                total = m0 + m1 + m2 + m3
                a0 = e0 * (b0 * s0 + total - m0)
                a1 = e1 * (b1 * s1 + total - m1)
                a2 = e2 * (b2 * s2 + total - m2)
                a3 = e3 * (b3 * s3 + total - m3)
            scale = 1.0 / (a0 + a1 + a2 + a3)
            self.alpha = (a0 * scale, a1 * scale, a2 * scale, a3 * scale)
            out[i] = self.alpha
        return out


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
    beta = np.ones((n, 4))
    for j in range(lag, 0, -1):
        weighted = likelihood[j : j + n] * beta
        total = ((weighted[:, 0] + weighted[:, 1]) + weighted[:, 2]) + weighted[:, 3]
        for k in range(4):
            beta[:, k] = weighted[:, k] * rule.stay[k] + (total - weighted[:, k]) * rule.leave[k]
        beta /= beta.max(axis=1)[:, None]
    p = alpha[:n] * beta
    p /= (((p[:, 0] + p[:, 1]) + p[:, 2]) + p[:, 3])[:, None]
    return p


def labels(p: Floats, parameters: Parameters) -> NDArray[np.str_]:
    """Most likely state of each row; unclear when the runner-up is within 2:1."""
    order = np.argsort(p, axis=1, kind="stable")
    rows = np.arange(len(p))
    first, second = p[rows, order[:, 3]], p[rows, order[:, 2]]
    names = np.array([s.value for s in DECIDED])[order[:, 3]].astype("U13")
    names[first < parameters.decision["unclear_ratio"] * second] = State.UNCLEAR.value
    return names


def sharpened(p: Floats, parameters: Parameters) -> Floats:
    """Calibrate probabilities: a power of the odds, fitted on held-out data (temperature scaling, Guo 2017)."""
    power = parameters.decision["sharpness"]
    if power == 1.0:
        return p
    q = p**power
    return np.asarray(q / (((q[:, 0] + q[:, 1]) + q[:, 2]) + q[:, 3])[:, None])
