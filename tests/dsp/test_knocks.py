"""Knocks: what rings above all that a muscle does."""

import numpy as np
import pytest
from numpy.typing import NDArray

import dsp
from dsp import State
from dsp.knocks import beyond_a_muscle, knock_level
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


@pytest.mark.parametrize("knock_g", [0.8, 1.2])
def test_a_knock_fainter_than_the_stroke_counts_where_no_overtone_of_a_muscle_is_as_loud(knock_g: float) -> None:
    rhythmic, level = shares(clapping(52.0, knock_g=knock_g, hz=4.2), 52.0)
    assert -8.0 < level < -4.0
    assert rhythmic < 0.15


@pytest.mark.parametrize("hz", [3.6, 4.4, 5.2, 6.0, 7.0])
def test_the_overtones_of_a_limb_that_twitches_drive_are_no_knocks(hz: float) -> None:
    rate_hz, fine_hz, twitch_s = 100.0, 1000.0, 0.05
    late = np.arange(round(0.6 * fine_hz)) / fine_hz
    kicks = np.zeros(round(20 * fine_hz))
    kicks[np.arange(0.0, len(kicks) - 1.0, fine_hz / hz).astype(int)] = 1.0
    pushed = np.convolve(kicks, late * np.exp(-late / twitch_s))[: len(kicks)]
    xyz_g = np.random.default_rng(0).normal(scale=0.002, size=(round(20 * rate_hz), 3)) + [0.0, 0.0, 1.0]
    xyz_g[:, 0] += 0.5 * ((pushed - pushed.mean()) / pushed.std())[:: round(fine_hz / rate_hz)]
    frames = dsp.analyze(xyz_g.astype(np.float32), rate_hz=rate_hz, placement="ankle").frames
    struck = beyond_a_muscle(frames["knock_db"], frames["peak_hz"], load_parameters())
    assert np.isfinite(struck[2:-8]).all()
    assert (struck[8:-8] < 0.0).all()
