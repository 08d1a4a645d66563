"""Sizes are weighed in units of the gravity in the data, and told as they are."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import dsp
from dsp.levels import SIZES, in_gravities
from tests.acceptance.scenes import make_scene
from tests.dsp.conftest import made_signal

Floats = NDArray[np.float32]
P = ("p_still", "p_movement", "p_reflex_rhythm", "p_tremor")


def jiggle(*, gravity: bool = True) -> Floats:
    """Half a minute of rest and then of a foot that swings by 9 mm at 4 Hz, so that its size decides."""
    t = np.arange(6000) / 100.0
    xyz_g = np.random.default_rng(4).normal(scale=0.002, size=(len(t), 3)) + [0.0, 0.0, float(gravity)]
    xyz_g[:, 0] += np.clip((t - 30.0) / 0.4, 0.0, 1.0) * 0.8 * np.sin(2.0 * np.pi * 4.0 * t)
    return xyz_g.astype(np.float32)


@given(gain=st.floats(0.5, 2.0))
@settings(max_examples=12, deadline=None)
def test_a_sensor_whose_gain_is_off_says_the_same_of_every_frame(gain: float) -> None:
    for xyz_g in (jiggle(), made_signal(tremor=(10.0, 25.0, 6.0, 0.03), noise_g=0.002)):
        plain, scaled = (dsp.analyze(x, rate_hz=100.0).frames for x in (xyz_g, np.float32(gain) * xyz_g))
        for name in P:
            np.testing.assert_allclose(scaled[name], plain[name], atol=0.02)


@pytest.mark.parametrize("name", ["moving", "tremor", "rhythm"])
@pytest.mark.parametrize("gain", [0.5, 2.0])
def test_scenes_are_named_alike_at_half_and_at_twice_the_gain(name: str, gain: float) -> None:
    for seed in (41, 45, 49):
        scene = make_scene(name, seed, "held")
        plain, scaled = (
            dsp.analyze(np.float32(k) * scene.xyz_g, rate_hz=scene.rate_hz, placement=scene.placement).frames["label"]
            for k in (1.0, gain)
        )
        assert np.mean(plain == scaled) >= 0.97


def test_sizes_are_told_as_they_are_in_the_data() -> None:
    plain, scaled = (dsp.analyze(np.float32(gain) * jiggle(), rate_hz=100.0) for gain in (1.0, 0.5))
    np.testing.assert_allclose(scaled.frames["rms_g"], 0.5 * plain.frames["rms_g"], rtol=1e-3)
    np.testing.assert_allclose(plain.frames["gravity_g"][:40], 1.0, atol=0.01)
    np.testing.assert_allclose(scaled.frames["gravity_g"][:40], 0.5, atol=0.01)
    at_rest, at_rest_too = plain.segments[0], scaled.segments[0]
    for segment in (at_rest, at_rest_too):
        told_mg, level_db = re.findall(
            r"([\d.]+) mg of shaking, ([+-]\d+) dB", " ".join(t.text for t in segment.evidence)
        )[0]
        assert float(told_mg) == pytest.approx(1e3 * segment.rms_g, rel=0.01)
        assert level_db == "-9"
    assert at_rest_too.rms_g == pytest.approx(0.5 * at_rest.rms_g, rel=0.01)


def test_the_reasons_are_those_that_a_sensor_with_the_right_gain_gives() -> None:
    plain, scaled = (dsp.analyze(np.float32(gain) * jiggle(), rate_hz=100.0) for gain in (1.0, 2.0))
    assert [s.label for s in plain.segments] == [s.label for s in scaled.segments]
    for one, other in zip(plain.segments, scaled.segments, strict=True):
        assert [t.name for t in one.evidence] == [t.name for t in other.evidence]
        assert [t.value for t in other.evidence] == pytest.approx([t.value for t in one.evidence], abs=0.05)


def test_without_gravity_the_gain_is_taken_to_be_right() -> None:
    features = {name: np.array([0.1, 0.1], np.float32) for name in SIZES}
    features["gravity_g"] = np.array([np.nan, 0.5], np.float32)
    # Each by its name: one that is left out would be weighed as it is.
    assert set(SIZES) == {"rms_g", "low_rms_g", "displacement_mm", "middle_g", "centre_g", "centre_low_g"}
    for name in SIZES:
        assert in_gravities(features)[name] == pytest.approx([0.1, 0.2])
    loud = np.float32(2.0) * jiggle(gravity=False)
    assert np.isnan(dsp.analyze(loud, rate_hz=100.0).frames["gravity_g"]).all()


@pytest.mark.parametrize("gain", [0.5, 2.0])
def test_strokes_of_a_hand_at_work_are_told_by_their_size_whatever_the_gain(gain: float) -> None:
    t = np.arange(6000) / 100.0
    xyz_g = np.random.default_rng(6).normal(scale=0.002, size=(len(t), 3)) + [0.0, 0.0, 1.0]
    on = np.clip((t - 20.0) / 0.4, 0.0, 1.0)
    # 3 mm rms at 4.6 Hz, while the hand moves slowly besides.
    xyz_g[:, 0] += on * 0.36 * np.sin(2.0 * np.pi * 4.6 * t + 0.3 * np.sin(2.0 * np.pi * 0.9 * t))
    xyz_g[:, 1] += on * 0.12 * np.sin(2.0 * np.pi * 0.8 * t)
    plain, scaled = (
        dsp.analyze((k * xyz_g).astype(np.float32), rate_hz=100.0, placement="wrist").frames for k in (1.0, gain)
    )
    for name in P:
        np.testing.assert_allclose(scaled[name], plain[name], atol=0.02)
