"""Bed mode: black, one ring for the hold, two words, one sentence; read from two metres."""

import math

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from gui.i18n import tr
from gui.model import SessionModel
from gui.speech import Speaker
from gui.theme import DARK, face
from gui.words import clock, two_words

BLACK, WHITE = "#000000", "#e9eef4"
GOAL_S = 30.0
"""The ring is full here: holds of 10 to 30 s are what is advised (ACSM 2021), longer ones go round again."""
BREATH_S = 10.0
"""Six breaths a minute, four seconds in and six out: slow breathing as it is usually taught (inference)."""
BREATHE_IN_SHARE = 0.4
SHAPES = ("tremor", "reflex_rhythm")


class BedView(QWidget):
    """Paints everything itself, so that it scales from a tablet to a television."""

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._model: SessionModel | None = None
        self._key: object = None
        self._speaker = Speaker()
        self.setAccessibleName(tr("Bed mode"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def speak(self, *, on: bool) -> None:
        """Begin or end the spoken cues."""
        self._speaker.enabled = on

    def draw(self, model: SessionModel) -> None:
        """Show the model; repaint when something that can be read changed."""
        self._model = model
        key = (self._words(), self._advice(), self._seconds(), round(10 * self._breath()))
        if key != self._key:
            self._key = key
            self.setAccessibleDescription(f"{self._words()}. {self._advice()}")
            self.update()
        if model.advice is not None:
            self._speaker.say(model.advice.text)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Escape leaves."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """So does a double click: there may be no keyboard in bed."""
        del event
        self.left.emit()

    def _live(self) -> object:
        return self._model.stream.live if self._model is not None and self._model.streams else None

    def _words(self) -> str:
        model = self._model
        if model is None or not model.streams:
            return tr("No sensor")
        live = model.stream.live
        if model.ended or live is None:
            return tr("Ended") if model.ended else tr("One moment")
        return two_words(live)

    def _advice(self) -> str:
        model = self._model
        if model is None or model.advice is None or model.ended:
            return (
                tr("Leave with Escape, then choose a sensor.")
                if model is None or not model.streams
                else tr("Lie still.")
            )
        return model.advice.text

    def _seconds(self) -> int:
        """Whole seconds of the hold; −1 outside one."""
        live = self._model.stream.live if self._model is not None and self._model.streams else None
        if live is None or live.hold_start_s is None:
            return -1
        return int(max(0.0, live.time_s - live.hold_start_s))

    def _breath(self) -> float:
        """Where the breath stands, 0 empty to 1 full."""
        now_s = self._model.stream.now_s if self._model is not None and self._model.streams else 0.0
        phase = (now_s % BREATH_S) / BREATH_S
        if phase < BREATHE_IN_SHARE:
            return 0.5 - 0.5 * math.cos(math.pi * phase / BREATHE_IN_SHARE)
        return 0.5 + 0.5 * math.cos(math.pi * (phase - BREATHE_IN_SHARE) / (1.0 - BREATHE_IN_SHARE))

    def _breathing_in(self) -> bool:
        now_s = self._model.stream.now_s if self._model is not None and self._model.streams else 0.0
        return (now_s % BREATH_S) / BREATH_S < BREATHE_IN_SHARE

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint ring, words, sentence."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), QColor(BLACK))
        unit = min(self.width() / 1280.0, self.height() / 800.0)
        painter.translate((self.width() - 1280 * unit) / 2, (self.height() - 800 * unit) / 2)
        painter.scale(unit, unit)
        live = self._model.stream.live if self._model is not None and self._model.streams else None
        state = live.label.value if live is not None else "no_data"
        accent = QColor(DARK.quiet if state in ("still", "no_data", "unclear") else DARK.states[state])
        if state == "still":
            accent = QColor(DARK.good)
        self._ring(painter, accent)
        self._text(painter, state, accent)
        painter.end()

    def _ring(self, painter: QPainter, accent: QColor) -> None:
        box = QRectF(100, 170, 460, 460)
        painter.setPen(QPen(QColor("#1a2029"), 22))
        painter.drawEllipse(box)
        seconds = self._seconds()
        holding = seconds >= 0
        share = min(1.0, seconds / GOAL_S) if holding else self._breath()
        pen = QPen(accent, 22, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawArc(box, 90 * 16, round(-share * 360 * 16))
        painter.setPen(QColor(WHITE))
        big = clock(seconds) if holding else (tr("in") if self._breathing_in() else tr("out"))
        painter.setFont(face(118 if len(big) < 5 else 96, QFont.Weight.Bold))
        painter.drawText(box.adjusted(20, 0, -20, -50), Qt.AlignmentFlag.AlignCenter, big)
        painter.setPen(QColor(DARK.quiet))
        painter.setFont(face(34))
        painter.drawText(
            box.adjusted(0, 160, 0, 0), Qt.AlignmentFlag.AlignCenter, tr("hold") if holding else tr("breathe")
        )

    def _text(self, painter: QPainter, state: str, accent: QColor) -> None:
        painter.setPen(accent)
        words = self._words()
        size = 84
        while size > 40 and QFontMetricsF(face(size, QFont.Weight.Bold)).horizontalAdvance(words) > 590:
            size -= 2
        painter.setFont(face(size, QFont.Weight.Bold))
        painter.drawText(QRectF(640, 200, 620, 110), Qt.AlignmentFlag.AlignVCenter, words)
        self._shape(painter, state, accent)
        painter.setPen(QColor(WHITE))
        painter.setFont(face(52, QFont.Weight.DemiBold))
        flags = int(Qt.TextFlag.TextWordWrap) | int(Qt.AlignmentFlag.AlignTop)
        painter.drawText(QRectF(640, 385, 600, 290), flags, self._advice())
        painter.setPen(QColor(DARK.faint))
        painter.setFont(face(20))
        painter.drawText(QRectF(640, 740, 600, 40), Qt.AlignmentFlag.AlignRight, self._foot())

    def _shape(self, painter: QPainter, state: str, accent: QColor) -> None:
        """Each state has a line of its own: colour-blind eyes read the shape."""
        painter.setPen(QPen(accent, 5, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
        left, right, y = 642.0, 1180.0, 334.0
        if state == "tremor":
            points = [QPointF(x, y - 11 * math.sin((x - left) / 38 * 2 * math.pi)) for x in _steps(left, right, 2)]
        elif state == "reflex_rhythm":
            points = [QPointF(x, y + (12 if i % 2 else -12)) for i, x in enumerate(_steps(left, right, 26))]
        elif state == "movement":
            points = [QPointF(x, y - 12 * math.sin((x - left) / 270 * math.pi)) for x in _steps(left, right, 6)]
        elif state == "unclear":
            pen = painter.pen()
            pen.setStyle(Qt.PenStyle.DotLine)
            painter.setPen(pen)
            points = [QPointF(left, y), QPointF(right, y)]
        elif state == "no_data":
            return
        else:
            points = [QPointF(left, y), QPointF(right, y)]
        painter.drawPolyline(QPolygonF(points))

    def _foot(self) -> str:
        model = self._model
        parts = [model.title] if model is not None and model.title else []
        if model is not None and model.recording is not None and not model.recording.finished:
            parts.append(tr("recording") if not model.recording.problem else tr("not recording"))
        return " · ".join([*parts, "Esc"])


def _steps(left: float, right: float, step: float) -> list[float]:
    return [left + i * step for i in range(int((right - left) / step) + 1)]
