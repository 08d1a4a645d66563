"""Guided sessions on the screen: the step that is due, and the one after it."""

from dataclasses import dataclass

import guidance


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidedTurn:
    """A step of a guided session began.

    Attributes
    ----------
    title
        Name of the guided session.
    turn, then
        The step, and the one that follows; None at the end.
    count
        How many there are.
    began_s
        When it began, on the session's clock.
    """

    title: str
    turn: guidance.Turn
    then: guidance.Turn | None
    count: int
    began_s: float

    def left_s(self, now_s: float) -> float:
        """Seconds until the step is over."""
        return max(0.0, self.turn.step.seconds - max(0.0, now_s - self.began_s))


@dataclass(frozen=True, slots=True, kw_only=True)
class GuidedOver:
    """All steps are done."""
