"""Reader: notifications in; blocks, link changes and status out. Lives on the delivery thread."""

import logging
from collections.abc import Callable
from dataclasses import dataclass

from sensor.clock import SampleClock
from sensor.families import DecodedPacket, Decoder, DeviceStopped, FrameError, StreamSettings
from sensor.link.delivery import RawPacket
from sensor.link.problems import split_message
from sensor.messages import Block, LinkChange, LinkState, Sink, Status

log = logging.getLogger(__name__)

NS_PER_S = 1e9


@dataclass(slots=True, kw_only=True)
class StreamWatch:
    """What the link's state machine looks at while a stream runs. Written by the reader, read by the radio's loop.

    Attributes
    ----------
    last_ns
        Host time of the newest samples; of the start, before the first.
    blocks
        Blocks that came.
    bad_in_a_row
        Malformed frames since the last good one.
    longest_bad_row
        The most there were, so that good frames just after too many bad ones hide nothing.
    fault
        What was wrong with the newest of them.
    stopped
        Why the sensor ended the stream by itself; empty while it has not.
    """

    last_ns: int
    blocks: int = 0
    bad_in_a_row: int = 0
    longest_bad_row: int = 0
    fault: str = ""
    stopped: str = ""


class Reader:
    """Decodes and times the packets of one sensor, over any number of connections.

    Parameters
    ----------
    label
        The sensor's label within the session.
    sink
        Takes the messages.
    epoch_ns
        The session's zero on the host's monotonic clock.
    wake
        Called when the state machine should look at once.
    """

    def __init__(self, label: str, sink: Sink, epoch_ns: int, wake: Callable[[], None]) -> None:
        self._label, self._sink, self._epoch_ns, self._wake = label, sink, epoch_ns, wake
        self._state: LinkState | None = None
        self._decoder: Decoder | None = None
        self._clock: SampleClock | None = None
        self._settings: StreamSettings | None = None
        self._watch: StreamWatch | None = None
        self._last_ns: int | None = None
        self._bad_frames = 0

    def tell(self, state: LinkState, reason: str = "", next_step: str = "", *, now_ns: int) -> None:
        """Announce a state of the link."""
        self._state = state
        self._sink(
            LinkChange(
                sensor=self._label, state=state, reason=reason, next_step=next_step, time_s=self._session_s(now_ns)
            )
        )

    def tell_stall(self, seen_ns: int, reason: str, next_step: str, *, now_ns: int) -> None:
        """Announce a stall, unless samples have come since it was noticed."""
        if self._watch is not None and self._watch.last_ns <= seen_ns and self._state is LinkState.STREAMING:
            self.tell(LinkState.STALLED, reason, next_step, now_ns=now_ns)

    def begin(self, decoder: Decoder, settings: StreamSettings, watch: StreamWatch) -> None:
        """Read a new stream from now on; its first samples come after a break."""
        if self._clock is None or self._settings is None or not _same_clock(self._settings, settings):
            self._clock = SampleClock.for_stream(settings, epoch_ns=self._epoch_ns, before=self._clock)
        else:
            self._clock.restart()
        self._decoder, self._settings, self._watch = decoder, settings, watch

    def end(self) -> None:
        """Read no more until the next stream begins; what still comes is of the old one."""
        self._decoder = None
        self._watch = None

    def read(self, raw: RawPacket) -> None:
        """Take one notification."""
        decoder, watch = self._decoder, self._watch
        if decoder is None or watch is None:
            return
        try:
            decoded = decoder.feed(raw.data, raw.char, raw.host_ns)
        except FrameError as error:
            self._count_bad(watch, error)
            return
        for item in decoded:
            if isinstance(item, DeviceStopped):
                watch.stopped = item.reason
                self._wake()
            elif len(item.xyz_g):
                self._deliver(item, watch)

    def status(self, *, now_ns: int, battery_percent: int | None, signal_dbm: int | None) -> None:
        """Tell how the stream is doing; nothing while none has begun."""
        if self._clock is None or self._settings is None or self._last_ns is None:
            return
        health = self._clock.health
        self._sink(
            Status(
                sensor=self._label,
                rate_hz=health.rate_hz,
                nominal_hz=self._settings.rate_hz,
                loss=health.loss,
                data_age_s=max(0.0, (now_ns - self._last_ns) / NS_PER_S),
                battery_percent=battery_percent,
                signal_dbm=signal_dbm,
                rate_ppm=health.rate_ppm,
                residual_ms=health.residual_ms,
                bad_frames=self._bad_frames,
            )
        )

    def _deliver(self, packet: DecodedPacket, watch: StreamWatch) -> None:
        assert self._clock is not None  # noqa: S101 - a decoder comes with its clock
        timed = self._clock.place(packet)
        if self._state is not LinkState.STREAMING:
            self.tell(LinkState.STREAMING, "samples arrive", now_ns=packet.host_ns)
        watch.bad_in_a_row = 0
        watch.blocks += 1
        watch.last_ns = self._last_ns = packet.host_ns
        self._sink(
            Block(
                sensor=self._label,
                xyz_g=packet.xyz_g,
                start_s=timed.start_s,
                rate_hz=timed.rate_hz,
                missing_before=timed.missing_before,
                counts=packet.counts,
                scale_g=packet.scale_g,
                device_ns=packet.device_ns,
                host_ns=packet.host_ns,
                clipped=packet.clipped,
                time_source=timed.time_source,
            )
        )

    def _count_bad(self, watch: StreamWatch, error: FrameError) -> None:
        self._bad_frames += 1
        watch.bad_in_a_row += 1
        watch.longest_bad_row = max(watch.longest_bad_row, watch.bad_in_a_row)
        watch.fault = split_message(str(error))[0]
        if watch.bad_in_a_row == 1:
            log.warning("a malformed frame was dropped: %s", error)
        self._wake()

    def _session_s(self, now_ns: int) -> float:
        return (now_ns - self._epoch_ns) / NS_PER_S


def _same_clock(a: StreamSettings, b: StreamSettings) -> bool:
    return (a.rate_hz, a.stamped, a.stamp_modulus_ns, a.counter_modulus) == (
        b.rate_hz,
        b.stamped,
        b.stamp_modulus_ns,
        b.counter_modulus,
    )
