"""What comes again and again is no twitch, a hard kick hides none, and what rings after one is no shaking that began."""

import numpy as np
import pytest
from numpy.typing import NDArray

import dsp

SECONDS = 40.0
Floats = NDArray[np.float64]


def pulse(t: Floats, at_s: float, size_g: float, hz: float, decay_s: float) -> Floats:
    """A push that rings down."""
    late = np.maximum(t - at_s, 0.0)
    rung = np.exp(-late / decay_s) * np.sin(2.0 * np.pi * hz * late)
    return np.asarray(size_g * rung / np.abs(rung).max())


def lying(rate_hz: float, seed: int, noise_g: float = 0.0008) -> tuple[Floats, Floats]:
    """Times, and a limb at rest."""
    t = np.arange(round(SECONDS * rate_hz)) / rate_hz
    xyz_g = np.random.default_rng(seed).normal(0.0, noise_g, (len(t), 3))
    xyz_g[:, 2] += 1.0
    return t, xyz_g


def with_heartbeats(rate_hz: float, seed: int, size_g: float, per_minute: float) -> tuple[Floats, Floats]:
    """The same, shaken by a heart whose beats vary."""
    rng = np.random.default_rng([seed, 1])
    t, xyz_g = lying(rate_hz, seed)
    at_s = 0.3
    while at_s < SECONDS:
        xyz_g[:, 1] += pulse(t, at_s, size_g * rng.uniform(0.85, 1.15), 6.0, 0.12)
        at_s += 60.0 / per_minute * rng.uniform(0.95, 1.05)
    return t, xyz_g


@pytest.mark.parametrize("rate_hz", [50.0, 100.0, 208.0])
@pytest.mark.parametrize("per_minute", [55.0, 70.0, 95.0])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_heart_that_shakes_the_limb_is_no_twitch(rate_hz: float, per_minute: float, seed: int) -> None:
    _, xyz_g = with_heartbeats(rate_hz, seed, 0.016, per_minute)
    events = dsp.analyze(xyz_g, rate_hz=rate_hz, placement="calf").events
    assert [e for e in events if e.onset_s > 8.0] == []


@pytest.mark.parametrize("rate_hz", [50.0, 100.0, 208.0])
@pytest.mark.parametrize("seed", [1, 2])
def test_a_twitch_between_heartbeats_is_one(rate_hz: float, seed: int) -> None:
    t, xyz_g = with_heartbeats(rate_hz, seed, 0.012, 65.0)
    xyz_g[:, 0] += pulse(t, 20.0, 0.08, 7.0, 0.1)
    events = dsp.analyze(xyz_g, rate_hz=rate_hz, placement="calf").events
    assert [e.onset_s for e in events if e.onset_s > 8.0] == pytest.approx([20.0], abs=0.05)


def test_four_twitches_in_six_seconds_are_four() -> None:
    t, xyz_g = lying(100.0, 3)
    times_s = (15.0, 16.6, 18.2, 19.8)
    for at_s in times_s:
        xyz_g[:, 0] += pulse(t, at_s, 0.1, 7.0, 0.1)
    events = dsp.analyze(xyz_g, rate_hz=100.0, placement="calf").events
    assert [e.onset_s for e in events] == pytest.approx(times_s, abs=0.05)


@pytest.mark.parametrize("rate_hz", [50.0, 100.0, 208.0])
@pytest.mark.parametrize("apart_s", [0.8, 1.5, 2.5])
@pytest.mark.parametrize(("size_g", "next_g"), [(2.5, 0.3), (2.9, 0.8)])
def test_a_kick_as_hard_as_an_impact_does_not_hide_the_next(
    size_g: float, next_g: float, apart_s: float, rate_hz: float
) -> None:
    t, xyz_g = lying(rate_hz, 4)
    for at_s, size in ((20.0, size_g), (20.0 + apart_s, next_g)):
        xyz_g[:, 1] += pulse(t, at_s, size, 6.0, 0.08)
    events = dsp.analyze(xyz_g, rate_hz=rate_hz, placement="calf").events
    assert [e.onset_s for e in events] == pytest.approx([20.0, 20.0 + apart_s], abs=0.05)
    assert [e.is_impact for e in events] == [True, False]


@pytest.mark.parametrize("size_g", [1.7, 6.0])
def test_what_bounces_after_an_impact_belongs_to_it_where_it_moved_before_or_no_muscle_hit_so_hard(
    size_g: float,
) -> None:
    t, xyz_g = lying(100.0, 5)
    for at_s, size in ((20.0, size_g), (20.8, 0.4)):
        xyz_g[:, 1] += pulse(t, at_s, size, 6.0, 0.08)
    if size_g < 3.0:
        # Who falls has staggered.
        xyz_g[:, 1] += np.where((t > 19.0) & (t < 19.8), 0.1 * np.sin(2.0 * np.pi * 2.5 * t), 0.0)
    events = dsp.analyze(xyz_g, rate_hz=100.0, placement="calf").events
    assert [e.is_impact for e in events] == [True]


@pytest.mark.parametrize("rate_hz", [52.0, 100.0, 208.0])
@pytest.mark.parametrize("decay_s", [0.25, 0.35, 0.45])
@pytest.mark.parametrize(("ring_hz", "size_g"), [(5.0, 0.1), (6.5, 0.4), (8.5, 0.9)])
def test_the_ring_of_one_kick_is_never_called_tremor_live(
    ring_hz: float, size_g: float, decay_s: float, rate_hz: float
) -> None:
    t, xyz_g = lying(rate_hz, 6, noise_g=0.002)
    xyz_g[:, 1] += pulse(t, 20.0, size_g, ring_hz, decay_s)
    analyzer, said = dsp.Analyzer(rate_hz, "calf"), set()
    for part in np.array_split(xyz_g[: round(26.0 * rate_hz)], 260):
        analyzer.push(part)
        if analyzer.live is not None:
            said.add(analyzer.live.label)
    assert not said & {dsp.State.TREMOR, dsp.State.REFLEX_RHYTHM}
    analyzer.finish()
    assert not set(analyzer.result().frames["live_label"]) & {"tremor", "reflex_rhythm"}


@pytest.mark.parametrize("rate_hz", [52.0, 100.0, 208.0])
@pytest.mark.parametrize("seed", range(6))
def test_shaking_that_swells_and_fades_from_its_first_moment_is_known_live_within_two_seconds(
    rate_hz: float, seed: int
) -> None:
    t, xyz_g = lying(rate_hz, seed, noise_g=0.002)
    swells = 0.06 * (1.0 + 0.6 * np.cos(2.0 * np.pi * (t - 20.0) / (0.8 + 0.1 * seed)))
    xyz_g[:, 1] += np.where(t >= 20.0, swells * np.sin(2.0 * np.pi * 7.0 * (t - 20.0)), 0.0)
    analyzer, since_s = dsp.Analyzer(rate_hz, "calf"), np.inf
    for part in np.array_split(xyz_g[: round(23.0 * rate_hz)], 230):
        analyzer.push(part)
        live = analyzer.live
        if live is not None and live.label is dsp.State.TREMOR:
            since_s = min(since_s, live.time_s)
    assert 20.0 < since_s <= 22.0
