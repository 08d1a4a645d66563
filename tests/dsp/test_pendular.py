"""A relaxed limb swings freely after a kick; who moves it does not."""

import numpy as np
import pytest
from numpy.typing import NDArray

import dsp

AT_S, SECONDS = 15.0, 30.0
GRAVITY_M_S2, ARM_M = 9.81, 0.35


def felt_g(angle: NDArray[np.float64], rate_hz: float, seed: int) -> NDArray[np.float64]:
    """What a sensor on a shank feels that turns by an angle (rad) about the knee."""
    pull = np.gradient(np.gradient(angle)) * rate_hz**2 * ARM_M / GRAVITY_M_S2
    xyz_g = np.column_stack([np.zeros(len(angle)), pull + np.sin(angle), np.cos(angle)])
    return xyz_g + np.random.default_rng(seed).normal(0.0, 0.002, xyz_g.shape)


def swinging(swing_hz: float, damping: float, deg: float, push_s: float, rate_hz: float) -> NDArray[np.float64]:
    """Angle (rad) of a limb that a push sets swinging."""
    t = np.arange(round(SECONDS * rate_hz)) / rate_hz
    late = t - AT_S
    push = np.where((late >= 0.0) & (late < push_s), np.sin(np.pi * late / push_s) ** 2, 0.0)
    answer = np.exp(-2.0 * np.pi * damping * swing_hz * t) * np.sin(2.0 * np.pi * swing_hz * t)
    angle = np.convolve(push, answer)[: len(t)]
    return np.asarray(np.radians(deg) * angle / np.abs(angle).max())


@pytest.mark.parametrize("rate_hz", [50.0, 52.0, 100.0, 200.0])
@pytest.mark.parametrize(
    ("push_s", "swing_hz", "deg"), [(0.1, 1.2, 8.0), (0.1, 1.5, 8.0), (0.15, 1.9, 3.0), (0.2, 1.5, 8.0)]
)
def test_a_kick_after_which_the_knee_swings_freely_is_a_twitch(
    push_s: float, swing_hz: float, deg: float, rate_hz: float
) -> None:
    xyz_g = felt_g(swinging(swing_hz, 0.05, deg, push_s, rate_hz), rate_hz, seed=1)
    (event,) = dsp.analyze(xyz_g, rate_hz=rate_hz, placement="calf").events
    assert event.onset_s == pytest.approx(AT_S, abs=0.05)
    assert event.label is dsp.EventLabel.TWITCH


@pytest.mark.parametrize("rate_hz", [50.0, 52.0, 100.0, 200.0])
@pytest.mark.parametrize("swing_hz", [1.4, 1.6, 1.8])
@pytest.mark.parametrize("fades", [0.0, 0.05])
def test_a_limb_that_somebody_begins_to_swing_at_once_is_not_kicked(
    swing_hz: float, fades: float, rate_hz: float
) -> None:
    turns = 2.0 * np.pi * swing_hz * np.maximum(np.arange(round(SECONDS * rate_hz)) / rate_hz - AT_S, 0.0)
    # Pushed at once, to one side of where it lay.
    angle = np.radians(4.0) * (1.0 - np.cos(turns)) * np.exp(-fades * turns)
    assert not dsp.analyze(felt_g(angle, rate_hz, seed=2), rate_hz=rate_hz, placement="calf").events


@pytest.mark.parametrize(("swing_hz", "damping", "deg"), [(1.39, 0.09, 15.9), (1.14, 0.1, 14.7)])
def test_a_kick_that_the_slow_path_tells_of_is_not_told_again_for_its_swing(
    swing_hz: float, damping: float, deg: float
) -> None:
    xyz_g = felt_g(swinging(swing_hz, damping, deg, 0.2, 50.0), 50.0, 0)
    assert len(dsp.analyze(xyz_g, rate_hz=50.0, placement="calf").events) == 1


