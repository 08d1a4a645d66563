"""Export: everything the command line exports, with a preview; what I see against everything."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QRadioButton,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

import dsp
import recordings
import session
from dsp import TremorscopeError
from gui.bridge import Background, Progress
from gui.dialogs.base import Sheet
from gui.dialogs.export_preview import PICTURES, Preview, make_preview
from gui.i18n import foreign, mark, tr
from gui.model import Document
from gui.views.card import Combo, quiet
from gui.words import clock
from recordings.exporters import ENDINGS, holds_several_sensors, needs_analysis

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
    "trace": mark("Picture of the trace"),
    "spectrogram": mark("Picture of the spectrogram"),
    "spectrum": mark("Picture of the spectrum"),
}
FORMATS = {
    ".hea": "hea (WFDB)",
    ".bids": "bids (BIDS-motion)",
    ".h5": "h5 (HDF5)",
    ".edf": "edf (EDF+)",
    ".bdf": "bdf (BDF+)",
    ".mat": "mat (MATLAB)",
}
"""Formats whose ending alone does not say what they are."""
TOP_HZ = 50.0
BANDED = ("spectra", "picture", "trace", "spectrogram", "spectrum")


class ExportDialog(Sheet):
    """Chooses kind, format, span, band."""

    def __init__(self, window: "MainWindow", document: Document) -> None:
        super().__init__(window, tr("Export"), document.name)
        self._window, self._document = window, document
        self._previews = Background(self)
        self.kind, self.format = Combo(), Combo()
        for name, text in KINDS.items():
            self.kind.addItem(tr(text), name)
        start_s, end_s = document.span or document.view
        self.seen = QRadioButton(tr("What I see: {start} to {end}", start=clock(start_s), end=clock(end_s)))
        self.all = QRadioButton(tr("Everything: {time}", time=clock(document.end_s - document.start_s)))
        self.all.setChecked(True)
        self.low, self.high, self.every = QDoubleSpinBox(), QDoubleSpinBox(), QSpinBox()
        self.sensors = QCheckBox(tr("Every sensor of the file"))
        self.identify = QCheckBox(tr("Keep date, device and names of sensors in the file"))
        self.preview, self.picture, self._pages = QPlainTextEdit(), QLabel(), QStackedWidget()
        self._build()
        self.go = self.add_foot(tr("Save as…"))
        self.go.clicked.connect(self.choose_file)
        self.kind.currentIndexChanged.connect(self._kind_chosen)
        self.format.currentIndexChanged.connect(lambda _: self._changed())
        for box in (self.seen, self.sensors, self.identify):
            box.toggled.connect(lambda _: self._changed())
        for spin in (self.low, self.high, self.every):
            spin.valueChanged.connect(lambda _: self._changed())
        self._kind_chosen()
        self.resize(760, 620)

    def _build(self) -> None:
        form = QFormLayout()
        form.setVerticalSpacing(10)
        for name, widget in ((tr("What"), self.kind), (tr("Format"), self.format)):
            widget.setAccessibleName(name)
            form.addRow(name, widget)
        spans = QVBoxLayout()
        spans.addWidget(self.seen)
        spans.addWidget(self.all)
        form.addRow(tr("How much"), spans)
        self._band, band = QWidget(), QHBoxLayout()
        band.setContentsMargins(0, 0, 0, 0)
        for spin, name, value in (
            (self.low, tr("Lowest frequency"), 0.0),
            (self.high, tr("Highest frequency"), TOP_HZ),
        ):
            spin.setRange(0.0, TOP_HZ)
            spin.setDecimals(1)
            spin.setSuffix(" Hz")
            spin.setValue(value)
            spin.setAccessibleName(name)
            band.addWidget(spin)
        band.insertWidget(1, quiet("–"))
        band.addStretch()
        self._band.setLayout(band)
        self.every.setRange(1, 100)
        self.every.setPrefix(tr("1 of") + " ")
        self.every.setAccessibleName(tr("Keep every so many samples"))
        form.addRow(tr("Band"), self._band)
        form.addRow(tr("Keep"), self.every)
        form.addRow("", self.sensors)
        form.addRow("", self.identify)
        self.preview.setReadOnly(True)
        self.preview.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.preview.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.preview.setAccessibleName(tr("Preview"))
        self.picture.setAccessibleName(tr("Preview"))
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._pages.addWidget(self.preview)
        self._pages.addWidget(self.picture)
        self._pages.setMinimumHeight(190)
        form.addRow(tr("Preview"), self._pages)
        self._form = form
        self.column.addLayout(form)

    def options(self) -> recordings.ExportOptions:
        """Say what to keep.

        Raises
        ------
        InputError
            When the band ends before it begins.
        """
        kind = self.kind.currentData()
        start_s, end_s = (None, None) if self.all.isChecked() else (self._document.span or self._document.view)
        spectra = kind in BANDED
        return recordings.ExportOptions(
            start_s=start_s,
            end_s=end_s,
            low_hz=self.low.value() if spectra and self.low.value() > 0 else None,
            high_hz=self.high.value() if spectra and self.high.value() < TOP_HZ else None,
            decimate=self.every.value() if self._thinned() else 1,
            identify=self.identify.isChecked(),
        )

    def _kind_chosen(self) -> None:
        kind = self.kind.currentData()
        self.format.blockSignals(True)  # noqa: FBT003 - Qt's signature
        self.format.clear()
        for ending in ENDINGS[kind]:
            self.format.addItem(FORMATS.get(ending, ending.removeprefix(".")), ending)
        self.format.blockSignals(False)  # noqa: FBT003 - Qt's signature
        self._form.setRowVisible(self._band, kind in BANDED)
        self._changed()

    def _thinned(self) -> bool:
        """Whether only every so many samples can be kept."""
        return self.kind.currentData() == "samples" and self.format.currentData() not in PICTURES

    def _several(self) -> bool:
        """Whether every sensor of the file goes into one table."""
        out = Path("any" + self.format.currentData())
        serves = len(self._document.recording.sensors) > 1 and holds_several_sensors(self.kind.currentData(), out)
        self._form.setRowVisible(self.sensors, serves)
        return serves and self.sensors.isChecked()

    def _changed(self) -> None:
        self._several()
        self._form.setRowVisible(self.every, self._thinned())
        kind, ending = self.kind.currentData(), self.format.currentData()
        ready = kind in ("samples", "trace") or self._document.analysis is not None
        self.go.setEnabled(ready)
        if not ready:
            self._show(Preview(text=tr("The analysis is still going on; the export waits for it.")))
            return
        try:
            options = self.options()
            recordings.check_export(kind, Path("any" + ending), options=options)
        except TremorscopeError as error:
            self.go.setEnabled(False)
            self._show(Preview(text=foreign(str(error))))
            return
        document = self._document
        self._previews.run(
            lambda _: make_preview(document, kind, ending, options),
            then=self._show,
            failed=lambda problem: self._show(Preview(text=foreign(problem))),
        )

    def _show(self, preview: Preview) -> None:
        self._pages.setCurrentIndex(1 if preview.picture else 0)
        if preview.picture:
            image = QPixmap()
            image.loadFromData(preview.picture)
            size = self._pages.size() * self.devicePixelRatioF()
            fitted = image.scaled(size, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)
            fitted.setDevicePixelRatio(self.devicePixelRatioF())
            self.picture.setPixmap(fitted)
        else:
            self.preview.setPlainText(preview.text)

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
        several = self._several()

        def write(progress: Progress) -> Path:
            others = _other_sensors(document, kind, out, progress) if several else []
            recording = noted(document)
            return recordings.export(
                kind, out, recording=recording, analysis=document.analysis, options=options, others=others
            )

        w.notice.wait(tr("Writing {name} …", name=out.name), cancel=w.background.cancel)
        w.background.run(
            write, then=lambda path: w.notice.say(tr("Saved as {name}.", name=str(path))), failed=w.complain
        )
        self.accept()


def noted(document: Document) -> recordings.Recording:
    """Give the recording with the person's own notes and labels among its markers."""
    own = document.annotations.items
    return replace(document.recording, markers=(*document.recording.markers, *own)) if own else document.recording


def _other_sensors(
    document: Document, kind: str, out: Path, progress: Progress
) -> list[tuple[recordings.Recording, dsp.Analysis | None]]:
    found = []
    path = document.recording.path
    for name in document.recording.sensors:
        if name == document.recording.sensor or path is None:
            continue
        other = recordings.read_kept(path, sensor=name)
        if other.samples:
            analysis = session.analyze_recording(other, progress=progress) if needs_analysis(kind, out) else None
            found.append((other, analysis))
    return found
