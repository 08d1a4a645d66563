"""Gravity: how much of it stands in the data, so that a sensor whose gain is off still shows which way is down."""

import numpy as np
from numpy.typing import NDArray

from dsp.growing import Growing
from dsp.rows import ordered
from dsp.sliding import windows

Floats = NDArray[np.float32]

REFERENCE_HOPS = 8
"""Hops (4 s) whose median it is: a fall, the longest time without weight, fills less than half of them."""
LEAST_G, MOST_G = 0.4, 2.5
"""A gain of 0.5 to 2, and a fifth more for the offset; below that gravity has been taken out of the data."""
NEAR = (0.6, 1.4)
"""Times that much within which a slow part is taken for gravity: +-0.4 g covers offset and slow swings."""


def references(hop_mean: Growing, first: int, hops: int) -> Floats:
    """Size of gravity as it stands in the data at the end of each hop from `first` to before `hops`, g.

    Parameters
    ----------
    hop_mean
        Mean acceleration in each hop, (hops, 3), g.

    Returns
    -------
    The median of the last `REFERENCE_HOPS` hops or of those there are, (hops - first,); NaN where that is no gravity.
    """
    begin = max(hop_mean.first, first - REFERENCE_HOPS + 1)
    means = hop_mean.part(begin, hops)
    size = np.sqrt(np.square(means[:, 0]) + np.square(means[:, 1]) + np.square(means[:, 2]))
    out = np.empty(hops - first, np.float32)
    # One that comes alone like the first ones, of which there are fewer: plain numbers are the quicker way.
    early = hops if hops - first == 1 else min(hops, max(first, REFERENCE_HOPS - 1))
    for hop in range(first, early):
        known = sorted(size[max(0, hop + 1 - begin - REFERENCE_HOPS) : hop + 1 - begin].tolist())
        out[hop - first] = known[len(known) // 2]
    if early < hops:
        spans = windows(size[early - REFERENCE_HOPS + 1 - begin :], REFERENCE_HOPS, 1, hops - early)
        out[early - first :] = ordered(spans)[:, REFERENCE_HOPS // 2]
    return np.where((out >= np.float32(LEAST_G)) & (out <= np.float32(MOST_G)), out, np.float32(np.nan))


def tilt_deg(a: Floats, b: Floats, reference_g: Floats) -> Floats:
    """Angle between rows of `a` and `b`, degrees; NaN where either is not near the size of gravity there."""
    a64, b64, reference = a.astype(np.float64), b.astype(np.float64), reference_g.astype(np.float64)
    size_a, size_b, dot = np.sqrt(_dot(a64, a64)), np.sqrt(_dot(b64, b64)), _dot(a64, b64)
    least, most = np.minimum(size_a, size_b), np.maximum(size_a, size_b)
    known = (least > NEAR[0] * reference) & (most < NEAR[1] * reference)
    cosine = np.minimum(np.maximum(dot / np.where(known, size_a * size_b, 1.0), -1.0), 1.0)
    return np.where(known, np.degrees(np.arccos(cosine)), np.nan).astype(np.float32)


def _dot(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    product = a * b
    return np.asarray(product[:, 0] + product[:, 1] + product[:, 2])
