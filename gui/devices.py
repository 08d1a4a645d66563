"""Devices: who finds sensors for the picker, and who makes sources of them."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from dsp import TremorscopeError
from gui.i18n import tr
from sensor import SensorInfo
from sensor.simulated import SIMULATED, SIMULATED_HZ, SimulatedSource
from session import Source

if TYPE_CHECKING:
    import sensor

Found = Callable[[Sequence[SensorInfo]], None]
Failed = Callable[[str, str], None]
ROUND_S = 4.0
"""One look around: long enough for every sensor to have advertised (once a second at the least), short enough for the
list to forget soon who has left."""
ROUNDS_KEPT = 3
"""A sensor that has not shown for so many rounds has left."""
AGAIN_S = 3.0
"""Pause before the radio is tried again: an adapter may be plugged in or switched on meanwhile."""
END_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Streaming:
    """How sensors are to stream.

    Attributes
    ----------
    rate_hz
        Rate to ask them for; None leaves it to them.
    speed
        Of the simulated limb: seconds of it a second.
    """

    rate_hz: float | None = None
    speed: float = 1.0


AS_THEY_ARE = Streaming()


class Radio(Protocol):
    """What the app needs of a radio; `scan` returns at once and answers from any thread."""

    def scan(self, found: Found, failed: Failed) -> None:
        """Look around until `stop`; `found` takes everything seen so far, `failed` a reason and a remedy."""
        ...

    def stop(self) -> None:
        """Stop looking."""
        ...

    def find(self, names: Sequence[str]) -> list[SensorInfo]:
        """Wait until the sensors of these names have shown; their order is the names'."""
        ...

    def sources(self, infos: Sequence[SensorInfo], labels: Sequence[str], how: Streaming = AS_THEY_ARE) -> list[Source]:
        """Make sources of sensors that were found, all on one clock."""
        ...

    def close(self) -> None:
        """Give the radio back."""
        ...


class SensorRadio:
    """The machine's Bluetooth radio; nothing of it is touched before somebody looks for a sensor.

    Parameters
    ----------
    descriptions
        Folder of the person's own sensor descriptions.
    radio
        A radio that is there already (virtual sensors); None makes one of the machine's own, which `close` ends.
    """

    def __init__(self, descriptions: Path | None = None, radio: "sensor.Radio | None" = None) -> None:
        self._descriptions = descriptions
        self._given = radio
        self._own: sensor.Radio | None = None
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._scanning: threading.Thread | None = None

    def scan(self, found: Found, failed: Failed) -> None:
        """Look around, again and again, until `stop`."""
        self.stop()
        self._stopping = threading.Event()
        self._scanning = threading.Thread(
            target=self._look,
            args=(self._scanning, self._stopping, found, failed),
            name="looking around",
            daemon=True,
        )
        self._scanning.start()

    def stop(self) -> None:
        """Stop looking; returns at once."""
        self._stopping.set()
        if (radio := self._given or self._own) is not None:
            radio.cancel_scan()

    def find(self, names: Sequence[str]) -> list[SensorInfo]:
        """Wait until the sensors of these names have shown; ``simulated`` is always there."""
        import session  # noqa: PLC0415 - with bleak behind it, only when a sensor is wanted

        self.stop()
        if self._scanning is not None:
            self._scanning.join(END_S)
        real = [n for n in names if n.lower() != SIMULATED.family]
        around = dict(zip(real, session.find_sensors(self._radio(), real), strict=True)) if real else {}
        return [around.get(n, SIMULATED) for n in names]

    def sources(self, infos: Sequence[SensorInfo], labels: Sequence[str], how: Streaming = AS_THEY_ARE) -> list[Source]:
        """Make sources on one clock."""
        if all(i.family == SIMULATED.family for i in infos):
            return simulated_sources(labels, how)
        from sensor import BleSource  # noqa: PLC0415 - with bleak behind it

        radio = self._radio()
        epoch_ns = radio.now_ns()
        made = dict(zip(labels, simulated_sources(labels, how), strict=True))
        return [
            made[label]
            if info.family == SIMULATED.family
            else BleSource(radio, info, label=label, rate_hz=how.rate_hz, epoch_ns=epoch_ns)
            for info, label in zip(infos, labels, strict=True)
        ]

    def close(self) -> None:
        """Stop looking and end the radio's thread."""
        self.stop()
        if self._own is not None:
            self._own.close()
            self._own = None

    def _radio(self) -> "sensor.Radio":
        if self._given is not None:
            return self._given
        with self._lock:
            if self._own is None:
                import sensor  # noqa: PLC0415 - bleak takes 0.2 s to load: not at the start
                from sensor.families import all_families  # noqa: PLC0415 - as above

                self._own = sensor.Radio(families=all_families(self._descriptions))
            return self._own

    def _look(self, before: threading.Thread | None, stopping: threading.Event, found: Found, failed: Failed) -> None:
        if before is not None:
            before.join(END_S)
        seen: dict[str, tuple[SensorInfo, int]] = {}
        turn = 0

        def tell(info: SensorInfo) -> None:
            seen[info.key] = (info, turn)
            if not stopping.is_set():
                found([i for i, _ in seen.values()])

        while not stopping.is_set():
            turn += 1
            try:
                self._radio().scan(ROUND_S, tell)
            except TremorscopeError as error:
                if not stopping.is_set():
                    failed(*reason_and_remedy(str(error)))
                stopping.wait(AGAIN_S)
                continue
            for key in [k for k, (_, last) in seen.items() if turn - last >= ROUNDS_KEPT]:
                del seen[key]
            if not stopping.is_set():
                found([i for i, _ in seen.values()])


