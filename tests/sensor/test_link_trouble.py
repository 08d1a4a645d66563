"""What the link does when something goes wrong: lost links, stalls, bonds, other people's sensors, bad frames."""

import asyncio
from typing import Any

import numpy as np
import pytest
from bleak.exc import BleakError

from sensor import BleSource, LinkState, LinkTimes, SensorInfo
from sensor.virtual import CountingMotion, Faults, Oscillator, VirtualH10
from sensor.virtual.peripheral import VirtualSensor

ADDRESS = "F0:F1:F2:F3:F4:01"
QUICK = LinkTimes(first_wait_s=0.01, longest_wait_s=0.05, watch_s=0.02, status_s=0.05)
IMPATIENT = LinkTimes(
    first_wait_s=0.01,
    longest_wait_s=0.02,
    watch_s=0.02,
    status_s=0.05,
    find_s=0.4,
    connect_s=0.4,
    start_s=0.3,
    stop_s=0.1,
    first_attempts=2,
    start_attempts=2,
)
RATE_HZ, PACKET = 200.0, 36


def info_of(sensor: VirtualSensor) -> SensorInfo:
    return SensorInfo(key=sensor.address, name=sensor.name, family=sensor.family)


def gaps(listener: Any) -> list[tuple[int, int]]:
    """What each block says is missing before it, and what really is."""
    out = []
    before = None
    for block in listener.blocks:
        numbers = CountingMotion.numbers(block.xyz_g)
        assert np.all(np.diff(numbers) == 1)
        if before is not None:
            out.append((block.missing_before, int(numbers[0]) - before - 1))
        before = int(numbers[-1])
    return out


def test_a_lost_link_is_opened_again_and_the_gap_is_told_to_one_packet(
    streaming: Any, listener: Any, wait_for: Any
) -> None:
    virtual, sensor, source = streaming()
    virtual.advance(2.0)
    listener.wait_for_blocks(11)
    virtual.run(sensor.drop_link(away_s=-1.0))
    listener.wait_for_state(LinkState.RECONNECTING)
    virtual.advance(3.0)
    virtual.run(sensor.come_back())
    wait_for(lambda: sensor.streaming)
    virtual.advance(2.0)
    listener.wait_for_state(LinkState.STREAMING, times=2)
    listener.wait_for_blocks(21)
    source.stop()
    told, true = max(gaps(listener), key=lambda g: g[1])
    assert true >= 3.0 * RATE_HZ
    assert told == -1 or abs(told - true) <= PACKET
    starts = np.array([b.start_s for b in listener.blocks])
    numbers = np.array([CountingMotion.numbers(b.xyz_g)[0] for b in listener.blocks])
    # In session time the gap is as long as it was, to a packet.
    assert np.ptp(starts - numbers / RATE_HZ) < PACKET / RATE_HZ
    assert listener.states[-3:] == [LinkState.STARTING, LinkState.STREAMING, LinkState.STOPPED]


def test_a_lost_packet_is_a_gap_of_its_exact_length(streaming: Any, listener: Any) -> None:
    virtual, sensor, source = streaming()
    virtual.advance(5.0)
    sensor.faults.lose_next = 1
    virtual.advance(2.0)
    sensor.faults.lose_next = 3
    virtual.advance(2.0)
    listener.wait_for_blocks(44)
    source.stop()
    assert [g for g in gaps(listener) if g != (0, 0)] == [(PACKET, PACKET), (3 * PACKET, 3 * PACKET)]


def test_a_sensor_whose_clock_began_anew_goes_on_in_session_time(streaming: Any, listener: Any, wait_for: Any) -> None:
    virtual, sensor, source = streaming(VirtualH10(address=ADDRESS, oscillator=Oscillator(zero_ns=10**18)))
    virtual.advance(2.0)
    listener.wait_for_blocks(10)
    virtual.run(sensor.restart())
    listener.wait_for_state(LinkState.RECONNECTING)
    wait_for(lambda: sensor.streaming)
    virtual.advance(2.0)
    listener.wait_for_state(LinkState.STREAMING, times=2)
    source.stop()
    starts = [b.start_s for b in listener.blocks]
    assert starts == sorted(starts)
    assert starts[-1] < 10.0


