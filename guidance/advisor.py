"""The advisor: findings, check-in and history in; ranked causes and advice out.

Additive and open: each cause has a score that is the sum of printable terms. Answers together move a cause by at most
3.0 (a factor of 20), so that they cannot overrule a clear recording; the nervous system and medicines are never read
from the sensor.
"""

import math
from collections.abc import Sequence

from dsp import Findings, SideComparison, Term
from guidance.checkin import CheckIn
from guidance.history import SessionSummary, above_usual_db, history_sentences
from guidance.knowledge_base import Cause, Knowledge, load_knowledge
from guidance.types import Action, Advice, HelpCard, RankedCause

MOST_FROM_ANSWERS = 3.0
MOST_ACTIONS = 3
SHOWN_FROM = 0.4
"""A cause needs at least one weak piece of evidence net (inference)."""
LEADING = math.log(2.0)
"""Looks most like: 2:1 or better over the next (the wording standard)."""
FIRST_HOLD = 0
RHYTHM_AT_REST_S = 5.0
RHYTHM_SESSIONS = 3
EMERGENCY = {"": "112", "US": "911", "CA": "911", "GB": "999", "IE": "112", "AU": "000", "NZ": "111"}
"""Emergency number by country; 112 works in most others."""
LEVELS = ("emergency", "today", "appointment", "pharmacist")


def advise(
    findings: Findings,
    *,
    checkin: CheckIn | None = None,
    history: Sequence[SessionSummary] = (),
    comparison: SideComparison | None = None,
    country: str = "",
    knowledge: Knowledge | None = None,
) -> Advice:
    """Advice for a session.

    Parameters
    ----------
    findings
        What the session shows.
    checkin
        What the person says; None when skipped.
    history
        Earlier sessions, oldest first.
    comparison
        Left against right, when two sensors ran.
    country
        Two letters, for the emergency number.
    knowledge
        The knowledge base; the shipped one by default.

    Returns
    -------
    Advice
        Nothing is said without evidence.
    """
    k = knowledge or load_knowledge()
    numbers = _numbers(findings, history)
    ranked = _ranked(k, numbers, checkin)
    verdict = _verdict(k, ranked, findings)
    cards = _cards(k, checkin, findings, history, country)
    now, later = _actions(k, ranked)
    seen = _seen(k, findings)
    if comparison is not None and comparison.asymmetric:
        seen = f"{seen} {comparison.text}"
    limits = [k.say("limits", "one_sensor"), k.say("limits", "evidence")]
    if not findings.gravity_present:
        limits.insert(0, k.say("limits", "no_gravity"))
    return Advice(
        seen=seen,
        verdict=verdict,
        enough_evidence=bool(ranked),
        causes=ranked,
        now=now,
        next_time=later,
        help_cards=cards,
        limits=tuple(limits),
        history=history_sentences(findings, history, k),
    )


def _numbers(findings: Findings, history: Sequence[SessionSummary]) -> dict[str, float]:
    """Every number a sign may read; NaN where it is not known."""
    numbers = {
        name: float(getattr(findings, name))
        for name in Findings.__dataclass_fields__
        if isinstance(getattr(findings, name), int | float)
    }
    first = findings.holds[FIRST_HOLD] if findings.holds else None
    numbers["first_hold_tremor_s"] = first.tremor_s if first is not None else float("nan")
    numbers["above_usual_db"] = above_usual_db(findings, history)
    return numbers


def _ranked(k: Knowledge, numbers: dict[str, float], checkin: CheckIn | None) -> tuple[RankedCause, ...]:
    scored = []
    for cause in k.causes:
        sensed = _sensed(cause, numbers)
        answered = _answered(cause, checkin, k)
        supporting = [t for t in sensed if t.value > 0], [t for t in answered if t.value > 0]
        # One sign of the sensor, two answers, or one strong answer for a cause that only answers can raise.
        enough = bool(supporting[0]) or len(supporting[1]) >= 2 or (bool(supporting[1]) and not cause.signs)
        score = sum(t.value for t in sensed) + sum(t.value for t in answered)
        if enough and score >= SHOWN_FROM:
            scored.append((score, cause, sensed + answered))
    scored.sort(key=lambda s: -s[0])
    total = sum(math.exp(s) for s, _, _ in scored)
    leads = len(scored) == 1 or (len(scored) > 1 and scored[0][0] - scored[1][0] >= LEADING)
    return tuple(
        RankedCause(
            id=cause.id,
            title=cause.title,
            score=score,
            weight=math.exp(score) / total,
            certainty=k.say("certainty", "most_like" if i == 0 and leads else "could_be"),
            terms=tuple(sorted(terms, key=lambda t: -abs(t.value))),
            feels_like=cause.feels_like,
            how_common=cause.how_common,
        )
        for i, (score, cause, terms) in enumerate(scored)
    )


