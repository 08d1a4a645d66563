"""What a live source hands over: blocks of samples, link changes, status."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from dsp import TimeSource


class LinkState(StrEnum):
    """Where a link stands; each state that waits has a time-out and a next step."""

    SCANNING = "scanning"
    """Looking for the sensor."""
    CONNECTING = "connecting"
    """Opening the link and reading what the sensor offers."""
    PAIRING = "pairing"
    """The sensor demands a bond."""
    STARTING = "starting"
    """Choosing rate and range and starting the stream."""
    STREAMING = "streaming"
    """Samples arrive."""
    STALLED = "stalled"
    """The link is up but no sample has come for a while."""
    RECONNECTING = "reconnecting"
    """The link was lost and is being opened again."""
    STOPPED = "stopped"
    """Stopped on purpose, by the person or by the sensor's own button."""
    FAILED = "failed"
    """Given up; the next step says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SensorInfo:
    """A sensor as the scan or the link knows it.

    Attributes
    ----------
    key
        What identifies it on this machine: the platform's address, or ``simulated``. Personal: keep it out of logs.
    name
        The advertised name. Personal and spoofable.
    family
        Which module speaks with it: ``polar``, ``movesense`` ... ``simulated``, ``replay``.
    signal_dbm
        Strength of the last advertisement, dBm; None when unknown.
    battery_percent
        0 to 100; None when unknown.
    model, serial, firmware
        What the sensor says of itself after connecting; empty when unknown.
    warning
        What a person should know before choosing it, for example that its rate is too low; empty when nothing.
    """

    key: str
    name: str
    family: str
    signal_dbm: int | None = None
    battery_percent: int | None = None
    model: str = ""
    serial: str = ""
    firmware: str = ""
    warning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkChange:
    """The link of a sensor entered another state.

    Attributes
    ----------
    sensor
        The sensor's label within the session (``left``, ``right``, or its name).
    state
        The new state.
    reason
        Why, in plain words.
    next_step
        What happens next or what the person can do.
    time_s
        Seconds on the session's clock.
    """

    sensor: str
    state: LinkState
    reason: str = ""
    next_step: str = ""
    time_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Block:
    """Consecutive samples of one sensor, as they came in one packet.

    Attributes
    ----------
    sensor
        The sensor's label within the session.
    xyz_g
        Acceleration, float32 (n, 3), g; as the sensor sent it, neither resampled nor calibrated.
    start_s
        Time of the first sample on the session's clock, seconds.
    rate_hz
        The running estimate of the sensor's true rate.
    missing_before
        Samples lost since the previous block; 0 when it follows on, -1 when a restart makes the number unknown.
    counts, scale_g
        The raw integers (n, 3) and g per count, when the sensor sends integers; else None.
    device_ns
        The sensor's own stamp of the last sample, ns; None when it has none.
    host_ns
        ``time.monotonic_ns()`` when the packet arrived.
    clipped
        Whether a sample of the block lies at the end of the range.
    time_source
        What ``start_s`` rests on.
    context
        Whether the samples lie before what is to be shown, and are given only so that the analysis knows what came
        before (a replay that begins in the middle): nothing of them is told or recorded.
    """

    sensor: str
    xyz_g: NDArray[np.float32]
    start_s: float
    rate_hz: float
    missing_before: int = 0
    counts: NDArray[np.int32] | None = None
    scale_g: float | None = None
    device_ns: int | None = None
    host_ns: int = 0
    clipped: bool = False
    time_source: TimeSource = TimeSource.DEVICE
    context: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How a stream is doing; sent about once a second.

    Attributes
    ----------
    sensor
        The sensor's label within the session.
    rate_hz, nominal_hz
        Estimated and nominal rate.
    loss
        Share of samples lost so far, 0 to 1.
    data_age_s
        Seconds since the newest sample.
    battery_percent
        0 to 100; None when unknown.
    signal_dbm
        Signal strength; None when unknown.
    rate_ppm
        Estimated against nominal rate, parts per million; NaN when unknown.
    residual_ms
        rms of the sensor's stamps around the fitted clock, ms; NaN when unknown.
    bad_frames
        Malformed frames dropped so far.
    """

    sensor: str
    rate_hz: float
    nominal_hz: float
    loss: float
    data_age_s: float
    battery_percent: int | None = None
    signal_dbm: int | None = None
    rate_ppm: float = float("nan")
    residual_ms: float = float("nan")
    bad_frames: int = 0


SourceMessage = Block | LinkChange | Status
Sink = Callable[[SourceMessage], None]


class Source(Protocol):
    """A live source of acceleration: a radio sensor, the simulated limb, a replayed recording."""

    @property
    def info(self) -> SensorInfo:
        """The sensor behind the source."""
        ...

    @property
    def label(self) -> str:
        """The sensor's label within the session."""
        ...

    @property
    def nominal_hz(self) -> float:
        """The nominal rate; 0 while it is not known."""
        ...

    def start(self, sink: Sink) -> None:
        """Begin to deliver messages to `sink`, from a thread of the source's own; returns at once."""
        ...

    def stop(self) -> None:
        """Stop the sensor and the thread; returns when nothing more will be delivered. Safe to call twice."""
        ...
