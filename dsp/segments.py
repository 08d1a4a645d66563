"""Segments: runs of frames of one state, with their evidence."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dsp.evidence import state_terms
from dsp.features import decibel
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
    p = np.array([float(frames[name].astype(np.float64).mean()) for name in P_FIELDS])
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
        peak_spread_hz=float(np.nanstd(frames["peak_hz"].astype(np.float64)))
        if label is not State.NO_DATA
        else float("nan"),
        rms_g=typical["rms_g"],
        displacement_mm=typical["displacement_mm"],
        evidence=terms,
        flags=tuple(notes),
        fatigue=fatigue,
    )


def _typical(frames: NDArray[np.void], parameters: Parameters) -> dict[str, float]:
    typical = {}
    for name in SEEN_BY_FEATURES:
        values = frames[name].astype(np.float64)
        known = values[~np.isnan(values)]
        typical[name] = float(np.median(known)) if len(known) else float("nan")
    return typical | level_features(typical["rms_g"], typical["low_rms_g"], parameters)


def level_features(rms_g: float, low_rms_g: float, parameters: Parameters) -> dict[str, float]:
    """Levels over the still floor, dB."""
    ratios = np.array(
        [rms_g / (1e-3 * parameters.still["floor_mg"]), low_rms_g / (1e-3 * parameters.still["floor_low_mg"])]
    )
    level, low = decibel(ratios.astype(np.float32))
    return {"level_db": float(level), "low_level_db": float(low)}
