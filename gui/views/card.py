"""Card: a rounded surface with a quiet title, and the small parts that stand on it."""

import re

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPainterPath, QPaintEvent, QPen, QPolygonF, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from gui.theme import BODY_SIZE_PX, RADIUS_PX, Theme, face

ACCENT_PX = 6.0
NUMBER_AND_UNIT = re.compile(r"(?<=\d) (?=(?:Hz|mg|g|mm|dB|s|%|°/s|deg/s)(?!\w))")
"""The space between a number and its unit."""


class Card(QFrame):
    """A rounded surface.

    Parameters
    ----------
    theme
        Colours.
    title
        Quiet heading; empty for none.
    surface
        Name of the theme's colour it is painted in.
    """

    def __init__(self, theme: Theme, title: str = "", *, surface: str = "card") -> None:
        super().__init__()
        self.theme = theme
        self._surface = surface
        self._accent = ""
        self.setAccessibleName(title)
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(16, 10, 16, 10)
        self.column.setSpacing(4)
        self.title = quiet(title)
        self.aside = quiet("")
        self.heading = QHBoxLayout()
        if title:
            self.heading.addWidget(self.title)
            self.heading.addStretch()
            self.heading.addWidget(self.aside)
            self.column.addLayout(self.heading)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self.theme = theme
        self.update()

    def set_accent(self, colour: str) -> None:
        """Paint a bar of `colour` at the left edge; none when empty."""
        if colour != self._accent:
            self._accent = colour
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the surface."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        path = QPainterPath()
        path.addRoundedRect(QRectF(self.rect()), RADIUS_PX, RADIUS_PX)
        painter.fillPath(path, QColor(getattr(self.theme, self._surface)))
        if self._accent:
            painter.setClipPath(path)
            painter.fillRect(QRectF(0, 0, ACCENT_PX, self.height()), QColor(self._accent))
        painter.end()


class Chip(QLabel):
    """Words on a rounded surface; what does not fit ends in dots and stands whole in the tool tip."""

    PADDING_PX = 11
    SIZES_PX = (13, 12, 11)
    """Tried in turn, until all words have room."""

    def __init__(self) -> None:
        super().__init__()
        self._colour = ""
        self.setFont(face(BODY_SIZE_PX))
        self.setFixedHeight(28)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def set_colour(self, colour: str) -> None:
        """Paint the surface in `colour`."""
        if colour != self._colour:
            self._colour = colour
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for the whole text."""
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 2 * self.PADDING_PX + 2, 28)

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for a few letters."""
        return QSize(60, 28)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint surface and words."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._colour))
        painter.drawRoundedRect(QRectF(self.rect()), 14, 14)
        painter.setPen(self.palette().windowText().color())
        room = self.width() - 2 * self.PADDING_PX
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
        painter.drawText(self.rect().adjusted(self.PADDING_PX, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()


class ChipRow(QWidget):
    """Chips side by side; where there is no room for all their words, the longest are cut first."""

    SPACING_PX = 8

    def __init__(self, count: int) -> None:
        super().__init__()
        self.chips = [Chip() for _ in range(count)]
        for chip in self.chips:
            chip.setParent(self)
        self.setFixedHeight(28)

    def show_texts(self, texts: list[str], colour: str) -> None:
        """Show a chip for each text."""
        for i, chip in enumerate(self.chips):
            text = texts[i] if i < len(texts) else ""
            chip.setText(text)
            chip.setToolTip(text)
            chip.set_colour(colour)
            chip.setVisible(bool(text))
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Share the room anew."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        shown = [c for c in self.chips if c.text()]
        room = self.width() - self.SPACING_PX * (len(shown) - 1)
        for size_px in Chip.SIZES_PX:
            for chip in shown:
                chip.setFont(face(size_px))
            if sum(c.sizeHint().width() for c in shown) <= room:
                break
        widths = fair_widths([c.sizeHint().width() for c in shown], room)
        x = 0
        for chip, width in zip(shown, widths, strict=True):
            chip.setGeometry(x, 0, width, 28)
            x += width + self.SPACING_PX


def fair_widths(wanted: list[int], room: int) -> list[int]:
    """Share `room`: whoever needs little gets it, the others share the rest alike."""
    left, given = room, [0] * len(wanted)
    for n, i in enumerate(sorted(range(len(wanted)), key=lambda i: wanted[i])):
        given[i] = min(wanted[i], left // (len(wanted) - n))
        left -= given[i]
    return given


class Combo(QComboBox):
    """A choice with a quiet arrow of our own: the style's has a bevel."""

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the choice and its arrow."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(self.palette().placeholderText().color(), 1.5))
        x, y = self.width() - 16.0, self.height() / 2.0
        painter.drawPolyline(QPolygonF([QPointF(x - 4, y - 2), QPointF(x, y + 2), QPointF(x + 4, y - 2)]))
        painter.end()


class Elided(QLabel):
    """A line that ends in dots where there is no room for all of it."""

    def __init__(self, text: str = "", *, name: str = "") -> None:
        super().__init__(text)
        self.setObjectName(name)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint what fits."""
        del event
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), self.alignment() | Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()


def quiet(text: str, *, size_px: float = BODY_SIZE_PX) -> QLabel:
    """Label in the quiet colour."""
    label = QLabel(text)
    label.setObjectName("quiet")
    label.setFont(face(size_px))
    return label


def label(text: str, size_px: float = BODY_SIZE_PX, weight: QFont.Weight = QFont.Weight.Normal) -> QLabel:
    """Label of a size and weight."""
    made = QLabel(text)
    made.setFont(face(size_px, weight))
    return made


def wrapped(made: QLabel) -> QLabel:
    """Let the words of a label run over several lines; a number stays with its unit."""
    made.setText(NUMBER_AND_UNIT.sub("\N{NO-BREAK SPACE}", made.text()).replace("/s", "/\N{WORD JOINER}s"))
    made.setWordWrap(True)
    return made


def button(text: str, name: str, *, kind: str = "") -> QPushButton:
    """Button with an accessible name."""
    made = QPushButton(text)
    made.setObjectName(kind)
    made.setAccessibleName(name)
    made.setToolTip(name)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    return made


def carded(theme: Theme, title: str, inner: QWidget) -> Card:
    """Card around one widget."""
    card = Card(theme, title)
    card.column.addWidget(inner, 1)
    return card


def clear(layout: QVBoxLayout | QHBoxLayout) -> None:
    """Take everything out of a layout."""
    while (item := layout.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.setParent(None)
            widget.deleteLater()
        inner = item.layout()
        if isinstance(inner, QVBoxLayout | QHBoxLayout):
            clear(inner)


def clear_grid(grid: QGridLayout) -> None:
    """Take everything out of a grid."""
    while (item := grid.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.setParent(None)
            widget.deleteLater()
