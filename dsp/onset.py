"""Onset: when shaking sprang up or grew, from steps of 0.1 s, and how briskly the limb turned on the way there.

How long a turn took tells a brisk one from a slow one, not its angle. What shakes hides the end of a turn, and a hard
turn is as loud as what it sets off: so the turn is taken to be done when the shaking begins, if it was not before, and
the posture after it is the mean over many beats. The pull of the turn itself, beside gravity, makes turns of half a
second look up to twice as long as they are. Who swings a limb on purpose turns it at once too, but by a degree or two:
a turn so small is the first half of a swing and no stretch. And what a muscle does that has just been stretched may
come of that: of what begins some seconds after a brisk stretch nothing is known, nor of what grows as one ends. Where
no stretch came before, how long the shaking took to grow tells a tired muscle's from a reflex, whose stretch may not
have shown in gravity.
"""

import numpy as np
from numpy.typing import NDArray

from dsp.gravity import tilt_deg
from dsp.grid import STEPS_PER_HOP, Grid
from dsp.parameters import Parameters
from dsp.steps import Steps
from dsp.swings import TURN_SHARE
from dsp.turn import PEAK

Floats = NDArray[np.float32]
Counts = NDArray[np.intp]

BACK_STEPS = 20
"""Steps before a window that are looked at as well: a hard turn hides what follows from the window's spectrum."""
STRONG_STEPS = 10
"""So many steps of a window are as strong as what shakes: five beats at 5 Hz, more than a turn or a kick (physics)."""
QUIET_STEPS = 3
"""Weak steps side by side that are a pause, not the trough between two beats at 3 Hz."""
RISE_STEPS = 5
"""Within which what springs up has its strength: two beats at 4 Hz; muscle noise grows over a second and more."""
TURN_STEPS = 8
"""Of a stretch that may still go on where the shaking seems to begin: 60 degrees at 75 deg/s (physics)."""
HALF = 0.5
"""Of what shakes: louder than most of a turn, and less than a reflex has within 0.15 s (prior)."""
LEAST_STEPS = 6
"""Of the shaking, that its posture can be told from."""
BEFORE_STEPS = np.arange(12, 16)
"""How far before the shaking the posture is taken that the limb came from."""
WAY_STEPS = 12
"""Steps before the shaking in which a turn may set it off (as `stretch_before_s`)."""
AFTER_STEPS = np.arange(2, 12)
"""Steps of the shaking whose mean is the posture that it goes on in."""
SHORTEST_S = 0.2
"""Of a turn: two steps tell no shorter one."""
FROM, UPTO = 0.1, 0.9
"""Shares of a turn whose moments tell how long it took."""


