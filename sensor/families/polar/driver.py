"""The conversation with a Polar sensor: features, SDK mode, settings, start, stop."""

import asyncio
from collections.abc import Callable

from sensor.families.base import Decoder, Driver, Gatt
from sensor.families.common import choose_rate
from sensor.families.errors import AGAIN, FrameError, Remedy, StartError
from sensor.families.polar.control import (
    SDK_MODE,
    Answer,
    Op,
    Setting,
    Status,
    factor_of,
    has_acceleration,
    has_sdk_mode,
    parse_indication,
    parse_settings,
    refusal,
    start_command,
)
from sensor.families.polar.frames import ACC, PolarDecoder
from sensor.families.stream import DataSink, Decoded, DeviceStopped, StreamRequest, StreamSettings

PMD_SERVICE = "fb005c80-02e7-f387-1cad-8acd2d8df0c8"
PMD_CONTROL = "fb005c81-02e7-f387-1cad-8acd2d8df0c8"
PMD_DATA = "fb005c82-02e7-f387-1cad-8acd2d8df0c8"

BEST_HZ = 104.0
"""Enough for tremor with its harmonics; an H10 takes 200 Hz then, with packets of 0.18 s instead of 0.36 s, a Verity
Sense 104 Hz (packet cadence: firmware-notes/polar.md)."""
BEST_RANGE_G = 8
"""A kick of the shank reaches 5 g; finer ranges gain little over 1 mg counts."""
ANSWER_S = 8.0
"""The vendor's program waits 30 s; answers come within milliseconds, and a connection may be opened anew meanwhile."""
MOST_PARTS = 16
STOP_COMMAND = bytes([Op.STOP, ACC])
SAMPLES_IN_PACKET = 73
"""Most samples of a usual packet: 71 delta samples were seen at 52 Hz (vendor's issue #317)."""


class _Control:
    """Sends commands one at a time and waits for the answer that belongs to each."""

    def __init__(self, gatt: Gatt) -> None:
        self._gatt = gatt
        self._lock = asyncio.Lock()
        self._answers: asyncio.Queue[Answer] = asyncio.Queue(64)
        self._on_stop: Callable[[], None] = lambda: None
        self.open = False

    async def listen(self, on_stop: Callable[[], None]) -> None:
        """Subscribe; `on_stop` is called when the sensor stops acceleration by itself."""
        self._on_stop = on_stop
        await self._gatt.subscribe(PMD_CONTROL, self._take)
        self.open = True

    async def close(self) -> None:
        """End the subscription."""
        if self.open:
            self.open = False
            await self._gatt.unsubscribe(PMD_CONTROL)

    async def ask(self, command: bytes, doing: str) -> bytes:
        """Send a command; the content of its answer.

        Raises
        ------
        StartError
            When the sensor refuses, or does not answer.
        """
        status, content = await self.try_ask(command, doing)
        if status != Status.OK:
            raise refusal(doing, status)
        return content

    async def try_ask(self, command: bytes, doing: str) -> tuple[int, bytes]:
        """Send a command; status and content of its answer."""
        async with self._lock:
            while not self._answers.empty():
                self._answers.get_nowait()
            await self._gatt.write(PMD_CONTROL, command, response=True)
            content = bytearray()
            try:
                async with asyncio.timeout(ANSWER_S):
                    for _ in range(MOST_PARTS):
                        answer = await self._awaited(command)
                        content += answer.content
                        if answer.status != Status.OK or not answer.more:
                            return answer.status, bytes(content)
            except TimeoutError as error:
                msg = f"{doing}: the sensor did not answer within {ANSWER_S:g} s; {AGAIN}"
                raise StartError(msg, remedy=Remedy.RECONNECT) from error
        msg = f"{doing}: the sensor's answer has no end; {AGAIN}"
        raise StartError(msg, remedy=Remedy.RECONNECT)

    async def _awaited(self, command: bytes) -> Answer:
        """Wait for the answer to `command`; those to others are old ones and are passed over."""
        while True:
            answer = await self._answers.get()
            same_kind = len(command) < 2 or answer.kind == command[1]
            if answer.op == command[0] and same_kind:
                return answer

    def _take(self, data: bytes) -> None:
        try:
            parsed = parse_indication(data)
        except FrameError:
            return  # a cut answer is no answer; the wait for it ends by itself
        if isinstance(parsed, Answer):
            if not self._answers.full():
                self._answers.put_nowait(parsed)
        elif parsed is not None and ACC in parsed:
            self._on_stop()


