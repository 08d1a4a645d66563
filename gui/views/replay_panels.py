"""Replay panels: the spectrum of a span, and what the person calls it."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QGridLayout, QPushButton

import dsp
from gui.i18n import mark, number, tr
from gui.model import Document
from gui.model.rings import level_db
from gui.plots.spectrum import BandPlot, band_bins, draw_fast
from gui.theme import Theme
from gui.views.card import Card, button, label, quiet
from gui.views.compare_card import SpanNumbers, numbers_of, words_of
from gui.words import size_g

MOST_LETTERS = 26
LEAST_PX = 84
"""A lower spectrum, with the frequencies below it, shows nothing any more."""
LABELS = (
    ("tremor", mark("tremor")),
    ("reflex_rhythm", mark("reflex rhythm")),
    ("that was me", mark("that was me")),
    ("unsure", mark("unsure")),
)


class SpanSpectrum(Card):
    """The spectrum of the selected span against rest, and against a span or a recording kept for comparison."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, tr("Selection against rest"))
        self.plot = BandPlot(theme, name=tr("Spectrum of the selection"))
        self.plot.setMinimumHeight(LEAST_PX)
        self._rest = self.plot.plot(pen=pg.mkPen(theme.quiet, width=1), antialias=True)
        self._other = self.plot.plot(antialias=True)
        self._span = self.plot.plot(antialias=True)
        self.words = label("", weight=QFont.Weight.DemiBold)
        self.words.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.other_words = quiet("")
        self.other_words.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.column.addWidget(self.plot, 1)
        self.column.addWidget(self.words)
        self.column.addWidget(self.other_words)
        self.keep = button(tr("Keep to compare"), tr("Keep this span's spectrum beside the next ones"), kind="pill")
        self.column.addWidget(self.keep, alignment=Qt.AlignmentFlag.AlignRight)
        self.keep.clicked.connect(self._keep)
        self._kept: tuple[np.ndarray, np.ndarray, SpanNumbers] | None = None
        self._current: tuple[np.ndarray, np.ndarray, SpanNumbers] | None = None
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        super().set_theme(theme)
        self.plot.paint_band(theme)
        self._rest.setPen(pg.mkPen(theme.quiet, width=1))
        self._span.setPen(pg.mkPen(theme.states["tremor"], width=1))
        self._other.setPen(pg.mkPen(theme.states["movement"], width=1, style=Qt.PenStyle.DashLine))

    def _keep(self) -> None:
        self._kept = None if self._kept is not None else self._current
        self._show_kept()

    def compare(self, other: Document | None, start_s: float, end_s: float) -> None:
        """Keep the same span of another recording, as long as it is compared; None forgets what is kept."""
        self.keep.setVisible(other is None)
        found = other.spectrum(start_s, end_s) if other is not None else None
        self._kept = (*found, numbers_of(other, start_s, end_s)) if found is not None and other is not None else None
        self._show_kept()

    def _show_kept(self) -> None:
        self.keep.setText(tr("Forget the kept one") if self._kept is not None else tr("Keep to compare"))
        self.other_words.setVisible(self._kept is not None)
        if self._kept is None:
            self._other.clear()
            self.other_words.setText("")
            return
        freq_hz, psd, numbers = self._kept
        draw_fast(self._other, freq_hz, level_db(psd))
        mine = self._current is not None and numbers.name == self._current[2].name
        name = words_of(numbers, "span") if mine else numbers.name
        self.other_words.setText(
            tr("dashed: {name}", name=name if len(name) <= MOST_LETTERS else f"…{name[-MOST_LETTERS:]}")
        )

    def forget(self) -> None:
        """Another recording comes: what is shown is none of its own."""
        self._current = None

    def against(self) -> tuple[SpanNumbers, SpanNumbers] | None:
        """Numbers of this span and of the one it is compared with; None when there is nothing to compare."""
        if self._kept is None or self._current is None:
            return None
        return self._current[2], self._kept[2]

    def draw(self, document: Document) -> None:
        """Show span and rest."""
        start_s, end_s = document.span or (document.cursor_s - 2.0, document.cursor_s + 2.0)
        self.title.setText(tr("Selection against rest") if document.span else tr("At the playhead, against rest"))
        found, rest = document.spectrum(start_s, end_s), document.rest_spectrum()
        if rest is not None:
            draw_fast(self._rest, rest[0], level_db(rest[1]))
        else:
            self._rest.clear()
        if found is None:
            self._span.clear()
            self.plot.forget_peak()
            self.words.setText("")
            self._current = None
            return
        freq_hz, psd = found
        level = level_db(psd)
        draw_fast(self._span, freq_hz, level)
        if self._current is None or (self._current[2].start_s, self._current[2].end_s) != (start_s, end_s):
            self._current = (freq_hz, psd, numbers_of(document, start_s, end_s))
        numbers = self._current[2]
        top_db = float(level[band_bins(document.bin_hz, len(level))].max())
        if np.isfinite(numbers.peak_hz):
            top_db = max(top_db, float(level[round(numbers.peak_hz / document.bin_hz)]))
        self.plot.set_top(top_db)
        self.plot.name_peak(numbers.peak_hz, level, document.bin_hz)
        self.words.setText(peak_words(numbers))


def peak_words(numbers: SpanNumbers) -> str:
    """Say where a span's peak lies and how far above rest; or that there is none."""
    if not np.isfinite(numbers.peak_hz):
        return tr("no peak stands out")
    text = f"{number(numbers.peak_hz)} Hz"
    if np.isfinite(numbers.above_rest_db):
        text += ", " + tr("{n} dB above rest", n=number(numbers.above_rest_db, ".0f"))
    return text


class LabelCard(Card):
    """What the person calls the span."""

    labelled = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, tr("Label of this span"))
        grid = QGridLayout()
        grid.setSpacing(8)
        self.buttons: dict[str, QPushButton] = {}
        for i, (name, text) in enumerate(LABELS):
            made = button(tr(text), tr("Call this span: {text}", text=tr(text)), kind="choice")
            made.setCheckable(True)
            made.clicked.connect(lambda _=False, n=name: self.labelled.emit(n))
            grid.addWidget(made, i // 2, i % 2)
            self.buttons[name] = made
        self.column.addLayout(grid)

    def draw(self, document: Document, segment: dsp.Segment | None) -> None:
        """Show the person's label, else the analysis's."""
        start_s, end_s = document.span or (document.cursor_s, document.cursor_s)
        own = document.annotations.label_of(start_s, end_s) if document.span else ""
        found = segment.label.value if segment is not None else ""
        for name, made in self.buttons.items():
            made.setChecked(name == (own or found))
        self.aside.setText(tr("yours") if own else tr("found") if found in self.buttons else "")


def span_words(document: Document) -> str:
    """Say what lies between the two cursors."""
    if document.span is None:
        return ""
    start_s, end_s = document.span
    parts = [f"Δ {number(end_s - start_s)} s"]
    if document.analysis is not None:
        frames = document.analysis.frames
        within = frames[(frames["time_s"] >= start_s) & (frames["time_s"] <= end_s)]
        peak_hz = document.peak_hz(start_s, end_s)
        if np.isfinite(peak_hz):
            parts.append(f"{number(peak_hz)} Hz")
        if len(within) and np.isfinite(within["rms_g"]).any():
            parts.append(size_g(float(np.nanmedian(within["rms_g"]))))
    return " · ".join(parts)
