"""Document: an open recording with what was found in it, where the person looks, and what they wrote on it."""

import math

import numpy as np
from numpy.typing import NDArray

import dsp
import recordings
import session
from gui.model.annotations import Annotations
from gui.model.pyramid import Floats, Pyramid
from gui.model.rings import level_db
from gui.model.stream import TOP_HZ

SLOW_S = 1.0
"""What a mean over so long leaves is shown as acceleration without gravity (for the eye; the analysis has its own)."""
SHORTEST_VIEW_S = 2.0
FIRST_VIEW_S = 180.0
COARSER = 4
BLOCK = 1 << 15
LEAST_SPAN_S = 0.2
"""A shorter drag is a click."""
PEAK_HZ = (3.5, 14.0)
"""Where a peak of a span is named: what the analysis looks for (``bands.peak_hz``), without what is slow motion."""
STANDS_OUT_DB = 9.0
"""Peaks of noise and of movement stand 5 to 8 dB out of the background (``beside`` of the analysis; physics)."""
BESIDE_HZ = 0.75
"""Half-width of what belongs to a peak (``around_peak_hz`` of the analysis)."""


class Document:
    """An open recording.

    Parameters
    ----------
    recording
        What was read.
    end_s
        Where it ends, when only its beginning has been read so far; None when it is whole.

    Attributes
    ----------
    whole
        Whether all of it has been read.
    analysis
        What was found; None until the analysis is done.
    level_db
        The spectrogram, (columns, bins), dB relative to 1 mg^2/Hz, up to 20 Hz; None until the analysis is done.
    view
        Start and end of what is shown, seconds.
    cursor_s
        Where the replay stands.
    span
        Two cursors: start and end of the selected span; None without.
    revision
        Grows when anything that is drawn from the document changed, the cursor apart.
    """

    def __init__(self, recording: recordings.Recording, *, end_s: float | None = None) -> None:
        self.recording = recording
        self.whole = end_s is None
        self.start_s = recording.samples[0].start_s if recording.samples else 0.0
        self.end_s = end_s or self.start_s + max(recording.duration_s, SHORTEST_VIEW_S)
        self.rate_hz = recording.rate_hz
        self.pyramid = Pyramid(_without_gravity(recording))
        self.analysis: dsp.Analysis | None = None
        self.level_db: Floats | None = None
        self._coarse: list[tuple[int, Floats]] = []
        self._rest: tuple[NDArray[np.float64], NDArray[np.float64]] | None = None
        self.bin_hz = 0.25
        self._first_column_s = self.start_s
        self.hop_s = 0.5
        self.view = (self.start_s, min(self.end_s, self.start_s + FIRST_VIEW_S))
        self.cursor_s = self.start_s
        self.span: tuple[float, float] | None = None
        self.annotations = Annotations(recording.path)
        self.revision = 0

    @property
    def name(self) -> str:
        """Name of the file."""
        return self.recording.path.name if self.recording.path is not None else "recording"

    @property
    def motion_g(self) -> Floats:
        """Acceleration without gravity, (n, 3), on an even grid with NaN in the gaps."""
        return self.pyramid.axes_g.T

    @property
    def synthetic(self) -> bool:
        """Whether it comes from the simulated limb."""
        return self.recording.details.get("family") == "simulated" or self.name.startswith("simulated")

    def take_analysis(self, analysis: dsp.Analysis) -> None:
        """Take what was found."""
        self.analysis = analysis
        spectra = analysis.spectra
        if len(analysis.frames) > 1:
            self.hop_s = float(np.median(np.diff(analysis.frames["time_s"])))
        if spectra is not None and len(spectra.freq_hz) > 1 and len(spectra.time_s):
            self.bin_hz = float(spectra.freq_hz[1] - spectra.freq_hz[0])
            bins = int(np.searchsorted(spectra.freq_hz, TOP_HZ + 1e-6))
            self._first_column_s = float(spectra.time_s[0])
            # A gap has no rows: on an even grid it becomes a hole.
            place = np.rint((spectra.time_s - self._first_column_s) / self.hop_s).astype(np.intp)
            self.level_db = np.full((int(place[-1]) + 1, bins), np.nan, np.float32)
            self.level_db[place] = level_db(spectra.psd[:, :bins])
            self._coarse = _coarser(self.level_db)
        self._rest = self._find_rest()
        self.revision += 1

    def look_like(self, other: "Document") -> None:
        """Look where the person looked in another document of the same recording."""
        start_s, end_s = other.view
        self.show(start_s, end_s - start_s)
        self.cursor_s = self._within(other.cursor_s)
        if other.span is not None:
            self.select(*other.span)

    def trace(self, most: int) -> tuple[NDArray[np.float64], Floats]:
        """Points of the trace in view: seconds and (n, 3)."""
        first = math.floor((self.view[0] - self.start_s) * self.rate_hz)
        last = math.ceil((self.view[1] - self.start_s) * self.rate_hz) + 1
        position, values = self.pyramid.envelope(first, last, most)
        return position / self.rate_hz + self.start_s, values

    def columns(self, most: int) -> tuple[float, float, Floats] | None:
        """Spectrogram in view: start and end (s) and columns, thinned to the loudest of each step."""
        if self.level_db is None:
            return None
        first, last = ((s - self._first_column_s) / self.hop_s for s in self.view)
        a, b = max(0, math.floor(first)), min(len(self.level_db), math.ceil(last) + 2)
        if b <= a:
            return None
        level, step = self.level_db, 1
        for coarser_step, coarser in self._coarse:
            if (b - a) / step <= most:
                break
            level, step = coarser, coarser_step
        a, b = a // step, -(-b // step)
        part = level[a:b]
        start_s = self._first_column_s + (a * step - 0.5) * self.hop_s
        return start_s, start_s + len(part) * step * self.hop_s, part

    def spectrum(self, start_s: float, end_s: float) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
        """Mean power density (g^2/Hz) of a span up to 20 Hz."""
        if self.analysis is None or self.analysis.spectra is None:
            return None
        spectra = self.analysis.spectra
        a, b = (int(i) for i in np.searchsorted(spectra.time_s, (start_s, end_s)))
        if b <= a:
            a = min(max(0, a - 1), len(spectra.time_s) - 1)
            b = a + 1
        keep = spectra.freq_hz <= TOP_HZ
        part = spectra.psd[a:b, keep]
        part = part[~np.isnan(part[:, 0])]
        return (spectra.freq_hz[keep], part.mean(axis=0, dtype=np.float64)) if len(part) else None

    def peak_hz(self, start_s: float, end_s: float) -> float:
        """Frequency of the peak of a span's shaking; NaN when none stands out.

        It is the median of what the analysis found in the frames, where most of them agree that something stands out
        of their background, and where the span's mean spectrum rises to it and falls again: the edge of the band is
        no peak on a slope.
        """
        found = self.spectrum(start_s, end_s)
        if found is None or self.analysis is None:
            return math.nan
        frames = self.analysis.frames
        times = frames["time_s"]
        near = frames[(times >= start_s) & (times <= end_s)]
        if not len(near) and len(frames):
            near = frames[[int(np.argmin(np.abs(times - 0.5 * (start_s + end_s))))]]
        low, high = PEAK_HZ
        out = (near["prominence_db"] >= STANDS_OUT_DB) & (near["peak_hz"] >= low) & (near["peak_hz"] <= high)
        if 2 * np.count_nonzero(out) <= len(near):
            return math.nan
        peak_hz = float(np.median(near["peak_hz"][out]))
        return peak_hz if _has_top(*found, peak_hz) else math.nan

    def rest_spectrum(self) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
        """Typical power density of a frame of stillness; None without any."""
        return self._rest

    def _find_rest(self) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
        if self.analysis is None or self.analysis.spectra is None or (rest := session.rest_psd(self.analysis)) is None:
            return None
        freq_hz = self.analysis.spectra.freq_hz
        return freq_hz[freq_hz <= TOP_HZ], rest[freq_hz <= TOP_HZ]

    def segment_at(self, time_s: float) -> dsp.Segment | None:
        """Find the segment at a time; None before the analysis and in a gap."""
        for segment in self.analysis.segments if self.analysis is not None else ():
            if segment.start_s <= time_s < segment.end_s:
                return segment
        return None

    def event_times(self) -> list[float]:
        """When something happened: events, and the beginning of shaking."""
        if self.analysis is None:
            return []
        shaking = (dsp.State.TREMOR, dsp.State.REFLEX_RHYTHM)
        times = [e.onset_s for e in self.analysis.events]
        return sorted(times + [s.start_s for s in self.analysis.segments if s.label in shaking])

    def select(self, start_s: float, end_s: float) -> None:
        """Put the two cursors; too close together is no span."""
        low, high = sorted((self._within(start_s), self._within(end_s)))
        self.span = (low, high) if high - low >= LEAST_SPAN_S else None
        self.revision += 1

    def go(self, time_s: float) -> None:
        """Put the replay's cursor, and bring it into view."""
        self.cursor_s = self._within(time_s)
        if not self.view[0] <= self.cursor_s <= self.view[1]:
            self.show(self.cursor_s - 0.1 * (self.view[1] - self.view[0]), self.view[1] - self.view[0])

    def show(self, start_s: float, seconds: float) -> None:
        """Show `seconds` from `start_s`, kept within the recording."""
        seconds = float(np.clip(seconds, SHORTEST_VIEW_S, self.end_s - self.start_s))
        start_s = float(np.clip(start_s, self.start_s, self.end_s - seconds))
        if (start_s, start_s + seconds) != self.view:
            self.view = (start_s, start_s + seconds)
            self.revision += 1

    def zoom(self, factor: float, around_s: float | None = None) -> None:
        """Show `factor` times as much time, keeping `around_s` where it stands."""
        start_s, end_s = self.view
        around_s = self.cursor_s if around_s is None else around_s
        share = float(np.clip((around_s - start_s) / (end_s - start_s), 0.0, 1.0))
        seconds = min((end_s - start_s) * factor, self.end_s - self.start_s)
        self.show(around_s - share * seconds, seconds)

    def _within(self, time_s: float) -> float:
        return float(np.clip(time_s, self.start_s, self.end_s))


