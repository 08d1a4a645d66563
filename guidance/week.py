"""The week: what the last seven days showed, against the seven before, and what helped."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from guidance.history import LEAST_SESSIONS, SessionSummary, did_it_help
from guidance.knowledge_base import Knowledge, load_knowledge

DAY_NS = 86_400_000_000_000
CLEAR_RATIO = 1.4
"""The scatter of one person's own tremor from night to night is of this order (3 dB; inference)."""
LEAST_S = 5.0
"""Changes below it are not worth a sentence (inference)."""
CLEAR_SHARE = 0.7
"""Share of pairs that went down from which a remedy is said to have helped: Cliff's delta 0.4 (inference)."""


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
        sentences.append(k.say("week", "count", sessions=len(this), minutes=minutes))
        sentences.append(_against(this, before, k))
        sentences += _remedies(dated, k)
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
    return k.say("week", "less" if now < then else "more")


def _remedies(dated: Sequence[SessionSummary], k: Knowledge) -> list[str]:
    """Say of each remedy that has been tried often enough whether it changed anything, with its size."""
    out = []
    for remedy in dict.fromkeys(r for h in dated for r in h.remedies):
        effect = did_it_help(remedy, dated)
        if not effect.known or math.isnan(effect.difference):
            continue
        title = k.remedies[remedy].text.rstrip(".") if remedy in k.remedies else remedy
        clear = abs(effect.difference) >= LEAST_S
        if clear and effect.difference < 0 and effect.consistency >= CLEAR_SHARE:
            out.append(k.say("week", "helped", remedy=title, seconds=-effect.difference))
        elif clear and effect.difference > 0 and effect.consistency <= 1.0 - CLEAR_SHARE:
            out.append(k.say("week", "worse", remedy=title, seconds=effect.difference))
        else:
            out.append(k.say("week", "no_help", remedy=title))
    return [*out, k.say("week", "chance")] if out else []
