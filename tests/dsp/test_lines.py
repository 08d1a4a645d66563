"""Where no line stands out of a sensor's noise, no peak is told; where one does, it is, however faint."""

import numpy as np
import pytest
from numpy.typing import NDArray

import dsp
from dsp.segments import OF_PEAKS

Floats = NDArray[np.float32]


def sensor(noise_g: float, *, seconds: float = 60.0, rate_hz: float = 100.0) -> Floats:
    xyz_g = np.random.default_rng(3).normal(scale=noise_g, size=(round(seconds * rate_hz), 3))
    xyz_g[:, 2] += 1.0
    return xyz_g.astype(np.float32)


@pytest.mark.parametrize("noise_g", [0.0004, 0.0012, 0.003])
def test_the_noise_of_a_still_sensor_has_no_peak_and_it_is_still_for_that(noise_g: float) -> None:
    found = dsp.analyze(sensor(noise_g), rate_hz=100.0)
    frames = found.frames
    assert (frames["label"] == "still").all()
    assert frames["p_still"].min() > 0.95
    assert np.mean(np.isnan(frames["peak_hz"])) > 0.95
    for name in OF_PEAKS:
        if name in frames.dtype.names:
            assert np.isnan(frames[name][np.isnan(frames["peak_hz"])]).all(), name
    (segment,) = found.segments
    assert np.isnan([segment.peak_hz, segment.peak_spread_hz, segment.displacement_mm]).all()
    assert "no frequency stands out of the noise" in [term.text for term in segment.evidence]


@pytest.mark.parametrize("hz", [4.0, 7.0, 12.0])
def test_a_line_as_faint_as_the_noise_is_told(hz: float) -> None:
    xyz_g = sensor(0.0012)
    xyz_g[:, 0] += 0.0012 * np.sqrt(2.0) * np.sin(2.0 * np.pi * hz * np.arange(len(xyz_g)) / 100.0)
    found = dsp.analyze(xyz_g, rate_hz=100.0)
    assert found.frames["rms_g"].max() < 0.003
    assert np.abs(found.frames["peak_hz"] - hz).max() < 0.1
    assert [term.name for segment in found.segments for term in segment.evidence].count("no_line") == 0


def test_sway_hides_no_line_and_is_none() -> None:
    xyz_g = sensor(0.0012)
    t = np.arange(len(xyz_g)) / 100.0
    xyz_g[:, 1] += 0.004 * np.sin(2.0 * np.pi * 1.9 * t)
    assert np.mean(np.isnan(dsp.analyze(xyz_g, rate_hz=100.0).frames["peak_hz"])) > 0.9
    xyz_g[:, 0] += 0.0012 * np.sqrt(2.0) * np.sin(2.0 * np.pi * 7.0 * t)
    assert np.abs(dsp.analyze(xyz_g, rate_hz=100.0).frames["peak_hz"] - 7.0).max() < 0.1


@pytest.mark.parametrize("rate_hz", [5.0, 6.25, 7.5, 12.5, 25.0, 200.0])
def test_every_rate_is_looked_at(rate_hz: float) -> None:
    frames = dsp.analyze(sensor(0.0012, rate_hz=rate_hz), rate_hz=rate_hz).frames
    assert np.isfinite(frames["rms_g"]).all()
    assert np.isin(frames["label"], ["still", "unclear"]).all()
