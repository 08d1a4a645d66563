"""Dialogs: sensors, export, check-in, settings, keys, palette, tour; each asks one thing."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QDialog, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from dsp import Side
from gui.actions import ACTIONS
from gui.devices import NoRadio, order
from gui.dialogs.check_in import CheckInDialog
from gui.dialogs.export import KINDS, ExportDialog
from gui.dialogs.keys import KeysDialog
from gui.dialogs.palette import PaletteDialog
from gui.dialogs.picker import PickerDialog, bars
from gui.dialogs.preferences import PreferencesDialog
from gui.main_window import MainWindow
from gui.settings import RememberedSensor
from recordings.exporters import ENDINGS
from sensor import LinkState, SensorInfo
from sensor.simulated import SIMULATED
from tests.gui.helpers import ObedientRadio, open_dialog, said, tick

STRAP_A = SensorInfo(key="a", name="Strap A", family="polar", signal_dbm=-58, battery_percent=87)
STRAP_B = SensorInfo(key="b", name="Strap B", family="movesense", signal_dbm=-77)
WATCH = SensorInfo(key="c", name="Watch", family="thingy", signal_dbm=-50, warning="it sends 10 samples a second")


def test_the_simulated_leg_is_always_there_even_without_a_radio(window: MainWindow, qtbot: QtBot) -> None:
    window.radio = NoRadio()
    qtbot.keyClick(window, Qt.Key.Key_D)
    dialog = open_dialog(window, PickerDialog)
    qtbot.waitUntil(lambda: "Looking around" not in dialog.trouble.text(), timeout=5_000)
    assert [i.key for i in dialog.chosen()] == [SIMULATED.key]
    assert len(dialog.trouble.text().splitlines()) == 2
    dialog.begin()
    qtbot.waitUntil(lambda: bool(window.controller.model.streams), timeout=20_000)
    assert window.controller.model.synthetic


def test_remembered_sensors_come_first_then_the_strongest_then_the_simulated_leg() -> None:
    found = order([SIMULATED, STRAP_B, STRAP_A, WATCH], remembered=["b"])
    assert [i.key for i in found] == ["b", "c", "a", SIMULATED.key]


def test_the_list_shows_signal_battery_and_family_and_warns(window: MainWindow, qtbot: QtBot) -> None:
    window.radio = ObedientRadio(STRAP_A, WATCH)
    window.run_action("choose_sensor")
    dialog = open_dialog(window, PickerDialog)
    qtbot.waitUntil(lambda: dialog.list.topLevelItemCount() == 3, timeout=5_000)
    texts = [[dialog.list.topLevelItem(i).text(c) for c in range(4)] for i in range(3)]
    assert texts[1] == ["Strap A", "Polar", "▂▄▆█  -58 dBm", "87 %"]
    tick(dialog, "c")
    dialog.show_found((STRAP_A, WATCH))
    assert "10 samples a second" in dialog.trouble.text()
    dialog.reject()
    assert not window.radio.scanning


def test_signal_bars_carry_their_number() -> None:
    assert bars(-58) == "▂▄▆█  -58 dBm"
    assert bars(-85) == "▂···  -85 dBm"
    assert bars(None) == ""


def test_two_sensors_begin_as_left_and_right_and_are_remembered(window: MainWindow, qtbot: QtBot) -> None:
    radio = window.radio = ObedientRadio(STRAP_A, STRAP_B)
    window.run_action("choose_sensor")
    dialog = open_dialog(window, PickerDialog)
    qtbot.waitUntil(lambda: dialog.list.topLevelItemCount() == 3, timeout=5_000)
    tick(dialog, "a", "b", SIMULATED.key)
    assert not dialog.go.isEnabled()
    tick(dialog, "a", "b")
    assert dialog.go.isEnabled()
    qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    assert [s.label for s in radio.made] == ["left", "right"]
    assert [s.key for s in window.settings.sensors] == ["a", "b"]
    assert window.page == "show_live"


def test_a_tap_tells_which_strap_is_which(window: MainWindow, qtbot: QtBot) -> None:
    radio = window.radio = ObedientRadio(STRAP_A, STRAP_B)
    window.run_action("choose_sensor")
    dialog = open_dialog(window, PickerDialog)
    qtbot.waitUntil(lambda: dialog.list.topLevelItemCount() == 3, timeout=5_000)
    tick(dialog, "a", "b")
    qtbot.mouseClick(dialog.tap_button, Qt.MouseButton.LeftButton)
    assert "Listening" in dialog.tap.text()
    second = radio.made[1]
    second.xyz_g[:208] = (0.0, 0.0, 1.0)
    second.send(1.0)
    qtbot.wait(50)
    assert "Listening" in dialog.tap.text()
    second.xyz_g[150:153, 0] = 1.5
    second.send(1.0)
    radio.made[0].xyz_g[:312] = (0.0, 0.0, 1.0)
    radio.made[0].send(3.0)
    second.xyz_g[208:312] = (0.0, 0.0, 1.0)
    second.send(1.0)
    qtbot.waitUntil(lambda: "That was Strap B" in dialog.tap.text(), timeout=5_000)
    assert [i.key for i in dialog.chosen()] == ["b", "a"]
    assert dialog.list.topLevelItem(1).text(3) == "64 %"
    qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.page == "show_live" and bool(radio.made[2:]), timeout=5_000)
    assert [(s.label, s.info.name) for s in radio.made[2:]] == [("left", "Strap B"), ("right", "Strap A")]


def test_a_sensor_that_goes_away_during_the_tap_check_is_a_sentence(window: MainWindow, qtbot: QtBot) -> None:
    radio = window.radio = ObedientRadio(STRAP_A)
    window.run_action("choose_sensor")
    dialog = open_dialog(window, PickerDialog)
    qtbot.waitUntil(lambda: dialog.list.topLevelItemCount() == 2, timeout=5_000)
    tick(dialog, "a")
    dialog.toggle_tap_check()
    radio.made[0].tell(LinkState.FAILED, "the strap went out of reach", "bring it nearer and choose it again")
    qtbot.waitUntil(lambda: "out of reach" in dialog.trouble.text(), timeout=5_000)
    assert "Bring it nearer" in dialog.trouble.text()
    dialog.reject()


def test_a_radio_that_fails_says_why_and_what_mends_it(window: MainWindow, qtbot: QtBot) -> None:
    window.radio = ObedientRadio(trouble=("Bluetooth is switched off", "switch it on in the system's settings"))
    window.run_action("choose_sensor")
    dialog = open_dialog(window, PickerDialog)
    qtbot.waitUntil(lambda: "switched off" in dialog.trouble.text(), timeout=5_000)
    assert dialog.trouble.text().splitlines()[1] == "Switch it on in the system's settings."
    dialog.reject()


def test_a_remembered_sensor_is_chosen_beforehand(window: MainWindow, qtbot: QtBot) -> None:
    window.change_settings(sensors=(RememberedSensor(key="b", name="Strap B"),), placement="ankle", side="right")
    window.radio = ObedientRadio(STRAP_A, STRAP_B)
    window.run_action("choose_sensor")
    dialog = open_dialog(window, PickerDialog)
    qtbot.waitUntil(lambda: [i.key for i in dialog.chosen()] == ["b"], timeout=5_000)
    assert "used before" in dialog.list.topLevelItem(0).text(0)
    assert (dialog.placement.currentData(), dialog.side.currentData()) == ("ankle", Side.RIGHT.value)
    dialog.reject()


def test_each_kind_of_export_has_a_preview_that_is_the_file_itself(
    window: MainWindow, open_sample: Callable[[str], None], qtbot: QtBot
) -> None:
    open_sample("simulated-reflex-calf.csv")
    window.run_action("export")
    dialog = open_dialog(window, ExportDialog)
    assert set(KINDS) == set(ENDINGS)
    for i, kind in enumerate(KINDS):
        dialog.preview.clear()
        dialog.picture.clear()
        dialog.kind.setCurrentIndex(i)
        assert {dialog.format.itemData(i) for i in range(dialog.format.count())} == set(ENDINGS[kind])
        if kind in ("picture", "trace", "spectrogram", "spectrum"):
            qtbot.waitUntil(lambda: not dialog.picture.pixmap().isNull(), timeout=90_000)
        else:
            qtbot.waitUntil(lambda: bool(dialog.preview.toPlainText()), timeout=60_000)
            head = dialog.preview.toPlainText().splitlines()[0]
            assert head.split(",")[0] in ("time_s", "start_s", "onset_s", "label"), kind
    dialog.kind.setCurrentIndex(list(KINDS).index("spectra"))
    dialog.low.setValue(12.0)
    dialog.high.setValue(3.0)
    assert not dialog.go.isEnabled()
    assert "ends before it begins" in dialog.preview.toPlainText()
    dialog.reject()


def test_what_is_seen_is_saved_and_nothing_else(
    window: MainWindow,
    open_sample: Callable[[str], None],
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    open_sample("simulated-reflex-calf.csv")
    window.document.select(10.0, 14.0)
    out = tmp_path / "part"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a: (str(out), ""))
    qtbot.keyClick(window, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    dialog = open_dialog(window, ExportDialog)
    dialog.seen.setChecked(True)
    assert "0:10 to 0:14" in dialog.seen.text()
    qtbot.waitUntil(lambda: "\n10." in dialog.preview.toPlainText(), timeout=20_000)
    first = dialog.preview.toPlainText().splitlines()[1]
    qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil((tmp_path / "part.csv").exists, timeout=20_000)
    qtbot.waitUntil(lambda: "Saved as" in window.notice.text.text(), timeout=5_000)
    lines = (tmp_path / "part.csv").read_text().splitlines()
    assert lines[1] == first
    assert 10.0 <= float(lines[1].split(",")[0]) <= float(lines[-1].split(",")[0]) <= 14.01


def test_an_export_that_cannot_be_written_is_a_sentence(
    window: MainWindow, open_sample: Callable[[str], None], qtbot: QtBot, tmp_path: Path
) -> None:
    open_sample("simulated-reflex-calf.csv")
    window.run_action("export")
    open_dialog(window, ExportDialog).save(tmp_path / "gone" / "a.csv")
    qtbot.waitUntil(lambda: "cannot write" in window.notice.text.text().lower(), timeout=20_000)
    said(window)


def test_the_check_in_leads_to_advice(window: MainWindow, open_sample: Callable[[str], None], qtbot: QtBot) -> None:
    open_sample("simulated-fatigue-calf.csv")
    window.run_action("show_guide")
    before = window.guide.verdict
    assert before is not None
    qtbot.keyClick(window, Qt.Key.Key_C)
    dialog = open_dialog(window, CheckInDialog)
    for chip in list(dialog.chips.values())[:3]:
        qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert window.page == "show_guide"
    assert window.guide.verdict is not before
    assert len(window.guide.verdict.check_in.chosen) >= 1
    said_so = [t for c in window.guide.verdict.advice.causes for t in c.terms if t.text.startswith("you said: ")]
    assert said_so
    qtbot.keyClick(window, Qt.Key.Key_C)
    again = open_dialog(window, CheckInDialog)
    assert sum(chip.isChecked() for chip in again.chips.values()) == 3
    again.reject()


def test_settings_are_taken_over_and_written(window: MainWindow, home: Path) -> None:
    window.run_action("show_settings")
    dialog = open_dialog(window, PreferencesDialog)
    dialog.theme.setCurrentIndex(1)
    dialog.scale.setCurrentIndex(dialog.scale.findData("150"))
    dialog.record.setChecked(True)
    dialog.save()
    assert (window.settings.theme, window.settings.scale_percent, window.settings.record_always) == ("light", 150, True)
    assert window.theme.name == "light"
    assert "start" in said(window)
    assert '"scale_percent": 150' in window.home.settings.read_text()


def test_the_sheet_names_every_action_with_its_key(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_Question)
    lines = open_dialog(window, KeysDialog).lines
    assert len(lines) == len(ACTIONS)
    assert all(any(line.startswith(f"{a.key} {a.text}") for line in lines) for a in ACTIONS)
    open_dialog(window, KeysDialog).reject()


def test_the_palette_finds_an_action_by_its_words_and_runs_it(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.keyClick(window, Qt.Key.Key_K, Qt.KeyboardModifier.ControlModifier)
    dialog = open_dialog(window, PaletteDialog)
    qtbot.keyClicks(dialog.line, "sessions change")
    assert dialog.list.count() == 1
    qtbot.keyClick(dialog.line, Qt.Key.Key_Return)
    assert window.page == "show_library"


def test_the_tour_walks_through_every_part_and_does_not_come_again(window: MainWindow, qtbot: QtBot) -> None:
    window.run_action("show_tour")
    qtbot.waitUntil(lambda: bool(window.controller.model.streams), timeout=20_000)
    tour = window.commands.tour
    seen = []
    for _ in range(5):
        seen.append(tour._title.text())
        assert window.rect().contains(tour.geometry())
        tour.go_on()
    assert len(set(seen)) == 5
    assert window.settings.tour_done


def test_what_can_be_used_has_a_name_for_screen_readers(window: MainWindow, open_sample: Callable[[str], None]) -> None:
    open_sample("simulated-reflex-calf.csv")
    for action in ("export", "check_in", "show_settings", "show_keys", "choose_sensor"):
        window.radio = ObedientRadio(STRAP_A)
        window.run_action(action)
    kinds = (QAbstractButton, QComboBox, QLineEdit)
    parts = [p for kind in kinds for p in window.findChildren(kind)]
    nameless = [
        p
        for p in parts
        if not (p.accessibleName() or (isinstance(p, QAbstractButton) and p.text()))
        and not p.objectName().startswith("qt_")
        and not isinstance(p.parent(), QComboBox)
        and type(p.parent()).__module__.startswith("gui")
    ]
    assert len(parts) > 80
    assert not nameless
    for plot in (window.live.trace, window.live.spectrogram, window.live.spectrum, window.live.timeline):
        assert plot.accessibleName()
    for dialog in window.findChildren(QDialog):
        dialog.close()
