"""Live advice: one calm sentence, at most one change in 20 s, never during an event."""

from collections.abc import Mapping

from dsp import LiveState, State
from guidance.knowledge_base import Knowledge
from guidance.reading import load_knowledge
from guidance.types import LiveAdvice

MIN_INTERVAL_S = 20.0
LONG_HOLD_S = 45.0
"""Longer holds add strength loss, not reach (ACSM 2021: 10-30 s, 30-60 s for older adults)."""
TREMOR_LASTS_S = 3.0
HOLD_SETTLES_S = 5.0
LATE_S = 10.0
"""Tremor so far into a hold is spoken of as tiring (inference)."""


PRESSING = (State.REFLEX_RHYTHM, State.TREMOR, State.MOVEMENT, State.STILL, State.UNCLEAR, State.NO_DATA)
"""Of two legs the one in the earlier state is spoken of."""
STALE_S = 3.0
"""A leg whose sensor has been silent for longer is not spoken of."""


def spoken_of(legs: Mapping[str, LiveState]) -> str | None:
    """Choose the sensor to speak of: one in an event, so that nothing is said during it, else the most pressing."""
    if not legs:
        return None
    newest_s = max(live.time_s for live in legs.values())
    heard = {label: live for label, live in legs.items() if newest_s - live.time_s <= STALE_S}
    return min(heard, key=lambda label: (heard[label].event is None, PRESSING.index(heard[label].label)))


class LiveAdvisor:
    """Chooses the sentence.

    Parameters
    ----------
    knowledge
        The shipped one by default.
    min_interval_s
        Seconds between two changes.
    """

    def __init__(self, knowledge: Knowledge | None = None, *, min_interval_s: float = MIN_INTERVAL_S) -> None:
        self._knowledge = knowledge or load_knowledge()
        self._interval_s = min_interval_s
        self._current: LiveAdvice | None = None
        self._jerk_pending = False

    def update(self, *, now_s: float, live: LiveState) -> LiveAdvice | None:
        """Take the newest state; the new sentence when it changes, else None."""
        if live.event is not None:
            # Said afterwards: nobody reads during a kick.
            self._jerk_pending = self._jerk_pending or live.event.stretch_delay_s is not None
            return None
        name = self._choice(live)
        current = self._current
        if name is None or (current is not None and current.id == name):
            return None
        # A clock that went back is another session, or a jump within a recording: the interval begins afresh.
        if current is not None and 0 <= now_s - current.since_s < self._interval_s:
            return None
        self._jerk_pending = False
        self._current = LiveAdvice(
            id=name, text=self._knowledge.say("live", name), why=self._why(name, live), since_s=now_s
        )
        return self._current

    def _choice(self, live: LiveState) -> str | None:
        held_s, since_s = _held_s(live), live.time_s - live.since_s
        if live.label is State.REFLEX_RHYTHM:
            return "rhythm"
        if live.label is State.TREMOR and since_s >= TREMOR_LASTS_S:
            return "fatigue" if live.holding and held_s - since_s >= LATE_S else "tremor"
        if self._jerk_pending:
            return "jerk"
        if live.holding and held_s >= HOLD_SETTLES_S:
            return "long_hold" if held_s >= LONG_HOLD_S else "hold"
        # While it is not clear what happens, what was said stands.
        return {State.MOVEMENT: "moving", State.STILL: "still"}.get(live.label)

    def _why(self, name: str, live: LiveState) -> str:
        return self._knowledge.say(
            "live_why",
            name,
            held_s=_held_s(live),
            since_s=live.time_s - live.since_s,
            peak_hz=live.peak_hz,
            rms_mg=1000.0 * live.rms_g,
        )


def _held_s(live: LiveState) -> float:
    return live.time_s - live.hold_start_s if live.hold_start_s is not None else 0.0
