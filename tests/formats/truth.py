"""What the made files hold."""

import numpy as np
from numpy.typing import NDArray

import recordings
from dsp import Samples

RATE_HZ = 100.0
START_NS = 1_700_000_000_000_000_000


def truth(seconds: float = 30.0, rate_hz: float = RATE_HZ, seed: int = 0) -> NDArray[np.float32]:
    """Gravity, a tremor of 6 Hz and noise, in g; whole multiples of 1/256 g, which every logger can hold."""
    n = round(seconds * rate_hz)
    time_s = np.arange(n) / rate_hz
    rng = np.random.default_rng(seed)
    xyz = np.array([0.1, -0.2, 0.97]) + rng.normal(scale=0.02, size=(n, 3))
    xyz[:, 0] += 0.2 * np.sin(2 * np.pi * 6.0 * time_s)
    return (np.round(xyz * 256) / 256).astype(np.float32)


def recorded(seconds: float = 30.0) -> recordings.Recording:
    """Give the truth as a recording with a gap of two seconds in its middle."""
    xyz_g = truth(seconds)
    half = len(xyz_g) // 2
    runs = [
        Samples(xyz_g=xyz_g[:half], rate_hz=RATE_HZ),
        Samples(xyz_g=xyz_g[half:], rate_hz=RATE_HZ, start_s=half / RATE_HZ + 2.0),
    ]
    return recordings.Recording(path=None, format="made", samples=runs, rate_hz=RATE_HZ, start_ns=START_NS)
