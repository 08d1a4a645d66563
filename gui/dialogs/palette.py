"""Palette: type what you want to do."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QLineEdit, QListWidget, QListWidgetItem, QVBoxLayout

from gui.actions import ACTIONS, Action
from gui.i18n import tr

if TYPE_CHECKING:
    from gui.main_window import MainWindow


class PaletteDialog(QDialog):
    """The command palette."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._window = window
        self.setAccessibleName(tr("Find an action"))
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        self.line = QLineEdit()
        self.line.setPlaceholderText(tr("What do you want to do?"))
        self.line.setAccessibleName(tr("What do you want to do?"))
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Actions that fit"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column.addWidget(self.line)
        column.addWidget(self.list)
        self.line.textChanged.connect(self._fill)
        self.line.returnPressed.connect(self._run)
        self.list.itemClicked.connect(lambda _: self._run())
        self.line.installEventFilter(self)
        self._fill("")
        self.resize(560, 420)
        box = window.geometry()
        self.move(box.center().x() - 280, box.top() + 80)
        self.line.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """Let the arrows move through the list while the line has the keyboard."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None:
                self.list.setCurrentRow((self.list.currentRow() + step) % max(1, self.list.count()))
                return True
        return super().eventFilter(watched, event)

    def _fill(self, text: str) -> None:
        self.list.clear()
        for action in matching(text):
            usable = self._window.usable(action.id)
            item = QListWidgetItem(f"{tr(action.text)}   –   {tr(action.about)}   {action.key}")
            item.setData(Qt.ItemDataRole.UserRole, action.id)
            if not usable:
                item.setForeground(self.palette().placeholderText())
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _run(self) -> None:
        item = self.list.currentItem()
        self.close()
        if item is not None:
            self._window.run_action(item.data(Qt.ItemDataRole.UserRole))


def matching(text: str) -> list[Action]:
    """Actions that hold every word of `text`; those whose name begins with it first."""
    words = text.lower().split()
    found = [a for a in ACTIONS if all(w in f"{tr(a.text)} {tr(a.about)}".lower() for w in words)]
    return sorted(found, key=lambda a: not tr(a.text).lower().startswith(text.lower()))
