"""Live advice is calm; history is honest."""

import math
from collections.abc import Callable
from typing import Any

import pytest

import guidance
from dsp import Event, EventLabel, Findings, InputError, LiveState, State
from guidance import CheckIn, LiveAdvisor, SessionSummary

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
        (live(50.0, State.TREMOR, since_s=49.0), "still"),
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

    assert "more than" in said(0.04)
    assert "less than" in said(0.01)
    assert "same" in said(0.021)
    assert "too early" in said(0.04, count=2)
    assert said(NAN) == ""
    assert guidance.advise(findings()).history == ()


def test_whether_it_helped_needs_three_sessions_of_each() -> None:
    without = [SessionSummary(tremor_s=s) for s in (20.0, 25.0, 30.0)]
    helped = [SessionSummary(tremor_s=s, remedies=("slow_entry",)) for s in (5.0, 6.0, 22.0)]
    early = guidance.did_it_help("slow_entry", without + helped[:2])
    assert not early.known
    assert math.isnan(early.difference)
    effect = guidance.did_it_help("slow_entry", without + helped)
    assert effect.known
    assert effect.difference == -19.0
    assert effect.consistency == pytest.approx(8 / 9)


def test_a_session_is_remembered_by_its_numbers(findings: Callable[..., Findings]) -> None:
    kept = guidance.summarize(findings(tremor_s=7.0, reflex_jerk_count=2), start_ns=5, remedies=["rest_now"])
    assert (kept.tremor_s, kept.reflex_jerk_count, kept.start_ns, kept.remedies) == (7.0, 2, 5, ("rest_now",))
