"""Calendar: a month at a time, the days with sessions underlined."""

from collections.abc import Mapping
from datetime import date

from PySide6.QtCore import QDate, QLocale, Qt
from PySide6.QtGui import QColor, QFont, QTextCharFormat
from PySide6.QtWidgets import QCalendarWidget, QToolButton

from gui.i18n import spoken, tr
from gui.icons import icon
from gui.theme import Theme

ARROWS = {"qt_calendar_prevmonth": "back", "qt_calendar_nextmonth": "on"}


class Calendar(QCalendarWidget):
    """The calendar in our own colours: Qt's has red week-ends and black arrows."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setAccessibleName(tr("Calendar of sessions"))
        self.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        self.setHorizontalHeaderFormat(QCalendarWidget.HorizontalHeaderFormat.SingleLetterDayNames)
        self.setLocale(QLocale(spoken()))
        self.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
        self._days: dict[date, int] = {}
        self.set_theme(theme)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        usual = QTextCharFormat()
        usual.setForeground(QColor(theme.text))
        quiet = QTextCharFormat()
        quiet.setForeground(QColor(theme.quiet))
        self.setHeaderTextFormat(quiet)
        for day in Qt.DayOfWeek:
            self.setWeekdayTextFormat(day, usual)
        for name, drawing in ARROWS.items():
            arrow = self.findChild(QToolButton, name)
            if isinstance(arrow, QToolButton):
                arrow.setIcon(icon(drawing, theme.text))
                arrow.setAccessibleName(tr("Month before") if drawing == "back" else tr("Next month"))
        self._accent = QColor(theme.states["movement"])
        self.show_days(self._days)

    def show_days(self, days: Mapping[date, int]) -> None:
        """Mark the days that have sessions."""
        self._days = dict(days)
        self.setDateTextFormat(QDate(), QTextCharFormat())
        for day, count in days.items():
            marked = QTextCharFormat()
            marked.setFontWeight(QFont.Weight.Bold)
            marked.setFontUnderline(True)
            marked.setForeground(self._accent)
            marked.setToolTip(tr("{n} sessions", n=count))
            self.setDateTextFormat(QDate(day.year, day.month, day.day), marked)
