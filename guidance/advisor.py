"""The advisor: findings, check-in and history in; ranked causes and advice out.

Additive and open: each cause has a score that is the sum of printable terms. No sign and no answer moves a cause by
more than 1.6 (5 to 1), and all answers together by at most 3.0 (20 to 1), so that they cannot overrule a clear
recording; the nervous system and medicines are never read from the sensor.
"""

import math
from collections.abc import Mapping, Sequence

from dsp import Findings, SideComparison
from guidance.actions import LEADING, choose_actions
from guidance.cards import HELP_FIRST, help_cards, patterns
from guidance.checkin import CheckIn
from guidance.history import SessionSummary, history_sentences, remedy_sentences, summarize
from guidance.knowledge_base import WEAK, Cause, Knowledge
from guidance.numbers import known, limb, mostly_moving, numbers_of
from guidance.reading import load_knowledge
from guidance.types import Advice, Evidence, RankedCause

MOST_FROM_ANSWERS = 3.0
SHOWN_FROM = WEAK
"""A cause needs at least one weak piece of evidence net (inference)."""
CALM_FROM_S = 30.0
"""A shorter look is too short to call a session calm (inference)."""


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
    answers = checkin or CheckIn()
    said = answers.said(k)
    numbers = numbers_of(findings, history=history, comparison=comparison, which=answers.which)
    ranked = _ranked(k, {} if mostly_moving(findings) else numbers, answers)
    shown = frozenset(f"cause.{c.id}" for c in ranked)
    cards = help_cards(k, said | shown | patterns(findings, history, comparison), country)
    now, later = choose_actions(k, ranked, numbers=numbers, said=said, history=history)
    if any(c.level in HELP_FIRST for c in cards):
        now, later = (), ()
    return Advice(
        seen=_seen(k, findings, numbers, comparison),
        verdict=_verdict(k, ranked, findings, numbers, answered=bool(said)),
        enough_evidence=bool(ranked),
        causes=ranked,
        now=now,
        next_time=later,
        help_cards=cards,
        limits=_limits(k, findings, ranked),
        history=(
            *history_sentences(findings, history, k, limb=limb(findings.placement), which=answers.which),
            *_of_remedies(k, answers, findings, history),
        ),
    )


def _ranked(k: Knowledge, numbers: Mapping[str, float], answers: CheckIn) -> tuple[RankedCause, ...]:
    scored = []
    for cause in k.causes:
        terms = [*_sensed(cause, numbers), *_answered(cause, answers, k)]
        score = sum(t.value for t in terms)
        if _enough(cause, terms) and score >= SHOWN_FROM - 1e-9:
            scored.append((score, cause, terms))
    scored.sort(key=lambda s: -s[0])
    total = sum(math.exp(s) for s, _, _ in scored)
    leads = _leads([s for s, cause, _ in scored if cause.from_sensor])
    first = next((cause.id for _, cause, _ in scored if cause.from_sensor), "")
    return tuple(
        RankedCause(
            id=cause.id,
            title=cause.title,
            from_sensor=cause.from_sensor,
            score=score,
            weight=math.exp(score) / total,
            certainty=k.say("certainty", _certainty(cause, leads=leads and cause.id == first)),
            terms=tuple(sorted(terms, key=lambda t: (t.value < 0, -abs(t.value)))),
            feels_like=cause.feels_like.text,
            how_common=cause.how_common.text,
            help=cause.help.text,
            sources=tuple(dict.fromkeys((*cause.feels_like.sources, *cause.how_common.sources, *cause.help.sources))),
        )
        for score, cause, terms in scored
    )


def _enough(cause: Cause, terms: Sequence[Evidence]) -> bool:
    """One sign of the sensor, or two answers; one answer to its own questions for what only answers can raise."""
    signs = sum(t.value > 0 for t in terms if not t.answered)
    said = [t.name.split(".")[0] for t in terms if t.answered and t.value > 0]
    if cause.opened_by and not set(said) & set(cause.opened_by):
        return False
    return signs >= 1 or len(said) >= (2 if cause.from_sensor else 1)


def _leads(scores: Sequence[float]) -> bool:
    return len(scores) == 1 or (len(scores) > 1 and scores[0] - scores[1] >= LEADING)


def _sensed(cause: Cause, numbers: Mapping[str, float]) -> list[Evidence]:
    return [
        Evidence(name=s.id, value=s.weight, text=s.text.format(**known(numbers)), why=s.why, sources=s.sources)
        for s in cause.signs
        if s.holds(numbers)
    ]