def test_silence_is_a_stall_and_samples_end_it(streaming: Any, listener: Any) -> None:
    virtual, sensor, source = streaming()
    virtual.advance(1.0)
    listener.wait_for_blocks(4)
    sensor.faults.silent = True
    virtual.advance(5.0)
    stall = listener.wait_for_state(LinkState.STALLED)
    assert "no samples" in stall.reason
    assert "opened again" in stall.next_step
    sensor.faults.silent = False
    virtual.advance(1.0)
    listener.wait_for_state(LinkState.STREAMING, times=2)
    source.stop()
    assert listener.states.count(LinkState.STALLED) == 1
    assert LinkState.RECONNECTING not in listener.states


def test_a_stall_that_lasts_opens_the_link_again(streaming: Any, listener: Any, wait_for: Any) -> None:
    virtual, sensor, source = streaming()
    virtual.advance(1.0)
    listener.wait_for_blocks(4)
    sensor.faults.silent = True
    virtual.advance(20.0)
    listener.wait_for_state(LinkState.RECONNECTING)
    sensor.faults.silent = False
    wait_for(lambda: list(sensor.commands).count(bytes([3, 2])) >= 1)
    wait_for(lambda: listener.states.count(LinkState.STARTING) == 2 and sensor.streaming)
    virtual.advance(1.0)
    listener.wait_for_state(LinkState.STREAMING, times=2)
    source.stop()


def test_a_sensor_that_never_sends_is_started_again(streaming: Any, listener: Any, wait_for: Any) -> None:
    virtual, sensor, source = streaming(VirtualH10(address=ADDRESS, faults=Faults(silent=True)))
    wait_for(lambda: listener.states[-2:] == [LinkState.CONNECTING, LinkState.STARTING])
    virtual.advance(1.0)
    wait_for(lambda: len(sensor.commands) > 0)
    source_machine = source._machine
    assert source_machine is not None
    wait_for(lambda: source_machine.settings is not None)

    def nudge() -> bool:
        virtual.advance(15.0)
        return LinkState.RECONNECTING in listener.states

    wait_for(nudge)
    source.stop()


def test_a_sensor_that_demands_a_bond_is_paired_and_started(streaming: Any, listener: Any) -> None:
    virtual, _, source = streaming(VirtualH10(address=ADDRESS, encrypted=True))
    virtual.advance(1.0)
    listener.wait_for_blocks(4)
    source.stop()
    assert listener.states == [
        LinkState.SCANNING,
        LinkState.CONNECTING,
        LinkState.STARTING,
        LinkState.PAIRING,
        LinkState.CONNECTING,
        LinkState.STARTING,
        LinkState.STREAMING,
        LinkState.STOPPED,
    ]


def test_a_bond_is_kept_for_the_next_link(streaming: Any, listener: Any, wait_for: Any) -> None:
    virtual, sensor, source = streaming(VirtualH10(address=ADDRESS, encrypted=True))
    virtual.advance(1.0)
    listener.wait_for_blocks(4)
    virtual.run(sensor.drop_link())
    listener.wait_for_state(LinkState.RECONNECTING)
    wait_for(lambda: sensor.streaming)
    virtual.advance(1.0)
    listener.wait_for_state(LinkState.STREAMING, times=2)
    source.stop()
    assert listener.states.count(LinkState.PAIRING) == 1


def test_malformed_frames_are_counted_and_dropped(streaming: Any, listener: Any, wait_for: Any) -> None:
    virtual, sensor, source = streaming()
    virtual.advance(2.0)
    sensor.faults.damage_next = 3
    virtual.advance(2.0)
    listener.wait_for_blocks(18)
    wait_for(lambda: listener.statuses and listener.statuses[-1].bad_frames == 3)
    source.stop()
    assert [g for g in gaps(listener) if g != (0, 0)] == [(3 * PACKET, 3 * PACKET)]
    assert LinkState.RECONNECTING not in listener.states


def test_too_many_malformed_frames_in_a_row_open_the_link_again(streaming: Any, listener: Any, wait_for: Any) -> None:
    virtual, sensor, source = streaming(bad_limit=5)
    virtual.advance(1.0)
    sensor.faults.damage_next = 5
    virtual.advance(1.0)
    change = listener.wait_for_state(LinkState.RECONNECTING)
    assert "5 malformed frames" in change.reason
    wait_for(lambda: sensor.streaming)
    virtual.advance(1.0)
    listener.wait_for_state(LinkState.STREAMING, times=2)
    source.stop()


