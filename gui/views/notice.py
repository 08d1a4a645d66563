"""Notice: one sentence at the foot of the window, with one button; never in the way."""

from collections.abc import Callable

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QProgressBar, QWidget

from gui.i18n import tr
from gui.theme import Theme
from gui.views.card import button, label, wrapped
from gui.views.top_bar import Bar, Dot

SHOWN_MS = 12_000
"""Long enough to read two sentences; a trouble stays until it is closed."""


class Notice(Bar):
    """A line that says what happened and what to do."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme)
        self.setParent(parent)
        self._surface = "raised"
        self.setAccessibleName(tr("Message"))
        self._dot, self.text = Dot(), wrapped(label(""))
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(160)
        self._button, self._close = (
            button("", tr("Do it"), kind="pill"),
            button("✕", tr("Close this message"), kind="pill"),
        )
        for part, stretch in ((self._dot, 0), (self.text, 1), (self._bar, 0), (self._button, 0), (self._close, 0)):
            self.row.addWidget(part, stretch)
        self._act: Callable[[], object] | None = None
        self._button.clicked.connect(self._pressed)
        self._close.clicked.connect(self.hide)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def say(self, text: str, *, trouble: bool = False, verb: str = "", act: Callable[[], object] | None = None) -> None:
        """Show a sentence, with a button when there is something to do."""
        self.text.setText(as_sentence(text))
        self._dot.set_colour(self.theme.trouble if trouble else self.theme.good)
        self._bar.hide()
        self._act = act
        self._button.setVisible(bool(verb))
        self._button.setText(verb)
        self._button.setAccessibleName(verb)
        self._close.show()
        self.show()
        self._timer.stop()
        if not trouble and not verb:
            self._timer.start(SHOWN_MS)

    def wait(self, text: str, *, cancel: Callable[[], object]) -> None:
        """Show that something goes on, how far it is, and a way to end it."""
        self.say(text, verb=tr("Cancel"), act=cancel)
        self._close.hide()
        self._bar.setRange(0, 0)
        self._bar.show()

    def fit(self, width: int) -> int:
        """Height that a width asks for."""
        room = (
            width - 60 - sum(w.sizeHint().width() + 10 for w in (self._bar, self._button, self._close) if w.isVisible())
        )
        height = max(48, self.text.heightForWidth(max(120, room)) + 20)
        self.setFixedHeight(height)
        return height

    def progress(self, share: float) -> None:
        """Show how far it is."""
        if self._bar.isVisible():
            self._bar.setRange(0, 100)
            self._bar.setValue(round(100 * share))

    def _pressed(self) -> None:
        self.hide()
        if self._act is not None:
            self._act()


def as_sentence(text: str) -> str:
    """Begin with a capital, unless the first word is the name of a file."""
    first = text.split(" ", 1)[0]
    return text if "." in first[1:-1] else text[:1].upper() + text[1:]
