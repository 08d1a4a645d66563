"""Side cards: what to do now, the hold timer, the events."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import (
    QGraphicsOpacityEffect,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
)

from dsp import State
from gui.i18n import foreign, inside, number, tr
from gui.model import EventRow, SessionModel, StreamModel
from gui.theme import ADVICE_SIZE_PX, Theme
from gui.views.card import Card, button, label, quiet, wrapped
from gui.words import SIGNS, clock, size_g, state_name

FADE_STEPS = 10
"""Drawings (half a second) over which new advice fades in."""
ROW_PX = 28
TIME, KIND, TEXT, VALUE = (Qt.ItemDataRole.UserRole + i for i in range(4))


class AdviceCard(Card):
    """One calm sentence, and why."""

    why_wanted = Signal()
    mine = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, surface="good_surface")
        self.setAccessibleName(tr("What to do now"))
        heading = label(tr("What to do now"), weight=QFont.Weight.DemiBold)
        heading.setObjectName("heading")
        self.text = wrapped(label("", ADVICE_SIZE_PX, QFont.Weight.DemiBold))
        self.why = wrapped(quiet(""))
        self.column.setContentsMargins(20, 14, 16, 12)
        self.column.setSpacing(8)
        for widget in (heading, self.text, self.why):
            self.column.addWidget(widget)
        self.column.addStretch()
        row = QHBoxLayout()
        why = button(tr("Why?"), tr("Show what the advice rests on"), kind="pill")
        was_me = button(tr("Was that me?"), tr("Mark that you moved on purpose"), kind="pill")
        why.clicked.connect(self.why_wanted)
        was_me.clicked.connect(self.mine)
        row.addWidget(why)
        row.addWidget(was_me)
        row.addStretch()
        self.column.addLayout(row)
        self._effect = QGraphicsOpacityEffect(self)
        self.text.setGraphicsEffect(self._effect)
        self._fade = FADE_STEPS
        self._effect.setEnabled(False)

    def draw(self, model: SessionModel, *, gone: bool = False) -> None:
        """Show the advice; a new one fades in. While the sensor is `gone` there is nothing to advise on."""
        self.setVisible(model.guided is None)
        advice = model.advice
        if gone:
            text, why = tr("The sensor is away. Rest until it is back."), tr("What is recorded so far is safe.")
        elif advice is None:
            text, why = tr("Lie still for a moment."), tr("The first seconds show what your leg does at rest.")
        else:
            text = foreign(advice.text)
            at = clock(advice.since_s)
            why = tr("Because, at {time}: {why}.", time=at, why=foreign(advice.why)) if advice.why else ""
        if text != self.text.text():
            self.text.setText(text)
            self.why.setText(why)
            self._fade = 0
        if self._fade < FADE_STEPS:
            self._fade += 1
            self._effect.setOpacity(0.2 + 0.8 * self._fade / FADE_STEPS)
            # The effect costs a detour through an image: only while it fades.
            self._effect.setEnabled(self._fade < FADE_STEPS)


class HoldCard(Card):
    """How long the stretch has been held, and when the shaking began."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, tr("Hold"))
        self.time = label("–", 42, QFont.Weight.Bold)
        self.began = label("")
        self.last = quiet("")
        self.column.setSpacing(0)
        row = QHBoxLayout()
        row.addWidget(self.time)
        row.addStretch()
        right = QVBoxLayout()
        right.setSpacing(4)
        right.addStretch()
        for each in (self.began, self.last):
            right.addWidget(each, alignment=Qt.AlignmentFlag.AlignRight)
        right.addStretch()
        row.addLayout(right)
        self.column.addLayout(row)

    def draw(self, stream: StreamModel) -> None:
        """Show the hold."""
        ended = [h for h in stream.holds if h.released]
        last = tr("last one {n} s", n=round(ended[-1].end_s - ended[-1].start_s)) if ended else tr("no stretch yet")
        self.last.setText(last)
        self.began.setStyleSheet(f"color: {self.theme.states['tremor']};")
        live = stream.live
        if live is None or live.hold_start_s is None or stream.gone:
            self.time.setText("–")
            self.began.setText("")
            return
        self.time.setText(clock(live.time_s - live.hold_start_s))
        after_s = tremor_after_s(stream)
        self.began.setText(tr("tremor after {n} s", n=round(after_s)) if after_s is not None else "")


