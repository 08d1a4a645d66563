"""Sensing: what a strapped-on part makes of the motion."""

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfilt, sosfilt_zi

from tests.acceptance.regions import Part

Floats = NDArray[np.float64]


def any_direction(rng: np.random.Generator) -> Floats:
    """Unit vector, uniform over the sphere."""
    v = rng.normal(size=3)
    return np.asarray(v / np.linalg.norm(v))


def any_mount(rng: np.random.Generator) -> Floats:
    """Rotation, uniform over all mounts (from a random unit quaternion)."""
    w, x, y, z = (q := rng.normal(size=4)) / np.linalg.norm(q)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def seen_by(part: Part, motion_g: Floats, fs: float, rng: np.random.Generator) -> NDArray[np.float32]:
    """Samples of a part: its low-pass, its rate, its noise, its counts, its range, in a random mount.

    `fs` is a whole multiple of the part's rate.
    """
    sos = butter(2, 0.42 * part.rate_hz, fs=fs, output="sos")
    smooth = np.asarray(sosfilt(sos, motion_g, axis=0, zi=sosfilt_zi(sos)[:, :, None] * motion_g[0])[0])
    samples = smooth[:: round(fs / part.rate_hz)] @ any_mount(rng).T
    samples = samples * (1 + rng.uniform(-0.01, 0.01, 3)) + 1e-3 * rng.uniform(-15, 15, 3)
    samples += rng.normal(scale=1e-3 * part.noise_mg / np.sqrt(3.0), size=samples.shape)
    count = 1e-3 * part.count_mg
    return np.clip(np.round(samples / count) * count, -part.range_g, part.range_g).astype(np.float32)
