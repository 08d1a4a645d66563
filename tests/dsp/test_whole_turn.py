"""A turn of the limb that begins or ends abruptly is no kick, and a kick beside it, or in it, is one."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

import dsp
from tests.dsp.conftest import in_chunks

Floats = NDArray[np.float64]

FINE_HZ, SECONDS, AT_S = 2000.0, 20.0, 10.0
GRAVITY_M_S2, ARM_M = 9.80665, 0.35
PROFILES: dict[str, Callable[[Floats], Floats]] = {
    "half a sine of rate": lambda s: (1.0 - np.cos(np.pi * s)) / 2.0,
    "an arch of rate": lambda s: s * s * (3.0 - 2.0 * s),
    "begun at once": lambda s: 1.0 - (1.0 - s) ** 3 * (1.0 + 3.0 * s),
    "ended at once": lambda s: s**3 * (4.0 - 3.0 * s),
    "steady push and brake": lambda s: np.where(s < 0.5, 2.0 * s * s, 1.0 - 2.0 * (1.0 - s) ** 2),
    "least jerk": lambda s: s**3 * (10.0 - 15.0 * s + 6.0 * s * s),
}


def turning(profile: str, deg: float, lasts_s: float, *, from_deg: float = 20.0) -> Floats:
    """Angle (rad) of a limb, in fine steps, that turns from 10 s on."""
    t = np.arange(round(SECONDS * FINE_HZ)) / FINE_HZ
    return np.radians(from_deg + deg * PROFILES[profile](np.clip((t - AT_S) / lasts_s, 0.0, 1.0)))


def kicked(at_s: float, size_g: float, *, push_s: float = 0.08, limb_hz: float = 5.0, damping: float = 0.15) -> Floats:
    """Angle (rad), in fine steps, of a limb on a spring that a brief push sets ringing; the sensor feels `size_g` at most."""
    t = np.arange(round(SECONDS * FINE_HZ)) / FINE_HZ
    late = np.clip(t - at_s, 0.0, None)
    push = np.where(late < push_s, np.sin(np.pi * late / push_s) ** 2, 0.0)
    about = 2.0 * np.pi * limb_hz
    first = round(at_s * FINE_HZ)
    answer = np.exp(-damping * about * t) * np.sin(about * np.sqrt(1.0 - damping**2) * t)
    angle = np.zeros(len(t))
    size = 1 << (2 * len(t)).bit_length()
    spread = np.fft.irfft(np.fft.rfft(push, size) * np.fft.rfft(answer, size), size)
    angle[first:] = spread[first : len(t)]
    felt = np.gradient(np.gradient(angle)) * FINE_HZ**2 * ARM_M / GRAVITY_M_S2
    return np.asarray(angle * size_g / np.abs(felt).max())


def felt_g(angle: Floats, rate_hz: float, *, upright: bool = False, noise_g: float = 0.002, seed: int = 0) -> Floats:
    """What a sensor feels on a limb that turns in the plane of gravity, or about the vertical, mounted at random."""
    rng = np.random.default_rng(seed)
    rate = np.gradient(angle) * FINE_HZ
    along, inward = np.gradient(rate) * FINE_HZ * ARM_M / GRAVITY_M_S2, -(rate**2) * ARM_M / GRAVITY_M_S2
    up = np.zeros_like(angle)
    if upright:
        xyz_g = np.column_stack([inward, along, up + 1.0])
    else:
        xyz_g = np.column_stack([inward + np.sin(angle), along + np.cos(angle), up])
    # A sample is the mean since the one before.
    edges = np.round(np.arange(1, round(SECONDS * rate_hz)) * FINE_HZ / rate_hz).astype(int)
    total = np.vstack([np.zeros((1, 3)), np.cumsum(xyz_g, axis=0)])[edges]
    sampled = np.diff(total, axis=0) / np.diff(edges)[:, None]
    mount = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    return np.asarray(sampled @ mount + rng.normal(scale=noise_g, size=sampled.shape))


def events(xyz_g: Floats, rate_hz: float) -> list[float]:
    return [event.onset_s for event in dsp.analyze(xyz_g, rate_hz=rate_hz, placement="calf").events]


@pytest.mark.parametrize("rate_hz", [50.0, 64.0, 100.0, 200.0])
@pytest.mark.parametrize(("deg", "lasts_s"), [(15.0, 0.3), (40.0, 0.35), (-25.0, 0.5), (60.0, 0.7)])
@pytest.mark.parametrize("profile", PROFILES)
def test_a_stretch_that_begins_or_ends_abruptly_is_no_kick(
    profile: str, deg: float, lasts_s: float, rate_hz: float
) -> None:
    assert not events(felt_g(turning(profile, deg, lasts_s), rate_hz), rate_hz)


@pytest.mark.parametrize("rate_hz", [50.0, 100.0])
@pytest.mark.parametrize(("deg", "lasts_s"), [(25.0, 0.35), (40.0, 0.45)])
@pytest.mark.parametrize("profile", ["half a sine of rate", "an arch of rate", "begun at once", "ended at once"])
def test_nor_is_one_about_the_vertical(profile: str, deg: float, lasts_s: float, rate_hz: float) -> None:
    assert not events(felt_g(turning(profile, deg, lasts_s), rate_hz, upright=True), rate_hz)


@pytest.mark.parametrize("rate_hz", [50.0, 100.0, 200.0])
@pytest.mark.parametrize(("deg", "lasts_s"), [(3.0, 0.26), (4.5, 0.28), (6.0, 0.35), (9.0, 0.42)])
@pytest.mark.parametrize("settles", [0.0, 0.12])
def test_nor_is_a_small_smooth_one_after_which_the_limb_settles(
    settles: float, deg: float, lasts_s: float, rate_hz: float
) -> None:
    stretch = turning("least jerk", deg, lasts_s)
    # It swings by an eighth of what pulled it.
    pull = 5.77 * np.radians(deg) * ARM_M / lasts_s**2 / GRAVITY_M_S2
    if settles:
        stretch = stretch + kicked(AT_S + 0.9 * lasts_s, settles * pull, limb_hz=3.5, damping=0.35)
    for seed in range(3):
        assert not events(felt_g(stretch, rate_hz, seed=seed), rate_hz)


@pytest.mark.parametrize("gain", [0.5, 2.0])
def test_a_sensor_that_measures_half_or_twice_as_much_tells_the_same(gain: float) -> None:
    stretch = turning("an arch of rate", 30.0, 0.4)
    assert not events(gain * felt_g(stretch, 100.0), 100.0)
    (onset_s,) = events(gain * felt_g(stretch + kicked(AT_S + 1.0, 0.4), 100.0), 100.0)
    assert onset_s == pytest.approx(AT_S + 1.0, abs=0.06)


@pytest.mark.parametrize("rate_hz", [50.0, 100.0])
@pytest.mark.parametrize("profile", ["half a sine of rate", "an arch of rate", "begun at once", "least jerk"])
@pytest.mark.parametrize("late_s", [0.15, 0.3, 0.5, 0.8])
def test_a_kick_after_such_a_stretch_is_the_one_that_is_told(profile: str, late_s: float, rate_hz: float) -> None:
    at_s = AT_S + 0.5 + late_s
    (onset_s,) = events(felt_g(turning(profile, 25.0, 0.5) + kicked(at_s, 0.4), rate_hz), rate_hz)
    assert onset_s == pytest.approx(at_s, abs=0.08)


@pytest.mark.parametrize(("share", "rate_hz"), [(0.0, 100.0), (0.5, 50.0), (0.5, 100.0), (1.0, 50.0), (1.0, 100.0)])
def test_a_kick_in_a_stretch_is_one(share: float, rate_hz: float) -> None:
    at_s = AT_S + 0.6 * share
    told = events(felt_g(turning("half a sine of rate", 20.0, 0.6) + kicked(at_s, 0.5), rate_hz), rate_hz)
    assert any(abs(onset_s - at_s) < 0.1 for onset_s in told)


@pytest.mark.parametrize("rate_hz", [50.0, 100.0])
@pytest.mark.parametrize("upright", [False, True])
@pytest.mark.parametrize("size_g", [0.15, 1.0])
def test_a_kick_and_its_recoil_are_no_turn(size_g: float, upright: bool, rate_hz: float) -> None:
    rest = np.full(round(SECONDS * FINE_HZ), 0.4)
    (onset_s,) = events(
        felt_g(rest + kicked(AT_S, size_g, limb_hz=3.0, damping=0.4), rate_hz, upright=upright), rate_hz
    )
    assert onset_s == pytest.approx(AT_S, abs=0.08)


def test_who_falls_and_lies_elsewhere_has_not_turned_a_limb() -> None:
    xyz_g = felt_g(turning("half a sine of rate", 80.0, 0.5), 100.0)
    late = np.arange(len(xyz_g)) / 100.0 - (AT_S + 0.5)
    xyz_g[:, 0] += np.where((late >= 0.0) & (late < 0.08), 4.0 * np.sin(np.pi * late / 0.08), 0.0)
    (event,) = dsp.analyze(xyz_g, rate_hz=100.0, placement="trunk").events
    assert event.is_impact


def test_any_chunks_tell_the_same() -> None:
    stretch = turning("an arch of rate", 30.0, 0.4)
    xyz_g = felt_g(stretch + kicked(AT_S + 0.9, 0.4), 100.0).astype(np.float32)
    whole = dsp.analyze(xyz_g, rate_hz=100.0, placement="calf").events
    for sizes in ([1], [7, 13], [100]):
        chunked = in_chunks(dsp.Analyzer(rate_hz=100.0, placement="calf"), xyz_g, sizes).events
        assert [event.onset_s for event in chunked] == [event.onset_s for event in whole]
        assert [event.confidence for event in chunked] == [event.confidence for event in whole]


@pytest.mark.parametrize("rate_hz", [50.0, 100.0])
@pytest.mark.parametrize("profile", ["half a sine of rate", "an arch of rate", "steady push and brake", "least jerk"])
@pytest.mark.parametrize("late_s", [0.35, 0.45])
def test_a_kick_after_a_stretch_as_hard_as_an_impact_does_not_belong_to_it(
    profile: str, late_s: float, rate_hz: float
) -> None:
    at_s = AT_S + 0.35 + late_s
    (onset_s,) = events(felt_g(turning(profile, 65.0, 0.35, from_deg=-30.0) + kicked(at_s, 0.5), rate_hz), rate_hz)
    assert onset_s == pytest.approx(at_s, abs=0.08)


@pytest.mark.parametrize("rate_hz", [100.0, 200.0])
@pytest.mark.parametrize("after_s", [0.3, 0.6])
def test_a_kick_that_is_over_at_once_is_told_at_a_glance(
    after_s: float, rate_hz: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    sought: list[float] = []
    monkeypatch.setattr("dsp.whole_turn.fit_turn", lambda felt, _others_s: sought.append(felt.end_s))
    # To look for a turn takes as long as a minute of everything else.
    kick = kicked(AT_S + 0.8 + after_s, 0.4, push_s=0.06, limb_hz=6.0, damping=0.3)
    assert events(felt_g(turning("least jerk", 25.0, 0.8) + kick, rate_hz), rate_hz)
    assert not sought
    # One that may be the step of a turn is held against turns.
    events(felt_g(turning("half a sine of rate", 40.0, 0.5), rate_hz), rate_hz)
    assert sought
