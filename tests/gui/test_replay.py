"""The replay view: a recording is scrubbed, selected, labelled, compared and copied."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QDropEvent, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QInputDialog, QLabel
from pytestqt.qtbot import QtBot

import dsp
from gui.main_window import MainWindow
from gui.plots.trace import name_of, together
from gui.views.card import wrapped
from tests.gui.helpers import SAMPLES, said

OpenSample = Callable[[str], None]
REFLEX, TIRED = "simulated-reflex-calf.csv", "simulated-fatigue-calf.csv"


def test_without_a_recording_the_view_says_so_and_offers_one(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.run_action("show_replay")
    assert window.replay.empty.isVisible()
    window.run_action("toggle_play")
    assert "open one first" in said(window)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a: (str(SAMPLES / REFLEX), ""))
    qtbot.mouseClick(window.replay.empty.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: window.document is not None, timeout=30_000)
    assert window.settings.folder == str(SAMPLES)


def test_a_recording_plays_steps_jumps_and_loops(window: MainWindow, open_sample: OpenSample, qtbot: QtBot) -> None:
    open_sample(REFLEX)
    document = window.document
    qtbot.keyClick(window, Qt.Key.Key_K)
    qtbot.waitUntil(lambda: document.cursor_s > 0.2, timeout=10_000)
    qtbot.keyClick(window, Qt.Key.Key_K)
    assert not window.replay.playing
    at_s = document.cursor_s
    qtbot.keyClick(window, Qt.Key.Key_L)
    assert document.cursor_s == pytest.approx(at_s + 5.0)
    qtbot.keyClick(window, Qt.Key.Key_Comma)
    assert document.cursor_s == pytest.approx(at_s + 4.5)
    first_s = document.event_times()[0]
    document.go(0.0)
    qtbot.keyClick(window, Qt.Key.Key_N)
    assert document.cursor_s == pytest.approx(first_s - 1.0)
    for _ in range(40):
        window.run_action("previous_event")
    assert "no further event" in said(window)
    document.select(10.0, 11.0)
    window.run_action("toggle_loop")
    window.run_action("toggle_play")
    document.go(10.9)
    qtbot.waitUntil(lambda: document.cursor_s < 10.5, timeout=10_000)
    window.draw()
    assert window.replay.transport.loop.isChecked()


def test_speed_changes_by_key_and_stays_within_bounds(window: MainWindow, open_sample: OpenSample) -> None:
    open_sample(REFLEX)
    window.run_action("faster")
    assert window.replay.speed == 2.0
    for _ in range(20):
        window.run_action("slower")
    assert window.replay.speed == 0.25
    assert window.replay.transport.speed.currentText() == "0.25×"


def test_scrubbing_with_the_mouse_moves_the_playhead(window: MainWindow, open_sample: OpenSample, qtbot: QtBot) -> None:
    open_sample(REFLEX)
    scrubber = window.replay.transport.scrubber
    qtbot.mousePress(scrubber, Qt.MouseButton.LeftButton, pos=QPoint(scrubber.width() // 2, 26))
    qtbot.mouseMove(scrubber, QPoint(3 * scrubber.width() // 4, 26))
    qtbot.mouseRelease(scrubber, Qt.MouseButton.LeftButton, pos=QPoint(3 * scrubber.width() // 4, 26))
    start_s, end_s = window.document.view
    assert window.document.cursor_s == pytest.approx(start_s + 0.75 * (end_s - start_s), rel=0.05)


def test_dragging_selects_a_span_and_shows_its_spectrum_against_rest(
    window: MainWindow, open_sample: OpenSample, qtbot: QtBot
) -> None:
    open_sample(TIRED)
    plot = window.replay.trace.viewport()
    y = plot.height() // 2
    qtbot.mousePress(plot, Qt.MouseButton.LeftButton, pos=QPoint(300, y))
    qtbot.mouseMove(plot, QPoint(420, y))
    qtbot.mouseRelease(plot, Qt.MouseButton.LeftButton, pos=QPoint(420, y))
    window.draw()
    assert window.document.span is not None
    low, high = window.document.span
    assert high - low > 5.0
    assert window.replay.delta.text().startswith(f"Δ {high - low:.1f} s")
    assert "above rest" in window.replay.spectrum.words.text()
    qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=QPoint(600, y))
    assert window.document.span is None
    qtbot.mouseDClick(plot, Qt.MouseButton.LeftButton, pos=QPoint(360, y))
    assert window.document.span is not None


def test_the_evidence_of_a_segment_is_shown_with_its_sign(window: MainWindow, open_sample: OpenSample) -> None:
    open_sample(TIRED)
    tremor = next(s for s in window.document.analysis.segments if s.label.value == "tremor")
    window.commands.select_segment(tremor.start_s + 1.0)
    window.draw()
    assert window.replay.why.title.text().startswith(("Why tremor, not", "Why fatigue tremor, not"))
    assert window.replay.labels.buttons["tremor"].isChecked()
    assert window.replay.labels.aside.text() == "found"


def test_labels_and_notes_are_kept_beside_the_recording_and_can_be_undone(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = Path(shutil.copy(SAMPLES / TIRED, tmp_path))
    before = path.read_bytes()
    window.commands.open_path(path)
    qtbot.waitUntil(lambda: window.document is not None and window.document.analysis is not None, timeout=60_000)
    document = window.document
    document.select(20.0, 26.0)
    qtbot.mouseClick(window.replay.labels.buttons["that was me"], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(window.replay.labels.buttons["unsure"], Qt.MouseButton.LeftButton)
    window.draw()
    assert [i.text for i in document.annotations.items] == ["unsure"]
    assert window.replay.labels.aside.text() == "yours"
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert [i.text for i in document.annotations.items] == ["that was me"]
    qtbot.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier)
    monkeypatch.setattr(QInputDialog, "getText", lambda *a: ("  calf cramped  ", True))
    window.run_action("annotate")
    assert [i.text for i in document.annotations.items] == ["unsure", "calf cramped"]
    assert path.read_bytes() == before
    kept = json.loads((tmp_path / f"{TIRED}.annotations.json").read_text())
    assert [k["text"] for k in kept] == ["unsure", "calf cramped"]
    window.commands.open_path(path)
    qtbot.waitUntil(lambda: window.document is not document, timeout=30_000)
    assert [i.text for i in window.document.annotations.items] == ["unsure", "calf cramped"]


def test_two_recordings_stand_side_by_side(
    window: MainWindow, open_sample: OpenSample, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_sample(TIRED)
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *a: (str(SAMPLES / REFLEX), ""))
    window.run_action("compare_with")
    qtbot.waitUntil(lambda: window.replay.other is not None, timeout=60_000)
    window.document.select(20.0, 26.0)
    window.draw()
    assert window.replay.other_trace.isVisible()
    assert REFLEX in window.replay.spectrum.other_words.text()
    window.run_action("compare_with")
    window.draw()
    assert not window.replay.other_trace.isVisible()


def test_two_spans_of_one_recording_are_compared(window: MainWindow, open_sample: OpenSample, qtbot: QtBot) -> None:
    open_sample(TIRED)
    window.document.select(20.0, 26.0)
    window.draw()
    qtbot.mouseClick(window.replay.spectrum.keep, Qt.MouseButton.LeftButton)
    window.document.select(2.0, 6.0)
    window.draw()
    assert "0:20.0" in window.replay.spectrum.other_words.text()
    qtbot.mouseClick(window.replay.spectrum.keep, Qt.MouseButton.LeftButton)
    assert window.replay.spectrum.other_words.text() == ""


def test_what_is_seen_is_copied_as_a_table_and_as_a_picture(window: MainWindow, open_sample: OpenSample) -> None:
    open_sample(TIRED)
    window.document.select(10.0, 11.0)
    window.run_action("copy_data")
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0] == "time_s\tx_g\ty_g\tz_g"
    assert len(lines) - 1 == pytest.approx(window.document.rate_hz, abs=2)
    assert float(lines[1].split("\t")[0]) == pytest.approx(10.0, abs=0.02)
    window.run_action("copy_picture")
    assert QGuiApplication.clipboard().image().width() == window.width()


def test_zooming_keeps_the_moment_under_the_mouse(window: MainWindow, open_sample: OpenSample) -> None:
    open_sample(TIRED)
    document = window.document
    whole = document.view[1] - document.view[0]
    window.commands.zoom(0.5, 40.0)
    assert document.view[1] - document.view[0] == pytest.approx(whole / 2)
    assert document.view[0] < 40.0 < document.view[1]
    window.run_action("zoom_out")
    window.run_action("zoom_out")
    assert document.view == (document.start_s, document.end_s)


def test_the_playhead_stays_in_view(window: MainWindow, open_sample: OpenSample) -> None:
    open_sample(TIRED)
    document = window.document
    document.show(0.0, 10.0)
    document.go(50.0)
    assert document.view[0] <= 50.0 <= document.view[1]


def test_a_recording_is_played_through_the_live_view(window: MainWindow, open_sample: OpenSample, qtbot: QtBot) -> None:
    open_sample(REFLEX)
    window.replay.set_speed(16.0)
    window.run_action("play_as_live")
    assert window.page == "show_live"
    model = window.controller.model
    qtbot.waitUntil(lambda: bool(model.streams) and model.stream.live is not None, timeout=20_000)
    assert window.controller.model.synthetic


def test_a_dropped_file_is_opened_and_its_report_opens_in_the_browser(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(SAMPLES / REFLEX))])
    drop = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    window.dropEvent(drop)
    qtbot.waitUntil(lambda: window.document is not None and window.document.analysis is not None, timeout=60_000)
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    window.run_action("make_report")
    qtbot.waitUntil(lambda: bool(opened), timeout=60_000)
    assert "stretch reflex" in Path(opened[0].toLocalFile()).read_text()


def test_the_overview_moves_the_view(window: MainWindow, open_sample: OpenSample, qtbot: QtBot) -> None:
    open_sample(TIRED)
    window.document.show(0.0, 20.0)
    window.draw()
    overview = window.replay.overview
    qtbot.mouseClick(overview, Qt.MouseButton.LeftButton, pos=QPoint(overview.width() // 2, 25))
    middle = 0.5 * (window.document.view[0] + window.document.view[1])
    assert middle == pytest.approx(0.5 * (window.document.start_s + window.document.end_s), rel=0.05)


def test_the_trace_shows_what_is_in_the_file(window: MainWindow, open_sample: OpenSample) -> None:
    open_sample(TIRED)
    document = window.document
    document.show(10.0, 4.0)
    seconds, xyz_g = document.trace(100_000)
    raw = document.recording.to_array()[round((seconds[0] - document.start_s) * document.rate_hz) :][: len(xyz_g)]
    # Without gravity: only something slow was taken away.
    slow = raw - xyz_g
    assert np.abs(np.diff(slow, axis=0)).max() < 0.02


def test_kicks_close_together_share_the_name_of_the_largest() -> None:
    kicks = [
        SimpleNamespace(
            onset_s=at, label=dsp.EventLabel.REFLEX_JERK, peak_g=size, kind="impact" if size > 1.5 else "reflex_jerk"
        )
        for at, size in ((1.0, 0.57), (1.8, 0.36), (9.0, 0.12), (19.0, 2.0))
    ]
    crowds = together(kicks, lambda crowd: 3.0)
    assert [len(crowd) for crowd in crowds] == [2, 1, 1]
    assert [name_of(crowd) for crowd in crowds] == [
        "jerk up to 0.57 g",
        "jerk 0.12 g",
        "impact 2.00 g",
    ]


def test_a_number_stays_with_its_unit_when_a_line_breaks(qtbot: QtBot) -> None:
    made = wrapped(QLabel("88 % of the fast power within 1.5 Hz of 6.5 Hz, 3 good ones"))
    qtbot.addWidget(made)
    assert made.text() == "88\u00a0% of the fast power within 1.5\u00a0Hz of 6.5\u00a0Hz, 3 good ones"
