"""Segments: runs of frames of one state, with their evidence."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from dsp.evidence import state_terms
from dsp.labels import State
from dsp.parameters import DECIDED, Parameters
from dsp.results import NUMBERS, FatigueEvidence, Segment, Term, numbers_of

P_COLUMNS = slice(0, len(DECIDED))
SEEN = NUMBERS[len(DECIDED) : NUMBERS.index("missing")]
"""The features of a frame."""
SEEN_COLUMNS = slice(len(DECIDED), len(DECIDED) + len(SEEN))
PEAK_COLUMN, MISSING_COLUMN, CLIPPED_COLUMN = (NUMBERS.index(name) for name in ("peak_hz", "missing", "clipped"))


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
    numbers = numbers_of(frames).T.copy()
    p = (np.add.reduce(numbers[P_COLUMNS].astype(np.float64), axis=1) / len(frames)).tolist()
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
        runner_up = next(DECIDED[k] for k in order if k != own)
    typical = _typical(numbers[SEEN_COLUMNS], parameters)
    terms: tuple[Term, ...] = ()
    if label in DECIDED and runner_up is not None:
        terms = state_terms(typical, label, runner_up, parameters)
    notes = list(flags)
    if numbers[MISSING_COLUMN].any():
        notes.append("filled")
    if numbers[CLIPPED_COLUMN].any():
        notes.append("clipped")
    return Segment(
        start_s=start_s,
        end_s=end_s,
        label=label,
        confidence=confidence,
        runner_up=runner_up,
        peak_hz=typical["peak_hz"],
        peak_spread_hz=_spread(numbers[PEAK_COLUMN]) if label is not State.NO_DATA else float("nan"),
        rms_g=typical["rms_g"],
        displacement_mm=typical["displacement_mm"],
        evidence=terms,
        flags=tuple(notes),
        fatigue=fatigue,
    )


def _typical(values: NDArray[np.float32], parameters: Parameters) -> dict[str, float]:
    """Median of each feature (a row) over the frames in which it is known."""
    # Sorted with the unknown last: one pass for all features instead of a median each.
    ordered = np.sort(values, axis=1)
    size = ordered.shape[1]
    middle = 0.5 * (ordered[:, (size - 1) // 2].astype(np.float64) + ordered[:, size // 2].astype(np.float64))
    for row in np.nonzero(np.isnan(ordered[:, -1]))[0].tolist():
        known = size - int(np.count_nonzero(np.isnan(ordered[row])))
        # Without any the last of the unknown is taken.
        middle[row] = 0.5 * (float(ordered[row, (known - 1) // 2]) + float(ordered[row, known // 2 if known else -1]))
    typical = dict(zip(SEEN, middle.tolist(), strict=True))
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
