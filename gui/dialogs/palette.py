"""Palette: type what you want to do."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
)

from gui.actions import ACTIONS, BY_ID, Action
from gui.i18n import tr

if TYPE_CHECKING:
    from gui.main_window import MainWindow


ID, USABLE = (Qt.ItemDataRole.UserRole + i for i in range(2))
ROW_PX = 30
NAME_PX = 150


class _Row(QStyledItemDelegate):
    """Paints name, what it does, and key as three columns."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: N802 - Qt's name
        """One line."""
        del option, index
        return QSize(200, ROW_PX)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint a line."""
        action, colours = BY_ID[index.data(ID)], option.palette
        box: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colours.highlight())
            painter.drawRoundedRect(box, 6, 6)
        line = box.adjusted(10, 0, -10, 0)
        metrics, middle = painter.fontMetrics(), Qt.AlignmentFlag.AlignVCenter
        quiet = colours.placeholderText().color()
        painter.setPen(colours.text().color() if index.data(USABLE) else quiet)
        name_px = max(NAME_PX, metrics.horizontalAdvance(tr(action.text)) + 16)
        painter.drawText(line, middle, tr(action.text))
        painter.setPen(quiet)
        painter.drawText(line, middle | Qt.AlignmentFlag.AlignRight, action.key)
        room = line.adjusted(name_px, 0, -metrics.horizontalAdvance(action.key) - 16, 0)
        painter.drawText(room, middle, metrics.elidedText(tr(action.about), Qt.TextElideMode.ElideRight, room.width()))
        painter.restore()


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
        self.list.setItemDelegate(_Row(self.list))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column.addWidget(self.line)
        column.addWidget(self.list)
        self.line.textChanged.connect(self._fill)
        self.line.returnPressed.connect(self._run)
        self.list.itemClicked.connect(lambda _: self._run())
        self.line.installEventFilter(self)
        self._fill("")
        self.resize(640, 440)
        box = window.geometry()
        self.move(box.center().x() - 320, box.top() + 80)
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
            item = QListWidgetItem(f"{tr(action.text)} – {tr(action.about)} {action.key}")
            for role, value in ((ID, action.id), (USABLE, usable)):
                item.setData(role, value)
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _run(self) -> None:
        item = self.list.currentItem()
        self.close()
        if item is not None:
            self._window.run_action(item.data(ID))


def matching(text: str) -> list[Action]:
    """Actions that hold every word of `text`; those whose name begins with it first."""
    words = text.lower().split()
    found = [a for a in ACTIONS if all(w in f"{tr(a.text)} {tr(a.about)}".lower() for w in words)]
    return sorted(found, key=lambda a: not tr(a.text).lower().startswith(text.lower()))
