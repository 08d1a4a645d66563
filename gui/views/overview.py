"""Overview: the whole recording as a band, with a frame around what is in view."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen

from gui.i18n import tr
from gui.model import Document
from gui.theme import Theme
from gui.views.timeline import BAND_PX, EVENTS_PX, Story, Timeline
from gui.words import clock


class Overview(Timeline):
    """The whole recording; press or drag to look elsewhere."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, legend=False)
        self._view = (0.0, 0.0)
        self.setAccessibleName(tr("The whole recording"))

    def follow(self, document: Document) -> None:
        """Show a document."""
        found = document.analysis
        self._view = document.view
        self.tell(
            Story(
                start_s=document.start_s,
                end_s=document.end_s,
                segments=found.segments if found is not None else (),
                events=(),
                gaps=document.recording.gaps,
            )
        )

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Look where the mouse is."""
        self.sought.emit(self.time_at(event.position().x()))

    def paint_more(self, painter: QPainter) -> None:
        """Draw the frame."""
        left, right = self.x_at(self._view[0]), self.x_at(self._view[1])
        if not self.story.segments:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._theme.line))
            painter.drawRoundedRect(QRectF(0, EVENTS_PX, self.width(), BAND_PX), 4, 4)
        if right - left >= self.width() - 2:
            return
        painter.setPen(QPen(QColor(self._theme.text), 1.5))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        frame = QRectF(
            max(1.0, left), EVENTS_PX - 5, max(6.0, min(right, self.width() - 1.0) - max(1.0, left)), BAND_PX + 10
        )
        painter.drawRoundedRect(frame, 4, 4)
        text = tr("view {time}", time=clock(self._view[1] - self._view[0]))
        middle = min(max(frame.center().x(), 50.0), self.width() - 50.0)
        painter.setPen(QColor(self._theme.text))
        painter.drawText(QRectF(middle - 50, frame.bottom() + 1, 100, 15), Qt.AlignmentFlag.AlignCenter, text)
