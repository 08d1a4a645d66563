"""Findings, check-in and history in; ranked causes and advice out. The knowledge is data, not code."""

from guidance.advisor import advise, side_sentence
from guidance.checkin import CheckIn
from guidance.guided import GuidedFindings, SideDifference, StepFinding, guided_findings
from guidance.history import Effect, SessionSummary, did_it_help, summarize
from guidance.knowledge_base import (
    Answer,
    Cause,
    Knowledge,
    Part,
    Protocol,
    ProtocolStep,
    Question,
    Remedy,
    StepKind,
)
from guidance.listing import Sentence
from guidance.live import LiveAdvisor, spoken_of
from guidance.protocol import DoneStep, Leader, Turn, find_protocol
from guidance.reading import load_knowledge, sentences, sources
from guidance.types import Action, Advice, Evidence, HelpCard, LiveAdvice, RankedCause
from guidance.week import Week, weekly

__all__ = [
    "Action",
    "Advice",
    "Answer",
    "Cause",
    "CheckIn",
    "DoneStep",
    "Effect",
    "Evidence",
    "GuidedFindings",
    "HelpCard",
    "Knowledge",
    "Leader",
    "LiveAdvice",
    "LiveAdvisor",
    "Part",
    "Protocol",
    "ProtocolStep",
    "Question",
    "RankedCause",
    "Remedy",
    "Sentence",
    "SessionSummary",
    "SideDifference",
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
    "side_sentence",
    "sources",
    "spoken_of",
    "summarize",
    "weekly",
]
