"""Stretches: how far, how fast and how long before a kick a limb must have turned for the kick to be a reflex jerk."""

import numpy as np
import pytest

import dsp

RATE_HZ = 100.0
REFLEX, TWITCH = dsp.EventLabel.REFLEX_JERK, dsp.EventLabel.TWITCH
SEEDS = (0, 1)


def label_after(turns: list[tuple[float, float]], kick_s: float, seed: int) -> dsp.EventLabel:
    """Label of a kick so long after 15 s, where a limb begins to turn: (for s, by degrees) one after the other."""
    t = np.arange(round(30 * RATE_HZ)) / RATE_HZ
    at_s, degrees = np.cumsum([(15.0, 0.0), *turns], axis=0).T
    angle = np.radians(np.interp(t, at_s, degrees))
    xyz_g = np.random.default_rng(seed).normal(scale=0.0012, size=(len(t), 3))
    xyz_g[:, 0] += np.sin(angle)
    xyz_g[:, 2] += np.cos(angle)
    late = np.clip(t - 15.0 - kick_s, 0.0, None)
    xyz_g[:, 1] += 0.2 * np.exp(-late / 0.06) * np.sin(2 * np.pi * 7.0 * late)
    (event,) = dsp.analyze(xyz_g, rate_hz=RATE_HZ, placement="calf").events
    return event.label


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("delay_s", "label"), [(0.3, REFLEX), (1.0, REFLEX), (1.8, TWITCH)])
def test_a_kick_answers_a_stretch_that_is_a_second_old_and_none_that_is_nearly_two(
    delay_s: float, label: dsp.EventLabel, seed: int
) -> None:
    assert label_after([(0.4, 6.0)], 0.4 + delay_s, seed) is label


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("slowly_s", "label"), [(2.4, REFLEX), (4.0, TWITCH)])
def test_a_kick_answers_a_stretch_that_has_gone_on_slowly_for_two_seconds_and_none_for_four(
    slowly_s: float, label: dsp.EventLabel, seed: int
) -> None:
    turns = [(0.3, 4.5), (slowly_s, 4.0 * slowly_s)]
    assert label_after(turns, 0.3 + slowly_s, seed) is label


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("degrees", "label"), [(2.0, TWITCH), (3.2, REFLEX)])
def test_a_quick_turn_is_a_stretch_at_three_degrees_and_none_at_two(
    degrees: float, label: dsp.EventLabel, seed: int
) -> None:
    assert label_after([(0.3, degrees)], 0.6, seed) is label


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("deg_per_s", "label"), [(6.0, TWITCH), (11.0, REFLEX)])
def test_a_turn_of_six_degrees_is_a_stretch_when_it_takes_half_a_second_and_none_when_it_takes_one(
    deg_per_s: float, label: dsp.EventLabel, seed: int
) -> None:
    assert label_after([(6.0 / deg_per_s, 6.0)], 0.2 + 6.0 / deg_per_s, seed) is label
