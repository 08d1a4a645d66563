"""Controller: begins and ends sessions for the window; knows no widgets."""

from collections.abc import Callable, Mapping
from pathlib import Path

import recordings
import session
from dsp import InputError, Placement, Side
from gui.model import Document, SessionModel
from gui.words import worn
from sensor.simulated import SCRIPTS, LimbScript, SimulatedSource
from session import SessionMessage


class Controller:
    """Runs at most one session and keeps its model.

    Parameters
    ----------
    sink
        Takes each message, with the model it is for, in the session's thread (the bridge).
    home
        Where recordings and reports go.
    """

    def __init__(self, sink: Callable[[tuple[SessionModel, SessionMessage]], None], home: session.Home) -> None:
        self._sink = sink
        self.home = home
        self.model = SessionModel()
        self.running: session.LiveSession | None = None
        self.result: session.SessionResult | None = None

    @property
    def going(self) -> bool:
        """Whether a session runs and has not ended by itself."""
        return self.running is not None and not self.model.ended

    def start_simulated(
        self,
        *,
        script: LimbScript = SCRIPTS["demo"],
        speed: float = 1.0,
        loop: bool = True,
        placement: Placement = Placement.CALF,
        side: Side = Side.LEFT,
        record: bool = False,
    ) -> None:
        """Begin a session on the simulated limb."""
        source = SimulatedSource(script=script, speed=speed, label="simulated", loop=loop)
        title = f"{source.info.name} · {worn(placement.value, side.value)}"
        self.start([source], placement={"simulated": placement}, side={"simulated": side}, title=title, record=record)
        self.model.synthetic = True

    def play_as_live(self, document: Document, *, speed: float = 1.0, start_s: float = 0.0) -> None:
        """Play a recording through the live view."""
        recording = document.recording
        source = session.ReplaySource(recording, speed=speed, start_s=start_s)
        self.start(
            [source],
            placement={source.label: recording.placement},
            side={source.label: recording.side},
            title=f"{document.name} · {worn(recording.placement.value, recording.side.value)}",
        )
        self.model.synthetic = document.synthetic

    def start(
        self,
        sources: list[session.Source],
        *,
        placement: Mapping[str, Placement],
        side: Mapping[str, Side],
        title: str,
        record: bool = False,
    ) -> None:
        """Begin a session on any sources.

        Raises
        ------
        InputError, StorageError
            When the sources do not fit together or the folder of recordings cannot be made.
        """
        self.stop()
        folder = self.home.make(self.home.recordings) if record else None
        self.result = None
        model = SessionModel(title=title)
        # Each message carries its model: what an ended session said last must not reach the next one's.
        running = session.LiveSession(
            sources, sink=lambda message: self._sink((model, message)), placement=placement, side=side, record_to=folder
        )
        self.model, self.running = model, running
        running.start()

    def stop(self) -> session.SessionResult | None:
        """End the running session; its result, or the last one's."""
        running, self.running = self.running, None
        if running is not None:
            self.result = running.stop("stopped")
        return self.result

    def toggle_record(self) -> None:
        """Begin or end a recording.

        Raises
        ------
        InputError
            Without a session.
        """
        running = self._needed()
        update = self.model.recording
        if update is not None and not update.finished and not update.problem:
            running.stop_recording()
        else:
            running.start_recording(self.home.make(self.home.recordings))

    def mark(self, text: str) -> None:
        """Drop a marker."""
        self._needed().mark(text)
        self.model.marked()

    def report_of_session(self) -> Path:
        """Write the report of the session so far, which ends it.

        Raises
        ------
        InputError
            When there is nothing to report on.
        """
        result = self.stop()
        if result is None or not result.analyses or result.advice is None:
            msg = "there is nothing to report on yet; begin a session or open a recording first"
            raise InputError(msg)
        found = [self._with_samples(label, result) for label in result.analyses]
        folder = self.home.make(self.home.reports)
        stem = result.recording.stem if result.recording is not None else "session"
        return session.write_report(found, result.advice, folder / f"{stem}.html", synthetic=self.model.synthetic)

    def report_of(self, document: Document) -> Path:
        """Write the report of a recording."""
        analysis = document.analysis or session.analyze_recording(document.recording)
        found = session.AnalysedRecording(recording=document.recording, analysis=analysis)
        advice = session.make_advice({document.recording.sensor: analysis})
        stem = document.recording.path.stem if document.recording.path is not None else "recording"
        out = self.home.make(self.home.reports) / f"{stem}.html"
        return session.write_report([found], advice, out, synthetic=document.synthetic)

    def _with_samples(self, label: str, result: session.SessionResult) -> session.AnalysedRecording:
        if result.recording is not None and result.recording.exists():
            recording = recordings.read(result.recording, sensor=label)
            return session.AnalysedRecording(recording=recording, analysis=session.analyze_recording(recording))
        return session.live_only(label, result.analyses[label])

    def _needed(self) -> session.LiveSession:
        if self.running is None or not self.going:
            msg = "there is no session now; begin one first"
            raise InputError(msg)
        return self.running
