"""Spectra room: where the spectra of frames are written, and stay where they are kept."""

import numpy as np
from numpy.typing import NDArray

from dsp.growing import Growing

Floats = NDArray[np.float32]


class SpectraRoom:
    """Spectra in the order of their frames: those of final frames, then those of frames that wait to become final.

    Kept spectra are written where the result has them: to copy them there took a thirtieth of the whole analysis.

    Parameters
    ----------
    bins
        Of a spectrum.
    keep
        Whether those of final frames are kept.
    """

    def __init__(self, bins: int, *, keep: bool) -> None:
        self._bins, self._keep = bins, keep
        self._kept = Growing((bins,), np.float32)
        self._final = 0
        self._waiting = np.empty((0, bins), np.float32)

    @property
    def waiting(self) -> Floats:
        """Spectra of the frames that are not final yet, (frames, bins)."""
        return self._waiting

    def reserve(self, frames: int) -> None:
        """Make room for so many frames at once."""
        if self._keep:
            self._kept.reserve(frames)

    def more(self, frames: int) -> Floats:
        """Make room for the spectra of the next frames, (frames, bins), to be filled."""
        waiting = len(self._waiting)
        if self._keep:
            self._kept.grow(frames)
            self._waiting = self._kept.part(self._final)
        else:
            room = np.empty((waiting + frames, self._bins), np.float32)
            room[:waiting] = self._waiting
            self._waiting = room
        return self._waiting[waiting:]

    def settle(self, frames: int) -> Floats:
        """Let the oldest of the waiting frames be final; their spectra."""
        self._final += frames
        final, self._waiting = self._waiting[:frames], self._waiting[frames:]
        return final

    def result(self, *, last: bool) -> Floats:
        """Spectra of all final frames, (frames, bins); `last` when no other will follow."""
        return self._kept.handed_over() if last else self._kept.part(0, self._final).copy()
