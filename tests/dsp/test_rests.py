"""A limb is still as soon as it rests, and until it moves: windows of four seconds reach into both."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dsp
from tests.dsp.conftest import in_chunks, turning_limb

AT_S, FOR_S = 12.0, 1.2
HALF_FRAME_S = 0.25


def labels(result: dsp.Analysis, first_s: float, last_s: float) -> set[str]:
    inside = (result.frames["time_s"] >= first_s) & (result.frames["time_s"] <= last_s)
    return set(result.frames["label"][inside].tolist())


@pytest.mark.parametrize("rate_hz", [25.0, 50.0, 100.0, 208.0])
@pytest.mark.parametrize("degrees", [8.0, 30.0, 80.0])
def test_a_turn_between_rests_is_movement_for_as_long_as_it_lasts(rate_hz: float, degrees: float) -> None:
    limb = turning_limb([(AT_S, FOR_S, degrees)], seconds=26.0, gravity=True, rate_hz=rate_hz)
    result = dsp.analyze(limb, rate_hz=rate_hz, placement="calf")
    assert [s.label.value for s in result.segments] == ["still", "movement", "still"]
    # A frame is all movement that holds a part of it, and the level of the jerk path lags by a tenth of a second or two.
    moved = result.segments[1]
    assert moved.start_s == pytest.approx(AT_S, abs=2 * HALF_FRAME_S)
    assert moved.end_s == pytest.approx(AT_S + FOR_S, abs=2 * HALF_FRAME_S + 0.2)


@pytest.mark.parametrize(("pause_s", "rests"), [(1.0, False), (3.5, True)])
def test_a_pause_of_a_movement_is_no_rest_and_seconds_are(pause_s: float, *, rests: bool) -> None:
    moves = [(4.0 + i * (1.0 + pause_s), 1.0, 25.0 * (-1) ** i) for i in range(int(20.0 / (1.0 + pause_s)))]
    result = dsp.analyze(turning_limb(moves, seconds=26.0, gravity=True), rate_hz=100.0, placement="calf")
    assert ("still" in labels(result, 5.5, 20.0)) is rests


def test_a_slow_turn_beside_a_quick_one_is_no_rest() -> None:
    # 4 deg/s for 6 s, which no step of it tells from noise.
    limb = turning_limb([(AT_S, 1.0, 30.0), (AT_S + 1.0, 6.0, 24.0)], seconds=26.0, gravity=True)
    result = dsp.analyze(limb, rate_hz=100.0, placement="calf")
    assert labels(result, AT_S + 2.0, AT_S + 5.5) == {"movement"}


@pytest.mark.parametrize("hz", [4.0, 6.0, 9.0])
def test_a_faint_tremor_beside_a_turn_is_no_rest(hz: float) -> None:
    limb = turning_limb([(AT_S, FOR_S, 30.0)], seconds=26.0, gravity=True)
    time_s = np.arange(len(limb)) / 100.0
    limb[:, 1] += (0.012 * np.sin(2 * np.pi * hz * time_s)).astype(np.float32)
    result = dsp.analyze(limb, rate_hz=100.0, placement="calf")
    assert "still" not in labels(result, 4.0, 22.0)


@settings(max_examples=20, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 700), min_size=1, max_size=20),
    end=st.integers(900, 2600),
    second_s=st.floats(AT_S + 1.5, AT_S + 6.0),
    rate_hz=st.sampled_from([50.0, 52.0, 100.0]),
)
def test_in_any_chunks_and_wherever_the_run_ends_the_same_frames_rest(
    sizes: list[int], end: int, second_s: float, rate_hz: float
) -> None:
    moves = [(AT_S, FOR_S, 30.0), (second_s, 0.8, -20.0)]
    limb = turning_limb(moves, seconds=26.0, gravity=True, rate_hz=rate_hz)[: round(end * rate_hz / 100.0)]
    whole = dsp.analyze(limb, rate_hz=rate_hz, placement="calf")
    result = in_chunks(dsp.Analyzer(rate_hz, "calf"), limb, sizes)
    assert result.frames.tobytes() == whole.frames.tobytes()
    assert (repr(result.events), repr(result.segments)) == (repr(whole.events), repr(whole.segments))
