"""Colours and type: our own light and dark palette, shared by widgets and plots."""

from dataclasses import dataclass

from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

STATE_SIZE_PX, ADVICE_SIZE_PX, BODY_SIZE_PX, AXIS_SIZE_PX = 38, 23, 13, 11
RADIUS_PX, GRID_PX = 10, 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """One palette.

    Attributes
    ----------
    name
        ``dark`` or ``light``.
    page, card, raised, line, text, quiet, faint
        Surfaces and type; ``faint`` is for what cannot be used now.
    still_fill
        Surface of stillness in a timeline.
    good, good_surface, trouble
        What to do, and what is wrong.
    states
        Accent of each state.
    axes
        Colours of x, y and z, told apart by lightness too.
    ramp
        Stops of the spectrogram from quiet to loud.
    """

    name: str
    page: str
    card: str
    raised: str
    line: str
    text: str
    quiet: str
    faint: str
    still_fill: str
    good: str
    good_surface: str
    trouble: str
    states: dict[str, str]
    axes: tuple[str, str, str]
    ramp: tuple[str, ...]


DARK = Theme(
    name="dark",
    page="#11151b",
    card="#1a2029",
    raised="#243040",
    line="#2a323e",
    text="#e9eef4",
    quiet="#93a0b1",
    faint="#55606e",
    still_fill="#3d4855",
    good="#2fb380",
    good_surface="#1e2a27",
    trouble="#ff6b5e",
    states={
        "still": "#66778a",
        "movement": "#56b4e9",
        "reflex_rhythm": "#f0c808",
        "reflex_jerk": "#f0c808",
        "twitch": "#f0c808",
        "impact": "#93a0b1",
        "tremor": "#e07bb0",
        "unclear": "#93a0b1",
        "no_data": "#2a323e",
    },
    axes=("#56b4e9", "#e9d8a6", "#7fd1ae"),
    ramp=("#1a1433", "#3b1f5c", "#7a2f6d", "#b8506a", "#e88b4a", "#f6d365"),
)
LIGHT = Theme(
    name="light",
    page="#f4f6f8",
    card="#ffffff",
    raised="#e6ecf5",
    line="#dde3ea",
    text="#17202a",
    quiet="#5b6877",
    faint="#a3adb9",
    still_fill="#c8ced6",
    good="#166b48",
    good_surface="#e8f4ee",
    trouble="#c8372b",
    states={
        "still": "#66778a",
        "movement": "#1f83c0",
        "reflex_rhythm": "#a07800",
        "reflex_jerk": "#a07800",
        "twitch": "#a07800",
        "impact": "#5b6877",
        "tremor": "#b0457f",
        "unclear": "#5b6877",
        "no_data": "#dde3ea",
    },
    axes=("#1f83c0", "#b5651d", "#2c8a57"),
    ramp=("#fbf7fa", "#f3e3ec", "#e3b9d0", "#cc82ab", "#b0457f", "#6d1f4a"),
)


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Set palette, type and the few rules that Fusion cannot take from a palette.

    The style's own colour-scheme switch does nothing on bare X11 and offscreen, hence a palette of our own.
    """
    app.setStyle("Fusion")
    palette = QPalette()
    roles = {
        QPalette.ColorRole.Window: theme.page,
        QPalette.ColorRole.WindowText: theme.text,
        QPalette.ColorRole.Base: theme.card,
        QPalette.ColorRole.AlternateBase: theme.page,
        QPalette.ColorRole.Text: theme.text,
        QPalette.ColorRole.Button: theme.card,
        QPalette.ColorRole.ButtonText: theme.text,
        QPalette.ColorRole.BrightText: theme.trouble,
        QPalette.ColorRole.PlaceholderText: theme.quiet,
        QPalette.ColorRole.ToolTipBase: theme.raised,
        QPalette.ColorRole.ToolTipText: theme.text,
        QPalette.ColorRole.Highlight: theme.raised,
        QPalette.ColorRole.HighlightedText: theme.text,
        QPalette.ColorRole.Link: theme.states["movement"],
        QPalette.ColorRole.Mid: theme.line,
        QPalette.ColorRole.Dark: theme.line,
        QPalette.ColorRole.Light: theme.raised,
    }
    for role, colour in roles.items():
        palette.setColor(role, QColor(colour))
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(theme.faint))
    app.setPalette(palette)
    app.setFont(face(BODY_SIZE_PX))
    app.setStyleSheet(_rules(theme))


def face(size_px: float, weight: QFont.Weight = QFont.Weight.Normal) -> QFont:
    """Give the system's face at a size, with figures of equal width, so that changing numbers stand still."""
    font = QFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont))
    font.setPixelSize(round(size_px))
    font.setWeight(weight)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def state_fill(theme: Theme, state: str) -> QColor:
    """Colour of a state's surface in a timeline: still is quieter than its accent."""
    return QColor(theme.still_fill if state == "still" else theme.states[state])


