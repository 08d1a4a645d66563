"""Picker: sensors around, with signal and battery; the remedy where the radio fails; a tap tells which is which."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QHBoxLayout, QHeaderView, QTreeWidget, QTreeWidgetItem

from dsp import Placement, Side, TremorscopeError
from gui.devices import make_source, order
from gui.dialogs.base import Sheet
from gui.i18n import tr
from gui.settings import RememberedSensor
from gui.views.card import button, label, quiet, wrapped
from gui.words import PLACEMENTS, SIDES, worn
from sensor import Block, LinkChange, SensorInfo, SourceMessage
from sensor.simulated import SIMULATED
from session import Source

if TYPE_CHECKING:
    from gui.main_window import MainWindow

BARS_DBM = (-90, -80, -70, -60)
"""One bar more from each on."""
TAP_G = 0.25
"""A finger on the strap gives 0.3 g and more; breathing and pulse stay far below."""
TAP_LASTS_MS = 900
REMEMBERED = 5


class _Answers(QObject):
    """Carries the radio's answers into Qt's thread."""

    found = Signal(object)
    failed = Signal(str, str)
    heard = Signal(str, object)


class PickerDialog(Sheet):
    """Chooses one or two sensors, and where they are worn."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(
            window, tr("Choose a sensor"), tr("One, or one on each leg. Wake a sleeping sensor by moving it.")
        )
        self._window = window
        self._infos: dict[str, SensorInfo] = {}
        self._trial: dict[str, Source] = {}
        self._ticked = False
        self._answers = _Answers(self)
        self._answers.found.connect(self.show_found, Qt.ConnectionType.QueuedConnection)
        self._answers.failed.connect(self.show_trouble, Qt.ConnectionType.QueuedConnection)
        self._answers.heard.connect(self._hear, Qt.ConnectionType.QueuedConnection)
        self.list = QTreeWidget()
        self._build()
        self.show_found(())
        self.trouble.setText(tr("Looking around …"))
        self.finished.connect(self._leave)
        if window.radio is not None:
            window.radio.scan(self._answers.found.emit, self._answers.failed.emit)

    def _build(self) -> None:
        self.list.setColumnCount(4)
        self.list.setHeaderLabels([tr("Sensor"), tr("Family"), tr("Signal"), tr("Battery")])
        self.list.setRootIsDecorated(False)
        self.list.setAccessibleName(tr("Sensors around"))
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.setMinimumHeight(190)
        self.list.itemChanged.connect(lambda *_: self._tick())
        self.list.itemDoubleClicked.connect(lambda *_: self.begin())
        self.column.addWidget(self.list, 1)
        self.trouble = wrapped(quiet(""))
        self.column.addWidget(self.trouble)
        tap = QHBoxLayout()
        self.tap_button = button(
            tr("Tap check"), tr("Listen to the chosen sensor, so that a tap shows which one it is")
        )
        self.tap_button.setAutoDefault(False)
        self.tap_button.clicked.connect(self.toggle_tap_check)
        self.tap = label("", 15, QFont.Weight.DemiBold)
        tap.addWidget(self.tap_button)
        tap.addWidget(self.tap, 1)
        self.column.addLayout(tap)
        s = self._window.settings
        form = QFormLayout()
        self.placement, self.side = QComboBox(), QComboBox()
        for box, words, chosen in ((self.placement, PLACEMENTS, s.placement), (self.side, SIDES, s.side)):
            for key, text in words.items():
                box.addItem(tr(text), key)
            box.setCurrentIndex(max(0, box.findData(chosen)))
        self.record = QCheckBox(tr("Record this session"))
        self.record.setChecked(s.record_always)
        for name, widget in ((tr("Worn on"), self.placement), (tr("Side"), self.side)):
            widget.setAccessibleName(name)
            form.addRow(name, widget)
        form.addRow("", self.record)
        self.column.addLayout(form)
        self.go = self.add_foot(tr("Begin"))
        self.go.clicked.connect(self.begin)
        self.resize(620, 600)
        self._quiet_tap = QTimer(self)
        self._quiet_tap.setSingleShot(True)
        self._quiet_tap.timeout.connect(
            lambda: self.tap.setText(tr("Listening … tap the sensor.") if self._trial else "")
        )

    def show_found(self, infos: Sequence[SensorInfo]) -> None:
        """Show what was found so far, remembered ones first, the simulated leg always."""
        s = self._window.settings
        # Until the person ticks something, the sensor used last is ticked as soon as it is seen.
        last = {s.sensors[0].key} if s.sensors else set()
        chosen = {i.key for i in self.chosen()} if self._ticked else last
        ordered = order([*infos, SIMULATED], [r.key for r in s.sensors])
        self._infos = {i.key: i for i in ordered}
        if not chosen & set(self._infos):
            chosen = {SIMULATED.key}
        self.list.blockSignals(True)  # noqa: FBT003 - Qt's signature
        self.list.clear()
        known = {r.key for r in s.sensors}
        for info in ordered:
            battery = f"{info.battery_percent} %" if info.battery_percent is not None else ""
            name = info.name + (" · " + tr("used before") if info.key in known else "")
            item = QTreeWidgetItem([name, info.family, bars(info.signal_dbm), battery])
            item.setData(0, Qt.ItemDataRole.UserRole, info.key)
            item.setCheckState(0, Qt.CheckState.Checked if info.key in chosen else Qt.CheckState.Unchecked)
            if info.warning:
                item.setToolTip(0, info.warning)
                item.setForeground(0, QColor(self._window.theme.quiet))
            self.list.addTopLevelItem(item)
        self.list.blockSignals(False)  # noqa: FBT003 - Qt's signature
        if infos:
            self.trouble.setText(" ".join(i.warning for i in infos if i.warning and i.key in chosen))
        self._chosen_changed()

    def show_trouble(self, reason: str, remedy: str) -> None:
        """Say why nothing can be found, and what mends it."""
        self.trouble.setText(f"{reason[:1].upper()}{reason[1:]}.\n{remedy[:1].upper()}{remedy[1:]}.")

    def chosen(self) -> list[SensorInfo]:
        """List the sensors that are ticked."""
        rows = [self.list.topLevelItem(i) for i in range(self.list.topLevelItemCount())]
        return [
            self._infos[r.data(0, Qt.ItemDataRole.UserRole)]
            for r in rows
            if r is not None and r.checkState(0) is Qt.CheckState.Checked
        ]

    def _tick(self) -> None:
        self._ticked = True
        self._chosen_changed()

    def _chosen_changed(self) -> None:
        count = len(self.chosen())
        self.go.setEnabled(count in (1, 2))
        self.tap_button.setEnabled(count in (1, 2))
        self.side.setEnabled(count != 2)
        self.side.setToolTip(tr("With two sensors the upper one is the left.") if count == 2 else "")
        if count > 2:
            self.trouble.setText(tr("Choose one or two sensors."))

    def toggle_tap_check(self) -> None:
        """Listen to the chosen sensors, or stop."""
        if self._trial:
            self._stop_trial()
            return
        try:
            for info in self.chosen():
                source = make_source(self._window.radio, info, label=info.name)
                self._trial[info.name] = source
                source.start(lambda message, name=info.name: self._answers.heard.emit(name, message))  # type: ignore[misc]
        except TremorscopeError as error:
            self._stop_trial()
            self.trouble.setText(str(error))
            return
        self.tap_button.setText(tr("End tap check"))
        self.tap.setText(tr("Listening … tap the sensor."))

    def _hear(self, name: str, message: SourceMessage) -> None:
        if name not in self._trial:
            return
        if isinstance(message, Block):
            size_g = np.linalg.norm(message.xyz_g - np.median(message.xyz_g, axis=0), axis=1)
            if len(size_g) and float(size_g.max()) > TAP_G:
                self.tap.setText(tr("● That was {name}.", name=name))
                self._quiet_tap.start(TAP_LASTS_MS)
        elif isinstance(message, LinkChange) and message.state.value == "failed":
            self.show_trouble(message.reason, message.next_step)

    def _stop_trial(self) -> None:
        trial, self._trial = self._trial, {}
        for source in trial.values():
            source.stop()
        self.tap_button.setText(tr("Tap check"))
        self.tap.setText("")

    def begin(self) -> None:
        """Begin a session on the chosen sensors."""
        infos, w = self.chosen(), self._window
        if len(infos) not in (1, 2):
            return
        self._stop_trial()
        place = Placement(self.placement.currentData())
        sides = [Side.LEFT, Side.RIGHT] if len(infos) == 2 else [Side(self.side.currentData())]
        labels = [s.value for s in sides] if len(infos) == 2 else [infos[0].name]
        self._remember(infos)
        title = (
            " + ".join(i.name for i in infos)
            + " · "
            + (worn(place.value, sides[0].value) if len(infos) == 1 else tr(PLACEMENTS[place.value]))
        )

        def start() -> None:
            sources = [make_source(w.radio, i, label=name) for i, name in zip(infos, labels, strict=True)]
            w.controller.start(
                sources,
                placement=dict.fromkeys(labels, place),
                side=dict(zip(labels, sides, strict=True)),
                title=title,
                record=self.record.isChecked(),
            )
            w.controller.model.synthetic = any(i.family == SIMULATED.family for i in infos)
            w.show_page("show_live")

        self.accept()
        w.attempt(start)

    def _remember(self, infos: list[SensorInfo]) -> None:
        w = self._window
        new = [RememberedSensor(key=i.key, name=i.name, family=i.family) for i in infos if i.key != SIMULATED.key]
        keys = {r.key for r in new}
        kept = [r for r in w.settings.sensors if r.key not in keys]
        w.change_settings(
            sensors=tuple([*new, *kept][:REMEMBERED]),
            placement=self.placement.currentData(),
            side=self.side.currentData(),
        )

    def _leave(self) -> None:
        self._stop_trial()
        if self._window.radio is not None:
            self._window.radio.stop()


def bars(signal_dbm: int | None) -> str:
    """Signal as bars, with its number."""
    if signal_dbm is None:
        return ""
    count = sum(signal_dbm >= limit for limit in BARS_DBM)
    return "▂▄▆█"[:count] + "·" * (4 - count) + f"  {signal_dbm} dBm"
