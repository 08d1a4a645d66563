"""Guided card: the step of a guided session that is due, how long it lasts, and what comes next."""

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout

from dsp import Side
from gui.i18n import foreign, tr
from gui.model import SessionModel
from gui.theme import ADVICE_SIZE_PX, Theme
from gui.views.card import Card, button, label, quiet, wrapped
from gui.words import SIDES

BAR_PX = 4.0


class GuidedCard(Card):
    """What to do in this step."""

    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, surface="good_surface")
        self.setAccessibleName(tr("Guided session"))
        self.heading_text = label("", weight=QFont.Weight.DemiBold)
        self.heading_text.setObjectName("heading")
        self.time = label("", ADVICE_SIZE_PX, QFont.Weight.Bold)
        self.text = wrapped(label("", ADVICE_SIZE_PX, QFont.Weight.DemiBold))
        self.then = wrapped(quiet(""))
        self.column.setContentsMargins(20, 14, 16, 12)
        self.column.setSpacing(8)
        top = QHBoxLayout()
        top.addWidget(self.heading_text, 1)
        top.addWidget(self.time)
        self.column.addLayout(top)
        self.column.addWidget(self.text)
        self.column.addStretch()
        self.column.addWidget(self.then)
        end = button(tr("Leave the guided session"), tr("Leave the guided session; the session goes on"), kind="pill")
        end.clicked.connect(self.left)
        self.column.addWidget(end, alignment=Qt.AlignmentFlag.AlignLeft)
        self.column.addSpacing(6)
        self._share = 0.0

    def draw(self, model: SessionModel) -> None:
        """Show the step; hidden outside of a guided session."""
        step = model.guided
        self.setVisible(step is not None)
        if step is None:
            return
        left_s = step.left_s(model.stream.now_s)
        turn = step.turn
        leg = f" · {tr(SIDES[turn.side.value])}" if turn.side is not Side.UNKNOWN else ""
        self.heading_text.setText(tr("Step {i} of {n}", i=turn.index + 1, n=step.count) + leg)
        self.time.setText(tr("{n} s", n=round(left_s)))
        cue = foreign(turn.step.cue)
        if self.text.text() != cue:
            self.text.setText(cue)
            self.setAccessibleDescription(cue)
        self.then.setText(tr("Then: {what}", what=foreign(step.then.step.cue)) if step.then else tr("The last step."))
        share = round(1.0 - left_s / max(1e-6, turn.step.seconds), 2)
        if share != self._share:
            self._share = share
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the surface, and how far the step is."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        whole = QRectF(20, self.height() - 12, self.width() - 36, BAR_PX)
        for width, colour in ((whole.width(), self.theme.line), (whole.width() * self._share, self.theme.good)):
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(QRectF(whole.left(), whole.top(), width, BAR_PX), BAR_PX / 2, BAR_PX / 2)
        painter.end()
