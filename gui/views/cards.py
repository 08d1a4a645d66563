"""Cards: the state, what to do now, the hold timer, the events."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from dsp import State
from gui.model import SessionModel
from gui.theme import STATE_SIZE_PX, Theme

SIGNS = {
    "still": "–",
    "movement": "»",
    "reflex_rhythm": "ϟϟϟ",
    "tremor": "∿∿∿",
    "unclear": "▨",
    "no_data": "◌",
    "reflex_jerk": "▼",
    "twitch": "●",
}
"""Never colour alone."""
NAMES = {
    "still": "Still",
    "movement": "Movement",
    "reflex_rhythm": "Reflex rhythm",
    "tremor": "Tremor",
    "unclear": "Unclear",
    "no_data": "No data",
}
LONGEST_REASON = 34
"""Letters that fit three abreast at 1280 pixels; the tool tip has the whole."""
RHYTHMIC = (State.TREMOR, State.REFLEX_RHYTHM)


class Card(QFrame):
    """A rounded surface with a quiet title."""

    def __init__(self, title: str = "", *, name: str = "card") -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(title)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(16, 10, 16, 10)
        self.column.setSpacing(4)
        self.title = quiet(title)
        self.aside = quiet("")
        if title:
            row = QHBoxLayout()
            row.addWidget(self.title)
            row.addStretch()
            row.addWidget(self.aside)
            self.column.addLayout(row)


def quiet(text: str) -> QLabel:
    """Label in the quiet colour."""
    label = QLabel(text)
    label.setObjectName("quiet")
    return label


class StateCard(Card):
    """What is happening, in large type, with its three reasons."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setAccessibleName("What is happening")
        self._theme = theme
        self._bar = QWidget()
        self._bar.setFixedWidth(6)
        self._name = QLabel("Waiting")
        self._name.setStyleSheet(f"font-size: {STATE_SIZE_PX}px; font-weight: 700;")
        self._sure = QLabel("")
        self._sure.setMinimumWidth(170)
        self._numbers = QLabel("")
        self._numbers.setStyleSheet("font-size: 17px; font-weight: 500;")
        self._since = quiet("")
        self._since.setAlignment(Qt.AlignmentFlag.AlignRight)
        self._since.setMinimumWidth(90)
        self._reasons = [QLabel("") for _ in range(3)]
        self.column.setContentsMargins(20, 8, 16, 10)
        top = QHBoxLayout()
        top.addWidget(self._name)
        top.addWidget(self._sure, alignment=Qt.AlignmentFlag.AlignBottom)
        top.addStretch()
        right = QVBoxLayout()
        right.addWidget(self._numbers, alignment=Qt.AlignmentFlag.AlignRight)
        right.addWidget(self._since)
        top.addLayout(right)
        self.column.addLayout(top)
        row = QHBoxLayout()
        row.setSpacing(8)
        for label in self._reasons:
            label.setObjectName("reason")
            label.setMinimumWidth(1)
            label.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
            row.addWidget(label)
        row.addStretch()
        self.column.addLayout(row)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme

    def draw(self, model: SessionModel) -> None:
        """Show the model."""
        live = model.live
        if live is None:
            self._name.setText("Waiting for data" if not model.ended else "Ended")
            self._show_reasons([model.ended or "the first second is needed"])
            return
        colour = self._theme.states[live.label.value]
        self.setStyleSheet(f"QFrame#card {{ border-left: 6px solid {colour}; }}")
        name = NAMES[live.label.value]
        if live.label is State.TREMOR and live.tiring:
            name = "Fatigue tremor"
        self._name.setText(name)
        self._sure.setText(f"{SIGNS[live.label.value]}  {100 * live.confidence:.0f} %")
        self._sure.setStyleSheet(f"color: {colour}; font-size: {23}px; font-weight: 600; padding-bottom: 5px;")
        if live.label in RHYTHMIC:
            size = f"{live.displacement_mm:.2f} mm" if live.displacement_mm < 10 else f"{live.displacement_mm:.0f} mm"
            self._numbers.setText(f"{live.peak_hz:.1f} Hz · {1000 * live.rms_g:.0f} mg · {size}")
        else:
            self._numbers.setText("")
        self._since.setText(f"for {max(0.0, live.time_s - live.since_s):.0f} s")
        self._show_reasons([t.text for t in live.evidence])

    def _show_reasons(self, texts: list[str]) -> None:
        for i, label in enumerate(self._reasons):
            text = texts[i] if i < len(texts) else ""
            label.setText(text if len(text) <= LONGEST_REASON else text[: LONGEST_REASON - 1] + "…")
            label.setToolTip(text)
            label.setVisible(bool(text))


