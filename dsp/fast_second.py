"""Fast second: what a window of one second shows, in which shaking is seen to begin and to end first."""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dsp.grid import Grid, hann
from dsp.parameters import Parameters
from dsp.peaks import STANDARD_GRAVITY_MM_S2, TINY
from dsp.rows import neighbours, products, sums

Floats = NDArray[np.float32]
Bools = NDArray[np.bool_]

ONSET_SHARE = 0.5
"""Share of the fast second's power near one frequency from which it may be called tremor (Luft 2019: half;
what muscles shake is 2 Hz wide and more, and by chance a second of it wider)."""
ONSET_LEVEL_G = 0.005
"""Starting threshold of tremor in the band: 5 mg (prior; a still sensor stays below 4 mg)."""
ONSET_FLOOR_RATIO = 1.8
"""Times the floor of the jerk path: the level of noise in one second stays below it (chi-square; physics)."""
ONSET_BAND_RATIO = 1.4
"""The same for what lies in the tremor band alone: twice the most that a second of white noise has (0.7; measured)."""
ONSET_LOW_RATIO = 0.3
"""Share of slow motion that a faint onset may have: less than `slow_share`, which begins at 0.4 (prior)."""
ONSET_LOW_G = 0.012
"""More slow motion than so much, which turns a limb by 0.7 degrees back and forth, is a movement: what trembles shakes
where it is (physics; sway and breath at a resting leg turn it by less). But ..."""
ONSET_LOW_LEAST_RATIO = 0.03
"""... so much of its power a strong tremor has there that swells and falls: by half within a second (physics) ..."""
ONSET_LOW_MOST_G = 0.04
"""... up to so much in all, 2 degrees: the strokes of a limb that moves are as pure (prior)."""
ONSET_AGAIN_STEPS = 2
"""An onset shows in the second that ended so long before, too: what a movement has in one look alone is chance ..."""
ONSET_AGAIN_SHARE = 0.5
"""... at half the level: what has just begun lies on the slope of that second's window (physics)."""
ONSET_STEPS = 7
"""The newest 0.7 s must be filled: longer than the widest kick (0.6 s)."""
ONSET_CREST = 2.6
"""Of 0.2 s levels within these: a kick has more."""
ONSET_LEFT = 0.2
"""Of the loudest of them, in the newest 0.2 s: a kick's ring falls below (damping 0.08 at 6 Hz: 0.2 after 0.5 s)."""
SHAKEN_STEPS, HALF_PAIRS = 13, 4
"""Of these the first half second and the last: who shakes on for so long was not kicked, if ..."""
SUSTAINED, NEVER_CALM = 0.3, 0.2
"""... neither is weaker than so much of the other (the ring of a kick falls to 0.17 in 0.8 s where it fades in 0.45 s;
physics), and 0.2 s nowhere than so much of the loudest (prior). What the last is weaker by only rings."""
FADES, FADING_PAIRS = np.float32(0.85), 2
"""What has only fallen since its loudest 0.2 s, by so much in each 0.1 s, and that often at least, rings still: what
fades in 0.6 s falls so (kicks ring for 0.3 to 1 s; physics)."""
BRISK_STEPS = 2
"""Of these that hold the second difference of what is as quick as 3 Hz: strokes at will have none but their first."""
EVEN_STEPS = 5
"""A burst that has just begun may be a kick, whose first swings are over after so long (decay 0.3-1 s; prior)."""
EVEN_CREST = 1.8
"""... and it must be more even than a kick that rings: damping 0.08 at 4 Hz halves it in 0.35 s (physics)."""
ONSET_KEPT_STEPS = 15
"""An onset once seen is kept for 1.5 s until the long window has caught up, while the shaking lasts (prior)."""
ONSET_KEPT_LEVEL = 0.5
"""Of the level that begins it: it ends below that, so that it does not flicker (prior)."""
END_LEVEL_RATIO = 0.3
"""Fast level below this share of the 4 s level, and near a still sensor's: the shaking has stopped (prior)."""
END_FLOOR_RATIO = 2.0
"""Times the still floor: more is no limb that has stopped (prior)."""
SHARE_FROM_HZ = 2.5
"""Half a bin of a second's window below the slowest tremor: what a peak has a share of."""
NO_BURST = np.int64(10**9)
"""Steps since a burst began where none has."""


