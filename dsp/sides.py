"""Left against right, when two sensors ran in one session."""

import math

import numpy as np

from dsp.findings import SideComparison
from dsp.labels import Side, State
from dsp.results import Analysis

CLEAR_DB = 6.0
"""Twice the amplitude: below, mounts and tissue differ as much (prior)."""
CLEAR_S = 5.0
CLEAR_JERKS = 3


def compare_sides(left: Analysis, right: Analysis) -> SideComparison:
    """Compare the two sides of one session.

    Coherence is estimated from the amplitudes of the shared frames (how far both sides shake at the same times); phase
    needs clocks that agree to milliseconds, which two straps do not give without a tap on both.
    """
    a, b = left.findings, right.findings
    nan = float("nan")
    both = not (math.isnan(a.tremor_rms_g) or math.isnan(b.tremor_rms_g))
    tremor_db = 20.0 * math.log10(a.tremor_rms_g / b.tremor_rms_g) if both else nan
    # A strap that lost its link for half the session has seen half as much: both are held to the shorter time.
    common_s = min(a.analysed_s, b.analysed_s)
    left_share, right_share = (common_s / f.analysed_s if f.analysed_s > 0 else 0.0 for f in (a, b))
    seen = (
        (left_share * a.tremor_s - right_share * b.tremor_s, CLEAR_S),
        (left_share * a.reflex_rhythm_s - right_share * b.reflex_rhythm_s, CLEAR_S),
        (left_share * a.reflex_jerk_count - right_share * b.reflex_jerk_count, CLEAR_JERKS),
        (tremor_db if both else 0.0, CLEAR_DB),
    )
    score = sum((difference > 0) - (difference < 0) for difference, clear in seen if abs(difference) >= clear)
    more = Side.LEFT if score > 0 else Side.RIGHT if score < 0 else Side.UNKNOWN
    return SideComparison(
        tremor_db=tremor_db,
        tremor_s_difference=a.tremor_s - b.tremor_s,
        jerk_difference=a.reflex_jerk_count - b.reflex_jerk_count,
        rhythm_s_difference=a.reflex_rhythm_s - b.reflex_rhythm_s,
        coherence=_common(left, right),
        more=more,
    )


def _common(left: Analysis, right: Analysis) -> float:
    """Squared correlation of the two sides' levels over the frames in which both shook."""
    a, b = left.frames, right.frames
    if not len(a) or not len(b):
        return float("nan")
    at = np.interp(a["time_s"], b["time_s"], b["rms_g"].astype(np.float64))
    near = np.abs(a["time_s"] - b["time_s"][np.clip(np.searchsorted(b["time_s"], a["time_s"]), 0, len(b) - 1)]) < 1.0
    shaking = near & (a["label"] == State.TREMOR.value)
    if shaking.sum() < 8:
        return float("nan")
    x, y = np.log(a["rms_g"][shaking].astype(np.float64) + 1e-9), np.log(at[shaking] + 1e-9)
    x, y = x - x.mean(), y - y.mean()
    power = float((x * x).sum() * (y * y).sum())
    return float((x * y).sum() ** 2 / power) if power > 0 else float("nan")
