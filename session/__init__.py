"""One stretching session: live engine, replay, report."""

from sensor import Source
from session.analysis import (
    AnalysedRecording,
    analyze_all_sensors,
    analyze_file,
    analyze_recording,
    compare,
    live_only,
    make_advice,
)
from session.choice import find_sensors
from session.encode import analysis_record, plain
from session.engine import LiveSession, SessionResult
from session.guided import GuidedRun, guided_findings_of
from session.home import Home, find_home
from session.kept import analyze_kept
from session.memory import (
    CHECKIN_HOURS,
    Background,
    background_of,
    keep_checkin,
    parts_due,
    recall,
    remember,
    todays_checkin,
)
from session.messages import (
    AdviceUpdate,
    EndUpdate,
    EventUpdate,
    FramesUpdate,
    HoldUpdate,
    LinkUpdate,
    LiveUpdate,
    RecordingUpdate,
    SampleUpdate,
    SegmentUpdate,
    SessionMessage,
    StatusUpdate,
)
from session.past import PastSpan, look_back
from session.replay import ReplaySource
from session.report import Wording, write_report
from session.rest import rest_psd
from session.warming import warm_up

__all__ = [
    "CHECKIN_HOURS",
    "AdviceUpdate",
    "AnalysedRecording",
    "Background",
    "EndUpdate",
    "EventUpdate",
    "FramesUpdate",
    "GuidedRun",
    "HoldUpdate",
    "Home",
    "LinkUpdate",
    "LiveSession",
    "LiveUpdate",
    "PastSpan",
    "RecordingUpdate",
    "ReplaySource",
    "SampleUpdate",
    "SegmentUpdate",
    "SessionMessage",
    "SessionResult",
    "Source",
    "StatusUpdate",
    "Wording",
    "analysis_record",
    "analyze_all_sensors",
    "analyze_file",
    "analyze_kept",
    "analyze_recording",
    "background_of",
    "compare",
    "find_home",
    "find_sensors",
    "guided_findings_of",
    "keep_checkin",
    "live_only",
    "look_back",
    "make_advice",
    "parts_due",
    "plain",
    "recall",
    "remember",
    "rest_psd",
    "todays_checkin",
    "warm_up",
    "write_report",
]
