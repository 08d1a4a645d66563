"""Kick queue: kicks wait in it for what comes after them, which may contradict them, until they are told as events."""

from bisect import insort
from dataclasses import dataclass, field
from operator import attrgetter

import numpy as np
from numpy.typing import NDArray

from dsp.aftermath import Proof, Waiting, belongs_to, is_contradicted, lies_back, lies_still, was_kick
from dsp.candidate import Candidate, Limits, limits_of
from dsp.first_swell import is_doubtful
from dsp.hindsight import LATE_STEPS, is_movement, looked_back
from dsp.kick import Measured
from dsp.kick_event import IMPACT
from dsp.kick_in_turn import kick_in_turn
from dsp.landing import landed, takes_off
from dsp.parameters import Parameters
from dsp.pendular import swings_freely
from dsp.results import Event
from dsp.run_view import RISE_STEPS, RunView
from dsp.struck import is_struck
from dsp.volley import is_one_of_beats
from dsp.whole_turn import is_whole_turn

Floats = NDArray[np.float32]
Steps = list[int]
Train = list[tuple[int, float]]
"""First step of each kick that came soon before another, and the level at its top, g."""

DUE = attrgetter("due")
MOST_KICKS = 2
"""More within `train_s` are a rhythm or a movement, which the frames name."""


