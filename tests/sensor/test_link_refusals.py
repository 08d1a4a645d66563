"""What a sensor may answer to a start, and what it may send instead of samples, over the whole path."""

import struct
from typing import Any

import numpy as np
import pytest

from sensor import LinkState, LinkTimes
from sensor.virtual import CountingMotion, VirtualH10, VirtualMovesense, VirtualVeritySense

ADDRESS = "F0:F1:F2:F3:F4:01"
TIMES = LinkTimes(
    first_wait_s=0.01, longest_wait_s=0.02, watch_s=0.02, status_s=0.05, start_attempts=3, first_attempts=3
)
PACKET = 36


def refusing(*statuses: int) -> VirtualH10:
    sensor = VirtualH10(address=ADDRESS)
    sensor.faults.refuse.extend(statuses)
    return sensor


@pytest.mark.parametrize(
    ("statuses", "attempts"),
    [
        pytest.param((6,), 1, id="6, already in this state: stopped and started over the same link"),
        pytest.param((10,), 2, id="10, invalid MTU: once more over a new link"),
        pytest.param((12,), 2, id="12, busy: once more over a new link"),
        pytest.param((10, 12), 3, id="one after the other"),
    ],
)
def test_refusals_that_pass_end_in_a_stream(
    statuses: tuple[int, ...], attempts: int, begin: Any, listener: Any, wait_for: Any
) -> None:
    sensor = refusing(*statuses)
    virtual, _, source = begin(sensor, times=TIMES)
    wait_for(lambda: sensor.streaming)
    virtual.advance(1.0)
    listener.wait_for_blocks(5)
    source.stop()
    assert listener.states.count(LinkState.STARTING) == attempts
    assert CountingMotion.numbers(listener.xyz_g).tolist() == list(range(1, len(listener.xyz_g) + 1))


@pytest.mark.parametrize(
    ("statuses", "reason", "step"),
    [
        ((8,), "does not offer this rate (status 8, INVALID_RATE)", "ask for another or for none"),
        ((13,), "is in its charger (status 13, IN_CHARGER)", "take it out and start again"),
        ((10,) * 3, "needs longer packets than this link allows (status 10", "switch the sensor off and on"),
        ((12,) * 3, "is busy in another mode (status 12", "switch the sensor off and on"),
        ((6,) * 9, "streams already and did not stop (status 6", "take it off for a minute"),
    ],
)
def test_refusals_that_stay_are_told_with_what_to_do(
    statuses: tuple[int, ...], reason: str, step: str, begin: Any, listener: Any
) -> None:
    begin(refusing(*statuses), times=TIMES)
    failed = listener.wait_for_state(LinkState.FAILED)
    assert reason in failed.reason
    assert failed.next_step.startswith(step)


