import json

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

import session
from dsp import State, Term


@given(st.floats(width=32))
def test_every_number_becomes_json_that_a_strict_reader_takes(value: float) -> None:
    text = json.dumps(session.plain({"x": value, "y": np.float32(value)}), allow_nan=False)
    assert set(json.loads(text)) == {"x", "y"}


def test_not_a_number_becomes_null() -> None:
    assert session.plain([float("nan"), float("inf"), 1.0]) == [None, None, 1.0]


def test_times_of_a_long_recording_keep_their_milliseconds() -> None:
    assert session.plain(28799.987) == 28799.987


def test_dataclasses_enums_and_arrays_become_plain_values() -> None:
    term = Term(name="narrow_peak", value=2.13, text="narrow peak")
    assert session.plain({"t": (term,), State.TREMOR: np.arange(2)}) == {
        "t": [{"name": "narrow_peak", "value": 2.13, "text": "narrow peak"}],
        "tremor": [0, 1],
    }


def test_a_row_of_frames_becomes_an_object() -> None:
    row = np.zeros(1, dtype=[("time_s", "f8"), ("label", "U13")])[0]
    assert session.plain(row) == {"time_s": 0.0, "label": ""}
