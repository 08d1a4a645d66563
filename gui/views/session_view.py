"""Session view: one session, live or replayed, in the order a person reads it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QSlider, QVBoxLayout, QWidget

from gui.model import SessionModel
from gui.plots import SpectrogramPlot, SpectrumPlot, TracePlot
from gui.theme import GRID_PX, Theme
from gui.views.cards import AdviceCard, Card, EventsCard, HoldCard, StateCard, clock, quiet
from gui.views.timeline import Timeline

SPEEDS = (0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0)


class ReplayBar(Card):
    """Play, step, speed, and where the replay stands."""

    played = Signal(bool)
    sought = Signal(float)
    speed_chosen = Signal(float)
    event_wanted = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Replay controls")
        self.column.setContentsMargins(16, 8, 16, 8)
        self.play = QPushButton("Pause")
        self.play.setCheckable(True)
        self.play.setChecked(True)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Position in the recording")
        self.speed = QComboBox()
        self.speed.setAccessibleName("Speed")
        self.speed.addItems([f"{s:g}×" for s in SPEEDS])
        self.speed.setCurrentIndex(SPEEDS.index(1.0))
        self.time = quiet("")
        row = QHBoxLayout()
        for text, name, slot in (
            ("◀ event", "Go to the event before", lambda: self.event_wanted.emit(-1)),
            ("−5 s", "Five seconds back", lambda: self.sought.emit(self.slider.value() / 10 - 5)),
        ):
            row.addWidget(self._button(text, name, slot))
        row.addWidget(self.play)
        for text, name, slot in (
            ("+5 s", "Five seconds on", lambda: self.sought.emit(self.slider.value() / 10 + 5)),
            ("event ▶", "Go to the next event", lambda: self.event_wanted.emit(1)),
        ):
            row.addWidget(self._button(text, name, slot))
        row.addWidget(self.slider, 1)
        row.addWidget(self.time)
        row.addWidget(self.speed)
        self.column.addLayout(row)
        self.play.toggled.connect(self._toggled)
        self.slider.sliderReleased.connect(lambda: self.sought.emit(self.slider.value() / 10))
        self.speed.activated.connect(lambda i: self.speed_chosen.emit(SPEEDS[i]))

    def _button(self, text: str, name: str, slot: object) -> QPushButton:
        button = QPushButton(text)
        button.setAccessibleName(name)
        button.clicked.connect(slot)
        return button

    def _toggled(self, playing: bool) -> None:  # noqa: FBT001 - the form of Qt's signal
        self.play.setText("Pause" if playing else "Play")
        self.played.emit(playing)

    def draw(self, model: SessionModel, total_s: float) -> None:
        """Show where the replay stands."""
        self.slider.setMaximum(max(1, round(total_s * 10)))
        if not self.slider.isSliderDown():
            self.slider.setValue(round(model.now_s * 10))
        self.time.setText(f"{clock(model.now_s)} / {clock(total_s)}")


class SessionView(QWidget):
    """State, reasons, what to do, the signal, everything else."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.state = StateCard(theme)
        self.trace = TracePlot(theme)
        self.spectrogram = SpectrogramPlot(theme)
        self.timeline = Timeline(theme)
        self.advice = AdviceCard()
        self.hold = HoldCard(theme)
        self.spectrum = SpectrumPlot(theme)
        self.events = EventsCard(theme)
        self.replay = ReplayBar()
        self.replay.hide()
        left = QVBoxLayout()
        left.addWidget(self.state)
        left.addWidget(_carded("Acceleration without gravity", "last 30 s", self.trace), 5)
        left.addWidget(_carded("Spectrogram", "tremor band 4–12 Hz bracketed", self.spectrogram), 5)
        left.addWidget(_carded("This session", "", self.timeline))
        left.addWidget(self.replay)
        right = QVBoxLayout()
        right.addWidget(self.advice, 3)
        right.addWidget(self.hold)
        right.addWidget(_carded("Spectrum now", "", self.spectrum), 3)
        right.addWidget(self.events, 4)
        columns = QHBoxLayout(self)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(GRID_PX)
        for side, stretch in ((left, 100), (right, 43)):
            side.setSpacing(GRID_PX)
            columns.addLayout(side, stretch)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        for part in (self.state, self.trace, self.spectrogram, self.timeline, self.hold, self.spectrum, self.events):
            part.set_theme(theme)

    def draw(self, model: SessionModel, total_s: float | None) -> None:
        """Show the model."""
        for part in (self.state, self.advice, self.hold, self.events, self.timeline):
            part.draw(model)
        if not model.paused:
            for plot in (self.trace, self.spectrogram, self.spectrum):
                plot.draw(model)
        if total_s is not None:
            self.replay.draw(model, total_s)


def _carded(title: str, aside: str, inner: QWidget) -> Card:
    card = Card(title)
    card.aside.setText(aside)
    card.column.addWidget(inner, 1)
    return card
