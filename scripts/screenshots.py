"""Takes pictures of the app on the simulated leg: every view, light and dark, at the sizes asked for."""

import argparse
import os
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtWidgets import QApplication

import recordings
import session
from gui.main_window import MainWindow
from gui.theme import DARK, LIGHT, apply_theme
from sensor.simulated import SCRIPTS, simulate

SIZES = ((1280, 800), (2560, 1440))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("screenshots"))
    parser.add_argument("--small", action="store_true", help="only 1280x800")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    app = QApplication([])
    with tempfile.TemporaryDirectory() as folder:
        recording = _recording(Path(folder))
        for theme in (DARK, LIGHT):
            for width, height in SIZES[:1] if args.small else SIZES:
                tail = "" if width == 1280 else f"-{width}"
                for name, at_s, replay in (("live", 64.0, False), ("live-reflex", 92.0, False), ("replay", 64.0, True)):
                    apply_theme(app, theme)
                    window = MainWindow(session.find_home(Path(folder)), theme)
                    window.view.set_theme(theme)
                    window.resize(width, height)
                    window.show()
                    _play(app, window, recording, at_s, replay=replay)
                    path = args.out / f"{name}-{theme.name}{tail}.png"
                    window.grab().save(str(path))
                    print(path)
                    window.close()


def _recording(folder: Path) -> Path:
    found = simulate(SCRIPTS["demo"], seed=0)
    from dsp import Placement, Samples, Side

    made = recordings.Recording(
        path=None,
        format="simulated",
        samples=[Samples(xyz_g=found.xyz_g, rate_hz=found.rate_hz)],
        rate_hz=found.rate_hz,
        placement=Placement.CALF,
        side=Side.LEFT,
    )
    return recordings.export("samples", folder / "simulated-evening-calf.csv", recording=made)


def _play(app: QApplication, window: MainWindow, path: Path, at_s: float, *, replay: bool) -> None:
    if replay:
        window.open_path(path, speed=0.0)
        window.controller.replay.set_speed(64.0)
    else:
        window.controller.start_simulated(speed=60.0)
    end = time.monotonic() + 30
    while window.controller.model.now_s < at_s and time.monotonic() < end:
        app.processEvents()
        time.sleep(0.002)
    if replay:
        window.view.replay.play.setChecked(False)
    else:
        window.controller.running._sources["simulated"]._speed = 1e-6
    for _ in range(30):
        app.processEvents()
        time.sleep(0.01)
    window.draw()
    app.processEvents()


if __name__ == "__main__":
    main()
