"""Results as plain JSON values, for `--json`, exports and programs that read them."""

import dataclasses
import math
from enum import Enum
from pathlib import Path
from typing import Any

import numpy as np

import dsp
import guidance

SIGNIFICANT_DIGITS = 6
"""Enough for every number an analysis yields (float32 carries 7) without printing noise."""


def plain(value: Any) -> Any:
    """Turn dataclasses, enums, arrays and paths into what JSON knows; NaN and infinity become null."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {f.name: plain(getattr(value, f.name)) for f in dataclasses.fields(value)}
    if isinstance(value, Enum | bool | np.bool_ | float | np.floating | int | np.integer):
        return _scalar(value)
    if isinstance(value, np.void):
        return {name: plain(value[name]) for name in value.dtype.names or ()}
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, np.ndarray | list | tuple):
        return [plain(v) for v in value]
    if isinstance(value, Path):
        return str(value)
    return str(value) if isinstance(value, np.str_) else value


def _scalar(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, int | np.integer):
        return int(value)
    number = float(value)
    return _rounded(number) if math.isfinite(number) else None


def _rounded(number: float) -> float:
    # Times of a long recording need their milliseconds, so large numbers keep three decimals.
    if abs(number) >= 10.0**3:
        return round(number, 3)
    return float(f"{number:.{SIGNIFICANT_DIGITS}g}")


def analysis_record(
    analysis: dsp.Analysis,
    *,
    file: str,
    sensor: str = "",
    warnings: tuple[str, ...] = (),
    advice: guidance.Advice | None = None,
) -> dict[str, Any]:
    """One JSON object for one analysed sensor, the shape that `tremorscope analyze --json` prints."""
    return {
        "file": file,
        "sensor": sensor,
        "rate_hz": plain(analysis.rate_hz),
        "duration_s": plain(analysis.duration_s),
        "placement": analysis.placement.value,
        "quality": list(dict.fromkeys((*warnings, *analysis.quality))),
        "segments": [plain(s) for s in analysis.segments],
        "events": [plain(e) for e in analysis.events],
        "holds": [plain(h) for h in analysis.holds],
        "findings": plain(analysis.findings),
        "guidance": plain(advice),
        "parameters_version": analysis.parameters_version,
    }
