"""WFDB, the format of PhysioNet: a header, the signals in 32 bits, annotations; a gap holds the invalid value."""

import datetime as dt
import re
import warnings
from pathlib import Path

import numpy as np

from dsp import Analysis, InputError, MissingExtraError
from recordings.exporters.cut import cut
from recordings.exporters.notes import notes_of
from recordings.exporters.options import ExportOptions
from recordings.exporters.tables import calibration_of
from recordings.recording import Recording

RECORD_NAME = re.compile(r"^[-\w]+$", re.ASCII)
BITS = 30
"""The gain is the power of two that takes the largest sample just below 2^30: steps of 2^-30 of the range, as fine as
float32, and far from the value that stands for a missing sample."""
ANNOTATOR = "atr"
LONGEST_NOTE = 250
NOTE_SYMBOL = '"'


def write_wfdb(recording: Recording, analysis: Analysis | None, out: Path, options: ExportOptions) -> None:
    """Write ``NAME.hea`` with ``NAME.dat``, and ``NAME.atr`` with segments, events, holds and markers.

    Raises
    ------
    InputError
        A name that WFDB does not know.
    MissingExtraError
        Without the extra.
    """
    if not RECORD_NAME.match(out.stem):
        better = re.sub(r"[^-\w]+", "_", out.stem, flags=re.ASCII).strip("_") or "record"
        msg = f"a WFDB record is named with letters, digits, - and _ alone, not {out.stem!r}; use -o {better}.hea"
        raise InputError(msg)
    with warnings.catch_warnings():
        # What newer pandas holds against how wfdb uses it is nothing that a person can mend.
        warnings.simplefilter("ignore")
        _write(recording, analysis, out, options)


def _write(recording: Recording, analysis: Analysis | None, out: Path, options: ExportOptions) -> None:
    try:
        import wfdb  # noqa: PLC0415 - an extra
    except ImportError as error:
        msg = "WFDB needs the extra `formats`: pip install 'tremorscope[formats]'"
        raise MissingExtraError(msg) from error
    part = cut(recording, options)
    xyz_g = part.to_array().astype(np.float64)
    largest = max(float(np.nanmax(np.abs(xyz_g))), 2.0**-10)
    gain = 2.0 ** (BITS - int(np.ceil(np.log2(largest))))
    start = None
    if options.identify and part.start_ns is not None:
        ns = part.start_ns + round(part.samples[0].start_s * 1e9)
        start = dt.datetime.fromtimestamp(ns / 1e9, dt.UTC).replace(tzinfo=None)
    about = [f"placement {part.placement.value}", f"side {part.side.value}", f"calibration {calibration_of(part)}"]
    if options.identify and part.device:
        about.append(f"device {part.device}")
    wfdb.wrsamp(
        out.stem,
        fs=part.rate_hz,
        units=["g"] * 3,
        sig_name=["acc_x", "acc_y", "acc_z"],
        p_signal=xyz_g,
        fmt=["32"] * 3,
        adc_gain=[gain] * 3,
        baseline=[0] * 3,
        comments=about,
        base_datetime=start,
        write_dir=str(out.parent),
    )
    notes = [n for n in notes_of(part, analysis, options) if n.text != "gap"]
    if notes:
        wfdb.wrann(
            out.stem,
            ANNOTATOR,
            sample=np.array([min(len(xyz_g) - 1, round(n.onset_s * part.rate_hz)) for n in notes]),
            symbol=[NOTE_SYMBOL] * len(notes),
            aux_note=[_text(n.text, n.duration_s) for n in notes],
            write_dir=str(out.parent),
        )


def _text(text: str, duration_s: float) -> str:
    plain = " ".join(text.encode("ascii", "replace").decode().split())[:LONGEST_NOTE]
    return f"{plain} ({duration_s:.3f} s)" if duration_s > 0 else plain
