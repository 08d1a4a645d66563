"""The tempo of what shakes: kept on purpose it roams over seconds, that of a tremor or a reflex does not."""

import numpy as np
import pytest
from numpy.typing import NDArray

import dsp
from dsp import State
from dsp.parameters import load_parameters
from dsp.shaking import is_shaking
from dsp.tempo import FRAMES, LEAST_FRAMES, Tempo, swing_in_no_tempo

RATE_HZ = 100.0
REST_S = 6.0
Floats = NDArray[np.float64]


def beating(phase: Floats, t: Floats, swing_mm: float, hz: float, size: Floats | float = 1.0) -> NDArray[np.float32]:
    """A limb that rests for 6 s and then swings by so much, rms."""
    xyz_g = np.random.default_rng(1).normal(scale=0.002, size=(len(t), 3)) + [0.0, 0.0, 1.0]
    peak_g = np.sqrt(2.0) * swing_mm * (2.0 * np.pi * hz) ** 2 / 9806.65
    xyz_g[:, 0] += (
        np.clip((t - REST_S) / 0.4, 0.0, 1.0) * peak_g * size * (np.sin(phase) + 0.2 * np.sin(2 * phase + 1.0))
    )
    return xyz_g.astype(np.float32)


def roaming(share: float, *, hz: float = 4.5, swing_mm: float = 10.0) -> NDArray[np.float32]:
    """Quicker and slower again within six seconds, by so much."""
    t = np.arange(round(36 * RATE_HZ)) / RATE_HZ
    tempo = hz * (1.0 + share * np.sin(2.0 * np.pi * t / 6.0))
    return beating(2.0 * np.pi * np.cumsum(tempo) / RATE_HZ, t, swing_mm, hz)


def uneven(share: float, *, hz: float = 4.5, swing_mm: float = 10.0) -> NDArray[np.float32]:
    """One cycle longer and the next one shorter, by so much."""
    t = np.arange(round(36 * RATE_HZ)) / RATE_HZ
    cycles = np.random.default_rng(2).normal(1.0, share, 200) / hz
    ends = np.append(0.0, np.cumsum(cycles))
    return beating(2.0 * np.pi * np.interp(t, ends, np.arange(len(ends))), t, swing_mm, hz)


def seen(xyz_g: NDArray[np.float32], placement: str = "calf") -> NDArray[np.void]:
    frames = dsp.analyze(xyz_g, rate_hz=RATE_HZ, placement=placement).frames
    return frames[(frames["time_s"] > REST_S + 6.0) & (frames["time_s"] < 33.0)]


def test_a_tempo_that_is_kept_roughly_roams_and_one_whose_cycles_differ_one_by_one_does_not() -> None:
    assert np.median(seen(roaming(0.06))["tempo_drift"]) == pytest.approx(0.035, abs=0.015)
    for share in (0.02, 0.05):
        assert np.median(seen(uneven(share))["tempo_drift"]) < 0.01


@pytest.mark.parametrize("hz", [4.5, 6.0, 8.0])
def test_the_tempo_of_muscle_noise_stays(hz: float) -> None:
    rng = np.random.default_rng(3)
    t = np.arange(round(60 * RATE_HZ)) / RATE_HZ
    lines_hz = rng.normal(hz, 0.4, 200)
    wave = sum(np.sin(2 * np.pi * f * t + rng.uniform(0, 6.28)) for f in lines_hz)
    xyz_g = rng.normal(scale=0.002, size=(len(t), 3)) + [0.0, 0.0, 1.0]
    xyz_g[:, 0] += 0.1 * wave / np.std(wave)
    drift = dsp.analyze(xyz_g.astype(np.float32), rate_hz=RATE_HZ, placement="calf").frames["tempo_drift"]
    assert np.isfinite(drift).mean() > 0.5
    assert np.nanmedian(drift) < 0.02


