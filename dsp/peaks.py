"""Peaks: the strongest unusual line of each spectrum, and its shape."""

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsp.grid import Grid
from dsp.parameters import Parameters
from dsp.plan import Plan
from dsp.rows import neighbours, products, sums, weighted

Floats = NDArray[np.float32]

TINY = np.float32(1e-16)
"""Below the noise of any sensor (1e-10 g^2/Hz); keeps logarithms finite on constant axes."""
POWER_DECIBELS = np.float32(10.0 / np.log(10.0))
"""In a neper of power."""
STANDARD_GRAVITY_MM_S2 = 9806.65
CLIPPED_RESIDUAL = 0.7
"""Nepers above the line that a bin may pull the background up: 3 dB (specparam does the same with a threshold)."""
WHITENING = 0.7
"""How far the background is taken out before the peak is chosen: 0 prefers the strongest bin, 1 the most unusual."""
TOP = np.float32(50.0)
"""Added to the score of a bin that is a local top, so that another is chosen only when there is none."""
FITS = 3
"""Times the background is fitted: once to all bins, then to what is left below the line of before."""
STANDS_OUT = 10.0
"""Times the background that a line at half the frequency is: 10 dB, more than a peak of noise (5 to 8 dB, physics)."""
FAINTEST_BEAT = 0.25
"""Density of a beat over that of its second harmonic, at least: 6 dB below (kicks of a fifth of a cycle; physics)."""
OFF_BINS = 0.4
"""So near to half the frequency it lies, of a quarter of a hertz: two lines are told to a few hundredths (measured)."""
MOST_WIDTH_BINS = 12
FLANK_HZ = 1.5
"""How far from a peak its flanks begin; they end at 3 Hz. A tremor of 2 Hz width has fallen to a fifth (Lorentzian)."""
FLANK_FROM_HZ = 2.0
"""Below lie posture and sway, which are no flank of what shakes (half-way from sway to the tremor band; prior)."""
TOP_OVER_MEAN_DB = 9.0
"""How far the top of a tremor stands above the mean around it, at most (chi-square of six degrees, physics)."""
NAMES = (
    "peak_hz",
    "prominence_db",
    "bump_db",
    "stand_db",
    "width_hz",
    "share",
    "harmonic_ratio",
    "displacement_mm",
)


@dataclass(frozen=True, slots=True, eq=False)
class Peaks:
    """Peaks of frames and what lies around them.

    Attributes
    ----------
    index, background
        Bin of the peak, and density of the background there, (frames,).
    near
        Density around it, (frames, 2 * MOST_WIDTH_BINS + 1); beyond the ends the last one is repeated.
    """

    index: NDArray[np.intp]
    background: Floats
    near: Floats


