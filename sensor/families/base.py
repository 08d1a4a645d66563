"""What a sensor family is: how it is recognised, started, stopped and decoded, over any link.

Nothing here knows a radio. The link offers a `Gatt` (read, write, subscribe); a `Family` recognises its sensors by what
they advertise and gives a `Driver` for one connection; the driver starts the stream and makes the `Decoder` that turns
notifications into acceleration. Every decoder is pure: bytes in, packets out, `FrameError` for anything malformed.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from dsp import SensorError

UNTIMED = "the sensor sends no time: sample times rest on the arrival of its packets"
"""The note of a stream without stamps and counter."""
MAX_FRAME_BYTES = 512
"""The longest attribute value that the ATT protocol allows (Bluetooth Core, Vol 3 Part F 3.2.9)."""
CLIP_SHARE = 0.9985
"""A sample at this share of the range counts as clipped: eight steps of a 16-bit sensor at 2 g are 0.1 % of it."""


class FrameError(SensorError):
    """A notification is not what the family's sensors send; the frame is to be counted and dropped."""


class Remedy(StrEnum):
    """What the link can do about a start that failed."""

    PAIR = "pair"
    """Pair with the sensor, connect again, try again."""
    RECONNECT = "reconnect"
    """Connect again and try again; the sensor is in a state that passes."""
    PERSON = "person"
    """Only the person can help; the message says how."""


class StartError(SensorError):
    """A sensor refused to start or stop; the message says what it answered and what to do.

    Attributes
    ----------
    remedy
        What the link can do about it.
    status
        The sensor's own status number; None when it gave none.
    """

    def __init__(self, message: str, *, remedy: Remedy = Remedy.PERSON, status: int | None = None) -> None:
        super().__init__(message)
        self.remedy = remedy
        self.status = status


class PairingRequiredError(SensorError):
    """The sensor answers nothing before it is paired (ATT 0x05, 0x0F); a `Gatt` raises it, the link pairs."""


