"""How a rhythm began: briskness of the turn before it, whatever the angle, the rate and the mount; and how it dies out."""

import numpy as np
import pytest
from numpy.typing import NDArray

import dsp
from dsp import State
from tests.dsp.conftest import smooth_step

ARM_M = 0.25


def set_off(
    degrees: float,
    turn_s: float,
    *,
    rate_hz: float = 100.0,
    seconds: float = 8.0,
    rms_g: float = 0.1,
    hz: float = 5.5,
    dies_in_s: float = np.inf,
    fades_in_s: float = 0.06,
    mount: NDArray[np.float64] | None = None,
    seed: int = 0,
) -> tuple[NDArray[np.float32], float, float]:
    """A limb that turns as people do, its own pull included, and the beat that the turn sets off; from when until when."""
    rng = np.random.default_rng(seed)
    begins = 8.0 + rng.uniform() + turn_s
    t = np.arange(round((begins + seconds + 6.0) * rate_hz)) / rate_hz
    angle = np.radians(degrees) * smooth_step((t - begins + turn_s) / turn_s)
    pull = ARM_M * np.gradient(np.gradient(angle, 1 / rate_hz), 1 / rate_hz) / 9.80665
    beats = np.cumsum(rng.normal(1.0, 0.03, round(1.2 * hz * seconds) + 9)) / hz
    phase = 2 * np.pi * np.interp(t - begins, np.append(0.0, beats), np.arange(len(beats) + 1))
    size = np.clip((t - begins) / fades_in_s, 0.0, 1.0) * np.clip((begins + seconds - t) / 0.2, 0.0, 1.0)
    size *= np.exp(-np.clip(t - begins, 0.0, None) / dies_in_s)
    beat = np.sqrt(2.0) * rms_g * size * (np.sin(phase) + 0.4 * np.sin(2 * phase + 0.9))
    xyz_g = np.stack([np.sin(angle) + pull + beat, 0.2 * beat, np.cos(angle)], axis=1)
    if mount is not None:
        xyz_g = xyz_g @ mount.T
    return (xyz_g + rng.normal(scale=0.0012, size=xyz_g.shape)).astype(np.float32), begins, begins + seconds


def said(xyz_g: NDArray[np.float32], rate_hz: float, placement: str, begins: float, ends: float) -> NDArray[np.void]:
    """Frames that lie within a beat, but for its first and last second."""
    frames = dsp.analyze(xyz_g, rate_hz=rate_hz, placement=placement).frames
    return frames[(frames["time_s"] > begins + 1.0) & (frames["time_s"] < ends - 1.0)]


@pytest.mark.parametrize("rate_hz", [25.0, 52.0, 100.0, 208.0])
@pytest.mark.parametrize("rms_g", [0.05, 0.4])
def test_a_short_quick_turn_is_brisker_than_a_long_slow_one_whatever_the_rate_and_the_beat(
    rate_hz: float, rms_g: float
) -> None:
    seen = {}
    for degrees, turn_s in ((8.0, 0.12), (10.0, 0.15), (20.0, 0.25), (25.0, 1.0), (30.0, 2.0), (0.0, 1.0)):
        made = [set_off(degrees, turn_s, rate_hz=rate_hz, rms_g=rms_g, seed=s) for s in range(3)]
        rates = [np.nanmedian(said(x, rate_hz, "wrist", a, b)["entry_deg_per_s"]) for x, a, b in made]
        seen[degrees] = float(np.median(rates))
    assert min(seen[8.0], seen[10.0], seen[20.0]) > 1.3 * max(seen[25.0], seen[30.0])
    assert min(seen[25.0], seen[30.0]) > seen[0.0]
    assert seen[0.0] < 15.0


def test_the_rate_of_the_turn_is_that_of_the_limb_on_any_mount() -> None:
    rates = []
    for seed in range(4):
        mount, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))
        xyz_g, begins, ends = set_off(15.0, 0.2, mount=mount)
        rates.append(np.median(said(xyz_g, 100.0, "ankle", begins, ends)["entry_deg_per_s"]))
    # Peak rate of least jerk; turns are told to a tenth of a second.
    assert np.ptp(rates) < 5.0
    assert 0.6 < np.mean(rates) / (1.875 * 15.0 / 0.2) < 1.3


