"""Rhythms on purpose: strokes and a jiggling leg are no tremor and no reflex, what shakes at rest or by little is one."""

import numpy as np
import pytest
from numpy.typing import NDArray

import dsp
from dsp import State
from dsp.on_purpose import jiggled, stroked, turned_to
from dsp.parameters import load_parameters
from dsp.work import swing_at_work
from tests.dsp.conftest import smooth_step

RATE_HZ = 52.0
REST_S = 4.0
RHYTHMIC = (State.TREMOR.value, State.REFLEX_RHYTHM.value)


def swinging(
    hz: float, swing_mm: float, *, turn_deg: float = 0.0, varies: float = 0.15, swells: float = 0.4
) -> NDArray[np.float32]:
    """Half a minute of a limb that swings, rms, after 4 s of rest, turning to and fro in 3 s besides.

    Tempo and size go from one value to another every half second, spread by so much of themselves.
    """
    rng = np.random.default_rng(4)
    t = np.arange(round(30 * RATE_HZ)) / RATE_HZ
    knots = np.arange(0.0, 30.5, 0.5)
    tempo = hz * (1.0 + varies * np.interp(t, knots, rng.normal(size=len(knots))))
    size = np.interp(t, knots, np.clip(1.0 + swells * rng.normal(size=len(knots)), 0.2, None))
    peak_g = np.sqrt(2.0) * swing_mm * (2.0 * np.pi * hz) ** 2 / 9806.65
    acts = np.clip(t - REST_S, 0.0, 0.4) / 0.4
    angle = np.radians(turn_deg) * acts * np.sin(2.0 * np.pi * t / 3.0)
    xyz_g = rng.normal(scale=0.002, size=(len(t), 3))
    xyz_g[:, 0] += acts * peak_g * size * np.sin(2.0 * np.pi * np.cumsum(tempo) / RATE_HZ)
    xyz_g[:, 1] += np.sin(angle)
    xyz_g[:, 2] += np.cos(angle)
    return xyz_g.astype(np.float32)


def shares(xyz_g: NDArray[np.float32], placement: str) -> dict[str, float]:
    frames = dsp.analyze(xyz_g, rate_hz=RATE_HZ, placement=placement).frames
    labels = frames["label"][frames["time_s"] > REST_S + 2.0]
    return {"tremor": float((labels == State.TREMOR.value).mean()), "rhythmic": float(np.isin(labels, RHYTHMIC).mean())}


@pytest.mark.parametrize("hz", [4.6, 5.0])
def test_a_hand_that_strokes_while_it_moves_on_is_no_tremor_and_one_that_is_still_beside_it_is(hz: float) -> None:
    assert shares(swinging(hz, 3.0, turn_deg=8.0), "wrist")["rhythmic"] < 0.15
    assert shares(swinging(hz, 3.0), "wrist")["tremor"] > 0.85


def test_a_hand_that_shakes_by_less_than_a_millimetre_as_it_moves_has_a_tremor() -> None:
    assert shares(swinging(6.0, 0.8, turn_deg=5.0, varies=0.1), "wrist")["tremor"] > 0.85


def test_a_hand_that_swings_at_less_than_four_hertz_is_moved_at_will_and_at_five_it_shakes() -> None:
    assert shares(swinging(3.7, 5.0, varies=0.08), "wrist")["rhythmic"] < 0.15
    assert shares(swinging(5.0, 3.5, varies=0.08), "wrist")["tremor"] > 0.85


def test_strokes_say_how_far_they_go_beside_which_motion() -> None:
    begun = swinging(5.0, 3.0, turn_deg=8.0)[round((REST_S + 1.0) * RATE_HZ) :]
    (stroke,) = dsp.analyze(begun, rate_hz=RATE_HZ, placement="wrist").segments
    assert (stroke.label, stroke.runner_up) == (State.MOVEMENT, State.TREMOR)
    said = {t.name: t.text for t in stroke.evidence}
    assert said["at_work"].startswith("swings by 2.9 mm beside ")
    assert said["at_work"].endswith(" mg of slow motion")


