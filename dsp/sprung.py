"""Sprung: frames in which a reflex rhythm goes on already, though their windows hold the stretch that set it off.

A window of four seconds around the first beats is half rest and half a turn that may be louder than what it set off, so
that it tells of a movement. A second later the rhythm is known, and how long before it the turn began.
"""

from dataclasses import dataclass

from dsp.entry import Begun
from dsp.frames import FrameBatch
from dsp.grid import STEPS_PER_HOP, Grid
from dsp.labels import State
from dsp.named import name_frames
from dsp.parameters import Parameters

STIRRED = (State.MOVEMENT.value, State.UNCLEAR.value)
"""What frames make of a stretch and the beats after it; what they call a tremor began otherwise."""


@dataclass(slots=True, eq=False)
class Sprung:
    """Names the first frames of reflex rhythms.

    Attributes
    ----------
    grid, parameters
        Of the analysis; section ``sprung``.
    start_s
        Of the run.
    begun
        Brisk turns that set shaking off, as they become known; those that are over are taken away.
    """

    grid: Grid
    parameters: Parameters
    start_s: float
    begun: list[Begun]

    def settle(self, batch: FrameBatch, first: int) -> None:
        """Name those of the next final frames that lie in a rhythm, by what has become known of it within the lag.

        Parameters
        ----------
        batch
            Of the frames.
        first
            Number of the first of them in the run.
        """
        if not self.begun:
            return
        p, labels, times_s = self.parameters.sprung, batch.frames["label"], batch.frames["time_s"]
        if batch.rhythm.any():
            lag, named = len(batch.rhythm) - len(labels), []
            for turn in self.begun:
                begin_s = self._begin_s(turn)
                beats = times_s.searchsorted([begin_s + p["turns_for_s"], begin_s + p["longest_s"]])
                for at in range(*beats.tolist()):
                    # Nothing counts but what has become known by the time that this frame is final.
                    known = max(at + 1, turn.frame - first)
                    if labels[at] in STIRRED and batch.rhythm[known : at + lag + 1].sum() >= p["frames"]:
                        named.append(at)
            if named:
                name_frames(batch.frames, sorted(set(named)), State.REFLEX_RHYTHM, p["sure"])
        over_s = float(times_s[-1]) - p["longest_s"]
        self.begun[:] = [turn for turn in self.begun if self._begin_s(turn) > over_s]

    def _begin_s(self, turn: Begun) -> float:
        hop, step = divmod(turn.step, STEPS_PER_HOP)
        return self.start_s + float(hop * self.grid.hop + self.grid.step_edges[step]) / self.grid.rate_hz