def tremor_after_s(stream: StreamModel) -> float | None:
    """Seconds from the start of the current hold to its first tremor; None without."""
    live = stream.live
    if live is None or live.hold_start_s is None:
        return None
    start_s = live.hold_start_s
    shaking = [s.start_s for s in stream.segments if s.label is State.TREMOR and s.end_s > start_s]
    if live.label is State.TREMOR:
        shaking.append(live.since_s)
    return max(0.0, min(shaking) - start_s) if shaking else None


class EventsCard(Card):
    """What happened, newest first."""

    wanted = Signal(float)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, tr("Events"))
        self._shown: object = None
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Events, newest first"))
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setItemDelegate(_RowDelegate(self))
        self.list.itemActivated.connect(lambda item: self.wanted.emit(float(item.data(TIME))))
        self._empty = wrapped(quiet(tr("Kicks, twitches and stretches will be listed here.")))
        self.column.addWidget(self._empty)
        self.column.addWidget(self.list, 1)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        super().set_theme(theme)
        self._shown = None

    def show_rows(self, rows: list[EventRow], key: object) -> None:
        """Show lines; nothing to do while `key` stays the same."""
        if key == self._shown:
            return
        self._shown = key
        self.list.clear()
        self._empty.setVisible(not rows)
        for row in reversed(rows):
            text, value = row_words(row)
            item = QListWidgetItem(f"{clock(row.time_s)} {text} {value}")
            for role, data in ((TIME, row.time_s), (KIND, row.kind), (TEXT, text), (VALUE, value)):
                item.setData(role, data)
            self.list.addItem(item)


def row_words(row: EventRow) -> tuple[str, str]:
    """Words of a line: what happened, and its number."""
    if row.kind == "marker":
        return tr("marker"), ""
    if row.kind == "movement":
        text = tr("stretch, fast") if row.flag == "fast" else tr("stretch, slow")
        return text, f"{row.value:.0f} {row.unit}"
    if row.unit == "g":
        return inside(state_name(row.kind)), size_g(row.value)
    text = state_name(row.kind, tiring=row.flag == "fatigue")
    return tr("{what} begins", what=inside(text)), f"{number(row.value)} {row.unit}"


class _RowDelegate(QStyledItemDelegate):
    """Paints time, what, and number as three columns."""

    def __init__(self, card: EventsCard) -> None:
        super().__init__(card)
        self._card = card

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:  # noqa: N802 - Qt's name
        """One line."""
        del option, index
        return QSize(120, ROW_PX)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint a line."""
        theme = self._card.theme
        box: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected and state & QStyle.StateFlag.State_HasFocus:
            painter.fillRect(box, QColor(theme.raised))
        kind = index.data(KIND)
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setPen(QColor(theme.quiet))
        painter.drawText(box.adjusted(0, 0, 0, 0), middle, clock(index.data(TIME)))
        painter.drawText(box.adjusted(0, 0, -6, 0), middle | Qt.AlignmentFlag.AlignRight, index.data(VALUE))
        accent = theme.quiet if kind in ("movement", "marker") else theme.states[kind]
        painter.setPen(QColor(accent))
        painter.drawText(box.adjusted(48, 0, 0, 0), middle, SIGNS[kind])
        painter.setPen(QColor(theme.text if kind in ("movement", "marker") else accent))
        words = box.adjusted(68, 0, -(painter.fontMetrics().horizontalAdvance(index.data(VALUE)) + 14), 0)
        fitting = painter.fontMetrics().elidedText(index.data(TEXT), Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, middle, fitting)
        painter.restore()
