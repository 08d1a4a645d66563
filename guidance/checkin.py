"""The check-in: what a person says about the day; every answer optional."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from dsp import InputError
from guidance.knowledge_base import Answer, Knowledge, load_knowledge


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
                    msg = f"the check-in has no answer {question}.{each}; fill it in again"
                    raise InputError(msg)
        for question, answers in known.items():
            for each in self.chosen.get(question, ()):
                yield question, answers[each]

    def to_dict(self) -> dict[str, list[str]]:
        """Plain values, to be stored."""
        return {q: list(a) for q, a in self.chosen.items()}

    @staticmethod
    def from_dict(stored: Mapping[str, object]) -> "CheckIn":
        """Answers as they were stored; what is not understood is left out."""
        return CheckIn(
            chosen={q: tuple(str(x) for x in a) for q, a in stored.items() if isinstance(a, list | tuple) and a}
        )
