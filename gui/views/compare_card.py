"""Compare card: two spans or two recordings side by side, number by number."""

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QGridLayout

import dsp
from gui.i18n import mark, number, tr
from gui.model import Document
from gui.model.rings import level_db
from gui.theme import Theme
from gui.views.card import Card, clear_grid, label, quiet
from gui.words import RHYTHMIC, clock, clock_tenths, size_g

ROWS = (
    ("span", mark("Span")),
    ("seconds", mark("Length")),
    ("peak_hz", mark("Frequency")),
    ("rms_g", mark("Tremor band")),
    ("above_rest_db", mark("Above rest")),
    ("shaking_s", mark("Shaking")),
    ("jerks", mark("Jerks")),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SpanNumbers:
    """What a span of a recording shows.

    Attributes
    ----------
    name
        Of the recording.
    start_s, end_s
        The span.
    peak_hz, rms_g, above_rest_db
        Peak of the shaking, median size, and level of the peak above the recording's own rest; NaN where there is
        none.
    shaking_s, jerks
        Seconds of tremor and reflex rhythm, and reflex jerks, in it.
    """

    name: str
    start_s: float
    end_s: float
    peak_hz: float = float("nan")
    rms_g: float = float("nan")
    above_rest_db: float = float("nan")
    shaking_s: float = 0.0
    jerks: int = 0


def numbers_of(document: Document, start_s: float, end_s: float) -> SpanNumbers:
    """Sum up a span."""
    found, analysis = document.spectrum(start_s, end_s), document.analysis
    if found is None or analysis is None:
        return SpanNumbers(name=document.name, start_s=start_s, end_s=end_s)
    freq_hz, psd = found
    peak_hz, rest, above_db = document.peak_hz(start_s, end_s), document.rest_spectrum(), float("nan")
    if rest is not None and np.isfinite(peak_hz):
        at = int(np.argmin(np.abs(freq_hz - peak_hz)))
        above_db = float(level_db(psd)[at] - level_db(rest[1])[at])
    frames = analysis.frames
    rms_g = frames["rms_g"][(frames["time_s"] >= start_s) & (frames["time_s"] <= end_s)]
    shaking = [s for s in analysis.segments if s.label in RHYTHMIC]
    return SpanNumbers(
        name=document.name,
        start_s=start_s,
        end_s=end_s,
        peak_hz=peak_hz,
        rms_g=float(np.nanmedian(rms_g)) if np.isfinite(rms_g).any() else float("nan"),
        above_rest_db=above_db,
        shaking_s=sum(max(0.0, min(s.end_s, end_s) - max(s.start_s, start_s)) for s in shaking),
        jerks=sum(e.label is dsp.EventLabel.REFLEX_JERK and start_s <= e.onset_s <= end_s for e in analysis.events),
    )


def words_of(numbers: SpanNumbers, field: str) -> str:
    """Write one number with its unit."""
    value = getattr(numbers, field, float("nan"))
    match field:
        case "span":
            return f"{clock_tenths(numbers.start_s)} – {clock_tenths(numbers.end_s)}"
        case "seconds":
            return f"{number(numbers.end_s - numbers.start_s)} s"
        case "peak_hz":
            return f"{number(value)} Hz" if np.isfinite(value) else "–"
        case "rms_g":
            return size_g(value)
        case "above_rest_db":
            return f"{number(value, '.0f')} dB" if np.isfinite(value) else "–"
        case "shaking_s":
            return clock(value)
        case _:
            return str(value)


class CompareCard(Card):
    """Two columns of numbers."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, tr("Side by side"))
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(0, 1)
        self.column.addLayout(self._grid)
        self.column.addStretch()
        self._shown: object = None
        self.lines: list[tuple[str, str, str]] = []

    def draw(self, this: SpanNumbers, other: SpanNumbers) -> None:
        """Show two spans."""
        if (this, other) == self._shown:
            return
        self._shown = (this, other)
        clear_grid(self._grid)
        heads = (tr("this"), tr("other")) if this.name != other.name else (tr("this span"), tr("kept span"))
        for column, text in enumerate(heads, 1):
            self._grid.addWidget(quiet(text), 0, column, Qt.AlignmentFlag.AlignRight)
        self.lines = []
        for row, (field, name) in enumerate(ROWS, 1):
            words = (words_of(this, field), words_of(other, field))
            self.lines.append((tr(name), *words))
            self._grid.addWidget(quiet(tr(name)), row, 0)
            for column, text in enumerate(words, 1):
                weight = QFont.Weight.DemiBold if field != "span" else QFont.Weight.Normal
                size = 13 if field != "span" else 11
                self._grid.addWidget(label(text, size, weight), row, column, Qt.AlignmentFlag.AlignRight)
        self.setAccessibleDescription("; ".join(" ".join(line) for line in self.lines))
