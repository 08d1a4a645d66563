"""Timeline: states as a band by colour and pattern, events above it, stretches below it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from dsp import Hold, State
from gui.i18n import inside, tr
from gui.theme import AXIS_SIZE_PX, Theme, face, state_fill
from gui.words import SIGNS, clock, state_name

SHORTEST_S = 60.0
"""The band is never scaled up more than this, so that the first seconds do not jump."""
BAND_PX = 26.0
EVENTS_PX = 14.0
LEAST_MOVE_PX = 0.5
LEGEND = ("still", "movement", "reflex_jerk", "twitch", "reflex_rhythm", "tremor", "unclear")
SHAPED = ("reflex_jerk", "twitch", "impact", "reflex_rhythm", "tremor", "unclear")
"""What the legend shows a sign of."""


class Lasting(Protocol):
    """A time of one state: a segment, or several drawn together."""

    @property
    def start_s(self) -> float:
        """Where it begins."""

    @property
    def end_s(self) -> float:
        """Where it ends."""

    @property
    def label(self) -> State:
        """The state."""


class Brief(Protocol):
    """An event."""

    @property
    def onset_s(self) -> float:
        """When it began."""

    @property
    def kind(self) -> str:
        """What it is shown as."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Story:
    """What a timeline tells.

    Attributes
    ----------
    start_s, end_s
        Left and right edge.
    segments, events, holds
        What happened.
    now
        State that goes on at the right, from and to; None without.
    gaps
        Missing time, named under the band.
    view, view_text
        What the plots show, framed, and what is written under the frame; None without.
    key
        What it is drawn from; while it stays the same, only the right edge moves. None is never the same.
    """

    start_s: float
    end_s: float
    segments: Sequence[Lasting] = ()
    events: Sequence[Brief] = ()
    holds: Sequence[Hold] = ()
    now: tuple[State, float, float] | None = None
    gaps: Sequence[tuple[float, float]] = ()
    view: tuple[float, float] | None = None
    view_text: str = ""
    key: object = None


