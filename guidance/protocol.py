"""Guided sessions: leads through the steps by the session's clock, and reads them back from a recording's markers."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dsp import InputError, Side
from guidance.knowledge_base import Knowledge, Protocol, ProtocolStep, StepKind
from guidance.reading import load_knowledge

MARK = re.compile(r"^guided ([a-z_]+) (\d+) ([a-z_]+) (left|right|unknown)$")
OTHER = {Side.LEFT: Side.RIGHT, Side.RIGHT: Side.LEFT, Side.UNKNOWN: Side.UNKNOWN}


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A step as it falls due.

    Attributes
    ----------
    index
        Its place in the session, from 0.
    step
        What is done.
    side
        The leg it is for.
    from_s, to_s
        Seconds from the beginning of the guided session.
    """

    index: int
    step: ProtocolStep
    side: Side
    from_s: float
    to_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneStep:
    """A step that was done: what, which leg, from when to when on the recording's clock."""

    kind: StepKind
    side: Side
    start_s: float
    end_s: float


def find_protocol(name: str, knowledge: Knowledge | None = None) -> Protocol:
    """Give a protocol by its identifier.

    Raises
    ------
    InputError
        When there is none of this name; names those that are.
    """
    protocols = (knowledge or load_knowledge()).protocols
    if name not in protocols:
        msg = f"there is no guided session {name!r}; choose one of {', '.join(protocols)}"
        raise InputError(msg)
    return protocols[name]


def plan(protocol: Protocol, side: Side, *, both_worn: bool = False) -> tuple[Turn, ...]:
    """Lay out the steps of a session in time.

    Parameters
    ----------
    protocol
        The guided session.
    side
        The leg that begins.
    both_worn
        Whether each leg has a sensor, so that none has to change over.
    """
    between = () if both_worn else protocol.between
    legs = (
        *((s, side) for s in (*protocol.opening, *protocol.each_leg)),
        *((s, OTHER[side]) for s in (*between, *protocol.each_leg)),
    )
    turns, at = [], 0.0
    for index, (step, leg) in enumerate(legs):
        turns.append(Turn(index=index, step=step, side=leg, from_s=at, to_s=at + step.seconds))
        at += step.seconds
    return tuple(turns)


class Leader:
    """Leads through a guided session by the time that it is told; knows no clock, screen or sound.

    Parameters
    ----------
    protocol
        The guided session.
    side
        The leg that begins.
    both_worn
        Whether each leg has a sensor.
    """

    def __init__(self, protocol: Protocol, side: Side = Side.UNKNOWN, *, both_worn: bool = False) -> None:
        self.protocol = protocol
        self.turns = plan(protocol, side, both_worn=both_worn)
        self._begun_s: float | None = None
        self._next = 0

    @property
    def total_s(self) -> float:
        """How long it takes."""
        return self.turns[-1].to_s

    @property
    def done(self) -> bool:
        """Whether the last step has begun and its time is over; asked after `advance`."""
        return self._next > len(self.turns)

    def advance(self, now_s: float) -> tuple[Turn, ...]:
        """Take the time; the steps that begin now. The first call begins the session."""
        if self._begun_s is None:
            self._begun_s = now_s
        since_s = now_s - self._begun_s
        begun = []
        while self._next < len(self.turns) and self.turns[self._next].from_s <= since_s:
            begun.append(self.turns[self._next])
            self._next += 1
        if self._next == len(self.turns) and since_s >= self.total_s:
            self._next += 1
        return tuple(begun)

    def remaining_s(self, now_s: float) -> float:
        """Seconds until the present step ends; the whole step's before the first."""
        if self._begun_s is None or not self._next:
            return self.turns[0].step.seconds
        turn = self.turns[min(self._next, len(self.turns)) - 1]
        return max(0.0, turn.to_s - (now_s - self._begun_s))

    def mark(self, turn: Turn) -> str:
        """Word the marker that keeps a step in the recording."""
        return f"guided {self.protocol.id} {turn.index} {turn.step.kind.value} {turn.side.value}"


def done_steps(markers: Sequence[tuple[float, str]], end_s: float) -> tuple[str, tuple[DoneStep, ...], int]:
    """Read the steps of a guided session back from a recording's markers.

    Parameters
    ----------
    markers
        Time and text of each.
    end_s
        End of the recording.

    Returns
    -------
    str, tuple of DoneStep, int
        The protocol (empty without one), its steps, and the index of the last one.
    """
    found = [(at, match) for at, text in sorted(markers) if (match := MARK.match(text))]
    if not found:
        return "", (), -1
    ends = [at for at, _ in found[1:]] + [end_s]
    steps = tuple(
        DoneStep(kind=StepKind(match[3]), side=Side(match[4]), start_s=at, end_s=max(at, end))
        for (at, match), end in zip(found, ends, strict=True)
        if match[3] in set(StepKind)
    )
    return found[0][1][1], steps, int(found[-1][1][2])
