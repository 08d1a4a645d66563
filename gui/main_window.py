"""Main window: side bar, pages, a timer that draws."""

from collections.abc import Callable
from pathlib import Path

import msgspec
from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QMainWindow, QMenu, QStackedWidget, QVBoxLayout, QWidget

import session
from dsp import TremorscopeError
from gui.actions import ACTIONS, BY_ID, GROUPS, Needs
from gui.bridge import Background, Bridge
from gui.commands import Commands
from gui.controller import Controller
from gui.devices import Radio, SensorRadio
from gui.i18n import foreign, tr
from gui.model import Document, ModelMessage, SessionModel
from gui.model.guided import GuidedOver
from gui.past import PastReader
from gui.settings import Settings, save_settings
from gui.theme import DARK, GRID_PX, LIGHT, Theme, apply_theme
from gui.views.bed_view import BedView
from gui.views.guide_view import GuideView
from gui.views.library_view import LibraryView
from gui.views.live_view import LiveView
from gui.views.notice import Notice
from gui.views.replay_view import ReplayView
from gui.views.sidebar import Sidebar
from session import EndUpdate, RecordingUpdate

DRAW_EVERY_MS = 45
"""22 drawings a second: smooth to the eye, a fifth of one core."""
FOOT_PX, NOTICE_FOOT_PX = GRID_PX + 4, GRID_PX + 4
"""Below the pages, and below a notice."""
PAGES = ("show_live", "show_replay", "show_library", "show_guide")


