"""Delivery: the thread that decodes one sensor's notifications and hands messages to the session, in order.

The radio's loop only puts things into its queue. So a session that is slow, or numpy at work, never delays the radio,
and a sensor that floods fills a queue of fixed size instead of the memory.
"""

import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

log = logging.getLogger(__name__)

QUEUE_PACKETS = 512
"""Packets that may wait: a minute of most sensors, 256 kB at most. Beyond, the newest are dropped and counted."""
JOIN_S = 10.0


@dataclass(frozen=True, slots=True)
class RawPacket:
    """One notification: where it came from, what it says, when it came (host monotonic ns)."""

    char: str
    data: bytes
    host_ns: int


class Delivery:
    """Runs work in order on a thread of its own.

    Parameters
    ----------
    name
        Of the thread.
    on_packet
        Takes each notification, on the thread.
    limit
        Packets that may wait.
    """

    def __init__(self, name: str, on_packet: Callable[[RawPacket], None], *, limit: int = QUEUE_PACKETS) -> None:
        self._on_packet, self._limit = on_packet, limit
        self._queue: deque[RawPacket | Callable[[], None] | None] = deque()
        self._packets = 0
        self._dropped = 0
        self._filled = threading.Condition()
        self._thread = threading.Thread(target=self._work, name=name, daemon=True)

    @property
    def dropped(self) -> int:
        """Packets that found no room."""
        return self._dropped

    @property
    def waiting(self) -> int:
        """Packets that wait now."""
        return self._packets

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def offer(self, packet: RawPacket) -> bool:
        """Queue a notification; whether there was room."""
        with self._filled:
            if self._packets >= self._limit:
                self._dropped += 1
                return False
            self._packets += 1
            self._queue.append(packet)
            self._filled.notify()
        return True

    def post(self, work: Callable[[], None]) -> None:
        """Queue work that must not be lost; it runs after what was queued before."""
        with self._filled:
            self._queue.append(work)
            self._filled.notify()

    def finish(self) -> None:
        """End the thread after what is queued. Safe to call twice."""
        with self._filled:
            self._queue.append(None)
            self._filled.notify()

    def join(self) -> bool:
        """Wait for the thread's end; whether it came in time. Called from the thread itself it does not wait."""
        if self._thread is threading.current_thread():
            return True
        self._thread.join(JOIN_S)
        return not self._thread.is_alive()

    def _work(self) -> None:
        while True:
            with self._filled:
                while not self._queue:
                    self._filled.wait()
                item = self._queue.popleft()
                if isinstance(item, RawPacket):
                    self._packets -= 1
            if item is None:
                return
            try:
                if isinstance(item, RawPacket):
                    self._on_packet(item)
                else:
                    item()
            except Exception:
                # One message that the session cannot take must not end the sensor's stream.
                log.exception("a message of the sensor could not be delivered")
