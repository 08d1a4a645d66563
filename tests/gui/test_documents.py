"""What the app knows of a recording, without widgets: envelopes, gaps, notes, trends."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton
from pytestqt.qtbot import QtBot

import recordings
import session
from dsp import Placement, Samples
from gui.dialogs.base import Sheet
from gui.main_window import MainWindow
from gui.model import Document
from gui.model.annotations import LABEL, Annotations
from gui.model.history import by_day, night
from gui.model.pyramid import Pyramid
from gui.model.rings import SpectrogramRing, TraceRing
from recordings import Marker
from tests.gui.helpers import SAMPLES, noisy, open_dialog, said

RATE_HZ = 100.0


def recording(*runs: tuple[float, np.ndarray]) -> recordings.Recording:
    samples = [
        Samples(xyz_g=xyz_g, rate_hz=RATE_HZ, start_ns=round(start_s * 1e9), start_s=start_s) for start_s, xyz_g in runs
    ]
    return recordings.Recording(path=None, format="test", samples=samples, rate_hz=RATE_HZ)


@given(st.lists(st.integers(1, 90), min_size=1, max_size=30))
def test_the_newest_samples_are_kept_in_order(sizes: list[int]) -> None:
    ring, sent = TraceRing(2.0, 50.0), 0
    everything = np.arange(3000, dtype=np.float32)[:, None].repeat(3, axis=1)
    for size in sizes:
        ring.add(sent / 50.0, everything[sent : sent + size])
        sent += size
    ago, shown = ring.window(sent / 50.0, 2.0)
    kept = shown[~np.isnan(shown[:, 0])]
    assert np.array_equal(kept, everything[max(0, sent - 100) : sent])
    assert len(ago) == len(shown)


def test_missing_time_is_nan_and_going_back_starts_afresh() -> None:
    ring = TraceRing(2.0, 50.0)
    one = np.ones((10, 3), np.float32)
    ring.add(0.0, one)
    ring.add(0.4, one)
    _, shown = ring.window(0.6, 0.6)
    assert np.isnan(shown[10:20]).all()
    assert not np.isnan(shown[20:]).any()
    ring.add(0.1, one)
    _, shown = ring.window(0.3, 2.0)
    assert np.isnan(shown[:-10]).all()


def test_a_window_of_the_past_is_what_was_sent_then() -> None:
    ring = TraceRing(10.0, 50.0)
    everything = np.arange(400, dtype=np.float32)[:, None].repeat(3, axis=1)
    ring.add(0.0, everything)
    ago, shown = ring.window(4.0, 2.0)
    assert np.array_equal(shown, everything[100:200])
    assert np.allclose(ago[[0, -1]], [-2.0, -0.02])


def test_columns_roll_and_missing_ones_are_holes() -> None:
    ring = SpectrogramRing(2.0, 0.5, 3)
    ring.add(0.5, np.float32([1e-6, 1e-4, 0.0, 7.0]))
    ring.add(2.0, np.float32([1e-6, 1e-4, 0.0, 7.0]))
    end, columns = ring.window(2.0, 2.0)
    assert end == 0.0
    assert np.allclose(columns[-1], [0.0, 20.0, -40.0], atol=1e-3)
    assert np.isnan(columns[-3:-1]).all()
    ring.clear()
    assert np.isnan(ring.window(2.0, 2.0)[1]).all()


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 9000), st.integers(0, 8999), st.integers(1, 9000), st.integers(50, 2000))
def test_an_envelope_hides_no_peak(n: int, first: int, length: int, most: int) -> None:
    rng = np.random.default_rng(n)
    xyz_g = rng.standard_normal((n, 3)).astype(np.float32)
    first = min(first, n - 1)
    last = min(n, first + length)
    position, values = Pyramid(np.ascontiguousarray(xyz_g.T)).envelope(first, last, most)
    assert len(position) == len(values)
    assert len(position) <= max(4 * 16 * 2, 2 * (most + 2) * 16)
    part = xyz_g[first:last]
    assert values.max() >= part.max() or len(part) < 64
    assert values.min() <= part.min() or len(part) < 64


def test_a_gap_of_a_recording_stays_a_gap_in_trace_and_spectrogram() -> None:
    document = Document(recording((0.0, noisy(1500)), (25.0, noisy(1500))))
    document.take_analysis(session.analyze_recording(document.recording))
    document.show(0.0, 40.0)
    seconds, xyz_g = document.trace(100_000)
    assert np.isnan(xyz_g[(seconds > 15.1) & (seconds < 24.9)]).all()
    assert np.isfinite(xyz_g[seconds < 14.9]).all()
    start_s, end_s, level = document.columns(1000)
    middle = level[round((20.0 - start_s) / (end_s - start_s) * len(level))]
    assert np.isnan(middle).all()


def test_a_document_of_one_sample_can_be_looked_at(qtbot: QtBot) -> None:
    document = Document(recording((0.0, noisy(1))))
    assert document.trace(1000)[1].shape == (1, 3)
    assert document.columns(100) is None
    assert document.spectrum(0.0, 1.0) is None
    document.go(99.0)
    document.zoom(0.01)
    assert document.view[1] > document.view[0]


def test_the_spectrum_of_a_span_peaks_where_the_shaking_is() -> None:
    document = Document(recording((0.0, noisy(3000, peak_hz=7.0))))
    document.take_analysis(session.analyze_recording(document.recording))
    freq_hz, psd = document.spectrum(5.0, 25.0)
    assert abs(freq_hz[int(np.argmax(psd))] - 7.0) < 0.3


def test_notes_that_cannot_be_read_are_left_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    side = tmp_path / "a.csv.annotations.json"
    side.write_text('[{"start_s": 1}]')
    notes = Annotations(path)
    assert "cannot be read" in notes.problem
    notes.add(Marker(start_s=0.0, end_s=1.0, text="x"))
    assert side.read_text() == '[{"start_s": 1}]'


def test_notes_that_cannot_be_written_are_a_sentence(tmp_path: Path) -> None:
    notes = Annotations(tmp_path / "gone" / "a.csv")
    notes.add(Marker(start_s=0.0, end_s=1.0, text="x"))
    assert "cannot be written" in notes.problem
    assert len(notes.items) == 1


def test_a_label_takes_the_place_of_one_on_the_same_span_and_notes_stay(tmp_path: Path) -> None:
    notes = Annotations(tmp_path / "a.csv")
    notes.add(Marker(start_s=0.0, end_s=4.0, text="tremor", kind=LABEL))
    notes.add(Marker(start_s=1.0, end_s=1.0, text="a note"))
    notes.add(Marker(start_s=0.2, end_s=3.9, text="unsure", kind=LABEL))
    assert [i.text for i in notes.items] == ["unsure", "a note"]
    note = notes.items[1]
    notes.reword(note, "another")
    notes.remove(notes.items[0])
    assert [i["text"] for i in json.loads((tmp_path / "a.csv.annotations.json").read_text())] == ["another"]
    for _ in range(9):
        notes.undo_stack.undo()
    assert notes.items == ()


def test_days_and_trends_come_from_the_sessions_findings() -> None:
    record = recordings.SessionRecord(
        id="a", file="a.mcap", title="a", when="", start_ns=1_795_000_000_000_000_000, duration_s=60.0,
        device="", placement="calf", side="left", gaps=0, gap_s=0.0, recovered=False, tags=(), note="", checkin={},
        findings={"tremor_s": 90.0, "reflex_jerk_count": 4, "tremor_hz": 6.5, "hold_to_tremor_s": None, "holds": [1, 2]},
    )  # fmt: skip
    found = night(record)
    assert (found.tremor_min, found.jerks_per_stretch, found.tremor_hz) == (1.5, 2.0, 6.5)
    assert np.isnan(found.hold_to_tremor_s)
    assert list(by_day([record])) == [found.when.date()]
    assert isinstance(found.when.date(), date)


def test_what_was_named_at_the_import_counts_when_the_session_is_opened(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, home: Path
) -> None:
    counts = np.round(noisy(1500) * 4096).astype(int)
    bare = tmp_path / "counts.txt"
    bare.write_text("\n".join(f"{x} {y} {z}" for x, y, z in counts))
    with recordings.Library(home) as library:
        made = recordings.read(bare, unit="counts:0.000244140625", rate_hz=50.0)
        kept = library.add_import(made, placement=Placement.THIGH, unit="counts:0.000244140625", rate_hz=50.0)
        path = library.path_of(kept.id)
    window.commands.open_path(path)
    qtbot.waitUntil(lambda: window.document is not None, timeout=30_000)
    found = window.document.recording
    assert (found.rate_hz, found.placement) == (50.0, Placement.THIGH)
    assert found.duration_s == pytest.approx(30.0)


def test_an_open_recording_is_kept_in_the_library_and_deleted_again(
    window: MainWindow, qtbot: QtBot, home: Path, open_sample: Callable[[str], None]
) -> None:
    open_sample("simulated-fatigue-calf.csv")
    window.run_action("delete_session")
    assert said(window) == "Choose a session in the library first."
    window.run_action("keep_in_library")
    qtbot.waitUntil(lambda: "Kept as imported-simulated-fatigue-calf" in window.notice.text.text(), timeout=30_000)
    window.run_action("show_library")
    (record,) = window.library.records
    assert record.file == "imported-simulated-fatigue-calf.csv"
    qtbot.waitUntil(lambda: window.library.chosen is not None)
    window.run_action("delete_session")
    dialog = open_dialog(window, Sheet)
    assert record.title in " ".join(each.text() for each in dialog.findChildren(QLabel))
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    assert (home / "recordings" / record.file).exists()
    if dialog.isVisible():
        dialog.reject()
    window.run_action("delete_session")
    (dialog,) = [d for d in window.findChildren(Sheet) if d.isVisible()]
    (delete,) = [b for b in dialog.findChildren(QPushButton) if b.text() == "Delete"]
    qtbot.mouseClick(delete, Qt.MouseButton.LeftButton)
    assert not (home / "recordings" / record.file).exists()
    assert window.library.records == []
    assert "was deleted" in said(window)


def test_a_recording_of_the_library_is_not_taken_in_twice(
    window: MainWindow, qtbot: QtBot, home: Path, open_sample: Callable[[str], None]
) -> None:
    with recordings.Library(home) as library:
        kept = library.add_import(recordings.read(SAMPLES / "simulated-calm-calf.csv"))
        path = library.path_of(kept.id)
    window.commands.open_path(path)
    qtbot.waitUntil(lambda: window.document is not None, timeout=30_000)
    window.run_action("keep_in_library")
    assert said(window) == "This recording is in the library already."
