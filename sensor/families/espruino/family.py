"""Bangle.js and Puck.js: sends our program over the Nordic UART and starts it."""

import asyncio
import re
from importlib import resources

from sensor.families.base import Decoder, Driver, Family, Gatt
from sensor.families.common import choose_rate
from sensor.families.errors import Remedy, StartError
from sensor.families.espruino.frames import COUNTER_MODULUS, RANGE_G, STAMP_MODULUS_NS, EspruinoDecoder
from sensor.families.stream import DataSink, StreamRequest, StreamSettings

SERVICE = "6e400001-b5a3-f393-e0a9-e50e24dcca9e"
WRITE = "6e400002-b5a3-f393-e0a9-e50e24dcca9e"
NOTIFY = "6e400003-b5a3-f393-e0a9-e50e24dcca9e"
RATES_HZ = (50.0, 100.0)
BEST_HZ = 50.0
"""What a Bangle's interpreter sustains without loss; 100 Hz on request."""
SAMPLES_IN_FRAME = 8
SCRIPT = "tremorscope.js"
ANSWER_S = 8.0
CLEAR, QUIET = b"\x03", b"\x10"
"""Control-C clears the line; byte 16 before a line keeps the interpreter from echoing it (Espruino reference)."""
ANSWER = re.compile(r"TS1 (\d{1,4}) (\d{1,6})\b")
COUNTS_RANGE = (64, 65536)
MOST_TEXT = 4096
LONGEST_WRITE = 128
"""Bytes of one write: the interpreter's input buffer holds a few hundred (Espruino reference, flow control)."""


def program() -> str:
    """Give our program as one line without comments."""
    lines = (line.strip() for line in _source().splitlines())
    return " ".join(line for line in lines if line and not line.startswith("//"))


def _source() -> str:
    return (resources.files("sensor.families.espruino") / SCRIPT).read_text("utf-8")


class EspruinoDriver(Driver):
    """Sends the program and starts it."""

    def __init__(self, gatt: Gatt) -> None:
        super().__init__(gatt)
        self._text = ""
        self._spoke = asyncio.Event()
        self._listening = False

    async def start(self, request: StreamRequest, on_data: DataSink) -> StreamSettings:
        """Send the program and start it."""
        rate_hz = choose_rate(RATES_HZ, best_hz=request.rate_hz or BEST_HZ)

        def take(data: bytes) -> None:
            if len(self._text) < MOST_TEXT:
                self._text += data.decode("ascii", errors="replace")
                self._spoke.set()
            on_data(NOTIFY, data)

        await self._gatt.subscribe(NOTIFY, take)
        self._listening = True
        await self._send(CLEAR + QUIET + program().encode() + b"\n")
        self._text = ""
        await self._send(QUIET + f"TS.start({rate_hz:.0f},{SAMPLES_IN_FRAME});\n".encode())
        rate_hz, counts = await self._answer()
        return StreamSettings(
            rate_hz=rate_hz,
            range_g=RANGE_G,
            scale_g=1.0 / counts,
            resolution_bits=16,
            data_uuids=(NOTIFY,),
            stamp_modulus_ns=STAMP_MODULUS_NS,
            stamped=True,
            counter_modulus=COUNTER_MODULUS,
            packet_s=SAMPLES_IN_FRAME / rate_hz,
        )

    async def _send(self, data: bytes) -> None:
        size = min(self._gatt.max_write, LONGEST_WRITE)
        for at in range(0, len(data), size):
            # Acknowledged, so that the device's small buffer is not overrun.
            await self._gatt.write(WRITE, data[at : at + size], response=True)

    async def _answer(self) -> tuple[float, int]:
        """Wait for the line that says what the program does; its words are parsed, never run."""
        try:
            async with asyncio.timeout(ANSWER_S):
                while True:
                    found = ANSWER.search(self._text)
                    if found:
                        break
                    if "Uncaught" in self._text:
                        msg = "the device refused our program; update its firmware (espruino.com), then try again"
                        raise StartError(msg)
                    self._spoke.clear()
                    await self._spoke.wait()
        except TimeoutError as error:
            msg = (
                f"the device did not answer within {ANSWER_S:g} s; leave its running app by a long press on its button"
            )
            raise StartError(msg, remedy=Remedy.RECONNECT) from error
        rate_hz, counts = float(found[1]), int(found[2])
        if not RATES_HZ[0] / 10 <= rate_hz <= 1000 or not COUNTS_RANGE[0] <= counts <= COUNTS_RANGE[1]:
            msg = f"the device answered with {rate_hz:g} Hz and {counts} counts a g, which no device of this kind has"
            raise StartError(msg, remedy=Remedy.RECONNECT)
        return rate_hz, counts

    async def stop(self) -> None:
        """Stop the program and forget it."""
        if not self._listening:
            return
        self._listening = False
        await self._send(CLEAR + QUIET + b"TS.stop();TS=undefined;\n")
        await self._gatt.unsubscribe(NOTIFY)

    def decoder(self, settings: StreamSettings) -> Decoder:
        """Make the decoder of the stream."""
        return EspruinoDecoder(settings.scale_g or 1.0 / 8192)


class EspruinoFamily(Family):
    """Bangle.js 1 and 2, and Puck.js v2, which runs the same program."""

    name = "espruino"
    title = "Bangle.js or Puck.js"
    services = (SERVICE,)
    driver_type = EspruinoDriver
    names = ("bangle.js", "puck.js")
    advertised = ()
    """The UART service is anybody's."""
    rates_hz = RATES_HZ
