"""VirtualRadio: a radio whose sensors exist in this program only."""

import asyncio
from collections.abc import Coroutine, Sequence
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from sensor.link.radio import Radio
from sensor.virtual.air import Air
from sensor.virtual.backend import backends_for
from sensor.virtual.pace import ManualPace, Pace, RealPace
from sensor.virtual.peripheral import VirtualSensor

if TYPE_CHECKING:
    from sensor.families import Family

T = TypeVar("T")

SETTLE_HOPS = 60
"""Turns of the loop that a notification takes at most from a virtual sensor to the link's callback: 12 were counted."""
DEFAULT_TIMEOUT_S = 60.0
NS_PER_S = 1_000_000_000


class VirtualRadio:
    """Virtual sensors on an in-process air, and the `Radio` that finds them; use it as a context manager.

    Parameters
    ----------
    sensors
        What is around. Their addresses must differ.
    manual
        Whether time stands still except in `advance`, for tests that depend on no machine's speed.
    families
        The families the radio recognises; None takes all.
    retry_connector
        As for `Radio`.

    Attributes
    ----------
    radio
        The radio to scan and to stream with.
    sensors
        The virtual sensors.

    Examples
    --------
    >>> with VirtualRadio([VirtualH10(address="F0:F1:F2:F3:F4:01")]) as virtual:  # doctest: +SKIP
    ...     print(virtual.radio.scan(0.5))
    """

    def __init__(
        self,
        sensors: Sequence[VirtualSensor],
        *,
        manual: bool = False,
        families: "Sequence[Family] | None" = None,
        retry_connector: bool | None = None,
    ) -> None:
        self.sensors = tuple(sensors)
        self.pace: Pace = ManualPace() if manual else RealPace()
        self._families, self._retry_connector = families, retry_connector
        self._air: Air | None = None
        self.radio: Radio

    def __enter__(self) -> Self:
        # Bumble ties everything to the running loop, so the radio is made first and the air on its loop.
        self.radio = Radio(
            families=self._families, now_ns=self.pace.now_ns, retry_connector=bool(self._retry_connector)
        )
        self.radio.scanner_backend, self.radio.client_backend = self.run(self._switch_on())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self.radio.running:
                self.run(self._switch_off())
        finally:
            self.radio.close()

    def run(self, work: Coroutine[Any, Any, T], *, timeout_s: float = DEFAULT_TIMEOUT_S) -> T:
        """Run a coroutine of a virtual sensor on the radio's loop and wait for it."""
        return self.radio.call(work, timeout_s=timeout_s)

    def advance(self, seconds: float, *, timeout_s: float = DEFAULT_TIMEOUT_S) -> None:
        """Let `seconds` go by: every packet that falls due is sent and has arrived when this returns.

        Raises
        ------
        TypeError
            When the radio runs in real time.
        """
        if not isinstance(self.pace, ManualPace):
            msg = "only a VirtualRadio with manual=True can be advanced"
            raise TypeError(msg)
        self.run(_advance(self.pace, seconds), timeout_s=timeout_s)

    async def _switch_on(self) -> tuple[Any, Any]:
        self._air = Air()
        for each in self.sensors:
            await each.switch_on(self._air, self.pace)
        return backends_for(self._air)

    async def _switch_off(self) -> None:
        await self.radio.end_works()
        if self._air is not None:
            for each in self.sensors:
                await each.switch_off()
            await self._air.close()


async def _advance(pace: ManualPace, seconds: float) -> None:
    end_ns = pace.now_ns() + round(seconds * NS_PER_S)
    await _settle()
    while (due_ns := pace.next_due_ns) is not None and due_ns <= end_ns:
        pace.move_to(due_ns)
        await _settle()
    pace.move_to(end_ns)
    await _settle()


async def _settle() -> None:
    """Let the loop turn until everything that was sent has arrived; the air has no delays of its own."""
    for _ in range(SETTLE_HOPS):
        await asyncio.sleep(0)
