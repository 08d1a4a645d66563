"""Hands: isolated windows of 2.5 s at the wrist, with a patient's sustained tremor or without a visible one."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tests.acceptance import waves
from tests.acceptance.regions import Draw, Region
from tests.acceptance.sensing import any_direction, seen_by

WINDOW_S = 2.5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class HandWindow:
    """Samples and whether a sustained tremor is in them. Synthetic."""

    xyz_g: NDArray[np.float32]
    rate_hz: float
    tremor: bool


def hand_window(seed: int, region: Region, *, tremor: bool) -> HandWindow:
    """Draw a window.

    Everybody's hand has physiological tremor (6-12 Hz, broad) and moves slowly on purpose; a patient's has, besides, a
    narrow line with overtones, at rest (little movement), in posture, or in action (much movement).
    """
    rng = np.random.default_rng([seed, int(tremor), int(region == "held"), 77])
    d = Draw(rng, region)
    part = d.part()
    fs = part.rate_hz * max(1, round(400.0 / part.rate_hz))
    n = round((WINDOW_S + 2.0) * fs)
    # Three directions of their own: a hand moves in all of them.
    lines = [
        waves.noise_in_band(rng, n, fs, max(1.0, hz - 0.5 * w), hz + 0.5 * w)
        for hz, w in ((d("hand", "quiet_hz"), d("hand", "quiet_width_hz")) for _ in range(2))
    ]
    motion = 1e-3 * d("hand", "quiet_mg", log=True) / np.sqrt(2) * sum(x[:, None] * any_direction(rng) for x in lines)
    active = rng.random() < (0.5 if tremor else 0.7)
    if active:
        slow = np.stack([waves.noise_in_band(rng, n, fs, 0.2, rng.uniform(1.2, 3.0)) for _ in range(3)], axis=1)
        motion = motion + 1e-3 * d("hand", "task_mg", log=True) / np.sqrt(3) * slow
    if rng.random() < 0.25:
        # A quick voluntary adjustment: its corners reach into the tremor band.
        size = round(fs * rng.uniform(0.25, 0.6))
        at = int(rng.integers(0, n - size))
        bump = np.diff(waves.smooth_step(np.arange(size + 1) / size), n=1)
        bump = np.gradient(bump)
        motion[at : at + size] += (rng.uniform(0.02, 0.15) * bump / np.abs(bump).max())[:, None] * any_direction(rng)
    if tremor:
        phase = waves.wandering_phase(rng, n, fs, np.full(n, d("hand", "tremor_hz")), 0.3 * d("hand", "width_hz"))
        wave = np.sin(phase)
        for k, share in ((2, d("hand", "overtone")), (3, 0.5 * d("hand", "overtone"))):
            wave = wave + share * np.sin(k * phase + rng.uniform(0, 6.28))
        wave *= waves.swelling(rng, n, fs, rng.uniform(0.1, 0.4))
        wave /= np.sqrt((wave**2).mean())
        # Tremor of a hand is a rotation: the quarter-cycle part makes an ellipse.
        late = np.roll(wave, round(0.25 * fs / d("hand", "tremor_hz")))
        size = 1e-3 * d("hand", "tremor_mg", log=True)
        motion = motion + size * (
            wave[:, None] * any_direction(rng) + rng.uniform(0, 0.5) * late[:, None] * any_direction(rng)
        )
    if rng.random() < 0.7:
        motion = motion + any_direction(rng)
    samples = seen_by(part, motion, fs, rng)
    first = round(part.rate_hz)
    return HandWindow(
        xyz_g=samples[first : first + round(WINDOW_S * part.rate_hz)], rate_hz=part.rate_hz, tremor=tremor
    )
