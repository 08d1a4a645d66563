"""Listening: the one scan of a radio, shared by everybody who waits for an advertisement.

A program has one discovery on BlueZ, and a second one is refused; so the person's scan and the search for two lost
sensors at once hear through the same scanner. It runs while somebody listens.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

from bleak import BleakScanner
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData
from bleak.exc import BleakError

from sensor.link.backend import backend_option
from sensor.link.problems import RadioError, RadioProblem
from sensor.link.threads import on_loop

if TYPE_CHECKING:
    from sensor.link.radio import Radio

ANSWER_S = 10.0
"""A radio that has not begun to scan by then does not answer."""
RENEW_S = 30.0
"""A scanner that has run this long is begun anew for the next listener: adapters that were unplugged or reset on the
way leave scanners behind that hear nothing."""

Hear = Callable[[BLEDevice, AdvertisementData], None]

log = logging.getLogger(__name__)


class Listening:
    """Runs bleak's scanner for any number of listeners. Lives on the radio's loop.

    Parameters
    ----------
    radio
        Whose scanner backend is used.
    """

    def __init__(self, radio: "Radio") -> None:
        self._radio = radio
        self._listeners: list[Hear] = []
        self._scanner: BleakScanner | None = None
        self._begun_s = 0.0
        self._changing = asyncio.Lock()

    @contextlib.asynccontextmanager
    async def hearing(self, hear: Hear) -> AsyncIterator[None]:
        """Have `hear` called with every advertisement, on the loop, within the ``async with`` block.

        Raises
        ------
        RadioError
            When the radio does not answer. What bleak itself raises is passed on.
        """
        self._listeners.append(hear)
        try:
            async with self._changing:
                await self._begin()
            yield
        finally:
            self._listeners.remove(hear)
            async with self._changing:
                if not self._listeners:
                    await self._end()

    async def _begin(self) -> None:
        now_s = asyncio.get_running_loop().time()
        if self._scanner is not None and now_s - self._begun_s < RENEW_S:
            return
        await self._end()
        scanner = BleakScanner(on_loop(self._tell), **backend_option(self._radio.scanner_backend))
        try:
            async with asyncio.timeout(ANSWER_S):
                await scanner.start()
        except TimeoutError as error:
            raise RadioError(RadioProblem.SILENT) from error
        self._scanner, self._begun_s = scanner, now_s

    async def _end(self) -> None:
        scanner, self._scanner = self._scanner, None
        if scanner is None:
            return
        try:
            async with asyncio.timeout(ANSWER_S):
                await scanner.stop()
        except (BleakError, OSError, EOFError, TimeoutError) as error:
            # What was found is still true; a radio that is really gone shows at the next step.
            log.warning("the scan did not end cleanly: %s", error)

    def _tell(self, device: BLEDevice, data: AdvertisementData) -> None:
        for hear in list(self._listeners):
            try:
                hear(device, data)
            except Exception:
                # One strange advertisement must not deafen the others.
                log.exception("an advertisement could not be read")
