"""The way from a sensor on the air to blocks in a session, over bleak's public API."""

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from dsp import InputError, SensorError
from sensor import BleSource, Identity, LinkState, LinkTimes, SensorInfo
from sensor.virtual import CountingMotion, Oscillator, VirtualH10

LEFT, RIGHT = "F0:F1:F2:F3:F4:01", "F0:F1:F2:F3:F4:02"
QUICK = LinkTimes(first_wait_s=0.01, longest_wait_s=0.05, watch_s=0.02, status_s=0.05)


def h10(address: str = LEFT, **more: Any) -> VirtualH10:
    return VirtualH10(address=address, **more)


def info_of(sensor: Any, **more: Any) -> SensorInfo:
    return SensorInfo(key=sensor.address, name=sensor.name, family=sensor.family, **more)


def stream(virtual: Any, sensor: Any, listener: Any, **more: Any) -> BleSource:
    """Start a source and have it stream."""
    source = BleSource(virtual.radio, info_of(sensor), times=more.pop("times", QUICK), **more)
    source.start(listener)
    return source


def sent_numbers(sensor: Any) -> list[int]:
    return [n for first, count in list(sensor.sent_packets) for n in range(first, first + count)]


@pytest.fixture
def streaming(on_air: Any, listener: Any, wait_for: Any) -> Callable[..., Any]:
    """A source that streams from a virtual H10: gives radio, sensor and source."""

    def make(sensor: Any = None, *, manual: bool = True, retry_connector: bool | None = None, **more: Any) -> Any:
        sensor = sensor if sensor is not None else h10()
        virtual = on_air(sensor, manual=manual, retry_connector=retry_connector)
        source = stream(virtual, sensor, listener, **more)
        wait_for(lambda: sensor.streaming, "the sensor streams")
        return virtual, sensor, source

    return make


def test_every_sample_arrives_once_in_order_and_unchanged(streaming: Any, listener: Any) -> None:
    virtual, sensor, source = streaming(label="left")
    virtual.advance(3.0)
    listener.wait_for_blocks(16)
    source.stop()
    assert CountingMotion.numbers(listener.xyz_g).tolist() == sent_numbers(sensor)
    assert all(b.missing_before in (0, -1) for b in listener.blocks[:1])
    assert all(b.missing_before == 0 for b in listener.blocks[1:])
    assert {b.sensor for b in listener.blocks} == {"left"}


def test_the_states_follow_one_another_and_the_sensor_is_stopped_at_the_end(streaming: Any, listener: Any) -> None:
    virtual, sensor, source = streaming()
    virtual.advance(0.5)
    listener.wait_for_blocks(2)
    source.stop()
    assert [s.value for s in listener.states] == ["scanning", "connecting", "starting", "streaming", "stopped"]
    assert sensor.commands[-1] == bytes([3, 2])
    assert not sensor.streaming
    assert not sensor.connected
    assert listener.messages[-1] is listener.links[-1]


def test_a_sensor_that_a_scan_has_just_seen_is_not_looked_for_again(on_air: Any, listener: Any, wait_for: Any) -> None:
    sensor = h10()
    virtual = on_air(sensor)
    (found,) = virtual.radio.scan(0.3)
    source = BleSource(virtual.radio, found, times=QUICK)
    source.start(listener)
    wait_for(lambda: sensor.streaming)
    source.stop()
    assert listener.states[0] is LinkState.CONNECTING


def test_sample_times_lie_on_the_sessions_clock(streaming: Any, listener: Any) -> None:
    virtual, _, source = streaming(h10(oscillator=Oscillator(zero_ns=599_616_000_000_000_000, rate_error=0.012)))
    epoch_ns = virtual.pace.now_ns()
    virtual.advance(8.0)
    listener.wait_for_blocks(44)
    source.stop()
    last = listener.blocks[-1]
    truth_s = (last.host_ns - epoch_ns) * 1e-9 - (len(last.xyz_g) - 1) / (200 * 1.012)
    begun_s = listener.links[0].time_s
    assert last.start_s == pytest.approx(truth_s, abs=0.005 + abs(begun_s))
    assert last.rate_hz == pytest.approx(202.4, rel=2e-3)
    assert source.nominal_hz == 200.0


