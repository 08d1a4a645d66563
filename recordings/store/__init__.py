"""The native store: MCAP with chunks so small that a crash costs less than a second."""

from recordings.store.growing import GrowingFile, final_name
from recordings.store.meta import RecorderStatus, StreamMeta
from recordings.store.reader import NativeFile, is_native, read_native, window
from recordings.store.recover import recover, repair
from recordings.store.writer import Recorder

__all__ = [
    "GrowingFile",
    "NativeFile",
    "Recorder",
    "RecorderStatus",
    "StreamMeta",
    "final_name",
    "is_native",
    "read_native",
    "recover",
    "repair",
    "window",
]
