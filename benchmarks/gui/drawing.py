"""How often the live page is drawn, and how long that holds the thread."""

import time
from pathlib import Path

import numpy as np

from benchmarks.gui.window import Timed, new_window, spin
from dsp import LiveState, State
from gui.main_window import MainWindow
from session import LiveUpdate, SampleUpdate

TRACE_HZ, BINS = 200.0, 401
"""Three traces of 6000 points in the half minute that is shown."""
FRAME_LIMIT_MS, CORE_LIMIT = 100.0, 0.25


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
