"""The parameter file as typed values."""

import functools
import tomllib
from dataclasses import dataclass
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
    spectrum, bands, gaps, still, jerk, hold, decision, fatigue
        The sections; units are in the names.
    terms, table
        The evidence curves; and all of them at once.
    prior
        Log-odds of the states before any evidence, (4,).
    """

    version: str
    spectrum: dict[str, float]
    bands: dict[str, Any]
    gaps: dict[str, float]
    still: dict[str, float]
    jerk: dict[str, float]
    hold: dict[str, float]
    decision: dict[str, Any]
    fatigue: dict[str, float]
    terms: tuple[TermCurve, ...]
    table: CurveTable
    prior: NDArray[np.float64]
    placement: dict[Placement, NDArray[np.float64]]

    def prior_at(self, placement: Placement) -> NDArray[np.float64]:
        """Log-odds of the states before any evidence for a sensor worn there, (4,)."""
        return self.prior + self.placement[placement]


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
        jerk=raw["jerk"],
        hold=raw["hold"],
        decision=raw["decision"],
        fatigue=raw["fatigue"],
        terms=terms,
        table=CurveTable(terms, len(DECIDED)),
        prior=np.array([raw["prior"][s.value] for s in DECIDED], np.float64),
        placement={
            p: np.array([raw["placement"][p.value].get(s.value, 0.0) for s in DECIDED], np.float64) for p in Placement
        },
    )


def parameters_version() -> str:
    """Version of the parameter file."""
    return load_parameters().version


def _curve(raw: dict[str, Any]) -> TermCurve:
    x = tuple(float(v) for v in raw["x"])
    missing = [s.value for s in DECIDED if len(raw.get(s.value, ())) != len(x)]
    if missing or any(b <= a for a, b in pairwise(x)):
        msg = f"term {raw['name']!r} of the parameters: x must increase, and every state needs a value for each x"
        raise InputError(msg)
    values = tuple(tuple(float(v) for v in raw[s.value]) for s in DECIDED)
    return TermCurve(name=raw["name"], feature=raw["feature"], text=raw["text"], x=x, values=values)
