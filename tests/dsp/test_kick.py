"""What is measured on a kick."""

import math
import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import dsp
from dsp import kick_onset, kick_outline, swings
from dsp.grid import make_grid
from dsp.kick import measure_kick
from dsp.kick_level import difference_energies
from dsp.labels import Placement
from dsp.parameters import load_parameters, load_worn_at
from dsp.results import Event
from dsp.run import Run
from dsp.run_view import RunView
from tests.dsp.conftest import smooth_step, turning_limb

RATE_HZ = 100.0


def measured(xyz_g: NDArray[np.float64], onset_step: int, known_step: int) -> Event | None:
    parameters = load_worn_at(Placement.CALF)
    one = Run(make_grid(RATE_HZ, parameters), parameters, 0.0)
    one.append(np.ascontiguousarray(xyz_g.T.astype(np.float32)), None)
    one.advance()
    found = measure_kick(one.jerks._view, onset_step, 0.3, known_step, 0.002, 0.002, None)
    return None if found is None else found.event


def test_a_kick_is_measured_on_nothing_later_than_what_is_known() -> None:
    t = np.arange(1400) / RATE_HZ
    late = np.clip(t - 8.0, 0.0, None)
    xyz_g = np.tile([0.0, 0.0, 1.0], (len(t), 1)) + np.random.default_rng(0).normal(scale=0.001, size=(len(t), 3))
    xyz_g[:, 0] += 0.3 * np.exp(-late / 0.08) * np.sin(2 * np.pi * 6.0 * late)
    moves = xyz_g.copy()
    moves[:, 1] += np.where(t >= 8.3, 1.5 * (1 - np.cos(2 * np.pi * (t - 8.3) / 0.6)), 0.0)
    alone = measured(xyz_g, onset_step=80, known_step=82)
    assert alone is not None
    assert repr(measured(moves, onset_step=80, known_step=82)) == repr(alone)


@pytest.mark.parametrize("rate_hz", [50.0, 100.0, 400.0])
@pytest.mark.parametrize("turn_deg", [6.0, 10.0])
def test_a_quick_small_turn_went_one_way_once_gravity_is_taken_out_and_a_kick_with_its_ring_did_not(
    turn_deg: float, rate_hz: float
) -> None:
    t = np.arange(round(0.6 * rate_hz)) / rate_hz
    angle = np.radians(turn_deg) * smooth_step((t - 0.02) / 0.2)
    pull = 0.3 / 9.80665 * np.gradient(np.gradient(angle, 1 / rate_hz), 1 / rate_hz)
    turned = np.stack([np.sin(angle) + pull, 0 * t, np.cos(angle) - 1.0], axis=1)
    last, lasts = round(0.3 * rate_hz), round(0.2 * rate_hz)
    assert swings.one_way(swings.without_turn(turned, last, lasts)) > swings.SWUNG
    late = np.clip(t - 0.02, 0.0, None)
    kicked = np.outer(0.5 * np.exp(-late / 0.06) * np.sin(2 * np.pi * 7.0 * late), [1.0, 0.0, 0.2])
    assert not swings.one_way(swings.without_turn(kicked, last, lasts)) > swings.SWUNG


