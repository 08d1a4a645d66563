"""Keys: every action with its key."""

from typing import TYPE_CHECKING

from PySide6.QtGui import QFont
from PySide6.QtWidgets import QGridLayout, QScrollArea, QWidget

from gui.actions import ACTIONS, GROUPS
from gui.dialogs.base import Sheet
from gui.i18n import tr
from gui.theme import AXIS_SIZE_PX
from gui.views.card import label, quiet, wrapped

if TYPE_CHECKING:
    from gui.main_window import MainWindow


class KeysDialog(Sheet):
    """The `?` sheet."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window, tr("Keys"), tr("Every action is also in the menu and under Ctrl+K."))
        inner = QWidget()
        grid = QGridLayout(inner)
        grid.setColumnStretch(2, 1)
        grid.setHorizontalSpacing(16)
        self.lines: list[str] = []
        for group in GROUPS:
            grid.addWidget(label(tr(group), weight=QFont.Weight.DemiBold), grid.rowCount(), 0, 1, 3)
            for action in (a for a in ACTIONS if a.group == group):
                row = grid.rowCount()
                key = quiet(action.key or "–")
                key.setMinimumWidth(92)
                grid.addWidget(key, row, 0)
                grid.addWidget(label(tr(action.text)), row, 1)
                grid.addWidget(wrapped(quiet(tr(action.about))), row, 2)
                self.lines.append(f"{action.key} {tr(action.text)}: {tr(action.about)}")
        mouse = tr("Replay: drag selects, click puts the playhead, double click selects a segment, wheel zooms.")
        grid.addWidget(wrapped(quiet(mouse, size_px=AXIS_SIZE_PX)), grid.rowCount(), 0, 1, 3)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inner)
        area.setAccessibleName(tr("Keys"))
        self.column.addWidget(area, 1)
        self.add_foot("", cancel=tr("Close"))
        self.resize(720, 640)