def test_two_sensors_stream_at_once_on_one_clock(on_air: Any, make_listener: Any, wait_for: Any) -> None:
    sensors = [h10(LEFT, name="Polar H10 1"), h10(RIGHT, name="Polar H10 2", oscillator=Oscillator(drift_ppm=80.0))]
    virtual = on_air(*sensors)
    epoch_ns = virtual.radio.now_ns()
    listeners = [make_listener(), make_listener()]
    sources = [stream(virtual, s, to, epoch_ns=epoch_ns) for s, to in zip(sensors, listeners, strict=True)]
    wait_for(lambda: all(s.streaming for s in sensors))
    virtual.advance(4.0)
    for heard in listeners:
        heard.wait_for_blocks(22)
    for source in sources:
        source.stop()
    # Both count their samples from the same moment, so equal numbers were taken at the same time.
    starts = [{int(CountingMotion.numbers(b.xyz_g)[0]): b.start_s for b in heard.blocks} for heard in listeners]
    common = sorted(set(starts[0]) & set(starts[1]))
    assert len(common) > 15
    assert max(abs(starts[0][n] - starts[1][n]) for n in common) < 0.005


def test_a_source_completes_what_is_known_of_the_sensor(streaming: Any, listener: Any) -> None:
    _, _, source = streaming(h10(serial="A1B2C3", battery_percent=63))
    assert source.info.serial == "A1B2C3"
    assert source.info.model == "H10"
    assert source.info.battery_percent == 63
    assert source.identity == Identity(key=LEFT, serial="A1B2C3", family="polar", name="Polar H10 5A01C0DE")
    source.stop()


def test_the_battery_and_the_age_of_the_data_are_told(streaming: Any, listener: Any, wait_for: Any) -> None:
    virtual, sensor, source = streaming()
    virtual.advance(1.0)
    wait_for(lambda: listener.statuses)
    virtual.run(sensor.set_battery(41))
    wait_for(lambda: listener.statuses[-1].battery_percent == 41)
    sensor.faults.silent = True
    virtual.advance(2.0)
    wait_for(lambda: listener.statuses[-1].data_age_s > 1.7)
    source.stop()
    assert listener.statuses[-1].nominal_hz == 200.0


def test_the_battery_is_read_again_now_and_then(streaming: Any, wait_for: Any) -> None:
    virtual, sensor, source = streaming(times=LinkTimes(watch_s=0.02, battery_every_s=5.0))
    sensor.battery_percent = 17  # without telling
    virtual.advance(6.0)
    wait_for(lambda: source.info.battery_percent == 17)
    source.stop()


def test_stopping_twice_or_before_the_start_does_no_harm(on_air: Any, listener: Any) -> None:
    sensor = h10()
    virtual = on_air(sensor)
    never = BleSource(virtual.radio, info_of(sensor))
    never.stop()
    source = stream(virtual, sensor, listener)
    source.stop()
    source.stop()
    assert listener.states[-1] is LinkState.STOPPED
    with pytest.raises(InputError, match="started already"):
        source.start(listener)


def test_a_session_that_stops_the_source_from_its_own_sink_does_not_hang(
    on_air: Any, listener: Any, wait_for: Any
) -> None:
    sensor = h10()
    virtual = on_air(sensor)
    source = BleSource(virtual.radio, info_of(sensor), times=QUICK)

    def sink(message: Any) -> None:
        listener(message)
        if listener.states[-1:] == [LinkState.STREAMING]:
            source.stop()

    source.start(sink)
    wait_for(lambda: sensor.streaming)
    virtual.advance(0.5)
    listener.wait_for_state(LinkState.STOPPED)
    assert not sensor.streaming


def test_closing_the_radio_stops_its_sensors(streaming: Any, listener: Any) -> None:
    virtual, sensor, _ = streaming()
    virtual.__exit__(None, None, None)
    assert listener.wait_for_state(LinkState.STOPPED)
    assert sensor.commands[-1] == bytes([3, 2])


def test_a_closed_radio_takes_no_new_source(on_air: Any, listener: Any) -> None:
    sensor = h10()
    virtual = on_air(sensor)
    virtual.radio.close()
    with pytest.raises(SensorError, match="closed"):
        BleSource(virtual.radio, info_of(sensor)).start(listener)


