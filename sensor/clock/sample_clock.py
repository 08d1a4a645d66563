"""SampleClock: packets in; when their samples were taken and how many are missing, out."""

import math
from collections import deque
from dataclasses import dataclass
from typing import Self

from dsp import TimeSource
from sensor.clock.envelope import HostMap
from sensor.clock.line import Line
from sensor.clock.unwrap import Unwrapper
from sensor.families import DecodedPacket, StreamSettings

NS_PER_S = 1e9
STAMP_JITTER_S = 1e-3
"""Expected jitter of a sensor's stamps: interrupt latency of 0.1 to 1 ms (prior; then measured)."""
ARRIVAL_JITTER_S = 0.03
"""Expected jitter of arrivals: a connection interval of 15 to 50 ms (Bluetooth Core; measured 30 ms rms)."""
GAP_SAMPLES, GAP_JITTERS = 1.5, 6.0
"""More than one and a half samples, and more than six times the usual jitter, is a loss and not a late stamp."""
PERIOD_ERRORS = 3.0
SET_CLOCK_S = 5.0
"""A stamp this much behind the host's elapsed time, unless it follows on, says that the sensor's clock was set or began
anew (pyxdf uses 5 s)."""
AHEAD_S = 0.5
"""Samples cannot come before they were taken: a stamp that ran ahead of the host by more than the packet before it was
late, and half a second, is of a clock that was set."""
LONGEST_GAP_S = 600.0
"""Beyond it the number of missing samples is not worth counting; the break is told as one of unknown length."""
DISTRUST_AFTER = 5
"""Senseless stamps in a row after which arrivals are used for the rest of the stream."""
SILENT_LOSS_S = 0.3
SILENT_WINDOW_S = 2.0
"""Without stamps and counter: when even the quickest packet of two seconds is this late, samples were lost; a mere
delay would have been made up by a burst (the system's stalls reach 0.4 s, and end)."""
KNOWN_RATE_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TimedPacket:
    """When the samples of a packet were taken.

    Attributes
    ----------
    start_s
        Time of the first sample on the session's clock, seconds.
    rate_hz
        Running estimate of the true rate.
    missing_before
        Samples lost before it; 0 when it follows on, -1 when nobody can say.
    time_source
        What the times rest on.
    """

    start_s: float
    rate_hz: float
    missing_before: int
    time_source: TimeSource


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockHealth:
    """How well a sensor keeps time.

    Attributes
    ----------
    rate_hz
        Estimate of the true rate.
    rate_ppm
        Against the nominal rate, parts per million; NaN in the first seconds.
    residual_ms
        Distance of the stamps from the fitted line, rms, ms; NaN without stamps.
    loss
        Share of samples lost, 0 to 1.
    """

    rate_hz: float
    rate_ppm: float
    residual_ms: float
    loss: float


@dataclass(slots=True)
class Totals:
    """What a sensor's clocks share over several streams: samples, losses, and the newest block's place in time."""

    received: int = 0
    missing: int = 0
    start_s: float = -math.inf
    end_s: float = -math.inf


