"""Live advice is calm; history is honest."""

import math
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

import guidance
from dsp import Event, EventLabel, Findings, InputError, LiveState, State
from guidance import CheckIn, LiveAdvisor, SessionSummary
from guidance.history import _edge

NAN = float("nan")


def live(time_s: float, label: State = State.STILL, **more: Any) -> LiveState:
    return LiveState(
        **{
            "time_s": time_s,
            "label": label,
            "confidence": 0.9,
            "peak_hz": 7.0,
            "rms_g": 0.02,
            "displacement_mm": 0.1,
            "since_s": 0.0,
        }
        | more
    )


def kick(at_s: float, delay_s: float | None) -> Event:
    return Event(
        onset_s=at_s, peak_s=at_s, end_s=at_s + 0.2, label=EventLabel.REFLEX_JERK, peak_g=0.3, peak_jerk_g_per_s=9.0,
        rise_s=0.05, width_s=0.1, ring_hz=NAN, decay_s=NAN, direction=(1.0, 0.0, 0.0), tilt_change_deg=NAN,
        stretch_delay_s=delay_s, confidence=0.9,
    )  # fmt: skip


def test_the_sentence_changes_at_most_every_twenty_seconds() -> None:
    advisor, changes = LiveAdvisor(), []
    for i in range(600):
        state = State.MOVEMENT if i // 7 % 2 else State.STILL
        if (said := advisor.update(now_s=i * 0.5, live=live(i * 0.5, state))) is not None:
            changes.append(said.since_s)
    assert len(changes) > 3
    assert all(b - a >= 20.0 for a, b in zip(changes, changes[1:], strict=False))


def test_nothing_is_said_during_an_event_and_the_kick_is_spoken_of_afterwards() -> None:
    advisor = LiveAdvisor()
    assert advisor.update(now_s=1.0, live=live(1.0, event=kick(0.9, 0.2))) is None
    said = advisor.update(now_s=2.5, live=live(2.5))
    assert said is not None
    assert said.id == "jerk"


@pytest.mark.parametrize(
    ("state", "wanted"),
    [
        (live(50.0, State.REFLEX_RHYTHM), "rhythm"),
        (live(50.0, State.TREMOR, since_s=40.0, holding=True, hold_start_s=20.0), "fatigue"),
        (live(50.0, State.TREMOR, since_s=40.0), "tremor"),
        (live(50.0, holding=True, hold_start_s=40.0), "hold"),
        (live(90.0, holding=True, hold_start_s=40.0), "long_hold"),
        (live(50.0, State.MOVEMENT), "moving"),
        (live(50.0), "still"),
    ],
)
def test_each_state_has_its_sentence(state: LiveState, wanted: str) -> None:
    said = LiveAdvisor().update(now_s=state.time_s, live=state)
    assert said is not None
    assert said.id == wanted
    assert said.text
    assert said.why


def test_while_it_is_not_clear_what_happens_what_was_said_stands() -> None:
    for unclear in (live(50.0, State.TREMOR, since_s=49.0), live(50.0, State.UNCLEAR), live(50.0, State.NO_DATA)):
        assert LiveAdvisor().update(now_s=50.0, live=unclear) is None


def test_of_two_legs_the_one_in_an_event_silences_both_and_the_one_that_shakes_is_spoken_of() -> None:
    still, shaking = live(50.0), live(50.0, State.TREMOR, since_s=40.0)
    assert guidance.spoken_of({}) is None
    assert guidance.spoken_of({"left": still, "right": shaking}) == "right"
    assert guidance.spoken_of({"left": live(50.0, event=kick(49.9, 0.2)), "right": shaking}) == "left"
    # A sensor that fell silent within a kick must not silence the session.
    assert guidance.spoken_of({"left": live(40.0, event=kick(39.9, 0.2)), "right": shaking}) == "right"


def test_check_in_answers_are_stored_and_read_back() -> None:
    given = CheckIn(chosen={"load": ("feet_4h",), "mood": ("tense", "cold")})
    assert CheckIn.from_dict(given.to_dict()) == given
    assert CheckIn.from_dict({"load": "nonsense", "mood": []}) == CheckIn()


@pytest.mark.parametrize("chosen", [{"load": ("flew",)}, {"hair": ("long",)}])
def test_an_answer_that_does_not_exist_is_refused(chosen: dict[str, tuple[str, ...]]) -> None:
    with pytest.raises(InputError, match="no answer"):
        list(CheckIn(chosen=chosen).answers())


