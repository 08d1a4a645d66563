"""What a person expects of any app: one table of actions, the library, and calm in trouble."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QDate, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QMessageBox, QTableWidgetItem
from pytestqt.qtbot import QtBot

import gui
import recordings
import session
from dsp import Placement, Side, StorageError
from gui.actions import ACTIONS, GROUPS, Needs
from gui.crash import CrashReporter
from gui.icons import icon
from gui.main_window import MainWindow
from gui.settings import Settings
from gui.speech import Speaker
from gui.views.library_view import row_of
from sensor.simulated import SCRIPTS, simulate
from tests.gui.helpers import SAMPLES, SHORT, said

NIGHT_NS = 86_400 * 1_000_000_000


def record(folder: Path, script: str, start_ns: int, *, close: bool = True) -> Path:
    """Write a session as the app does; without `close` as a killed program leaves it."""
    found = simulate(SCRIPTS[script], seed=1)
    meta = recordings.StreamMeta(
        label="left", family="simulated", placement=Placement.CALF, side=Side.LEFT, nominal_hz=found.rate_hz
    )
    recorder = recordings.Recorder(folder, sensors=[meta], start_ns=start_ns)
    step = round(found.rate_hz)
    for i in range(0, 40 * step, step):
        part = found.xyz_g[i : i + step]
        recorder.add_samples("left", xyz_g=part, start_s=i / found.rate_hz, rate_hz=found.rate_hz)
    path = recorder.close()
    if close:
        return path
    torn = path.with_name(path.name + ".part")
    torn.write_bytes(path.read_bytes()[:-3000])
    path.unlink()
    return torn


def test_every_action_of_the_table_has_a_method_and_a_place_in_the_menu(window: MainWindow) -> None:
    keys = [a.key for a in ACTIONS if a.key]
    assert len(keys) == len(set(keys))
    assert {a.group for a in ACTIONS} == set(GROUPS)
    for action in ACTIONS:
        assert callable(getattr(window.commands, action.id))
        made = window.actions_by_id[action.id]
        assert made.text() == action.text
        assert made.toolTip() == action.about
    in_menus = [a for part in window.menu.actions() for a in part.menu().actions()]
    assert set(in_menus) == set(window.actions_by_id.values())


def test_what_cannot_be_used_now_is_grey_and_says_why(window: MainWindow) -> None:
    window.draw()
    for action in ACTIONS:
        made = window.actions_by_id[action.id]
        assert made.isEnabled() == (action.needs is Needs.NOTHING)
        if not made.isEnabled():
            window.run_action(action.id)
            assert said(window).endswith("first.")


def test_the_library_lists_tags_notes_and_finds_sessions(window: MainWindow, qtbot: QtBot, home: Path) -> None:
    window.run_action("show_library")
    assert window.library.empty.isVisible()
    for i, script in enumerate(("fatigue", "reflex")):
        record(home / "recordings", script, 1_795_000_000_000_000_000 - i * NIGHT_NS)
    window.run_action("show_library")
    assert window.library.table.rowCount() == 2
    library = window.library
    window.run_action("analyse_library")
    qtbot.waitUntil(lambda: "analysed" in window.notice.text.text(), timeout=60_000)
    assert said(window) == "2 sessions were analysed."
    assert library.trends.trends["tremor_min"].accessibleDescription() != ""
    library.table.selectRow(0)
    library.tags.setText("evening, sore")
    library.tags.editingFinished.emit()
    library.note.setPlainText("after the long walk")
    library._save_note()
    said(window)
    for word, count in (("sore", 1), ("long walk", 1), ("nothing like it", 0), ("", 2)):
        library.search.setText(word)
        assert library.table.rowCount() == count
    day = QDate.fromString(library.records[1].when[:10], "yyyy-MM-dd")
    library._day_chosen(day)
    assert library.chosen.id == library.records[1].id
    library.open_chosen()
    qtbot.waitUntil(lambda: window.document is not None, timeout=30_000)
    assert window.page == "show_replay"


def test_what_is_counted_as_none_has_no_sign(window: MainWindow, home: Path, qtbot: QtBot) -> None:
    record(home / "recordings", "fatigue", 1_795_000_000_000_000_000)
    window.run_action("show_library")
    library = window.library
    for seconds in (0.0, 0.4, 36.0):
        record_of = SimpleNamespace(
            when="2026-11-08 11:06", title="", duration_s=86.0, placement="calf", side="left", gap_s=0.0, gaps=0,
            tags=(), recovered=False, findings={"tremor_s": seconds, "reflex_jerk_count": 0},
        )  # fmt: skip
        library.records_shown = [record_of]
        for j, text in enumerate(row_of(record_of)):
            library.table.setItem(0, j, QTableWidgetItem(text))
        library._sign()
        cell = library.table.item(0, 3)
        drawn = cell.icon().pixmap(22).toImage() != icon("nothing", window.theme.states["still"]).pixmap(22).toImage()
        assert drawn is (cell.text() != "0:00")
    library.records_shown = library.records


def test_a_message_covers_nothing_and_leaves_its_room_when_it_goes(window: MainWindow, home: Path) -> None:
    record(home / "recordings", "fatigue", 1_795_000_000_000_000_000)
    window.run_action("show_library")
    window.draw()
    QApplication.processEvents()
    before = window.pages.height()
    window.complain("letter.txt is of no known format")
    for _ in range(3):
        window.draw()
        QApplication.processEvents()
    foot = window.pages.mapTo(window, window.pages.rect().bottomLeft()).y()
    assert foot < window.notice.geometry().top()
    said(window)
    window.draw()
    QApplication.processEvents()
    assert window.pages.height() == before


def test_a_message_never_makes_a_low_window_grow(window: MainWindow) -> None:
    window.resize(window.minimumSizeHint())
    QApplication.processEvents()
    height = window.height()
    window.complain("letter.txt is of no known format")
    for _ in range(3):
        window.draw()
        QApplication.processEvents()
    assert window.height() == height
    said(window)


def test_what_a_killed_program_left_is_recovered_and_says_so(window: MainWindow, home: Path, qtbot: QtBot) -> None:
    record(home / "recordings", "fatigue", 1_795_000_000_000_000_000, close=False)
    window.commands.look_after_library()
    qtbot.waitUntil(lambda: "recovered after a crash" in window.notice.text.text(), timeout=20_000)
    qtbot.mouseClick(window.notice._button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.document is not None, timeout=20_000)
    assert window.page == "show_replay"
    window.run_action("show_library")
    (only,) = window.library.records
    assert only.recovered
    assert only.duration_s > 35.0
    assert "recovered" in window.library.table.item(0, 6).text()
    window.run_action("repair_library")
    qtbot.waitUntil(lambda: "Nothing needs" in window.notice.text.text(), timeout=20_000)
    assert said(window) == "Nothing needs repair."


def test_a_damaged_library_is_a_sentence(window: MainWindow, home: Path) -> None:
    home.mkdir(parents=True)
    (home / "library.sqlite").write_bytes(b"no database" * 100)
    window.run_action("show_library")
    assert "made afresh" in said(window)
    assert window.page == "show_library"


def test_a_file_that_cannot_be_read_is_a_sentence_and_the_app_lives_on(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, play: Callable[..., None]
) -> None:
    bad = tmp_path / "letter.txt"
    bad.write_text("dear app")
    for path, words in ((bad, "no rows of numbers"), (tmp_path / "nowhere.csv", "nowhere.csv")):
        window.commands.open_path(path)
        qtbot.waitUntil(lambda w=words: w in window.notice.text.text() and not window.background.busy, timeout=20_000)
        said(window)
    assert window.document is None
    play(SHORT)


def test_reading_can_be_cancelled(window: MainWindow, qtbot: QtBot) -> None:
    window.commands.open_path(SAMPLES / "simulated-calm-calf.csv")
    assert window.notice._button.text() == "Cancel"
    window.notice._button.click()
    qtbot.wait(800)
    assert window.document is None
    assert not window.notice.isVisible()


def test_recording_onto_a_full_disk_says_so_and_the_session_goes_on(
    window: MainWindow, begin: Callable[[], None], qtbot: QtBot, home: Path
) -> None:
    begin()
    home.mkdir(parents=True, exist_ok=True)
    (home / "recordings").write_text("a file where the folder should be")
    window.run_action("toggle_record")
    assert window.notice.isVisible()
    said(window)
    before_s = window.controller.model.stream.now_s
    qtbot.waitUntil(lambda: window.controller.model.stream.now_s > before_s + 0.2, timeout=10_000)


def test_two_windows_record_beside_each_other(window: MainWindow, qtbot: QtBot, home: Path) -> None:
    other = MainWindow(session.find_home(home), Settings())
    qtbot.addWidget(other)
    for each in (window, other):
        each.controller.start_simulated(script=SHORT, speed=0.0, loop=False, record=True)
    qtbot.waitUntil(lambda: all(w.controller.model.ended for w in (window, other)), timeout=60_000)
    for each in (window, other):
        each.controller.stop()
    paths = list((home / "recordings").glob("*.mcap"))
    assert len(paths) == 2
    assert all(recordings.read(p).duration_s > 20.0 for p in paths)
    other.run_action("show_library")
    window.run_action("show_library")
    assert window.library.table.rowCount() == 2
    other.close()


def test_a_report_of_the_running_session_ends_it(
    window: MainWindow, play: Callable[..., None], monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    play(SHORT)
    window.run_action("make_report")
    qtbot.waitUntil(lambda: bool(opened), timeout=30_000)
    assert window.controller.running is None
    assert "Synthetic" in Path(opened[0].toLocalFile()).read_text()


def test_a_crash_becomes_a_sentence_with_the_path_of_the_log(window: MainWindow, home: Path) -> None:
    reporter = CrashReporter(home / "logs", window)
    for i in range(3):
        try:
            message = f"number {i}"
            raise ZeroDivisionError(message)
        except ZeroDivisionError as error:
            reporter.report(type(error), error, error.__traceback__)
    boxes = window.findChildren(QMessageBox)
    assert len(boxes) == 1
    assert str(reporter.path) in boxes[0].informativeText()
    boxes[0].close()
    log = reporter.path.read_text()
    assert all(f"number {i}" in log for i in range(3))


def test_a_crash_without_a_place_for_the_log_still_tells(
    window: MainWindow, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    reporter = CrashReporter(tmp_path / "file" / "logs", window)
    reporter.report(ValueError, ValueError("no log"), None)
    assert "no log" in capsys.readouterr().err
    reporter.box.close()


def test_the_window_comes_back_where_it_was_unless_the_monitor_is_gone(qtbot: QtBot, home: Path) -> None:
    for place, kept in (((40, 30, 900, 600), True), ((9000, 9000, 900, 600), False)):
        made = MainWindow(session.find_home(home), Settings(window=place))
        qtbot.addWidget(made)
        assert (made.width(), made.height()) == (900, 600)
        assert ((made.x(), made.y()) == (40, 30)) is kept
        made.close()


def test_closing_writes_place_and_choices(window: MainWindow) -> None:
    window.resize(1123, 700)
    window.change_settings(side="right")
    window.close()
    kept = window.home.settings.read_text()
    assert '"side": "right"' in kept
    assert "1123" in kept


def test_closing_keeps_the_tags_that_are_being_typed_and_closes_the_library(window: MainWindow, home: Path) -> None:
    record(home / "recordings", "fatigue", 1_795_000_000_000_000_000)
    window.run_action("show_library")
    library = window.library._library
    window.library.tags.setText("sore")
    window.close()
    with pytest.raises(StorageError):
        library.sessions()
    with recordings.Library(home) as again:
        assert again.sessions()[0].tags == ("sore",)


@pytest.mark.skipif(sys.platform != "linux", reason="the voice is a stand-in script")
def test_a_sentence_is_spoken_once_and_never_two_at_a_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard = tmp_path / "heard"
    voice = tmp_path / "spd-say"
    voice.write_text(f'#!/bin/sh\nfor said; do :; done; echo "$said" >> {heard}\n')
    voice.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    speaker = Speaker()
    speaker.say("Rest.")
    assert not heard.exists()
    speaker.enabled = True
    for _ in range(3):
        speaker.say("Rest.")
    speaker._voice.wait(5)
    speaker.say("Breathe out.")
    speaker._voice.wait(5)
    assert heard.read_text().splitlines() == ["Rest.", "Breathe out."]


def test_without_a_voice_there_is_silence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    speaker = Speaker()
    speaker.enabled = True
    speaker.say("Rest.")
    assert speaker.program is None
    assert speaker._voice is None


def test_the_app_starts_on_nothing_on_a_file_and_on_the_simulated_leg(
    qtbot: QtBot, qapp: QApplication, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, bool]] = []
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)

    def look() -> int:
        (window,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow) and w.isVisible()]
        qtbot.wait(100)
        qtbot.waitUntil(lambda: not window.background.busy, timeout=20_000)
        seen.append((window.page, window.controller.running is not None))
        if window.commands.tour is not None:
            window.commands.tour.end()
        window.close()
        window.deleteLater()
        qtbot.wait(10)
        return 0

    monkeypatch.setattr(QApplication, "exec", staticmethod(look))
    assert gui.run(home=home) == 0
    assert gui.run(open_path=SAMPLES / "simulated-calm-calf.csv", home=home, speed=4.0) == 0
    assert gui.run(open_path=Path("nowhere.csv"), home=home) == 0
    assert gui.run(demo=True, home=home) == 0
    assert seen == [("show_live", False), ("show_replay", False), ("show_live", False), ("show_live", True)]


def test_a_damaged_settings_file_is_told_at_the_start(
    qtbot: QtBot, qapp: QApplication, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = session.find_home(home)
    found.settings.parent.mkdir(parents=True, exist_ok=True)
    found.settings.write_text("{")
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    told: list[str] = []

    def look() -> int:
        (window,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow) and w.isVisible()]
        qtbot.wait(50)
        told.append(said(window))
        window.close()
        window.deleteLater()
        return 0

    monkeypatch.setattr(QApplication, "exec", staticmethod(look))
    assert gui.run(home=home) == 0
    assert "begins afresh" in told[0]


def test_views_only_draw_and_models_hold_no_widgets() -> None:
    root = Path(gui.__file__).parent
    long = [p.name for p in root.rglob("*.py") if len(p.read_text().splitlines()) > 300]
    assert not long
    for path in (root / "model").glob("*.py"):
        assert "QtWidgets" not in path.read_text()
    for path in (root / "views").glob("*.py"):
        text = path.read_text()
        assert "recordings.read(" not in text
        assert "LiveSession" not in text


def test_the_command_line_opens_the_app_on_a_bare_machine(tmp_path: Path) -> None:
    code = "import sys; from gui import run; sys.exit('PySide6.QtWidgets' not in sys.modules)"
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "TREMORSCOPE_HOME": str(tmp_path)}
    assert subprocess.run([sys.executable, "-c", code], env=env, check=False, timeout=60).returncode == 0