class SampleClock:
    """Times the packets of one sensor, over any number of connections.

    Stamps of the sensor are fitted by a line over the gap-corrected sample index, and mapped to the host's clock by the
    packets that came quickest. A counter tells losses exactly. Without both, arrivals are fitted, and times are as good
    as those.

    Parameters
    ----------
    nominal_hz
        Nominal rate.
    stamped
        Whether packets carry the sensor's time of their last sample.
    stamp_modulus_ns, counter_modulus
        Where stamps and counter wrap; None for never. `counted` says whether there is a counter at all.
    epoch_ns
        The session's zero on the host's monotonic clock.
    before
        The clock of an earlier stream of the same sensor: totals go on, and time never goes back.

    Attributes
    ----------
    totals
        What earlier and later streams of the sensor share.
    """

    def __init__(
        self,
        *,
        nominal_hz: float,
        stamped: bool,
        stamp_modulus_ns: int | None = None,
        counter_modulus: int | None = None,
        epoch_ns: int = 0,
        before: "SampleClock | None" = None,
    ) -> None:
        self._nominal_hz, self._stamped, self._epoch_ns = nominal_hz, stamped, epoch_ns
        self._stamps, self._counter = Unwrapper(stamp_modulus_ns), Unwrapper(counter_modulus)
        self._line = self._new_line()
        self._map = HostMap()
        self._lateness: deque[tuple[float, float]] = deque()
        self._stamp_s: float | None = None
        self._anchor_ns = 0
        self._next_counter: int | None = None
        self._host_s: float | None = None
        self._senseless = 0
        self._late_s = 0.0
        self._fresh = before is None
        self._restarted = before is not None
        self.totals: Totals = before.totals if before is not None else Totals()

    @classmethod
    def for_stream(cls, settings: StreamSettings, *, epoch_ns: int, before: "SampleClock | None" = None) -> Self:
        """Make the clock of a stream that was agreed with a sensor."""
        return cls(
            nominal_hz=settings.rate_hz,
            stamped=settings.stamped,
            stamp_modulus_ns=settings.stamp_modulus_ns,
            counter_modulus=settings.counter_modulus,
            epoch_ns=epoch_ns,
            before=before,
        )

    @property
    def health(self) -> ClockHealth:
        """How well it goes."""
        rate_hz = 1.0 / self._line.period_s
        known = self._line.span_s >= KNOWN_RATE_S
        total = self.totals.received + self.totals.missing
        return ClockHealth(
            rate_hz=rate_hz,
            rate_ppm=1e6 * (rate_hz / self._nominal_hz - 1.0) if known else math.nan,
            residual_ms=1e3 * self._line.jitter_s if self._stamped and known else math.nan,
            loss=self.totals.missing / total if total else 0.0,
        )

    def restart(self) -> None:
        """Expect a break: the stream was stopped and started again, or the link was lost in between."""
        self._restarted = True
        self._senseless = 0
        self._next_counter = None
        self._counter.reset()

    def place(self, packet: DecodedPacket) -> TimedPacket:
        """Say when the samples of the next packet were taken. Packets without samples are not to be given."""
        n = len(packet.xyz_g)
        host_s = (packet.host_ns - self._epoch_ns) / NS_PER_S
        elapsed_s = 0.0 if self._host_s is None else max(0.0, host_s - self._host_s)
        counted = self._count_missing(packet, n)
        stamp_s = self._read_stamp(packet, elapsed_s) if self._stamped else None
        if stamp_s is not None:
            missing, last_s = self._by_stamp(stamp_s, host_s, elapsed_s, n, counted)
        else:
            missing, last_s = self._by_arrival(host_s, elapsed_s, n, counted)
        self._host_s = host_s
        start_s = last_s - (n - 1) * self._line.period_s
        return self._timed(start_s, n, missing, stamped=stamp_s is not None or counted is not None)

    # -- with stamps ----------------------------------------------------------------------------------------------

    def _read_stamp(self, packet: DecodedPacket, elapsed_s: float) -> float | None:
        """Seconds from the anchor to the packet's stamp; None when the stamp makes no sense."""
        if packet.device_ns is None:
            return self._distrust()
        unwrapped = self._stamps.take(packet.device_ns)
        if self._stamp_s is None:
            self._anchor_ns = unwrapped
            return 0.0
        stamp_s = (unwrapped - self._anchor_ns) / NS_PER_S
        if not self._is_sensible(stamp_s - self._stamp_s, elapsed_s, len(packet.xyz_g)):
            # The clock was set, or began anew: from here on another zero holds.
            self._stamps.reset()
            self._anchor_ns = self._stamps.take(packet.device_ns)
            self._stamp_s = None
            return self._distrust() if not self._restarted else 0.0
        self._senseless = 0
        return stamp_s

    def _is_sensible(self, change_s: float, elapsed_s: float, n: int) -> bool:
        """Whether a stamp may be that of the next packet, or of a later one."""
        if change_s <= 0.0 or change_s > elapsed_s + self._late_s + AHEAD_S:
            return False
        # However long the radio held it up: a stamp that follows on is right.
        follows_on = abs(change_s - self._line.expected_s(n)) <= self._gap_from_s(n)
        return follows_on or elapsed_s - change_s <= SET_CLOCK_S

    def _distrust(self) -> float | None:
        """Count a senseless stamp; after several in a row none is asked for any more."""
        self._senseless += 1
        self._restarted = self._restarted or not self._fresh
        if self._senseless >= DISTRUST_AFTER:
            self._stamped = False
            self._line = self._new_line()
            self._stamp_s = None
            self._map = HostMap()
            return None
        return 0.0

    def _by_stamp(
        self, stamp_s: float, host_s: float, elapsed_s: float, n: int, counted: int | None
    ) -> tuple[int, float]:
        """Give the samples missing, and the time of the last sample."""
        if self._stamp_s is None:
            first, self._fresh = self._fresh, False
            self._restarted = False
            self._line, self._map = self._line.carried() if not first else self._line, HostMap()
            self._line.add(n, 0.0)
            self._stamp_s, self._late_s = stamp_s, 0.0
            return (0 if first else -1), stamp_s + self._map.add(stamp_s, host_s, elapsed_s)
        change_s = stamp_s - self._stamp_s
        missing = counted if counted is not None else self._gap(change_s, n)
        if self._restarted or missing * self._line.period_s > LONGEST_GAP_S:
            missing = self._across_break(change_s, n, missing)
        if missing < 0:
            self._line = self._line.carried()
            self._line.add(n, 0.0)
        else:
            self._line.add(missing + n, change_s)
        self._stamp_s = stamp_s
        fitted_s = stamp_s + self._line.offset_s
        last_s = fitted_s + self._map.add(fitted_s, host_s, elapsed_s)
        self._late_s = max(0.0, host_s - last_s)
        return missing, last_s

    def _gap(self, change_s: float, n: int) -> int:
        period_s = self._line.period_s
        excess_s = change_s - self._line.expected_s(n)
        return 0 if excess_s <= self._gap_from_s(n) else max(0, round(excess_s / period_s))

    def _gap_from_s(self, n: int) -> float:
        """How much later than expected the stamp of a packet of `n` samples must be to tell a loss."""
        period_s = self._line.period_s
        doubt_s = PERIOD_ERRORS * self._line.period_error_share * n * period_s
        return max(GAP_SAMPLES * period_s, GAP_JITTERS * self._line.jitter_s) + doubt_s

    def _across_break(self, change_s: float, n: int, missing: int) -> int:
        """Count what is missing across a restart: exact to a packet while the rate is known well enough, else -1."""
        self._restarted = False
        doubt = PERIOD_ERRORS * self._line.period_error_share * change_s / self._line.period_s
        return missing if doubt <= max(1.0, 0.5 * n) and change_s <= LONGEST_GAP_S else -1

    # -- without --------------------------------------------------------------------------------------------------

    def _by_arrival(self, host_s: float, elapsed_s: float, n: int, counted: int | None) -> tuple[int, float]:
        if self._host_s is None or self._restarted:
            first, self._fresh = self._fresh, False
            self._restarted = False
            self._line = self._line.carried() if not first else self._line
            self._line.add(n, 0.0)
            self._lateness.clear()
            self._lateness.append((host_s, 0.0))
            self._map = HostMap()
            return (0 if first else -1), host_s + self._map.add(host_s, host_s, elapsed_s)
        missing = counted if counted is not None else self._silent_loss(host_s, elapsed_s, n)
        late_s = self._line.add(missing + n, elapsed_s)
        self._lateness.append((host_s, late_s))
        while self._lateness[0][0] < host_s - SILENT_WINDOW_S:
            self._lateness.popleft()
        fitted_s = host_s + self._line.offset_s
        return missing, fitted_s + self._map.add(fitted_s, host_s, elapsed_s)

    def _silent_loss(self, host_s: float, elapsed_s: float, n: int) -> int:
        late_s = elapsed_s - self._line.expected_s(n)
        recent = [late for at, late in self._lateness if at >= host_s - SILENT_WINDOW_S]
        quickest_s = min([late_s, *recent])
        long_enough = bool(self._lateness) and (
            elapsed_s > SILENT_WINDOW_S or host_s - self._lateness[0][0] > 0.75 * SILENT_WINDOW_S
        )
        if not long_enough or quickest_s < max(SILENT_LOSS_S, GAP_JITTERS * self._line.jitter_s):
            return 0
        self._lateness.clear()
        missing = round(quickest_s / self._line.period_s)
        return missing if missing * self._line.period_s <= LONGEST_GAP_S else 0

    # -- both -----------------------------------------------------------------------------------------------------

    def _count_missing(self, packet: DecodedPacket, n: int) -> int | None:
        """Count the samples missing by the sensor's own counter; None without one, or when it cannot say."""
        if packet.first_counter is None:
            return None
        first = self._counter.take(packet.first_counter)
        expected, self._next_counter = self._next_counter, first + n
        if expected is None:
            return None if self._restarted or self._fresh else 0
        missing = first - expected
        if missing < 0 or missing * self._line.period_s > LONGEST_GAP_S:
            self._restarted = True
            return None
        return missing

    def _timed(self, start_s: float, n: int, missing: int, *, stamped: bool) -> TimedPacket:
        period_s, totals = self._line.period_s, self.totals
        # Time never goes back: a block starts after the one before it started, and a break after it ended.
        start_s = max(start_s, totals.end_s if missing < 0 else totals.start_s + 1e-6)
        if missing < 0 and math.isfinite(totals.end_s):
            totals.missing += max(0, round((start_s - totals.end_s) / period_s))
        totals.received += n
        totals.missing += max(0, missing)
        totals.start_s, totals.end_s = start_s, start_s + n * period_s
        return TimedPacket(
            start_s=start_s,
            rate_hz=1.0 / period_s,
            missing_before=missing,
            time_source=TimeSource.DEVICE if stamped else TimeSource.HOST,
        )

    def _new_line(self) -> Line:
        return Line(1.0 / self._nominal_hz, STAMP_JITTER_S if self._stamped else ARRIVAL_JITTER_S)
