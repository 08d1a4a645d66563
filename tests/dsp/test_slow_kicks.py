"""Kicks as slow as the quickest movements are told by where the limb lies a second later, and by what came before."""

import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

import dsp
from tests.dsp.conftest import turning_limb

SEEDS = range(4)
BEGINS_S = (9.0, 15.43, 22.17)
Floats = NDArray[np.float64]


def resting(rate_hz: float, seconds: float, seed: int) -> tuple[Floats, Floats]:
    """Times and samples of a limb at rest."""
    rng = np.random.default_rng(seed)
    t = np.arange(round(seconds * rate_hz)) / rate_hz
    return t, rng.normal(scale=0.0015, size=(len(t), 3)) + np.array([0.6, 0.0, 0.8])


def to_and_fro(t: Floats, begin_s: float, lobe_s: float) -> Floats:
    """One cycle of a sine, smoothed as a limb does; its size is 1."""
    since = t - begin_s
    return np.where((since > 0.0) & (since < 2.0 * lobe_s), np.sin(np.pi * since / lobe_s), 0.0)


@pytest.mark.parametrize("rate_hz", [25.0, 32.0, 50.0, 64.0, 100.0, 200.0])
@pytest.mark.parametrize("lobe_s", [0.13, 0.15, 0.17])
def test_a_kick_as_slow_as_a_reflex_may_be_is_found_at_every_rate_where_the_limb_lies_as_it_lay(
    lobe_s: float, rate_hz: float
) -> None:
    for seed in SEEDS:
        for size_g in (0.05, 0.2, 0.5):
            t, xyz_g = resting(rate_hz, 28.0, seed)
            for begin_s in BEGINS_S:
                xyz_g += size_g * to_and_fro(t, begin_s, lobe_s)[:, None] * np.array([0.0, 0.8, 0.6])
            events = dsp.analyze(xyz_g.astype(np.float32), rate_hz=rate_hz, placement="calf").events
            assert [e.onset_s for e in events] == pytest.approx(BEGINS_S, abs=0.14)


@pytest.mark.parametrize("rate_hz", [50.0, 100.0])
@pytest.mark.parametrize("degrees", [8.0, 14.0, 20.0])
def test_a_quick_turn_after_which_the_limb_lies_elsewhere_is_no_kick(degrees: float, rate_hz: float) -> None:
    for seed in SEEDS:
        moves = [(begin_s, 0.4, degrees) for begin_s in BEGINS_S]
        xyz_g = turning_limb(moves, seconds=28.0, gravity=True, seed=seed, rate_hz=rate_hz)
        assert dsp.analyze(xyz_g, rate_hz=rate_hz, placement="calf").events == ()


def test_faint_slow_kicks_out_of_the_pause_after_a_stretch_are_found() -> None:
    found, asked = 0, list(itertools.product((0.6, 1.0), (0.6, 0.9), (0.06, 0.12), (50.0, 64.0, 100.0, 200.0)))
    for seed, (lasts_s, delay_s, size_g, rate_hz) in enumerate(asked):
        t = np.arange(round(20.0 * rate_hz)) / rate_hz
        xyz_g = turning_limb([(9.0, lasts_s, 25.0)], seconds=20.0, gravity=True, seed=seed, rate_hz=rate_hz)
        begin_s = 9.0 + lasts_s + delay_s + 0.01 * seed
        xyz_g[:, seed % 2] += (size_g * to_and_fro(t, begin_s, 0.16)).astype(np.float32)
        events = dsp.analyze(xyz_g, rate_hz=rate_hz, placement="calf").events
        if [e.label for e in events] == [dsp.EventLabel.REFLEX_JERK]:
            found += abs(events[0].onset_s - begin_s) < 0.14
    # Faint ones come near to what a held stretch still settles by.
    assert found >= 0.8 * len(asked)