@pytest.mark.parametrize("swing_mm", [9.0, 12.0, 14.0])
def test_a_large_swing_in_a_roaming_tempo_is_moved_on_purpose_and_in_a_steady_one_a_rhythm(swing_mm: float) -> None:
    on_purpose = seen(roaming(0.08, swing_mm=swing_mm))["label"]
    assert np.isin(on_purpose, [State.TREMOR.value, State.REFLEX_RHYTHM.value]).mean() < 0.15
    reflex = seen(uneven(0.04, swing_mm=swing_mm))["label"]
    assert (reflex == State.REFLEX_RHYTHM.value).mean() > 0.85


def test_a_roaming_tempo_is_named_with_its_size() -> None:
    begun = roaming(0.08, swing_mm=12.0)[round((REST_S + 1.0) * RATE_HZ) :]
    segments = dsp.analyze(begun, rate_hz=RATE_HZ, placement="calf").segments
    longest = max(segments, key=lambda s: s.duration_s)
    assert longest.label is State.MOVEMENT
    said = {t.name: t.text for t in longest.evidence}
    assert said["roams"].startswith("swings by 12 mm in a tempo that roams by ")
    assert said["roams"].endswith(" %")


def features_of(peak_hz: Floats, *, cycle_cv: float = 0.0) -> dict[str, NDArray[np.float32]]:
    """What a tempo reads of frames that shake, and of those that do not (0 Hz)."""
    count = len(peak_hz)
    same = {"rms_g": 0.1, "prominence_db": 30.0, "share": 0.9, "cycle_cv": cycle_cv}
    return {"peak_hz": peak_hz.astype(np.float32)} | {k: np.full(count, v, np.float32) for k, v in same.items()}


def followed(tempo: Tempo, features: dict[str, NDArray[np.float32]]) -> NDArray[np.float32]:
    return tempo.follow(features, is_shaking(features, load_parameters()))


def test_drift_is_known_from_the_fifth_frame_on_and_again_after_a_break() -> None:
    peak_hz = np.array([5.0] * 7 + [0.0] + [4.0, 4.4] * 6)
    drift = followed(Tempo(load_parameters()), features_of(peak_hz))
    known = np.isfinite(drift)
    assert known.tolist() == [False] * 4 + [True] * 3 + [False] * LEAST_FRAMES + [True] * 8
    assert drift[6] == 0.0
    # Nine frames: five of one frequency and four of the other.
    assert drift[-1] == pytest.approx(np.std(peak_hz[-FRAMES:]) / np.mean(peak_hz[-FRAMES:]), rel=1e-5)


def test_what_cycles_vary_by_one_by_one_is_no_drift() -> None:
    peak_hz = np.array([5.0, 5.2] * 6)
    plain, none = (followed(Tempo(load_parameters()), features_of(peak_hz, cycle_cv=cv))[-1] for cv in (0.0, 0.04))
    assert plain > 0.015
    assert none == 0.0


def test_a_tempo_has_the_same_bits_however_the_frames_come() -> None:
    rng = np.random.default_rng(5)
    peak_hz = np.where(rng.random(200) < 0.08, 0.0, rng.normal(5.0, 0.3, 200))
    features = features_of(peak_hz, cycle_cv=0.02)
    whole = followed(Tempo(load_parameters()), features)
    for sizes in ([1] * 200, rng.integers(1, 20, 60).tolist()):
        tempo, parts, at = Tempo(load_parameters()), [], 0
        for size in sizes:
            if at < 200:
                parts.append(followed(tempo, {name: value[at : at + size] for name, value in features.items()}))
            at += size
        assert np.array_equal(np.concatenate(parts), whole, equal_nan=True)


def test_only_a_tempo_that_roams_by_a_fiftieth_says_how_far_it_swings() -> None:
    values = {
        "tempo_drift": np.array([0.019, 0.021, np.nan], np.float32),
        "displacement_mm": np.full(3, 4.0, np.float32),
    }
    assert np.array_equal(swing_in_no_tempo(values, load_parameters()), [np.nan, 4.0, np.nan], equal_nan=True)
