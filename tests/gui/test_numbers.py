"""Numbers that a person reads follow the language; numbers that a program reads keep the point."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pyqtgraph as pg
import pytest
from PySide6.QtCore import QLocale
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLabel,
    QListWidget,
    QTableWidget,
    QWidget,
)
from pytestqt.qtbot import QtBot

import gui
import session
from gui.copying import copy_table, samples_of
from gui.dialogs.export import ExportDialog
from gui.i18n import foreign, load_catalogue, number, use_language
from gui.main_window import MainWindow
from gui.settings import Settings
from gui.words import clock, clock_tenths, size_bytes, size_g, size_mm
from session.report.build import _clock as report_clock
from tests.gui.helpers import SAMPLES, SHORT, open_dialog
from tremorscope.cli.words import clock as terminal_clock

ROOT = Path(gui.__file__).parent
TO_PROGRAMS = {"copying.py": "a table on the clipboard", "picture.py": "names of columns"}
"""Modules that write numbers for programs."""
ENGLISH_NUMBER = re.compile(r"\d\.\d")
A_FRACTION = re.compile(r"[+ ]?(?:\.[1-9]\d*[efg%]?|g)$")


@pytest.fixture(autouse=True)
def english_afterwards() -> Iterator[None]:
    yield
    use_language("en")


def test_a_number_is_written_as_the_language_does() -> None:
    assert [number(6.84), number(-1.25, "+.1f"), number(0.5, "g"), number(1234.5)] == ["6.8", "−1.2", "0.5", "1234.5"]
    use_language("de")
    assert [number(6.84), number(-1.25, "+.1f"), number(0.5, "g"), number(1234.5)] == ["6,8", "−1,2", "0,5", "1234,5"]
    assert (size_g(0.234), size_g(0.012), size_mm(1.234), size_bytes(14_200_000)) == (
        "0,23 g", "12 mg", "1,23 mm", "14,2 MB",
    )  # fmt: skip
    assert clock_tenths(252.3) == "4:12,3"
    assert QLocale().toString(0.5) == "0,5"


def test_numbers_of_sentences_from_below_follow_too() -> None:
    use_language("de")
    assert foreign("narrow peak at 6.8 Hz, 14 dB above background") == "schmale Spitze bei 6,8 Hz, 14 dB über dem Grund"
    assert foreign("a regular beat at 5.5 Hz") == "ein regelmäßiger Schlag bei 5,5 Hz"


def test_every_fraction_in_the_app_is_written_by_the_language() -> None:
    missed = []
    for path in ROOT.rglob("*.py"):
        if path.name in TO_PROGRAMS:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.JoinedStr):
                continue
            whole = ast.unparse(node)
            forms = [ast.unparse(v.format_spec)[2:-1] for v in node.values if getattr(v, "format_spec", None)]
            if any(A_FRACTION.match(f) for f in forms) and "stop:" not in whole:  # the colours of a style sheet
                missed.append(f"{path.name}:{node.lineno} {whole}")
    assert not missed


def test_the_german_catalogue_itself_has_no_decimal_point() -> None:
    # A unit as it is typed, and the name of a standard.
    kept = re.compile(r"counts:0\.000244|Bluetooth 4\.0|:\.\df")
    for table in ("texts", "foreign", "guidance"):
        for words in load_catalogue("de", table).values():
            assert not ENGLISH_NUMBER.search(kept.sub("", words)), words


def shown_in(window: QWidget) -> Iterator[str]:
    """Every text in a window but those that are painted by hand."""
    for widget in window.findChildren(QWidget):
        yield widget.accessibleDescription()
        yield widget.toolTip()
        if isinstance(widget, QLabel | QAbstractButton | QAbstractSpinBox):
            yield widget.text()
        elif isinstance(widget, QComboBox):
            yield from (widget.itemText(i) for i in range(widget.count()))
        elif isinstance(widget, QListWidget):
            yield from (widget.item(i).text() for i in range(widget.count()))
        elif isinstance(widget, QTableWidget):
            cells = (widget.item(r, c) for r in range(widget.rowCount()) for c in range(widget.columnCount()))
            yield from (cell.text() for cell in cells if cell is not None)
        elif isinstance(widget, pg.PlotWidget):
            yield from (i.toPlainText() for i in widget.getPlotItem().items if isinstance(i, pg.TextItem))
            for side in ("left", "bottom"):
                yield from (text for level in widget.getAxis(side)._tickLevels or [] for _, text in level)


def test_no_view_of_the_german_app_shows_a_decimal_point(qtbot: QtBot, qapp: QApplication, home: Path) -> None:
    use_language("de")
    window = MainWindow(session.find_home(home), Settings(language="de"))
    qtbot.addWidget(window)
    window.show()
    seen: list[str] = []
    window.controller.start_simulated(script=SHORT, speed=0.0, loop=False)
    qtbot.waitUntil(lambda: window.controller.model.stream.now_s > 14.0, timeout=60_000)
    window.draw()
    seen += shown_in(window)
    qtbot.waitUntil(lambda: bool(window.controller.model.ended), timeout=60_000)
    name = "simulated-fatigue-calf.csv"
    window.commands.open_path(SAMPLES / name)
    qtbot.waitUntil(lambda: window.document is not None and window.document.name == name, timeout=30_000)
    document = window.document
    qtbot.waitUntil(lambda: document.analysis is not None, timeout=60_000)
    document.select(20.0, 24.5)
    for page in ("show_live", "show_replay", "show_library", "show_guide"):
        window.run_action(page)
        window.draw()
        seen += shown_in(window)
    window.run_action("show_replay")
    window.run_action("export")
    seen += shown_in(open_dialog(window, ExportDialog))
    assert "50,0 Hz" in seen
    assert sum(bool(re.search(r"\d,\d", text)) for text in seen) > 10
    names = re.compile(r"[\w-]+\.csv")
    assert not [text for text in seen if ENGLISH_NUMBER.search(names.sub("", text))]
    copy_table(window, *samples_of(document))
    first = QGuiApplication.clipboard().text().splitlines()[1]
    assert "," not in first
    assert ENGLISH_NUMBER.search(first)
    window.close()


@pytest.mark.parametrize("seconds", [0.0, 0.4, 59.6, 730.6, 1097.7, 3599.7, 3661.2])
def test_a_length_is_the_same_in_the_app_the_terminal_and_the_report(seconds: float) -> None:
    assert clock(seconds) == terminal_clock(seconds) == report_clock(seconds)
    assert clock(730.6) == "12:11"
