"""Overview: the whole recording as a band, with a frame around what is in view."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QMouseEvent, QPainter

from gui.i18n import tr
from gui.model import Document
from gui.theme import Theme
from gui.views.timeline import BAND_PX, EVENTS_PX, Story, Timeline
from gui.words import clock


class Overview(Timeline):
    """The whole recording; press or drag to look elsewhere."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, legend=False)
        self.setAccessibleName(tr("The whole recording"))

    def follow(self, document: Document) -> None:
        """Show a document."""
        found = document.analysis
        self.tell(
            Story(
                start_s=document.start_s,
                end_s=document.end_s,
                segments=found.segments if found is not None else (),
                events=(),
                gaps=document.recording.gaps,
                view=document.view,
                view_text=tr("view {time}", time=clock(document.view[1] - document.view[0])),
            )
        )

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Look where the mouse is."""
        self.sought.emit(self.time_at(event.position().x()))

    def paint_more(self, painter: QPainter) -> None:
        """Draw an empty band until states are known."""
        if not self.story.segments:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(self._theme.line))
            painter.drawRoundedRect(QRectF(0, EVENTS_PX, self.width(), BAND_PX), 4, 4)
