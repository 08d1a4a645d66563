"""Guide view: what it looks like, what to do now and next time, and whom to see."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

import guidance
from gui.i18n import foreign, number, tr
from gui.model import SessionModel
from gui.model.verdict import Verdict
from gui.theme import ADVICE_SIZE_PX, GRID_PX, STATE_SIZE_PX, Theme
from gui.views.card import Card, button, clear, label, quiet, wrapped
from gui.words import clock

BAR_PX = 160


class GuideView(QWidget):
    """Draws the advice that guidance gives."""

    check_in_wanted = Signal()
    report_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.verdict: Verdict | None = None
        self._answers = guidance.CheckIn()
        self._live: guidance.LiveAdvice | None = None
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(0, 0, 8, 0)
        self._column.setSpacing(GRID_PX + 4)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(inner)
        area.setAccessibleName(tr("Guide"))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)
        self._show()

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self.theme = theme
        self._show()

    def show_verdict(self, verdict: Verdict) -> None:
        """Show what a finished session or a recording looks like."""
        self.verdict, self._answers, self._live = verdict, verdict.check_in, None
        self._show()

    def show_live(self, model: SessionModel) -> None:
        """Show what is known while a session runs."""
        self._live = model.advice
        if self.verdict is None:
            self._show()

    def answered(self, answers: guidance.CheckIn) -> None:
        """Say that the check-in was taken, before there is anything to judge."""
        self._answers = answers
        self._show()

    def _show(self) -> None:
        clear(self._column)
        if self.verdict is None:
            self._show_nothing()
        else:
            self._show_verdict(self.verdict)
        self._column.addStretch()

    def _show_nothing(self) -> None:
        card = Card(self.theme)
        card.column.setContentsMargins(28, 24, 28, 24)
        card.column.addWidget(wrapped(label(tr("Nothing to go on yet."), STATE_SIZE_PX, QFont.Weight.Bold)))
        text = tr("When a session has ended, or a recording is open, what it looks like and what to do stands here.")
        card.column.addWidget(wrapped(quiet(text, size_px=16)))
        if self._live is not None:
            card.column.addWidget(wrapped(label(tr("Just now: {text}", text=foreign(self._live.text)), 16)))
            if self._live.why:
                why = tr("Because, at {time}: {why}.", time=clock(self._live.since_s), why=foreign(self._live.why))
                card.column.addWidget(wrapped(quiet(why)))
        card.column.addSpacing(12)
        card.column.addLayout(self._buttons(report=False))
        self._column.addWidget(card)

    def _buttons(self, *, report: bool) -> QHBoxLayout:
        row = QHBoxLayout()
        answered = len(self._answers.chosen)
        text = tr("Check-in: {n} answered", n=answered) if answered else tr("Check-in (20 s)")
        ask = button(text, tr("Twenty seconds of questions that sharpen the advice."), kind="primary")
        ask.clicked.connect(self.check_in_wanted)
        row.addWidget(ask)
        if report:
            page = button(tr("Report"), tr("Write the report page and open it in the browser."))
            page.clicked.connect(self.report_wanted)
            row.addWidget(page)
        row.addStretch()
        return row

    def _show_verdict(self, verdict: Verdict) -> None:
        advice = verdict.advice
        top = Card(self.theme)
        top.column.setContentsMargins(28, 22, 28, 22)
        top.column.setSpacing(8)
        top.column.addWidget(wrapped(quiet(verdict.title)))
        top.column.addWidget(wrapped(label(foreign(advice.verdict), 28, QFont.Weight.Bold)))
        top.column.addWidget(wrapped(label(foreign(advice.seen), 16)))
        for text in advice.history:
            top.column.addWidget(wrapped(quiet(foreign(text))))
        top.column.addSpacing(6)
        top.column.addLayout(self._buttons(report=True))
        self._column.addWidget(top)
        for help_card in advice.help_cards:
            self._column.addWidget(self._help(help_card))
        if verdict.guided is not None:
            self._column.addWidget(self._lines(foreign(verdict.guided.title), verdict.guided.sentences))
        row = QHBoxLayout()
        row.setSpacing(GRID_PX + 4)
        row.addWidget(self._actions(tr("Now"), advice.now, surface="good_surface"), 1)
        row.addWidget(self._actions(tr("Next time"), advice.next_time, surface="card"), 1)
        self._column.addLayout(row)
        if verdict.week is not None:
            self._column.addWidget(self._lines(tr("Your last seven days"), verdict.week.sentences))
        if advice.causes:
            self._column.addWidget(self._causes(advice))
        limits = Card(self.theme, tr("What this cannot tell"))
        limits.column.setContentsMargins(24, 14, 24, 18)
        for text in advice.limits:
            limits.column.addWidget(wrapped(quiet(foreign(text))))
        self._column.addWidget(limits)

    def _lines(self, title: str, lines: tuple[str, ...]) -> Card:
        card = Card(self.theme, title)
        card.column.setContentsMargins(24, 14, 24, 18)
        for text in lines:
            card.column.addWidget(wrapped(label(foreign(text), 15)))
        return card

    def _actions(self, title: str, actions: tuple[guidance.Action, ...], *, surface: str) -> Card:
        card = Card(self.theme, surface=surface)
        card.setAccessibleName(title)
        card.column.setContentsMargins(24, 18, 24, 18)
        heading = label(title, weight=QFont.Weight.DemiBold)
        heading.setObjectName("heading" if surface == "good_surface" else "quiet")
        card.column.addWidget(heading)
        for action in actions:
            card.column.addSpacing(6)
            card.column.addWidget(wrapped(label(foreign(action.text), ADVICE_SIZE_PX - 5, QFont.Weight.DemiBold)))
            for text in (action.how_long, action.why):
                if text:
                    card.column.addWidget(wrapped(label(foreign(text))))
            if action.expect:
                expected = tr("If it works: {what}", what=foreign(action.expect))
                card.column.addWidget(wrapped(quiet(f"{expected} {foreign(action.sure)}")))
        if not actions:
            card.column.addWidget(wrapped(quiet(tr("Nothing in particular."))))
        card.column.addStretch()
        return card

    def _causes(self, advice: guidance.Advice) -> Card:
        card = Card(self.theme, tr("What it could be"))
        card.aside.setText(tr("shares of the evidence, not probabilities"))
        card.column.setContentsMargins(24, 14, 24, 18)
        for cause in advice.causes:
            card.column.addSpacing(8)
            row = QHBoxLayout()
            name = label(foreign(cause.title), 16, QFont.Weight.DemiBold)
            row.addWidget(name)
            row.addWidget(quiet(foreign(cause.certainty)))
            row.addStretch()
            # What only answers can raise is something to ask about: it has no share of what the session looks like.
            if cause.from_sensor:
                row.addWidget(self._share(cause.weight))
                row.addWidget(label(f"{100 * cause.weight:.0f} %", weight=QFont.Weight.DemiBold))
            card.column.addLayout(row)
            for term in cause.terms:
                card.column.addWidget(wrapped(quiet(f"{number(term.value, '+.1f')}  {foreign(term.text)}")))
            for text in (cause.feels_like, cause.how_common, cause.help):
                if text:
                    card.column.addWidget(wrapped(label(foreign(text))))
        return card

    def _share(self, share: float) -> QLabel:
        bar = QLabel()
        bar.setFixedSize(BAR_PX, 8)
        accent, rest = self.theme.states["tremor"], self.theme.line
        # A gradient with a hard edge: a bar without a widget of its own.
        edge = f"stop:{share:.3f} {accent}, stop:{min(1.0, share + 0.001):.3f} {rest}"
        bar.setStyleSheet(
            f"border-radius: 4px; background: qlineargradient(x1:0, x2:1, stop:0 {accent}, {edge}, stop:1 {rest});"
        )
        return bar

    def _help(self, card: guidance.HelpCard) -> Card:
        made = Card(self.theme)
        made.set_accent(self.theme.trouble if card.level in ("emergency", "today") else self.theme.good)
        made.column.setContentsMargins(28, 16, 24, 16)
        made.column.addWidget(wrapped(label(foreign(card.text), 16, QFont.Weight.DemiBold)))
        if card.show:
            made.column.addWidget(wrapped(quiet(tr("Show them: {what}", what=foreign(card.show)))))
        return made
