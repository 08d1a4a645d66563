"""Tables: what is exported as columns, whatever file they end up in."""

import dataclasses
import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsp import Analysis, Event, FatigueEvidence, Hold, HoldFinding, InputError, Segment
from recordings.exporters.cut import cut
from recordings.exporters.options import ExportOptions
from recordings.recording import Recording

BIN_ENDING = "_hz"
Column = NDArray[Any]


@dataclass(slots=True)
class Sheet:
    """Columns of one length, with what describes them.

    Attributes
    ----------
    columns
        Name (with unit) to values.
    attributes
        Facts about the whole: window, units, versions.
    bins
        Which columns are power at one frequency.
    told
        Attributes that a file without a place for them repeats in every row.
    """

    columns: dict[str, Column]
    attributes: dict[str, Any] = field(default_factory=dict)
    bins: tuple[str, ...] = ()
    told: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))


def samples_sheet(recording: Recording, options: ExportOptions) -> Sheet:
    """Lay out samples as `time_s, x_g, y_g, z_g`; a gap is a jump in time_s."""
    part = cut(recording, options)
    xyz_g = np.concatenate([run.xyz_g for run in part.samples])
    columns: dict[str, Column] = {
        "time_s": np.concatenate([run.start_s + np.arange(len(run)) / part.rate_hz for run in part.samples]),
        "x_g": xyz_g[:, 0],
        "y_g": xyz_g[:, 1],
        "z_g": xyz_g[:, 2],
    }
    attributes = {
        "rate_hz": part.rate_hz,
        "unit": "g",
        "placement": recording.placement.value,
        "side": recording.side.value,
        "calibration": calibration_of(recording),
        "run_start_s": np.array([run.start_s for run in part.samples]),
        "run_length": np.array([len(run) for run in part.samples]),
    }
    return Sheet(columns, attributes | identity(recording, options))


def spectra_sheet(analysis: Analysis, recording: Recording, options: ExportOptions) -> Sheet:
    """Lay out a row a frame: time, state, and the power at each frequency; the average of the session apart."""
    if analysis.spectra is None:
        msg = "this analysis kept no spectra; analyse again with keep_spectra=True"
        raise InputError(msg)
    s = analysis.spectra
    rows = _within(s.time_s, options)
    bins = (s.freq_hz >= (options.low_hz or 0.0)) & (s.freq_hz <= (options.high_hz or np.inf))
    if not bins.any():
        msg = (
            f"no frequency lies between {options.low_hz or 0.0:g} and {options.high_hz or np.inf:g} Hz; "
            f"the spectra reach from 0 to {s.freq_hz[-1]:g} Hz in steps of {s.freq_hz[1]:g} Hz"
        )
        raise InputError(msg)
    if not rows.any():
        msg = f"no spectrum lies in that time range; they reach from {s.time_s.min(initial=0):g} s" if len(rows) else ""
        msg = f"{msg} to {s.time_s.max():g} s" if msg else "the recording is too short for a spectrum"
        raise InputError(msg)
    psd = s.psd[rows][:, bins]
    columns: dict[str, Column] = {"time_s": s.time_s[rows], "label": analysis.frames["label"][rows]}
    names = [f"{f:.4f}{BIN_ENDING}" for f in s.freq_hz[bins]]
    columns |= {name: psd[:, i] for i, name in enumerate(names)}
    attributes = {
        "freq_hz": s.freq_hz[bins],
        "session_average": average(psd),
        "unit": "g^2/Hz",
        "scaling": "one-sided power spectral density, summed over the three axes",
        "window": s.window,
        "rate_hz": analysis.rate_hz,
        "calibration": calibration_of(recording),
    }
    told = ("unit", "scaling", "window", "rate_hz", "calibration", "placement", "parameters_version")
    return Sheet(columns, attributes | _versions(analysis) | identity(recording, options), tuple(names), told)


def average(psd: NDArray[np.float32]) -> NDArray[np.float64]:
    """Average the spectra of the frames that have data, (m,)."""
    whole = psd[np.isfinite(psd).all(axis=1)]
    return whole.mean(axis=0, dtype=np.float64) if len(whole) else np.full(psd.shape[1], np.nan)


def frames_sheet(analysis: Analysis, recording: Recording, options: ExportOptions) -> Sheet:
    """Lay out a row a frame: every feature and probability."""
    if not analysis.frames_kept:
        msg = "this analysis did not keep its frames; analyse again with keep_frames=True"
        raise InputError(msg)
    rows = analysis.frames[_within(analysis.frames["time_s"], options)]
    columns = {name: rows[name] for name in rows.dtype.names or ()}
    return Sheet(columns, {"rate_hz": analysis.rate_hz} | _versions(analysis) | identity(recording, options))


def events_sheet(analysis: Analysis, recording: Recording, options: ExportOptions) -> Sheet:
    """Lay out a row an event that begins in the time range."""
    kept = [e for e in analysis.events if options.first_s <= e.onset_s < options.last_s]
    return _items_sheet(_columns(kept, Event), analysis, recording, options)


