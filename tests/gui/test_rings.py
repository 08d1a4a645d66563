"""Rings: what is shown is what came, and a gap stays a gap."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gui.rings import SpectrogramRing, TraceRing


@given(st.lists(st.integers(1, 90), min_size=1, max_size=30))
def test_the_newest_samples_are_kept_in_order(sizes: list[int]) -> None:
    ring, sent = TraceRing(2.0, 50.0), 0
    everything = np.arange(3000, dtype=np.float32)[:, None].repeat(3, axis=1)
    for size in sizes:
        ring.add(sent / 50.0, everything[sent : sent + size])
        sent += size
    kept = ring.xyz_g[~np.isnan(ring.xyz_g[:, 0])]
    assert np.array_equal(kept, everything[max(0, sent - 100) : sent])


def test_missing_time_is_nan_and_going_back_starts_afresh() -> None:
    ring = TraceRing(2.0, 50.0)
    one = np.ones((10, 3), np.float32)
    ring.add(0.0, one)
    ring.add(0.4, one)
    assert np.isnan(ring.xyz_g[-20:-10]).all()
    ring.add(0.1, one)
    assert np.isnan(ring.xyz_g[:-10]).all()
    assert ring.seconds_ago()[-1] == 0.0


def test_columns_roll_and_clear() -> None:
    ring = SpectrogramRing(4, 3)
    ring.add(np.float32([1e-6, 1e-4, 0.0, 7.0]))
    assert np.allclose(ring.level_db[-1], [0.0, 20.0, -40.0], atol=1e-3)
    ring.clear()
    assert np.isnan(ring.level_db).all()