@pytest.mark.parametrize(("swing_hz", "damping", "deg"), [(1.46, 0.03, 10.5), (1.38, 0.09, 12.8), (1.56, 0.03, 7.6)])
def test_what_swings_soon_after_an_impact_belongs_to_it(swing_hz: float, damping: float, deg: float) -> None:
    xyz_g = felt_g(swinging(swing_hz, damping, deg, 0.2, 50.0), 50.0, 1)
    late_s = np.arange(len(xyz_g)) / 50.0 - (AT_S - 5.0)
    xyz_g[:, 0] += np.where((late_s >= 0.0) & (late_s < 0.08), 15.9 * np.sin(np.pi * late_s / 0.08), 0.0)
    events = dsp.analyze(xyz_g, rate_hz=50.0, placement="calf").events
    assert [event.is_impact for event in events] == [True]


def kicked_by_a_muscle(
    contraction_s: float, swing_hz: float, damping: float, size_g: float, rate_hz: float
) -> NDArray[np.float64]:
    """Angle (rad) of a limb on a spring that a twitch pulls at: it takes as long again and longer to let go."""
    t = np.arange(round(SECONDS * rate_hz)) / rate_hz
    late = np.maximum(t - AT_S, 0.0) / contraction_s
    answer = np.exp(-2.0 * np.pi * damping * swing_hz * t) * np.sin(2.0 * np.pi * swing_hz * t)
    angle = np.convolve(late * np.exp(1.0 - late), answer)[: len(t)]
    return np.asarray(
        size_g * angle * GRAVITY_M_S2 / ARM_M / np.abs(np.gradient(np.gradient(angle)) * rate_hz**2).max()
    )


@pytest.mark.parametrize("rate_hz", [50.0, 100.0, 200.0])
@pytest.mark.parametrize(
    ("contraction_s", "swing_hz", "damping"),
    [(0.08, 1.6, 0.13), (0.1, 1.8, 0.22), (0.14, 2.0, 0.35), (0.12, 1.8, 0.17)],
)
def test_a_twitch_is_known_although_the_knee_falls_back_more_quickly_than_it_was_kicked(
    contraction_s: float, swing_hz: float, damping: float, rate_hz: float
) -> None:
    for size_g in (0.3, 0.7):
        angle = kicked_by_a_muscle(contraction_s, swing_hz, damping, size_g, rate_hz)
        (event,) = dsp.analyze(felt_g(angle, rate_hz, seed=1), rate_hz=rate_hz, placement="calf").events
        assert event.onset_s == pytest.approx(AT_S, abs=0.05)
        assert event.label is dsp.EventLabel.TWITCH


@pytest.mark.parametrize("rate_hz", [50.0, 104.0, 200.0])
@pytest.mark.parametrize("since_s", [0.4, 0.8])
@pytest.mark.parametrize("lasts_s", [0.4, 2.5])
def test_a_kick_after_a_stretch_is_a_reflex_jerk_though_the_knee_swings_as_far_as_the_stretch_turned_it(
    lasts_s: float, since_s: float, rate_hz: float
) -> None:
    t = np.arange(round(SECONDS * rate_hz)) / rate_hz
    part = np.clip((t - (AT_S - since_s - lasts_s)) / lasts_s, 0.0, 1.0)
    stretch = np.radians(20.0) * part**3 * (10.0 - 15.0 * part + 6.0 * part**2)
    angle = stretch + kicked_by_a_muscle(0.11, 1.6, 0.15, 0.6, rate_hz)
    events = dsp.analyze(felt_g(angle, rate_hz, seed=4), rate_hz=rate_hz, placement="calf").events
    kicks = [event for event in events if abs(event.onset_s - AT_S) <= 0.1]
    assert [event.label for event in kicks] == [dsp.EventLabel.REFLEX_JERK]
    # It swings for as long as another kick might take.
    assert not [event for event in events if event.onset_s > AT_S + 0.1]
