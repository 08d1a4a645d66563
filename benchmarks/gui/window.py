"""An app that times its own drawing, with a window of it."""

import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

import session
from gui.main_window import MainWindow
from gui.settings import Settings
from gui.theme import DARK, apply_theme


class Timed(QApplication):
    """Measures how long each drawing holds the thread: the timer that draws, and the painting that follows."""

    def __init__(self) -> None:
        super().__init__([])
        self.frames_ms: list[float] = []
        self.work_ms: list[float] = []
        self.after: Callable[[], None] = lambda: None

    def notify(self, receiver: QObject, event: QEvent) -> bool:
        if event.type() not in (QEvent.Type.UpdateRequest, QEvent.Type.Timer):
            return bool(super().notify(receiver, event))
        begin, work = time.perf_counter(), time.thread_time()
        done = bool(super().notify(receiver, event))
        self.frames_ms.append(1e3 * (time.perf_counter() - begin))
        self.work_ms.append(1e3 * (time.thread_time() - work))
        if event.type() is QEvent.Type.UpdateRequest:
            self.after()
        return done


def new_window(app: QApplication, home: Path) -> MainWindow:
    apply_theme(app, DARK)
    window = MainWindow(session.find_home(home), Settings())
    window.resize(1280, 800)
    window.show()
    return window


def spin(app: QApplication, seconds: float, until: Callable[[], bool] = lambda: False) -> float:
    begin = time.perf_counter()
    while time.perf_counter() - begin < seconds and not until():
        app.processEvents()
        time.sleep(0.001)
    return time.perf_counter() - begin
