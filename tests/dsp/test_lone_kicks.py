"""A limb that lies still but for one kick is still, and one that moves beside it is not."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

import dsp
from dsp.frame_fields import FRAME_DTYPE
from dsp.labels import State
from dsp.named import CLEAR, name_frames
from tests.dsp.conftest import in_chunks, turning_limb

Floats = NDArray[np.float64]

AT_S = 12.0
P = ("p_still", "p_movement", "p_reflex_rhythm", "p_tremor")


def kick(t: Floats, at_s: float, size_g: float, hz: float = 5.0, damping: float = 0.2) -> Floats:
    """A pulse of 0.1 s, and what the limb swings on."""
    late = np.clip(t - at_s, 0.0, None)
    pulse = np.where(late < 0.1, np.sin(np.pi * late / 0.1) ** 2, 0.0)
    ring = np.where(late > 0.05, np.exp(-2 * np.pi * damping * hz * late) * np.sin(2 * np.pi * hz * (late - 0.05)), 0.0)
    return size_g * (pulse - 0.5 * ring)


def lying(
    *waves: Callable[[Floats], Floats],
    rate_hz: float = 100.0,
    seconds: float = 26.0,
    gravity: bool = True,
    seed: int = 0,
) -> NDArray[np.float32]:
    t = np.arange(round(seconds * rate_hz)) / rate_hz
    xyz_g = np.random.default_rng(seed).normal(0.0, 0.0012, (len(t), 3))
    xyz_g[:, 2] += gravity
    xyz_g[:, 1] += sum(wave(t) for wave in waves)
    return xyz_g.astype(np.float32)


def moving(t: Floats, since_s: float, until_s: float) -> Floats:
    """A limb that goes to and fro at 1.2 Hz."""
    return np.where((t >= since_s) & (t < until_s), 0.3 * np.sin(2 * np.pi * 1.2 * (t - since_s)), 0.0)


def states(result: dsp.Analysis, first_s: float = AT_S - 2.0, last_s: float = AT_S + 3.0) -> set[str]:
    inside = (result.frames["time_s"] >= first_s) & (result.frames["time_s"] <= last_s)
    return set(result.frames["label"][inside].tolist())


@pytest.mark.parametrize("rate_hz", [25.0, 50.0, 100.0, 208.0])
@pytest.mark.parametrize("size_g", [0.2, 0.8, 3.5])
@pytest.mark.parametrize("gravity", [True, False])
def test_a_limb_that_lies_still_but_for_a_kick_or_a_knock_is_still_and_the_kick_an_event(
    rate_hz: float, size_g: float, *, gravity: bool
) -> None:
    xyz_g = lying(lambda t: kick(t, AT_S, size_g), rate_hz=rate_hz, gravity=gravity)
    result = dsp.analyze(xyz_g, rate_hz=rate_hz, placement="calf")
    (event,) = result.events
    assert event.onset_s == pytest.approx(AT_S, abs=0.1)
    assert [s.label for s in result.segments] == [dsp.State.STILL]
    p = np.array([result.frames[name] for name in P])
    np.testing.assert_allclose(p.sum(axis=0), 1.0, atol=1e-5)
    assert (p[0] >= CLEAR - 1e-6).all()


def test_a_kick_that_rings_for_a_second_is_one_too() -> None:
    result = dsp.analyze(lying(lambda t: kick(t, AT_S, 1.0, 5.0, 0.08)), rate_hz=100.0, placement="calf")
    assert len(result.events) == 1
    assert states(result) == {"still"}


@pytest.mark.parametrize("rate_hz", [25.0, 52.0])
@pytest.mark.parametrize("hz", [2.0, 2.2])
def test_a_kick_of_a_limb_that_swings_slowly_on_its_own_tissue_leaves_it_still(rate_hz: float, hz: float) -> None:
    waves = [lambda t, at_s=at_s: kick(t, at_s, 0.5, hz, 0.17) for at_s in (AT_S, AT_S + 4.0, AT_S + 8.5)]
    result = dsp.analyze(lying(*waves, rate_hz=rate_hz, seconds=30.0), rate_hz=rate_hz, placement="calf")
    assert len(result.events) == 3
    assert [s.label for s in result.segments] == [dsp.State.STILL]


def test_a_slow_swing_that_is_kept_up_after_a_kick_is_no_ring_of_it() -> None:
    def swung(t: Floats) -> Floats:
        inside = (t >= AT_S + 0.4) & (t < AT_S + 3.0)
        return np.where(inside, 0.1 * np.sin(2 * np.pi * 2.2 * (t - AT_S - 0.4)), 0.0)

    result = dsp.analyze(lying(lambda t: kick(t, AT_S, 0.5), swung), rate_hz=100.0, placement="calf")
    assert "movement" in states(result, AT_S + 0.4, AT_S + 3.0)
    assert not {"still"} & states(result, AT_S + 0.5, AT_S + 2.5)


@pytest.mark.parametrize("apart_s", [2.6, 2.85])
def test_a_limb_that_rests_for_a_second_and_a_half_between_two_kicks_is_still_all_the_while(apart_s: float) -> None:
    waves = [lambda t, at_s=at_s: kick(t, at_s, 0.6, 3.5, 0.15) for at_s in (AT_S, AT_S + apart_s)]
    result = dsp.analyze(lying(*waves), rate_hz=100.0, placement="calf")
    assert len(result.events) == 2
    assert [s.label for s in result.segments] == [dsp.State.STILL]


@pytest.mark.parametrize("moves_s", [AT_S + 1.6, AT_S + 2.2, AT_S + 2.7])
def test_the_rest_after_a_kick_ends_where_the_limb_turns_elsewhere(moves_s: float) -> None:
    limb = turning_limb([(moves_s, 3.0, 40.0)], seconds=26.0, gravity=True)
    alone = dsp.analyze(limb, rate_hz=100.0, placement="calf")
    limb[:, 1] += kick(np.arange(len(limb)) / 100.0, AT_S, 0.5).astype(np.float32)
    both = dsp.analyze(limb, rate_hz=100.0, placement="calf")
    moved = (alone.frames["label"] == "movement") & (alone.frames["time_s"] > moves_s + 0.5)
    assert np.count_nonzero(moved) >= 3
    assert set(both.frames["label"][moved].tolist()) == {"movement"}


@pytest.mark.parametrize(
    ("since_s", "until_s"), [(AT_S - 5.0, AT_S - 0.6), (AT_S + 1.8, AT_S + 6.0)], ids=["before", "after"]
)
def test_a_limb_that_moves_before_or_after_a_kick_moves(since_s: float, until_s: float) -> None:
    waves = (lambda t: kick(t, AT_S, 1.0), lambda t: moving(t, since_s, until_s))
    alone, both = (dsp.analyze(lying(*w), rate_hz=100.0, placement="calf") for w in (waves[1:], waves))
    moved = alone.frames["label"] == "movement"
    assert np.count_nonzero(moved) >= 6
    assert set(both.frames["label"][moved].tolist()) == {"movement"}


@pytest.mark.parametrize("since_s", [0.1, 0.4, 0.9, 1.4])
@pytest.mark.parametrize("size_g", [0.5, 3.0])
def test_a_swing_to_and_fro_soon_after_a_kick_is_no_ring_of_it(since_s: float, size_g: float) -> None:
    # One and a half of them, that end before the second in which rest is looked for.
    waves = (lambda t: kick(t, AT_S, size_g), lambda t: moving(t, AT_S + since_s, AT_S + since_s + 1.25))
    alone, both = (dsp.analyze(lying(*w), rate_hz=100.0, placement="calf") for w in (waves[1:], waves))
    moved = alone.frames["label"] == "movement"
    assert np.count_nonzero(moved) >= 3
    assert set(both.frames["label"][moved].tolist()) == {"movement"}


@pytest.mark.parametrize(("every_s", "told"), [(1.5, {"still"}), (0.7, {"movement"})])
def test_a_limb_that_rests_for_half_a_second_between_kicks_is_still_and_one_that_does_not_is_not(
    every_s: float, told: set[str]
) -> None:
    waves = [lambda t, at_s=at_s: kick(t, at_s, 0.5) for at_s in np.arange(6.0, 20.0, every_s)]
    result = dsp.analyze(lying(*waves), rate_hz=100.0, placement="calf")
    assert told <= states(result, 8.0, 18.0)
    assert (states(result, 8.0, 18.0) == {"still"}) is (told == {"still"})


def test_a_kick_soon_after_a_stretch_leaves_the_limb_still_after_it() -> None:
    at_s = 13.8
    limb = turning_limb([(AT_S, 0.6, 20.0)], seconds=26.0, gravity=True)
    limb[:, 1] += kick(np.arange(len(limb)) / 100.0, at_s, 0.5).astype(np.float32)
    result = dsp.analyze(limb, rate_hz=100.0, placement="calf")
    assert [event.onset_s for event in result.events] == [pytest.approx(at_s, abs=0.1)]
    assert states(result, at_s - 0.4, at_s + 3.0) == {"still"}
    assert "movement" in states(result, AT_S, AT_S + 0.6)


@pytest.mark.parametrize("at_s", [13.1, 13.6])
def test_a_kick_soon_after_a_stretch_prolongs_no_movement_beyond_its_own_ring(at_s: float) -> None:
    limb = turning_limb([(AT_S, 0.6, 20.0)], seconds=26.0, gravity=True)
    limb[:, 1] += kick(np.arange(len(limb)) / 100.0, at_s, 0.5).astype(np.float32)
    result = dsp.analyze(limb, rate_hz=100.0, placement="calf")
    assert states(result, at_s + 0.8, at_s + 3.0) == {"still"}
    assert states(result, AT_S + 0.3, AT_S + 0.6) == {"movement"}


@settings(max_examples=20, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 700), min_size=1, max_size=20),
    end=st.integers(1150, 2600),
    second_s=st.floats(AT_S + 0.6, AT_S + 4.0),
    hz=st.sampled_from([2.0, 3.5, 5.0]),
)
def test_in_any_chunks_and_wherever_the_run_ends_the_same_frames_are_still(
    sizes: list[int], end: int, second_s: float, hz: float
) -> None:
    xyz_g = lying(lambda t: kick(t, AT_S, 0.6, hz, 0.17), lambda t: kick(t, second_s, 0.3, hz, 0.17))[:end]
    whole = dsp.analyze(xyz_g, rate_hz=100.0, placement="calf")
    result = in_chunks(dsp.Analyzer(100.0, "calf"), xyz_g, sizes)
    assert result.frames.tobytes() == whole.frames.tobytes()
    assert (repr(result.events), repr(result.segments)) == (repr(whole.events), repr(whole.segments))


@pytest.mark.parametrize("damping", [0.1, 0.13])
def test_a_run_may_end_anywhere_in_the_rest_after_a_slow_ring(damping: float) -> None:
    for rate_hz in (25.0, 52.0):
        xyz_g = lying(lambda t: kick(t, AT_S, 0.5, 2.2, damping), rate_hz=rate_hz, seconds=30.0)
        for end_s in np.arange(AT_S + 2.2, AT_S + 3.8, 0.1):
            # A state says something of every frame.
            frames = dsp.analyze(xyz_g[: round(end_s * rate_hz)], rate_hz=rate_hz, placement="calf").frames
            assert len(frames)
            assert (frames["label"] != "").all()


@pytest.mark.parametrize("rate_hz", [5.0, 5.5, 6.0, 6.5, 7.0])
def test_sensors_so_slow_that_a_step_is_a_sample_give_the_same_in_any_chunks(rate_hz: float) -> None:
    t = np.arange(round(60.0 * rate_hz)) / rate_hz
    for seed in range(24):
        rng = np.random.default_rng(seed)
        xyz_g = rng.normal(0.0, 0.0015, (len(t), 3)) + [0.0, 0.6, 0.8]
        for at_s in (12.0, 22.3, 31.1, 33.2, 45.5):
            late = np.maximum(t - at_s - rng.uniform(0.0, 1.0), 0.0)
            fades, hertz = rng.uniform(0.6, 2.5), rng.uniform(1.0, 0.4 * rate_hz)
            xyz_g[:, 0] += rng.uniform(0.2, 1.0) * np.exp(-fades * late) * np.sin(2.0 * np.pi * hertz * late)
        xyz_g = xyz_g.astype(np.float32)
        whole = dsp.analyze(xyz_g, rate_hz=rate_hz, placement="calf")
        result = in_chunks(dsp.Analyzer(rate_hz, "calf"), xyz_g, [1])
        assert result.frames.tobytes() == whole.frames.tobytes()


def test_times_before_zero_change_no_label() -> None:
    t = np.arange(round(60.0 * 50.0)) / 50.0
    differ = 0
    for seed in range(8):
        rng = np.random.default_rng(seed)
        xyz_g = rng.normal(0.0, 0.0015, (len(t), 3)) + [0.0, 0.6, 0.8]
        moves = np.interp(t, np.arange(0.0, 61.0, 2.0), rng.random(31) * (rng.random(31) < 0.6))
        xyz_g[:, 1] += 0.15 * moves * np.sin(2.0 * np.pi * 0.9 * t)
        for at_s in rng.uniform(5.0, 55.0, 8):
            late = np.maximum(t - at_s, 0.0)
            xyz_g[:, 0] += 0.6 * np.exp(-late / 0.08) * np.sin(2.0 * np.pi * 6.0 * late)
        labels = []
        for start_s in (0.0, -1024.0):
            analyzer = dsp.Analyzer(50.0, "calf")
            analyzer.push(xyz_g.astype(np.float32), start_s=start_s)
            analyzer.finish()
            labels.append(analyzer.result().frames["label"].tolist())
        differ += labels[0] != labels[1]
    assert differ == 0


def test_frames_that_are_named_leave_the_other_states_their_shares_of_the_rest() -> None:
    frames = np.zeros(3, FRAME_DTYPE)
    frames["label"], frames["rms_g"] = "movement", 0.5
    for name, share in zip(P, (0.1, 0.6, 0.1, 0.2), strict=True):
        frames[name] = share
    name_frames(frames, [0, 2], State.STILL, 0.82)
    assert frames["label"].tolist() == ["still", "movement", "still"]
    assert [float(frames[name][0]) for name in P] == pytest.approx([0.82, 0.12, 0.02, 0.04])
    assert [float(frames[name][1]) for name in P] == pytest.approx([0.1, 0.6, 0.1, 0.2])
    assert (frames["rms_g"] == np.float32(0.5)).all()


@pytest.mark.parametrize("others", [0.3, 0.0])
def test_what_is_named_is_never_unclear(others: float) -> None:
    frames = np.zeros(1, FRAME_DTYPE)
    frames["p_tremor"] = others
    name_frames(frames, [0], State.STILL, 0.5)
    assert float(frames["p_still"][0]) >= CLEAR - 1e-6
    assert sum(float(frames[name][0]) for name in P) == pytest.approx(1.0)
