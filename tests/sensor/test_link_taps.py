"""Which sensor was tapped."""

import numpy as np
import pytest

from sensor import Block, Tap, TapDetector

RATE_HZ = 50.0


def block(sensor: str, start_s: float, xyz_g: np.ndarray, missing: int = 0) -> Block:
    return Block(
        sensor=sensor, xyz_g=xyz_g.astype(np.float32), start_s=start_s, rate_hz=RATE_HZ, missing_before=missing
    )


def signal(seconds: float, taps: dict[float, float], gravity: tuple[float, float, float] = (0, 0, 1)) -> np.ndarray:
    rng = np.random.default_rng(1)
    xyz = np.asarray(gravity, float) + rng.normal(scale=0.005, size=(round(seconds * RATE_HZ), 3))
    for at_s, peak_g in taps.items():
        xyz[round(at_s * RATE_HZ), 0] += peak_g
    return xyz


def play(signals: dict[str, np.ndarray], packets: dict[str, int]) -> list[Tap]:
    """Feed signals in packets of each sensor's own size, in the order in which they would arrive."""
    events = []
    for name, xyz in signals.items():
        size = packets[name]
        for at in range(0, len(xyz), size):
            part = xyz[at : at + size]
            events.append(((at + len(part)) / RATE_HZ, name, at / RATE_HZ, part))
    detector = TapDetector(list(signals))
    found = [detector.add(block(name, start_s, part)) for _, name, start_s, part in sorted(events, key=lambda e: e[0])]
    return [tap for tap in found if tap is not None]


@pytest.mark.parametrize("tapped", ["left", "right"])
def test_the_tapped_sensor_is_told(tapped: str) -> None:
    other = "left" if tapped == "right" else "right"
    taps = play({tapped: signal(6, {3.0: 2.0}), other: signal(6, {})}, {"left": 9, "right": 9})
    (tap,) = taps
    assert tap.sensor == tapped
    assert tap.time_s == pytest.approx(3.0, abs=0.02)
    assert tap.peak_g == pytest.approx(2.0, abs=0.1)


def test_a_jolt_that_reaches_both_alike_says_nothing() -> None:
    assert play({"left": signal(6, {3.0: 2.0}), "right": signal(6, {3.02: 1.7})}, {"left": 9, "right": 9}) == []


def test_a_tap_is_felt_a_little_by_the_other_sensor_too() -> None:
    (tap,) = play({"left": signal(6, {3.0: 3.0}), "right": signal(6, {3.05: 0.8})}, {"left": 9, "right": 36})
    assert tap.sensor == "left"


def test_lying_still_or_turning_slowly_is_no_tap() -> None:
    t = np.arange(300) / RATE_HZ
    turning = np.column_stack([np.sin(0.5 * t), np.zeros(300), np.cos(0.5 * t)])
    assert play({"left": turning, "right": signal(6, {})}, {"left": 9, "right": 9}) == []


def test_each_tap_is_told_once_and_in_turn() -> None:
    taps = play({"left": signal(10, {2.0: 2.0, 7.0: 2.0}), "right": signal(10, {4.5: 2.5})}, {"left": 9, "right": 36})
    assert [t.sensor for t in taps] == ["left", "right", "left"]


def test_a_sensor_that_went_silent_does_not_hold_up_the_answer() -> None:
    taps = play({"left": signal(10, {3.0: 2.0}), "right": signal(1, {})}, {"left": 9, "right": 9})
    assert [t.sensor for t in taps] == ["left"]


def test_the_jump_over_a_gap_is_no_tap() -> None:
    detector = TapDetector(["left"])
    assert detector.add(block("left", 0.0, signal(2, {}))) is None
    assert detector.add(block("left", 9.0, signal(2, {}, gravity=(1, 0, 0)), missing=350)) is None
    assert detector.add(block("left", 11.0, signal(2, {}, gravity=(1, 0, 0)))) is None


def test_blocks_of_other_sensors_and_empty_ones_are_left_aside() -> None:
    detector = TapDetector(["left"])
    assert detector.add(block("dog", 0.0, signal(2, {1.0: 4.0}))) is None
    assert detector.add(block("left", 0.0, np.empty((0, 3)))) is None
