"""Knocks on what the limb lies on are no kicks, however loud, and kicks are none of these, however quick."""

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

import dsp
from dsp.grid import make_grid
from dsp.labels import EventLabel
from dsp.parameters import load_parameters
from dsp.run_view import RunView
from dsp.struck import is_struck
from tests.dsp.test_aftermath import event

ONSET_S = 15.0


def struck(
    rate_hz: float, ring_hz: float, decay_s: float, size_g: float, noise_g: float = 0.002
) -> NDArray[np.float32]:
    """Twenty seconds of rest with one ring that begins at once, as something hard rings that was hit."""
    since = np.arange(round(20.0 * rate_hz)) / rate_hz - ONSET_S
    ring = np.where(since > 0.0, np.exp(-since / decay_s) * np.sin(2.0 * np.pi * ring_hz * since), 0.0)
    return resting(rate_hz, size_g * ring, noise_g)


def twitched(
    rate_hz: float, contracts_s: float, limb_hz: float, size_g: float, noise_g: float = 0.002
) -> NDArray[np.float32]:
    """Twenty seconds of rest with one kick of a limb on a spring, damping 0.15, by a twitch of the second order."""
    time_s = np.arange(round(20.0 * 800.0)) / 800.0
    since = np.maximum(time_s - ONSET_S, 0.0)
    force = since / contracts_s * np.exp(1.0 - since / contracts_s)
    place, speed, felt = 0.0, 0.0, np.zeros(len(time_s))
    turn = 2.0 * np.pi * limb_hz
    for i, push in enumerate(force):
        felt[i] = push - 2.0 * 0.15 * turn * speed - turn * turn * place
        speed += felt[i] / 800.0
        place += speed / 800.0
    felt *= size_g / np.abs(felt).max()
    return resting(rate_hz, np.interp(np.arange(round(20.0 * rate_hz)) / rate_hz, time_s, felt), noise_g)


def resting(rate_hz: float, motion_g: NDArray[np.float64], noise_g: float) -> NDArray[np.float32]:
    rng = np.random.default_rng(round(rate_hz))
    xyz_g = noise_g * rng.standard_normal((len(motion_g), 3)) + [0.0, 0.0, 1.0]
    xyz_g += motion_g[:, None] * np.array([0.6, 0.0, 0.8])
    return xyz_g.astype(np.float32)


@pytest.mark.parametrize("rate_hz", [50.0, 52.0, 100.0, 208.0])
@pytest.mark.parametrize("ring_hz", [14.0, 17.0, 20.0])
def test_a_knock_on_the_bed_is_no_twitch(ring_hz: float, rate_hz: float) -> None:
    xyz_g = struck(rate_hz, ring_hz, 0.05, 0.3)
    assert not dsp.analyze(xyz_g, rate_hz=rate_hz).events
    # The same at 5 Hz is one.
    assert len(dsp.analyze(struck(rate_hz, 5.0, 0.15, 0.3), rate_hz=rate_hz).events) == 1


@pytest.mark.parametrize("rate_hz", [50.0, 104.0, 400.0])
@pytest.mark.parametrize(("contracts_s", "limb_hz"), [(0.02, 9.5), (0.04, 3.0), (0.04, 9.5), (0.1, 6.0)])
def test_a_twitch_is_one_however_quick_the_muscle_and_light_the_limb(
    contracts_s: float, limb_hz: float, rate_hz: float
) -> None:
    xyz_g = twitched(rate_hz, contracts_s, limb_hz, 0.3)
    (found,) = dsp.analyze(xyz_g, rate_hz=rate_hz).events
    assert found.label is EventLabel.TWITCH


