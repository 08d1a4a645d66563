"""What a session tells whoever watches it: the terminal, the app, a program that reads JSON."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

import dsp
import guidance
import sensor


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SampleUpdate:
    """New samples for the trace.

    Attributes
    ----------
    sensor
        The sensor's label.
    start_s, rate_hz
        Time of the first sample on the session's clock, and the rate.
    xyz_g
        (n, 3) as the sensor sent them, gravity in it or not; a row of NaN starts a gap.
    motion_g
        (n, 3) without gravity, for the trace.
    recorded_ahead_s
        How much later than by this clock the recording has these samples: it follows the sensor's clock, while live
        analysis keeps the rate it settled on.
    """

    sensor: str
    start_s: float
    rate_hz: float
    xyz_g: NDArray[np.float32]
    motion_g: NDArray[np.float32]
    recorded_ahead_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LiveUpdate:
    """The state now; after every push that completed a hop."""

    sensor: str
    live: dsp.LiveState


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FramesUpdate:
    """Frames that became final.

    Attributes
    ----------
    sensor
        The sensor's label.
    frames
        Rows of `dsp.FRAME_DTYPE`.
    freq_hz, psd
        Frequencies (m,) and spectra (frames, m) in g^2/Hz.
    """

    sensor: str
    frames: NDArray[np.void]
    freq_hz: NDArray[np.float64]
    psd: NDArray[np.float32]


@dataclass(frozen=True, slots=True, kw_only=True)
class EventUpdate:
    """An event; provisional first, then confirmed (same onset) or withdrawn."""

    sensor: str
    event: dsp.Event
    withdrawn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentUpdate:
    """A segment that became final."""

    sensor: str
    segment: dsp.Segment


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldUpdate:
    """A hold that began (``released`` False) or ended."""

    sensor: str
    hold: dsp.Hold


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkUpdate:
    """A link changed state."""

    link: sensor.LinkChange


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusUpdate:
    """How a stream is doing."""

    status: sensor.Status


@dataclass(frozen=True, slots=True, kw_only=True)
class AdviceUpdate:
    """The one sentence of live advice changed."""

    sensor: str
    advice: guidance.LiveAdvice


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordingUpdate:
    """How the recording is doing.

    Attributes
    ----------
    path
        The file being written.
    seconds, size_bytes, free_bytes
        Recorded so far, and room left on the disk.
    problem
        Why it stopped or is at risk, with what to do; empty when all is well.
    finished
        Whether the file is closed and complete.
    """

    path: Path
    seconds: float
    size_bytes: int
    free_bytes: int
    problem: str = ""
    finished: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EndUpdate:
    """The session ended; nothing follows."""

    reason: str


SessionMessage = (
    SampleUpdate
    | LiveUpdate
    | FramesUpdate
    | EventUpdate
    | SegmentUpdate
    | HoldUpdate
    | LinkUpdate
    | StatusUpdate
    | AdviceUpdate
    | RecordingUpdate
    | EndUpdate
)
