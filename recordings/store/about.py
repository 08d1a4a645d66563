"""What a native file says of itself: the session, its sensors, its channels."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from dsp import FileFormatError
from recordings.store import scan, schema
from recordings.store.content import NoteAt, contents

TOLD = ("app_version", "analysis_version", "continues")
FIRST_CHUNKS = 8
"""Chunks in which a copy of the metadata is looked for: the first holds it, the clock follows soon after."""


@dataclass(frozen=True, slots=True)
class About:
    """What the metadata records say.

    Attributes
    ----------
    metadata
        The records, by their names.
    topics
        Topic of each channel of notes, by number.
    """

    metadata: dict[str, dict[str, str]]
    topics: dict[int, str] = field(default_factory=dict)

    @property
    def sensors(self) -> tuple[str, ...]:
        """Labels of the sensors."""
        return tuple(n.removeprefix(schema.STREAM) for n in self.metadata if n.startswith(schema.STREAM)) or ("",)

    @property
    def packets(self) -> dict[int, str]:
        """Sensor of each packet channel, by number."""
        return {int(self.stream(s)["packet_channel"]): s for s in self.sensors if schema.STREAM + s in self.metadata}

    @property
    def start_ns(self) -> int:
        """UTC of time 0 on the session's clock."""
        head = self.metadata[schema.HEAD]
        clock = self.metadata.get(schema.CLOCK) or self.metadata.get(schema.SUMMARY) or head
        return int(clock.get("start_ns") or head.get("start_ns") or head["opened_ns"])

    @property
    def recovered(self) -> bool:
        """Whether a crash left the file behind and it was mended."""
        return schema.RECOVERED in self.metadata

    @property
    def details(self) -> dict[str, str]:
        """Versions and settings, as a `Recording` carries them."""
        return {k: v for k, v in self.metadata[schema.HEAD].items() if k in TOLD or k.startswith("setting.")}

    def stream(self, label: str) -> dict[str, str]:
        """Give what is said of a sensor; empty where nothing is."""
        return self.metadata.get(schema.STREAM + label, {})


def about_of(data: scan.Bytes, found: scan.Found, *, name: str) -> About:
    """Put together what a file says of itself, from its sealed records or from the copy in a chunk.

    Parameters
    ----------
    data, found
        Its bytes and what is in them.
    name
        Of the file, for the message.

    Raises
    ------
    FileFormatError
        When it says nothing of a session.
    """
    metadata = dict(found.metadata)
    if schema.HEAD not in metadata or found.damaged:
        for copy in _copies(data, found):
            metadata = copy | metadata
    if schema.HEAD not in metadata:
        msg = f"{name} is an MCAP file of another program, or was cut off in its first bytes"
        raise FileFormatError(msg)
    about = About(metadata)
    for values in (metadata[schema.HEAD], metadata.get(schema.SUMMARY, {})):
        for key, topic in values.items():
            if key.startswith(schema.TOPIC):
                about.topics[int(key.removeprefix(schema.TOPIC))] = topic
    return about


def _copies(data: scan.Bytes, found: scan.Found) -> Iterator[dict[str, dict[str, str]]]:
    """Give what the first chunks say of the session; its channel is always the first."""
    topics = {1: schema.SESSION}
    for row in found.index[:FIRST_CHUNKS]:
        chunk = scan.chunk_content(data, int(row["offset"]), int(row["length"]))
        for item in contents(chunk or b"", packets={}, topics=topics):
            if isinstance(item, NoteAt) and item.topic == schema.SESSION:
                yield {k: v for k, v in item.value.items() if isinstance(v, dict)}