def test_history_says_more_less_same_or_too_early(findings: Callable[..., Findings]) -> None:
    def said(now_g: float, count: int = 4) -> str:
        earlier = [SessionSummary(tremor_rms_g=0.02)] * count
        return " ".join(
            guidance.advise(findings(tremor_s=9.0, tremor_hz=7.0, tremor_rms_g=now_g), history=earlier).history
        )

    assert "more strongly" in said(0.04)
    assert "less strongly" in said(0.01)
    assert "about as strong" in said(0.021)
    assert "too early" in said(0.04, count=2)
    assert "hardly shook" not in said(NAN)
    assert guidance.advise(findings()).history == ()


def test_whether_it_helped_needs_three_sessions_of_each() -> None:
    without = [SessionSummary(tremor_s=s, remedies=()) for s in (20.0, 25.0, 30.0)]
    helped = [SessionSummary(tremor_s=s, remedies=("slow_entry",)) for s in (5.0, 6.0, 22.0)]
    early = guidance.did_it_help("slow_entry", without + helped[:2])
    assert not early.known
    assert math.isnan(early.difference)
    effect = guidance.did_it_help("slow_entry", without + helped)
    assert effect.known
    # Hodges and Lehmann: the median of the nine pairs; with three of each the 90 % interval is all of them.
    assert (effect.difference, effect.low, effect.high) == (-15.0, -25.0, 2.0)
    assert not effect.helped
    clear = guidance.did_it_help("slow_entry", [*without, *(replace(h, tremor_s=5.0) for h in helped)])
    assert clear.helped
    assert not clear.worse


def test_sessions_of_which_nothing_was_said_count_neither_with_nor_without() -> None:
    silent = [SessionSummary(tremor_s=90.0)] * 9
    helped = [SessionSummary(tremor_s=5.0, remedies=("slow_entry",))] * 9
    assert not guidance.did_it_help("slow_entry", silent + helped).known


# Critical values of the one-sided 5 % Mann-Whitney test, any table: c pairs are left out at each end of the interval.
@pytest.mark.parametrize(
    ("n", "m", "c"), [(3, 3, 0), (4, 4, 1), (5, 5, 4), (3, 8, 3), (8, 3, 3), (10, 10, 27), (20, 20, 138)]
)
def test_the_interval_is_that_of_mann_and_whitney(n: int, m: int, c: int) -> None:
    assert _edge(n, m) == c


def test_by_chance_a_remedy_is_rarely_said_to_help() -> None:
    dice = random.Random(7)
    told = 0
    for _ in range(400):
        nights = [
            SessionSummary(tremor_s=dice.lognormvariate(3.0, 0.6), remedies=("sleep",) * (i % 2)) for i in range(10)
        ]
        told += guidance.did_it_help("sleep", nights).helped
    # A 90 % interval lies wholly below zero in 5 % of the cases by chance; 20 of 400, and less than 36 in 999 of 1000 runs.
    assert told <= 36


def test_a_trend_is_told_only_when_it_is_clear(findings: Callable[..., Findings]) -> None:
    def said(*seconds: float) -> str:
        *earlier, now = seconds
        history = [SessionSummary(tremor_s=s) for s in earlier]
        return " ".join(guidance.advise(findings(tremor_s=now, tremor_hz=7.0), history=history).history)

    assert "longer and longer: 50 s more" in said(10, 20, 30, 40, 50, 60)
    assert "less and less time" in said(60, 50, 40, 30, 20, 10)
    assert "no clear trend" in said(10, 60, 20, 50, 10, 60)
    assert "trend" not in said(10, 20, 30, 40)


def test_the_usual_is_that_of_the_same_stretch_where_there_is_one(findings: Callable[..., Findings]) -> None:
    history = [SessionSummary(tremor_rms_g=0.1, which="calf")] * 3 + [
        SessionSummary(tremor_rms_g=0.01, which="back")
    ] * 5
    now = findings(tremor_s=9.0, tremor_hz=7.0, tremor_rms_g=0.1)
    assert (
        "about as strong"
        in guidance.advise(now, history=history, checkin=CheckIn(chosen={"which": ("calf",)})).history[0]
    )
    assert "more strongly" in guidance.advise(now, history=history).history[0]


def test_a_session_is_remembered_by_its_numbers(findings: Callable[..., Findings]) -> None:
    kept = guidance.summarize(findings(tremor_s=7.0, reflex_jerk_count=2), start_ns=5, remedies=["rest_now"])
    assert (kept.tremor_s, kept.reflex_jerk_count, kept.start_ns, kept.remedies) == (7.0, 2, 5, ("rest_now",))
