"""The native store: MCAP with chunks so small that a crash costs less than a second."""

from recordings.store.meta import RecorderStatus, StreamMeta
from recordings.store.reader import NativeFile, is_native, read_native, window
from recordings.store.recover import recover, repair
from recordings.store.writer import Recorder

__all__ = [
    "NativeFile",
    "Recorder",
    "RecorderStatus",
    "StreamMeta",
    "is_native",
    "read_native",
    "recover",
    "repair",
    "window",
]
