"""The advisor: every cause can lead, none appears without evidence, no fact moves a cause the wrong way."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import guidance
from dsp import Findings, SideComparison
from dsp.findings import HoldFinding
from guidance import CheckIn, SessionSummary

Make = Callable[..., Findings]
K = guidance.load_knowledge()
CAUSES = [c.id for c in K.causes]

LEADING: dict[str, tuple[dict[str, Any], dict[str, tuple[str, ...]]]] = {
    "muscle_fatigue": (
        {"tremor_s": 20.0, "tremor_hz": 7.0, "fatigue_tremor_s": 20.0, "hold_to_tremor_s": 16.0, "tremor_rms_g": 0.03},
        {"load": ("hard_exercise",)},
    ),
    "muscle_overuse": ({}, {"load": ("feet_4h", "repeated_move")}),
    "spasm_twitch": ({"twitch_count": 9, "twitch_per_min": 7.0}, {"muscle": ("flicker",)}),
    "stretch_reflex": (
        {"reflex_jerk_count": 4, "fast_stretch_count": 3, "jerks_per_fast_stretch": 1.3},
        {"stretch": ("fast",)},
    ),
    "nerve": ({}, {"signs": ("numb",)}),
    "stress": ({"tremor_s": 40.0, "tremor_hz": 9.0, "rest_tremor_s": 40.0}, {"mood": ("tense",), "hands": ("yes",)}),
    "medicine": ({}, {"medicine": ("changed",)}),
    "other": ({}, {"food": ("shaky_hungry", "over_5h"), "drink": ("thirsty",)}),
}
ABSENT: dict[str, tuple[dict[str, Any], dict[str, tuple[str, ...]]]] = {
    "muscle_fatigue": ({"twitch_count": 9}, {"load": ("rested",)}),
    "muscle_overuse": ({"reflex_jerk_count": 3}, {"load": ("rested",)}),
    "spasm_twitch": ({"reflex_jerk_count": 3, "jerks_per_fast_stretch": 1.0}, {}),
    "stretch_reflex": ({"twitch_count": 9}, {"stretch": ("slow",)}),
    "nerve": ({"reflex_rhythm_s": 60.0, "rest_rhythm_s": 60.0, "tremor_s": 60.0, "rest_tremor_s": 60.0}, {}),
    "stress": ({"tremor_s": 20.0, "fatigue_tremor_s": 20.0}, {"mood": ("calm",)}),
    "medicine": ({"rest_tremor_s": 60.0, "tremor_s": 60.0}, {"medicine": ("none",)}),
    "other": ({"reflex_jerk_count": 3}, {"food": ("under_2h",)}),
}


def ranked(findings: Findings, chosen: dict[str, tuple[str, ...]]) -> list[str]:
    return [c.id for c in guidance.advise(findings, checkin=CheckIn(chosen=chosen)).causes]


@pytest.mark.parametrize("cause", CAUSES)
def test_each_cause_leads_when_its_evidence_does(findings: Make, cause: str) -> None:
    changes, chosen = LEADING[cause]
    advice = guidance.advise(findings(**changes), checkin=CheckIn(chosen=chosen))
    assert advice.causes[0].id == cause
    assert advice.enough_evidence
    assert advice.causes[0].terms[0].value > 0
    assert advice.now or advice.next_time


@pytest.mark.parametrize("cause", CAUSES)
def test_each_cause_stays_away_when_nothing_speaks_for_it(findings: Make, cause: str) -> None:
    changes, chosen = ABSENT[cause]
    assert cause not in ranked(findings(**changes), chosen)


@pytest.mark.parametrize("cause", CAUSES)
def test_one_fact_moves_a_cause_by_what_it_says(findings: Make, cause: str) -> None:
    changes, chosen = LEADING[cause]
    question, answers = next(iter(chosen.items()))
    fewer = {q: a for q, a in chosen.items() if q != question}
    with_fact = {c.id: c.score for c in guidance.advise(findings(**changes), checkin=CheckIn(chosen=chosen)).causes}
    without = {c.id: c.score for c in guidance.advise(findings(**changes), checkin=CheckIn(chosen=fewer)).causes}
    weight = sum(a.weights.get(cause, 0.0) for q, a in CheckIn(chosen={question: answers}).answers())
    assert weight > 0
    assert with_fact[cause] > without.get(cause, 0.0)
    assert with_fact[cause] - without.get(cause, with_fact[cause] - weight) <= weight + 1e-9


def test_nothing_is_said_without_evidence(findings: Make) -> None:
    calm = guidance.advise(findings())
    assert calm.causes == ()
    assert not calm.enough_evidence
    assert "calm" in calm.verdict.lower()
    short = guidance.advise(findings(analysed_s=2.0, still_s=2.0))
    assert "not enough" in short.verdict
    assert "too little" in short.seen


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_adding_an_answer_that_speaks_for_a_cause_never_lowers_it(findings: Make, data: st.DataObject) -> None:
    cause = data.draw(st.sampled_from(CAUSES))
    pairs = [(q.id, a.id, a.weights.get(cause, 0.0)) for q in K.questions for a in q.answers]
    speaking = [(q, a) for q, a, w in pairs if w > 0]
    base = data.draw(st.lists(st.sampled_from([(q, a) for q, a, w in pairs if w >= 0]), max_size=6, unique=True))
    extra = data.draw(st.sampled_from(speaking))

    def score(chosen: list[tuple[str, str]]) -> float:
        grouped: dict[str, tuple[str, ...]] = {}
        for q, a in chosen:
            grouped[q] = (*grouped.get(q, ()), a)
        advice = guidance.advise(
            findings(tremor_s=9.0, tremor_hz=7.0, reflex_jerk_count=1), checkin=CheckIn(chosen=grouped)
        )
        return next((c.score for c in advice.causes if c.id == cause), 0.0)

    assert score([*base, *([] if extra in base else [extra])]) >= score(base) - 1e-9


def test_answers_together_move_a_cause_by_three_at_most(findings: Make) -> None:
    chosen = {"load": ("feet_4h", "hard_exercise", "repeated_move"), "sleep": ("under_6h",), "muscle": ("knot",)}
    for cause in guidance.advise(findings(), checkin=CheckIn(chosen=chosen)).causes:
        assert sum(t.value for t in cause.terms) <= 3.0 + 1e-9


def test_help_cards_come_from_answers_calmly_and_one_a_level(findings: Make) -> None:
    chosen = {"signs": ("numb", "worse_weeks", "weak", "face_arm_speech"), "medicine": ("changed",)}
    cards = guidance.advise(findings(), checkin=CheckIn(chosen=chosen), country="GB").help_cards
    assert [c.level for c in cards] == ["emergency", "today", "appointment", "pharmacist"]
    assert "999" in cards[0].text
    assert "112" in guidance.advise(findings(), checkin=CheckIn(chosen=chosen)).help_cards[0].text


def test_a_beat_at_rest_is_mentioned_only_after_several_sessions(findings: Make) -> None:
    beat = findings(reflex_rhythm_s=20.0, rest_rhythm_s=20.0)
    assert guidance.advise(beat).help_cards == ()
    earlier = [SessionSummary(rest_rhythm_s=12.0)] * 2
    assert [c.id for c in guidance.advise(beat, history=earlier).help_cards] == ["rest_rhythm"]


def test_two_close_causes_are_both_named(findings: Make) -> None:
    advice = guidance.advise(findings(twitch_count=5, reflex_jerk_count=2))
    assert "could also be" in advice.verdict
    assert len({c.id for c in advice.causes}) == 2


def test_what_was_seen_is_said_in_numbers(findings: Make) -> None:
    seen = guidance.advise(
        findings(tremor_s=12.0, tremor_hz=7.2, reflex_rhythm_s=4.0, reflex_jerk_count=2, twitch_count=3)
    ).seen
    for part in ("12 s", "7.2", "4 s", "2", "3"):
        assert part in seen


def test_a_clear_difference_between_the_legs_is_said(findings: Make) -> None:
    comparison = SideComparison(
        tremor_db=9.0, tremor_s_difference=20.0, jerk_difference=0, rhythm_s_difference=0.0, coherence=0.1,
        asymmetric=True, text="The left leg shook more than the right one.",
    )  # fmt: skip
    assert "left leg" in guidance.advise(findings(), comparison=comparison).seen


def test_missing_gravity_is_a_limit_that_is_said(findings: Make) -> None:
    assert any("gravity" in x for x in guidance.advise(findings(gravity_present=False)).limits)


def test_shaking_in_the_first_hold_above_the_usual_speaks_for_a_long_day(
    findings: Make, hold: Callable[..., HoldFinding]
) -> None:
    earlier = [SessionSummary(tremor_rms_g=0.01)] * 4
    shaken = findings(tremor_s=20.0, tremor_hz=7.0, tremor_rms_g=0.03, holds=(hold(tremor_s=9.0, tremor_after_s=0.5),))
    causes = {c.id: c for c in guidance.advise(shaken, history=earlier).causes}
    assert {t.name for t in causes["muscle_overuse"].terms} == {"tremor_first_hold", "above_usual"}
