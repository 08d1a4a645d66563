"""Where the chunks of a long file are: packed, and the same when they are asked for."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from recordings.store import places
from recordings.store.places import FIELDS, ChunkPlace, Places

NUMBER = st.integers(0, (1 << 64) - 1)


def place_of(numbers: tuple[int, ...], behind: dict[int, int]) -> ChunkPlace:
    named = dict(zip(FIELDS, numbers, strict=True))
    offsets = {channel: named["offset"] + more for channel, more in behind.items()}
    return ChunkPlace(**named, index_offsets=offsets, counts={})


@settings(max_examples=50, deadline=None)
@given(
    rows=st.lists(
        st.tuples(
            st.tuples(*[NUMBER] * len(FIELDS)), st.dictionaries(st.integers(1, 9), st.integers(0, 1 << 40), max_size=4)
        ),
        max_size=12,
    )
)
def test_places_come_back_as_they_were_packed_or_not(rows: list[tuple[tuple[int, ...], dict[int, int]]]) -> None:
    kept, before = Places(), places.BLOCK
    places.BLOCK = 3
    try:
        for numbers, behind in rows:
            kept.add(place_of(numbers, behind))
    finally:
        places.BLOCK = before
    assert len(kept) == len(rows)
    assert kept.rows().tolist() == [list(numbers) for numbers, _ in rows]
    assert list(kept.index_offsets()) == [
        {channel: numbers[2] + more for channel, more in behind.items()} for numbers, behind in rows
    ]


def test_the_chunks_of_an_hour_take_less_than_a_fifth_of_a_megabyte() -> None:
    rng, kept, at, now = np.random.default_rng(0), Places(), 0, 1_795_000_000_000_000_000
    for _ in range(7200):
        length, indexes, span = int(rng.integers(900, 1300)), int(rng.integers(900, 1100)), 500_000_000
        jitter = int(rng.integers(0, 20_000_000))
        kept.add(
            ChunkPlace(
                first_ns=now, last_ns=now + span + jitter, offset=at, length=length, index_length=indexes,
                compressed=length - 60, uncompressed=2500 + 40 * int(rng.integers(0, 4)), samples_first_ns=now,
                samples_last_ns=now + span + jitter, index_offsets={3: at + length, 4: at + length + 135}, counts={},
            )
        )  # fmt: skip
        at, now = at + length + indexes, now + span + jitter
    assert kept.nbytes < 200_000
