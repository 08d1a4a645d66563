"""What is an event and what is not: kicks beside loud motion, inside shaking, inside movement, after a fall."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.signal import lfilter, lsim, lti

import dsp
from dsp import State

Make = Callable[..., NDArray[np.float32]]
RATE_HZ = 100.0


@pytest.mark.parametrize("mg", [100.0, 400.0])
def test_a_kick_five_seconds_after_loud_shaking_is_found(signal: Make, mg: float) -> None:
    xyz_g = signal(seconds=40.0, tremor=(8.0, 26.0, 6.0, 1e-3 * mg), kicks=(31.0,))
    onsets = [e.onset_s for e in dsp.analyze(xyz_g, rate_hz=RATE_HZ).events if e.onset_s > 28.0]
    assert onsets == pytest.approx([31.0], abs=0.1)


@pytest.mark.parametrize("seed", range(6))
def test_the_swell_of_a_tremor_is_no_twitch_neither_in_it_nor_at_its_ends(signal: Make, seed: int) -> None:
    rng = np.random.default_rng(seed)
    xyz_g = signal(seconds=50.0, seed=seed)
    n = 2600
    phase = 2 * np.pi * 6.0 * np.arange(n) / RATE_HZ + np.cumsum(rng.normal(scale=0.12, size=n))
    swell = np.exp(0.35 * np.interp(np.arange(n), np.arange(0, n + 100, 100), rng.normal(size=n // 100 + 1)))
    xyz_g[1200 : 1200 + n, 0] += (0.04 * swell * np.sin(phase)).astype(np.float32)
    assert dsp.analyze(xyz_g, rate_hz=RATE_HZ, placement="calf").events == ()


@pytest.mark.parametrize("seed", [1, 2, 5, 24])
def test_a_burst_of_muscle_noise_is_no_twitch_from_the_first_sample_or_after_rest(seed: int) -> None:
    # 1 and 24 shake from the first sample, so that the run never was quiet; 2 and 5 after ten seconds of rest.
    rng = np.random.default_rng(seed)
    n, radius = 3000, np.exp(-np.pi / RATE_HZ)
    turn = 2 * np.pi * rng.uniform(5, 10) / RATE_HZ
    noise = lfilter([1.0], [1.0, -2 * radius * np.cos(turn), radius**2], rng.normal(size=n + 800))[800:]
    xyz_g = np.tile([0.0, 0.0, 1.0], (n, 1)) + rng.normal(scale=0.0012, size=(n, 3))
    start = int(rng.integers(0, 2)) * 1000
    xyz_g[:, 0] += 0.05 * np.clip((np.arange(n) - start) / 50, 0.0, 1.0) * noise / noise.std()
    assert dsp.analyze(xyz_g, rate_hz=RATE_HZ, placement="calf").events == ()


def test_a_kick_that_stands_out_of_a_tremor_is_still_found(signal: Make) -> None:
    xyz_g = signal(seconds=40.0, tremor=(8.0, 36.0, 9.0, 0.008), kicks=(25.0,))
    onsets = [e.onset_s for e in dsp.analyze(xyz_g, rate_hz=RATE_HZ).events if e.onset_s > 10.0]
    assert onsets == pytest.approx([25.0], abs=0.1)


@pytest.mark.parametrize("gravity", [True, False])
def test_moving_about_smoothly_makes_no_events(moved: Make, gravity: bool) -> None:
    back_and_forth = [(10.0 + 1.2 * i, 1.2, 20.0 * (-1) ** i) for i in range(12)]
    found = dsp.analyze(moved(back_and_forth, seconds=40.0, gravity=gravity), rate_hz=RATE_HZ, placement="calf")
    assert found.events == ()


def test_without_gravity_a_brisk_stretch_that_stays_is_no_kick_and_a_kick_is_one(moved: Make, signal: Make) -> None:
    assert dsp.analyze(moved([(15.0, 0.4, 20.0)], seconds=30.0, gravity=False), rate_hz=RATE_HZ).events == ()
    kicked = signal(seconds=30.0, kicks=(15.0,), gravity=False)
    assert len(dsp.analyze(kicked, rate_hz=RATE_HZ).events) == 1


def test_an_impact_counts_although_the_body_turns_and_lies_elsewhere(moved: Make) -> None:
    xyz_g = moved([(14.8, 0.6, 70.0)], seconds=30.0, gravity=True)
    late = np.arange(len(xyz_g)) / RATE_HZ - 15.1
    hit = 4.0 * np.exp(-np.clip(late, 0, None) / 0.05) * np.cos(2 * np.pi * 12.0 * late) * (late >= 0)
    xyz_g[:, 1] += hit.astype(np.float32)
    (event,) = dsp.analyze(xyz_g, rate_hz=RATE_HZ).events
    assert abs(event.onset_s - 15.1) < 0.4
    assert event.peak_g > 1.5


def test_the_limb_is_still_beside_its_twitches(signal: Make) -> None:
    found = dsp.analyze(signal(seconds=60.0, kicks=(10.0, 20.0, 33.0, 45.0)), rate_hz=RATE_HZ, placement="calf")
    assert len(found.events) == 4
    assert (found.frames["label"] == State.STILL.value).mean() > 0.9


def onsets_of(xyz_g: NDArray[np.floating], placement: str = "calf") -> list[float]:
    return [e.onset_s for e in dsp.analyze(xyz_g, rate_hz=RATE_HZ, placement=placement).events]


def swing_at(t: NDArray[np.float64], at: float, size_g: float) -> NDArray[np.float64]:
    """A twitch: rings at 6 Hz and fades within 0.08 s."""
    late = np.clip(t - at, 0, None)
    return np.where(t >= at, size_g * np.exp(-late / 0.08) * np.sin(2 * np.pi * 6.0 * late), 0.0)


@pytest.mark.parametrize("size_g", [0.05, 0.08])
def test_a_faint_kick_right_after_a_stretch_is_over_is_a_reflex_jerk(moved: Make, size_g: float) -> None:
    xyz_g = moved([(15.0, 0.45, 25.0)], seconds=30.0, gravity=True)
    xyz_g[:, 1] += swing_at(np.arange(len(xyz_g)) / RATE_HZ, 15.9, size_g).astype(np.float32)
    (event,) = dsp.analyze(xyz_g, rate_hz=RATE_HZ, placement="calf").events
    assert event.onset_s == pytest.approx(15.9, abs=0.1)
    assert event.label is dsp.EventLabel.REFLEX_JERK


@pytest.mark.parametrize(("lasts_s", "degrees"), [(2.0, 12.0), (3.0, 18.0), (3.5, 25.0)])
def test_a_kick_at_the_end_of_a_slow_stretch_is_a_reflex_jerk_and_one_in_the_hold_a_twitch(
    moved: Make, lasts_s: float, degrees: float
) -> None:
    xyz_g = moved([(15.0, lasts_s, degrees)], seconds=32.0, gravity=True)
    t = np.arange(len(xyz_g)) / RATE_HZ
    xyz_g[:, 1] += (swing_at(t, 15.0 + lasts_s, 0.2) + swing_at(t, 18.0 + lasts_s, 0.2)).astype(np.float32)
    first, second = dsp.analyze(xyz_g, rate_hz=RATE_HZ, placement="calf").events
    assert first.label is dsp.EventLabel.REFLEX_JERK
    assert 0.0 <= first.stretch_delay_s <= 3.0
    assert second.label is dsp.EventLabel.TWITCH


@pytest.mark.parametrize(("noise_g", "count_g"), [(0.0002, 0.008), (0.0008, 0.016)])
@pytest.mark.parametrize("rate_hz", [50.0, 100.0])
def test_coarse_counts_that_flip_are_no_twitches_and_a_kick_of_some_counts_is_one(
    rate_hz: float, noise_g: float, count_g: float
) -> None:
    t, found = np.arange(round(90 * rate_hz)) / rate_hz, []
    kick = swing_at(t, 60.0, 12.0 * count_g)
    for seed in range(6):
        rng = np.random.default_rng(seed)
        # Slow creep takes each axis across the edge between two counts, where noise makes it flip.
        creep = 2.0 * count_g * np.sin(2 * np.pi * t[:, None] / rng.uniform(40, 90, 3) + rng.uniform(0, 6, 3))
        rest = creep + rng.normal(scale=noise_g, size=(len(t), 3)) + [0.1, 0.2, 0.97]
        for xyz_g in (rest, rest + kick[:, None] * [0.7, 0.5, 0.5]):
            counted = (np.round(xyz_g / count_g) * count_g).astype(np.float32)
            found.append([e.onset_s for e in dsp.analyze(counted, rate_hz=rate_hz, placement="calf").events])
    assert found[::2] == [[]] * 6
    # Now and then a flip beside the kick makes it look like one that goes on.
    assert sum(onsets == pytest.approx([60.0], abs=0.1) for onsets in found[1::2]) >= 5


def test_a_kick_that_a_recording_begins_with_is_not_said_to_follow_no_stretch(signal: Make) -> None:
    early, late = dsp.analyze(signal(seconds=30.0, kicks=(0.8, 20.0)), rate_hz=RATE_HZ, placement="calf").events
    assert "no stretch in the second before" in {term.text for term in late.evidence}
    assert "too little is known before it, so a stretch cannot be seen" in {term.text for term in early.evidence}
    assert early.confidence < late.confidence
    assert early.flags == ()


def test_gravity_that_motion_hides_is_not_said_to_be_absent(signal: Make) -> None:
    xyz_g = signal(seconds=30.0, kicks=(20.0,))
    # For two seconds something pulls the whole limb along by half of gravity.
    t = np.arange(len(xyz_g)) / RATE_HZ
    xyz_g[:, 2] -= np.interp(t, [18.0, 19.0, 21.0, 22.0], [0.0, 0.5, 0.5, 0.0]).astype(np.float32)
    flags = {flag for e in dsp.analyze(xyz_g, rate_hz=RATE_HZ, placement="calf").events for flag in e.flags}
    assert "gravity_hidden" in flags
    assert "no_gravity" not in flags
    absent = dsp.analyze(signal(seconds=30.0, kicks=(20.0,), gravity=False), rate_hz=RATE_HZ, placement="calf")
    assert absent.events[0].flags == ("no_gravity",)
    assert any("no gravity in the data" in term.text for term in absent.events[0].evidence)


def test_of_two_kicks_within_seconds_the_fainter_second_one_counts_too(signal: Make) -> None:
    xyz_g = signal(seconds=30.0, kicks=(15.0,))
    t = np.arange(len(xyz_g)) / RATE_HZ
    # The ring of the first is still there, at a third of the second.
    ring = np.where(t > 15.0, 0.06 * np.exp(-np.clip(t - 15.0, 0, None) / 0.35) * np.sin(2 * np.pi * 6.0 * t), 0.0)
    xyz_g[:, 0] += (ring + swing_at(t, 15.65, 0.09)).astype(np.float32)
    assert onsets_of(xyz_g) == pytest.approx([15.0, 15.65], abs=0.1)


# The first five shake from the first sample, where nothing shows yet what is usual.
@pytest.mark.parametrize("seed", [12, 16, 21, 37, 54, 17, 18, 24, 30, 35, 55, 58])
def test_the_crest_of_a_wide_tremor_is_no_twitch(seed: int) -> None:
    rng = np.random.default_rng(seed)
    n, radius = 3000, np.exp(-np.pi * 1.5 / RATE_HZ)
    turn = 2 * np.pi * rng.uniform(5, 10) / RATE_HZ
    noise = lfilter([1.0], [1.0, -2 * radius * np.cos(turn), radius**2], rng.normal(size=n + 800))[800:]
    xyz_g = np.tile([0.0, 0.0, 1.0], (n, 1)) + rng.normal(scale=0.0012, size=(n, 3))
    xyz_g[:, 0] += 0.06 * noise / noise.std()
    assert onsets_of(xyz_g) == []


def test_a_sensor_that_jumps_on_one_axis_does_not_twitch_and_a_limb_does() -> None:
    rng = np.random.default_rng(0)
    xyz_g = np.tile([0.0, 0.0, 1.0], (3000, 1)) + rng.normal(scale=0.002, size=(3000, 3))
    glitch, kick = xyz_g.copy(), xyz_g.copy()
    for at in (1000, 1400, 1408, 1900, 1901, 2300):
        glitch[at, 2] += 0.12
    for at_s in (10.0, 14.0, 19.0, 23.0):
        kick[:, 2] += swing_at(np.arange(3000) / RATE_HZ, at_s, 0.12)
    assert onsets_of(glitch) == []
    assert len(onsets_of(kick)) == 4


def hit(t: NDArray[np.float64], at: float, size_g: float) -> NDArray[np.float64]:
    late = np.clip(t - at, 0, None)
    return np.where(t >= at, size_g * np.exp(-late / 0.05) * np.cos(2 * np.pi * 10.0 * late), 0.0)


@pytest.mark.parametrize(
    "hits",
    [
        pytest.param([(15.0, 2.9), (15.5, 3.0)], id="knee, then hip"),
        pytest.param([(14.0, 0.3), (14.5, 0.4), (15.0, 4.0)], id="stumbles first"),
        pytest.param([(15.0, 4.0), (16.2, 0.8), (17.1, 0.5)], id="settles after"),
    ],
)
def test_a_fall_of_several_impacts_is_one_event(moved: Make, hits: list[tuple[float, float]]) -> None:
    xyz_g = np.asarray(moved([(14.9, 0.5, 80.0)], seconds=30.0, gravity=True)).copy()
    t = np.arange(len(xyz_g)) / RATE_HZ
    xyz_g[:, 1] += sum(hit(t, at, size) for at, size in hits)
    found = dsp.analyze(xyz_g, rate_hz=RATE_HZ, placement="trunk")
    assert len([e for e in found.events if e.peak_g > 1.5]) == 1
    assert len([e for e in found.events if e.onset_s > 14.8]) == 1


def test_a_single_jump_is_one_event_although_it_is_slow_and_the_limb_turns(moved: Make) -> None:
    xyz_g = np.asarray(moved([(14.7, 1.0, 12.0)], seconds=30.0, gravity=True)).copy()
    t = np.arange(len(xyz_g)) / RATE_HZ
    for at, size, width in ((14.8, 0.9, 0.25), (15.05, -1.0, 0.3), (15.35, 2.2, 0.22)):
        inside = (t >= at) & (t < at + width)
        xyz_g[inside, 2] += size * np.sin(np.pi * (t[inside] - at) / width)
    (event,) = dsp.analyze(xyz_g, rate_hz=RATE_HZ, placement="thigh").events
    assert 14.7 < event.onset_s < 15.6
    assert event.peak_g > 1.5


@pytest.mark.parametrize("gain", [0.55, 1.8])
def test_a_stretch_in_the_first_second_is_seen_whatever_the_gain(moved: Make, gain: float) -> None:
    xyz_g = moved([(0.7, 0.4, 20.0)], seconds=12.0, gravity=True)
    xyz_g[:, 1] += swing_at(np.arange(len(xyz_g)) / RATE_HZ, 1.3, 0.4).astype(np.float32)
    plain, scaled = (dsp.analyze(x, rate_hz=RATE_HZ).events for x in (xyz_g, np.float32(gain) * xyz_g))
    assert [e.label for e in plain] == [dsp.EventLabel.REFLEX_JERK]
    assert [(e.label, e.stretch_delay_s) for e in scaled] == [(e.label, e.stretch_delay_s) for e in plain]


def ringing_kick(
    t: NDArray[np.float64], at: float, size_g: float, hz: float, damping: float, pull_s: float = 0.03
) -> NDArray[np.float64]:
    """Acceleration of a limb on a spring at which a muscle pulls most after 30 ms, or after so long."""
    w = 2 * np.pi * hz
    late = np.clip(t - at, 0, None)
    pull = np.where(t >= at, late / pull_s * np.exp(1 - late / pull_s), 0.0)
    answer = lti([1.0, 0.0, 0.0], [1.0, 2 * damping * w, w**2])
    wave = np.asarray(lsim(answer, pull, t)[1])
    return np.asarray(size_g * wave / np.abs(wave).max())


@pytest.mark.parametrize("gravity", [True, False])
@pytest.mark.parametrize(("hz", "damping"), [(2.6, 0.08), (3.0, 0.1), (4.0, 0.08), (9.0, 0.08)])
def test_a_kick_whose_ring_dies_away_slowly_is_one_event(
    signal: Make, hz: float, damping: float, *, gravity: bool
) -> None:
    xyz_g = signal(seconds=30.0, gravity=gravity)
    xyz_g[:, 0] += ringing_kick(np.arange(len(xyz_g)) / RATE_HZ, 15.0, 0.5, hz, damping).astype(np.float32)
    assert onsets_of(xyz_g) == pytest.approx([15.0], abs=0.1)


@pytest.mark.parametrize("seconds", [0.28, 0.33])
@pytest.mark.parametrize("gravity", [True, False])
def test_the_quickest_stretch_is_neither_an_impact_nor_in_the_way_of_the_kick_after_it(
    moved: Make, seconds: float, *, gravity: bool
) -> None:
    xyz_g = moved([(15.0, seconds, 60.0)], seconds=30.0, gravity=gravity)
    assert np.abs(xyz_g - [0, 0, gravity]).max() > 1.5
    assert onsets_of(xyz_g) == []
    xyz_g[:, 1] += ringing_kick(np.arange(len(xyz_g)) / RATE_HZ, 15.8, 0.5, 6.0, 0.2).astype(np.float32)
    assert onsets_of(xyz_g) == pytest.approx([15.8], abs=0.1)


@pytest.mark.parametrize("late_s", [-0.05, 0.0, 0.1])
@pytest.mark.parametrize("rate_hz", [52.0, 100.0, 200.0])
def test_a_kick_in_a_brisk_stretch_is_a_reflex_jerk_and_begins_where_the_kick_does(
    moved: Make, late_s: float, rate_hz: float
) -> None:
    xyz_g = moved([(15.0, 0.25, 15.0)], seconds=30.0, gravity=True, rate_hz=rate_hz)
    assert dsp.analyze(xyz_g, rate_hz=rate_hz, placement="calf").events == ()
    t = np.arange(len(xyz_g)) / rate_hz
    xyz_g[:, 0] += ringing_kick(t, 15.25 + late_s, 0.9, 7.0, 0.2).astype(np.float32)
    (event,) = dsp.analyze(xyz_g, rate_hz=rate_hz, placement="calf").events
    assert event.onset_s == pytest.approx(15.25 + late_s, abs=0.1)
    assert event.label is dsp.EventLabel.REFLEX_JERK
    assert event.stretch_delay_s == pytest.approx(0.25 + late_s, abs=0.2)


def test_what_hits_harder_than_a_muscle_kicks_is_an_impact_and_counts_as_no_jerk(moved: Make) -> None:
    xyz_g = moved([(15.0, 0.5, 25.0)], seconds=30.0, gravity=True)
    t = np.arange(len(xyz_g)) / RATE_HZ
    xyz_g[:, 1] += (swing_at(t, 15.9, 0.3) + hit(t, 22.0, 2.5)).astype(np.float32)
    found = dsp.analyze(xyz_g, rate_hz=RATE_HZ, placement="calf")
    assert [e.is_impact for e in found.events] == [False, True]
    numbers = found.findings
    assert (numbers.reflex_jerk_count, numbers.twitch_count, numbers.impact_count) == (1, 0, 1)


@pytest.mark.parametrize("deg_per_s", [8.0, 15.0])
def test_a_kick_stands_out_of_a_slow_turn_that_goes_on_and_a_jolt_of_the_turn_itself_does_not(
    signal: Make, deg_per_s: float
) -> None:
    still = signal(seconds=30.0, gravity=False)
    t = np.arange(len(still)) / RATE_HZ
    angle = np.radians(deg_per_s) * np.clip(t - 12.0, 0.0, 5.0)
    xyz_g = still + np.stack([np.sin(angle), 0 * t, np.cos(angle)], axis=1).astype(np.float32)
    assert onsets_of(xyz_g) == []
    kicked = xyz_g + np.outer(swing_at(t, 15.0, 0.25), [0, 1, 0]).astype(np.float32)
    assert onsets_of(kicked) == pytest.approx([15.0], abs=0.1)
    # As slow a turn that sets in with a jolt of its own size: 60 mg in a quarter of a second, and on.
    reach = np.where((t >= 15.0) & (t < 16.5), 0.15 * np.sin(2 * np.pi * (t - 15.0) / 1.5), 0.0)
    jolted = xyz_g + np.outer(swing_at(t, 15.0, 0.06) + reach, [0, 1, 0]).astype(np.float32)
    assert onsets_of(jolted) == []


@pytest.mark.parametrize("shift_s", [0.0, 0.02, 0.05, 0.08])
@pytest.mark.parametrize(
    ("degrees", "lasts_s", "gap_s"), [(10.0, 0.3, 0.03), (10.0, 0.3, 0.1), (20.0, 0.3, 0.2), (20.0, 0.5, 0.1)]
)
def test_a_kick_right_after_a_stretch_is_found_wherever_the_steps_begin(
    moved: Make, degrees: float, lasts_s: float, gap_s: float, shift_s: float
) -> None:
    at = 15.0 + shift_s
    xyz_g = moved([(at, lasts_s, degrees)], seconds=30.0, gravity=True)
    t = np.arange(len(xyz_g)) / RATE_HZ
    late = t - at - lasts_s - gap_s
    xyz_g[:, 0] += (0.35 * np.sin(2 * np.pi * late / 0.12) * ((late >= 0) & (late < 0.12))).astype(np.float32)
    (event,) = dsp.analyze(xyz_g, rate_hz=RATE_HZ, placement="calf").events
    assert event.label is dsp.EventLabel.REFLEX_JERK
    assert event.onset_s <= event.peak_s <= event.end_s


@pytest.mark.parametrize("gain", [0.5, 2.0])
def test_a_sensor_whose_gain_is_off_shows_stretches_holds_and_reflexes_all_the_same(moved: Make, gain: float) -> None:
    xyz_g = moved([(15.0, 0.5, 25.0), (30.0, 1.0, -25.0)], seconds=40.0, gravity=True)
    xyz_g[:, 1] += ringing_kick(np.arange(len(xyz_g)) / RATE_HZ, 15.9, 0.4, 6.0, 0.2).astype(np.float32)
    plain, scaled = (dsp.analyze(x, rate_hz=RATE_HZ) for x in (xyz_g, np.float32(gain) * xyz_g))
    assert [e.label for e in plain.events] == [dsp.EventLabel.REFLEX_JERK]
    assert [(e.onset_s, e.label, e.flags) for e in scaled.events] == [(e.onset_s, e.label, ()) for e in plain.events]
    assert scaled.findings.gravity_present
    assert [(h.start_s, h.released) for h in scaled.holds] == [(h.start_s, h.released) for h in plain.holds]


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_a_short_kick_along_an_axis_of_the_sensor_is_no_glitch(axis: int) -> None:
    xyz_g = np.tile([0.0, 0.0, 1.0], (1500, 1)) + np.random.default_rng(0).normal(scale=0.002, size=(1500, 3))
    xyz_g[750:756, axis] += 0.3 * np.hanning(6)
    (event,) = dsp.analyze(xyz_g, rate_hz=50.0, placement="calf").events
    assert event.onset_s == pytest.approx(15.0, abs=0.1)
