"""Volleys: a few beats between rest and rest are one event, unless the frames name them; nothing else is one."""

import re
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import dsp
from tests.dsp.conftest import in_chunks

Floats = NDArray[np.float64]
RATES = (25.0, 50.0, 100.0, 200.0)
SHAKING = (dsp.State.TREMOR, dsp.State.REFLEX_RHYTHM)


def beating(t: Floats, at: float, hz: float, beats: float, size_g: float) -> Floats:
    """So many periods of a sine that swell and fade within a twentieth of a second."""
    edge = np.minimum(t - at, at + beats / hz - t) / 0.05
    return size_g * np.sin(2 * np.pi * hz * (t - at)) * np.clip(edge, 0.0, 1.0)


def resting(
    rate_hz: float, *waves: Callable[[Floats], Floats], seconds: float = 18.0, gravity: bool = True, seed: int = 0
) -> Floats:
    """A sensor of 2 mg noise, mounted anyhow, that feels these waves along one direction."""
    rng = np.random.default_rng(seed)
    mount = np.linalg.qr(rng.normal(size=(3, 3)))[0]
    t = np.arange(round(seconds * rate_hz)) / rate_hz
    xyz_g = rng.normal(scale=0.002, size=(len(t), 3)) + mount[1] * gravity
    for wave in waves:
        xyz_g += wave(t)[:, None] * mount[0]
    return xyz_g


def told(event: dsp.Event) -> str:
    return next((term.text for term in event.evidence if term.name == "beats"), "")


def found(xyz_g: NDArray[np.floating], rate_hz: float = 100.0, placement: str = "calf") -> dsp.Analysis:
    return dsp.analyze(xyz_g, rate_hz=rate_hz, placement=placement)


@pytest.mark.parametrize("gravity", [True, False])
@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize(("hz", "beats"), [(4, 4), (4, 5), (5, 5), (5, 6), (6, 6), (6, 7), (7, 7), (7, 8), (8, 8)])
def test_a_few_beats_are_one_event_that_tells_how_many_and_how_fast(
    rate_hz: float, hz: int, beats: int, gravity: bool
) -> None:
    seed = 100 * hz + beats
    (event,) = found(
        resting(rate_hz, lambda t: beating(t, 9.0, hz, beats, 0.15), gravity=gravity, seed=seed), rate_hz
    ).events
    # At 25 Hz the first and last beat may lie between two samples.
    allowed = range(beats - (rate_hz < 50.0), beats + 1)
    assert told(event).split(" at ")[0] in {f"{count} beats" for count in allowed}
    assert event.ring_hz == pytest.approx(hz, rel=0.05)
    assert event.onset_s == pytest.approx(9.0, abs=0.1)
    assert event.end_s == pytest.approx(9.0 + beats / hz, abs=0.25)
    assert event.label is dsp.EventLabel.TWITCH
    assert "beats" in event.flags
    assert ("no_gravity" in event.flags) is not gravity


@settings(max_examples=60, deadline=None)
@given(
    rate_hz=st.sampled_from(RATES),
    hz=st.floats(4.0, 8.0),
    beats=st.integers(3, 30),
    size_g=st.floats(0.05, 0.4),
    seed=st.integers(0, 1000),
)
def test_no_number_of_beats_is_lost_and_none_is_told_as_a_volley_and_a_segment(
    rate_hz: float, hz: float, beats: int, size_g: float, seed: int
) -> None:
    # At 25 Hz three or four faint beats are lost now and then.
    assume(rate_hz >= 50.0 or beats > 4)
    # What swings by 3 mm rms and more may be moved on purpose.
    assume(size_g < 0.25 * (hz / 4.0) ** 2)
    result = found(resting(rate_hz, lambda t: beating(t, 9.0, hz, beats, size_g), seconds=24.0, seed=seed), rate_hz)
    shaking = [s for s in result.segments if s.label in SHAKING]
    # What a slow sensor does not know is not lost either.
    unclear = rate_hz < 50.0 and any(s.label is dsp.State.UNCLEAR for s in result.segments)
    assert shaking or result.events or unclear
    assert not (shaking and any("beats" in e.flags for e in result.events))


