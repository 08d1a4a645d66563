"""Landing: whether somebody hit the ground: what stands out of all before it but for what led up to it.

Who walks jolts with every step, and who jumps dips and pushes off before the landing: neither is a reason not to tell
of a stumble, a fall or a jump. What hits much harder than anything in the last seconds is none of a train of steps; and
who was weightless just before has left the ground, so that what came before that is a part of the same fall or jump.
"""

import math

import numpy as np
from numpy.typing import NDArray

from dsp.aftermath import Waiting
from dsp.few import largest
from dsp.run_view import RunView
from dsp.surroundings import Burst, noticeable
from dsp.swings import MEAN_S, sizes, squares

Floats = NDArray[np.float32]

IN_THE_AIR_S = 0.7
"""Longer than a jump by half a metre, or a fall from a bed or from standing, takes to the ground (physics)."""
IN_THE_AIR_STEPS = 8
"""Into which so much reaches at most."""
CATCH_STEPS = 5
"""From where a foot is caught to where the other one lands, 0.25 to 0.5 s: both are one stumble (physics)."""
OVER_STEPS = 2
"""Longer than half a swing of a body that settles (3 Hz; physics)."""


def level_before(burst: Burst, level: Floats, loud: Floats, view: RunView) -> float | None:
    """Level that a hard burst stands out of, g; None when it does not, or is too faint for an impact.

    Parameters
    ----------
    burst
        One that is over.
    level, loud
        Kick level and level of any motion of every step so far, g.
    """
    p = view.parameters.jerk
    if burst.peak < p["spike_share"] * p["impact_g"]:
        return None
    caught = burst.onset_step - CATCH_STEPS
    before = _stood_out_of(burst, caught, loud, view) if caught > 0 else None
    if before is not None:
        return before
    if _hides_any(burst, loud, view):
        return None
    left = left_ground(view, burst.onset_step, view.edge(burst.peak_step + 1))
    if left is None:
        return None
    leads = left - view.steps["lead_s"]
    lands = largest(loud[max(0, caught) : burst.peak_step + 1])
    if lands < p["above_loudest"] * largest(level[max(0, leads) : max(0, caught)]):
        # Steps are as quick, and a push is slow.
        return None
    return _stood_out_of(burst, leads, loud, view)


def _hides_any(burst: Burst, loud: Floats, view: RunView) -> bool:
    """Whether a burst stands out of nothing, wherever before it the body may have become weightless: as steps do."""
    steps = view.steps
    # Whatever led up to it, this was before that, and no longer ago than is looked at.
    latest = burst.peak_step + 1 - steps["lead_s"]
    before = max(0, burst.onset_step - IN_THE_AIR_STEPS - steps["lead_s"])
    rested = largest(loud[max(0, latest - steps["rested_s"]) : before])
    if rested <= noticeable(burst.onset_step, burst.peak, view):
        return False
    stirred = largest(loud[max(0, latest - steps["stir_window_s"]) : before])
    return burst.peak < view.parameters.jerk["above_loudest"] * stirred


def _stood_out_of(burst: Burst, last: int, loud: Floats, view: RunView) -> float | None:
    """Give the level before step `last` that a burst stands out of, g; None when it does not.

    Who has come to rest since then has done with what went on.
    """
    steps = view.steps
    rested = largest(loud[max(0, last - steps["rested_s"]) : max(0, last)])
    if last >= steps["rested_s"] and rested <= noticeable(burst.onset_step, burst.peak, view):
        return rested
    before = largest(loud[max(0, last - steps["stir_window_s"]) : max(0, last)])
    return before if burst.peak >= view.parameters.jerk["above_loudest"] * before else None


