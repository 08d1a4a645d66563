"""Isolated windows of a hand: every hand shakes a little; a patient's shakes visibly."""

import numpy as np
import pytest
from numpy.typing import NDArray

import dsp
from dsp import Placement, State
from dsp.parameters import load_parameters, load_worn_at

RATE_HZ = 100.0


def hand(hz: float, rms_mg: float, *, seconds: float = 2.5, width_hz: float = 0.0, overtone: float = 0.0) -> NDArray:
    """A hand with one line, or a band of it, in noise of 1.5 mg."""
    rng = np.random.default_rng(3)
    t = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
    lines = hz + width_hz * (rng.random(24) - 0.5)
    wave = sum(np.sin(2 * np.pi * f * t + rng.uniform(0, 6.28)) for f in lines)
    wave = wave + overtone * sum(np.sin(4 * np.pi * f * t + rng.uniform(0, 6.28)) for f in lines)
    xyz_g = rng.normal(scale=0.0015, size=(len(t), 3)) + [0.0, 0.0, 1.0]
    xyz_g[:, 0] += 1e-3 * rms_mg * wave / np.std(wave)
    return xyz_g.astype(np.float32)


@pytest.mark.parametrize("placement", ["wrist", "unknown"])
@pytest.mark.parametrize(("hz", "overtone"), [(4.3, 0.5), (5.5, 0.3), (7.0, 0.0)])
def test_a_regular_shaking_hand_is_tremor_with_its_overtones_in_a_short_window(
    placement: str, hz: float, overtone: float
) -> None:
    for rms_mg in (60.0, 200.0, 600.0):
        (frame,) = dsp.analyze(hand(hz, rms_mg, overtone=overtone), rate_hz=RATE_HZ, placement=placement).frames
        assert frame["label"] == State.TREMOR.value
        assert frame["p_tremor"] > 0.8


@pytest.mark.parametrize("placement", ["wrist", "unknown"])
def test_overtones_are_not_held_against_a_shaking_hand_in_a_short_window(placement: str) -> None:
    t = np.arange(round(2.5 * RATE_HZ)) / RATE_HZ
    xyz_g = np.random.default_rng(3).normal(scale=0.0015, size=(len(t), 3)) + [0.0, 0.0, 1.0]
    p = []
    for overtone in (0.0, 0.8):
        shaken = xyz_g.copy()
        shaken[:, 0] += 0.035 * (np.sin(2 * np.pi * 5.0 * t) + overtone * np.sin(4 * np.pi * 5.0 * t))
        (frame,) = dsp.analyze(shaken.astype(np.float32), rate_hz=RATE_HZ, placement=placement).frames
        p.append(float(frame["p_tremor"]))
    assert frame["harmonic_ratio"] > 0.5
    assert p[1] > p[0]


@pytest.mark.parametrize("placement", ["wrist", "unknown"])
def test_the_physiological_tremor_of_a_hand_is_no_tremor_and_grows_into_one_by_degrees(placement: str) -> None:
    p = [
        float(dsp.analyze(hand(9.5, mg, width_hz=2.0), rate_hz=RATE_HZ, placement=placement).frames["p_tremor"][0])
        for mg in (6.0, 12.0, 20.0, 40.0, 80.0)
    ]
    assert p == sorted(p)
    assert p[2] < 0.5
    assert p[4] > 0.6


def test_of_two_hands_that_shake_as_hard_the_quicker_one_shakes_less_visibly() -> None:
    made = (hand(hz, 25.0, width_hz=1.5) for hz in (5.0, 11.5))
    slow, quick = (dsp.analyze(x, rate_hz=RATE_HZ, placement="wrist").frames["p_tremor"][0] for x in made)
    assert slow > 0.55
    assert quick < 0.5


def test_on_a_leg_a_tremor_of_twelve_milli_g_still_counts_in_a_short_window() -> None:
    (frame,) = dsp.analyze(hand(7.0, 12.0, width_hz=0.5), rate_hz=RATE_HZ, placement="calf").frames
    assert frame["p_tremor"] > 0.5


def test_an_isolated_window_names_no_reflex_rhythm_for_nothing_shows_a_stretch() -> None:
    for placement in Placement:
        (frame,) = dsp.analyze(hand(5.5, 200.0, overtone=0.3), rate_hz=RATE_HZ, placement=placement).frames
        assert frame["p_reflex_rhythm"] < 0.2


def test_terms_weigh_what_the_file_says_for_each_placement() -> None:
    every = {t.name: t for t in load_parameters().terms}
    wrist, calf = (load_worn_at(p) for p in (Placement.WRIST, Placement.CALF))
    assert "shaking_hand" not in {t.name for t in calf.terms}
    stroke = next(t for t in wrist.terms if t.name == "stroke")
    assert stroke.difference(3, 1, 8.0) == pytest.approx(2.5 * every["stroke"].difference(3, 1, 8.0))
    alone = {t.name for t in load_worn_at(Placement.UNKNOWN, alone=True).terms}
    assert "shaking_hand" in alone
    assert "stroke" not in alone
