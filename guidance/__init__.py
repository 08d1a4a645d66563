"""Findings, check-in and history in; ranked causes and advice out. The knowledge is data, not code."""

from guidance.types import Action, Advice, HelpCard, LiveAdvice, RankedCause

__all__ = ["Action", "Advice", "HelpCard", "LiveAdvice", "RankedCause"]