@pytest.mark.parametrize(("low_mg", "share", "works"), [(29.0, 0.5, False), (31.0, 0.019, False), (31.0, 0.021, True)])
def test_a_swing_is_at_work_beside_slow_motion_of_some_size_and_share(low_mg: float, share: float, works: bool) -> None:
    values = {
        name: np.array([value], np.float32)
        for name, value in (("low_rms_g", 1e-3 * low_mg), ("slow_share", share), ("displacement_mm", 2.0))
    }
    swing = swing_at_work(values, load_parameters())
    assert np.array_equal(swing, [2.0 if works else np.nan], equal_nan=True)


def test_a_leg_that_jiggles_at_little_more_than_three_hertz_is_moved_at_will() -> None:
    assert shares(swinging(3.1, 1.7), "calf")["rhythmic"] < 0.1


def test_a_leg_that_shakes_by_half_a_centimetre_faster_than_legs_are_jiggled_has_a_tremor() -> None:
    assert shares(swinging(5.6, 5.0, varies=0.1), "calf")["tremor"] > 0.85


def jiggling(
    hz: float,
    *,
    varies: float = 0.05,
    swells: float = 0.2,
    swing_mm: float = 4.0,
    starts_s: float = 0.6,
    stretch_deg: float = 0.0,
    stretch_s: float = 0.25,
    overtone: float = 0.2,
    friction_g: float = 0.0,
    seed: int = 0,
) -> NDArray[np.float32]:
    """Half a minute of a leg that rests for 8 s and then swings, each cycle a little longer or shorter than the last.

    It may turn just before, and be rubbed meanwhile (rms).
    """
    rng = np.random.default_rng(seed)
    t = np.arange(round(30 * RATE_HZ)) / RATE_HZ
    since = t - 8.0
    ends = np.append(0.0, np.cumsum(rng.normal(1.0, varies, round(40 * hz)) / hz))
    phase = 2.0 * np.pi * np.interp(since, ends, np.arange(len(ends)))
    knots = np.arange(0.0, 31.0, 0.7)
    size = np.interp(t, knots, np.clip(1.0 + swells * rng.normal(size=len(knots)), 0.2, None))
    size *= smooth_step(since / starts_s)
    peak_g = np.sqrt(2.0) * swing_mm * (2.0 * np.pi * hz) ** 2 / 9806.65
    wave = peak_g * size * (np.sin(phase) + overtone * np.sin(2.0 * phase + 0.7))
    angle = np.radians(stretch_deg) * smooth_step((since + stretch_s) / stretch_s)
    xyz_g = np.stack([np.sin(angle) + 0.9 * wave, 0.4 * wave, np.cos(angle)], axis=1)
    noise_g = np.hypot(0.002, friction_g * (since > 0.0) / np.sqrt(3.0))
    return (xyz_g + noise_g[:, None] * rng.normal(size=xyz_g.shape)).astype(np.float32)


def named(xyz_g: NDArray[np.float32], placement: str = "foot") -> NDArray[np.str_]:
    frames = dsp.analyze(xyz_g, rate_hz=RATE_HZ, placement=placement).frames
    return np.asarray(frames["label"][(frames["time_s"] > 10.0) & (frames["time_s"] < 27.0)])


@pytest.mark.parametrize("hz", [3.6, 4.2])
@pytest.mark.parametrize("starts_s", [0.6, 2.0])
def test_a_leg_that_jiggles_out_of_rest_moves_and_is_no_reflex(hz: float, starts_s: float) -> None:
    labels = np.concatenate([named(jiggling(hz, starts_s=starts_s, seed=seed)) for seed in range(4)])
    assert (labels == State.MOVEMENT.value).mean() > 0.8


@pytest.mark.parametrize("hz", [3.6, 4.2])
def test_a_leg_that_jiggles_out_of_rest_as_evenly_as_a_reflex_moves_for_no_stretch_has_set_it_off(hz: float) -> None:
    made = (jiggling(hz, varies=0.03, swells=0.15, swing_mm=2.5, starts_s=0.4, overtone=0.0, seed=i) for i in range(4))
    assert (np.concatenate([named(x) for x in made]) == State.MOVEMENT.value).mean() > 0.85


