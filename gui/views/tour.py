"""Tour: five steps around the window on the simulated leg; each can be left at once."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from gui.i18n import mark, tr
from gui.views.card import button, label, quiet, wrapped

if TYPE_CHECKING:
    from gui.main_window import MainWindow

STEPS = (
    ("state", mark("What is happening"), mark("The state in large type, how sure it is, and its three reasons.")),
    ("advice", mark("What to do now"), mark("One calm sentence. It changes rarely, and never during a kick.")),
    ("trace", mark("The signal"), mark("The last half minute. Pause with P and scroll back; the recording goes on.")),
    ("timeline", mark("This session"), mark("States, kicks and stretches. Each has a shape besides its colour.")),
    ("top", mark("The keys"), mark("M marks, B is for bed, S stops and shows what it looks like. ? shows them all.")),
)
WIDTH_PX = 340


class Tour(QFrame):
    """A small card beside the part it speaks of."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self.step = 0
        self.setFixedWidth(WIDTH_PX)
        self.setAccessibleName(tr("Tour"))
        self._title, self._text = label("", 17, QFont.Weight.DemiBold), wrapped(quiet(""))
        self._count = quiet("")
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        for part in (self._title, self._text):
            column.addWidget(part)
        row = QHBoxLayout()
        leave, self._next = (
            button(tr("Skip"), tr("Leave the tour"), kind="pill"),
            button("", tr("Next step"), kind="pill"),
        )
        leave.clicked.connect(self.end)
        self._next.clicked.connect(self.go_on)
        row.addWidget(self._count)
        row.addStretch()
        row.addWidget(leave)
        row.addWidget(self._next)
        column.addLayout(row)

    def begin(self) -> None:
        """Show the first step."""
        self.step = 0
        self._show()

    def go_on(self) -> None:
        """Show the next step, or end."""
        self.step += 1
        if self.step >= len(STEPS):
            self.end()
        else:
            self._show()

    def end(self) -> None:
        """Leave; it does not come again by itself."""
        self.hide()
        self._window.change_settings(tour_done=True)
        # Single keys must work at once: no button keeps the keyboard.
        if (page := self._window.pages.currentWidget()) is not None:
            page.setFocus()
        self.deleteLater()

    def _show(self) -> None:
        name, title, text = STEPS[self.step]
        theme = self._window.theme
        self.setStyleSheet(
            f"Tour {{ background: {theme.raised}; border: 1px solid {theme.quiet}; border-radius: 10px; }}"
        )
        self._title.setText(tr(title))
        self._text.setText(tr(text))
        self._count.setText(f"{self.step + 1} / {len(STEPS)}")
        self._next.setText(tr("Done") if self.step == len(STEPS) - 1 else tr("Next"))
        self.adjustSize()
        part: QWidget = getattr(self._window.live, name)
        corner = part.mapTo(self._window, QPoint(0, 0))
        below = corner.y() + part.height() + 8
        if below + self.height() > self._window.height():
            below = max(8, corner.y() - self.height() - 8)
        left = min(max(8, corner.x() + 24), self._window.width() - self.width() - 12)
        self.move(left, below)
        self.show()
        self.raise_()
        self._next.setFocus()
