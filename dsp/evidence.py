"""Evidence: features become named, signed terms; terms become the sentences people read."""

import functools
import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from dsp.beats import Beats
from dsp.curves import TermCurve
from dsp.labels import State
from dsp.parameters import DECIDED, Parameters
from dsp.results import Term

STRONGEST = 3
SMALLEST_TERM = 0.1
"""Terms below this are not worth a person's time."""
EVENT_BASE = 1.2
"""Log-odds of an event that just passed every gate: 77 % (prior, to be calibrated on recordings with jerks)."""
NO_STRETCH = 1.0
"""For a twitch, where a stretch would have been seen (prior)."""
EVENT_WEIGHT = 0.5
"""Of the terms of an event, which tell partly the same (prior)."""


def score(features: Mapping[str, NDArray[np.float32]], parameters: Parameters) -> NDArray[np.float64]:
    """Sum of all terms for each state.

    Parameters
    ----------
    features
        Each (frames,); NaN says nothing.
    parameters
        Terms and prior of the placement.

    Returns
    -------
    float64 (frames, 4), in the order of `DECIDED`
    """
    return parameters.table.total(features, parameters.prior).T


def state_terms(
    features: Mapping[str, float], label: State, against: State, parameters: Parameters
) -> tuple[Term, ...]:
    """Name the strongest terms for `label` against the runner-up, strongest first: three for, three against."""
    ordered = _speaking(features, label, against, parameters)
    pros = [pair for pair in ordered if pair[0] > 0][:STRONGEST]
    cons = [pair for pair in ordered if pair[0] < 0][:STRONGEST]
    return _worded(sorted((*pros, *cons), key=lambda pair: -abs(pair[0])), features)


def terms_for(features: Mapping[str, float], label: State, against: State, parameters: Parameters) -> tuple[Term, ...]:
    """Name those of them alone that speak for `label`."""
    ordered = _speaking(features, label, against, parameters)
    return _worded([pair for pair in ordered if pair[0] > 0][:STRONGEST], features)


def _speaking(
    features: Mapping[str, float], label: State, against: State, parameters: Parameters
) -> list[tuple[float, TermCurve]]:
    """Terms for and against `label`, with what each adds, strongest first."""
    row, other = DECIDED.index(label), DECIDED.index(against)
    seen = []
    for curve in parameters.terms:
        x = features[curve.feature]
        if math.isnan(x):
            continue
        value = curve.difference(row, other, x)
        if abs(value) >= SMALLEST_TERM:
            seen.append((value, curve))
    return sorted(seen, key=lambda pair: -abs(pair[0]))


def _worded(terms: Sequence[tuple[float, TermCurve]], features: Mapping[str, float]) -> tuple[Term, ...]:
    """Put terms into words: only what will be read."""
    numbers = _spoken(features)
    return tuple(Term(name=curve.name, value=value, text=curve.text.format_map(numbers)) for value, curve in terms)


def strongest(terms: Sequence[Term]) -> tuple[Term, ...]:
    """Three for and three against, strongest first."""
    ordered = sorted(terms, key=lambda t: -abs(t.value))
    pros = [t for t in ordered if t.value > 0][:STRONGEST]
    cons = [t for t in ordered if t.value < 0][:STRONGEST]
    return tuple(sorted((*pros, *cons), key=lambda t: -abs(t.value)))


def event_terms(
    *,
    peak: float,
    floor: float,
    surround: float,
    width_s: float,
    stretch: tuple[float, float] | None,
    unseen: str,
    parameters: Parameters,
    beats: Beats | None = None,
) -> tuple[Callable[[], tuple[Term, ...]], float]:
    """Terms behind an event, which are put into words when they are read, and its confidence.

    Parameters
    ----------
    unseen
        Why no stretch could be seen; empty where one could.
    """
    above_db = 20.0 * math.log10(peak / max(floor, 1e-4))
    isolation_db = 20.0 * math.log10(peak / max(surround, 1e-4))
    values = {"above_floor": min(2.0, 0.08 * (above_db - 14.0))}
    if beats is None:
        values["isolated"] = min(1.5, 0.08 * (isolation_db - 10.0))
        values["brief"] = 1.0 - 2.0 * width_s / parameters.jerk["widest_s"]
    else:
        values["beats"] = 1.5 - beats.cycle_cv / parameters.volley["cycle_cv"]
    turn, delay_s = stretch if stretch is not None else (math.nan, math.nan)
    if stretch is not None:
        values["after_stretch"] = stretch_value(turn)
    elif not unseen:
        values["no_stretch"] = NO_STRETCH
    else:
        values["no_posture"] = -0.8
    odds = EVENT_BASE + EVENT_WEIGHT * sum(values.values())
    # No inner function: each of its variables is one more object for the garbage collector.
    spoken = functools.partial(_event_spoken, values, above_db, isolation_db, width_s, beats, turn, delay_s, unseen)
    return spoken, 1.0 / (1.0 + math.exp(-odds))


def _event_spoken(
    values: Mapping[str, float],
    above_db: float,
    isolation_db: float,
    width_s: float,
    beats: Beats | None,
    turn_deg: float,
    delay_s: float,
    unseen: str,
) -> tuple[Term, ...]:
    """Terms of an event in words, from their values and what these rest on."""
    texts = {
        "above_floor": f"{above_db:.0f} dB above the recent past",
        "isolated": f"{isolation_db:.0f} dB above the second before",
        "brief": f"lasts {width_s:.2f} s",
        "beats": "" if beats is None else f"{beats.times} beats at {beats.hz:.1f} Hz",
        "after_stretch": f"{delay_s:.1f} s after a stretch of {turn_deg:.0f}°",
        "no_stretch": "no stretch in the second before",
        "no_posture": f"{unseen}, so a stretch cannot be seen",
    }
    return strongest([Term(name=name, value=value, text=texts[name]) for name, value in values.items()])


def stretch_value(turn_deg: float) -> float:
    """Give what a stretch of so many degrees says for the reflex jerk that it evoked."""
    return min(2.0, 0.2 * turn_deg)


def _spoken(features: Mapping[str, float]) -> dict[str, float]:
    """Numbers in the units that the sentences use."""
    return dict(features) | {
        "speed_mm_s": 2.0 * math.pi * features["peak_hz"] * features["displacement_mm"],
        "repeat_percent": 100.0 * features["autocorrelation"],
        "centre_mg": 1000.0 * features["centre_g"],
        "middle_mg": 1000.0 * features["middle_g"],
        "rms_mg": 1000.0 * features["rms_g"],
        "one_count_mg": 1000.0 * features["one_count_g"],
        "low_mg": 1000.0 * features["low_rms_g"],
        "low_percent": 100.0 * features["low_ratio"],
        "share_percent": 100.0 * features["share"],
        "envelope_percent": 100.0 * features["envelope_cv"],
        "cycle_percent": 100.0 * features["cycle_cv"],
        "drift_percent": 100.0 * features["tempo_drift"],
        "harmonic_percent": 100.0 * features["harmonic_ratio"],
    }
