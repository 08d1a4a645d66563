"""The advisor: every cause can lead, none appears without evidence, no fact moves a cause the wrong way."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import guidance
from dsp import Findings, Placement, Side, SideComparison
from dsp.findings import HoldFinding
from guidance import CheckIn, SessionSummary

Make = Callable[..., Findings]
MakeHold = Callable[..., HoldFinding]
K = guidance.load_knowledge()
CAUSES = [c.id for c in K.causes]

JERKS = {"reflex_jerk_count": 4, "fast_stretch_count": 3, "jerks_per_fast_stretch": 1.3}
LEADING: dict[str, tuple[dict[str, Any], dict[str, tuple[str, ...]]]] = {
    "muscle_fatigue": (
        {"tremor_s": 20.0, "tremor_hz": 7.0, "fatigue_tremor_s": 20.0, "hold_to_tremor_s": 16.0, "tremor_rms_g": 0.03},
        {"load": ("hard_exercise",)},
    ),
    "muscle_overuse": ({}, {"load": ("feet_4h", "repeated_move")}),
    "spasm_twitch": ({"twitch_count": 9, "rest_twitch_count": 9}, {"muscle": ("flicker",)}),
    "stretch_reflex": (
        JERKS,
        {"stretch": ("fast",)},
    ),
    "nerve": ({}, {"signs": ("numb",)}),
    "stress": ({"tremor_s": 40.0, "tremor_hz": 9.0, "rest_tremor_s": 40.0}, {"mood": ("tense",), "hands": ("yes",)}),
    "medicine": ({}, {"medicine": ("changed",)}),
    "other": ({}, {"food": ("shaky_hungry", "over_5h"), "drink": ("thirsty",)}),
}
ABSENT: dict[str, tuple[dict[str, Any], dict[str, tuple[str, ...]]]] = {
    "muscle_fatigue": ({"rest_twitch_count": 9}, {"load": ("rested",)}),
    "muscle_overuse": ({"reflex_jerk_count": 3}, {"load": ("rested",)}),
    "spasm_twitch": ({"reflex_jerk_count": 3, "jerks_per_fast_stretch": 1.0}, {}),
    "stretch_reflex": ({"rest_twitch_count": 9}, {"stretch": ("slow",)}),
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


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_adding_a_sign_that_speaks_for_a_cause_never_lowers_it(findings: Make, data: st.DataObject) -> None:
    from guidance.advisor import _ranked
    from guidance.numbers import numbers_of

    cause = data.draw(st.sampled_from([c for c in K.causes if c.signs]))
    used = sorted({c.finding for s in cause.signs for c in s.when})
    values = st.sampled_from([float("nan"), -2.0, 0.0, 0.3, 0.7, 1.2, 2.2, 4.0, 6.0, 50.0])
    numbers = numbers_of(findings()) | {name: data.draw(values) for name in used}
    answers = CheckIn(chosen=LEADING[cause.id][1])
    sign = data.draw(st.sampled_from([s for s in cause.signs if s.weight > 0]))

    def score(numbers: dict[str, float]) -> float:
        return next((c.score for c in _ranked(K, numbers, answers) if c.id == cause.id), 0.0)

    # The numbers that the sign looks at move until it holds.
    moved = numbers | {c.finding: c.above + 0.1 if c.above is not None else (c.below or 0.0) - 0.1 for c in sign.when}
    change = sum(s.weight * (s.holds(moved) - s.holds(numbers)) for s in cause.signs)
    if change >= 0:
        assert score(moved) >= score(numbers) - 1e-9


def test_no_sign_for_a_cause_holds_together_with_one_against_it_on_the_same_number() -> None:
    for cause in K.causes:
        for a in (s for s in cause.signs if s.weight > 0):
            for b in (s for s in cause.signs if s.weight < 0):
                shared = {c.finding for c in a.when} & {c.finding for c in b.when} - {"hold_tremor_s"}
                assert not shared or any(
                    x.above is not None and y.below is not None and x.above >= y.below
                    for x in a.when for y in b.when if x.finding == y.finding
                ), (cause.id, a.id, b.id)  # fmt: skip


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_an_answer_for_one_cause_alone_never_lowers_its_share_or_its_rank(findings: Make, data: st.DataObject) -> None:
    single = [
        (q.id, a.id, next(iter(a.weights)))
        for q in K.questions for a in q.answers
        if len(a.weights) == 1 and min(a.weights.values()) > 0
    ]  # fmt: skip
    q, a, cause = data.draw(st.sampled_from(single))
    chosen = dict(data.draw(st.sampled_from(list(LEADING.values())))[1])
    more = {**chosen, q: (*(x for x in chosen.get(q, ()) if x != a), a)}
    fewer = {k: tuple(x for x in v if (k, x) != (q, a)) for k, v in chosen.items()}
    made = findings(tremor_s=9.0, tremor_hz=7.0, rest_twitch_count=4)

    def place(said: dict[str, tuple[str, ...]]) -> tuple[float, int]:
        causes = guidance.advise(made, checkin=CheckIn(chosen=said)).causes
        found = [(c.weight, -i) for i, c in enumerate(causes) if c.id == cause]
        return found[0] if found else (0.0, -99)

    (share, rank), (share_before, rank_before) = place(more), place(fewer)
    assert share >= share_before - 1e-9
    assert rank >= rank_before


def test_answers_together_move_a_cause_by_three_at_most(findings: Make) -> None:
    chosen = {"load": ("feet_4h", "hard_exercise", "repeated_move"), "sleep": ("under_6h",), "muscle": ("knot",)}
    for cause in guidance.advise(findings(), checkin=CheckIn(chosen=chosen)).causes:
        assert sum(t.value for t in cause.terms) <= 3.0 + 1e-9


def test_help_cards_come_from_answers_calmly_and_one_a_level(findings: Make) -> None:
    chosen = {
        "signs": ("numb", "worse_weeks", "weak"), "sudden": ("face_arm_speech",), "medicine": ("changed",)
    }  # fmt: skip
    cards = guidance.advise(findings(), checkin=CheckIn(chosen=chosen), country="GB").help_cards
    assert [c.level for c in cards] == ["emergency", "today", "appointment", "pharmacist"]
    assert "999" in cards[0].text
    assert "112 or 911" in guidance.advise(findings(), checkin=CheckIn(chosen=chosen)).help_cards[0].text


def test_a_beat_at_rest_is_mentioned_only_after_several_sessions(findings: Make) -> None:
    beat = findings(reflex_rhythm_s=20.0, rest_rhythm_s=20.0)
    assert guidance.advise(beat).help_cards == ()
    earlier = [SessionSummary(rest_rhythm_s=12.0)] * 2
    assert [c.id for c in guidance.advise(beat, history=earlier).help_cards] == ["rest_rhythm"]


def test_two_close_causes_are_both_named(findings: Make) -> None:
    advice = guidance.advise(findings(rest_twitch_count=5, reflex_rhythm_s=4.0))
    assert "could also be" in advice.verdict
    assert len({c.id for c in advice.causes}) == 2


def test_what_was_seen_is_said_in_numbers(findings: Make, hold: MakeHold) -> None:
    seen = guidance.advise(
        findings(tremor_s=12.0, tremor_hz=7.2, reflex_rhythm_s=4.0, rest_twitch_count=3, holds=(hold(jerk_count=2),))
    ).seen
    for part in ("12 s", "7.2", "4 s", "2", "3"):
        assert part in seen


def test_a_clear_difference_between_the_legs_is_said(findings: Make) -> None:
    comparison = SideComparison(
        tremor_db=9.0, tremor_s_difference=20.0, jerk_difference=0, rhythm_s_difference=0.0, coherence=0.1, more=Side.LEFT
    )  # fmt: skip
    assert "left side shook more" in guidance.advise(findings(), comparison=comparison).seen


def test_missing_gravity_is_a_limit_that_is_said(findings: Make) -> None:
    assert any("gravity" in x for x in guidance.advise(findings(gravity_present=False)).limits)


def test_without_gravity_nothing_is_said_to_have_come_at_rest(findings: Make) -> None:
    shaken = {"tremor_s": 60.0, "tremor_hz": 9.0, "rest_tremor_s": 60.0, "reflex_rhythm_s": 20.0, "rest_rhythm_s": 20.0}
    made = findings(**shaken, gravity_present=False)
    advice = guidance.advise(made, checkin=CheckIn(chosen={"mood": ("tense",)}), history=[guidance.summarize(made)] * 4)
    assert "outside the stretches" not in advice.seen
    assert advice.help_cards == ()
    assert not any("at rest" in t.text for c in advice.causes for t in c.terms)
    assert "outside the stretches" in guidance.advise(findings(**shaken)).seen


def test_shaking_in_the_first_hold_above_the_usual_speaks_for_a_long_day(
    findings: Make, hold: Callable[..., HoldFinding]
) -> None:
    earlier = [SessionSummary(tremor_rms_g=0.01)] * 4
    shaken = findings(tremor_s=20.0, tremor_hz=7.0, tremor_rms_g=0.03, holds=(hold(tremor_s=9.0, tremor_after_s=0.5),))
    causes = {c.id: c for c in guidance.advise(shaken, history=earlier).causes}
    assert {t.name for t in causes["muscle_overuse"].terms} == {"tremor_first_hold", "above_usual"}


def test_twitches_inside_a_tremor_are_no_evidence(findings: Make) -> None:
    # The highest of N cycles of a narrow band reaches sqrt(2 ln N) of its rms: a crest that looks like a twitch (Rice).
    shaken = {"tremor_s": 30.0, "tremor_hz": 7.0, "fatigue_tremor_s": 20.0, "twitch_count": 6}
    assert [c.id for c in guidance.advise(findings(**shaken, rest_twitch_count=0)).causes] == ["muscle_fatigue"]
    both = guidance.advise(findings(**shaken, rest_twitch_count=6)).causes
    assert "spasm_twitch" in [c.id for c in both]


def test_a_few_twitches_in_a_long_night_are_no_evidence(findings: Make) -> None:
    night = {"analysed_s": 7200.0, "still_s": 7000.0}
    assert not guidance.advise(findings(**night, rest_twitch_count=9)).causes
    assert guidance.advise(findings(**night, rest_twitch_count=900)).causes


def test_a_session_of_everyday_movement_is_not_read(findings: Make, hold: MakeHold) -> None:
    moving = findings(
        movement_s=150.0, still_s=20.0, reflex_jerk_count=40, tremor_s=20.0, tremor_hz=6.0, fatigue_tremor_s=20.0,
        holds=(hold(jerk_count=9),),
    )  # fmt: skip
    advice = guidance.advise(moving)
    assert advice.causes == ()
    assert "mostly moving" in advice.verdict
    assert "everyday moves" in advice.seen
    # What the person says still counts.
    assert ranked(moving, {"load": ("feet_4h", "sore")}) == ["muscle_overuse", "muscle_fatigue"][:1]


def test_shaking_at_rest_alone_names_no_mood_and_no_sugar(findings: Make) -> None:
    shaky = findings(tremor_s=60.0, tremor_hz=9.0, rest_tremor_s=60.0)
    advice = guidance.advise(shaky)
    assert advice.causes == ()
    assert "check-in could tell more" in advice.verdict
    assert ranked(shaky, {"mood": ("tense",)})[0] == "stress"
    assert "outside the stretches" in advice.seen


def test_the_dose_is_in_the_persons_own_seconds(findings: Make, hold: MakeHold) -> None:
    def dose(onset_s: float) -> str:
        shaken = findings(
            tremor_s=20.0, tremor_hz=7.0, fatigue_tremor_s=20.0, hold_to_tremor_s=onset_s,
            holds=(hold(tremor_s=20.0, tremor_after_s=onset_s),),
        )  # fmt: skip
        return next(a.how_long for a in guidance.advise(shaken).next_time if a.id == "shorter_hold")

    assert "about 20 seconds" in dose(30.0)
    assert "not under 10 seconds" in dose(6.0)


def test_of_two_close_causes_each_has_its_actions(findings: Make) -> None:
    advice = guidance.advise(findings(rest_twitch_count=5, reflex_rhythm_s=4.0))
    first, second = (K.cause(c.id).remedies for c in advice.causes)
    later = [a.id for a in advice.next_time]
    assert len(later) == 3
    assert set(later) & set(first)
    assert set(later) & set(second)


def test_a_remedy_that_made_no_change_makes_way_for_the_next(findings: Make) -> None:
    said = CheckIn(chosen={"stretch": ("fast", "braced")})
    first = [a.id for a in guidance.advise(findings(), checkin=said).next_time]
    assert first[0] == "slow_entry"
    history = [SessionSummary(tremor_s=20.0, remedies=())] * 3
    history += [SessionSummary(tremor_s=20.0, remedies=("slow_entry",))] * 3
    later = [a.id for a in guidance.advise(findings(), checkin=said, history=history).next_time]
    assert "slow_entry" not in later
    assert len(later) == 3


def test_with_urgent_help_nothing_else_is_advised(findings: Make) -> None:
    said = {"stretch": ("fast", "braced"), "sudden": ("clot",)}
    advice = guidance.advise(findings(), checkin=CheckIn(chosen=said))
    assert advice.causes
    assert (advice.now, advice.next_time) == ((), ())
    assert advice.help_cards[0].level == "today"


def test_remedies_keep_to_what_the_person_said(findings: Make) -> None:
    def now(**said: tuple[str, ...]) -> list[str]:
        hungry: dict[str, tuple[str, ...]] = {"food": ("over_5h",), "drink": ("thirsty",)}
        return [a.id for a in guidance.advise(findings(), checkin=CheckIn(chosen=hungry | said)).now]

    assert "drink_to_thirst" in now()
    assert "drink_to_thirst" not in now(known=("fluid_limit",))
    assert "fluid_limit" in now(known=("fluid_limit",))
    assert "snack_first" in now()
    assert now(kinds=("diabetes",))[0] == "sugar_check"


def test_a_medicine_that_is_shown_always_has_its_card(findings: Make) -> None:
    for kind in (a.id for q in K.questions if q.id == "kinds" for a in q.answers if "medicine" in a.weights):
        advice = guidance.advise(findings(), checkin=CheckIn(chosen={"kinds": (kind,)}))
        assert "medicine" in [c.id for c in advice.causes], kind
        assert [c.id for c in advice.help_cards] == ["medicine"], kind
        assert "keep taking it" in advice.help_cards[0].text


def test_shaky_hands_alone_raise_no_medicine_and_no_mood(findings: Make) -> None:
    made = findings(tremor_s=60.0, tremor_hz=9.0, rest_tremor_s=60.0)
    advice = guidance.advise(made, checkin=CheckIn(chosen={"hands": ("yes",), "load": ("usual",)}))
    assert not {"medicine", "nerve"} & {c.id for c in advice.causes}
    assert advice.help_cards == ()


def test_what_only_answers_raise_is_worth_asking_about_and_never_looks_like_it(findings: Make) -> None:
    for chosen in ({"signs": ("numb",)}, {"medicine": ("changed",)}):
        alone = guidance.advise(findings(), checkin=CheckIn(chosen=chosen))
        assert alone.verdict.startswith("Worth asking about: a ")
        assert alone.causes[0].certainty == "worth asking about"
        assert not alone.causes[0].from_sensor
    tired = findings(tremor_s=20.0, tremor_hz=7.0, fatigue_tremor_s=20.0)
    both = guidance.advise(tired, checkin=CheckIn(chosen={"signs": ("worse_weeks",)}))
    assert both.verdict == "This looks most like: a tired muscle."
    assert [c.id for c in both.help_cards] == ["worse"]


def test_nothing_the_sensor_sees_raises_a_nerve_or_a_medicine(findings: Make, hold: MakeHold) -> None:
    everything = findings(
        tremor_s=90.0, tremor_hz=5.0, rest_tremor_s=90.0, reflex_rhythm_s=90.0, rest_rhythm_s=90.0, rest_twitch_count=50,
        fatigue_tremor_s=50.0, holds=(hold(jerk_count=9, tremor_s=20.0, tremor_after_s=0.0),),
    )  # fmt: skip
    history = [SessionSummary(rest_rhythm_s=90.0, more=Side.LEFT, tremor_s=90.0)] * 9
    assert not {"nerve", "medicine"} & {c.id for c in guidance.advise(everything, history=history).causes}


def test_the_words_name_what_wears_the_sensor(findings: Make) -> None:
    assert "your arm hardly shook" in guidance.advise(findings(placement=Placement.WRIST)).verdict
    assert "your leg hardly shook" in guidance.advise(findings(placement=Placement.THIGH)).verdict


def test_every_piece_of_evidence_has_its_reason_and_its_source(findings: Make) -> None:
    for changes, chosen in LEADING.values():
        for cause in guidance.advise(findings(**changes), checkin=CheckIn(chosen=chosen)).causes:
            for term in cause.terms:
                assert term.why
                assert set(term.sources) <= set(K.sources)
            assert cause.score == pytest.approx(sum(t.value for t in cause.terms))
