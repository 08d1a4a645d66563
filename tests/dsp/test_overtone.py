"""An overtone beats in step with its beat; a line of its own at twice the frequency does not, however it swells."""

import numpy as np
import pytest
from numpy.typing import NDArray

import dsp
from dsp import State
from dsp.overtone import in_step

RATE_HZ = 52.0


def line(hz: float, width_hz: float, seconds: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Noise of such a width around a frequency, rms 1, as muscles make it."""
    n = round(seconds * RATE_HZ)
    freq = np.fft.rfftfreq(n, 1.0 / RATE_HZ)
    spectrum = (rng.normal(size=len(freq)) + 1j * rng.normal(size=len(freq))) / (1.0 + 2j * (freq - hz) / width_hz)
    wave = np.fft.irfft(spectrum, n)
    return np.asarray(wave / wave.std())


def analytic(hz: float, phase: NDArray[np.float64], axes: tuple[float, float, float]) -> NDArray[np.complex64]:
    t = np.arange(64) / 16.0
    wave = np.sin(np.pi * np.arange(64) / 64) ** 2 * np.exp(1j * (2.0 * np.pi * hz * t + phase))
    return np.asarray(np.multiply.outer(np.array(axes), wave[None]), np.complex64)


def test_what_has_twice_the_phase_is_in_step_along_whichever_axis_and_what_roams_by_itself_is_not() -> None:
    rng = np.random.default_rng(3)
    roams = np.cumsum(rng.normal(scale=0.5, size=64))
    beat = analytic(2.0, roams, (0.3, 0.8, -0.5))
    assert in_step(beat, analytic(4.0, 2.0 * roams + 1.0, (0.1, 0.0, 0.2)))[0] > 0.9
    assert in_step(beat, analytic(4.0, np.zeros(64), (0.1, 0.0, 0.2)))[0] < 0.3
    assert in_step(beat, analytic(4.7, 2.0 * roams, (0.1, 0.0, 0.2)))[0] < 0.3
    assert in_step(beat, np.zeros_like(beat))[0] == 0.0


@pytest.mark.parametrize("second_hz", [8.8, 9.0, 9.6])
def test_a_tired_muscle_that_shakes_at_twice_the_frequency_too_has_a_tremor(second_hz: float) -> None:
    labels = []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        wave = line(4.6, 0.8, 30.0, rng) + 0.5 * line(second_hz, 1.0, 30.0, rng)
        xyz_g = rng.normal(scale=0.002, size=(len(wave), 3)) + [0.0, 0.0, 1.0]
        xyz_g += 0.04 * wave[:, None] * [0.8, 0.6, 0.0]
        frames = dsp.analyze(xyz_g.astype(np.float32), rate_hz=RATE_HZ, placement="calf").frames
        labels.append(frames["label"])
        assert np.median(frames["harmonic_ratio"]) < 0.02
    assert (np.concatenate(labels) == State.TREMOR.value).mean() > 0.9


def beats(hz: float, brief_s: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """Half a minute of kicks to and fro, cycles and strengths spread by 3 and 6 %; rms 1."""
    t, at, wave = np.arange(round(30.0 * RATE_HZ)) / RATE_HZ, 0.0, np.zeros(round(30.0 * RATE_HZ))
    while at < 30.0:
        late = (t - at) / brief_s
        wave -= (1.0 + 0.06 * rng.normal()) * late * np.exp(-0.5 * late**2)
        at += (1.0 + 0.03 * rng.normal()) / hz
    return np.asarray(wave / wave.std())


@pytest.mark.parametrize("hz", [3.5, 3.9, 4.3])
def test_beats_as_brief_as_a_third_of_their_cycle_are_as_frequent_as_they_are_though_the_overtone_is_louder(
    hz: float,
) -> None:
    rng = np.random.default_rng(1)
    xyz_g = rng.normal(scale=0.002, size=(round(30.0 * RATE_HZ), 3)) + [0.0, 0.0, 1.0]
    xyz_g += 0.15 * beats(hz, 0.022, rng)[:, None] * [0.8, 0.6, 0.0]
    frames = dsp.analyze(xyz_g.astype(np.float32), rate_hz=RATE_HZ, placement="calf").frames
    assert np.median(frames["harmonic_ratio"]) > 1.0
    assert np.abs(frames["peak_hz"] - hz).max() < 0.15
    assert np.median(frames["share"]) > 0.6
    assert (frames["label"] == State.REFLEX_RHYTHM.value).mean() > 0.9


def test_what_moves_at_half_the_frequency_of_a_tremor_takes_its_peak_from_it_only_with_a_third_line() -> None:
    rng = np.random.default_rng(2)
    wave = line(8.0, 0.5, 30.0, rng) + 0.8 * line(4.0, 0.5, 30.0, rng)
    xyz_g = rng.normal(scale=0.002, size=(len(wave), 3)) + [0.0, 0.0, 1.0]
    xyz_g += 0.04 * wave[:, None] * [0.8, 0.6, 0.0]
    frames = dsp.analyze(xyz_g.astype(np.float32), rate_hz=RATE_HZ, placement="calf").frames
    assert (frames["label"] == State.TREMOR.value).mean() > 0.9
