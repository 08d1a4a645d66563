"""Findings made for the tests."""

from collections.abc import Callable
from typing import Any

import pytest

from dsp import Findings, Placement, Side
from dsp.findings import HoldFinding

NAN = float("nan")


def made_findings(**changes: Any) -> Findings:
    """A calm session of three minutes, with what is changed."""
    calm: dict[str, Any] = {
        "duration_s": 180.0, "analysed_s": 178.0, "gap_s": 0.0, "rate_hz": 104.0, "placement": Placement.CALF,
        "side": Side.LEFT, "gravity_present": True, "still_s": 150.0, "movement_s": 28.0, "tremor_s": 0.0,
        "reflex_rhythm_s": 0.0, "unclear_s": 0.0, "rest_tremor_s": 0.0, "rest_rhythm_s": 0.0, "reflex_jerk_count": 0,
        "twitch_count": 0, "impact_count": 0, "rest_twitch_count": 0, "twitch_per_min": 0.0, "jerk_delay_s": NAN, "fast_stretch_count": 0,
        "jerks_per_fast_stretch": NAN, "jerks_per_slow_stretch": NAN, "tremor_hz": NAN, "tremor_hz_spread": NAN,
        "tremor_rms_g": NAN, "tremor_mm": NAN, "rhythm_hz": NAN, "rhythm_rms_g": NAN, "fatigue_tremor_s": 0.0,
        "amplitude_db_per_min": NAN, "frequency_hz_per_min": NAN, "hold_to_tremor_s": NAN,
        "tremor_trend_db_per_hold": NAN, "jerk_trend_per_hold": NAN, "rest_rms_g": 0.001, "holds": (),
    }  # fmt: skip
    return Findings(**calm | changes)


def made_hold(**changes: Any) -> HoldFinding:
    """A slow stretch held calmly, with what is changed."""
    calm: dict[str, Any] = {
        "onset_s": 20.0, "start_s": 26.0, "end_s": 60.0, "stretch_deg": 30.0, "stretch_rate_deg_per_s": 9.0, "fast": False,
        "jerk_count": 0, "first_jerk_delay_s": None, "rhythm_s": 0.0, "tremor_s": 0.0, "tremor_after_s": None,
        "tremor_rms_g": NAN, "tremor_hz": NAN, "fatigue": False, "amplitude_db_per_min": NAN, "frequency_hz_per_min": NAN,
    }  # fmt: skip
    return HoldFinding(**calm | changes)


@pytest.fixture
def findings() -> Callable[..., Findings]:
    """Maker of findings."""
    return made_findings


@pytest.fixture
def hold() -> Callable[..., HoldFinding]:
    """Maker of holds."""
    return made_hold