def test_the_sensors_own_button_ends_the_stream(streaming: Any, listener: Any) -> None:
    virtual, sensor, source = streaming()
    virtual.advance(1.0)
    listener.wait_for_blocks(4)
    virtual.run(sensor.stop_by_button())
    ended = listener.wait_for_state(LinkState.STOPPED)
    assert ended.reason
    assert ended.next_step
    source.stop()
    assert listener.states.count(LinkState.STOPPED) == 1
    assert not sensor.connected


def test_a_sensor_that_is_not_there_is_given_up_with_a_next_step(on_air: Any, listener: Any) -> None:
    virtual = on_air()
    who = SensorInfo(key=ADDRESS, name="Polar H10", family="polar")
    BleSource(virtual.radio, who, times=IMPATIENT).start(listener)
    failed = listener.wait_for_state(LinkState.FAILED)
    assert "did not show" in failed.reason
    assert failed.next_step
    assert LinkState.RECONNECTING in listener.states


def test_a_sensor_that_is_seen_and_does_not_take_the_link_is_given_up(
    on_air: Any, listener: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sensor = VirtualH10(address=ADDRESS)
    virtual = on_air(sensor)

    async def hang(self: Any, pair: bool, **kwargs: Any) -> None:
        await asyncio.sleep(3600)

    monkeypatch.setattr(virtual.radio.client_backend, "connect", hang)
    source = BleSource(virtual.radio, info_of(sensor), times=IMPATIENT)
    source.start(listener)
    failed = listener.wait_for_state(LinkState.FAILED)
    assert "did not answer within" in failed.reason
    source.stop()


def test_a_connection_that_fails_is_tried_again(
    on_air: Any, listener: Any, wait_for: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sensor = VirtualH10(address=ADDRESS)
    virtual = on_air(sensor)
    real = virtual.radio.client_backend.connect
    failures = [BleakError("le-connection-abort-by-local"), OSError("broken pipe")]

    async def connect(self: Any, pair: bool, **kwargs: Any) -> None:
        if failures:
            raise failures.pop()
        await real(self, pair, **kwargs)

    monkeypatch.setattr(virtual.radio.client_backend, "connect", connect)
    source = BleSource(virtual.radio, info_of(sensor), times=QUICK)
    source.start(listener)
    wait_for(lambda: sensor.streaming)
    source.stop()
    told = [m.reason for m in listener.links if m.state is LinkState.RECONNECTING]
    assert told == ["connecting failed: broken pipe", "connecting failed: le-connection-abort-by-local"]


def test_a_sensor_that_answers_no_command_is_given_up(begin: Any, listener: Any) -> None:
    begin(VirtualH10(address=ADDRESS, faults=Faults(mute=True)), times=IMPATIENT)
    failed = listener.wait_for_state(LinkState.FAILED)
    assert "did not start" in failed.reason


def test_stopping_while_a_lost_sensor_is_looked_for_ends_at_once(streaming: Any, listener: Any) -> None:
    virtual, sensor, source = streaming()
    virtual.advance(1.0)
    virtual.run(sensor.drop_link(away_s=-1.0))
    listener.wait_for_state(LinkState.RECONNECTING)
    source.stop()
    assert listener.states[-1] is LinkState.STOPPED


def test_one_lost_sensor_does_not_disturb_the_other(on_air: Any, make_listener: Any, wait_for: Any) -> None:
    sensors = [VirtualH10(address=f"F0:F1:F2:F3:F4:0{i}", name=f"Polar H10 {i}") for i in (1, 2)]
    virtual = on_air(*sensors)
    heard = [make_listener(), make_listener()]
    sources = [BleSource(virtual.radio, info_of(s), times=QUICK) for s in sensors]
    for source, to in zip(sources, heard, strict=True):
        source.start(to)
    wait_for(lambda: all(s.streaming for s in sensors))
    virtual.advance(1.0)
    virtual.run(sensors[0].drop_link(away_s=-1.0))
    heard[0].wait_for_state(LinkState.RECONNECTING)
    virtual.advance(3.0)
    heard[1].wait_for_blocks(20)
    virtual.run(sensors[0].come_back())
    wait_for(lambda: sensors[0].streaming)
    virtual.advance(1.0)
    heard[0].wait_for_state(LinkState.STREAMING, times=2)
    for source in sources:
        source.stop()
    assert all(g == (0, 0) for g in gaps(heard[1]))
    assert heard[1].states.count(LinkState.STREAMING) == 1
