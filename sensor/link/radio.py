"""Radio: the one thread and the one asyncio loop that own everything of bleak."""

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import Future
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from dsp import SensorError
from sensor.messages import SensorInfo

if TYPE_CHECKING:
    from bleak.backends.client import BaseBleakClient
    from bleak.backends.device import BLEDevice
    from bleak.backends.scanner import BaseBleakScanner

    from sensor.families import Family
    from sensor.link.listening import Listening
    from sensor.link.times import LinkTimes

T = TypeVar("T")
OnFound = Callable[[SensorInfo], None]

JOIN_S = 10.0
"""The thread has ended by then: closing links takes at most `LinkTimes.disconnect_s` each, all at once."""
SCAN_MARGIN_S = 15.0
"""How much longer than asked for a scan may take before the radio counts as silent."""

log = logging.getLogger(__name__)


class Radio:
    """Owns the thread, the loop and all of bleak; scans, and carries the links of any number of sensors.

    The thread starts with the first use and ends with `close`. All public methods may be called from any thread but the
    radio's own.

    Parameters
    ----------
    scanner_backend, client_backend
        Classes for bleak to use in place of the platform's own, as bleak's ``backend=`` takes them.
    families
        The sensor families to recognise; None takes all that the program knows.
    now_ns
        The host's monotonic clock. Arrival times and silences are taken from it.
    retry_connector
        Whether to open links with bleak-retry-connector, which knows BlueZ's moods (stale connections, half-removed
        devices). None uses it for devices that BlueZ has found, where it serves.

    Examples
    --------
    >>> with Radio() as radio:  # doctest: +SKIP
    ...     for info in radio.scan(5.0):
    ...         print(info.name, info.family, info.signal_dbm)
    """

    def __init__(
        self,
        *,
        scanner_backend: "type[BaseBleakScanner] | None" = None,
        client_backend: "type[BaseBleakClient] | None" = None,
        families: "Sequence[Family] | None" = None,
        now_ns: Callable[[], int] = time.monotonic_ns,
        retry_connector: bool | None = None,
    ) -> None:
        self.scanner_backend = scanner_backend
        self.client_backend = client_backend
        self.now_ns = now_ns
        self._retry_connector = retry_connector
        self._families = tuple(families) if families is not None else None
        self._devices: dict[str, BLEDevice] = {}
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ending: asyncio.Event | None = None
        self._scan_stop: asyncio.Event | None = None
        self._listening: Listening | None = None
        self._works: set[asyncio.Task[Any]] = set()
        self._closed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def families(self) -> "tuple[Family, ...]":
        """The sensor families that are recognised."""
        if self._families is None:
            from sensor.families import all_families  # noqa: PLC0415 - the families load with the first use

            self._families = tuple(all_families())
        return self._families

    def uses_retry_connector(self, device: "BLEDevice") -> bool:
        """Whether the link to a device is opened with bleak-retry-connector."""
        if self._retry_connector is None:
            # What BlueZ calls a device stands in the handles that its backend gives out, and in no other's.
            return isinstance(device.details, dict) and "path" in device.details
        return self._retry_connector

    @property
    def running(self) -> bool:
        """Whether the radio's thread runs."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def is_current_thread(self) -> bool:
        """Whether the caller runs on the radio's own thread, where waiting for the radio would wait for ever."""
        return threading.current_thread() is self._thread

    def scan(
        self, seconds: float = 5.0, on_found: OnFound | None = None, *, everything: bool = False
    ) -> list[SensorInfo]:
        """Look for sensors.

        Parameters
        ----------
        seconds
            How long.
        on_found
            Called from the radio's thread for each sensor that is found, and again when what is known of it changes.
        everything
            Whether to tell of devices that no family knows, too; their `family` is empty.

        Returns
        -------
        list of SensorInfo
            The strongest signal first.

        Raises
        ------
        RadioError
            When the radio cannot be used; the message says why and what to do.
        SensorError
            When a scan is running already.
        """
        from sensor.link.scanning import scan  # noqa: PLC0415 - loads bleak, which only a radio needs

        return self.call(scan(self, seconds, on_found, everything=everything), timeout_s=seconds + SCAN_MARGIN_S)

    def cancel_scan(self) -> None:
        """End a running scan early; it returns what it has found."""
        if self._scan_stop is not None:
            self.call_soon(self._scan_stop.set)

    def ask(self, info: SensorInfo, times: "LinkTimes | None" = None) -> SensorInfo:
        """Visit a sensor for a moment and ask what it does not advertise: model, serial number, firmware, battery.

        Parameters
        ----------
        info
            The sensor, as a scan gave it.
        times
            Time-outs.

        Returns
        -------
        SensorInfo
            Completed as far as the sensor answers; as it was when it does not.

        Raises
        ------
        RadioError
            When the radio cannot be used.
        """
        from sensor.link.asking import ask  # noqa: PLC0415 - loads bleak, which only a radio needs
        from sensor.link.problems import LinkLostError  # noqa: PLC0415 - as above
        from sensor.link.times import LinkTimes  # noqa: PLC0415 - as above

        waits = times if times is not None else LinkTimes()
        whole_s = waits.find_s + waits.connect_s + 5 * waits.operation_s + waits.disconnect_s
        try:
            return self.call(ask(self, info, waits), timeout_s=whole_s)
        except LinkLostError as error:
            log.info("a sensor did not answer: %s", error)
            return info

    def submit(self, work: Coroutine[Any, Any, T]) -> "Future[T]":
        """Have the radio's loop do some work."""
        try:
            loop = self._started()
        except SensorError:
            work.close()
            raise
        return asyncio.run_coroutine_threadsafe(self._tracked(work), loop)

    def call(self, work: Coroutine[Any, Any, T], *, timeout_s: float | None = None) -> T:
        """Have the radio's loop do some work and wait for the result.

        Raises
        ------
        SensorError
            When it is not done within `timeout_s`.
        """
        if self.is_current_thread:
            work.close()
            msg = "the radio's own thread cannot wait for itself; call from another thread"
            raise SensorError(msg)
        future = self.submit(work)
        try:
            return future.result(timeout_s)
        except TimeoutError as error:
            if future.done():
                raise  # the work's own
            future.cancel()
            from sensor.link.problems import RadioError, RadioProblem  # noqa: PLC0415 - loads bleak

            raise RadioError(RadioProblem.SILENT, f"no answer within {timeout_s:g} s") from error

    def call_soon(self, work: Callable[[], object]) -> None:
        """Have the radio's loop call `work` soon; without effect when the radio is closed."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):  # the loop has just closed
                self._loop.call_soon_threadsafe(work)

    def device(self, key: str) -> "BLEDevice | None":
        """Get bleak's handle of a device that a scan has seen."""
        return self._devices.get(key.lower())

    def remember(self, device: "BLEDevice") -> None:
        """Keep bleak's newest handle of a device."""
        self._devices[device.address.lower()] = device

    @property
    def listening(self) -> "Listening":
        """The scanner that all listeners share. Used on the radio's loop."""
        if self._listening is None:
            from sensor.link.listening import Listening  # noqa: PLC0415 - loads bleak, which only a radio needs

            self._listening = Listening(self)
        return self._listening

    def begin_scan(self) -> asyncio.Event:
        """Reserve the scanner; the event ends the scan early. Called on the radio's loop.

        Raises
        ------
        SensorError
            When a scan is running already.
        """
        if self._scan_stop is not None:
            msg = "a scan is running already; wait for it or cancel it"
            raise SensorError(msg)
        self._scan_stop = asyncio.Event()
        return self._scan_stop

    def end_scan(self) -> None:
        """Give the scanner back. Called on the radio's loop."""
        self._scan_stop = None

    async def end_works(self) -> None:
        """Cancel everything that was submitted, and wait until the links have sent their stop commands."""
        works = [task for task in self._works if task is not asyncio.current_task()]
        for task in works:
            task.cancel()
        await asyncio.gather(*works, return_exceptions=True)

    def close(self) -> None:
        """End the thread; links that are still open are closed. Safe to call twice."""
        with self._lock:
            self._closed = True
            thread, loop, ending = self._thread, self._loop, self._ending
        if thread is None or loop is None or ending is None or not thread.is_alive():
            return
        self.call_soon(ending.set)
        if thread is not threading.current_thread():
            thread.join(JOIN_S)

    def _started(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._closed:
                msg = "this radio has been closed; make a new one"
                raise SensorError(msg)
            if self._loop is None:
                ready = threading.Event()
                self._thread = threading.Thread(target=self._run, args=(ready,), name="radio", daemon=True)
                self._thread.start()
                ready.wait()
            assert self._loop is not None  # noqa: S101 - the thread has set it before `ready`
            return self._loop

    def _run(self, ready: threading.Event) -> None:
        with asyncio.Runner() as runner:
            self._loop = runner.get_loop()
            self._ending = asyncio.Event()
            ready.set()
            runner.run(self._until_closed(self._ending))

    async def _tracked(self, work: Coroutine[Any, Any, T]) -> T:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - a coroutine that runs on a loop has one
        self._works.add(task)
        try:
            return await work
        finally:
            self._works.discard(task)

    async def _until_closed(self, ending: asyncio.Event) -> None:
        await ending.wait()
        await self.end_works()