def _rules(t: Theme) -> str:
    return f"""
    QLabel {{ background: transparent; }}
    QLabel#quiet {{ color: {t.quiet}; }}
    QLabel#heading {{ color: {t.good}; font-weight: 600; }}
    QLabel#badge {{ color: {t.quiet}; border: 1px solid {t.line}; border-radius: 8px; padding: 1px 8px; }}
    QToolTip {{ background: {t.raised}; color: {t.text}; border: 1px solid {t.line}; padding: 4px; }}
    QPushButton {{ background: {t.page}; border: 1px solid {t.line}; border-radius: 8px; padding: 6px 12px; }}
    QPushButton:hover, QPushButton:focus {{ border-color: {t.quiet}; }}
    QPushButton:disabled {{ color: {t.faint}; }}
    QPushButton:checked, QPushButton:default {{ background: {t.raised}; }}
    QPushButton#pill {{ border-radius: 14px; padding: 5px 14px; }}
    QPushButton#choice {{ border-radius: 8px; padding: 9px 8px; }}
    QPushButton#choice:checked {{ background: {t.raised}; font-weight: 600; border-color: {t.quiet}; }}
    QPushButton#primary {{ background: {t.raised}; font-weight: 600; padding: 8px 20px; }}
    QToolButton {{ border: none; border-radius: 8px; padding: 2px; background: transparent; color: {t.quiet}; }}
    QToolButton:hover, QToolButton:focus {{ background: {t.raised}; color: {t.text}; }}
    QListWidget, QTreeWidget, QTableView, QScrollArea {{ background: transparent; border: none; outline: 0; }}
    QTableView {{ gridline-color: transparent; selection-background-color: {t.raised};
        alternate-background-color: {t.card}; }}
    QHeaderView::section {{ background: {t.card}; color: {t.quiet}; border: none; padding: 6px 8px; }}
    QScrollBar:vertical {{ background: transparent; width: 8px; }}
    QScrollBar::handle:vertical {{ background: {t.line}; border-radius: 4px; min-height: 24px; }}
    QScrollBar:horizontal {{ background: transparent; height: 8px; }}
    QScrollBar::handle:horizontal {{ background: {t.line}; border-radius: 4px; min-width: 24px; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QSlider::groove:horizontal {{ height: 4px; background: {t.line}; border-radius: 2px; }}
    QSlider::handle:horizontal {{ width: 16px; margin: -6px 0; background: {t.text}; border-radius: 8px; }}
    QSlider::sub-page:horizontal {{ background: {t.text}; border-radius: 2px; }}
    QLineEdit, QPlainTextEdit, QComboBox, QSpinBox, QDoubleSpinBox {{ background: {t.page};
        border: 1px solid {t.line}; border-radius: 8px; padding: 5px 8px; selection-background-color: {t.raised};
        selection-color: {t.text}; }}
    QLineEdit:focus, QPlainTextEdit:focus, QComboBox:focus {{ border-color: {t.quiet}; }}
    QComboBox::drop-down {{ border: none; width: 26px; }}
    QComboBox::down-arrow {{ image: none; width: 0; }}
    QSpinBox::up-button, QSpinBox::down-button, QDoubleSpinBox::up-button, QDoubleSpinBox::down-button {{
        width: 0; border: none; }}
    QTableView::item {{ padding: 0 8px; }}
    QTreeView::item {{ padding: 6px 8px; }}
    QComboBox QAbstractItemView {{ background: {t.card}; border: 1px solid {t.line};
        selection-background-color: {t.raised}; }}
    QCheckBox::indicator, QRadioButton::indicator, QTreeView::indicator {{ width: 14px; height: 14px;
        border: 1px solid {t.quiet}; border-radius: 4px; background: {t.page}; }}
    QRadioButton::indicator {{ border-radius: 8px; }}
    QCheckBox::indicator:checked, QRadioButton::indicator:checked, QTreeView::indicator:checked {{
        background: {t.good}; border-color: {t.good}; }}
    QCheckBox::indicator:disabled, QRadioButton::indicator:disabled {{ border-color: {t.line}; }}
    QTreeView::item {{ padding: 6px 4px; }}
    QTreeView::item:selected {{ background: {t.raised}; color: {t.text}; }}
    QListView::item {{ padding: 4px 6px; border-radius: 6px; }}
    QListView::item:selected {{ background: {t.raised}; color: {t.text}; }}
    QCalendarWidget QWidget#qt_calendar_navigationbar {{ background: {t.card}; }}
    QCalendarWidget QToolButton {{ color: {t.text}; padding: 4px 8px; }}
    QCalendarWidget QAbstractItemView {{ background: {t.card}; color: {t.text}; selection-background-color: {t.raised};
        selection-color: {t.text}; alternate-background-color: {t.card}; }}
    QCalendarWidget QAbstractItemView:disabled {{ color: {t.faint}; }}
    QProgressBar {{ background: {t.line}; border: none; border-radius: 3px; max-height: 6px; }}
    QProgressBar::chunk {{ background: {t.states["movement"]}; border-radius: 3px; }}
    QMenu {{ background: {t.card}; border: 1px solid {t.line}; padding: 6px; }}
    QMenu::item {{ padding: 6px 24px 6px 12px; border-radius: 6px; }}
    QMenu::item:selected {{ background: {t.raised}; }}
    QMenu::item:disabled {{ color: {t.faint}; }}
    QMenu::separator {{ height: 1px; background: {t.line}; margin: 4px 8px; }}
    """
