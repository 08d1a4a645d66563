"""Description: what a TOML file says about a sensor, checked."""

import struct
from pathlib import Path
from typing import Annotated, Literal
from uuid import UUID

import msgspec

from dsp import SensorError
from sensor.families.common import MAX_FRAME_BYTES, short_uuid

Integer = Literal["int8", "int16", "int32", "float32"]
Unsigned = Literal["uint8", "uint16", "uint32"]
CODES = {"int8": "b", "int16": "h", "int32": "i", "float32": "f", "uint8": "B", "uint16": "H", "uint32": "I"}
BYTES = {"int8": 1, "int16": 2, "int32": 4, "float32": 4, "uint8": 1, "uint16": 2, "uint32": 4}
LEAST_FOR_TREMOR_HZ = 25.0
SHORT_UUID_DIGITS = (4, 8)
Offset = Annotated[int, msgspec.Meta(ge=0, lt=MAX_FRAME_BYTES)]
Positive = Annotated[float, msgspec.Meta(gt=0)]


class Match(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How an advertisement is recognised: beginnings of names, and advertised services."""

    names: tuple[str, ...] = ()
    services: tuple[str, ...] = ()


class Field(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """An unsigned number in the header.

    `per` says what a counter counts; `unit_ns` and `of` what a stamp is of.
    """

    offset: Offset
    type: Unsigned
    per: Literal["sample", "packet"] = "sample"
    unit_ns: Annotated[int, msgspec.Meta(gt=0)] = 1_000_000
    of: Literal["first", "last"] = "last"


class Frame(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """How bytes become samples: start bytes, header, then samples of `stride_bytes` with x, y, z first.

    `scale_g` is g per count. `samples` fixes their number in a frame; without it as many as fit are taken.
    """

    type: Integer
    scale_g: Positive
    big_endian: bool = False
    start: str = ""
    header_bytes: Offset = 0
    trailer_bytes: Offset = 0
    sample_offset: Offset = 0
    stride_bytes: Annotated[int, msgspec.Meta(gt=0, le=MAX_FRAME_BYTES)] | None = None
    samples: Annotated[int, msgspec.Meta(gt=0, le=170)] | None = None
    counter: Field | None = None
    stamp: Field | None = None

    @property
    def stride(self) -> int:
        """Bytes from one sample to the next."""
        return self.stride_bytes if self.stride_bytes is not None else self.sample_offset + 3 * BYTES[self.type]


class Write(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """Bytes to write, as hex digits."""

    uuid: str
    hex: str
    response: bool = True


class Rate(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A rate, and what to write for it."""

    hz: Positive
    write: tuple[Write, ...] = ()


class Description(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A sensor."""

    name: Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9_-]{1,30}$")]
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
    service: str
    notify: str
    source: str
    match: Match
    frame: Frame
    rate: tuple[Rate, ...]
    range_g: Positive | None = None
    packet_s: Positive = 1.0
    start: tuple[Write, ...] = ()
    stop: tuple[Write, ...] = ()
    warning: str = ""

    def uuids(self) -> list[str]:
        """Every UUID that is named."""
        writes = [w for r in self.rate for w in r.write] + [*self.start, *self.stop]
        return [self.service, self.notify, *self.match.services, *(w.uuid for w in writes)]

    def hexes(self) -> list[str]:
        """Every string of hex digits."""
        writes = [w for r in self.rate for w in r.write] + [*self.start, *self.stop]
        return [self.frame.start, *(w.hex for w in writes)]


def full_uuid(text: str) -> str:
    """Write out a UUID as the link knows it: 128 bits, lower case; short ones stand on the Bluetooth base.

    >>> full_uuid("FFF1")
    '0000fff1-0000-1000-8000-00805f9b34fb'

    Raises
    ------
    ValueError
        When it is none.
    """
    if len(text) in SHORT_UUID_DIGITS:
        return short_uuid(int(text, 16))
    return str(UUID(text))


def parse(text: str, where: str) -> Description:
    """Parse and check a description.

    Parameters
    ----------
    text
        TOML.
    where
        What to call it in errors.

    Raises
    ------
    SensorError
        When it is not valid; the message says what and where.
    """
    try:
        described = msgspec.toml.decode(text, type=Description)
        fault = _fault(described)
    except (msgspec.MsgspecError, ValueError) as error:
        fault = str(error)
    if fault:
        msg = f"the sensor description {where} is not valid: {fault}; firmware-notes/generic.md explains each line"
        raise SensorError(msg)
    return described


def read(path: Path) -> Description:
    """Read and check a description from a file.

    Raises
    ------
    SensorError
        When it cannot be read or is not valid.
    """
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        msg = f"the sensor description {path.name} cannot be read ({error}); mend or remove it"
        raise SensorError(msg) from error
    return parse(text, path.name)


def _fault(described: Description) -> str:
    for uuid in described.uuids():
        try:
            full_uuid(uuid)
        except ValueError:
            return f"{uuid!r} is no UUID of 128 or 16 bits"
    for digits in described.hexes():
        try:
            bytes.fromhex(digits)
        except ValueError:
            return f"{digits!r} are no hex digits"
    frame = described.frame
    if not described.rate:
        return "it names no rate"
    if not described.match.names and not described.match.services:
        return "[match] names neither names nor services, so nothing would be recognised"
    if frame.stride < frame.sample_offset + 3 * BYTES[frame.type]:
        return f"stride_bytes {frame.stride} is too small for three values of {frame.type}"
    if len(bytes.fromhex(frame.start)) > frame.header_bytes:
        return "the start bytes are part of the header: header_bytes must hold them"
    for field in (frame.counter, frame.stamp):
        if field is not None and field.offset + struct.calcsize(f"<{CODES[field.type]}") > frame.header_bytes:
            return "counter and stamp must lie in the header"
    return ""
