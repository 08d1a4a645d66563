"""Connections for tests: one without a radio, that answers as a test says; and bleak over virtual sensors."""

from collections.abc import Callable
from typing import Any

from sensor.families import PairingRequiredError

Answer = Callable[[str, bytes], list[tuple[str, bytes]]]


class ScriptedGatt:
    """Keeps what is written and notifies what the script answers."""

    def __init__(
        self,
        *,
        characteristics: set[str],
        answer: Answer | None = None,
        reads: dict[str, bytes] | None = None,
        demands_bond: bool = False,
    ) -> None:
        self.characteristics = frozenset(characteristics)
        self.max_write = 20
        self.written: list[tuple[str, bytes]] = []
        self.listeners: dict[str, Callable[[bytes], None]] = {}
        self._answer, self._reads, self._demands_bond = answer, reads or {}, demands_bond

    async def read(self, uuid: str) -> bytes:
        return self._reads.get(uuid, b"")

    async def write(self, uuid: str, data: bytes, *, response: bool) -> None:
        del response
        if self._demands_bond:
            msg = "the sensor demands to be paired"
            raise PairingRequiredError(msg)
        self.written.append((uuid, data))
        for to, answer in self._answer(uuid, data) if self._answer else []:
            self.notify(to, answer)

    async def subscribe(self, uuid: str, callback: Callable[[bytes], None]) -> None:
        self.listeners[uuid] = callback

    async def unsubscribe(self, uuid: str) -> None:
        self.listeners.pop(uuid, None)

    def notify(self, uuid: str, data: bytes) -> None:
        if uuid in self.listeners:
            self.listeners[uuid](data)


def run_over(on_air: Any, *sensors: Any, **options: Any) -> Any:
    """Run a coroutine function with the radio's backend classes on the radio's loop."""
    virtual = on_air(*sensors, manual=False, **options)

    def run(work: Any) -> Any:
        return virtual.run(work(virtual.radio.scanner_backend, virtual.radio.client_backend))

    return run
