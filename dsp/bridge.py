"""Bridge: a window without its bursts, through which what shakes beside them is carried on.

What is left out is replaced by nothing, so that the spectrum shows what the rest of the window holds; or, where that is
known to shake on one frequency, by this shaking, as it is seen before and after. The hole alone would cut a steady
rhythm in two, with an envelope that falls to nothing between; a rhythm whose beats vary by a twentieth is still in step
with itself after the three to five that a twitch covers (random walk, physics).
"""

import numpy as np
from numpy.typing import NDArray

from dsp.grid import STEPS_PER_HOP, Grid
from dsp.rows import products, sums, weighted

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]
Swings = NDArray[np.complex64]

SIDE_S = 0.5
"""On each side of a burst that show how it shakes: two cycles and more of a tremor (4 Hz)."""
LEAST_SIDE = 0.5
"""Of it that must be there: one cycle."""
NO_WEIGHT = np.float32(1e-6)
"""Keeps the line defined in a window that is nothing but burst."""


class Bridge:
    """Windows without their bursts.

    Parameters
    ----------
    grid
        Of the rate.
    windows_g
        float32 (3, rows, window), g.
    loud
        Which of their steps are left out, (rows, steps). Their neighbours go with them: the levels that told them look
        back by up to a step.
    """

    def __init__(self, grid: Grid, windows_g: Floats, loud: Bools) -> None:
        self._grid = grid
        self._kept = _kept(loud, grid)
        self._lines = _lines(windows_g, self._kept)
        self._away = windows_g - self._lines

    def open(self) -> Floats:
        """Windows with nothing in place of the bursts but the line of the posture, and the power of whole ones."""
        power = np.square(self._grid.taper)
        left = weighted(np.square(self._kept), power) / np.float32(power.sum(dtype=np.float64))
        scaled = self._kept / np.sqrt(left)[:, None]
        return np.asarray(self._lines + scaled * self._away)

    def closed(self, peak_hz: Floats, rows: NDArray[np.intp]) -> Floats:
        """Carry what shakes at `peak_hz`, (rows,), through the bursts of some of the windows; (3, some, window)."""
        out = np.ascontiguousarray((self._lines + self._kept * self._away)[:, rows])
        for i, row in enumerate(rows.tolist()):
            kept, away = self._kept[row], self._away[:, row]
            back = np.exp(-2j * np.pi * float(peak_hz[row]) / self._grid.rate_hz * np.arange(len(kept)))
            back = back.astype(np.complex64)
            for begin, end in _holes(kept):
                swing = self._swing(away * back, kept, begin, end)
                if swing is not None:
                    out[:, i, begin:end] += (1.0 - kept[begin:end]) * (swing * back[begin:end].conj()).real
        return out

    def _swing(self, turned: Swings, kept: Floats, begin: int, end: int) -> Swings | None:
        """Swing of each axis in a hole, (3, samples), against the beat that `turned` (3, window) was turned back by.

        Size and phase go evenly from those before it to those after it: what shakes is neither smaller nor less regular
        in the hole than beside it. None where neither side is long enough.
        """
        side = round(SIDE_S * self._grid.rate_hz)
        before, after = (
            _mean_swing(turned[:, part], kept[part] >= 1.0, LEAST_SIDE * side)
            for part in (slice(max(0, begin - side), begin), slice(end, end + side))
        )
        if before is None or after is None:
            one = before if after is None else after
            return None if one is None else one[:, None]
        share = (np.arange(end - begin, dtype=np.float32) + np.float32(0.5)) / np.float32(end - begin)
        phase = np.angle((before.conj() * after).sum())
        leaving = (1.0 - share) * np.exp(1j * phase * share)
        arriving = share * np.exp(-1j * phase * (1.0 - share))
        return np.asarray(before[:, None] * leaving + after[:, None] * arriving, np.complex64)


def _mean_swing(turned: Swings, seen: Bools, least: float) -> Swings | None:
    """Mean of what is seen, (3,), twice for the half of a swing that turns the other way; None of too little."""
    if np.count_nonzero(seen) < least:
        return None
    return np.asarray(2.0 * turned[:, seen].mean(axis=1), np.complex64)


def _kept(loud: Bools, grid: Grid) -> Floats:
    """How much of each sample is kept, (rows, window): all beside the bursts, nothing in them, slopes of a step."""
    hops = loud.shape[1] // STEPS_PER_HOP
    middles = 0.5 * (grid.step_edges[1:] + grid.step_edges[:-1]) + grid.hop * np.arange(hops)[:, None]
    middles = middles.ravel()
    at = np.arange(grid.window)
    step = np.minimum(np.maximum(np.searchsorted(middles, at) - 1, 0), len(middles) - 2)
    later = (at - middles[step]) / (middles[step + 1] - middles[step])
    later = np.minimum(np.maximum(later, 0.0), 1.0).astype(np.float32)
    kept = (~widened(loud)).astype(np.float32)
    # Taken, not indexed: rows that lie side by side add up to the same bits however many they are.
    return np.asarray(kept.take(step, axis=1) * (np.float32(1.0) - later) + kept.take(step + 1, axis=1) * later)


def widened(flags: Bools) -> Bools:
    """Flag neighbours in the same row as well, (rows, n)."""
    out = flags.copy()
    out[:, 1:] |= flags[:, :-1]
    out[:, :-1] |= flags[:, 1:]
    return out


def _holes(kept: Floats) -> NDArray[np.intp]:
    """First sample of each hole, and one past its last, (holes, 2)."""
    whole = np.concatenate([[True], kept >= 1.0, [True]])
    return np.flatnonzero(whole[1:] != whole[:-1]).reshape(-1, 2)


def _lines(windows_g: Floats, kept: Floats) -> Floats:
    """Straight lines that the axes follow beside the bursts, as `windows_g`: what is left of gravity is no burst."""
    weight = np.maximum((kept >= 1.0).astype(np.float32), NO_WEIGHT)
    total = sums(weight)
    along = np.linspace(-1.0, 1.0, kept.shape[1], dtype=np.float32)
    along = along - (weighted(weight, along) / total)[:, None]
    tilted = weight * along
    spread = products(tilted, along)
    out = np.empty_like(windows_g)
    for line, values in zip(out, windows_g, strict=True):
        # From the first sample on: rounding of gravity would be tilted too.
        first = values[:, :1]
        rest = values - first
        line[:] = first + (products(weight, rest) / total)[:, None] + (products(tilted, rest) / spread)[:, None] * along
    return out
