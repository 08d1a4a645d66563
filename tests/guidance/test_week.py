"""The week: sums, comparison with the week before, and whether a remedy helped."""

import pytest

from guidance import SessionSummary, sentences, weekly

DAY_NS = 86_400_000_000_000
NOW_NS = 1_800_000_000_000_000_000


def night(days_ago: float, tremor_s: float, *remedies: str, jerks: int = 0) -> SessionSummary:
    return SessionSummary(
        start_ns=NOW_NS - round(days_ago * DAY_NS), tremor_s=tremor_s, reflex_jerk_count=jerks, remedies=remedies
    )


def test_the_last_seven_days_are_summed() -> None:
    week = weekly([night(0.5, 60, jerks=2), night(6.9, 30, jerks=1), night(7.1, 600), night(-1, 900)], NOW_NS)
    assert (week.sessions, week.jerks, week.before_sessions) == (2, 3, 1)
    assert week.tremor_min == pytest.approx(1.5)
    assert "Sessions: 2" in week.sentences[0]
    assert "too early" in week.sentences[1]


def test_a_week_without_sessions_says_so_and_nothing_else() -> None:
    assert weekly([night(9, 60)], NOW_NS).sentences == ("No session in the last seven days.",)
    assert weekly([SessionSummary(tremor_s=9.0)], NOW_NS).sessions == 0


@pytest.mark.parametrize(
    ("now", "then", "told"),
    [(20, 60, "less shaking"), (60, 20, "more shaking"), (60, 55, "about the same"), (3, 1, "about the same")],
)
def test_weeks_are_compared_by_session_and_only_when_it_is_clear(now: float, then: float, told: str) -> None:
    history = [night(d, now) for d in (1, 2, 3)] + [night(d, then) for d in (8, 9, 10)]
    assert told in weekly(history, NOW_NS).sentences[1]


@pytest.mark.parametrize(
    ("with_it", "without", "told"),
    [
        ((20, 22, 25), (60, 62, 70), "s less a session (likely"),
        ((60, 62, 70), (20, 22, 25), "s more a session (likely"),
        ((20, 60, 40), (22, 58, 41), "no clear change"),
    ],
)
def test_a_remedy_that_was_tried_often_enough_is_judged_by_its_size(
    with_it: tuple[float, ...], without: tuple[float, ...], told: str
) -> None:
    history = [night(1 + i, s, "rest_now") for i, s in enumerate(with_it)]
    history += [night(4 + i / 2, s) for i, s in enumerate(without)]
    said = weekly(history, NOW_NS).sentences
    assert any(told in s for s in said)
    assert said[-1] == "Days differ in other ways too, and few sessions can differ by chance."


@pytest.mark.parametrize(
    ("with_it", "without", "told"), [(1, 5, "4 fewer kicks"), (5, 1, "4 more kicks"), (3, 3, "no clear")]
)
def test_a_slower_stretch_is_judged_by_its_kicks(with_it: int, without: int, told: str) -> None:
    history = [night(1 + i / 3, 90 - 80 * (i % 2), "slow_entry", jerks=with_it) for i in range(4)]
    history += [night(4 + i / 3, 10 + 80 * (i % 2), jerks=without) for i in range(4)]
    assert any(told in s for s in weekly(history, NOW_NS).sentences)


def test_two_sessions_with_a_remedy_are_too_few_to_judge_it() -> None:
    history = [night(1, 5, "rest_now"), night(2, 5, "rest_now"), *[night(3 + i / 2, 90) for i in range(4)]]
    (told,) = [s for s in weekly(history, NOW_NS).sentences if "Let go" in s]
    assert told.startswith("It is too early to tell")
    assert "2 sessions with it, 4 without; 3 of each are needed" in told


def test_every_sentence_of_the_week_is_listed_with_its_source() -> None:
    listed = {s.id for s in sentences()}
    assert {"history.helped", "week.less", "guided.kicks", "protocol.stretch.about", "protocol.step.hold"} <= listed
