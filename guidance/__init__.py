"""Findings, check-in and history in; ranked causes and advice out. The knowledge is data, not code."""

from guidance.advisor import advise
from guidance.checkin import CheckIn
from guidance.history import Effect, SessionSummary, did_it_help, summarize
from guidance.knowledge_base import Answer, Knowledge, Question, Sentence, load_knowledge, sentences, sources
from guidance.live import LiveAdvisor
from guidance.types import Action, Advice, HelpCard, LiveAdvice, RankedCause

__all__ = [
    "Action",
    "Advice",
    "Answer",
    "CheckIn",
    "Effect",
    "HelpCard",
    "Knowledge",
    "LiveAdvice",
    "LiveAdvisor",
    "Question",
    "RankedCause",
    "Sentence",
    "SessionSummary",
    "advise",
    "did_it_help",
    "load_knowledge",
    "sentences",
    "sources",
    "summarize",
]
