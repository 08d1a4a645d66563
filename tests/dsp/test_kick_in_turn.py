"""A kick in the midst of a stretch that is as quick is a reflex jerk; the stretch alone, and a movement, are none."""

import numpy as np
import pytest
from numpy.typing import NDArray

import dsp

AT_S, SECONDS = 15.0, 26.0
GRAVITY_M_S2, ARM_M = 9.81, 0.3
Floats = NDArray[np.float64]


def turned(rate_hz: float, turns: list[tuple[float, float, float]], seed: int = 0) -> Floats:
    """What a sensor on a shank feels that turns so, (begin, s, duration, s, degrees) each, as smoothly as limbs do."""
    t = np.arange(round(SECONDS * rate_hz)) / rate_hz
    angle = np.full(len(t), 0.4)
    for begin_s, lasts_s, deg in turns:
        part = np.clip((t - begin_s) / lasts_s, 0.0, 1.0)
        angle += np.radians(deg) * part**3 * (10.0 - 15.0 * part + 6.0 * part**2)
    rate = np.gradient(angle) * rate_hz
    along = ARM_M * np.gradient(rate) * rate_hz / GRAVITY_M_S2
    towards = -ARM_M * rate**2 / GRAVITY_M_S2
    xyz_g = np.column_stack([np.sin(angle) + towards, np.cos(angle) + along, np.zeros(len(t))])
    return xyz_g + np.random.default_rng(seed).normal(0.0, 0.002, xyz_g.shape)


def kicked(xyz_g: Floats, rate_hz: float, at_s: float, size_g: float, lasts_s: float = 0.06) -> Floats:
    """The same with a kick and its recoil."""
    late = np.arange(len(xyz_g)) / rate_hz - at_s
    push = np.where((late >= 0.0) & (late < lasts_s), np.sin(np.pi * late / lasts_s), 0.0)
    back = np.where((late >= lasts_s) & (late < 3.0 * lasts_s), np.sin(np.pi * (late - lasts_s) / (2.0 * lasts_s)), 0.0)
    return xyz_g + size_g * (push - 0.5 * back)[:, None] * np.array([0.3, 0.9, 0.3])


def events_of(xyz_g: Floats, rate_hz: float) -> tuple[dsp.Event, ...]:
    return dsp.analyze(xyz_g, rate_hz=rate_hz, placement="calf").events


@pytest.mark.parametrize("rate_hz", [50.0, 100.0, 200.0])
@pytest.mark.parametrize(("lasts_s", "deg"), [(0.4, -20.0), (0.45, 30.0)])
@pytest.mark.parametrize("since_s", [0.06, 0.12])
def test_a_kick_in_the_first_half_of_a_quick_stretch_is_a_reflex_jerk(
    since_s: float, lasts_s: float, deg: float, rate_hz: float
) -> None:
    stretch = turned(rate_hz, [(AT_S, lasts_s, deg)])
    assert not events_of(stretch, rate_hz)
    (event,) = events_of(kicked(stretch, rate_hz, AT_S + since_s, 0.9), rate_hz)
    assert event.label is dsp.EventLabel.REFLEX_JERK
    assert event.onset_s == pytest.approx(AT_S + since_s, abs=0.1)
    assert event.stretch_delay_s is not None
    assert any("stretch" in term.text for term in event.evidence)


def rung(xyz_g: Floats, rate_hz: float, at_s: float, size_g: float, hz: float = 4.0, damping: float = 0.2) -> Floats:
    """The same with a push of a tenth of a second after which the limb rings."""
    t = np.arange(len(xyz_g)) / rate_hz
    late = t - at_s
    push = np.where((late >= 0.0) & (late < 0.1), np.sin(np.pi * late / 0.1) ** 2, 0.0)
    swing = np.exp(-2.0 * np.pi * hz * damping * t[: round(2.0 * rate_hz)]) * np.sin(
        2.0 * np.pi * hz * t[: round(2.0 * rate_hz)]
    )
    # What the limb feels of the push itself, less what its spring gives back.
    felt = push - 2.0 * np.pi * hz * np.convolve(push, swing)[: len(t)] / rate_hz
    return xyz_g + size_g * (felt / np.abs(felt).max())[:, None] * np.array([0.5, 0.8, -0.3])


@pytest.mark.parametrize("rate_hz", [50.0, 100.0, 200.0])
@pytest.mark.parametrize(("lasts_s", "deg"), [(0.25, 8.0), (0.3, -12.0), (0.35, 20.0)])
@pytest.mark.parametrize("late_s", [-0.03, 0.04, 0.08])
def test_a_kick_at_the_end_of_a_quick_stretch_is_told_from_where_it_begins(
    late_s: float, lasts_s: float, deg: float, rate_hz: float
) -> None:
    pull_g = 5.77 * np.radians(abs(deg)) * ARM_M / lasts_s**2 / GRAVITY_M_S2
    stretch, at_s = turned(rate_hz, [(AT_S, lasts_s, deg)]), AT_S + lasts_s + late_s
    (event,) = events_of(rung(stretch, rate_hz, at_s, 1.1 * pull_g), rate_hz)
    assert event.label is dsp.EventLabel.REFLEX_JERK
    assert event.onset_s == pytest.approx(at_s, abs=0.1)
    assert event.onset_s <= event.peak_s <= event.end_s
    assert event.stretch_delay_s == pytest.approx(at_s - AT_S, abs=0.2)


