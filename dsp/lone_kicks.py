"""Lone kicks: a limb that lies still but for one kick is still, and its frames say so; the kick is told as an event."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from dsp.aftermath import fades, lies_still
from dsp.few import largest
from dsp.frames import FrameBatch
from dsp.kick_level import STEP_S
from dsp.labels import State
from dsp.named import name_frames
from dsp.parameters import Parameters
from dsp.rests import STIRRED, rests_begin, rests_until
from dsp.results import Event
from dsp.run_view import AFTER_KICK_STEPS, RISE_STEPS, RunView

KEPT = 8
"""Final frames that are remembered, 4 s: the last one that a kick stirs comes 3.5 s after the first that is asked."""
STILL = State.STILL.value


@dataclass(slots=True)
class _Lone:
    """A kick, as it is known once the first frame beside it is final.

    Attributes
    ----------
    over_s
        Until when nothing but itself stirs the limb, s; None until then.
    was_still
        Whether the frames before it were.
    """

    kick: Event
    over_s: float | None = None
    was_still: bool = False


@dataclass(slots=True, eq=False)
class LoneKicks:
    """Names the frames of kicks out of rest and into rest."""

    parameters: Parameters
    _kicks: list[_Lone] = field(default_factory=list)
    # Time and label of the newest final frames.
    _newest: list[tuple[float, str]] = field(default_factory=list)
    _lag: int = field(init=False)

    def __post_init__(self) -> None:
        """Work out how many frames are known after one that is final."""
        self._lag = round(self.parameters.decision["lag_hops"])

    def note(self, events: Iterable[Event]) -> None:
        """Remember events that have been confirmed."""
        self._kicks += map(_Lone, events)

    def settle(self, batch: FrameBatch, known_steps: NDArray[np.int64], view: RunView) -> None:
        """Call those of the next final frames still that nothing but a kick stirred.

        A frame is final 4 s after its middle, when all is known of a kick beside it and of the rest after that.
        """
        frames = batch.frames
        if not len(frames):
            return
        # Side by side: of many frames a few are asked for, kick by kick.
        p, times_s, labels = self.parameters.lone_kick, np.ascontiguousarray(frames["time_s"]), frames["label"]
        if self._kicks:
            named: list[int] = []
            # What one leaves is what the next one finds.
            for lone in sorted(self._kicks, key=attrgetter("kick.onset_s")):
                kick = lone.kick
                first = int(times_s.searchsorted(kick.onset_s + _from_s(kick, p)))
                if lone.over_s is None and first < len(times_s):
                    # Asked at once, while the samples before it are there.
                    lone.was_still = self._was_still(kick, times_s, labels)
                    # It may have come to rest since it moved.
                    rested = lone.was_still or lies_still(view.step_at(kick.onset_s), view)
                    known = int(known_steps[first]) - view.first_step
                    lone.over_s = kick.onset_s + _stirs_for_s(kick, known, view) if rested else -math.inf
                last = times_s.searchsorted(-math.inf if lone.over_s is None else lone.over_s)
                stirred = [at for at, label in enumerate(labels[first:last].tolist(), first) if label in STIRRED]
                if not lone.was_still:
                    # Its windows say so of the time after the kick then.
                    stirred = [at for at in stirred if batch.still[at + self._lag :][:1].any()]
                labels[stirred] = STILL
                named += stirred
            if named:
                name_frames(frames, named, State.STILL, p["sure"])
            self._kicks = [lone for lone in self._kicks if lone.over_s is None or lone.over_s > times_s[-1]]
        newest = zip(times_s[-KEPT:].tolist(), labels[-KEPT:].tolist(), strict=True)
        self._newest = [*self._newest, *newest][-KEPT:]

    def _was_still(self, kick: Event, times_s: NDArray[np.float64], labels: NDArray[np.str_]) -> bool:
        """Whether the frames before it say so."""
        first_s, last_s = (kick.onset_s - self.parameters.lone_kick[name] for name in ("still_from_s", "still_to_s"))
        first, last = times_s.searchsorted((first_s, last_s))
        before = [label for at_s, label in self._newest if first_s <= at_s < last_s]
        before += labels[first:last].tolist()
        return bool(before) and all(label == STILL for label in before)


def _from_s(kick: Event, p: Mapping[str, float]) -> float:
    """From when on frames are asked for, after the onset of a kick: those of a quick stretch just before it moved."""
    quick = kick.stretch_delay_s is not None and kick.stretch_delay_s < p["stretched_s"]
    return p["stretch_over_s"] if quick else -p["before_s"]


def _stirs_for_s(kick: Event, known: int, view: RunView) -> float:
    """Give how long after its onset nothing but its own ring has stirred the limb, s; 0 where something else has.

    From then on the limb rests, until something else comes: windows of 4 s may hold both, and those between them one.
    """
    onset, reach = view.step_at(kick.onset_s), _steps("reaches_s", view)
    rests = _rests_again(kick, known, view)
    if rests is None:
        # What comes soon after it, another kick or a movement, is not of it: up to the pause before that it stirred
        # alone.
        rests = _pauses(onset, known, view)
    if rests is None:
        return 0.0
    begin, size, quiet_g = rests
    grid = view.grid
    end = rests_until(begin, size, min(onset + reach, known), quiet_g, view)
    # Of the last frame that it stirs the middle is half a hop before.
    return (view.edge(end) - view.edge(onset) - 0.5 * grid.hop) / grid.rate_hz


def _pauses(onset: int, known: int, view: RunView) -> tuple[int, int, float] | None:
    """First pause after a kick, as `_rests_again`."""
    size = _steps("pause_s", view)
    first, last = onset + _steps("turns_back_s", view), min(onset + _steps("after_s", view), known)
    if last - first < size:
        return None
    pauses = rests_begin(first, last, size, view).nonzero()[0]
    if not len(pauses) or view.turns(onset, first + int(pauses[0]) + size):
        return None
    return first + int(pauses[0]), size, 1e-3 * view.parameters.rest["loudest_mg"]


def _rests_again(kick: Event, known: int, view: RunView) -> tuple[int, int, float] | None:
    """Where a rest begins and how long it is at least, steps, and how loud at most, g, if it only rang until then.

    That is where the limb is as quiet as before it, and lies where it lay. None where something else stirs it.
    """
    p, onset, rest = view.parameters.lone_kick, view.step_at(kick.onset_s), _steps("rest_s", view)
    before, after = onset - RISE_STEPS, onset + _steps("after_s", view)
    heard = view.step_loud[after : min(onset + _steps("rests_by_s", view) + rest, known - 1)]
    if before < rest or len(heard) <= rest:
        return None
    # Of its two halves the quieter: it may have come to rest in between.
    middle = before - rest // 2
    rest_g = min(largest(part) for part in (view.step_loud[before - rest : middle], view.step_loud[middle:before]))
    left_g = min(p["left"] * kick.peak_g, 1e-3 * p["most_left_mg"])
    quiet_g = max(p["as_quiet"] * rest_g, left_g, 1e-3 * view.parameters.rest["loudest_mg"])
    first = _first_quiet(heard.tolist(), rest, float(np.float32(quiet_g)))
    if first is None:
        return None
    begin, p_jerk = after + first, view.parameters.jerk
    if first > 0:
        # It is a slow one that rings for longer, and all that a ring does is to fade.
        rang = view.step_loud[onset + AFTER_KICK_STEPS : begin].tolist()
        if not fades(rang, p_jerk["ring_left"], p_jerk["new_rise"]):
            return None
    if view.turns(onset, begin + rest) or _moves_slowly(onset, before, begin + rest, view):
        return None
    return begin, rest, quiet_g


def _first_quiet(heard: list[float], size: int, quiet_g: float) -> int | None:
    """Give the place from which so many levels on end are quiet; None without one. Most are found at once."""
    quiet = 0
    for at, level in enumerate(heard):
        quiet = quiet + 1 if level <= quiet_g else 0
        if quiet == size:
            return at + 1 - size
    return None


def _moves_slowly(onset: int, before: int, end: int, view: RunView) -> bool:
    """Whether slow motion shows beside the ring: a swing to and fro soon after the kick, which no ring is."""
    p, begin = view.parameters.lone_kick, onset + _steps("turns_back_s", view)
    rested = before - _steps("rest_s", view)
    rest_g2 = largest(view.slow[view.edge(rested) - view.first : view.edge(before) - view.first])
    first, last = view.edge(begin) - view.first, view.edge(end) - view.first
    noise_g2 = p["as_quiet"] ** 2 * rest_g2
    if largest(view.slow[first:last]) <= noise_g2:
        return False
    edges = view.edges(np.arange(begin, end)) - view.first
    slow_g2 = np.maximum.reduceat(view.slow[first:last], edges - first)
    # The two swell in turn: within three steps each is at its largest.
    loud_g = view.step_loud[begin - 1 : end + 1]
    ring_g = np.maximum(np.maximum(loud_g[:-2], loud_g[1:-1]), loud_g[2:])
    # First over second differences (physics).
    ratio = 0.5 / math.sin(math.pi * p["slowest_hz"] * view.grid.lag / view.grid.rate_hz)
    return bool((slow_g2 > np.maximum(noise_g2, np.square(ratio * ring_g))).any())


def _steps(name: str, view: RunView) -> int:
    return round(view.parameters.lone_kick[name] / STEP_S)
