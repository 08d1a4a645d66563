"""Polar's control point: commands, answers, settings (firmware-notes/polar.md, "Control point")."""

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from sensor.families.errors import AGAIN, FrameError, Remedy, StartError
from sensor.families.polar.frames import ACC, FACTOR_RANGE, SHORTEST_PACKET_BYTES, TYPE_MASK

ANSWER = 0xF0
STOPPED_BY_DEVICE = 0x01
FEATURES = 0x0F
SDK_MODE = 9
ANSWER_HEAD = 4
CONTENT_FROM = 5
LONGEST_ANSWER = 512


class Op(IntEnum):
    """What is asked of the control point."""

    GET_SETTINGS = 1
    START = 2
    STOP = 3
    GET_SDK_SETTINGS = 4
    GET_STATUS = 5
    GET_SDK_STATUS = 6


class Status(IntEnum):
    """The status of an answer."""

    OK = 0
    INVALID_OP = 1
    INVALID_TYPE = 2
    NOT_SUPPORTED = 3
    INVALID_LENGTH = 4
    INVALID_PARAMETER = 5
    ALREADY_IN_STATE = 6
    INVALID_RESOLUTION = 7
    INVALID_RATE = 8
    INVALID_RANGE = 9
    INVALID_MTU = 10
    INVALID_CHANNELS = 11
    INVALID_STATE = 12
    IN_CHARGER = 13
    DISK_FULL = 14


class Setting(IntEnum):
    """The settings of a measurement."""

    RATE = 0
    RESOLUTION = 1
    RANGE = 2
    RANGE_MILLI = 3
    CHANNELS = 4
    FACTOR = 5
    SECURITY = 6


_WIDTH = {
    Setting.RATE: 2,
    Setting.RESOLUTION: 2,
    Setting.RANGE: 2,
    Setting.RANGE_MILLI: 4,
    Setting.CHANNELS: 1,
    Setting.FACTOR: 4,
    Setting.SECURITY: 16,
}

