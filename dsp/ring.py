"""Ring: how a limb swings on after a kick, from a damped swing laid through the samples after it.

Turning points from sample to sample are those of a sensor's noise after a faint kick, and at 25 Hz a swing of 10 Hz has
two and a half samples. A whole swing laid through all of them is known to a few hundredths.
"""

import functools
import math
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

FROM_S = 0.05
"""The kick's own turn back is no ring."""
FOR_S = 0.6
"""What is looked at: one and a half swings at 2.5 Hz, and most of what rings quicker has died away by then."""
LEAST_S = 0.2
"""Half a swing at 2.5 Hz."""
MEAN_S = 0.02
"""Means over so much are looked at: they keep 96 % of a swing of 8 Hz, and 84 % of one of 16 Hz."""
LIMB_HZ = (2.5, 12.0)
"""What limbs ring at; what is faster is the bed, the mount, or noise."""
LOOKED_HZ = (2.0, 17.0)
"""Looked at beyond it on either side, so that what rings elsewhere is not taken for the nearest that a limb could."""
NYQUIST_SHARE = 0.97
"""Up to which a sensor's rate shows a swing."""
FINENESS = 1.06
"""From each frequency to the next."""
DAMPINGS = tuple(0.03 * 1.8**i for i in range(5))
"""Of limbs: 0.1 to 0.4, and less while a reflex drives them."""
LEAST_EXPLAINED = 0.5
"""Of what the samples show beside their mean: less is another motion."""
LEAST_OF_PEAK = 0.1
"""The swing at its beginning, in units of the kick."""
ABOVE_NOISE = 18.0
"""Squared, of the noise's variance: the best of these swings reaches 15 in noise alone once in a hundred times."""


@dataclass(slots=True, eq=False)
class Swung:
    """What a ring is measured on once somebody asks for it: of most kicks nobody does, and most candidates are none.

    Attributes
    ----------
    tail_g, before_g
        Acceleration from the kick's top on, and before it, while the limb rested, (n, 3).
    peak_g, size_g
        At its top, (3,), and how large that is.
    rate_hz
        Of the samples.
    """

    tail_g: NDArray[np.float32]
    before_g: Floats
    peak_g: Floats
    size_g: float
    rate_hz: float
    _ring: tuple[float, float] | None = None

    def hz(self) -> float:
        """Frequency of the swing, NaN where no ring is to be seen."""
        return self._measured()[0]

    def decay_s(self) -> float:
        """Time constant of the swing, NaN where no ring is to be seen."""
        return self._measured()[1]

    def _measured(self) -> tuple[float, float]:
        if self._ring is None:
            along = self.peak_g / max(self.size_g, 1e-12)
            self._ring = ring(self.tail_g @ along, self.before_g @ along, self.size_g, self.rate_hz)
        return self._ring


def ring(tail_g: Floats, before_g: Floats, peak_g: float, rate_hz: float) -> tuple[float, float]:
    """Measure the swing after a kick.

    Parameters
    ----------
    tail_g, before_g
        Acceleration in the kick's direction from its top on, and before it, while the limb rested.
    peak_g
        At its top.

    Returns
    -------
    Its frequency and its time constant, Hz and s; NaN where no ring is to be seen.
    """
    block = max(1, round(MEAN_S * rate_hz))
    first = math.ceil(FROM_S * rate_hz)
    count = min(len(tail_g) - first, round(FOR_S * rate_hz)) // block
    apart_s = block / rate_hz
    if count * apart_s < LEAST_S:
        return math.nan, math.nan
    seen = _means(tail_g, first, count, block)
    swings = _swings(apart_s, count)
    parts = swings.basis @ seen
    parts *= parts
    power = parts[0::2]
    power += parts[1::2]
    best = int(power.argmax())
    damping, at = divmod(best, len(swings.hz))
    most = float(power[best])
    if at in (0, len(swings.hz) - 1) or most < LEAST_EXPLAINED * _energy(seen):
        return math.nan, math.nan
    hz = swings.hz[at] * FINENESS ** _vertex(power[best - 1 : best + 2].tolist())
    begin_g = math.sqrt(most / swings.energy[best])
    if not LIMB_HZ[0] <= hz <= LIMB_HZ[1] or begin_g < LEAST_OF_PEAK * peak_g:
        return math.nan, math.nan
    rest = len(before_g) // block
    if rest > 1 and most < ABOVE_NOISE * _energy(_means(before_g, 0, rest, block)) / rest:
        return math.nan, math.nan
    share, apart = DAMPINGS[damping], len(swings.hz)
    if 0 < damping < len(DAMPINGS) - 1:
        # Of the same frequency, less and more damped.
        share *= (DAMPINGS[1] / DAMPINGS[0]) ** _vertex(power[best - apart : best + apart + 1 : apart].tolist())
    return hz, 1.0 / (2.0 * math.pi * share * hz)


class _Swings(NamedTuple):
    """Swings that are looked for: frequencies, and of each damping (first) and each of these a pair of unit rows.

    Attributes
    ----------
    hz
        (frequencies,).
    basis
        (dampings * frequencies * 2, samples), at right angles to a constant and to one another.
    energy
        Of a swing that begins with 1, for each pair.
    """

    hz: list[float]
    basis: Floats
    energy: list[float]


@functools.lru_cache(maxsize=64)
def _swings(apart_s: float, count: int) -> _Swings:
    """Swings through so many samples; kept, for most kicks ask for the same."""
    top_hz = min(LOOKED_HZ[1], NYQUIST_SHARE * 0.5 / apart_s)
    hz = LOOKED_HZ[0] * FINENESS ** np.arange(math.floor(math.log(top_hz / LOOKED_HZ[0], FINENESS)) + 1)
    t = apart_s * np.arange(count)
    phase = 2.0 * np.pi * hz[:, None] * t
    envelope = np.exp(-np.array(DAMPINGS)[:, None, None] * phase)
    rows = np.stack([envelope * np.cos(phase), envelope * np.sin(phase)], axis=2)
    rows -= rows.mean(axis=-1, keepdims=True)
    pairs = np.linalg.qr(rows.swapaxes(-1, -2))[0].swapaxes(-1, -2)
    energy = 0.5 * (envelope**2).sum(axis=-1)
    return _Swings(hz.tolist(), np.ascontiguousarray(pairs.reshape(-1, count)), energy.ravel().tolist())


def _means(values: Floats, first: int, count: int, block: int) -> Floats:
    """Means of `count` blocks from value `first` on, beside the mean of all."""
    means: Floats = values[first : first + count * block]
    if block > 1:
        means = np.add.reduce(means.reshape(count, block), axis=1)
        means /= block
    return np.asarray(means - float(np.add.reduce(means)) / count)


def _energy(values: Floats) -> float:
    return float(values @ values)


def _vertex(three: list[float]) -> float:
    """Where the parabola through three values is highest, counted from the middle one; at most half a step away."""
    left, middle, right = three
    bend = left - 2.0 * middle + right
    return min(0.5, max(-0.5, 0.5 * (left - right) / bend)) if bend < 0.0 else 0.0
