"""What the app costs: drawing, long recordings, packet to pixel, a night's memory, the start (all synthetic).

python -m benchmarks.gui [--only draw,long,latency,night,start] [--seconds 20] [--hours 24] [--night 8]

Runs without a screen (Qt's offscreen platform draws the same pixels by the same code).
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication

import recordings
import session
from dsp import LiveState, Placement, Side, State
from gui.main_window import MainWindow
from gui.settings import Settings
from gui.theme import DARK, apply_theme
from sensor import Block
from sensor.messages import Sink, SourceMessage
from sensor.simulated import SCRIPTS, SimulatedSource
from session import LiveUpdate, SampleUpdate, tidy

TRACE_HZ, BINS = 200.0, 401
"""Three traces of 6000 points in the half minute that is shown."""
LONG_HZ = 100.0
QUEUE = 100
FRAME_LIMIT_MS, LATENCY_LIMIT_MS, CORE_LIMIT, OPEN_LIMIT_S, START_LIMIT_S, LEAST_FPS = (
    100.0,
    150.0,
    0.25,
    1.5,
    2.5,
    20.0,
)
STARTER = """
import sys, time
from pathlib import Path
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
import gui.main_window
painted = gui.main_window.MainWindow.paintEvent
def first(self, event):
    painted(self, event)
    QTimer.singleShot(0, lambda: (print("painted", flush=True), QApplication.instance().quit()))
