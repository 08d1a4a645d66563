"""Every sentence that can appear, with its sources and what it weighs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from guidance.knowledge_base import Cause, Knowledge, Question, Remedy

OURS = ("inference",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sentence:
    """A sentence that can appear.

    Attributes
    ----------
    id
        Where it lives in the knowledge base.
    kind
        ``cause``, ``fact``, ``sign``, ``remedy``, ``question``, ``answer``, ``help_card``, ``phrase`` or ``protocol``.
    about
        The cause, remedy, question, card, section or guided session it belongs to.
    text
        The sentence; numbers stand as `{name}`.
    sources
        Keys into the source list.
    weights
        What it moves, by cause, in natural log-odds; empty when nothing.
    """

    id: str
    kind: str
    about: str
    text: str
    sources: tuple[str, ...]
    weights: Mapping[str, float] = field(default_factory=dict)


def all_sentences(knowledge: Knowledge) -> list[Sentence]:
    """Every sentence that can appear, in the order of the knowledge base."""
    return list(_sentences(knowledge))


def _sentences(k: Knowledge) -> Iterator[Sentence]:
    for c in k.causes:
        yield from _of_cause(c)
    for r in k.remedies.values():
        yield from _of_remedy(r)
    for q in k.questions:
        yield from _of_question(q)
    for card in k.cards.values():
        for part in ("text", "show"):
            text = getattr(card, part)
            yield Sentence(
                id=f"card.{card.id}.{part}", kind="help_card", about=card.id, text=text, sources=card.sources
            )
    for section, phrases in k.phrases.items():
        for name, p in phrases.items():
            yield Sentence(id=f"{section}.{name}", kind="phrase", about=section, text=p.text, sources=p.sources)
    yield from _of_protocols(k)


def _of_cause(c: Cause) -> Iterator[Sentence]:
    yield Sentence(id=f"cause.{c.id}.title", kind="cause", about=c.id, text=c.title, sources=c.how_common.sources)
    for part in ("feels_like", "how_common", "help"):
        said = getattr(c, part)
        yield Sentence(id=f"cause.{c.id}.{part}", kind="cause", about=c.id, text=said.text, sources=said.sources)
    for f in c.facts:
        yield Sentence(id=f"cause.{c.id}.fact.{f.id}", kind="fact", about=c.id, text=f.text, sources=f.sources)
    for s in c.signs:
        name, weights = f"cause.{c.id}.sign.{s.id}", {c.id: s.weight}
        yield Sentence(id=name, kind="sign", about=c.id, text=s.text, sources=s.sources, weights=weights)
        yield Sentence(id=f"{name}.why", kind="sign", about=c.id, text=s.why, sources=s.sources)


def _of_remedy(r: Remedy) -> Iterator[Sentence]:
    for part in ("text", "how_long", "how_long_known", "expect"):
        said = getattr(r, part)
        if said is not None:
            yield Sentence(id=f"remedy.{r.id}.{part}", kind="remedy", about=r.id, text=said.text, sources=said.sources)


def _of_question(q: Question) -> Iterator[Sentence]:
    yield Sentence(id=f"checkin.{q.id}", kind="question", about=q.id, text=q.text, sources=OURS)
    for a in q.answers:
        name = f"checkin.{q.id}.{a.id}"
        yield Sentence(id=name, kind="answer", about=q.id, text=a.text, sources=a.sources, weights=a.weights)
        for part in ("said", "why"):
            if text := getattr(a, part):
                yield Sentence(id=f"{name}.{part}", kind="answer", about=q.id, text=text, sources=a.sources)


def _of_protocols(k: Knowledge) -> Iterator[Sentence]:
    for p in k.protocols.values():
        for part in ("title", "about"):
            text = getattr(p, part)
            yield Sentence(id=f"protocol.{p.id}.{part}", kind="protocol", about=p.id, text=text, sources=p.sources)
    steps = {s.id: s for p in k.protocols.values() for s in (*p.opening, *p.each_leg, *p.between)}
    for step in steps.values():
        name = f"protocol.step.{step.id}"
        yield Sentence(id=name, kind="protocol", about=step.id, text=step.cue, sources=step.sources)
