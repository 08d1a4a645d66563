"""Whatever backend bleak offers must work underneath: one that shares nothing with our own virtual air."""

import itertools
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest

import sensor
from sensor import BleSource, LinkState, LinkTimes, Radio
from sensor.virtual import CountingMotion
from tests.sensor.foreign import PACKET, RATE_HZ, Elsewhere, Strap

ADDRESSES = ("left strap", "right strap")
TIMES = LinkTimes(watch_s=0.05, status_s=0.2, first_wait_s=0.05, longest_wait_s=0.2, connect_s=20.0)


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch, no_threads_left: None) -> Iterator[Elsewhere]:
    """Two straps that bleak reaches by a backend of its own choice, as on any platform."""
    world = Elsewhere(*(Strap(address, f"Polar H10 {i}") for i, address in enumerate(ADDRESSES)))
    scanner, client = world.backends()
    monkeypatch.setattr("bleak.get_platform_scanner_backend_type", lambda: (scanner, "foreign"))
    monkeypatch.setattr("bleak.get_platform_client_backend_type", lambda: (client, "foreign"))
    yield world
    world.close()


@pytest.fixture
def streaming(elsewhere: Elsewhere, make_listener: Any) -> Iterator[Callable[[int], Any]]:
    """Starts sources on the straps; gives the listener of each."""
    with Radio() as radio:
        sources: list[BleSource] = []

        def begin(count: int) -> Any:
            found = sorted(radio.scan(0.5), key=lambda i: i.name)
            assert [i.key for i in found] == list(ADDRESSES)
            epoch_ns = radio.now_ns()
            heard = [make_listener() for _ in range(count)]
            for info, to in zip(found, heard, strict=False):
                sources.append(BleSource(radio, info, times=TIMES, epoch_ns=epoch_ns))
                sources[-1].start(to)
            for to in heard:
                to.wait_for_blocks(3)
            return heard

        yield begin
        for source in sources:
            source.stop()


def test_a_scan_hears_what_says_little(elsewhere: Elsewhere) -> None:
    with Radio() as radio:
        found = radio.scan(0.5)
    assert {(i.name, i.family, i.signal_dbm) for i in found} == {
        ("Polar H10 0", "polar", None),
        ("Polar H10 1", "polar", None),
    }


def test_the_doctor_asks_bleak_and_not_the_system(elsewhere: Elsewhere) -> None:
    (check,) = sensor.diagnose_radio()
    assert check.ok
    assert "2 devices" in check.text


def test_two_sensors_stream_and_are_stopped(elsewhere: Elsewhere, streaming: Any) -> None:
    heard = streaming(2)
    for to in heard:
        to.wait_for_blocks(10)
    for to in heard:
        assert np.all(np.diff(CountingMotion.numbers(to.xyz_g)) == 1)


def test_the_sensors_are_stopped_at_the_end(elsewhere: Elsewhere, make_listener: Any) -> None:
    with Radio() as radio:
        info = radio.scan(0.5)[0]
        source, to = BleSource(radio, info, times=TIMES), make_listener()
        source.start(to)
        to.wait_for_blocks(3)
        source.stop()
    strap = elsewhere.straps[info.key]
    assert strap.commands[-1] == b"\x03\x02"
    assert strap.task is None
    assert to.states[-1] is LinkState.STOPPED


def test_two_lost_sensors_are_found_again_though_one_scan_at_a_time_is_all_there_is(
    elsewhere: Elsewhere, streaming: Any
) -> None:
    heard = streaming(2)
    straps = list(elsewhere.straps.values())
    for strap in straps:
        elsewhere.call(strap.leave)
    for to in heard:
        to.wait_for_state(LinkState.RECONNECTING)
    time.sleep(0.5)  # both are looked for at once by now
    for strap in straps:
        strap.present = True
    for to in heard:
        to.wait_for_state(LinkState.STREAMING, times=2)
        before = len(to.blocks)
        to.wait_for_blocks(before + 5)
        assert "another program" not in " ".join(m.reason for m in to.links)


def test_a_link_that_goes_down_without_a_word_is_noticed(elsewhere: Elsewhere, streaming: Any) -> None:
    elsewhere.calls_back = False
    (to,) = streaming(1)
    strap = elsewhere.straps[ADDRESSES[0]]
    elsewhere.call(strap.leave)
    lost = to.wait_for_state(LinkState.RECONNECTING)
    assert "lost" in lost.reason
    strap.present = True
    to.wait_for_state(LinkState.STREAMING, times=2)


def test_a_sensor_that_comes_back_does_not_wait_for_a_connection_that_hangs(
    elsewhere: Elsewhere, streaming: Any
) -> None:
    (to,) = streaming(1)
    strap = elsewhere.straps[ADDRESSES[0]]
    for times in (2, 3, 4):
        elsewhere.call(strap.leave)
        to.wait_for_state(LinkState.RECONNECTING, times=times - 1)
        time.sleep(0.3)
        strap.present = True
        returned = time.monotonic()
        to.wait_for_state(LinkState.STREAMING, times=times)
        # A connection that was begun before the return would hang for `TIMES.connect_s`.
        assert time.monotonic() - returned < TIMES.connect_s / 2
        to.wait_for_blocks(len(to.blocks) + 3)
    got = [CountingMotion.numbers(b.xyz_g) for b in to.blocks]
    assert [int(n) for part in got for n in part] == strap.numbers_sent[: sum(len(part) for part in got)]
    for (a, b), later in zip(itertools.pairwise(got), to.blocks[1:], strict=True):
        missing = int(b[0] - a[-1]) - 1
        assert later.missing_before == -1 or abs(later.missing_before - missing) <= PACKET
    starts = np.array([b.start_s - n[0] / RATE_HZ for b, n in zip(to.blocks, got, strict=True)])
    assert np.ptp(starts) < PACKET / RATE_HZ