def test_a_device_of_no_family_is_refused(on_air: Any) -> None:
    virtual = on_air()
    with pytest.raises(InputError, match="not a known"):
        BleSource(virtual.radio, SensorInfo(key=LEFT, name="kettle", family=""))


def test_links_open_through_the_retry_connector_too(streaming: Any, listener: Any) -> None:
    virtual, sensor, source = streaming(retry_connector=True)
    virtual.advance(0.5)
    listener.wait_for_blocks(2)
    source.stop()
    assert CountingMotion.numbers(listener.xyz_g).tolist() == sent_numbers(sensor)


def test_a_stop_that_nobody_confirms_is_told_and_does_not_hang(
    streaming: Any, listener: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    virtual, _, source = streaming(times=LinkTimes(watch_s=0.02, stop_s=0.01, disconnect_s=0.01))
    monkeypatch.setattr("sensor.link.source.STOP_MARGIN_S", 0.05)
    gate = threading.Event()
    virtual.radio.call_soon(lambda: gate.wait(30))  # the radio hangs
    source.stop()
    assert listener.links[-1].state is LinkState.STOPPED
    assert "not confirmed" in listener.links[-1].reason
    assert listener.links[-1].next_step
    gate.set()


def test_the_radios_own_thread_may_ask_for_a_stop(streaming: Any, listener: Any) -> None:
    virtual, sensor, source = streaming()
    virtual.radio.call_soon(source.stop)
    listener.wait_for_state(LinkState.STOPPED)
    source.stop()
    assert not sensor.streaming


def test_a_mistake_of_the_program_ends_the_link_with_a_next_step(
    on_air: Any, listener: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sensor = h10()
    virtual = on_air(sensor)
    (family,) = [f for f in virtual.radio.families if f.name == sensor.family]
    monkeypatch.setattr(family, "driver", lambda gatt: 1 / 0)
    stream(virtual, sensor, listener)
    failed = listener.wait_for_state(LinkState.FAILED)
    assert "ZeroDivisionError" in failed.reason
    assert failed.next_step


def test_a_session_that_is_slow_does_not_delay_the_radio(on_air: Any, listener: Any, wait_for: Any) -> None:
    sensor = h10()
    virtual = on_air(sensor)
    gate = threading.Event()

    def sink(message: Any) -> None:
        gate.wait(30)
        listener(message)

    source = BleSource(virtual.radio, info_of(sensor), times=QUICK)
    source.start(sink)
    wait_for(lambda: sensor.streaming)
    virtual.advance(2.0)
    gate.set()
    listener.wait_for_blocks(10)
    source.stop()
    assert np.all(np.diff(CountingMotion.numbers(listener.xyz_g)) == 1)


def test_a_flood_fills_a_queue_of_fixed_size_and_is_counted(on_air: Any, listener: Any, wait_for: Any) -> None:
    sensor = h10()
    virtual = on_air(sensor)
    gate = threading.Event()

    def sink(message: Any) -> None:
        gate.wait(30)
        listener(message)

    source = BleSource(virtual.radio, info_of(sensor), times=QUICK, queue_packets=8)
    source.start(sink)
    wait_for(lambda: sensor.streaming)
    virtual.advance(0.4)
    sensor.faults.flood = 20
    virtual.advance(1.0)
    wait_for(lambda: source.dropped_packets > 50)
    assert source._delivery is not None
    assert source._delivery.waiting <= 8
    gate.set()
    source.stop()
    assert listener.states[-1] is LinkState.STOPPED


def test_packets_that_come_before_the_start_is_answered_are_kept(on_air: Any, listener: Any, wait_for: Any) -> None:
    sensor = h10()
    virtual = on_air(sensor)
    # Stale indications keep the start waiting while the first packets already come.
    sensor.faults.before_answer = [bytes([0xF0, 9, 9, 0, 0])]
    source = stream(virtual, sensor, listener)
    wait_for(lambda: sensor.streaming)
    virtual.advance(1.0)
    listener.wait_for_blocks(5)
    source.stop()
    assert CountingMotion.numbers(listener.xyz_g).tolist() == sent_numbers(sensor)