class SecondMeter:
    """Measures seconds; each from itself alone, so that one has the bits that it has among many.

    Parameters
    ----------
    grid, parameters
        Of the analysis.
    """

    def __init__(self, grid: Grid, parameters: Parameters) -> None:
        bands = parameters.bands
        self.df, self.freq_hz = np.float32(grid.df_hz), grid.freq_hz
        self.tremor, self.low, self.whole = (grid.bins(*bands[name]) for name in ("tremor_hz", "low_hz", "whole_hz"))
        self.peak, self.fast = grid.bins(*bands["peak_hz"]), grid.bins(SHARE_FROM_HZ, bands["peak_hz"][1])
        # A 1 s Hann window is 1.5 Hz wide by itself, so twice the main window's band belongs to the peak.
        self.reach = int(2.0 * bands["around_peak_hz"] / grid.df_hz + 1e-9)
        # What lies above the bands is not looked at.
        self._stop = grid.bins(0.0, bands["whole_hz"][1]).stop
        around = np.arange(self._stop)[:, None] + np.arange(-self.reach, self.reach + 1)
        # For each bin that the peak may be, which of those around it count.
        self.counts = ((around >= self.whole.start) & (around < self._stop)).astype(np.float32)
        self._window, self._taper = grid.window, hann(grid.fast_window)
        self._mean_weights = (self._taper / self._taper.sum(dtype=np.float64)).astype(np.float32)
        self._scale = np.float32(2.0 / (grid.rate_hz * float((self._taper.astype(np.float64) ** 2).sum())))

    def measured(self, samples: Floats) -> "FastSeconds":
        """Measure seconds.

        Parameters
        ----------
        samples
            Of each, (3, seconds, samples), g.
        """
        from scipy.fft import rfft  # noqa: PLC0415 - loaded with the first frame

        padded = np.zeros((*samples.shape[:2], self._window), np.float32)
        second = padded[:, :, : samples.shape[2]]
        np.subtract(samples, samples[:, :, :1], out=second)
        # The mean, as the taper weighs it, is no slow motion: what is left of gravity, or a beat cut by the beginning.
        second -= np.einsum("aij,j->ai", second, self._mean_weights)[:, :, None]
        second *= self._taper
        # Real and imaginary parts in turn.
        parts = rfft(padded, axis=-1).view(np.float32)[:, :, : 2 * self._stop]
        squared = parts * parts
        total = squared[0]
        total += squared[1]
        total += squared[2]
        psd = total[:, 0::2] + total[:, 1::2]
        psd *= self._scale
        return FastSeconds(psd, self)


class FastSeconds:
    """What seconds show, each (seconds,); worked out when it is asked for, since most show no onset at a first look.

    Parameters
    ----------
    psd
        Spectra up to the highest bin that counts, (seconds, bins), g^2/Hz.
    meter
        What has measured them.
    """

    def __init__(self, psd: Floats, meter: SecondMeter) -> None:
        self._psd, self._meter = psd, meter

    @cached_property
    def rms_g(self) -> Floats:
        """Size of the shaking."""
        return np.sqrt(self._power(self._meter.tremor))

    @property
    def low_ratio(self) -> Floats:
        """Share of slow motion."""
        return np.asarray(self._low / np.maximum(self._power(self._meter.whole), TINY), np.float32)

    @property
    def low_rms_g(self) -> Floats:
        """Size of slow motion."""
        return np.sqrt(self._low)

    @property
    def peak_hz(self) -> Floats:
        """Frequency of the strongest bin."""
        return self._meter.freq_hz[self._peak].astype(np.float32)

    @property
    def share(self) -> Floats:
        """Share of the power above slow motion that lies near it."""
        return np.minimum(self._near / np.maximum(self._power(self._meter.fast), TINY), np.float32(1.0))

    @property
    def displacement_mm(self) -> Floats:
        """Its rms displacement."""
        turn = 2.0 * np.pi * self._meter.freq_hz[self._peak]
        return np.asarray(np.sqrt(self._near) * STANDARD_GRAVITY_MM_S2 / turn**2, np.float32)

    @cached_property
    def _low(self) -> Floats:
        return self._power(self._meter.low)

    @cached_property
    def _peak(self) -> NDArray[np.intp]:
        where = self._meter.peak
        return np.asarray(where.start + self._psd[:, where].argmax(axis=1))

    @cached_property
    def _near(self) -> Floats:
        """Power near the peak."""
        meter = self._meter
        around = neighbours(self._psd, self._peak, meter.reach)
        return np.asarray(products(around, meter.counts[self._peak]) * meter.df)

    def _power(self, bins: slice) -> Floats:
        return np.asarray(sums(self._psd[:, bins]) * self._meter.df)


def step_level(step_energy: Floats) -> Floats:
    """Level of the jerk path in the newest steps, (seconds,), g, from their mean squares, (seconds, `ONSET_STEPS`)."""
    level = sums(step_energy)
    level *= np.float32(1.0 / step_energy.shape[1])
    return np.sqrt(level, out=level)


def may_begin(level_g: Floats, floor_g: Floats, answer: float) -> Bools:
    """Whether the newest steps are loud enough for an onset to be looked for, (seconds,).

    Parameters
    ----------
    level_g
        Their level; see `step_level`.
    floor_g
        Floor of the jerk path there, g.
    answer
        Of the jerk path to what shakes, at least; see `dsp.centre.least_answer`.
    """
    least = np.maximum(np.float32(answer * ONSET_LEVEL_G), np.float32(answer * ONSET_FLOOR_RATIO) * floor_g)
    return np.asarray(level_g >= least)


