"""Commands: what each action of the table does."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QFileDialog

import recordings
from dsp import Placement, Side
from gui.bridge import Progress
from gui.dialogs.check_in import CheckInDialog
from gui.dialogs.export import ExportDialog
from gui.dialogs.keys import KeysDialog
from gui.dialogs.palette import PaletteDialog
from gui.dialogs.picker import PickerDialog
from gui.dialogs.preferences import PreferencesDialog
from gui.i18n import tr
from gui.model import Document
from gui.replay_commands import ReplayCommands
from gui.theme import DARK, LIGHT
from gui.views.tour import Tour

if TYPE_CHECKING:
    from gui.main_window import MainWindow


class Commands(ReplayCommands):
    """One method an action; `gui.actions` names them.

    Parameters
    ----------
    window
        The window they work on.
    """

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self.tour: Tour | None = None

    def connect_views(self) -> None:
        """Let the views ask for actions."""
        w = self.window
        w.sidebar.wanted.connect(w.run_action)
        w.sidebar.menu_wanted.connect(self.show_menu)
        w.live.welcome.wanted.connect(w.run_action)
        w.live.welcome.sample_wanted.connect(self.open_path)
        w.live.scrolled.connect(self.scroll)
        w.live.events.wanted.connect(self.scroll_to)
        w.live.timeline.sought.connect(self.scroll_to)
        w.live.advice.why_wanted.connect(lambda: w.run_action("show_guide"))
        w.live.advice.mine.connect(lambda: w.attempt(self.mark_mine))
        w.live.top.device_pressed.connect(lambda: w.run_action("choose_sensor"))
        w.live.top.other_pressed.connect(lambda: w.run_action("next_sensor"))
        for name, each in w.live.top.buttons.items():
            each.clicked.connect(lambda _=False, action=name: w.run_action(action))
        w.background.progressed.connect(w.notice.progress)
        w.bed.left.connect(self.toggle_bed_mode)
        self.connect_replay()
        self.connect_library()

    def connect_library(self) -> None:
        """Let library and guide ask."""
        w = self.window
        w.library.open_wanted.connect(self.open_path)
        w.library.trouble.connect(w.complain)
        w.library.said.connect(w.notice.say)
        w.library.use(w.home.root)
        w.guide.check_in_wanted.connect(lambda: w.run_action("check_in"))
        w.guide.report_wanted.connect(lambda: w.run_action("make_report"))

    def show_menu(self) -> None:
        """Open the menu beside its button."""
        anchor = self.window.sidebar.menu_button
        self.window.menu.popup(anchor.mapToGlobal(anchor.rect().topRight()))

    def show_live(self) -> None:
        """Open the live view."""
        self.window.show_page("show_live")

    def show_replay(self) -> None:
        """Open the replay view."""
        self.window.show_page("show_replay")

    def show_library(self) -> None:
        """Open the library."""
        self.window.show_page("show_library")
        self.window.attempt(self.window.library.refresh)

    def show_guide(self) -> None:
        """Open the guide, with what is known by now."""
        w = self.window
        result = w.controller.result
        if w.document is not None and w.document.analysis is not None and w.page != "show_live":
            w.guide.show_analyses({w.document.recording.sensor: w.document.analysis}, w.document.name)
        elif result is not None and result.analyses:
            w.guide.show_analyses(result.analyses, w.controller.model.title)
        else:
            w.guide.show_live(w.controller.model)
        w.show_page("show_guide")

    def toggle_bed_mode(self) -> None:
        """Enter or leave bed mode."""
        outer = self.window.outer
        outer.setCurrentIndex(1 - outer.currentIndex())
        self.window.bed.speak(on=self.window.settings.spoken_cues and outer.currentIndex() == 1)
        (self.window.bed if outer.currentIndex() == 1 else self.window.pages).setFocus()

    def toggle_theme(self) -> None:
        """Change between light and dark."""
        w = self.window
        w.set_theme(LIGHT if w.theme is DARK else DARK)
        w.change_settings(theme=w.theme.name)

    def choose_sensor(self) -> None:
        """Find sensors and begin."""
        PickerDialog(self.window).open()

    def start_simulated(self) -> None:
        """Begin a session on the simulated leg."""
        w = self.window
        w.controller.start_simulated(
            placement=Placement(w.settings.placement), side=Side(w.settings.side), record=w.settings.record_always
        )
        w.show_page("show_live")

    def mark(self) -> None:
        """Drop a marker."""
        self.window.controller.mark("marker")
        update = self.window.controller.model.recording
        if update is None or update.finished:
            self.window.notice.say(tr("Marked. Nothing is recorded, so the marker lasts as long as this session."))

    def mark_mine(self) -> None:
        """Mark that the person moved on purpose."""
        self.window.controller.mark("that was me")
        self.window.notice.say(tr("Noted: you moved on purpose just now."))

    def scroll(self, seconds: float) -> None:
        """Scroll the live plots."""
        self.window.controller.model.scroll(seconds)

    def scroll_to(self, time_s: float) -> None:
        """Scroll the live plots so that a time stands in their middle."""
        model = self.window.controller.model
        model.scroll(time_s + 15.0 - model.view_end_s)

    def toggle_pause(self) -> None:
        """Freeze or thaw the plots."""
        self.window.controller.model.toggle_pause()

    def toggle_record(self) -> None:
        """Begin or end a recording."""
        self.window.controller.toggle_record()

    def next_sensor(self) -> None:
        """Show the other sensor."""
        self.window.controller.model.show_next()

    def stop_session(self) -> None:
        """End the session and show what it looks like."""
        w = self.window
        result = w.controller.stop()
        if result is not None and result.analyses:
            w.guide.show_analyses(result.analyses, w.controller.model.title)
            w.show_page("show_guide")
            if result.recording is not None:
                path = result.recording
                w.notice.say(
                    tr("Recorded as {name}.", name=path.name), verb=tr("Replay"), act=lambda: self.open_path(path)
                )

    def open_file(self) -> None:
        """Choose a recording and open it."""
        w = self.window
        name, _ = QFileDialog.getOpenFileName(w, tr("Open a recording"), w.settings.folder)
        if name:
            w.change_settings(folder=str(Path(name).parent))
            self.open_path(Path(name))

    def open_path(self, path: Path, *, play: bool = False, speed: float = 1.0) -> None:
        """Read a recording in the background, show it, then analyse it."""
        w = self.window

        def read(progress: Progress) -> Document:
            return Document(recordings.read(path, progress=progress))

        def show(document: Document) -> None:
            w.notice.hide()
            self.show_document(document)
            if play:
                w.replay.set_speed(speed)
                w.replay.set_playing(on=True)

        w.notice.wait(tr("Reading {name} …", name=path.name), cancel=w.background.cancel)
        w.background.run(read, then=show, failed=w.complain)

    def make_report(self) -> None:
        """Write the report and open it in the browser."""
        w = self.window
        document = w.document
        if document is None or (w.controller.model.streams and w.page == "show_live"):
            self._open(w.controller.report_of_session())
            return
        w.notice.wait(tr("Writing the report …"), cancel=w.background.cancel)
        w.background.run(lambda _: w.controller.report_of(document), then=self._open, failed=w.complain)

    def _open(self, path: Path) -> None:
        self.window.notice.say(tr("The report is {name}.", name=str(path)))
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    def export(self) -> None:
        """Open the export dialog."""
        assert self.window.document is not None  # noqa: S101 - the action needs a document
        ExportDialog(self.window, self.window.document).open()

    def copy_picture(self) -> None:
        """Copy the window as a picture."""
        QGuiApplication.clipboard().setPixmap(self.window.grab())
        self.window.notice.say(tr("The picture is on the clipboard."))

    def check_in(self) -> None:
        """Ask the twenty seconds of questions."""
        dialog = CheckInDialog(self.window.theme, self.window)
        dialog.answered.connect(self.window.guide.take_check_in)
        dialog.answered.connect(lambda _: self.window.show_page("show_guide"))
        dialog.open()

    def show_palette(self) -> None:
        """Open the command palette."""
        PaletteDialog(self.window).open()

    def show_settings(self) -> None:
        """Open the settings."""
        PreferencesDialog(self.window).open()

    def show_tour(self) -> None:
        """Walk around the window on the simulated leg."""
        if not self.window.controller.going:
            self.start_simulated()
        self.tour = Tour(self.window)
        self.tour.begin()

    def show_keys(self) -> None:
        """Show every action with its key."""
        KeysDialog(self.window).open()

    def quit_app(self) -> None:
        """Close the window."""
        self.window.close()
