"""Samples in; frames, events, holds, segments and findings out."""

from dsp.analyze import analyze
from dsp.analyzer import Analyzer
from dsp.errors import (
    FileFormatError,
    InputError,
    MissingExtraError,
    RateError,
    SensorError,
    StorageError,
    TremorscopeError,
    UnitError,
)
from dsp.findings import Findings, HoldFinding, SideComparison
from dsp.frame_fields import FRAME_DTYPE
from dsp.labels import EventLabel, Placement, Side, State
from dsp.notes import counted, low_rate_notes, percent_sure
from dsp.parameters import parameters_version
from dsp.results import (
    Analysis,
    Event,
    FatigueEvidence,
    Hold,
    LiveState,
    Segment,
    Spectra,
    Term,
)
from dsp.samples import Quality, Samples, TimeSource
from dsp.sides import compare_sides
from dsp.update import Update

__all__ = [
    "FRAME_DTYPE",
    "Analysis",
    "Analyzer",
    "Event",
    "EventLabel",
    "FatigueEvidence",
    "FileFormatError",
    "Findings",
    "Hold",
    "HoldFinding",
    "InputError",
    "LiveState",
    "MissingExtraError",
    "Placement",
    "Quality",
    "RateError",
    "Samples",
    "Segment",
    "SensorError",
    "Side",
    "SideComparison",
    "Spectra",
    "State",
    "StorageError",
    "Term",
    "TimeSource",
    "TremorscopeError",
    "UnitError",
    "Update",
    "analyze",
    "compare_sides",
    "counted",
    "low_rate_notes",
    "parameters_version",
    "percent_sure",
]
