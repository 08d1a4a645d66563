"""Commands: what each action of the table does."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QFileDialog

import guidance
import recordings
import session
from gui.actions import BY_ID
from gui.dialogs.check_in import CheckInDialog
from gui.dialogs.export import ExportDialog
from gui.dialogs.keys import KeysDialog
from gui.dialogs.palette import PaletteDialog
from gui.dialogs.preferences import PreferencesDialog
from gui.i18n import tr
from gui.library_commands import (
    analyse_library,
    delete_session,
    keep_in_library,
    look_after_library,
    repair_library,
)
from gui.model import Document
from gui.opening import first_look
from gui.session_commands import SessionCommands
from gui.theme import DARK, LIGHT
from gui.views.tour import Tour

if TYPE_CHECKING:
    from gui.main_window import MainWindow


class Commands(SessionCommands):
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
        w.live.top.record_pressed.connect(lambda: w.run_action("toggle_record"))
        w.live.guided.left.connect(self.end_guided)
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
        w.library.wanted.connect(w.run_action)
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
        document = w.document
        if document is not None and document.analysis is not None and w.page != "show_live":
            found = session.AnalysedRecording(recording=document.recording, analysis=document.analysis)
            self.show_verdict(
                {document.recording.sensor: document.analysis},
                document.name,
                guided=session.guided_findings_of([found]),
                path=document.recording.path,
            )
        elif result is not None and result.analyses:
            self.show_verdict(result.analyses, w.controller.model.title, guided=w.controller.guided_findings)
        else:
            w.guide.show_live(w.controller.model)
        w.show_page("show_guide")

    def toggle_bed_mode(self) -> None:
        """Enter or leave bed mode."""
        outer = self.window.outer
        outer.setCurrentIndex(1 - outer.currentIndex())
        here = "toggle_bed_mode" if outer.currentIndex() == 1 else self.window.page
        self.window.say_where(tr(BY_ID[here].text))
        self.window.bed.speak(on=self.window.settings.spoken_cues and outer.currentIndex() == 1)
        (self.window.bed if outer.currentIndex() == 1 else self.window.pages).setFocus()

    def toggle_theme(self) -> None:
        """Change between light and dark."""
        w = self.window
        w.set_theme(LIGHT if w.theme is DARK else DARK)
        w.change_settings(theme=w.theme.name)

    def open_file(self) -> None:
        """Choose a recording and open it."""
        w = self.window
        name, _ = QFileDialog.getOpenFileName(w, tr("Open a recording"), w.settings.folder)
        if name:
            w.change_settings(folder=str(Path(name).parent))
            self.open_path(Path(name))

    def open_path(self, path: Path, *, play: bool = False, speed: float = 1.0) -> None:
        """Read a recording in the background, show it, then analyse it; a long one shows its beginning at once."""
        w = self.window

        def begin(document: Document) -> None:
            self.show_document(document)
            if play:
                w.replay.set_speed(speed)
                w.replay.set_playing(on=True)

        def show(document: Document) -> None:
            w.notice.hide()
            before = w.document
            if before is not None and not before.whole and before.recording.path == path:
                document.look_like(before)
                self.show_document(document, go_on=True)
            else:
                begin(document)

        def looked(look: Document | None) -> None:
            if look is not None:
                begin(look)
            w.background.run(
                lambda progress: Document(recordings.read_kept(path, progress=progress)), then=show, failed=w.complain
            )

        w.notice.wait(tr("Reading {name} …", name=path.name), cancel=w.background.cancel)
        w.background.run(lambda _: first_look(path), then=looked, failed=w.complain)

    def make_report(self) -> None:
        """Write the report and open it in the browser."""
        w = self.window
        document = w.document
        if document is None or (w.controller.model.streams and w.page == "show_live"):
            w.notice.wait(tr("Writing the report …"), cancel=w.background.cancel)
            w.background.run(lambda _: w.controller.report_of_session(), then=self._open, failed=w.complain)
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
        home = self.window.home
        kept = session.todays_checkin(home) or guidance.CheckIn()
        dialog = CheckInDialog(self.window, kept, due=session.parts_due(home))
        dialog.answered.connect(self._answered)
        dialog.open()

    def _answered(self, answers: guidance.CheckIn, parts: tuple[guidance.Part, ...]) -> None:
        """Keep the answers for the sessions to come, and judge anew what is shown."""
        w = self.window
        w.attempt(lambda: session.keep_checkin(w.home, answers, parts=parts))
        shown = w.guide.verdict
        if shown is not None:
            w.guide.show_verdict(
                w.controller.judge(shown.analyses, shown.title, path=shown.path, check_in=answers, guided=shown.guided)
            )
        else:
            w.guide.answered(answers)
        w.show_page("show_guide")

    def analyse_library(self) -> None:
        """Analyse what was not analysed yet."""
        analyse_library(self.window)

    def keep_in_library(self) -> None:
        """Take the open recording into the library."""
        keep_in_library(self.window)

    def delete_session(self) -> None:
        """Delete the session that is chosen in the library."""
        delete_session(self.window)

    def look_after_library(self) -> None:
        """Recover what a crash left behind, while the window is already there."""
        look_after_library(self.window, self._ending)

    def repair_library(self) -> None:
        """Recover what a crash left behind."""
        repair_library(self.window)

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
