"""BleSource: one Bluetooth sensor as a live source."""

import asyncio
import contextlib
import logging
import threading
from typing import TYPE_CHECKING

from dsp import InputError, SensorError
from sensor.families import StreamRequest
from sensor.link.delivery import QUEUE_PACKETS, Delivery
from sensor.link.identity import Identity
from sensor.link.machine import LinkMachine
from sensor.link.reader import Reader
from sensor.link.times import LinkTimes
from sensor.messages import LinkState, SensorInfo, Sink

if TYPE_CHECKING:
    from sensor.link.radio import Radio

BAD_FRAMES_IN_A_ROW = 20
"""Malformed frames after which the link is opened anew: seconds of any sensor, more than an unlucky burst (prior)."""
STOP_MARGIN_S = 2.0
"""How much longer than its own time-outs a stop may take before it is told to be unconfirmed."""

log = logging.getLogger(__name__)


class BleSource:
    """Streams from one sensor: connects, verifies, pairs when asked to, starts, watches, reconnects, stops.

    A `sensor.Source`. Messages reach the sink from a thread of the source's own, in order. A lost link is opened again
    with back-off; what was missed is a gap (`Block.missing_before`), never a line.

    Parameters
    ----------
    radio
        Carries the link; any number of sources may share one.
    sensor
        The sensor, as a scan gave it, or as it was remembered. A remembered serial number must be the sensor's own.
    label
        Its label within the session; the advertised name when None.
    rate_hz, range_g
        What to ask of the sensor; None takes its family's best for tremor.
    epoch_ns
        The session's zero on the radio's clock (`Radio.now_ns`), so that two sensors share one; the moment of `start`
        when None.
    times
        Time-outs and back-off.
    bad_limit
        Malformed frames in a row after which the link is opened anew.
    queue_packets
        Packets that may wait to be decoded; a sensor that floods loses the rest, which is counted as lost.

    Raises
    ------
    InputError
        When no family knows the sensor.
    """

    def __init__(
        self,
        radio: "Radio",
        sensor: SensorInfo | Identity,
        *,
        label: str | None = None,
        rate_hz: float | None = None,
        range_g: float | None = None,
        epoch_ns: int | None = None,
        times: LinkTimes | None = None,
        bad_limit: int = BAD_FRAMES_IN_A_ROW,
        queue_packets: int = QUEUE_PACKETS,
    ) -> None:
        info = sensor if isinstance(sensor, SensorInfo) else _info_of(sensor)
        family = next((f for f in radio.families if f.name == info.family), None)
        if family is None:
            msg = f"{info.name or 'this device'} is not a known acceleration sensor; choose one that the scan names"
            raise InputError(msg)
        self._radio, self._family, self._info = radio, family, info
        self._label = label if label is not None else info.name or family.title
        self._request = StreamRequest(rate_hz=rate_hz, range_g=range_g)
        self._epoch_ns = epoch_ns
        self._times = times if times is not None else LinkTimes()
        self._bad_limit, self._queue_packets = bad_limit, queue_packets
        self._machine: LinkMachine | None = None
        self._reader: Reader | None = None
        self._delivery: Delivery | None = None
        self._task: asyncio.Task[None] | None = None
        self._cancelled = False
        self._done = threading.Event()

    @property
    def info(self) -> SensorInfo:
        """The sensor; completed after connecting."""
        return self._machine.info if self._machine is not None else self._info

    @property
    def label(self) -> str:
        """The sensor's label within the session."""
        return self._label

    @property
    def nominal_hz(self) -> float:
        """The nominal rate; 0 until the sensor has started."""
        settings = self._machine.settings if self._machine is not None else None
        return settings.rate_hz if settings is not None else 0.0

    @property
    def identity(self) -> Identity:
        """What to remember the sensor by; with its serial number once it has been connected."""
        return Identity.of(self.info)

    @property
    def dropped_packets(self) -> int:
        """Packets that came faster than they could be taken."""
        return self._delivery.dropped if self._delivery is not None else 0

    def start(self, sink: Sink) -> None:
        """Begin to stream into `sink`; returns at once.

        Raises
        ------
        InputError
            When it has been started before.
        SensorError
            When the radio has been closed.
        """
        if self._delivery is not None:
            msg = "this source has been started already; make a new one"
            raise InputError(msg)
        epoch_ns = self._epoch_ns if self._epoch_ns is not None else self._radio.now_ns()
        self._reader = Reader(self._label, sink, epoch_ns, self._wake)
        self._delivery = Delivery(f"sensor {self._label}", self._reader.read, limit=self._queue_packets)
        self._machine = LinkMachine(
            radio=self._radio,
            info=self._info,
            family=self._family,
            request=self._request,
            serial=self._info.serial,
            times=self._times,
            bad_limit=self._bad_limit,
            reader=self._reader,
            delivery=self._delivery,
        )
        self._radio.submit(self._run(self._machine, self._delivery))
        self._delivery.start()

    def stop(self) -> None:
        """Stop the sensor, close the link; returns when nothing more will be delivered. Safe to call twice."""
        delivery = self._delivery
        if delivery is None:
            return
        with contextlib.suppress(SensorError):  # a closed radio has ended the link by itself
            self._radio.submit(self._cancel())
        if self._radio.is_current_thread:
            return
        if not self._done.wait(self._times.stop_s + self._times.disconnect_s + STOP_MARGIN_S):
            log.warning("the link did not end in time; the sensor may go on until its battery is empty")
            self._tell_unconfirmed(delivery)
        delivery.join()

    async def _run(self, machine: LinkMachine, delivery: Delivery) -> None:
        self._task = asyncio.current_task()
        try:
            await machine.run()
        finally:
            delivery.finish()
            self._done.set()

    async def _cancel(self) -> None:
        # Only once: a second one would interrupt the stop command that the first has set going.
        if self._task is not None and not self._cancelled:
            self._cancelled = True
            self._task.cancel()

    def _wake(self) -> None:
        if self._machine is not None:
            self._radio.call_soon(self._machine.wake)

    def _tell_unconfirmed(self, delivery: Delivery) -> None:
        reader = self._reader
        assert reader is not None  # noqa: S101 - made with the delivery
        step = "press the sensor's button or take it off, so that it goes to sleep"
        now_ns = self._radio.now_ns()
        delivery.post(lambda: reader.tell(LinkState.STOPPED, "the stop was not confirmed", step, now_ns=now_ns))
        delivery.finish()


def _info_of(identity: Identity) -> SensorInfo:
    return SensorInfo(key=identity.key, name=identity.name, family=identity.family, serial=identity.serial)
