"""Bridge: other threads hand frozen messages and finished work to Qt's thread."""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

from dsp import TremorscopeError
from gui.model import ModelMessage, SessionModel

Progress = Callable[[float], None]


class Bridge(QObject):
    """Carries messages across threads: Qt queues a signal whose receiver lives in another thread."""

    message = Signal(object)

    def sink(self, message: tuple[SessionModel, ModelMessage]) -> None:
        """Take a message and the model it is for, in the session's thread."""
        self.message.emit(message)


class Cancelled(Exception):  # noqa: N818 - it is no error
    """The person no longer wants the work."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Done:
    job: int
    value: Any = None
    problem: str = ""


class Background(QObject):
    """Does one piece of work at a time in a thread of its own; a newer piece takes the place of the older."""

    progressed = Signal(float)
    _finished = Signal(object)
    _moved = Signal(int, float)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._job = 0
        self._then: Callable[[Any], None] | None = None
        self._failed: Callable[[str], None] | None = None
        self._finished.connect(self._finish, Qt.ConnectionType.QueuedConnection)
        self._moved.connect(self._move, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """Whether work goes on."""
        return self._then is not None

    def run(
        self, work: Callable[[Progress], Any], *, then: Callable[[Any], None], failed: Callable[[str], None]
    ) -> None:
        """Begin; `then` takes the result, `failed` a sentence, both in Qt's thread."""
        self._job += 1
        self._then, self._failed = then, failed
        threading.Thread(target=self._work, args=(self._job, work), name="background", daemon=True).start()

    def cancel(self) -> None:
        """Forget the work; it ends at its next step."""
        self._job += 1
        self._then = self._failed = None

    def _work(self, job: int, work: Callable[[Progress], Any]) -> None:
        def progress(share: float) -> None:
            if job != self._job:
                raise Cancelled
            self._moved.emit(job, share)

        try:
            done = _Done(job=job, value=work(progress))
        except Cancelled:
            return
        except TremorscopeError as error:
            done = _Done(job=job, problem=str(error))
        except MemoryError:
            done = _Done(job=job, problem="there is not enough memory for this; close other programs and try again")
        except Exception as error:  # noqa: BLE001 - whatever goes wrong in a thread must reach the person
            done = _Done(job=job, problem=f"{type(error).__name__}: {error}")
        try:
            self._finished.emit(done)
        except RuntimeError:
            return  # the window has gone meanwhile

    @Slot(object)
    def _finish(self, done: _Done) -> None:
        if done.job != self._job:
            return
        then, failed = self._then, self._failed
        self._then = self._failed = None
        if done.problem and failed is not None:
            failed(done.problem)
        elif then is not None:
            then(done.value)

    @Slot(int, float)
    def _move(self, job: int, share: float) -> None:
        if job == self._job:
            self.progressed.emit(share)
