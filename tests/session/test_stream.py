"""One sensor's way through a session: what becomes of the first blocks."""

import numpy as np
import pytest

from dsp import Placement, Side
from sensor import Block
from session import SampleUpdate
from session.stream import SensorStream

RATE_HZ, PACKET = 100.0, 20


def blocks(starts_s: list[float], missing: dict[int, int] | None = None) -> list[Block]:
    still_g = np.tile(np.array([0.0, 0.0, 1.0], np.float32), (PACKET, 1))
    return [
        Block(sensor="left", xyz_g=still_g, start_s=start_s, rate_hz=RATE_HZ, missing_before=(missing or {}).get(i, 0))
        for i, start_s in enumerate(starts_s)
    ]


def first_told(given: list[Block]) -> float:
    told: list[object] = []
    stream = SensorStream(label="left", placement=Placement.CALF, side=Side.LEFT, emit=told.append)
    for block in given:
        stream.add(block)
    stream.finish()
    return next(m.start_s for m in told if isinstance(m, SampleUpdate))


def test_a_first_packet_that_came_late_does_not_shift_the_whole_session() -> None:
    truth = [5.0 + 0.2 * i for i in range(20)]
    late = [5.13, 5.21, 5.405, *truth[3:]]
    assert first_told(blocks(late)) == pytest.approx(5.0, abs=1e-9)


def test_samples_lost_in_the_first_seconds_are_counted() -> None:
    starts = [5.0, 5.2, *(6.0 + 0.2 * i for i in range(20))]
    assert first_told(blocks(starts, {2: 60})) == pytest.approx(5.0, abs=1e-9)


def test_a_clock_that_began_anew_in_the_first_seconds_leaves_the_first_time_as_it_was() -> None:
    starts = [5.0, 5.2, *(9.0 + 0.2 * i for i in range(20))]
    assert first_told(blocks(starts, {2: -1})) == 5.0