@dataclass(slots=True, eq=False)
class KickQueue:
    """Kicks from where they were measured to where they are told; steps as in `dsp.jerks.JerkFinder`.

    Attributes
    ----------
    events
        Confirmed events, each as it became known.
    doubtful
        Those of them that wait for the frames and were not taken yet, and the level at their top, g.
    """

    parameters: Parameters
    events: list[Event] = field(default_factory=list)
    doubtful: list[tuple[Event, float]] = field(default_factory=list)
    _waiting: list[Waiting] = field(default_factory=list)
    _kicks: Train = field(default_factory=list)
    _limits: Limits = field(init=False)

    def __post_init__(self) -> None:
        """Work out once what every kick asks for."""
        self._limits = limits_of(self.parameters)

    @property
    def due(self) -> int | None:
        """Step at which the next kick is confirmed; None when none waits."""
        return self._waiting[0].due if self._waiting else None

    @property
    def oldest_step(self) -> int | None:
        """Oldest step at which a kick that waits began; None when none does."""
        return min((kick.began for kick in self._waiting), default=None)

    @property
    def steps(self) -> list[int]:
        """Steps at which a kick was found lately, or is likely."""
        return [step for step, _ in self._kicks] + [kick.began for kick in self._waiting if kick.is_likely]

    def forget(self, steps: int) -> None:
        """Count from `steps` later on: what lay before is kept no longer."""
        for kick in self._waiting:
            kick.began -= steps
            kick.due -= steps
        self._kicks = [(step - steps, top) for step, top in self._kicks]

    # -- kicks in -----------------------------------------------------------------------------------------------------

    def train_before(self, c: Candidate, at: int, view: RunView) -> Train | None:
        """Give the kicks soon before a burst, as step `at` shows; None when it and they are a rhythm, or a movement."""
        p = self.parameters.jerk
        near = [(step, top) for step, top in self._kicks if c.onset_step - step < self._limits.train]
        # What is far smaller is no part of the same train: somebody stumbles before the fall.
        if len(near) >= MOST_KICKS and c.peak < p["impact_g"]:
            self._take_back(self._turns(c, at, view))
            near = [kick for kick in near if kick in self._kicks]
            if sum(top > p["train_share"] * c.peak for _, top in near) >= MOST_KICKS:
                self.sustained(c)
                return None
        return near

    def sustained(self, c: Candidate) -> None:
        """Take back what was only the beginning of sustained motion, of which a burst is a part."""
        share, soon = self.parameters.jerk["train_share"], c.onset_step - self._limits.train
        self._waiting = [k for k in self._waiting if k.began < soon or c.peak < share * k.top]

    def take(self, measured: Measured, c: Candidate, train: Train, at: int, view: RunView) -> None:
        """Take a kick, known at step `at`, and the kicks soon before it."""
        event = measured.event
        # The candidate may have begun with a stretch; what follows is counted from the kick itself.
        began = max(c.onset_step, view.step_at(event.onset_s))
        if measured.proof is Proof.NONE:
            self._kicks = [*train, (c.onset_step, c.peak)]
            if event.is_impact:
                # What led up to it belongs to it.
                self._waiting = [k for k in self._waiting if k.event.peak_g > event.peak_g]
            # One whose top lies in this one was its beginning, seen before the rest had come.
            self._waiting = [k for k in self._waiting if k.event.peak_s < event.onset_s]
        # One that is more likely a movement so far keeps no other from being a kick; and one that is confirmed stays,
        # whatever comes soon after it: a fall has more than one impact.
        if not self._follows_impact(began, event, at, view):
            self.wait(Waiting(began, event, c.peak, measured.proof), view)

    def wait(self, kick: Waiting, view: RunView) -> None:
        """Let a kick wait for what comes after it, but no longer than lets it be told in time from its onset."""
        p, limits = self.parameters.jerk, self._limits
        in_time = view.step_at(kick.event.onset_s + p["confirmed_by_s"]) - 1
        kick.due = kick.began + limits.confirm
        if not kick.event.is_impact:
            # A greater impact may come after one.
            kick.due = min(kick.due, max(kick.began + LATE_STEPS, in_time))
        # One that began later may be due sooner.
        insort(self._waiting, kick, key=DUE)

    def _follows_impact(self, onset_step: int, event: Event, at: int, view: RunView) -> bool:
        """Whether it is what bounces or settles after an impact, as step `at` shows; a turn out of rest is none."""
        likely = [k for k in self._waiting if k.is_likely]
        known = self.events[-2:] + [k.event for k in likely]
        if not any(impact.is_impact for impact in known):
            return False
        rested = lies_still(onset_step, view)
        after = [impact for impact in known if belongs_to(event, impact, self.parameters, rested=rested)]
        if not event.is_impact:
            after = [impact for impact in after if not was_kick(impact, onset_step, view)]
        others_s = [event.onset_s]
        leads = [k for k in likely if any(k.event is impact for impact in after)]
        turns = [k for k in leads if is_whole_turn(k.event, k.began, at, view, others_s)]
        self._take_back([k.began for k in turns])
        return len(turns) < len(after)

    def _turns(self, c: Candidate, at: int, view: RunView) -> list[int]:
        """Give the first steps of the kicks that wait and that a turn out of rest explains, as step `at` shows."""
        other_s = view.start_s + view.edge(max(c.onset_step - RISE_STEPS, 0)) / view.grid.rate_hz
        return [k.began for k in self._waiting if is_whole_turn(k.event, k.began, at, view, [other_s])]

    def _take_back(self, turns: list[int]) -> None:
        """Take back the kicks that began in these steps: they were the begin or the end of a turn."""
        self._waiting = [kick for kick in self._waiting if kick.began not in turns]
        self._kicks = [k for k in self._kicks if not any(0 <= began - k[0] <= RISE_STEPS for began in turns)]

    # -- events out ---------------------------------------------------------------------------------------------------

    def confirm(self, at: int, loud: Floats, view: RunView, c: Candidate | None, *, at_end: bool = False) -> None:
        """Tell the kicks that are due at step `at` and that no greater impact has followed, nor anything contradicts.

        Parameters
        ----------
        loud
            Level of any motion of every step so far, g.
        c
            The burst that is open, which may be another kick.
        at_end
            Whether the run ends: no kick waits any longer.
        """
        while self._waiting and (at_end or at >= self._waiting[0].due):
            kick = self._waiting.pop(0)
            others = [step for step, _ in self._kicks]
            if c is not None:
                others.append(c.onset_step)
            if self._is_kick(kick, others, at, loud, view, c, at_end=at_end):
                event = looked_back(kick, at, loud, view, others)
                self.events.append(event)
                if is_doubtful(kick, at, loud, view):
                    self.doubtful.append((event, kick.top))

    def _is_kick(
        self,
        kick: Waiting,
        others: list[int],
        at: int,
        loud: Floats,
        view: RunView,
        c: Candidate | None,
        *,
        at_end: bool,
    ) -> bool:
        """Whether one that has waited is a kick after all; one that may be another waits on."""
        lands = landed(kick, at, loud, view)
        if lands and not kick.event.is_impact:
            # No muscle made it, however soft it is.
            kick.event = kick.event.but(flags=(*kick.event.flags, *IMPACT))
        doubted = (
            kick.proof is Proof.SWINGS
            or (kick.proof is Proof.LIES_BACK and not lies_back(kick, at, view))
            or (not lands and is_contradicted(kick, at, loud, view, others))
            or is_movement(kick, at, loud, view)
        )
        if doubted and not swings_freely(kick.event, at, view):
            full = kick.began + self._limits.confirm
            if at < full and not at_end:
                # What has just begun may be another kick: it is looked at again when it has waited its whole time.
                kick.due = full
                insort(self._waiting, kick, key=DUE)
                return False
            if at_end or not self._came_in_turn(kick, at, view):
                return False
        if not kick.is_likely and self._is_told(kick.event):
            return False
        if is_struck(kick.event, view) or _took_off(kick, at, view, c):
            return False
        if self._is_turn(kick, at, view):
            self._take_back([kick.began])
            return False
        if not doubted:
            self._came_in_turn(kick, at, view)
        return not is_one_of_beats(kick.began, at, view)

    def _came_in_turn(self, kick: Waiting, at: int, view: RunView) -> bool:
        """Whether it came with a quick stretch, and tell it so."""
        event = kick_in_turn(kick, at, view, self._onsets_s())
        if event is None:
            return False
        kick.event = event
        return True

    def _is_turn(self, kick: Waiting, at: int, view: RunView) -> bool:
        """Whether a turn of the limb from rest to rest explains a kick after all; a free swing is none."""
        explained = is_whole_turn(kick.event, kick.began, at, view, self._onsets_s())
        return explained and not swings_freely(kick.event, at, view)

    def _onsets_s(self) -> list[float]:
        """Onsets of the newest events, and of the kicks that wait."""
        return [event.onset_s for event in self.events[-2:]] + [other.event.onset_s for other in self._waiting]

    def _is_told(self, event: Event) -> bool:
        """Whether the slow path has told of it, for which it was no kick yet."""
        apart_s = self.parameters.pulse["apart_s"]
        return any(abs(told.onset_s - event.onset_s) < apart_s for told in self.events[-2:])


def _took_off(kick: Waiting, at: int, view: RunView, c: Candidate | None) -> bool:
    """Whether it only led to a landing."""
    return not kick.event.is_impact and takes_off(kick, at, 0.0 if c is None else c.peak, view)
