"""The first beats of a reflex rhythm are a part of it, though the windows around them hold the stretch as well."""

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

import dsp
from dsp import State
from dsp.entry import Begun
from dsp.frame_fields import FRAME_DTYPE
from dsp.frames import FrameBatch
from dsp.grid import make_grid
from dsp.parameters import load_parameters
from dsp.sprung import Sprung
from tests.dsp.conftest import in_chunks

Make = Callable[..., NDArray[np.float32]]
RATE_HZ = 100.0
RHYTHM_S = (12.5, 17.0)


def set_off(moved: Make, *, beats_g: float, seed: int = 0) -> NDArray[np.float32]:
    """Half a minute of a leg that is stretched by 25 degrees in 0.4 s and then beats evenly at 5.4 Hz, or does not."""
    xyz_g = moved([(12.0, 0.4, 25.0), (22.0, 1.5, -25.0)], seconds=30.0, gravity=True, seed=seed, rate_hz=RATE_HZ)
    t = np.arange(len(xyz_g)) / RATE_HZ
    phase = 2.0 * np.pi * 5.4 * (t - RHYTHM_S[0])
    beats = np.sin(phase) + 0.3 * np.sin(2.0 * phase + 0.7)
    xyz_g[:, 1] += beats_g * beats * (t >= RHYTHM_S[0]) * (t < RHYTHM_S[1])
    return xyz_g.astype(np.float32)


@pytest.mark.parametrize("seed", range(3))
def test_a_rhythm_is_one_from_its_second_beat_on_beside_the_stretch_that_set_it_off(moved: Make, seed: int) -> None:
    frames = dsp.analyze(set_off(moved, beats_g=0.15, seed=seed), rate_hz=RATE_HZ, placement="calf").frames
    beats = (frames["time_s"] > RHYTHM_S[0] + 0.3) & (frames["time_s"] < RHYTHM_S[1] - 0.3)
    assert (frames["label"][beats] == State.REFLEX_RHYTHM.value).all()
    assert (frames["label"][frames["time_s"] < RHYTHM_S[0] - 0.3] != State.REFLEX_RHYTHM.value).all()


def test_a_stretch_that_sets_nothing_off_is_none(moved: Make) -> None:
    frames = dsp.analyze(set_off(moved, beats_g=0.0), rate_hz=RATE_HZ, placement="calf").frames
    assert (frames["label"] != State.REFLEX_RHYTHM.value).all()


def test_the_first_beats_are_named_alike_in_any_chunks(moved: Make) -> None:
    xyz_g = np.concatenate([set_off(moved, beats_g=0.15, seed=seed) for seed in range(2)])
    whole = dsp.analyze(xyz_g, rate_hz=RATE_HZ, placement="calf").frames
    for sizes in ([1, 7], [50], [333, 21]):
        cut = in_chunks(dsp.Analyzer(RATE_HZ, "calf"), xyz_g, sizes).frames
        assert np.array_equal(cut["label"], whole["label"])
        assert np.array_equal(cut["p_reflex_rhythm"], whole["p_reflex_rhythm"])


def batch_of(rhythm: list[bool], *, lag: int, label: State = State.MOVEMENT) -> FrameBatch:
    frames = np.zeros(len(rhythm) - lag, FRAME_DTYPE)
    frames["time_s"], frames["label"], frames["p_movement"] = 2.0 + 0.5 * np.arange(len(frames)), label.value, 1.0
    return FrameBatch(frames, np.empty((len(frames), 0), np.float32), np.zeros(len(rhythm), bool), np.array(rhythm))


@pytest.mark.parametrize(
    ("known_by", "rhythm_from", "label", "named"),
    [
        # The turn begins after 2.2 s, its beats go on from 2.95 s at the earliest.
        (4, 4, State.MOVEMENT, [2, 3, 4, 5]),
        (4, 5, State.MOVEMENT, [2, 3, 4, 5]),
        # One frame that beats within 2 s may be chance, and what comes later is late.
        (4, 6, State.MOVEMENT, [3, 4, 5]),
        (6, 4, State.MOVEMENT, [3, 4, 5]),
        (4, 4, State.STILL, []),
        (4, 4, State.UNCLEAR, [2, 3, 4, 5]),
    ],
)
def test_nothing_names_a_frame_that_was_not_known_when_it_became_final(
    known_by: int, rhythm_from: int, label: State, named: list[int]
) -> None:
    grid = make_grid(RATE_HZ, load_parameters())
    begun = [Begun(known_by, 22)]
    batch = batch_of([at >= rhythm_from for at in range(14)], lag=4, label=label)
    Sprung(grid, load_parameters(), 0.0, begun).settle(batch, 0)
    assert (batch.frames["label"] == State.REFLEX_RHYTHM.value).nonzero()[0].tolist() == named
    assert begun == []
