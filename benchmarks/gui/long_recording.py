"""How soon a recording of a day is there, and how it moves."""

import time
from pathlib import Path

import numpy as np

import recordings
import session
from benchmarks.gui.window import Timed, new_window, spin
from dsp import Placement, Side
from gui.main_window import MainWindow

LONG_HZ = 100.0
QUEUE = 100
OPEN_LIMIT_S, LEAST_FPS = 1.5, 20.0


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
