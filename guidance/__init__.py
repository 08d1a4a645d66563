"""Findings, check-in and history in; ranked causes and advice out. The knowledge is data, not code."""

from guidance.advisor import advise
from guidance.checkin import CheckIn
from guidance.history import Effect, SessionSummary, did_it_help, summarize
from guidance.knowledge_base import (
    Answer,
    Knowledge,
    Protocol,
    ProtocolStep,
    Question,
    Sentence,
    StepKind,
    load_knowledge,
    sentences,
    sources,
)
from guidance.live import LiveAdvisor
from guidance.protocol import (
    DoneStep,
    GuidedFindings,
    Leader,
    StepFinding,
    Turn,
    find_protocol,
    guided_findings,
)
from guidance.types import Action, Advice, HelpCard, LiveAdvice, RankedCause
from guidance.week import Week, weekly

__all__ = [
    "Action",
    "Advice",
    "Answer",
    "CheckIn",
    "DoneStep",
    "Effect",
    "GuidedFindings",
    "HelpCard",
    "Knowledge",
    "Leader",
    "LiveAdvice",
    "LiveAdvisor",
    "Protocol",
    "ProtocolStep",
    "Question",
    "RankedCause",
    "Sentence",
    "SessionSummary",
    "StepFinding",
    "StepKind",
    "Turn",
    "Week",
    "advise",
    "did_it_help",
    "find_protocol",
    "guided_findings",
    "load_knowledge",
    "sentences",
    "sources",
    "summarize",
    "weekly",
]
