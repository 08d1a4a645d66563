"""Whatever can be said is listed with its source, and whatever is listed can be said."""

import itertools
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import guidance
from dsp import Event, EventLabel, Findings, LiveState, Placement, Side, SideComparison, State
from dsp.findings import HoldFinding
from guidance import CheckIn, LiveAdvisor, SessionSummary

K = guidance.load_knowledge()
LISTED = {s.id: s.text for s in guidance.sentences()}
DAY_NS = 86_400_000_000_000
NOW_NS = 1_800_000_000_000_000_000
NAN = float("nan")
Make = Callable[..., Findings]
MakeHold = Callable[..., HoldFinding]


def pattern(template: str) -> str:
    """What a sentence looks like with its numbers and names filled in."""
    return re.sub(r"\\\{[^}]*\\\}", "(.+?)", re.escape(template))


ALL = "|".join(sorted((pattern(t) for t in LISTED.values()), key=len, reverse=True))
ONLY_LISTED = re.compile(rf"(?:{ALL})(?: (?:{ALL}))*")


def is_listed(text: str) -> bool:
    return ONLY_LISTED.fullmatch(text) is not None


LEAD: dict[str, dict[str, tuple[str, ...]]] = {
    "muscle_fatigue": {"load": ("hard_exercise",), "stretch": ("own_strength",)},
    "muscle_overuse": {"load": ("feet_4h", "sore")}, "spasm_twitch": {"muscle": ("flicker", "knot")},
    "stretch_reflex": {"stretch": ("fast", "braced")}, "nerve": {"signs": ("numb", "one_side")},
    "stress": {"mood": ("tense", "racing")}, "medicine": {"medicine": ("changed",), "kinds": ("lithium",)},
    "other": {"food": ("over_5h", "shaky_hungry")},
}  # fmt: skip
"""Answers with which a cause leads."""


def said_by(advice: guidance.Advice) -> list[str]:
    """Every text of an advice that a person reads."""
    return [
        advice.seen, advice.verdict, *advice.limits, *advice.history,
        *(x for c in advice.causes for x in (c.title, c.certainty, c.feels_like, c.how_common, c.help)),
        *(x for c in advice.causes for t in c.terms for x in (t.text, t.why)),
        *(x for a in (*advice.now, *advice.next_time) for x in (a.text, a.how_long, a.expect, a.why, a.sure)),
        *(x for c in advice.help_cards for x in (c.text, c.show)),
    ]  # fmt: skip


def comparison(more: Side) -> SideComparison:
    return SideComparison(
        tremor_db=9.0, tremor_s_difference=20.0, jerk_difference=0, rhythm_s_difference=0.0, coherence=0.1, more=more
    )


ANSWERS = [(q.id, a.id) for q in K.questions for a in q.answers]
GENEROUS = {"suppress_health_check": [HealthCheck.function_scoped_fixture, HealthCheck.too_slow], "deadline": None}


@settings(max_examples=60, **GENEROUS)
@given(data=st.data())
def test_nothing_is_said_that_is_not_listed(findings: Make, hold: MakeHold, data: st.DataObject) -> None:
    chosen: dict[str, tuple[str, ...]] = {}
    for q, a in data.draw(st.lists(st.sampled_from(ANSWERS), max_size=8, unique=True)):
        chosen[q] = (*chosen.get(q, ()), a)
    seconds = st.sampled_from([0.0, 0.5, 4.0, 40.0])
    held = hold(tremor_s=data.draw(seconds), tremor_after_s=data.draw(st.sampled_from([None, 0.4, 20.0])))
    made = findings(
        tremor_s=data.draw(seconds), tremor_hz=7.0, tremor_rms_g=data.draw(st.sampled_from([NAN, 0.01, 0.1])),
        fatigue_tremor_s=data.draw(seconds), reflex_rhythm_s=data.draw(seconds), rest_tremor_s=data.draw(seconds),
        rest_rhythm_s=data.draw(seconds), rest_twitch_count=data.draw(st.integers(0, 9)),
        hold_to_tremor_s=data.draw(st.sampled_from([NAN, 1.0, 12.0, 30.0])), holds=data.draw(st.sampled_from([(), (held,)])),
        placement=data.draw(st.sampled_from(list(Placement))), gravity_present=data.draw(st.booleans()),
        movement_s=data.draw(st.sampled_from([20.0, 170.0])), analysed_s=data.draw(st.sampled_from([2.0, 178.0])),
    )  # fmt: skip
    summary = SessionSummary(
        tremor_rms_g=0.02, tremor_s=data.draw(seconds), rest_rhythm_s=9.0, remedies=data.draw(st.sampled_from([(), ("sleep",)]))
    )  # fmt: skip
    more = data.draw(st.sampled_from([None, Side.LEFT, Side.UNKNOWN]))
    advice = guidance.advise(
        made,
        checkin=CheckIn(chosen=chosen),
        history=[summary] * data.draw(st.integers(0, 8)),
        comparison=None if more is None else comparison(more),
        country=data.draw(st.sampled_from(["", "GB", "XX"])),
    )
    for text in said_by(advice):
        assert is_listed(text), text


