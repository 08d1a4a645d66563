"""Welcome: what to do when there is no session yet."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from gui.i18n import mark, tr
from gui.theme import ADVICE_SIZE_PX, GRID_PX, STATE_SIZE_PX, Theme
from gui.views.card import Card, button, clear, label, quiet, wrapped

CARDS = (
    ("choose_sensor", mark("Wear a sensor"), mark("Strap it around the calf, then choose it here."), mark("Choose")),
    ("start_simulated", mark("Try the simulated leg"), mark("A stretching session, made up and live."), mark("Start")),
    ("open_file", mark("Open a recording"), mark("Choose a file, or drop it anywhere on this window."), mark("Open")),
)
MOST_SAMPLES = 5


class Welcome(QWidget):
    """Three ways to begin, and the shipped recordings."""

    wanted = Signal(str)
    sample_wanted = Signal(Path)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._cards: list[Card] = []
        column = QVBoxLayout(self)
        column.addStretch(2)
        title = label(tr("Why do your legs shake?"), STATE_SIZE_PX, QFont.Weight.Bold)
        about = quiet(tr("Stretch, and see whether it is the stretch reflex or a tired muscle."), size_px=17)
        for line in (title, about):
            column.addWidget(line, alignment=Qt.AlignmentFlag.AlignCenter)
        column.addSpacing(28)
        row = QHBoxLayout()
        row.setSpacing(2 * GRID_PX)
        row.addStretch()
        for action, heading, text, verb in CARDS:
            row.addWidget(self._card(theme, action, tr(heading), tr(text), tr(verb)))
        row.addStretch()
        column.addLayout(row)
        column.addSpacing(28)
        self._samples = QVBoxLayout()
        column.addLayout(self._samples)
        column.addStretch(3)
        note = tr("A wellness instrument: it shows how your leg moves. It is no diagnosis.")
        column.addWidget(quiet(note), alignment=Qt.AlignmentFlag.AlignCenter)

    def _card(self, theme: Theme, action: str, heading: str, text: str, verb: str) -> Card:
        card = Card(theme)
        card.setFixedSize(270, 190)
        card.column.setContentsMargins(20, 18, 20, 18)
        card.column.addWidget(wrapped(label(heading, ADVICE_SIZE_PX - 5, QFont.Weight.DemiBold)))
        card.column.addWidget(wrapped(quiet(text)))
        card.column.addStretch()
        go = button(verb, f"{heading}. {text}", kind="primary")
        go.clicked.connect(lambda: self.wanted.emit(action))
        card.column.addWidget(go, alignment=Qt.AlignmentFlag.AlignLeft)
        self._cards.append(card)
        return card

    def offer(self, samples: list[Path]) -> None:
        """Offer recordings that ship with the app."""
        clear(self._samples)
        if not samples:
            return
        self._samples.addWidget(
            quiet(tr("or look at a recording that comes with the app (simulated)")),
            alignment=Qt.AlignmentFlag.AlignCenter,
        )
        row = QHBoxLayout()
        row.addStretch()
        for path in samples[:MOST_SAMPLES]:
            name = path.stem.removeprefix("simulated-").replace("-", " ")
            pill = button(name, tr("Open the recording {name}", name=path.name), kind="pill")
            pill.clicked.connect(lambda _=False, p=path: self.sample_wanted.emit(p))
            row.addWidget(pill)
        row.addStretch()
        self._samples.addLayout(row)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        for card in self._cards:
            card.set_theme(theme)
