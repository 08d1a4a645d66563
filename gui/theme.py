"""Colours and type: our own light and dark palette, shared by widgets and plots."""

from dataclasses import dataclass

from PySide6.QtGui import QColor, QFont, QPalette
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
    page, card, line, text, quiet
        Surfaces and type.
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
    good="#2fb380",
    good_surface="#1e2a27",
    trouble="#ff6b5e",
    states={
        "still": "#66778a",
        "movement": "#56b4e9",
        "reflex_rhythm": "#f0c808",
        "reflex_jerk": "#f0c808",
        "twitch": "#f0c808",
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
    good="#166b48",
    good_surface="#e8f4ee",
    trouble="#c8372b",
    states={
        "still": "#66778a",
        "movement": "#1f83c0",
        "reflex_rhythm": "#a07800",
        "reflex_jerk": "#a07800",
        "twitch": "#a07800",
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
        QPalette.ColorRole.PlaceholderText: theme.quiet,
        QPalette.ColorRole.ToolTipBase: theme.raised,
        QPalette.ColorRole.ToolTipText: theme.text,
        QPalette.ColorRole.Highlight: theme.states["movement"],
        QPalette.ColorRole.HighlightedText: theme.page,
        QPalette.ColorRole.Mid: theme.line,
    }
    for role, colour in roles.items():
        palette.setColor(role, QColor(colour))
    app.setPalette(palette)
    font = QFont(app.font())
    font.setPixelSize(BODY_SIZE_PX)
    app.setFont(font)
    app.setStyleSheet(_rules(theme))


def _rules(t: Theme) -> str:
    return f"""
    QFrame#card {{ background: {t.card}; border-radius: {RADIUS_PX}px; }}
    QFrame#advice {{ background: {t.good_surface}; border-radius: {RADIUS_PX}px; }}
    QFrame#sidebar {{ background: {t.card}; }}
    QLabel {{ background: transparent; }}
    QLabel#quiet {{ color: {t.quiet}; }}
    QLabel#reason {{ background: {t.raised}; border-radius: 12px; padding: 4px 12px; }}
    QLabel#heading {{ color: {t.good}; font-weight: 600; }}
    QLabel#advicetext {{ font-size: {ADVICE_SIZE_PX}px; font-weight: 600; }}
    QLabel#synthetic {{ color: {t.quiet}; border: 1px solid {t.line}; border-radius: 8px; padding: 1px 8px; }}
    QPushButton {{ background: {t.page}; border: 1px solid {t.line}; border-radius: 8px; padding: 6px 12px; }}
    QPushButton:hover, QPushButton:focus {{ border-color: {t.quiet}; }}
    QPushButton:disabled {{ color: {t.line}; }}
    QPushButton:checked {{ background: {t.raised}; }}
    QPushButton#nav {{ border: none; background: transparent; padding: 8px 2px; color: {t.quiet}; font-size: 11px; }}
    QPushButton#nav:checked {{ background: {t.raised}; color: {t.text}; }}
    QPushButton#nav:focus {{ border: 1px solid {t.quiet}; }}
    QListWidget {{ background: transparent; border: none; }}
    QListWidget::item {{ padding: 3px 0; }}
    QSlider::groove:horizontal {{ height: 4px; background: {t.line}; border-radius: 2px; }}
    QSlider::handle:horizontal {{ width: 14px; margin: -5px 0; background: {t.text}; border-radius: 7px; }}
    QSlider::sub-page:horizontal {{ background: {t.quiet}; border-radius: 2px; }}
    QComboBox {{ background: {t.page}; border: 1px solid {t.line}; border-radius: 8px; padding: 4px 8px; }}
    """
