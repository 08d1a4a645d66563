"""Recorded acceleration: native store, library index, importers, exporters."""

import importlib
from typing import TYPE_CHECKING

from recordings.recording import Marker, Recording

if TYPE_CHECKING:
    from recordings.exporters import ExportOptions, check_export, export
    from recordings.library import Library, SessionRecord, read_kept
    from recordings.reading import read, read_every, read_span
    from recordings.store import (
        GrowingFile,
        NativeFile,
        Recorder,
        RecorderStatus,
        StreamMeta,
        final_name,
        read_native,
        recover,
        repair,
        window,
    )

_HOME_OF = {
    **dict.fromkeys(("ExportOptions", "check_export", "export"), "recordings.exporters"),
    **dict.fromkeys(("Library", "SessionRecord", "read_kept"), "recordings.library"),
    **dict.fromkeys(("read", "read_every", "read_span"), "recordings.reading"),
    **dict.fromkeys(
        (
            "GrowingFile",
            "NativeFile",
            "Recorder",
            "RecorderStatus",
            "StreamMeta",
            "final_name",
            "read_native",
            "recover",
            "repair",
            "window",
        ),
        "recordings.store",
    ),
}

__all__ = [
    "ExportOptions",
    "GrowingFile",
    "Library",
    "Marker",
    "NativeFile",
    "Recorder",
    "RecorderStatus",
    "Recording",
    "SessionRecord",
    "StreamMeta",
    "check_export",
    "export",
    "final_name",
    "read",
    "read_every",
    "read_kept",
    "read_native",
    "read_span",
    "recover",
    "repair",
    "window",
]


def __getattr__(name: str) -> object:
    if name in _HOME_OF:
        value = getattr(importlib.import_module(_HOME_OF[name]), name)
        globals()[name] = value
        return value
    msg = f"module 'recordings' has no attribute {name!r}"
    raise AttributeError(msg)
