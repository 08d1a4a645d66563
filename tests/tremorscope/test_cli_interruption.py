"""Ctrl-C, once and again."""

import os
import signal
import threading

import pytest

from tremorscope.cli.interruption import SIGNALS, Interruption


@pytest.mark.parametrize(("number", "reason"), [(signal.SIGINT, "Ctrl-C"), (signal.SIGTERM, "from outside")])
def test_a_signal_is_taken_down_and_breaks_nothing(
    number: signal.Signals, reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    before = [signal.getsignal(getattr(signal, n)) for n in SIGNALS]
    with Interruption() as interruption:
        assert interruption.reason == ""
        os.kill(os.getpid(), number)
        assert reason in interruption.reason
        assert capsys.readouterr().err == ""
        os.kill(os.getpid(), signal.SIGINT)
        assert reason in interruption.reason
        assert "closing the file" in capsys.readouterr().err
    assert [signal.getsignal(getattr(signal, n)) for n in SIGNALS] == before


def test_outside_the_main_thread_nothing_is_touched() -> None:
    seen: list[object] = []

    def run() -> None:
        with Interruption():
            seen.append(signal.getsignal(signal.SIGINT))

    before = signal.getsignal(signal.SIGINT)
    thread = threading.Thread(target=run)
    thread.start()
    thread.join(30)
    assert seen == [before]


def test_a_session_that_a_script_runs_in_the_background_can_be_ended_too() -> None:
    # Shells have such programs ignore Ctrl-C.
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with Interruption() as interruption:
            os.kill(os.getpid(), signal.SIGINT)
            assert interruption.reason == "stopped with Ctrl-C"
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
