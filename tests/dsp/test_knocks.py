"""Knocks: what rings above all that a muscle does."""

import numpy as np
import pytest
from numpy.typing import NDArray

import dsp
from dsp import State
from dsp.knocks import knock_level
from dsp.parameters import load_parameters


def clapping(rate_hz: float, *, knock_g: float, hz: float = 4.6) -> NDArray[np.float32]:
    """A hand that goes to and fro, and rings at 19 Hz each time it meets the other."""
    t = np.arange(round(30 * rate_hz)) / rate_hz
    xyz_g = np.random.default_rng(0).normal(scale=0.002, size=(len(t), 3)) + [0.0, 0.0, 1.0]
    xyz_g[:, 0] += 0.4 * np.sin(2 * np.pi * hz * t)
    late = np.mod(t, 1.0 / hz)
    xyz_g[:, 1] += knock_g * np.exp(-late / 0.04) * np.sin(2 * np.pi * 19.0 * late)
    return np.asarray(xyz_g, np.float32)


def shares(xyz_g: NDArray[np.float32], rate_hz: float) -> tuple[float, float]:
    """Share of frames called rhythmic, and the middle level of knocks, dB."""
    frames = dsp.analyze(xyz_g, rate_hz=rate_hz, placement="wrist").frames
    rhythmic = np.isin(frames["label"], [State.TREMOR.value, State.REFLEX_RHYTHM.value])
    return float(rhythmic.mean()), float(np.median(frames["knock_db"]))


@pytest.mark.parametrize("rate_hz", [50.0, 100.0, 200.0])
def test_a_regular_stroke_that_ends_in_a_knock_is_no_tremor_and_one_without_looks_like_it(rate_hz: float) -> None:
    knocks, level = shares(clapping(rate_hz, knock_g=2.0), rate_hz)
    assert level > -3.0
    assert knocks < 0.15
    smooth, _ = shares(clapping(rate_hz, knock_g=0.0), rate_hz)
    assert smooth > 0.85


def test_a_slow_rate_and_a_noisy_sensor_say_nothing_of_knocks() -> None:
    _, level = shares(clapping(40.0, knock_g=2.0), 40.0)
    assert np.isnan(level)
    parameters = load_parameters()
    least = (1e-3 * parameters.still["knock_mg"]) ** 2
    above = np.array([0.9 * least, 1.1 * least], np.float32)
    quiet, loud = knock_level(above, np.full(2, 11 * least, np.float32), parameters)
    assert np.isnan(quiet)
    assert loud == pytest.approx(-10.0, abs=0.01)


def test_a_tremor_with_strong_overtones_has_no_knocks() -> None:
    t = np.arange(3000) / 100.0
    xyz_g = np.random.default_rng(0).normal(scale=0.002, size=(len(t), 3)) + [0.0, 0.0, 1.0]
    for k, share in ((1, 1.0), (2, 0.4), (3, 0.2), (4, 0.1)):
        xyz_g[:, 0] += 0.3 * share * np.sin(2 * np.pi * 5.0 * k * t)
    rhythmic, level = shares(np.asarray(xyz_g, np.float32), 100.0)
    assert level < -9.0
    assert rhythmic > 0.85
