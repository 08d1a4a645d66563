"""Replay commands: what the actions of an open recording do."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QInputDialog

import dsp
import recordings
import session
from gui.bridge import Background, Progress
from gui.copying import copy_table, offer_copies, samples_of, spectrum_of
from gui.i18n import tr
from gui.model import Document
from gui.model.annotations import LABEL, NOTE
from gui.views.transport import SPEEDS

if TYPE_CHECKING:
    from gui.main_window import MainWindow

JUMP_S = 5.0
STEP_S = 0.5
BEFORE_EVENT_S = 1.0
"""An event is shown with what came before it."""


class ReplayCommands:
    """One method an action of an open recording.

    Parameters
    ----------
    window
        The window they work on.
    """

    def __init__(self, window: "MainWindow") -> None:
        self.window = window
        self._analysing = Background(window)

    @property
    def document(self) -> Document:
        """The open recording; the table lets nothing through without one."""
        assert self.window.document is not None  # noqa: S101 - every action here needs a document
        return self.window.document

    def connect_replay(self) -> None:
        """Let the replay view ask."""
        w, view = self.window, self.window.replay
        view.wanted.connect(w.run_action)
        view.transport.wanted.connect(w.run_action)
        view.transport.sought.connect(self.go)
        view.transport.speed_chosen.connect(view.set_speed)
        view.overview.sought.connect(self.look_at)
        view.labels.labelled.connect(self.label_span)
        live = w.live
        own = (view.trace, view.spectrogram, view.other_trace, view.other_spectrogram, view.spectrum.plot)
        offer_copies(w, (*own, live.trace, live.other_trace, live.spectrogram, live.spectrum))
        for plot in (view.other_trace, view.other_spectrogram):
            plot.panned.connect(view.shift_other)
            plot.zoomed.connect(lambda factor, _: self.zoom(factor, self.document.cursor_s))
        for plot in (view.trace, view.spectrogram):
            plot.pressed.connect(self.go)
            plot.selected.connect(self.select)
            plot.wanted.connect(self.select_segment)
            plot.zoomed.connect(self.zoom)
            plot.panned.connect(self.pan)

    def show_document(self, document: Document, *, go_on: bool = False) -> None:
        """Show a document, and analyse it in the background; `go_on` keeps playing what its beginning played."""
        w = self.window
        w.document = document
        playing = w.replay.playing
        w.replay.show_document(document)
        if go_on:
            w.replay.set_playing(on=playing)
        else:
            w.show_page("show_replay")
        if not document.whole:
            w.replay.say(tr("reading …"))
            return
        if document.annotations.problem:
            w.complain(document.annotations.problem)
        w.replay.say(tr("analysing …"))
        self._analysing.progressed.connect(self._say_progress)

        def work(progress: Progress) -> dsp.Analysis:
            return session.analyze_recording(document.recording, progress=progress)

        self._analysing.run(work, then=lambda a: self._analysed(document, a), failed=self._not_analysed)

    def _say_progress(self, share: float) -> None:
        if self._analysing.busy:
            self.window.replay.say(tr("analysing, {p} %", p=round(100 * share)))

    def _analysed(self, document: Document, analysis: dsp.Analysis) -> None:
        document.take_analysis(analysis)
        self.window.replay.say("")

    def _not_analysed(self, problem: str) -> None:
        self.window.replay.say(tr("not analysed"))
        self.window.complain(problem)

    def go(self, time_s: float) -> None:
        """Put the playhead; a click outside the span lets the span go."""
        document = self.document
        document.go(time_s)
        if document.span is not None and not document.span[0] <= time_s <= document.span[1]:
            document.select(time_s, time_s)

    def look_at(self, time_s: float) -> None:
        """Look at another part of the recording."""
        start_s, end_s = self.document.view
        self.document.show(time_s - 0.5 * (end_s - start_s), end_s - start_s)
        self.document.go(time_s)

    def pan(self, share: float) -> None:
        """Move the view by a share of itself."""
        start_s, end_s = self.document.view
        self.document.show(start_s + share * (end_s - start_s), end_s - start_s)

    def select(self, start_s: float, end_s: float) -> None:
        """Put the two cursors."""
        self.document.select(start_s, end_s)

    def zoom(self, factor: float, around_s: float) -> None:
        """Show more or less time around a moment."""
        self.document.zoom(factor, around_s)

    def select_segment(self, time_s: float) -> None:
        """Select the segment at a time."""
        segment = self.document.segment_at(time_s)
        if segment is not None:
            self.document.select(segment.start_s, segment.end_s)

    def zoom_in(self) -> None:
        """Show less time."""
        self.document.zoom(0.5)

    def zoom_out(self) -> None:
        """Show more time."""
        self.document.zoom(2.0)

    def toggle_play(self) -> None:
        """Play or pause."""
        self.window.replay.set_playing(on=not self.window.replay.playing)

    def toggle_loop(self) -> None:
        """Play the span again and again."""
        self.window.replay.loop = not self.window.replay.loop

    def jump_back(self) -> None:
        """Five seconds back."""
        self.document.go(self.document.cursor_s - JUMP_S)

    def jump_on(self) -> None:
        """Five seconds on."""
        self.document.go(self.document.cursor_s + JUMP_S)

    def step_back(self) -> None:
        """One spectrum back."""
        self.document.go(self.document.cursor_s - STEP_S)

    def step_on(self) -> None:
        """One spectrum on."""
        self.document.go(self.document.cursor_s + STEP_S)

    def next_event(self) -> None:
        """Go to the next event."""
        self._to_event(
            [t for t in self.document.event_times() if t - BEFORE_EVENT_S > self.document.cursor_s + 0.05][:1]
        )

    def previous_event(self) -> None:
        """Go to the event before."""
        self._to_event(
            [t for t in self.document.event_times() if t - BEFORE_EVENT_S < self.document.cursor_s - 0.05][-1:]
        )

    def _to_event(self, found: list[float]) -> None:
        if found:
            self.document.go(found[0] - BEFORE_EVENT_S)
        else:
            self.window.notice.say(tr("There is no further event in this direction."))

    def faster(self) -> None:
        """Twice the speed."""
        self._change_speed(1)

    def slower(self) -> None:
        """Half the speed."""
        self._change_speed(-1)

    def _change_speed(self, steps: int) -> None:
        view = self.window.replay
        view.set_speed(SPEEDS[min(max(SPEEDS.index(view.speed) + steps, 0), len(SPEEDS) - 1)])

    def play_as_live(self) -> None:
        """Play the recording through the live view, from where it stands."""
        w = self.window
        w.controller.play_as_live(self.document, speed=w.replay.speed, start_s=self.document.cursor_s)
        w.replay.set_playing(on=False)
        w.show_page("show_live")

    def annotate(self) -> None:
        """Write a note on the span, or at the playhead."""
        start_s, end_s = self.document.span or (self.document.cursor_s, self.document.cursor_s)
        text, given = QInputDialog.getText(self.window, tr("Annotate"), tr("What happened here?"))
        if given and text.strip():
            self.add_annotation(recordings.Marker(start_s=start_s, end_s=end_s, text=text.strip(), kind=NOTE))

    def label_span(self, name: str) -> None:
        """Call the span, or the segment at the playhead, something."""
        document = self.document
        if document.span is None:
            self.select_segment(document.cursor_s)
        if document.span is None:
            self.window.notice.say(tr("Select a span first: drag over the trace."))
            return
        start_s, end_s = document.span
        self.add_annotation(recordings.Marker(start_s=start_s, end_s=end_s, text=name, kind=LABEL))

    def add_annotation(self, item: recordings.Marker) -> None:
        """Add a note or label, and say how to take it back."""
        w, notes = self.window, self.document.annotations
        notes.add(item)
        if notes.problem:
            w.complain(notes.problem)
            return
        w.notice.say(tr("Noted: {text}.", text=item.text), verb=tr("Undo"), act=self.undo)

    def undo(self) -> None:
        """Take the last annotation back."""
        self.document.annotations.undo_stack.undo()
        self.window.notice.hide()

    def redo(self) -> None:
        """Do it again."""
        self.document.annotations.undo_stack.redo()

    def compare_with(self) -> None:
        """Put a second recording beside this one, or end the comparison."""
        w = self.window
        if w.replay.other is not None:
            w.replay.compare(None)
            return
        name, _ = QFileDialog.getOpenFileName(w, tr("Compare with…"), w.settings.folder)
        if name:
            self.compare_path(Path(name))

    def compare_path(self, path: Path) -> None:
        """Read and analyse a second recording in the background."""
        w = self.window

        def read(progress: Progress) -> Document:
            other = Document(recordings.read_kept(path))
            other.take_analysis(session.analyze_recording(other.recording, progress=progress))
            return other

        def show(other: Document) -> None:
            w.notice.hide()
            w.replay.compare(other)

        w.notice.wait(tr("Reading {name} …", name=path.name), cancel=w.background.cancel)
        w.background.run(read, then=show, failed=w.complain)

    def copy_data(self) -> None:
        """Copy the samples in view as a table."""
        copy_table(self.window, *samples_of(self.document))

    def copy_spectrum(self) -> None:
        """Copy the spectrum of the selection, or of the view, as a table."""
        found = spectrum_of(self.document)
        if found is None:
            self.window.notice.say(tr("There is no spectrum yet: the analysis is still going on."))
        else:
            copy_table(self.window, *found)

    def other_sensor(self) -> None:
        """Open the next sensor of the file."""
        w, recording = self.window, self.document.recording
        names = recording.sensors
        if len(names) < 2 or recording.path is None:
            w.notice.say(tr("This file holds one sensor."))
            return
        path, name = recording.path, names[(names.index(recording.sensor) + 1) % len(names)]

        def read(progress: Progress) -> Document:
            return Document(recordings.read_kept(path, sensor=name, progress=progress))

        def show(document: Document) -> None:
            w.notice.hide()
            self.show_document(document)

        w.notice.wait(tr("Reading {name} …", name=path.name), cancel=w.background.cancel)
        w.background.run(read, then=show, failed=w.complain)
