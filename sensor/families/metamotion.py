"""MbientLab MetaMotion sensors with a BMI160 (firmware-notes/metamotion.md)."""

import numpy as np

from sensor.families.base import Decoder, Driver, Family, Gatt
from sensor.families.common import check_frame, choose_rate, to_g, touches_range
from sensor.families.errors import FrameError
from sensor.families.stream import UNTIMED, DataSink, Decoded, DecodedPacket, StreamRequest, StreamSettings

SERVICE = "326a9000-85cb-9195-d9dd-464cfbbae75a"
WRITE = "326a9001-85cb-9195-d9dd-464cfbbae75a"
NOTIFY = "326a9006-85cb-9195-d9dd-464cfbbae75a"
MODULE, SINGLE, PACKED = 0x03, 0x04, 0x1C
SAMPLE_BYTES = 6
RATE_CODES = {25.0: 0x26, 50.0: 0x27, 100.0: 0x28, 200.0: 0x29}
RANGE_CODES = {2.0: 0x03, 4.0: 0x05, 8.0: 0x08, 16.0: 0x0C}
BEST_HZ, BEST_RANGE_G = 100.0, 8.0
STOP_COMMANDS = (bytes([MODULE, 0x01, 0x00]), bytes([MODULE, 0x02, 0x00, 0x01]), bytes([MODULE, PACKED, 0x00]))


class MetaMotionDecoder(Decoder):
    """Decodes single samples and packs of three.

    Parameters
    ----------
    range_g
        The range that was set.
    """

    def __init__(self, range_g: float) -> None:
        self._range_g, self._scale_g = range_g, range_g / 32768

    def feed(self, data: bytes, char: str, host_ns: int = 0) -> list[Decoded]:
        """Decode one notification."""
        del char
        check_frame(data, 2)
        if data[0] != MODULE or data[1] not in (SINGLE, PACKED):
            return []
        body = data[2:]
        wanted = SAMPLE_BYTES if data[1] == SINGLE else 3 * SAMPLE_BYTES
        if len(body) != wanted:
            msg = f"a MetaMotion packet has {len(body)} bytes of samples, not {wanted}; it was dropped"
            raise FrameError(msg)
        counts = np.frombuffer(body, "<i2").reshape(-1, 3).astype(np.int32)
        xyz_g = to_g(counts, self._scale_g)
        clipped = touches_range(xyz_g, self._range_g)
        return [DecodedPacket(xyz_g=xyz_g, counts=counts, scale_g=self._scale_g, host_ns=host_ns, clipped=clipped)]


class MetaMotionDriver(Driver):
    """Configures, starts and stops the accelerometer module."""

    def __init__(self, gatt: Gatt) -> None:
        super().__init__(gatt)
        self._listening = False

    async def start(self, request: StreamRequest, on_data: DataSink) -> StreamSettings:
        """Set rate and range and start the stream."""
        rate_hz = choose_rate(tuple(RATE_CODES), best_hz=request.rate_hz or BEST_HZ)
        wanted_g = request.range_g or BEST_RANGE_G
        range_g = next((r for r in RANGE_CODES if r >= wanted_g), max(RANGE_CODES))
        await self._gatt.subscribe(NOTIFY, lambda data: on_data(NOTIFY, data))
        self._listening = True
        for data in (
            bytes([MODULE, 0x03, RATE_CODES[rate_hz], RANGE_CODES[range_g]]),
            bytes([MODULE, PACKED, 0x01]),
            bytes([MODULE, 0x02, 0x01, 0x00]),
            bytes([MODULE, 0x01, 0x01]),
        ):
            await self._gatt.write(WRITE, data, response=True)
        return StreamSettings(
            rate_hz=rate_hz,
            range_g=range_g,
            scale_g=range_g / 32768,
            resolution_bits=16,
            data_uuids=(NOTIFY,),
            packet_s=3 / rate_hz,
            notes=(UNTIMED,),
        )

    async def stop(self) -> None:
        """Stop the accelerometer."""
        if not self._listening:
            return
        self._listening = False
        for data in STOP_COMMANDS:
            await self._gatt.write(WRITE, data, response=True)
        await self._gatt.unsubscribe(NOTIFY)

    def decoder(self, settings: StreamSettings) -> Decoder:
        """Make the decoder of the stream."""
        return MetaMotionDecoder(settings.range_g or BEST_RANGE_G)


class MetaMotionFamily(Family):
    """MetaMotion R, RL and C: the models whose accelerometer is a BMI160."""

    name = "metamotion"
    title = "MbientLab MetaMotion"
    services = (SERVICE,)
    driver_type = MetaMotionDriver
    names = ("metawear", "metamotion")
    rates_hz = tuple(RATE_CODES)