def test_words_that_are_nowhere_listed_would_be_noticed() -> None:
    assert not is_listed("You will be fine.")
    assert not is_listed("Let go and rest the leg. You will be fine.")
    assert is_listed("Let go and rest the leg. Wait 2 to 3 minutes; 5 after hard effort.")


def weighing(cause: str) -> list[tuple[str, str]]:
    """Answers that speak for or against a cause."""
    return [(q.id, a.id) for q in K.questions for a in q.answers if cause in a.weights]


def advices(findings: Make, hold: MakeHold) -> Iterable[guidance.Advice]:
    """Sessions, answers and histories that between them bring every sentence of an advice to light."""
    shaken = hold(tremor_s=9.0, tremor_after_s=0.5, end_s=90.0, jerk_count=2)
    calm_hold = hold()
    sessions = [
        findings(), findings(analysed_s=2.0), findings(movement_s=170.0), findings(gravity_present=False),
        findings(rest_twitch_count=9), findings(reflex_rhythm_s=9.0),
        findings(tremor_s=20.0, tremor_hz=9.0, rest_tremor_s=20.0),
        findings(
            tremor_s=20.0, tremor_hz=7.0, fatigue_tremor_s=20.0, hold_to_tremor_s=30.0, tremor_trend_db_per_hold=2.0,
            tremor_rms_g=0.05, holds=(shaken,), reflex_jerk_count=2, jerks_per_fast_stretch=2.0, jerk_trend_per_hold=-1.0,
        ),
        findings(
            tremor_s=20.0, tremor_hz=7.0, hold_to_tremor_s=1.0, rest_tremor_s=9.0, reflex_rhythm_s=9.0, rest_rhythm_s=9.0,
            rest_twitch_count=20, tremor_rms_g=0.05, holds=(calm_hold, shaken),
        ),
    ]  # fmt: skip
    # Each answer beside each session, and beside each condition that a remedy asks for; a second answer makes enough.
    for made, (q, a), extra in itertools.product(
        sessions, ANSWERS, ({}, {"hands": ("yes",), "known": ("fluid_limit",)})
    ):
        chosen: dict[str, tuple[str, ...]] = {**extra, q: (a,)}
        yield guidance.advise(made, checkin=CheckIn(chosen=chosen), comparison=comparison(Side.LEFT))
    for made in sessions:
        yield guidance.advise(made)
        yield guidance.advise(made, comparison=comparison(Side.RIGHT))
        yield guidance.advise(made, comparison=comparison(Side.UNKNOWN))
    together: tuple[dict[str, tuple[str, ...]], ...] = (
        {"food": ("shaky_hungry",), "kinds": ("diabetes",)}, {"kinds": ("lithium",), "sudden": ("unsteady",)},
        {"kinds": ("mood",), "sudden": ("restless",)}, {"signs": ("numb",), "mood": ("tense",), "hands": ("yes",)},
        {"food": ("shaky_hungry", "over_5h"), "known": ("fluid_limit",)},
    )  # fmt: skip
    for chosen in together:
        yield guidance.advise(sessions[0], checkin=CheckIn(chosen=chosen))
    # What speaks against a cause shows beside what speaks for it.
    for cause, made in itertools.product(K.causes, sessions):
        for question, answer in [("load", "usual"), *weighing(cause.id)]:
            chosen = LEAD[cause.id] | {question: (*LEAD[cause.id].get(question, ()), answer)}
            yield guidance.advise(made, checkin=CheckIn(chosen=chosen), comparison=comparison(Side.LEFT))
    # Every ladder to its last rung: what was tried without a change makes way for the next.
    for cause in K.causes:
        for failed in range(len(cause.remedies) + 1):
            none = [SessionSummary(tremor_s=20.0, remedies=())] * 3
            tries = [SessionSummary(tremor_s=20.0, remedies=cause.remedies[:failed])] * 3
            yield guidance.advise(findings(), checkin=CheckIn(chosen=LEAD[cause.id]), history=[*none, *tries])


