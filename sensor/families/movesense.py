"""Movesense sensors over the GATT SensorData Protocol (firmware-notes/movesense.md)."""

import asyncio
import struct

import numpy as np
from numpy.typing import NDArray

from sensor.families.base import Advertisement, Decoder, Driver, Family, Gatt
from sensor.families.common import check_frame, choose_rate, short_uuid, to_g
from sensor.families.errors import AGAIN, FrameError, Remedy, StartError
from sensor.families.stream import DataSink, Decoded, DecodedPacket, StreamRequest, StreamSettings

SERVICE = "34802252-7185-4d5d-b431-630e7050e8f0"
WRITE = "34800001-7185-4d5d-b431-630e7050e8f0"
NOTIFY = "34800002-7185-4d5d-b431-630e7050e8f0"
COMPANY, ADVERTISED = 0x009F, short_uuid(0xFE06)
SUBSCRIBE, UNSUBSCRIBE = 1, 2
REPLY, DATA, DATA_PART_2 = 1, 2, 3
REFERENCE = 0x63
STATUS_OK, STATUS_CREATED = 200, 201
HEAD_BYTES, STAMP_BYTES, SAMPLE_BYTES = 2, 4, 12
STAMP_MODULUS_NS = (1 << 32) * 1_000_000
RATES_HZ = (13.0, 26.0, 52.0, 104.0, 208.0, 416.0, 833.0, 1666.0)
BEST_HZ = 104.0
RANGE_G = 8.0
"""The range the sensor starts with; its settings are not changed."""
ANSWER_S = 8.0
STANDARD_GRAVITY = 9.80665
BETWEEN_UNITS = 99.0
"""Halfway, on a log scale, between 9.8 m/s^2 and 1000 mg: what a sensor at rest shows decides the unit."""
LEAST_REST = 2.0
"""Below it neither unit is plausible: the sensor falls, or is dead."""
MOST_HELD_PACKETS = 50


class MovesenseDecoder(Decoder):
    """Decodes the acceleration of one subscription.

    Sources disagree whether values are m/s^2 or mg, so the first packet that shows gravity decides. Packets before it
    are held back.

    Parameters
    ----------
    rate_hz
        The rate that was subscribed to: the stamp is of the first sample.
    """

    def __init__(self, rate_hz: float) -> None:
        self._period_ns = 1e9 / rate_hz
        self._unit_g: float | None = None
        self._held: list[tuple[NDArray[np.float32], int, int]] = []
        self._rest: tuple[bytes, int, int] | None = None

    def feed(self, data: bytes, char: str, host_ns: int = 0) -> list[Decoded]:
        """Decode one notification."""
        del char
        check_frame(data, HEAD_BYTES)
        if data[1] != REFERENCE or data[0] not in (DATA, DATA_PART_2):
            return []
        body = data[HEAD_BYTES:]
        if data[0] == DATA:
            if len(body) < STAMP_BYTES:
                msg = f"a Movesense packet of {len(data)} bytes has no time; it was dropped"
                raise FrameError(msg)
            first_ns, before, body = int.from_bytes(body[:STAMP_BYTES], "little") * 1_000_000, 0, body[STAMP_BYTES:]
        else:
            if self._rest is None:
                msg = "the second part of a Movesense packet came without the first; it was dropped"
                raise FrameError(msg)
            begun, first_ns, before = self._rest
            body = begun + body
        whole = len(body) // SAMPLE_BYTES
        cut = body[whole * SAMPLE_BYTES :]
        self._rest = (cut, first_ns, whole) if data[0] == DATA else None
        if not whole:
            if data[0] == DATA and cut:
                return []
            msg = f"a Movesense packet of {len(data)} bytes has no sample; it was dropped"
            raise FrameError(msg)
        if data[0] == DATA_PART_2 and cut:
            msg = f"the second part of a Movesense packet ends within a sample ({len(cut)} bytes)"
            raise FrameError(msg)
        values = np.frombuffer(body[: whole * SAMPLE_BYTES], "<f4").reshape(-1, 3)
        last_ns = first_ns + round((before + whole - 1) * self._period_ns)
        return self._in_g(values, last_ns, host_ns)

    def _in_g(self, values: NDArray[np.float32], last_ns: int, host_ns: int) -> list[Decoded]:
        if not np.isfinite(values).all():
            msg = "a Movesense packet holds values that are no numbers; it was dropped"
            raise FrameError(msg)
        if self._unit_g is None:
            self._held.append((values, last_ns, host_ns))
            size = float(np.median(np.sqrt((values.astype(np.float64) ** 2).sum(axis=1))))
            if size < LEAST_REST and len(self._held) < MOST_HELD_PACKETS:
                return []
            self._unit_g = 1e-3 if size > BETWEEN_UNITS else 1.0 / STANDARD_GRAVITY
            held, self._held = self._held, []
        else:
            held = [(values, last_ns, host_ns)]
        return [
            DecodedPacket(xyz_g=to_g(v, self._unit_g), device_ns=stamp_ns, host_ns=came_ns)
            for v, stamp_ns, came_ns in held
        ]


