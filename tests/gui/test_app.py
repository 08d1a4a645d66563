"""The app: what a person does, and what they see."""

import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QDropEvent, QImage, QPainter
from PySide6.QtWidgets import QApplication, QFileDialog, QMessageBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

import recordings
import tremorscope as ts
from gui.actions import ACTIONS
from gui.main_window import MainWindow
from gui.theme import DARK, LIGHT
from sensor.simulated.script import fast, hold, release, rest, slow

SAMPLES = Path(ts.__file__).parents[1] / "recordings" / "samples"
SHORT = (rest(8.0), fast(), hold(12.0, rhythm=(2.0, 8.0)), release(), rest(6.0))
TIRING = (rest(8.0), slow(), hold(40.0, tremor_from_s=10.0, tremor_mg=35.0, growth_db_per_min=16.0))


def play(window: MainWindow, qtbot: QtBot, script: tuple[object, ...]) -> None:
    window.controller.start_simulated(script=script, speed=0.0, loop=False)  # type: ignore[arg-type]
    qtbot.waitUntil(lambda: bool(window.controller.model.ended), timeout=30_000)
    window.draw()


def said(window: MainWindow) -> str:
    (box,) = [b for b in window.findChildren(QMessageBox) if b.isVisible()]
    text = box.text()
    box.accept()
    box.deleteLater()
    return text


def test_the_binding_does_not_eat_references_to_none(qapp: QApplication) -> None:
    # PySide6 6.12.0 loses one on each call that returns nothing, and Python 3.11 dies of it.
    image = QImage(8, 8, QImage.Format.Format_ARGB32)
    painter = QPainter(image)
    before = sys.getrefcount(None)
    for _ in range(300):
        painter.save()
        painter.restore()
    after = sys.getrefcount(None)
    painter.end()
    assert abs(after - before) < 100


def test_the_first_run_shows_the_state_its_reasons_and_what_to_do(window: MainWindow, qtbot: QtBot) -> None:
    window.start_simulated()
    qtbot.waitUntil(lambda: window.controller.model.live is not None, timeout=20_000)
    window.draw()
    assert window.view.state._name.text() in ("Still", "Unclear")
    assert window._synthetic.isVisible()
    assert "104 Hz" in window._details.text()
    assert "not recording" in window._record_text.text()


def test_a_session_fills_every_part_of_the_window(window: MainWindow, qtbot: QtBot) -> None:
    play(window, qtbot, SHORT)
    model = window.controller.model
    assert model.trace is not None
    assert model.spectrogram is not None
    kinds = {r.kind for r in model.rows}
    assert {"reflex_jerk", "movement", "reflex_rhythm"} <= kinds
    assert window.view.events.list.count() == len(model.rows)
    assert window.view.advice._text.text()
    image = window.grab().toImage()
    colours = {image.pixelColor(x, y).name() for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}
    assert len(colours) > 60
    assert {DARK.page, DARK.card, DARK.states["reflex_rhythm"]} <= colours


def test_tiring_is_called_fatigue_tremor_with_its_hold_time(window: MainWindow, qtbot: QtBot) -> None:
    play(window, qtbot, TIRING)
    assert window.view.state._name.text() == "Fatigue tremor"
    assert "Hz" in window.view.state._numbers.text()
    assert window.view.hold._time.text() in ("0:39", "0:40", "0:41")
    assert "tremor after" in window.view.hold._began.text()


def test_two_hundred_drawings_paint_without_harm(window: MainWindow, qtbot: QtBot) -> None:
    play(window, qtbot, SHORT)
    for _ in range(200):
        window.draw()
        window.repaint()


def test_pausing_freezes_the_plots_and_nothing_else(window: MainWindow, qtbot: QtBot) -> None:
    window.start_simulated()
    qtbot.waitUntil(lambda: window.controller.model.live is not None, timeout=20_000)
    qtbot.keyClick(window, Qt.Key.Key_P)
    qtbot.waitUntil(lambda: window.controller.model.paused, timeout=5_000)
    before = window.controller.model.now_s
    qtbot.waitUntil(lambda: window.controller.model.now_s > before + 0.3, timeout=10_000)
    window.draw()
    assert "Resume" in window._buttons["toggle_pause"].text()


def test_recording_marking_and_stopping_leave_a_file_and_a_verdict(
    window: MainWindow, qtbot: QtBot, home: Path
) -> None:
    window.start_simulated()
    qtbot.waitUntil(lambda: window.controller.model.live is not None, timeout=20_000)
    window.run_action("toggle_record")
    qtbot.waitUntil(lambda: window.controller.model.recording is not None, timeout=10_000)
    window.run_action("mark")
    qtbot.wait(1200)
    window.draw()
    assert "recording" in window._record_text.text()
    window.run_action("toggle_record")
    qtbot.waitUntil(lambda: window.controller.model.recording.finished, timeout=10_000)
    window.draw()
    assert "recorded" in window._record_text.text()
    window.run_action("stop_session")
    assert said(window)
    (path,) = (home / "recordings").glob("*.mcap")
    assert "marker" in {m.text for m in recordings.read(path).markers}


