"""Instance: a second window on the same home is allowed, and told what that means."""

from PySide6.QtCore import QLockFile

import session
from gui.i18n import tr

LOCK = "app.lock"
ASK_MS = 100


class Instance:
    """Holds the home's lock as long as the app runs.

    Parameters
    ----------
    home
        The home.

    Attributes
    ----------
    note
        What a person should know when another window has the home; empty when all is well.
    """

    def __init__(self, home: session.Home) -> None:
        self.note = ""
        home.root.mkdir(parents=True, exist_ok=True)
        self._lock = QLockFile(str(home.root / LOCK))
        # A lock whose program has died is taken over at once.
        self._lock.setStaleLockTime(0)
        if not self._lock.tryLock(ASK_MS) and self._lock.error() is QLockFile.LockError.LockFailedError:
            self.note = tr(
                "Tremorscope is open already. Both windows can record, each into a file of its own; "
                "the settings of the one closed last are kept."
            )

    def release(self) -> None:
        """Give the home back."""
        self._lock.unlock()
