"""Devices: who finds sensors for the picker, and who makes a source of one."""

from collections.abc import Callable, Sequence
from typing import Protocol

from gui.i18n import tr
from sensor import SensorInfo, diagnose_radio
from sensor.simulated import SIMULATED, SimulatedSource
from session import Source

Found = Callable[[Sequence[SensorInfo]], None]
Failed = Callable[[str, str], None]


class Radio(Protocol):
    """What the picker needs of a radio; both calls return at once and answer from any thread."""

    def scan(self, found: Found, failed: Failed) -> None:
        """Look around until `stop`; `found` takes everything seen so far, `failed` a reason and a remedy."""
        ...

    def stop(self) -> None:
        """Stop looking."""
        ...

    def source(self, info: SensorInfo, *, label: str) -> Source:
        """Make a source of a sensor that was found."""
        ...


class NoRadio:
    """Stands in where no sensor family is there: says what is missing on this machine."""

    def scan(self, found: Found, failed: Failed) -> None:
        """Look at the machine's radio and say what mends it."""
        found(())
        for check in diagnose_radio():
            if not check.ok:
                failed(check.text, check.remedy)
                return
        failed(
            tr("the radio works, but this version speaks with no Bluetooth sensor yet"),
            tr("use the simulated leg, or open a recording made with another app"),
        )

    def stop(self) -> None:
        """Nothing goes on."""

    def source(self, info: SensorInfo, *, label: str) -> Source:
        """Only the simulated limb can be used."""
        return make_source(None, info, label=label)


def make_source(radio: Radio | None, info: SensorInfo, *, label: str) -> Source:
    """Make a source: the simulated limb by itself, everything else through the radio."""
    if info.family == SIMULATED.family or radio is None:
        return SimulatedSource(label=label, loop=True, seed=0 if label != "right" else 1)
    return radio.source(info, label=label)


def order(infos: Sequence[SensorInfo], remembered: Sequence[str]) -> list[SensorInfo]:
    """Remembered sensors first, then the strongest signal; the simulated limb always last."""
    rank = {key: i for i, key in enumerate(remembered)}

    def place(info: SensorInfo) -> tuple[bool, int, int, str]:
        signal = info.signal_dbm if info.signal_dbm is not None else -200
        return (info.family == SIMULATED.family, rank.get(info.key, len(rank)), -signal, info.name)

    return sorted({i.key: i for i in infos}.values(), key=place)
