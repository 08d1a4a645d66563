"""Entry: how briskly the limb turned when the shaking that goes on sprang up.

A stretch reflex follows its stretch within a tenth of a second and then keeps itself going, so what set a rhythm off is
known at its beginning and holds until its end; a tired muscle begins to shake seconds into a hold, and grows.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsp.grid import Grid
from dsp.onset import Onsets
from dsp.parameters import Parameters
from dsp.shaking import Bools, ages
from dsp.steps import Steps

Floats = NDArray[np.float32]

LOOKS = 4
"""Frames from the first that shakes on in which the beginning is looked for: by then 2 s of shaking are seen."""


class Begun(NamedTuple):
    """A brisk turn that set shaking off: the frame by which it was known, and the step of the run that it began in."""

    frame: int
    step: int


class Entry:
    """Follows shaking from frame to frame, whatever the batches they come in.

    Parameters
    ----------
    grid
        Of the analysis.
    parameters
        Section ``entry`` says from when on a frame shakes.

    Attributes
    ----------
    begun
        Brisk turns that set shaking off, in the order in which they were known; whoever reads them takes them away.
    """

    def __init__(self, grid: Grid, parameters: Parameters) -> None:
        self._parameters = parameters
        self._onsets = Onsets(grid, parameters)
        self._brisk = np.float32(parameters.entry["brisk_deg_per_s"])
        self.begun: list[Begun] = []
        self._age = 0
        self._known = np.full(2, np.nan, np.float32)

    def follow(self, shaking: Bools, steps: Steps, first: int) -> tuple[Floats, Floats]:
        """Take the next frames.

        Parameters
        ----------
        shaking
            Which of them shake, (frames,).
        steps
            Of the run.
        first
            Number of the first of these frames in the run.

        Returns
        -------
        The peak rate of the stretch with which the shaking of a frame sprang up, deg/s, 0 when it began without; NaN
        where nothing shakes, and where that is not known: it was not seen to begin, gravity was not seen, another
        stretch came shortly before, or it grew as one ended. And how long it took to grow where none set it off, s;
        each (frames,).
        """
        if not shaking.any():
            self._age = 0
            turn, grew = np.full((2, len(shaking)), np.nan, np.float32)
            return turn, grew
        age = ages(shaking, self._age)
        looked = (shaking & (age <= LOOKS)).nonzero()[0]
        if not len(looked) and shaking.all():
            # What goes on as it began.
            self._age = int(age[-1])
            turn, grew = np.repeat(self._known[:, None], len(shaking), axis=1)
            return turn, grew
        # The first is what an earlier batch found.
        found = np.full((2, 1 + len(age)), np.nan, np.float32)
        found[:, 0] = self._known
        known = shaking & (age == 1)
        if len(looked):
            seen, rate, grew_s, begins = self._onsets.turns(steps, looked + first)
            found[:, 1 + looked[seen]] = np.array([rate, grew_s])[:, seen]
            brisk = seen & (rate >= self._brisk)
            self.begun += map(Begun, (looked[brisk] + first).tolist(), begins[brisk].tolist())
            unsure = seen & np.isnan(rate)
            known[looked[seen & ~unsure]] = True
            if unsure.any():
                # A brisk turn that was seen to set it off did, though what it set off may gather strength.
                rows = looked[unsure]
                before = found[0, np.maximum.accumulate(np.where(known, 1 + np.arange(len(age)), 0))[rows]]
                known[rows[~(before >= self._brisk)]] = True
        at = np.maximum.accumulate(np.where(known, 1 + np.arange(len(age)), 0))
        self._age, self._known = int(age[-1]), found[:, at[-1]].copy()
        turn, grew = np.where(shaking, found[:, at], np.float32(np.nan))
        return turn, grew
