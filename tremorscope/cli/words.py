"""How states, events and numbers read for people; the same words in the terminal and the report."""

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dsp import Event

STATE_WORDS = {
    "still": "still",
    "movement": "movement",
    "reflex_rhythm": "reflex rhythm",
    "tremor": "tremor",
    "unclear": "unclear",
    "no_data": "no data",
}
EVENT_WORDS = {"reflex_jerk": "reflex jerk", "twitch": "twitch", "impact": "impact"}


def event_word(event: "Event") -> str:
    """Name an event; what is harder than a muscle kicks is an impact, whatever it looks like."""
    return EVENT_WORDS[event.kind]


def clock(seconds: float) -> str:
    """Minutes and seconds, with hours when there are any: 4:12, 1:04:12."""
    whole = max(0, round(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, rest = divmod(rest, 60)
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def amount(value: float | None, unit: str, digits: int = 1) -> str:
    """Write a number with its unit, a dash when there is none."""
    return "-" if value is None or not math.isfinite(value) else f"{value:.{digits}f} {unit}"


def milli_g(value_g: float | None) -> str:
    """Acceleration in mg below 1 g, else in g."""
    if value_g is None or not math.isfinite(value_g):
        return "-"
    return f"{value_g:.2f} g" if value_g >= 1.0 else f"{1000.0 * value_g:.3g} mg"
