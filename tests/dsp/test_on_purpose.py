"""Rhythms on purpose: strokes of a hand at work and a jiggling leg are no tremor, what shakes at rest or by little is one."""

import numpy as np
import pytest
from numpy.typing import NDArray

import dsp
from dsp import State
from dsp.parameters import load_parameters
from dsp.work import swing_at_work

RATE_HZ = 52.0
REST_S = 4.0
RHYTHMIC = (State.TREMOR.value, State.REFLEX_RHYTHM.value)


def swinging(
    hz: float, swing_mm: float, *, turn_deg: float = 0.0, varies: float = 0.15, swells: float = 0.4
) -> NDArray[np.float32]:
    """Half a minute of a limb that swings, rms, after 4 s of rest, turning to and fro in 3 s besides.

    Tempo and size go from one value to another every half second, spread by so much of themselves.
    """
    rng = np.random.default_rng(4)
    t = np.arange(round(30 * RATE_HZ)) / RATE_HZ
    knots = np.arange(0.0, 30.5, 0.5)
    tempo = hz * (1.0 + varies * np.interp(t, knots, rng.normal(size=len(knots))))
    size = np.interp(t, knots, np.clip(1.0 + swells * rng.normal(size=len(knots)), 0.2, None))
    peak_g = np.sqrt(2.0) * swing_mm * (2.0 * np.pi * hz) ** 2 / 9806.65
    acts = np.clip(t - REST_S, 0.0, 0.4) / 0.4
    angle = np.radians(turn_deg) * acts * np.sin(2.0 * np.pi * t / 3.0)
    xyz_g = rng.normal(scale=0.002, size=(len(t), 3))
    xyz_g[:, 0] += acts * peak_g * size * np.sin(2.0 * np.pi * np.cumsum(tempo) / RATE_HZ)
    xyz_g[:, 1] += np.sin(angle)
    xyz_g[:, 2] += np.cos(angle)
    return xyz_g.astype(np.float32)


def shares(xyz_g: NDArray[np.float32], placement: str) -> dict[str, float]:
    frames = dsp.analyze(xyz_g, rate_hz=RATE_HZ, placement=placement).frames
    labels = frames["label"][frames["time_s"] > REST_S + 2.0]
    return {"tremor": float((labels == State.TREMOR.value).mean()), "rhythmic": float(np.isin(labels, RHYTHMIC).mean())}


@pytest.mark.parametrize("hz", [4.6, 5.0])
def test_a_hand_that_strokes_while_it_moves_on_is_no_tremor_and_one_that_is_still_beside_it_is(hz: float) -> None:
    assert shares(swinging(hz, 3.0, turn_deg=8.0), "wrist")["rhythmic"] < 0.15
    assert shares(swinging(hz, 3.0), "wrist")["tremor"] > 0.85


def test_a_hand_that_shakes_by_less_than_a_millimetre_as_it_moves_has_a_tremor() -> None:
    assert shares(swinging(6.0, 0.8, turn_deg=5.0, varies=0.1), "wrist")["tremor"] > 0.85


def test_a_hand_that_swings_at_less_than_four_hertz_is_moved_at_will_and_at_five_it_shakes() -> None:
    assert shares(swinging(3.7, 5.0, varies=0.08), "wrist")["rhythmic"] < 0.15
    assert shares(swinging(5.0, 3.5, varies=0.08), "wrist")["tremor"] > 0.85


def test_strokes_say_how_far_they_go_beside_which_motion() -> None:
    begun = swinging(5.0, 3.0, turn_deg=8.0)[round((REST_S + 1.0) * RATE_HZ) :]
    (stroke,) = dsp.analyze(begun, rate_hz=RATE_HZ, placement="wrist").segments
    assert (stroke.label, stroke.runner_up) == (State.MOVEMENT, State.TREMOR)
    said = {t.name: t.text for t in stroke.evidence}
    assert said["at_work"].startswith("swings by 2.9 mm beside ")
    assert said["at_work"].endswith(" mg of slow motion")


@pytest.mark.parametrize(("low_mg", "share", "works"), [(29.0, 0.5, False), (31.0, 0.019, False), (31.0, 0.021, True)])
def test_a_swing_is_at_work_beside_slow_motion_of_some_size_and_share(low_mg: float, share: float, works: bool) -> None:
    values = {
        name: np.array([value], np.float32)
        for name, value in (("low_rms_g", 1e-3 * low_mg), ("slow_share", share), ("displacement_mm", 2.0))
    }
    swing = swing_at_work(values, load_parameters())
    assert np.array_equal(swing, [2.0 if works else np.nan], equal_nan=True)


def test_a_leg_that_jiggles_at_little_more_than_three_hertz_is_moved_at_will() -> None:
    assert shares(swinging(3.1, 1.7), "calf")["rhythmic"] < 0.1


def test_a_leg_that_shakes_by_half_a_centimetre_at_four_hertz_and_more_has_a_tremor() -> None:
    assert shares(swinging(4.4, 5.0, varies=0.1), "calf")["tremor"] > 0.85
