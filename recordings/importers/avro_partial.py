"""Avro that is cut short or whose sync marker is damaged: what stands before the damage is decoded all the same.

`fastavro` reads a block whole or not at all, and an EmbracePlus file is one block. Encoding after the Avro 1.11
specification; arrays of whole numbers, which are nearly all of such a file, are decoded at once.
"""

import json
import struct
import zlib
from contextlib import suppress
from typing import Any

import numpy as np

from dsp import FileFormatError

MOST_ITEMS = 200_000_000
MOST_DEPTH = 20
LARGEST_BLOCK = 1 << 30
FLOATS = {"float": ("<f", 4), "double": ("<d", 8)}


class _End(Exception):  # noqa: N818 - it is the end of the bytes, and no error
    """The bytes end, or are damaged, here."""


class _Reader:
    """Bytes with a place."""

    def __init__(self, raw: bytes) -> None:
        self.raw, self.at = raw, 0

    def take(self, count: int) -> bytes:
        """Take the next bytes."""
        if count < 0 or self.at + count > len(self.raw):
            raise _End
        self.at += count
        return self.raw[self.at - count : self.at]

    def whole(self) -> int:
        """Take a whole number: seven bits a byte, zigzag."""
        value = shift = 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                return value >> 1 ^ -(value & 1)
            shift += 7
            if shift > 63:
                raise _End

    def wholes(self, count: int) -> list[int]:
        """Take many at once; fewer where the bytes end."""
        raw = np.frombuffer(self.raw, np.uint8, offset=self.at, count=min(10 * count, len(self.raw) - self.at))
        ends = np.nonzero(raw < 0x80)[0][:count]
        if not len(ends):
            raise _End
        raw = raw[: ends[-1] + 1].astype(np.uint64)
        starts = np.concatenate([[0], ends[:-1] + 1])
        within = np.arange(len(raw)) - np.repeat(starts, ends - starts + 1)
        if within.max() > 9:
            raise _End
        values = np.bitwise_or.reduceat((raw & np.uint64(0x7F)) << (7 * within).astype(np.uint64), starts)
        self.at += len(raw)
        signed = (values >> np.uint64(1)).astype(np.int64) ^ -(values & np.uint64(1)).astype(np.int64)
        return [int(v) for v in signed]


def read_first_record(raw: bytes) -> dict[str, Any]:
    """Decode the first record as far as it goes; what comes after the damage is missing from it.

    Raises
    ------
    FileFormatError
        When not even the header is whole.
    """
    reader = _Reader(raw)
    try:
        reader.take(4)
        meta = _map(reader)
        schema = json.loads(meta["avro.schema"])
        reader.take(16)
        reader.whole()
        size = reader.whole()
        if not 0 <= size <= LARGEST_BLOCK:
            size = len(raw)
    except (_End, KeyError, ValueError, RecursionError) as error:
        msg = "the Avro header is damaged; nothing can be saved"
        raise FileFormatError(msg) from error
    block = raw[reader.at : reader.at + size]
    if meta.get("avro.codec", b"null") == b"deflate":
        block = _inflated(block)
    record: dict[str, Any] = {}
    # What was decoded until the damage is in the record.
    with suppress(_End, KeyError, TypeError, ValueError, IndexError, OverflowError):
        _record(_Reader(block), schema, record, _named(schema, {}), 0)
    return record


def _inflated(block: bytes) -> bytes:
    unpacker, unpacked = zlib.decompressobj(-15), bytearray()
    with suppress(zlib.error):  # as far as it goes
        for at in range(0, len(block), 4096):
            unpacked += unpacker.decompress(block[at : at + 4096])
            if len(unpacked) > LARGEST_BLOCK:
                break
    return bytes(unpacked)


def _map(reader: _Reader) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    while count := reader.whole():
        if count < 0:
            count = -count
            reader.whole()
        for _ in range(min(count, 1000)):
            key = reader.take(reader.whole()).decode("utf-8", errors="replace")
            found[key] = reader.take(reader.whole())
    return found


def _named(schema: Any, known: dict[str, Any]) -> dict[str, Any]:
    """Types that are referred to by their name."""
    if isinstance(schema, list):
        for each in schema:
            _named(each, known)
    elif isinstance(schema, dict):
        if "name" in schema and isinstance(schema.get("type"), str):
            known[str(schema["name"])] = schema
            known[f"{schema.get('namespace', '')}.{schema['name']}"] = schema
        for each in (*schema.get("fields", ()), schema.get("items"), schema.get("type")):
            if isinstance(each, dict | list):
                _named(each, known)
    return known


def _record(reader: _Reader, schema: Any, into: dict[str, Any], known: dict[str, Any], depth: int) -> None:
    """Fill a record field by field, so that what is there stays when the bytes end."""
    for field in schema["fields"]:
        kind = _resolved(field["type"], known)
        name = str(field["name"])
        if isinstance(kind, dict) and kind.get("type") == "record":
            into[name] = {}
            _record(reader, kind, into[name], known, depth + 1)
        elif isinstance(kind, dict) and kind.get("type") == "array":
            into[name] = []
            _array(reader, kind, into[name], known, depth + 1)
        else:
            into[name] = _value(reader, kind, known, depth + 1)


def _resolved(kind: Any, known: dict[str, Any]) -> Any:
    if isinstance(kind, str):
        return known.get(kind) or known.get(kind.rsplit(".", 1)[-1], kind)
    if isinstance(kind, dict) and isinstance(kind.get("type"), dict):
        return _resolved(kind["type"], known)
    return kind


def _array(reader: _Reader, kind: Any, into: list[Any], known: dict[str, Any], depth: int) -> None:
    items = _resolved(kind["items"], known)
    plain = items.get("type") if isinstance(items, dict) else items
    while count := reader.whole():
        if count < 0:
            count = -count
            reader.whole()
        if count > MOST_ITEMS:
            raise _End
        if plain in ("int", "long"):
            got = reader.wholes(count)
            into += got
            if len(got) < count:
                raise _End
        else:
            for _ in range(count):
                into.append(_value(reader, items, known, depth + 1))


def _value(reader: _Reader, kind: Any, known: dict[str, Any], depth: int) -> Any:
    if depth > MOST_DEPTH:
        raise _End
    if isinstance(kind, list):
        return _value(reader, _resolved(kind[reader.whole()], known), known, depth + 1)
    name = kind.get("type") if isinstance(kind, dict) else kind
    if name == "record":
        record: dict[str, Any] = {}
        _record(reader, kind, record, known, depth + 1)
        return record
    if name == "array":
        values: list[Any] = []
        _array(reader, kind, values, known, depth + 1)
        return values
    return _plain(reader, str(name), kind)


def _plain(reader: _Reader, name: str, kind: Any) -> Any:
    if name in FLOATS:
        form, size = FLOATS[name]
        return struct.unpack(form, reader.take(size))[0]
    if name in ("int", "long", "enum"):
        return reader.whole()
    if name in ("string", "bytes"):
        return reader.take(reader.whole()).decode("utf-8", errors="replace")
    if name == "boolean":
        return reader.take(1) != b"\0"
    if name == "fixed":
        return reader.take(int(kind["size"]))
    if name == "map":
        raise _End  # no map stands before the acceleration of an EmbracePlus
    return None