class PolarDriver(Driver):
    """Starts and stops the acceleration of one Polar sensor."""

    def __init__(self, gatt: Gatt) -> None:
        super().__init__(gatt)
        self._control = _Control(gatt)
        self._on_data: DataSink | None = None
        self._sdk_mode = False

    async def start(self, request: StreamRequest, on_data: DataSink) -> StreamSettings:
        """Agree on rate and range and start the stream."""
        if PMD_CONTROL not in self._gatt.characteristics:
            msg = "the sensor's firmware is too old to stream acceleration; update it with Polar's program"
            raise StartError(msg)
        features = await self._gatt.read(PMD_CONTROL)
        if features[:1] == b"\x0f" and not has_acceleration(features):
            msg_0 = "reading what the sensor offers"
            raise refusal(msg_0, Status.INVALID_TYPE)
        self._on_data = on_data
        await self._control.listen(self._tell_stop)
        await self._gatt.subscribe(PMD_DATA, lambda data: on_data(PMD_DATA, data))
        if has_sdk_mode(features):
            await self._enter_sdk_mode()
        offered = await self._offered()
        chosen = _choose(offered, request)
        content = await self._begin(start_command(chosen))
        try:
            factor = factor_of(parse_settings(content))
        except FrameError as error:
            msg = f"the sensor's answer to the start makes no sense ({error}); {AGAIN}"
            raise StartError(msg, remedy=Remedy.RECONNECT) from error
        rate_hz = float(chosen[Setting.RATE])
        return StreamSettings(
            rate_hz=rate_hz,
            range_g=float(chosen[Setting.RANGE]) if Setting.RANGE in chosen else None,
            resolution_bits=chosen.get(Setting.RESOLUTION),
            factor=factor,
            data_uuids=(PMD_DATA, PMD_CONTROL),
            stamped=True,
            packet_s=SAMPLES_IN_PACKET / rate_hz,
            notes=("heart rate is off while the sensor is in SDK mode",) if self._sdk_mode else (),
        )

    async def _enter_sdk_mode(self) -> None:
        """Switch the higher rates on, where the sensor has them; without them it streams all the same."""
        # The mode changes only while nothing streams, and an earlier program may have left a stream behind.
        await self._control.try_ask(STOP_COMMAND, "stopping what was left running")
        status, _ = await self._control.try_ask(bytes([Op.START, SDK_MODE]), "switching to SDK mode")
        self._sdk_mode = status in (Status.OK, Status.ALREADY_IN_STATE)

    async def _offered(self) -> dict[Setting, tuple[int, ...]]:
        op = Op.GET_SDK_SETTINGS if self._sdk_mode else Op.GET_SETTINGS
        doing = "asking which rates the sensor offers"
        status, content = await self._control.try_ask(bytes([op, ACC]), doing)
        if status != Status.OK and op is Op.GET_SDK_SETTINGS:
            content = await self._control.ask(bytes([Op.GET_SETTINGS, ACC]), doing)
        elif status != Status.OK:
            raise refusal(doing, status)
        try:
            return parse_settings(content)
        except FrameError as error:
            msg = f"the sensor's list of rates makes no sense ({error}); {AGAIN}"
            raise StartError(msg, remedy=Remedy.RECONNECT) from error

    async def _begin(self, command: bytes) -> bytes:
        doing = "starting the stream"
        status, content = await self._control.try_ask(command, doing)
        if status == Status.ALREADY_IN_STATE:
            # An earlier program left it running, with settings nobody knows.
            await self._control.ask(STOP_COMMAND, "stopping what was left running")
            return await self._control.ask(command, doing)
        if status != Status.OK:
            raise refusal(doing, status)
        return content

    def _tell_stop(self) -> None:
        if self._on_data is not None:
            self._on_data(PMD_CONTROL, b"")

    async def stop(self) -> None:
        """Stop the stream and leave SDK mode; a sensor left running empties its battery."""
        if not self._control.open:
            return
        self._on_data = None
        await self._control.try_ask(STOP_COMMAND, "stopping the stream")
        if self._sdk_mode:
            self._sdk_mode = False
            await self._control.try_ask(bytes([Op.STOP, SDK_MODE]), "leaving SDK mode")
        await self._gatt.unsubscribe(PMD_DATA)
        await self._control.close()

    def decoder(self, settings: StreamSettings) -> Decoder:
        """Make the decoder of the stream."""
        frames = PolarDecoder(factor=settings.factor if settings.factor is not None else 1.0, range_g=settings.range_g)
        return _WithStops(frames)


class _WithStops(Decoder):
    """Tells the sensor's own stop, which comes over the control point, in order with the frames."""

    def __init__(self, frames: PolarDecoder) -> None:
        self._frames = frames

    def feed(self, data: bytes, char: str, host_ns: int = 0) -> list[Decoded]:
        """Decode one notification."""
        if char == PMD_CONTROL:
            return [DeviceStopped(reason="the sensor ended the stream by itself, perhaps its button was pressed")]
        return list(self._frames.feed(data, char, host_ns))


def _choose(offered: dict[Setting, tuple[int, ...]], request: StreamRequest) -> dict[Setting, int]:
    rates = offered.get(Setting.RATE, ())
    chosen = {Setting.RATE: int(choose_rate(rates, best_hz=request.rate_hz or BEST_HZ))}
    if offered.get(Setting.RESOLUTION):
        chosen[Setting.RESOLUTION] = max(offered[Setting.RESOLUTION])
    if offered.get(Setting.RANGE):
        wanted = request.range_g or BEST_RANGE_G
        enough = [r for r in offered[Setting.RANGE] if r >= wanted]
        chosen[Setting.RANGE] = min(enough) if enough else max(offered[Setting.RANGE])
    if offered.get(Setting.CHANNELS):
        chosen[Setting.CHANNELS] = max(offered[Setting.CHANNELS])
    return chosen
