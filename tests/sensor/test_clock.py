"""Sample times against simulated truth: rate error, drift, jitter, loss, wrap, restart, senseless stamps."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp import TimeSource
from sensor.clock import SampleClock
from sensor.clock.envelope import HostMap
from sensor.clock.unwrap import Unwrapper
from sensor.families import DecodedPacket
from tests.sensor.clocks import EPOCH_NS, SimulatedSensor, clock_of, off_the_line, run


@pytest.mark.parametrize("seed", range(5))
def test_sample_times_are_within_a_tenth_of_a_millisecond(seed: int) -> None:
    sensor = SimulatedSensor(seed=seed)
    placed, clock = run(sensor)
    errors = off_the_line(placed, sensor.truth_s, after_s=60.0)
    assert np.sqrt(np.mean(errors**2)) <= 1e-4
    assert [p.missing_before for p in placed] == sensor.lost_before
    assert clock.health.rate_hz == pytest.approx(52.0 * 1.012 / (1 + 20e-6), rel=2e-5)
    assert clock.health.rate_ppm == pytest.approx(12_000, rel=0.01)
    assert clock.health.loss == pytest.approx(sum(sensor.lost_before) / (52.62 * 600), rel=0.05)
    assert 0.05 < clock.health.residual_ms < 0.5
    assert {p.time_source for p in placed} == {TimeSource.DEVICE}


def test_the_hosts_time_is_met_to_a_few_milliseconds() -> None:
    sensor = SimulatedSensor(drift_ppm=0.0)
    placed, _ = run(sensor)
    error = np.array([p.start_s for p in placed]) - np.array(sensor.truth_s)
    assert np.abs(error[100:]).max() < 0.025
    assert np.ptp(error[100:]) < 0.003


def test_two_sensors_that_drift_apart_stay_together() -> None:
    left = SimulatedSensor(drift_ppm=60.0, seconds=3600.0, seed=3)
    right = SimulatedSensor(drift_ppm=-60.0, seconds=3600.0, seed=4)
    offsets = []
    for sensor in (left, right):
        placed, _ = run(sensor)
        offsets.append(placed[-1].start_s - sensor.truth_s[-1])
    # Left alone they would be 0.43 s apart.
    assert abs(offsets[0] - offsets[1]) < 0.05


@pytest.mark.parametrize("drift_ppm", [-50.0, 20.0])
def test_once_a_crystals_drift_is_known_its_times_bend_no_more(drift_ppm: float) -> None:
    sensor = SimulatedSensor(drift_ppm=drift_ppm, seconds=3 * 3600.0, nominal_hz=104.0, samples=71)
    placed, _ = run(sensor)
    error = np.array([p.start_s for p in placed]) - np.array(sensor.truth_s)
    ends = [off_the_line(placed[i : i + 890], sensor.truth_s[i : i + 890], 0.0) for i in range(8000, 14000, 890)]
    assert np.median([np.sqrt(np.mean(e**2)) for e in ends]) <= 1e-4
    assert np.abs(error).max() < 0.05
    assert np.abs(error[10_000:]).max() < 0.025


def test_a_whole_day_shows_no_gap_that_is_none() -> None:
    sensor = SimulatedSensor(seconds=24 * 3600.0, lost=0.0, nominal_hz=104.0, samples=73)
    placed, clock = run(sensor)
    assert len(placed) > 100_000
    assert not any(p.missing_before for p in placed)
    assert clock.health.loss == 0.0


@pytest.mark.parametrize(("rate_hz", "samples"), [(25.0, 36), (52.0, 71), (100.0, 8), (200.0, 36), (104.0, 1)])
@pytest.mark.parametrize("packets", [2, 5, 40])
def test_a_gap_of_two_packets_or_more_is_never_missed(rate_hz: float, samples: int, packets: int) -> None:
    lose = frozenset(range(300, 300 + packets))
    sensor = SimulatedSensor(nominal_hz=rate_hz, samples=samples, lose=lose, lost=0.0, seconds=500 * samples / rate_hz)
    placed, _ = run(sensor)
    found = [(p.missing_before, true) for p, true in zip(placed, sensor.lost_before, strict=True) if p.missing_before]
    assert found == [(packets * samples, packets * samples)]


def test_stamps_that_wrap_go_on() -> None:
    # Movesense: milliseconds in 32 bits wrap after 49.7 days.
    modulus_ns = (1 << 32) * 1_000_000
    sensor = SimulatedSensor(modulus_ns=modulus_ns, zero_ns=modulus_ns - 30_000_000_000, seconds=120.0, lost=0.0)
    placed, _ = run(sensor)
    assert not any(p.missing_before for p in placed)
    assert np.abs(off_the_line(placed, sensor.truth_s, 20.0)).max() < 1e-3


def test_a_counter_tells_losses_to_the_sample_over_its_wrap() -> None:
    sensor = SimulatedSensor(stamped=False, counted=True, samples=3, seconds=1500.0, lost=0.02)
    placed, clock = run(sensor)
    assert [p.missing_before for p in placed] == sensor.lost_before
    assert clock.health.rate_hz == pytest.approx(52.0 * 1.012, rel=1e-3)
    assert np.isnan(clock.health.residual_ms)


def test_without_stamps_and_counter_the_arrivals_give_rate_and_time() -> None:
    sensor = SimulatedSensor(stamped=False, nominal_hz=100.0, samples=5, lost=0.0, seconds=300.0)
    placed, clock = run(sensor)
    assert clock.health.rate_hz == pytest.approx(101.2, rel=1e-3)
    error = np.array([p.start_s for p in placed]) - np.array(sensor.truth_s)
    assert np.abs(error[len(error) // 3 :]).max() < 0.06
    assert {p.time_source for p in placed} == {TimeSource.HOST}
    assert not any(p.missing_before for p in placed)


def test_without_stamps_a_loss_of_seconds_is_seen_and_a_stall_is_not_taken_for_one() -> None:
    lose = frozenset(range(3000, 3100))
    sensor = SimulatedSensor(stamped=False, nominal_hz=100.0, samples=5, lost=0.0, seconds=300.0, lose=lose)
    placed, _ = run(sensor)
    found = [p.missing_before for p in placed if p.missing_before]
    assert len(found) == 1
    assert found[0] == pytest.approx(500, abs=12)


def test_a_clock_that_begins_anew_is_a_break_and_time_goes_on() -> None:
    sensor = SimulatedSensor(seconds=60.0, lost=0.0)
    packets = list(sensor.packets())
    clock = clock_of(sensor)
    before = [clock.place(p) for p in packets[:40]]
    clock.restart()
    again_ns = packets[40].device_ns or 0
    after = [
        clock.place(DecodedPacket(xyz_g=p.xyz_g, device_ns=(p.device_ns or 0) - again_ns, host_ns=p.host_ns))
        for p in packets[40:]
    ]
    assert after[0].missing_before == -1
    assert not any(p.missing_before for p in after[1:])
    starts = [p.start_s for p in (*before, *after)]
    assert starts == sorted(starts)
    assert starts[-1] == pytest.approx(sensor.truth_s[-1], abs=0.06)


def test_a_link_that_was_lost_for_a_minute_leaves_a_gap_of_its_exact_length() -> None:
    sensor = SimulatedSensor(seconds=300.0, lost=0.0)
    packets = list(sensor.packets())
    clock = clock_of(sensor)
    for packet in packets[:200]:
        clock.place(packet)
    clock.restart()
    after = clock.place(packets[290])
    assert after.missing_before == 90 * sensor.samples


def test_a_break_whose_length_the_rate_cannot_tell_is_said_to_be_of_unknown_length() -> None:
    sensor = SimulatedSensor(seconds=400.0, lost=0.0)
    packets = list(sensor.packets())
    clock = clock_of(sensor)
    clock.place(packets[0])
    clock.restart()
    assert clock.place(packets[400]).missing_before == -1


@pytest.mark.parametrize("stamp", [0, (1 << 64) - 1, 0x0FFFFFFFFFFFFFFF, 12345])
def test_one_absurd_stamp_costs_a_break_and_no_more(stamp: int) -> None:
    sensor = SimulatedSensor(seconds=120.0, lost=0.0)
    packets = list(sensor.packets())
    absurd = DecodedPacket(xyz_g=packets[60].xyz_g, device_ns=stamp, host_ns=packets[60].host_ns)
    clock = clock_of(sensor)
    placed = [clock.place(absurd if i == 60 else p) for i, p in enumerate(packets)]
    assert [i for i, p in enumerate(placed) if p.missing_before] == [60, 61]
    assert np.all(np.diff([p.start_s for p in placed]) > 0)
    assert placed[-1].start_s == pytest.approx(sensor.truth_s[-1], abs=0.06)


@pytest.mark.parametrize("off_s", [-3.0, -0.05, 1.5, 4.0])
def test_one_stamp_that_is_a_little_off_is_no_gap(off_s: float) -> None:
    sensor = SimulatedSensor(seconds=120.0, lost=0.0)
    packets = list(sensor.packets())
    off = DecodedPacket(
        xyz_g=packets[60].xyz_g,
        device_ns=(packets[60].device_ns or 0) + round(off_s * 1e9),
        host_ns=packets[60].host_ns,
    )
    clock = clock_of(sensor)
    placed = [clock.place(off if i == 60 else p) for i, p in enumerate(packets)]
    assert not any(p.missing_before > 0 for p in placed)
    assert np.all(np.diff([p.start_s for p in placed]) > 0)
    assert placed[-1].start_s == pytest.approx(sensor.truth_s[-1], abs=0.06)


@pytest.mark.parametrize("held_up_s", [2.0, 8.0, 30.0])
def test_packets_that_the_radio_held_up_are_no_gap(held_up_s: float) -> None:
    sensor = SimulatedSensor(seconds=120.0, lost=0.0)
    packets = list(sensor.packets())
    late_ns = packets[80].host_ns + round(held_up_s * 1e9)
    clock = clock_of(sensor)
    placed = [
        clock.place(
            DecodedPacket(
                xyz_g=p.xyz_g, device_ns=p.device_ns, host_ns=max(p.host_ns, late_ns + i) if i >= 80 else p.host_ns
            )
        )
        for i, p in enumerate(packets)
    ]
    assert not any(p.missing_before for p in placed)
    assert np.ptp(np.array([p.start_s for p in placed]) - np.array(sensor.truth_s)) < 0.06


def test_stamps_that_stand_still_are_given_up() -> None:
    sensor = SimulatedSensor(seconds=200.0, lost=0.0)
    clock = clock_of(sensor)
    placed = [clock.place(DecodedPacket(xyz_g=p.xyz_g, device_ns=77, host_ns=p.host_ns)) for p in sensor.packets()]
    assert placed[-1].time_source is TimeSource.HOST
    assert placed[-1].start_s == pytest.approx(sensor.truth_s[-1], abs=0.08)
    assert sum(p.missing_before != 0 for p in placed) < 10


def test_a_stream_that_promised_stamps_and_sends_none_is_timed_by_arrival() -> None:
    sensor = SimulatedSensor(stamped=False, seconds=60.0, lost=0.0)
    clock = SampleClock(nominal_hz=52.0, stamped=True, epoch_ns=EPOCH_NS)
    placed = [clock.place(p) for p in sensor.packets()]
    assert placed[-1].start_s == pytest.approx(sensor.truth_s[-1], abs=0.08)


def test_a_counter_that_jumps_back_is_a_break() -> None:
    sensor = SimulatedSensor(stamped=False, counted=True, seconds=30.0, lost=0.0, samples=3)
    packets = list(sensor.packets())
    clock = clock_of(sensor)
    for packet in packets[:100]:
        clock.place(packet)
    back = DecodedPacket(xyz_g=packets[100].xyz_g, first_counter=5, host_ns=packets[100].host_ns)
    assert clock.place(back).missing_before == -1


def test_the_totals_of_a_sensor_go_on_over_a_change_of_its_settings() -> None:
    sensor = SimulatedSensor(seconds=60.0, lost=0.1)
    placed, first = run(sensor)
    later = SimulatedSensor(nominal_hz=104.0, seconds=10.0, lost=0.0)
    second = clock_of(later, before=first)
    (again,) = [second.place(p) for p in list(later.packets())[:1]]
    assert again.missing_before == -1
    assert again.start_s >= placed[-1].start_s
    assert second.health.loss > 0


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=60), st.integers(10_001, 70_000))
def test_a_counter_of_any_modulus_is_unwrapped(steps: list[int], modulus: int) -> None:
    unwrapper = Unwrapper(modulus)
    truth = np.cumsum(steps)
    taken = [unwrapper.take(int(t) % modulus) for t in truth]
    assert np.array_equal(np.array(taken) - taken[0], truth - truth[0])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, (1 << 64) - 1), st.integers(0, 10**12), st.integers(1, 50)), min_size=1, max_size=40
    ),
    st.booleans(),
)
def test_whatever_stamps_come_time_never_goes_back(packets: list[tuple[int, int, int]], stamped: bool) -> None:
    clock = SampleClock(nominal_hz=100.0, stamped=stamped, epoch_ns=0)
    host_ns, last = 0, -np.inf
    for stamp, step, n in packets:
        host_ns += step
        timed = clock.place(
            DecodedPacket(xyz_g=np.zeros((n, 3), np.float32), device_ns=stamp if stamped else None, host_ns=host_ns)
        )
        assert np.isfinite(timed.start_s)
        assert timed.start_s > last
        assert timed.rate_hz > 0
        assert timed.missing_before >= -1
        last = timed.start_s
    assert 0.0 <= clock.health.loss <= 1.0


def test_the_offset_follows_the_quickest_packets_and_not_the_mean() -> None:
    rng = np.random.default_rng(2)
    mapped = HostMap()
    for k in range(600):
        mapped.add(k * 0.2, k * 0.2 + 0.005 + rng.exponential(0.03), 0.2)
    assert mapped.offset_s == pytest.approx(0.005, abs=0.004)