class Timeline(QWidget):
    """Draws a story; a click asks to go there."""

    sought = Signal(float)

    def __init__(self, theme: Theme, *, legend: bool = True) -> None:
        super().__init__()
        self._theme = theme
        self.story = Story(start_s=0.0, end_s=SHORTEST_S)
        self._legend_shown = legend
        self.setFont(face(AXIS_SIZE_PX))
        self.setFixedHeight(96 if legend else 60)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName(tr("States, events and stretches over time"))

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme
        self.update()

    def tell(self, story: Story) -> None:
        """Draw a story, unless nobody could see a difference: a night moves by a pixel in half a minute."""
        before = self.story
        same = story.key is not None and story.key == before.key and story.start_s == before.start_s
        if same and self.width() * (story.end_s - before.end_s) < LEAST_MOVE_PX * (story.end_s - story.start_s):
            return
        self.story = story
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Ask to go to the time under the mouse."""
        self.sought.emit(self.time_at(event.position().x()))

    def time_at(self, x: float) -> float:
        """Time under a position, seconds."""
        return self.story.start_s + x / max(1, self.width()) * (self.story.end_s - self.story.start_s)

    def x_at(self, time_s: float) -> float:
        """Position of a time."""
        s = self.story
        return (time_s - s.start_s) / max(1e-6, s.end_s - s.start_s) * self.width()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw band, events, stretches, legend."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for segment in self.story.segments:
            self._span(painter, segment.label, segment.start_s, segment.end_s)
        if self.story.now is not None:
            self._span(painter, *self.story.now)
        for each in self.story.events:
            self._event(painter, self.x_at(each.onset_s), each.kind)
        self._stretches(painter)
        self._gaps(painter)
        if self._legend_shown:
            self._legend(painter)
        self.paint_more(painter)
        if self.story.view is not None:
            self._frame(painter, *self.story.view)
        painter.end()

    def paint_more(self, painter: QPainter) -> None:
        """Draw what a kind of timeline adds."""

    def _frame(self, painter: QPainter, start_s: float, end_s: float) -> None:
        """Frame what is in view; never narrower than can be seen."""
        left, right = self.x_at(start_s), self.x_at(end_s)
        if right - left >= self.width() - 2:
            return
        left, right = min(max(1.0, left), self.width() - 7.0), min(right, self.width() - 1.0)
        painter.setPen(QPen(QColor(self._theme.text), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        frame = QRectF(left, EVENTS_PX - 5, max(6.0, right - left), BAND_PX + 10)
        painter.drawRoundedRect(frame, 4, 4)
        middle = min(max(frame.center().x(), 50.0), self.width() - 50.0)
        box = QRectF(middle - 50, frame.bottom() + 1, 100, 15)
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, self.story.view_text)

    def _span(self, painter: QPainter, state: State, start_s: float, end_s: float) -> None:
        left, right = self.x_at(start_s), self.x_at(end_s)
        if state is State.NO_DATA or right < 0 or left > self.width():
            return
        box = QRectF(left, EVENTS_PX, max(1.0, right - left - 1), BAND_PX)
        colour = state_fill(self._theme, state.value)
        painter.setPen(Qt.PenStyle.NoPen)
        radius = 4 if box.width() > 8 else 0
        if state is State.UNCLEAR:
            # A hatch of its own on a quiet ground: it must not look like a hole.
            painter.setBrush(QColor(self._theme.raised))
            painter.drawRoundedRect(box, radius, radius)
            painter.setBrush(QBrush(colour, Qt.BrushStyle.BDiagPattern))
        else:
            painter.setBrush(colour)
        painter.drawRoundedRect(box, radius, radius)
        if state in (State.TREMOR, State.REFLEX_RHYTHM) and box.width() > 16:
            self._wave(painter, box, sharp=state is State.REFLEX_RHYTHM)

    def _wave(self, painter: QPainter, box: QRectF, *, sharp: bool) -> None:
        """Tremor is a wave, reflex rhythm a wider zigzag: shape says it without colour."""
        painter.setPen(QPen(QColor(self._theme.card), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        middle, step, height = box.center().y(), (7.0 if sharp else 3.5), (6.0 if sharp else 4.5)
        points, x, up = [], box.left() + 5, True
        while x < box.right() - 5:
            points.append(QPointF(x, middle + (-height if up else height)))
            x += step
            up = not up
        painter.drawPolyline(QPolygonF(points))

    def _event(self, painter: QPainter, x: float, kind: str) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._theme.states[kind]))
        if kind == "reflex_jerk":
            painter.drawPolygon(QPolygonF([QPointF(x - 5, 2), QPointF(x + 5, 2), QPointF(x, 11)]))
        elif kind == "impact":
            corners = [QPointF(x, 2), QPointF(x + 4.5, 7), QPointF(x, 12), QPointF(x - 4.5, 7)]
            painter.drawPolygon(QPolygonF(corners))
        else:
            painter.drawEllipse(QPointF(x, 7), 3.5, 3.5)

    def _stretches(self, painter: QPainter) -> None:
        y = EVENTS_PX + BAND_PX + 10
        for i, hold in enumerate(self.story.holds, 1):
            # A stretch that is still held reaches to now, not to the edge of the first minute.
            end_s = hold.end_s if hold.released or self.story.now is None else max(hold.end_s, self.story.now[2])
            left, right = self.x_at(hold.start_s), min(self.x_at(end_s), self.width() - 1.0)
            painter.setPen(QPen(QColor(self._theme.quiet), 1))
            corners = [QPointF(left, y - 5), QPointF(left, y), QPointF(right, y), QPointF(right, y - 5)]
            painter.drawPolyline(QPolygonF(corners))
            for text in (tr("stretch {i} · hold {time}", i=i, time=clock(end_s - hold.start_s)), str(i)):
                if right - left > painter.fontMetrics().horizontalAdvance(text) + 4:
                    painter.drawText(QRectF(left, y + 2, right - left, 16), Qt.AlignmentFlag.AlignCenter, text)
                    break

    def _gaps(self, painter: QPainter) -> None:
        painter.setPen(QColor(self._theme.quiet))
        room = painter.fontMetrics().horizontalAdvance(tr("gap")) + 6.0
        taken = -room
        for start_s, end_s in self.story.gaps:
            middle = 0.5 * (self.x_at(start_s) + self.x_at(end_s))
            if middle - taken < room:
                continue  # one word for several that stand close together
            taken = middle
            painter.drawText(
                QRectF(middle - 40, EVENTS_PX + BAND_PX + 3, 80, 16), Qt.AlignmentFlag.AlignCenter, tr("gap")
            )

    def _legend(self, painter: QPainter) -> None:
        x, y = 0.0, self.height() - 6.0
        impact = ("impact",) if any(each.kind == "impact" for each in self.story.events) else ()
        for name in (*LEGEND, *impact):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(state_fill(self._theme, name))
            painter.drawRoundedRect(QRectF(x, y - 10, 12, 12), 3, 3)
            painter.setPen(QColor(self._theme.quiet))
            text = f"{inside(state_name(name))} {SIGNS[name] if name in SHAPED else ''}".rstrip()
            painter.drawText(QPointF(x + 18, y), text)
            x += 18 + painter.fontMetrics().horizontalAdvance(text) + 28
