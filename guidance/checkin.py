"""The check-in: what a person says about the day; every answer optional."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dsp import InputError
from guidance.knowledge_base import Answer, Knowledge
from guidance.reading import load_knowledge


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckIn:
    """Answers by question; several chips of one question may be chosen.

    Attributes
    ----------
    chosen
        Question id to answer ids, for example ``{"load": ("feet_4h",)}``.
    """

    chosen: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def answers(self, knowledge: Knowledge | None = None) -> Iterator[tuple[str, Answer]]:
        """Chosen answers with the id of their question, in the order of the questions.

        Raises
        ------
        InputError
            When an id is not in the knowledge base.
        """
        k = knowledge or load_knowledge()
        known = {q.id: {a.id: a for a in q.answers} for q in k.questions}
        for question, ids in self.chosen.items():
            for each in ids:
                if each not in known.get(question, {}):
                    msg = (
                        f"the check-in has no answer {question}={each}; "
                        "`tremorscope checkin --questions` lists those it has"
                    )
                    raise InputError(msg)
        for question, answers in known.items():
            for each in dict.fromkeys(self.chosen.get(question, ())):
                yield question, answers[each]

    def said(self, knowledge: Knowledge | None = None) -> frozenset[str]:
        """Give the answers as ``question.answer``."""
        return frozenset(f"{question}.{answer.id}" for question, answer in self.answers(knowledge))

    def tried(self, knowledge: Knowledge | None = None) -> tuple[str, ...] | None:
        """Remedies that the person says they tried; None when nothing at all was answered."""
        answers = [a for _, a in self.answers(knowledge)]
        return tuple(a.remedy for a in answers if a.remedy) if answers else None

    @property
    def which(self) -> str:
        """The stretch they named; empty when they named none or several."""
        named = self.chosen.get("which", ())
        return named[0] if len(named) == 1 else ""

    def to_dict(self) -> dict[str, list[str]]:
        """Plain values, to be stored."""
        return {q: list(a) for q, a in self.chosen.items()}

    @staticmethod
    def from_dict(stored: Mapping[str, object], knowledge: Knowledge | None = None) -> "CheckIn":
        """Answers as they were stored; what the questions of today do not know is left out."""
        k = knowledge or load_knowledge()
        known = {q.id: {a.id for a in q.answers} for q in k.questions}
        kept = {
            q: tuple(str(x) for x in a if str(x) in known.get(q, ()))
            for q, a in stored.items()
            if isinstance(a, list | tuple)
        }
        return CheckIn(chosen={q: a for q, a in kept.items() if a})
