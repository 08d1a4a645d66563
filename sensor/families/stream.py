"""What is agreed with a sensor, and what its notifications hold."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

UNTIMED = "the sensor sends no time: sample times rest on the arrival of its packets"
"""The note of a stream without stamps and counter."""


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
