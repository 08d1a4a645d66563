"""Frame fields: what a row of a frames array holds, by name, unit and place."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

FRAME_DTYPE = np.dtype(
    [
        ("time_s", np.float64),  # centre of the 4 s window, seconds from the start of the recording
        ("label", "U13"),  # final state: fixed-lag smoothed, a State value
        (
            "live_label",
            "U13",
        ),  # what the live view, asked at every step, said as the window ended: time_s + 2 s or a hop later
        ("p_still", np.float32),  # probabilities of the four states, sum 1; all 0 in a no_data frame
        ("p_movement", np.float32),
        ("p_reflex_rhythm", np.float32),
        ("p_tremor", np.float32),
        ("peak_hz", np.float32),  # frequency of the strongest peak in the tremor band; NaN (and all about it) in noise
        ("rms_g", np.float32),  # rms of the tremor band, all axes, g
        ("displacement_mm", np.float32),  # rms displacement of the peak, mm
        ("wander_hz", np.float32),  # standard deviation of the peak over three frames; NaN without one in each
        ("prominence_db", np.float32),  # peak above the 1/f background, dB
        ("width_hz", np.float32),  # half-power width of the peak, Hz
        ("share", np.float32),  # power near the peak and of an overtone in step / power of 3-14 Hz, 0 to 1
        ("bump_db", np.float32),  # density around the peak / that of its louder flank, 1.5 to 3 Hz away, dB
        ("low_ratio", np.float32),  # power 0.5-3 Hz / power 0.5-20 Hz, 0 to 1
        ("low_rms_g", np.float32),  # rms of 0.5-3 Hz, g
        ("harmonic_ratio", np.float32),  # power near twice the peak, in step and beyond that halfway, over that near it
        ("envelope_cv", np.float32),  # variation of the envelope, after a brisk turn beside its fall; NaN in silence
        ("duty", np.float32),  # share of the window with the envelope above 0.3 of its maximum
        ("crest", np.float32),  # envelope maximum / median
        ("middle_g", np.float32),  # that median: the level of quick changes between bursts, g
        ("centre_g", np.float32),  # the most that can shake in the middle second beside the sensor's noise, g
        ("centre_low_g", np.float32),  # standard deviation of its 0.1 s means beyond that noise, all axes, g
        ("cycle_cv", np.float32),  # coefficient of variation of cycle lengths; NaN in silence
        ("autocorrelation", np.float32),  # autocorrelation three cycles of the peak apart, -1 to 1; NaN in silence
        ("mean_hz", np.float32),  # power-weighted mean frequency of 4-12 Hz, Hz
        ("low_high_ratio", np.float32),  # power 4-6 Hz / power 8-12 Hz
        (
            "uneven_db",
            np.float32,
        ),  # loudest band's density over the quietest's, dB; NaN in more than noise
        (
            "one_count_g",
            np.float32,
        ),  # size of the sensor's counts, where no axis is seen to do more than flip by one; else NaN
        ("knock_db", np.float32),  # power of 15-25 Hz over that of the tremor band, dB; NaN below 20 mg or 45 Hz
        ("tilt_rate_deg_per_s", np.float32),  # how fast gravity turns in the sensor's frame; NaN without gravity
        ("gravity_g", np.float32),  # size of gravity in the data as last seen at rest, g; NaN before or without
        (
            "entry_deg_per_s",
            np.float32,
        ),  # peak rate of the stretch with which this shaking sprang up, 0 without; else NaN
        ("grew_s", np.float32),  # from a third of its strength to four fifths, s, where no stretch set it off; else NaN
        ("tempo_drift", np.float32),  # how far the peak roams in 4 s beyond what its cycles do, over itself; else NaN
        ("missing", np.float32),  # share of the window that is missing; in no_data, that a stuck sensor repeated, too
        ("clipped", np.float32),  # share of the window at the end of the range, 0 to 1
    ]
)
"""A row per hop (0.5 s). Where shaking goes on beside a short burst, the window is measured without it."""
NUMBERS = tuple(name for name, (kind, *_) in (FRAME_DTYPE.fields or {}).items() if kind == np.float32)
"""The float32 fields, which lie side by side in a frame."""
RAW_FRAME = np.dtype((np.void, FRAME_DTYPE.itemsize))


def numbers_of(frames: NDArray[np.void]) -> NDArray[np.float32]:
    """View the float32 fields of frames as a matrix, (frames, fields in the order of `NUMBERS`)."""
    assert FRAME_DTYPE.fields is not None  # noqa: S101 - it is a record
    begin = FRAME_DTYPE.fields[NUMBERS[0]][1]
    rows = frames.view(np.uint8).reshape(len(frames), FRAME_DTYPE.itemsize)
    return rows[:, begin : begin + 4 * len(NUMBERS)].view(np.float32)


def joined(parts: Sequence[NDArray[np.void]]) -> NDArray[np.void]:
    """Copy frames into one array; as plain bytes, because numpy compares two dozen fields of every part first."""
    if not parts:
        return np.empty(0, FRAME_DTYPE)
    return np.concatenate([part.view(RAW_FRAME) for part in parts]).view(FRAME_DTYPE)
