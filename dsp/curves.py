"""Curves: piecewise-linear evidence, one at a time for sentences and all at once for frames."""

import math
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FEWER = 2
"""Times the known values of a feature that there must be frames, for these values to be picked out (measured)."""
ZERO = np.float32(0.0)
FEW = 12
"""Frames up to which plain numbers are quicker than arrays (measured)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TermCurve:
    """How one feature speaks for each state.

    Attributes
    ----------
    name, feature, text
        Identifier, the feature it reads, and its sentence with places for numbers.
    x
        Feature values, increasing.
    values
        Natural log-odds, a row a state, a value for each of `x`.
    """

    name: str
    feature: str
    text: str
    x: tuple[float, ...]
    values: tuple[tuple[float, ...], ...]

    def difference(self, row: int, other: int, x: float) -> float:
        """Log-odds of the state in `row` against that in `other` at `x`; constant beyond the ends."""
        known, ours, theirs = self.x, self.values[row], self.values[other]
        j = bisect_right(known, x) - 1
        if j < 0:
            return ours[0] - theirs[0]
        here = ours[j] - theirs[j]
        if j == len(known) - 1:
            return here
        share = (x - known[j]) / (known[j + 1] - known[j])
        return here + share * (ours[j + 1] - theirs[j + 1] - here)


class CurveTable:
    """Every curve at once, for many frames.

    The pieces of a curve lie in a table; a look-up finds a feature's piece by counting the knots below it, and every
    frame is computed from itself alone. Curves with many knots come first, so that the others are left out where they
    have none.

    Parameters
    ----------
    curves
        The terms.
    states
        Rows of each curve.
    """

    def __init__(self, curves: Sequence[TermCurve], states: int) -> None:
        curves = sorted(curves, key=lambda c: -len(c.x))
        self.features = tuple(c.feature for c in curves)
        most = len(curves[0].x)
        pieces = most + 2
        self._knots = [_single([c.x[at] for c in curves if at < len(c.x)])[:, None] for at in range(most)]
        self._unknown = most + 1
        start = np.zeros((len(curves), pieces))
        value = np.zeros((states, len(curves), pieces))
        slope = np.zeros((states, len(curves), pieces))
        for t, curve in enumerate(curves):
            x, rows = np.array(curve.x), np.array(curve.values)
            start[t, 1 : len(x) + 1] = x
            value[:, t, 0] = rows[:, 0]
            value[:, t, 1 : len(x) + 1] = rows
            slope[:, t, 1 : len(x)] = np.diff(rows, axis=1) / np.diff(x)
        # Each piece as a line through zero's value, so that its start need not be looked up too.
        at_zero = value - slope * start
        # For each curve the states that it speaks of, and their lines: the value at zero, and as its imaginary part the
        # slope, so that both are looked up at once.
        self._lines = [
            [(s, line.copy()) for s, line in enumerate(lines_of_states) if line.any()]
            for lines_of_states in (at_zero + 1j * slope).transpose(1, 0, 2)
        ]
        lines = np.stack([at_zero, slope], axis=-1)
        # The same in plain numbers: the knots of each curve, and the lines of all states in each piece.
        self._plain = [(_single(c.x).tolist(), lines[:, t].transpose(1, 0, 2).tolist()) for t, c in enumerate(curves)]

    def total(self, features: Mapping[str, NDArray[np.float32]], prior: NDArray[np.float64]) -> NDArray[np.float64]:
        """Sum of all curves for each state.

        Parameters
        ----------
        features
            Each (frames,); NaN says nothing.
        prior
            What is known before, (states,).

        Returns
        -------
        float64 (states, frames)
        """
        single = np.array([features[name] for name in self.features], np.float32)
        if single.shape[1] <= FEW:
            return self._total_of_few(single.T.tolist(), prior)
        unknown = np.isnan(single)
        # Counted in single bytes: an eighth of the memory to pass through.
        count = np.zeros(single.shape, np.int8)
        for knot in self._knots:
            count[: len(knot)] += (single[: len(knot)] >= knot).view(np.int8)
        frames = single.shape[1]
        total = np.empty((len(prior), frames))
        total[:] = prior[:, None]
        known = frames - np.count_nonzero(unknown, axis=1)
        # Curve by curve: a sum over all of them would add one frame in another order than many.
        for t in known.nonzero()[0]:
            x, piece = single[t], count[t]
            # Of most frames of a night a feature of the peak is not known: only the others are gone through.
            rows = (~unknown[t]).nonzero()[0] if FEWER * known[t] < frames else None
            if rows is not None:
                x, piece = x[rows], piece[rows]
            elif known[t] < frames:
                x, piece = np.where(unknown[t], ZERO, x), np.where(unknown[t], self._unknown, piece)
            x, piece = x.astype(np.float64), piece.astype(np.intp)
            here, part = np.empty(len(x), np.complex128), np.empty(len(x))
            for state, line in self._lines[t]:
                # No piece is missing, and to raise on one numpy would fill a copy first.
                line.take(piece, out=here, mode="clip")
                np.multiply(here.imag, x, out=part)
                part += here.real
                if rows is None:
                    total[state] += part
                else:
                    total[state][rows] += part
        return total

    def _total_of_few(self, frames: Sequence[Sequence[float]], prior: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the same bits for a few frames, in plain numbers: a fifth of the time for one that comes alone.

        State by state on one line, for the four that there are: a loop over them takes twice as long.
        """
        totals = []
        for known in frames:
            p, q, r, s = prior.tolist()
            for x, (knots, pieces) in zip(known, self._plain, strict=True):
                if not math.isnan(x):
                    (p0, p1), (q0, q1), (r0, r1), (s0, s1) = pieces[bisect_right(knots, x)]
                    p, q, r, s = p + (p1 * x + p0), q + (q1 * x + q0), r + (r1 * x + r0), s + (s1 * x + s0)
            totals.append((p, q, r, s))
        return np.array(totals).T


def _single(knots: Sequence[float]) -> NDArray[np.float32]:
    """Give the least float32 at or above each knot: what is a float32 reaches the one when it reaches the other."""
    exact = np.array(knots)
    single = exact.astype(np.float32)
    return np.where(single < exact, np.nextafter(single, np.float32(np.inf)), single)
