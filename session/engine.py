"""LiveSession: sources in; recording, analysis and advice out, on one worker thread."""

import queue
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import dsp
import guidance
from dsp import InputError, Placement, Side
from sensor import Block, LinkChange, LinkState, Source, SourceMessage, Status
from session import tidy
from session.analysis import make_advice
from session.messages import (
    AdviceUpdate,
    EndUpdate,
    LinkUpdate,
    RecordingUpdate,
    SessionMessage,
    StatusUpdate,
)
from session.recorder import SessionRecorder
from session.stream import SETTLE_S, SensorStream

QUEUE_BLOCKS = 2000
"""Blocks that may wait for the worker (minutes of any sensor); beyond, a source that can wait is made to wait."""
ONCE_A_SECOND_S = 1.0
JOIN_TIMEOUT_S = 60.0
"""A full queue is analysed within it on a busy machine, too: at the end nothing that came may be left out."""
EXACT_FAMILIES = frozenset({"simulated", "replay"})
"""Sources whose rate is exact from the first block, so that nothing has to settle."""

Emit = Callable[[SessionMessage], None]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SessionResult:
    """What a finished session leaves.

    Attributes
    ----------
    analyses
        The analysis of each sensor by its label; a sensor that restarted keeps its longest run.
    advice
        What it looks like and what to do; None when nothing was analysed.
    recording
        The recorded file; None when nothing was recorded.
    reason
        Why the session ended.
    """

    analyses: dict[str, dsp.Analysis]
    advice: guidance.Advice | None
    recording: Path | None
    reason: str


@dataclass(slots=True)
class _Ending:
    reason: str = ""
    done: threading.Event = field(default_factory=threading.Event)