def stretched(
    moved: Callable[..., NDArray[np.float32]],
    beats: float,
    *,
    seconds: float = 0.4,
    later_s: float = 0.1,
    seed: int = 0,
) -> Floats:
    """A stretch of 25 degrees from 12 s on, and beats of 5 Hz after it."""
    xyz_g = moved([(12.0, seconds, 25.0)], seconds=24.0, gravity=True, seed=seed).astype(np.float64)
    xyz_g[:, 0] += beating(np.arange(len(xyz_g)) / 100.0, 12.0 + seconds + later_s, 5.0, beats, 0.2)
    return xyz_g


def rhythms(result: dsp.Analysis) -> list[dsp.Segment]:
    return [s for s in result.segments if s.label is dsp.State.REFLEX_RHYTHM]


@pytest.mark.parametrize("seconds", [0.4, 1.2])
@pytest.mark.parametrize("beats", [5, 9])
def test_four_beats_and_more_that_a_stretch_led_to_are_a_short_reflex_rhythm_and_no_event(
    moved: Callable[..., NDArray[np.float32]], beats: int, seconds: float
) -> None:
    begin_s = 12.1 + seconds
    result = found(stretched(moved, beats, seconds=seconds))
    (rhythm,) = rhythms(result)
    assert rhythm.start_s == pytest.approx(begin_s, abs=0.5)
    assert rhythm.end_s == pytest.approx(begin_s + beats / 5.0, abs=0.5)
    assert not [e for e in result.events if e.onset_s > begin_s - 0.3]
    # What named it speaks for it, and not what its windows show, most of which is rest.
    terms = {term.name: term for term in rhythm.evidence}
    assert re.fullmatch(r"\d+ beats at (4.9|5.0) Hz", terms["beats"].text)
    assert "after a stretch of" in terms["after_stretch"].text
    assert min(term.value for term in rhythm.evidence) > 0.0
    # What is not known of it is left to the other states, in the shares that the frames saw.
    own = result.frames[result.frames["label"] == dsp.State.REFLEX_RHYTHM.value]
    p = np.array([own[f"p_{name}"] for name in ("still", "movement", "reflex_rhythm", "tremor")])
    np.testing.assert_allclose(p.sum(axis=0), 1.0, atol=1e-6)
    assert (p[2] >= 2.0 / 3.0 - 1e-6).all()
    assert rhythm.confidence == pytest.approx(float(p[2].mean()), abs=1e-6)


def test_without_a_stretch_no_number_of_beats_is_a_reflex_rhythm() -> None:
    result = found(resting(100.0, lambda t: beating(t, 9.0, 5.0, 6, 0.2)))
    assert [told(e) for e in result.events] == ["6 beats at 5.0 Hz"]
    assert not rhythms(result)


