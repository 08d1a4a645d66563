"""Waves: one function a phenomenon, each a closed form or filtered noise on its own time axis, in g."""

import numpy as np
from numpy.typing import NDArray
from scipy.signal import butter, sosfiltfilt

Floats = NDArray[np.float64]
G_MM_S2 = 9806.65


def noise_in_band(rng: np.random.Generator, n: int, fs: float, low_hz: float, high_hz: float) -> Floats:
    """Gaussian noise between two frequencies, rms 1; low_hz 0 for a low-pass."""
    spare = round(4 * fs / max(high_hz - low_hz, 0.1))
    white = rng.normal(size=n + 2 * spare)
    top = min(high_hz, 0.45 * fs)
    sos = (
        butter(2, top, fs=fs, output="sos")
        if low_hz <= 0
        else butter(2, (low_hz, top), "bandpass", fs=fs, output="sos")
    )
    wave = np.asarray(sosfiltfilt(sos, white), float)[spare : spare + n]
    return wave / max(float(np.sqrt((wave**2).mean())), 1e-12)


def wandering_phase(rng: np.random.Generator, n: int, fs: float, hz: Floats, width_hz: float) -> Floats:
    """Phase of an oscillator whose phase diffuses: its line is Lorentzian, `width_hz` wide at half power."""
    steps = rng.normal(size=n) * np.sqrt(2 * np.pi * width_hz / fs)
    return np.asarray(2 * np.pi * np.cumsum(hz) / fs + np.cumsum(steps) + rng.uniform(0, 2 * np.pi))


def swelling(rng: np.random.Generator, n: int, fs: float, depth: float) -> Floats:
    """Slow positive envelope (0.4 Hz) with this coefficient of variation: log-normal, mean 1."""
    spread = np.sqrt(np.log1p(depth**2))
    return np.asarray(np.exp(spread * noise_in_band(rng, n, fs, 0.0, 0.4) - 0.5 * spread**2))


def ramped(n: int, fs: float, rise_s: float, fall_s: float) -> Floats:
    t = np.arange(n) / fs
    return np.asarray(np.clip(np.minimum((t + 1 / fs) / rise_s, (n / fs - t) / fall_s), 0.0, 1.0))


def tremor(
    rng: np.random.Generator,
    n: int,
    fs: float,
    *,
    hz: float,
    width_hz: float,
    depth: float,
    drift_hz_per_min: float = 0.0,
    overtone: float = 0.0,
    driven: bool = False,
) -> Floats:
    """Tremor, rms 1: an oscillator with wandering phase and swelling size, or noise through a resonance (`driven`)."""
    t = np.arange(n) / fs
    if driven:
        wave = noise_in_band(rng, n, fs, hz - 0.5 * width_hz, hz + 0.5 * width_hz)
    else:
        phase = wandering_phase(rng, n, fs, hz + drift_hz_per_min * t / 60.0, 0.3 * width_hz)
        wave = swelling(rng, n, fs, depth) * (np.sin(phase) + overtone * np.sin(2 * phase + rng.uniform(0, 6.28)))
    return np.asarray(wave / np.sqrt((wave**2).mean()))


def pulse_train(
    rng: np.random.Generator,
    n: int,
    fs: float,
    *,
    hz: float,
    jitter: float,
    depth: float,
    skew: float,
    slowing_hz: float,
) -> Floats:
    """Beats of a clonus-like rhythm, rms 1: one asymmetric pulse a cycle, cycle lengths jittered, slower towards the end."""
    wave = np.zeros(n)
    at = 0.0
    while at < n / fs:
        done = at * fs / n
        cycle = (1.0 + jitter * rng.normal()) / (hz - slowing_hz * max(0.0, done - 0.7) / 0.3)
        first, last = int(at * fs), min(n, int((at + cycle) * fs))
        share = (np.arange(first, last) / fs - at) / cycle
        bent = np.where(share < skew, 0.5 * share / skew, 0.5 + 0.5 * (share - skew) / (1 - skew))
        wave[first:last] = (1.0 + depth * rng.normal()) * (0.5 - 0.5 * np.cos(2 * np.pi * bent))
        at += cycle
    wave -= wave.mean()
    sos = butter(2, min(18.0, 0.45 * fs), fs=fs, output="sos")
    wave = np.asarray(sosfiltfilt(sos, wave))
    return np.asarray(wave / np.sqrt((wave**2).mean()))


def kick(fs: float, *, pulse_s: float, ring_hz: float, damping: float) -> Floats:
    """Acceleration of a damped limb under one twitch of torque, peak 1: begins at the first sample.

    It ends when the ring is below a thousandth: where it were cut, the limb would jump.
    """
    dt = 1e-3
    seconds = 1.6 + 7.0 / (2 * np.pi * ring_hz * damping)
    t = np.arange(round(seconds / dt)) * dt
    torque = t / pulse_s * np.exp(1.0 - t / pulse_s)
    w = 2 * np.pi * ring_hz
    wd = w * np.sqrt(1 - damping**2)
    answer = np.exp(-damping * w * t) * np.sin(wd * t) / wd
    angle = np.convolve(torque, answer)[: len(t)] * dt
    acceleration = np.gradient(np.gradient(angle, dt), dt)
    acceleration /= np.abs(acceleration).max()
    return np.interp(np.arange(round(seconds * fs)) / fs, t, acceleration)


