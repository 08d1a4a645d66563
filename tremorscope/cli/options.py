"""Options that several commands share."""

import math
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from tremorscope.cli.arguments import arguments


class PlacementName(StrEnum):
    """Where the sensor is worn; mirrors `dsp.Placement`, which costs numpy to import."""

    foot = "foot"
    ankle = "ankle"
    calf = "calf"
    thigh = "thigh"
    wrist = "wrist"
    trunk = "trunk"
    unknown = "unknown"


class SideName(StrEnum):
    """Which side of the body; mirrors `dsp.Side`."""

    left = "left"
    right = "right"
    unknown = "unknown"


def _known_unit(unit: str | None) -> str | None:
    if unit is not None:
        from recordings.importers.units import parse_unit

        with arguments():
            parse_unit(unit)
    return unit


def _possible_rate(rate_hz: float | None) -> float | None:
    if rate_hz is not None and not 0.0 < rate_hz < math.inf:
        msg = f"a rate is a number of samples per second above 0, not {rate_hz:g}"
        raise typer.BadParameter(msg)
    return rate_hz


HomeOption = Annotated[
    Path | None,
    typer.Option("--home", metavar="DIR", help="Where library, settings and logs live (or TREMORSCOPE_HOME)."),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for programs instead of text for people.")]
PlacementOption = Annotated[
    PlacementName | None,
    typer.Option("--placement", "-p", help="Where the sensor is worn; default: what the file says."),
]
SensorOption = Annotated[
    str | None, typer.Option("--sensor", metavar="NAME", help="Which sensor, when a file holds several.")
]
UnitOption = Annotated[
    str | None,
    typer.Option(
        "--unit",
        metavar="UNIT",
        callback=_known_unit,
        help="g, mg, m/s2 or counts:<g per count>, when the file does not say.",
    ),
]
CalibrateOption = Annotated[
    bool,
    typer.Option("--calibrate", help="Calibrate to gravity first: for hours or days with rest in many postures."),
]
RateOption = Annotated[
    float | None,
    typer.Option(
        "--rate", metavar="HZ", callback=_possible_rate, help="Samples per second, when the file has no time stamps."
    ),
]
