"""What is inside a native file; `docs/native-format.md` says it for others."""

FORMAT_VERSION = "1"
PROFILE = "tremorscope"
LIBRARY = "tremorscope"
ACCELERATION = "/acceleration/"
METADATA = "tremorscope"
STREAM_METADATA = "stream/"
RECOVERED = "recovered"
PARTIAL_ENDING = ".part"

ACCELERATION_SCHEMA = {
    "title": "tremorscope.Acceleration",
    "type": "object",
    "properties": {
        "start_s": {"type": "number", "description": "time of the first sample, seconds on the session's clock"},
        "rate_hz": {"type": "number"},
        "missing_before": {"type": "integer", "description": "samples lost before; -1 unknown"},
        "scale_g": {"type": "number", "description": "g per count; absent when xyz_g is given"},
        "counts": {"type": "array", "items": {"type": "array", "items": {"type": "integer"}}},
        "xyz_g": {"type": "array", "items": {"type": "array", "items": {"type": "number"}}},
        "device_ns": {"type": "integer"},
        "host_ns": {"type": "integer"},
    },
}
NOTE_SCHEMA = {"title": "tremorscope.Note", "type": "object"}
