"""The thread that hands messages over."""

import logging
import threading
from typing import Any

import pytest

from sensor.link.delivery import Delivery, RawPacket


def packet(number: int) -> RawPacket:
    return RawPacket("char", bytes([number]), number)


def test_packets_and_work_keep_their_order(no_threads_left: None) -> None:
    got: list[Any] = []
    delivery = Delivery("test", lambda p: got.append(p.host_ns))
    delivery.offer(packet(1))
    delivery.post(lambda: got.append("told"))
    delivery.offer(packet(2))
    delivery.start()
    delivery.finish()
    assert delivery.join()
    assert got == [1, "told", 2]


def test_a_full_queue_drops_packets_but_never_messages(no_threads_left: None) -> None:
    got: list[Any] = []
    delivery = Delivery("test", lambda p: got.append(p.host_ns), limit=3)
    assert [delivery.offer(packet(n)) for n in range(5)] == [True, True, True, False, False]
    delivery.post(lambda: got.append("told"))
    assert (delivery.waiting, delivery.dropped) == (3, 2)
    delivery.start()
    delivery.finish()
    assert delivery.join()
    assert got == [0, 1, 2, "told"]


def test_what_the_session_cannot_take_does_not_end_the_stream(
    no_threads_left: None, caplog: pytest.LogCaptureFixture
) -> None:
    got: list[int] = []

    def take(raw: RawPacket) -> None:
        if raw.host_ns == 1:
            raise ValueError
        got.append(raw.host_ns)

    delivery = Delivery("test", take)
    for n in range(3):
        delivery.offer(packet(n))
    delivery.post(lambda: 1 / 0)  # type: ignore[arg-type, return-value]
    delivery.post(lambda: got.append(99))
    delivery.start()
    delivery.finish()
    with caplog.at_level(logging.CRITICAL):
        assert delivery.join()
    assert got == [0, 2, 99]


def test_joining_from_its_own_thread_does_not_wait_for_itself(no_threads_left: None) -> None:
    joined: list[bool] = []
    done = threading.Event()
    delivery = Delivery("test", lambda p: None)
    delivery.post(lambda: joined.append(delivery.join()))
    delivery.post(done.set)
    delivery.finish()
    delivery.start()
    assert done.wait(30)
    delivery.join()
    assert joined == [True]
