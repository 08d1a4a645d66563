"""Library: an index of the person's own sessions; a cache that can be made afresh from the files at any time."""

from recordings.library.entry import SensorEntry, SessionRecord
from recordings.library.kept import read_kept
from recordings.library.library import Library

__all__ = ["Library", "SensorEntry", "SessionRecord", "read_kept"]
