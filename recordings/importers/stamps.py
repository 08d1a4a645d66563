"""Stamps: what is stray is left out, what is out of order is sorted, what is repeated is spread."""

import numpy as np
from numpy.typing import NDArray

from dsp import FileFormatError

Floats = NDArray[np.float64]

LOOK_S = 3.0
"""The period is measured over stretches of this length."""
CLEAR_PERIODS = 3.5
"""A step of more periods is no jitter of stamps that follow a clock: it may be a gap."""
MOST_DUPLICATES = 0.05
MOST_BACKWARDS = 0.01
STRAY_NEEDS = 10
STRAY_PERIODS, STRAY_S, STRAY_END_S = 100.0, 5.0, 30 * 86400.0
"""A stamp is stray that lies so many periods and seconds off; at either end of the file, a month."""
CLOCK_BACK_S, MOST_CLOCK_STEPS = 1.0, 20


def in_order(time_s: Floats, xyz_g: NDArray[np.float32], warnings: list[str]) -> tuple[Floats, NDArray[np.float32]]:
    """Bring finite stamps into one order that goes on, and say what was done to them.

    Raises
    ------
    FileFormatError
        When they go backwards again and again, or do not go on at all.
    """
    time_s, xyz_g = _without_strays(time_s, xyz_g, warnings)
    return _ordered(_joined(time_s, warnings), xyz_g, warnings)


def _without_strays(
    time_s: Floats, xyz_g: NDArray[np.float32], warnings: list[str]
) -> tuple[Floats, NDArray[np.float32]]:
    """Leave out rows whose stamp is far from both neighbours while these agree with each other."""
    if len(time_s) < STRAY_NEEDS or not np.ptp(time_s) > 0:
        return time_s, xyz_g
    step = np.diff(time_s)
    far = np.abs(step) > max(STRAY_PERIODS * typical_period(time_s), STRAY_S)
    stray = np.zeros(len(time_s), bool)
    across = np.abs(time_s[2:] - time_s[:-2])
    stray[1:-1] = far[:-1] & far[1:] & (across < 0.1 * np.minimum(np.abs(step[:-1]), np.abs(step[1:])))
    # The first and the last row have one neighbour; they are stray when they are years off.
    ends = np.abs(step[[0, -1]]) > STRAY_END_S
    stray[0] |= ends[0] and not far[1]
    stray[-1] |= ends[1] and not far[-2]
    count = int(stray.sum())
    if not count or count > MOST_BACKWARDS * len(time_s) + 1:
        return time_s, xyz_g
    warnings.append(f"{count} rows have a time stamp far from their neighbours' and were left out")
    return time_s[~stray], xyz_g[~stray]


def _joined(time_s: Floats, warnings: list[str]) -> Floats:
    """Put what follows a clock that was set back behind what came before, one second later."""
    step = np.diff(time_s)
    back = np.nonzero(step < -CLOCK_BACK_S)[0]
    if not len(back) or len(back) > MOST_CLOCK_STEPS:
        return time_s
    time_s = time_s.copy()
    moved = 0
    for at in back:
        # A single late row is disorder; a clock goes on from where it was set.
        ahead = time_s[at + 1 : at + 4]
        if len(ahead) == 3 and (ahead < time_s[at]).all() and (np.diff(ahead) >= 0).all():
            time_s[at + 1 :] += time_s[at] - time_s[at + 1] + 1.0
            moved += 1
    if moved:
        warnings.append(
            f"the clock was set back {moved} times; what follows was put a second behind what came before, "
            "for how long the pause was is not known"
        )
    return time_s


def _ordered(time_s: Floats, xyz_g: NDArray[np.float32], warnings: list[str]) -> tuple[Floats, NDArray[np.float32]]:
    step = np.diff(time_s)
    back = int((step < 0).sum())
    if back:
        if back > max(1, MOST_BACKWARDS * len(step)):
            msg = (
                f"time goes backwards {back} times in {len(time_s)} rows: these are not time stamps of one recording; "
                "sort the file, or leave the stamps out and name the rate"
            )
            raise FileFormatError(msg)
        warnings.append(f"time goes backwards {back} times; the rows were sorted by time")
        order = np.argsort(time_s, kind="stable")
        time_s, xyz_g = time_s[order], xyz_g[order]
        step = np.diff(time_s)
    same = step == 0
    count = int(same.sum())
    if not count:
        return time_s, xyz_g
    if count == len(step):
        msg = "all time stamps are equal; leave them out and name the rate with --rate"
        raise FileFormatError(msg)
    if count <= MOST_DUPLICATES * len(step):
        warnings.append(f"{count} rows repeat a time stamp; the first of each was kept")
        keep = np.concatenate([[True], ~same])
        return time_s[keep], xyz_g[keep]
    # Stamps of coarse resolution, or one for a whole packet: spread each group up to the next stamp.
    warnings.append("many rows share a time stamp; they were spread evenly")
    first = np.concatenate([[0], np.nonzero(~same)[0] + 1])
    size = np.diff(np.concatenate([first, [len(time_s)]]))
    length = np.diff(time_s[first], append=time_s[-1] + np.median(np.diff(time_s[first])))
    length = np.minimum(length, 1.5 * np.median(length / size) * size)
    within = np.arange(len(time_s)) - np.repeat(first, size)
    return time_s + within * np.repeat(length / size, size), xyz_g


def typical_period(time_s: Floats) -> float:
    """Estimate the sampling period: the median over stretches of `LOOK_S`, which neither rounding nor gaps disturb."""
    typical = float(np.median(np.diff(time_s)))
    if typical <= 0:
        typical = float(np.mean(np.diff(time_s)))
    span = int(min(max(1, round(LOOK_S / typical)), max(1, len(time_s) // 3)))
    stretches = (time_s[span:] - time_s[:-span]) / span
    # In a short recording a few gaps lie in half of the stretches; those without count alone where there are any.
    jumps = np.concatenate([[0], np.cumsum(np.diff(time_s) > CLEAR_PERIODS * typical)])
    whole = stretches[jumps[span:] == jumps[:-span]]
    return float(np.median(whole if len(whole) else stretches))
