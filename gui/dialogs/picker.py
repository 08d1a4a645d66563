"""Picker: sensors around, with signal and battery; the remedy where the radio fails; a tap tells which is which."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QCheckBox, QFormLayout, QHBoxLayout, QHeaderView, QTreeWidget, QTreeWidgetItem

from dsp import Placement, Side, TremorscopeError
from gui.devices import order
from gui.dialogs.base import Sheet
from gui.i18n import foreign, mark, tr
from gui.settings import RememberedSensor
from gui.trial import TapTrial
from gui.views.card import Combo, button, label, quiet, wrapped
from gui.words import PLACEMENTS, SIDES
from sensor import SensorInfo, Status
from sensor.simulated import SIMULATED

if TYPE_CHECKING:
    from gui.main_window import MainWindow

BARS_DBM = (-90, -80, -70, -60)
"""One bar more from each on."""
TAP_LASTS_MS = 2500
REMEMBERED = 5
KEY = Qt.ItemDataRole.UserRole
FAMILIES = {"simulated": mark("simulated"), "polar": "Polar", "movesense": "Movesense", "witmotion": "WitMotion"}
"""Families whose name is not written as their identifier."""


class _Answers(QObject):
    """Carries the radio's answers into Qt's thread."""

    found = Signal(object)
    failed = Signal(str, str)


class PickerDialog(Sheet):
    """Chooses one or two sensors, and where they are worn."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(
            window, tr("Choose a sensor"), tr("One, or one on each leg. Wake a sleeping sensor by moving it.")
        )
        self._window = window
        self._infos: dict[str, SensorInfo] = {}
        self._battery: dict[str, int] = {}
        self._left = ""
        self._ticked = False
        self._answers, self.trial = _Answers(self), TapTrial(self)
        self._answers.found.connect(self.show_found, Qt.ConnectionType.QueuedConnection)
        self._answers.failed.connect(self.show_trouble, Qt.ConnectionType.QueuedConnection)
        self.trial.tapped.connect(self._tapped)
        self.trial.told.connect(self._told)
        self.trial.failed.connect(self.show_trouble)
        self.list = QTreeWidget()
        self._build()
        self.show_found(())
        self.trouble.setText(tr("Looking around …"))
        self.finished.connect(self._leave)
        self._look_around()

    def _look_around(self) -> None:
        self._window.radio.scan(self._answers.found.emit, self._answers.failed.emit)

    def _build(self) -> None:
        self.list.setColumnCount(4)
        self.list.setHeaderLabels([tr("Sensor"), tr("Family"), tr("Signal"), tr("Battery")])
        self.list.setRootIsDecorated(False)
        self.list.setAccessibleName(tr("Sensors around"))
        self.list.header().setStretchLastSection(False)
        self.list.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.setMinimumHeight(190)
        self.list.itemChanged.connect(lambda _, column: self._tick() if column == 0 else None)
        self.list.itemDoubleClicked.connect(lambda *_: self.begin())
        self.column.addWidget(self.list, 1)
        self.trouble = wrapped(quiet(""))
        self.trouble.setMinimumHeight(36)
        self.column.addWidget(self.trouble)
        tap = QHBoxLayout()
        self.tap_button = button(
            tr("Tap check"), tr("Listen to the chosen sensor, so that a tap shows which one it is")
        )
        self.tap_button.setAutoDefault(False)
        self.tap_button.clicked.connect(self.toggle_tap_check)
        self.tap = wrapped(label("", 15, QFont.Weight.DemiBold))
        tap.addWidget(self.tap_button)
        tap.addWidget(self.tap, 1)
        self.column.addLayout(tap)
        s = self._window.settings
        form = QFormLayout()
        self.placement, self.side = Combo(), Combo()
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
        self.resize(640, 620)
        self._quiet_tap = QTimer(self)
        self._quiet_tap.setSingleShot(True)
        self._quiet_tap.timeout.connect(self._ask_for_tap)

    def show_found(self, infos: Sequence[SensorInfo]) -> None:
        """Show what was found so far, remembered ones first, the simulated leg always."""
        s = self._window.settings
        here = {i.key for i in infos}
        away = [SensorInfo(key=r.key, name=r.name, family=r.family) for r in s.sensors if r.key not in here]
        # Until the person ticks something, the sensor used last is ticked as soon as it is seen.
        last = {s.sensors[0].key} & here if s.sensors else set()
        chosen = {i.key for i in self.chosen()} if self._ticked else last
        ordered = order([*infos, *away, SIMULATED], [r.key for r in s.sensors])
        self._infos = {i.key: i for i in ordered}
        if not chosen & set(self._infos):
            chosen = {SIMULATED.key}
        current = self.list.currentIndex().row()
        self.list.blockSignals(True)  # noqa: FBT003 - Qt's signature
        self.list.clear()
        known = {r.key for r in s.sensors}
        for info in ordered:
            self.list.addTopLevelItem(
                self._row(info, known=info.key in known, away=info in away, on=info.key in chosen)
            )
        if current >= 0:
            row = self.list.topLevelItem(min(current, self.list.topLevelItemCount() - 1))
            assert row is not None  # noqa: S101 - the simulated leg is always there
            self.list.setCurrentItem(row)
        self.list.blockSignals(False)  # noqa: FBT003 - Qt's signature
        if infos:
            self.trouble.setText(" ".join(foreign(i.warning) for i in infos if i.warning and i.key in chosen))
        self._chosen_changed()

    def _row(self, info: SensorInfo, *, known: bool, away: bool, on: bool) -> QTreeWidgetItem:
        percent = self._battery.get(info.key, info.battery_percent)
        battery = f"{percent} %" if percent is not None else ""
        name = foreign(info.name) + (" · " + tr("used before") if known else "")
        signal = tr("not seen yet") if away else bars(info.signal_dbm)
        item = QTreeWidgetItem([name, tr(FAMILIES.get(info.family, info.family)), signal, battery])
        item.setData(0, KEY, info.key)
        item.setCheckState(0, Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
        if info.warning:
            item.setToolTip(0, foreign(info.warning))
        if info.warning or away:
            item.setForeground(0, QColor(self._window.theme.quiet))
        return item

    def show_trouble(self, reason: str, remedy: str) -> None:
        """Say why nothing can be found, and what mends it."""
        lines = [foreign(t) for t in (reason, remedy) if t]
        self.trouble.setText("\n".join(f"{t[:1].upper()}{t[1:].rstrip('.')}." for t in lines))

    def chosen(self) -> list[SensorInfo]:
        """List the sensors that are ticked; with two, the one on the left leg first."""
        rows = [self.list.topLevelItem(i) for i in range(self.list.topLevelItemCount())]
        found = [
            self._infos[r.data(0, KEY)] for r in rows if r is not None and r.checkState(0) is Qt.CheckState.Checked
        ]
        return sorted(found, key=lambda i: i.key != self._left) if self._left else found

    def _tick(self) -> None:
        self._ticked = True
        self._left = ""
        self._chosen_changed()

    def _chosen_changed(self) -> None:
        count = len(self.chosen())
        self.go.setEnabled(count in (1, 2))
        self.tap_button.setEnabled(count in (1, 2))
        self.side.setEnabled(count != 2)
        if count > 2:
            self.trouble.setText(tr("Choose one or two sensors."))
        elif count == 2 and not self.trial.listening:
            self.tap.setText(tr("{name} is on the left leg.", name=self.chosen()[0].name))
        elif not self.trial.listening:
            self.tap.setText("")

    def toggle_tap_check(self) -> None:
        """Listen to the chosen sensors, or stop."""
        if self.trial.listening:
            self._stop_trial()
            self._look_around()
            return
        infos = self.chosen()
        # A radio that looks around has no time for a link.
        self._window.radio.stop()
        try:
            self.trial.start(self._window.radio.sources(infos, [i.key for i in infos]))
        except TremorscopeError as error:
            self.trouble.setText(foreign(str(error)))
            return
        self.tap_button.setText(tr("End tap check"))
        self._ask_for_tap()

    def _ask_for_tap(self) -> None:
        if not self.trial.listening:
            return
        two = len(self.chosen()) == 2
        self.tap.setText(
            tr("Listening … tap the sensor on your left leg.") if two else tr("Listening … tap the sensor.")
        )

    def _tapped(self, key: str) -> None:
        name = self._infos[key].name if key in self._infos else key
        if len(self.chosen()) == 2:
            self._left = key
            self.tap.setText(tr("● That was {name}: it is the left one.", name=name))
        else:
            self.tap.setText(tr("● That was {name}.", name=name))
        self._quiet_tap.start(TAP_LASTS_MS)

    def _told(self, key: str, status: Status) -> None:
        if status.battery_percent is None or self._battery.get(key) == status.battery_percent:
            return
        self._battery[key] = status.battery_percent
        if key in self._infos:
            self._infos[key] = replace(self._infos[key], battery_percent=status.battery_percent)
        for i in range(self.list.topLevelItemCount()):
            item = self.list.topLevelItem(i)
            if item is not None and item.data(0, KEY) == key:
                item.setText(3, f"{status.battery_percent} %")

    def _stop_trial(self) -> None:
        self.trial.stop()
        self.tap_button.setText(tr("Tap check"))
        self.tap.setText("")
        self._chosen_changed()

    def begin(self) -> None:
        """Begin a session on the chosen sensors."""
        infos, w = self.chosen(), self._window
        if len(infos) not in (1, 2):
            return
        self._remember(infos)
        place, record = Placement(self.placement.currentData()), self.record.isChecked()
        sides = [Side.LEFT, Side.RIGHT] if len(infos) == 2 else [Side(self.side.currentData())]

        def go() -> None:
            # The radio must be free of the look around before it can open a link.
            w.radio.stop()
            w.commands.begin(infos, sides, placement=place, record=record)
            self.accept()

        self.go.setEnabled(False)
        self.trial.stop(then=go)

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
        self._window.radio.stop()


def bars(signal_dbm: int | None) -> str:
    """Signal as bars, with its number."""
    if signal_dbm is None:
        return ""
    count = sum(signal_dbm >= limit for limit in BARS_DBM)
    return "▂▄▆█"[:count] + "·" * (4 - count) + f"  {signal_dbm} dBm"