class Onsets:
    """Looks for the beginning of what shakes in a frame.

    Parameters
    ----------
    grid
        Of the analysis.
    parameters
        Section ``entry`` says what is weak, what is strong, and what is a turn.
    """

    def __init__(self, grid: Grid, parameters: Parameters) -> None:
        self._weak, self._sprung = (np.float32(parameters.entry[name]) for name in ("weak", "sprung"))
        self._least_deg, self._whole_deg = (np.float32(deg) for deg in parameters.entry["turn_deg"])
        self._sets_off, self._lately_rate = (
            np.float32(parameters.entry[name]) for name in ("sets_off_deg_per_s", "lately_deg_per_s")
        )
        self._lately_hops = np.arange(1, round(parameters.entry["lately_s"] * grid.rate_hz / grid.hop) + 1)
        self._hops = grid.window // grid.hop
        self._window = self._hops * STEPS_PER_HOP
        self._back = np.arange(-BACK_STEPS - self._window, 0)
        self._places = np.arange(len(self._back) - QUIET_STEPS + 1)
        self._step_s = grid.hop / grid.rate_hz / STEPS_PER_HOP

    def turns(self, steps: Steps, frames: Counts) -> tuple[NDArray[np.bool_], Floats, Floats, Counts]:
        """Look at some frames of a run.

        Returns
        -------
        Whether the shaking is seen to begin; the peak rate of the stretch with which it sprang up, deg/s: 0 where there
        was none, NaN without gravity, soon after another stretch, or where it grew as one was there; how long it took
        to grow where no stretch set it off, s, else NaN; and the step of the run in which it, or the turn that led to
        it, begins; each (frames,).
        """
        window, size = self._window, len(self._back)
        oldest = max(0, int(frames[0]) * STEPS_PER_HOP - BACK_STEPS)
        energy, mean_g = steps.energy.part(oldest), steps.mean.part(oldest)
        end = frames * STEPS_PER_HOP + window - oldest
        # Before the first step of a run, or of what is looked at, stands that step again.
        first = np.maximum(end - size, 0)
        at = end[:, None] + self._back
        seen, begin, grew, soon = self._beginnings(energy[np.maximum(at, first[:, None])], at >= 0)
        begin = np.maximum(begin + end - size, first)
        before = _total(mean_g[np.maximum(begin - BEFORE_STEPS[:, None], first)]) / np.float32(len(BEFORE_STEPS))
        after = _after(mean_g, begin, end)
        way = mean_g[np.maximum(begin[:, None] + self._back[-WAY_STEPS:], first[:, None])]
        gravity_g = steps.hop_gravity.part(int(frames[0]) + self._hops - 1)[frames - frames[0]]
        # The whole turn and the way there at once.
        shown = np.concatenate([after[:, None], way], axis=1)
        repeated = (part.repeat(1 + WAY_STEPS, axis=0) for part in (before, gravity_g))
        turned = tilt_deg(shown.reshape(-1, 3), *repeated).reshape(-1, 1 + WAY_STEPS)
        angle, turned = turned[:, 0], turned[:, 1:]
        lasts_s = self._step_s / TURN_SHARE * _steps_between(turned / np.maximum(angle, np.float32(1e-3))[:, None])
        rate = np.asarray(PEAK * angle / np.maximum(lasts_s, SHORTEST_S), np.float32)
        counts = (angle - self._least_deg) / (self._whole_deg - self._least_deg)
        rate *= np.minimum(np.maximum(counts, np.float32(0.0)), np.float32(1.0))
        grown, unset = grew >= RISE_STEPS, rate < self._sets_off
        if (grown | unset).any():
            lately = self._lately_stretched(steps, begin + oldest)
            # A turn out of rest is felt before what it sets off. What grew as a turn ended in any other way may be a
            # loop that gathers strength, or a muscle that has just been loaded; and what begins without a stretch may
            # have needed one that came shortly before.
            rate[np.where(unset, lately, grown & (lately | ~soon))] = np.nan
        unset &= ~np.isnan(rate)
        grew_s = np.where(unset, self._step_s * grew, np.nan).astype(np.float32)
        return seen, np.where(grown & unset, np.float32(0.0), rate), grew_s, begin + oldest

    def _lately_stretched(self, steps: Steps, begin: Counts) -> NDArray[np.bool_]:
        """Tell whether the limb turned briskly in the seconds before these steps, (frames,)."""
        hops = begin[:, None] // STEPS_PER_HOP - self._lately_hops
        first = max(0, int(hops.min()))
        turning = steps.hop_tilt.part(first)[np.maximum(hops, first) - first]
        return np.asarray((turning >= self._lately_rate).any(axis=1))

    def _beginnings(
        self, energy: Floats, known: NDArray[np.bool_]
    ) -> tuple[NDArray[np.bool_], Counts, Counts, NDArray[np.bool_]]:
        """Tell whether the shaking begins in these steps, (frames, steps), in which of them, and how many it grew for.

        It begins after the last pause before what is strong; nothing is `known` of a pause before the run. Where a
        turn is felt first, it may spring up `soon` after: within two beats of the last step that is not half as strong.
        """
        size = energy.shape[1]
        # A beat is strong and weak in turn: two steps together hold a whole one at 5 Hz.
        level = np.sqrt(np.float32(0.5) * (energy[:, 1:] + energy[:, :-1]))
        strong = np.partition(level[:, BACK_STEPS:], -STRONG_STEPS, axis=1)[:, -STRONG_STEPS, None]
        newest = size - 2 - (level >= strong)[:, ::-1].argmax(axis=1)
        weak = level < self._weak * strong
        weak &= known[:, :-1]
        paused = weak[:, 1:] & weak[:, :-1]
        paused &= self._places < newest[:, None]
        seen = paused.any(axis=1)
        begin = np.minimum(np.where(seen, size - paused[:, ::-1].argmax(axis=1), 0), size - LEAST_STEPS)
        after = np.arange(size - 1) - begin[:, None]
        turning = (after >= 0) & (after < TURN_STEPS) & (level < np.float32(HALF) * strong)
        over = np.where(turning, 1 + after, 0).max(axis=1)
        grown = level >= self._sprung * strong
        grown &= after >= 0
        soon = (grown & (after >= over[:, None]) & (after < over[:, None] + RISE_STEPS)).any(axis=1)
        return seen, begin, np.where(grown.any(axis=1), grown.argmax(axis=1), size) - begin, soon


def _after(mean_g: Floats, begin: Counts, end: Counts) -> Floats:
    """Mean of the first second of shaking that is there, (frames, 3), tapered, so that broken beats do not count."""
    count = np.minimum(len(AFTER_STEPS), end - begin - AFTER_STEPS[0])
    # Steps first, as they are added up.
    at = np.arange(len(AFTER_STEPS))[:, None]
    taper = np.where(at < count, np.sin(np.pi * (at + 1) / (count + 1)) ** 2, 0.0)
    # The weights of a Hann taper of n points add up to half of n + 1.
    taper *= 2.0 / (count + 1.0)
    weight = taper.astype(np.float32)
    return _total(weight[:, :, None] * mean_g[np.minimum(begin + AFTER_STEPS[:, None], end - 1)])


def _total(parts: Floats) -> Floats:
    """Sum of rows, one part (first axis) after the other: the same for one frame and for many; overwrites `parts`."""
    first, *others = parts
    for part in others:
        first += part
    return np.asarray(first)


def _steps_between(shown: NDArray[np.floating]) -> NDArray[np.float64]:
    """Count the steps that a turn took from its first to its last tenth, (frames,).

    Parameters
    ----------
    shown
        Share of the turn in each step before the shaking, (frames, steps).
    """
    frames, count = np.arange(len(shown)), shown.shape[1]
    # Within the first step of the shaking it is done, and hidden.
    share = np.concatenate([shown, np.ones((len(shown), 1))], axis=1)
    # What is far from gravity is on its way.
    share[np.isnan(share)] = 0.5
    steps = np.arange(count + 1)
    when = np.concatenate([steps[:-1], [count + 0.5]])
    last_low = np.where(share[:, :-1] <= FROM, steps[:-1], 0).max(axis=1)
    first_high = ((share >= UPTO) & (steps > last_low[:, None])).argmax(axis=1)

    def crossing(step: Counts, at: float) -> NDArray[np.float64]:
        """Moment between a step and the next one at which the turn reaches a share."""
        here, there = share[frames, step], share[frames, step + 1]
        part = (at - here) / np.where(there > here, there - here, 1.0)
        return np.asarray(when[step] + np.minimum(np.maximum(part, 0.0), 1.0) * (when[step + 1] - when[step]))

    return crossing(first_high - 1, UPTO) - crossing(last_low, FROM)
