"""Jumps, stumbles and falls: each is one event, whatever led up to it and whatever goes on around it."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import dsp
import recordings

Floats = NDArray[np.float64]


def time_of(seconds: float, rate_hz: float) -> Floats:
    return np.arange(round(seconds * rate_hz)) / rate_hz


def half_sine(t: Floats, at: float, lasts_s: float, size_g: float) -> Floats:
    return np.where((t >= at) & (t < at + lasts_s), size_g * np.sin(np.pi * (t - at) / lasts_s), 0.0)


def jump(t: Floats, at: float, flight_s: float, landing_g: float, *, softly_s: float = 0.08) -> Floats:
    """Specific force less gravity, upwards: dip, push, flight, a landing as given, and how the body settles."""
    push = at + 0.35
    # The push takes up the dip and gives the flight its speed.
    size = (0.5 * flight_s + 0.4 * 0.35 * 2 / np.pi) / (0.3 * 2 / np.pi)
    leaves = push + 0.3
    lands = leaves + flight_s
    out = half_sine(t, at, 0.35, -0.4) + half_sine(t, push, 0.3, size)
    out -= ((t >= leaves) & (t < lands)).astype(float)
    out += half_sine(t, lands, softly_s, landing_g) + half_sine(t, lands + 0.5 * softly_s, 0.25, 0.5)
    late = np.clip(t - lands - 0.2, 0.0, None)
    return out - 0.25 * np.exp(-late / 0.15) * np.sin(2 * np.pi * 3.0 * late)


def steps(t: Floats, first: float, last: float, size_g: float = 0.3) -> Floats:
    """Walking at 1.8 steps a second, whose steps swell and ebb within a second."""
    envelope = np.clip(np.minimum(t - first, last - t), 0.0, 1.0)
    beat = (t - first) * 1.8
    heel = np.exp(-((((beat + 0.5) % 1.0 - 0.5) / 0.06) ** 2))
    return envelope * size_g * (0.7 * np.cos(2 * np.pi * beat) + heel)


def worn(up: Floats, rate_hz: float, ahead: Floats | None = None, seed: int = 0) -> NDArray[np.float32]:
    """What a sensor feels that is worn at any angle."""
    xyz_g = np.stack([0.1 * up if ahead is None else ahead, 0.05 * up, 1.0 + up], axis=1)
    rng = np.random.default_rng(seed)
    mount, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    return (xyz_g @ mount.T + rng.normal(scale=0.002, size=xyz_g.shape)).astype(np.float32)


def found(xyz_g: NDArray[np.float32], rate_hz: float, placement: str = "trunk") -> list[float]:
    analysis = dsp.analyze(xyz_g, rate_hz=rate_hz, placement=placement)
    assert not any(s.label in (dsp.State.TREMOR, dsp.State.REFLEX_RHYTHM) for s in analysis.segments)
    return [event.onset_s for event in analysis.events]


RATES = pytest.mark.parametrize("rate_hz", [20.0, 25.0, 50.0, 100.0, 200.0])


@RATES
@pytest.mark.parametrize(("flight_s", "landing_g"), [(0.18, 1.6), (0.25, 2.5), (0.45, 5.0)])
def test_a_jump_out_of_rest_is_one_event(rate_hz: float, flight_s: float, landing_g: float) -> None:
    t = time_of(14.0, rate_hz)
    (onset,) = found(worn(jump(t, 7.0, flight_s, landing_g), rate_hz), rate_hz)
    assert 6.9 < onset < 7.65 + flight_s + 0.1


@RATES
def test_a_jump_after_rest_is_one_event_though_somebody_hopped_seconds_before(rate_hz: float) -> None:
    t = time_of(16.0, rate_hz)
    up = jump(t, 8.5, 0.3, 1.6)
    for at in 3.0 + 0.45 * np.arange(6):
        up += np.where((t >= at) & (t < at + 0.25), -1.0, 0.0) + half_sine(t, at + 0.25, 0.2, 2.2)
    onsets = [onset for onset in found(worn(up, rate_hz), rate_hz) if onset > 7.0]
    assert len(onsets) == 1
    assert 8.4 < onsets[0] < 9.6


@RATES
@pytest.mark.parametrize("on", [False, True])
def test_a_jump_in_the_midst_of_walking_is_one_event(rate_hz: float, *, on: bool) -> None:
    t = time_of(18.0, rate_hz)
    up = steps(t, 2.0, 9.0, 0.45) + jump(t, 9.0, 0.3, 2.0) + (steps(t, 11.0, 17.0, 0.45) if on else 0.0)
    onsets = [onset for onset in found(worn(up, rate_hz), rate_hz) if 8.5 < onset < 11.0]
    assert len(onsets) == 1


@pytest.mark.parametrize("rate_hz", [25.0, 50.0, 100.0, 200.0])
@pytest.mark.parametrize(
    ("landing_g", "softly_s", "bent_deg"), [(1.2, 0.12, 25.0), (1.6, 0.12, 40.0), (2.2, 0.12, 40.0), (2.2, 0.25, 40.0)]
)
def test_a_landing_as_smooth_as_a_stretch_is_told_by_the_flight_before_it(
    rate_hz: float, landing_g: float, softly_s: float, bent_deg: float
) -> None:
    t = time_of(14.0, rate_hz)
    # The limb bends as far as so hard a stretch would turn it.
    share = np.clip((t - 7.25) / 0.3, 0.0, 1.0)
    angle = np.radians(bent_deg) * share**3 * (10.0 - 15.0 * share + 6.0 * share**2)
    up = 1.0 + jump(t, 6.4, 0.25, landing_g, softly_s=softly_s)
    xyz_g = np.stack([up * np.sin(angle), 0.0 * t, up * np.cos(angle)], axis=1)
    xyz_g += np.random.default_rng(0).normal(scale=0.002, size=xyz_g.shape)
    (event,) = dsp.analyze(xyz_g.astype(np.float32), rate_hz=rate_hz, placement="thigh").events
    # No muscle kicked the limb, however soft it was.
    assert event.is_impact


@pytest.mark.parametrize("rate_hz", [25.0, 50.0, 100.0, 200.0])
@pytest.mark.parametrize("second_g", [0.0, 1.6])
def test_a_hard_step_that_catches_a_stumble_in_walking_is_one_event(rate_hz: float, second_g: float) -> None:
    t = time_of(18.0, rate_hz)
    up = steps(t, 2.0, 16.0, 0.45) + half_sine(t, 9.35, 0.07, 2.2) + half_sine(t, 9.8, 0.07, second_g)
    ahead = half_sine(t, 9.0, 0.12, -0.6)
    onsets = [onset for onset in found(worn(up, rate_hz, ahead), rate_hz) if 8.0 < onset < 12.0]
    assert len(onsets) == 1
    assert 8.9 < onsets[0] < 9.9


@RATES
def test_the_steps_of_walking_are_no_impacts(rate_hz: float) -> None:
    t = time_of(30.0, rate_hz)
    found_s = dsp.analyze(worn(steps(t, 2.0, 28.0, 0.4), rate_hz), rate_hz=rate_hz, placement="trunk").events
    assert not any(event.is_impact for event in found_s)


@pytest.mark.parametrize("rate_hz", [20.0, 25.0, 50.0, 100.0])
@pytest.mark.parametrize("left_s", [0.3, 0.45, 0.7])
def test_a_landing_is_told_that_a_gap_follows_at_once(rate_hz: float, left_s: float) -> None:
    t = time_of(14.0, rate_hz)
    xyz_g = worn(jump(t, 7.0, 0.3, 3.0), rate_hz)
    xyz_g[(t >= 7.95 + left_s) & (t < 7.95 + left_s + 0.4)] = np.nan
    assert len(found(xyz_g, rate_hz)) == 1


@pytest.mark.parametrize("rate_hz", [100.0, 200.0])
@pytest.mark.parametrize(
    ("from_deg", "by_deg", "lasts_s"),
    [(-60.0, -40.0, 0.28), (30.0, 60.0, 0.28), (0.0, 80.0, 0.34), (-90.0, 40.0, 0.28)],
)
def test_a_limb_that_is_swung_downwards_feels_nothing_for_a_moment_and_has_not_landed(
    rate_hz: float, from_deg: float, by_deg: float, lasts_s: float
) -> None:
    t = time_of(14.0, rate_hz)
    share, by = np.clip((t - 7.0) / lasts_s, 0.0, 1.0), np.radians(by_deg)
    angle = np.radians(from_deg) + by * share**3 * (10.0 - 15.0 * share + 6.0 * share**2)
    swung_g = 0.3 / 9.81 * by / lasts_s**2 * (60.0 * share - 180.0 * share**2 + 120.0 * share**3)
    xyz_g = np.stack([np.sin(angle) + swung_g, 0.0 * t, np.cos(angle)], axis=1)
    assert np.abs(xyz_g).max() > 1.0
    xyz_g += np.random.default_rng(0).normal(scale=0.002, size=xyz_g.shape)
    assert found(xyz_g.astype(np.float32), rate_hz, "calf") == []


@pytest.mark.parametrize("rate_hz", [25.0, 100.0])
def test_what_bounces_after_an_impact_belongs_to_it_beyond_a_gap(rate_hz: float) -> None:
    t = time_of(14.0, rate_hz)
    xyz_g = worn(half_sine(t, 7.0, 0.06, 4.0) + half_sine(t, 8.9, 0.06, 1.2), rate_hz)
    xyz_g[(t >= 7.9) & (t < 8.6)] = np.nan
    assert len(found(xyz_g, rate_hz)) == 1


@pytest.mark.parametrize(("between_s", "impacts"), [(1.3, 1), (2.4, 2)])
def test_a_fall_hits_the_ground_more_than_once_within_two_seconds(between_s: float, impacts: int) -> None:
    t = time_of(16.0, 100.0)
    up = half_sine(t, 7.0, 0.06, 2.5) + half_sine(t, 7.0 + between_s, 0.06, 4.0)
    # The body moves on in between.
    up += 0.08 * np.sin(2 * np.pi * 2.0 * t) * ((t > 7.0) & (t < 7.0 + between_s))
    assert len(found(worn(up, 100.0), 100.0)) == impacts


@pytest.mark.parametrize("rate_hz", [20.0, 25.0, 50.0])
def test_a_foot_that_is_put_right_before_a_jump_is_a_part_of_it(rate_hz: float) -> None:
    t = time_of(14.0, rate_hz)
    assert len(found(worn(jump(t, 7.0, 0.5, 3.0) + half_sine(t, 6.8, 0.12, 0.3), rate_hz), rate_hz)) == 1


def test_a_kick_that_no_flight_follows_is_no_push_off_though_something_louder_comes() -> None:
    t = time_of(16.0, 100.0)
    up = half_sine(t, 7.0, 0.1, 0.4) + half_sine(t, 8.3, 0.06, 2.5)
    assert found(worn(up, 100.0), 100.0) == pytest.approx([7.0, 8.3], abs=0.1)


UMAFALL = {"pocket": "thigh", "chest": "trunk", "waist": "trunk", "wrist": "wrist", "ankle": "ankle"}
"""Sensors of the recordings, and where each is worn."""


def onsets_by_sensor(path: Path) -> list[list[float]]:
    out = []
    for sensor, placement in UMAFALL.items():
        try:
            recording = recordings.read(path, sensor=sensor)
        except dsp.TremorscopeError:
            # This file has no such sensor.
            continue
        out.append(found(recording.to_array(), recording.rate_hz, placement))
    return out


def test_a_real_jump_is_one_event_on_each_sensor(data: Path) -> None:
    (path,) = (data / "umafall").glob("*Hopping*")
    onsets = onsets_by_sensor(path)
    assert len(onsets) == 4
    # The hops before it are a train.
    assert [sum(7.5 < at < 9.0 for at in sensor) for sensor in onsets] == [1, 1, 1, 1]


def test_a_real_fall_is_one_event_on_each_sensor(data: Path) -> None:
    onsets = [sensor for path in sorted((data / "umafall").glob("*_Fall_*")) for sensor in onsets_by_sensor(path)]
    assert [len(sensor) for sensor in onsets] == 10 * [1]
