"""Frame features: from the windows of a run to the numbers of its frames."""

import numpy as np
from numpy.typing import NDArray

from dsp import centre, features, noise, one_count, posture, spectra, white
from dsp.beside import Beside
from dsp.entry import Begun, Entry
from dsp.envelopes import envelope_points
from dsp.gain import Gain
from dsp.grid import STEPS_PER_HOP, Grid, hann, psd_scaled
from dsp.parameters import Parameters
from dsp.plan import Plan
from dsp.rows import weighted
from dsp.shaking import is_shaking
from dsp.sliding import Sliding, windows
from dsp.steps import Steps
from dsp.stream import Stream
from dsp.tempo import Tempo

Floats = NDArray[np.float32]

TOGETHER = 3072
"""Frames whose spectra are measured at once: so many that the calls do not count, so few that memory does not
(measured)."""


class FrameFeatures:
    """Works out frames, each once and in order: what set off the shaking is carried from one to the next.

    Parameters
    ----------
    grid, parameters, plan
        Of the analysis.
    multitaper
        Whether to use multi-taper spectra.
    """

    def __init__(self, grid: Grid, parameters: Parameters, plan: Plan, *, multitaper: bool) -> None:
        self._grid, self._parameters, self._plan = grid, parameters, plan
        self._multitaper = multitaper
        self._transformer = spectra.Transformer(grid, grid.psd_taper, plan.band)
        self._entry, self._tempo = Entry(grid, parameters), Tempo(parameters)
        self._gain = Gain(grid.window // grid.hop)
        self._noise = noise.Noise(grid, parameters)
        self._answer = centre.least_answer(grid, parameters)
        self._points = envelope_points(grid, plan, grid.taper)
        self._turn_weights = _middle_first(grid.window // grid.hop - posture.RATE_HOPS)
        self._beside = Beside(grid, parameters, self._peaks, self._measured)

    @property
    def begun(self) -> list[Begun]:
        """Brisk turns that set shaking off; see `dsp.entry.Entry`."""
        return self._entry.begun

    def of_frames(self, stream: Stream, steps: Steps, first: int, psd: Floats) -> dict[str, Floats]:
        """Features of frames from frame `first` on, each (frames,), but for those that need the frames before.

        Parameters
        ----------
        psd
            Is filled with their spectra, (frames, m), g^2/Hz.
        """
        g, frames = self._grid, len(psd)
        begin, end = first * g.hop, (first + frames - 1) * g.hop + g.window
        windows_g = windows(stream.centred.part(begin, end), g.window, g.hop, frames)
        values = self._measured(windows_g, psd)
        hops = g.window // g.hop
        energy = steps.energy.part(first * STEPS_PER_HOP)
        blocks = windows(energy, STEPS_PER_HOP * hops, STEPS_PER_HOP, frames)
        # Windows share their levels, which are worked out once.
        levels_g = features.burst_levels(energy)
        values |= features.burst_features(windows(levels_g, STEPS_PER_HOP * hops - 1, STEPS_PER_HOP, frames))
        values["gravity_g"] = self._gain.follow(steps, first, frames)
        seen = self._centre(steps, first, frames)
        values |= noise.beyond(seen, self._noise.follow(values), self._answer)
        count_g = steps.counts.after_each(first + hops - 1, first + hops - 1 + frames)
        change = windows(stream.slow.part(begin, end)[0], g.window, g.hop, frames)
        self._beside.put(values, psd, windows_g, change, blocks)
        values["one_count_g"] = self._one_count(values, windows_g, count_g)
        least = steps.hop_quiet.part(first + hops - 1, first + hops - 1 + frames)
        values["uneven_db"] = white.unless_lately_quieter(values["uneven_db"], values["middle_g"], least)
        turning = windows(steps.hop_tilt.part(first + posture.RATE_HOPS), len(self._turn_weights), 1, frames)
        values["tilt_rate_deg_per_s"] = weighted(turning, self._turn_weights)
        shaking = is_shaking(values, self._parameters)
        values["entry_deg_per_s"], values["grew_s"] = self._entry.follow(shaking, steps, first)
        values["tempo_drift"] = self._tempo.follow(values, shaking)
        values["envelope_cv"] = features.steadiness(values, self._parameters)
        values["missing"] = self._share(stream.filled, begin, end)
        values["clipped"] = self._share(stream.clipped, begin, end)
        return values

    def of_short_run(self, stream: Stream, steps: Steps, psd: Floats) -> dict[str, Floats]:
        """Features of the one frame of a run that is shorter than the window."""
        g, count = self._grid, stream.count
        taper, scaled = hann(count), np.zeros(g.window, np.float32)
        scaled[:count] = psd_scaled(taper, g.rate_hz)
        padded = np.zeros((3, 1, g.window), np.float32)
        padded[:, 0, :count] = stream.centred.part(0, count)
        spectrum = spectra.Transformer(g, scaled, self._plan.band).power(padded, psd)
        values = features.spectral_features(
            spectrum, g, self._plan, self._parameters, envelope_points(g, self._plan, taper)
        )
        values |= features.burst_features(features.burst_levels(steps.energy.part(0, max(3, steps.count)))[None])
        # Too short for a middle second, and for bands whose densities could be compared.
        values |= centre.unknown_centre(1) | {
            name: np.full(1, np.nan, np.float32) for name in ("uneven_db", "one_count_g")
        }
        tilt = steps.hop_tilt.part(posture.RATE_HOPS)
        values["tilt_rate_deg_per_s"] = np.array([tilt.mean() if len(tilt) else np.nan], np.float32)
        known = Gain(steps.hops).follow(steps, 0, 1) if steps.hops else np.full(1, np.nan, np.float32)
        values["gravity_g"] = known
        values |= {name: np.full(1, np.nan, np.float32) for name in ("entry_deg_per_s", "grew_s", "tempo_drift")}
        for name, flags in (("missing", stream.filled), ("clipped", stream.clipped)):
            values[name] = np.array([flags.part(0, count).mean()], np.float32)
        return values

    def _measured(self, windows_g: Floats, psd: Floats) -> dict[str, Floats]:
        """Features that the spectra of windows show, (3, frames, window); fills `psd` with these."""
        parts = [
            features.spectral_features(
                self._spectrum(windows_g[:, at : at + TOGETHER], psd[at : at + TOGETHER]),
                self._grid,
                self._plan,
                self._parameters,
                self._points,
            )
            for at in range(0, len(psd), TOGETHER)
        ]
        if len(parts) == 1:
            return parts[0]
        return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}

    def _peaks(self, windows_g: Floats, psd: Floats) -> dict[str, Floats]:
        """Those of them that tell of the peaks."""
        spectrum = self._spectrum(windows_g, psd)
        return features.features_of_peaks(spectrum.psd, self._grid, self._plan, self._parameters)

    def _spectrum(self, windows_g: Floats, psd: Floats) -> spectra.Spectrum:
        if self._multitaper:
            return spectra.multitaper(windows_g, self._grid, psd)
        return self._transformer.power(windows_g, psd)

    def _one_count(self, values: dict[str, Floats], windows_g: Floats, count_g: Floats) -> Floats:
        """Size of the sensor's counts where frames show no more than flips by one; NaN elsewhere; see `one_count`."""
        p, hop = self._parameters, self._grid.hop
        out = np.full(len(count_g), np.nan, np.float32)
        coarse = one_count.is_coarse(count_g, p)
        if not coarse.any():
            return out
        whole, middle = (may & coarse for may in one_count.may_be(values, count_g, p))
        begin = hop * (round(0.5 * self._grid.window / hop) - centre.CENTRE_HOPS // 2)
        for may, span in ((whole, slice(None)), (middle, slice(begin, begin + centre.CENTRE_HOPS * hop))):
            rows = (may & np.isnan(out)).nonzero()[0]
            if len(rows):
                rows = rows[one_count.stays_within(windows_g[:, rows, span], count_g[rows])]
                out[rows] = count_g[rows]
        return out

    def _centre(self, steps: Steps, first: int, frames: int) -> dict[str, Floats]:
        """Features of the middle seconds of frames from frame `first` on."""
        g, hops = self._grid, frames + 1
        begin = first + round(0.5 * g.window / g.hop) - centre.CENTRE_HOPS // 2
        span = begin * STEPS_PER_HOP, (begin + hops) * STEPS_PER_HOP
        return centre.centre_features(
            steps.energy.part(*span).reshape(hops, STEPS_PER_HOP),
            steps.mean.part(*span).reshape(hops, STEPS_PER_HOP, 3),
            steps.hop_mean.part(begin, begin + hops),
            self._answer,
        )

    def _share(self, flags: Sliding, begin: int, end: int) -> Floats:
        """Share of each window between two samples that is flagged."""
        g, part = self._grid, flags.part(begin, end)[0]
        frames = (len(part) - g.window) // g.hop + 1
        if not part.any():
            return np.zeros(frames, np.float32)
        counts = np.concatenate([[0], np.cumsum(part)])
        at = np.arange(frames) * g.hop
        return np.asarray((counts[at + g.window] - counts[at]) / g.window, np.float32)


def _middle_first(turns: int) -> Floats:
    """Weights of the rates of turn in a window, (turns,), sum 1: those of the taper, as the spectrum is weighted."""
    share = (np.arange(turns) + 1.5) / (turns + 2.0)
    taper = np.sin(np.pi * share) ** 2
    return np.asarray(taper / taper.sum(), np.float32)
