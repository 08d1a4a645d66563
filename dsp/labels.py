"""The words for what the limb does: states, events, placements, sides."""

from enum import StrEnum
from typing import NoReturn

from dsp.errors import InputError


class State(StrEnum):
    """What the limb does during a frame; a run of one state is a segment."""

    STILL = "still"
    """At rest: nothing above the sensor's own noise."""
    MOVEMENT = "movement"
    """Voluntary or passive movement: slow power, posture change, gait, rhythm made on purpose."""
    REFLEX_RHYTHM = "reflex_rhythm"
    """Self-sustaining, very regular stretch-reflex rhythm."""
    TREMOR = "tremor"
    """Sustained narrow-band shaking with an irregular envelope."""
    UNCLEAR = "unclear"
    """The two most likely states are within 2:1 of each other."""
    NO_DATA = "no_data"
    """More than 5 % of the window is missing."""


class EventLabel(StrEnum):
    """Something brief with an onset."""

    REFLEX_JERK = "reflex_jerk"
    """A brief kick that follows a stretch within about a second."""
    TWITCH = "twitch"
    """A brief kick with no stretch before it."""


class Placement(StrEnum):
    """Where the sensor is worn; each has priors of its own."""

    FOOT = "foot"
    ANKLE = "ankle"
    CALF = "calf"
    THIGH = "thigh"
    WRIST = "wrist"
    TRUNK = "trunk"
    UNKNOWN = "unknown"

    @classmethod
    def _missing_(cls, value: object) -> NoReturn:
        raise InputError(_no_such("placement", cls, value))


class Side(StrEnum):
    """Which side of the body the sensor is worn on."""

    LEFT = "left"
    RIGHT = "right"
    UNKNOWN = "unknown"

    @classmethod
    def _missing_(cls, value: object) -> NoReturn:
        raise InputError(_no_such("side", cls, value))


def _no_such(what: str, choices: type[StrEnum], value: object) -> str:
    return f"{value!r} is no {what}; choose one of {', '.join(choices)}"
