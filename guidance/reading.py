"""Reads the knowledge base from its TOML files, and refuses one that does not hold together."""

import functools
import tomllib
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any

from dsp import InputError
from guidance.knowledge_base import (
    FAMILIES,
    LEVELS,
    MEASURES,
    STRONG,
    Answer,
    Card,
    Cause,
    Condition,
    Fact,
    Knowledge,
    Part,
    Protocol,
    ProtocolStep,
    Question,
    Remedy,
    Sign,
    Statement,
    StepKind,
)
from guidance.listing import Sentence, all_sentences

FILES = ("sources", "causes", "remedies", "checkin", "cards", "phrases", "protocols")
OTHER_FACTS = ("sessions", "cause")
"""What opens a card besides answers: what several sessions showed, and a cause that is shown."""


@functools.cache
def load_knowledge() -> Knowledge:
    """Read and check the knowledge that ships with the room.

    Raises
    ------
    InputError
        When a statement has no source, or a file names a source, remedy, cause, card or answer that is not there.
    """
    folder = resources.files("guidance").joinpath("knowledge")
    return parse_knowledge({n: tomllib.loads(folder.joinpath(f"{n}.toml").read_text(encoding="utf-8")) for n in FILES})


def parse_knowledge(raw: Mapping[str, Any]) -> Knowledge:
    """Turn the parsed files into `Knowledge`; see `load_knowledge`."""
    knowledge = Knowledge(
        version=raw["sources"]["version"],
        reviewed=raw["sources"]["reviewed"],
        sources=raw["sources"]["sources"],
        causes=tuple(_cause(c) for c in raw["causes"]["cause"]),
        remedies={r["id"]: Remedy(**_frozen(r)) for r in raw["remedies"]["remedy"]},
        questions=tuple(_question(q) for q in raw["checkin"]["question"]),
        cards={c["id"]: Card(**_frozen(c)) for c in raw["cards"]["card"]},
        emergency=raw["cards"]["emergency"],
        phrases={section: _frozen(phrases) for section, phrases in raw["phrases"].items()},
        protocols=_protocols(raw["protocols"]),
    )
    if problems := [*_unsourced(knowledge), *_unknown(knowledge), *_unfit(knowledge)]:
        msg = f"the knowledge base is inconsistent: {'; '.join(problems[:5])}"
        raise InputError(msg)
    return knowledge


def sources(knowledge: Knowledge | None = None) -> Mapping[str, str]:
    """Key and title of every source."""
    return (knowledge or load_knowledge()).sources


def sentences(knowledge: Knowledge | None = None) -> list[Sentence]:
    """Every sentence that can appear, with its sources."""
    return all_sentences(knowledge or load_knowledge())


def _frozen(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Turn lists into tuples, and a table of text and sources into a `Statement`."""
    return {name: _freeze(value) for name, value in raw.items()}


def _freeze(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_freeze(v) for v in value)
    if isinstance(value, dict) and set(value) == {"text", "sources"}:
        return Statement(text=value["text"], sources=tuple(value["sources"]))
    return value


def _cause(raw: Mapping[str, Any]) -> Cause:
    parts = _frozen({k: v for k, v in raw.items() if k not in ("sign", "fact")})
    signs = tuple(Sign(**_frozen(s) | {"when": tuple(Condition(**c) for c in s["when"])}) for s in raw.get("sign", ()))
    return Cause(**parts, signs=signs, facts=tuple(Fact(**_frozen(f)) for f in raw.get("fact", ())))


def _question(raw: Mapping[str, Any]) -> Question:
    answers = tuple(Answer(**_frozen(a) | {"weights": a.get("weights", {})}) for a in raw["answer"])
    return Question(id=raw["id"], text=raw["text"], answers=answers, part=Part(raw["part"]))


def _protocols(raw: Mapping[str, Any]) -> dict[str, Protocol]:
    steps = {s["id"]: ProtocolStep(**_frozen(s) | {"kind": StepKind(s["kind"])}) for s in raw["step"]}
    found = {}
    for p in raw["protocol"]:
        named = {part: tuple(steps[s] for s in p[part]) for part in ("opening", "each_leg", "between")}
        found[p["id"]] = Protocol(**_frozen(p) | named)
    return found


def _unsourced(k: Knowledge) -> Iterator[str]:
    for s in all_sentences(k):
        if not s.sources:
            yield f"{s.id}: no source"
        yield from (f"{s.id}: unknown source {x}" for x in s.sources if x not in k.sources)


def _unknown(k: Knowledge) -> Iterator[str]:
    causes = {c.id for c in k.causes}
    answers = {f"{q.id}.{a.id}" for q in k.questions for a in q.answers}
    for c in k.causes:
        yield from (f"cause {c.id}: unknown remedy {r}" for r in c.remedies if r not in k.remedies)
    for r in k.remedies.values():
        if r.sure not in k.phrases["sure"]:
            yield f"remedy {r.id}: no phrase says how sure {r.sure} is"
        yield from (f"remedy {r.id}: unknown answer {a}" for a in (*r.unless, *r.needs) if a not in answers)
    for p in k.protocols.values():
        if p.remedy and p.remedy not in k.remedies:
            yield f"protocol {p.id}: unknown remedy {p.remedy}"
    for card in k.cards.values():
        for fact in (f for line in card.when for f in line):
            if fact not in answers and fact.split(".")[0] not in OTHER_FACTS:
                yield f"card {card.id}: unknown answer {fact}"
    for q in k.questions:
        for a in q.answers:
            yield from (f"answer {q.id}.{a.id}: unknown cause {c}" for c in a.weights if c not in causes)
            if a.remedy and a.remedy not in k.remedies:
                yield f"answer {q.id}.{a.id}: unknown remedy {a.remedy}"


def _unfit(k: Knowledge) -> Iterator[str]:
    for c in k.causes:
        if c.signs and not c.from_sensor:
            yield f"cause {c.id} must not be read from the sensor"
        yield from (f"sign {c.id}.{s.id} weighs more than {STRONG}" for s in c.signs if abs(s.weight) > STRONG)
    for r in k.remedies.values():
        if r.family not in FAMILIES:
            yield f"remedy {r.id}: unknown family {r.family}"
        if r.measure not in MEASURES:
            yield f"remedy {r.id}: {r.measure} is no number of a session"
        if r.when not in ("now", "next"):
            yield f"remedy {r.id}: {r.when} is neither now nor next"
    yield from (f"card {c.id}: unknown level {c.level}" for c in k.cards.values() if c.level not in LEVELS)
    for q in k.questions:
        for a in q.answers:
            if any(abs(w) > STRONG for w in a.weights.values()):
                yield f"answer {q.id}.{a.id} weighs more than {STRONG}"
            if a.weights and not (a.said and a.why):
                yield f"answer {q.id}.{a.id} has weights but no words for them"
