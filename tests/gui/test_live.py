"""The live view: what a person sees while a sensor is worn."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from pytestqt.qtbot import QtBot

import recordings
from dsp import Placement, Side
from gui.main_window import MainWindow
from gui.model import StreamModel
from gui.model.rings import level_db
from gui.plots.base import Steps
from gui.theme import DARK, LIGHT
from gui.words import clock, size_g
from sensor import LinkChange, LinkState
from session import LinkUpdate
from tests.gui.helpers import SHORT, TIRING, ObedientSource, said

Begin = Callable[[], None]
Play = Callable[..., None]


def test_the_first_run_offers_three_ways_to_begin(window: MainWindow, qtbot: QtBot) -> None:
    window.draw()
    assert window.live.welcome.isVisible()
    assert not window.live.top.isVisible()
    window.run_action("start_simulated")
    qtbot.waitUntil(lambda: bool(window.controller.model.streams), timeout=20_000)
    window.draw()
    assert window.live.top.isVisible()


def test_a_session_shows_the_state_its_numbers_and_that_it_is_synthetic(window: MainWindow, begin: Begin) -> None:
    begin()
    assert window.live.state.name.text() in ("Still", "Unclear")
    assert window.live.top.badge.isVisible()
    assert "104 Hz" in window.live.top.details.text()
    assert "loss 0.0 %" in window.live.top.details.text()
    assert window.live.top.recording_text.text() == "Not recording"


def test_a_session_fills_every_part_of_the_window(window: MainWindow, play: Play) -> None:
    play(SHORT)
    stream = window.controller.model.stream
    assert stream.trace is not None
    assert stream.spectrogram is not None
    assert {"reflex_jerk", "movement", "reflex_rhythm"} <= {r.kind for r in stream.rows}
    assert window.live.events.list.count() == len(stream.rows)
    assert window.live.advice.text.text()
    image = window.grab().toImage()
    colours = {image.pixelColor(x, y).name() for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}
    assert len(colours) > 60
    assert {DARK.page, DARK.card, DARK.states["reflex_rhythm"]} <= colours


def test_tiring_is_called_fatigue_tremor_with_its_hold_time(window: MainWindow, play: Play) -> None:
    play(TIRING)
    window.controller.model.ended = ""
    window.controller.model.stream.link = None
    window.draw()
    assert window.live.state.name.text() == "Fatigue tremor"
    assert "Hz" in window.live.state.numbers.text()
    assert window.live.hold.time.text() in ("0:45", "0:46", "0:47")
    assert "tremor after" in window.live.hold.began.text()


def test_two_hundred_drawings_paint_without_harm(window: MainWindow, play: Play) -> None:
    play(SHORT)
    for _ in range(200):
        window.draw()
        window.live.repaint()


def test_signs_of_events_are_painted_once_and_then_moved(window: MainWindow, play: Play) -> None:
    play(SHORT)
    marks, events = window.live.trace._marks, window.controller.model.stream.events
    for k in range(50):
        marks.draw(events, 0.1 * k, 0.2)
        window.live.trace.repaint()
    assert 1 <= len(marks._signs.fragmentAtlas) <= 2


def test_pausing_freezes_the_plots_and_nothing_else(window: MainWindow, begin: Begin, qtbot: QtBot) -> None:
    begin()
    model = window.controller.model
    qtbot.keyClick(window, Qt.Key.Key_P)
    assert model.paused
    frozen_s, before_s = model.view_end_s, model.stream.now_s
    qtbot.waitUntil(lambda: model.stream.now_s > before_s + 0.3, timeout=10_000)
    window.draw()
    assert model.view_end_s == frozen_s
    assert window.live.top.buttons["toggle_pause"].text() == "Resume"
    qtbot.keyClick(window, Qt.Key.Key_P)
    assert not model.paused


def test_the_wheel_scrolls_back_in_time_while_the_session_goes_on(window: MainWindow, play: Play) -> None:
    play((*SHORT, *SHORT))
    model = window.controller.model
    now_s = model.view_end_s
    for _ in range(2):
        window.live.wheelEvent(wheel(120))
    assert model.view_end_s == now_s - 6.0
    ago, shown = model.stream.trace.window(model.view_end_s, 30.0)
    assert abs(ago[-1]) < 0.02
    assert np.isfinite(shown).all()
    for _ in range(50):
        window.live.wheelEvent(wheel(120))
    assert model.view_end_s == pytest.approx(30.0, abs=0.1)


def wheel(delta: int) -> QWheelEvent:
    return QWheelEvent(
        QPointF(400, 300),
        QPointF(400, 300),
        QPoint(0, 0),
        QPoint(0, delta),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )


def test_recording_marking_and_stopping_leave_a_file_and_a_verdict(
    window: MainWindow, begin: Begin, qtbot: QtBot, home: Path
) -> None:
    begin()
    model = window.controller.model
    window.run_action("toggle_record")
    qtbot.waitUntil(lambda: model.recording is not None, timeout=10_000)
    qtbot.keyClick(window, Qt.Key.Key_M)
    qtbot.wait(1200)
    window.draw()
    assert window.live.top.recording_text.text().startswith("Recording 0:")
    window.run_action("toggle_record")
    qtbot.waitUntil(lambda: model.recording.finished, timeout=10_000)
    window.draw()
    assert window.live.top.recording_text.text().startswith("Recorded")
    window.run_action("stop_session")
    qtbot.waitUntil(lambda: window.page == "show_guide", timeout=20_000)
    (path,) = (home / "recordings").glob("*.mcap")
    assert "marker" in {m.text for m in recordings.read(path).markers}


def test_loss_and_reconnection_are_seen_and_the_gap_stays_a_gap(window: MainWindow, qtbot: QtBot) -> None:
    source = ObedientSource("left")
    window.controller.start([source], placement={"left": Placement.CALF}, side={"left": Side.LEFT}, title="Strap A")
    source.send(8.0)
    model = window.controller.model
    qtbot.waitUntil(lambda: bool(model.streams) and model.stream.live is not None, timeout=20_000)
    source.tell(LinkState.RECONNECTING, "the strap is out of reach", "trying again in 4 s")
    qtbot.waitUntil(lambda: model.stream.link.link.state is LinkState.RECONNECTING, timeout=5_000)
    window.draw()
    assert window.live.state.name.text() == "No data"
    assert "trying again in 4 s" in window.live.state.reasons.chips[0].text()
    assert "reconnecting" in window.live.top.details.text()
    source.tell(LinkState.STREAMING)
    source.send(8.0, lost_s=3.0)
    qtbot.waitUntil(lambda: model.stream.now_s > 18.95, timeout=20_000)
    window.draw()
    _, shown = model.stream.trace.window(model.view_end_s, 30.0)
    missing = np.isnan(shown[:, 0])
    gap = missing[len(missing) - round(11.0 * 104.0) : len(missing) - round(8.0 * 104.0)]
    assert gap.mean() > 0.95
    assert window.live.state.name.text() != "No data"


def test_two_sensors_are_shown_one_at_a_time(window: MainWindow, qtbot: QtBot) -> None:
    left, right = ObedientSource("left"), ObedientSource("right", name="Strap B")
    window.controller.start(
        [left, right],
        placement=dict.fromkeys(("left", "right"), Placement.CALF),
        side={"left": Side.LEFT, "right": Side.RIGHT},
        title="Strap A + Strap B",
    )
    for source in (left, right):
        source.send(6.0)
    model = window.controller.model
    qtbot.waitUntil(lambda: len(model.streams) == 2 and model.streams["right"].live is not None, timeout=20_000)
    window.draw()
    first = model.shown
    assert window.live.top.other.isVisible()
    qtbot.keyClick(window, Qt.Key.Key_O)
    assert model.shown != first
    window.draw()
    assert model.shown in window.live.top.title.text()


def test_both_themes_paint_every_part_and_keep_text_readable(window: MainWindow, play: Play) -> None:
    play(SHORT)
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


def test_bed_mode_says_the_state_in_words_and_escape_leaves(window: MainWindow, play: Play, qtbot: QtBot) -> None:
    play(TIRING)
    window.controller.model.ended = ""
    qtbot.keyClick(window, Qt.Key.Key_B)
    window.draw()
    assert window.bed.isVisible()
    assert window.bed.accessibleDescription().startswith("Tired muscle. ")
    image = window.grab().toImage()
    assert image.pixelColor(5, 5).name() == "#000000"
    qtbot.keyClick(window.bed, Qt.Key.Key_Escape)
    assert not window.bed.isVisible()


def test_nothing_is_drawn_while_nobody_looks(window: MainWindow, play: Play) -> None:
    play(SHORT)
    window.hide()
    window.live.top.title.setText("untouched")
    window.draw()
    assert window.live.top.title.text() == "untouched"


def test_the_marker_says_so_when_nothing_is_recorded(window: MainWindow, begin: Begin) -> None:
    begin()
    window.run_action("mark")
    assert "Nothing is recorded" in said(window)
    window.draw()
    assert window.live.events.list.count() >= 1


def test_a_kick_on_a_quiet_trace_is_shown_whole_and_one_over_a_tremor_leaves_it() -> None:
    rng = np.random.default_rng(1)
    quiet = 0.002 * rng.standard_normal((3000, 3)).astype(np.float32)
    tremor = quiet + 0.03 * np.sin(np.arange(3000) * 0.4)[:, None].astype(np.float32)
    for trace, whole in ((quiet, True), (tremor, False)):
        trace[300:310] = 0.5
        steps = Steps()
        steps.follow(trace)
        assert (steps.range_g > 0.5) is whole


def test_signs_and_names_stand_on_a_strip_that_the_trace_runs_under(window: MainWindow, play: Play) -> None:
    play(SHORT)
    trace = window.live.trace
    for height in (90, 260):
        trace.setFixedHeight(height)
        window.draw()
        trace.draw(window.controller.model.stream, window.controller.model.view_end_s)
        box, strip = trace.getPlotItem().getViewBox(), trace._axes._strip
        low_g, high_g = strip.getRegion()
        assert low_g < trace._axes.marks_g < high_g
        assert low_g > trace._axes._steps.range_g
        assert box.viewRange()[1][1] == pytest.approx(high_g, rel=1e-6)
        assert (high_g - low_g) / box.viewPixelSize()[1] == pytest.approx(17.0, abs=1.0)
        curves = [c.zValue() for c in trace._axes._curves]
        assert max(curves) < strip.zValue() < trace._marks._signs.zValue()


def test_the_newest_jerk_stays_with_its_time_until_there_is_another(window: MainWindow, play: Play) -> None:
    play(SHORT)
    stream, meters = window.controller.model.stream, window.live.meters
    jerk = stream.newest_jerk
    assert jerk is not None
    assert stream.now_s - jerk.onset_s > 10.0
    window.draw()
    assert f"jerk at {clock(jerk.onset_s)}: {size_g(jerk.peak_g)}" in meters.accessibleDescription()
    meters.draw(StreamModel(label="fresh"))
    assert meters.accessibleDescription() == "–, newest jerk: –"


def test_while_the_sensor_is_away_nothing_is_said_to_be_now(window: MainWindow, play: Play) -> None:
    play(TIRING)
    model = window.controller.model
    model.ended, model.stream.link = "", None
    window.draw()
    live = window.live
    assert live._spectrum_card.title.text() == "Spectrum now"
    assert not live.meters.accessibleDescription().startswith("–")
    lost = LinkChange(sensor=model.shown, state=LinkState.RECONNECTING, reason="the link was lost", next_step="")
    model.stream.link = LinkUpdate(link=lost)
    window.draw()
    now = clock(model.stream.now_s)
    assert live._spectrum_card.title.text() == f"Spectrum at {now}"
    assert live.spectrum._label.toPlainText() == ""
    assert live.meters.accessibleDescription().startswith("–")
    assert live.hold.time.text() == "–"
    assert live.hold.began.text() == ""
    assert live._trace_card.aside.text().endswith(f"to {now}, no data since")
    model.stream.link = None
    window.draw()
    assert live._spectrum_card.title.text() == "Spectrum now"
    assert live.spectrum._label.toPlainText().endswith("Hz")


def test_every_spectrogram_names_the_unit_that_its_colours_show(window: MainWindow) -> None:
    unit = "dB, relative to 1 mg²/Hz"
    assert window.live._spectrogram_card.aside.text().startswith(f"{unit} · ")
    assert window.replay._spectrogram_card.aside.text() == unit
    assert level_db(np.array([1e-6])) == pytest.approx(0.0)
