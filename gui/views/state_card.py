"""State card: what is happening, in large type, with its confidence and its three reasons."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout

import dsp
from gui.i18n import foreign, number, tr
from gui.theme import STATE_SIZE_PX, Theme
from gui.views.card import Card, ChipRow, label, quiet
from gui.words import RHYTHMIC, SIGNS, size_g, size_mm, state_name

TINT = 0.16
"""How much of the state's accent stands in the surface of a reason."""


class StateCard(Card):
    """What is happening."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.setAccessibleName(tr("What is happening"))
        self.name = label(tr("Waiting"), STATE_SIZE_PX, QFont.Weight.Bold)
        self.sure = label("", 22, QFont.Weight.DemiBold)
        self.numbers = label("", 17, QFont.Weight.Medium)
        self.since = quiet("")
        self.reasons = ChipRow(3)
        self.column.setContentsMargins(26, 8, 18, 12)
        self.column.setSpacing(6)
        top = QHBoxLayout()
        top.setSpacing(12)
        # Both stand on one line of writing, however tall the row is.
        words = QGridLayout()
        words.setHorizontalSpacing(12)
        for column, each in enumerate((self.name, self.sure)):
            words.addWidget(each, 0, column, Qt.AlignmentFlag.AlignBaseline)
        top.addLayout(words)
        top.addStretch()
        right = QVBoxLayout()
        right.setSpacing(2)
        for each in (self.numbers, self.since):
            each.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            right.addWidget(each)
        top.addLayout(right)
        self.column.addLayout(top)
        self.column.addWidget(self.reasons)
        self.setFixedHeight(112)
        self._key: object = None

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        super().set_theme(theme)
        self._key = None

    def wait(self, text: str, reason: str) -> None:
        """Say what is waited for."""
        self._show(text, "no_data", "", "", "", [reason] if reason else [])

    def draw(self, live: dsp.LiveState) -> None:
        """Show a live state."""
        numbers = ""
        if live.label in RHYTHMIC:
            numbers = f"{number(live.peak_hz)} Hz · {size_g(live.rms_g)} · {size_mm(live.displacement_mm)}"
        sure = SIGNS[live.label.value]
        if live.label is not dsp.State.NO_DATA:
            sure += f" {dsp.percent_sure(live.confidence)} %"
        self._show(
            state_name(live.label.value, tiring=live.tiring),
            live.label.value,
            sure,
            numbers,
            tr("for {n} s", n=int(max(0.0, live.time_s - live.since_s))),
            [foreign(t.text) for t in live.evidence],
        )

    def _show(self, name: str, state: str, sure: str, numbers: str, since: str, reasons: list[str]) -> None:
        key = (name, state, sure, numbers, since, tuple(reasons))
        if key == self._key:
            return
        self._key = key
        accent = self.theme.states[state]
        self.set_accent(accent)
        self.name.setText(name)
        self.sure.setText(sure)
        self.sure.setStyleSheet(f"color: {accent};")
        self.numbers.setText(numbers)
        self.since.setText(since)
        self.reasons.show_texts(reasons, blend(self.theme.card, accent, TINT))
        self.setAccessibleDescription(" ".join([name, sure, numbers, *reasons]))


def blend(below: str, above: str, share: float) -> str:
    """Mix two colours."""
    a, b = QColor(below), QColor(above)
    pairs = ((a.red(), b.red()), (a.green(), b.green()), (a.blue(), b.blue()))
    red, green, blue = (round(x + share * (y - x)) for x, y in pairs)
    return QColor(red, green, blue).name()
