"""How long the app takes from the command to the first painted window."""

import os
import resource
import subprocess
import sys
import time
from pathlib import Path

import numpy as np

START_LIMIT_S = 2.5
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
