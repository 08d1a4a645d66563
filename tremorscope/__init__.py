"""Tremorscope's front door: ``import tremorscope as ts``.

>>> import tremorscope as ts
>>> result = ts.analyze(ts.read("night.cwa"), placement="calf")  # doctest: +SKIP

Names are loaded when they are first used, so that ``tremorscope --help`` starts without scipy, Qt or the radio.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dsp import (
        Analysis,
        Analyzer,
        Event,
        EventLabel,
        FileFormatError,
        Findings,
        Hold,
        InputError,
        MissingExtraError,
        Placement,
        RateError,
        Samples,
        Segment,
        SensorError,
        Side,
        SideComparison,
        Spectra,
        State,
        StorageError,
        Term,
        TremorscopeError,
        UnitError,
        compare_sides,
    )
    from guidance import Advice, CheckIn, advise
    from recordings import Recording, export
    from session import LiveSession, ReplaySource, write_report
    from tremorscope.api import analyze, read

_HOME_OF = {
    **dict.fromkeys(("analyze", "read"), "tremorscope.api"),
    **dict.fromkeys(
        [
            "Analysis",
            "Analyzer",
            "Event",
            "EventLabel",
            "FileFormatError",
            "Findings",
            "Hold",
            "InputError",
            "MissingExtraError",
            "Placement",
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
            "TremorscopeError",
            "UnitError",
            "compare_sides",
        ],
        "dsp",
    ),
    **dict.fromkeys(("Advice", "CheckIn", "advise"), "guidance"),
    **dict.fromkeys(("Recording", "export"), "recordings"),
    **dict.fromkeys(("LiveSession", "ReplaySource", "write_report"), "session"),
}

__all__ = [
    "Advice",
    "Analysis",
    "Analyzer",
    "CheckIn",
    "Event",
    "EventLabel",
    "FileFormatError",
    "Findings",
    "Hold",
    "InputError",
    "LiveSession",
    "MissingExtraError",
    "Placement",
    "RateError",
    "Recording",
    "ReplaySource",
    "Samples",
    "Segment",
    "SensorError",
    "Side",
    "SideComparison",
    "Spectra",
    "State",
    "StorageError",
    "Term",
    "TremorscopeError",
    "UnitError",
    "__version__",
    "advise",
    "analyze",
    "compare_sides",
    "export",
    "read",
    "write_report",
]


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version  # noqa: PLC0415 - reading metadata costs more than the import of this module

        return version("tremorscope")
    if name in _HOME_OF:
        value = getattr(importlib.import_module(_HOME_OF[name]), name)
        globals()[name] = value
        return value
    msg = f"module 'tremorscope' has no attribute {name!r}"
    raise AttributeError(msg)


def __dir__() -> list[str]:
    return __all__
