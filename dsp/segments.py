"""Segments: runs of frames of one state, with their evidence."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dsp.evidence import state_terms
from dsp.labels import State
from dsp.parameters import DECIDED, Parameters
from dsp.results import FatigueEvidence, Segment, Term

P_FIELDS = ("p_still", "p_movement", "p_reflex_rhythm", "p_tremor")
MOST_MISSING_FLAG = 0.0
SEEN_BY_FEATURES = (
    "peak_hz",
    "rms_g",
    "displacement_mm",
    "prominence_db",
    "wander_hz",
    "share",
    "low_ratio",
    "low_rms_g",
    "harmonic_ratio",
    "envelope_cv",
    "crest",
    "cycle_cv",
    "tilt_rate_deg_per_s",
)


def make_segment(
    frames: NDArray[np.void],
    start_s: float,
    end_s: float,
    parameters: Parameters,
    *,
    fatigue: FatigueEvidence | None = None,
    flags: Sequence[str] = (),
) -> Segment:
    """Segment from its frames (all of one label), for the time it stands for."""
    label = State(str(frames["label"][0]))
    p = np.add.reduce(np.array([frames[name] for name in P_FIELDS], np.float64), axis=1) / len(frames)
    order = np.argsort(-p, kind="stable")
    runner_up: State | None
    if label is State.NO_DATA:
        confidence, runner_up = 1.0, None
    elif label is State.UNCLEAR:
        # How sure it is that no state stands out: what the two leaders do not decide between them.
        confidence, runner_up = float(1.0 - (p[order[0]] - p[order[1]])), DECIDED[int(order[0])]
    else:
        own = DECIDED.index(label)
        confidence = float(p[own])
        runner_up = next(DECIDED[int(k)] for k in order if int(k) != own)
    typical = _typical(frames, parameters)
    terms: tuple[Term, ...] = ()
    if label in DECIDED and runner_up is not None:
        terms = state_terms(typical, label, runner_up, parameters)
    notes = list(flags)
    if float(frames["missing"].max()) > MOST_MISSING_FLAG:
        notes.append("filled")
    if float(frames["clipped"].max()) > 0:
        notes.append("clipped")
    return Segment(
        start_s=start_s,
        end_s=end_s,
        label=label,
        confidence=confidence,
        runner_up=runner_up,
        peak_hz=typical["peak_hz"],
        peak_spread_hz=_spread(frames["peak_hz"]) if label is not State.NO_DATA else float("nan"),
        rms_g=typical["rms_g"],
        displacement_mm=typical["displacement_mm"],
        evidence=terms,
        flags=tuple(notes),
        fatigue=fatigue,
    )


def _typical(frames: NDArray[np.void], parameters: Parameters) -> dict[str, float]:
    """Median of each feature over the frames in which it is known."""
    # Sorted with the unknown last: one pass for all features instead of a median each.
    values = np.sort(np.array([frames[name] for name in SEEN_BY_FEATURES]), axis=1)
    typical = {}
    for name, row, unknown in zip(SEEN_BY_FEATURES, values, np.isnan(values).sum(axis=1).tolist(), strict=True):
        known = len(row) - unknown
        middle = float("nan") if not known else 0.5 * (float(row[(known - 1) // 2]) + float(row[known // 2]))
        typical[name] = middle
    return typical | level_features(typical["rms_g"], typical["low_rms_g"], parameters)


def _spread(values: NDArray[np.float32]) -> float:
    """Give the standard deviation of the known values."""
    known = values[~np.isnan(values)].astype(np.float64)
    if not len(known):
        return float("nan")
    known -= known.sum() / len(known)
    return math.sqrt(float((known * known).sum()) / len(known))


def level_features(rms_g: float, low_rms_g: float, parameters: Parameters) -> dict[str, float]:
    """Levels over the still floor, dB."""
    still = parameters.still
    return {
        "level_db": _decibel(rms_g / (1e-3 * still["floor_mg"])),
        "low_level_db": _decibel(low_rms_g / (1e-3 * still["floor_low_mg"])),
    }


def _decibel(ratio: float) -> float:
    return 20.0 * math.log10(ratio + 1e-9)
