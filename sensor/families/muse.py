"""Muse headbands: 52 Hz, with a packet counter (firmware-notes/muse.md)."""

import numpy as np

from sensor.families.base import Decoder, Driver, Family, Gatt
from sensor.families.common import check_frame, short_uuid, to_g, touches_range
from sensor.families.errors import FrameError
from sensor.families.stream import DataSink, Decoded, DecodedPacket, StreamRequest, StreamSettings

SERVICE = short_uuid(0xFE8D)
CONTROL = "273e0001-4c4d-454d-96be-f03bac821358"
ACC = "273e000a-4c4d-454d-96be-f03bac821358"
RESUME, HALT = b"\x02d\n", b"\x02h\n"
RATE_HZ, RANGE_G = 52.0, 2.0
SCALE_G = 0.0000610352
SAMPLES = 3
PACKET_BYTES = 2 + SAMPLES * 6
COUNTER_MODULUS = 65536 * SAMPLES


class MuseDecoder(Decoder):
    """Decodes packets of three samples, big-endian."""

    def feed(self, data: bytes, char: str, host_ns: int = 0) -> list[Decoded]:
        """Decode one notification."""
        if char and char != ACC:
            return []
        check_frame(data, 1)
        if len(data) != PACKET_BYTES:
            msg = f"a Muse packet has {len(data)} bytes, not {PACKET_BYTES}; it was dropped"
            raise FrameError(msg)
        counts = np.frombuffer(data[2:], ">i2").reshape(-1, 3).astype(np.int32)
        xyz_g = to_g(counts, SCALE_G)
        packet = DecodedPacket(
            xyz_g=xyz_g,
            counts=counts,
            scale_g=SCALE_G,
            first_counter=int.from_bytes(data[:2], "big") * SAMPLES,
            host_ns=host_ns,
            clipped=touches_range(xyz_g, RANGE_G),
        )
        return [packet]


class MuseDriver(Driver):
    """Starts and stops the stream of one headband."""

    def __init__(self, gatt: Gatt) -> None:
        super().__init__(gatt)
        self._listening = False

    async def start(self, request: StreamRequest, on_data: DataSink) -> StreamSettings:
        """Start the stream; there is one rate only."""
        del request
        await self._gatt.subscribe(ACC, lambda data: on_data(ACC, data))
        self._listening = True
        await self._gatt.write(CONTROL, RESUME, response=False)
        return StreamSettings(
            rate_hz=RATE_HZ,
            range_g=RANGE_G,
            scale_g=SCALE_G,
            resolution_bits=16,
            data_uuids=(ACC,),
            counter_modulus=COUNTER_MODULUS,
            packet_s=SAMPLES / RATE_HZ,
        )

    async def stop(self) -> None:
        """Halt the headband."""
        if not self._listening:
            return
        self._listening = False
        await self._gatt.write(CONTROL, HALT, response=False)
        await self._gatt.unsubscribe(ACC)

    def decoder(self, settings: StreamSettings) -> Decoder:
        """Make the decoder of the stream."""
        del settings
        return MuseDecoder()


class MuseFamily(Family):
    """Muse 2, Muse S and Muse 2016."""

    name = "muse"
    title = "Muse headband"
    services = (SERVICE,)
    driver_type = MuseDriver
    names = ("muse",)
    rates_hz = (RATE_HZ,)
    warning = "a headband: it shows tremor of the head, or of a limb when it is tied to one; 2 g range"
