"""Takes pictures of the app on the simulated leg: every view, light and dark, at the sizes asked for."""

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication, QDialog, QWidget

import recordings
import session
from dsp import Placement, Side
from gui.app import shipped_samples
from gui.i18n import use_language
from gui.main_window import MainWindow
from gui.settings import Settings
from gui.theme import DARK, LIGHT, apply_theme
from sensor import SensorInfo
from sensor.simulated import SCRIPTS, simulate
from sensor.simulated.script import fast, hold, release, rest

SEED = 0
LONGEST_S = 60.0
UNTIL_TREMOR = (
    rest(8.0, twitches=(5.0,)),
    fast(),
    hold(12.0, jerks=(0.6,)),
    release(),
    rest(6.0),
    fast(),
    hold(26.0, jerks=(0.6,), tremor_from_s=9.0, tremor_mg=20.0, growth_db_per_min=18.0),
)
"""Kicks after a stretch, then a hold whose tremor grows: what the first picture should show."""
SIZES = ((1280, 800), (2560, 1440))
README_PICTURES = {
    "live-dark": "live-dark",
    "live-light": "live-light",
    "replay-dark": "replay-dark",
    "bed-dark": "bed",
}
NIGHT_NS = 86_400 * 1_000_000_000
TONIGHT_NS = 1_795_000_000_000_000_000


class Studio:
    """One window at a time, and a home with a few recorded nights."""

    def __init__(self, app: QApplication, home: Path, out: Path) -> None:
        self.app, self.home, self.out = app, session.find_home(home), out
        self.evening = self._write("demo", nights_ago=0)
        for i, script in enumerate(("fatigue", "reflex", "calm", "fatigue", "rhythm"), 1):
            self._write(script, nights_ago=2 * i)

    def _write(self, script: str, *, nights_ago: int) -> Path:
        found = simulate(SCRIPTS[script], seed=SEED + nights_ago)
        meta = recordings.StreamMeta(
            label="simulated",
            family="simulated",
            device="Simulated limb",
            placement=Placement.CALF,
            side=Side.LEFT,
            nominal_hz=found.rate_hz,
        )
        recorder = recordings.Recorder(
            self.home.make(self.home.recordings), sensors=[meta], start_ns=TONIGHT_NS - nights_ago * NIGHT_NS
        )
        step = round(found.rate_hz)
        for i in range(0, len(found.xyz_g), step):
            part = found.xyz_g[i : i + step]
            recorder.add_samples("simulated", xyz_g=part, start_s=i / found.rate_hz, rate_hz=found.rate_hz)
        return recorder.close()

    def wait(self, until: Callable[[], object], longest_s: float = LONGEST_S) -> None:
        end = time.monotonic() + longest_s
        while not until() and time.monotonic() < end:
            self.app.processEvents()
            time.sleep(0.002)

    def settle(self, window: MainWindow) -> None:
        for _ in range(30):
            self.app.processEvents()
            time.sleep(0.01)
            window.draw()

    def shoot(self, widget: QWidget, name: str) -> None:
        path = self.out / f"{name}.png"
        widget.grab().save(str(path))
        print(path)

    def play_live(self, window: MainWindow) -> None:
        window.controller.start_simulated(script=UNTIL_TREMOR, speed=0.0, loop=False)
        model = window.controller.model
        self.wait(lambda: model.ended)
        model.ended = ""  # The picture shows the last second of the session, not its end.
        for stream in model.streams.values():
            stream.link = None
        window.show_page("show_live")
        self.settle(window)

    def open_document(self, window: MainWindow) -> None:
        window.commands.open_path(self.evening)
        self.wait(lambda: window.document is not None and window.document.analysis is not None)
        document = window.document
        assert document is not None
        document.show(20.0, 90.0)
        document.go(62.0)
        segment = document.segment_at(62.0)
        assert segment is not None
        document.select(segment.start_s, segment.end_s)
        window.show_page("show_replay")
        self.settle(window)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("screenshots"))
    parser.add_argument("--small", action="store_true", help="only 1280x800")
    parser.add_argument("--theme", choices=("dark", "light"), help="only one palette")
    parser.add_argument("--language", default="en")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    use_language(args.language)
    app = QApplication([])
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio(app, Path(folder), args.out)
        for theme in (DARK, LIGHT):
            if args.theme not in (None, theme.name):
                continue
            for width, height in SIZES[:1] if args.small else SIZES:
                tail = theme.name if width == 1280 else f"{theme.name}-{width}"
                apply_theme(app, theme)
                window = MainWindow(studio.home, Settings(theme=theme.name, language=args.language))
                window.resize(width, height)
                window.show()
                take(studio, window, tail, dialogs=width == 1280)
                window.close()
                window.deleteLater()


def take(studio: Studio, window: MainWindow, tail: str, *, dialogs: bool) -> None:
    window.live.welcome.offer(shipped_samples())
    studio.settle(window)
    studio.shoot(window, f"welcome-{tail}")
    window.run_action("show_guide")
    studio.settle(window)
    studio.shoot(window, f"guide-empty-{tail}")
    window.run_action("show_replay")
    studio.settle(window)
    studio.shoot(window, f"replay-empty-{tail}")
    studio.play_live(window)
    studio.shoot(window, f"live-{tail}")
    window.run_action("toggle_bed_mode")
    studio.settle(window)
    studio.shoot(window, f"bed-{tail}")
    window.run_action("toggle_bed_mode")
    window.run_action("stop_session")
    studio.settle(window)
    studio.shoot(window, f"guide-{tail}")
    window.run_action("show_library")
    window.library.analyse_missing()
    window.notice.hide()
    studio.settle(window)
    studio.shoot(window, f"library-{tail}")
    studio.open_document(window)
    studio.shoot(window, f"replay-{tail}")
    window.complain("letter.txt holds no rows of numbers; choose a recording, docs/formats.md lists what can be read")
    studio.settle(window)
    studio.shoot(window, f"notice-{tail}")
    window.notice.hide()
    if dialogs:
        take_dialogs(studio, window, tail)


def take_dialogs(studio: Studio, window: MainWindow, tail: str) -> None:
    for name in ("show_keys", "show_settings", "export", "check_in", "choose_sensor", "show_palette"):
        window.run_action(name)
        (dialog,) = [d for d in window.findChildren(QDialog) if d.isVisible()]
        if name == "choose_sensor":
            dialog.show_found(
                (
                    SensorInfo(key="a", name="Strap A", family="polar", signal_dbm=-58, battery_percent=87),
                    SensorInfo(key="b", name="Strap B", family="movesense", signal_dbm=-77, battery_percent=40),
                )
            )
        studio.settle(window)
        studio.shoot(dialog, f"{name.replace('_', '-')}-{tail}")
        dialog.close()
        studio.settle(window)


if __name__ == "__main__":
    main()
