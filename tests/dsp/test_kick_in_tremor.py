"""A kick in a tremor stands out of its loudest moments, twice; the tremor alone is none, however it swells."""

import numpy as np
import pytest
from numpy.typing import NDArray

import dsp
from tests.dsp.conftest import made_signal
from tests.dsp.test_events import ringing_kick

RATE_HZ = 104.0
KICKED_S = 30.0


def shaking(times: float, *, seed: int, rms_g: float = 0.04) -> NDArray[np.float32]:
    """A minute of a limb that shakes from second 8 on, and is kicked by so many times what shakes at most around."""
    rng = np.random.default_rng(seed)
    t = np.arange(round(60.0 * RATE_HZ)) / RATE_HZ
    freq = np.fft.rfftfreq(len(t), 1.0 / RATE_HZ)
    spectrum = (rng.normal(size=len(freq)) + 1j * rng.normal(size=len(freq))) / (1.0 + 2j * (freq - 6.0))
    wave = np.fft.irfft(spectrum, len(t))
    wave *= rms_g / wave.std() * np.clip((t - 8.0) / 2.0, 0.0, 1.0)
    since = np.maximum(t - KICKED_S, 0.0)
    most = np.abs(wave[(t > KICKED_S - 1.5) & (t < KICKED_S + 1.5)]).max()
    xyz_g = rng.normal(scale=0.0015, size=(len(t), 3)) + [0.0, 0.0, 1.0]
    xyz_g[:, 0] += wave
    # Of its first swing 0.7 is left at the top.
    xyz_g[:, 1] += times * most / 0.7 * np.exp(-9.0 * since) * np.sin(2.0 * np.pi * 7.0 * since)
    return xyz_g.astype(np.float32)


def onsets(xyz_g: NDArray[np.float32]) -> list[float]:
    events = dsp.analyze(xyz_g, rate_hz=RATE_HZ, placement="calf", keep_spectra=False).events
    return [e.onset_s - KICKED_S for e in events]


def test_a_kick_that_stands_three_times_out_of_a_tremor_is_found_where_it_began() -> None:
    found = [onsets(shaking(3.0, seed=seed)) for seed in range(12)]
    right = [len(one) == 1 and abs(one[0]) < 0.1 for one in found]
    assert sum(right) >= 9
    assert all(abs(at) < 0.1 for one in found for at in one)


@pytest.mark.parametrize("times", [0.0, 0.7])
def test_a_tremor_and_what_hardly_stands_out_of_it_are_no_kicks(times: float) -> None:
    assert not any(onsets(shaking(times, seed=seed)) for seed in range(12))


def test_a_slow_kick_in_a_quicker_tremor_is_found_by_the_size_of_its_swing() -> None:
    found = 0
    for hertz in (8.0, 9.0, 10.5):
        for seed in range(12):
            xyz_g = made_signal(tremor=(8.0, 28.0, hertz, 0.045), seconds=30.0, seed=seed)
            since = np.maximum(np.arange(len(xyz_g)) / 100.0 - 17.0 - 0.07 * seed, 0.0)
            xyz_g[:, 0] += (0.58 * np.exp(-5.8 * since) * np.sin(2.0 * np.pi * 4.2 * since)).astype(np.float32)
            events = dsp.analyze(xyz_g, rate_hz=100.0, placement="calf", keep_spectra=False).events
            found += any(abs(e.onset_s - 17.0 - 0.07 * seed) < 0.15 for e in events)
    assert found >= 28


def test_a_slow_kick_that_hardly_shows_among_quick_beats_is_found_where_these_hardly_show() -> None:
    found = 0
    for hertz in (8.5, 10.0, 11.5):
        for seed in range(12):
            at_s = 17.0 + 0.07 * seed
            xyz_g = made_signal(tremor=(8.0, 28.0, hertz, 0.035), seconds=30.0, seed=seed)
            xyz_g[:, 0] += ringing_kick(np.arange(len(xyz_g)) / 100.0, at_s, 0.2, 4.0, 0.2, pull_s=0.08)
            events = dsp.analyze(xyz_g, rate_hz=100.0, placement="calf", keep_spectra=False).events
            found += any(abs(e.onset_s - at_s) < 0.15 for e in events)
    assert found >= 18
