"""Top bar of the live view: the sensors, the recording, and the four keys of a session."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gui.actions import BY_ID
from gui.i18n import foreign, mark, number, tr
from gui.model import SessionModel, StreamModel
from gui.theme import GRID_PX, Theme, face
from gui.views.card import Card, Elided, button, label, quiet
from gui.words import SIDES, SIGNS, clock, size_bytes, state_name

BAR_PX = 44
DETAILS_PX, BADGE_PX = 11, 18
STALE_S = 2.0
"""Older data is said aloud."""
MANY_LOST = 0.02
LITTLE_DISK = 500_000_000
HINTS = ("mark", "toggle_pause", "toggle_bed_mode", "stop_session")
LINK_WORDS = {
    "scanning": mark("looking for it"),
    "connecting": mark("connecting"),
    "pairing": mark("pairing"),
    "starting": mark("starting"),
    "streaming": mark("streaming"),
    "stalled": mark("no data"),
    "reconnecting": mark("reconnecting"),
    "stopped": mark("stopped"),
    "failed": mark("failed"),
}


class Dot(QWidget):
    """A round light, with a word beside it so that colour never stands alone."""

    def __init__(self) -> None:
        super().__init__()
        self._colour = ""
        self.setFixedSize(10, 10)

    def set_colour(self, colour: str) -> None:
        """Light up."""
        if colour != self._colour:
            self._colour = colour
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the light."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._colour))
        painter.drawEllipse(QRectF(0.5, 0.5, 9, 9))
        painter.end()


class Bar(Card):
    """A card of one line."""

    pressed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme)
        self.setFixedHeight(BAR_PX)
        self.column.setContentsMargins(14, 0, 14, 0)
        self.row = QHBoxLayout()
        self.row.setSpacing(10)
        self.column.addLayout(self.row)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Tell that it was pressed."""
        super().mousePressEvent(event)
        self.pressed.emit()


class KeyButton(QPushButton):
    """A button that shows its key."""

    def __init__(self, theme: Theme, action: str) -> None:
        found = BY_ID[action]
        super().__init__(tr(found.text))
        self.action = action
        self._key = found.key
        self._theme = theme
        self.setAccessibleName(tr(found.about))
        self.setToolTip(f"{tr(found.about)} ({found.key})")
        self.setFixedHeight(BAR_PX)
        self.setStyleSheet("text-align: left; padding: 6px 26px 6px 10px;")

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the button and its key."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setPen(QColor(self._theme.quiet if self.isEnabled() else self._theme.faint))
        font = painter.font()
        font.setPixelSize(11)
        painter.setFont(font)
        painter.drawText(
            self.rect().adjusted(0, 0, -12, 0), Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self._key
        )
        painter.end()


