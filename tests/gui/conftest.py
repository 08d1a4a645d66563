"""What the tests of the app share: a window on a home of its own, and ways to fill it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

import session
from gui.i18n import use_language
from gui.main_window import MainWindow
from gui.settings import Settings
from gui.theme import DARK, apply_theme
from sensor.simulated.script import LimbScript
from tests.gui.helpers import SAMPLES, ObedientRadio


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication, home: Path) -> Iterator[MainWindow]:
    """The app's window, shown; its session ends with the test."""
    use_language("en")
    apply_theme(qapp, DARK)
    made = MainWindow(session.find_home(home), Settings())
    made.radio = ObedientRadio()
    qtbot.addWidget(made)
    made.show()
    yield made
    made.close()


@pytest.fixture
def play(window: MainWindow, qtbot: QtBot) -> Callable[[LimbScript], None]:
    """Play a script to its end, as fast as it goes."""

    def run(script: LimbScript) -> None:
        window.controller.start_simulated(script=script, speed=0.0, loop=False)
        qtbot.waitUntil(lambda: bool(window.controller.model.ended), timeout=60_000)
        window.draw()

    return run


@pytest.fixture
def begin(window: MainWindow, qtbot: QtBot) -> Callable[[], None]:
    """Begin a session on the simulated limb, and wait for its first state."""

    def run() -> None:
        window.run_action("start_simulated")
        qtbot.waitUntil(lambda: bool(window.controller.model.streams), timeout=20_000)
        qtbot.waitUntil(lambda: window.controller.model.stream.live is not None, timeout=20_000)
        window.draw()

    return run


@pytest.fixture
def open_sample(window: MainWindow, qtbot: QtBot) -> Callable[[str], None]:
    """Open a recording that ships with the app, and wait for its analysis."""

    def run(name: str) -> None:
        window.commands.open_path(SAMPLES / name)
        qtbot.waitUntil(lambda: window.document is not None and window.document.name == name, timeout=30_000)
        qtbot.waitUntil(lambda: window.document.analysis is not None, timeout=60_000)
        window.draw()

    return run
