"""Plan: which bins each feature reads, worked out once for a grid."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsp.grid import Grid
from dsp.parameters import Parameters

HALF_BAND_HZ = 2.0
"""Half-width of the band whose envelope and beat are looked at: wide enough for tremor's own width (0.5-2 Hz)."""
SWAY_HZ = 3.0
"""Up to here reach breathing, heartbeat and sway (as `low_hz` of the parameters)."""
SLOWEST_HZ = 1.25
"""Up to here reach the four lowest bins of slow motion, in which standing and reaching are loudest (red, physics)."""
FAST_FROM_HZ = 3.0
"""Where the power that a peak has a share of begins: above voluntary motion."""
LEAST_KNOCK_HZ = 5.0
"""Of the band of knocks that a rate must show (45 Hz and more): less may be the flank of something slower."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Plan:
    """Bins of the features.

    Attributes
    ----------
    tremor, slowest, low, whole, fast, slow_half, fast_half, fatigue, knock
        Bands: tremor, the slower half of slow motion, slow motion, all motion, what a peak has a share of, 4-6 and
        8-12 Hz, from 4 to 12 Hz, and what is too quick for a muscle (empty where the rate shows too little of it).
    background, peak
        Where the background is fitted, and where a peak is looked for.
    log_f, log_f_weight
        Centred logarithm of the background's frequencies, and its weights in the slope of a line, (bins,).
    fatigue_hz
        Frequencies of `fatigue`, (bins,).
    around
        Bins on each side that belong to a peak.
    reach
        Bins on each side whose envelope and beat are looked at.
    band
        Bins whose transform is needed for that; the start may be negative.
    sway
        Candidates for a peak below `SWAY_HZ`.
    highest
        One past the last bin that counts.
    """

    tremor: slice
    slowest: slice
    low: slice
    whole: slice
    fast: slice
    slow_half: slice
    fast_half: slice
    fatigue: slice
    knock: slice
    background: slice
    peak: slice
    log_f: NDArray[np.float32]
    log_f_weight: NDArray[np.float32]
    fatigue_hz: NDArray[np.float32]
    around: int
    reach: int
    band: slice
    sway: int
    highest: int


def make_plan(grid: Grid, parameters: Parameters) -> Plan:
    """Plan of a grid."""
    bands = parameters.bands
    background, peak = grid.bins(*bands["background_hz"]), grid.bins(*bands["peak_hz"])
    fatigue = grid.bins(bands["fatigue_low_hz"][0], bands["fatigue_high_hz"][1])
    knock = grid.bins(*bands["knock_hz"])
    log_f = np.log(grid.freq_hz[background]).astype(np.float32)
    log_f -= log_f.mean()
    reach = round(HALF_BAND_HZ / grid.df_hz)
    return Plan(
        tremor=grid.bins(*bands["tremor_hz"]),
        slowest=grid.bins(bands["low_hz"][0], SLOWEST_HZ),
        low=grid.bins(*bands["low_hz"]),
        whole=grid.bins(*bands["whole_hz"]),
        fast=grid.bins(FAST_FROM_HZ, bands["peak_hz"][1]),
        slow_half=grid.bins(*bands["fatigue_low_hz"]),
        fast_half=grid.bins(*bands["fatigue_high_hz"]),
        fatigue=fatigue,
        knock=knock if (knock.stop - knock.start) * grid.df_hz >= LEAST_KNOCK_HZ else slice(0, 0),
        background=background,
        peak=peak,
        log_f=log_f,
        log_f_weight=log_f / np.float32((log_f**2).sum()),
        fatigue_hz=grid.freq_hz[fatigue].astype(np.float32),
        around=round(bands["around_peak_hz"] / grid.df_hz),
        reach=reach,
        band=slice(peak.start - reach, peak.stop + reach),
        sway=grid.bins(peak.start * grid.df_hz, SWAY_HZ).stop - peak.start,
        highest=grid.bins(0.0, grid.top_hz).stop,
    )
