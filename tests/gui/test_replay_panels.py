"""What the replay view says in words and numbers: of this recording alone, only what is there, and none of it cut."""

from collections.abc import Callable
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter, QPixmap
from pytestqt.qtbot import QtBot

import dsp
import recordings
from gui.main_window import MainWindow
from gui.model import Document
from gui.plots.base import RIGHT_PX
from tests.gui.helpers import SAMPLES, noisy

OpenSample = Callable[[str], None]
REFLEX, TIRED = "simulated-reflex-calf.csv", "simulated-fatigue-calf.csv"
RATE_HZ = 100.0


def document_of(xyz_g: np.ndarray) -> Document:
    """An analysed recording of samples."""
    samples = dsp.Samples(xyz_g=xyz_g.astype(np.float32), rate_hz=RATE_HZ, start_s=0.0)
    document = Document(recordings.Recording(path=None, format="test", samples=[samples], rate_hz=RATE_HZ))
    document.take_analysis(dsp.analyze(xyz_g.astype(np.float32), rate_hz=RATE_HZ))
    return document


def wandering(seconds: float) -> np.ndarray:
    """Movement: acceleration whose spectrum falls through the tremor band (synthetic)."""
    rng = np.random.default_rng(2)
    steps = 0.02 * rng.standard_normal((round(seconds * RATE_HZ), 3))
    xyz_g = np.zeros_like(steps)
    for i in range(1, len(steps)):
        xyz_g[i] = 0.96 * xyz_g[i - 1] + steps[i]
    xyz_g[:, 2] += 1.0
    return xyz_g


def select_tremor(window: MainWindow) -> None:
    """Select the last tremor of the open recording."""
    tremor = [s for s in window.document.analysis.segments if s.label is dsp.State.TREMOR][-1]
    window.commands.select_segment(tremor.start_s + 1.0)


def peak_name(window: MainWindow) -> str:
    return str(window.replay.spectrum.plot._label.toPlainText())


def test_the_numbers_of_a_recording_go_when_the_next_one_comes(
    window: MainWindow, open_sample: OpenSample, qtbot: QtBot
) -> None:
    open_sample(TIRED)
    window.show_page("show_replay")
    select_tremor(window)
    replay = window.replay
    replay.tick()
    replay.spectrum.keep.click()
    assert peak_name(window).endswith("Hz")
    assert replay.why.aside.text().endswith("%")
    replay.show_document(Document(recordings.read(SAMPLES / REFLEX)))
    for _ in range(3):
        replay.tick()
        qtbot.wait(5)
    assert peak_name(window) == ""
    assert replay.spectrum.words.text() == replay.spectrum.other_words.text() == ""
    assert replay.spectrum.keep.text() == "Keep to compare"
    assert replay.why.aside.text() == ""
    assert replay.why.hint.isVisible()
    assert "Select a span" in replay.why.hint.text()
    assert replay.spectrogram.table()[1].size == 0


def test_the_hint_of_the_evidence_is_not_made_anew_with_every_drawing(window: MainWindow, qtbot: QtBot) -> None:
    window.show_page("show_replay")
    window.replay.show_document(Document(recordings.read(SAMPLES / REFLEX)))
    window.replay.tick()
    qtbot.wait(20)
    hint = window.replay.why.hint
    window.replay.tick()
    assert hint.isVisible()
    assert hint.height() >= hint.heightForWidth(hint.width())


def test_a_falling_spectrum_has_no_peak_and_it_is_said(window: MainWindow) -> None:
    document = document_of(wandering(40.0))
    assert np.isnan(document.peak_hz(10.0, 30.0))
    document.select(10.0, 30.0)
    window.replay.show_document(document)
    window.show_page("show_replay")
    window.replay.tick()
    assert window.replay.spectrum.words.text() == "no peak stands out"
    assert peak_name(window) == ""


@pytest.mark.parametrize("peak_hz", [3.8, 5.1, 6.87, 13.2])
def test_a_peak_has_the_frequency_that_the_analysis_gives_it(window: MainWindow, qtbot: QtBot, peak_hz: float) -> None:
    document = document_of(noisy(4000, RATE_HZ, peak_hz=peak_hz))
    assert document.peak_hz(10.0, 30.0) == pytest.approx(peak_hz, abs=0.03)
    document.select(10.0, 30.0)
    window.replay.show_document(document)
    window.show_page("show_replay")
    window.replay.tick()
    assert window.replay.spectrum.words.text().startswith(f"{peak_hz:.1f} Hz")
    assert f"{peak_hz:.1f} Hz" in window.replay.delta.text()
    for _ in range(3):
        qtbot.wait(20)
        window.draw()
    plot = window.replay.spectrum.plot
    box = plot.getPlotItem().getViewBox().sceneBoundingRect()
    assert box.contains(plot._label.textItem.sceneBoundingRect())


