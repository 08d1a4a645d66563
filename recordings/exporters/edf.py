"""EDF+ and BDF+: three signals and annotations; a gap is filled with zeros and marked."""

import datetime as dt
import math
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsp import Analysis, InputError
from recordings.exporters.cut import cut
from recordings.exporters.notes import notes_of
from recordings.exporters.options import ExportOptions
from recordings.recording import Recording

HEADROOM = 1.02
"""The physical range is the data's own, a little wider, so that 16 bits resolve well below a sensor's noise."""
USUAL_RECORDS_S = (1.0, 2.0, 4.0, 5.0, 10.0)
LONGEST_RECORD_S = 10.0
DURATION_FIELD = 8
"""Characters that EDF has for the length of a record; it decides how exactly a crooked rate can be said."""
RATE_TOLERANCE = 1e-6
"""Relative; a day is then 86 ms off at most, and a record that says the rate exactly is nearly always found."""


def write_edf(recording: Recording, analysis: Analysis | None, out: Path, options: ExportOptions) -> None:
    """Write the samples as EDF+ (16 bit) or BDF+ (24 bit), with segments, events, holds, markers and gaps beside them.

    Raises
    ------
    InputError
        When there are no samples in the range, or the rate cannot be said.
    """
    import edfio  # noqa: PLC0415 - only this format needs it

    part = cut(recording, options)
    xyz_g = part.to_array()
    record_s, per_record = record_of(part.rate_hz)
    missing: NDArray[np.bool_] = np.asarray(np.isnan(xyz_g).any(axis=1))
    filled = np.where(missing[:, None], 0.0, xyz_g.astype(np.float64))
    limit = float(f"{max(0.1, float(np.abs(filled).max()) * HEADROOM):.5f}")
    bits24 = out.suffix.lower() == ".bdf"
    kind: Any = edfio.BdfSignal if bits24 else edfio.EdfSignal
    records, rate = _fitting(-(-len(filled) // per_record), record_s, per_record)
    padded = np.zeros((records * per_record, 3))
    padded[: len(filled)] = filled
    signals = [
        kind(
            padded[:, i],
            rate,
            label=f"acc {axis}",
            transducer_type="accelerometer",
            physical_dimension="g",
            physical_range=(-limit, limit),
        )
        for i, axis in enumerate("xyz")
    ]
    notes = [edfio.EdfAnnotation(len(xyz_g) / part.rate_hz, None, "end of data")]
    notes += [
        edfio.EdfAnnotation(round(n.onset_s, 6), round(n.duration_s, 6) or None, n.text)
        for n in notes_of(part, analysis, options)
    ]
    start = _start(part) if options.identify else None
    about = edfio.Recording(startdate=start.date(), equipment_code=_code(part.device)) if start else None
    build: Any = edfio.Bdf if bits24 else edfio.Edf
    file = build(
        signals,
        annotations=sorted(notes, key=lambda a: a.onset),
        data_record_duration=record_s,
        recording=about,
        starttime=start.time() if start else None,
    )
    file.write(out)


def record_of(rate_hz: float) -> tuple[float, int]:
    """Find the length of a record that holds a whole number of samples, and that number.

    Rates of real sensors are crooked (99.837 Hz), but the length of a record may be as well: that of so many samples,
    with the decimals that EDF has room for, which says the rate to a millionth or better.

    Raises
    ------
    InputError
        When no record says the rate that exactly (a rate of seconds a sample).
    """
    for record_s in USUAL_RECORDS_S:
        size = rate_hz * record_s
        if round(size) >= 1 and abs(size - round(size)) < 1e-9 * size:
            return record_s, round(size)
    best, found = math.inf, (1.0, 1)
    for samples in range(1, int(LONGEST_RECORD_S * rate_hz) + 1):
        exact_s = samples / rate_hz
        record_s = float(f"{exact_s:.{DURATION_FIELD - 2}f}")
        error = abs(record_s - exact_s) / exact_s
        if record_s > 0 and exact_s < LONGEST_RECORD_S and error < best:
            best, found = error, (record_s, samples)
    if best > RATE_TOLERANCE:
        msg = f"EDF cannot say a rate of {rate_hz:.6g} Hz; export csv, npz or parquet, which keep it as it is"
        raise InputError(msg)
    return found


def _fitting(records: int, record_s: float, per_record: int) -> tuple[int, float]:
    """Find the number of records, and the rate to the last bit, for which edfio finds that the one divides the other.

    It divides lengths in floating point and wants a whole number; one more record of padding is the price when it does
    not get one.
    """
    rate = per_record / record_s
    for n in range(records, records + 1000):
        for candidate in (rate, math.nextafter(rate, 0.0), math.nextafter(rate, math.inf)):
            if round(n * per_record / candidate, 12) / record_s == n:
                return n, candidate
    return records, rate


def _start(part: Recording) -> dt.datetime | None:
    if part.start_ns is None:
        return None
    ns = part.start_ns + round(part.samples[0].start_s * 1e9)
    return dt.datetime.fromtimestamp(ns / 1e9, dt.UTC).replace(tzinfo=None)


def _code(device: str) -> str:
    """Shape a name for a header field that knows neither spaces nor more than ASCII."""
    return "_".join(device.encode("ascii", "ignore").decode().split())[:20] or "X"
