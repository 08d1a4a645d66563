"""Shaking beside a short burst: a twitch in the midst of it changes neither its name nor its size."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

import dsp
from dsp.beside import Beside
from dsp.bridge import Bridge
from dsp.grid import make_grid
from dsp.parameters import load_parameters

Floats = NDArray[np.float32]
TWITCH_S = 17.3


def twitch(rate_hz: float, seconds: float, peak_g: float, at_s: float = TWITCH_S) -> Floats:
    """A kick of `peak_g` at the end of a limb that rings at 4 Hz, across two axes."""
    late = np.clip(np.arange(round(rate_hz * seconds)) / rate_hz - at_s, 0.0, None)
    wave = np.exp(-late / 0.12) * np.sin(2 * np.pi * 4.0 * late)
    return (peak_g / np.abs(wave).max() * wave[:, None] * np.array([0.8, 0.6, 0.0])).astype(np.float32)


def beat(rate_hz: float, seconds: float) -> Floats:
    """A reflex rhythm of 5 Hz from 10 s on, kicked once a cycle, as even as a limit cycle is; noise of 1 mg."""
    rng = np.random.default_rng(3)
    t = np.arange(round(rate_hz * seconds)) / rate_hz
    phase = 2 * np.pi * 5.0 * t + 0.02 * np.cumsum(rng.normal(size=len(t))) * np.sqrt(100.0 / rate_hz)
    wave = np.where(t >= 10.0, 0.12 * np.sin(phase) + 0.04 * np.sin(2 * phase + 1.0), 0.0)
    xyz = rng.normal(scale=0.001, size=(len(t), 3)) + [0.0, 0.0, 1.0]
    xyz[:, 0] += wave
    return xyz.astype(np.float32)


def states(result: dsp.Analysis) -> list[str]:
    return [segment.label.value for segment in result.segments]


def without_it(monkeypatch: pytest.MonkeyPatch, xyz_g: Floats, rate_hz: float) -> dsp.Analysis:
    """Analysis that does not look beside bursts."""
    with monkeypatch.context() as patched:
        patched.setattr(Beside, "put", lambda *_: None)
        return dsp.analyze(xyz_g, rate_hz=rate_hz, placement="calf")


@pytest.mark.parametrize("rate_hz", [25.0, 52.0, 100.0])
@pytest.mark.parametrize("times", [16.0, 24.0])
def test_a_tremor_with_a_twitch_in_it_is_one_tremor_of_its_own_size(
    signal: Callable[..., Floats], rate_hz: float, times: float
) -> None:
    alone = signal(rate_hz=rate_hz, tremor=(10.0, 25.0, 8.5, 0.03))
    both = alone + twitch(rate_hz, 30.0, times * 0.03)
    result, twin = (dsp.analyze(xyz_g, rate_hz=rate_hz, placement="calf") for xyz_g in (both, alone))
    assert states(result) == states(twin)
    (tremor,), (other,) = ([s for s in r.segments if s.label.value == "tremor"] for r in (result, twin))
    assert abs(20 * np.log10(tremor.rms_g / other.rms_g)) < 1.0
    inside = np.abs(result.frames["time_s"] - TWITCH_S) < 2.5
    assert (result.frames["label"][inside] == "tremor").all()
    assert np.abs(20 * np.log10(result.frames["rms_g"][inside] / twin.frames["rms_g"][inside])).max() < 2.0
    assert np.abs(result.frames["peak_hz"][inside] - twin.frames["peak_hz"][inside]).max() < 0.5


@pytest.mark.parametrize("rate_hz", [50.0, 100.0])
def test_a_rhythm_with_a_twitch_in_it_stays_a_rhythm(rate_hz: float) -> None:
    xyz_g = beat(rate_hz, 30.0) + twitch(rate_hz, 30.0, 0.8)
    frames = dsp.analyze(xyz_g, rate_hz=rate_hz, placement="calf").frames
    inside = np.abs(frames["time_s"] - TWITCH_S) < 3.0
    assert (frames["label"][inside] == "reflex_rhythm").all()


def test_the_spectrum_is_that_of_the_shaking_and_not_of_the_kick(signal: Callable[..., Floats]) -> None:
    alone = signal(tremor=(10.0, 25.0, 8.0, 0.03))
    result, twin = (
        dsp.analyze(xyz_g, rate_hz=100.0, placement="calf") for xyz_g in (alone + twitch(100.0, 30.0, 0.4), alone)
    )
    at = int(np.abs(result.frames["time_s"] - TWITCH_S).argmin())
    around_kick = (result.spectra.freq_hz >= 3.0) & (result.spectra.freq_hz <= 5.0)
    kick, rest = (r.spectra.psd[at, around_kick].sum() * 0.25 for r in (result, twin))
    # The kick's own 0.4 g would leave (30 mg)^2 there.
    assert kick - rest < 0.005**2


def test_what_holds_no_shaking_beside_its_loudest_moments_is_measured_as_it_is(
    monkeypatch: pytest.MonkeyPatch, signal: Callable[..., Floats], moved: Callable[..., Floats]
) -> None:
    rng = np.random.default_rng(5)
    fidgets = [(t, rng.uniform(0.3, 0.8), rng.normal(scale=12.0)) for t in np.arange(2.0, 38.0, 0.45)]
    fidgeting = moved([*fidgets, (20.0, 0.35, 60.0)], seconds=40.0, gravity=True)
    t = np.arange(4000) / 100.0
    fall = signal(seconds=40.0)
    fall[2000:2040, 2] -= 0.8
    fall[2040:2046, 2] += 4.0
    fall[2046:, 1] += 0.9 + 0.4 * np.exp(-(t[2046:] - 20.46) / 0.3) * np.sin(2 * np.pi * 9.0 * t[2046:])
    kicked = signal(seconds=40.0, kicks=(12.0, 12.6, 25.0), noise_g=0.004)
    ringing = signal(seconds=40.0)
    for at in (12.0, 12.7):
        late = np.clip(t - at, 0.0, None)
        ringing[:, 0] += 0.4 * np.exp(-late / 0.45) * np.sin(2 * np.pi * 7.5 * late)
    for xyz_g in (fidgeting, fall, kicked, ringing):
        plain = without_it(monkeypatch, xyz_g, 100.0)
        assert dsp.analyze(xyz_g, rate_hz=100.0, placement="calf").frames.tobytes() == plain.frames.tobytes()


@pytest.mark.parametrize("rate_hz", [26.0, 100.0])
@pytest.mark.parametrize("chunk", [7, 333])
def test_a_twitch_in_a_tremor_has_the_same_bits_in_chunks(
    signal: Callable[..., Floats], monkeypatch: pytest.MonkeyPatch, rate_hz: float, chunk: int
) -> None:
    xyz_g = signal(rate_hz=rate_hz, tremor=(8.0, 26.0, 6.0, 0.04)) + twitch(rate_hz, 30.0, 0.4)
    xyz_g += twitch(rate_hz, 30.0, 0.3, at_s=18.9)
    whole = dsp.analyze(xyz_g, rate_hz=rate_hz, placement="calf").frames
    assert whole.tobytes() != without_it(monkeypatch, xyz_g, rate_hz).frames.tobytes()
    analyzer = dsp.Analyzer(rate_hz=rate_hz, placement="calf")
    parts = [analyzer.push(xyz_g[at : at + chunk]).frames for at in range(0, len(xyz_g), chunk)]
    assert np.concatenate([*parts, analyzer.finish().frames]).tobytes() == whole.tobytes()


@pytest.mark.parametrize("steps", [(17, 24), (0, 5), (36, 40)])
def test_a_bridge_carries_a_steady_swing_through_the_hole(steps: tuple[int, int]) -> None:
    grid = make_grid(100.0, load_parameters())
    t = np.arange(grid.window) / grid.rate_hz
    swing = np.stack([0.1 * np.sin(2 * np.pi * 5.25 * t), 0.05 * np.cos(2 * np.pi * 5.25 * t), 0.8 - 0.01 * t])
    windows_g = swing[:, None].astype(np.float32)
    loud = np.zeros((1, 40), bool)
    loud[0, slice(*steps)] = True
    spoilt = windows_g.copy()
    spoilt[:, 0, 10 * steps[0] : 10 * steps[1]] += 1.0
    bridged = Bridge(grid, spoilt, loud).closed(np.array([5.25], np.float32), np.array([0]))
    # A straight line through whole swings leans by a tenth of their size.
    assert np.abs(bridged - windows_g).max() < 0.02


def test_a_window_with_a_hole_keeps_the_power_of_what_shakes() -> None:
    grid = make_grid(100.0, load_parameters())
    rng = np.random.default_rng(1)
    windows_g = rng.normal(scale=0.1, size=(3, 200, grid.window)).astype(np.float32)
    loud = np.zeros((200, 40), bool)
    loud[:, 15:22] = True
    opened = Bridge(grid, windows_g, loud).open()
    power, whole = (np.square(part * grid.taper).sum() for part in (opened, windows_g))
    assert abs(10 * np.log10(power / whole)) < 0.1
