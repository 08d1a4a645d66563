"""The parameter file as typed values."""

import functools
import tomllib
from dataclasses import dataclass, replace
from importlib import resources
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsp.curves import CurveTable, TermCurve
from dsp.errors import InputError
from dsp.labels import Placement, State

DECIDED = (State.STILL, State.MOVEMENT, State.REFLEX_RHYTHM, State.TREMOR)
"""The states that carry a probability, in the order of every array over states."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Parameters:
    """Everything in ``parameters.toml``; each section is a mapping of its own names.

    Attributes
    ----------
    version
        Named by every result.
    spectrum, bands, gaps, still, noise, beside, entry, on_purpose
        The sections of frames and their features; units are in the names.
    sprung, jerk, pulse, volley, lone_kick, rest, middle, hindsight, in_turn, hold
        Those of events and holds.
    decision, fatigue
        Those of states and their evidence.
    terms, table
        The evidence curves that count; and all of them at once.
    prior
        Log-odds of the states before any evidence, (4,).
    placement
        What each placement adds to `prior`.
    weights
        How much a term counts, by its name and by where the sensor is worn; "wrist alone" is a run at the wrist that is
        shorter than the window. What is not named counts in full.
    alone
        What being shorter than a window adds to the prior of a run.
    """

    version: str
    spectrum: dict[str, float]
    bands: dict[str, Any]
    gaps: dict[str, float]
    still: dict[str, float]
    noise: dict[str, float]
    beside: dict[str, float]
    entry: dict[str, Any]
    on_purpose: dict[str, Any]
    jerk: dict[str, float]
    pulse: dict[str, float]
    volley: dict[str, float]
    lone_kick: dict[str, float]
    rest: dict[str, float]
    middle: dict[str, float]
    sprung: dict[str, float]
    hindsight: dict[str, float]
    in_turn: dict[str, float]
    hold: dict[str, float]
    decision: dict[str, Any]
    fatigue: dict[str, float]
    terms: tuple[TermCurve, ...]
    table: CurveTable
    prior: NDArray[np.float64]
    placement: dict[Placement, NDArray[np.float64]]
    weights: dict[str, dict[str, float]]
    alone: NDArray[np.float64]

    def worn_at(self, placement: Placement, *, alone: bool = False) -> "Parameters":
        """Keep the terms that count there, with the prior of that place.

        Parameters
        ----------
        placement
            Where the sensor is worn.
        alone
            Whether a run is shorter than the window, so that nothing shows what is usual for this person.
        """
        here = f"{placement.value} alone" if alone else placement.value
        weighed = ((term, self.weights.get(term.name, {}).get(here)) for term in self.terms)
        terms = tuple(
            term if weight is None else replace(term, values=_scaled(term.values, weight))
            for term, weight in weighed
            if weight is None or weight > 0.0
        )
        prior = self.prior + self.placement[placement] + (self.alone if alone else 0.0)
        return replace(self, terms=terms, table=CurveTable(terms, len(DECIDED)), prior=prior)


@functools.cache
def load_parameters() -> Parameters:
    """Read and check the parameter file that ships with the room.

    Raises
    ------
    InputError
        When a curve is not increasing in x or misses a state.
    """
    raw = tomllib.loads(resources.files("dsp").joinpath("parameters.toml").read_text(encoding="utf-8"))
    return parse_parameters(raw)


def parse_parameters(raw: dict[str, Any]) -> Parameters:
    """Turn the parsed file into `Parameters`; see `load_parameters`."""
    terms = tuple(_curve(t) for t in raw["term"])
    return Parameters(
        version=str(raw["version"]),
        spectrum=raw["spectrum"],
        bands=raw["bands"],
        gaps=raw["gaps"],
        still=raw["still"],
        noise=raw["noise"],
        beside=raw["beside"],
        entry=raw["entry"],
        on_purpose=raw["on_purpose"],
        jerk=raw["jerk"],
        pulse=raw["pulse"],
        volley=raw["volley"],
        lone_kick=raw["lone_kick"],
        rest=raw["rest"],
        middle=raw["middle"],
        sprung=raw["sprung"],
        hindsight=raw["hindsight"],
        in_turn=raw["in_turn"],
        hold=raw["hold"],
        decision=raw["decision"],
        fatigue=raw["fatigue"],
        terms=terms,
        table=CurveTable(terms, len(DECIDED)),
        prior=_by_state(raw["prior"]),
        weights={t["name"]: _weights(t) for t in raw["term"]},
        placement={p: _by_state(raw["placement"][p.value]) for p in Placement},
        alone=_by_state(raw["placement"]["alone"]),
    )


@functools.cache
def load_worn_at(placement: Placement, *, alone: bool = False) -> Parameters:
    """Parameters of the shipped file with the terms that count there; see `Parameters.worn_at`."""
    return load_parameters().worn_at(placement, alone=alone)


def parameters_version() -> str:
    """Version of the parameter file."""
    return load_parameters().version


def _weights(raw: dict[str, Any]) -> dict[str, float]:
    """Weight of a term wherever it is not 1."""
    places = [f"{p.value}{alone}" for p in Placement for alone in ("", " alone")]
    at: dict[str, float] = raw.get("weight_at", {})
    unknown = set(at) - set(places)
    if unknown:
        msg = f"term {raw['name']!r} of the parameters has weights at {sorted(unknown)}, which is no placement"
        raise InputError(msg)
    usual = float(raw.get("weight", 1.0))
    return {place: w for place in places if (w := float(at.get(place, usual))) != 1.0}


def _scaled(values: tuple[tuple[float, ...], ...], weight: float) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(weight * v for v in row) for row in values)


def _by_state(raw: dict[str, float]) -> NDArray[np.float64]:
    return np.array([raw.get(s.value, 0.0) for s in DECIDED], np.float64)


def _curve(raw: dict[str, Any]) -> TermCurve:
    x = tuple(float(v) for v in raw["x"])
    missing = [s.value for s in DECIDED if len(raw.get(s.value, ())) != len(x)]
    if missing or any(b <= a for a, b in pairwise(x)):
        msg = f"term {raw['name']!r} of the parameters: x must increase, and every state needs a value for each x"
        raise InputError(msg)
    values = tuple(tuple(float(v) for v in raw[s.value]) for s in DECIDED)
    return TermCurve(name=raw["name"], feature=raw["feature"], text=raw["text"], x=x, values=values)
