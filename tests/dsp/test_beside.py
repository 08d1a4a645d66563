"""Shaking beside a short burst: a twitch in the midst of it changes neither its name nor its size."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

import dsp
from dsp import beside
from dsp.beside import Beside
from dsp.bridge import Bridge
from dsp.grid import Grid, make_grid
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


@pytest.mark.parametrize("hz", [7.5, 8.5])
def test_a_tremor_goes_on_beside_a_kick_forty_times_its_size(signal: Callable[..., Floats], hz: float) -> None:
    late = np.clip(np.arange(750) / 25.0 - TWITCH_S, 0.0, None)
    kick = np.exp(-2 * np.pi * 0.4 * 5.6 * late) * np.sin(2 * np.pi * 5.6 * late)
    xyz_g = signal(rate_hz=25.0, tremor=(10.0, 25.0, hz, 0.013))
    xyz_g[:, 0] += (0.5 / np.abs(kick).max() * kick).astype(np.float32)
    frames = dsp.analyze(xyz_g, rate_hz=25.0, placement="calf").frames
    inside = np.abs(frames["time_s"] - TWITCH_S) < 3.0
    assert (frames["label"][inside] == "tremor").all()
    assert (frames["live_label"][inside] == "tremor").all()


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


def test_however_many_frames_hide_a_burst_few_are_copied_at_once_and_no_bit_changes(
    signal: Callable[..., Floats], monkeypatch: pytest.MonkeyPatch
) -> None:
    xyz_g = signal(rate_hz=52.0, tremor=(5.0, 28.0, 8.5, 0.03))
    for at_s in np.arange(9.3, 26.0, 4.1):
        xyz_g += twitch(52.0, 30.0, 0.6, at_s)
    whole = dsp.analyze(xyz_g, rate_hz=52.0, placement="calf")
    copied: list[int] = []

    def bridge(grid: Grid, windows_g: Floats, hidden: NDArray[np.bool_]) -> Bridge:
        copied.append(windows_g.shape[1])
        return Bridge(grid, windows_g, hidden)

    monkeypatch.setattr(beside, "Bridge", bridge)
    monkeypatch.setattr(beside, "TOGETHER", 3)
    parts = dsp.analyze(xyz_g, rate_hz=52.0, placement="calf")
    assert sum(copied) > 10
    assert max(copied) <= 3
    assert parts.frames.tobytes() == whole.frames.tobytes()
    assert parts.spectra is not None
    assert whole.spectra is not None
    assert parts.spectra.psd.tobytes() == whole.spectra.psd.tobytes()


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


STEPS = 40


class _Asked:
    """One window of 4 s as `Beside` sees it: what it leaves out of it, and whether it takes what it finds there."""

    def __init__(self, *, crest: float = 4.0, prominence_db: float = 12.0, share: float = 0.6) -> None:
        self.left_out_s: float | None = None
        self._share = share
        names = ("middle_g", "centre_g", "centre_low_g", "low_rms_g", "peak_hz", "share", "duty")
        self._values = {name: np.full(1, 0.05, np.float32) for name in names}
        self._values |= {"crest": np.float32([crest]), "prominence_db": np.float32([prominence_db])}

    def _measure(self, windows_g: Floats, spectra: Floats) -> dict[str, Floats]:
        if self.left_out_s is None:
            self.left_out_s = float((np.abs(windows_g[0, 0]) < 0.5).sum()) / 100.0
        spectra[:] = 1.0
        found = {"prominence_db": 20.0, "share": self._share, "peak_hz": 5.0}
        return {name: np.full(windows_g.shape[1], value, np.float32) for name, value in found.items()}

    def put(self, level: Floats, swing: Floats | None = None) -> "_Asked":
        """Look at steps of these levels, and of these first differences where they are others."""
        parameters = load_parameters()
        grid = make_grid(100.0, parameters)
        # To and fro from sample to sample, so that what was left out shows.
        windows_g = np.tile(np.float32([1.0, -1.0]), (3, 1, grid.window // 2))
        energy = np.square(0.05 * level)[None].astype(np.float32)
        change = np.repeat(np.square(level if swing is None else swing), grid.window // STEPS)[None].astype(np.float32)
        self.psd = np.zeros((1, 4), np.float32)
        Beside(grid, parameters, self._measure, self._measure).put(self._values, self.psd, windows_g, change, energy)
        return self

    @property
    def taken(self) -> bool:
        return bool(self.psd.any())


def levels(*parts: tuple[int, float]) -> Floats:
    """Levels of so many steps each; 1 in all others."""
    out = np.concatenate([np.full(steps, size, np.float32) for steps, size in parts])
    return np.concatenate([out, np.ones(STEPS - len(out), np.float32)])


def test_a_window_is_looked_at_that_has_a_crest_and_a_peak_as_neither_noise_nor_steady_shaking_has() -> None:
    burst = levels((5, 4.0))
    assert _Asked(crest=4.0, prominence_db=12.0).put(burst).taken
    assert _Asked(crest=2.0).put(burst).left_out_s is None
    assert _Asked(crest=3.5, prominence_db=7.0).put(burst).left_out_s is None
    # Its own power buries the peak.
    assert _Asked(crest=6.0, prominence_db=7.0).put(burst).taken


def test_what_is_left_must_shake_on_one_frequency() -> None:
    assert _Asked(share=0.6).put(levels((5, 4.0))).taken
    not_one = _Asked(share=0.3).put(levels((5, 4.0)))
    assert not_one.left_out_s is not None
    assert not not_one.taken


@pytest.mark.parametrize(
    ("parts", "steps"),
    [
        pytest.param([(10, 1.0), (5, 2.0)], 0, id="shaking swells to twice its level"),
        pytest.param([(10, 1.0), (5, 3.0)], 5, id="a twitch is three times as loud"),
        pytest.param([(10, 1.0), (5, 4.0), (4, 2.0)], 9, id="it rings at twice the level"),
        pytest.param([(10, 1.0), (5, 4.0), (4, 1.3)], 5, id="a swell beside it is no ring"),
    ],
)
def test_a_burst_is_left_out_with_its_ring_and_a_swell_is_not(parts: list[tuple[int, float]], steps: int) -> None:
    left_out_s = _Asked().put(levels(*parts)).left_out_s
    assert left_out_s is not None
    # The neighbours of a burst go with it.
    assert left_out_s == pytest.approx(0.1 * (steps + 2) if steps else 0.0, abs=0.05)


@pytest.mark.parametrize(
    ("parts", "shakes"),
    [
        pytest.param([(5, 4.0), (10, 0.3)], True, id="it pauses for a quarter of the rest"),
        pytest.param([(5, 4.0), (18, 0.3)], False, id="it pauses for half of the rest"),
        pytest.param([(5, 4.0), (18, 0.5)], True, id="it wanes to half for half of the rest"),
    ],
)
def test_shaking_beside_a_burst_wanes_and_seldom_pauses(parts: list[tuple[int, float]], *, shakes: bool) -> None:
    assert _Asked().put(levels(*parts)).taken is shakes


@pytest.mark.parametrize(("steps", "looked_at"), [(8, True), (13, False)])
def test_bursts_may_fill_two_fifths_of_a_window_and_not_two_thirds(steps: int, *, looked_at: bool) -> None:
    # One shows in second differences, the other in first ones.
    quick, slow = levels((steps, 4.0)), levels((steps, 1.0), (steps, 4.0))
    assert _Asked().put(quick, slow).taken is looked_at
