"""The middle second of a frame: a limb that turns slowly moves, and one that pauses for long enough beside it is still."""

import numpy as np
import pytest

import dsp
from dsp.frame_fields import FRAME_DTYPE
from dsp.middles import name_middles
from dsp.parameters import load_parameters
from tests.dsp.conftest import in_chunks, turning_limb

AT_S, SECONDS = 12.0, 26.0


def label_at(result: dsp.Analysis, time_s: float) -> str:
    frames = result.frames
    return str(frames["label"][np.abs(frames["time_s"] - time_s).argmin()])


@pytest.mark.parametrize("rate_hz", [25.0, 52.0, 100.0])
@pytest.mark.parametrize(("lasts_s", "deg"), [(1.2, 4.5), (1.8, 7.0), (2.0, -6.0)])
def test_a_slow_stretch_is_movement_while_it_lasts_and_rest_before_and_after(
    lasts_s: float, deg: float, rate_hz: float
) -> None:
    result = dsp.analyze(
        turning_limb([(AT_S, lasts_s, deg)], seconds=SECONDS, gravity=True, rate_hz=rate_hz),
        rate_hz=rate_hz,
        placement="calf",
    )
    assert label_at(result, AT_S + 0.5 * lasts_s) == "movement"
    assert {label_at(result, at_s) for at_s in (AT_S - 1.5, AT_S + lasts_s + 1.5)} == {"still"}


@pytest.mark.parametrize("deg", [0.0, 0.8])
def test_a_limb_that_creeps_by_less_than_a_degree_is_still(deg: float) -> None:
    result = dsp.analyze(
        turning_limb([(AT_S, 1.5, deg)], seconds=SECONDS, gravity=True), rate_hz=100.0, placement="calf"
    )
    assert {s.label for s in result.segments} == {dsp.State.STILL}


@pytest.mark.parametrize(("pause_s", "rests"), [(0.8, False), (1.8, True)])
def test_a_pause_of_more_than_a_second_between_two_movements_is_rest(pause_s: float, *, rests: bool) -> None:
    moves = [(AT_S, 1.0, 25.0), (AT_S + 1.0 + pause_s, 1.0, -25.0)]
    result = dsp.analyze(turning_limb(moves, seconds=SECONDS, gravity=True), rate_hz=100.0, placement="calf")
    # The frames in whose middle second nothing moves.
    middle_s = AT_S + 1.0 + 0.5 * pause_s
    assert (label_at(result, middle_s) == "still") is rests
    assert label_at(result, AT_S + 0.5) == label_at(result, AT_S + 1.5 + pause_s) == "movement"


def test_any_chunks_tell_the_same() -> None:
    xyz_g = turning_limb([(AT_S, 1.0, 25.0), (AT_S + 2.6, 1.6, -6.0)], seconds=SECONDS, gravity=True)
    whole = dsp.analyze(xyz_g, rate_hz=100.0, placement="calf")
    assert in_chunks(dsp.Analyzer(100.0, "calf"), xyz_g, [7, 1, 40]).frames.tobytes() == whole.frames.tobytes()


class View:
    parameters = load_parameters()


@pytest.mark.parametrize(
    ("label", "centre_mg", "low_mg", "named"),
    [
        ("still", 5.9, 12.1, "movement"),
        ("unclear", 0.0, 40.0, "movement"),
        # Slower, or it shakes as well: a kick, which swings the limb.
        ("still", 5.9, 11.9, "still"),
        ("still", 6.1, 40.0, "still"),
        ("tremor", 1.0, 40.0, "tremor"),
        ("no_data", 1.0, 40.0, "no_data"),
        # Neither quiet nor turning.
        ("movement", 1.0, 8.0, "movement"),
    ],
)
def test_what_turns_and_does_not_shake_moves(label: str, centre_mg: float, low_mg: float, named: str) -> None:
    frames = np.zeros(1, FRAME_DTYPE)
    frames["p_still"] = 1.0
    frames["label"], frames["centre_g"], frames["centre_low_g"] = label, 1e-3 * centre_mg, 1e-3 * low_mg
    name_middles(frames, View())  # type: ignore[arg-type]
    assert frames["label"][0] == named
    assert frames["p_movement"][0] == pytest.approx(0.9 if named == "movement" != label else 0.0)
