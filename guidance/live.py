"""Live advice: one calm sentence, at most one change in 20 s, never during an event."""

from dsp import LiveState, State
from guidance.knowledge_base import Knowledge, load_knowledge
from guidance.types import LiveAdvice

MIN_INTERVAL_S = 20.0
LONG_HOLD_S = 45.0
"""Longer holds add strength loss, not reach (ACSM 2021: 10-30 s, 30-60 s for older adults)."""
TREMOR_LASTS_S = 3.0
HOLD_SETTLES_S = 5.0
LATE_S = 10.0
"""Tremor so far into a hold is spoken of as tiring (inference)."""


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
        name, why = self._choice(live)
        current = self._current
        if current is not None and (current.id == name or 0 <= now_s - current.since_s < self._interval_s):
            return None
        self._jerk_pending = False
        text = self._knowledge.say("live", name)
        self._current = LiveAdvice(id=name, text=text, why=why, since_s=now_s)
        return self._current

    def _choice(self, live: LiveState) -> tuple[str, str]:
        held_s = live.time_s - live.hold_start_s if live.hold_start_s is not None else 0.0
        since_s = live.time_s - live.since_s
        if live.label is State.REFLEX_RHYTHM:
            return "rhythm", f"a regular beat at {live.peak_hz:.1f} Hz"
        if live.label is State.TREMOR and since_s >= TREMOR_LASTS_S:
            name = "fatigue" if live.holding and held_s - since_s >= LATE_S else "tremor"
            return name, f"shaking of {1000 * live.rms_g:.0f} mg at {live.peak_hz:.1f} Hz for {since_s:.0f} s"
        if self._jerk_pending:
            return "jerk", "a kick right after the stretch"
        if live.holding and held_s >= LONG_HOLD_S:
            return "long_hold", f"held for {held_s:.0f} s"
        if live.holding and held_s >= HOLD_SETTLES_S:
            return "hold", f"holding for {held_s:.0f} s"
        if live.label is State.MOVEMENT:
            return "moving", "you are moving"
        return "still", "nothing above the sensor's own noise"