def _answered(cause: Cause, answers: CheckIn, k: Knowledge) -> list[Evidence]:
    weighed = [(f"{q}.{a.id}", a, a.weights[cause.id]) for q, a in answers.answers(k) if a.weights.get(cause.id)]
    total = sum(w for _, _, w in weighed)
    # Capped by scaling, so that the terms still add up to what they move, and one more answer never moves it back.
    scale = min(1.0, MOST_FROM_ANSWERS / abs(total)) if total else 1.0
    return [
        Evidence(
            name=name,
            value=weight * scale,
            text=k.say("why", "said", answer=answer.said),
            why=answer.why,
            sources=answer.sources,
            answered=True,
        )
        for name, answer, weight in weighed
    ]


def _verdict(
    k: Knowledge, ranked: Sequence[RankedCause], findings: Findings, numbers: Mapping[str, float], *, answered: bool
) -> str:
    if ranked and not ranked[0].from_sensor:
        return k.say("verdict", "ask_about", cause=_inside(ranked[0].title))
    likely = [c for c in ranked if c.from_sensor]
    if likely and _leads([c.score for c in likely]):
        return k.say("verdict", "most_like", cause=_inside(likely[0].title))
    if likely:
        return k.say("verdict", "between", cause=_inside(likely[0].title), other=_inside(likely[1].title))
    if mostly_moving(findings):
        return k.say("verdict", "moving")
    shaking = findings.tremor_s + findings.reflex_rhythm_s >= 1.0
    if shaking or numbers["stretch_jerk_count"] or findings.rest_twitch_count:
        return k.say("verdict", "not_enough" if answered else "ask")
    calm = findings.analysed_s >= CALM_FROM_S
    return k.say("verdict", "calm", limb=limb(findings.placement)) if calm else k.say("verdict", "not_enough")


def _certainty(cause: Cause, *, leads: bool) -> str:
    # What only answers can raise is something to ask about, and never what a session looks like.
    return ("most_like" if leads else "could_be") if cause.from_sensor else "ask_about"


def _inside(title: str) -> str:
    """Write a title as it stands within a sentence."""
    return title[0].lower() + title[1:]


def _seen(k: Knowledge, f: Findings, numbers: Mapping[str, float], comparison: SideComparison | None) -> str:
    values = {**known(numbers), "limb": limb(f.placement)}
    if mostly_moving(f):
        parts = ["moving"]
    else:
        shaken = f.tremor_s >= 1.0 and "tremor_hz" in values
        there = {
            "tremor": shaken,
            "rest_tremor": shaken and numbers["rest_tremor_s"] >= 1.0,
            "rhythm": f.reflex_rhythm_s >= 1.0,
            "jerks": numbers["stretch_jerk_count"] > 0,
            "twitches": f.rest_twitch_count > 0,
        }
        parts = [name for name, shown in there.items() if shown]
    said = [k.say("seen", name, **values) for name in parts]
    if not said:
        said = [k.say("seen", "nothing" if f.analysed_s >= 5.0 else "nothing_data", **values)]
    if comparison is not None and comparison.asymmetric:
        said.append(side_sentence(comparison, k))
    return " ".join(said)


def side_sentence(comparison: SideComparison, knowledge: Knowledge | None = None) -> str:
    """Say which side shook more."""
    k = knowledge or load_knowledge()
    return k.say("sides", f"more_{comparison.more.value}" if comparison.asymmetric else "alike")


def _limits(k: Knowledge, findings: Findings, ranked: Sequence[RankedCause]) -> tuple[str, ...]:
    out = [] if findings.gravity_present else [k.say("limits", "no_gravity")]
    out.append(k.say("limits", "one_sensor", limb=limb(findings.placement)))
    if any(c.id == "spasm_twitch" for c in ranked):
        out.append(k.say("limits", "no_twitch"))
    return (*out, k.say("limits", "evidence"))


def _of_remedies(
    k: Knowledge, answers: CheckIn, findings: Findings, history: Sequence[SessionSummary]
) -> tuple[str, ...]:
    """Say whether what was tried before this session helped, this session included."""
    remedies = answers.tried(k)
    if not remedies:
        return ()
    return remedy_sentences(remedies, [*history, summarize(findings, remedies=remedies)], k)
