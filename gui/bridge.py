"""Bridge: the session's thread hands frozen messages to Qt's thread."""

from PySide6.QtCore import QObject, Signal

from gui.model import SessionModel
from session import SessionMessage


class Bridge(QObject):
    """Carries messages across threads: Qt queues a signal whose receiver lives in another thread."""

    message = Signal(object)

    def sink(self, message: tuple[SessionModel, SessionMessage]) -> None:
        """Take a message and the model it is for, in the session's thread."""
        self.message.emit(message)
