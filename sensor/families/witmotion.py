"""WitMotion's Bluetooth 5.0 sensors: WT901BLE, BWT901BLE5.0, WT9011DCL (firmware-notes/witmotion.md)."""

import asyncio

import numpy as np

from sensor.families.base import Advertisement, Decoder, Driver, Family, Gatt
from sensor.families.common import check_frame, choose_rate, short_uuid, to_g, touches_range
from sensor.families.errors import FrameError, StartError
from sensor.families.stream import UNTIMED, DataSink, Decoded, DecodedPacket, StreamRequest, StreamSettings

SERVICE = "0000ffe5-0000-1000-8000-00805f9a34fb"
SERVICE_OTHER = short_uuid(0xFFE0)
NOTIFY = ("0000ffe4-0000-1000-8000-00805f9a34fb", short_uuid(0xFFE4), short_uuid(0xFFE1))
WRITE = ("0000ffe9-0000-1000-8000-00805f9a34fb", short_uuid(0xFFE9), short_uuid(0xFFE1))
"""The vendor's own base ends in 9a34fb, not in the 9b34fb of the Bluetooth SIG; some firmware has ffe0/ffe1."""
HEAD, ANSWER = b"\x55\x61", b"\x55\x71"
FRAME_BYTES = 20
RANGE_G = 16.0
SCALE_G = RANGE_G / 32768
RATE, BANDWIDTH = 0x03, 0x1F
RATE_CODES = {10.0: 0x06, 50.0: 0x08, 100.0: 0x09, 200.0: 0x0B}
BANDWIDTH_42_HZ, BANDWIDTH_98_HZ = 4, 3
"""The default filter may be as low as 5 Hz and would hide tremor; these stay below Nyquist at 100 and 200 Hz."""
BEST_HZ = 100.0
UNLOCK = bytes.fromhex("ffaa6988b5")
ANSWER_S = 2.0
SETTLE_S = 0.1
"""Between two commands: the sensor takes them one at a time and confirms none (vendor's manual)."""


def command(register: int, value: int) -> bytes:
    """Make the command that writes a register."""
    return bytes([0xFF, 0xAA, register]) + value.to_bytes(2, "little")