class Gatt(Protocol):
    """One open connection, as a driver needs it. UUIDs are lower-case 128-bit strings.

    Every method raises `SensorError` when the link fails, and `PairingRequiredError` when the sensor demands a bond.
    """

    @property
    def max_write(self) -> int:
        """The most bytes that one write without response may carry; 20 where nobody knows better."""
        ...

    @property
    def characteristics(self) -> frozenset[str]:
        """Every characteristic that the sensor offers."""
        ...

    async def read(self, uuid: str) -> bytes:
        """Read a characteristic."""
        ...

    async def write(self, uuid: str, data: bytes, *, response: bool) -> None:
        """Write a characteristic, with or without the sensor's acknowledgement."""
        ...

    async def subscribe(self, uuid: str, callback: Callable[[bytes], None]) -> None:
        """Have `callback` called with each notification or indication, in order, from the loop's thread."""
        ...

    async def unsubscribe(self, uuid: str) -> None:
        """End a subscription; without effect where there is none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Advertisement:
    """What a sensor says of itself before anyone connects. All of it can be forged.

    Attributes
    ----------
    name
        The advertised name; empty when there is none.
    service_uuids
        Advertised services, lower-case 128-bit strings.
    manufacturer_ids
        Company identifiers of the manufacturer data.
    """

    name: str = ""
    service_uuids: frozenset[str] = frozenset()
    manufacturer_ids: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamRequest:
    """What is wanted of a sensor; a family comes as near as the sensor can.

    Attributes
    ----------
    rate_hz
        A rate that the person asked for; None takes the family's best rate for tremor.
    range_g
        A range that the person asked for; None takes the family's best range for a limb.
    """

    rate_hz: float | None = None
    range_g: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamSettings:
    """What was agreed with the sensor; a decoder and a clock are made from it.

    Attributes
    ----------
    rate_hz
        Nominal samples per second.
    range_g
        Largest acceleration the sensor can show; None when it does not say.
    scale_g
        g per count; None when the sensor sends floats or the scale stands in each frame.
    resolution_bits
        Bits a sample; None for floats.
    factor
        Polar's FACTOR, when one was sent.
    data_uuids
        The characteristics whose notifications go to the decoder.
    stamp_modulus_ns
        Where the sensor's stamps wrap, in ns; None for stamps that never wrap. Without meaning when there are none.
    stamped
        Whether packets carry the sensor's own time.
    counter_modulus
        Where the sensor's sample counter wraps, in samples; None when it has none.
    packet_s
        Longest usual time between two packets, seconds: how much silence is no cause for worry.
    notes
        One sentence for each further thing a person should know about this stream.
    """

    rate_hz: float
    range_g: float | None = None
    scale_g: float | None = None
    resolution_bits: int | None = None
    factor: float | None = None
    data_uuids: tuple[str, ...] = ()
    stamp_modulus_ns: int | None = None
    stamped: bool = False
    counter_modulus: int | None = None
    packet_s: float = 1.0
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DecodedPacket:
    """The samples of one notification.

    Attributes
    ----------
    xyz_g
        Acceleration, float32 (n, 3), g.
    counts, scale_g
        The raw integers (n, 3) and g per count; None when the sensor sends floats.
    device_ns
        The sensor's stamp of the LAST sample, ns, not unwrapped; None when there is none.
    first_counter
        The sensor's number of the first sample, not unwrapped; None when there is none.
    host_ns
        When the notification arrived; as handed to `Decoder.feed`.
    clipped
        Whether a sample lies at the end of the range.
    """

    xyz_g: NDArray[np.float32]
    counts: NDArray[np.int32] | None = None
    scale_g: float | None = None
    device_ns: int | None = None
    first_counter: int | None = None
    host_ns: int = 0
    clipped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceStopped:
    """The sensor ended the stream by itself, for example at the press of its button.

    Attributes
    ----------
    reason
        What is known about why.
    """

    reason: str


Decoded = DecodedPacket | DeviceStopped
DataSink = Callable[[str, bytes], None]
"""Called with the characteristic and the bytes of each notification that belongs to the decoder."""


class Decoder(ABC):
    """Turns the notifications of one stream into packets. Keeps state, does no input or output."""

    @abstractmethod
    def feed(self, data: bytes, char: str, host_ns: int = 0) -> list[Decoded]:
        """Decode one notification.

        Parameters
        ----------
        data
            The bytes as they came.
        char
            The characteristic they came from.
        host_ns
            When they came; handed on in the packets.

        Returns
        -------
        list of DecodedPacket or DeviceStopped
            Empty for frames that carry no acceleration, and while the decoder holds samples back.

        Raises
        ------
        FrameError
            When the bytes are malformed. The decoder stays usable.
        """


class Driver(ABC):
    """The conversation with one sensor over one connection."""

    @abstractmethod
    async def start(self, request: StreamRequest, on_data: DataSink) -> StreamSettings:
        """Agree on rate and range, subscribe and start the stream.

        Notifications may reach `on_data` before this returns; keep them for the decoder. After a start that failed or
        was cancelled, `stop` ends whatever had begun.

        Raises
        ------
        StartError
            When the sensor refuses.
        SensorError
            When the link fails.
        """

    @abstractmethod
    async def stop(self) -> None:
        """Stop the stream and end the subscriptions. Safe to call twice, and when the start failed.

        Raises
        ------
        SensorError
            When the link fails before the sensor has stopped.
        """

    @abstractmethod
    def decoder(self, settings: StreamSettings) -> Decoder:
        """Make the decoder of a stream that was started with `settings`."""


class Family(ABC):
    """A kind of sensor.

    Attributes
    ----------
    name
        The word for it in settings and files.
    title
        The words for it on screen.
    services
        Services of which at least one must be there after connecting; the name alone proves nothing.
    rates_hz
        Rates the family's sensors offer, as far as known beforehand.
    warning
        What a person should know before choosing it; empty when nothing.
    pairing_expected
        Whether its sensors usually ask to be paired.
    """

    name: str
    title: str
    services: tuple[str, ...]
    rates_hz: tuple[float, ...] = ()
    warning: str = ""
    pairing_expected: bool = False

    NO_MATCH: ClassVar[int] = 0
    MAYBE: ClassVar[int] = 1
    SERVICE: ClassVar[int] = 2
    NAME: ClassVar[int] = 3

    @abstractmethod
    def match(self, advertisement: Advertisement) -> int:
        """Say how surely an advertisement is of this family: NO_MATCH, MAYBE, SERVICE or NAME."""

    def matches(
        self, advertised_name: str, service_uuids: Sequence[str] = (), manufacturer_ids: Sequence[int] = ()
    ) -> bool:
        """Say whether an advertisement may be of this family."""
        advertisement = Advertisement(
            name=advertised_name,
            service_uuids=frozenset(u.lower() for u in service_uuids),
            manufacturer_ids=frozenset(manufacturer_ids),
        )
        return self.match(advertisement) > self.NO_MATCH

    @abstractmethod
    def driver(self, gatt: Gatt) -> Driver:
        """Make the driver for one open connection."""


def short_uuid(number: int) -> str:
    """Write out a 16-bit UUID of the Bluetooth SIG.

    >>> short_uuid(0xFE8D)
    '0000fe8d-0000-1000-8000-00805f9b34fb'
    """
    return f"{number:08x}-0000-1000-8000-00805f9b34fb"


def choose_rate(rates_hz: Sequence[float], *, best_hz: float, lowest_hz: float = 50.0) -> float:
    """Choose the rate that shows tremor best.

    Parameters
    ----------
    rates_hz
        The rates on offer; none may be missing.
    best_hz
        The rate that is wanted. The lowest rate that reaches it wins, else the highest there is.
    lowest_hz
        Below it a rate is still taken, when the sensor has no better one: 50 Hz shows 12 Hz tremor with its first
        harmonic (sensors.md 1.7).

    Returns
    -------
    float
        One of `rates_hz`.
    """
    if not rates_hz:
        msg = "the sensor offers no rate at all; restart it and try again"
        raise StartError(msg)
    enough = [rate for rate in rates_hz if rate >= max(best_hz, lowest_hz)]
    return min(enough) if enough else max(rates_hz)


def touches_range(xyz_g: NDArray[np.float32], range_g: float | None) -> bool:
    """Say whether a sample lies at the end of the range."""
    return bool(range_g and xyz_g.size and float(np.abs(xyz_g).max()) >= range_g * CLIP_SHARE)


def check_frame(data: bytes, least: int) -> None:
    """Refuse frames that are shorter than `least` bytes or longer than Bluetooth can carry.

    Raises
    ------
    FrameError
        When the length is out of bounds.
    """
    if not least <= len(data) <= MAX_FRAME_BYTES:
        msg = f"a frame of {len(data)} bytes came; {least} to {MAX_FRAME_BYTES} are possible; it was dropped"
        raise FrameError(msg)


MOST_G = 100.0
"""No body-worn accelerometer shows more: the widest range in use is 32 g."""


def checked_floats(values: NDArray[np.float32], unit_g: float) -> NDArray[np.float32]:
    """Turn a sensor's floating-point values into g.

    Parameters
    ----------
    values
        (n, 3), in the sensor's unit.
    unit_g
        g per unit.

    Raises
    ------
    FrameError
        When a value is no number, or no acceleration that a body-worn sensor can show.
    """
    with np.errstate(over="ignore", invalid="ignore"):
        xyz_g = (values * np.float32(unit_g)).astype(np.float32)
    # A comparison with NaN is false, so this refuses NaN and infinity too.
    if not (np.abs(xyz_g) <= MOST_G).all():
        msg = f"a packet holds values beyond {MOST_G:g} g, or no numbers; it was dropped"
        raise FrameError(msg)
    return xyz_g
