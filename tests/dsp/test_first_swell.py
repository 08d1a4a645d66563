"""The first swell of a tremor is no kick; a kick that a tremor follows is one, if it stands out of it."""

import numpy as np
import pytest
from numpy.typing import NDArray

import dsp
from dsp import State
from tests.dsp.conftest import made_signal

RATE_HZ = 104.0
BEGINS_S = 20.0
Floats = NDArray[np.float64]


def swelling(sizes_mg: list[tuple[float, float]], *, kick_g: float = 0.0, seed: int = 0) -> Floats:
    """Three quarters of a minute of a limb that rests and then shakes at 6 Hz, its size as told, s and mg.

    It may be kicked by so much where the shaking begins.
    """
    rng = np.random.default_rng(seed)
    t = np.arange(round(45.0 * RATE_HZ)) / RATE_HZ
    at_s, mg = np.array(sizes_mg).T
    phase = 2.0 * np.pi * np.cumsum(6.0 + 0.4 * np.interp(t, np.arange(0, 46, 0.3), rng.normal(size=154))) / RATE_HZ
    since = t - BEGINS_S
    wave = 1e-3 * np.interp(since, at_s, mg, left=0.0) * np.sin(phase)
    wave += kick_g * (since >= 0) * np.exp(-5.0 * np.maximum(since, 0)) * np.sin(2.0 * np.pi * 5.0 * since)
    xyz_g = rng.normal(scale=0.0015, size=(len(t), 3)) + [0.0, 0.0, 1.0]
    xyz_g[:, 0] += wave
    return xyz_g.astype(np.float32)


SWELLS = [(0.0, 0.0), (0.2, 70.0), (0.4, 60.0), (0.62, 14.0), (0.72, 14.0), (1.1, 90.0), (1.6, 60.0), (2.2, 90.0)]
GOES_ON = [*SWELLS, (3.0, 60.0), (4.0, 90.0), (5.0, 60.0), (6.0, 90.0), (12.0, 60.0), (12.2, 0.0)]
OVER = [*SWELLS[:4], (0.8, 0.0), (2.0, 0.0)]


def kicks(xyz_g: Floats) -> tuple[float, ...]:
    events = dsp.analyze(xyz_g, rate_hz=RATE_HZ, placement="calf").events
    return tuple(e.onset_s - BEGINS_S for e in events if abs(e.onset_s - BEGINS_S) < 3.0)


def test_the_first_swell_of_a_tremor_is_no_kick_and_as_much_alone_is_one() -> None:
    assert kicks(swelling(GOES_ON)) == ()
    assert len(kicks(swelling(OVER))) == 1


def test_a_kick_that_sets_off_a_tremor_stays() -> None:
    found = kicks(swelling([(0.6, 0.0), (1.0, 60.0), (1.4, 45.0), (2.0, 70.0), (12.0, 60.0), (12.2, 0.0)], kick_g=0.6))
    assert found == pytest.approx([0.0], abs=0.05)


def test_what_may_be_a_first_swell_is_provisional_until_the_frames_are_final() -> None:
    xyz_g = swelling(GOES_ON)
    analyzer, waited, shook_s = dsp.Analyzer(RATE_HZ, "calf"), [], np.nan
    for at in range(0, len(xyz_g), 52):
        new = analyzer.push(xyz_g[at : at + 52])
        assert not any(abs(e.onset_s - BEGINS_S) < 3.0 for e in new.events)
        now_s = (at + 52) / RATE_HZ - BEGINS_S
        if any(e.onset_s - BEGINS_S < 1.0 for e in analyzer.provisional_events):
            waited.append(now_s)
        if np.isnan(shook_s) and (new.frames["label"] == State.TREMOR.value).any():
            shook_s = now_s
    assert waited
    assert max(waited) < shook_s + 3.0


@pytest.mark.parametrize("tremor_g", [0.05, 0.08, 0.1])
def test_kicks_after_which_it_is_calm_before_a_tremor_begins_are_no_swell_of_it(tremor_g: float) -> None:
    xyz_g = made_signal(kicks=(15.0, 15.6), seconds=30.0, tremor=(16.6, 26.0, 6.0, tremor_g))
    events = dsp.analyze(xyz_g, rate_hz=100.0, placement="calf").events
    assert [e.onset_s for e in events] == [pytest.approx(at_s, abs=0.1) for at_s in (15.0, 15.6)]


def test_a_kick_that_was_held_back_takes_no_younger_one_from_the_live_view() -> None:
    # It swells once more, so that a second after its onset nobody knows whether it will go on.
    xyz_g = swelling([*SWELLS[:6], (1.6, 60.0), (1.9, 0.0)])
    at = round((BEGINS_S + 4.4) * RATE_HZ)
    xyz_g[at : at + 12, 2] += 0.4 * np.hanning(12).astype(np.float32)
    told_at_s, seen = told(xyz_g, live_from_s=5.6, live_to_s=6.3)
    assert seen
    assert all(onset_s == pytest.approx(4.4, abs=0.1) for onset_s in seen)
    assert sorted(told_at_s) == [0, 4]
    assert told_at_s[0] > told_at_s[4]


@pytest.mark.parametrize(("apart_s", "second_mg"), [(0.5, 300.0), (0.6, 900.0), (0.75, 400.0), (0.9, 300.0)])
def test_a_kick_that_another_one_follows_within_a_second_is_told_in_time(apart_s: float, second_mg: float) -> None:
    xyz_g = swelling([(0.0, 0.0)])
    for begin_s, kick_g in ((0.0, 0.3), (apart_s, 1e-3 * second_mg)):
        at = round((BEGINS_S + begin_s) * RATE_HZ)
        xyz_g[at : at + 12, 2] += (kick_g * np.hanning(12)).astype(np.float32)
    told_at_s, _ = told(xyz_g)
    # 1.1 s after its onset, and a step, and what is pushed at once.
    assert 1.0 < told_at_s[0] < 1.3


def told(
    xyz_g: Floats, *, live_from_s: float = np.inf, live_to_s: float = np.inf
) -> tuple[dict[int, float], list[float]]:
    """When events were told by the second of their onset, and the onsets that were shown live, s after `BEGINS_S`."""
    analyzer, at_s, seen = dsp.Analyzer(RATE_HZ, "calf"), {}, []
    for at in range(0, len(xyz_g), 10):
        now_s = (at + 10) / RATE_HZ - BEGINS_S
        for event in analyzer.push(xyz_g[at : at + 10]).events:
            at_s.setdefault(int(event.onset_s - BEGINS_S + 0.05), now_s)
        live = analyzer.live
        if live_from_s < now_s < live_to_s and live is not None and live.event is not None:
            seen.append(live.event.onset_s - BEGINS_S)
    return at_s, seen