def histories(findings: Make) -> Iterable[guidance.Advice]:
    """Sessions after others: baseline, trend, remedies, patterns over several sessions."""
    made = findings(tremor_s=20.0, tremor_hz=7.0, tremor_rms_g=0.02, rest_rhythm_s=9.0)
    said = CheckIn(chosen={"tried": ("sleep",)})
    for rms_g in (0.002, 0.02, 0.2):
        yield guidance.advise(made, history=[SessionSummary(tremor_rms_g=rms_g, tremor_s=20.0)] * 6)
    yield guidance.advise(findings(), history=[SessionSummary(tremor_rms_g=0.02, tremor_s=20.0)] * 4)
    yield guidance.advise(made, history=[SessionSummary()])
    yield guidance.advise(made, history=[SessionSummary(tremor_s=4.0 * i) for i in range(6)])
    yield guidance.advise(findings(tremor_s=0.0), history=[SessionSummary(tremor_s=40.0 - 4.0 * i) for i in range(7)])
    yield guidance.advise(made, history=[SessionSummary(rest_rhythm_s=9.0, more=Side.LEFT)] * 2)
    yield guidance.advise(made, history=[SessionSummary(more=Side.LEFT)] * 2, comparison=comparison(Side.LEFT))
    weeks = [SessionSummary(start_ns=NOW_NS - (16 - i) * DAY_NS, tremor_s=5.0 * 2 ** (i // 6)) for i in range(17)]
    yield guidance.advise(made, history=weeks)
    yield guidance.advise(made, checkin=said, history=[SessionSummary(remedies=())])
    for used, unused in ((5.0, 60.0), (60.0, 5.0), (20.0, 20.0)):
        before = [SessionSummary(tremor_s=unused, reflex_jerk_count=round(unused), remedies=())] * 4
        with_it = SessionSummary(tremor_s=used, reflex_jerk_count=round(used), remedies=("sleep", "slow_entry"))
        yield guidance.advise(
            replace(made, tremor_s=used, reflex_jerk_count=round(used)),
            checkin=CheckIn(chosen={"tried": ("sleep", "slow_entry")}),
            history=[*before, *[with_it] * 4],
        )


def live_texts() -> Iterable[str]:
    advisor = LiveAdvisor(min_interval_s=0.0)
    kick = Event(
        onset_s=1.0, peak_s=1.0, end_s=1.1, label=EventLabel.REFLEX_JERK, peak_g=0.3, peak_jerk_g_per_s=9.0, rise_s=0.05,
        width_s=0.1, ring_hz=NAN, decay_s=NAN, direction=(1.0, 0.0, 0.0), tilt_change_deg=0.0, stretch_delay_s=0.3,
        confidence=0.9,
    )  # fmt: skip
    states: list[dict[str, Any]] = [
        {"label": State.STILL}, {"label": State.MOVEMENT}, {"label": State.REFLEX_RHYTHM}, {"label": State.TREMOR},
        {"label": State.TREMOR, "holding": True, "hold_start_s": 10.0, "since_s": 90.0},
        {"label": State.STILL, "event": kick}, {"label": State.STILL},
        {"label": State.STILL, "holding": True, "hold_start_s": 90.0},
        {"label": State.STILL, "holding": True, "hold_start_s": 40.0},
    ]  # fmt: skip
    for i, changes in enumerate(states):
        state = LiveState(
            **{
                "time_s": 100.0 + i, "confidence": 0.9, "peak_hz": 7.0, "rms_g": 0.02, "displacement_mm": 0.1,
                "since_s": 80.0, "evidence": (), "holding": False, "hold_start_s": None, "event": None, **changes,
            }
        )  # fmt: skip
        said = advisor.update(now_s=state.time_s, live=state)
        if said is not None:
            yield from (said.text, said.why)


ELSEWHERE = (
    "guided.",
    "week.",
    "checkin.title",
    "checkin.week",
    "checkin.prompt",
    "checkin.hint",
    "report.",
    "protocol.",
)
"""Said by the guided session, the week, the terminal and the report; their own tests look for them there."""


def test_every_listed_sentence_can_be_said(findings: Make, hold: MakeHold) -> None:
    said = {x for a in (*advices(findings, hold), *histories(findings)) for x in said_by(a)} | set(live_texts())
    # Chips, and what `guidance show` prints beside the weights.
    shown = {q.text for q in K.questions} | {a.text for q in K.questions for a in q.answers}
    shown |= {f.text for c in K.causes for f in c.facts} | {guidance.side_sentence(comparison(Side.UNKNOWN))}
    everything = " ".join(said | shown)
    missing = [
        name
        for name, text in LISTED.items()
        if not name.startswith(ELSEWHERE) and not re.search(pattern(text), everything)
    ]
    assert missing == ["sides.seconds"], missing


@pytest.mark.parametrize("name", ["text", "show"])
def test_every_help_card_is_opened_by_its_own_answers(findings: Make, name: str) -> None:
    for card in K.cards.values():
        for line in card.when:
            if any(fact.startswith(("sessions.", "cause.")) for fact in line):
                continue
            chosen: dict[str, tuple[str, ...]] = {}
            for fact in line:
                q, a = fact.split(".")
                chosen[q] = (*chosen.get(q, ()), a)
            cards = guidance.advise(findings(), checkin=CheckIn(chosen=chosen)).help_cards
            found = {c.id: getattr(c, name) for c in cards}
            assert re.fullmatch(pattern(getattr(card, name)), found[card.id]), line
