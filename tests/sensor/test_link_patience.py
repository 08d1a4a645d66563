"""What follows a failure, how long is waited, and when it is enough."""

import pytest

from sensor import LinkTimes, RadioProblem
from sensor.families import PairingRequiredError, Remedy, StartError
from sensor.link.identity import WrongSensorError
from sensor.link.patience import GiveUp, NextTry, Patience
from sensor.link.problems import LinkLostError, RadioError, split_message

LOST = LinkLostError("the link was lost; bring it nearer")
TIMES = LinkTimes(first_attempts=3, start_attempts=2, give_up_s=100.0, settled_s=10.0)


def test_the_waits_grow_and_stay_below_the_longest() -> None:
    times = LinkTimes(first_wait_s=0.25, longest_wait_s=2.0)
    assert [times.wait_before(n) for n in range(7)] == [0.0, 0.25, 0.5, 1.0, 2.0, 2.0, 2.0]


def test_the_longest_default_wait_and_a_connection_fit_into_five_seconds() -> None:
    assert LinkTimes().longest_wait_s <= 2.0


def test_a_first_connection_is_tried_a_few_times() -> None:
    patience = Patience(TIMES)
    assert isinstance(patience.after(LOST, 0.0), NextTry)
    assert isinstance(patience.after(LOST, 1.0), NextTry)
    assert patience.after(LOST, 2.0) == GiveUp(reason="the link was lost", next_step="bring it nearer")


def test_a_sensor_that_has_streamed_is_looked_for_much_longer() -> None:
    patience = Patience(TIMES)
    patience.note_stream(60.0)
    for now_s in range(0, 100, 5):
        assert isinstance(patience.after(LOST, float(now_s)), NextTry)
    assert isinstance(patience.after(LOST, 101.0), GiveUp)


def test_a_good_stream_lets_the_waits_begin_anew_and_a_short_one_does_not() -> None:
    patience = Patience(TIMES)
    patience.note_stream(60.0)
    waits = [patience.after(LOST, 0.0).wait_s for _ in range(3)]  # type: ignore[union-attr]
    assert waits == [0.25, 0.5, 1.0]
    patience.note_stream(1.0)
    assert patience.after(LOST, 0.0).wait_s == 2.0  # type: ignore[union-attr]
    patience.note_stream(60.0)
    assert patience.after(LOST, 0.0).wait_s == 0.25  # type: ignore[union-attr]


def test_a_radio_that_is_off_is_told_at_once_before_the_first_sample() -> None:
    decision = Patience(TIMES).after(RadioError(RadioProblem.SWITCHED_OFF), 0.0)
    assert decision == GiveUp(reason="Bluetooth is switched off", next_step=RadioProblem.SWITCHED_OFF.remedy)


def test_a_radio_that_goes_off_during_a_session_is_waited_for() -> None:
    patience = Patience(TIMES)
    patience.note_stream(60.0)
    assert isinstance(patience.after(RadioError(RadioProblem.SWITCHED_OFF), 0.0), NextTry)


@pytest.mark.parametrize(
    "error",
    [WrongSensorError("another sensor; scan again"), StartError("it is in its charger; take it out")],
)
def test_what_only_the_person_can_mend_ends_it_at_once(error: StartError | WrongSensorError) -> None:
    patience = Patience(TIMES)
    patience.note_stream(60.0)
    decision = patience.after(error, 0.0)
    assert isinstance(decision, GiveUp)
    assert decision.next_step == split_message(str(error))[1]


def test_refused_starts_are_tried_a_few_times_even_after_a_good_stream() -> None:
    patience = Patience(TIMES)
    patience.note_stream(60.0)
    refused = StartError("invalid MTU; connecting again", remedy=Remedy.RECONNECT, status=10)
    assert isinstance(patience.after(refused, 0.0), NextTry)
    assert isinstance(patience.after(refused, 0.0), GiveUp)


@pytest.mark.parametrize(
    "error", [PairingRequiredError("wants a bond"), StartError("wants a bond", remedy=Remedy.PAIR)]
)
def test_a_bond_is_tried_twice(error: StartError | PairingRequiredError) -> None:
    patience = Patience(TIMES)
    for _ in range(2):
        decision = patience.after(error, 0.0)
        assert isinstance(decision, NextTry)
        assert decision.pair
    last = patience.after(error, 0.0)
    assert isinstance(last, GiveUp)
    assert "Bluetooth settings" in last.next_step


def test_a_message_without_a_remedy_still_gets_a_next_step() -> None:
    patience = Patience(LinkTimes(first_attempts=1))
    assert patience.after(LinkLostError("gone"), 0.0) == GiveUp(
        reason="gone", next_step="switch the sensor off and on, bring it nearer, and start again"
    )


def test_a_stall_needs_a_few_packets_of_silence() -> None:
    times = LinkTimes(stall_s=3.0, stall_packets=3.0)
    assert times.silence_s(0.18) == 3.0
    assert times.silence_s(1.5) == 4.5
