"""Other hands: windows of 2.5 s that no curve was set by, of people at rest, in posture and in action.

The held region of `tests.acceptance.hands` was looked at while the curves for isolated windows were set. These were made
afterwards, differently, from wider ranges: physiological tremor of 5 to 40 mg with tasks, reaches and taps beside it,
against parkinsonian (3.5 to 8 Hz) and essential (4 to 12 Hz) tremor of 20 to 400 mg that may come and go. All synthetic.
"""

import numpy as np
from numpy.typing import NDArray

from tests.acceptance import waves
from tests.acceptance.hands import WINDOW_S, HandWindow
from tests.acceptance.regions import Part
from tests.acceptance.sensing import any_direction, seen_by

Floats = NDArray[np.float64]
RATES_HZ = (50.0, 52.0, 64.0, 100.0, 104.0, 200.0)
COUNTS_MG = (0.061, 0.122, 0.488, 1.0, 3.9)


def other_hand_window(seed: int, *, tremor: bool) -> HandWindow:
    """Draw a window."""
    rng = np.random.default_rng([seed, int(tremor), 4093])
    rate_hz = float(rng.choice(RATES_HZ))
    fs = rate_hz * max(1, round(400.0 / rate_hz))
    n = round((WINDOW_S + 2.0) * fs)
    if tremor:
        motion = _physiological(rng, n, fs, _log(rng, 4.0, 15.0)) + _patient(rng, n, fs)
        doing = {"rest": ("nothing",), "posture": ("nothing", "drift"), "action": ("reach", "task")}
        act = str(rng.choice(doing[str(rng.choice(["rest", "posture", "action"]))]))
    else:
        motion = _physiological(rng, n, fs, _log(rng, 5.0, 40.0))
        act = str(rng.choice(["nothing", "drift", "reach", "task", "taps"], p=[0.3, 0.2, 0.2, 0.2, 0.1]))
    motion = motion + _act(rng, n, fs, act)
    if rng.random() < 0.7:
        motion = motion + any_direction(rng)
    part = Part(
        name="any", rate_hz=rate_hz, noise_mg=_log(rng, 0.8, 4.0), count_mg=float(rng.choice(COUNTS_MG)), range_g=8.0
    )
    samples = seen_by(part, motion, fs, rng)
    first = round(rate_hz)
    return HandWindow(xyz_g=samples[first : first + round(WINDOW_S * rate_hz)], rate_hz=rate_hz, tremor=tremor)


def _log(rng: np.random.Generator, low: float, high: float) -> float:
    return float(np.exp(rng.uniform(np.log(low), np.log(high))))


def _physiological(rng: np.random.Generator, n: int, fs: float, rms_mg: float) -> Floats:
    """Two or three noise-driven resonances of 5.5 to 12 Hz, each in its own direction."""
    wave = np.zeros((n, 3))
    for _ in range(int(rng.integers(2, 4))):
        hz, width_hz = rng.uniform(5.5, 12.0), rng.uniform(1.2, 4.0)
        line = waves.noise_in_band(rng, n, fs, hz - 0.5 * width_hz, hz + 0.5 * width_hz)
        wave += rng.uniform(0.4, 1.0) * line[:, None] * any_direction(rng)
    return np.asarray(1e-3 * rms_mg * wave / np.sqrt((wave**2).sum(axis=1).mean()))


def _patient(rng: np.random.Generator, n: int, fs: float) -> Floats:
    """A line with overtones that swells, comes and goes, along an ellipse."""
    hz = rng.uniform(3.5, 8.0) if rng.random() < 0.5 else rng.uniform(4.0, 12.0)
    phase = waves.wandering_phase(rng, n, fs, np.full(n, hz), 0.3 * rng.uniform(0.1, 0.9))
    overtone = rng.uniform(0.05, 0.4)
    wave = np.sin(phase)
    for k, share in ((2, overtone), (3, 0.3 * overtone)):
        wave = wave + share * np.sin(k * phase + rng.uniform(0, 6.28))
    wave *= waves.swelling(rng, n, fs, rng.uniform(0.1, 0.45))
    if rng.random() < 0.3:
        share = rng.uniform(0.55, 0.9)
        begin = 1.0 + rng.uniform(0.0, 1.0 - share) * WINDOW_S
        t = np.arange(n) / fs
        wave *= np.clip(np.minimum(t - begin, begin + share * WINDOW_S - t) / 0.15, 0.0, 1.0)
    seen = wave[round(fs) : round((1.0 + WINDOW_S) * fs)]
    wave *= 1e-3 * _log(rng, 20.0, 400.0) / np.sqrt((seen**2).mean())
    late = np.roll(wave, round(0.25 * fs / hz))
    return np.asarray(wave[:, None] * any_direction(rng) + rng.uniform(0, 0.5) * late[:, None] * any_direction(rng))


def _act(rng: np.random.Generator, n: int, fs: float, act: str) -> Floats:
    """What the hand does on purpose."""
    out, size_g = np.zeros((n, 3)), 1e-3 * _log(rng, 20.0, 250.0)
    if act == "drift":
        out = 1e-3 * rng.uniform(5, 40) * _each(rng, n, fs, 0.1, 0.7)
    elif act == "task":
        out = size_g / np.sqrt(3.0) * _each(rng, n, fs, 0.3, rng.uniform(1.5, 3.5))
    elif act == "reach":
        at = 0
        while at < n - round(0.4 * fs):
            m = round(fs * rng.uniform(0.35, 1.2))
            path_m = rng.uniform(0.05, 0.4) * waves.smooth_step(np.arange(m) / m)
            pull = np.gradient(np.gradient(path_m)) * fs * fs / 9.80665
            out[at : at + m] += pull[: n - at, None] * any_direction(rng)
            at += m + round(fs * rng.uniform(0, 0.6))
    elif act == "taps":
        out = 0.2 * size_g * _each(rng, n, fs, 0.3, 2.5)
        t, at_s = np.arange(round(0.25 * fs)) / fs, rng.uniform(0, 0.3)
        while at_s < n / fs - 0.3:
            ring = np.sin(2 * np.pi * rng.uniform(5, 15) * t) * np.exp(-t / rng.uniform(0.03, 0.07))
            first = round(at_s * fs)
            out[first : first + len(t)] += (0.5 * size_g * rng.uniform(0.3, 1.5) * ring)[:, None] * any_direction(rng)
            at_s += rng.exponential(0.3) + 0.08
    return out


def _each(rng: np.random.Generator, n: int, fs: float, low_hz: float, high_hz: float) -> Floats:
    return np.stack([waves.noise_in_band(rng, n, fs, low_hz, high_hz) for _ in range(3)], axis=1)
