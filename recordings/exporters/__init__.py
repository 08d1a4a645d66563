"""Exporters: what was measured or found, for other programs."""

from pathlib import Path

from dsp import Analysis, Event, Hold, InputError, Segment, StorageError
from recordings.exporters.options import ENDINGS, ExportOptions, check_export
from recordings.exporters.tables import Sheet, frames_sheet, items_sheet, samples_sheet, spectra_sheet
from recordings.recording import Recording

__all__ = ["ENDINGS", "ExportOptions", "check_export", "export"]


def export(
    kind: str,
    out: Path,
    *,
    recording: Recording,
    analysis: Analysis | None = None,
    options: ExportOptions | None = None,
) -> Path:
    """Export one kind into one file; the ending decides the format.

    Parameters
    ----------
    kind
        ``samples``, ``spectra``, ``frames``, ``events``, ``holds``, ``segments`` or ``picture``.
    out
        The file.
    recording, analysis
        What to export; samples need no analysis.
    options
        What to keep.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    InputError
        A kind that the ending cannot hold, or an analysis that is missing.
    StorageError
        When the file cannot be written.
    MissingExtraError
        When the format needs an extra that is not installed.
    """
    out, options = Path(out), options or ExportOptions()
    check_export(kind, out)
    if kind != "samples" and analysis is None:
        msg = f"{kind} need an analysis of the recording"
        raise InputError(msg)
    try:
        _write(kind, out, recording, analysis, options)
    except OSError as error:
        msg = f"cannot write {out}: {error.strerror}; choose another place or free some space"
        raise StorageError(msg) from error
    return out


def _write(kind: str, out: Path, recording: Recording, analysis: Analysis | None, options: ExportOptions) -> None:
    if out.suffix.lower() in (".edf", ".bdf"):
        from recordings.exporters.edf import write_edf  # noqa: PLC0415 - edfio only where it is needed

        write_edf(recording, analysis, out, options)
    elif kind == "picture":
        from recordings.exporters.pictures import write_picture  # noqa: PLC0415 - matplotlib only where it is needed

        assert analysis is not None  # noqa: S101 - export() has checked
        write_picture(recording, analysis, out)
    else:
        from recordings.exporters.writers import WRITERS  # noqa: PLC0415 - formats only where they are needed

        WRITERS[out.suffix.lower()](_sheet(kind, recording, analysis, options), out)


def _sheet(kind: str, recording: Recording, analysis: Analysis | None, options: ExportOptions) -> Sheet:
    if kind == "samples":
        return samples_sheet(recording, options)
    assert analysis is not None  # noqa: S101 - export() has checked
    if kind == "spectra":
        return spectra_sheet(analysis, recording, options)
    if kind == "frames":
        return frames_sheet(analysis, recording, options)
    items, of, time_field = {
        "events": (analysis.events, Event, "onset_s"),
        "holds": (analysis.holds, Hold, "start_s"),
        "segments": (analysis.segments, Segment, "start_s"),
    }[kind]
    return items_sheet(items, of, time_field, analysis, recording, options)
