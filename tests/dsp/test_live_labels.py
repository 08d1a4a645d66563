"""The live label of a frame is what the live view said when the frame's last sample came."""

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

import dsp
from dsp import State, fast_second
from dsp.grid import make_grid
from dsp.parameters import load_parameters

Make = Callable[..., NDArray[np.float32]]
RATE_HZ = 100.0
SHAKES = [State.TREMOR.value, State.REFLEX_RHYTHM.value]


def live_by_hop(xyz_g: NDArray[np.float32], rate_hz: float, placement: str) -> list[str]:
    """Labels that the live view, asked at every step, gives at the end of each hop; empty before the first second."""
    analyzer = dsp.Analyzer(rate_hz=rate_hz, placement=placement)
    grid = make_grid(rate_hz, load_parameters())
    out = []
    for begin in range(0, len(xyz_g) - grid.hop + 1, grid.hop):
        for first, last in itertools.pairwise(grid.step_edges.tolist()):
            analyzer.push(xyz_g[begin + first : begin + last])
            live = analyzer.live
        out.append("" if live is None else live.label.value)
    return out


def coming_and_going(signal: Make, rate_hz: float, seed: int = 0) -> NDArray[np.float32]:
    """Tremor of 12 mg for eight seconds, a kick after it, and a second tremor of 40 mg."""
    kick_s = 26.0
    first = signal(rate_hz=rate_hz, seconds=48.0, tremor=(12.3, 20.1, 6.0, 0.012), kicks=(kick_s,), seed=seed)
    second = signal(
        rate_hz=rate_hz, seconds=48.0, tremor=(31.2, 40.0, 7.5, 0.04), noise_g=0.0, gravity=False, seed=seed
    )
    return first + second


