"""Check-in: chips, no typing, every answer optional."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QPushButton, QScrollArea, QVBoxLayout, QWidget

import guidance
from gui.dialogs.base import Sheet
from gui.i18n import foreign, tr
from gui.views.card import button, label
from gui.views.flow import FlowLayout


class CheckInDialog(Sheet):
    """The questions of the knowledge base: those about today, and once a week the others."""

    answered = Signal(object, object)

    def __init__(
        self, parent: QWidget | None, kept: guidance.CheckIn, *, due: Sequence[guidance.Part] = tuple(guidance.Part)
    ) -> None:
        super().__init__(parent, tr("Check-in"), tr("Twenty seconds; skip what you like. Nothing leaves this machine."))
        self.chips: dict[tuple[str, str], QPushButton] = {}
        self._kept = kept
        self.parts: tuple[guidance.Part, ...] = (guidance.Part.TODAY,)
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setSpacing(6)
        self._ask(guidance.Part.TODAY)
        self.more = button(tr("More questions"), tr("Also answer what is asked once a week"), kind="pill")
        self.more.setAutoDefault(False)
        self.more.clicked.connect(self.ask_more)
        self._column.addWidget(self.more)
        self._column.addStretch()
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inner)
        area.setAccessibleName(tr("Questions"))
        self.column.addWidget(area, 1)
        self.add_foot(tr("Done")).clicked.connect(self._done)
        self.resize(700, 680)
        if guidance.Part.WEEK in due:
            self.ask_more()

    def ask_more(self) -> None:
        """Ask what is asked once a week, too."""
        if guidance.Part.WEEK in self.parts:
            return
        self.parts = (*self.parts, guidance.Part.WEEK)
        self.more.hide()
        stretch = self._column.takeAt(self._column.count() - 1)
        self._ask(guidance.Part.WEEK)
        if stretch is not None:
            self._column.addItem(stretch)

    def _ask(self, part: guidance.Part) -> None:
        for question in guidance.load_knowledge().questions:
            if question.part is not part:
                continue
            self._column.addWidget(label(foreign(question.text), weight=QFont.Weight.DemiBold))
            row = FlowLayout()
            for answer in question.answers:
                chip = button(foreign(answer.text), f"{foreign(question.text)} {foreign(answer.text)}", kind="pill")
                chip.setCheckable(True)
                chip.setChecked(answer.id in self._kept.chosen.get(question.id, ()))
                chip.setAutoDefault(False)
                row.addWidget(chip)
                self.chips[question.id, answer.id] = chip
            self._column.addLayout(row)
            self._column.addSpacing(6)

    def check_in(self) -> guidance.CheckIn:
        """Give the answers so far, with those of the parts that were not asked now."""
        asked = {question for question, _ in self.chips}
        chosen = {q: a for q, a in self._kept.chosen.items() if q not in asked}
        for (question, answer), chip in self.chips.items():
            if chip.isChecked():
                chosen[question] = (*chosen.get(question, ()), answer)
        return guidance.CheckIn(chosen=chosen)

    def _done(self) -> None:
        self.answered.emit(self.check_in(), self.parts)
        self.accept()
