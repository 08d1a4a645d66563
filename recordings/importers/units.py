"""Units: what the numbers of a file are, from the file, else from gravity, else asked."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dsp import UnitError

STANDARD_GRAVITY = 9.80665
SCALES = {"g": 1.0, "mg": 1e-3, "m/s2": 1.0 / STANDARD_GRAVITY}
PLAIN = str.maketrans({"^": None, "*": None, "(": None, ")": None, "[": None, "]": None, "²": "2", "⁻": "-", " ": None})
ALIASES = {
    **dict.fromkeys(("g", "gs", "g-force", "gforce", "gn", "g0"), "g"),
    **dict.fromkeys(("mg", "milli-g", "millig", "mgs"), "mg"),
    **dict.fromkeys(
        (
            "m/s2",
            "m/s/s",
            "ms2",
            "ms-2",
            "m.s-2",
            "m/sec2",
            "mps2",
            "m/s-2",
            "m·s-2",
            "meter/second2",
            "meters/second2",
        ),
        "m/s2",
    ),
}
"""Spellings, without brackets and powers."""
GUESS_WITHIN = 0.15
"""A sensor at rest, and most of a person's day, reads 1 g within 15 % (offset and gain of a commodity sensor)."""
BLOCK = 100
"""Samples in a mean: at least a second at 100 Hz, many cycles of any shaking."""
SUSPICIOUS = (0.5, 2.0)
"""A median magnitude outside this many g is no worn sensor with gravity in its data."""
WITHOUT_GRAVITY_G = 0.3


@dataclass(frozen=True, slots=True)
class Unit:
    """A decided unit.

    Attributes
    ----------
    name
        ``g``, ``mg``, ``m/s2`` or ``counts``.
    scale_g
        g per number.
    warning
        What a person should know of the decision; empty when the file said it.
    zero
        Number at 0 g.
    """

    name: str
    scale_g: float
    warning: str = ""
    zero: float = 0.0


def parse_unit(text: str) -> Unit:
    """Parse a unit: ``g``, ``mg``, ``m/s2``, ``counts:<g per count>`` or ``counts:<g per count>:<count at 0 g>``.

    Raises
    ------
    UnitError
        When it is none of these.
    """
    plain = text.strip().lower().translate(PLAIN)
    if plain in ALIASES:
        name = ALIASES[plain]
        return Unit(name, SCALES[name])
    if plain.startswith("counts:"):
        try:
            scale, zero = [*(float(part) for part in text.strip().split(":")[1:]), 0.0][:2]
        except ValueError:
            scale = zero = 0.0
        if scale > 0 and np.isfinite([scale, zero]).all():
            return Unit("counts", scale, zero=zero)
    msg = f"{text!r} is no unit; use g, mg, m/s2 or counts:<g per count>, for example counts:0.000244"
    raise UnitError(msg)


def slow_magnitude(values: NDArray[np.float32]) -> float:
    """Median magnitude of means over `BLOCK` samples: gravity stays, shaking averages out."""
    if not len(values):
        return 0.0
    size = min(BLOCK, len(values))
    whole = len(values) // size * size
    means = values[:whole].astype(np.float64).reshape(-1, size, 3).mean(axis=1)
    return float(np.median(np.sqrt((means**2).sum(axis=1))))


def decide_unit(values: NDArray[np.float32], named: Unit | None, *, gravity: bool | None = None) -> Unit:
    """Decide the unit of raw numbers.

    Parameters
    ----------
    values
        (n, 3), finite rows only.
    named
        What the file or the person says; None leaves it to the data.
    gravity
        Whether gravity is in the data, where the file says so.

    Raises
    ------
    UnitError
        When nobody says it and gravity does not tell.
    """
    if named is not None:
        size = slow_magnitude(values - np.float32(named.zero)) * named.scale_g
        low, high = SUSPICIOUS
        if gravity is False or size < WITHOUT_GRAVITY_G or low <= size <= high:
            return named
        return Unit(
            named.name,
            named.scale_g,
            f"the typical magnitude is {size:.3g} g where gravity alone makes 1 g: the unit {named.name} may be wrong; "
            "name another one with --unit",
            zero=named.zero,
        )
    typical = slow_magnitude(values)
    # A limb that turns all the time averages its gravity away; then the magnitude itself still tells.
    swinging = float(np.median(np.sqrt((values.astype(np.float64) ** 2).sum(axis=1)))) if len(values) else 0.0
    for size in (typical, swinging):
        for name, one_g in (("g", 1.0), ("m/s2", STANDARD_GRAVITY), ("mg", 1000.0)):
            if abs(size / one_g - 1.0) <= GUESS_WITHIN:
                note = f"the file names no unit; gravity reads {size:.4g}, so it was taken for {name}"
                return Unit(name, SCALES[name], note)
    msg = (
        f"the file names no unit and gravity does not tell (typical magnitude {typical:.4g}); "
        "name it with --unit g, mg, m/s2 or counts:<g per count>"
    )
    raise UnitError(msg)


def file_unit(text: str) -> Unit | None:
    """Parse the unit that a file states; None when it states none, or one that is no acceleration."""
    try:
        return parse_unit(text)
    except UnitError:
        return None
