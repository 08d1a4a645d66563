"""Grid: how seconds become samples at the sensor's own rate."""

import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dsp.errors import RateError
from dsp.parameters import Parameters

HIGHEST_RATE_HZ = 30_000.0
"""The quickest accelerometers for machines give 26.7 kHz (IIS3DWB)."""
LOWEST_RATE_HZ = 5.0
"""Below, a 4 s window has fewer than 20 samples and no tremor frequency lies under Nyquist (physics)."""
TREMOR_RATE_HZ = 25.0
"""Tremor to 12 Hz needs at least this (Nyquist)."""
STEPS_PER_HOP = 5
"""0.1 s steps in a 0.5 s hop."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Grid:
    """Window, hop and step in samples, and the frequency bins of the features.

    Attributes
    ----------
    rate_hz
        Samples per second.
    window, fast_window, hop
        In samples.
    step_edges
        Edges of the steps in a hop, (6,), samples.
    freq_hz
        Bins of the main spectrum, (m,).
    taper
        Hann window, float32 (window,).
    psd_taper
        The same, scaled so that |X|^2 is the one-sided power spectral density, g^2/Hz.
    top_hz
        Highest frequency that counts.
    lag, smooth
        Of the jerk path, samples.
    """

    rate_hz: float
    window: int
    fast_window: int
    hop: int
    step_edges: NDArray[np.int64]
    freq_hz: NDArray[np.float64]
    taper: NDArray[np.float32]
    psd_taper: NDArray[np.float32]
    top_hz: float
    lag: int
    smooth: int

    def bins(self, low_hz: float, high_hz: float) -> slice:
        """Bins from `low_hz` to `high_hz`, both included, none above `top_hz`."""
        # A thousand-millionth of a hertz of slack: a band that ends on a bin holds it, whatever the rounding.
        first = max(0, math.ceil((low_hz - 1e-9) / self.df_hz))
        last = min(len(self.freq_hz) - 1, math.floor((min(high_hz, self.top_hz) + 1e-9) / self.df_hz))
        return slice(first, max(first, last + 1))

    def lag_share(self, lag_s: float) -> float:
        """Lag of the differences over the one that is wished for, where it is shorter: 40 ms instead of 50 at 50 Hz.

        The second difference is so much smaller beside the first (2 sin(pi f lag); physics). A lag of a single sample,
        at 25 Hz, is taken as it is: made up for, more movements are taken for kicks than kicks are found (synthetic).
        """
        return min(1.0, self.lag / (lag_s * self.rate_hz)) if self.lag > 1 else 1.0

    @property
    def df_hz(self) -> float:
        """Spacing of the bins."""
        return self.rate_hz / self.window


def top_hz(rate_hz: float, parameters: Parameters) -> float:
    """Highest frequency that counts at a rate."""
    return min(parameters.spectrum["top_hz"], parameters.spectrum["nyquist_share"] * rate_hz)


def checked_rate(rate_hz: object) -> float:
    """Give a rate as a float.

    Raises
    ------
    RateError
        When it is no finite number.
    """
    try:
        # Text and truth are numbers by accident.
        rate = math.nan if isinstance(rate_hz, (str, bytes, bool)) else float(rate_hz)  # type: ignore[arg-type]
    except (TypeError, ValueError, OverflowError):
        rate = math.nan
    if not math.isfinite(rate):
        msg = f"the rate must be a number of samples per second (Hz), not {rate_hz!r}"
        raise RateError(msg)
    return rate


def make_grid(rate_hz: float, parameters: Parameters) -> Grid:
    """Lay the grid for a rate.

    Raises
    ------
    RateError
        When the rate is below `LOWEST_RATE_HZ`, or above `HIGHEST_RATE_HZ`.
    """
    if rate_hz > HIGHEST_RATE_HZ:
        msg = (
            f"no accelerometer gives {rate_hz:g} samples per second: is that a count, or an interval? A rate is in Hz, "
            f"at most {HIGHEST_RATE_HZ:g}"
        )
        raise RateError(msg)
    if rate_hz < LOWEST_RATE_HZ:
        msg = (
            f"a rate of {rate_hz:g} Hz cannot show tremor at all: at least {LOWEST_RATE_HZ:g} Hz are needed for any "
            f"analysis and {TREMOR_RATE_HZ:g} Hz for tremor; set the sensor to 50 Hz or more"
        )
        raise RateError(msg)
    p = parameters.spectrum
    window = round(p["window_s"] * rate_hz)
    hop = max(STEPS_PER_HOP, round(p["hop_s"] * rate_hz))
    taper = hann(window)
    return Grid(
        rate_hz=rate_hz,
        window=window,
        fast_window=round(p["fast_window_s"] * rate_hz),
        hop=hop,
        step_edges=np.array([i * hop // STEPS_PER_HOP for i in range(STEPS_PER_HOP + 1)]),
        freq_hz=np.arange(window // 2 + 1, dtype=np.float64) * (rate_hz / window),
        taper=taper,
        psd_taper=psd_scaled(taper, rate_hz),
        top_hz=top_hz(rate_hz, parameters),
        lag=max(1, round(parameters.jerk["lag_s"] * rate_hz)),
        smooth=max(1, round(parameters.jerk["smooth_s"] * rate_hz)),
    )


class Cut(NamedTuple):
    """Where the samples of some steps begin and end.

    Attributes
    ----------
    begin, end
        First sample of the first step, and one past the last, counted from the start of the run.
    starts
        First sample of each step, counted from `begin`; None where all are equally long.
    sizes
        Samples of each step, or of all.
    steps
        How many there are.
    """

    begin: int
    end: int
    starts: NDArray[np.int64] | None
    sizes: NDArray[np.float32] | np.float32
    steps: int


def cut_steps(first: int, last: int, grid: Grid, tick: int = 1) -> Cut:
    """Cut the steps from `first` to before `last`, in samples or in ticks of several of them."""
    size, rest = divmod(grid.hop, STEPS_PER_HOP * tick)
    if not rest:
        return Cut(first * size, last * size, None, np.float32(size), last - first)
    steps = np.arange(first, last + 1)
    edges = (steps // STEPS_PER_HOP * grid.hop + grid.step_edges[steps % STEPS_PER_HOP]) // tick
    sizes = (edges[1:] - edges[:-1]).astype(np.float32)
    return Cut(int(edges[0]), int(edges[-1]), edges[:-1] - edges[0], sizes, last - first)


def hann(size: int) -> NDArray[np.float32]:
    """Periodic Hann window: 0.5 - 0.5 cos(2 pi n / size), the form whose overlapping squares sum evenly."""
    return (0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(size) / size)).astype(np.float32)


def psd_scaled(taper: NDArray[np.float32], rate_hz: float) -> NDArray[np.float32]:
    """Taper under which |X|^2 is the one-sided power spectral density: 2 |X|^2 / (rate * sum w^2)."""
    power = float(np.sum(taper.astype(np.float64) ** 2))
    return (taper * math.sqrt(2.0 / (rate_hz * power))).astype(np.float32)
