"""ReplaySource: any recording as a live source, at any speed, with pause, seek and loop."""

import logging
import threading
import time

import numpy as np

import recordings
from dsp import InputError, Samples
from sensor import Block, LinkChange, LinkState, SensorInfo, Sink, Status
from session.context import SLACK, context_start

BLOCK_S = 0.1
"""Recorded time in a block: as often as a strap at 100 Hz sends, so that the live path is exercised as in life."""
MIN_SPEED, MAX_SPEED = 0.25, 64.0
"""Below, a session takes all night; above, drawing no longer follows."""
STATUS_EVERY_S = 1.0
CONTEXT_ROWS = 1 << 14
"""What only warms up the analysis is not cut as finely: it is over sooner."""
log = logging.getLogger(__name__)


class ReplaySource:
    """Plays a recording as if its sensor were worn now.

    Parameters
    ----------
    recording
        What to play.
    speed
        Recorded seconds a second, 0.25 to 64; 0 plays as fast as the session takes the blocks.
    start_s
        Where to begin, seconds from the start of the recording.
    end_s
        Where to end, seconds from the start of the recording; None plays to its end.
    loop
        Begin again at `start_s` when the end is reached.
    label
        The sensor's label within the session; the recording's own name by default.

    Raises
    ------
    InputError
        When the recording holds no samples or the speed is out of range.
    """

    def __init__(
        self,
        recording: recordings.Recording,
        *,
        speed: float = 1.0,
        start_s: float = 0.0,
        end_s: float | None = None,
        loop: bool = False,
        label: str = "",
    ) -> None:
        if not recording.samples:
            msg = "the recording holds no samples; choose another file"
            raise InputError(msg)
        self._recording = recording
        self._label = label or recording.sensor or "replay"
        self._loop = loop
        self._changed = threading.Condition()
        self._speed = checked_speed(speed)
        self._end_s = recording.samples[-1].end_s if end_s is None else end_s
        self._start_s = self._position_s = self._clamped(start_s)
        if not self._end_s > self._start_s:
            msg = f"there is nothing to play from {self._start_s:g} to {self._end_s:g} s; choose a later end"
            raise InputError(msg)
        self._seek_s: float | None = None
        self._paused = False
        self._stopping = False
        self._finished = False
        self._thread: threading.Thread | None = None
        self._sink: Sink | None = None

    @property
    def info(self) -> SensorInfo:
        """The recording as a sensor."""
        name = self._recording.path.name if self._recording.path else "recording"
        return SensorInfo(key="replay", name=name, family="replay", model=self._recording.device)

    @property
    def label(self) -> str:
        """The sensor's label within the session."""
        return self._label

    @property
    def nominal_hz(self) -> float:
        """The recording's rate."""
        return self._recording.rate_hz

    @property
    def position_s(self) -> float:
        """Where the replay stands, seconds from the start of the recording."""
        return self._position_s

    @property
    def paused(self) -> bool:
        """Whether the replay waits."""
        return self._paused

    @property
    def speed(self) -> float:
        """Recorded seconds a second; 0 is as fast as possible."""
        return self._speed

    @property
    def finished(self) -> bool:
        """Whether it has played to its end or was stopped; a new source is needed to play again."""
        return self._finished

    def start(self, sink: Sink) -> None:
        """Begin to play into `sink` from a thread of its own."""
        if self._thread is not None:
            msg = "this replay has been started already; make a new source to play again"
            raise InputError(msg)
        self._sink = sink
        self._thread = threading.Thread(target=self._run, name="replay", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Stop; returns when nothing more will be delivered."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread is not None and self._thread is not threading.current_thread():
            self._thread.join(timeout=5.0)

    def pause(self) -> None:
        """Wait at the current position."""
        with self._changed:
            self._paused = True
            self._changed.notify_all()

    def resume(self) -> None:
        """Go on from the current position."""
        with self._changed:
            self._paused = False
            self._changed.notify_all()

    def seek(self, position_s: float) -> None:
        """Jump; what lies before the position goes through the analysis first, unseen.

        So the analysis from there on is that of the whole recording: see `session.context` for how exactly.
        """
        with self._changed:
            self._seek_s = self._clamped(position_s)
            self._position_s = self._seek_s
            self._changed.notify_all()

    def set_speed(self, speed: float) -> None:
        """Change the speed from here on."""
        checked = checked_speed(speed)
        with self._changed:
            self._speed = checked
            self._changed.notify_all()

    def _clamped(self, position_s: float) -> float:
        runs = self._recording.samples
        return float(min(max(position_s, runs[0].start_s), runs[-1].end_s))

    def _run(self) -> None:
        sink = self._sink
        assert sink is not None  # noqa: S101 - start() sets it before the thread exists
        self._link(sink, LinkState.STREAMING, f"playing {self.info.name}")
        state, reason = LinkState.STOPPED, "the recording ended"
        try:
            while self._play_from(sink, self._position_s):
                if self._stopping:
                    reason = "replay stopped"
                    break
        except Exception:
            # Whatever it is, the session must hear that nothing more comes.
            log.exception("replay failed")
            state, reason = LinkState.FAILED, "the replay stopped because of a fault of the program"
        self._finished = True
        self._link(sink, state, reason)

    def _play_from(self, sink: Sink, start_s: float) -> bool:
        """Play to the end, a seek or a stop; whether the caller should look again."""
        pacer = _Pacer(self._changed)
        grid = self._warm_up(sink, start_s)
        status_at = start_s
        for run in self._recording.samples:
            size = max(1, round(BLOCK_S * run.rate_hz))
            last = min(len(run), _first_at(run, self._end_s))
            for at in range(_first_at(run, start_s), last, size):
                block = self._block(run, at, min(at + size, last), grid)
                with self._changed:
                    if not pacer.wait(self, block.start_s) or self._seek_s is not None:
                        self._seek_s = None
                        return True
                    self._position_s = block.start_s
                sink(block)
                end_s = block.start_s + len(block.xyz_g) / run.rate_hz
                if end_s >= status_at:
                    sink(self._status(run))
                    status_at = end_s + STATUS_EVERY_S
        with self._changed:
            if self._seek_s is not None:
                self._seek_s = None
                return True
            self._position_s = min(self._end_s, self._recording.samples[-1].end_s)
            if self._loop and not self._stopping:
                self._position_s = self._start_s
                return True
        return False

    def _warm_up(self, sink: Sink, start_s: float) -> "_GridPlace":
        """Give the analysis what lies before `start_s`, as fast as it takes it."""
        runs = self._recording.samples
        first, skipped = context_start(runs, start_s)
        grid = _GridPlace()
        for i, run in enumerate(runs[first:]):
            end = min(len(run), _first_at(run, start_s))
            for at in range(skipped if i == 0 else 0, end, CONTEXT_ROWS):
                if self._stopping or self._seek_s is not None:
                    return grid
                sink(self._block(run, at, min(at + CONTEXT_ROWS, end), grid, context=True))
        return grid

    def _block(self, run: Samples, at: int, end: int, grid: "_GridPlace", *, context: bool = False) -> Block:
        start_s = run.start_s + at / run.rate_hz
        return Block(
            sensor=self._label,
            xyz_g=run.xyz_g[at:end],
            start_s=start_s,
            rate_hz=run.rate_hz,
            missing_before=grid.take(start_s, end - at, run.rate_hz),
            host_ns=time.monotonic_ns(),
            time_source=run.quality.time_source,
            context=context,
        )

    def _status(self, run: Samples) -> Status:
        return Status(
            sensor=self._label,
            rate_hz=run.rate_hz,
            nominal_hz=self._recording.nominal_hz or run.rate_hz,
            loss=0.0,
            data_age_s=0.0,
        )

    def _link(self, sink: Sink, state: LinkState, reason: str) -> None:
        sink(LinkChange(sensor=self._label, state=state, reason=reason, time_s=self._position_s))


def _first_at(run: Samples, start_s: float) -> int:
    """Index of the first sample at or after a time."""
    return max(0, int(np.ceil((start_s - run.start_s) * run.rate_hz - SLACK)))


class _GridPlace:
    """Where the blocks lie on the even grid that the analysis counts in, from the first one on."""

    def __init__(self) -> None:
        self._origin_s: float | None = None
        self._next = 0

    def take(self, start_s: float, rows: int, rate_hz: float) -> int:
        """Count a block in; samples missing before it, -1 for the first."""
        if self._origin_s is None:
            self._origin_s, self._next = start_s, rows
            return -1
        at = max(self._next, round((start_s - self._origin_s) * rate_hz))
        missing, self._next = at - self._next, at + rows
        return missing


class _Pacer:
    """Holds blocks back until their time has come; pausing and changes of speed re-anchor it."""

    def __init__(self, changed: threading.Condition) -> None:
        self._changed = changed
        self._anchor: tuple[float, float, float] | None = None  # (wall time, recorded time, speed)

    def wait(self, source: ReplaySource, at_s: float) -> bool:
        """Wait (holding the condition) until `at_s` is due; False when stopped."""
        while not source._stopping and source._seek_s is None:  # noqa: SLF001 - the pacer is part of the source
            if source.paused:
                self._anchor = None
                self._changed.wait()
                continue
            if source.speed == 0.0:
                return True
            now = time.monotonic()
            if self._anchor is None or self._anchor[2] != source.speed:
                self._anchor = (now, at_s, source.speed)
            due = self._anchor[0] + (at_s - self._anchor[1]) / source.speed
            if due <= now:
                return True
            self._changed.wait(due - now)
        return not source._stopping  # noqa: SLF001 - as above


def checked_speed(speed: float) -> float:
    """Give a speed that a replay can play at.

    Raises
    ------
    InputError
        When it is out of range.
    """
    if speed == 0.0 or MIN_SPEED <= speed <= MAX_SPEED:
        return float(speed)
    msg = f"the speed must lie between {MIN_SPEED} and {MAX_SPEED:g}, or be 0 for as fast as possible; it is {speed}"
    raise InputError(msg)
