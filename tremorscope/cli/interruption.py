"""Ctrl-C while a session runs: the sensor is stopped and the file closed, however often it is pressed."""

import signal
import sys
import threading
from types import FrameType, TracebackType
from typing import Any, Self

_REASONS = {"SIGINT": "stopped with Ctrl-C", "SIGBREAK": "stopped with Ctrl-Break"}
_ASKED = "stopped from outside"
SIGNALS = tuple(n for n in ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK") if hasattr(signal, n))


class Interruption:
    """Takes down that somebody wants the end, instead of breaking in; use it as a context manager.

    Also where a shell has told its background programs to ignore Ctrl-C: a sensor that nobody stops runs until its
    battery is empty.

    Attributes
    ----------
    reason
        Why the session is to end, for people; empty until then.
    """

    def __init__(self) -> None:
        self.reason = ""
        self._before: dict[str, Any] = {}

    def __enter__(self) -> Self:
        # Python takes signals in its main thread alone; in any other there is nothing to prepare for.
        if threading.current_thread() is threading.main_thread():
            self._before = {name: signal.signal(getattr(signal, name), self._note) for name in SIGNALS}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name, handler in self._before.items():
            signal.signal(getattr(signal, name), handler if handler is not None else signal.SIG_DFL)

    def _note(self, number: int, _frame: FrameType | None) -> None:
        if self.reason:
            sys.stderr.write("stopping the sensor and closing the file; a moment\n")
        self.reason = self.reason or _REASONS.get(signal.Signals(number).name, _ASKED)