def _sensed(cause: Cause, numbers: dict[str, float]) -> list[Term]:
    terms = []
    for sign in cause.signs:
        value = numbers.get(sign.finding, float("nan"))
        if not math.isnan(value) and sign.holds(value):
            terms.append(Term(name=sign.id, value=sign.weight, text=sign.text))
    return terms


def _answered(cause: Cause, checkin: CheckIn | None, k: Knowledge) -> list[Term]:
    terms = []
    for question, answer in checkin.answers(k) if checkin is not None else ():
        if weight := answer.weights.get(cause.id, 0.0):
            terms.append(Term(name=f"{question}.{answer.id}", value=weight, text=f"you said: {answer.text.lower()}"))
    total = sum(t.value for t in terms)
    if abs(total) <= MOST_FROM_ANSWERS:
        return terms
    # Capped by scaling, so that the terms still add up to what they move, and one more answer never moves it back.
    scale = MOST_FROM_ANSWERS / abs(total)
    return [Term(name=t.name, value=t.value * scale, text=t.text) for t in terms]


def _verdict(k: Knowledge, ranked: tuple[RankedCause, ...], findings: Findings) -> str:
    if not ranked:
        quiet = findings.tremor_s + findings.reflex_rhythm_s < 1.0 and findings.reflex_jerk_count == 0
        calm = quiet and findings.analysed_s >= 30.0 and findings.twitch_count == 0
        return k.say("verdict", "calm" if calm else "not_enough")
    first = ranked[0].title[0].lower() + ranked[0].title[1:]
    if len(ranked) == 1 or ranked[0].score - ranked[1].score >= LEADING:
        return k.say("verdict", "most_like", cause=first)
    other = ranked[1].title[0].lower() + ranked[1].title[1:]
    return k.say("verdict", "between", cause=first, other=other)


def _seen(k: Knowledge, f: Findings) -> str:
    numbers = {name: getattr(f, name) for name in Findings.__dataclass_fields__}
    parts = []
    if f.tremor_s >= 1.0:
        parts.append(k.say("seen", "tremor", **numbers))
    if f.reflex_rhythm_s >= 1.0:
        parts.append(k.say("seen", "rhythm", **numbers))
    if f.reflex_jerk_count:
        parts.append(k.say("seen", "jerks", **numbers))
    if f.twitch_count:
        parts.append(k.say("seen", "twitches", **numbers))
    if not parts:
        parts.append(k.say("seen", "nothing" if f.analysed_s >= 5.0 else "nothing_data", **numbers))
    return " ".join(parts)


def _actions(k: Knowledge, ranked: tuple[RankedCause, ...]) -> tuple[tuple[Action, ...], tuple[Action, ...]]:
    now: list[Action] = []
    later: list[Action] = []
    causes = {c.id: c for c in k.causes}
    for cause in ranked[:2]:
        for name in causes[cause.id].remedies:
            remedy = k.remedies[name]
            target = now if remedy.when == "now" else later
            if len(target) < MOST_ACTIONS and all(a.id != remedy.id for a in target):
                target.append(
                    Action(
                        id=remedy.id,
                        remedy=remedy.family,
                        text=remedy.text,
                        how_long=remedy.how_long,
                        expect=remedy.expect,
                        sources=remedy.sources,
                    )
                )
    if ranked and len(later) < MOST_ACTIONS and ranked[0].id in ("stretch_reflex", "muscle_overuse"):
        warm = k.remedies["warm_up"]
        later.append(
            Action(
                id=warm.id,
                remedy=warm.family,
                text=warm.text,
                how_long=warm.how_long,
                expect=warm.expect,
                sources=warm.sources,
            )
        )
    return tuple(now), tuple(later)


def _cards(
    k: Knowledge, checkin: CheckIn | None, f: Findings, history: Sequence[SessionSummary], country: str
) -> tuple[HelpCard, ...]:
    wanted = [a.card for _, a in checkin.answers(k) if a.card] if checkin is not None else []
    rhythmic = [h for h in history[-RHYTHM_SESSIONS + 1 :] if h.rest_rhythm_s >= RHYTHM_AT_REST_S]
    if f.rest_rhythm_s >= RHYTHM_AT_REST_S and len(rhythmic) >= RHYTHM_SESSIONS - 1:
        wanted.append("rest_rhythm")
    number = EMERGENCY.get(country.upper(), EMERGENCY[""])
    cards: dict[str, HelpCard] = {}
    for name in wanted:
        card = k.cards[name]
        # One card a level: the text between two cards is skipped by readers.
        cards.setdefault(
            card.level,
            HelpCard(
                id=card.id,
                level=card.level,
                text=card.text.format(emergency=number),
                show=card.show,
                sources=card.sources,
            ),
        )
    return tuple(sorted(cards.values(), key=lambda c: LEVELS.index(c.level)))
