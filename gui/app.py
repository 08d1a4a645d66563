"""Starts the app."""

import os
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLibraryInfo, QTimer, QTranslator
from PySide6.QtWidgets import QApplication

import session
from gui.crash import CrashReporter
from gui.devices import NoRadio, Radio
from gui.i18n import use_language
from gui.settings import Settings, load_settings

if TYPE_CHECKING:
    from gui.main_window import MainWindow


def run(
    *,
    open_path: Path | None = None,
    speed: float = 1.0,
    demo: bool = False,
    home: Path | None = None,
    sensors: list[str] | None = None,
    radio: Radio | None = None,
) -> int:
    """Open the window and stay until it is closed.

    Parameters
    ----------
    open_path, speed
        A recording to replay, and how fast.
    demo
        Begin on the simulated leg at once.
    home
        Where recordings, reports, settings and logs go.
    sensors
        Sensors named on the command line: ``simulated`` begins at once, any other opens the picker.
    radio
        Who finds sensors; the machine's own by default.

    Returns
    -------
    int
        Exit code.
    """
    folder = session.find_home(home)
    settings, note = load_settings(folder.settings)
    app = _application(settings)
    # The window is imported after the language is known: tables translate when they are shown.
    from gui.main_window import MainWindow  # noqa: PLC0415 - as above
    from gui.theme import DARK, LIGHT, apply_theme  # noqa: PLC0415 - as above

    apply_theme(app, LIGHT if settings.theme == "light" else DARK)
    window = MainWindow(folder, settings)
    window.radio = radio if radio is not None else NoRadio()
    crash = CrashReporter(folder.logs, window)
    crash.install()
    window.live.welcome.offer(shipped_samples())
    window.show()
    names = sensors or []
    QTimer.singleShot(0, lambda: _begin(window, open_path, speed=speed, demo=demo, names=names, note=note))
    return int(app.exec())


def _begin(
    window: "MainWindow", open_path: Path | None, *, speed: float, demo: bool, names: list[str], note: str
) -> None:
    if note:
        window.complain(note)
    if open_path is not None:
        window.commands.open_path(open_path, play=True, speed=speed)
    elif demo or names == ["simulated"]:
        window.run_action("start_simulated")
        if not window.settings.tour_done and demo:
            window.run_action("show_tour")
    elif names:
        window.run_action("choose_sensor")


def _application(settings: Settings) -> QApplication:
    existing = QApplication.instance()
    if settings.scale_percent != 100 and existing is None:
        os.environ["QT_SCALE_FACTOR"] = str(settings.scale_percent / 100)
    app = existing or QApplication(["tremorscope"])
    assert isinstance(app, QApplication)  # noqa: S101 - nobody else makes one
    app.setApplicationName("Tremorscope")
    use_language(settings.language)
    if settings.language != "en":
        own = QTranslator(app)
        if own.load(f"qtbase_{settings.language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
            app.installTranslator(own)
    return app


def shipped_samples() -> list[Path]:
    """List the recordings that ship with the app."""
    folder = Path(str(resources.files("recordings"))) / "samples"
    return sorted(folder.glob("simulated-*.csv"))