class AdviceCard(Card):
    """One calm sentence, and why."""

    def __init__(self) -> None:
        super().__init__(name="advice")
        self.setAccessibleName("What to do now")
        heading = QLabel("What to do now")
        heading.setObjectName("heading")
        self._text = QLabel("Lie still for a moment.")
        self._text.setObjectName("advicetext")
        self._text.setWordWrap(True)
        self._why = quiet("The first seconds show what your leg does at rest.")
        self._why.setWordWrap(True)
        for widget in (heading, self._text, self._why):
            self.column.addWidget(widget)
        self.column.addStretch()

    def draw(self, model: SessionModel) -> None:
        """Show the model."""
        if model.advice is not None:
            self._text.setText(model.advice.text)
            self._why.setText(f"Because: {model.advice.why}." if model.advice.why else "")


class HoldCard(Card):
    """How long the stretch has been held, and when the shaking began."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("Hold")
        self._theme = theme
        self._time = QLabel("–:––")
        self._time.setStyleSheet("font-size: 40px; font-weight: 700;")
        self._began = QLabel("")
        self._last = quiet("no stretch yet")
        row = QHBoxLayout()
        row.addWidget(self._time)
        row.addStretch()
        right = QVBoxLayout()
        right.addWidget(self._began, alignment=Qt.AlignmentFlag.AlignRight)
        right.addWidget(self._last, alignment=Qt.AlignmentFlag.AlignRight)
        row.addLayout(right)
        self.column.addLayout(row)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme

    def draw(self, model: SessionModel) -> None:
        """Show the model."""
        live = model.live
        if live is None:
            return
        ended = [h for h in model.holds if h.released]
        self._last.setText(f"last one {ended[-1].end_s - ended[-1].start_s:.0f} s" if ended else "no stretch ended yet")
        if live.hold_start_s is None:
            self._time.setText("–:––")
            self._began.setText("")
            return
        held = max(0.0, live.time_s - live.hold_start_s)
        self._time.setText(clock(held))
        start = live.hold_start_s
        shaking = [s.start_s for s in model.segments if s.label is State.TREMOR and s.end_s > start]
        if live.label is State.TREMOR:
            shaking.append(live.since_s)
        self._began.setText(f"tremor after {max(0.0, min(shaking) - start):.0f} s" if shaking else "")
        self._began.setStyleSheet(f"color: {self._theme.states['tremor']};")


class EventsCard(Card):
    """What happened, newest first."""

    def __init__(self, theme: Theme) -> None:
        super().__init__("Events")
        self._theme = theme
        self._shown = -1
        self.list = QListWidget()
        self.list.setAccessibleName("Events, newest first")
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._empty = quiet("Kicks, twitches and stretches will be listed here.")
        self._empty.setWordWrap(True)
        self.column.addWidget(self._empty)
        self.column.addWidget(self.list, 1)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme, self._shown = theme, -1

    def draw(self, model: SessionModel) -> None:
        """Show the model; nothing to do when no line came."""
        key = hash(tuple(model.rows))
        if key == self._shown:
            return
        self._shown = key
        self.list.clear()
        self._empty.setVisible(not model.rows)
        for row in reversed(model.rows):
            sign = SIGNS.get(row.kind, "")
            item = QListWidgetItem(f"{clock(row.time_s):>6}   {sign} {row.text}   {row.value}")
            item.setData(Qt.ItemDataRole.UserRole, row.time_s)
            item.setForeground(QColor(self._theme.states.get(row.kind, self._theme.text)))
            self.list.addItem(item)


def clock(seconds: float) -> str:
    """Minutes and seconds: 4:12."""
    whole = max(0, int(seconds))
    if whole >= 3600:
        return f"{whole // 3600}:{whole // 60 % 60:02d}:{whole % 60:02d}"
    return f"{whole // 60}:{whole % 60:02d}"