def test_at_the_wrist_a_turn_of_ten_degrees_sets_a_rhythm_off_when_it_is_brisk() -> None:
    for degrees, turn_s, expected in ((10.0, 0.12, State.REFLEX_RHYTHM), (10.0, 2.0, State.TREMOR)):
        made = (set_off(degrees, turn_s, seed=s) for s in range(3))
        labels = np.concatenate([said(x, 100.0, "wrist", a, b)["label"] for x, a, b in made])
        assert (labels == expected.value).mean() > 0.7, turn_s


def test_shaking_that_grows_over_seconds_after_a_brisk_turn_was_not_set_off_by_it() -> None:
    for fades_in_s, brisk in ((0.06, True), (6.0, False)):
        xyz_g, begins, ends = set_off(15.0, 0.2, seconds=14.0, fades_in_s=fades_in_s)
        rates = said(xyz_g, 100.0, "ankle", begins + 2.0, ends)["entry_deg_per_s"]
        assert (np.mean(rates >= 25.0) > 0.5) == brisk


def test_a_stretch_as_loud_as_a_third_of_its_reflex_is_not_taken_for_the_reflex_that_grows() -> None:
    for hz, rms_g in ((4.3, 0.15), (5.5, 0.1)):
        for seed in range(4):
            xyz_g, begins, ends = set_off(25.0, 0.4, hz=hz, rms_g=rms_g, seed=seed)
            assert (said(xyz_g, 100.0, "calf", begins + 0.5, ends)["entry_deg_per_s"] > 30.0).all()


@pytest.mark.parametrize("fades_in_s", [1.0, 1.2, 1.5, 2.0])
def test_of_beats_that_gather_strength_after_a_stretch_it_is_never_said_that_none_set_them_off(
    fades_in_s: float,
) -> None:
    labels = []
    for seed in range(4):
        xyz_g, begins, ends = set_off(25.0, 0.4, hz=4.3, rms_g=0.15, fades_in_s=fades_in_s, seconds=9.0, seed=seed)
        frames = said(xyz_g, 100.0, "calf", begins + 1.0, ends)
        labels.append(frames["label"])
        assert not (frames["entry_deg_per_s"] == 0.0).any()
        assert np.isnan(frames["grew_s"]).all()
    assert (np.concatenate(labels) != State.MOVEMENT.value).all()


@pytest.mark.parametrize("fades_in_s", [1.2, 2.0])
def test_a_brisk_turn_that_was_seen_to_set_beats_off_is_not_forgotten_while_these_gather_strength(
    fades_in_s: float,
) -> None:
    for seed in range(4):
        xyz_g, begins, ends = set_off(25.0, 0.4, rms_g=0.6, fades_in_s=fades_in_s, seed=seed)
        frames = said(xyz_g, 100.0, "wrist", begins, ends)
        assert (frames["entry_deg_per_s"] > 25.0).all(), seed
        assert (frames["label"] == State.REFLEX_RHYTHM.value).mean() > 0.9, seed


@pytest.mark.parametrize("rate_hz", [25.0, 52.0, 100.0])
def test_how_long_shaking_took_to_grow_is_seen_where_no_stretch_set_it_off(rate_hz: float) -> None:
    for fades_in_s, least_s, most_s in ((0.06, 0.0, 0.11), (1.0, 0.15, 0.6), (2.0, 0.5, 1.1)):
        for seed in range(3):
            made = set_off(0.0, 0.2, rate_hz=rate_hz, fades_in_s=fades_in_s, seconds=12.0, seed=seed)
            grew_s = np.median(said(made[0], rate_hz, "calf", made[1] + 2.0, made[2])["grew_s"])
            assert least_s <= grew_s <= most_s, (fades_in_s, seed)