class LiveSession:
    """Runs a session from one or more sources.

    Parameters
    ----------
    sources
        What is worn; their labels must differ.
    sink
        Takes `SessionMessage` from the session's thread; must return quickly.
    placement, side
        Where the sensors are worn: one for all, or by label.
    record_to
        Folder to record into; None records nothing.
    live_advice
        Whether to give live advice.
    checkin, history
        What guidance may use besides the signal.
    settings
        Written into the recording.

    Raises
    ------
    InputError
        Without sources, or when two share a label.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        *,
        sink: Emit,
        placement: Placement | Mapping[str, Placement] = Placement.UNKNOWN,
        side: Side | Mapping[str, Side] = Side.UNKNOWN,
        record_to: Path | None = None,
        live_advice: bool = True,
        checkin: guidance.CheckIn | None = None,
        history: Sequence[guidance.SessionSummary] = (),
        settings: Mapping[str, str] | None = None,
    ) -> None:
        labels = [s.label for s in sources]
        if not labels:
            msg = "a session needs at least one sensor; choose one, or the simulated limb"
            raise InputError(msg)
        if len(set(labels)) != len(labels):
            msg = f"two sensors of a session must have different labels; these are {', '.join(labels)}"
            raise InputError(msg)
        self._sources = {s.label: s for s in sources}
        self._sink = sink
        self._streams = {
            s.label: SensorStream(
                label=s.label,
                placement=placement if isinstance(placement, Placement) else placement.get(s.label, Placement.UNKNOWN),
                side=side if isinstance(side, Side) else side.get(s.label, Side.UNKNOWN),
                emit=sink,
                settle_s=0.0 if s.info.family in EXACT_FAMILIES else SETTLE_S,
            )
            for s in sources
        }
        self._checkin = checkin
        self._history = tuple(history)
        self._advisor = guidance.LiveAdvisor()
        self._advising = live_advice
        self._recorder = SessionRecorder(settings=dict(settings or {}))
        self._record_to = record_to
        self._inbox: queue.Queue[SourceMessage | Callable[[], object] | None] = queue.Queue(QUEUE_BLOCKS)
        self._ended = dict.fromkeys(labels, False)
        self._ending = _Ending()
        self._worker = threading.Thread(target=self._work, name="session", daemon=True)
        self._second_at = 0.0
        self._tidied_s = 0.0
        self.result: SessionResult | None = None

    @property
    def running(self) -> bool:
        """Whether the session has been started and has not ended."""
        return self._worker.is_alive()

    def start(self) -> None:
        """Start the worker, the recording and the sources."""
        self._worker.start()
        if self._record_to is not None:
            self.start_recording(self._record_to)
        for source in self._sources.values():
            source.start(self._receive)

    def stop(self, reason: str = "stopped") -> SessionResult:
        """Stop the sources, finish the analysis, close the recording; safe to call twice."""
        # Before the sources tell that they have stopped: what they say of it is not why.
        self._ending.reason = self._ending.reason or reason
        for source in self._sources.values():
            source.stop()
        if self._worker.is_alive():
            self._inbox.put(None)
        finished = self.join(JOIN_TIMEOUT_S)
        if self.result is None or not finished:
            msg = f"the session did not end within {JOIN_TIMEOUT_S:g} s; what was recorded until now is on disk"
            raise dsp.TremorscopeError(msg)
        return self.result

    def join(self, timeout_s: float | None = None) -> bool:
        """Wait for the end; whether it came within `timeout_s`."""
        return self._ending.done.wait(timeout_s)

    def mark(self, text: str = "marker", at_s: float | None = None) -> None:
        """Drop a marker: at a time on the session's clock, or at the newest sample."""

        def put_down() -> None:
            self._recorder.mark(self._now_s() if at_s is None else at_s, text)

        if threading.current_thread() is self._worker:
            # Whoever watches the session may mark from its own thread, which must not wait for itself.
            put_down()
        else:
            self._inbox.put(put_down)

    def hush(self) -> None:
        """Give no live advice from now on: while steps are led through, they are the one sentence to follow."""
        self._advising = False

    def speak(self) -> None:
        """Give live advice again."""
        self._advising = True

    def start_recording(self, folder: Path) -> None:
        """Begin to record into `folder`, from the next block on."""
        self._inbox.put(lambda: self._sink(self._recorder.open(folder, list(self._sources.values()), self._streams)))

    def stop_recording(self) -> None:
        """Close the recording; the session goes on."""
        self._inbox.put(self._close_recording)

    def _receive(self, message: SourceMessage) -> None:
        if not self._ending.done.is_set():
            self._inbox.put(message)

    def _work(self) -> None:
        try:
            while True:
                message = self._inbox.get()
                if message is None:
                    break
                self._handle(message)
                if all(self._ended.values()):
                    break
        finally:
            self._finish()

    def _handle(self, message: SourceMessage | Callable[[], object]) -> None:
        match message:
            case Block() if message.context:
                self._streams[message.sensor].add(message)
            case Block():
                self._recorder.add_block(message)
                self._streams[message.sensor].add(message)
                self._every_second()
            case LinkChange():
                self._recorder.add_link(message)
                self._sink(LinkUpdate(link=message))
                if message.state in (LinkState.STOPPED, LinkState.FAILED):
                    self._ended[message.sensor] = True
                    self._ending.reason = self._ending.reason or message.reason
                else:
                    self._ended[message.sensor] = False
            case Status():
                self._recorder.add_status(message)
                self._sink(StatusUpdate(status=message))
            case _:
                message()

    def _every_second(self) -> None:
        if self._advising:
            self._advise()
        now = time.monotonic()
        if now < self._second_at:
            return
        self._second_at = now + ONCE_A_SECOND_S
        if (update := self._recorder.update()) is not None:
            self._sink(update)
        if abs(self._now_s() - self._tidied_s) >= tidy.EVERY_S:
            self._tidied_s = self._now_s()
            tidy.give_back()

    def _advise(self) -> None:
        legs = {label: s.live for label, s in self._streams.items() if s.live is not None}
        label = guidance.spoken_of(legs)
        if label is None:
            return
        # One clock for both legs: theirs differ by a block, and the interval must not begin afresh with each of them.
        advice = self._advisor.update(now_s=self._now_s(), live=legs[label])
        if advice is not None:
            self._recorder.add_json("advice", advice.since_s, advice)
            self._sink(AdviceUpdate(sensor=label, advice=advice))

    def _now_s(self) -> float:
        lives = [s.live.time_s for s in self._streams.values() if s.live is not None]
        return max(lives, default=0.0)

    def _close_recording(self) -> RecordingUpdate | None:
        update = self._recorder.close()
        if update is not None:
            self._sink(update)
        return update

    def _finish(self) -> None:
        try:
            try:
                for stream in self._streams.values():
                    stream.finish()
            finally:
                # Whoever watches the session may fail; what was recorded is closed all the same.
                closed = self._close_recording()
            found = {label: stream.longest for label, stream in self._streams.items()}
            analyses = {label: analysis for label, analysis in found.items() if analysis is not None}
            advice = make_advice(analyses, checkin=self._checkin, history=self._history) if analyses else None
            self.result = SessionResult(
                analyses=analyses,
                advice=advice,
                recording=closed.path if closed is not None else self._recorder.last_path,
                reason=self._ending.reason or "stopped",
            )
            self._sink(EndUpdate(reason=self.result.reason))
        finally:
            self._ending.done.set()
