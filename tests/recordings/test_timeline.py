"""Time stamps of any quality become gap-free, evenly timed runs."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dsp import FileFormatError, RateError
from recordings.importers.stamps import typical_period
from recordings.importers.timeline import even_runs, stamped_runs


def noise(n: int) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(n, 3)).astype(np.float32)


@settings(max_examples=60, deadline=None)
@given(
    rate=st.sampled_from([25.0, 40.0, 52.0, 64.0, 100.0, 200.0]),
    error=st.floats(-0.02, 0.02),
    lost=st.lists(st.tuples(st.integers(300, 2600), st.integers(3, 400)), max_size=3),
    rounding=st.sampled_from([0.0, 1e-3, 1e-6]),
    seed=st.integers(0, 1000),
)
def test_gaps_are_found_and_nothing_else_and_the_rate_is_read_to_a_hundredth_of_a_percent(
    rate: float, error: float, lost: list[tuple[int, int]], rounding: float, seed: int
) -> None:
    true = rate * (1 + error)
    keep = np.ones(3000, bool)
    for at, size in lost:
        keep[at : at + size] = False
    jitter = np.random.default_rng(seed).uniform(-0.1, 0.1, 3000) / true
    time_s = (np.arange(3000) / true + jitter)[keep]
    if rounding:
        time_s = np.round(time_s / rounding) * rounding
    found = stamped_runs(time_s, noise(int(keep.sum())))
    edges = int((np.diff(keep.astype(int)) == -1).sum()) - (not keep[-1])
    assert len(found.samples) == edges + 1
    assert found.rate_hz == pytest.approx(true, rel=1e-4)
    assert sum(len(s) for s in found.samples) == int(keep.sum())
    for run in found.samples[1:]:
        index = round(run.start_s * true)
        assert not keep[index - 2] or not keep[max(0, index - 1)] or not keep[max(0, index - 3)]


def test_stamps_written_in_blocks_at_a_nominal_rate_are_one_run_at_the_true_rate() -> None:
    # Loggers stamp a block of 120 samples and count on at the nominal rate: every 1.2 s the stamps jump.
    true = 99.05
    block_start = np.arange(0, 12000, 120) / true
    time_s = (block_start[:, None] + np.arange(120) / 100.0).ravel()
    found = stamped_runs(time_s, noise(12000), nominal_hz=100.0)
    assert len(found.samples) == 1
    assert found.rate_hz == pytest.approx(true, rel=1e-4)


def test_gaps_in_half_of_a_short_recording_do_not_change_the_rate() -> None:
    keep = np.ones(3000, bool)
    for at, size in ((300, 3), (356, 86), (1044, 400)):
        keep[at : at + size] = False
    jitter = np.random.default_rng(0).uniform(-0.1, 0.1, 3000)
    time_s = ((np.arange(3000) + jitter) / 200.0)[keep]
    assert typical_period(time_s) == pytest.approx(1 / 200.0, rel=1e-3)
    assert [len(run) for run in stamped_runs(time_s, noise(len(time_s))).samples] == [300, 53, 602, 1556]


def test_one_lost_sample_on_an_exact_grid_is_a_gap() -> None:
    keep = np.arange(3000) != 1500
    found = stamped_runs((np.arange(3000) / 100.0)[keep], noise(2999))
    assert [len(s) for s in found.samples] == [1500, 1499]
    assert found.samples[1].start_s == pytest.approx(15.01)


def test_a_claimed_rate_that_the_stamps_contradict_is_warned_of() -> None:
    found = stamped_runs(np.arange(1000) / 50.0, noise(1000), nominal_hz=100.0)
    assert any("claims 100 Hz" in w for w in found.warnings)


def test_a_few_repeated_stamps_are_left_out_with_a_warning() -> None:
    time_s = np.arange(1000) / 100.0
    time_s[500] = time_s[499]
    found = stamped_runs(time_s, noise(1000))
    assert any("repeat a time stamp" in w for w in found.warnings)


def test_one_stamp_for_a_whole_packet_is_spread_evenly() -> None:
    time_s = np.repeat(np.arange(100) * 0.36, 36)
    found = stamped_runs(time_s, noise(3600))
    assert len(found.samples) == 1
    assert found.rate_hz == pytest.approx(100.0, rel=1e-3)


def test_a_little_disorder_is_sorted_and_much_is_refused() -> None:
    time_s = np.arange(1000) / 100.0
    time_s[[500, 501]] = time_s[[501, 500]]
    assert any("sorted" in w for w in stamped_runs(time_s, noise(1000)).warnings)
    with pytest.raises(FileFormatError, match="backwards"):
        stamped_runs(np.random.default_rng(0).permutation(time_s), noise(1000))


@pytest.mark.parametrize("time_s", [np.zeros(100), np.array([1.0]), np.full(10, np.nan)])
def test_stamps_that_make_no_time_line_are_refused(time_s: np.ndarray) -> None:
    with pytest.raises(FileFormatError):
        stamped_runs(time_s, noise(len(time_s)))


def test_rows_without_stamp_or_number_are_counted_and_left_out() -> None:
    time_s, xyz_g = np.arange(1000) / 100.0, noise(1000)
    time_s[10] = np.nan
    xyz_g[20] = np.inf
    found = stamped_runs(time_s, xyz_g)
    assert sum(len(s) for s in found.samples) == 998
    assert any("no time stamp" in w for w in found.warnings)
    assert any("not finite" in w for w in found.warnings)


def test_even_runs_turn_rows_of_nan_into_gaps_and_warn_of_a_low_rate() -> None:
    xyz_g = noise(400)
    xyz_g[100:150] = np.nan
    found = even_runs(xyz_g, 20.0, start_ns=10**18)
    assert [(s.start_s, len(s)) for s in found.samples] == [(0.0, 100), (7.5, 250)]
    assert found.samples[1].start_ns == 10**18 + 7_500_000_000
    assert "1 gap, 2.5 s in all" in found.warnings
    assert any("too low for tremor" in w for w in found.warnings)
    with pytest.raises(FileFormatError, match="no acceleration"):
        even_runs(np.full((10, 3), np.nan, np.float32), 50.0)


def test_an_infinite_rate_is_refused() -> None:
    with pytest.raises(RateError):
        even_runs(noise(10), float("inf"))