@pytest.mark.parametrize("rate_hz", [25.0, 52.0, 100.0])
@pytest.mark.parametrize("placement", ["calf", "wrist"])
def test_live_labels_are_what_the_live_view_says_at_the_end_of_each_frame(
    signal: Make, rate_hz: float, placement: str
) -> None:
    for seed in range(3):
        xyz = coming_and_going(signal, rate_hz, seed)
        told = live_by_hop(xyz, rate_hz, placement)
        frames = dsp.analyze(xyz, rate_hz=rate_hz, placement=placement).frames
        grid = make_grid(rate_hz, load_parameters())
        said = np.array(told[-(-grid.window // grid.hop) - 1 :])[: len(frames)]
        assert (frames["live_label"][: len(said)] == said).all()
        assert np.isin(said, SHAKES).sum() > 20


@pytest.mark.parametrize("rate_hz", [25.0, 52.0, 100.0])
@pytest.mark.parametrize("before", ["kick", "turn"])
def test_a_tremor_after_a_kick_or_a_turn_shows_in_a_live_label_within_a_second_and_a_half(
    signal: Make, rate_hz: float, before: str
) -> None:
    late_s = []
    for seed in range(8):
        onset_s = 16.0 + 0.07 * seed
        kicks = (onset_s - 1.7,) if before == "kick" else ()
        xyz = signal(rate_hz=rate_hz, seconds=30.0, tremor=(onset_s, 28.0, 6.5, 0.04), kicks=kicks, seed=seed)
        if before == "turn":
            t = np.arange(len(xyz)) / rate_hz
            angle = np.radians(25.0) / (1.0 + np.exp(-8.0 * (t - (onset_s - 1.8))))
            xyz[:, 1] += np.sin(angle)
            xyz[:, 2] += np.cos(angle) - 1.0
        frames = dsp.analyze(xyz, rate_hz=rate_hz, placement="calf").frames
        told_s = frames["time_s"] + 2.0
        shakes = np.isin(frames["live_label"], SHAKES) & (told_s > onset_s)
        late_s.append(float(told_s[shakes][0] - onset_s))
    assert np.median(late_s) <= 1.0
    assert np.percentile(late_s, 90) <= 1.6


@pytest.mark.parametrize("rate_hz", [25.0, 52.0, 100.0])
def test_a_tremor_has_no_slow_motion_in_a_second_wherever_that_begins(rate_hz: float) -> None:
    grid, t = make_grid(rate_hz, load_parameters()), np.arange(-(-rate_hz // 1)) / rate_hz
    phases = np.linspace(0.0, 2.0 * np.pi, 12, endpoint=False)
    seconds = np.zeros((3, len(phases), grid.fast_window), np.float32)
    for i, phase in enumerate(phases):
        seconds[0, i] = 0.05 * np.sin(2.0 * np.pi * 6.3 * t + phase)[: grid.fast_window]
        seconds[2, i] = 1.0
    fast = fast_second.SecondMeter(grid, load_parameters()).measured(seconds)
    assert (fast.low_ratio < 0.01).all()
    assert np.ptp(fast.rms_g) < 0.002


def test_strokes_of_a_limb_that_begins_to_move_are_hardly_ever_an_onset_live(signal: Make) -> None:
    rng, called = np.random.default_rng(4), []
    for seed in range(3):
        xyz, t = signal(seconds=40.0, seed=seed), np.arange(4000) / RATE_HZ
        phase = 2.0 * np.pi * np.cumsum(4.8 + 0.3 * np.interp(t, np.arange(41), rng.normal(size=41))) / RATE_HZ
        size = np.interp(t, np.arange(0, 41, 0.5), 0.7 * (1.0 + 0.15 * rng.normal(size=82))) * (t > 10.0)
        xyz[:, 0] += size * np.sin(phase)
        # Each stroke ends somewhere else.
        xyz[:, 1] += np.interp(t, np.arange(0, 41, 0.4), rng.normal(scale=0.2, size=103)) * (t > 10.0)
        analyzer = dsp.Analyzer(RATE_HZ, "wrist")
        for at in range(0, 4000, 10):
            analyzer.push(xyz[at : at + 10].astype(np.float32))
            called.append(analyzer.live is not None and analyzer.live.label.value in SHAKES)
        frames = analyzer.result().frames
        assert not np.isin(frames["label"], SHAKES).any()
    # Of 30 s of strokes each.
    assert np.sum(called) / 10.0 < 12.0


@pytest.mark.parametrize("placement", ["calf", "wrist"])
def test_the_onset_of_a_tremor_of_12_mg_shows_in_a_live_label_within_a_second(signal: Make, placement: str) -> None:
    late_s = []
    for seed in range(12):
        onset_s = 12.0 + 0.04 * seed
        xyz = signal(seconds=24.0, tremor=(onset_s, 22.0, 6.5, 0.012), seed=seed)
        frames = dsp.analyze(xyz, rate_hz=RATE_HZ, placement=placement).frames
        shakes = np.isin(frames["live_label"], SHAKES)
        # From the sample to the end of the first window whose label shows it.
        late_s.append(float(frames["time_s"][shakes][0] + 2.0 - onset_s))
    assert min(late_s) > 0.3
    assert np.median(late_s) <= 1.0
    assert np.percentile(late_s, 90) <= 1.6


def test_the_end_of_a_tremor_shows_in_a_live_label_within_a_second_and_a_half(signal: Make) -> None:
    xyz = signal(seconds=30.0, tremor=(8.0, 18.0, 6.5, 0.03))
    frames = dsp.analyze(xyz, rate_hz=RATE_HZ, placement="calf").frames
    end_s = frames["time_s"] + 2.0
    after = frames["live_label"][(end_s >= 19.5) & (end_s < 28.0)]
    assert (after == State.STILL.value).all()


def test_a_kick_is_no_onset_in_a_live_label(signal: Make) -> None:
    for seed in range(4):
        xyz = signal(seconds=30.0, kicks=(10.0 + 0.13 * seed, 17.0, 24.0), seed=seed)
        frames = dsp.analyze(xyz, rate_hz=RATE_HZ, placement="calf").frames
        assert not np.isin(frames["live_label"], SHAKES).any()


@pytest.mark.parametrize("chunk", [1, 7, 130, 2777])
def test_live_labels_are_the_same_however_the_samples_come(signal: Make, chunk: int) -> None:
    xyz = coming_and_going(signal, RATE_HZ)
    whole = dsp.analyze(xyz, rate_hz=RATE_HZ, placement="calf").frames["live_label"]
    assert np.isin(whole, SHAKES).any()
    analyzer = dsp.Analyzer(rate_hz=RATE_HZ, placement="calf")
    for at in range(0, len(xyz), chunk):
        analyzer.push(xyz[at : at + chunk])
    analyzer.finish()
    assert np.array_equal(analyzer.result().frames["live_label"], whole)


@pytest.mark.parametrize("rate_hz", [52.0, 104.0])
def test_a_slight_tremor_is_live_within_a_second_and_a_half_on_a_noisy_sensor(rate_hz: float) -> None:
    late_s = []
    for seed in range(6):
        rng = np.random.default_rng(seed)
        t = np.arange(round(16.0 * rate_hz)) / rate_hz
        xyz_g = rng.normal(scale=0.003, size=(len(t), 3)) + [0.0, 0.0, 1.0]
        xyz_g[:, 0] += 0.0155 * np.clip((t - 12.0) / 0.4, 0.0, 1.0) * np.sin(2.0 * np.pi * 5.2 * t)
        analyzer, size = dsp.Analyzer(rate_hz, "calf", keep_spectra=False), round(0.1 * rate_hz)
        for at in range(0, len(t), size):
            analyzer.push(xyz_g[at : at + size].astype(np.float32))
            if analyzer.live is not None and analyzer.live.label is State.TREMOR:
                late_s.append((at + size) / rate_hz - 12.0)
                break
    assert len(late_s) == 6
    assert min(late_s) > 0.0
    assert np.median(late_s) < 1.0
    assert max(late_s) < 1.5
