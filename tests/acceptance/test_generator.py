"""The second generator makes what its truth says, in regions that do not overlap."""

import tomllib
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from tests.acceptance import waves
from tests.acceptance.hands import hand_window
from tests.acceptance.other_hands import other_hand_window
from tests.acceptance.regions import Draw
from tests.acceptance.scenes import SCENES, make_scene

TABLE = tomllib.loads(Path(__file__).with_name("regions.toml").read_text(encoding="utf-8"))


def test_the_held_out_region_shares_nothing_with_the_open_one() -> None:
    for section, entries in TABLE.items():
        if section == "part":
            assert all(not set(p["open"]) & set(p["held"]) for p in entries)
            continue
        for name, regions in entries.items():
            for low, high in regions["open"]:
                for a, b in regions["held"]:
                    assert b <= low or a >= high, f"{section}.{name}"


@pytest.mark.parametrize("region", ["open", "held"])
def test_draws_stay_in_their_region(region: str) -> None:
    draw = Draw(np.random.default_rng(1), region)  # type: ignore[arg-type]
    pieces = TABLE["tremor"]["rms_mg"][region]
    for _ in range(200):
        value = draw("tremor", "rms_mg", log=True)
        assert any(a - 1e-9 <= value <= b + 1e-9 for a, b in pieces)


@pytest.mark.parametrize("driven", [True, False])
def test_a_tremor_has_its_frequency_and_an_rms_of_one(driven: bool) -> None:
    rng = np.random.default_rng(3)
    wave = waves.tremor(rng, 40000, 400.0, hz=6.5, width_hz=0.8, depth=0.3, driven=driven)
    power = np.abs(np.fft.rfft(wave)) ** 2
    freq = np.fft.rfftfreq(len(wave), 1 / 400.0)
    near = np.abs(freq - 6.5) < 1.5
    assert power[near].sum() > 0.9 * power.sum()
    assert wave.std() == pytest.approx(1.0, rel=0.02)


def test_a_pulse_train_beats_at_its_rate_with_harmonics() -> None:
    rng = np.random.default_rng(4)
    wave = waves.pulse_train(rng, 8000, 400.0, hz=5.0, jitter=0.02, depth=0.05, skew=0.3, slowing_hz=0.0)
    power = np.abs(np.fft.rfft(wave)) ** 2
    freq = np.fft.rfftfreq(len(wave), 1 / 400.0)
    assert freq[power.argmax()] == pytest.approx(5.0, abs=0.2)
    second, first = (power[np.abs(freq - hz) < 0.7].sum() for hz in (10.0, 5.0))
    assert 0.001 < second / first < 0.5


def test_a_kick_peaks_at_one_and_rings_at_its_frequency() -> None:
    wave = waves.kick(400.0, pulse_s=0.03, ring_hz=6.0, damping=0.1)
    assert np.abs(wave).max() == pytest.approx(1.0, rel=0.02)
    tail = wave[160:]
    crossings = np.nonzero(np.diff(np.sign(tail)) != 0)[0]
    assert np.diff(crossings).mean() / 400.0 == pytest.approx(0.5 / 6.0, rel=0.1)


@pytest.mark.parametrize("name", SCENES)
def test_a_scene_has_truth_without_holes_in_counts_of_its_part(name: str) -> None:
    scene = make_scene(name, 5, "held")
    assert scene.spans[0].start_s == 0.0
    assert scene.spans[-1].end_s == pytest.approx(len(scene.xyz_g) / scene.rate_hz, abs=0.1)
    assert all(a.end_s == pytest.approx(b.start_s) for a, b in zip(scene.spans, scene.spans[1:], strict=False))
    counts = scene.xyz_g.astype(float) / (1e-3 * scene.part.count_mg)
    inside = np.abs(scene.xyz_g) < scene.part.range_g - 0.01
    assert np.abs(counts - np.round(counts))[inside].max() < 0.02
    size = float(np.linalg.norm(scene.xyz_g.mean(axis=0)))
    assert (size > 0.6) is scene.gravity
    again = make_scene(name, 5, "held")
    assert np.array_equal(scene.xyz_g, again.xyz_g)


@pytest.mark.parametrize(("other", "louder"), [(False, 2.0), (True, 1.2)])
def test_hand_windows_are_two_and_a_half_seconds_and_a_tremor_is_larger_on_the_whole(
    *, other: bool, louder: float
) -> None:
    rms: dict[bool, list[float]] = {True: [], False: []}
    for tremor in (True, False):
        for seed in range(30):
            draw = other_hand_window if other else partial(hand_window, region="open")
            window = draw(seed, tremor=tremor)
            assert window.tremor is tremor
            assert len(window.xyz_g) == round(2.5 * window.rate_hz)
            rms[tremor].append(float(window.xyz_g.std(axis=0).max()))
    assert np.median(rms[True]) > louder * np.median(rms[False])
