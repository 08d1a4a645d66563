"""Long signals to measure speed on."""

import os
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

RATE_HZ = 100.0
Floats = NDArray[np.float32]


def night(hours: float) -> Floats:
    """A sensor at rest with a minute of tremor and of movement each quarter of an hour (synthetic)."""
    rng = np.random.default_rng(0)
    n = round(hours * 3600 * RATE_HZ)
    xyz_g = rng.normal(scale=0.0012, size=(n, 3)).astype(np.float32)
    xyz_g[:, 2] += 1
    t = np.arange(round(60 * RATE_HZ)) / RATE_HZ
    for at in range(0, n - 12_000, round(900 * RATE_HZ)):
        xyz_g[at : at + 6000, 0] += (0.03 * np.sin(2 * np.pi * 7.1 * t)).astype(np.float32)
        xyz_g[at + 6000 : at + 12000, 1] += (0.1 * np.sin(2 * np.pi * 0.7 * t)).astype(np.float32)
    return xyz_g


def evening(hours: float) -> Floats:
    """A sensor of 3 mg noise; every two minutes 20 s of tremor, 10 s of movement and two kicks (synthetic)."""
    rng = np.random.default_rng(1)
    n = round(hours * 3600 * RATE_HZ)
    t = np.arange(n) / RATE_HZ
    xyz_g = rng.normal(scale=0.003, size=(n, 3)).astype(np.float32)
    xyz_g[:, 2] += 1
    xyz_g[:, 0] += (0.05 * np.sin(2 * np.pi * t / 97.0)).astype(np.float32)
    shaking, moving = (t % 120 > 60) & (t % 120 < 80), (t % 120 > 20) & (t % 120 < 30)
    hertz = 6.0 + t // 120 % 5
    xyz_g[:, 1] += (shaking * 0.05 * np.sin(2 * np.pi * hertz * t)).astype(np.float32)
    xyz_g[:, 0] += (moving * 0.3 * np.sin(2 * np.pi * 1.2 * t)).astype(np.float32)
    kick = 0.8 * np.hanning(round(0.12 * RATE_HZ))
    for at in range(round(45 * RATE_HZ), n - len(kick), round(60 * RATE_HZ)):
        xyz_g[at : at + len(kick), 2] += kick.astype(np.float32)
    return xyz_g


def walking(hours: float) -> Floats | None:
    """Real walks at the ankle, repeated, taken for 100 Hz: no night has so much in it. None without the recordings."""
    folder = Path(os.environ.get("TREMORSCOPE_DATA", "../shared/data")) / "daphnet"
    if not folder.is_dir():
        return None
    # Columns: milliseconds, then three of the ankle in mg.
    parts = [np.loadtxt(folder / name, usecols=(1, 2, 3)) for name in ("S01R02.txt", "S03R02.txt")]
    xyz_g = (1e-3 * np.concatenate(parts)).astype(np.float32)
    n = round(hours * 3600 * RATE_HZ)
    return np.tile(xyz_g, (n // len(xyz_g) + 1, 1))[:n]