_WORDS: dict[int, tuple[str, Remedy]] = {
    Status.INVALID_OP: ("does not know the command; update its firmware with Polar's program", Remedy.PERSON),
    Status.INVALID_TYPE: ("has no acceleration; choose an H10, an OH1, a Verity Sense, a 360 or a Loop", Remedy.PERSON),
    Status.NOT_SUPPORTED: ("does not support this; update its firmware with Polar's program", Remedy.PERSON),
    Status.INVALID_LENGTH: ("found the command too short or too long; " + AGAIN, Remedy.RECONNECT),
    Status.INVALID_PARAMETER: ("refused the settings; ask for no special rate or range", Remedy.PERSON),
    Status.ALREADY_IN_STATE: ("streams already and did not stop; take it off for a minute", Remedy.RECONNECT),
    Status.INVALID_RESOLUTION: ("refused the resolution; ask for no special rate or range", Remedy.PERSON),
    Status.INVALID_RATE: ("does not offer this rate; ask for another or for none", Remedy.PERSON),
    Status.INVALID_RANGE: ("does not offer this range; ask for another or for none", Remedy.PERSON),
    Status.INVALID_MTU: ("needs longer packets than this link allows; " + AGAIN, Remedy.RECONNECT),
    Status.INVALID_CHANNELS: ("refused the number of axes; ask for no special rate or range", Remedy.PERSON),
    Status.INVALID_STATE: ("is busy in another mode; " + AGAIN, Remedy.RECONNECT),
    Status.IN_CHARGER: ("is in its charger; take it out and start again", Remedy.PERSON),
    Status.DISK_FULL: ("has no memory left; empty its recordings with Polar's program", Remedy.PERSON),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One indication that answers a command.

    Attributes
    ----------
    op, kind, status
        What it answers: command, measurement type; and with what.
    more
        Whether more indications follow.
    content
        What follows the head.
    """

    op: int
    kind: int
    status: int
    more: bool
    content: bytes


def parse_indication(data: bytes) -> Answer | tuple[int, ...] | None:
    """Parse an indication of the control point.

    Returns
    -------
    Answer, tuple of int, or None
        An answer; the measurement types that the sensor stopped by itself; None for what is neither (for example the
        features, which BlueZ hands on when they are read).

    Raises
    ------
    FrameError
        When an answer is cut.
    """
    if not data:
        msg = "an empty answer came from the control point; it was dropped"
        raise FrameError(msg)
    if data[0] == STOPPED_BY_DEVICE:
        return tuple(b & TYPE_MASK for b in data[1:])
    if data[0] != ANSWER:
        return None
    if not ANSWER_HEAD <= len(data) <= LONGEST_ANSWER:
        msg = f"an answer of {len(data)} bytes came from the control point; it was dropped"
        raise FrameError(msg)
    return Answer(
        op=data[1],
        kind=data[2] & TYPE_MASK,
        status=data[3],
        more=len(data) > ANSWER_HEAD and data[ANSWER_HEAD] != 0,
        content=data[CONTENT_FROM:],
    )


def has_acceleration(features: bytes) -> bool:
    """Say whether the feature bytes, as read from the control point, name acceleration."""
    return len(features) > 1 and features[0] == FEATURES and bool(features[1] & (1 << ACC))


def has_sdk_mode(features: bytes) -> bool:
    """Say whether the feature bytes name the SDK mode."""
    return len(features) > 2 and features[0] == FEATURES and bool(features[2] & (1 << (SDK_MODE - 8)))


def parse_settings(content: bytes) -> dict[Setting, tuple[int, ...]]:
    """Parse the settings of an answer; FACTOR as the bits of its float32.

    A single trailing byte is reserved and skipped, as the H10 sends one after a start; unless the answer is as long as
    the shortest packets of a link, which then have cut it.

    Raises
    ------
    FrameError
        When a setting is cut or unknown.
    """
    out: dict[Setting, tuple[int, ...]] = {}
    at = 0
    while len(content) - at > 1:
        number, count = content[at], content[at + 1]
        at += 2
        if number not in _WIDTH:
            msg = f"setting {number} of the sensor is not known"
            raise FrameError(msg)
        kind = Setting(number)
        width = _WIDTH[kind]
        if at + count * width > len(content):
            msg = f"setting {kind.name} announces {count} values but is cut"
            raise FrameError(msg)
        signed = kind is Setting.RANGE_MILLI
        values = [content[at + i * width : at + (i + 1) * width] for i in range(count)]
        out[kind] = tuple(int.from_bytes(v, "little", signed=signed) for v in values)
        at += count * width
    if at < len(content) and len(content) + CONTENT_FROM == SHORTEST_PACKET_BYTES:
        msg = f"the answer is cut to {SHORTEST_PACKET_BYTES} bytes: this link carries none that are longer (MTU 23)"
        raise FrameError(msg)
    return out


def factor_of(settings: Mapping[Setting, Sequence[int]]) -> float | None:
    """Give FACTOR; None when none was sent.

    Raises
    ------
    FrameError
        When it is no number that a sensor could mean.
    """
    if not settings.get(Setting.FACTOR):
        return None
    (factor,) = struct.unpack("<f", settings[Setting.FACTOR][0].to_bytes(4, "little"))
    low, high = FACTOR_RANGE
    if not low <= factor <= high:
        msg = f"the sensor sent a factor of {factor:g}; {low:g} to {high:g} are possible"
        raise FrameError(msg)
    return float(factor)


def start_command(chosen: Mapping[Setting, int]) -> bytes:
    """Make the command that starts acceleration with the settings chosen."""
    out = bytearray([Op.START, ACC])
    for kind, value in chosen.items():
        out += bytes([kind, 1]) + value.to_bytes(_WIDTH[kind], "little")
    return bytes(out)


def refusal(doing: str, status: int) -> StartError:
    """Make the error for an answer that is not OK."""
    words, remedy = _WORDS.get(status, ("gave a reason that is not known; update its firmware", Remedy.PERSON))
    name = Status(status).name if status in list(Status) else "unknown"
    reason, _, step = words.partition("; ")
    return StartError(f"{doing}: the sensor {reason} (status {status}, {name}); {step}", remedy=remedy, status=status)
