"""Takes pictures of the app on the simulated leg: every view, both themes, two sizes, any language and scale."""

import argparse
import os
import shutil
import sys
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
from gui.devices import AS_THEY_ARE, Streaming, simulated_sources
from gui.i18n import foreign, use_language
from gui.main_window import MainWindow
from gui.settings import RememberedSensor, Settings
from gui.theme import DARK, LIGHT, Theme, apply_theme
from gui.words import worn
from sensor import LinkChange, LinkState, SensorInfo
from sensor.simulated import SCRIPTS, SIMULATED, SimulatedSource, simulate
from sensor.simulated.script import fast, hold, release, rest
from session import LinkUpdate

SEED = 0
LONGEST_S = 60.0
UNTIL_TREMOR = (
    rest(8.0, twitches=(5.0,)),
    fast(),
    hold(12.0, jerks=(0.6,)),
    release(),
    rest(6.0),
    fast(),
    hold(28.0, jerks=(0.6,), tremor_from_s=6.0, tremor_mg=26.0, growth_db_per_min=40.0),
)
"""Kicks after a stretch, then a hold whose tremor grows: what the first picture should show."""
LONG_SESSION = (
    *UNTIL_TREMOR,
    release(),
    *(12 * (rest(50.0, twitches=(20.0,)), fast(), hold(8.0, jerks=(0.6,)), release())),
)
"""Twelve minutes: its beginning is only in the recording."""
CALM_LEG = (*UNTIL_TREMOR[:-1], hold(28.0, jerks=(0.5,)))
SIZES = ((1280, 800), (2560, 1440))
README_PICTURES = {
    "live-dark": "live-dark",
    "live-light": "live-light",
    "replay-dark": "replay-dark",
    "bed-dark": "bed",
}
NIGHT_NS = 86_400 * 1_000_000_000
TONIGHT_NS = 1_795_000_000_000_000_000
NIGHTS = ("fatigue", "reflex", "calm", "fatigue", "rhythm", "fatigue", "reflex")
AROUND = (
    SensorInfo(key="a", name="Verity Sense 8F21", family="polar", signal_dbm=-58, battery_percent=87),
    SensorInfo(key="b", name="Movesense 2304", family="movesense", signal_dbm=-77, battery_percent=40),
    SensorInfo(key="c", name="WT901BLE", family="witmotion", signal_dbm=-88),
)


class StillRadio:
    """A radio that sees three sensors (synthetic)."""

    def __init__(self, trouble: tuple[str, str] | None = None) -> None:
        self.trouble = trouble

    def scan(self, found: Callable[..., None], failed: Callable[..., None]) -> None:
        if self.trouble is None:
            found(AROUND)
        else:
            failed(*self.trouble)

    def stop(self) -> None: ...

    def find(self, names: list[str]) -> list[SensorInfo]:
        return list(AROUND[: len(names)])

    def sources(self, infos: list[SensorInfo], labels: list[str], how: Streaming = AS_THEY_ARE) -> list[session.Source]:
        del infos
        return simulated_sources(labels, how)

    def close(self) -> None: ...


class Studio:
    """One window at a time, and a home with a few recorded nights."""

    def __init__(self, app: QApplication, home: Path, out: Path, wanted: str) -> None:
        self.app, self.home, self.out, self.wanted = app, session.find_home(home), out, wanted
        self.evening = self._write("demo", nights_ago=0)
        nights = [self._write(s, nights_ago=2 * i) for i, s in enumerate(NIGHTS, 1)]
        self.other_evening, *_ = nights

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
        for _ in range(14):
            self.app.processEvents()
            time.sleep(0.004)
            window.draw()

    def shoot(self, window: MainWindow, widget: QWidget, name: str) -> None:
        self.settle(window)
        if self.wanted and self.wanted not in name:
            return
        path = self.out / f"{name}.png"
        widget.grab().save(str(path))
        sys.stdout.write(f"{path}\n")

    def play(self, window: MainWindow, sources: list[session.Source], *, record: bool = False) -> None:
        labels = [s.label for s in sources]
        window.controller.start(
            sources,
            placement=dict.fromkeys(labels, Placement.CALF),
            side=dict(zip(labels, (Side.LEFT, Side.RIGHT), strict=False)),
            title=f"{foreign(SIMULATED.name)} · {worn('calf', 'unknown' if len(labels) > 1 else 'left')}",
            record=record,
            folder=self.home.root / "elsewhere" if record else None,
        )
        model = window.controller.model
        model.synthetic = True
        self.wait(lambda: model.ended)
        model.ended = ""  # The picture shows the last second of the session, not its end.
        for stream in model.streams.values():
            stream.link = None
            stream.heard_at = time.monotonic()
        window.notice.hide()
        window.show_page("show_live")

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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("screenshots"))
    parser.add_argument("--small", action="store_true", help="only 1280x800")
    parser.add_argument("--theme", choices=("dark", "light"), help="only one palette")
    parser.add_argument("--language", default="en")
    parser.add_argument("--scale", type=int, default=100, help="per cent")
    parser.add_argument("--only", default="", help="only pictures with this in their name")
    parser.add_argument("--readme", type=Path, help="copy the best four into this folder")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    if args.scale != 100:
        os.environ["QT_SCALE_FACTOR"] = str(args.scale / 100)
    use_language(args.language)
    app = QApplication([])
    with tempfile.TemporaryDirectory() as folder:
        studio = Studio(app, Path(folder), args.out, args.only)
        for theme in (DARK, LIGHT):
            if args.theme not in (None, theme.name):
                continue
            for width, height in SIZES[:1] if args.small else SIZES:
                apply_theme(app, theme)
                sensors = (RememberedSensor(key="d", name="Verity Sense 77C0", family="polar"),)
                settings = Settings(theme=theme.name, language=args.language, sensors=sensors)
                window = MainWindow(studio.home, settings)
                window.radio = StillRadio()
                window.resize(width, height)
                window.show()
                take(studio, window, theme, "" if width == SIZES[0][0] else f"-{width}")
                window.close()
                window.deleteLater()
    if args.readme is not None:
        args.readme.mkdir(parents=True, exist_ok=True)
        for name, kept in README_PICTURES.items():
            shutil.copyfile(args.out / f"{name}.png", args.readme / f"{kept}.png")


