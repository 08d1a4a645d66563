"""Why card: the evidence behind the label of a span."""

from itertools import accumulate

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QResizeEvent
from PySide6.QtWidgets import QLabel, QWidget

import dsp
from gui.i18n import foreign, inside, number, tr
from gui.theme import AXIS_SIZE_PX, Theme
from gui.views.card import Card, label, quiet, wrapped
from gui.words import state_name

MOST_TERMS = 5
VALUE_PX, ROW_GAP_PX = 44, 6


class WhyCard(Card):
    """The evidence behind the label of a span."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, tr("Why"))
        self.terms = Terms()
        self.hint = wrapped(quiet(""))
        self.hint.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.column.addWidget(self.hint)
        self.column.addWidget(self.terms, 1)
        self._shown: object = self

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        super().set_theme(theme)
        self._shown = self

    def draw(self, segment: dsp.Segment | None) -> None:
        """Show the terms of a segment; without one, say how to come by them."""
        if segment is self._shown:
            return
        self._shown = segment
        if segment is None:
            self.title.setText(tr("Why"))
            self.aside.setText("")
            self._say([], tr("Select a span, or press play: the evidence stands here."))
            return
        if segment.label is dsp.State.NO_DATA:
            self.title.setText(tr("Why {name}", name=inside(state_name(segment.label.value))))
            self.aside.setText("")
            self._say([], tr("Data are missing here."))
            return
        tired = segment.fatigue is not None and segment.fatigue.is_fatigue
        name = inside(state_name(segment.label.value, tiring=tired))
        other = inside(state_name(segment.runner_up.value)) if segment.runner_up is not None else ""
        self.title.setText(
            tr("Why {name}, not {other}", name=name, other=other) if other else tr("Why {name}", name=name)
        )
        self.aside.setText(f"{dsp.percent_sure(segment.confidence)} %")
        terms = [*segment.evidence, *(segment.fatigue.terms if segment.fatigue is not None else ())]
        states = self.theme.states
        against = states[(segment.runner_up or segment.label).value]
        rows = [
            (number(t.value, "+.1f"), foreign(t.text), states[segment.label.value] if t.value >= 0 else against)
            for t in terms[:MOST_TERMS]
        ]
        self._say(rows, "" if rows else tr("Two states are about as likely here."))

    def _say(self, rows: list[tuple[str, str, str]], hint: str) -> None:
        self.hint.setText(hint)
        self.hint.setVisible(bool(hint))
        self.terms.show_rows(rows)


class Terms(QWidget):
    """Terms below each other: those that fit whole, and how many do not; all of them stand in the tool tip."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[tuple[QLabel, QLabel]] = []
        for _ in range(MOST_TERMS):
            value, text = label("", 14, QFont.Weight.Bold), wrapped(label(""))
            for each in (value, text):
                each.setParent(self)
                each.setAlignment(Qt.AlignmentFlag.AlignTop)
                each.hide()
            self._rows.append((value, text))
        self._more = quiet("", size_px=AXIS_SIZE_PX)
        self._more.setParent(self)
        self._more.hide()

    def show_rows(self, rows: list[tuple[str, str, str]]) -> None:
        """Show each term's value, its words, and the value in its colour."""
        for i, (value, text) in enumerate(self._rows):
            said = rows[i] if i < len(rows) else ("", "", "")
            value.setText(said[0])
            value.setStyleSheet(f"color: {said[2]};" if said[2] else "")
            text.setText(said[1])
            wrapped(text)
        whole = "\n".join(f"{value}  {text}" for value, text, _ in rows)
        self.setToolTip(whole)
        self.setAccessibleDescription(whole)
        self._place()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for one term."""
        return QSize(160, 2 * self.fontMetrics().lineSpacing())

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for what most spans show."""
        return QSize(160, 7 * self.fontMetrics().lineSpacing())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Place the terms anew."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        said = [(value, text) for value, text in self._rows if text.text()]
        room, line = max(1, self.width() - VALUE_PX), self._more.sizeHint().height()
        heights = [max(value.sizeHint().height(), text.heightForWidth(room)) for value, text in said]
        ends = list(accumulate(heights, lambda end, height: end + ROW_GAP_PX + height))
        count = len(said)
        if ends and ends[-1] > self.height():
            count = sum(end + line <= self.height() for end in ends)
        for i, (value, text) in enumerate(self._rows):
            for each, x, width in ((value, 0, VALUE_PX), (text, VALUE_PX, room)):
                each.setVisible(i < count)
                if i < count:
                    each.setGeometry(x, ends[i] - heights[i], width, heights[i])
        self._more.setText(tr("and {n} more", n=len(said) - count))
        self._more.setVisible(count < len(said))
        self._more.setGeometry(VALUE_PX, ends[count - 1] if count else 0, room, line)
