"""The native store: MCAP with chunks so small that a crash costs less than a second."""

from recordings.store.reader import is_native, read_native
from recordings.store.recover import recover, repair
from recordings.store.writer import Recorder, RecorderStatus, StreamMeta

__all__ = ["Recorder", "RecorderStatus", "StreamMeta", "is_native", "read_native", "recover", "repair"]
