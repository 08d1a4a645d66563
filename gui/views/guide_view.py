"""Guide view: what it looks like, what to do now and next time, and whom to see."""

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

import dsp
import guidance
import session
from gui.i18n import tr
from gui.model import SessionModel
from gui.theme import ADVICE_SIZE_PX, GRID_PX, STATE_SIZE_PX, Theme
from gui.views.card import Card, button, clear, label, quiet, wrapped

BAR_PX = 160


class GuideView(QWidget):
    """Draws the advice that guidance gives."""

    check_in_wanted = Signal()
    report_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.theme = theme
        self.check_in = guidance.CheckIn()
        self.advice: guidance.Advice | None = None
        self._analyses: Mapping[str, dsp.Analysis] = {}
        self._title = ""
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

    def show_analyses(self, analyses: Mapping[str, dsp.Analysis], title: str) -> None:
        """Show what a finished session or a recording looks like."""
        self._analyses, self._title, self._live = dict(analyses), title, None
        self._advise()

    def show_live(self, model: SessionModel) -> None:
        """Show what is known while a session runs."""
        self._live = model.advice
        if not self._analyses:
            self._show()

    def take_check_in(self, check_in: guidance.CheckIn) -> None:
        """Take the answers."""
        self.check_in = check_in
        self._advise()

    def _advise(self) -> None:
        if self._analyses:
            self.advice = session.make_advice(self._analyses, checkin=self.check_in)
        self._show()

    def _show(self) -> None:
        clear(self._column)
        if self.advice is None:
            self._show_nothing()
        else:
            self._show_advice(self.advice)
        self._column.addStretch()

    def _show_nothing(self) -> None:
        card = Card(self.theme)
        card.column.setContentsMargins(28, 24, 28, 24)
        card.column.addWidget(wrapped(label(tr("Nothing to go on yet."), STATE_SIZE_PX, QFont.Weight.Bold)))
        text = tr("When a session has ended, or a recording is open, what it looks like and what to do stands here.")
        card.column.addWidget(wrapped(quiet(text, size_px=16)))
        if self._live is not None:
            card.column.addWidget(wrapped(label(tr("Just now: {text}", text=self._live.text), 16)))
            if self._live.why:
                card.column.addWidget(wrapped(quiet(tr("Because: {why}.", why=self._live.why))))
        card.column.addSpacing(12)
        card.column.addLayout(self._buttons(report=False))
        self._column.addWidget(card)

    def _buttons(self, *, report: bool) -> QHBoxLayout:
        row = QHBoxLayout()
        answered = len(self.check_in.chosen)
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

    def _show_advice(self, advice: guidance.Advice) -> None:
        top = Card(self.theme)
        top.column.setContentsMargins(28, 22, 28, 22)
        top.column.setSpacing(8)
        top.column.addWidget(quiet(self._title))
        top.column.addWidget(wrapped(label(advice.verdict, 28, QFont.Weight.Bold)))
        top.column.addWidget(wrapped(label(advice.seen, 16)))
        for text in advice.history:
            top.column.addWidget(wrapped(quiet(text)))
        top.column.addSpacing(6)
        top.column.addLayout(self._buttons(report=True))
        self._column.addWidget(top)
        for help_card in advice.help_cards:
            self._column.addWidget(self._help(help_card))
        row = QHBoxLayout()
        row.setSpacing(GRID_PX + 4)
        row.addWidget(self._actions(tr("Now"), advice.now, surface="good_surface"), 1)
        row.addWidget(self._actions(tr("Next time"), advice.next_time, surface="card"), 1)
        self._column.addLayout(row)
        if advice.causes:
            self._column.addWidget(self._causes(advice))
        limits = Card(self.theme, tr("What this cannot tell"))
        for text in advice.limits:
            limits.column.addWidget(wrapped(quiet(text)))
        self._column.addWidget(limits)

    def _actions(self, title: str, actions: tuple[guidance.Action, ...], *, surface: str) -> Card:
        card = Card(self.theme, surface=surface)
        card.setAccessibleName(title)
        card.column.setContentsMargins(24, 18, 24, 18)
        heading = label(title, weight=QFont.Weight.DemiBold)
        heading.setObjectName("heading" if surface == "good_surface" else "quiet")
        card.column.addWidget(heading)
        for action in actions:
            card.column.addSpacing(6)
            card.column.addWidget(wrapped(label(action.text, ADVICE_SIZE_PX - 5, QFont.Weight.DemiBold)))
            for text in (action.how_long, action.why):
                if text:
                    card.column.addWidget(wrapped(label(text)))
            if action.expect:
                card.column.addWidget(wrapped(quiet(tr("If it works: {what}", what=action.expect))))
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
            name = label(cause.title, 16, QFont.Weight.DemiBold)
            row.addWidget(name)
            row.addWidget(quiet(cause.certainty))
            row.addStretch()
            row.addWidget(self._share(cause.weight))
            row.addWidget(label(f"{100 * cause.weight:.0f} %", weight=QFont.Weight.DemiBold))
            card.column.addLayout(row)
            for term in cause.terms:
                card.column.addWidget(wrapped(quiet(f"{term.value:+.1f}  {term.text}".replace("-", "−", 1))))
            for text in (cause.feels_like, cause.how_common):
                if text:
                    card.column.addWidget(wrapped(label(text)))
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
        made.column.addWidget(wrapped(label(card.text, 16, QFont.Weight.DemiBold)))
        if card.show:
            made.column.addWidget(wrapped(quiet(tr("Show them: {what}", what=card.show))))
        return made
