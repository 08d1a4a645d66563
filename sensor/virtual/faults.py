"""Faults: everything that can go wrong with a virtual sensor, to be switched on and off while it runs."""

from collections import deque
from dataclasses import dataclass, field


@dataclass(slots=True, kw_only=True)
class Faults:
    """What a virtual sensor does wrong. All of it may be changed at any time, from any thread.

    Attributes
    ----------
    lost
        Share of the data packets that get lost on the way, 0 to 1.
    lose_next
        How many of the next packets get lost for certain.
    damage_next
        How many of the next packets are damaged so that they cannot be decoded.
    flood
        How many copies of each packet are sent at once in place of one.
    silent
        Whether data packets stay out while the link is up.
    mute
        Whether commands get no answer at all.
    refuse
        Status numbers with which the next starts are refused, in order.
    before_answer
        Indications that come before the next answer: stale answers of another program, or answers to something else.
    already_running
        Whether the sensor believes that it is streaming: starts are refused until it has been stopped.
    """

    lost: float = 0.0
    lose_next: int = 0
    damage_next: int = 0
    flood: int = 1
    silent: bool = False
    mute: bool = False
    refuse: deque[int] = field(default_factory=deque)
    before_answer: list[bytes] = field(default_factory=list)
    already_running: bool = False