gui.main_window.MainWindow.paintEvent = first
from tremorscope.cli.open_app import open_window
import tremorscope.cli.open_app as app
app.has_display = lambda: True
sys.exit(app.open_window(home=Path(sys.argv[1])))
"""


class Timed(QApplication):
    """Measures how long each drawing holds the thread: the timer that draws, and the painting that follows."""

    def __init__(self) -> None:
        super().__init__([])
        self.frames_ms: list[float] = []
        self.work_ms: list[float] = []
        self.after: Callable[[], None] = lambda: None

    def notify(self, receiver: QObject, event: QEvent) -> bool:
        if event.type() not in (QEvent.Type.UpdateRequest, QEvent.Type.Timer):
            return bool(super().notify(receiver, event))
        begin, work = time.perf_counter(), time.thread_time()
        done = bool(super().notify(receiver, event))
        self.frames_ms.append(1e3 * (time.perf_counter() - begin))
        self.work_ms.append(1e3 * (time.thread_time() - work))
        if event.type() is QEvent.Type.UpdateRequest:
            self.after()
        return done


def new_window(app: QApplication, home: Path) -> MainWindow:
    apply_theme(app, DARK)
    window = MainWindow(session.find_home(home), Settings())
    window.resize(1280, 800)
    window.show()
    return window


def spin(app: QApplication, seconds: float, until: Callable[[], bool] = lambda: False) -> float:
    begin = time.perf_counter()
    while time.perf_counter() - begin < seconds and not until():
        app.processEvents()
        time.sleep(0.001)
    return time.perf_counter() - begin


def psd(rng: np.random.Generator) -> np.ndarray:
    return (1e-6 * rng.chisquare(6, BINS)).astype(np.float32)


class Feed:
    """Puts samples and spectra into the model as they would come, without any analysis."""

    def __init__(self, window: MainWindow) -> None:
        self.model, self.rng, self.at = window.controller.model, np.random.default_rng(0), 0.0
        while self.at < 31.0:
            self.give(0.1)
        self.begun = time.perf_counter() - self.at

    def give(self, seconds: float) -> None:
        part = self.rng.normal(scale=0.02, size=(round(seconds * TRACE_HZ), 3)).astype(np.float32)
        self.model.take(SampleUpdate(sensor="left", start_s=self.at, rate_hz=TRACE_HZ, xyz_g=part, motion_g=part))
        self.at += seconds
        live = LiveState(
            time_s=self.at, label=State.TREMOR, confidence=0.9, since_s=0.0, peak_hz=6.8, rms_g=0.02,
            displacement_mm=0.1, holding=True, tiring=False, event=None, evidence=(), hold_start_s=0.0,
            psd=psd(self.rng),
        )  # fmt: skip
        self.model.take(LiveUpdate(sensor="left", live=live))

    def catch_up(self) -> None:
        while self.at < time.perf_counter() - self.begun:
            self.give(0.1)


def draw(app: Timed, folder: Path, seconds: float) -> None:
    window = new_window(app, folder)
    feed = Feed(window)
    window.show_page("show_live")
    spin(app, 1.0)
    app.frames_ms.clear()
    app.work_ms.clear()
    paints = [0]
    app.after = lambda: paints.__setitem__(0, paints[0] + 1)
    begin_cpu = time.process_time()
    begin = time.perf_counter()
    while time.perf_counter() - begin < seconds:
        app.processEvents()
        feed.catch_up()
        time.sleep(0.004)
    wall_s, cpu_s = time.perf_counter() - begin, time.process_time() - begin_cpu
    app.after = lambda: None
    frames = np.array(app.frames_ms)
    print(f"drawing for {wall_s:.0f} s: three traces of {round(30 * TRACE_HZ)} points, spectrogram, spectrum")
    print(f"| drawings a second      | {paints[0] / wall_s:.1f} | 20 to 30 |")
    print(f"| share of one core      | {100 * cpu_s / wall_s:.0f} % | at most {100 * CORE_LIMIT:.0f} % |")
    work = np.array(app.work_ms)
    print(f"| longest frame          | {frames.max():.0f} ms | at most {FRAME_LIMIT_MS:.0f} ms |")
    print(f"| ... of its own work    | {work.max():.0f} ms | the rest is other programs' |")
    print(f"| median frame           | {np.median(frames):.1f} ms | p99 {np.quantile(frames, 0.99):.0f} ms |")
    window.close()


def long_file(folder: Path, hours: float) -> Path:
    rng = np.random.default_rng(1)
    meta = recordings.StreamMeta(label="left", placement=Placement.CALF, side=Side.LEFT, nominal_hz=LONG_HZ)
    home = session.find_home(folder)
    recorder = recordings.Recorder(home.make(home.recordings), sensors=[meta], start_ns=1_795_000_000_000_000_000)
    hour = rng.normal(scale=0.002, size=(round(3600 * LONG_HZ), 3)).astype(np.float32) + np.float32([0, 0, 1])
    t = np.arange(6000) / LONG_HZ
    hour[30_000:36_000, 0] += (0.03 * np.sin(2 * np.pi * 7.1 * t)).astype(np.float32)
    for i in range(round(hours)):
        for k in range(0, len(hour), 1000):
            recorder.add_samples("left", xyz_g=hour[k : k + 1000], start_s=i * 3600.0 + k / LONG_HZ, rate_hz=LONG_HZ)
            while recorder._inbox.qsize() > QUEUE:  # noqa: SLF001 - fed faster than life, the queue would overflow
                time.sleep(0.002)
    return recorder.close()


def long_recording(app: Timed, folder: Path, hours: float) -> None:
    path = long_file(folder, hours)
    window = new_window(app, folder)
    spin(app, 0.5)
    begin = time.perf_counter()
    window.commands.open_path(path)
    spin(app, 60.0, lambda: window.document is not None)
    app.processEvents()
    window.draw()
    app.processEvents()
    opened_s = time.perf_counter() - begin
    document = window.document
    assert document is not None
    spin(app, 120.0, lambda: window.document is not None and window.document.whole)
    whole_s = time.perf_counter() - begin
    document = window.document
    assert document is not None
    busy_fps, _ = moves(app, window)
    spin(app, 900.0, lambda: document.analysis is not None)
    done_s = time.perf_counter() - begin
    spin(app, 0.5)
    quiet_fps, own_fps = moves(app, window)
    print(f"a recording of {hours:g} h at {LONG_HZ:g} Hz, {path.stat().st_size / 1e6:.0f} MB")
    print(f"| opens in                              | {opened_s:.2f} s | at most {OPEN_LIMIT_S:g} s |")
    print(f"| is there as a whole after             | {whole_s:.2f} s |")
    print(f"| pans and zooms while it is analysed   | {busy_fps:.0f} frames/s |")
    print(f"| pans and zooms afterwards             | {quiet_fps:.0f} frames/s | at least {LEAST_FPS:.0f} |")
    print(f"| ... by its own work alone             | {own_fps:.0f} frames/s |")
    print(f"| analysed after                        | {done_s:.0f} s |")
    window.close()


def moves(app: Timed, window: MainWindow) -> tuple[float, float]:
    """Frames a second, and a second of the thread's own work, while the view is zoomed in, moved along, zoomed out."""
    document = window.document
    assert document is not None
    document.show(document.start_s, document.end_s - document.start_s)
    count, begin, work = 0, time.perf_counter(), time.thread_time()
    for i in range(60):
        if i % 3 == 0:
            document.zoom(0.75 if i < 30 else 1.3, document.start_s + 0.4 * (document.end_s - document.start_s))
        else:
            window.commands.pan(0.05 if i % 2 else -0.04)
        window.draw()
        app.processEvents()
        count += 1
    return count / (time.perf_counter() - begin), count / (time.thread_time() - work)