def _has_top(freq_hz: NDArray[np.float64], psd: NDArray[np.float64], peak_hz: float) -> bool:
    """Whether a spectrum rises to a top around a frequency and falls again on both sides."""
    around = np.nonzero(np.abs(freq_hz - peak_hz) <= BESIDE_HZ)[0]
    top = int(around[np.argmax(psd[around])]) if len(around) else 0
    return 0 < top < len(psd) - 1 and bool(psd[top] > max(psd[top - 1], psd[top + 1]))


def _coarser(level: Floats) -> list[tuple[int, Floats]]:
    """Ever coarser spectrograms, the loudest of each four columns: a day costs as much to draw as an hour."""
    out, step = [], 1
    while len(level) > 4 * COARSER:
        whole = len(level) // COARSER * COARSER
        thinned = np.fmax.reduce(level[:whole].reshape(-1, COARSER, level.shape[1]), axis=1)
        if whole < len(level):
            thinned = np.concatenate([thinned, np.fmax.reduce(level[whole:], axis=0)[None]])
        step, level = step * COARSER, thinned
        out.append((step, level))
    return out


def _without_gravity(recording: recordings.Recording) -> Floats:
    """Acceleration less its slow part, (3, n)."""
    axes_g = np.ascontiguousarray(recording.to_array().T)
    motion_g = np.full_like(axes_g, np.nan)
    size = max(1, round(SLOW_S * recording.rate_hz))
    first = recording.samples[0].start_s if recording.samples else 0.0
    for run in recording.samples:
        at = round((run.start_s - first) * recording.rate_hz)
        for axis, out in zip(axes_g[:, at : at + len(run)], motion_g[:, at : at + len(run)], strict=True):
            # Block by block: what fits into the processor's cache is done four times as fast.
            for i in range(0, len(axis), BLOCK):
                end = min(len(axis), i + BLOCK)
                np.subtract(axis[i:end], _running_mean(axis, i, end, size), out=out[i:end], casting="same_kind")
    return motion_g


def _running_mean(values: NDArray[np.float32], first: int, last: int, size: int) -> NDArray[np.float64]:
    """Mean over `size` samples around each of ``first`` to ``last``; over what there is at the ends.

    Sums alone: a third of the app's start would go into loading a library of filters.
    """
    n, before, after = len(values), size // 2, size - size // 2
    a, b = max(0, first - before), min(n, last + after)
    sums = np.zeros(b - a + 1)
    np.cumsum(values[a:b], dtype=np.float64, out=sums[1:])
    if first >= before and last + after <= n:
        mean: NDArray[np.float64] = (sums[size : size + last - first] - sums[: last - first]) / size
        return mean
    at = np.arange(first, last)
    low, high = np.maximum(at - before, 0) - a, np.minimum(at + after, n) - a
    return np.asarray((sums[high] - sums[low]) / (high - low))
