"""Controller: begins and ends sessions for the window; knows no widgets."""

from collections.abc import Callable
from pathlib import Path

import recordings
import session
from dsp import InputError, Placement, Side
from gui.model import SessionModel
from sensor.simulated import SCRIPTS, LimbScript, SimulatedSource
from session import SessionMessage

SIMULATED_SPEED = 1.0


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
        self.model = SessionModel(title="No session")
        self.running: session.LiveSession | None = None
        self.replay: session.ReplaySource | None = None
        self.recording: recordings.Recording | None = None
        self.result: session.SessionResult | None = None

    @property
    def total_s(self) -> float | None:
        """Length of the replayed recording; None live."""
        return self.recording.duration_s if self.recording is not None else None

    def start_simulated(
        self, *, script: LimbScript = SCRIPTS["demo"], speed: float = SIMULATED_SPEED, loop: bool = True
    ) -> None:
        """Begin a session on the simulated limb."""
        self.stop()
        source = SimulatedSource(script=script, speed=speed, label="simulated", loop=loop)
        self.recording, self.replay = None, None
        self.model = SessionModel(title="Simulated leg, left calf", synthetic=True)
        self._begin([source], Placement.CALF, Side.LEFT)

    def start_replay(self, recording: recordings.Recording, *, speed: float = 1.0, start_s: float = 0.0) -> None:
        """Play a recording."""
        self.stop()
        self.replay = session.ReplaySource(recording, speed=speed, start_s=start_s)
        self.recording = recording
        name = recording.path.name if recording.path is not None else "recording"
        synthetic = recording.details.get("family") == "simulated" or name.startswith("simulated")
        title = f"{name}, {recording.placement.value}"
        self.model = SessionModel(title=title, synthetic=synthetic)
        self._begin([self.replay], recording.placement, recording.side)

    def _begin(self, sources: list[session.Source], placement: Placement, side: Side) -> None:
        self.result = None
        model = self.model
        # Each message carries its model: what an ended session said last must not reach the next one's.
        self.running = session.LiveSession(
            sources, sink=lambda message: self._sink((model, message)), placement=placement, side=side
        )
        self.running.start()

    def seek(self, time_s: float, *, speed: float) -> None:
        """Go to a time of the replayed recording, also after its end; live there is nowhere to go."""
        if self.replay is None or self.recording is None:
            return
        if self.replay.finished:
            self.start_replay(self.recording, speed=speed, start_s=time_s)
        else:
            self.replay.seek(time_s)

    def stop(self) -> session.SessionResult | None:
        """End the running session; its result, or None without one."""
        running, self.running = self.running, None
        if running is not None:
            self.result = running.stop("stopped")
        return self.result

    def toggle_record(self) -> bool:
        """Begin or end a recording; whether one is running now."""
        if self.running is None:
            msg = "there is no session to record; begin one first"
            raise InputError(msg)
        update = self.model.recording
        if update is not None and not update.finished and not update.problem:
            self.running.stop_recording()
            return False
        self.running.start_recording(self.home.make(self.home.recordings))
        return True

    def mark(self, text: str) -> None:
        """Drop a marker."""
        if self.running is not None:
            self.running.mark(text)

    def report(self) -> Path:
        """Write the report of the replayed recording, or of the session so far.

        Raises
        ------
        InputError
            When there is nothing to report on.
        """
        folder = self.home.make(self.home.reports)
        if self.recording is not None:
            analysis = session.analyze_recording(self.recording)
            found = session.AnalysedRecording(recording=self.recording, analysis=analysis)
            stem = self.recording.path.stem if self.recording.path is not None else "recording"
        else:
            result = self.stop()
            if result is None or not result.analyses:
                msg = "there is nothing to report on yet; begin a session first"
                raise InputError(msg)
            label, analysis = next(iter(result.analyses.items()))
            found, stem = session.live_only(label, analysis), "session"
        advice = session.make_advice({found.recording.sensor: found.analysis})
        return session.write_report([found], advice, folder / f"{stem}.html", synthetic=self.model.synthetic)
