"""Empty: one sentence and one button, where there is nothing to show."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.views.card import button, quiet


class Empty(QWidget):
    """One sentence, one button."""

    pressed = Signal()

    def __init__(self, text: str, verb: str) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.addStretch()
        self.text = quiet(text, size_px=17)
        self.text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.text.setWordWrap(True)
        self.button = button(verb, f"{text} {verb}", kind="primary")
        self.button.clicked.connect(self.pressed)
        column.addWidget(self.text)
        column.addSpacing(12)
        column.addWidget(self.button, alignment=Qt.AlignmentFlag.AlignCenter)
        column.addStretch()
