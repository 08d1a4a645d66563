"""Export: everything the command line exports, with a preview; what I see against everything."""

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QCheckBox, QComboBox, QFileDialog, QFormLayout, QPlainTextEdit, QRadioButton, QVBoxLayout

import recordings
from dsp import TremorscopeError
from gui.dialogs.base import Sheet
from gui.i18n import mark, tr
from gui.model import Document
from gui.words import clock
from recordings.exporters import ENDINGS

if TYPE_CHECKING:
    from gui.main_window import MainWindow

KINDS = {
    "samples": mark("Samples: time, x, y, z"),
    "spectra": mark("Spectra: power by time and frequency"),
    "frames": mark("Frames: every number, twice a second"),
    "events": mark("Events: jerks and twitches"),
    "holds": mark("Holds: each stretch"),
    "segments": mark("Segments: runs of one state"),
    "picture": mark("Picture: trace, spectrogram, spectrum"),
}
PREVIEW_ROWS = 8
PREVIEW_S = 10.0
LONGEST_LINE = 110
ROW_BY_ROW = ("samples", "spectra", "frames")
"""Kinds with a row for each moment; the others have a row for each thing found."""


class ExportDialog(Sheet):
    """Chooses kind, format, span."""

    def __init__(self, window: "MainWindow", document: Document) -> None:
        super().__init__(window, tr("Export"), document.name)
        self._window, self._document = window, document
        form = QFormLayout()
        form.setVerticalSpacing(12)
        self.kind, self.format = QComboBox(), QComboBox()
        for name, text in KINDS.items():
            self.kind.addItem(tr(text), name)
        start_s, end_s = document.span or document.view
        self.seen = QRadioButton(tr("What I see: {start} to {end}", start=clock(start_s), end=clock(end_s)))
        self.all = QRadioButton(tr("Everything: {time}", time=clock(document.end_s - document.start_s)))
        self.all.setChecked(True)
        self.identify = QCheckBox(tr("Keep date and device in the file"))
        self.preview = QPlainTextEdit()
        self.preview.setReadOnly(True)
        self.preview.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.preview.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.preview.setFixedHeight(190)
        spans = QVBoxLayout()
        spans.addWidget(self.seen)
        spans.addWidget(self.all)
        for name, widget in ((tr("What"), self.kind), (tr("Format"), self.format)):
            widget.setAccessibleName(name)
            form.addRow(name, widget)
        form.addRow(tr("How much"), spans)
        form.addRow("", self.identify)
        self.preview.setAccessibleName(tr("Preview"))
        form.addRow(tr("Preview"), self.preview)
        self.column.addLayout(form)
        self.go = self.add_foot(tr("Save as…"))
        self.go.clicked.connect(self.choose_file)
        self.kind.currentIndexChanged.connect(self._kind_chosen)
        for button in (self.seen, self.all):
            button.toggled.connect(lambda _: self._show_preview())
        self._kind_chosen()
        self.resize(720, 520)

    def options(self) -> recordings.ExportOptions:
        """Say what to keep."""
        if self.all.isChecked():
            return recordings.ExportOptions(identify=self.identify.isChecked())
        start_s, end_s = self._document.span or self._document.view
        return recordings.ExportOptions(start_s=start_s, end_s=end_s, identify=self.identify.isChecked())

    def _kind_chosen(self) -> None:
        kind = self.kind.currentData()
        self.format.clear()
        for ending in ENDINGS[kind]:
            self.format.addItem(ending.removeprefix("."), ending)
        # A picture always shows the whole recording.
        self.seen.setEnabled(kind != "picture")
        if kind == "picture":
            self.all.setChecked(True)
        self._show_preview()

    def _show_preview(self) -> None:
        self.preview.setPlainText(preview(self._document, self.kind.currentData(), self.options()))
        ready = self.kind.currentData() == "samples" or self._document.analysis is not None
        self.go.setEnabled(ready)

    def choose_file(self) -> None:
        """Ask where, and write."""
        ending = self.format.currentData()
        stem = Path(self._document.name).stem
        start = str(Path(self._window.settings.folder) / f"{stem}-{self.kind.currentData()}{ending}")
        name, _ = QFileDialog.getSaveFileName(self, tr("Save as…"), start)
        if name:
            self.save(Path(name))

    def save(self, out: Path) -> None:
        """Write in the background."""
        w, document, kind, options = self._window, self._document, self.kind.currentData(), self.options()
        out = out if out.suffix.lower() in ENDINGS[kind] else out.with_name(out.name + self.format.currentData())
        w.notice.wait(tr("Writing {name} …", name=out.name), cancel=w.background.cancel)
        w.background.run(
            lambda _: recordings.export(
                kind, out, recording=document.recording, analysis=document.analysis, options=options
            ),
            then=lambda path: w.notice.say(tr("Saved as {name}.", name=str(path))),
            failed=w.complain,
        )
        self.accept()


def preview(document: Document, kind: str, options: recordings.ExportOptions) -> str:
    """First rows of what would be written: the exporter itself writes them."""
    if kind == "picture":
        return tr("A picture of the whole recording: trace, spectrogram, average spectrum.")
    if kind != "samples" and document.analysis is None:
        return tr("The analysis is still going on; the export waits for it.")
    if kind in ROW_BY_ROW:
        # The first rows come from the first seconds: a night would take its time.
        start_s = options.start_s if options.start_s is not None else document.start_s
        end_s = min(options.end_s if options.end_s is not None else document.end_s, start_s + PREVIEW_S)
        options = replace(options, start_s=start_s, end_s=end_s)
    with tempfile.TemporaryDirectory() as folder:
        try:
            path = recordings.export(
                kind,
                Path(folder) / "preview.csv",
                recording=document.recording,
                analysis=document.analysis,
                options=options,
            )
            lines = path.read_text(encoding="utf-8").splitlines()
        except (TremorscopeError, OSError) as error:
            return str(error)
    shown = [_cut(line) for line in lines[: PREVIEW_ROWS + 1]]
    if len(lines) > PREVIEW_ROWS + 1 or kind in ROW_BY_ROW:
        return "\n".join([*shown, "…"])
    return "\n".join([*shown, tr("{n} rows", n=len(lines) - 1)])


def _cut(line: str) -> str:
    return line if len(line) <= LONGEST_LINE else line[:LONGEST_LINE] + "…"
