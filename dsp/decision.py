"""Decision: scores of frames become probabilities over time.

A hidden Markov model with the mean dwell times of the states: the forward filter is what was known at the time (live);
smoothing over the next four hops (2 s) is the final word. Both run in both modes, so live and offline agree.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dsp.labels import State
from dsp.parameters import DECIDED, Parameters

Floats = NDArray[np.float64]
Weights = tuple[float, float, float, float]
BLOCK = 32
"""Frames that the filter takes in one step when many come; more would be gone through again with each live frame."""
FEW = 4
"""Rows up to which plain numbers are quicker than arrays."""
ALONE: tuple[Weights, ...] = ((1.0, 0.0, 0.0, 0.0), (0.0, 1.0, 0.0, 0.0), (0.0, 0.0, 1.0, 0.0), (0.0, 0.0, 0.0, 1.0))
"""The weights of each state alone."""
NAMES = np.array([*(s.value for s in DECIDED), State.UNCLEAR.value], "U13")
"""Labels by number: the states in their order, then unclear."""


@dataclass(slots=True, eq=False)
class Filter:
    """Forward filter over the frames of a run.

    Attributes
    ----------
    stay, leave
        Probability of staying in each state from frame to frame, and of going from it to each other one.

    Notes
    -----
    Frame by frame in plain numbers this took a tenth of the whole analysis. A frame is a linear map of the four
    weights, so what a block of `BLOCK` frames does to any weights is worked out for all blocks at once, the weights go
    from block to block, and then through the frames of all blocks at once: a third of the time. Blocks are counted
    from the start of the run, and one that is not full begins again with the next frames, so that the bits are the
    same however the frames come.
    """

    stay: Weights
    leave: Weights
    _weight: Weights = (1.0, 1.0, 1.0, 1.0)
    _begun: Floats = field(default_factory=lambda: np.empty((0, 4)))
    _open: list[Weights] = field(default_factory=list)
    _kept: Floats = field(init=False)
    _leave: Floats = field(init=False)

    def __post_init__(self) -> None:
        """Work out once what every frame asks for."""
        # What a state keeps beyond what every state gets from the others; weights are carried along times this, so
        # that equal ones stand for what comes before the first frame.
        self._kept = np.array(self.stay) - np.array(self.leave)
        self._leave = np.array(self.leave) / self._kept

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
        out = self._one_by_one(likelihood) if len(likelihood) < BLOCK else self._in_blocks(likelihood)
        out /= self._kept
        out /= _total(out.T)[:, None]
        return out

    def _in_blocks(self, likelihood: Floats) -> Floats:
        known, kept, leave = len(self._begun), self._kept, self._leave
        rows = np.concatenate([self._begun, likelihood])
        full = len(rows) // BLOCK
        blocks = np.ones((-(-len(rows) // BLOCK), BLOCK, 4))
        blocks.reshape(-1, 4)[: len(rows)] = rows * kept
        # Frames of a block, states, blocks.
        seen = blocks.transpose(1, 2, 0).copy()
        starts = np.array(self._starts(seen[:, :, :full], leave)).T
        weight, alpha = starts[:, : seen.shape[2]], np.empty_like(seen)
        for at in range(BLOCK):
            weight = seen[at] * (weight + _total(weight * leave[:, None]))
            alpha[at] = weight
        self._begun, self._open = rows[BLOCK * full :], []
        return alpha.transpose(2, 0, 1).reshape(-1, 4)[known : len(rows)]

    def _one_by_one(self, likelihood: Floats) -> Floats:
        """Filter a few frames in plain numbers, with the same bits: a fifth of the time for one that comes alone.

        What the block that is open does to the weights of each state alone is what it does to any.
        """
        leave = self._leave.tolist()
        if not self._open:
            self._open = [self._weight, *ALONE]
            for seen in (self._begun * self._kept).tolist():
                self._open = [_after(weight, seen, leave) for weight in self._open]
        known, weights = len(self._begun), []
        self._begun = np.concatenate([self._begun, likelihood])
        for seen in (likelihood * self._kept).tolist():
            self._open = [_after(weight, seen, leave) for weight in self._open]
            weights.append(self._open[0])
            if known + len(weights) == BLOCK:
                self._weight = _through([weight for alone in self._open[1:] for weight in alone], self._weight)
                self._begun, self._open = self._begun[BLOCK:], [self._weight, *ALONE]
        return np.array(weights).reshape(-1, 4)

    def _starts(self, seen: Floats, leave: Floats) -> list[Weights]:
        """Weights before each full block, (frames of a block, states, blocks), and after the last of them."""
        starts = [self._weight]
        # To which state (first axis), from which state before the block (second).
        maps = np.broadcast_to(np.eye(4)[:, :, None], (4, 4, seen.shape[2]))
        for row in seen:
            maps = row[:, None] * (maps + _total(maps * leave[:, None, None]))
        # A list for each block and none for each state in it: the garbage collector counts lists.
        for from_each in maps.transpose(2, 1, 0).reshape(-1, 16).tolist():
            starts.append(_through(from_each, starts[-1]))
        self._weight = starts[-1]
        return starts


def _after(weight: Weights, seen: Sequence[float], leave: Sequence[float]) -> Weights:
    """Weights after one more frame."""
    (w0, w1, w2, w3), (s0, s1, s2, s3), (l0, l1, l2, l3) = weight, seen, leave
    given = w0 * l0 + w1 * l1 + w2 * l2 + w3 * l3
    return s0 * (w0 + given), s1 * (w1 + given), s2 * (w2 + given), s3 * (w3 + given)


def _through(from_each: Sequence[float], weight: Weights) -> Weights:
    """Weights after a block, from those before it and from what it does to the weights of each state alone; sum 1."""
    a0, b0, c0, d0, a1, b1, c1, d1, a2, b2, c2, d2, a3, b3, c3, d3 = from_each
    w0, w1, w2, w3 = weight
    a = a0 * w0 + a1 * w1 + a2 * w2 + a3 * w3
    b = b0 * w0 + b1 * w1 + b2 * w2 + b3 * w3
    c = c0 * w0 + c1 * w1 + c2 * w2 + c3 * w3
    d = d0 * w0 + d1 * w1 + d2 * w2 + d3 * w3
    # A block shrinks the sum by no more than one change of state each frame: it cannot underflow meanwhile.
    scale = 1.0 / (a + b + c + d)
    return a * scale, b * scale, c * scale, d * scale


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
    if n == 1:
        return _smoothed_alone(alpha[0].tolist(), likelihood[1:].tolist(), rule)
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


def _smoothed_alone(
    alpha: Sequence[float], following: Sequence[tuple[float, float, float, float]], rule: Filter
) -> Floats:
    """Smooth a frame that comes alone, in plain numbers: a quarter of the time, and the same bits."""
    (s0, s1, s2, s3), (l0, l1, l2, l3) = rule.stay, rule.leave
    b0 = b1 = b2 = b3 = 1.0
    for seen0, seen1, seen2, seen3 in reversed(following):
        b0, b1, b2, b3 = b0 * seen0, b1 * seen1, b2 * seen2, b3 * seen3
        total = b0 + b1 + b2 + b3
        b0, b1 = b0 * s0 + (total - b0) * l0, b1 * s1 + (total - b1) * l1
        b2, b3 = b2 * s2 + (total - b2) * l2, b3 * s3 + (total - b3) * l3
        most = max(b0, b1, b2, b3)
        b0, b1, b2, b3 = b0 / most, b1 / most, b2 / most, b3 / most
    a0, a1, a2, a3 = alpha
    p0, p1, p2, p3 = a0 * b0, a1 * b1, a2 * b2, a3 * b3
    total = p0 + p1 + p2 + p3
    return np.array([[p0 / total, p1 / total, p2 / total, p3 / total]])


def _total(p: Floats) -> Floats:
    """Sum over the states (first axis), one after the other: the same for one frame and for many."""
    total: Floats = p[0] + p[1]
    total += p[2]
    total += p[3]
    return total


def label_numbers(p: Floats, parameters: Parameters) -> NDArray[np.intp]:
    """Most likely state of each row, by its place in `NAMES`; unclear when the runner-up is within 2:1."""
    if len(p) <= FEW:
        return np.array([_label_number(row, parameters) for row in p.tolist()], np.intp)
    # The first of four from two pairs, in a third of the time that `argmax` takes for rows of four.
    (a, b, c, d) = p.T
    left, right = np.maximum(a, b), np.maximum(c, d)
    best = np.where(left >= right, b > a, 2 + (d > c))
    # The second: the other of the winning pair, or the winner of the other pair.
    beaten = np.where(left >= right, np.minimum(a, b), np.minimum(c, d))
    second = np.maximum(np.minimum(left, right), beaten)
    close = np.maximum(left, right) < parameters.decision["unclear_ratio"] * second
    return np.where(close, len(DECIDED), best)


def _label_number(p: Sequence[float], parameters: Parameters) -> int:
    """Give the same for one row, in plain numbers: a tenth of the time."""
    most = max(p)
    return len(DECIDED) if most < parameters.decision["unclear_ratio"] * sorted(p)[-2] else p.index(most)


def sharpened(p: Floats, parameters: Parameters) -> Floats:
    """Calibrate probabilities: a power of the odds, fitted on held-out data (temperature scaling, Guo 2017)."""
    power = parameters.decision["sharpness"]
    if power == 1.0:
        return p
    q = p**power
    return np.asarray(q / _total(q.T)[:, None])