def test_frames_cut_by_a_short_mtu_are_told_as_that(
    begin: Any, listener: Any, wait_for: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sensor.virtual.polar.LEAST_MTU", 0)
    monkeypatch.setattr("sensor.virtual.polar.VirtualH10.rates", (200,))
    monkeypatch.setattr("sensor.virtual.polar.VirtualH10.ranges", (8,))
    sensor = VirtualH10(address=ADDRESS, mtu=23)
    virtual, _, _ = begin(sensor, bad_limit=3, times=TIMES)

    def nudge() -> bool:
        virtual.advance(1.0)
        return LinkState.FAILED in listener.states

    wait_for(nudge)
    failed = listener.wait_for_state(LinkState.FAILED)
    assert "malformed frames came in a row (the frames come cut to 20 bytes" in failed.reason
    assert "MTU 23" in failed.reason
    assert failed.next_step.startswith("switch the sensor off and on")


def test_a_list_of_rates_cut_by_a_short_mtu_is_told_as_that(begin: Any, listener: Any) -> None:
    begin(VirtualH10(address=ADDRESS, mtu=23), times=TIMES)
    failed = listener.wait_for_state(LinkState.FAILED)
    assert "the answer is cut to 20 bytes" in failed.reason
    assert "MTU 23" in failed.reason


def test_stale_and_foreign_answers_are_passed_over(begin: Any, listener: Any, wait_for: Any) -> None:
    sensor = VirtualH10(address=ADDRESS)
    features = bytes.fromhex("0f05") + bytes(15)
    # A late answer to a stop, the echo of a read, a cut answer, an answer about PPG, and a refusal of something else.
    sensor.faults.before_answer = [
        bytes.fromhex(h) for h in ("f003020000", features.hex(), "f001", "f001010000", "f0050209")
    ]
    virtual, _, source = begin(sensor, times=TIMES)
    wait_for(lambda: sensor.streaming)
    virtual.advance(1.0)
    listener.wait_for_blocks(5)
    source.stop()
    assert LinkState.RECONNECTING not in listener.states


@pytest.mark.parametrize("factor", [0.0, -1.0, 50.0, float("nan"), float("inf")])
def test_a_factor_out_of_range_is_never_believed(factor: float, begin: Any, listener: Any) -> None:
    begin(VirtualVeritySense(address=ADDRESS, factor=factor), times=TIMES)
    failed = listener.wait_for_state(LinkState.FAILED)
    assert "makes no sense" in failed.reason
    assert "factor" in failed.reason
    assert failed.next_step.startswith("switch the sensor off and on")
    assert not listener.blocks


def frame(stamp_ns: int, kind: int = 0x01, content: bytes = struct.pack("<3h", 1, 2, 1000)) -> bytes:
    return b"\x02" + struct.pack("<Q", stamp_ns) + bytes([kind]) + content


STRANGE = (
    b"",
    b"\x02",
    frame(0, 0x7F),
    frame(0, 0x83, bytes(30)),
    frame(0, 0x81, bytes(6) + b"\x00\x10" + bytes(20)),
    frame(0, 0x81, bytes(6) + b"\x20\xff" + bytes(200)),
    frame(0, 0x02, b"\xff\xff\x7f" * 3),  # 8,388 g
    frame(0, 0x01, bytes(504)),  # two bytes more than an attribute may have
)


def test_strange_frames_are_counted_and_dropped(begin: Any, listener: Any, wait_for: Any) -> None:
    sensor = VirtualH10(address=ADDRESS)
    virtual, _, source = begin(sensor, times=TIMES)
    wait_for(lambda: sensor.streaming)
    virtual.advance(1.0)
    listener.wait_for_blocks(5)
    others = (b"\x05" + bytes(40), b"\x3f" + bytes(40))  # measurements that nobody asked for
    for data in (*STRANGE, *others):
        virtual.run(sensor.send_now(sensor._data, data))
    virtual.advance(1.0)
    listener.wait_for_blocks(10)
    wait_for(lambda: listener.statuses and listener.statuses[-1].bad_frames == len(STRANGE))
    source.stop()
    assert np.all(np.diff(CountingMotion.numbers(listener.xyz_g)) == 1)
    assert listener.states.count(LinkState.STREAMING) == 1


@pytest.mark.parametrize("stamp_ns", [0, 1, (1 << 64) - 1, 0x0FFFFFFFFFFFFFFF, 599_616_000_000_000_000])
def test_an_absurd_stamp_neither_turns_time_back_nor_fills_the_memory(
    stamp_ns: int, begin: Any, listener: Any, wait_for: Any
) -> None:
    sensor = VirtualH10(address=ADDRESS)
    virtual, _, source = begin(sensor, times=TIMES)
    wait_for(lambda: sensor.streaming)
    virtual.advance(2.0)
    listener.wait_for_blocks(10)
    virtual.run(sensor.send_now(sensor._data, frame(stamp_ns)))
    virtual.advance(2.0)
    listener.wait_for_blocks(20)
    source.stop()
    starts = [b.start_s for b in listener.blocks]
    assert starts == sorted(starts)
    assert starts[-1] < 6.0
    assert all(b.missing_before <= 2 * PACKET for b in listener.blocks)


def test_floats_that_are_no_numbers_cost_their_packets_and_no_more(begin: Any, listener: Any, wait_for: Any) -> None:
    class Broken(VirtualMovesense):
        def damage(self, data: bytes) -> bytes:
            return data[:6] + struct.pack("<f", float("nan")) + data[10:]

    sensor = Broken(address=ADDRESS)
    virtual, _, source = begin(sensor, times=TIMES)
    wait_for(lambda: sensor.streaming)
    virtual.advance(1.0)
    sensor.faults.damage_next = 4
    virtual.advance(2.0)
    listener.wait_for_blocks(25)
    wait_for(lambda: listener.statuses and listener.statuses[-1].bad_frames == 4)
    source.stop()
    assert np.isfinite(listener.xyz_g).all()
    assert [b.missing_before for b in listener.blocks if b.missing_before] == [4 * sensor.samples]
