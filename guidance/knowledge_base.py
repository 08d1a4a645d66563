"""The knowledge base: causes, remedies, check-in, cards and phrases, read from TOML and checked."""

import functools
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from typing import Any

from dsp import InputError

FILES = ("sources", "causes", "remedies", "checkin", "cards", "phrases", "protocols")
FAMILIES = ("take_breaks", "hydrate", "warm_up", "modify_stretch", "breathing", "sleep", "food", "professional")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sign:
    """What one number of the findings says for or against a cause."""

    id: str
    finding: str
    weight: float
    text: str
    sources: tuple[str, ...]
    above: float | None = None
    below: float | None = None

    def holds(self, value: float) -> bool:
        """Whether a (known) value shows the sign."""
        return (self.above is None or value > self.above) and (self.below is None or value < self.below)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One of the eight causes."""

    id: str
    title: str
    feels_like: str
    how_common: str
    sources: tuple[str, ...]
    from_sensor: bool
    remedies: tuple[str, ...]
    help: str
    help_sources: tuple[str, ...]
    signs: tuple[Sign, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """What to do, how exactly, and what should change."""

    id: str
    family: str
    when: str
    text: str
    how_long: str
    expect: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One chip of the check-in."""

    id: str
    text: str
    weights: Mapping[str, float]
    sources: tuple[str, ...]
    card: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One question of the check-in."""

    id: str
    text: str
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """Whom to see, and what to show them."""

    id: str
    level: str
    text: str
    show: str
    sources: tuple[str, ...]


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
    """

    id: str
    title: str
    about: str
    opening: tuple[ProtocolStep, ...]
    each_leg: tuple[ProtocolStep, ...]
    between: tuple[ProtocolStep, ...]
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence that can appear.

    Attributes
    ----------
    id
        Where it lives in the knowledge base.
    text
        The sentence; numbers stand as `{name}`.
    sources
        Keys into the source list.
    """

    id: str
    text: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Knowledge:
    """Everything the advice rests on."""

    sources: Mapping[str, str]
    causes: tuple[Cause, ...]
    remedies: Mapping[str, Remedy]
    questions: tuple[Question, ...]
    cards: Mapping[str, Card]
    phrases: Mapping[str, Mapping[str, Sentence]]
    protocols: Mapping[str, Protocol]

    def say(self, section: str, name: str, **numbers: object) -> str:
        """Phrase with its numbers filled in."""
        return self.phrases[section][name].text.format(**numbers)


@functools.cache
def load_knowledge() -> Knowledge:
    """Read and check the knowledge that ships with the room.

    Raises
    ------
    InputError
        When a file names a source, remedy, cause or card that is not there.
    """
    folder = resources.files("guidance").joinpath("knowledge")
    return parse_knowledge({n: tomllib.loads(folder.joinpath(f"{n}.toml").read_text(encoding="utf-8")) for n in FILES})


def parse_knowledge(raw: Mapping[str, Any]) -> Knowledge:
    """Turn the parsed files into `Knowledge`; see `load_knowledge`."""
    knowledge = Knowledge(
        sources=raw["sources"],
        causes=tuple(_cause(c) for c in raw["causes"]["cause"]),
        remedies={r["id"]: Remedy(**r | {"sources": tuple(r["sources"])}) for r in raw["remedies"]["remedy"]},
        questions=tuple(_question(q) for q in raw["checkin"]["question"]),
        cards={c["id"]: Card(**c | {"sources": tuple(c["sources"])}) for c in raw["cards"]["card"]},
        phrases={
            section: {
                name: Sentence(id=f"{section}.{name}", text=p["text"], sources=tuple(p["sources"]))
                for name, p in phrases.items()
            }
            for section, phrases in raw["phrases"].items()
        },
        protocols=_protocols(raw["protocols"]),
    )
    _check(knowledge)
    return knowledge


def sentences(knowledge: Knowledge | None = None) -> list[Sentence]:
    """Every sentence that can appear, with its sources."""
    return list(_sentences(knowledge or load_knowledge()))


def sources(knowledge: Knowledge | None = None) -> Mapping[str, str]:
    """Key and title of every source."""
    return (knowledge or load_knowledge()).sources


def _sentences(k: Knowledge) -> Iterator[Sentence]:
    for c in k.causes:
        for part in ("title", "feels_like", "how_common"):
            yield Sentence(id=f"cause.{c.id}.{part}", text=getattr(c, part), sources=c.sources)
        yield Sentence(id=f"cause.{c.id}.help", text=c.help, sources=c.help_sources)
        for s in c.signs:
            yield Sentence(id=f"cause.{c.id}.sign.{s.id}", text=s.text, sources=s.sources)
    for r in k.remedies.values():
        for part in ("text", "how_long", "expect"):
            yield Sentence(id=f"remedy.{r.id}.{part}", text=getattr(r, part), sources=r.sources)
    for q in k.questions:
        yield Sentence(id=f"checkin.{q.id}", text=q.text, sources=("inference",))
        for a in q.answers:
            yield Sentence(id=f"checkin.{q.id}.{a.id}", text=a.text, sources=a.sources)
    for card in k.cards.values():
        yield Sentence(id=f"card.{card.id}.text", text=card.text, sources=card.sources)
        yield Sentence(id=f"card.{card.id}.show", text=card.show, sources=card.sources)
    for section in k.phrases.values():
        yield from section.values()
    yield from _of_protocols(k)


def _of_protocols(k: Knowledge) -> Iterator[Sentence]:
    for p in k.protocols.values():
        for part in ("title", "about"):
            yield Sentence(id=f"protocol.{p.id}.{part}", text=getattr(p, part), sources=p.sources)
    steps = {s.id: s for p in k.protocols.values() for s in (*p.opening, *p.each_leg, *p.between)}
    for step in steps.values():
        yield Sentence(id=f"protocol.step.{step.id}", text=step.cue, sources=step.sources)


def _cause(raw: Mapping[str, Any]) -> Cause:
    signs = tuple(Sign(**s | {"sources": tuple(s["sources"])}) for s in raw.get("sign", ()))
    fields: dict[str, Any] = {k: tuple(v) if isinstance(v, list) else v for k, v in raw.items() if k != "sign"}
    return Cause(**fields, signs=signs)


def _protocols(raw: Mapping[str, Any]) -> dict[str, Protocol]:
    steps = {
        s["id"]: ProtocolStep(**s | {"kind": StepKind(s["kind"]), "sources": tuple(s["sources"])}) for s in raw["step"]
    }
    found = {}
    for p in raw["protocol"]:
        named = {part: tuple(steps[s] for s in p[part]) for part in ("opening", "each_leg", "between")}
        found[p["id"]] = Protocol(**p | named | {"sources": tuple(p["sources"])})
    return found


def _question(raw: Mapping[str, Any]) -> Question:
    answers = tuple(Answer(**a | {"sources": tuple(a["sources"])}) for a in raw["answer"])
    return Question(id=raw["id"], text=raw["text"], answers=answers)


def _check(k: Knowledge) -> None:
    ids = {c.id for c in k.causes}
    problems = [f"{s.id}: unknown source {x}" for s in _sentences(k) for x in s.sources if x not in k.sources]
    problems += [f"{s.id}: no source" for s in _sentences(k) if not s.sources]
    problems += [f"cause {c.id}: unknown remedy {r}" for c in k.causes for r in c.remedies if r not in k.remedies]
    problems += [f"remedy {r.id}: unknown family {r.family}" for r in k.remedies.values() if r.family not in FAMILIES]
    for q in k.questions:
        for a in q.answers:
            problems += [f"answer {q.id}.{a.id}: unknown cause {c}" for c in a.weights if c not in ids]
            if a.card and a.card not in k.cards:
                problems.append(f"answer {q.id}.{a.id}: unknown card {a.card}")
    problems += [f"cause {c.id} must not be read from the sensor" for c in k.causes if c.signs and not c.from_sensor]
    if problems:
        msg = f"the knowledge base is inconsistent: {'; '.join(problems[:5])}"
        raise InputError(msg)