class MainWindow(QMainWindow):
    """The one window.

    Parameters
    ----------
    home
        Where recordings, reports and settings go.
    settings
        What the person chose.
    """

    def __init__(self, home: session.Home, settings: Settings | None = None) -> None:
        super().__init__()
        self.settings = settings or Settings()
        self.theme: Theme = LIGHT if self.settings.theme == "light" else DARK
        self.home = home
        self.document: Document | None = None
        self.radio: Radio = SensorRadio(home.sensors)
        self.bridge = Bridge()
        self.bridge.message.connect(self._take)
        self.controller = Controller(self.bridge.sink, home)
        self.background = Background(self)
        self.past = PastReader(self, self.complain)
        self.setAcceptDrops(True)
        self._build()
        self.commands = Commands(self)
        self.actions_by_id: dict[str, QAction] = {}
        self._make_actions()
        self.commands.connect_views()
        self._restore_place()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.draw)
        self._timer.start(DRAW_EVERY_MS)
        self.show_page("show_live")

    def _build(self) -> None:
        self.sidebar = Sidebar(self.theme)
        self.live, self.replay = LiveView(self.theme), ReplayView(self.theme)
        self.library, self.guide = LibraryView(self.theme), GuideView(self.theme)
        self.bed = BedView()
        self.pages = QStackedWidget()
        for page in (self.live, self.replay, self.library, self.guide):
            self.pages.addWidget(page)
        self.notice = Notice(self.theme, self)
        self._body = body = QVBoxLayout()
        body.setContentsMargins(2 * GRID_PX, GRID_PX + 4, GRID_PX + 4, FOOT_PX)
        body.setSpacing(GRID_PX)
        body.addWidget(self.pages, 1)
        shell = QWidget()
        row = QHBoxLayout(shell)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.sidebar)
        row.addLayout(body, 1)
        self.outer = QStackedWidget()
        self.outer.addWidget(shell)
        self.outer.addWidget(self.bed)
        self.setCentralWidget(self.outer)

    def _make_actions(self) -> None:
        for action in ACTIONS:
            made = QAction(tr(action.text), self)
            made.setToolTip(tr(action.about))
            if action.key:
                made.setShortcut(QKeySequence(action.key))
            made.triggered.connect(lambda _=False, name=action.id: self.run_action(name))
            self.addAction(made)
            self.actions_by_id[action.id] = made
        self.menu = QMenu(self)
        for group in GROUPS:
            part = self.menu.addMenu(tr(group))
            for action in ACTIONS:
                if action.group == group:
                    part.addAction(self.actions_by_id[action.id])

    def run_action(self, name: str) -> None:
        """Do what an action of the table says; an error becomes a sentence."""
        if not self.usable(name):
            self.notice.say(self.why_not(name))
            return
        self.attempt(getattr(self.commands, name))

    def attempt(self, act: Callable[[], object]) -> None:
        """Do something; an error becomes a sentence and the app lives on."""
        try:
            act()
        except TremorscopeError as error:
            self.complain(str(error))

    def usable(self, name: str) -> bool:
        """Whether what an action needs is there."""
        if name == "stop_session":
            # A session that has ended by itself still waits to be looked at.
            return self.controller.running is not None
        match BY_ID[name].needs:
            case Needs.SESSION:
                return self.controller.going
            case Needs.DOCUMENT:
                return self.document is not None
            case Needs.SOMETHING:
                return self.document is not None or bool(self.controller.model.streams)
            case _:
                return True

    def why_not(self, name: str) -> str:
        """Say what an action needs."""
        if BY_ID[name].needs is Needs.SESSION:
            return tr("There is no session now; choose a sensor or the simulated leg first.")
        if BY_ID[name].needs is Needs.DOCUMENT:
            return tr("There is no open recording; open one first.")
        return tr("There is nothing to report on yet; begin a session or open a recording first.")

    def complain(self, text: str) -> None:
        """Show a sentence that helps; the app lives on."""
        self.notice.say(foreign(text), trouble=True)
        self._place_notice()

    def change_settings(self, **fields: object) -> None:
        """Change settings and write them."""
        self.settings = msgspec.structs.replace(self.settings, **fields)
        problem = save_settings(self.home.settings, self.settings)
        if problem:
            self.notice.say(problem, trouble=True)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours everywhere."""
        self.theme = theme
        app = QApplication.instance()
        if isinstance(app, QApplication):
            apply_theme(app, theme)
        for part in (self.sidebar, self.live, self.replay, self.library, self.guide, self.notice):
            part.set_theme(theme)

    def show_page(self, name: str) -> None:
        """Open a view."""
        self.outer.setCurrentIndex(0)
        page = (self.live, self.replay, self.library, self.guide)[PAGES.index(name)]
        self.pages.setCurrentWidget(page)
        self.sidebar.choose(name)
        self.say_where(tr(BY_ID[name].text))
        page.setFocus()

    def say_where(self, name: str) -> None:
        """Name the view in the window's title, for screen readers and the task bar."""
        self.setWindowTitle(f"Tremorscope · {name}")

    @property
    def page(self) -> str:
        """The view that is open."""
        return PAGES[self.pages.currentIndex()]

    @Slot(object)
    def _take(self, pair: tuple[SessionModel, ModelMessage]) -> None:
        model, message = pair
        model.take(message)
        if model is not self.controller.model:
            return
        if isinstance(message, GuidedOver):
            self.attempt(self.commands.guided_over)
        elif isinstance(message, RecordingUpdate) and message.problem:
            self.complain(message.problem)
        elif isinstance(message, EndUpdate) and self.controller.running is not None and not self.commands.stopping:
            self.notice.say(
                tr("The session has ended: {reason}.", reason=foreign(message.reason).rstrip(".")),
                verb=tr("See what it showed"),
                act=lambda: self.run_action("stop_session"),
            )

    def draw(self) -> None:
        """Draw what is new; nothing while nobody looks."""
        if not self.isVisible() or self.isMinimized():
            return
        for name, made in self.actions_by_id.items():
            if made.isEnabled() != self.usable(name):
                made.setEnabled(self.usable(name))
                self.live.top.enable(name, usable=made.isEnabled())
        model = self.controller.model
        if self.outer.currentIndex() == 1:
            self.bed.draw(model)
        elif self.page == "show_live":
            self.past.look(model)
            self.live.draw(model, going=self.controller.running is not None)
        elif self.page == "show_replay":
            self.replay.tick()
        self._make_room()
        if self.notice.isVisible():
            self._place_notice()

    def _make_room(self) -> None:
        """Let the pages end above a notice: it covers nothing, unless the window is too low for both."""
        margins = self._body.contentsMargins()
        wanted = NOTICE_FOOT_PX + self.notice.height() + GRID_PX if self.notice.isVisible() else FOOT_PX
        if wanted == margins.bottom():
            return
        spare = self.height() - self.minimumSizeHint().height() + margins.bottom()
        margins.setBottom(wanted if wanted <= spare else FOOT_PX)
        self._body.setContentsMargins(margins)

    def _place_notice(self) -> None:
        width = min(self.width() - 2 * self.sidebar.width(), 760)
        height = self.notice.fit(width)
        left = (self.width() + self.sidebar.width() - width) // 2
        self.notice.setGeometry(left, self.height() - height - NOTICE_FOOT_PX, width, height)
        self.notice.raise_()

    def _restore_place(self) -> None:
        self.resize(1280, 800)
        place = self.settings.window
        if len(place) != 4:
            return
        x, y, width, height = place
        self.resize(max(800, width), max(560, height))
        # A monitor that is gone must not take the window with it.
        middle = (x + width // 2, y + 20)
        if any(s.availableGeometry().contains(*middle) for s in QApplication.screens()):
            self.move(x, y)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Keep the notice at the foot."""
        super().resizeEvent(event)
        self._place_notice()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Accept files."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        """Open the first file dropped."""
        self.commands.open_path(Path(event.mimeData().urls()[0].toLocalFile()))

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """End the session and write the settings before the window goes."""
        self._timer.stop()
        self.background.cancel()
        self.attempt(self.controller.stop)
        self.radio.close()
        self.attempt(self.library.release)
        box = self.geometry()
        self.change_settings(window=(box.x(), box.y(), box.width(), box.height()))
        super().closeEvent(event)
