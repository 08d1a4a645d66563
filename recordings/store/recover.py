"""Recovery: what a crash left behind becomes a readable file, marked recovered."""

import json
from pathlib import Path

from dsp import FileFormatError, StorageError
from recordings.store import schema
from recordings.store.reader import read_content


def recover(partial: Path) -> Path:
    """Rewrite a ``.part`` file into a whole one beside it, and remove it.

    Raises
    ------
    FileFormatError
        When nothing can be saved.
    StorageError
        When the new file cannot be written; the old one stays.
    """
    from mcap.writer import CompressionType, Writer  # noqa: PLC0415 - only recovery needs it

    content = read_content(partial)
    if schema.METADATA not in content.metadata:
        msg = f"{partial.name} was cut off before its first sample; there is nothing to save in it"
        raise FileFormatError(msg)
    final = partial.with_name(partial.name.removesuffix(schema.PARTIAL_ENDING))
    working = partial.with_name(partial.name + ".recovering")
    start_ns = int(content.metadata[schema.METADATA]["start_ns"])
    try:
        with working.open("wb") as file:
            writer = Writer(file, chunk_size=1 << 16, compression=CompressionType.ZSTD)
            writer.start(schema.PROFILE, schema.LIBRARY)
            for name, values in content.metadata.items():
                writer.add_metadata(name, values)
            writer.add_metadata(schema.RECOVERED, {"from": partial.name})
            kinds = {
                True: writer.register_schema(
                    str(schema.ACCELERATION_SCHEMA["title"]),
                    "jsonschema",
                    json.dumps(schema.ACCELERATION_SCHEMA).encode(),
                ),
                False: writer.register_schema(
                    str(schema.NOTE_SCHEMA["title"]), "jsonschema", json.dumps(schema.NOTE_SCHEMA).encode()
                ),
            }
            channels: dict[str, int] = {}
            for topic, message in content.messages:
                if topic not in channels:
                    channels[topic] = writer.register_channel(
                        topic, "json", kinds[topic.startswith(schema.ACCELERATION)]
                    )
                at = start_ns + max(0, round(float(message.get("time_s", 0.0)) * 1e9))
                writer.add_message(channels[topic], at, json.dumps(message, separators=(",", ":")).encode(), at)
            writer.finish()  # type: ignore[no-untyped-call]
        working.replace(final)
        partial.unlink()
    except OSError as error:
        msg = f"{partial.name} could not be recovered: {error.strerror}; it stays as it is"
        raise StorageError(msg) from error
    return final


def repair(folder: Path) -> list[Path]:
    """Recover every ``.part`` file of a folder; those with nothing in them are left alone."""
    recovered = []
    for partial in sorted(folder.glob(f"*{schema.PARTIAL_ENDING}")):
        try:
            recovered.append(recover(partial))
        except FileFormatError:
            continue
    return recovered
