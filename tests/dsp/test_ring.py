"""The ring of a kick: as physical as a limb, at every rate, and none where there is none."""

import math
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

import dsp
from dsp.ring import ring

Make = Callable[..., NDArray[np.float32]]
Floats = NDArray[np.float64]
RATES = (25.0, 50.0, 104.0, 400.0)
NOISE_G = 0.003


def rung(rate_hz: float, hz: float, damping: float, peak_g: float, rng: np.random.Generator) -> tuple[float, float]:
    """Give the ring of a kick in noise, as it is measured, whenever the first sample comes."""
    t = np.arange(-1.0, 1.0, 1.0 / rate_hz) + rng.uniform(0.0, 1.0 / rate_hz)
    swing = np.exp(-2.0 * np.pi * damping * hz * t) * np.sin(2.0 * np.pi * hz * t) * (t >= 0.0)
    felt = peak_g * swing / swing.max() + rng.normal(scale=NOISE_G, size=len(t))
    first = int(np.searchsorted(t, 0.0))
    top = first + int(np.abs(felt[first : first + round(0.3 * rate_hz)]).argmax())
    along = felt * np.sign(felt[top])
    return ring(along[top:], along[max(0, first - round(0.5 * rate_hz)) : first], along[top], rate_hz)


@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize("hz", [3.0, 4.5, 6.0, 8.0, 10.0])
@pytest.mark.parametrize("damping", [0.08, 0.15])
def test_a_ring_ten_times_the_noise_is_known_to_a_tenth_at_any_rate(rate_hz: float, hz: float, damping: float) -> None:
    rng = np.random.default_rng(1)
    found = np.array([rung(rate_hz, hz, damping, 10.0 * NOISE_G, rng)[0] for _ in range(60)])
    right = np.abs(found / hz - 1.0) <= 0.1
    # At 25 Hz a swing of 8 Hz and more that loses half of itself with every turn leaves three samples above the noise.
    few = rate_hz < 50.0 and hz >= 8.0 and damping > 0.1
    assert right.mean() >= (0.35 if few else 0.9)
    if not few:
        assert np.nanmedian(found) == pytest.approx(hz, rel=0.04)


@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize("damping", [0.08, 0.15, 0.25])
def test_how_soon_a_ring_dies_away_is_known_to_a_third(rate_hz: float, damping: float) -> None:
    rng = np.random.default_rng(2)
    found = [rung(rate_hz, 5.0, damping, 0.2, rng)[1] for _ in range(20)]
    assert np.median(found) == pytest.approx(1.0 / (2.0 * np.pi * damping * 5.0), rel=0.33)


@pytest.mark.parametrize("rate_hz", RATES)
def test_noise_is_no_ring(rate_hz: float) -> None:
    rng = np.random.default_rng(3)
    found = []
    for _ in range(200):
        noise = rng.normal(scale=NOISE_G, size=round(1.2 * rate_hz))
        found.append(ring(noise[round(0.5 * rate_hz) :], noise[: round(0.5 * rate_hz)], 10.0 * NOISE_G, rate_hz)[0])
    assert np.mean(np.isfinite(found)) <= 0.03


@pytest.mark.parametrize("rate_hz", [50.0, 104.0, 400.0])
@pytest.mark.parametrize("hz", [1.0, 14.0, 15.0, 20.0])
def test_what_rings_faster_or_slower_than_a_limb_is_no_ring(rate_hz: float, hz: float) -> None:
    rng = np.random.default_rng(4)
    found = [rung(rate_hz, hz, 0.1, 0.3, rng) for _ in range(30)]
    assert np.isnan(found).all()


def test_too_few_samples_after_the_top_and_none_before_it_are_no_ring_and_no_crash() -> None:
    nothing = np.zeros(0)
    for count in range(30):
        assert math.isnan(ring(np.linspace(0.3, 0.0, count), nothing, 0.3, 100.0)[0])
    assert np.isnan(ring(np.zeros(100), np.zeros(50), 0.0, 100.0)).all()


@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize("hz", [3.5, 6.0, 9.0])
def test_a_kick_tells_its_ring_and_none_of_the_sensors_noise(signal: Make, rate_hz: float, hz: float) -> None:
    found = []
    for seed in range(5):
        xyz_g = signal(rate_hz=rate_hz, seconds=24.0, noise_g=NOISE_G, seed=seed)
        late = np.arange(len(xyz_g)) / rate_hz - 12.0 - 0.013 * seed
        swing = np.exp(-2.0 * np.pi * 0.1 * hz * late) * np.sin(2.0 * np.pi * hz * late) * (late >= 0.0)
        xyz_g[:, 0] += (0.12 * swing).astype(np.float32)
        found += [e.ring_hz for e in dsp.analyze(xyz_g, rate_hz=rate_hz, placement="calf").events]
    assert len(found) >= 2
    assert found == pytest.approx([hz] * len(found), rel=0.1)


@pytest.mark.parametrize("rate_hz", [50.0, 104.0, 400.0])
def test_a_knock_that_swings_nothing_rings_at_no_rate_of_the_sensor(signal: Make, rate_hz: float) -> None:
    for seed in range(5):
        xyz_g = signal(rate_hz=rate_hz, seconds=24.0, noise_g=NOISE_G, seed=seed)
        late = np.arange(len(xyz_g)) / rate_hz - 12.0 - 0.013 * seed
        xyz_g[:, 0] += np.where(np.abs(late) < 0.04, 0.1 * np.cos(np.pi * late / 0.08) ** 2, 0.0).astype(np.float32)
        events = dsp.analyze(xyz_g, rate_hz=rate_hz, placement="calf").events
        assert all(math.isnan(e.ring_hz) for e in events)
