"""EDF+ and BDF+: three signals and annotations; a gap is filled with zeros and marked."""

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsp import Analysis, InputError
from recordings.exporters.options import ExportOptions
from recordings.recording import Recording

HEADROOM = 1.02
"""The physical range is the data's own, a little wider, so that 16 bits resolve well below a sensor's noise."""


def write_edf(recording: Recording, analysis: Analysis | None, out: Path, options: ExportOptions) -> None:
    """Write the samples as EDF+ (16 bit) or BDF+ (24 bit), with segments, events and gaps as annotations.

    Raises
    ------
    InputError
        When the rate is not a whole number of samples in ten seconds, which EDF cannot say.
    """
    import edfio  # noqa: PLC0415 - only this format needs it

    rate = recording.rate_hz
    xyz_g = recording.to_array()
    first = round((options.start_s or 0.0) * rate)
    last = len(xyz_g) if options.end_s is None else round(options.end_s * rate)
    xyz_g = xyz_g[first:last]
    if not len(xyz_g) or options.decimate != 1:
        msg = "EDF needs at least one sample and no decimation; choose another time range or csv"
        raise InputError(msg)
    record_s, per_record = _record(rate)
    padded = -(-len(xyz_g) // per_record) * per_record
    missing: NDArray[np.bool_] = np.asarray(np.isnan(xyz_g).any(axis=1))
    filled = np.zeros((padded, 3))
    filled[: len(xyz_g)] = np.where(missing[:, None], 0.0, xyz_g)
    limit = max(0.1, float(np.abs(filled).max()) * HEADROOM)
    bits24 = out.suffix.lower() == ".bdf"
    kind: Any = edfio.BdfSignal if bits24 else edfio.EdfSignal
    signals = [
        kind(
            filled[:, i],
            per_record / record_s,
            label=f"acc {axis}",
            physical_dimension="g",
            physical_range=(-float(f"{limit:.5f}"), float(f"{limit:.5f}")),
        )
        for i, axis in enumerate("xyz")
    ]
    notes = [edfio.EdfAnnotation(len(xyz_g) / rate, None, "end of data")]
    edges = np.nonzero(np.diff(np.concatenate([[False], missing, [False]]).astype(int)))[0]
    notes += [edfio.EdfAnnotation(a / rate, (b - a) / rate, "gap") for a, b in edges.reshape(-1, 2)]
    if analysis is not None:
        shift = first / rate
        notes += [
            edfio.EdfAnnotation(max(0.0, s.start_s - shift), s.duration_s, s.label.value)
            for s in analysis.segments
            if s.end_s > shift
        ]
        notes += [
            edfio.EdfAnnotation(e.onset_s - shift, e.end_s - e.onset_s, e.label.value)
            for e in analysis.events
            if e.onset_s >= shift
        ]
    start = None
    if options.identify and recording.start_ns is not None:
        start = dt.datetime.fromtimestamp(recording.start_ns / 1e9, dt.UTC).replace(tzinfo=None)
    build: Any = edfio.Bdf if bits24 else edfio.Edf
    file = build(
        signals,
        annotations=sorted(notes, key=lambda a: a.onset),
        data_record_duration=record_s,
        **({"recording": edfio.Recording(startdate=start.date()), "starttime": start.time()} if start else {}),
    )
    file.write(out)


def _record(rate_hz: float) -> tuple[float, int]:
    """Length of a record that holds a whole number of samples, and that number."""
    for record_s in (1.0, 2.0, 4.0, 5.0, 10.0):
        size = rate_hz * record_s
        if abs(size - round(size)) < 1e-6 * size:
            return record_s, round(size)
    msg = (
        f"EDF needs a whole number of samples in at most ten seconds; {rate_hz:.6g} Hz has none; "
        "export csv, npz or parquet, which keep the rate as it is"
    )
    raise InputError(msg)
