"""Exporters: what was measured or found, for other programs."""

import os
from collections.abc import Sequence
from pathlib import Path

from dsp import Analysis, InputError, StorageError
from recordings.exporters.options import (
    ENDINGS,
    PICTURE_KINDS,
    PICTURES,
    ExportOptions,
    anonymous_names,
    check_export,
    holds_several_sensors,
    needs_analysis,
)
from recordings.exporters.tables import (
    Sheet,
    events_sheet,
    frames_sheet,
    holds_sheet,
    joined,
    samples_sheet,
    segments_sheet,
    spectra_sheet,
)
from recordings.recording import Recording

__all__ = ["ENDINGS", "ExportOptions", "check_export", "export", "holds_several_sensors", "needs_analysis"]


def export(
    kind: str,
    out: Path,
    *,
    recording: Recording,
    analysis: Analysis | None = None,
    options: ExportOptions | None = None,
    others: Sequence[tuple[Recording, Analysis | None]] = (),
) -> Path:
    """Export one kind into one file; the ending decides the format.

    Parameters
    ----------
    kind
        ``samples``, ``spectra``, ``frames``, ``events``, ``holds``, ``segments``; or a picture: ``trace``,
        ``spectrogram``, ``spectrum``, or ``picture`` for all three on a sheet. ``samples`` and ``spectra`` with the
        ending of a picture draw trace and spectrogram.
    out
        The file; ``.hea`` gets its ``.dat`` beside it, ``.tsv`` what describes it, ``.bids`` is a folder.
    recording, analysis
        What to export; samples need no analysis, but signals with annotations get them from it.
    options
        What to keep.
    others
        Further sensors of the same session, for tables that hold several.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    InputError
        A kind that the ending cannot hold, options that do not go together, or an analysis that is missing.
    StorageError
        When the file cannot be written.
    MissingExtraError
        When the format needs an extra that is not installed.
    """
    out, options = Path(out), options or ExportOptions()
    check_export(kind, out, options=options)
    if others and not holds_several_sensors(kind, out):
        msg = f"{kind} as {out.suffix} hold one sensor; choose one with --sensor, or csv"
        raise InputError(msg)
    if analysis is None and kind not in ("samples", "trace"):
        msg = f"{kind} need an analysis of the recording"
        raise InputError(msg)
    whole = out.suffix.lower() in (".hea", ".bids", ".tsv")
    # Written beside and renamed, so that a full disk or a lost session never leaves half a file under a good name.
    target = out if whole else out.with_name(f".{out.stem}.{os.getpid()}.part{out.suffix}")
    try:
        _write(kind, target, [(recording, analysis), *others], options)
        if target != out:
            target.replace(out)
    except OSError as error:
        msg = f"cannot write {out}: {error.strerror or error}; choose another place or free some space"
        raise StorageError(msg) from error
    finally:
        if target != out:
            target.unlink(missing_ok=True)
    return out


def _write(kind: str, out: Path, parts: Sequence[tuple[Recording, Analysis | None]], options: ExportOptions) -> None:
    (recording, analysis), ending = parts[0], out.suffix.lower()
    if kind in PICTURE_KINDS or ending in PICTURES:
        from recordings.exporters.pictures import write_picture  # noqa: PLC0415 - matplotlib only where it is needed

        write_picture(kind, recording, analysis, out, options)
    elif ending in (".edf", ".bdf"):
        from recordings.exporters.edf import write_edf  # noqa: PLC0415 - edfio only where it is needed

        write_edf(recording, analysis, out, options)
    elif ending == ".hea":
        from recordings.exporters.physionet import write_wfdb  # noqa: PLC0415 - as above

        write_wfdb(recording, analysis, out, options)
    elif ending == ".bids" or (kind == "samples" and ending == ".tsv"):
        from recordings.exporters.bids import write_data_set, write_motion  # noqa: PLC0415 - as above

        (write_data_set if ending == ".bids" else write_motion)(recording, analysis, out, options)
    else:
        from recordings.exporters.writers import WRITERS  # noqa: PLC0415 - as above

        WRITERS[ending](_sheet(kind, parts, options), out)


def _sheet(kind: str, parts: Sequence[tuple[Recording, Analysis | None]], options: ExportOptions) -> Sheet:
    sheets = [_sheet_of_one(kind, recording, analysis, options) for recording, analysis in parts]
    if len(sheets) == 1:
        return sheets[0]
    recordings = [r for r, _ in parts]
    names = anonymous_names(
        [r.sensor for r in recordings], [r.side.value for r in recordings], identify=options.identify
    )
    return joined(sheets, names)


def _sheet_of_one(kind: str, recording: Recording, analysis: Analysis | None, options: ExportOptions) -> Sheet:
    if kind == "samples":
        return samples_sheet(recording, options)
    if analysis is None:
        msg = f"{kind} need an analysis of every sensor"
        raise InputError(msg)
    build = {
        "spectra": spectra_sheet,
        "frames": frames_sheet,
        "events": events_sheet,
        "holds": holds_sheet,
        "segments": segments_sheet,
    }[kind]
    return build(analysis, recording, options)