class WitMotionDecoder(Decoder):
    """Decodes frames that may share a notification or lie across two; there is no check sum and no time."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes, char: str, host_ns: int = 0) -> list[Decoded]:
        """Decode one notification."""
        del char
        check_frame(data, 1)
        buffer, at, rows = self._rest + data, 0, []
        skipped = False
        while len(buffer) - at >= FRAME_BYTES:
            head = buffer[at : at + 2]
            if head not in (HEAD, ANSWER) or not _begins_frame(buffer, at + FRAME_BYTES):
                at, skipped = at + 1, True
                continue
            if head == HEAD:
                rows.append(buffer[at + 2 : at + 8])
            at += FRAME_BYTES
        rest = buffer[at:]
        self._rest = rest if _begins_frame(rest, 0) else b""
        if not rows:
            if skipped or (rest and not self._rest):
                msg = f"{len(data)} bytes hold no WitMotion frame; they were dropped"
                raise FrameError(msg)
            return []
        counts = np.frombuffer(b"".join(rows), "<i2").reshape(-1, 3).astype(np.int32)
        xyz_g = to_g(counts, SCALE_G)
        packet = DecodedPacket(
            xyz_g=xyz_g, counts=counts, scale_g=SCALE_G, host_ns=host_ns, clipped=touches_range(xyz_g, RANGE_G)
        )
        return [packet]


def _begins_frame(buffer: bytes, at: int) -> bool:
    """Whether a frame may begin at `at`: its head is there, or has not come yet."""
    head = buffer[at : at + 2]
    return HEAD.startswith(head) or ANSWER.startswith(head)


class WitMotionDriver(Driver):
    """Sets the rate of a sensor that streams whenever somebody listens."""

    def __init__(self, gatt: Gatt) -> None:
        super().__init__(gatt)
        self._notify = ""
        self._answers: asyncio.Queue[bytes] = asyncio.Queue(16)

    async def start(self, request: StreamRequest, on_data: DataSink) -> StreamSettings:
        """Set rate and filter, for this session only: nothing is saved in the sensor."""
        notify = next((u for u in NOTIFY if u in self._gatt.characteristics), None)
        write = next((u for u in WRITE if u in self._gatt.characteristics), None)
        if notify is None or write is None:
            msg = "the sensor lacks WitMotion's data channel; choose a Bluetooth 5.0 model such as the WT901BLE"
            raise StartError(msg)
        rate_hz = choose_rate(tuple(RATE_CODES), best_hz=request.rate_hz or BEST_HZ)
        await self._gatt.subscribe(notify, lambda data: self._take(notify, data, on_data))
        self._notify = notify
        filter_code = BANDWIDTH_98_HZ if rate_hz > BEST_HZ else BANDWIDTH_42_HZ
        for data in (UNLOCK, command(RATE, RATE_CODES[rate_hz]), command(BANDWIDTH, filter_code)):
            await self._gatt.write(write, data, response=False)
            await asyncio.sleep(SETTLE_S)
        notes = [UNTIMED]
        confirmed = await self._read(write, RATE)
        if confirmed is None:
            notes.append(f"the sensor did not confirm {rate_hz:g} Hz")
        elif confirmed != RATE_CODES[rate_hz]:
            actual = next((hz for hz, code in RATE_CODES.items() if code == confirmed), None)
            if actual is None:
                msg = f"the sensor stays at rate code {confirmed}, not {rate_hz:g} Hz; set it with WitMotion's program"
                raise StartError(msg)
            notes.append(f"the sensor stays at {actual:g} Hz; set {rate_hz:g} Hz with WitMotion's program")
            rate_hz = actual
        return StreamSettings(
            rate_hz=rate_hz,
            range_g=RANGE_G,
            scale_g=SCALE_G,
            resolution_bits=16,
            data_uuids=(notify,),
            packet_s=0.1,
            notes=tuple(notes),
        )

    def _take(self, notify: str, data: bytes, on_data: DataSink) -> None:
        if data[:2] == ANSWER and not self._answers.full():
            self._answers.put_nowait(data)
        on_data(notify, data)

    async def _read(self, write: str, register: int) -> int | None:
        """Read a register; None when the sensor does not tell."""
        await self._gatt.write(write, command(0x27, register), response=False)
        try:
            async with asyncio.timeout(ANSWER_S):
                while True:
                    answer = await self._answers.get()
                    if len(answer) >= 6 and int.from_bytes(answer[2:4], "little") == register:
                        return int.from_bytes(answer[4:6], "little")
        except TimeoutError:
            return None

    async def stop(self) -> None:
        """Stop listening; the sensor streams to nobody then."""
        if self._notify:
            notify, self._notify = self._notify, ""
            await self._gatt.unsubscribe(notify)

    def decoder(self, settings: StreamSettings) -> Decoder:
        """Make the decoder of the stream."""
        del settings
        return WitMotionDecoder()


class WitMotionFamily(Family):
    """The Bluetooth 5.0 models."""

    name = "witmotion"
    title = "WitMotion sensor"
    services = (SERVICE, SERVICE_OTHER, short_uuid(0xFFE5))
    driver_type = WitMotionDriver
    names = ("wt901", "bwt901", "wtsdcl", "wt-")
    advertised = (SERVICE,)
    """The services of the other firmware are anybody's: cheap serial modules have them."""
    rates_hz = tuple(RATE_CODES)

    def match(self, advertisement: Advertisement) -> int:
        """Say how surely an advertisement is of a WitMotion sensor."""
        maybe = self.MAYBE if advertisement.name.lower().startswith("wt") else self.NO_MATCH
        return max(super().match(advertisement), maybe)
