"""Bed mode: black, one ring for the hold, two words, one sentence; read from two metres."""

import math

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from gui.i18n import foreign, mark, tr
from gui.model import SessionModel
from gui.model.pace import Pace, Phase, pace_of
from gui.speech import Speaker
from gui.theme import DARK, face
from gui.words import clock, two_words
from guidance import StepKind

BLACK, WHITE = "#000000", "#e9eef4"
SHAPES = ("tremor", "reflex_rhythm")
RING_WORDS = {
    Phase.HOLD: mark("hold"),
    Phase.LET_GO: mark("let go"),
    Phase.REST: mark("rest"),
    Phase.BREATHE_IN: mark("breathe"),
    Phase.BREATHE_OUT: mark("breathe"),
}
STEP_WORDS = {
    StepKind.WARM_UP: mark("warm up"),
    StepKind.REST: mark("rest"),
    StepKind.SLOW_STRETCH: mark("stretch slowly"),
    StepKind.HOLD: mark("hold"),
    StepKind.RELEASE: mark("let go"),
    StepKind.FAST_STRETCH: mark("stretch quickly"),
    StepKind.SWITCH: mark("other leg"),
}
GONE = ("stalled", "reconnecting", "failed")


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
        pace = pace_of(model)
        key = (self._words(), self._advice(), self._next(), pace.phase, pace.seconds, round(50 * pace.share))
        if key != self._key:
            self._key = key
            self.setAccessibleDescription(f"{self._words()}. {self._advice()}")
            self.update()
        if model.guided is not None or model.advice is not None:
            self._speaker.say(self._advice())

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

    def _gone(self) -> bool:
        """Whether the sensor is away: what it saw last is no longer now."""
        return self._model is not None and self._model.stream.gone

    def _words(self) -> str:
        model = self._model
        if model is None or not model.streams:
            return tr("No sensor")
        if model.ended:
            return tr("Ended")
        if self._gone():
            return tr("No signal")
        live = model.stream.live
        return two_words(live) if live is not None else tr("One moment")

    def _advice(self) -> str:
        model = self._model
        if model is None or not model.streams:
            return tr("Leave with Escape, then choose a sensor.")
        if model.guided is not None:
            return foreign(model.guided.turn.step.cue)
        if self._gone() and not model.ended:
            return tr("The sensor is away. Rest until it is back.")
        if model.advice is None or model.ended:
            return tr("Lie still.")
        return foreign(model.advice.text)

    def _next(self) -> str:
        """Say what comes after this step, or what the sensor does about being away; mostly nothing."""
        model = self._model
        if model is None:
            return ""
        if model.guided is not None and model.guided.then is not None:
            return tr("Next: {what}", what=tr(STEP_WORDS[model.guided.then.step.kind]))
        if self._gone() and not model.ended and model.stream.link is not None:
            return foreign(model.stream.link.link.next_step)
        return ""

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
        state = live.label.value if live is not None and not self._gone() else "no_data"
        accent = QColor(DARK.quiet if state in ("still", "no_data", "unclear") else DARK.states[state])
        if state == "still":
            accent = QColor(DARK.good)
        self._ring(painter, accent)
        self._text(painter, state, accent)
        painter.end()

    def _ring(self, painter: QPainter, accent: QColor) -> None:
        pace = pace_of(self._model) if self._model is not None else Pace(phase=Phase.REST, share=0.0)
        box = QRectF(100, 170, 460, 460)
        painter.setPen(QPen(QColor("#1a2029"), 22))
        painter.drawEllipse(box)
        painter.setPen(QPen(accent, 22, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawArc(box, 90 * 16, round(-pace.share * 360 * 16))
        painter.setPen(QColor(WHITE))
        big = clock(pace.seconds) if math.isfinite(pace.seconds) else ""
        if pace.phase in (Phase.BREATHE_IN, Phase.BREATHE_OUT):
            big = tr("in") if pace.phase is Phase.BREATHE_IN else tr("out")
        painter.setFont(face(118 if len(big) < 5 else 96, QFont.Weight.Bold))
        painter.drawText(box.adjusted(20, 0, -20, -50), Qt.AlignmentFlag.AlignCenter, big)
        painter.setPen(QColor(DARK.quiet))
        painter.setFont(face(34))
        guided = self._model.guided if self._model is not None else None
        word = STEP_WORDS[guided.turn.step.kind] if guided is not None else RING_WORDS[pace.phase]
        painter.drawText(box.adjusted(0, 160, 0, 0), Qt.AlignmentFlag.AlignCenter, tr(word))

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
        flags = int(Qt.TextFlag.TextWordWrap) | int(Qt.AlignmentFlag.AlignTop)
        room, size = QRectF(640, 385, 600, 230), 52
        while size > 30 and self._height(self._advice(), size, room, flags) > room.height():
            size -= 2
        painter.setFont(face(size, QFont.Weight.DemiBold))
        painter.drawText(room, flags, self._advice())
        painter.setPen(QColor(DARK.quiet))
        painter.setFont(face(34))
        painter.drawText(QRectF(640, 620, 600, 90), flags, self._next())
        painter.setFont(face(20))
        painter.drawText(QRectF(640, 740, 600, 40), Qt.AlignmentFlag.AlignRight, self._foot())

    @staticmethod
    def _height(text: str, size_px: float, room: QRectF, flags: int) -> float:
        return QFontMetricsF(face(size_px, QFont.Weight.DemiBold)).boundingRect(room, flags, text).height()

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
