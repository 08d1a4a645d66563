"""Main window: side bar, top bar, one session view, a timer that draws."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer, QUrl, Slot
from PySide6.QtGui import QCloseEvent, QDesktopServices, QDragEnterEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QMessageBox,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

import recordings
import session
from dsp import TremorscopeError
from gui.actions import ACTIONS
from gui.bridge import Bridge
from gui.controller import Controller
from gui.model import SessionModel
from gui.theme import DARK, GRID_PX, LIGHT, Theme, apply_theme
from gui.views.cards import Card, clock, quiet
from gui.views.session_view import SPEEDS, SessionView
from session import SessionMessage

DRAW_EVERY_MS = 45
"""22 drawings a second: smooth to the eye, a fifth of one core."""


class MainWindow(QMainWindow):
    """The one window.

    Parameters
    ----------
    home
        Where recordings and reports go.
    theme
        Colours to begin with.
    """

    def __init__(self, home: session.Home, theme: Theme = DARK) -> None:
        super().__init__()
        self.setWindowTitle("Tremorscope")
        self.setAcceptDrops(True)
        self.resize(1280, 800)
        self.theme = theme
        self._bridge = Bridge()
        self._bridge.message.connect(self._take)
        self.controller = Controller(self._bridge.sink, home)
        self.view = SessionView(theme)
        self._buttons: dict[str, QPushButton] = {}
        self._build()
        self.view.replay.played.connect(self._play)
        self.view.replay.sought.connect(self.seek)
        self.view.replay.speed_chosen.connect(self._set_speed)
        self.view.replay.event_wanted.connect(self._to_event)
        self.view.timeline.sought.connect(self.seek)
        self.view.events.list.itemActivated.connect(lambda item: self.seek(float(item.data(256)) - 2.0))
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.draw)
        self._timer.start(DRAW_EVERY_MS)

    def _build(self) -> None:
        side = QFrame()
        side.setObjectName("sidebar")
        side.setFixedWidth(72)
        column = QVBoxLayout(side)
        column.setContentsMargins(6, 16, 6, 12)
        for action in ACTIONS:
            if action.icon:
                button = self._button(action.id, f"{action.icon}\n{action.text}", action.about)
                button.setObjectName("nav")
                if action.id == "toggle_theme":
                    column.addStretch()
                column.addWidget(button)
            shortcut = QShortcut(QKeySequence(action.key), self)
            shortcut.activated.connect(partial(self.run_action, action.id))
        top = QHBoxLayout()
        top.setSpacing(GRID_PX)
        self._title, self._details = QLabel(""), quiet("")
        self._title.setStyleSheet("font-weight: 600;")
        for label in (self._title, self._details):
            label.setMinimumWidth(1)
        self._title.setMinimumWidth(190)
        self._synthetic = QLabel("synthetic")
        self._synthetic.setObjectName("synthetic")
        chip = _row(self._title, self._synthetic, self._details)
        self._record_text = QLabel("not recording")
        top.addWidget(chip, 1)
        top.addWidget(_row(self._record_text))
        for action in ACTIONS:
            if not action.icon:
                top.addWidget(self._button(action.id, f"{action.text}   {action.key}", action.about))
        body = QVBoxLayout()
        body.setContentsMargins(16, 12, 12, 12)
        body.setSpacing(GRID_PX)
        body.addLayout(top)
        body.addWidget(self.view, 1)
        whole = QWidget()
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(side)
        row.addLayout(body, 1)
        self.setCentralWidget(whole)

    def _button(self, action: str, text: str, about: str) -> QPushButton:
        button = QPushButton(text)
        button.setAccessibleName(about)
        button.setToolTip(about)
        button.clicked.connect(partial(self.run_action, action))
        self._buttons[action] = button
        return button

    def run_action(self, name: str, *_: object) -> None:
        """Do what an action of the table says; an error becomes a sentence."""
        try:
            getattr(self, name)()
        except TremorscopeError as error:
            self.complain(str(error))

    def complain(self, text: str) -> None:
        """Show a sentence that helps; the app lives on."""
        box = QMessageBox(QMessageBox.Icon.Information, "Tremorscope", text, QMessageBox.StandardButton.Ok, self)
        box.open()

    def start_simulated(self) -> None:
        """Begin a session on the simulated leg."""
        self.controller.start_simulated()
        self.view.replay.hide()
        self.view.timeline.set_total(None)

    def open_file(self) -> None:
        """Choose a recording and replay it."""
        name, _ = QFileDialog.getOpenFileName(self, "Open a recording")
        if name:
            self.open_path(Path(name))

    def open_path(self, path: Path, *, speed: float = 1.0) -> None:
        """Replay the recording at `path`.

        Raises
        ------
        TremorscopeError
            When it cannot be read.
        """
        recording = recordings.read(path)
        self.controller.start_replay(recording, speed=speed)
        self.view.timeline.set_total(recording.duration_s)
        self.view.replay.show()

    def mark(self) -> None:
        """Drop a marker."""
        self.controller.mark("marker")

    def toggle_pause(self) -> None:
        """Freeze or thaw the plots."""
        self.controller.model.paused = not self.controller.model.paused

    def toggle_record(self) -> None:
        """Begin or end a recording."""
        self.controller.toggle_record()

    def stop_session(self) -> None:
        """End the session and say what it looks like."""
        result = self.controller.stop()
        if result is not None and result.advice is not None:
            steps = "\n".join(f"• {a.text} {a.how_long}" for a in result.advice.now)
            self.complain(f"{result.advice.verdict}\n\n{result.advice.seen}\n\n{steps}".strip())

    def make_report(self) -> None:
        """Write the report and open it in the browser."""
        path = self.controller.report()
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))

    def toggle_theme(self) -> None:
        """Change between light and dark."""
        self.theme = LIGHT if self.theme is DARK else DARK
        app = QApplication.instance()
        if isinstance(app, QApplication):
            apply_theme(app, self.theme)
        self.view.set_theme(self.theme)

    def show_keys(self) -> None:
        """Show every action with its key."""
        self.complain("\n".join(f"{a.key}\t{a.text}: {a.about}" for a in ACTIONS))

    def seek(self, time_s: float) -> None:
        """Go to a time of the replayed recording; live there is nowhere to go."""
        self.controller.seek(time_s, speed=SPEEDS[self.view.replay.speed.currentIndex()])

    def _play(self, playing: bool) -> None:  # noqa: FBT001 - the form of Qt's signal
        if self.controller.replay is not None:
            (self.controller.replay.resume if playing else self.controller.replay.pause)()

    def _set_speed(self, speed: float) -> None:
        if self.controller.replay is not None:
            self.controller.replay.set_speed(speed)

    def _to_event(self, direction: int) -> None:
        now_s = self.controller.model.now_s
        times = sorted(r.time_s for r in self.controller.model.rows)
        ahead = [t for t in times if (t - now_s) * direction > 2.5]
        if ahead:
            self.seek((ahead[0] if direction > 0 else ahead[-1]) - 2.0)

    @Slot(object)
    def _take(self, pair: tuple[SessionModel, SessionMessage]) -> None:
        model, message = pair
        model.take(message)

    def draw(self) -> None:
        """Draw what is new; nothing while nobody looks."""
        if not self.isVisible() or self.isMinimized():
            return
        model = self.controller.model
        self.view.draw(model, self.controller.total_s)
        self._title.setText(model.title)
        self._synthetic.setVisible(model.synthetic)
        self._details.setText(self._details_text())
        self._record_text.setText(self._recording_text())
        self._buttons["toggle_pause"].setText("Resume   P" if model.paused else "Pause view   P")

    def _details_text(self) -> str:
        model = self.controller.model
        parts = []
        if model.link is not None:
            parts.append(f"{model.link.link.state.value}")
        if model.status is not None:
            s = model.status.status
            parts.append(f"{s.rate_hz:.0f} Hz · loss {100 * s.loss:.1f} % · data {s.data_age_s:.1f} s old")
            if s.battery_percent is not None:
                parts.append(f"battery {s.battery_percent} %")
        return " · ".join(parts)

    def _recording_text(self) -> str:
        update = self.controller.model.recording
        if update is None:
            return "○ not recording"
        if update.problem:
            return f"! {update.problem}"
        if update.finished:
            return "✓ recorded"
        return f"● recording {clock(update.seconds)}  {update.size_bytes / 1e6:.1f} MB"

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        """Accept files."""
        if event.mimeData().hasUrls():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        """Replay the first file dropped."""
        path = Path(event.mimeData().urls()[0].toLocalFile())
        try:
            self.open_path(path)
        except TremorscopeError as error:
            self.complain(str(error))

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """End the session before the window goes."""
        self._timer.stop()
        self.controller.stop()
        super().closeEvent(event)


def _row(*widgets: QWidget) -> Card:
    card = Card()
    row = QHBoxLayout()
    for widget in widgets:
        row.addWidget(widget)
    row.addStretch()
    card.column.addLayout(row)
    return card
