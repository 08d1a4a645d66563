"""Whole ways through the app, as a person goes them: with two virtual Bluetooth sensors, through a crash, to advice."""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QDialog, QFileDialog, QInputDialog
from pytestqt.qtbot import QtBot

import recordings
from dsp import Side
from gui.devices import SensorRadio, Streaming
from gui.dialogs.check_in import CheckInDialog
from gui.dialogs.export import ExportDialog
from gui.dialogs.guided import GuidedDialog
from gui.dialogs.picker import PickerDialog
from gui.main_window import MainWindow
from guidance import StepKind
from sensor import LinkState
from sensor.simulated.script import LimbScript
from sensor.virtual import VirtualH10, VirtualRadio, VirtualVeritySense
from sensor.virtual.motion import PlayedMotion
from session import LinkUpdate
from tests.gui.helpers import SHORT, open_dialog, said, tick

LEFT, RIGHT = "F0:F1:F2:F3:F4:01", "F0:F1:F2:F3:F4:02"
Play = Callable[[LimbScript], None]


def shaking(peak_hz: float) -> PlayedMotion:
    """A leg that shakes without end (synthetic)."""
    t = np.arange(4000) / 200.0
    return PlayedMotion(np.stack([0.02 * np.sin(2 * np.pi * peak_hz * t), 0 * t, 0 * t + 1.0], axis=1), 200.0)


@pytest.fixture
def on_air(window: MainWindow) -> Iterator[VirtualRadio]:
    """Two virtual sensors, and the app's radio that hears them."""
    sensors = [
        VirtualVeritySense(address=LEFT, motion=shaking(6.0)),
        VirtualH10(address=RIGHT, motion=shaking(8.0)),
    ]
    with VirtualRadio(sensors) as virtual:
        window.radio = SensorRadio(radio=virtual.radio)
        yield virtual
        window.attempt(window.controller.stop)
        window.radio.close()


def test_two_bluetooth_sensors_are_found_streamed_recorded_lost_and_found_again(
    window: MainWindow, on_air: VirtualRadio, qtbot: QtBot, home: Path
) -> None:
    qtbot.keyClick(window, Qt.Key.Key_D)
    dialog = open_dialog(window, PickerDialog)
    qtbot.waitUntil(lambda: dialog.list.topLevelItemCount() == 3, timeout=30_000)
    tick(dialog, LEFT, RIGHT)
    dialog.record.setChecked(True)
    qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    model = lambda: window.controller.model  # noqa: E731 - a new one with each session
    qtbot.waitUntil(lambda: set(model().streams) == {"left", "right"}, timeout=30_000)
    qtbot.waitUntil(lambda: all(s.live is not None for s in model().streams.values()), timeout=60_000)
    qtbot.waitUntil(lambda: model().stream.status is not None, timeout=30_000)
    window.draw()
    assert window.live.other_trace.isVisible()
    assert "battery 80 %" in window.live.top.details.text()
    assert not model().synthetic

    # A reconnection may be over before anybody looks: each change is noted as it comes.
    states: list[LinkState] = []
    window.bridge.message.connect(
        lambda pair: states.append(pair[1].link.state) if isinstance(pair[1], LinkUpdate) else None
    )
    for sensor in on_air.sensors:
        on_air.run(sensor.drop_link(away_s=1.0))
    qtbot.waitUntil(lambda: LinkState.RECONNECTING in states, timeout=60_000)
    qtbot.waitUntil(
        lambda: (
            all(s.link.link.state is LinkState.STREAMING for s in model().streams.values())
            and states.count(LinkState.STREAMING) >= 2
        ),
        timeout=60_000,
    )
    before_s = model().streams["left"].now_s
    qtbot.waitUntil(lambda: model().streams["left"].now_s > before_s + 0.5, timeout=30_000)
    window.run_action("stop_session")
    qtbot.waitUntil(lambda: window.page == "show_guide", timeout=30_000)
    (path,) = (home / "recordings").glob("*.mcap")
    read = {name: recordings.read(path, sensor=name) for name in ("left", "right")}
    assert [r.side for r in read.values()] == [Side.LEFT, Side.RIGHT]
    assert len(read["left"].gaps) >= 1
    assert {s.key for s in window.settings.sensors} == {LEFT, RIGHT}


