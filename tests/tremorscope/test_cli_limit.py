"""When `--seconds` is over."""

import numpy as np

from session import SampleUpdate
from tremorscope.cli.limit import LATER_SENSOR_S, StreamingLimit


def samples(sensor: str, start_s: float, seconds: float) -> SampleUpdate:
    xyz_g = np.zeros((round(100 * seconds), 3), np.float32)
    return SampleUpdate(sensor=sensor, start_s=start_s, rate_hz=100.0, xyz_g=xyz_g, motion_g=xyz_g)


def test_the_time_counts_from_the_first_sample() -> None:
    limit = StreamingLimit(5.0, lambda message: None)
    limit(samples("left", 100.0, 4.9))
    assert not limit.reached
    limit(samples("left", 104.9, 0.1))
    assert limit.reached


def test_a_second_sensor_that_came_later_streams_for_as_long() -> None:
    limit = StreamingLimit(5.0, lambda message: None)
    limit(samples("left", 0.0, 5.0 + LATER_SENSOR_S / 2))
    limit(samples("right", 4.0, 3.0))
    assert not limit.reached
    limit(samples("right", 7.0, 2.0))
    assert limit.reached


def test_a_second_sensor_that_stays_away_is_not_waited_for_without_end() -> None:
    limit = StreamingLimit(5.0, lambda message: None)
    limit(samples("right", 0.0, 0.1))
    limit(samples("left", 0.0, 5.0 + LATER_SENSOR_S))
    assert limit.reached


def test_without_seconds_it_never_ends() -> None:
    limit = StreamingLimit(None, lambda message: None)
    limit(samples("left", 0.0, 1000.0))
    assert not limit.reached


def test_a_replay_that_loops_counts_what_it_plays() -> None:
    limit = StreamingLimit(5.0, lambda message: None)
    for _ in range(2):
        limit(samples("replay", 10.0, 1.0))
        limit(samples("replay", 11.0, 1.0))
        assert not limit.reached
    limit(samples("replay", 10.0, 1.0))
    assert limit.reached
