"""Annotations: notes and labels on a recording, with undo, kept beside it; the recording itself is never edited."""

import json
from dataclasses import asdict, replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from dsp import StorageError
from recordings import Marker

SIDECAR = ".annotations.json"
LABEL, NOTE = "label", "annotation"


class Annotations(QObject):
    """The person's own notes and labels.

    Parameters
    ----------
    path
        The recording; None keeps them in memory alone.
    """

    changed = Signal()

    def __init__(self, path: Path | None) -> None:
        super().__init__()
        self._file = path.with_name(path.name + SIDECAR) if path is not None else None
        self.undo_stack = QUndoStack(self)
        self.problem = ""
        self.items: tuple[Marker, ...] = self._read()

    def add(self, item: Marker) -> None:
        """Add a note or a label; a label takes the place of one on the same span."""
        same = [i for i in self.items if item.kind == LABEL and i.kind == LABEL and _overlap(i, item)]
        kept = tuple(i for i in self.items if i not in same)
        self._push(tuple(sorted((*kept, item), key=lambda i: i.start_s)), item.text)

    def remove(self, item: Marker) -> None:
        """Take one away."""
        self._push(tuple(i for i in self.items if i != item), item.text)

    def reword(self, item: Marker, text: str) -> None:
        """Write another text."""
        self._push(tuple(replace(i, text=text) if i == item else i for i in self.items), text)

    def label_of(self, start_s: float, end_s: float) -> str:
        """Give the label of a span; empty without one."""
        span = Marker(start_s=start_s, end_s=end_s, text="")
        found = [i.text for i in self.items if i.kind == LABEL and _overlap(i, span)]
        return found[-1] if found else ""

    def _push(self, items: tuple[Marker, ...], text: str) -> None:
        self.undo_stack.push(_Change(self, self.items, items, text))

    def put(self, items: tuple[Marker, ...]) -> None:
        """Hold exactly these, and write them; what the undo stack does."""
        self.items = items
        try:
            self._write()
            self.problem = ""
        except StorageError as error:
            self.problem = str(error)
        self.changed.emit()

    def _write(self) -> None:
        if self._file is None:
            return
        partial = self._file.with_suffix(".tmp")
        try:
            partial.write_text(json.dumps([asdict(i) for i in self.items], indent=1), encoding="utf-8")
            partial.replace(self._file)
        except OSError as error:
            msg = f"the notes cannot be written to {self._file.name}: {error.strerror}; copy the recording elsewhere"
            raise StorageError(msg) from error

    def _read(self) -> tuple[Marker, ...]:
        if self._file is None or not self._file.exists():
            return ()
        try:
            raw = json.loads(self._file.read_text(encoding="utf-8"))
            return tuple(Marker(**each) for each in raw)
        except (OSError, ValueError, TypeError):
            self.problem = f"the notes in {self._file.name} cannot be read; they are left as they are"
            self._file = None
            return ()


class _Change(QUndoCommand):
    def __init__(self, owner: Annotations, before: tuple[Marker, ...], after: tuple[Marker, ...], text: str) -> None:
        super().__init__(text)
        self._owner, self._before, self._after = owner, before, after

    def redo(self) -> None:
        self._owner.put(self._after)

    def undo(self) -> None:
        self._owner.put(self._before)


def _overlap(a: Marker, b: Marker) -> bool:
    shared = min(a.end_s, b.end_s) - max(a.start_s, b.start_s)
    return shared > 0.5 * min(a.end_s - a.start_s, b.end_s - b.start_s)
