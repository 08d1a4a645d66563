"""Preview: the first rows, or the picture, of what an export would write; the exporter itself writes it."""

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path

import recordings
from gui.i18n import tr
from gui.model import Document

ROWS = 8
SECONDS = 10.0
LONGEST_LINE = 110
ROW_BY_ROW = ("samples", "spectra", "frames")
"""Kinds with a row for each moment; the others have a row for each thing found."""
PICTURES = (".png", ".svg", ".pdf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """What is shown of an export: some lines, or a picture (PNG)."""

    text: str = ""
    picture: bytes = b""


def make_preview(document: Document, kind: str, ending: str, options: recordings.ExportOptions) -> Preview:
    """Write the beginning of an export, and read it back.

    Parameters
    ----------
    document
        What is exported.
    kind, ending, options
        As the person chose them.

    Raises
    ------
    TremorscopeError
        As the export itself.
    """
    is_picture = ending in PICTURES
    if not is_picture and kind in ROW_BY_ROW:
        # The first rows come from the first seconds: a night would take its time.
        start_s = options.start_s if options.start_s is not None else document.start_s
        end_s = min(options.end_s if options.end_s is not None else document.end_s, start_s + SECONDS)
        options = replace(options, start_s=start_s, end_s=end_s)
    with tempfile.TemporaryDirectory() as folder:
        path = recordings.export(
            kind,
            Path(folder) / ("preview.png" if is_picture else "preview.csv"),
            recording=document.recording,
            analysis=document.analysis,
            options=options,
        )
        if is_picture:
            return Preview(picture=path.read_bytes())
        lines = path.read_text(encoding="utf-8").splitlines()
    shown = [_cut(line) for line in lines[: ROWS + 1]]
    if len(lines) > ROWS + 1 or kind in ROW_BY_ROW:
        return Preview(text="\n".join([*shown, "…"]))
    return Preview(text="\n".join([*shown, tr("{n} rows", n=len(lines) - 1)]))


def _cut(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else line[:LONGEST_LINE] + "…"
