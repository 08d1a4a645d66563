"""What is inside a native file: names, limits, schemas; `docs/native-format.md` says it for others."""

import json
from typing import Any

FORMAT_VERSION = "1"
PROFILE = "tremorscope"
ENDING = ".mcap"
PARTIAL_ENDING = ".part"

HEAD = "tremorscope"
"""Metadata record of the session."""
STREAM = "stream/"
"""Metadata records of the sensors, by label."""
CLOCK = "clock"
"""Metadata record with the UTC of time 0, written as soon as the first sample tells it."""
SUMMARY = "summary"
"""Metadata record written at the end: what each sensor's samples come to."""
RECOVERED = "recovered"
"""Metadata record of a file that a crash left behind."""
TOPIC = "channel."
"""Beginning of the keys that say which channel has which topic."""
SEAL = "crc32"
"""Key that protects a metadata record, which MCAP itself leaves unprotected."""
INDEX = "tremorscope.index"
"""Attachment with the place and time of every chunk."""

ACCELERATION = "/accel/"
PACKET = "/packet/"
LINK = "/link/"
STATUS = "/status/"
MARKER = "/marker"
SESSION = "/session"

NOTE_NAME = "tremorscope.Note"
NOTE_SCHEMA = {
    "title": NOTE_NAME,
    "type": "object",
    "properties": {"time_s": {"type": "number", "description": "seconds on the session's clock"}},
}
"""Everything that is not a sample is a JSON object with its time."""


def note_schema() -> bytes:
    """Encode the schema of notes."""
    return json.dumps(NOTE_SCHEMA).encode()


def compact(value: Any) -> bytes:
    """Encode a note; numbers that JSON does not know become null."""
    try:
        return json.dumps(value, separators=(",", ":"), allow_nan=False, default=str).encode()
    except ValueError:
        return json.dumps(_finite(value), separators=(",", ":"), default=str).encode()


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if value - value == 0.0 else None
    if isinstance(value, dict):
        return {str(k): _finite(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(v) for v in value]
    return value
