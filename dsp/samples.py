"""Samples: a gap-free, evenly timed run of acceleration."""

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from dsp.errors import InputError


class TimeSource(StrEnum):
    """What the sample times rest on."""

    DEVICE = "device"
    """The sensor's own time stamps or counter."""
    HOST = "host"
    """Arrival times at this machine: jitter of tens of milliseconds, loss cannot be told from delay."""
    NOMINAL = "nominal"
    """Only the rate that the file or sensor claims."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """How far a run of samples can be trusted.

    Attributes
    ----------
    clipped_fraction
        Share of samples with an axis at the end of its range, 0 to 1.
    filled_fraction
        Share of samples that were interpolated because they were missing, 0 to 1.
    time_source
        What the sample times rest on.
    range_g
        Largest acceleration that the sensor can show, in g; None when unknown.
    notes
        One sentence for each further thing a person should know.
    """

    clipped_fraction: float = 0.0
    filled_fraction: float = 0.0
    time_source: TimeSource = TimeSource.NOMINAL
    range_g: float | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Samples:
    """A gap-free, evenly timed run of acceleration.

    Attributes
    ----------
    xyz_g
        Acceleration, float32 of shape (n, 3), in g; gravity is in it or not.
    rate_hz
        Samples per second.
    start_s
        Seconds from the start of the recording to the first sample.
    start_ns
        UTC of the first sample in nanoseconds since 1970; None when the source has no wall clock.
    sensor
        Name of the sensor within the recording; empty when there is one.
    quality
        How far the run can be trusted.
    """

    xyz_g: NDArray[np.float32]
    rate_hz: float
    start_s: float = 0.0
    start_ns: int | None = None
    sensor: str = ""
    quality: Quality = field(default_factory=Quality)

    def __post_init__(self) -> None:
        if self.xyz_g.ndim != 2 or self.xyz_g.shape[1] != 3:
            msg = f"samples must have shape (n, 3), one column an axis; these have {self.xyz_g.shape}"
            raise InputError(msg)
        if not (np.isfinite(self.rate_hz) and self.rate_hz > 0):
            msg = f"the rate must be a positive number of samples per second, not {self.rate_hz}"
            raise InputError(msg)

    def __len__(self) -> int:
        return int(self.xyz_g.shape[0])

    @property
    def duration_s(self) -> float:
        """Length of the run in seconds (samples divided by rate)."""
        return len(self) / self.rate_hz

    @property
    def end_s(self) -> float:
        """Seconds from the start of the recording to one sample period after the last sample."""
        return self.start_s + self.duration_s
