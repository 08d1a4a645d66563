"""Side bar: the views, the menu, the `?` sheet."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from gui.actions import ACTIONS, APP
from gui.i18n import tr
from gui.icons import icon
from gui.theme import AXIS_SIZE_PX, Theme, face

WIDTH_PX = 64


class Sidebar(QWidget):
    """A column of buttons."""

    wanted = Signal(str)
    menu_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        # The longest word of the language decides: none may end in dots.
        words = [tr(a.text) for a in ACTIONS if a.icon]
        self._width = max(WIDTH_PX, max(QFontMetrics(face(AXIS_SIZE_PX)).horizontalAdvance(w) for w in words) + 22)
        self.setFixedWidth(self._width)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 10, 6, 12)
        column.setSpacing(10)
        self.menu_button = self._button("menu", tr("Menu"), tr("Everything the app can do"))
        self.menu_button.clicked.connect(self.menu_wanted)
        column.addWidget(self.menu_button)
        self.buttons: dict[str, QToolButton] = {}
        for action in ACTIONS:
            if not action.icon:
                continue
            made = self._button(action.icon, tr(action.text), tr(action.about))
            made.clicked.connect(lambda _=False, name=action.id: self.wanted.emit(name))
            made.setCheckable(action.id.startswith("show_") and action.group != APP)
            if action.group == APP:
                column.addStretch()
            column.addWidget(made)
            self.buttons[action.id] = made
        self.set_theme(theme)

    def _button(self, drawing: str, text: str, about: str) -> QToolButton:
        made = QToolButton()
        made.setProperty("drawing", drawing)
        made.setText(text)
        made.setFont(face(AXIS_SIZE_PX))
        made.setToolTip(about)
        made.setAccessibleName(text)
        made.setAccessibleDescription(about)
        made.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        made.setIconSize(QSize(22, 22))
        made.setFixedSize(self._width - 12, 52)
        made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return made

    def choose(self, name: str) -> None:
        """Show which view is open."""
        for each, made in self.buttons.items():
            made.setChecked(each == name)
        self._paint_icons()

    def set_theme(self, theme: Theme) -> None:
        """Take the theme's colours."""
        self._theme = theme
        self._paint_icons()
        self.update()

    def _paint_icons(self) -> None:
        t = self._theme
        for made in (self.menu_button, *self.buttons.values()):
            colour = t.text if made.isChecked() else t.quiet
            made.setIcon(icon(made.property("drawing"), colour))
            ground = t.raised if made.isChecked() else "transparent"
            made.setStyleSheet(f"QToolButton:!hover:!focus {{ background: {ground}; color: {colour}; }}")

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Paint the surface."""
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.card))
        painter.end()
