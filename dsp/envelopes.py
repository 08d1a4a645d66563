"""Envelopes: how even the swing around the peak is, from its analytic signal in all three axes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsp.grid import Grid
from dsp.overtone import in_step
from dsp.peaks import MOST_WIDTH_BINS, TINY, Peaks
from dsp.plan import Plan
from dsp.rows import products, runs_from, sums, weighted
from dsp.spectra import Spectrum

Floats = NDArray[np.float32]

ENVELOPE_POINTS = 32
"""Points of the band's envelope over a window: 8 Hz, twice as wide as the band (4 Hz)."""
CENTRE = slice(6, 27)
"""Where the Hann taper is above 0.3, so that dividing it out does not blow up noise."""
BLOCK = 3072
"""Frames worked on at once: so many that the calls do not count, so few that memory does not (measured)."""
NAMES = ("envelope_cv", "cycle_cv", "autocorrelation", "envelope_fall")


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Points of an envelope, worked out once for a taper.

    Attributes
    ----------
    centre
        Those that are used.
    untaper_power, untaper_pair
        What takes the taper out of the power of the swing there, and out of that of two neighbours.
    line
        A line through them of no mean and unit length.
    turn
        That of the peak from one to the next, backwards.
    hertz
        Of a turn by one radian from one to the next.
    """

    centre: slice
    untaper_power: Floats
    untaper_pair: Floats
    line: Floats
    turn: np.complex64
    hertz: np.float32


def envelope_points(grid: Grid, plan: Plan, taper: Floats) -> Points:
    """Points for windows under a taper; that of a short run ends with it, and zeros follow, (window or fewer,)."""
    share = len(taper) / grid.window
    centre = slice(round(CENTRE.start * share), round(CENTRE.stop * share))
    positions = np.arange(ENVELOPE_POINTS)[centre] * (grid.window / ENVELOPE_POINTS)
    untaper = 1.0 / np.interp(positions, np.arange(len(taper)), taper)
    line = np.linspace(-1.0, 1.0, len(positions), dtype=np.float32)
    line /= np.sqrt(line @ line)
    return Points(
        centre,
        (untaper**2).astype(np.float32),
        (untaper[1:] * untaper[:-1]).astype(np.float32),
        line,
        np.complex64(np.exp(-2j * np.pi * plan.reach / ENVELOPE_POINTS)),
        np.float32(1.0 / (2.0 * np.pi * (grid.window / grid.rate_hz / ENVELOPE_POINTS))),
    )


def band_features(
    spectrum: Spectrum,
    rows: NDArray[np.intp],
    peak: Peaks,
    peak_hz: Floats,
    loud: NDArray[np.bool_],
    grid: Grid,
    plan: Plan,
    points: Points,
) -> dict[str, Floats]:
    """Envelope and beat of the band around the peak; NaN in frames that are not `loud`.

    Parameters
    ----------
    spectrum
        Of the frames and perhaps others.
    rows
        Of the frames among these, (frames,).
    peak, peak_hz
        Of the frames.
    loud
        Which of them to look at, (frames,).
    points
        As `envelope_points` gives them for the taper of these windows.
    """
    frames = loud.nonzero()[0]
    out = np.full((len(NAMES), len(loud)), np.nan, np.float32)
    if len(frames):
        for at in range(0, len(frames), BLOCK):
            part = frames[at : at + BLOCK]
            slowest_hz = np.maximum(peak_hz[part], np.float32(0.5))
            z = _analytic(spectrum, peak.index[part], rows[part], plan)
            out[1, part] = _wander(z, points) / slowest_hz
            out[0, part], out[3, part] = _variation(z, points)
            out[2, part] = _rhythm(peak, part, slowest_hz, spectrum.psd.shape[1], grid, plan)
    return dict(zip(NAMES, out, strict=True))


def overtone_in_step(spectrum: Spectrum, rows: NDArray[np.intp], index: NDArray[np.intp], plan: Plan) -> Floats:
    """How much of what lies at twice the frequency of peaks beats in step with them, (frames,).

    Parameters
    ----------
    spectrum, rows
        As for `band_features`.
    index
        Bins of their peaks, (frames,), twice which are bins that a peak may have.
    """
    out = np.empty(len(rows), np.float32)
    for at in range(0, len(rows), BLOCK):
        frames, bins = rows[at : at + BLOCK], index[at : at + BLOCK]
        # What the square of the beat has at twice its lowest bin lies at zero frequency.
        overtone = _analytic(spectrum, 2 * bins, frames, plan, lowest=plan.reach)
        out[at : at + BLOCK] = in_step(_analytic(spectrum, bins, frames, plan), overtone)
    return out


def _analytic(
    spectrum: Spectrum, index: NDArray[np.intp], frames: NDArray[np.intp], plan: Plan, lowest: int = 0
) -> NDArray[np.complex64]:
    """Analytic signal of the band around bins, (3, frames, points), its lowest bin at that of so many turns."""
    from scipy.fft import ifft  # noqa: PLC0415 - scipy is loaded by the transform already

    band, width = spectrum.band, 2 * plan.reach + 1
    assert band is not None  # noqa: S101 - the caller has looked
    first = index - plan.reach - spectrum.band_first
    compact = np.zeros((3, len(frames), ENVELOPE_POINTS), np.complex64)
    for axis, values in zip(compact, band, strict=True):
        axis[:, lowest : lowest + width] = runs_from(values, frames, first, width)
    # Only ratios are taken of it, so that its scale does not matter.
    return np.asarray(ifft(compact, axis=-1, norm="forward", overwrite_x=True))


def _variation(z: NDArray[np.complex64], points: Points) -> tuple[Floats, Floats]:
    """Coefficient of variation of the envelope, and of its steady fall (a line; 0 where it grows); overwrites `z`."""
    # Of all points, though some are not used: rows that are cut to a part take two and a half times as long.
    squared = z.view(np.float32)
    np.square(squared, out=squared)
    total = squared[0]
    total += squared[1]
    total += squared[2]
    envelope = total[:, 0::2][:, points.centre] + total[:, 1::2][:, points.centre]
    envelope *= points.untaper_power
    np.sqrt(envelope, out=envelope)
    count = np.float32(envelope.shape[1])
    mean = sums(envelope) / count
    envelope -= mean[:, None]
    slope = np.minimum(weighted(envelope, points.line), np.float32(0.0))
    mean += TINY
    return np.sqrt(products(envelope, envelope) / count) / mean, -slope / np.sqrt(count) / mean


def _wander(z: NDArray[np.complex64], points: Points) -> Floats:
    """Spread of the beat, Hz: how far it runs ahead of and behind its own mean, weighted by power.

    The turn from point to point, over all axes, is the beat against the lowest bin of the band; the peak lies `reach`
    bins of the plan above.
    """
    # In one row for each axis, as above; what turns from the last point of a frame into the next one is not used.
    rows = z.reshape(3, -1)
    turn = np.conj(rows)
    turn[:, :-1] *= rows[:, 1:]
    turned = turn[0]
    turned += turn[1]
    turned += turn[2]
    turned *= points.turn
    product = turned.reshape(-1, ENVELOPE_POINTS)[:, points.centre][:, :-1]
    # Apart, real and imaginary parts take a third of the time.
    beat_hz = np.arctan2(product.imag.copy(), product.real.copy())
    beat_hz *= points.hertz
    weight = np.abs(product)
    weight *= points.untaper_pair
    weight_sum = sums(weight) + TINY
    beat_hz -= (products(weight, beat_hz) / weight_sum)[:, None]
    np.square(beat_hz, out=beat_hz)
    return np.asarray(np.sqrt(products(weight, beat_hz) / weight_sum))


def _rhythm(peak: Peaks, frames: NDArray[np.intp], slowest_hz: Floats, last: int, grid: Grid, plan: Plan) -> Floats:
    """Autocorrelation three cycles of the peak later, from the bins around it; `last` is one past the last bin."""
    reach = plan.reach
    local = peak.near[frames, MOST_WIDTH_BINS - reach : MOST_WIDTH_BINS + reach + 1]
    away = np.arange(-reach, reach + 1, dtype=np.float32)
    phase = np.add(peak.index[frames, None], away, dtype=np.float32)
    if plan.peak.start - reach < 1 or plan.peak.stop + reach > last:
        local = local * ((phase >= 1) & (phase < last))
    phase *= (np.float32(6.0 * np.pi * grid.df_hz) / slowest_hz)[:, None]
    np.cos(phase, out=phase)
    return np.asarray(products(phase, local) / (sums(local) + TINY))