def test_without_data_no_two_states_are_said_to_be_alike(window: MainWindow) -> None:
    xyz_g = noisy(4000)
    xyz_g[1000:3000] = np.nan
    segment = next(s for s in dsp.analyze(xyz_g, rate_hz=RATE_HZ).segments if s.label is dsp.State.NO_DATA)
    window.replay.why.draw(segment)
    assert window.replay.why.hint.text() == "Data are missing here."
    assert window.replay.why.aside.text() == ""


@pytest.mark.parametrize("size", [(1000, 627), (1100, 720), (1280, 800)])
def test_in_a_small_window_nothing_beside_the_recording_is_cut(
    window: MainWindow, open_sample: OpenSample, qtbot: QtBot, size: tuple[int, int]
) -> None:
    open_sample(TIRED)
    window.show_page("show_replay")
    select_tremor(window)

    def is_drawn_in_it() -> bool:
        # What is on show for a moment, while a recording is being read, may need more room than what stays.
        window.resize(*size)
        window.draw()
        return (window.width(), window.height()) == size

    qtbot.waitUntil(is_drawn_in_it, timeout=10_000)
    for _ in range(5):
        window.draw()
        qtbot.wait(10)
    why, plot = window.replay.why.terms, window.replay.spectrum.plot
    shown = [(value, text) for value, text in why._rows if text.isVisible()]
    said = [text for _, text in why._rows if text.text()]
    assert shown
    for value, text in shown:
        assert text.height() >= text.heightForWidth(text.width())
        assert value.width() >= value.sizeHint().width()
        assert text.geometry().bottom() <= why.height()
    assert why._more.isVisible() is (len(shown) < len(said))
    assert len(why.toolTip().splitlines()) == len(said)
    box = plot.getPlotItem().getViewBox()
    assert box.height() >= 50.0
    assert box.sceneBoundingRect().contains(plot._label.textItem.sceneBoundingRect())
    paper = QPixmap(600, 100)
    painter = QPainter(paper)
    *_, texts = plot.getAxis("bottom").generateDrawSpecs(painter)
    painter.end()
    assert [text for *_, text in texts] == ["0", "4", "8", "12", "16", "20 Hz"]
    assert plot.getAxis("bottom").style["hideOverlappingLabels"] == RIGHT_PX


def test_time_and_state_stand_under_the_handle(window: MainWindow, open_sample: OpenSample) -> None:
    open_sample(TIRED)
    window.show_page("show_replay")
    scrubber, document = window.replay.transport.scrubber, window.document
    for share in (0.0, 0.3, 1.0):
        document.go(document.view[0] + share * (document.view[1] - document.view[0]))
        window.draw()
        here = scrubber._x(scrubber.value() / 10)
        left, width = scrubber.now_place(here)
        assert left <= here <= left + width
        assert 0.0 <= left <= scrubber.width() - width
    document.go(document.analysis.segments[0].start_s + 1.0)
    window.draw()
    assert scrubber.now_words() == "0:01.0 · still"


def test_no_sign_stands_on_the_name_of_an_event(window: MainWindow, open_sample: OpenSample, qtbot: QtBot) -> None:
    open_sample(TIRED)
    window.show_page("show_replay")
    window.resize(1000, 700)
    qtbot.wait(20)
    trace = window.replay.trace
    start_s, end_s = window.document.view
    trace.draw(window.document)
    seen = 0
    for apart in (0.02, 0.05, 0.1, 0.14, 0.2, 0.4):
        kicks = [
            SimpleNamespace(
                onset_s=start_s + share * (end_s - start_s), label=dsp.EventLabel.TWITCH, peak_g=0.12, kind="twitch"
            )
            for share in np.arange(0.05, 1.0, apart)
        ]
        trace._marks.draw(kicks, 0.0, trace._axes.marks_g)
        box = trace.getPlotItem().getViewBox()
        names = [n.textItem.sceneBoundingRect() for n in trace._marks._names if n.isVisible()]
        seen += len(names)
        signs = [box.mapViewToScene(QPointF(e.onset_s, 0.0)).x() for e in kicks]
        for name in names:
            assert name.right() <= box.sceneBoundingRect().right() + 1.0
            assert not [x for x in signs if name.left() - 5.0 < x < name.right() + 5.0]
    assert seen >= 6
