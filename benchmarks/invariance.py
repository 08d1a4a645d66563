"""Does mount, gain or moment of starting change what is said; how soon is an onset told? All synthetic."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

import dsp
from dsp import State
from tests.acceptance import waves
from tests.acceptance.regions import Region
from tests.acceptance.scenes import make_scene
from tests.acceptance.sensing import any_direction, any_mount

Floats = NDArray[np.float32]
SCENE_NAMES = ("tremor", "rhythm", "moving")
SEEDS = range(40, 44)
ONSET_MG = 12.0
PUSH_S = 0.1
CLEAR_KICK_G = 0.06
"""Half of it is still above what a noisy sensor shows."""
Change = Callable[[Floats], Floats]


def _changes(rate_hz: float, rng: np.random.Generator) -> dict[str, Change]:
    """What must not matter: how the sensor is mounted, its gain (that of gravity too), and when it was started."""
    shift = round(0.23 * rate_hz)
    return {
        "rotation": lambda x: (x @ any_mount(rng).T).astype(np.float32),
        "gain 0.5": lambda x: 0.5 * x,
        "gain 2": lambda x: 2.0 * x,
        "time shift": lambda x: x[shift:],
    }


def same_labels(region: Region) -> dict[str, float]:
    """Share of frames whose label stays, by what was changed."""
    rng = np.random.default_rng(5)
    kept: dict[str, list[NDArray[np.bool_]]] = {}
    for name in SCENE_NAMES:
        for seed in SEEDS:
            scene = make_scene(name, seed, region)
            plain = dsp.analyze(scene.xyz_g, rate_hz=scene.rate_hz, placement=scene.placement, keep_spectra=False)
            for what, change in _changes(scene.rate_hz, rng).items():
                changed = dsp.analyze(
                    change(scene.xyz_g), rate_hz=scene.rate_hz, placement=scene.placement, keep_spectra=False
                )
                kept.setdefault(what, []).append(_agreeing(plain, changed, what))
    return {what: float(np.concatenate(parts).mean()) for what, parts in kept.items()}


def same_events(region: Region) -> dict[str, tuple[int, int]]:
    """How many clear kicks are found again within 0.1 s and named alike, of how many, by what was changed."""
    rng = np.random.default_rng(6)
    kept: dict[str, list[bool]] = {}
    for seed in SEEDS:
        scene = make_scene("kicks", seed, region)
        plain = dsp.analyze(scene.xyz_g, rate_hz=scene.rate_hz, placement=scene.placement, keep_spectra=False)
        for what, change in _changes(scene.rate_hz, rng).items():
            xyz_g = change(scene.xyz_g)
            changed = dsp.analyze(xyz_g, rate_hz=scene.rate_hz, placement=scene.placement, keep_spectra=False)
            late_s = (len(scene.xyz_g) - len(xyz_g)) / scene.rate_hz
            again = [(e.onset_s + late_s, e.label) for e in changed.events]
            kept.setdefault(what, []).extend(
                any(abs(onset_s - e.onset_s) <= 0.1 and label is e.label for onset_s, label in again)
                for e in plain.events
                if e.peak_g >= CLEAR_KICK_G
            )
    return {what: (sum(parts), len(parts)) for what, parts in kept.items()}


def _agreeing(plain: dsp.Analysis, changed: dsp.Analysis, what: str) -> NDArray[np.bool_]:
    """Compare the frames well above the floor and away from changes of state."""
    frames, other = plain.frames, changed.frames
    n = min(len(frames), len(other))
    steady = np.ones(n, bool)
    for near in range(-3, 4):
        steady &= frames["label"][:n] == frames["label"][np.clip(np.arange(n) + near, 0, len(frames) - 1)]
    if what.startswith("gain"):
        # Far from both floors: what lies just below one is above it when it is twice as large.
        quiet = (frames["rms_g"][:n] < 0.002) & (frames["low_rms_g"][:n] < 0.003)
        steady &= (frames["rms_g"][:n] > 0.016) | quiet
    return np.asarray((frames["label"][:n] == other["label"][:n])[steady])


def onset_latencies(count: int = 40) -> NDArray[np.float64]:
    """Seconds from the start of a 12 mg tremor to the live label; a tremor not told within 5 s counts 5 s."""
    out = []
    for seed in range(count):
        rng = np.random.default_rng([seed, 12])
        rate = float(rng.choice([52.0, 100.0, 104.0, 200.0]))
        n, first = round(20 * rate), round(12 * rate)
        x = rng.normal(scale=0.0012, size=(n, 3)) + any_direction(rng)
        wave = waves.tremor(rng, n - first, rate, hz=rng.uniform(4.5, 9.0), width_hz=rng.uniform(0.4, 1.2), depth=0.3)
        x[first:] += 1e-3 * ONSET_MG * (wave * waves.ramped(n - first, rate, 0.2, 0.2))[:, None] * any_direction(rng)
        analyzer = dsp.Analyzer(rate, "calf")
        step = round(PUSH_S * rate)
        told_s = 5.0
        for at in range(0, n, step):
            analyzer.push(x[at : at + step].astype(np.float32))
            live = analyzer.live
            if live is not None and live.time_s > 12.0 and live.label in (State.TREMOR, State.REFLEX_RHYTHM):
                told_s = live.time_s - 12.0
                break
        out.append(told_s)
    return np.array(out)


def event_latencies(count: int = 20) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Seconds from the onset of a kick of 0.2 g to its provisional and its confirmed event; 5 s where there is none."""
    first, sure = [], []
    for seed in range(count):
        rng = np.random.default_rng([seed, 13])
        rate = float(rng.choice([52.0, 100.0, 104.0, 200.0]))
        x = rng.normal(scale=0.0012, size=(round(20 * rate), 3)) + any_direction(rng)
        at = round((12 + rng.uniform(0, 1)) * rate)
        wave = waves.kick(
            rate, pulse_s=rng.uniform(0.03, 0.06), ring_hz=rng.uniform(4, 8), damping=rng.uniform(0.15, 0.4)
        )
        wave = wave[: len(x) - at]
        x[at : at + len(wave)] += 0.2 * wave[:, None] * any_direction(rng)
        onset_s = (at + int(np.argmax(np.abs(wave) > 0.05))) / rate
        analyzer = dsp.Analyzer(rate, "calf")
        told, confirmed = 5.0, 5.0
        step = max(1, round(0.02 * rate))
        for begin in range(0, len(x), step):
            update = analyzer.push(x[begin : begin + step].astype(np.float32))
            late = min(len(x), begin + step) / rate - onset_s
            if late > 0 and told == 5.0 and analyzer.provisional_events:
                told = late
            if update.events and confirmed == 5.0:
                confirmed = late
        first.append(told)
        sure.append(confirmed)
    return np.array(first), np.array(sure)


def confirming(region: Region, count: int = 12) -> NDArray[np.float64]:
    """Seconds from the onset of a kick, as told, to its confirmed event, of all that are found in scenes of kicks."""
    late = []
    for seed in range(count):
        scene = make_scene("kicks", seed, region)
        analyzer = dsp.Analyzer(scene.rate_hz, scene.placement, keep_spectra=False)
        step = max(1, round(0.02 * scene.rate_hz))
        for begin in range(0, len(scene.xyz_g), step):
            now_s = min(begin + step, len(scene.xyz_g)) / scene.rate_hz
            late += [now_s - event.onset_s for event in analyzer.push(scene.xyz_g[begin : begin + step]).events]
    return np.array(late)
