"""Segments: runs of frames of one state, with their evidence."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from dsp.evidence import state_terms
from dsp.features import slow_share
from dsp.frame_fields import NUMBERS, numbers_of
from dsp.labels import State
from dsp.parameters import DECIDED, Parameters
from dsp.peaks import TOP_OVER_MEAN_DB
from dsp.results import FatigueEvidence, Segment, Term

P_COLUMNS = slice(0, len(DECIDED))
SEEN = NUMBERS[len(DECIDED) : NUMBERS.index("missing")]
"""The features of a frame."""
SEEN_COLUMNS = slice(len(DECIDED), len(NUMBERS))
PEAK_COLUMN = NUMBERS.index("peak_hz")
PEAK, RMS, DISPLACEMENT = (SEEN.index(name) for name in ("peak_hz", "rms_g", "displacement_mm"))
LIMITS = ("filled", "clipped")
"""What the last two numbers of a frame say when they are not zero."""
FEW = 40
"""Numbers up to which plain ones are quicker than arrays."""


def make_segment(
    frames: NDArray[np.void],
    label: State,
    start_s: float,
    end_s: float,
    parameters: Parameters,
    *,
    fatigue: FatigueEvidence | None = None,
    flags: Sequence[str] = (),
) -> Segment:
    """Segment from its frames, all of one label, for the time it stands for."""
    numbers = numbers_of(frames).T.copy()
    p = (np.add.reduce(numbers[P_COLUMNS], axis=1, dtype=np.float64) / len(frames)).tolist()
    order = sorted(range(len(p)), key=lambda k: -p[k])
    runner_up: State | None
    if label is State.NO_DATA:
        confidence, runner_up = 1.0, None
    elif label is State.UNCLEAR:
        # How sure it is that no state stands out: what the two leaders do not decide between them.
        confidence, runner_up = 1.0 - (p[order[0]] - p[order[1]]), DECIDED[order[0]]
    else:
        own = DECIDED.index(label)
        confidence = p[own]
        runner_up = DECIDED[order[1] if order[0] == own else order[0]]
    seen = numbers[SEEN_COLUMNS.start :]
    spread_hz = math.nan if label is State.NO_DATA else _spread(numbers[PEAK_COLUMN])
    # With the unknown last: one pass for all features instead of a median each.
    seen.sort(axis=1)
    typical = _typical(seen)
    limits = [name for name, row in zip(LIMITS, seen[-len(LIMITS) :, -1].tolist(), strict=True) if row > 0]

    def evidence() -> tuple[Term, ...]:
        if runner_up is None or label is State.UNCLEAR:
            return ()
        known = dict(zip(SEEN, typical, strict=True))
        return state_terms(known | level_features(known, parameters), label, runner_up, parameters)

    return Segment(
        start_s=start_s,
        end_s=end_s,
        label=label,
        confidence=confidence,
        runner_up=runner_up,
        peak_hz=typical[PEAK],
        peak_spread_hz=spread_hz,
        rms_g=typical[RMS],
        displacement_mm=typical[DISPLACEMENT],
        evidence=evidence,
        flags=(*flags, *limits),
        fatigue=fatigue,
    )


def no_data(start_s: float, end_s: float, why: str) -> Segment:
    """Segment for a time that nothing is known of."""
    nan = math.nan
    return Segment(
        start_s=start_s,
        end_s=end_s,
        label=State.NO_DATA,
        confidence=1.0,
        runner_up=None,
        peak_hz=nan,
        peak_spread_hz=nan,
        rms_g=nan,
        displacement_mm=nan,
        flags=(why,),
    )


def _typical(ordered: NDArray[np.float32]) -> tuple[float, ...]:
    """Median of each feature (a row, sorted) over the frames in which it is known."""
    size = ordered.shape[1]
    low, high, last = ordered[: len(SEEN), [(size - 1) // 2, size // 2, size - 1]].T.tolist()
    typical = [0.5 * (a + b) for a, b in zip(low, high, strict=True)]
    for row, newest in enumerate(last):
        if math.isnan(newest):
            known = ordered[row][~np.isnan(ordered[row])].tolist()
            typical[row] = 0.5 * (known[(len(known) - 1) // 2] + known[len(known) // 2]) if known else math.nan
    return tuple(typical)


def _spread(values: NDArray[np.float32]) -> float:
    """Give the standard deviation of the known values."""
    known = [v for v in values.tolist() if not math.isnan(v)] if len(values) < FEW else values[~np.isnan(values)]
    if not len(known):
        return math.nan
    if isinstance(known, list):
        mean = sum(known) / len(known)
        return math.sqrt(sum((v - mean) ** 2 for v in known) / len(known))
    away = known.astype(np.float64)
    away -= away.sum() / len(away)
    return math.sqrt(float((away * away).sum()) / len(away))


def level_features(features: Mapping[str, float], parameters: Parameters) -> dict[str, float]:
    """Levels over the still floor, and the speed over 1 mm/s, dB; without a burst nothing lies between bursts."""
    still = parameters.still
    burst = features["crest"] >= still["burst_crest"]
    ratio, low_g, rms_g = (np.array([features[n]], np.float32) for n in ("low_ratio", "low_rms_g", "rms_g"))
    return {
        "stand_db": min(features["prominence_db"], features["bump_db"] + TOP_OVER_MEAN_DB),
        "slow_share": float(slow_share(ratio, low_g, rms_g, parameters)[0]),
        "rest_db": _decibel(features["middle_g"] / (1e-3 * still["floor_mg"])) if burst else math.nan,
        "level_db": _decibel(features["rms_g"] / (1e-3 * still["floor_mg"])),
        "low_level_db": _decibel(features["low_rms_g"] / (1e-3 * still["floor_low_mg"])),
        "speed_db": _decibel(features["displacement_mm"] * features["peak_hz"] * 2.0 * math.pi),
    }


def _decibel(ratio: float) -> float:
    return 20.0 * math.log10(ratio + 1e-9)
