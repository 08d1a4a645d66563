"""Scrolling back through the whole session while it is recorded."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from dsp import Placement, Side, State
from gui.main_window import MainWindow
from gui.model.drift import Drift, recorded_s, shown_s
from gui.model.past import MOST_PAGES, Page
from sensor.simulated.script import fast, hold, release, rest
from tests.gui.helpers import ObedientSource, said

EARLY = (rest(55.0), fast(), hold(14.0, rhythm=(3.0, 10.0)), release())
LONG_S = 420.0
HELD_S = 240.0
"""Instead of ten minutes, so that a test lasts seconds."""
Begin = Callable[..., ObedientSource]


@pytest.fixture
def begin_long(window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Begin:
    """Run seven minutes whose second one holds a rhythm, recorded from `record_from_s` on; the newest four are held."""
    for module in ("gui.model.stream", "gui.model.session", "gui.session_commands"):
        monkeypatch.setattr(f"{module}.KEPT_S", HELD_S)

    def run(*, record_from_s: float | None = 0.0) -> ObedientSource:
        source = ObedientSource("left", script=(*EARLY, rest(LONG_S)))
        window.controller.start(
            [source],
            placement={"left": Placement.CALF},
            side={"left": Side.LEFT},
            title="Strap A",
            record=record_from_s == 0.0,
        )
        model = window.controller.model
        if record_from_s:
            source.send(record_from_s)
            qtbot.waitUntil(lambda: model.stream.now_s >= record_from_s - 1.0, timeout=60_000)
            window.run_action("toggle_record")
        source.send(LONG_S - (record_from_s or 0.0))
        qtbot.waitUntil(lambda: model.stream.now_s >= LONG_S - 1.0, timeout=120_000)
        window.draw()
        return source

    return run


def look_at(window: MainWindow, time_s: float) -> None:
    """Click on the timeline of the session."""
    timeline = window.live.timeline
    at = timeline.rect().center()
    at.setX(round(timeline.x_at(time_s)))
    QTest.mouseClick(timeline, Qt.MouseButton.LeftButton, pos=at)


def shown(window: MainWindow) -> tuple[np.ndarray, np.ndarray]:
    """Give the drawn times and the x axis of the trace."""
    time_s, x_g = window.live.trace._axes._curves[0].getData()
    return (np.empty(0), np.empty(0)) if x_g is None else (time_s, x_g)


def test_the_first_minutes_of_a_long_session_come_back_from_its_recording(
    window: MainWindow, begin_long: Begin, qtbot: QtBot
) -> None:
    source = begin_long()
    model = window.controller.model
    assert not model.stream.reaches(100.0)
    look_at(window, 63.0)
    assert model.paused
    window.draw()
    qtbot.waitUntil(lambda: isinstance(model.part(model.stream), Page), timeout=20_000)
    window.draw()
    page = model.part(model.stream)
    assert page.trace is not None
    time_s, x_g = shown(window)
    assert len(x_g) == pytest.approx(30 * 104, abs=2)
    # What is drawn is the shaking of then: acceleration less its mean follows what the sensor sent.
    first = round((model.view_end_s + time_s[0]) * 104.0)
    sent = source.xyz_g[first : first + len(x_g), 0]
    quick = [np.diff(a) for a in (x_g, sent)]
    assert np.corrcoef(*quick)[0, 1] > 0.98
    assert x_g.std() > 0.02
    assert window.live.spectrogram._picture.item.isVisible()
    _, level = page.spectrogram.window(model.view_end_s, 30.0)
    assert np.isfinite(level).all()
    assert len(level) == 60
    assert any(50.0 < e.onset_s < 75.0 for e in page.events)
    assert any(s.label is State.REFLEX_RHYTHM and s.start_s < 80.0 for s in window.live.timeline.story.segments)
    start_s, end_s = window.live.timeline.story.view
    assert start_s < 63.0 < end_s
    assert "paused" in window.live._trace_card.aside.text()
    # The spectrum is that of then: in the rhythm it has a peak, at rest before it has none.
    levels = []
    for end_s in (68.0, 50.0):
        model.scroll(end_s - model.view_end_s)
        window.draw()
        assert window.live._spectrum_card.title.text() == f"Spectrum at {'1:08' if end_s == 68.0 else '0:50'}"
        freq_hz, level = window.live.spectrum._curve.getData()
        levels.append(level[(freq_hz > 4.0) & (freq_hz < 12.0)].max())
    assert levels[0] > levels[1] + 15.0

    # The session goes on meanwhile, and one key leads back to it.
    before_s = model.stream.now_s
    source.send(5.0)
    qtbot.waitUntil(lambda: model.stream.now_s > before_s + 4.0, timeout=20_000)
    qtbot.keyClick(window, Qt.Key.Key_P)
    window.draw()
    assert model.part(model.stream) is model.stream
    assert model.view_end_s == model.stream.now_s
    assert window.live.timeline.story.view is None
    assert window.live._spectrum_card.title.text() == "Spectrum now"


def test_the_wheel_leads_from_what_is_held_into_the_recording_without_a_seam(
    window: MainWindow, begin_long: Begin, qtbot: QtBot
) -> None:
    source = begin_long()
    model = window.controller.model
    edge_s = model.stream.now_s - HELD_S + 35.0
    model.scroll(edge_s - model.view_end_s)
    window.draw()
    assert model.part(model.stream) is model.stream
    time_s, held = shown(window)
    held_s = model.view_end_s + time_s
    window.commands.scroll(-6.0)
    qtbot.waitUntil(lambda: isinstance(model.part(model.stream), Page), timeout=20_000)
    window.draw()
    time_s, read = shown(window)
    read_s = model.view_end_s + time_s
    assert read_s[-1] == pytest.approx(held_s[-1] - 6.0, abs=0.02)
    common = np.intersect1d(np.rint(held_s * 104), np.rint(read_s * 104), return_indices=True)
    assert len(common[0]) > 20 * 104
    assert np.allclose(held[common[1]], read[common[2]], atol=1e-4)
    # Pages beside it are fetched ahead, and no more are kept than the memory is meant to hold.
    qtbot.waitUntil(lambda: model.wanted_page() is None, timeout=20_000)
    for time_s in np.arange(30.0, 190.0, 20.0):
        look_at(window, float(time_s))
        qtbot.waitUntil(lambda: model.wanted_page() is None, timeout=20_000)
    assert 3 <= len(model.past.pages) <= MOST_PAGES
    del source


def test_without_a_recording_a_sentence_says_how_far_back_it_goes(window: MainWindow, begin_long: Begin) -> None:
    begin_long(record_from_s=None)
    model = window.controller.model
    look_at(window, 60.0)
    assert said(window).startswith("Nothing is recorded, so only the last 4 minutes")
    assert model.view_end_s == pytest.approx(model.stream.now_s - HELD_S + 30.0, abs=0.5)
    window.draw()
    assert model.part(model.stream) is model.stream
    assert model.wanted_page() is None
    window.commands.scroll(-5.0)
    assert said(window).startswith("Nothing is recorded")


def test_before_a_recording_began_there_is_nothing_and_it_is_said(
    window: MainWindow, begin_long: Begin, qtbot: QtBot
) -> None:
    begin_long(record_from_s=120.0)
    model = window.controller.model
    look_at(window, 30.0)
    assert said(window).startswith("The recording began at ")
    assert model.view_end_s == pytest.approx(150.0, abs=3.0)
    qtbot.waitUntil(lambda: isinstance(model.part(model.stream), Page), timeout=20_000)
    window.draw()
    _, x_g = shown(window)
    assert np.isfinite(x_g).sum() > 25 * 104


def test_a_recording_that_went_away_is_said_once_and_asked_again_after_resuming(
    window: MainWindow, begin_long: Begin, qtbot: QtBot, home: Path
) -> None:
    begin_long()
    model = window.controller.model
    window.run_action("toggle_record")
    qtbot.waitUntil(lambda: model.recording.finished, timeout=20_000)
    (path,) = (home / "recordings").glob("*.mcap")
    away = path.rename(path.with_name("elsewhere"))
    look_at(window, 60.0)
    qtbot.waitUntil(window.notice.isVisible, timeout=20_000)
    assert "cannot be read any more" in said(window)
    window.draw()
    assert "cannot be read" in window.live._trace_card.aside.text()
    assert not len(shown(window)[1])
    away.rename(path)
    qtbot.keyClick(window, Qt.Key.Key_P)
    look_at(window, 60.0)
    qtbot.waitUntil(lambda: getattr(model.part(model.stream), "trace", None) is not None, timeout=20_000)


def test_times_of_view_and_recording_are_turned_into_one_another() -> None:
    drift = Drift()
    for k in range(2000):
        drift.note(15.0 * k, 1e-4 * 15.0 * k)
    table = drift.table()
    assert table.shape[1] < 40
    for time_s in (0.0, 1000.0, 20_000.0):
        assert recorded_s(table, time_s) == pytest.approx(time_s * 1.0001, abs=0.11)
        assert shown_s(table, recorded_s(table, time_s)) == pytest.approx(time_s, abs=1e-6)
    drift.forget_after(100.0)
    assert drift.table().shape[1] == 1
    assert recorded_s(Drift().table(), 5.0) == shown_s(Drift().table(), 5.0) == 5.0