def is_brisk(level_g: Floats, loud_g: Floats) -> Bools:
    """Whether the newest steps are as quick as shaking somewhere, (seconds,): nothing slower than 3 Hz begins a tremor.

    Parameters
    ----------
    level_g, loud_g
        Levels of what is quick and of any motion in them, (seconds, `ONSET_STEPS`), g; see `dsp.kick_level.kick_level`.
    """
    return np.asarray(np.count_nonzero(level_g == loud_g, axis=1) >= BRISK_STEPS)


def is_even(step_energy: Floats, burst_steps: NDArray[np.int64]) -> Bools:
    """Whether the newest steps shake evenly, as no kick does, (seconds,).

    Parameters
    ----------
    step_energy
        Mean square of the jerk path in the newest steps, (seconds, `SHAKEN_STEPS`), g^2.
    burst_steps
        Steps since a burst began; `NO_BURST` without one.
    """
    pairs = np.sqrt(np.float32(0.5) * (step_energy[:, 1:] + step_energy[:, :-1]))
    early, late = (np.square(part).sum(axis=1) for part in (pairs[:, :HALF_PAIRS], pairs[:, -HALF_PAIRS:]))
    faded = late < np.float32(SUSTAINED**2) * early
    goes_on = ~faded & (early >= np.float32(SUSTAINED**2) * late)
    # However it swelled.
    sustained = goes_on & (pairs.min(axis=1) >= np.float32(NEVER_CALM) * pairs.max(axis=1))
    pairs = pairs[:, 1 - ONSET_STEPS :]
    newest = pairs[:, -1].copy()
    rings = _only_fades(pairs)
    pairs.sort(axis=1)
    low, high = (pairs.shape[1] - 1) // 2, pairs.shape[1] // 2
    middle = np.float32(0.5) * (pairs[:, low] + pairs[:, high])
    crest = pairs[:, -1] / np.maximum(middle, np.float32(1e-6))
    # A burst that has just begun may still be a kick: it has to last, and evenly.
    even = (burst_steps == NO_BURST) | ((burst_steps >= EVEN_STEPS) & (crest <= EVEN_CREST))
    # What has died away by now does not begin.
    even &= ~(rings | faded) & (newest >= np.float32(ONSET_LEFT) * pairs[:, -1])
    return np.asarray(sustained | (even & (crest <= ONSET_CREST)))


def _only_fades(pairs: Floats) -> Bools:
    """Whether levels, oldest first, (seconds, n), do nothing but fall from their top on, as those of a ring."""
    top = pairs.argmax(axis=1)
    places = np.arange(pairs.shape[1] - 1)
    falls = (pairs[:, 1:] < pairs[:, :-1]) | (places < top[:, None])
    left = FADES ** np.arange(pairs.shape[1] - 1, -1, -1, dtype=np.float32)[top]
    rang = top < pairs.shape[1] - FADING_PAIRS
    return np.asarray(rang & falls.all(axis=1) & (pairs[:, -1] <= left * pairs.max(axis=1)))


def is_onset(fast: FastSeconds, floor_g: Floats, parameters: Parameters, share: float = 1.0) -> Bools:
    """Whether shaking has begun by what seconds show, (seconds,), where it may and is even.

    Parameters
    ----------
    fast
        The seconds.
    floor_g
        Floor of the jerk path at their ends, g.
    parameters
        Of the analysis.
    share
        Of the level that it needs: `ONSET_AGAIN_SHARE` for the second before.
    """
    loud = fast.rms_g >= np.float32(share) * np.maximum(ONSET_LEVEL_G, np.float32(ONSET_BAND_RATIO) * floor_g)
    low_ratio = fast.low_ratio
    loud &= low_ratio <= ONSET_LOW_RATIO
    pure = (low_ratio <= ONSET_LOW_LEAST_RATIO) & (fast.low_rms_g <= ONSET_LOW_MOST_G)
    loud &= pure | (fast.low_rms_g <= ONSET_LOW_G)
    if not loud.any():
        # Movement; its peak need not be measured.
        return np.asarray(loud)
    low, high = parameters.bands["tremor_hz"]
    narrow = (fast.share >= ONSET_SHARE) & (fast.peak_hz >= low) & (fast.peak_hz <= high)
    return np.asarray(loud & narrow)


def lasts(rms_g: Floats) -> Bools:
    """Whether a shaking whose onset was seen still lasts, (seconds,)."""
    return np.asarray(rms_g >= np.float32(ONSET_KEPT_LEVEL * ONSET_LEVEL_G))


def may_have_stopped(level_g: Floats, main_rms_g: Floats) -> Bools:
    """Whether the newest steps are quiet beside the long window, so that an end is looked for, (seconds,)."""
    return np.asarray(level_g <= main_rms_g)


def has_stopped(rms_g: Floats, main_rms_g: Floats, parameters: Parameters) -> Bools:
    """Whether the shaking of the long window has fallen to that of a still limb, where `may_have_stopped` holds."""
    still_g = np.float32(END_FLOOR_RATIO * 1e-3 * parameters.still["floor_mg"])
    return np.asarray(rms_g < np.minimum(np.float32(END_LEVEL_RATIO) * main_rms_g, still_g))
