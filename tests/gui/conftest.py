"""What the tests of the app share."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

import session
from gui.main_window import MainWindow
from gui.theme import DARK, apply_theme


@pytest.fixture
def window(qtbot: QtBot, qapp: object, home: Path) -> Iterator[MainWindow]:
    """The app's window, shown; its session ends with the test."""
    apply_theme(qapp, DARK)  # type: ignore[arg-type]
    made = MainWindow(session.find_home(home))
    qtbot.addWidget(made)
    made.show()
    yield made
    made.close()