@pytest.mark.parametrize(("lasts_s", "deg"), [(0.25, 8.0), (0.3, -12.0), (0.35, 20.0)])
def test_a_quick_stretch_and_the_kick_that_answers_it_are_one_movement(lasts_s: float, deg: float) -> None:
    stretch = turned(100.0, [(AT_S, lasts_s, deg)])
    result = dsp.analyze(rung(stretch, 100.0, AT_S + lasts_s + 0.04, 0.6), rate_hz=100.0, placement="calf")
    assert [s.label.value for s in result.segments] == ["still", "movement", "still"]


@pytest.mark.parametrize("rate_hz", [50.0, 100.0, 200.0])
@pytest.mark.parametrize(("lasts_s", "deg"), [(0.2, 8.0), (0.25, -15.0), (0.3, 40.0), (0.45, 60.0)])
def test_a_quick_stretch_alone_holds_no_kick(lasts_s: float, deg: float, rate_hz: float) -> None:
    for seed in range(3):
        assert not events_of(turned(rate_hz, [(AT_S, lasts_s, deg)], seed), rate_hz)


@pytest.mark.parametrize("rate_hz", [50.0, 100.0])
@pytest.mark.parametrize("apart_s", [0.25, 0.4])
def test_somebody_who_turns_in_two_goes_has_not_kicked(apart_s: float, rate_hz: float) -> None:
    for seed in range(3):
        movement = turned(rate_hz, [(AT_S, 0.45, 20.0), (AT_S + apart_s, 0.6, 15.0)], seed)
        assert not events_of(movement, rate_hz)


def test_a_kick_in_a_stretch_is_known_within_a_second_and_a_fifth() -> None:
    xyz_g = kicked(turned(100.0, [(AT_S, 0.35, 20.0)]), 100.0, AT_S + 0.08, 0.9)
    analyzer, told_s = dsp.Analyzer(100.0, "calf"), []
    for at in range(0, len(xyz_g), 10):
        update = analyzer.push(xyz_g[at : at + 10])
        told_s += [(at + 10) / 100.0 for _ in update.events]
    assert [at_s <= AT_S + 0.08 + 1.2 for at_s in told_s] == [True]


@pytest.mark.parametrize("rate_hz", [50.0, 100.0, 200.0])
@pytest.mark.parametrize(("size_g", "impact"), [(1.6, False), (2.0, False), (2.5, True)])
def test_a_kick_in_a_stretch_that_is_as_hard_as_an_impact_is_a_reflex_jerk(
    size_g: float, rate_hz: float, *, impact: bool
) -> None:
    xyz_g = kicked(turned(rate_hz, [(AT_S, 0.3, 20.0)]), rate_hz, AT_S + 0.1, size_g)
    (event,) = events_of(xyz_g, rate_hz)
    assert event.is_impact is impact
    assert event.label is dsp.EventLabel.REFLEX_JERK


@pytest.mark.parametrize("rate_hz", [64.0, 100.0])
@pytest.mark.parametrize(("deg", "size_g"), [(100.0, 1.0), (100.0, 1.4), (170.0, 0.8)])
def test_who_turns_over_with_a_hard_jolt_has_stretched_nothing(deg: float, size_g: float, rate_hz: float) -> None:
    xyz_g = kicked(turned(rate_hz, [(AT_S, 0.6, deg)]), rate_hz, AT_S + 0.1, size_g)
    assert all(event.is_impact or event.label is dsp.EventLabel.TWITCH for event in events_of(xyz_g, rate_hz))


@pytest.mark.parametrize("rate_hz", [52.0, 100.0, 208.0])
@pytest.mark.parametrize("size_g", [0.8, 1.2])
def test_a_kick_in_a_tremor_after_which_the_limb_swings_back_slowly_is_a_twitch(size_g: float, rate_hz: float) -> None:
    t = np.arange(round(SECONDS * rate_hz)) / rate_hz
    for seed in range(3):
        xyz_g = turned(rate_hz, [], seed)
        swell = 1.0 + 0.4 * np.sin(2.0 * np.pi * 0.37 * t + seed)
        xyz_g[:, 0] += np.where(t > 5.0, 0.04 * swell * np.sin(2.0 * np.pi * 7.3 * t), 0.0)
        late = t - AT_S - 0.013 * seed
        push = np.where((late >= 0.0) & (late < 0.1), np.sin(np.pi * late / 0.1), 0.0)
        falls_back = np.where((late >= 0.1) & (late < 0.7), np.sin(np.pi * (late - 0.1) / 0.6), 0.0)
        xyz_g[:, 2] += size_g * (push - 0.28 * falls_back)
        (event,) = events_of(xyz_g, rate_hz)
        assert event.label is dsp.EventLabel.TWITCH
