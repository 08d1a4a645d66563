"""Turn shapes: how the rate of a turn from rest to rest may rise and fall, and what a sensor feels of it."""

import functools

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

EXPONENTS = 1.0, 1.2, 1.5, 2.0, 3.0
"""Of how the rate rises from nothing and falls to it, over the share of the time: 1 begins abruptly, as half a wave of
a sine does; 2 is a turn of least jerk; 3 nearly rests before it (physics)."""
RAMPS = 0.15, 0.25, 0.37, 0.5
"""Shares of the time in which a limb that is pushed, goes on and is stopped gets up to its rate, and loses it."""
FLATNESSES = 3.0, 4.0, 6.0
"""Powers in which the rate falls beside the midst of the turn of a limb that is pushed off and caught."""
STEEPNESSES = 4.0, 6.0, 8.0
"""Of turns whose angle is a sigmoid of the time (hyperbolic tangent), begun and ended where it is flat."""
FAMILIES = (len(EXPONENTS),) * 2, (len(RAMPS),) * 2, (1, len(FLATNESSES)), (1, len(STEEPNESSES))
"""How many shapes of the rise and of the fall each family has, which are told apart one by one."""
FIRST_TRIED = (0, 3, 12, 15, 24), (5, 15), (1,), (1,)
"""Of each family, by their numbers in it."""
PARTS = 5
"""Of what is felt of a turn."""
FINE = 2000
"""Parts of a turn in whose table a moment of it is looked up."""
ABRUPT = 1.2
"""Exponent up to which a turn begins or ends with a step (half a sine is between this and 1; physics)."""


def parts_of(start: Floats, lasts: Floats, shape: Whole, at_s: Floats, step_s: float) -> Floats:
    """Give what each of some turns, (m,), is put together from: (m, 5, n).

    The posture before it, what gravity changes by, how it bends on its way, the pull along the way and that towards the
    joint.
    """
    rate, done = _tables()
    # Moments of its table: half a sample sooner, here and half a sample later.
    part_s = FINE / lasts
    done_by = (at_s - start[:, None]) * part_s[:, None]
    half = (0.5 * step_s * part_s)[:, None]
    row = shape[:, None] * (FINE + 1)
    sooner, here, later = (
        row + np.minimum(np.maximum(np.rint(at), 0.0), FINE).astype(np.int64)
        for at in (done_by - half, done_by, done_by + half)
    )
    parts = np.empty((len(start), PARTS, len(at_s)))
    turned = done.take(here, out=parts[:, 1])
    parts[:, 0] = 1.0
    np.multiply(turned, 1.0 - turned, out=parts[:, 2])
    np.subtract(rate.take(later), rate.take(sooner), out=parts[:, 3])
    parts[:, 3] *= 0.5 * FINE / half
    np.square(rate.take(here), out=parts[:, 4])
    return parts


@functools.lru_cache(maxsize=1)
def families() -> tuple[list[list[int]], list[int]]:
    """Shapes beside each shape, itself among them, and those that are tried first."""
    beside: list[list[int]] = []
    firsts: list[int] = []
    for rises, falls in FAMILIES:
        firsts.append(len(beside))
        beside += [
            [
                firsts[-1] + at * falls + other
                for at in range(max(0, rise - 1), min(rise + 2, rises))
                for other in range(max(0, fall - 1), min(fall + 2, falls))
            ]
            for rise in range(rises)
            for fall in range(falls)
        ]
    return beside, [first + at for first, ats in zip(firsts, FIRST_TRIED, strict=True) for at in ats]


def is_abrupt(shape: int) -> bool:
    """Whether a turn of this shape begins or ends with a step, and reverses at once in its midst."""
    ends, ramps = (rises * falls for rises, falls in FAMILIES[:2])
    if shape < ends:
        return min(EXPONENTS[at] for at in divmod(shape, len(EXPONENTS))) <= ABRUPT
    return ends + ramps <= shape < ends + ramps + len(FLATNESSES)


@functools.lru_cache(maxsize=1)
def _tables() -> tuple[Floats, Floats]:
    """Rate and turn at each of `FINE` + 1 moments of a turn by 1 in a time of 1, of each shape, one after the other."""
    share = np.linspace(0.0, 1.0, FINE + 1)
    rates = np.array(
        [
            *(share**rise * (1.0 - share) ** fall for rise in EXPONENTS for fall in EXPONENTS),
            *(np.minimum(1.0, np.minimum(share / rise, (1.0 - share) / fall)) for rise in RAMPS for fall in RAMPS),
            *(1.0 - np.abs(2.0 * share - 1.0) ** power for power in FLATNESSES),
            *(1.0 - np.tanh(steep * (share - 0.5)) ** 2 for steep in STEEPNESSES),
        ]
    )
    done = np.zeros_like(rates)
    np.add.accumulate(0.5 * (rates[:, 1:] + rates[:, :-1]), axis=1, out=done[:, 1:])
    # It rests before it, and after it.
    rates[:, [0, -1]] = 0.0
    rates *= FINE / done[:, -1:]
    done /= done[:, -1:].copy()
    return rates.ravel(), done.ravel()