class MovesenseDriver(Driver):
    """Subscribes to the acceleration of one sensor."""

    def __init__(self, gatt: Gatt) -> None:
        super().__init__(gatt)
        self._listening = self._subscribed = False
        self._replies: asyncio.Queue[int] = asyncio.Queue(16)

    async def start(self, request: StreamRequest, on_data: DataSink) -> StreamSettings:
        """Subscribe to the acceleration."""

        def take(data: bytes) -> None:
            if len(data) >= HEAD_BYTES + 2 and data[0] == REPLY and data[1] == REFERENCE:
                if not self._replies.full():
                    self._replies.put_nowait(struct.unpack_from("<H", data, HEAD_BYTES)[0])
            else:
                on_data(NOTIFY, data)

        rate_hz = choose_rate(RATES_HZ[:5], best_hz=request.rate_hz or BEST_HZ)
        await self._gatt.subscribe(NOTIFY, take)
        self._listening = True
        path = f"/Meas/Acc/{rate_hz:.0f}".encode()
        status = await self._subscribe(path)
        if status not in (STATUS_OK, STATUS_CREATED):
            # Programs in the field write the path with and without the first slash.
            status = await self._subscribe(path[1:])
        if status not in (STATUS_OK, STATUS_CREATED):
            msg = (
                f"the sensor refused to send acceleration at {rate_hz:g} Hz (status {status}); "
                "update its firmware to 2.3 or newer with Movesense's program"
            )
            raise StartError(msg, status=status)
        return StreamSettings(
            rate_hz=rate_hz,
            range_g=RANGE_G,
            data_uuids=(NOTIFY,),
            stamp_modulus_ns=STAMP_MODULUS_NS,
            stamped=True,
            packet_s=16 / rate_hz,
        )

    async def _subscribe(self, path: bytes) -> int:
        while not self._replies.empty():
            self._replies.get_nowait()
        self._subscribed = True
        await self._gatt.write(WRITE, bytes([SUBSCRIBE, REFERENCE]) + path, response=True)
        try:
            async with asyncio.timeout(ANSWER_S):
                return await self._replies.get()
        except TimeoutError as error:
            msg = f"the sensor did not answer within {ANSWER_S:g} s; {AGAIN}"
            raise StartError(msg, remedy=Remedy.RECONNECT) from error

    async def stop(self) -> None:
        """End the subscription."""
        if self._subscribed:
            self._subscribed = False
            await self._gatt.write(WRITE, bytes([UNSUBSCRIBE, REFERENCE]), response=True)
        if self._listening:
            self._listening = False
            await self._gatt.unsubscribe(NOTIFY)

    def decoder(self, settings: StreamSettings) -> Decoder:
        """Make the decoder of the stream."""
        return MovesenseDecoder(settings.rate_hz)


class MovesenseFamily(Family):
    """HR2, HR+, MD and Flash, with the default firmware (2.3 or newer)."""

    name = "movesense"
    title = "Movesense sensor"
    services = (SERVICE,)
    driver_type = MovesenseDriver
    names = ("movesense",)
    rates_hz = RATES_HZ[:5]

    def match(self, advertisement: Advertisement) -> int:
        """Say how surely an advertisement is of a Movesense sensor."""
        known = COMPANY in advertisement.manufacturer_ids and ADVERTISED in advertisement.service_uuids
        return max(super().match(advertisement), self.MAYBE if known else self.NO_MATCH)