@pytest.mark.parametrize("hz", [3.7, 4.2])
def test_a_leg_that_jiggles_in_full_at_once_moves_though_its_cycles_are_as_uneven_as_a_tremors(hz: float) -> None:
    made = (jiggling(hz, varies=0.09, swing_mm=2.5, starts_s=0.3, overtone=0.0, seed=seed) for seed in range(6))
    assert (np.concatenate([named(x) for x in made]) == State.MOVEMENT.value).mean() > 0.75


def test_uneven_strokes_that_a_limb_turned_to_are_no_tremor_though_they_have_no_overtone() -> None:
    strokes = {"varies": 0.12, "swells": 0.4, "swing_mm": 1.0, "overtone": 0.0, "starts_s": 0.2, "friction_g": 0.04}
    said = {}
    for hz in (4.2, 5.6):
        made = (jiggling(hz, stretch_deg=20.0, stretch_s=0.6, seed=seed, **strokes) for seed in range(6))
        said[hz] = np.concatenate([named(x, "ankle") for x in made])
    assert (said[4.2] == State.MOVEMENT.value).mean() > 0.6
    assert (said[4.2] == State.TREMOR.value).mean() < 0.1
    # Faster than hands rub it may be a muscle that shakes.
    assert (said[5.6] == State.MOVEMENT.value).mean() < 0.1


def test_strokes_that_a_limb_turned_to_say_so() -> None:
    values = {name: float(value[0]) for name, value in features_of(**TURNED_TO).items()}
    (curve,) = (term for term in load_parameters().terms if term.name == "turned_to")
    told = curve.text.format(**values, envelope_percent=24.0)
    assert told == "began as the limb turned at 30 deg/s, and its strength varies by 24 %"


@pytest.mark.parametrize("hz", [3.9, 4.8])
def test_the_same_that_a_brisk_stretch_has_set_off_is_a_reflex(hz: float) -> None:
    made = (jiggling(hz, starts_s=0.1, swells=0.06, varies=0.03, stretch_deg=20.0, seed=seed) for seed in range(3))
    assert (np.concatenate([named(x) for x in made]) == State.REFLEX_RHYTHM.value).mean() > 0.9


@pytest.mark.parametrize("what", [{"swells": 0.02, "varies": 0.02}, {"swing_mm": 0.4, "swells": 0.06, "varies": 0.03}])
def test_what_beats_as_a_limit_cycle_or_by_little_may_be_a_reflex_though_no_stretch_was_seen(
    what: dict[str, float],
) -> None:
    made = (jiggling(4.8, seed=seed, **what) for seed in range(3))
    assert (np.concatenate([named(x) for x in made]) == State.REFLEX_RHYTHM.value).mean() > 0.8


def test_strokes_over_the_skin_are_no_tremor_and_as_uneven_a_shake_without_their_overtone_is_one() -> None:
    said = {}
    for overtone in (0.5, 0.0):
        made = (
            jiggling(4.0, varies=0.1, swells=0.5, swing_mm=1.0, overtone=overtone, starts_s=0.3, seed=seed)
            for seed in range(4)
        )
        said[overtone] = np.concatenate([named(x, "ankle") for x in made])
    assert (said[0.5] == State.TREMOR.value).mean() < 0.1
    assert (said[0.5] == State.MOVEMENT.value).mean() > 0.7
    assert (said[0.0] == State.TREMOR.value).mean() > 0.9


def test_strokes_whose_cycles_and_strength_vary_are_movement_though_their_overtone_is_slight() -> None:
    made = (
        jiggling(4.4, varies=0.08, swells=0.5, swing_mm=0.8, overtone=0.4, starts_s=0.6, seed=seed) for seed in range(5)
    )
    said = np.concatenate([named(x, "calf") for x in made])
    assert (said == State.MOVEMENT.value).mean() > 0.5
    assert (said == State.TREMOR.value).mean() < 0.1


def test_a_jiggle_says_how_far_it_goes_how_fast_and_that_nothing_set_it_off() -> None:
    found = dsp.analyze(jiggling(4.2), rate_hz=RATE_HZ, placement="foot").segments
    (longest,) = sorted((s for s in found if s.label is State.MOVEMENT), key=lambda s: -s.duration_s)[:1]
    said = {t.name: t.text for t in longest.evidence}
    assert said["jiggled"].endswith(" mm at 4.2 Hz, and no stretch set it off")