def left_ground(view: RunView, onset_step: int, end: int, turned_deg: float = 0.0) -> int | None:
    """Give the step in which the body became weightless that hit the ground in a burst; None when it did not.

    Parameters
    ----------
    onset_step
        First step of the burst.
    end
        Sample before which it hit the ground.
    turned_deg
        Turn of the limb with it.
    """
    begin = view.edge(max(0, onset_step)) - round(IN_THE_AIR_S * view.grid.rate_hz)
    flight = in_the_air(view, onset_step, begin, end, turned_deg)
    return view.step_of(flight[0]) if flight is not None and _hits(view, onset_step, flight[1], end) else None


def in_the_air(view: RunView, onset_step: int, begin: int, end: int, turned_deg: float = 0.0) -> tuple[int, int] | None:
    """Give the first and last sample of the last time that is weightless between two samples; None without one.

    Parameters
    ----------
    onset_step
        Step before which gravity was seen.
    turned_deg
        Turn of the limb with it: one that turns as far as a hard stretch may be swung downwards, and feels nothing for
        a moment either.
    """
    p, first = view.parameters.jerk, view.first
    gravity = view.gravity_size(onset_step)
    if math.isnan(gravity):
        return None
    begin, rate = max(first, begin), view.grid.rate_hz
    least_s, share = p["weightless_s"], p["weightless_share"]
    if turned_deg >= p["landing_deg"]:
        least_s, share = p["flight_s"], p["flight_share"]
    rows = view.xyz_g[begin - first : end - first].astype(np.float64)
    if not len(rows) or float(squares(rows).min()) >= (share * gravity) ** 2:
        # Most kicks: there is no moment of it.
        return None
    felt = sizes(rows, max(1, round(MEAN_S * rate)))
    falls = np.concatenate([[0], (felt < share * gravity).astype(np.int8), [0]])
    begins, ends = (np.flatnonzero(np.diff(falls) == step) for step in (1, -1))
    long = np.flatnonzero(ends - begins >= max(2, round(least_s * rate)))
    if not len(long):
        return None
    return begin + int(begins[long[-1]]), begin + int(ends[long[-1]]) - 1


def _hits(view: RunView, onset_step: int, last: int, end: int) -> bool:
    """Whether the ground is felt before sample `end` by who was in the air up to sample `last`."""
    felt = view.xyz_g[last - view.first : end - view.first].astype(np.float64)
    least = view.parameters.jerk["ground_share"] * view.gravity_size(onset_step)
    return largest(squares(felt)) > least**2


def landed(kick: Waiting, at: int, loud: Floats, view: RunView) -> bool:
    """Whether somebody was in the air before a kick, or in it, and rests at step `at`: it is one jump or fall.

    Where the run ends so soon after it nothing shows that they do not.
    """
    p = view.parameters.jerk
    if kick.event.peak_g < p["lands_g"]:
        return False
    newest, since = loud[at + 1 - OVER_STEPS : at + 1], loud[kick.began : at + 1]
    if at >= kick.due and largest(newest) > p["end_ratio"] * largest(since):
        return False
    begin = view.edge(kick.began) - round(IN_THE_AIR_S * view.grid.rate_hz)
    end = view.edge(at + 1)
    flight = in_the_air(view, kick.began, begin, end, kick.event.tilt_change_deg)
    if flight is None or flight[1] >= view.edge(at + 1 - OVER_STEPS):
        return False
    return _hits(view, kick.began, flight[1], end)


def takes_off(kick: Waiting, at: int, open_peak: float, view: RunView) -> bool:
    """Whether a kick was a push into the air: of the landing is told.

    Parameters
    ----------
    open_peak
        Level of a burst that is open at step `at`, g; 0 without one.
    """
    end = view.edge(at + 1)
    if open_peak <= kick.top:
        # The body is in the air by now, then: most do not even feel lighter.
        x, y, z = view.xyz_g[end - 1 - view.first].tolist()
        if x * x + y * y + z * z >= view.gravity_size(kick.began) ** 2:
            return False
    over = round((kick.event.end_s - view.start_s) * view.grid.rate_hz)
    flight = in_the_air(view, kick.began, over, end)
    if flight is None:
        return False
    return open_peak > kick.top or flight[1] >= end - 1
