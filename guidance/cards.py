"""Help cards: which answers, and which patterns over several sessions, open them."""

from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from dsp import Findings, Side, SideComparison
from guidance.history import DAY_NS, LEAST_S, LEAST_SESSIONS, SessionSummary, summarize
from guidance.knowledge_base import LEVELS, Knowledge
from guidance.types import HelpCard

RHYTHM_AT_REST_S = 5.0
SEVERAL = 3
"""Sessions in a row, this one included, from which a pattern is mentioned: never one session alone (FDA 2026:
no prompt from a single reading)."""
WEEKS = 3
GROWTH = 1.4
"""Of the weekly median from week to week: above the scatter of one person's nights (3 dB; inference)."""
HELP_FIRST = ("emergency", "today")
"""With such a card nothing else is advised."""


def help_cards(k: Knowledge, facts: frozenset[str], country: str) -> tuple[HelpCard, ...]:
    """Cards that `facts` open, the first of each level, the most urgent first.

    Parameters
    ----------
    k
        The knowledge base.
    facts
        Answers (``question.answer``), ``sessions.*`` and ``cause.*``.
    country
        Two letters, for the emergency number; empty when unknown.
    """
    number = k.emergency.get(country.upper(), k.emergency[""])
    shown: dict[str, HelpCard] = {}
    for card in k.cards.values():
        if card.opens(facts) and card.level not in shown:
            text = card.text.format(emergency=number)
            shown[card.level] = HelpCard(id=card.id, level=card.level, text=text, show=card.show, sources=card.sources)
    return tuple(sorted(shown.values(), key=lambda c: LEVELS.index(c.level)))


def patterns(
    findings: Findings, history: Sequence[SessionSummary], comparison: SideComparison | None
) -> frozenset[str]:
    """Patterns over several sessions that may be worth a mention: ``sessions.*``."""
    found = set()
    before = history[-(SEVERAL - 1) :]
    if len(before) == SEVERAL - 1:
        rhythm = [h.rest_rhythm_s for h in before] + [summarize(findings).rest_rhythm_s]
        if min(rhythm) >= RHYTHM_AT_REST_S:
            found.add("sessions.rest_rhythm")
        sides = {h.more for h in before} | {comparison.more if comparison is not None else Side.UNKNOWN}
        if len(sides) == 1 and Side.UNKNOWN not in sides:
            found.add("sessions.one_side")
    if _grew(history):
        found.add("sessions.growth")
    return frozenset(found)


def _grew(history: Sequence[SessionSummary]) -> bool:
    """Whether shaking clearly grew from week to week, with enough sessions in each of the last three."""
    dated = [h for h in history if h.start_ns > 0]
    if not dated:
        return False
    newest = max(h.start_ns for h in dated)
    weeks: list[float] = []
    for ago in reversed(range(WEEKS)):
        own = [h.tremor_s for h in dated if 7 * ago <= (newest - h.start_ns) / DAY_NS < 7 * (ago + 1)]
        if len(own) < LEAST_SESSIONS:
            return False
        weeks.append(median(own))
    return all(b >= GROWTH * a and b - a >= LEAST_S for a, b in pairwise(weeks))
