"""A guided session while it runs, and what it showed afterwards."""

from collections.abc import Callable, Mapping

import dsp
import guidance
from dsp import Side
from session.analysis import AnalysedRecording
from session.messages import SampleUpdate, SessionMessage


class GuidedRun:
    """Stands between a session and who watches it: tells the steps as the samples come, and marks them.

    Parameters
    ----------
    leader
        Leads through the steps.
    on_turn
        Told each step as it begins, with its time on the session's clock.
    """

    def __init__(
        self,
        leader: guidance.Leader,
        on_turn: Callable[[guidance.Turn, float], None],
    ) -> None:
        self.leader = leader
        self._on_turn = on_turn
        self._watch: Callable[[SessionMessage], None] | None = None
        self._mark: Callable[[str, float], None] | None = None
        self.marks: list[tuple[float, str]] = []
        self._sensor: str | None = None
        self.end_s = 0.0

    @property
    def done(self) -> bool:
        """Whether all steps are over."""
        return self.leader.done

    def watch_with(self, watch: Callable[[SessionMessage], None]) -> None:
        """Say who takes every message of the session."""
        self._watch = watch

    def mark_with(self, mark: Callable[[str, float], None]) -> None:
        """Say how a marker is put into the recording."""
        self._mark = mark

    def __call__(self, message: SessionMessage) -> None:
        """Take one message of the session."""
        if self._watch is not None:
            self._watch(message)
        if not isinstance(message, SampleUpdate):
            return
        # One sensor's samples are the clock; the other leg's would only say the same again.
        self._sensor = self._sensor or message.sensor
        if message.sensor != self._sensor:
            return
        self.end_s = message.start_s + len(message.xyz_g) / message.rate_hz
        for turn in self.leader.advance(self.end_s):
            text = self.leader.mark(turn)
            self.marks.append((self.end_s, text))
            if self._mark is not None:
                self._mark(text, self.end_s)
            self._on_turn(turn, self.end_s)

    def findings(self, analyses: Mapping[str, dsp.Analysis]) -> guidance.GuidedFindings | None:
        """Say what the session showed, by the session's own clock."""
        return guidance.guided_findings(_by_side(analyses), self.marks, self.end_s)


def guided_findings_of(found: list[AnalysedRecording]) -> guidance.GuidedFindings | None:
    """Say what a recorded guided session showed; None when the recording is of no guided session.

    Parameters
    ----------
    found
        The analysed sensors of one recording.
    """
    if not found:
        return None
    markers = [(m.start_s, m.text) for m in found[0].recording.markers]
    end_s = max(f.analysis.duration_s for f in found)
    return guidance.guided_findings(_by_side({f.recording.sensor: f.analysis for f in found}), markers, end_s)


def _by_side(analyses: Mapping[str, dsp.Analysis]) -> dict[Side, dsp.Analysis]:
    """Sort analyses by leg; sensors whose leg is not known count as one."""
    out: dict[Side, dsp.Analysis] = {}
    for analysis in analyses.values():
        out.setdefault(analysis.findings.side, analysis)
    return out
