"""LinkMachine: the states of one sensor's link, on the radio's loop.

SCANNING -> CONNECTING -> (PAIRING -> CONNECTING) -> STARTING -> STREAMING, STALLED when samples stay out,
RECONNECTING with back-off when the link is lost, STOPPED or FAILED at the end. SCANNING is left out where a scan has
just seen the sensor. Every wait has a time-out and a next step.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from dsp import SensorError
from sensor.families import Driver, Family, PairingRequiredError, StreamRequest, StreamSettings
from sensor.families.errors import AGAIN
from sensor.families.stream import DataSink
from sensor.link.delivery import Delivery, RawPacket
from sensor.link.identity import BATTERY, ask_about, battery_of, check_serial, check_services, read_battery
from sensor.link.opening import OpenLink, close_link, open_link, pair
from sensor.link.patience import GiveUp, NextTry, Patience
from sensor.link.problems import LinkLostError
from sensor.link.reader import Reader, StreamWatch
from sensor.link.scanning import find
from sensor.link.times import LinkTimes
from sensor.messages import LinkState, SensorInfo

if TYPE_CHECKING:
    from sensor.link.radio import Radio

log = logging.getLogger(__name__)

EARLY_PACKETS = 64
"""Notifications that are kept until the start has been answered; one or two are usual."""
NS_PER_S = 1e9


class _JustPaired(Exception):  # noqa: N818 - no error: it ends one connection, so that the next one has the bond
    """A bond was made; newer firmware takes commands only over a link that was opened after it (bleak #1943)."""


class LinkMachine:
    """Keeps one sensor streaming until it is cancelled, stops by itself, or cannot be had.

    Parameters
    ----------
    radio
        Carries the link.
    info
        The sensor, as the scan knows it.
    family
        Its family.
    request
        What is wanted of it.
    serial
        The serial number it must have; empty takes whichever it has, and holds on to that.
    times
        Time-outs and back-off.
    bad_limit
        Malformed frames in a row after which the link is opened anew.
    reader, delivery
        Where packets and messages go.
    """

    def __init__(
        self,
        *,
        radio: "Radio",
        info: SensorInfo,
        family: Family,
        request: StreamRequest,
        serial: str,
        times: LinkTimes,
        bad_limit: int,
        reader: Reader,
        delivery: Delivery,
    ) -> None:
        self.info = info
        self.settings: StreamSettings | None = None
        self._radio, self._family, self._request = radio, family, request
        self._serial, self._times, self._bad_limit = serial, times, bad_limit
        self._reader, self._delivery = reader, delivery
        self._patience = Patience(times)
        self._pair_next = False
        self._find_next = False
        self._again = False
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Have the watch look at once. Called on the radio's loop."""
        self._wake.set()

    async def run(self) -> None:
        """Stream until the end, whatever it is; tells it and returns."""
        ticking = asyncio.create_task(self._tick())
        try:
            state, reason, step = await self._keep_streaming()
        except asyncio.CancelledError:
            state, reason, step = LinkState.STOPPED, "stopped", ""
        except Exception as error:
            log.exception("the link ended by a mistake of the program")
            step = "start the sensor again; if it happens once more, please report it with the log"
            state, reason = LinkState.FAILED, f"a mistake of the program ({type(error).__name__})"
        finally:
            ticking.cancel()
            await asyncio.gather(ticking, return_exceptions=True)
        self._say(state, reason, step)

    async def _keep_streaming(self) -> tuple[LinkState, str, str]:
        while True:
            try:
                return LinkState.STOPPED, await self._stream_once(), "start it again when you are ready"
            except _JustPaired:
                self._say(LinkState.CONNECTING, "the sensor is paired; opening the link again")
                continue
            except SensorError as error:
                after = self._patience.after(error, self._seconds())
            if isinstance(after, GiveUp):
                return LinkState.FAILED, after.reason, after.next_step
            await self._prepare(after)

    async def _prepare(self, after: NextTry) -> None:
        self._pair_next, self._again = after.pair, True
        if after.pair:
            self._say(LinkState.PAIRING, after.reason, after.next_step)
        else:
            self._say(LinkState.RECONNECTING, after.reason, after.next_step)
        await asyncio.sleep(after.wait_s)

    async def _stream_once(self) -> str:
        """Connect, start and stream until the sensor stops by itself; gives the reason why it did.

        Raises
        ------
        SensorError
            When the link, the start or the stream failed.
        """
        async with self._connected() as link:
            if self._pair_next:
                await pair(link, self._times)
                self._pair_next = self._find_next = False
                raise _JustPaired
            await self._identify(link)
            return await self._start_and_watch(link)

    @contextlib.asynccontextmanager
    async def _connected(self) -> AsyncIterator[OpenLink]:
        link = await self._open()
        try:
            yield link
        finally:
            await close_link(link, self._times)

    async def _open(self) -> OpenLink:
        known = self._radio.device(self.info.key)
        if known is not None and not self._find_next:
            # The scan, or the pairing, has just seen it. From now on it may be away, and its handle stale.
            self._find_next = True
            self._say_first(LinkState.CONNECTING, "opening the link")
            return await open_link(self._radio, known, self._times)
        self._say_first(LinkState.SCANNING, "looking for the sensor", "wear it or press its button, so that it wakes")
        try:
            found = await find(self._radio, self.info.key, self._times.find_s)
        except LinkLostError:
            if known is None:
                raise
            return await open_link(self._radio, known, self._times, within_s=self._times.blind_connect_s)
        self._say_first(LinkState.CONNECTING, "opening the link")
        return await open_link(self._radio, found, self._times)

    async def _identify(self, link: OpenLink) -> None:
        check_services(link.gatt, self._family)
        self.info = await ask_about(link.gatt, self.info)
        check_serial(self._serial, self.info.serial)
        self._serial = self._serial or self.info.serial
        if BATTERY in link.gatt.characteristics:
            # Not every sensor tells of changes; the watch asks now and then as well.
            with contextlib.suppress(SensorError):
                await link.gatt.subscribe(BATTERY, self._on_battery)

    async def _start_and_watch(self, link: OpenLink) -> str:
        self._say(LinkState.STARTING, "choosing rate and range")
        driver = self._family.driver(link.gatt)
        early: list[RawPacket] = []
        begun = demanded = False

        def on_data(char: str, data: bytes) -> None:
            raw = RawPacket(char, data, self._radio.now_ns())
            if begun:
                self._delivery.offer(raw)
            elif len(early) < EARLY_PACKETS:
                early.append(raw)

        try:
            try:
                settings = await self._start(driver, on_data)
            except PairingRequiredError:
                demanded = True
                raise
            watch = StreamWatch(last_ns=self._radio.now_ns())
            decoder = driver.decoder(settings)
            self._delivery.post(lambda: self._reader.begin(decoder, settings, watch))
            for raw in early:
                self._delivery.offer(raw)
            begun = True
            began_ns = self._radio.now_ns()
            try:
                return await self._watch(link, settings, watch)
            finally:
                self._delivery.post(self._reader.end)
                if watch.blocks:
                    self._patience.note_stream((self._radio.now_ns() - began_ns) / NS_PER_S)
        finally:
            # A sensor that wants a bond first has not started, and would refuse the stop for the same reason.
            if not demanded:
                await self._stop(driver, link)

    async def _start(self, driver: Driver, on_data: DataSink) -> StreamSettings:
        try:
            async with asyncio.timeout(self._times.start_s):
                self.settings = await driver.start(self._request, on_data)
        except TimeoutError as error:
            msg = f"the sensor did not start within {self._times.start_s:g} s; {AGAIN}"
            raise LinkLostError(msg) from error
        return self.settings

    async def _watch(self, link: OpenLink, settings: StreamSettings, watch: StreamWatch) -> str:
        """Look after a running stream; gives the reason when the sensor stops by itself."""
        silence_s = self._times.silence_s(settings.packet_s)
        stalled_ns: int | None = None
        battery_at = self._seconds() + self._times.battery_every_s
        while True:
            await self._next_look(link)
            if watch.stopped:
                return watch.stopped
            if link.is_lost:
                msg = "the link to the sensor was lost; bring it nearer"
                raise LinkLostError(msg)
            if watch.longest_bad_row >= self._bad_limit:
                msg = f"{watch.longest_bad_row} malformed frames came in a row ({watch.fault}); {AGAIN}"
                raise LinkLostError(msg)
            age_s = (self._radio.now_ns() - watch.last_ns) / NS_PER_S
            patience_s = silence_s if watch.blocks else max(silence_s, self._times.first_data_s)
            if age_s > patience_s + self._times.restart_s * (watch.blocks > 0):
                msg = f"no samples came for {age_s:.0f} s; {AGAIN}"
                raise LinkLostError(msg)
            if watch.blocks and age_s > patience_s and stalled_ns != watch.last_ns:
                stalled_ns = watch.last_ns
                self._say_stall(stalled_ns, age_s)
            if self._seconds() >= battery_at:
                battery_at += self._times.battery_every_s
                await self._look_at_battery(link)

    async def _next_look(self, link: OpenLink) -> None:
        """Wait until something happened, at most a moment."""
        self._wake.clear()
        waits = [asyncio.ensure_future(event.wait()) for event in (self._wake, link.lost)]
        try:
            await asyncio.wait(waits, timeout=self._times.watch_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _look_at_battery(self, link: OpenLink) -> None:
        # A battery that cannot be read is no reason to end a stream; a lost link shows at the next look.
        with contextlib.suppress(SensorError):
            self._set_battery(await read_battery(link.gatt, self.info.battery_percent))

    async def _stop(self, driver: Driver, link: OpenLink) -> None:
        """Stop the sensor if it still listens: one that is not stopped runs until its battery is empty."""
        if link.is_lost:
            return
        try:
            async with asyncio.timeout(self._times.stop_s):
                await driver.stop()
        except (SensorError, TimeoutError) as error:
            log.warning("the sensor did not confirm the stop: %s", error)

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(self._times.status_s)
            now_ns, info = self._radio.now_ns(), self.info
            self._delivery.post(
                partial(
                    self._reader.status,
                    now_ns=now_ns,
                    battery_percent=info.battery_percent,
                    signal_dbm=info.signal_dbm,
                )
            )

    def _on_battery(self, data: bytes) -> None:
        self._set_battery(battery_of(data, self.info.battery_percent))

    def _set_battery(self, percent: int | None) -> None:
        self.info = replace(self.info, battery_percent=percent)

    def _say_first(self, state: LinkState, reason: str, next_step: str = "") -> None:
        """Tell a state of the way to the first stream; later attempts are told as one: reconnecting."""
        if not self._again:
            self._say(state, reason, next_step)

    def _say(self, state: LinkState, reason: str, next_step: str = "") -> None:
        now_ns = self._radio.now_ns()
        self._delivery.post(lambda: self._reader.tell(state, reason, next_step, now_ns=now_ns))

    def _say_stall(self, seen_ns: int, age_s: float) -> None:
        now_ns = self._radio.now_ns()
        reason = f"no samples for {age_s:.0f} s"
        step = f"waiting {self._times.restart_s:.0f} s more, then the link is opened again"
        self._delivery.post(lambda: self._reader.tell_stall(seen_ns, reason, step, now_ns=now_ns))

    def _seconds(self) -> float:
        return self._radio.now_ns() / NS_PER_S
