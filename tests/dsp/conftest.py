"""Signals for the tests of the dsp room; made here, not taken from the simulated limb."""

from collections.abc import Callable, Sequence

import numpy as np
import pytest
from numpy.typing import NDArray

import dsp

Floats = NDArray[np.float32]


def made_signal(
    *,
    rate_hz: float = 100.0,
    seconds: float = 30.0,
    tremor: tuple[float, float, float, float] | None = None,
    kicks: tuple[float, ...] = (),
    stretch_at: float | None = None,
    release_at: float | None = None,
    gravity: bool = True,
    noise_g: float = 0.0012,
    seed: int = 0,
) -> Floats:
    """Still sensor with what is asked for: tremor (from, to, Hz, rms g), kicks of 0.3 g, one stretch of 30 degrees in 0.5 s."""
    rng = np.random.default_rng(seed)
    n = round(seconds * rate_hz)
    t = np.arange(n) / rate_hz
    xyz = rng.normal(scale=noise_g, size=(n, 3))
    angle = np.zeros(n)
    if stretch_at is not None:
        out = release_at if release_at is not None else seconds + 1
        angle = np.interp(t, [stretch_at, stretch_at + 0.5, out, out + 1.0], [0.0, 0.52, 0.52, 0.0])
    if gravity:
        xyz[:, 2] += np.cos(angle)
        xyz[:, 1] += np.sin(angle)
    if tremor is not None:
        start, end, hz, rms = tremor
        # Noise through a narrow band: a dozen lines within half a hertz, whose sum swells and fades like muscle noise.
        lines = np.random.default_rng(seed + 100)
        hertz = hz + lines.normal(scale=0.3, size=12)
        phase = lines.uniform(0, 2 * np.pi, size=12)
        steady = np.sin(2 * np.pi * hz * t)
        wave = 0.8 * steady + np.sin(2 * np.pi * hertz[:, None] * t + phase[:, None]).sum(axis=0) / 5
        wave *= (t >= start) & (t < end)
        inside = wave[(t >= start) & (t < end)]
        xyz[:, 0] += wave * rms / max(inside.std(), 1e-9)
    for at in kicks:
        late = np.clip(t - at, 0, None)
        xyz[:, 0] += 0.3 * np.exp(-late / 0.08) * np.sin(2 * np.pi * 6.0 * late) * (t >= at)
    return xyz.astype(np.float32)


def smooth_step(share: NDArray[np.float64]) -> NDArray[np.float64]:
    s = np.clip(share, 0.0, 1.0)
    return s**3 * (10 - 15 * s + 6 * s * s)


def turning_limb(
    moves: list[tuple[float, float, float]], *, seconds: float, gravity: bool, seed: int = 0, rate_hz: float = 100.0
) -> NDArray[np.float32]:
    """Limb of 0.3 m that turns: (from s, for s, by degrees) each, with noise of 1.2 mg."""
    t = np.arange(round(seconds * rate_hz)) / rate_hz
    angle = sum(np.radians(deg) * smooth_step((t - at) / size) for at, size, deg in moves)
    angle = np.asarray(angle)
    swing = 0.3 / 9.80665 * np.gradient(np.gradient(angle, 1 / rate_hz), 1 / rate_hz)
    xyz = np.random.default_rng(seed).normal(scale=0.0012, size=(len(t), 3))
    xyz[:, 0] += swing + (np.sin(angle) if gravity else 0.0)
    xyz[:, 2] += np.cos(angle) if gravity else 0.0
    return xyz.astype(np.float32)


def banded_noise(
    rms_mg: float, low_hz: float, high_hz: float, *, rate_hz: float, seconds: float, noise_g: float, seed: int = 0
) -> Floats:
    """Noise between two frequencies in all three axes, and that of a sensor."""
    rng = np.random.default_rng(seed)
    n = round(seconds * rate_hz)
    freq = np.fft.rfftfreq(n, 1 / rate_hz)
    spectrum = np.fft.rfft(rng.normal(size=(n, 3)), axis=0)
    spectrum[(freq < low_hz) | (freq > high_hz)] = 0.0
    wave = np.fft.irfft(spectrum, n, axis=0)
    wave *= 1e-3 * rms_mg / np.sqrt((wave**2).sum(axis=1).mean())
    return (wave + rng.normal(scale=noise_g, size=(n, 3)) + [0.0, 0.0, 1.0]).astype(np.float32)


def in_chunks(analyzer: dsp.Analyzer, xyz_g: Floats, sizes: Sequence[int]) -> dsp.Analysis:
    """Analyse samples in chunks of these sizes, over and over."""
    at, i = 0, 0
    while at < len(xyz_g):
        analyzer.push(xyz_g[at : (at := at + sizes[i % len(sizes)])])
        i += 1
    analyzer.finish()
    return analyzer.result()


@pytest.fixture
def signal() -> Callable[..., Floats]:
    """Maker of signals."""
    return made_signal


@pytest.fixture
def moved() -> Callable[..., Floats]:
    """Maker of limbs that turn."""
    return turning_limb
