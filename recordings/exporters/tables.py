"""Tables: what is exported as columns, whatever file they end up in."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsp import Analysis, InputError
from recordings.exporters.options import ExportOptions
from recordings.recording import Recording


@dataclass(slots=True)
class Sheet:
    """Columns of one length, with what describes them.

    Attributes
    ----------
    columns
        Name (with unit) to values.
    attributes
        Facts about the whole: window, units, versions.
    """

    columns: dict[str, NDArray[Any]]
    attributes: dict[str, Any] = field(default_factory=dict)


def samples_sheet(recording: Recording, options: ExportOptions) -> Sheet:
    """Lay out samples as `time_s, x_g, y_g, z_g`; a gap is a jump in time_s."""
    times, values, starts, lengths = [], [], [], []
    rate = recording.rate_hz / options.decimate
    for run in recording.samples:
        xyz_g = run.xyz_g if options.decimate == 1 else _decimated(run.xyz_g, options.decimate)
        time_s = run.start_s + np.arange(len(xyz_g)) / rate
        keep = _within(time_s, options, 0.5 / rate)
        if keep.any():
            times.append(time_s[keep])
            values.append(xyz_g[keep])
            starts.append(float(time_s[keep][0]))
            lengths.append(int(keep.sum()))
    if not times:
        span = f"from {options.start_s} to {options.end_s} s"
        msg = f"there are no samples {span}; the recording is {recording.duration_s:.1f} s long"
        raise InputError(msg)
    xyz_g = np.concatenate(values)
    columns: dict[str, NDArray[Any]] = {
        "time_s": np.concatenate(times),
        "x_g": xyz_g[:, 0],
        "y_g": xyz_g[:, 1],
        "z_g": xyz_g[:, 2],
    }
    attributes = {
        "rate_hz": rate,
        "unit": "g",
        "placement": recording.placement.value,
        "side": recording.side.value,
        "run_start_s": np.array(starts),
        "run_length": np.array(lengths),
    }
    return Sheet(columns, attributes | _identity(recording, options))


def spectra_sheet(analysis: Analysis, recording: Recording, options: ExportOptions) -> Sheet:
    """Lay out a row a frame: time, state, and the power at each frequency."""
    if analysis.spectra is None:
        msg = "this analysis kept no spectra; analyse again with keep_spectra=True"
        raise InputError(msg)
    s = analysis.spectra
    rows = _within(s.time_s, options)
    bins = (s.freq_hz >= (options.low_hz or 0.0)) & (s.freq_hz <= (options.high_hz or np.inf))
    columns: dict[str, NDArray[Any]] = {"time_s": s.time_s[rows], "label": analysis.frames["label"][rows]}
    psd = s.psd[rows][:, bins]
    columns |= {f"{f:.4f}_hz": psd[:, i] for i, f in enumerate(s.freq_hz[bins])}
    attributes = {
        "freq_hz": s.freq_hz[bins],
        "session_average": psd.mean(axis=0) if len(psd) else np.zeros(bins.sum()),
        "unit": "g^2/Hz, one-sided, summed over the three axes",
        "window": s.window,
        "rate_hz": analysis.rate_hz,
        "calibration": recording.details.get("calibration", "none: as the sensor gave it"),
    }
    return Sheet(columns, attributes | _versions(analysis) | _identity(recording, options))


def frames_sheet(analysis: Analysis, recording: Recording, options: ExportOptions) -> Sheet:
    """Lay out a row a frame: every feature and probability."""
    rows = analysis.frames[_within(analysis.frames["time_s"], options)]
    columns = {name: rows[name] for name in rows.dtype.names or ()}
    return Sheet(columns, {"rate_hz": analysis.rate_hz} | _versions(analysis) | _identity(recording, options))


def items_sheet(
    items: Sequence[Any], kind: type, time_field: str, analysis: Analysis, recording: Recording, options: ExportOptions
) -> Sheet:
    """Lay out a row an event, hold or segment; evidence as text."""
    names = [f.name for f in dataclasses.fields(kind)]
    low, high = options.start_s or -np.inf, options.end_s or np.inf
    kept = [i for i in items if low <= getattr(i, time_field) <= high]
    columns = {name: np.array([_cell(getattr(i, name)) for i in kept]) for name in names}
    return Sheet(columns, {"rate_hz": analysis.rate_hz} | _versions(analysis) | _identity(recording, options))


def _cell(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, tuple):
        return "; ".join(str(v) for v in value)
    if value is None:
        return ""
    if dataclasses.is_dataclass(value):
        return "; ".join(str(t) for t in getattr(value, "terms", ()))
    return value


def _within(time_s: NDArray[np.float64], options: ExportOptions, slack_s: float = 0.0) -> NDArray[np.bool_]:
    low = -np.inf if options.start_s is None else options.start_s - slack_s
    high = np.inf if options.end_s is None else options.end_s - slack_s
    kept: NDArray[np.bool_] = (time_s >= low) & (time_s < high if options.end_s is not None else time_s <= high)
    return kept


def _decimated(xyz_g: NDArray[np.float32], every: int) -> NDArray[np.float32]:
    from scipy.signal import resample_poly  # noqa: PLC0415 - only decimation needs it

    # Padded by lines between the ends, or gravity would ring at both.
    return np.asarray(resample_poly(xyz_g, 1, every, axis=0, padtype="line"), np.float32)


def _versions(analysis: Analysis) -> dict[str, Any]:
    return {"parameters_version": analysis.parameters_version, "placement": analysis.placement.value}


def _identity(recording: Recording, options: ExportOptions) -> dict[str, Any]:
    if not options.identify:
        return {}
    return {"start_ns": recording.start_ns or 0, "device": recording.device, "sensor": recording.sensor}
