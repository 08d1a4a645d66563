"""Kinds: what an event is shown as."""

from dsp import EventLabel


def event_kind(label: EventLabel, *, is_impact: bool) -> str:
    """Kind of an event, by which it is named, signed and coloured: what is harder than a muscle kicks is an impact."""
    return "impact" if is_impact else label.value
