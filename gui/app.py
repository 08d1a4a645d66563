"""Starts the app."""

from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

import session
from dsp import TremorscopeError
from gui.main_window import MainWindow
from gui.theme import DARK, apply_theme


def run(
    *,
    open_path: Path | None = None,
    speed: float = 1.0,
    demo: bool = False,
    home: Path | None = None,
    sensors: list[str] | None = None,
) -> int:
    """Open the window and stay until it is closed.

    Parameters
    ----------
    open_path, speed
        A recording to replay, and how fast.
    demo
        Begin on the simulated leg at once (so does a start without a recording).
    home
        Where recordings and reports go.
    sensors
        Sensors named on the command line.

    Returns
    -------
    int
        Exit code.
    """
    del demo, sensors
    app = QApplication.instance() or QApplication(["tremorscope"])
    assert isinstance(app, QApplication)  # noqa: S101 - nobody else makes one
    apply_theme(app, DARK)
    window = MainWindow(session.find_home(home))
    window.show()

    def begin() -> None:
        try:
            if open_path is not None:
                window.open_path(open_path, speed=speed)
            else:
                window.start_simulated()
        except TremorscopeError as error:
            window.complain(str(error))

    QTimer.singleShot(0, begin)
    return int(app.exec())
