"""Crash: what no part of the app caught becomes a sentence with the path of the log, and the app lives on if it can."""

import logging
import sys
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from PySide6.QtWidgets import QMessageBox, QWidget

from gui.i18n import tr

LOG_BYTES, LOG_FILES = 500_000, 3
MOST_SHOWN = 1
"""One dialog is help, fifty are another crash: the log has them all."""


class CrashReporter:
    """Writes the log and shows one dialog.

    Parameters
    ----------
    folder
        Where the log goes.
    parent
        Window that the dialog belongs to.
    """

    def __init__(self, folder: Path, parent: QWidget | None = None) -> None:
        self.path = folder / "tremorscope.log"
        self._parent = parent
        self._shown = 0
        self._log = logging.getLogger("tremorscope.gui")
        self.box: QMessageBox | None = None

    def install(self) -> None:
        """Take over from the interpreter's own hook."""
        sys.excepthook = self.report

    def report(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Log an error and say where the log is."""
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        self._write("".join(traceback.format_exception(kind, error, trace)))
        if self._shown >= MOST_SHOWN:
            return
        self._shown += 1
        text = tr("Something went wrong inside the app. What is recorded so far is on the disk.")
        self.box = QMessageBox(
            QMessageBox.Icon.Warning, "Tremorscope", text, QMessageBox.StandardButton.Ok, self._parent
        )
        self.box.setInformativeText(tr("The details are in {path}.", path=str(self.path)))
        self.box.setDetailedText(f"{kind.__name__}: {error}")
        self.box.open()

    def _write(self, text: str) -> None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            handler = RotatingFileHandler(self.path, maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8")
        except OSError:
            sys.stderr.write(text)
            return
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        self._log.addHandler(handler)
        self._log.error(text)
        self._log.removeHandler(handler)
        handler.close()