def kick_after_a_swing(rate_hz: float, onset: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """A kick of 1 g shortly after its onset, in any noise, and in half of the cases a smaller swing before that."""
    late = np.arange(round(1.2 * rate_hz) + 4) - onset
    xyz_g = rng.normal(scale=10.0 ** rng.uniform(-4, -1.3), size=(len(late), 3))
    lasts, ended = rng.uniform(0.05, 0.3) * rate_hz, rng.uniform(0.0, 0.1) * rate_hz
    swing = np.sin(np.pi * np.clip((late + lasts + ended) / lasts, 0.0, 1.0))
    kicked = np.sin(np.pi * np.clip(late / (0.12 * rate_hz) - rng.uniform(0.0, 0.3), 0.0, 2.0))
    return xyz_g + np.outer(kicked + rng.choice([0.0, 0.3]) * swing, [0.0, 0.6, 0.8])


@pytest.mark.parametrize("rate_hz", [25.0, 52.0, 100.0, 208.0])
def test_what_comes_out_of_rest_at_a_glance_does_so_at_a_closer_look(
    rate_hz: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    rng, parameters = np.random.default_rng(2), load_parameters()
    view = RunView(parameters, make_grid(rate_hz, parameters), 0.0)
    glance, told, swung = kick_onset._comes_out_of_rest, [], 0

    def look_closer_all_the_same(*args: Any) -> bool:
        told.append(glance(*args))
        return False

    monkeypatch.setattr(kick_onset, "_comes_out_of_rest", look_closer_all_the_same)
    for _ in range(300):
        onset = round(0.75 * rate_hz) + 2
        xyz_g, first = kick_after_a_swing(rate_hz, onset, rng), int(rng.integers(0, 3))
        top = int(rng.integers(onset, len(xyz_g)))
        felt = swings.felt(xyz_g[first:], swings.mean_of(xyz_g[onset - round(0.5 * rate_hz) : onset]), first)
        began = kick_onset.first_swing(view, onset, top, felt)
        assert began == onset or not told[-1]
        swung += began < onset
    assert swung > 10
    assert sum(told) > 100


def test_slow_motion_is_looked_at_more_closely_only_where_the_answer_may_depend_on_it() -> None:
    p = load_parameters().jerk
    assert p["landing_ratio"] >= max(p["kick_ratio"], p["slow_kick_ratio"])
    view, rng = RunView(load_parameters(), make_grid(RATE_HZ, load_parameters()), 0.0), np.random.default_rng(3)
    for _ in range(100):
        view.slow = np.square(rng.uniform(0.0, 0.3, 60)).astype(np.float32)
        level, near, top = rng.uniform(0.1, 0.6), slice(0, 60), int(rng.integers(10, 50))
        told, closer = kick_outline.quickness(view, level, near, top), level / kick_outline.slow_level(view, near, top)
        assert told <= closer
        assert told == closer or told >= p["landing_ratio"]


@pytest.mark.parametrize("rate_hz", [50.0, 52.0, 75.0, 100.0, 104.0, 208.0])
def test_second_differences_beside_first_ones_are_alike_at_every_rate_once_their_lag_is_made_up_for(
    rate_hz: float,
) -> None:
    grid, lag_s = make_grid(rate_hz, load_parameters()), load_parameters().jerk["lag_s"]
    t = np.arange(round(20.0 * rate_hz)) / rate_hz
    axes_g = np.zeros((3, len(t)), np.float32)
    axes_g[0] = np.sin(2.0 * np.pi * 2.0 * t)
    second, first = np.empty((2, len(t) - 3 * grid.lag + 1), np.float32)
    difference_energies(axes_g, grid.lag, second, first)
    ratio = math.sqrt(float(second.max()) / float(first.max())) / grid.lag_share(lag_s)
    # 2 sin(pi f lag), f being 2 Hz and the lag 50 ms; one that is longer than that is taken as it is.
    assert ratio == pytest.approx(2.0 * math.sin(math.pi * 2.0 * max(lag_s, grid.lag / rate_hz)), rel=0.03)


@pytest.mark.parametrize("rate_hz", [50.0, 52.0, 100.0])
@pytest.mark.parametrize("width_s", [0.15, 0.18, 0.2])
@pytest.mark.parametrize("later_s", [0.15, 0.3])
def test_a_slow_kick_after_a_stretch_is_a_reflex_jerk_at_every_rate(
    moved: Callable[..., NDArray[np.float32]], rate_hz: float, width_s: float, later_s: float
) -> None:
    for seed in range(4):
        onset_s = 12.8 + later_s + 0.02 * seed
        xyz_g = moved([(12.0, 0.8, 15.0)], seconds=24.0, gravity=True, rate_hz=rate_hz, seed=seed).astype(np.float64)
        late = np.arange(len(xyz_g)) / rate_hz - onset_s
        pushed = (late >= 0.0) & (late < width_s)
        xyz_g[:, 1] += np.where(pushed, 0.5 * np.sin(np.pi * late / width_s), 0.0)
        (event,) = dsp.analyze(xyz_g, rate_hz=rate_hz, placement="calf").events
        assert event.onset_s == pytest.approx(onset_s, abs=0.1)
        assert event.label is dsp.EventLabel.REFLEX_JERK


@pytest.mark.parametrize("rate_hz", [50.0, 52.0, 100.0, 104.0])
@pytest.mark.parametrize("lasts_s", [0.25, 0.3, 0.35, 0.4, 0.45])
def test_a_quick_smooth_stretch_alone_is_no_kick_at_any_rate(
    moved: Callable[..., NDArray[np.float32]], rate_hz: float, lasts_s: float
) -> None:
    for seed, deg in enumerate((15.0, 25.0, 40.0)):
        xyz_g = moved([(12.0 + 0.007 * seed, lasts_s, deg)], seconds=20.0, gravity=True, rate_hz=rate_hz, seed=seed)
        assert not dsp.analyze(xyz_g, rate_hz=rate_hz, placement="calf").events


def slow_kick(late: NDArray[np.float64]) -> NDArray[np.float64]:
    """A pulse as smooth at both ends, and the ring that it leaves, which bends more."""
    pulse = np.where((late >= 0.0) & (late < 0.28), np.sin(np.pi * late / 0.28) ** 2, 0.0)
    since = np.maximum(late - 0.22, 0.0)
    return np.asarray(pulse - 0.5 * np.exp(-since / 0.12) * np.sin(2.0 * np.pi * 8.0 * since))


@pytest.mark.parametrize("rate_hz", [50.0, 52.0, 100.0, 200.0])
@pytest.mark.parametrize("later_s", [0.4, 0.6])
def test_a_kick_after_a_stretch_and_a_moment_of_calm_begins_with_its_slow_first_half(
    moved: Callable[..., NDArray[np.float32]], rate_hz: float, later_s: float
) -> None:
    for seed in range(4):
        onset_s = 12.8 + later_s + 0.02 * seed
        xyz_g = moved([(12.0, 0.8, 15.0)], seconds=24.0, gravity=True, rate_hz=rate_hz, seed=seed).astype(np.float64)
        xyz_g[:, 1] += 0.25 * slow_kick(np.arange(len(xyz_g)) / rate_hz - onset_s)
        (event,) = dsp.analyze(xyz_g, rate_hz=rate_hz, placement="calf").events
        assert event.label is dsp.EventLabel.REFLEX_JERK
        assert event.onset_s == pytest.approx(onset_s + 0.02, abs=0.05)


@pytest.mark.parametrize(("still_s", "kicks"), [(0.8, 0), (1.7, 1), (2.8, 1)])
def test_a_kick_out_of_rest_soon_after_a_knock_is_no_bounce_of_it(
    signal: Callable[..., NDArray[np.float32]], still_s: float, kicks: int
) -> None:
    xyz_g = signal(kicks=(12.0 + still_s,)).astype(np.float64)
    late = np.arange(len(xyz_g)) / 100.0 - 12.0
    xyz_g[:, 2] += np.where((late >= 0.0) & (late < 0.1), 3.5 * np.sin(np.pi * late / 0.1), 0.0)
    knock, *others = dsp.analyze(xyz_g, rate_hz=100.0, placement="calf").events
    assert knock.is_impact
    assert [round(e.onset_s, 1) for e in others] == [12.0 + still_s] * kicks


@pytest.mark.parametrize("rate_hz", [400.0, 3200.0])
def test_where_a_kick_began_after_a_stretch_takes_no_more_memory_of_a_faster_sensor(rate_hz: float) -> None:
    limb = turning_limb([(9.0, 0.4, 25.0)], seconds=14.0, gravity=True, rate_hz=rate_hz)
    late_s = np.arange(len(limb)) / rate_hz - 9.7
    limb[:, 1] += np.where((late_s >= 0.0) & (late_s < 0.1), 0.4 * np.sin(np.pi * late_s / 0.1) ** 2, 0.0)
    analyzer = dsp.Analyzer(rate_hz, "calf")
    analyzer.push(limb[: round(9.6 * rate_hz)])
    tracemalloc.start()
    for at in range(round(9.6 * rate_hz), len(limb), round(0.1 * rate_hz)):
        analyzer.push(limb[at : at + round(0.1 * rate_hz)])
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert analyzer.finish() is not None
    assert [event.onset_s for event in analyzer.result().events] == [pytest.approx(9.7, abs=0.05)]
    assert most < 30e6
