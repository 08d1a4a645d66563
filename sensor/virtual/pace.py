"""Pace: when a virtual sensor sends its next packet."""

import asyncio
import time
from typing import Protocol


class Pace(Protocol):
    """The clock that virtual sensors and the link share."""

    def now_ns(self) -> int:
        """Give the host's monotonic time, ns."""
        ...

    async def sleep_until(self, due_ns: int) -> None:
        """Return when `due_ns` has come."""
        ...


class RealPace:
    """The wall's time: packets come when a real sensor's would."""

    def now_ns(self) -> int:
        """Give the host's monotonic time, ns."""
        return time.monotonic_ns()

    async def sleep_until(self, due_ns: int) -> None:
        """Sleep until `due_ns`."""
        await asyncio.sleep(max(0.0, 1e-9 * (due_ns - time.monotonic_ns())))


class ManualPace:
    """Time that stands still until it is told to go on, so that tests depend on no machine's speed."""

    START_NS = 1_000_000_000_000

    def __init__(self) -> None:
        self._now_ns = self.START_NS
        self._waiting: list[tuple[int, asyncio.Future[None]]] = []

    def now_ns(self) -> int:
        """Give the time as it stands, ns."""
        return self._now_ns

    async def sleep_until(self, due_ns: int) -> None:
        """Sleep until `advance` has brought the time to `due_ns`."""
        if due_ns <= self._now_ns:
            # Overdue work still lets others run first.
            await asyncio.sleep(0)
            return
        wake: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        entry = (due_ns, wake)
        self._waiting.append(entry)
        try:
            await wake
        finally:
            if entry in self._waiting:
                self._waiting.remove(entry)

    @property
    def next_due_ns(self) -> int | None:
        """When the next sleeper wakes; None when nobody sleeps."""
        return min((due for due, wake in self._waiting if not wake.done()), default=None)

    def move_to(self, moment_ns: int) -> None:
        """Set the time forward and wake who is due."""
        self._now_ns = max(self._now_ns, moment_ns)
        for due_ns, wake in list(self._waiting):
            if due_ns <= self._now_ns and not wake.done():
                wake.set_result(None)