class Stamped:
    """A source that notes when each block was handed over."""

    def __init__(self, inner: SimulatedSource) -> None:
        self.inner, self.handed = inner, [(0.0, 0.0)]

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)

    def start(self, sink: Sink) -> None:
        def note(message: SourceMessage) -> None:
            if isinstance(message, Block):
                end_s = message.start_s + len(message.xyz_g) / message.rate_hz
                self.handed.append((end_s, time.perf_counter()))
            sink(message)

        self.inner.start(note)


def latency(app: Timed, folder: Path, seconds: float) -> None:
    window = new_window(app, folder)
    source = Stamped(SimulatedSource(label="left", loop=True))
    window.controller.start(
        [source], placement={"left": Placement.CALF}, side={"left": Side.LEFT}, title="Simulated limb"
    )
    window.show_page("show_live")
    drawn: list[tuple[float, float]] = []
    spin(app, 60.0, lambda: len(source.handed) > 1)

    def note() -> None:
        drawn.append((window.controller.model.stream.now_s, time.perf_counter()))

    app.after = note
    spin(app, seconds)
    app.after = lambda: None
    shown_s = np.array([s for s, _ in drawn])
    shown_at = np.array([t for _, t in drawn])
    found = []
    for end_s, at in source.handed[20:]:
        i = int(np.searchsorted(shown_s, end_s - 1e-6))
        # Paintings before the block was handed over cannot show it.
        i = max(i, int(np.searchsorted(shown_at, at)))
        if i < len(shown_at):
            found.append(1e3 * (shown_at[i] - at))
    ms = np.array(found)
    print(f"packet to pixel over {len(ms)} packets, through the whole session, with analysis")
    median, p99 = np.quantile(ms, (0.5, 0.99))
    print(
        f"| median {median:.0f} ms | p99 {p99:.0f} ms | at most {LATENCY_LIMIT_MS:.0f} ms | worst {ms.max():.0f} ms |"
    )
    window.close()


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


def start(folder: Path, runs: int = 5) -> None:
    env = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    found = []
    for _ in range(runs + 1):
        begin = time.perf_counter()
        with subprocess.Popen(
            [sys.executable, "-c", STARTER, str(folder)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=env
        ) as process:
            assert process.stdout is not None
            process.stdout.readline()
            found.append(time.perf_counter() - begin)
            process.wait(60)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = (used.ru_utime + used.ru_stime) / (runs + 1)
    print(f"from the command to the first painted window, {runs} starts after one that fills the disk's cache")
    print(f"| median {np.median(found[1:]):.2f} s | worst {max(found[1:]):.2f} s | at most {START_LIMIT_S:g} s |")
    print(f"| work of a start and its end | {cpu_s:.2f} s of one core |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default="draw,long,latency,night,start")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--night", type=float, default=8.0)
    options = parser.parse_args()
    wanted = options.only.split(",")
    app = Timed()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "start" in wanted:
            start(folder)
        if "draw" in wanted:
            draw(app, folder, options.seconds)
        if "latency" in wanted:
            latency(app, folder, options.seconds)
        if "long" in wanted:
            long_recording(app, folder, options.hours)
        if "night" in wanted:
            night(app, folder, options.night)


if __name__ == "__main__":
    main()