class TopBar(QWidget):
    """Sensors, recording, keys."""

    device_pressed = Signal()
    record_pressed = Signal()
    other_pressed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID_PX)
        self.device = Bar(theme)
        self.device.setAccessibleName(tr("The sensor"))
        self.device.setCursor(Qt.CursorShape.PointingHandCursor)
        self.device.pressed.connect(self.device_pressed)
        self._light, self.title, self.details = Dot(), label("", weight=QFont.Weight.DemiBold), Elided(name="quiet")
        self.details.setFont(face(DETAILS_PX))
        self.badge = QLabel(tr("synthetic"))
        self.badge.setObjectName("badge")
        self.badge.setFixedHeight(BADGE_PX)
        self.badge.setFont(face(DETAILS_PX))
        self.other = button("", tr("Show the other sensor of the session."), kind="pill")
        self.other.clicked.connect(self.other_pressed)
        # Two lines: beside the title, half of the details would be cut in a small window, more in longer languages.
        self.device.row.addWidget(self._light)
        lines, first = QVBoxLayout(), QHBoxLayout()
        first.setSpacing(10)
        lines.setSpacing(0)
        first.addWidget(self.title)
        first.addWidget(self.badge)
        first.addStretch()
        lines.addStretch()
        lines.addLayout(first)
        lines.addWidget(self.details)
        lines.addStretch()
        self.device.row.addLayout(lines, 1)
        self.recording = Bar(theme)
        self.recording.setAccessibleName(tr("The recording"))
        self.recording.setCursor(Qt.CursorShape.PointingHandCursor)
        self.recording.pressed.connect(self.record_pressed)
        self._recording_light, self.recording_text = Dot(), label("", weight=QFont.Weight.DemiBold)
        self.recording_size = quiet("")
        for part in (self._recording_light, self.recording_text, self.recording_size):
            self.recording.row.addWidget(part)
        row.addWidget(self.device, 1)
        row.addWidget(self.recording)
        self.buttons = {a: KeyButton(theme, a) for a in HINTS}
        for each in self.buttons.values():
            row.addWidget(each)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme
        for card in (self.device, self.recording):
            card.set_theme(theme)
        for each in self.buttons.values():
            each.set_theme(theme)

    def enable(self, action: str, *, usable: bool) -> None:
        """Show whether an action can be used now."""
        if action in self.buttons:
            self.buttons[action].setEnabled(usable)

    def draw(self, model: SessionModel) -> None:
        """Show the model."""
        stream = model.stream if model.streams else None
        self._draw_sensors(model)
        self.badge.setVisible(model.synthetic)
        text, well = link_words(stream, model)
        self.details.setText(text)
        self.details.setToolTip(text)
        self._light.set_colour(self._theme.good if well else self._theme.trouble if stream else self._theme.faint)
        self.buttons["toggle_pause"].setText(tr("Resume") if model.paused else tr("Pause view"))
        self._draw_recording(model)

    def _draw_sensors(self, model: SessionModel) -> None:
        """With two sensors, name the one that is shown, and say how the other one is."""
        others = [s for label, s in model.streams.items() if label != model.shown]
        self.title.setText(f"{model.title} · {tr(SIDES.get(model.shown, model.shown))}" if others else model.title)
        self.other.setVisible(bool(others))
        if others:
            live, gone = others[0].live, others[0].gone
            label = "no_data" if gone else live.label.value if live is not None else ""
            state = f"{SIGNS[label]} {state_name(label)}" if label else "…"
            self.other.setText(f"{tr(SIDES.get(others[0].label, others[0].label))}: {state}")

    def _draw_recording(self, model: SessionModel) -> None:
        update = model.recording
        size, colour = "", self._theme.faint
        if update is None:
            text = tr("Not recording")
        elif update.problem:
            text, colour = tr("Not recording"), self._theme.trouble
            size = foreign(update.problem)
        elif update.finished:
            text, size = tr("Recorded {time}", time=clock(update.seconds)), size_bytes(update.size_bytes)
        else:
            text, colour = tr("Recording {time}", time=clock(update.seconds)), self._theme.trouble
            size = tr("{size}, {free} free", size=size_bytes(update.size_bytes), free=size_bytes(update.free_bytes))
            if update.free_bytes < LITTLE_DISK:
                size = tr("only {size} free", size=size_bytes(update.free_bytes))
        self._recording_light.set_colour(colour)
        self.recording_text.setText(text)
        self.recording_size.setText(size if len(size) < 28 else size[:26] + "…")
        self.recording.setToolTip(size)


def link_words(stream: StreamModel | None, model: SessionModel) -> tuple[str, bool]:
    """Say how the link is doing, and whether all is well."""
    if stream is None:
        return tr("no sensor"), False
    if model.ended:
        return tr("ended: {reason}", reason=foreign(model.ended)), False
    parts, well = [], True
    link = stream.link.link if stream.link is not None else None
    if link is not None and link.state.value != "streaming":
        parts += [p for p in (tr(LINK_WORDS[link.state.value]), foreign(link.reason), foreign(link.next_step)) if p]
        well = False
    if stream.status is not None:
        s = stream.status.status
        age_s = stream.data_age_s
        parts.append(f"{s.rate_hz:.0f} Hz")
        parts.append(tr("loss {p} %", p=number(100 * s.loss)))
        parts.append(tr("age {age} s", age=number(age_s)))
        if s.battery_percent is not None:
            parts.append(tr("battery {p} %", p=s.battery_percent))
        well = well and age_s < STALE_S and s.loss < MANY_LOST
    return " · ".join(parts), well