def smooth_step(share: Floats) -> Floats:
    s = np.clip(share, 0.0, 1.0)
    return np.asarray(s * s * s * (10 - 15 * s + 6 * s * s))


def wandering_angles(rng: np.random.Generator, n: int, fs: float, *, degrees: float, move_s: float) -> Floats:
    """Angle (deg) of a limb that is moved about: smooth moves with pauses, back where it began at the end."""
    angle = np.zeros(n)
    here, at = 0.0, 0
    while at < n:
        size = max(2, round(fs * move_s * rng.uniform(0.6, 1.5)))
        there = 0.0 if at + 2 * size >= n else rng.uniform(-degrees, degrees)
        end = min(n, at + size)
        angle[at:end] = here + (there - here) * smooth_step(np.arange(end - at) / size)
        pause = min(n, end + round(fs * rng.uniform(0.0, 0.5)))
        angle[end:pause] = there
        here, at = there, pause
    return angle


def gait(rng: np.random.Generator, n: int, fs: float, *, cadence_hz: float, step_g: float) -> Floats:
    """Walking at one leg, (n, 3): harmonics of the stride that fade, and a ringing heel strike each stride."""
    t = np.arange(n) / fs
    stride_hz = 0.5 * cadence_hz * (1.0 + 0.03 * noise_in_band(rng, n, fs, 0.0, 0.3))
    phase = 2 * np.pi * np.cumsum(stride_hz) / fs + rng.uniform(0, 6.28)
    out = np.zeros((n, 3))
    for k in range(1, 9):
        size = step_g * rng.uniform(0.5, 1.0, 3) * (1.3 if k % 2 == 0 else 0.8) / (1.0 + 0.45 * (k - 1) ** 1.3)
        out += size * np.sin(k * phase[:, None] + rng.uniform(0, 6.28, 3))
    out *= swelling(rng, n, fs, 0.12)[:, None]
    strikes = np.nonzero(np.diff(np.floor(phase / (2 * np.pi))) > 0)[0]
    ring_hz = rng.uniform(9.0, 18.0)
    for s in strikes:
        late = t[s:] - t[s]
        burst = step_g * rng.uniform(0.8, 1.6) * np.exp(-late / 0.05) * np.sin(2 * np.pi * ring_hz * late)
        out[s:, 2] += burst
    return out


def jiggle(rng: np.random.Generator, n: int, fs: float, *, hz: float, stroke_mm: float) -> Floats:
    """Shaking on purpose: large strokes, a muscle's harmonics, tempo and size that are held only roughly."""
    tempo = hz * (1.0 + 0.05 * noise_in_band(rng, n, fs, 0.0, 0.4))
    phase = 2 * np.pi * np.cumsum(tempo) / fs
    size = (2 * np.pi * hz) ** 2 * stroke_mm / G_MM_S2
    wave = np.sin(phase) + rng.uniform(0.1, 0.35) * np.sin(2 * phase + rng.uniform(0, 6.28))
    return np.asarray(size * swelling(rng, n, fs, 0.2) * wave)


def bed_burst(rng: np.random.Generator, n: int, fs: float, *, hz: float, peak_mg: float) -> Floats:
    """The mattress after somebody else moved: a few pushes, each a damped swing."""
    wave = np.zeros(n)
    t = np.arange(n) / fs
    for _ in range(int(rng.integers(1, 5))):
        s = int(rng.integers(0, max(1, int(0.7 * n))))
        late = t[s:] - t[s]
        wave[s:] += (
            rng.uniform(0.4, 1.0)
            * np.exp(-late * 2 * np.pi * hz * rng.uniform(0.1, 0.3))
            * np.sin(2 * np.pi * hz * late)
        )
    return np.asarray(1e-3 * peak_mg * wave / max(1e-9, np.abs(wave).max()))


def heart_and_breath(rng: np.random.Generator, n: int, fs: float, *, heart_mg: float, breath_mg: float) -> Floats:
    """Ballistic beats that ring at 4-8 Hz, and breathing."""
    t = np.arange(n) / fs
    wave = 1e-3 * breath_mg * np.sin(2 * np.pi * rng.uniform(0.2, 0.35) * t)
    ring_hz, at = rng.uniform(4.0, 8.0), rng.uniform(0, 1.0)
    while at < n / fs:
        s = int(at * fs)
        late = t[s : s + round(0.6 * fs)] - at
        wave[s : s + len(late)] += 1e-3 * heart_mg * np.exp(-late / 0.12) * np.sin(2 * np.pi * ring_hz * late)
        at += rng.normal(1.0, 0.03)
    return np.asarray(wave)
