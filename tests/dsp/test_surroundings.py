"""What surrounds a burst: each reason for which it is no kick, by itself."""

from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from dsp.grid import make_grid
from dsp.parameters import load_parameters
from dsp.run_view import RunView
from dsp.surroundings import level_around, stirs

NOISE_G = 0.002
ONSET = 40


class Burst(NamedTuple):
    """A burst that is over."""

    onset_step: int
    peak_step: int
    peak: float


def levels(**parts: tuple[int, int, float]) -> NDArray[np.float32]:
    """Fifty steps of noise with a burst of 0.2 g from step 40 on, and what else is named: (from, to, g)."""
    out = np.full(50, NOISE_G, np.float32)
    out[ONSET : ONSET + 2] = 0.2
    for first, end, level_g in parts.values():
        out[first:end] = level_g
    return out


def view_of(noise_g: float, *, shakes: bool = False) -> RunView:
    parameters = load_parameters()
    view = RunView(parameters, make_grid(100.0, parameters), 0.0)
    view.hop_least = np.full(20, noise_g, np.float32)
    view.shaking = np.full(20, 1.0 if shakes else 0.0)
    return view


def around(
    level: NDArray[np.float32],
    loud: NDArray[np.float32] | None = None,
    *,
    pair: bool = False,
    followed: bool = False,
    shakes: bool = False,
    kick_before: int = -(10**9),
) -> float | None:
    view = view_of(NOISE_G, shakes=shakes)
    burst = Burst(ONSET, ONSET + 1, float(level[ONSET]))
    loud = level if loud is None else loud
    return level_around(burst, 45, level, loud, NOISE_G, view, kick_before=kick_before, pair=pair, followed=followed)


def test_out_of_rest_a_burst_stands_alone() -> None:
    assert around(levels()) == pytest.approx(NOISE_G)


@pytest.mark.parametrize("share", [0.5, 0.8])
def test_a_burst_in_motion_that_lasts_a_second_and_goes_on_to_its_onset_does_not_stand_alone(share: float) -> None:
    assert around(levels(motion=(30, ONSET, share * 0.2))) is None


def test_a_stretch_that_ended_two_steps_before_counts_no_more() -> None:
    quiet, not_yet = levels(stretch=(30, 38, 0.12)), levels(stretch=(30, 39, 0.12))
    assert around(quiet) == pytest.approx(NOISE_G)
    assert around(not_yet) is None


def test_after_another_kick_its_ring_may_still_be_there() -> None:
    ring = levels(ring=(30, ONSET, 0.4 * 0.2))
    assert around(ring) is None
    assert around(ring, pair=True) == pytest.approx(0.08)


def test_what_has_not_died_away_is_no_kick_unless_another_follows() -> None:
    goes_on = levels(after=(42, 50, 0.09))
    assert around(goes_on) is None
    assert around(goes_on, followed=True) is not None
    assert around(levels(after=(42, 50, 0.15)), followed=True) is None


def test_motion_of_three_seconds_that_pauses_for_one_is_still_going_on() -> None:
    loud = levels(motion=(10, 30, 0.1))
    assert around(levels(), loud) is None
    # Two seconds of it are twenty of thirty steps; one second would leave most of them quiet.
    assert around(levels(), levels(motion=(20, 30, 0.1))) is not None


def test_a_burst_in_shaking_has_to_stand_out_of_its_loudest_moments() -> None:
    shaking = np.full(50, 0.04, np.float32)
    shaking[ONSET : ONSET + 2] = 0.2
    swells = shaking.copy()
    swells[12:20] = 0.12
    assert around(levels(), shaking, shakes=True) is not None
    assert around(levels(), swells, shakes=True) is None


@pytest.mark.parametrize(
    ("kick_before", "alone"), [(22, True), (24, True), (28, False), (17, False), (-(10**9), False)]
)
def test_another_kick_is_none_of_the_loudest_moments_of_a_tremor(kick_before: int, *, alone: bool) -> None:
    shaking = np.full(50, 0.04, np.float32)
    shaking[ONSET : ONSET + 2] = 0.2
    kicked = shaking.copy()
    kicked[22:25] = 0.2
    kicked[12:14] = 0.06
    assert (around(levels(), kicked, shakes=True, kick_before=kick_before) is not None) is alone
    # Where no tremor goes on, somebody moves about.
    assert around(levels(), kicked, kick_before=kick_before) is None


