"""Starts the app."""

import os
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, QTimer, QTranslator
from PySide6.QtWidgets import QApplication

import session
from dsp import Placement, Side
from gui.crash import CrashReporter
from gui.devices import AS_THEY_ARE, Radio, Streaming
from gui.i18n import use_language
from gui.instance import Instance
from gui.settings import Settings, load_settings


def run(
    *,
    open_path: Path | None = None,
    speed: float = 1.0,
    demo: bool = False,
    home: Path | None = None,
    sensors: Sequence[str] = (),
    sides: Sequence[Side] = (),
    placement: Placement | None = None,
    record: bool = False,
    folder: Path | None = None,
    how: Streaming = AS_THEY_ARE,
    check_in: bool = False,
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
    sensors, sides, placement, record
        Sensors named on the command line: the session begins as soon as they have shown. Where they are worn and
        whether they are recorded; the settings decide what is not said.
    folder, how
        Folder to record that session into, in place of the library, and how its sensors are to stream.
    check_in
        Ask the questions first.
    radio
        Who finds sensors; the machine's own by default.

    Returns
    -------
    int
        Exit code.
    """
    own = session.find_home(home)
    settings, note = load_settings(own.settings)
    app = _application(settings)
    # The window is imported after the language is known: tables translate when they are shown.
    from gui.main_window import MainWindow  # noqa: PLC0415 - as above
    from gui.theme import DARK, LIGHT, apply_theme  # noqa: PLC0415 - as above

    apply_theme(app, LIGHT if settings.theme == "light" else DARK)
    window = MainWindow(own, settings)
    if radio is not None:
        window.radio = radio
    crash = CrashReporter(own.logs, window)
    crash.install()
    window.live.welcome.offer(shipped_samples())
    window.show()
    lock = Instance(own)

    def begin() -> None:
        if open_path is not None:
            window.commands.open_path(open_path, play=True, speed=speed)
        elif demo:
            window.run_action("start_simulated")
            if not window.settings.tour_done:
                window.run_action("show_tour")
        elif sensors:
            window.attempt(
                lambda: window.commands.begin_named(
                    sensors, sides=sides, placement=placement, record=record, how=how, folder=folder
                )
            )
        if check_in:
            window.run_action("check_in")
        window.commands.look_after_library()
        for text in (note, lock.note):
            if text:
                window.complain(text)

    QTimer.singleShot(0, begin)
    try:
        return int(app.exec())
    finally:
        lock.release()


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