def is_lineless(
    psd: Floats, tremor: Floats, low: Floats, grid: Grid, plan: Plan, parameters: Parameters
) -> NDArray[np.bool_]:
    """Whether frames show no more than a sensor at rest, and no line that could be the peak of anything, (frames,).

    Parameters
    ----------
    tremor, low
        Power of the tremor band and of slow motion, (frames,), g^2.
    """
    still, bins = parameters.still, plan.tremor.stop - plan.tremor.start
    quiet = tremor < np.float32((1e-3 * still["lineless_mg"]) ** 2)
    quiet &= low < np.float32((1e-3 * still["silent_low_mg"]) ** 2)
    if not bins:
        # A sensor of 5 Hz shows nothing of it.
        quiet[:] = False
    elif quiet.any():
        # So calm a limb is looked at without its sway.
        own = psd[:, plan.peak.start + plan.sway : plan.peak.stop]
        lines = own >= (np.float32(still["line_ratio"] / (bins * grid.df_hz)) * tremor)[:, None]
        # Few are; to look for the largest bin of each frame takes three times as long.
        quiet[np.flatnonzero(lines) // lines.shape[1]] = False
    return quiet


def find_peaks(psd: Floats, calm: NDArray[np.bool_], plan: Plan) -> Peaks:
    """Choose the peak above a robust 1/f background: log S = b - chi log f on 1.5-20 Hz.

    Where slow motion is no more than a limb at rest shows (`calm`, (frames,)), the sway and breathing that end just
    above 1 Hz are no candidates beside what shakes.
    """
    level = psd[:, plan.background] + TINY
    np.log(level, out=level)
    mean, slope = _line(level, plan)
    where = plan.peak
    span = slice(where.start - plan.background.start, where.stop - plan.background.start)
    score = np.multiply(slope[:, None], np.float32(-WHITENING) * plan.log_f[span])
    score += level[:, span]
    inner = psd[:, where.start - 1 : where.stop + 1]
    rises = inner[:, 1:] >= inner[:, :-1]
    # A top rises to itself and does not rise after.
    tops = (rises[:, :-1] > rises[:, 1:]).astype(np.float32)
    tops *= TOP
    score += tops
    score[:, : plan.sway] -= (calm * TOP)[:, None]
    at = score.argmax(axis=1)
    at = _fundamentals(psd, at, calm, mean, slope, plan)
    background = np.exp(slope * plan.log_f[span][at] + mean)
    index = at + where.start
    return Peaks(index, background, neighbours(psd, index, MOST_WIDTH_BINS))


def _fundamentals(
    psd: Floats, at: NDArray[np.intp], calm: NDArray[np.bool_], mean: Floats, slope: Floats, plan: Plan
) -> NDArray[np.intp]:
    """Go from candidates, (frames,), to the line at half their frequency where that is the beat.

    Taking the background out lifts a second harmonic above its fundamental. A line that stands out and lies at half
    the frequency to within a tenth of a hertz is no chance (slow motion beside a tremor: one frame in thirty; physics)
    where it is the stronger of the two, and where a line stands out at three times its frequency as well: beats as
    brief as a third of their cycle have a second harmonic louder than the fundamental, and a third beside it.
    """
    first, half = plan.peak.start, (at + plan.peak.start) // 2
    lowest = np.where(calm, first + plan.sway, first)
    rows = (half + 1 >= lowest).nonzero()[0]
    if not len(rows):
        return at
    # A look at two bins leaves few, and of noise hardly one has a line there.
    top, there = psd[rows, at[rows] + first], np.maximum(psd[rows, half[rows]], psd[rows, half[rows] + 1])
    may = there > np.float32(0.5) * top
    fainter = ((there > np.float32(FAINTEST_BEAT) * top) & ~may).nonzero()[0]
    if len(fainter):
        # What stands out of noise less than its overtone does needs an overtone that stands out far.
        on = rows[fainter]
        line = np.exp(slope[on] * plan.log_f[at[on] + first - plan.background.start] + mean[on])
        may[fainter] = top[fainter] >= np.float32(STANDS_OUT / FAINTEST_BEAT) * line
    rows = rows[may]
    if not len(rows):
        return at
    # The bins at half and beside it, of which the line is one.
    index = half[rows] - 1 + psd[rows[:, None], half[rows, None] + np.arange(-1, 2)].argmax(axis=1)
    line = np.exp(slope[rows] * plan.log_f[np.maximum(index - plan.background.start, 0)] + mean[rows])
    stands = (psd[rows, index] >= np.float32(STANDS_OUT) * line) & (index >= lowest[rows])
    rows, index = rows[stands], index[stands]
    if not len(rows):
        return at
    few = psd[rows]
    low, high = neighbours(few, index, 1), neighbours(few, at[rows] + first, 1)
    ratio = (at[rows] + first + _shift(high)) / (index + _shift(low))
    wins = (low[:, 1] >= low[:, 0]) & (low[:, 1] >= low[:, 2]) & (np.abs(ratio - 2.0) * index <= OFF_BINS)
    fainter = (wins & (sums(low) <= sums(high))).nonzero()[0]
    if len(fainter):
        beat = index[fainter] + _shift(low[fainter])
        wins[fainter] = _has_third(few[fainter], beat, mean[rows[fainter]], slope[rows[fainter]], plan)
    out = at.copy()
    out[rows[wins]] = index[wins] - first
    return out


def _has_third(psd: Floats, beat: Floats, mean: Floats, slope: Floats, plan: Plan) -> NDArray[np.bool_]:
    """Whether a line stands out at three times the frequency of beats, in bins, (frames,)."""
    at = np.minimum((np.float32(3.0) * beat + np.float32(0.5)).astype(np.intp), plan.background.stop - 2)
    index = at - 1 + psd[np.arange(len(at))[:, None], at[:, None] + np.arange(-1, 2)].argmax(axis=1)
    near = neighbours(psd, index, 1)
    line = np.exp(slope * plan.log_f[np.maximum(index - plan.background.start, 0)] + mean)
    there = (near[:, 1] >= np.float32(STANDS_OUT) * line) & (near[:, 1] >= near[:, 0]) & (near[:, 1] >= near[:, 2])
    return np.asarray(there & (np.abs((index + _shift(near)) / beat - 3.0) * beat <= 1.5 * OFF_BINS))


def _shift(near: Floats) -> Floats:
    """Bins from the middle one of three to the top of the parabola through their logarithms, at most half a bin."""
    logs = np.log(near + TINY)
    bend = logs[:, 0] - np.float32(2.0) * logs[:, 1] + logs[:, 2]
    curved = bend < -1e-6
    shift = np.where(
        curved, np.float32(0.5) * (logs[:, 0] - logs[:, 2]) / np.where(curved, bend, np.float32(-1.0)), 0.0
    )
    return np.asarray(np.minimum(np.maximum(shift, np.float32(-0.5)), np.float32(0.5)), np.float32)


def _line(level: Floats, plan: Plan) -> tuple[Floats, Floats]:
    """Mean and slope over log f of the background's level, both (frames,), nepers."""
    count, line, target = np.float32(level.shape[1]), np.empty_like(level), level
    mean, slope = sums(level), weighted(level, plan.log_f_weight)
    mean /= count
    for _ in range(FITS - 1):
        np.multiply(slope[:, None], plan.log_f, out=line)
        line += (mean + np.float32(CLIPPED_RESIDUAL))[:, None]
        target = np.minimum(level, line, out=line)
        mean, slope = sums(target), weighted(target, plan.log_f_weight)
        mean /= count
    return mean, slope


def peak_features(psd: Floats, peak: Peaks, fast_power: Floats, grid: Grid, plan: Plan) -> dict[str, Floats]:
    """Frequency, prominence, width, share, harmonics and size of the peaks.

    Parameters
    ----------
    psd
        Of the frames, (frames, m), g^2/Hz.
    fast_power
        What the peaks have a share of, (frames,), g^2.
    """
    df, middle, around = np.float32(grid.df_hz), MOST_WIDTH_BINS, plan.around
    near = peak.near
    peak_hz = ((peak.index + _shift(near[:, middle - 1 : middle + 2])) * df).astype(np.float32)
    counted = near[:, middle - around : middle + around + 1]
    if plan.peak.stop + around > plan.highest:
        counts = peak.index[:, None] + np.arange(-around, around + 1) < plan.highest
        counted = np.where(counts, counted, np.float32(0.0))
    at_peak = sums(counted)
    prominence_db = power_decibel(near[:, middle] / (peak.background + TINY))
    bump_db = power_decibel(at_peak / np.float32(2 * around + 1) / (_louder_flank(peak, grid) + TINY))
    at_peak *= df
    return {
        "peak_hz": peak_hz,
        "prominence_db": prominence_db,
        "bump_db": bump_db,
        "stand_db": np.minimum(prominence_db, bump_db + np.float32(TOP_OVER_MEAN_DB)),
        "width_hz": _widths(peak, df),
        "share": np.minimum(at_peak / (fast_power + TINY), np.float32(1.0)),
        "harmonic_ratio": _at_double(psd, peak, df, plan) / (at_peak + TINY),
        "displacement_mm": (
            np.sqrt(at_peak) * np.float32(STANDARD_GRAVITY_MM_S2) / (np.float32(2.0 * np.pi) * peak_hz) ** 2
        ),
    }


def _louder_flank(peak: Peaks, grid: Grid) -> Floats:
    """Mean density of what lies 1.5 to 3 Hz beside the peak, on the side where there is more of it.

    Red noise is louder below, a comb of harmonics has its next tooth there, a spectrum that ends abruptly is as loud
    inside its edge: only shaking on its own frequency, narrow or two hertz wide, stands above both flanks.
    """
    middle, reach = MOST_WIDTH_BINS, round(FLANK_HZ / grid.df_hz)
    below, above = peak.near[:, : middle - reach + 1], peak.near[:, middle + reach :]
    counts, total = _counted_below(grid)
    low = products(below, counts[peak.index]) / total[peak.index]
    high = sums(above) / np.float32(above.shape[1])
    return np.asarray(np.maximum(low, high))


@functools.lru_cache(maxsize=8)
def _counted_below(grid: Grid) -> tuple[Floats, Floats]:
    """Which bins of the lower flank count, for each bin that a peak may have, (bins, columns), and how many, (bins,).

    Below 2 Hz lie posture and sway, which say nothing about what shakes faster; the nearest bin is always looked at.
    """
    reach = round(FLANK_HZ / grid.df_hz)
    at = np.arange(len(grid.freq_hz))[:, None] - MOST_WIDTH_BINS + np.arange(MOST_WIDTH_BINS - reach + 1)
    counts = (at >= round(FLANK_FROM_HZ / grid.df_hz)).astype(np.float32)
    counts[:, -1] = 1.0
    return counts, sums(counts)


def power_decibel(ratio: Floats) -> Floats:
    """Ratio of powers as decibels, finite at zero."""
    return np.asarray(POWER_DECIBELS * np.log(ratio + TINY), np.float32)


def _at_double(psd: Floats, peak: Peaks, df: np.float32, plan: Plan) -> Floats:
    """Power around twice the peak beyond that halfway there; NaN where the spectrum does not reach so far.

    The flank of a peak two hertz wide and the noise of a sensor lie halfway too: only a line of its own is more.
    """
    known = 2 * peak.index + plan.around < plan.highest
    double, halfway = (np.where(known, index, plan.around) for index in (2 * peak.index, 3 * peak.index // 2))
    power = sums(neighbours(psd, double, plan.around))
    power -= sums(neighbours(psd, halfway, plan.around))
    np.maximum(power, np.float32(0.0), out=power)
    power *= df
    power[~known] = np.nan
    return power


def _widths(peak: Peaks, df: np.float32) -> Floats:
    """Half-power width above the background, by linear interpolation on both sides."""
    above = peak.near - peak.background[:, None]
    half = np.float32(0.5) * above[:, MOST_WIDTH_BINS]
    # Both sides in one, each outwards from the peak, whose own column is the first.
    sides = np.concatenate([above[:, MOST_WIDTH_BINS:], above[:, MOST_WIDTH_BINS::-1]])
    half = np.concatenate([half, half])
    crossed, rows = sides[:, 1:] <= half[:, None], np.arange(len(sides))
    first = crossed.argmax(axis=1)
    before, here = sides[rows, first], sides[rows, first + 1]
    share = (before - half) / np.maximum(before - here, TINY)
    width = np.where(crossed[rows, first], first + share, MOST_WIDTH_BINS).astype(np.float32)
    width = width[: len(above)] + width[len(above) :]
    width *= df
    return np.asarray(width)
