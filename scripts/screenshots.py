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
from dsp import Placement, Samples, Side
from gui.main_window import MainWindow
from gui.theme import DARK, LIGHT, apply_theme
from sensor.simulated import SCRIPTS, simulate
from sensor.simulated.script import fast, hold, release, rest, slow

SEED = 0
STOP_REPLAY_S = 95.0
LONGEST_S = 60.0
UNTIL_TREMOR = (
    rest(8.0, twitches=(5.0,)),
    fast(),
    hold(12.0, jerks=(0.6,)),
    release(),
    rest(6.0),
    slow(),
    hold(36.0, tremor_from_s=14.0, growth_db_per_min=16.0),
)
"""A kick after a stretch, then a hold whose tremor grows: what the first picture should show."""
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
                for name, replay in (("live", False), ("replay", True)):
                    apply_theme(app, theme)
                    window = MainWindow(session.find_home(Path(folder)), theme)
                    window.view.set_theme(theme)
                    window.resize(width, height)
                    window.show()
                    _play(app, window, recording, replay=replay)
                    path = args.out / f"{name}-{theme.name}{tail}.png"
                    window.grab().save(str(path))
                    print(path)
                    window.close()


def _recording(folder: Path) -> Path:
    found = simulate(SCRIPTS["demo"], seed=SEED)
    made = recordings.Recording(
        path=None,
        format="simulated",
        samples=[Samples(xyz_g=found.xyz_g, rate_hz=found.rate_hz)],
        rate_hz=found.rate_hz,
        placement=Placement.CALF,
        side=Side.LEFT,
    )
    return recordings.export("samples", folder / "simulated-evening-calf.npz", recording=made)


def _play(app: QApplication, window: MainWindow, path: Path, *, replay: bool) -> None:
    """Play to the end of the script or the recording, as fast as it goes; the window keeps the last view."""
    if replay:
        window.open_path(path, speed=0.0)
    else:
        window.controller.start_simulated(script=UNTIL_TREMOR, speed=0.0, loop=False)
    end = time.monotonic() + LONGEST_S
    while not window.controller.model.ended and time.monotonic() < end:
        app.processEvents()
        time.sleep(0.002)
        if replay and window.controller.model.now_s > STOP_REPLAY_S:
            window.view.replay.play.setChecked(False)
            break
    for _ in range(20):
        app.processEvents()
        time.sleep(0.01)
    window.draw()
    app.processEvents()


if __name__ == "__main__":
    main()