def swelling(xyz_g: NDArray[np.float32], share: float) -> NDArray[np.float32]:
    """Give what was felt beside gravity waxing and waning by so much, over two seconds."""
    t = np.arange(len(xyz_g)) / 100.0
    rest = np.array([0.0, 0.0, 1.0])
    return (rest + (xyz_g - rest) * (1.0 + share * np.sin(2 * np.pi * 0.45 * t))[:, None]).astype(np.float32)


def test_beats_that_grew_long_after_any_stretch_are_no_reflex_unless_as_even_as_a_limit_cycle() -> None:
    for fades_in_s, share, expected in (
        (2.0, 0.4, State.TREMOR),
        (0.06, 0.4, State.REFLEX_RHYTHM),
        (2.0, 0.0, State.REFLEX_RHYTHM),
    ):
        labels = []
        for seed in range(4):
            xyz_g, begins, ends = set_off(0.0, 0.2, rms_g=0.05, fades_in_s=fades_in_s, seconds=14.0, seed=seed)
            labels.append(said(swelling(xyz_g, share), 100.0, "calf", begins + 2.5, ends)["label"])
        assert (np.concatenate(labels) == expected.value).mean() > 0.6, (fades_in_s, share)


@pytest.mark.parametrize("seconds", [3.2, 4.0, 6.0])
def test_a_rhythm_that_a_stretch_set_off_is_one_however_quickly_it_dies_out(seconds: float) -> None:
    labels = []
    for seed in range(3):
        xyz_g, begins, ends = set_off(15.0, 0.2, seconds=seconds, dies_in_s=0.7 * seconds, rms_g=0.2, seed=seed)
        labels += said(xyz_g, 100.0, "ankle", begins, ends)["label"].tolist()
    assert np.mean([label == State.REFLEX_RHYTHM.value for label in labels]) > 0.7


def test_a_fall_is_taken_out_of_the_size_only_after_a_brisk_turn() -> None:
    varies = []
    for degrees in (15.0, 0.0):
        xyz_g, begins, ends = set_off(degrees, 0.2, seconds=6.0, dies_in_s=3.0)
        varies.append(np.median(said(xyz_g, 100.0, "ankle", begins + 1.0, ends - 0.5)["envelope_cv"]))
    assert varies[0] < 0.1
    assert varies[1] > 0.2


def test_a_beat_about_three_hertz_keeps_what_set_it_off_where_it_is_a_little_slower() -> None:
    for seed in range(4):
        xyz_g, begins, ends = set_off(15.0, 0.2, hz=3.0, rms_g=0.1, seed=seed)
        frames = said(xyz_g, 100.0, "ankle", begins + 0.5, ends)
        assert (frames["entry_deg_per_s"] > 25.0).all(), seed


def test_a_beat_of_three_and_a_half_hertz_is_a_rhythm() -> None:
    xyz_g, begins, ends = set_off(15.0, 0.2, hz=3.5, rms_g=0.15)
    labels = said(xyz_g, 100.0, "ankle", begins, ends)["label"]
    assert (labels == State.REFLEX_RHYTHM.value).mean() > 0.8


def test_strokes_of_five_centimetres_are_no_reflex_however_regular() -> None:
    # A sewing-machine leg moves by half an inch (Bateson).
    xyz_g, begins, ends = set_off(0.0, 0.2, hz=4.3, rms_g=(2 * np.pi * 4.3) ** 2 * 0.022 / 9.80665, seconds=12.0)
    labels = said(xyz_g, 100.0, "ankle", begins, ends)["label"]
    assert (labels == State.MOVEMENT.value).mean() > 0.8


def lines(*parts: tuple[float, float], seconds: float = 20.0) -> NDArray[np.float32]:
    """Steady lines, (Hz, rms g) each, along one axis of a limb at rest."""
    t = np.arange(round(seconds * 100.0)) / 100.0
    wave = np.sqrt(2.0) * sum(rms_g * np.sin(2 * np.pi * hz * t + 0.7 * hz) for hz, rms_g in parts)
    xyz_g = np.stack([0.8 * wave, 0.6 * wave, np.ones_like(t)], axis=1)
    return (xyz_g + np.random.default_rng(1).normal(scale=0.0012, size=xyz_g.shape)).astype(np.float32)


