"""What a night of recording adds to the memory."""

from pathlib import Path

import numpy as np

from benchmarks.gui.window import Timed, new_window, spin
from dsp import Placement, Side
from sensor.simulated import SCRIPTS, SimulatedSource
from session import tidy


def rss_mb() -> float:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return float("nan")


def night(app: Timed, folder: Path, hours: float) -> None:
    window = new_window(app, folder)
    source = SimulatedSource(script=SCRIPTS["demo"], speed=0.0, label="left", loop=True)
    window.controller.start(
        [source], placement={"left": Placement.CALF}, side={"left": Side.LEFT}, title="A night", record=True
    )
    window.show_page("show_live")
    stream = window.controller.model.of("left")
    found: list[tuple[float, float]] = []
    for k in range(1, round(2 * hours) + 1):
        spin(app, 3600.0, lambda k=k: stream.now_s >= 1800.0 * k)  # type: ignore[misc]
        # What this benchmark itself notes of each drawing is no part of the app.
        app.frames_ms.clear()
        app.work_ms.clear()
        # As a session does every ten minutes; else each reading would also tell how long ago that was.
        tidy.give_back()
        found.append((k / 2, rss_mb()))
        print(f"| hour {found[-1][0]:g} | {found[-1][1]:.1f} MB |", flush=True)
    print(f"a night of {hours:g} h, recorded and analysed, faster than life, the window drawing")
    later = found[1:] if len(found) > 2 else found
    hour, held_mb = np.array(later).T
    an_hour_mb = float(np.polyfit(hour, held_mb, 1)[0]) if len(later) > 1 else float("nan")
    print(f"| growth from hour {later[0][0]:g} on, by a line through all | {an_hour_mb:.2f} MB an hour |")
    window.close()
