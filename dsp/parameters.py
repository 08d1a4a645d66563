"""The parameter file as typed values."""

import functools
import tomllib
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsp.errors import InputError
from dsp.labels import Placement, State

DECIDED = (State.STILL, State.MOVEMENT, State.REFLEX_RHYTHM, State.TREMOR)
"""The states that carry a probability, in the order of every array over states."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TermCurve:
    """How one feature speaks for each state.

    Attributes
    ----------
    name, feature, text
        Identifier, the feature it reads, and its sentence with places for numbers.
    x
        Feature values, increasing.
    values
        Natural log-odds, shape (4, len(x)), rows in the order of `DECIDED`.
    """

    name: str
    feature: str
    text: str
    x: NDArray[np.float64]
    values: NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Parameters:
    """Everything in ``parameters.toml``; each section is a mapping of its own names.

    Attributes
    ----------
    version
        Named by every result.
    spectrum, bands, gaps, still, jerk, hold, decision, fatigue
        The sections; units are in the names.
    terms
        The evidence curves.
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
        terms=tuple(_curve(t) for t in raw["term"]),
        prior=np.array([raw["prior"][s.value] for s in DECIDED], np.float64),
        placement={
            p: np.array([raw["placement"][p.value].get(s.value, 0.0) for s in DECIDED], np.float64) for p in Placement
        },
    )


def parameters_version() -> str:
    """Version of the parameter file."""
    return load_parameters().version


def _curve(raw: dict[str, Any]) -> TermCurve:
    x = np.array(raw["x"], np.float64)
    missing = [s.value for s in DECIDED if len(raw.get(s.value, ())) != len(x)]
    if missing or np.any(np.diff(x) <= 0):
        msg = f"term {raw['name']!r} of the parameters: x must increase, and every state needs a value for each x"
        raise InputError(msg)
    values = np.array([raw[s.value] for s in DECIDED], np.float64)
    return TermCurve(name=raw["name"], feature=raw["feature"], text=raw["text"], x=x, values=values)
