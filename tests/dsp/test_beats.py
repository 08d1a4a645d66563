"""Beats: which cycles are alike, which sizes, which ends are left out, and what is wanted of what is left."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from dsp.beat_motion import running_totals
from dsp.beats import AT_ONCE, Beats, Piece, Wanted, _alike, _beats_of, _crossed, _longest, _most_regular, find_beats

Floats = NDArray[np.float64]

RATE_HZ = 100.0
LAG_S = 0.05
ANY = Wanted(from_hz=2.0, to_hz=15.0, median_hz=15.0, least=2.0, cycle_cv=1.0, share=0.0)


@pytest.mark.parametrize(
    ("cycles", "runs"),
    [
        pytest.param([], [], id="no cycle"),
        pytest.param([20.0], [(0, 1)], id="one cycle"),
        pytest.param([20.0, 26.9, 20.0], [(0, 3)], id="a little less than 1.35 times as long, and as short"),
        pytest.param([20.0, 27.1], [(0, 1), (1, 2)], id="a little more than 1.35 times as long"),
        pytest.param([27.1, 20.0], [(0, 1), (1, 2)], id="a little more than 1.35 times as short"),
        pytest.param([20.0, 25.0, 31.0, 38.0], [(0, 4)], id="each is like the one before, not like the first"),
        pytest.param([10.0, 12.0, 40.0, 40.0], [(0, 2), (2, 4)], id="the shortest and the longest fit"),
        pytest.param([9.9, 12.0, 12.0], [(1, 3)], id="too short a one first"),
        pytest.param([38.0, 40.1, 38.0], [(0, 1), (2, 3)], id="too long a one within"),
        pytest.param([12.0, 9.9], [(0, 1)], id="too short a one last"),
        pytest.param([50.0, 50.0, 20.0, 50.0], [(2, 3)], id="one between such"),
        pytest.param([50.0, 5.0], [], id="none fits"),
    ],
)
def test_a_run_of_cycles_ends_where_one_is_not_like_the_one_before_or_no_beat(
    cycles: list[float], runs: list[tuple[int, int]]
) -> None:
    assert _alike(cycles, 10.0, 40.0) == runs


@pytest.mark.parametrize(
    ("tops", "best"),
    [
        pytest.param([50.0, 50.0, 20.0, 16.0], (0, 4), id="36 beside 100"),
        pytest.param([50.0, 50.0, 20.0, 14.0], (0, 3), id="34 beside 100"),
        pytest.param([16.0, 20.0, 50.0, 50.0], (0, 4), id="36 before 100"),
        pytest.param([14.0, 20.0, 50.0, 50.0], (0, 3), id="34 before 100: the first of two as long"),
        pytest.param([14.0, 20.0, 50.0, 50.0, 50.0], (1, 5), id="34 before 100: what is longer"),
        pytest.param([10.0, 10.0, 10.0, 90.0, 90.0, 90.0, 90.0], (2, 7), id="the longer one comes later"),
        pytest.param([90.0, 10.0, 90.0, 10.0], (0, 4), id="to one side only: two halves make a cycle"),
    ],
)
def test_beats_are_alike_in_size_down_to_a_third_of_the_largest(tops: list[float], best: tuple[int, int]) -> None:
    assert _longest([(0, len(tops) - 1)], tops) == best


def test_of_several_runs_the_longest_is_taken_and_the_first_of_those_as_long() -> None:
    assert _longest([(0, 2), (2, 5), (5, 8)], [1.0] * 9) == (2, 6)
    # Sizes beyond a run count nothing.
    assert _longest([(3, 6)], [90.0, 90.0, 90.0, 1.0, 1.0, 1.0, 1.0, 90.0]) == (3, 7)


@given(
    tops=st.lists(st.integers(1, 20), min_size=4, max_size=16),
    cuts=st.lists(st.integers(1, 15), max_size=3, unique=True),
)
def test_no_longer_part_of_a_run_is_alike_in_size_than_the_one_that_is_taken(tops: list[int], cuts: list[int]) -> None:
    sizes, last = [a + b for a, b in pairwise(tops)], len(tops) - 1
    runs = list(pairwise([0, *sorted(at for at in cuts if at < last), last]))
    alike = [
        (i, j + 2)
        for first, end in runs
        for j in range(first, end)
        for i in range(first, j + 1)
        if min(sizes[i : j + 1]) >= 0.35 * max(sizes[i : j + 1])
    ]
    assert _longest(runs, [float(top) for top in tops]) == max(alike, key=lambda part: (part[1] - part[0], -part[1]))


@pytest.mark.parametrize(
    ("cycles", "left"),
    [
        pytest.param([10, 10, 15], (0, 4), id="three are no fewer"),
        pytest.param([15, 10, 10], (0, 4), id="three, the first longer"),
        pytest.param([10, 10, 10, 15], (0, 4), id="four: the last one goes"),
        pytest.param([15, 10, 10, 10], (1, 5), id="four: the first one goes"),
        pytest.param([5, 10, 10, 10], (1, 5), id="four: the first one, shorter"),
        pytest.param([10, 10, 10, 10, 12], (0, 6), id="a fifth longer stays"),
        pytest.param([8, 10, 10, 10, 10], (0, 6), id="a fifth shorter stays"),
        pytest.param([10, 10, 10, 10, 12.1], (0, 5), id="more than a fifth longer goes"),
        pytest.param([7.9, 10, 10, 10, 10], (1, 6), id="more than a fifth shorter goes"),
        pytest.param([10, 10, 15, 10, 10], (0, 6), id="within, none goes"),
        pytest.param([13, 10, 10, 10, 14], (1, 5), id="both go"),
        pytest.param([13, 14, 10, 10, 10], (2, 6), id="two go"),
        pytest.param([7, 10, 10, 13], (1, 5), id="of two that are as far off the first goes"),
        pytest.param([8, 10, 10, 12.5], (0, 4), id="the one that is further off goes first"),
        pytest.param([10, 10, 12.5, 12.5], (0, 5), id="of an even number the longer one is in the middle"),
    ],
)
@pytest.mark.parametrize("before", [0, 3])
def test_cycles_at_the_ends_that_differ_by_more_than_a_fifth_are_left_out_down_to_three(
    cycles: list[float], left: tuple[int, int], before: int
) -> None:
    all_of_them = [99.0] * before + [float(cycle) for cycle in cycles] + [99.0] * 2
    found = _most_regular(all_of_them, before, before + len(cycles) + 1)
    assert found == (left[0] + before, left[1] + before)


def test_two_halves_are_a_beat_and_a_value_of_zero_is_above() -> None:
    assert [_beats_of(tops) for tops in (0, 1.2, 4, 4.9, 5.1, 7, 8)] == [0, 1, 2, 2, 3, 4, 4]
    assert _crossed(np.array([1.0, -1.0, -1.0, 0.0, 2.0, -0.5])).tolist() == [0, 2, 4]


def beating(hz: float, beats: float, *, before_s: float = 0.5, after_s: float = 0.5, seed: int = 0) -> Piece:
    """So many periods of a sine along one direction, between rests."""
    rng = np.random.default_rng(seed)
    samples = round((before_s + beats / hz + after_s) * RATE_HZ)
    t = np.arange(samples) / RATE_HZ - before_s
    wave = np.where((t >= 0.0) & (t < beats / hz), 0.2 * np.sin(2 * np.pi * hz * t), 0.0)
    direction = rng.normal(size=3)
    xyz_g = (
        wave[:, None] * direction / np.linalg.norm(direction) + rng.normal(scale=1e-4, size=(samples, 3)) + [0, 0, 1]
    )
    return Piece(running_totals(xyz_g), round(before_s * RATE_HZ), round((before_s + beats / hz) * RATE_HZ))


def beats_of(piece: Piece, **wanted: float) -> Beats | None:
    (found,) = find_beats([piece], RATE_HZ, LAG_S, ANY._replace(**wanted))
    return found


@pytest.mark.parametrize(("hz", "beats"), [(4.0, 4), (5.0, 5), (8.0, 8)])
def test_beats_are_counted_and_timed(hz: float, beats: int) -> None:
    found = beats_of(beating(hz, beats))
    assert found is not None
    assert found.times in {beats, beats + 1}
    assert found.hz == pytest.approx(hz, rel=0.02)
    assert (found.first, found.last) == pytest.approx((50.0, 50.0 + beats / hz * RATE_HZ), abs=5.0)


@pytest.mark.parametrize("lag_s", [0.01, 0.04, 0.05, 0.08])
@pytest.mark.parametrize("hz", [3.7, 5.2, 7.1])
def test_beats_begin_and_end_where_a_sine_goes_through_zero_between_the_samples_that_are_asked_for(
    hz: float, lag_s: float
) -> None:
    wave = np.sin(2 * np.pi * hz * np.arange(400) / RATE_HZ)
    piece = Piece(running_totals(wave[:, None] * [0.1, 0.2, -0.1]), 100, 300)
    (found,) = find_beats([piece], RATE_HZ, lag_s, ANY)
    assert found is not None
    half, lag = 0.5 * RATE_HZ / hz, round(lag_s * RATE_HZ)
    for at in (found.first, found.last):
        assert at / half == pytest.approx(round(at / half), abs=0.02)
    # A lag more at either side, so that a beat that begins with the samples is whole.
    assert 100 - lag - 1 <= found.first < 100 - lag + half + 2
    assert 300 + lag - half - 2 < found.last <= 300 + lag + 1
    assert found.hz == pytest.approx(hz, rel=0.01)
    assert found.times == pytest.approx(0.5 * (found.last - found.first) / half, abs=0.6)


@pytest.mark.parametrize("values", [0, 1, 2, 3, 4])
def test_a_piece_that_is_too_short_for_three_values_does_not_beat_and_keeps_its_place(values: int) -> None:
    whole = beating(5.0, 5)
    short = whole._replace(total=whole.total[:, : values + 15], begin=0, end=values + 15)
    assert find_beats([short, whole, short], RATE_HZ, LAG_S, ANY) == [None, beats_of(whole), None]


@pytest.mark.parametrize("count", [1, 2, AT_ONCE - 1, AT_ONCE, AT_ONCE + 1, 2 * AT_ONCE + 6])
def test_of_any_number_of_pieces_each_beats_as_it_does_alone(count: int) -> None:
    rng, pieces = np.random.default_rng(count), []
    for seed in range(count):
        piece = beating(rng.uniform(3.5, 9.0), rng.uniform(1.0, 9.0), after_s=rng.uniform(0.2, 1.0), seed=seed)
        # Every seventh is too short to show anything.
        pieces.append(piece._replace(total=piece.total[:, :12]) if seed % 7 == 3 else piece)
    together = find_beats(pieces, RATE_HZ, LAG_S, ANY)
    assert together == [beats_of(piece) for piece in pieces]
    assert sum(beats is not None for beats in together) > 0.5 * count
    assert [together[at] for at in range(3, count, 7)] == [None] * len(range(3, count, 7))


def test_of_no_pieces_none_beats() -> None:
    assert find_beats([], RATE_HZ, LAG_S, ANY) == []


def test_what_beats_outside_the_samples_that_are_asked_for_is_not_found() -> None:
    first, second = beating(5.0, 5), beating(7.0, 5)
    both = np.concatenate([np.diff(first.total), np.diff(second.total)], axis=1).T
    total, later = running_totals(both), first.total.shape[1] - 1
    in_first = beats_of(Piece(total, first.begin, first.end))
    in_second = beats_of(Piece(total, later + second.begin, later + second.end))
    assert in_first is not None
    assert in_second is not None
    assert (in_first.hz, in_second.hz) == pytest.approx((5.0, 7.0), rel=0.02)
    assert in_first.last < later < in_second.first
    alone = beats_of(second)
    assert alone is not None
    assert (in_second.first - later, in_second.last - later) == pytest.approx((alone.first, alone.last), abs=1e-3)


@pytest.mark.parametrize(
    ("wanted", "is_found"),
    [
        ({"from_hz": 4.9}, True),
        ({"from_hz": 5.1}, False),
        ({"to_hz": 5.1}, True),
        ({"to_hz": 4.9}, False),
        ({"share": 0.99}, True),
        ({"share": 1.01}, False),
    ],
)
def test_beats_that_are_slower_or_quicker_or_less_to_and_fro_than_is_wanted_are_none(
    wanted: dict[str, float], *, is_found: bool
) -> None:
    found = beats_of(beating(5.0, 8), **wanted)
    assert (found is not None) is is_found


def test_beats_just_as_many_as_quick_and_as_uneven_as_is_wanted_are_found_and_beyond_it_none() -> None:
    piece = beating(5.0, 6)
    found = beats_of(piece)
    assert found is not None
    for name, at, beyond in (
        ("least", found.times, found.times + 1),
        ("median_hz", found.hz, float(np.nextafter(found.hz, 0.0))),
        ("cycle_cv", found.cycle_cv, float(np.nextafter(found.cycle_cv, 0.0))),
    ):
        assert beats_of(piece, **{name: at}) == found
        assert beats_of(piece, **{name: beyond}) is None


def test_a_faint_half_counts_for_as_much_as_it_is() -> None:
    # Six halves of one size, and at each end two of two fifths: 6 + 4 * 0.4 halves are four beats, not five.
    t, sizes = np.arange(50), [0.4, 0.4, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.4, 0.4]
    wave = np.zeros(30)
    for at, size in enumerate(sizes):
        wave = np.concatenate([wave, (-1) ** at * size * np.sin(np.pi * (t[:10] + 0.5) / 10.0)])
    wave = np.concatenate([wave, np.zeros(30)])
    xyz_g = np.column_stack([wave, 0.0 * wave, 0.0 * wave])
    found = beats_of(Piece(running_totals(xyz_g), 30, len(wave) - 30))
    assert found is not None
    assert found.last - found.first > 90.0
    assert found.times == 4
