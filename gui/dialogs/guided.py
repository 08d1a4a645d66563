"""Guided sessions: which one, its steps, the leg that begins."""

from typing import TYPE_CHECKING

from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFormLayout, QGridLayout, QScrollArea, QWidget

import guidance
from dsp import Side
from gui.dialogs.base import Sheet
from gui.i18n import foreign, tr
from gui.views.card import Combo, button, clear_grid, label, quiet, wrapped
from gui.words import SIDES, clock

if TYPE_CHECKING:
    from gui.main_window import MainWindow


class GuidedDialog(Sheet):
    """Chooses a guided session."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(
            window, tr("Guided session"), tr("The app says what to do, step by step, and then what each step showed.")
        )
        self._window = window
        self.protocols = guidance.load_knowledge().protocols
        form = QFormLayout()
        form.setVerticalSpacing(12)
        self.protocol, self.side = Combo(), Combo()
        for name, protocol in self.protocols.items():
            self.protocol.addItem(foreign(protocol.title), name)
        for side in (Side.LEFT, Side.RIGHT):
            self.side.addItem(tr(SIDES[side.value]), side.value)
        self.side.setCurrentIndex(max(0, self.side.findData(window.settings.side)))
        for name, widget in ((tr("Session"), self.protocol), (tr("The leg that begins"), self.side)):
            widget.setAccessibleName(name)
            form.addRow(name, widget)
        self.column.addLayout(form)
        self.about = wrapped(quiet(""))
        self.column.addWidget(self.about)
        inner = QWidget()
        self._steps = QGridLayout(inner)
        self._steps.setColumnStretch(1, 1)
        self._steps.setHorizontalSpacing(16)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inner)
        area.setAccessibleName(tr("Steps"))
        self.column.addWidget(area, 1)
        going = window.controller.going
        if not going:
            self.column.addWidget(
                wrapped(quiet(tr("No sensor is worn: choose one first, or see on the simulated leg how it goes.")))
            )
        self.go = self.add_foot(tr("Begin") if going else tr("On the simulated leg"))
        self.go.clicked.connect(self._begin)
        if not going:
            choose = button(tr("Choose a sensor"), tr("Find sensors around you, and begin."))
            choose.setAutoDefault(False)
            choose.clicked.connect(self._choose)
            self.foot.insertWidget(1, choose)
        self.protocol.currentIndexChanged.connect(lambda _: self._show())
        self.side.currentIndexChanged.connect(lambda _: self._show())
        self._show()
        self.resize(620, 620)

    def _show(self) -> None:
        protocol = self.protocols[self.protocol.currentData()]
        both = len(self._window.controller.model.streams) == 2
        leader = guidance.Leader(protocol, Side(self.side.currentData()), both_worn=both)
        self.about.setText(f"{foreign(protocol.about)} ({clock(leader.total_s)})")
        clear_grid(self._steps)
        last = None
        for turn in leader.turns:
            if turn.side is not last and turn.side is not Side.UNKNOWN:
                heading = label(tr("{side} leg", side=tr(SIDES[turn.side.value])), weight=QFont.Weight.DemiBold)
                self._steps.addWidget(heading, self._steps.rowCount(), 0, 1, 2)
                last = turn.side
            row = self._steps.rowCount()
            self._steps.addWidget(quiet(clock(turn.from_s)), row, 0)
            self._steps.addWidget(wrapped(label(foreign(turn.step.cue))), row, 1)
        self._steps.setRowStretch(self._steps.rowCount(), 1)

    def _begin(self) -> None:
        w, name, side = self._window, self.protocol.currentData(), Side(self.side.currentData())
        simulated = not w.controller.going
        self.accept()
        w.attempt(lambda: w.commands.begin_guided(name, side, simulated=simulated))

    def _choose(self) -> None:
        self.accept()
        self._window.run_action("choose_sensor")