def test_without_a_session_recording_and_reporting_say_what_to_do(window: MainWindow) -> None:
    window.run_action("toggle_record")
    assert "begin one first" in said(window)
    window.run_action("make_report")
    assert "begin a session first" in said(window)
    window.run_action("stop_session")
    window.seek(3.0)
    window.draw()


def test_a_recording_is_replayed_scrubbed_and_reported(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = SAMPLES / "simulated-reflex-calf.csv"
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a: (str(path), ""))
    window.run_action("open_file")
    bar = window.view.replay
    qtbot.waitUntil(lambda: window.controller.model.now_s > 1.0, timeout=20_000)
    assert bar.isVisible()
    bar.speed_chosen.emit(64.0)
    qtbot.waitUntil(lambda: window.controller.model.now_s > 40.0, timeout=30_000)
    bar.play.setChecked(False)
    assert bar.play.text() == "Play"
    bar.event_wanted.emit(-1)
    bar.sought.emit(10.0)
    bar.play.setChecked(True)
    qtbot.waitUntil(lambda: 10.0 <= window.controller.model.now_s < 30.0, timeout=20_000)
    bar.event_wanted.emit(1)
    window.draw()
    assert bar.slider.maximum() > 900
    qtbot.mouseClick(window.view.timeline, Qt.MouseButton.LeftButton, pos=QPoint(5, 25))
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    window.run_action("make_report")
    assert "stretch reflex" in Path(opened[0].toLocalFile()).read_text()


def test_a_report_of_the_running_session_ends_it(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    play(window, qtbot, SHORT)
    window.run_action("make_report")
    assert "Synthetic" in Path(opened[0].toLocalFile()).read_text()


def test_a_file_that_cannot_be_read_is_a_sentence_and_the_app_lives_on(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = tmp_path / "letter.txt"
    bad.write_text("dear app")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a: (str(bad), ""))
    window.run_action("open_file")
    assert "no rows of numbers" in said(window)
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(bad))])
    drop = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    window.dropEvent(drop)
    assert "no rows of numbers" in said(window)
    play(window, qtbot, SHORT)


def test_both_themes_paint_every_part_and_keep_text_readable(window: MainWindow, qtbot: QtBot) -> None:
    play(window, qtbot, SHORT)
    window.run_action("toggle_theme")
    assert window.theme is LIGHT
    window.draw()
    image = window.grab().toImage()
    assert image.pixelColor(400, image.height() - 4).name() == LIGHT.page
    window.run_action("toggle_theme")
    assert window.theme is DARK
    for theme in (DARK, LIGHT):
        for surface in (theme.page, theme.card):
            assert contrast(theme.text, surface) >= 4.5
            assert contrast(theme.quiet, surface) >= 4.5
        assert contrast(theme.good, theme.good_surface) >= 4.5


def contrast(a: str, b: str) -> float:
    """Contrast of two colours (WCAG 2.2)."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    high, low = sorted((luminance(a), luminance(b)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_every_action_of_the_table_has_a_method_a_key_and_a_button(window: MainWindow) -> None:
    keys = [a.key for a in ACTIONS]
    assert len(keys) == len(set(keys))
    for action in ACTIONS:
        assert callable(getattr(window, action.id))
        assert window._buttons[action.id].accessibleName() == action.about
    window.run_action("show_keys")
    text = said(window)
    assert all(a.about in text for a in ACTIONS)


def test_what_can_be_used_has_an_accessible_name(window: MainWindow) -> None:
    buttons = window.findChildren(QPushButton)
    assert len(buttons) > 10
    assert all(b.accessibleName() or b.text() for b in buttons)
    for part in (window.view.trace, window.view.spectrogram, window.view.spectrum, window.view.timeline):
        assert isinstance(part, QWidget)
        assert part.accessibleName()


def test_nothing_is_drawn_while_nobody_looks(window: MainWindow, qtbot: QtBot) -> None:
    play(window, qtbot, SHORT)
    window.hide()
    window._title.setText("untouched")
    window.draw()
    assert window._title.text() == "untouched"


def test_the_app_starts_on_a_file_and_on_the_simulated_leg(
    qtbot: QtBot, qapp: QApplication, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import gui

    seen: list[MainWindow] = []

    def look() -> int:
        (window,) = [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow) and w.isVisible()]
        seen.append(window)
        qtbot.wait(100)
        if window.controller.running is None:
            assert "cannot open" in said(window)
        window.close()
        return 0

    monkeypatch.setattr(QApplication, "exec", staticmethod(look))
    assert gui.run(home=home) == 0
    assert gui.run(open_path=SAMPLES / "simulated-calm-calf.csv", home=home, speed=4.0) == 0
    assert gui.run(open_path=Path("nowhere.csv"), home=home) == 0
    assert len(seen) == 3
