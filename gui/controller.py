"""Controller: begins and ends sessions for the window; knows no widgets."""

import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import dsp
import guidance
import recordings
import session
from dsp import InputError, Placement, Side, StorageError
from gui.i18n import foreign
from gui.model import Document, ModelMessage, SessionModel
from gui.model.guided import GuidedOver, GuidedTurn
from gui.model.verdict import Verdict
from gui.report_words import report_words
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

    def __init__(self, sink: Callable[[tuple[SessionModel, ModelMessage]], None], home: session.Home) -> None:
        self._sink = sink
        self.home = home
        self.model = SessionModel()
        self.running: session.LiveSession | None = None
        self.result: session.SessionResult | None = None
        self.guided_findings: guidance.GuidedFindings | None = None
        self._guided: session.GuidedRun | None = None
        self._labels: tuple[str, ...] = ()
        self._folder: Path | None = None

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
        title = f"{foreign(source.info.name)} · {worn(placement.value, side.value)}"
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
        sources: Sequence[session.Source],
        *,
        placement: Mapping[str, Placement],
        side: Mapping[str, Side],
        title: str,
        record: bool = False,
        folder: Path | None = None,
    ) -> None:
        """Begin a session on any sources; it is recorded into `folder`, or into the library.

        Raises
        ------
        InputError, StorageError
            When the sources do not fit together or the folder of recordings cannot be made.
        """
        self.stop()
        self._folder = folder
        record_to = self._make_folder() if record else None
        self.result = self.guided_findings = None
        model = SessionModel(title=title, placement=placement, side=side)
        # Each message carries its model: what an ended session said last must not reach the next one's.
        running = session.LiveSession(
            sources,
            sink=lambda message: self._tell(model, message),
            placement=placement,
            side=side,
            record_to=record_to,
            checkin=session.todays_checkin(self.home),
            history=self.history(),
        )
        self._labels = tuple(s.label for s in sources)
        self.model, self.running = model, running
        running.start()

    def guide(self, name: str, first: Side) -> None:
        """Lead through a guided session from now on.

        Raises
        ------
        InputError
            Without a session, or when there is no guided session of this name.
        """
        running, model = self._needed(), self.model
        leader = guidance.Leader(guidance.find_protocol(name), first, both_worn=len(self._labels) == 2)

        def begin_step(turn: guidance.Turn, at_s: float) -> None:
            after = leader.turns[turn.index + 1 : turn.index + 2]
            step = GuidedTurn(
                title=leader.protocol.title,
                turn=turn,
                then=after[0] if after else None,
                count=len(leader.turns),
                began_s=at_s,
            )
            self._sink((model, step))

        guided = session.GuidedRun(leader, begin_step)
        guided.mark_with(running.mark)
        self._guided = guided
        running.hush()

    def stop_guiding(self) -> None:
        """End the guided session; the session itself goes on, and the steps done so far still count."""
        self._guided = None
        self.model.guided = None
        if self.running is not None:
            self.running.speak()

    def _tell(self, model: SessionModel, message: SessionMessage) -> None:
        self._sink((model, message))
        guided = self._guided
        if guided is not None and not guided.done:
            self._lead(guided, model, message)

    def _lead(self, guided: session.GuidedRun, model: SessionModel, message: SessionMessage) -> None:
        guided(message)
        if guided.done:
            self._sink((model, GuidedOver()))

    def stop(self) -> session.SessionResult | None:
        """End the running session and remember what it showed; its result, or the last one's.

        Raises
        ------
        StorageError
            When what it showed could not be remembered; the result and the recording are there all the same.
        """
        running, self.running = self.running, None
        if running is None:
            return self.result
        self.result = result = running.stop("stopped")
        guided, self._guided = self._guided, None
        if guided is not None:
            self.guided_findings = guided.findings(result.analyses)
        name = guided.leader.protocol.id if guided is not None else ""
        session.remember(self.home, result, checkin=session.todays_checkin(self.home), guided=name)
        return result

    def history(self) -> list[guidance.SessionSummary]:
        """Give what earlier sessions showed; nothing when the library cannot be read, for a session needs none."""
        try:
            return session.recall(self.home) if self.home.recordings.exists() else []
        except StorageError:
            return []

    def judge(
        self,
        analyses: Mapping[str, dsp.Analysis],
        title: str,
        *,
        path: Path | None = None,
        check_in: guidance.CheckIn | None = None,
        guided: guidance.GuidedFindings | None = None,
    ) -> Verdict:
        """Say what analyses look like, with the person's answers and what earlier sessions showed.

        Parameters
        ----------
        analyses, title
            Of a session or a recording.
        path
            The recording; what is known beside it counts. None is the session that has just been.
        check_in
            Answers that count in place of those that were kept.
        guided
            What the steps of a guided session showed.
        """
        if path is not None:
            known = session.background_of(self.home, path)
        else:
            history = self.history()
            week = guidance.weekly(history, time.time_ns()) if history else None
            known = session.Background(checkin=session.todays_checkin(self.home), history=tuple(history), week=week)
        answers = check_in or known.checkin or guidance.CheckIn()
        return Verdict(
            title=title,
            path=path,
            analyses=analyses,
            advice=session.make_advice(analyses, checkin=answers, history=known.history),
            guided=guided,
            week=known.week,
            check_in=answers,
        )

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
            running.start_recording(self._make_folder())

    def _make_folder(self) -> Path:
        """Where this session is recorded."""
        return self.home.make(self._folder or self.home.recordings)

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
        if result is None or not result.analyses:
            msg = "there is nothing to report on yet; begin a session or open a recording first"
            raise InputError(msg)
        found = [self._with_samples(label, result) for label in result.analyses]
        stem = result.recording.stem if result.recording is not None else "session"
        return self._write_report(found, stem, result.recording, synthetic=self.model.synthetic)

    def report_of(self, document: Document) -> Path:
        """Write the report of a recording."""
        analysis = document.analysis or session.analyze_recording(document.recording)
        found = session.AnalysedRecording(recording=document.recording, analysis=analysis)
        stem = document.recording.path.stem if document.recording.path is not None else "recording"
        return self._write_report([found], stem, document.recording.path, synthetic=document.synthetic)

    def _write_report(
        self, found: list[session.AnalysedRecording], stem: str, path: Path | None, *, synthetic: bool
    ) -> Path:
        verdict = self.judge({f.recording.sensor: f.analysis for f in found}, stem, path=path)
        out = self.home.make(self.home.reports) / f"{stem}.html"
        return session.write_report(
            found, verdict.advice, out, synthetic=synthetic, week=verdict.week, wording=report_words()
        )

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