@pytest.mark.parametrize(("calm_g", "alone"), [(0.09, True), (0.11, False)])
def test_a_kick_out_of_calm_is_no_part_of_a_much_larger_one_a_second_before(calm_g: float, *, alone: bool) -> None:
    loud = levels(ring=(10, ONSET, 0.05), larger=(22, 30, 1.0))
    loud[37:39] = calm_g
    assert (around(levels(), loud, kick_before=23) is not None) is alone
    # What goes on for seconds, or is shaking, may be calm for a moment; an impact bounces.
    assert around(levels(), loud) is None
    assert around(levels(), loud, kick_before=23, shakes=True) is None
    assert around(10.0 * levels(), 10.0 * loud, kick_before=23) is None


def test_an_impact_stands_out_of_loud_motion_sooner_than_a_kick_does() -> None:
    swells = np.full(50, 0.04, np.float32)
    swells[12:20] = 0.105
    assert around(levels(), swells, shakes=True) is None
    assert around(10.0 * levels(), 10.0 * swells, shakes=True) is not None


def test_what_is_noise_in_the_quietest_time_of_the_run_never_speaks_against_a_kick() -> None:
    level = levels()
    level[ONSET : ONSET + 2] = 0.2
    noisy = np.where(np.arange(50) < ONSET, np.float32(2.5 * NOISE_G), level).astype(np.float32)
    parameters = load_parameters()
    view = RunView(parameters, make_grid(100.0, parameters), 0.0)
    view.hop_least = np.full(10, NOISE_G, np.float32)
    faint = Burst(ONSET, ONSET + 1, 0.012)
    found = level_around(faint, 45, noisy, noisy, NOISE_G, view, kick_before=-(10**9), pair=False, followed=True)
    assert found == pytest.approx(2.5 * NOISE_G)


MOVED = 80
"""First step of a burst that may come of moving about."""


def stirred(
    first: int,
    steps: int,
    level_g: float,
    *,
    peak_g: float = 0.5,
    noise_g: float = NOISE_G,
    shakes: bool = False,
    lately: int = 70,
) -> bool:
    """Whether motion of so many steps from `first` on, and `lately`, makes a burst at `MOVED` one jolt of many."""
    loud = np.full(100, 0.5 * NOISE_G, np.float32)
    loud[first : first + steps] = level_g
    loud[lately] = level_g
    return stirs(MOVED, peak_g, loud, view_of(noise_g, shakes=shakes))


def test_who_moved_for_more_than_the_rings_of_two_kicks_fill_jolts_all_the_time() -> None:
    assert stirred(30, 23, 0.1)
    assert not stirred(30, 22, 0.1)
    # Six seconds before the burst begin at step 20 ...
    assert stirred(20, 23, 0.1)
    assert not stirred(19, 23, 0.1)
    # ... and what happened in the newest 1.2 s may be the stretch that it answers.
    assert stirred(45, 23, 0.1)
    assert not stirred(46, 23, 0.1)


def test_a_kick_that_is_26_db_louder_stands_out_of_any_motion() -> None:
    assert stirred(30, 23, 0.06, peak_g=1.0)
    assert not stirred(30, 23, 0.04, peak_g=1.0)


def test_what_a_sensor_may_show_at_rest_is_no_motion() -> None:
    assert stirred(30, 23, 0.012, peak_g=0.1)
    assert not stirred(30, 23, 0.008, peak_g=0.1)
    assert stirred(30, 23, 0.04, noise_g=0.01)
    assert not stirred(30, 23, 0.03, noise_g=0.01)


def test_who_has_lain_still_for_a_second_and_a_half_has_done_with_moving_about() -> None:
    # The two steps just before the burst hold its rise.
    for lately, expected in ((62, False), (63, True), (77, True), (78, False), (79, False)):
        assert stirred(30, 23, 0.1, lately=lately) is expected


def test_a_tremor_is_no_moving_about() -> None:
    assert not stirred(30, 23, 0.1, shakes=True)


@pytest.mark.parametrize(("shook_at", "peak_g", "alone"), [(6, 0.5, True), (6, 0.15, False), (None, 0.5, False)])
def test_a_kick_stands_out_of_a_tremor_that_another_one_hid_from_the_frames(
    shook_at: int | None, peak_g: float, *, alone: bool
) -> None:
    loud = np.full(100, 0.08, np.float32)
    loud[MOVED : MOVED + 2] = peak_g
    view = view_of(NOISE_G)
    view.shaking = np.zeros(20)
    if shook_at is not None:
        # The frame that ended two seconds before; from then on they hold the other kick.
        view.shaking[shook_at] = 1.0
    burst = Burst(MOVED, MOVED + 1, peak_g)
    found = level_around(burst, 95, loud, loud, NOISE_G, view, kick_before=-(10**9), pair=False, followed=False)
    assert (found is not None) is alone
