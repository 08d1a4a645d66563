"""Library view: the person's sessions as a table and a calendar, with trends, tags and notes."""

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QDate, Qt, Signal
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLineEdit,
    QPlainTextEdit,
    QStackedLayout,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from gui.actions import BY_ID
from gui.i18n import foreign, number, tr
from gui.icons import icon
from gui.model.history import by_day, night
from gui.theme import GRID_PX, Theme
from gui.views.calendar import Calendar
from gui.views.card import Card, button, label, quiet, wrapped
from gui.views.empty import Empty
from gui.views.trends import Trends
from gui.words import clock, worn

if TYPE_CHECKING:
    from recordings import Library, SessionRecord

COLUMNS = 7
SIGNED = ((3, "tremor", "tremor_s"), (4, "reflex_jerk", "reflex_jerk_count"))
"""Columns that count shaking, with its sign and the number behind it."""


class LibraryView(QWidget):
    """Draws what the library knows."""

    open_wanted = Signal(Path)
    trouble = Signal(str)
    said = Signal(str)
    wanted = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._home: Path | None = None
        self._library: Library | None = None
        self.records: list[SessionRecord] = []
        self.records_shown: list[SessionRecord] = []
        self.empty = Empty(
            tr("No session is recorded yet. Press R in a session, or let each be recorded."), tr("Look again")
        )
        self.empty.pressed.connect(self.refresh)
        self.trends, self.table, self.calendar = Trends(theme), QTableWidget(0, COLUMNS), Calendar(theme)
        self.search, self.tags, self.note = QLineEdit(), QLineEdit(), QPlainTextEdit()
        self.about = wrapped(quiet(""))
        self._cards = [Card(theme, tr("Sessions")), Card(theme), Card(theme, tr("This session"))]
        self._build()

    def _build(self) -> None:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID_PX + 4)
        column.addWidget(self.trends)
        row = QHBoxLayout()
        row.setSpacing(GRID_PX + 4)
        self._build_table(self._cards[0])
        row.addWidget(self._cards[0], 100)
        right = QVBoxLayout()
        right.setSpacing(GRID_PX + 4)
        self.calendar.clicked.connect(self._day_chosen)
        self._cards[1].column.addWidget(self.calendar)
        self._build_details(self._cards[2])
        right.addWidget(self._cards[1])
        right.addWidget(self._cards[2], 1)
        row.addLayout(right, 46)
        column.addLayout(row, 1)
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(page)

    def _build_table(self, card: Card) -> None:
        self.search.setPlaceholderText(tr("Find by name, device, place, tag or note"))
        self.search.setAccessibleName(tr("Find sessions"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda _: self._fill())
        card.column.addWidget(self.search)
        self.table.setHorizontalHeaderLabels(
            [tr("When"), tr("Length"), tr("Worn on"), tr("Tremor"), tr("Jerks"), tr("Gaps"), tr("Tags")]
        )
        self.table.setAccessibleName(tr("Sessions, newest first"))
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setShowGrid(False)
        self.table.setTabKeyNavigation(False)
        self.table.verticalHeader().hide()
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.horizontalHeader().setSectionResizeMode(COLUMNS - 1, QHeaderView.ResizeMode.Stretch)
        self.table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        self.table.itemSelectionChanged.connect(self._show_chosen)
        self.table.itemDoubleClicked.connect(lambda _: self.open_chosen())
        card.column.addWidget(self.table, 1)
        row = QHBoxLayout()
        for text, about, act in (
            (tr("Open"), tr("Open the session in replay"), self.open_chosen),
            (tr("Analyse"), tr(BY_ID["analyse_library"].about), lambda: self.wanted.emit("analyse_library")),
            (tr("Repair"), tr(BY_ID["repair_library"].about), lambda: self.wanted.emit("repair_library")),
            (tr("Delete"), tr(BY_ID["delete_session"].about), lambda: self.wanted.emit("delete_session")),
        ):
            made = button(text, about)
            made.clicked.connect(act)
            if text == tr("Delete"):
                row.addStretch()
            row.addWidget(made)
        card.column.addLayout(row)

    def _build_details(self, card: Card) -> None:
        card.column.addWidget(self.about)
        self.tags.setPlaceholderText(tr("Tags, with commas between"))
        self.tags.setAccessibleName(tr("Tags"))
        self.tags.editingFinished.connect(self._save_tags)
        self.note.setPlaceholderText(tr("A note"))
        self.note.setAccessibleName(tr("Note"))
        self.note.setTabChangesFocus(True)
        card.column.addWidget(label(tr("Tags"), weight=QFont.Weight.DemiBold))
        card.column.addWidget(self.tags)
        card.column.addWidget(label(tr("Note"), weight=QFont.Weight.DemiBold))
        card.column.addWidget(self.note, 1)
        keep = button(tr("Keep the note"), tr("Save the note of this session"), kind="pill")
        keep.clicked.connect(self._save_note)
        card.column.addWidget(keep, alignment=Qt.AlignmentFlag.AlignRight)

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self.trends.set_theme(theme)
        self.calendar.set_theme(theme)
        for card in self._cards:
            card.set_theme(theme)
        self._theme = theme
        self._sign()

    def use(self, home: Path) -> None:
        """Use the library below a home; it is opened when it is first looked at."""
        self._home = home

    def refresh(self) -> None:
        """Look at the library again.

        Raises
        ------
        StorageError
            When it cannot be opened.
        """
        if self._home is None:
            return
        from recordings import Library  # noqa: PLC0415 - the index is opened when somebody looks

        self._close()
        self._library = Library(self._home)
        self.records = self._library.sessions()
        if self._library.recovered:
            self.said.emit(tr("{n} sessions were recovered.", n=len(self._library.recovered)))
        for notice in self._library.notices:
            self.trouble.emit(notice)
        self._pages.setCurrentIndex(1 if self.records else 0)
        self.trends.show_nights([n for r in self.records if (n := night(r)) is not None])
        self.calendar.show_days({day: len(found) for day, found in by_day(self.records).items()})
        self._fill()

    def release(self) -> None:
        """Keep the tags that are being typed, and close the library.

        Raises
        ------
        StorageError
            When they cannot be kept.
        """
        try:
            self._save_tags()
        finally:
            self._close()

    def _close(self) -> None:
        if self._library is not None:
            self._library.close()
            self._library = None

    def _fill(self) -> None:
        if self._library is None:
            return
        word = self.search.text().strip()
        shown = self._library.search(word) if word else self.records
        self.records_shown = shown
        self.table.setRowCount(len(shown))
        for i, record in enumerate(shown):
            for j, text in enumerate(row_of(record)):
                self.table.setItem(i, j, QTableWidgetItem(text))
        self._sign()
        if shown:
            self.table.selectRow(0)

    def _sign(self) -> None:
        """Put the sign of what a column counts where there is some of it: never colour alone."""
        states = self._theme.states
        signs = {kind: icon(kind, states[kind]) for _, kind, _ in SIGNED}
        nothing = icon("nothing", states["still"])
        for i, record in enumerate(self.records_shown):
            for j, kind, name in SIGNED:
                if (cell := self.table.item(i, j)) is not None:
                    # What is shown as none has no sign: 0.4 s of tremor is 0:00.
                    cell.setIcon(signs[kind] if round(record.findings.get(name) or 0) > 0 else nothing)

    @property
    def chosen(self) -> "SessionRecord | None":
        """The session whose row is selected."""
        rows = self.table.selectionModel().selectedRows() if self.table.selectionModel() is not None else []
        return self.records_shown[rows[0].row()] if rows and rows[0].row() < len(self.records_shown) else None

    def _show_chosen(self) -> None:
        record = self.chosen
        if record is None:
            return
        parts = [record.title, record.when, foreign(record.device)]
        if record.recovered:
            parts.append(tr("recovered after a crash"))
        self.about.setText(" · ".join(p for p in parts if p))
        self.tags.setText(", ".join(record.tags))
        self.note.setPlainText(record.note)

    def open_chosen(self) -> None:
        """Open the selected session in replay."""
        record = self.chosen
        if record is not None and self._library is not None:
            self.open_wanted.emit(self._library.folder / record.file)

    def _save_tags(self) -> None:
        record = self.chosen
        if record is None or self._library is None:
            return
        wanted = [t.strip() for t in self.tags.text().split(",") if t.strip()]
        for tag in set(record.tags) - set(wanted):
            self._library.tag(record.id, tag, remove=True)
        for tag in wanted:
            if tag not in record.tags:
                self._library.tag(record.id, tag)
        self._again(record.id)

    def _save_note(self) -> None:
        record = self.chosen
        if record is not None and self._library is not None:
            self._library.note(record.id, self.note.toPlainText())
            self._again(record.id)
            self.said.emit(tr("The note is kept."))

    def _again(self, chosen: str) -> None:
        if self._library is None:
            return
        self.records = self._library.sessions()
        self._fill()
        for i, record in enumerate(self.records_shown):
            if record.id == chosen:
                self.table.selectRow(i)

    def _day_chosen(self, day: QDate) -> None:
        for i, record in enumerate(self.records_shown):
            if record.when.startswith(day.toString("yyyy-MM-dd")):
                self.table.selectRow(i)
                return


def row_of(record: "SessionRecord") -> list[str]:
    """Cells of a session."""
    found = record.findings
    tremor_s, jerks = found.get("tremor_s"), found.get("reflex_jerk_count")
    return [
        record.when or record.title,
        clock(record.duration_s),
        worn(record.placement or "unknown", record.side or "unknown"),
        clock(float(tremor_s)) if isinstance(tremor_s, int | float) else "–",
        str(jerks) if jerks is not None else "–",
        f"{number(100 * record.gap_s / record.duration_s)} %" if record.duration_s and record.gaps else "",
        ", ".join([*record.tags, *([tr("recovered")] if record.recovered else [])]),
    ]
