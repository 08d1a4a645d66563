"""Icons: a few line drawings of our own, painted in the colours of the theme."""

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPainterPath, QPen, QPixmap, QPolygonF

SIZE = 22.0
SCALE = 3
"""Drawn three times as large, for screens of up to 300 %."""


def icon(name: str, colour: str) -> QIcon:
    """One of the drawings in a colour."""
    side = round(SIZE * SCALE)
    pixmap = QPixmap(side, side)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(SCALE, SCALE)
    painter.setPen(QPen(QColor(colour), 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    _DRAWINGS[name](painter)
    painter.end()
    return QIcon(pixmap)


def _line(p: QPainter, *points: tuple[float, float]) -> None:
    p.drawPolyline(QPolygonF([QPointF(x, y) for x, y in points]))


def _live(p: QPainter) -> None:
    _line(p, (2, 12), (6, 12), (8.5, 5), (12.5, 18), (15, 9), (16.5, 12), (20, 12))


def _replay(p: QPainter) -> None:
    p.drawEllipse(QPointF(11, 11), 8.5, 8.5)
    _line(p, (9, 7.2), (15, 11), (9, 14.8), (9, 7.2))


def _library(p: QPainter) -> None:
    for x, top in ((4, 4), (8.5, 4)):
        p.drawRoundedRect(QRectF(x, top, 4, 14.5), 1, 1)
    _line(p, (13.8, 6), (17, 5), (20, 17.5), (16.8, 18.5), (13.8, 6))


def _guide(p: QPainter) -> None:
    path = QPainterPath(QPointF(11, 18.5))
    path.cubicTo(2, 13, 2, 4.5, 7, 4.2)
    path.cubicTo(9, 4.2, 10.4, 5.4, 11, 7)
    path.cubicTo(11.6, 5.4, 13, 4.2, 15, 4.2)
    path.cubicTo(20, 4.5, 20, 13, 11, 18.5)
    p.drawPath(path)


def _report(p: QPainter) -> None:
    _line(p, (5, 3), (13, 3), (17, 7), (17, 19), (5, 19), (5, 3))
    for y in (9, 12, 15):
        _line(p, (8, y), (14, y))


def _help(p: QPainter) -> None:
    path = QPainterPath(QPointF(7.5, 8))
    path.cubicTo(7.5, 3.2, 14.5, 3.2, 14.5, 8)
    path.cubicTo(14.5, 11, 11, 10.6, 11, 14)
    p.drawPath(path)
    p.drawPoint(QPointF(11, 17.6))


def _menu(p: QPainter) -> None:
    for y in (6, 11, 16):
        _line(p, (4, y), (18, y))


def _theme(p: QPainter) -> None:
    p.drawEllipse(QPointF(11, 11), 7.5, 7.5)
    p.setBrush(p.pen().color())
    p.drawPie(QRectF(3.5, 3.5, 15, 15), 90 * 16, 180 * 16)


def _back(p: QPainter) -> None:
    _line(p, (13, 5), (7, 11), (13, 17))


def _on(p: QPainter) -> None:
    _line(p, (9, 5), (15, 11), (9, 17))


def _tremor(p: QPainter) -> None:
    path = QPainterPath(QPointF(2, 11))
    for x in (2.0, 11.0):
        path.cubicTo(x + 1.5, 1.0, x + 3.0, 1.0, x + 4.5, 11)
        path.cubicTo(x + 6.0, 21.0, x + 7.5, 21.0, x + 9.0, 11)
    pen = p.pen()
    pen.setWidthF(2.2)
    p.setPen(pen)
    p.drawPath(path)


def _nothing(p: QPainter) -> None:
    """Take the room of a sign where there is none, so that numbers stand below each other."""


def _jerk(p: QPainter) -> None:
    p.setBrush(p.pen().color())
    p.drawPolygon(QPolygonF([QPointF(4, 5), QPointF(18, 5), QPointF(11, 17.5)]))


_DRAWINGS: dict[str, Callable[[QPainter], None]] = {
    "live": _live,
    "replay": _replay,
    "library": _library,
    "guide": _guide,
    "report": _report,
    "help": _help,
    "menu": _menu,
    "theme": _theme,
    "back": _back,
    "on": _on,
    "tremor": _tremor,
    "reflex_jerk": _jerk,
    "nothing": _nothing,
}
