"""The week: what the last seven days showed, against the seven before, and what helped."""

from collections.abc import Sequence
from dataclasses import dataclass

from guidance.history import DAY_NS, LEAST_S, LEAST_SESSIONS, SessionSummary, remedy_sentences, tried
from guidance.knowledge_base import Knowledge
from guidance.reading import load_knowledge

CLEAR_RATIO = 1.4
"""The scatter of one person's own tremor from night to night is of this order (3 dB; inference)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """Seven days in numbers and words.

    Attributes
    ----------
    sessions
        How many.
    tremor_min
        Minutes of tremor in all.
    jerks
        Reflex jerks in all.
    before_sessions, before_tremor_min
        The same of the seven days before.
    sentences
        What to say of it.
    """

    sessions: int
    tremor_min: float
    jerks: int
    before_sessions: int
    before_tremor_min: float
    sentences: tuple[str, ...]


def weekly(history: Sequence[SessionSummary], now_ns: int, knowledge: Knowledge | None = None) -> Week:
    """Sum up the last seven days.

    Parameters
    ----------
    history
        Earlier sessions; those without a date are left out.
    now_ns
        UTC.
    """
    k = knowledge or load_knowledge()
    dated = [h for h in history if h.start_ns > 0 and h.start_ns <= now_ns]
    this = [h for h in dated if now_ns - h.start_ns < 7 * DAY_NS]
    before = [h for h in dated if 7 * DAY_NS <= now_ns - h.start_ns < 14 * DAY_NS]
    minutes, earlier = (sum(h.tremor_s for h in part) / 60.0 for part in (this, before))
    sentences: list[str] = []
    if not this:
        sentences.append(k.say("week", "none"))
    else:
        kicks = sum(h.reflex_jerk_count for h in this)
        sentences.append(k.say("week", "count", sessions=len(this), minutes=minutes, kicks=kicks))
        sentences.append(_against(this, before, k))
        sentences += remedy_sentences(tried(this, k), dated, k)
    return Week(
        sessions=len(this),
        tremor_min=minutes,
        jerks=sum(h.reflex_jerk_count for h in this),
        before_sessions=len(before),
        before_tremor_min=earlier,
        sentences=tuple(sentences),
    )


def _against(this: Sequence[SessionSummary], before: Sequence[SessionSummary], k: Knowledge) -> str:
    if min(len(this), len(before)) < LEAST_SESSIONS:
        return k.say("week", "early")
    now, then = (sum(h.tremor_s for h in part) / len(part) for part in (this, before))
    if abs(now - then) < LEAST_S or max(now, then) < CLEAR_RATIO * min(now, then):
        return k.say("week", "same")
    return k.say("week", "less" if now < then else "more", now=now, then=then)