def segments_sheet(analysis: Analysis, recording: Recording, options: ExportOptions) -> Sheet:
    """Lay out a row a segment that reaches into the time range."""
    kept = [s for s in analysis.segments if s.end_s > options.first_s and s.start_s < options.last_s]
    columns = _columns(kept, Segment)
    # The fatigue evidence is of tremor segments only; a column each, empty elsewhere.
    columns.pop("fatigue")
    fatigue = _columns([s.fatigue or _NO_FATIGUE for s in kept], FatigueEvidence)
    columns |= {f"fatigue_{name.removeprefix('is_fatigue') or 'found'}": v for name, v in fatigue.items()}
    return _items_sheet(columns, analysis, recording, options)


_NO_FATIGUE = FatigueEvidence(
    into_hold_s=None, amplitude_db_per_min=np.nan, frequency_hz_per_min=np.nan, low_high_ratio=np.nan,
    above_rest_db=np.nan, is_fatigue=False,
)  # fmt: skip


def holds_sheet(analysis: Analysis, recording: Recording, options: ExportOptions) -> Sheet:
    """Lay out a row a hold that reaches into the time range, with what happened in it."""
    kept = [h for h in analysis.holds if h.end_s > options.first_s and h.start_s < options.last_s]
    found = {f.start_s: f for f in analysis.findings.holds}
    columns = _columns(kept, Hold)
    inside = _columns([found[h.start_s] for h in kept if h.start_s in found], HoldFinding)
    if all(h.start_s in found for h in kept):
        columns |= {name: v for name, v in inside.items() if name not in columns}
    return _items_sheet(columns, analysis, recording, options)


def joined(sheets: Sequence[Sheet], names: Sequence[str]) -> Sheet:
    """Put the sheets of several sensors below each other, told apart by a last column ``sensor``."""
    columns = {name: np.concatenate([s.columns[name] for s in sheets]) for name in sheets[0].columns}
    columns["sensor"] = np.concatenate([np.full(len(s), n) for s, n in zip(sheets, names, strict=True)])
    attributes: dict[str, Any] = {}
    for key, value in sheets[0].attributes.items():
        if isinstance(value, np.ndarray):
            attributes[key] = np.concatenate([np.asarray(s.attributes[key]) for s in sheets])
        elif all(s.attributes[key] == value for s in sheets):
            attributes[key] = value
        else:
            attributes[key] = np.array([s.attributes[key] for s in sheets])
    attributes["sensors"] = np.array(names)
    if "run_length" in attributes:
        runs = [np.full(len(s.attributes["run_length"]), n) for s, n in zip(sheets, names, strict=True)]
        attributes["run_sensor"] = np.concatenate(runs)
    return Sheet(columns, attributes, sheets[0].bins, sheets[0].told)


def calibration_of(recording: Recording) -> str:
    """Say what was done to the samples since the sensor gave them."""
    return recording.details.get("calibration", "none: as the sensor gave it")


def identity(recording: Recording, options: ExportOptions) -> dict[str, Any]:
    """Give what identifies the recording; nothing unless asked for."""
    if not options.identify:
        return {}
    told: dict[str, Any] = {"device": recording.device, "sensor": recording.sensor}
    if recording.start_ns is not None:
        told |= {"start_ns": recording.start_ns, "start_utc": utc_text(recording.start_ns)}
    return told


def utc_text(ns: int) -> str:
    """ISO 8601 of a time in nanoseconds since 1970, to the microsecond."""
    return (dt.datetime(1970, 1, 1) + dt.timedelta(microseconds=ns // 1000)).isoformat() + "Z"  # noqa: DTZ001 - UTC


def _items_sheet(columns: dict[str, Column], analysis: Analysis, recording: Recording, options: ExportOptions) -> Sheet:
    return Sheet(columns, {"rate_hz": analysis.rate_hz} | _versions(analysis) | identity(recording, options))


def _columns(items: Sequence[Any], kind: type) -> dict[str, Column]:
    """Turn dataclasses of one kind into columns of numbers, truth values and text."""
    columns: dict[str, Column] = {}
    for each in dataclasses.fields(kind):
        values = [getattr(i, each.name) for i in items]
        if each.name == "direction":
            xyz = np.array(values, np.float64).reshape(-1, 3)
            columns |= {f"direction_{axis}": xyz[:, i] for i, axis in enumerate("xyz")}
        elif each.type in (float, float | None):
            columns[each.name] = np.array([np.nan if v is None else v for v in values], np.float64)
        elif each.type is int:
            columns[each.name] = np.array(values, np.int64)
        elif each.type is bool:
            columns[each.name] = np.array(values, bool)
        else:
            columns[each.name] = np.array([_text(v) for v in values], str)
    return columns


def _text(value: Any) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, tuple):
        return "; ".join(str(v) for v in value)
    return "" if value is None else str(value)


def _within(time_s: NDArray[np.float64], options: ExportOptions) -> NDArray[np.bool_]:
    kept: NDArray[np.bool_] = (time_s >= options.first_s) & (time_s < options.last_s)
    return kept


def _versions(analysis: Analysis) -> dict[str, Any]:
    return {"parameters_version": analysis.parameters_version, "placement": analysis.placement.value}
