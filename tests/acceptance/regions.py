"""Draws from the parameter regions."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

Region = Literal["open", "held"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A real accelerometer."""

    name: str
    rate_hz: float
    noise_mg: float
    count_mg: float
    range_g: float


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(Path(__file__).with_name("regions.toml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Draw:
    """Parameters from one region."""

    rng: np.random.Generator
    region: Region

    def __call__(self, section: str, name: str, *, log: bool = False) -> float:
        """Draw from the pieces of a region, each in proportion to its length (of the logarithm where `log`)."""
        pieces = np.array(_table()[section][name][self.region], float)
        scaled = np.log(pieces) if log else pieces
        size = scaled[:, 1] - scaled[:, 0]
        low, high = scaled[self.rng.choice(len(pieces), p=size / size.sum())]
        value = float(self.rng.uniform(low, high))
        return float(np.exp(value)) if log else value

    def part(self) -> Part:
        """Draw a sensor and one of its rates."""
        every = _table()["part"]
        raw = every[int(self.rng.integers(len(every)))]
        rate_hz = float(self.rng.choice(raw[self.region]))
        kept = {k: raw[k] for k in ("name", "noise_mg", "count_mg", "range_g")}
        return Part(rate_hz=rate_hz, **kept)