class NoRadio:
    """Stands in where the program has no radio at all: says what is missing on this machine."""

    def scan(self, found: Found, failed: Failed) -> None:
        """Look at the machine's radio and say what mends it."""
        from sensor import diagnose_radio  # noqa: PLC0415 - with bleak behind it

        found(())
        for check in diagnose_radio():
            if not check.ok:
                failed(check.text, check.remedy)
                return
        failed(tr("no sensor can be used here"), tr("use the simulated leg, or open a recording made with another app"))

    def stop(self) -> None:
        """Nothing goes on."""

    def find(self, names: Sequence[str]) -> list[SensorInfo]:
        """Only the simulated limb is there."""
        return [SIMULATED for _ in names]

    def sources(self, infos: Sequence[SensorInfo], labels: Sequence[str], how: Streaming = AS_THEY_ARE) -> list[Source]:
        """Only the simulated limb can be used."""
        del infos
        return simulated_sources(labels, how)

    def close(self) -> None:
        """Nothing is held."""


def simulated_sources(labels: Sequence[str], how: Streaming = AS_THEY_ARE) -> list[Source]:
    """Make a simulated leg of each label; two legs are not the same."""
    return [
        SimulatedSource(label=label, loop=True, seed=i, speed=how.speed, rate_hz=how.rate_hz or SIMULATED_HZ)
        for i, label in enumerate(labels)
    ]


def reason_and_remedy(text: str) -> tuple[str, str]:
    """Part an error's message into what happened and what to do."""
    reason, _, remedy = text.partition("; ")
    return reason, remedy


def order(infos: Sequence[SensorInfo], remembered: Sequence[str]) -> list[SensorInfo]:
    """Remembered sensors first, then the strongest signal; the simulated limb always last."""
    rank = {key: i for i, key in enumerate(remembered)}

    def place(info: SensorInfo) -> tuple[bool, int, int, str]:
        signal = info.signal_dbm if info.signal_dbm is not None else -200
        return (info.family == SIMULATED.family, rank.get(info.key, len(rank)), -signal, info.name)

    return sorted({i.key: i for i in infos}.values(), key=place)