@pytest.mark.parametrize("late_s", [1.0, 1.03, 1.07, 1.1, 1.15])
@pytest.mark.parametrize("rate_hz", [25.0, 52.0, 100.0])
def test_what_shakes_as_a_run_begins_was_not_seen_to_begin(rate_hz: float, late_s: float) -> None:
    for placement in ("wrist", "calf"):
        xyz_g, begins, _ = set_off(0.0, 0.2, rate_hz=rate_hz, hz=5.0, rms_g=0.2, seconds=14.0)
        cut = xyz_g[round((begins + late_s) * rate_hz) :]
        frames = dsp.analyze(cut, rate_hz=rate_hz, placement=placement).frames
        assert np.isnan(frames["entry_deg_per_s"][frames["time_s"] < 10.0]).all()


def test_a_turn_that_is_seen_half_a_second_into_a_run_sets_off_what_shakes() -> None:
    xyz_g, begins, ends = set_off(20.0, 0.25, rms_g=0.1, seconds=10.0)
    first_s = begins - 0.25 - 0.5
    frames = said(xyz_g[round(first_s * 100.0) :], 100.0, "calf", begins - first_s, ends - first_s)
    assert np.median(frames["entry_deg_per_s"]) > 30.0


@pytest.mark.parametrize("hz", [2.0, 2.43, 3.1, 3.4, 4.37])
def test_the_peak_of_a_beat_is_its_fundamental_where_that_is_the_stronger_line(hz: float) -> None:
    for second, expected in ((0.08, hz), (0.12, 2.0 * hz)):
        frames = dsp.analyze(lines((hz, 0.1), (2.0 * hz, second)), rate_hz=100.0, placement="ankle").frames
        assert np.median(frames["peak_hz"]) == pytest.approx(expected, abs=0.03)


def test_a_stronger_line_that_is_not_at_half_the_frequency_leaves_the_peak_alone() -> None:
    for slow_hz, expected in ((2.8, 2.8), (2.45, 5.6)):
        frames = dsp.analyze(lines((slow_hz, 0.1), (5.6, 0.08)), rate_hz=100.0, placement="ankle").frames
        assert np.median(frames["peak_hz"]) == pytest.approx(expected, abs=0.05)


def test_a_leg_that_beats_at_three_hertz_without_a_stretch_is_moved_at_will() -> None:
    xyz_g, begins, ends = set_off(0.0, 0.2, hz=3.0, rms_g=0.1, seconds=14.0)
    labels = said(xyz_g, 100.0, "ankle", begins, ends)["label"]
    assert (labels == State.MOVEMENT.value).mean() > 0.8


def test_the_first_half_of_a_swing_is_no_stretch_however_quick() -> None:
    for degrees, brisk in ((1.5, False), (6.0, True)):
        made = [set_off(degrees, 0.12, rms_g=0.1, seed=s) for s in range(3)]
        rates = np.concatenate([said(x, 100.0, "calf", a, b)["entry_deg_per_s"] for x, a, b in made])
        assert (np.nanmedian(rates) > 10.0) == brisk, degrees


@pytest.mark.parametrize(("pause_s", "known"), [(2.5, False), (7.0, True)])
def test_of_what_begins_soon_after_a_brisk_stretch_it_is_not_known_whether_it_was_set_off(
    pause_s: float, known: bool
) -> None:
    xyz_g, begins, ends = set_off(0.0, 0.2, hz=4.3, rms_g=0.15)
    t = np.arange(len(xyz_g)) / 100.0
    angle = np.radians(25.0) * smooth_step((t - begins + pause_s + 0.4) / 0.4)
    turned = np.stack([xyz_g[:, 0] + np.sin(angle), xyz_g[:, 1], xyz_g[:, 2] - 1.0 + np.cos(angle)], axis=1)
    rates = said(turned.astype(np.float32), 100.0, "calf", begins, ends)["entry_deg_per_s"]
    assert np.isfinite(rates).all() == known
