"""Where a range ends, below gravity's size and above: frames, flags and notes agree, and coarse rest is no end."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

import dsp
from dsp.extremes import extremes_of
from dsp.range_end import RangeEnds

Floats = NDArray[np.float32]
Make = Callable[..., Floats]


def swung(rate_hz: float = 100.0, size_g: float = 2.5, seed: int = 0) -> Floats:
    """Swing along x at 3 Hz, gravity along z, noise of 5 mg."""
    t = np.arange(round(30 * rate_hz)) / rate_hz
    xyz_g = np.random.default_rng(seed).normal([0.0, 0.0, 0.9], 0.005, (len(t), 3))
    xyz_g[:, 0] += size_g * np.sin(2.0 * np.pi * 3.0 * t)
    return xyz_g.astype(np.float32)


def analysed(xyz_g: Floats, rate_hz: float = 100.0) -> tuple[Floats, bool, bool]:
    """Give the clipped share of each frame, and whether the flag and the note are there."""
    found = dsp.analyze(xyz_g, rate_hz=rate_hz)
    flagged = any("clipped" in s.flags for s in found.segments)
    return found.frames["clipped"], flagged, any("is cut off at" in q for q in found.quality)


@pytest.mark.parametrize("rate_hz", [25.0, 52.0, 100.0, 400.0])
@pytest.mark.parametrize("limit_g", [1.0, 1.1, 1.3, 1.5, 2.0])
def test_what_is_cut_off_is_so_in_frames_flags_and_notes(rate_hz: float, limit_g: float) -> None:
    clipped, flagged, noted = analysed(np.clip(swung(rate_hz), -limit_g, limit_g), rate_hz)
    assert (clipped > 0.0).mean() > 0.8
    assert flagged
    assert noted


def test_gravity_with_a_tremor_on_it_that_is_cut_off_at_1_g_is_so_in_all_three(signal: Make) -> None:
    xyz_g = signal(seconds=40.0, tremor=(5, 35, 6.0, 0.2))
    xyz_g[:, 2] += xyz_g[:, 0]
    clipped, flagged, noted = analysed(np.minimum(xyz_g, np.float32(1.0)))
    assert clipped.max() > 0.05
    assert flagged
    assert noted
    clipped, flagged, noted = analysed(xyz_g)
    assert not flagged
    assert not noted


@pytest.mark.parametrize("count_g", [0.004, 0.016, 0.03])
@pytest.mark.parametrize("level_g", [1.0, 1.01, 1.03])
def test_a_coarse_sensor_that_rests_or_turns_to_rest_is_not_cut_off(count_g: float, level_g: float) -> None:
    rest = np.random.default_rng(1).normal([0.0, 0.0, level_g], 0.003, (4000, 3))
    for at in range(0, 4000, 1000):
        rest[at : at + 400, 2] -= 0.8
    clipped, flagged, noted = analysed((np.round(rest / count_g) * count_g).astype(np.float32))
    assert not clipped.any()
    assert not flagged
    assert not noted


def test_an_end_that_is_gone_beyond_is_none_from_there_on() -> None:
    xyz_g = np.clip(swung(), -1.2, 1.2)
    xyz_g[1500:, 0] = swung()[1500:, 0] * 0.52
    found = dsp.analyze(xyz_g, rate_hz=100.0)
    after = found.frames["time_s"] > 17.5
    assert (found.frames["clipped"][~after] > 0.0).any()
    assert not found.frames["clipped"][after].any()
    assert not any("cut off" in q for q in found.quality)


@pytest.mark.parametrize("sizes", [(1,), (2, 3), (7, 400), (50,)])
@pytest.mark.parametrize("limit_g", [1.0, 1.2, 1.6])
def test_which_samples_stand_at_the_end_does_not_depend_on_chunks(sizes: tuple[int, ...], limit_g: float) -> None:
    axes_g = np.ascontiguousarray(np.clip(np.cumsum(swung(seed=2), axis=0) * np.float32(0.1), -limit_g, limit_g).T)
    axes_g[0] = np.clip(swung(seed=3)[:, 0], -limit_g, limit_g)
    nothing = np.full((3, 1), np.nan, np.float32)
    whole = RangeEnds().find(axes_g, nothing)
    assert whole.any()
    ends, at, i, parts = RangeEnds(), 0, 0, []
    while at < axes_g.shape[1]:
        part = axes_g[:, at : at + sizes[i % len(sizes)]]
        parts.append(np.zeros(part.shape[1], bool))
        if ends.reached(extremes_of(part)):
            parts[-1] = ends.find(part, axes_g[:, at - 1 : at] if at else nothing)
        at, i = at + part.shape[1], i + 1
    np.testing.assert_array_equal(np.concatenate(parts), whole)
