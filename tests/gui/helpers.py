"""What the tests of the app work with: scripts, a sensor and a radio that obey the test."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog

import tremorscope as ts
from dsp import SensorError
from gui.devices import AS_THEY_ARE, Streaming, simulated_sources
from gui.dialogs.picker import PickerDialog
from gui.main_window import MainWindow
from sensor import Block, LinkChange, LinkState, SensorInfo, Status
from sensor.messages import Sink
from sensor.simulated import SIMULATED, simulate
from sensor.simulated.script import LimbScript, fast, hold, release, rest, slow
from session import Source

D = TypeVar("D", bound=QDialog)
SAMPLES = Path(ts.__file__).parents[1] / "recordings" / "samples"
SHORT = (rest(8.0), fast(), hold(12.0, rhythm=(2.0, 8.0)), release(), rest(6.0))
TIRING = (rest(8.0), slow(), hold(46.0, tremor_from_s=10.0, tremor_mg=26.0, growth_db_per_min=24.0))


class ObedientSource:
    """A sensor that sends what the test says, when the test says it."""

    def __init__(self, label: str, *, name: str = "Strap A", script: LimbScript = SHORT) -> None:
        self.info = SensorInfo(key=f"key of {name}", name=name, family="polar", battery_percent=64)
        self.label, self.nominal_hz = label, 104.0
        self.xyz_g = simulate(script, seed=3, rate_hz=self.nominal_hz).xyz_g
        self.at = 0
        self.sink: Sink = lambda message: None

    def start(self, sink: Sink) -> None:
        self.sink = sink
        self.tell(LinkState.STREAMING)

    def stop(self) -> None:
        self.sink = lambda message: None

    def tell(self, state: LinkState, reason: str = "", next_step: str = "") -> None:
        self.sink(LinkChange(sensor=self.label, state=state, reason=reason, next_step=next_step))

    def send(self, seconds: float, *, lost_s: float = 0.0) -> None:
        """Send so much, after so much that nobody received."""
        lost = round(lost_s * self.nominal_hz)
        self.at += lost
        end = self.at + round(seconds * self.nominal_hz)
        while self.at < end:
            part = self.xyz_g[self.at : self.at + 10]
            if not len(part):
                return
            start_s = self.at / self.nominal_hz
            block = Block(sensor=self.label, xyz_g=part, start_s=start_s, rate_hz=self.nominal_hz, missing_before=lost)
            self.sink(block)
            self.at, lost = self.at + len(part), 0
        self.sink(
            Status(
                sensor=self.label,
                rate_hz=self.nominal_hz,
                nominal_hz=self.nominal_hz,
                loss=lost_s / max(1.0, self.at / self.nominal_hz),
                data_age_s=0.0,
                battery_percent=64,
            )
        )


class ObedientRadio:
    """A radio that finds what the test says."""

    def __init__(self, *infos: SensorInfo, trouble: tuple[str, str] | None = None) -> None:
        self.infos, self.trouble = infos, trouble
        self.scanning = False
        self.made: list[ObedientSource] = []

    def scan(self, found: Callable[[tuple[SensorInfo, ...]], None], failed: Callable[[str, str], None]) -> None:
        self.scanning = True
        found(self.infos)
        if self.trouble is not None:
            failed(*self.trouble)

    def stop(self) -> None:
        self.scanning = False

    def find(self, names: Sequence[str]) -> list[SensorInfo]:
        known = {i.name: i for i in (*self.infos, SIMULATED)}
        if missing := [n for n in names if n not in known and n != "simulated"]:
            msg = f"{missing[0]!r} did not show within 8 s; wear it or press its button"
            raise SensorError(msg)
        return [known.get(n, SIMULATED) for n in names]

    def sources(self, infos: Sequence[SensorInfo], labels: Sequence[str], how: Streaming = AS_THEY_ARE) -> list[Source]:
        made: list[Source] = []
        for info, label in zip(infos, labels, strict=True):
            if info.family == SIMULATED.family:
                made += simulated_sources([label], how)
            else:
                self.made.append(ObedientSource(label, name=info.name))
                made.append(self.made[-1])
        return made

    def close(self) -> None:
        self.scanning = False


def open_dialog(window: MainWindow, kind: type[D]) -> D:
    """Find the one dialog of a kind that is shown."""
    (dialog,) = [d for d in window.findChildren(kind) if d.isVisible()]
    return dialog


def tick(dialog: PickerDialog, *keys: str) -> None:
    """Tick these sensors and no others."""
    for i in range(dialog.list.topLevelItemCount()):
        item = dialog.list.topLevelItem(i)
        wanted = item.data(0, Qt.ItemDataRole.UserRole) in keys
        item.setCheckState(0, Qt.CheckState.Checked if wanted else Qt.CheckState.Unchecked)


def said(window: MainWindow) -> str:
    """What the notice at the foot says; it is closed then."""
    assert window.notice.isVisible()
    text = window.notice.text.text()
    window.notice.hide()
    return text


def noisy(n: int, rate_hz: float = 100.0, *, peak_hz: float = 7.0, size_g: float = 0.03) -> np.ndarray:
    """Gravity, a shaking, and a little noise (synthetic)."""
    rng = np.random.default_rng(5)
    xyz_g = 0.001 * rng.standard_normal((n, 3)).astype(np.float32)
    xyz_g[:, 2] += 1.0
    xyz_g[:, 0] += size_g * np.sin(2 * np.pi * peak_hz * np.arange(n) / rate_hz)
    return xyz_g.astype(np.float32)
