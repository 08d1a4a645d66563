"""Check-in: chips, no typing, every answer optional."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QPushButton, QScrollArea, QVBoxLayout, QWidget

import guidance
from gui.dialogs.base import Sheet
from gui.i18n import foreign, tr
from gui.views.card import button, label
from gui.views.flow import FlowLayout


class CheckInDialog(Sheet):
    """The questions of the knowledge base."""

    answered = Signal(object)

    def __init__(self, parent: QWidget | None, kept: guidance.CheckIn) -> None:
        super().__init__(parent, tr("Check-in"), tr("Twenty seconds; skip what you like. Nothing leaves this machine."))
        self.chips: dict[tuple[str, str], QPushButton] = {}
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setSpacing(6)
        for question in guidance.load_knowledge().questions:
            column.addWidget(label(foreign(question.text), weight=QFont.Weight.DemiBold))
            row = FlowLayout()
            for answer in question.answers:
                chip = button(foreign(answer.text), f"{foreign(question.text)} {foreign(answer.text)}", kind="pill")
                chip.setCheckable(True)
                chip.setChecked(answer.id in kept.chosen.get(question.id, ()))
                chip.setAutoDefault(False)
                row.addWidget(chip)
                self.chips[question.id, answer.id] = chip
            column.addLayout(row)
            column.addSpacing(6)
        column.addStretch()
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inner)
        area.setAccessibleName(tr("Questions"))
        self.column.addWidget(area, 1)
        self.add_foot(tr("Done")).clicked.connect(self._done)
        self.resize(700, 660)

    def check_in(self) -> guidance.CheckIn:
        """Give the answers so far."""
        chosen: dict[str, tuple[str, ...]] = {}
        for (question, answer), chip in self.chips.items():
            if chip.isChecked():
                chosen[question] = (*chosen.get(question, ()), answer)
        return guidance.CheckIn(chosen=chosen)

    def _done(self) -> None:
        self.answered.emit(self.check_in())
        self.accept()