def take(studio: Studio, window: MainWindow, theme: Theme, size: str) -> None:
    tail = theme.name + size
    window.live.welcome.offer(shipped_samples())
    studio.shoot(window, window, f"welcome-{tail}")
    for view in ("guide", "replay"):
        window.run_action(f"show_{view}")
        studio.shoot(window, window, f"{view}-empty-{tail}")
    take_live(studio, window, tail)
    take_files(studio, window, tail)
    if not size:
        take_past(studio, window, tail)
        take_dialogs(studio, window, tail)


def take_live(studio: Studio, window: MainWindow, tail: str) -> None:
    studio.play(window, [SimulatedSource(script=UNTIL_TREMOR, speed=0.0)])
    studio.shoot(window, window, f"live-{tail}")
    model = window.controller.model
    model.scroll(-14.0)
    studio.shoot(window, window, f"live-paused-{tail}")
    model.toggle_pause()
    lost = LinkChange(
        sensor="simulated",
        state=LinkState.RECONNECTING,
        reason="the link to the sensor was lost",
        next_step="trying again in 4 s",
    )
    model.stream.link = LinkUpdate(link=lost)
    studio.shoot(window, window, f"live-lost-{tail}")
    model.stream.link = None
    window.run_action("toggle_bed_mode")
    studio.shoot(window, window, f"bed-{tail}")
    window.run_action("toggle_bed_mode")
    window.run_action("show_tour")
    studio.shoot(window, window, f"tour-{tail}")
    assert window.commands.tour is not None
    window.commands.tour.end()
    window.run_action("stop_session")
    studio.wait(lambda: window.page == "show_guide")
    studio.shoot(window, window, f"guide-{tail}")
    sources = [
        SimulatedSource(script=UNTIL_TREMOR, speed=0.0, label="left"),
        SimulatedSource(script=CALM_LEG, speed=0.0, label="right", seed=3),
    ]
    studio.play(window, list(sources))
    studio.shoot(window, window, f"live-two-sensors-{tail}")
    window.controller.stop()
    window.controller.start_simulated(script=SCRIPTS["guided_stretch"])
    window.commands.begin_guided("stretch", Side.LEFT, simulated=False)
    studio.wait(lambda: window.controller.model.guided is not None)
    studio.wait(lambda: window.controller.model.stream.live is not None)
    studio.shoot(window, window, f"live-guided-{tail}")
    window.run_action("toggle_bed_mode")
    studio.shoot(window, window, f"bed-guided-{tail}")
    window.run_action("toggle_bed_mode")
    window.controller.stop()


def take_past(studio: Studio, window: MainWindow, tail: str) -> None:
    """Show the beginning of a session that is recorded, as it is read back."""
    if studio.wanted and studio.wanted not in f"live-past-{tail}":
        return
    studio.play(window, [SimulatedSource(script=LONG_SESSION, speed=0.0)], record=True)
    window.commands.scroll_to(60.0)
    studio.wait(lambda: window.controller.model.wanted_page() is None)
    studio.shoot(window, window, f"live-past-{tail}")
    window.controller.stop()


def take_files(studio: Studio, window: MainWindow, tail: str) -> None:
    window.run_action("show_library")
    window.run_action("analyse_library")
    studio.wait(lambda: all(r.findings for r in window.library.records))
    window.notice.hide()
    studio.shoot(window, window, f"library-{tail}")
    studio.open_document(window)
    studio.shoot(window, window, f"replay-{tail}")
    window.commands.compare_path(studio.other_evening)
    studio.wait(lambda: window.replay.other is not None)
    studio.shoot(window, window, f"compare-{tail}")
    window.replay.compare(None)
    window.complain("letter.txt is of no known format; `docs/formats.md` lists what can be read")
    studio.shoot(window, window, f"broken-file-{tail}")
    window.notice.hide()


def take_dialogs(studio: Studio, window: MainWindow, tail: str) -> None:
    names = ("show_keys", "show_settings", "export", "check_in", "choose_sensor", "guided_session", "show_palette")
    for name in names:
        window.run_action(name)
        shoot_dialog(studio, window, f"{name.replace('_', '-')}-{tail}")
    window.radio = StillRadio(("Bluetooth is switched off", "switch Bluetooth on (Linux: bluetoothctl power on)"))
    window.run_action("choose_sensor")
    shoot_dialog(studio, window, f"choose-sensor-no-radio-{tail}")


def shoot_dialog(studio: Studio, window: MainWindow, name: str) -> None:
    (dialog,) = [d for d in window.findChildren(QDialog) if d.isVisible()]
    studio.shoot(window, dialog, name)
    dialog.close()
    studio.settle(window)


if __name__ == "__main__":
    main()
