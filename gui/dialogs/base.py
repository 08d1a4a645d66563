"""What every dialog shares."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gui.i18n import tr
from gui.views.card import button, label, quiet, wrapped

if TYPE_CHECKING:
    from gui.main_window import MainWindow


class Sheet(QDialog):
    """A dialog with a title, a sentence, and buttons at the foot; the session goes on behind it."""

    def __init__(self, parent: "QWidget | MainWindow | None", title: str, about: str = "") -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(24, 20, 24, 20)
        self.column.setSpacing(12)
        self.column.addWidget(label(title, 20, QFont.Weight.DemiBold))
        if about:
            self.column.addWidget(wrapped(quiet(about)))

    def add_foot(self, verb: str, *, cancel: str = "") -> QPushButton:
        """Add the buttons; the one that does it."""
        self.foot = row = QHBoxLayout()
        row.addStretch()
        no = button(cancel or tr("Cancel"), cancel or tr("Cancel"))
        no.setAutoDefault(False)
        no.clicked.connect(self.reject)
        row.addWidget(no)
        yes = button(verb, verb, kind="primary")
        if verb:
            yes.setDefault(True)
            row.addWidget(yes)
        self.column.addLayout(row)
        return yes