def test_sensors_named_on_the_command_line_begin_as_soon_as_they_show(
    window: MainWindow, on_air: VirtualRadio, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    del on_air
    monkeypatch.setattr("session.find_sensors.__defaults__", (3.0,))
    window.commands.begin_named(["H10"], sides=[Side.RIGHT])
    assert "Looking for H10" in window.notice.text.text()
    qtbot.waitUntil(lambda: bool(window.controller.model.streams), timeout=30_000)
    qtbot.waitUntil(lambda: window.controller.model.stream.trace is not None, timeout=30_000)
    assert "right calf" in window.controller.model.title
    window.run_action("stop_session")
    qtbot.waitUntil(lambda: window.controller.running is None, timeout=30_000)
    window.commands.begin_named(["Muse"])
    qtbot.waitUntil(lambda: "did not show" in window.notice.text.text(), timeout=30_000)


def test_named_sensors_stream_and_are_recorded_as_the_command_line_asked(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, home: Path
) -> None:
    window.commands.begin_named(["simulated"], how=Streaming(rate_hz=52.0, speed=20.0), folder=tmp_path / "elsewhere")
    qtbot.waitUntil(lambda: window.controller.model.stream.now_s > 20.0, timeout=30_000)
    trace = window.controller.model.stream.trace
    assert trace is not None
    assert trace.rate_hz == 52.0
    window.run_action("toggle_record")
    qtbot.waitUntil(lambda: window.controller.model.recording.finished, timeout=10_000)
    window.run_action("toggle_record")
    qtbot.waitUntil(lambda: not window.controller.model.recording.finished, timeout=10_000)
    window.run_action("stop_session")
    qtbot.waitUntil(lambda: len(list((tmp_path / "elsewhere").glob("*.mcap"))) == 2, timeout=30_000)
    assert not list((home / "recordings").glob("*"))


def test_from_a_session_over_a_crash_to_a_report(
    window: MainWindow,
    begin: Callable[[], None],
    qtbot: QtBot,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begin()
    qtbot.keyClick(window, Qt.Key.Key_R)
    qtbot.waitUntil(
        lambda: window.controller.model.recording is not None and window.controller.model.recording.seconds > 6.0,
        timeout=30_000,
    )
    # A kill is a copy of the half-written file without anybody to finish it.
    (part,) = (home / "recordings").glob("*.part")
    killed = part.read_bytes()
    window.run_action("stop_session")
    qtbot.waitUntil(lambda: window.page == "show_guide", timeout=30_000)
    said(window)
    (done,) = (home / "recordings").glob("*.mcap")
    done.unlink()
    part.with_name("killed_left-calf.mcap.part").write_bytes(killed)
    window.commands.look_after_library()
    qtbot.waitUntil(lambda: "recovered after a crash" in window.notice.text.text(), timeout=30_000)
    qtbot.mouseClick(window.notice._button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.document is not None and window.document.analysis is not None, timeout=60_000)
    assert window.document.end_s > 1.0
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    qtbot.keyClick(window, Qt.Key.Key_R, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: bool(opened) or "Writing" not in window.notice.text.text(), timeout=60_000)
    assert opened, window.notice.text.text()
    assert Path(opened[0].toLocalFile()).stat().st_size > 10_000


def test_replay_annotate_undo_export_check_in_and_advice(
    window: MainWindow,
    open_sample: Callable[[str], None],
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    open_sample("simulated-fatigue-calf.csv")
    document = window.document
    scrubber = window.replay.transport.scrubber
    qtbot.mouseClick(scrubber, Qt.MouseButton.LeftButton, pos=QPoint(scrubber.width() // 2, 26))
    middle_s = sum(document.view) / 2
    assert document.cursor_s == pytest.approx(middle_s, abs=1.0)
    trace = window.replay.trace
    at = [QPoint(trace.width() * part // 10, 60) for part in (3, 6)]
    qtbot.mousePress(trace.viewport(), Qt.MouseButton.LeftButton, pos=at[0])
    qtbot.mouseMove(trace.viewport(), at[1])
    trace.selected.emit(trace.seconds_at(at[0].x()), trace.seconds_at(at[1].x()))
    qtbot.mouseRelease(trace.viewport(), Qt.MouseButton.LeftButton, pos=at[1])
    assert document.span is not None
    monkeypatch.setattr(QInputDialog, "getText", lambda *a, **k: ("the neighbour came", True))
    qtbot.keyClick(window, Qt.Key.Key_A)
    assert [i.text for i in document.annotations.items] == ["the neighbour came"]
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert not document.annotations.items
    window.run_action("redo")
    assert document.annotations.items
    out = tmp_path / "leg.edf"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *a: (str(out), ""))
    window.run_action("export")
    dialog = open_dialog(window, ExportDialog)
    dialog.format.setCurrentIndex(dialog.format.findData(".edf"))
    qtbot.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "Saved as" in window.notice.text.text(), timeout=30_000)
    said(window)
    exported = recordings.read(out)
    assert "the neighbour came" in [m.text for m in exported.markers]
    window.run_action("undo")
    window.run_action("check_in")
    questions = open_dialog(window, CheckInDialog)
    chip = next(iter(questions.chips.values()))
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    qtbot.keyClick(questions, Qt.Key.Key_Return)
    window.run_action("show_guide")
    assert window.page == "show_guide"
    assert window.guide.verdict is not None
    assert window.guide.verdict.advice.now
    for path in (document.recording.path.parent).glob("*.annotations.json"):
        path.unlink()


def test_a_guided_session_says_each_step_and_what_it_showed(window: MainWindow, qtbot: QtBot) -> None:
    window.run_action("guided_session")
    dialog = open_dialog(window, GuidedDialog)
    assert "0:00" in " ".join(w.text() for w in dialog.findChildren(type(dialog.about)))
    dialog.reject()
    window.controller.start_simulated(script=SHORT, speed=0.0, loop=False)
    window.controller.guide("stretch", Side.RIGHT)
    model = window.controller.model
    qtbot.waitUntil(lambda: bool(model.ended) or model.guided is not None, timeout=30_000)
    turn = model.guided
    if turn is not None:
        window.draw()
        assert window.live.guided.isVisible()
        assert not window.live.advice.isVisible()
        assert "right" in window.live.guided.heading_text.text()
        assert turn.turn.step.kind is StepKind.REST
    qtbot.waitUntil(lambda: bool(model.ended), timeout=60_000)
    assert "The session has ended" in window.notice.text.text()
    qtbot.mouseClick(window.notice._button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.page == "show_guide", timeout=30_000)
    found = window.guide.verdict.guided
    assert found is not None
    assert not found.finished


def test_a_disk_that_fills_up_says_so_and_the_session_goes_on(
    window: MainWindow, begin: Callable[[], None], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin()
    window.run_action("toggle_record")
    qtbot.waitUntil(lambda: window.controller.model.recording is not None, timeout=20_000)

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("recordings.store.part_file.os.fsync", full)
    monkeypatch.setattr("recordings.store.part_file._write_all", full)
    qtbot.waitUntil(
        lambda: window.notice.isVisible() and bool(window.controller.model.recording.problem), timeout=30_000
    )
    window.draw()
    assert window.live.top.recording_text.text() == "Not recording"
    assert "space" in window.notice.text.text()
    before_s = window.controller.model.stream.now_s
    qtbot.waitUntil(lambda: window.controller.model.stream.now_s > before_s + 0.2, timeout=20_000)


def test_a_session_that_ends_by_itself_while_a_dialog_is_open_leaves_the_app_alive(
    window: MainWindow, begin: Callable[[], None], qtbot: QtBot
) -> None:
    begin()
    for action in ("choose_sensor", "show_settings", "guided_session", "check_in"):
        window.run_action(action)
    window.controller.running.stop("the sensor went away for good")
    qtbot.waitUntil(lambda: bool(window.controller.model.ended), timeout=20_000)
    window.draw()
    guided = open_dialog(window, GuidedDialog)
    qtbot.mouseClick(guided.go, Qt.MouseButton.LeftButton)
    assert window.notice.isVisible() or window.controller.going
    for dialog in window.findChildren(QDialog):
        dialog.close()
    window.run_action("start_simulated")
    qtbot.waitUntil(lambda: window.controller.going, timeout=20_000)
