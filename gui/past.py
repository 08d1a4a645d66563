"""Reading back: brings the pages of the past that somebody looks at, in a thread of its own."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject

from dsp import Samples
from gui.bridge import Background
from gui.model import SessionModel
from gui.model.past import Page, PageRequest, read_page
from recordings import GrowingFile


class PastReader:
    """Reads one page after another, never in Qt's thread.

    Parameters
    ----------
    parent
        Who owns the thread.
    complain
        Takes a sentence when a page cannot be read.
    """

    def __init__(self, parent: QObject, complain: Callable[[str], None]) -> None:
        self._background = Background(parent)
        self._complain = complain
        self._files: dict[Path, GrowingFile] = {}

    def look(self, model: SessionModel) -> None:
        """Begin to read what the view needs next; nothing while a page is being read."""
        if self._background.busy or (asked := model.wanted_page()) is None:
            return
        for path in [p for p in self._files if p not in asked.files]:
            del self._files[path]  # of an earlier session

        def failed(problem: str) -> None:
            model.past.put(asked.key, Page(label=asked.key.label, problem=problem))
            self._complain(problem)

        self._background.run(
            lambda _: self._read(asked), then=lambda page: model.past.put(asked.key, page), failed=failed
        )

    def _read(self, asked: PageRequest) -> Page:
        def read(path: Path, label: str, start_s: float, end_s: float) -> list[Samples]:
            file = self._files.setdefault(path, GrowingFile(path))
            return file.samples(label, start_s, end_s)

        return read_page(asked, read)
