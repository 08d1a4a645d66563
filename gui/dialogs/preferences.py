"""Preferences: language, colours, scale, cues."""

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QCheckBox, QFormLayout

from gui.dialogs.base import Sheet
from gui.i18n import LANGUAGES, tr
from gui.settings import SCALES
from gui.speech import Speaker
from gui.theme import DARK, LIGHT
from gui.views.card import Combo

if TYPE_CHECKING:
    from gui.main_window import MainWindow


class PreferencesDialog(Sheet):
    """The settings."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window, tr("Settings"))
        self._window = window
        s = window.settings
        form = QFormLayout()
        form.setVerticalSpacing(12)
        self.theme = _choice([("dark", tr("dark")), ("light", tr("light"))], s.theme)
        self.language = _choice(list(LANGUAGES.items()), s.language)
        self.scale = _choice([(str(v), f"{v} %") for v in SCALES], str(s.scale_percent))
        self.record = QCheckBox(tr("Record each session"))
        self.record.setChecked(s.record_always)
        self.speech = QCheckBox(tr("Speak in bed mode"))
        self.speech.setChecked(s.spoken_cues)
        for name, widget in (
            (tr("Colours"), self.theme),
            (tr("Language"), self.language),
            (tr("Scale"), self.scale),
            ("", self.record),
            ("", self.speech),
        ):
            widget.setAccessibleName(name or widget.accessibleName())
            form.addRow(name, widget)
        if Speaker().program is None:
            self.speech.setToolTip(tr("This system has no voice; install speech-dispatcher or espeak-ng."))
        self.column.addLayout(form)
        self.add_foot(tr("Save")).clicked.connect(self.save)

    def save(self) -> None:
        """Take the choices over."""
        w, old = self._window, self._window.settings
        w.change_settings(
            theme=self.theme.currentData(),
            language=self.language.currentData(),
            scale_percent=int(self.scale.currentData()),
            record_always=self.record.isChecked(),
            spoken_cues=self.speech.isChecked(),
        )
        w.set_theme(LIGHT if w.settings.theme == "light" else DARK)
        if (old.language, old.scale_percent) != (w.settings.language, w.settings.scale_percent):
            w.notice.say(tr("Language and scale change when the app starts again."))
        self.accept()


def _choice(items: list[tuple[str, str]], chosen: str) -> Combo:
    box = Combo()
    for key, text in items:
        box.addItem(text, key)
    box.setCurrentIndex(max(0, box.findData(chosen)))
    return box
