"""The knowledge base: what causes, remedies, check-in, cards, phrases and guided sessions are made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

FAMILIES = ("take_breaks", "hydrate", "warm_up", "modify_stretch", "breathing", "sleep", "food", "professional")
MEASURES = ("tremor_s", "reflex_jerk_count")
LEVELS = ("emergency", "today", "appointment", "pharmacist")
"""Of help cards, the most urgent first."""
WEAK, MODERATE, STRONG = 0.4, 0.9, 1.6
"""Steps of evidence, natural log-odds: 1.5, 2.5 and 5 to 1. Nothing by itself moves a cause by more than `STRONG`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement with the keys of its own sources."""

    text: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What is known about a cause."""

    id: str
    text: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Bounds on one number of the session."""

    finding: str
    above: float | None = None
    below: float | None = None

    def holds(self, value: float) -> bool:
        """Whether a value lies within; NaN, an unknown one, never does."""
        known = value == value  # noqa: PLR0124 - only NaN differs from itself
        return known and (self.above is None or value > self.above) and (self.below is None or value < self.below)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """What the session may show for (weight above 0) or against (below 0) a cause, and why.

    Attributes
    ----------
    id
        Its name within the cause.
    when
        All of these must hold.
    weight
        Natural log-odds.
    text
        The evidence in words; numbers stand as `{name}`.
    why
        The reason.
    sources
        Keys into the source list.
    """

    id: str
    when: tuple[Condition, ...]
    weight: float
    text: str
    why: str
    sources: tuple[str, ...]

    def holds(self, numbers: Mapping[str, float]) -> bool:
        """Whether the numbers of a session show it."""
        return all(c.holds(numbers.get(c.finding, float("nan"))) for c in self.when)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One of the eight causes.

    Attributes
    ----------
    id, term, title
        Identifier, the field's name for it (never part of a result), and its plain name.
    from_sensor
        Whether the sensor may speak for it at all.
    opened_by
        Questions of which one answer at least must speak for it, where the sensor alone cannot tell it from others.
    feels_like, how_common, help
        What it feels like, how common it is, and when to seek help.
    remedies
        The ladder: what to try first, then next.
    facts
        What is known about it.
    signs
        What the session may show for or against it.
    """

    id: str
    term: str
    title: str
    from_sensor: bool
    feels_like: Statement
    how_common: Statement
    help: Statement
    remedies: tuple[str, ...]
    facts: tuple[Fact, ...]
    signs: tuple[Sign, ...]
    opened_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """What to do, how exactly, and what should change.

    Attributes
    ----------
    id, family
        Identifier, and one of `FAMILIES`.
    when
        ``now`` or ``next`` time.
    sure
        Which phrase says how sure this is.
    text, how_long, expect
        What to do, its dose, and what the next session should show if it worked.
    how_long_known
        The dose in the person's own numbers, where the session has them.
    measure
        The number of a session by which it is judged: ``tremor_s`` or ``reflex_jerk_count``.
    unless, needs
        Answers (``question.answer``) with which it is left out, or without which it is not given.
    """

    id: str
    family: str
    when: str
    sure: str
    text: Statement
    how_long: Statement
    expect: Statement
    how_long_known: Statement | None = None
    measure: str = "tremor_s"
    unless: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()

    def fits(self, said: frozenset[str]) -> bool:
        """Whether it suits a person who said `said`."""
        return not said & set(self.unless) and (not self.needs or bool(said & set(self.needs)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One chip of the check-in.

    Attributes
    ----------
    id, text
        Identifier, and the words on the chip.
    sources
        Keys into the source list.
    weights
        Natural log-odds by cause.
    said, why
        How it reads as evidence, and the reason for its weights.
    remedy
        The remedy that it says was tried.
    """

    id: str
    text: str
    sources: tuple[str, ...]
    weights: Mapping[str, float]
    said: str = ""
    why: str = ""
    remedy: str = ""


class Part(StrEnum):
    """How long an answer holds."""

    TODAY = "today"
    """For the sessions of one day."""
    WEEK = "week"
    """For a week: it changes slowly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question of the check-in."""

    id: str
    text: str
    answers: tuple[Answer, ...]
    part: Part = Part.TODAY


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Whom to see, what to show them, and which answers (any line, all of a line) open it."""

    id: str
    level: str
    when: tuple[tuple[str, ...], ...]
    text: str
    show: str
    sources: tuple[str, ...]

    def opens(self, facts: frozenset[str]) -> bool:
        """Whether what is known opens it."""
        return any(facts.issuperset(line) for line in self.when)


class StepKind(StrEnum):
    """What a step of a guided session is for."""

    WARM_UP = "warm_up"
    """Gentle movement; nothing is measured."""
    REST = "rest"
    """Lying still: what the leg does by itself."""
    SLOW_STRETCH = "slow_stretch"
    """Going in too slowly for the reflex."""
    HOLD = "hold"
    """How long the stretch stays calm."""
    RELEASE = "release"
    """Letting go."""
    FAST_STRETCH = "fast_stretch"
    """One quick move: what the reflex answers."""
    SWITCH = "switch"
    """Moving the sensor to the other leg."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolStep:
    """One step of a guided session: what for, how long (seconds), and the words."""

    id: str
    kind: StepKind
    seconds: float
    cue: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """A guided session.

    Attributes
    ----------
    id, title, about
        Identifier, its name, what it shows and how long it takes.
    opening
        Steps before the first leg.
    each_leg
        Steps that each leg does.
    between
        Steps between the legs, when one sensor has to change over.
    sources
        Keys into the source list.
    remedy
        The remedy that it tries, so that it counts when remedies are judged; empty when it tries none.
    """

    id: str
    title: str
    about: str
    opening: tuple[ProtocolStep, ...]
    each_leg: tuple[ProtocolStep, ...]
    between: tuple[ProtocolStep, ...]
    sources: tuple[str, ...]
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """Everything the advice rests on.

    Attributes
    ----------
    version, reviewed
        Of the knowledge, and the day it was last read through.
    sources
        Title of each source by key.
    causes, remedies, questions, cards, phrases, protocols
        The parts.
    emergency
        Emergency number by country; the empty key stands for an unknown one.
    """

    version: str
    reviewed: str
    sources: Mapping[str, str]
    causes: tuple[Cause, ...]
    remedies: Mapping[str, Remedy]
    questions: tuple[Question, ...]
    cards: Mapping[str, Card]
    emergency: Mapping[str, str]
    phrases: Mapping[str, Mapping[str, Statement]]
    protocols: Mapping[str, Protocol]

    def cause(self, name: str) -> Cause:
        """Give a cause by its identifier."""
        return next(c for c in self.causes if c.id == name)

    def say(self, section: str, name: str, **numbers: Any) -> str:
        """Phrase with its numbers filled in."""
        return self.phrases[section][name].text.format(**numbers)