def features_of(**values: float) -> dict[str, NDArray[np.float32]]:
    usual = {
        "peak_hz": 4.2,
        "displacement_mm": 4.0,
        "envelope_cv": 0.24,
        "cycle_cv": 0.04,
        "harmonic_ratio": 0.1,
        "share": 0.8,
    }
    whole = usual | {"entry_deg_per_s": 0.0, "grew_s": 0.1} | values
    return {name: np.array([value], np.float32) for name, value in whole.items()}


@pytest.mark.parametrize(
    "values",
    [
        {"entry_deg_per_s": 25.0},
        {"peak_hz": 6.0},
        {"displacement_mm": 0.5},
        {"envelope_cv": 0.015},
        {"envelope_cv": 0.4},
    ],
)
def test_one_thing_that_does_not_fit_makes_it_no_jiggle(values: dict[str, float]) -> None:
    parameters = load_parameters()
    assert jiggled(features_of(), parameters) == 1.0
    assert jiggled(features_of(**values), parameters) == 0.0


def test_uneven_cycles_or_a_slow_start_alone_make_a_jiggle_less_sure_and_both_together_make_it_none() -> None:
    parameters = load_parameters()
    irregular, slow = {"cycle_cv": 0.11}, {"grew_s": 0.6}
    assert 0.3 < jiggled(features_of(**irregular), parameters) < 0.9
    assert 0.3 < jiggled(features_of(**slow), parameters) < 0.9
    assert jiggled(features_of(**irregular, **slow), parameters) == 0.0


@pytest.mark.parametrize("values", [{"harmonic_ratio": 0.01}, {"envelope_cv": 0.1}, {"peak_hz": 6.5}])
def test_one_thing_that_does_not_fit_makes_it_no_strokes(values: dict[str, float]) -> None:
    parameters = load_parameters()
    assert stroked(features_of(), parameters) == 1.0
    assert stroked(features_of(**values), parameters) == 0.0


TURNED_TO = {
    "entry_deg_per_s": 30.0,
    "grew_s": np.nan,
    "harmonic_ratio": 0.0,
    "cycle_cv": 0.08,
    "displacement_mm": 1.0,
    "share": 0.7,
}


@pytest.mark.parametrize(
    "values",
    [
        {"entry_deg_per_s": 12.0},
        {"envelope_cv": 0.1},
        {"cycle_cv": 0.03},
        {"harmonic_ratio": 0.1},
        {"peak_hz": 5.5},
        {"displacement_mm": 0.2},
        {"share": 0.95},
    ],
)
def test_one_thing_that_does_not_fit_makes_it_no_strokes_that_a_limb_turned_to(values: dict[str, float]) -> None:
    parameters = load_parameters()
    assert turned_to(features_of(**TURNED_TO), parameters) == 1.0
    assert turned_to(features_of(**TURNED_TO | values), parameters) == 0.0


def test_where_it_is_not_known_what_set_the_shaking_off_nothing_is_said_of_a_jiggle_or_a_turn() -> None:
    for told in (jiggled, turned_to):
        assert np.isnan(told(features_of(entry_deg_per_s=np.nan), load_parameters())).all()


@pytest.mark.parametrize(("overtone", "has_one"), [(0.0, False), (0.4, True)])
def test_the_flank_of_a_broad_tremor_and_the_noise_of_a_sensor_are_no_overtone(overtone: float, has_one: bool) -> None:
    rng = np.random.default_rng(5)
    t = np.arange(round(60 * RATE_HZ)) / RATE_HZ
    lines_hz = 4.5 + 0.5 * rng.standard_cauchy(300)
    waves = [np.sin(2.0 * np.pi * hz * t + rng.uniform(0.0, 6.28)) for hz in lines_hz[abs(lines_hz - 4.5) < 6.0]]
    wave = np.sum(waves, axis=0)
    wave /= wave.std()
    xyz_g = rng.normal(scale=0.004, size=(len(t), 3)) + [0.0, 0.0, 1.0]
    xyz_g[:, 0] += 0.03 * (wave + overtone * (wave**2 - 1.0))
    ratio = dsp.analyze(xyz_g.astype(np.float32), rate_hz=RATE_HZ, placement="calf").frames["harmonic_ratio"]
    share = np.mean(ratio > 0.02)
    assert share > 0.4 if has_one else share < 0.05