@pytest.mark.parametrize("seed", range(12))
def test_in_any_chunks_and_wherever_the_run_ends_the_same_frames_are_of_a_short_rhythm(
    moved: Callable[..., NDArray[np.float32]], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    xyz_g = stretched(moved, int(rng.integers(4, 14)), seed=seed)[: int(rng.integers(1400, 2400))]
    sizes = rng.integers(1, 10 ** rng.integers(1, 4), 30).tolist()
    whole, result = found(xyz_g), in_chunks(dsp.Analyzer(100.0, "calf"), xyz_g, sizes)
    assert result.frames.tobytes() == whole.frames.tobytes()
    assert repr(result.events) == repr(whole.events)
    assert repr(result.segments) == repr(whole.segments)


def test_a_kick_before_its_beats_is_an_event_of_its_own() -> None:
    def kick(t: Floats) -> Floats:
        late = np.clip(t - 9.0, 0.0, None)
        return 0.4 * np.exp(-late / 0.05) * np.sin(2 * np.pi * 7.0 * late)

    kicked, beats = found(resting(100.0, kick, lambda t: beating(t, 10.0, 5.0, 5, 0.25))).events
    assert (kicked.onset_s, beats.onset_s) == pytest.approx((9.0, 10.0), abs=0.1)
    assert ("beats" in kicked.flags, told(beats)) == (False, "5 beats at 5.0 Hz")


@pytest.mark.parametrize("rate_hz", RATES)
@pytest.mark.parametrize("hz", [3.0, 4.5, 6.0])
@pytest.mark.parametrize("damping", [0.08, 0.15])
def test_a_single_kick_that_rings_for_long_is_no_volley(rate_hz: float, hz: float, damping: float) -> None:
    def ring(t: Floats) -> Floats:
        late = np.clip(t - 9.0, 0.0, None)
        return 0.3 * np.exp(-2 * np.pi * damping * hz * late) * np.sin(2 * np.pi * hz * late)

    assert not any("beats" in e.flags for e in found(resting(rate_hz, ring), rate_hz).events)


@pytest.mark.parametrize("seed", range(4))
def test_fidgets_steps_and_shaking_that_goes_on_are_no_volleys(seed: int) -> None:
    rng = np.random.default_rng(seed)
    swing_hz, shake_hz, step_s = rng.uniform(1.0, 3.0), rng.uniform(4.0, 9.0), rng.uniform(0.45, 0.6)

    def steps(t: Floats) -> Floats:
        since = (t - 9.0) % step_s
        return 0.4 * np.exp(-since / 0.04) * np.sin(2 * np.pi * 12.0 * since) * ((t >= 9.0) & (t < 14.0))

    for wave in (
        lambda t: beating(t, 9.0, swing_hz, 3, 0.2),
        steps,
        lambda t: beating(t, 6.0, shake_hz, 50, 0.1),
        # It shakes to the end, from the beginning, and swells.
        lambda t: beating(t, 15.0, shake_hz, 50, 0.1),
        lambda t: beating(t, -2.0, shake_hz, 3.4 * shake_hz, 0.1),
        lambda t: 0.1 * np.clip((t - 7.0) / 3.0, 0.0, 1.0) * np.sin(2 * np.pi * shake_hz * t),
    ):
        assert not any("beats" in e.flags for e in found(resting(100.0, wave, seed=seed)).events)


def test_strokes_of_centimetres_and_irregular_bursts_are_no_volleys() -> None:
    rng = np.random.default_rng(1)
    at = 9.0 + np.cumsum(rng.uniform(0.12, 0.4, size=5))

    def irregular(t: Floats) -> Floats:
        return np.asarray(sum(beating(t, a, 1.0 / (b - a), 1, 0.2) for a, b in pairwise([9.0, *at])))

    for wave in (irregular, lambda t: beating(t, 9.0, 4.0, 5, 1.0)):
        assert not any("beats" in e.flags for e in found(resting(100.0, wave)).events)


def test_after_an_impact_a_body_may_shake_without_another_event() -> None:
    def fall(t: Floats) -> Floats:
        return 4.0 * np.exp(-np.clip(t - 8.0, 0.0, None) / 0.05) * (t >= 8.0)

    (event,) = found(resting(100.0, fall, lambda t: beating(t, 9.6, 5.0, 5, 0.2)), placement="trunk").events
    assert event.is_impact


def test_beats_in_a_hand_that_moves_are_moved_at_will() -> None:
    def waves(t: Floats) -> Floats:
        return beating(t, 8.7, 2.0, 0.5, 0.5) + 0.2 * np.clip((t - 8.7) / 0.3, 0.0, 1.0) + beating(t, 9.0, 5.0, 5, 0.2)

    xyz_g = resting(100.0, waves)
    assert rhythms(found(xyz_g))
    assert not any("beats" in e.flags for e in found(xyz_g, placement="wrist").events)


def volleys(xyz_g: NDArray[np.floating], placement: str = "calf") -> int:
    return sum("beats" in e.flags for e in found(xyz_g, placement=placement).events)


def jitter(t: Floats, since_s: float, until_s: float) -> Floats:
    """Shaking of 0.2 g without a pace."""
    inside = (t >= since_s) & (t < until_s)
    return np.where(inside, 0.2 * np.sin(2 * np.pi * (6.0 + 2.0 * np.sin(1.7 * t)) * t), 0.0)


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(("hz", "size_g", "count"), [(8.0, 0.3, 1), (11.0, 0.3, 0), (4.0, 0.5, 1), (4.0, 0.9, 0)])
def test_a_limb_beats_no_quicker_than_a_tremor_and_no_wider_than_a_centimetre(
    hz: float, size_g: float, count: int, seed: int
) -> None:
    assert volleys(resting(100.0, lambda t: beating(t, 9.0, hz, 1.3 * hz, size_g), seed=seed)) == count


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(("across", "count"), [(0.7, 1), (1.0, 0)])
def test_beats_go_to_and_fro_and_what_goes_in_circles_is_no_volley(across: float, count: int, seed: int) -> None:
    xyz_g = resting(100.0, lambda t: beating(t, 9.0, 5.0, 5, 0.2), seed=seed)
    mount = np.linalg.qr(np.random.default_rng(seed).normal(size=(3, 3)))[0]
    t = np.arange(len(xyz_g)) / 100.0
    around = np.where((t >= 9.0) & (t < 10.0), 0.2 * np.cos(2 * np.pi * 5.0 * (t - 9.0)), 0.0)
    assert volleys(xyz_g + across * around[:, None] * mount[2]) == count


@pytest.mark.parametrize("seed", [0, 1])
def test_beats_may_be_a_quarter_longer_or_shorter_now_and_then(seed: int) -> None:
    at = 9.0 + 0.2 * np.cumsum([0.0, 1.0, 1.0, 1.25, 1.0, 0.75, 1.0, 1.25, 1.0])

    def uneven(t: Floats) -> Floats:
        return 0.2 * np.sin(2 * np.pi * np.interp(t, at, np.arange(len(at)), left=0.0, right=0.0))

    assert volleys(resting(100.0, uneven, seed=seed)) == 1


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(("share", "count"), [(0.22, 1), (0.35, 0)])
def test_a_limb_that_shook_a_fifth_as_hard_before_its_beats_had_rested_and_at_a_third_it_had_not(
    share: float, count: int, seed: int
) -> None:
    waves = (lambda t: beating(t, 9.0, 5.0, 5, 0.2), lambda t: share * jitter(t, 8.0, 8.8))
    assert volleys(resting(100.0, *waves, seed=seed)) == count


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(("share", "until_s", "count"), [(0.3, 14.0, 1), (0.5, 12.0, 0)])
def test_a_muscle_may_stir_after_its_beats_at_a_third_of_them_and_not_at_half(
    share: float, until_s: float, count: int, seed: int
) -> None:
    waves = (lambda t: beating(t, 9.0, 5.0, 5, 0.2), lambda t: share * jitter(t, 10.3, until_s))
    assert volleys(resting(100.0, *waves, seed=seed)) == count


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(
    ("beats", "placement", "count"), [(3.0, "calf", 0), (4.5, "calf", 1), (5.0, "trunk", 1), (5.0, "wrist", 0)]
)
def test_right_after_a_stretch_it_takes_four_beats_where_a_reflex_may_beat(
    moved: Callable[..., NDArray[np.float32]], beats: float, placement: str, count: int, seed: int
) -> None:
    result = found(stretched(moved, beats, later_s=0.0, seed=seed), placement=placement)
    assert len(rhythms(result)) == count
    assert not any("beats" in e.flags for e in result.events)


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(("pause_s", "count"), [(1.0, 0), (3.4, 1)])
def test_beats_three_seconds_after_a_tremor_are_a_volley_and_none_right_after_it(
    pause_s: float, count: int, seed: int
) -> None:
    waves = (lambda t: beating(t, 2.0, 8.0, 48, 0.1), lambda t: beating(t, 8.0 + pause_s, 6.0, 4, 0.2))
    assert volleys(resting(100.0, *waves, seed=seed)) == count


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(("before_s", "kinds"), [(0.2, ["beats"]), (0.5, ["kick", "beats"])])
def test_a_faint_kick_half_a_second_before_its_beats_is_another_event_and_at_a_fifth_the_first_of_them(
    before_s: float, kinds: list[str], seed: int
) -> None:
    def kick(t: Floats) -> Floats:
        late = np.clip(t - 9.0 + before_s, 0.0, None)
        return 0.15 * np.exp(-late / 0.04) * np.sin(2 * np.pi * 7.0 * late)

    events = found(resting(100.0, kick, lambda t: beating(t, 9.0, 5.0, 5, 0.2), seed=seed)).events
    assert ["beats" if "beats" in e.flags else "kick" for e in events] == kinds


def two_scenes() -> Floats:
    """Beats, a kick while they wait, beats again, and a gap that cuts the third ones off."""

    def kick(t: Floats) -> Floats:
        late = np.clip(t - 12.5, 0.0, None)
        return 0.3 * np.exp(-late / 0.05) * np.sin(2 * np.pi * 7.0 * late)

    times = ((9.0, 5.0, 5), (18.0, 6.0, 7), (28.0, 5.0, 6))
    xyz_g = resting(100.0, kick, *(lambda t, a=a: beating(t, *a, 0.2) for a in times), seconds=36.0)
    xyz_g[2850:3000] = np.nan
    return xyz_g


@settings(max_examples=25, deadline=None)
@given(sizes=st.lists(st.integers(1, 900), min_size=1, max_size=30), look=st.booleans())
def test_in_any_chunks_the_same_volleys_are_told_and_ordered_by_onset(sizes: list[int], look: bool) -> None:
    xyz_g = two_scenes()
    whole, analyzer = found(xyz_g), dsp.Analyzer(100.0, "calf")
    events, at, i = [], 0, 0
    while at < len(xyz_g):
        events += analyzer.push(xyz_g[at : (at := at + sizes[i % len(sizes)])]).events
        i += 1
        if look:
            _ = analyzer.live, analyzer.provisional_events
    events += analyzer.finish().events
    assert repr(tuple(sorted(events, key=lambda e: e.onset_s))) == repr(whole.events) == repr(analyzer.result().events)
    assert [(round(e.onset_s), told(e)) for e in whole.events] == [
        (9, "5 beats at 5.0 Hz"),
        (12, ""),
        (18, "7 beats at 6.0 Hz"),
    ]


def test_a_volley_is_provisional_from_a_second_after_its_end_until_it_is_confirmed_as_it_was() -> None:
    xyz_g = resting(100.0, lambda t: beating(t, 9.0, 5.0, 6, 0.2))
    analyzer = dsp.Analyzer(100.0, "calf")
    shown: list[tuple[float, dsp.Event]] = []
    for at in range(0, len(xyz_g), 10):
        update = analyzer.push(xyz_g[at : at + 10])
        shown += [((at + 10) / 100.0, e) for e in analyzer.provisional_events if "beats" in e.flags]
        if any("beats" in e.flags for e in update.events):
            break
    (event,) = update.events
    assert shown[0][0] == pytest.approx(10.2 + 1.2, abs=0.2)
    assert (at + 10) / 100.0 == pytest.approx(10.2 + 4.5, abs=0.5)
    assert {repr(replace(e, provisional=False)) for _, e in shown} == {repr(event)}


def test_beats_that_the_frames_name_are_withdrawn() -> None:
    xyz_g = resting(100.0, lambda t: beating(t, 9.0, 5.0, 12, 0.2))
    analyzer, shown = dsp.Analyzer(100.0, "calf"), 0
    for at in range(0, len(xyz_g), 10):
        analyzer.push(xyz_g[at : at + 10])
        shown += any("beats" in e.flags for e in analyzer.provisional_events)
    analyzer.finish()
    assert shown
    assert analyzer.provisional_events == ()
    assert not any("beats" in e.flags for e in analyzer.result().events)
    assert any(s.label in SHAKING for s in analyzer.result().segments)


def test_what_began_with_the_run_or_ends_with_it_is_not_taken_for_a_few_beats() -> None:
    for at in (0.1, 17.2):
        assert not any(
            "beats" in e.flags for e in found(resting(100.0, lambda t, a=at: beating(t, a, 5.0, 4, 0.2))).events
        )
