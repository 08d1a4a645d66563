"""What a sensor family is: how it is recognised, started, stopped and decoded, over any link.

Nothing here knows a radio. The link offers a `Gatt` (read, write, subscribe); a `Family` recognises its sensors by what
they advertise and gives a `Driver` for one connection; the driver starts the stream and makes the `Decoder` that turns
notifications into acceleration. Every decoder is pure: bytes in, packets out, `FrameError` for anything malformed.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Protocol

from sensor.families.stream import DataSink, Decoded, StreamRequest, StreamSettings


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
    """The conversation with one sensor over one connection.

    Parameters
    ----------
    gatt
        The open connection.
    """

    def __init__(self, gatt: Gatt) -> None:
        self._gatt = gatt

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
    driver_type
        Makes the driver for one open connection.
    names
        How the names its sensors advertise begin, in lower case.
    advertised
        Advertised services that are its sensors' alone; None where these are `services`.
    rates_hz
        Rates the family's sensors offer, as far as known beforehand.
    warning
        What a person should know before choosing it; empty when nothing.
    """

    name: str
    title: str
    services: tuple[str, ...]
    driver_type: type[Driver]
    names: tuple[str, ...] = ()
    advertised: tuple[str, ...] | None = None
    rates_hz: tuple[float, ...] = ()
    warning: str = ""

    NO_MATCH: ClassVar[int] = 0
    MAYBE: ClassVar[int] = 1
    SERVICE: ClassVar[int] = 2
    NAME: ClassVar[int] = 3

    def match(self, advertisement: Advertisement) -> int:
        """Say how surely an advertisement is of this family: NO_MATCH, MAYBE, SERVICE or NAME."""
        if self.names and advertisement.name.lower().startswith(self.names):
            return self.NAME
        own = self.services if self.advertised is None else self.advertised
        return self.SERVICE if advertisement.service_uuids.intersection(own) else self.NO_MATCH

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

    def driver(self, gatt: Gatt) -> Driver:
        """Make the driver for one open connection."""
        return self.driver_type(gatt)
