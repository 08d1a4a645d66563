"""Arrays with names, whatever file they came in: NPZ, MAT, HDF5, Parquet and JSON share this one reading."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from dsp import FileFormatError, Placement, Samples, Side
from recordings.importers.asked import Asked, choose_sensor
from recordings.importers.assemble import Found, assemble
from recordings.importers.clock import numbers_to_seconds, texts_to_seconds
from recordings.importers.columns import ACCELERATION, OTHER, find_axes, find_times, name_unit
from recordings.importers.units import Unit, file_unit, slow_magnitude
from recordings.recording import Recording

Arrays = Mapping[str, NDArray[Any]]

RATE = re.compile(
    r"^(rate_?hz|fs|f_?s|sample[_ ]?rate|sampling[_ ]?rate|sampling[_ ]?frequency|sfreq|srate|freq|frequency|rate)$",
    re.IGNORECASE,
)
MOST_RUNS = 1_000_000
Word = TypeVar("Word", Placement, Side)


@dataclass(frozen=True, slots=True, eq=False)
class _Axes:
    name: str
    values: NDArray[Any]
    unit: Unit | None
    gravity: bool | None


def read_arrays(path: Path, arrays: Arrays, attributes: Mapping[str, Any], format_id: str, asked: Asked) -> Recording:
    """Read the acceleration among arrays.

    Parameters
    ----------
    arrays
        Name to values: `xyz_g` or three columns named after the axes; with `time_s`, or a rate.
    attributes
        Facts about the whole (`rate_hz`, `unit`, `placement` ...).

    Raises
    ------
    FileFormatError, UnitError, RateError
        No acceleration, no time, no unit.
    """
    arrays = {n: np.asarray(v) for n, v in arrays.items()}
    facts = dict(attributes) | {n: v.reshape(-1)[0] for n, v in arrays.items() if v.size == 1}
    if (labels := _labels(arrays, facts)) is not None:
        return _one_of_several(path, arrays, facts, labels, format_id, asked)
    if (runs := _exact_runs(path, arrays, facts, asked)) is not None:
        samples, rate = runs
        return _described(path, facts, format_id, samples, rate)
    found = _axes_of(path, arrays, facts)
    chosen, warnings = choose_sensor([a.name for a in found], asked, path.name)
    axes = next(a for a in found if a.name == chosen)
    made = Found(
        format=format_id,
        values=axes.values,
        unit=axes.unit,
        gravity=axes.gravity,
        rate_hz=_rate(facts),
        start_ns=_start_ns(facts),
        sensor=chosen,
        sensors=[a.name for a in found],
        device=_text(facts, "device"),
        placement=_enum(Placement, facts, "placement"),
        side=_enum(Side, facts, "side"),
        warnings=warnings,
    )
    if axes.unit is None and _mostly_whole(axes.values) and slow_magnitude(np.asarray(axes.values, np.float32)) > 2000:
        made.warnings.append("these are whole numbers, so they look like counts of a sensor")
    made.time_s, start_ns = _time(arrays, len(axes.values))
    made.start_ns = start_ns if start_ns is not None else made.start_ns
    return assemble(path, made, asked)


def _labels(arrays: Arrays, facts: Mapping[str, Any]) -> NDArray[np.str_] | None:
    """Find the sensor of each row, where the runs or a column tell it."""
    of_run, length = (np.atleast_1d(np.asarray(facts.get(n, arrays.get(n, ())))) for n in ("run_sensor", "run_length"))
    rows = next((len(arrays[n]) for n in ("xyz_g", "x_g") if n in arrays), 0)
    if of_run.size and of_run.shape == length.shape and length.dtype.kind in "iuf":
        if (length < 0).any() or length.sum() != rows:
            return None
        return np.repeat(_texts(of_run), length.astype(np.int64))
    column = arrays.get("sensor")
    if column is None or column.ndim != 1 or column.size < 2 or column.dtype.kind not in "USO":
        return None
    return _texts(column)


def _texts(values: NDArray[Any]) -> NDArray[np.str_]:
    plain = [
        v.decode("utf-8", errors="replace") if isinstance(v, bytes) else str(v) for v in np.atleast_1d(values).tolist()
    ]
    return np.array([text.strip() for text in plain])


def _one_of_several(
    path: Path, arrays: Arrays, facts: dict[str, Any], labels: NDArray[np.str_], format_id: str, asked: Asked
) -> Recording:
    """Read the rows and runs of one sensor, and what is said of it in particular."""
    names = list(dict.fromkeys(labels.tolist()))
    chosen, warnings = choose_sensor(names, asked, path.name)
    rows = labels == chosen
    held: dict[str, NDArray[Any]] = {**arrays, **{n: v for n, v in facts.items() if isinstance(v, np.ndarray)}}
    of_run = held.get("run_sensor")
    runs = None if of_run is None else _texts(of_run) == chosen
    kept: dict[str, NDArray[Any]] = {}
    for name, values in held.items():
        if name in ("sensor", "sensors", "run_sensor"):
            continue
        if values.ndim and len(values) == len(rows):
            kept[name] = values[rows]
        elif runs is not None and name.startswith("run_") and len(values) == len(runs):
            kept[name] = values[runs]
        elif values.ndim == 1 and len(values) == len(names):
            facts = facts | {name: values[names.index(chosen)]}
        else:
            kept[name] = values
    rest = {n: v for n, v in facts.items() if not isinstance(v, np.ndarray)} | {"sensor": chosen}
    recording = read_arrays(path, kept, rest, format_id, Asked(unit=asked.unit, rate_hz=asked.rate_hz))
    found = [*warnings, *recording.warnings]
    return replace(recording, sensor=chosen, sensors=tuple(names), warnings=found)


def _exact_runs(
    path: Path, arrays: Arrays, facts: Mapping[str, Any], asked: Asked
) -> tuple[list[Samples], float] | None:
    """Take the runs as `tremorscope export` writes them, to the last bit: starts and lengths beside the samples."""
    starts, lengths = (
        np.atleast_1d(np.asarray(facts.get(n, arrays.get(n, ())))) for n in ("run_start_s", "run_length")
    )
    rate = asked.rate_hz or _rate(facts)
    xyz_g = arrays.get("xyz_g")
    if xyz_g is None and all(f"{a}_g" in arrays for a in "xyz"):
        xyz_g = np.stack([arrays[f"{a}_g"] for a in "xyz"], axis=-1)
    if xyz_g is None or xyz_g.ndim != 2 or xyz_g.shape[1] != 3 or not (starts.size and rate > 0) or asked.unit:
        return None
    starts, lengths = np.asarray(starts, np.float64), np.asarray(lengths, np.float64)
    ends = starts + lengths / rate
    whole = starts.shape == lengths.shape and len(starts) <= MOST_RUNS and lengths.sum() == len(xyz_g)
    ahead = whole and bool((lengths > 0).all() and (starts >= 0).all() and (starts[1:] >= ends[:-1] - 0.5 / rate).all())
    if not ahead or not np.isfinite(starts).all() or not np.isfinite(np.asarray(xyz_g, np.float64)).all():
        msg = (
            f"{path.name}: its runs (run_start_s, run_length) do not fit its {len(xyz_g)} samples; the file is damaged"
        )
        raise FileFormatError(msg)
    edges = np.concatenate([[0], np.cumsum(lengths)]).astype(int)
    values = np.asarray(xyz_g, np.float32)
    start_ns, sensor = _start_ns(facts), _text(facts, "sensor")
    samples = [
        Samples(
            xyz_g=values[a:b],
            rate_hz=rate,
            start_s=float(s),
            start_ns=None if start_ns is None else start_ns + round(float(s) * 1e9),
            sensor=sensor,
        )
        for a, b, s in zip(edges[:-1], edges[1:], starts, strict=True)
    ]
    return samples, rate


def _described(
    path: Path, facts: Mapping[str, Any], format_id: str, samples: list[Samples], rate_hz: float
) -> Recording:
    sensor = _text(facts, "sensor")
    return Recording(
        path=path,
        format=format_id,
        samples=samples,
        rate_hz=rate_hz,
        nominal_hz=rate_hz,
        sensor=sensor,
        sensors=(sensor,),
        device=_text(facts, "device"),
        placement=_enum(Placement, facts, "placement"),
        side=_enum(Side, facts, "side"),
        start_ns=_start_ns(facts),
    )


def _axes_of(path: Path, arrays: Arrays, facts: Mapping[str, Any]) -> list[_Axes]:
    """Find every accelerometer among the arrays: matrices of three columns, or three columns by name."""
    stated = _text(facts, "unit") or _text(facts, "units")
    unit = file_unit(stated.split(",")[0]) if stated else None
    found = []
    for name, values in arrays.items():
        if values.ndim != 2 or values.dtype.kind not in "fiu" or 3 not in values.shape or min(values.shape) < 1:
            continue
        plain = name.rsplit("/", 1)[-1]
        if name == "xyz_g" or (ACCELERATION.search(plain) and not re.search("gyr|mag", plain, re.IGNORECASE)):
            matrix = values if values.shape[1] == 3 else values.T
            found.append(_Axes(name, matrix, name_unit(name) or unit, None))
    if not found:
        found = [
            _Axes(name, v if v.shape[1] == 3 else v.T, name_unit(name) or unit, None)
            for name, v in arrays.items()
            if v.ndim == 2 and v.dtype.kind in "fiu" and 3 in v.shape and v.size > 9 and re.match(r"xyz|data", name)
        ][:1]
    columns = [n for n, v in arrays.items() if v.ndim == 1 and v.size > 1 and v.dtype.kind in "fiu"]
    if not found:
        for axes in find_axes(columns):
            parts = [arrays[columns[i]] for i in axes.columns]
            if len({len(p) for p in parts}) == 1:
                found.append(_Axes(axes.name, np.stack(parts, axis=-1), axes.unit or unit, axes.gravity))
    if not found:
        held = ", ".join(list(arrays)[:20]) or "nothing"
        msg = f"{path.name}: an array xyz_g of shape (n, 3), or columns x_g, y_g, z_g are needed; it holds {held}"
        raise FileFormatError(msg)
    if len(found) == 1:
        return [_Axes("", found[0].values, found[0].unit, found[0].gravity)]
    return sorted(found, key=lambda a: bool(OTHER.search(a.name)))


def _time(arrays: Arrays, n: int) -> tuple[NDArray[np.float64] | None, int | None]:
    names = [k for k, v in arrays.items() if v.ndim == 1 and len(v) == n]
    for i, scale in find_times(names, ()):
        values = arrays[names[i]]
        if values.dtype.kind == "M":
            ns = values.astype("datetime64[ns]").astype(np.int64)
            return (ns - ns[0]) * 1e-9, int(ns[0])
        if values.dtype.kind in "US" or (values.dtype.kind == "O" and all(isinstance(v, str) for v in values[:9])):
            return texts_to_seconds([str(v) for v in values])
        if values.dtype.kind in "fiu":
            return numbers_to_seconds(values.astype(np.float64), 1.0 if names[i] == "time_s" else scale)
    return None, None


def _rate(facts: Mapping[str, Any]) -> float:
    for name, value in facts.items():
        if RATE.match(str(name).rsplit("/", 1)[-1].rsplit(".", 1)[-1]):
            try:
                rate = float(value)
            except (TypeError, ValueError):
                continue
            if np.isfinite(rate) and rate > 0:
                return rate
    return 0.0


def _start_ns(facts: Mapping[str, Any]) -> int | None:
    value = facts.get("start_ns")
    try:
        return int(value) or None if value is not None else None
    except (TypeError, ValueError, OverflowError):
        return None


def _text(facts: Mapping[str, Any], name: str) -> str:
    value = facts.get(name, "")
    return value.decode("utf-8", errors="replace") if isinstance(value, bytes) else str(value)


def _enum(kind: type[Word], facts: Mapping[str, Any], name: str) -> Word:
    try:
        return kind(_text(facts, name))
    except ValueError:
        return kind("unknown")


def _mostly_whole(values: NDArray[Any]) -> bool:
    return bool((np.asarray(values[:1000], np.float64) % 1 == 0).all())
