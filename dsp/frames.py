"""Frames: the features of a run's frames become states, and frames that are final."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsp import centre, decision
from dsp.evidence import score
from dsp.frame_fields import FRAME_DTYPE, NUMBERS, numbers_of
from dsp.grid import Grid
from dsp.growing import Growing
from dsp.labels import State
from dsp.levels import SIZES
from dsp.parameters import DECIDED, Parameters
from dsp.spectra_room import SpectraRoom
from dsp.weighed import weighed

Floats = NDArray[np.float32]

STATE_FIELDS = len(DECIDED)
"""The probabilities come first among the numbers of a frame, then the features."""
FEATURE_FIELDS = NUMBERS[STATE_FIELDS:]
RMS, PEAK = FEATURE_FIELDS.index("rms_g"), FEATURE_FIELDS.index("peak_hz")
THREE = np.float32(3.0)
STILL, RHYTHM, TREMOR = (DECIDED.index(state) for state in (State.STILL, State.REFLEX_RHYTHM, State.TREMOR))
Look = Callable[[NDArray[np.intp], Floats, int], NDArray[np.intp]]
"""From numbers of labels, rms_g and the number of the first frame to the numbers of live labels."""
MISSING = FEATURE_FIELDS.index("missing")


@dataclass(frozen=True, slots=True, eq=False)
class FrameBatch:
    """Frames that became final, with their spectra.

    Attributes
    ----------
    frames, psd
        Rows of `dsp.FRAME_DTYPE`, (n,), and the spectrum of each.
    still, rhythm
        Whether each, and those that have followed it by then, are still, or a reflex rhythm, by what was known up to
        it alone, (n + lag,).
    """

    frames: NDArray[np.void]
    psd: Floats
    still: NDArray[np.bool_]
    rhythm: NDArray[np.bool_]


class Frames:
    """The frames of a run, from their features to their final labels.

    Parameters
    ----------
    grid, parameters
        Of the analysis.
    start_s
        Time of the run's first sample.
    spectra
        Where their spectra are written; a room of its own when it is not given.

    Attributes
    ----------
    weighed_by
        Parameters whose terms the frames are weighed by.
    count, emitted
        Frames taken, and those of them that are final.
    """

    def __init__(self, grid: Grid, parameters: Parameters, start_s: float, spectra: SpectraRoom | None = None) -> None:
        self._grid, self._parameters, self._start_s = grid, parameters, start_s
        self.weighed_by = parameters
        self.count = 0
        self.emitted = 0
        self._rule = decision.make_filter(parameters, grid.hop / grid.rate_hz)
        self._lag = int(parameters.decision["lag_hops"])
        self._alpha = Growing((STATE_FIELDS,), np.float64)
        self._shaking = Growing((), np.float64)
        self._likelihood = Growing((STATE_FIELDS,), np.float64)
        self._raw = Growing((len(FEATURE_FIELDS),), np.float32)
        # Of the frames taken last.
        self._weighed: Mapping[str, Floats] = {}
        self._spectra = SpectraRoom(len(grid.freq_hz), keep=False) if spectra is None else spectra

    # -- the newest frame, final or not -------------------------------------------------------------------------------

    @property
    def newest(self) -> dict[str, float]:
        """Features of the newest frame."""
        return dict(zip(FEATURE_FIELDS, self._raw.newest(1)[0].tolist(), strict=True))

    @property
    def newest_weighed(self) -> dict[str, float]:
        """The same as they are weighed, beside those that a frame carries; sizes as they are in the data."""
        newest = self.newest
        weighed_newest = {name: column.item(-1) for name, column in self._weighed.items()}
        return weighed_newest | {name: newest[name] for name in SIZES}

    @property
    def newest_probabilities(self) -> NDArray[np.float64]:
        """Forward probabilities of the newest frame, (4,)."""
        return np.asarray(decision.sharpened(self._alpha.newest(1).astype(np.float64), self._parameters)[0])

    @property
    def newest_psd(self) -> Floats | None:
        """Spectrum of the newest frame; None before the first."""
        waiting = self._spectra.waiting
        return waiting[-1] if len(waiting) else None

    @property
    def shaking(self) -> tuple[NDArray[np.float64], int]:
        """Forward probability of tremor or reflex rhythm in frames, (n,), of the kept steps, and the first's place."""
        return self._shaking.kept, self._shaking.first

    # -- frames in ----------------------------------------------------------------------------------------------------

    def room_for_psd(self, frames: int) -> Floats:
        """Make room for the spectra of new frames, to be filled."""
        return self._spectra.more(frames)

    def take(self, values: dict[str, Floats]) -> None:
        """Take the features of the next frames, whose spectra have been filled in."""
        values["wander_hz"] = self._wander(values["peak_hz"])
        self._weighed = centre.heard(weighed(values, self._parameters), self.weighed_by)
        scores = score(self._weighed, self.weighed_by)
        too_much = values["missing"] > self._parameters.gaps["most_missing"]
        if too_much.any():
            scores[too_much] = 0.0
        likelihood = decision.likelihoods(scores, self._parameters)
        alpha = self._rule.run(likelihood)
        self._alpha.extend(alpha)
        # Added up once: every step asks for it.
        self._shaking.extend(alpha[:, RHYTHM] + alpha[:, TREMOR])
        self._likelihood.extend(likelihood)
        self._raw.extend(np.array([values[name] for name in FEATURE_FIELDS], np.float32).T)
        self.count += len(too_much)

    def _wander(self, peak_hz: Floats) -> Floats:
        """Give the standard deviation of the peak over each frame and the two before it."""
        before = self._raw.newest(2)[:, PEAK]
        if len(before) == 2 and len(peak_hz) == 1:
            # A frame that comes alone: a quarter of the time.
            a, b, c = before[0], before[1], peak_hz[0]
            mean = (a + b + c) / THREE
            a, b, c = a - mean, b - mean, c - mean
            return np.full(1, np.sqrt((a * a + b * b + c * c) / THREE), np.float32)
        peaks = np.concatenate([before, peak_hz])
        out = np.full(len(peak_hz), np.nan, np.float32)
        if len(peaks) >= 3:
            a, b, c = peaks[:-2], peaks[1:-1], peaks[2:]
            mean = (a + b + c) / THREE
            spread = ((a - mean) ** 2 + (b - mean) ** 2 + (c - mean) ** 2) / THREE
            out[len(out) - len(spread) :] = np.sqrt(spread)
        return out

    # -- final frames out ---------------------------------------------------------------------------------------------

    def settled(self, window: int, look: Look) -> list[FrameBatch]:
        """Frames that enough frames have followed by now.

        Parameters
        ----------
        window
            Length of a frame in samples.
        look
            What the newest second of frames makes of their live labels.
        """
        return self._finalise(self.count - self._lag, window, look)

    def finish(self, window: int, look: Look) -> list[FrameBatch]:
        """Make what waits final; the last frames have fewer after them, each is smoothed with what there is."""
        out = []
        while self.emitted < self.count:
            out += self._finalise(max(self.emitted + 1, self.count - self._lag), window, look)
        return out

    @property
    def hops_to_final(self) -> int:
        """Hops from the start of a frame that is followed by others to where it is final."""
        return -(-self._grid.window // self._grid.hop) + self._lag

    def forget(self, hops: int) -> None:
        """Forget the frames that nothing reads any more; how likely they shook only before `hops`, as long as steps."""
        for part in (self._alpha, self._likelihood, self._raw):
            part.drop(min(self.emitted, self.count - 2))
        self._shaking.drop(hops - -(-self._grid.window // self._grid.hop))

    def _finalise(self, upto: int, window: int, look: Look) -> list[FrameBatch]:
        """Frames before `upto` become final; the frames after them are what the smoother looks at."""
        n = upto - self.emitted
        if n <= 0:
            return []
        first, lag = self.emitted, min(self._lag, self.count - upto)
        alpha, likelihood = (part.part(first, upto + lag) for part in (self._alpha, self._likelihood))
        p = decision.smooth(alpha, likelihood, self._rule, lag)
        # Smoothed and forward ones at once: for a frame that comes alone the calls are what takes time.
        both = np.empty((STATE_FIELDS, n + len(alpha)))
        both[:, :n], both[:, n:] = p.T, alpha.T
        both = decision.sharpened(both.T, self._parameters)
        known = decision.label_numbers(both, self._parameters)
        frames = self._rows(first, both[:n], known[: 2 * n], window, look)
        self.emitted = upto
        return [FrameBatch(frames, self._spectra.settle(n), known[n:] == STILL, known[n:] == RHYTHM)]

    def _rows(
        self, first: int, p: NDArray[np.float64], known: NDArray[np.intp], window: int, look: Look
    ) -> NDArray[np.void]:
        """Make the frames from `first` on, of smoothed probabilities (n, 4), smoothed and forward labels (2 n,)."""
        g, n = self._grid, len(p)
        upto = first + n
        out = np.zeros(n, FRAME_DTYPE)
        out["time_s"] = self._start_s + (np.arange(first, upto) * g.hop + 0.5 * window) / g.rate_hz
        raw, numbers = self._raw.part(first, upto), numbers_of(out)
        numbers[:, :STATE_FIELDS] = p
        numbers[:, STATE_FIELDS:] = raw
        out["label"] = decision.NAMES.take(known[:n])
        out["live_label"] = decision.NAMES.take(look(known[n:], raw[:, RMS], first))
        invalid = raw[:, MISSING] > self._parameters.gaps["most_missing"]
        if invalid.any():
            out["label"][invalid] = State.NO_DATA.value
            out["live_label"][invalid] = State.NO_DATA.value
            numbers[invalid, :STATE_FIELDS] = 0.0
        return out
