"""One count: an axis that flips between two values shows the sensor; one that swings in its own time shows a tremor."""

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

import dsp
from dsp.one_count import stays_within

COUNT_G = 0.0145


def flipping(shares: list[float], seed: int, n: int) -> np.ndarray:
    """(3, n), g: each axis is on the upper of two values for a share of the time."""
    rng = np.random.default_rng(seed)
    return np.array([COUNT_G * (rng.random(n) < share) for share in shares], np.float32)


def within(axes_g: np.ndarray) -> bool:
    return bool(stays_within(axes_g[:, None].astype(np.float32), np.array([COUNT_G], np.float32))[0])


@pytest.mark.parametrize("turn", [False, True])
@pytest.mark.parametrize("n", [25, 100, 400])
def test_axes_that_flip_by_a_count_stay_within_it_whichever_way_they_are_turned(n: int, turn: bool) -> None:
    held = []
    for seed in range(200):
        axes_g = flipping(np.random.default_rng(seed).random(3).tolist(), seed, n)
        held.append(within(Rotation.random(random_state=seed).as_matrix() @ axes_g if turn else axes_g))
    assert np.mean(held) > 0.98


def test_a_swing_of_a_count_and_a_half_does_not_stay_within_one() -> None:
    time_s = np.arange(100) / 25.0
    swing_g = 1.5 * COUNT_G * np.sin(2 * np.pi * 5.3 * time_s)
    axes_g = np.array([np.round(swing_g / COUNT_G) * COUNT_G, 0 * swing_g, 0 * swing_g])
    assert not within(axes_g)
    assert not within(Rotation.random(random_state=1).as_matrix() @ axes_g)


def rounded(xyz_g: np.ndarray, *, turn: bool) -> np.ndarray:
    xyz_g = np.round(xyz_g / COUNT_G) * COUNT_G
    return np.asarray(Rotation.random(random_state=2).apply(xyz_g) if turn else xyz_g, np.float32)


def postures(rate_hz: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Time, and noise of a fifth of a count on a limb that lies mid-count at first and on the edges of all axes later."""
    rng = np.random.default_rng(seed)
    time_s = np.arange(round(80 * rate_hz)) / rate_hz
    moved = np.clip((time_s - 40.0) / 2.0, 0.0, 1.0)[:, None]
    first, second = np.array([10.0, -40.0, 55.0]), np.array([37.5, -20.5, 54.5])
    return time_s, COUNT_G * (first + moved * (second - first) + rng.normal(0.0, 0.17, (len(time_s), 3)))


@pytest.mark.parametrize("turn", [False, True])
@pytest.mark.parametrize("rate_hz", [25.0, 31.25, 52.0])
def test_a_limb_that_lies_on_the_edge_between_two_counts_is_still(rate_hz: float, turn: bool) -> None:
    _, xyz_g = postures(rate_hz, 1)
    frames = dsp.analyze(rounded(xyz_g, turn=turn), rate_hz=rate_hz, placement="calf").frames
    late = frames["time_s"] > 43.0
    assert (frames["label"][late] == "still").all()
    # It shows its count, too.
    assert frames["one_count_g"][late & (frames["time_s"] > 45.0)] == pytest.approx(COUNT_G, rel=1e-3)


@pytest.mark.parametrize("turn", [False, True])
@pytest.mark.parametrize("rms_g", [0.006, 0.012])
def test_a_tremor_of_no_more_than_a_count_stays_a_tremor(rms_g: float, turn: bool) -> None:
    rate_hz = 50.0
    time_s, xyz_g = postures(rate_hz, 3)
    jitter = np.random.default_rng(4).normal(0.0, 0.05, len(time_s)).cumsum()
    xyz_g[:, 0] += np.sqrt(2.0) * rms_g * np.sin(2 * np.pi * 5.6 * time_s + jitter) * (time_s > 50.0)
    frames = dsp.analyze(rounded(xyz_g, turn=turn), rate_hz=rate_hz, placement="calf").frames
    shaking = frames[(frames["time_s"] > 53.0) & (frames["time_s"] < 77.0)]
    # One that is as even as this may be a rhythm.
    assert (shaking["p_tremor"] + shaking["p_reflex_rhythm"] > 0.9).mean() > 0.9


def test_a_limb_that_shakes_more_than_a_count_and_has_no_line_is_not_still() -> None:
    rate_hz = 50.0
    time_s, xyz_g = postures(rate_hz, 5)
    shaking = np.random.default_rng(6).normal(0.0, 0.03, (len(time_s), 3)) * (time_s > 50.0)[:, None]
    frames = dsp.analyze(rounded(xyz_g + shaking, turn=False), rate_hz=rate_hz, placement="calf").frames
    assert np.isnan(frames["one_count_g"][frames["time_s"] > 53.0]).all()


@pytest.mark.parametrize("size", [1, 7, 400])
def test_what_a_coarse_sensor_sends_in_pieces_is_named_as_at_once(size: int) -> None:
    _, xyz_g = postures(25.0, 8)
    xyz_g = rounded(xyz_g, turn=True)
    xyz_g[700:702] = np.nan
    analyzer = dsp.Analyzer(25.0, "calf")
    for begin in range(0, len(xyz_g), size):
        analyzer.push(xyz_g[begin : begin + size])
    analyzer.finish()
    pushed, whole = analyzer.result(), dsp.analyze(xyz_g, rate_hz=25.0, placement="calf")
    assert np.isfinite(whole.frames["one_count_g"]).any()
    assert pushed.frames.tobytes() == whole.frames.tobytes()
    assert repr(pushed.segments) == repr(whole.segments)
    assert pushed.events == whole.events


def test_a_sensor_that_lay_mid_count_for_long_shows_its_count_when_it_flips() -> None:
    time_s, xyz_g = postures(25.0, 9)
    xyz_g = rounded(xyz_g, turn=True)
    xyz_g[time_s < 38.0] = xyz_g[0]
    frames = dsp.analyze(xyz_g, rate_hz=25.0, placement="calf").frames
    assert frames["one_count_g"][frames["time_s"] > 46.0] == pytest.approx(COUNT_G, rel=1e-3)


def test_the_evidence_names_the_count() -> None:
    _, xyz_g = postures(31.25, 7)
    segments = dsp.analyze(rounded(xyz_g, turn=False), rate_hz=31.25, placement="calf").segments
    texts = [term.text for segment in segments if segment.end_s > 60.0 for term in segment.evidence]
    assert "no axis does more than flip by a count of the sensor (14.5 mg)" in texts
