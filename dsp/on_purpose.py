"""On purpose: a leg that is jiggled and skin that is scratched, at the pace and by the size of a tremor or a reflex.

Legs fidget 250 times a minute, at 4.2 Hz (Morishima 2016), about as regularly as a reflex rhythm beats and as unevenly
as a slight tremor swells. What is not alike: a reflex needs a brisk stretch to set it off, and then is as even as a
limit cycle; muscle noise is uneven, and a linear limb makes no overtone of it; strokes are uneven and have one, or
begin as the limb is turned to them. What fits in everything counts in full, and the less something fits the less of it
counts: no frame falls off an edge.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from dsp.parameters import Parameters

Floats = NDArray[np.float32]


def jiggled(features: Mapping[str, Floats], parameters: Parameters) -> Floats:
    """Tell how much the shaking is like a leg's jiggle that nothing has set off, (frames,), 0 to 1.

    NaN where it was not seen to begin, or nothing shakes: what set it off is then not known.
    """
    p = parameters.on_purpose
    entry = features["entry_deg_per_s"]
    if np.isnan(entry).all():
        return np.full(len(entry), np.nan, np.float32)
    could_be = _least(
        (entry, p["stretch_deg_per_s"]),
        (features["peak_hz"], p["jiggle_hz"]),
        (features["displacement_mm"], p["jiggle_mm"]),
        (features["envelope_cv"], p["jiggle_uneven"]),
    )
    # What tells it from muscle noise lies across a border that neither keeps to, so that no one sign decides.
    even, regular, sudden = p["jiggle_signs"]
    signs = np.float32(even) * _fit(features["envelope_cv"], p["jiggle_even"])
    signs += np.float32(regular) * _fit(features["cycle_cv"], p["jiggle_regular"])
    # How it grew is known where nothing set it off.
    grew = _fit(features["grew_s"], p["jiggle_sudden_s"])
    signs += np.float32(sudden) * np.where(np.isnan(grew), np.float32(0.0), grew)
    return np.minimum(could_be, _fit(signs, p["jiggle_needs"]))


def stroked(features: Mapping[str, Floats], parameters: Parameters) -> Floats:
    """Tell how much the shaking is like strokes, (frames,), 0 to 1; NaN where its overtone or evenness is not known."""
    p = parameters.on_purpose
    return _least(
        (features["harmonic_ratio"], p["stroke_harmonic"]),
        (features["envelope_cv"], p["stroke_uneven"]),
        (features["peak_hz"], p["stroke_hz"]),
        (features["displacement_mm"], p["stroke_mm"]),
    )


def turned_to(features: Mapping[str, Floats], parameters: Parameters) -> Floats:
    """Tell how much the shaking is like strokes that a limb turned to, (frames,), 0 to 1.

    A tired muscle begins to shake seconds into a hold, and what a stretch sets off at once is a reflex, which is even,
    beats regularly and has an overtone; neither shakes the limb at other frequencies, as rubbing does. NaN where it is
    not known whether it sprang up with a turn, or nothing shakes.
    """
    p = parameters.on_purpose
    entry = features["entry_deg_per_s"]
    if np.isnan(entry).all():
        return np.full(len(entry), np.nan, np.float32)
    return _least(
        (entry, p["turned_deg_per_s"]),
        (features["envelope_cv"], p["stroke_uneven"]),
        (features["cycle_cv"], p["stroke_irregular"]),
        (features["harmonic_ratio"], p["turned_harmonic"]),
        (features["share"], p["turned_share"]),
        (features["peak_hz"], p["turned_hz"]),
        (features["displacement_mm"], p["turned_mm"]),
    )


def _fit(feature: Floats, span: Sequence[float]) -> Floats:
    """Give how well a feature fits: 0 at the first end of its range and before it, 1 at the second and beyond."""
    none, full = span
    part = (feature - np.float32(none)) * np.float32(1.0 / (full - none))
    np.maximum(part, np.float32(0.0), out=part)
    return np.asarray(np.minimum(part, np.float32(1.0), out=part))


def _least(*parts: tuple[Floats, Sequence[float]]) -> Floats:
    """Give how well each feature fits, and of these the least: 0 at the first end of its range, 1 at the second."""
    least = np.ones_like(parts[0][0])
    for feature, (none, full) in parts:
        np.minimum(least, (feature - np.float32(none)) * np.float32(1.0 / (full - none)), out=least)
    return np.maximum(least, np.float32(0.0), out=least)