@pytest.mark.parametrize("rate_hz", [52.0, 100.0, 208.0])
def test_what_answers_a_stretch_may_be_quicker_than_what_comes_out_of_rest_but_no_blow(rate_hz: float) -> None:
    since = np.arange(round(20.0 * rate_hz)) / rate_hz - ONSET_S
    done = np.clip((since + 0.9) / 0.6, 0.0, 1.0)
    turned = np.radians(30.0) * done**3 * (10.0 - 15.0 * done + 6.0 * done**2)
    across_g = np.column_stack([np.sin(turned), np.zeros(len(since)), np.cos(turned) - 1.0])
    # A pulse of 80 ms that swings to both sides: half of its power lies above 12 Hz.
    beside = (since - 0.04) / 0.0125
    pulse_g = -0.5 * beside * np.exp(0.5 - 0.5 * beside**2)
    (found,) = dsp.analyze(resting(rate_hz, pulse_g, 0.002) + across_g.astype(np.float32), rate_hz=rate_hz).events
    assert found.label is EventLabel.REFLEX_JERK
    assert not dsp.analyze(resting(rate_hz, pulse_g, 0.002), rate_hz=rate_hz).events
    blow_g = struck(rate_hz, 17.0, 0.05, 0.3) + across_g.astype(np.float32)
    assert not dsp.analyze(blow_g, rate_hz=rate_hz).events


@pytest.mark.parametrize("rate_hz", [50.0, 104.0, 400.0])
@pytest.mark.parametrize(("lasts_s", "swings"), [(0.04, 1), (0.06, 1), (0.08, 2), (0.12, 3)])
def test_a_push_and_its_recoil_are_a_twitch_however_brief(lasts_s: float, swings: int, rate_hz: float) -> None:
    # Averaged over a sample, as a sensor does that keeps out what is too quick for its rate.
    since = np.arange(round(20.0 * 2000.0)) / 2000.0 - ONSET_S
    during = (since > 0.0) & (since < lasts_s)
    push = np.where(during, np.sin(np.pi * swings * since / lasts_s), 0.0)
    whole = round(2000.0 / rate_hz)
    felt = np.convolve(push, np.full(whole, 1.0 / whole), "same")[::whole]
    assert len(dsp.analyze(resting(rate_hz, 0.4 * felt, 0.002), rate_hz=2000.0 / whole).events) == 1


@pytest.mark.parametrize("noise_g", [0.004, 0.008])
def test_the_noise_of_a_sensor_makes_no_knock_of_a_faint_twitch(noise_g: float) -> None:
    xyz_g = twitched(104.0, 0.04, 5.0, 12.0 * noise_g, noise_g)
    assert len(dsp.analyze(xyz_g, rate_hz=104.0).events) == 1


@pytest.mark.parametrize(("times", "apart_s"), [(2, 0.4), (3, 0.25), (3, 0.7), (4, 0.3)])
@pytest.mark.parametrize("ring_hz", [14.0, 18.0])
def test_several_knocks_are_no_twitch_and_no_beats_of_a_limb(ring_hz: float, times: int, apart_s: float) -> None:
    knock = struck(104.0, ring_hz, 0.05, 0.3, noise_g=0.0) - [0.0, 0.0, 1.0]
    xyz_g = resting(104.0, np.zeros(len(knock)), 0.002).astype(np.float64)
    for i in range(times):
        late = round(i * apart_s * 104.0)
        xyz_g[late:] += knock[: len(knock) - late]
    assert not dsp.analyze(xyz_g, rate_hz=104.0).events


def test_what_hits_like_an_impact_is_told_anyway() -> None:
    (found,) = dsp.analyze(struck(104.0, 15.0, 0.05, 3.0), rate_hz=104.0).events
    assert found.is_impact


def asked(xyz_g: NDArray[np.float32], rate_hz: float, first: int = 0) -> bool:
    view = RunView(load_parameters(), make_grid(rate_hz, load_parameters()), 0.0)
    view.xyz_g, view.first = xyz_g[first:], first
    kick = replace(event(EventLabel.TWITCH, 0.3), onset_s=ONSET_S, peak_jerk_g_per_s=20.0)
    return is_struck(kick, view)


def test_it_asks_nothing_of_what_is_not_there() -> None:
    knock = struck(104.0, 15.0, 0.05, 0.3)
    assert asked(knock, 104.0)
    # Without a time as long before it nothing is known of the noise, which is none then.
    assert asked(knock, 104.0, first=round(14.7 * 104.0))
    assert not asked(knock, 104.0, first=round(14.95 * 104.0))
    assert not asked(knock[: round(15.4 * 104.0)], 104.0)
    # Half the rate has to reach 24 Hz.
    assert not asked(struck(40.0, 15.0, 0.05, 0.3), 40.0)
