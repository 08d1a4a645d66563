"""Family, driver and decoder of a described sensor."""

import contextlib
from collections.abc import Sequence
from importlib import resources
from pathlib import Path

import numpy as np

from dsp import SensorError
from sensor.families.base import Decoder, Driver, Family, Gatt
from sensor.families.common import check_frame, choose_rate, to_g, touches_range
from sensor.families.errors import FrameError, StartError
from sensor.families.generic.description import (
    BYTES,
    CODES,
    LEAST_FOR_TREMOR_HZ,
    Description,
    Field,
    Write,
    full_uuid,
    parse,
    read,
)
from sensor.families.stream import UNTIMED, DataSink, Decoded, DecodedPacket, StreamRequest, StreamSettings

BEST_HZ = 100.0


class DescribedDecoder(Decoder):
    """Decodes frames as a description says.

    Parameters
    ----------
    described
        The sensor.
    rate_hz
        Nominal rate; tells the time of the last sample from that of the first.
    """

    def __init__(self, described: Description, rate_hz: float) -> None:
        self._frame, self._range_g = described.frame, described.range_g
        self._start = bytes.fromhex(described.frame.start)
        self._period_ns = 1e9 / rate_hz
        order = ">" if described.frame.big_endian else "<"
        self._dtype = np.dtype(order + CODES[described.frame.type])
        self._order: str = "big" if described.frame.big_endian else "little"

    def feed(self, data: bytes, char: str, host_ns: int = 0) -> list[Decoded]:
        """Decode one notification."""
        del char
        frame = self._frame
        check_frame(data, frame.header_bytes + frame.stride + frame.trailer_bytes)
        if not data.startswith(self._start):
            msg = f"a frame begins with {data[: len(self._start)].hex()}, not {frame.start}; it was dropped"
            raise FrameError(msg)
        body = data[frame.header_bytes : len(data) - frame.trailer_bytes]
        count, cut = divmod(len(body), frame.stride)
        if cut or (frame.samples is not None and count != frame.samples):
            wanted = frame.samples if frame.samples is not None else "whole"
            msg = f"{len(body)} bytes are not {wanted} samples of {frame.stride} bytes; they were dropped"
            raise FrameError(msg)
        rows = np.frombuffer(body, np.uint8).reshape(count, frame.stride)
        size = 3 * BYTES[frame.type]
        inside = np.ascontiguousarray(rows[:, frame.sample_offset : frame.sample_offset + size])
        values = inside.view(self._dtype)
        counts = None if frame.type == "float32" else values.astype(np.int32)
        xyz_g = to_g(values.astype(np.float32) if counts is None else counts, frame.scale_g)
        packet = DecodedPacket(
            xyz_g=xyz_g,
            counts=counts,
            scale_g=None if counts is None else frame.scale_g,
            device_ns=self._stamp_ns(data, count),
            first_counter=self._first(data, count),
            host_ns=host_ns,
            clipped=touches_range(xyz_g, self._range_g),
        )
        return [packet]

    def _number(self, field: Field, data: bytes) -> int:
        end = field.offset + BYTES[field.type]
        return int.from_bytes(data[field.offset : end], "big" if self._order == "big" else "little")

    def _stamp_ns(self, data: bytes, count: int) -> int | None:
        stamp = self._frame.stamp
        if stamp is None:
            return None
        later = round((count - 1) * self._period_ns) if stamp.of == "first" else 0
        return self._number(stamp, data) * stamp.unit_ns + later

    def _first(self, data: bytes, count: int) -> int | None:
        counter = self._frame.counter
        if counter is None:
            return None
        return self._number(counter, data) * (count if counter.per == "packet" else 1)


class DescribedDriver(Driver):
    """Writes what the description says, and listens.

    Parameters
    ----------
    gatt
        The open connection.
    described
        The sensor.
    """

    def __init__(self, gatt: Gatt, described: Description) -> None:
        super().__init__(gatt)
        self._described = described
        self._notify = full_uuid(described.notify)
        self._listening = False

    async def start(self, request: StreamRequest, on_data: DataSink) -> StreamSettings:
        """Set the rate, listen, start."""
        described, frame = self._described, self._described.frame
        if self._notify not in self._gatt.characteristics:
            msg = f"the {described.title} lacks its data channel; enable it in the program that the sensor runs"
            raise StartError(msg)
        rates = tuple(r.hz for r in described.rate)
        rate_hz = choose_rate(rates, best_hz=request.rate_hz or BEST_HZ)
        chosen = next(r for r in described.rate if r.hz == rate_hz)
        await self._write_all(chosen.write)
        await self._gatt.subscribe(self._notify, lambda data: on_data(self._notify, data))
        self._listening = True
        await self._write_all(described.start)
        counter, stamp = frame.counter, frame.stamp
        per_packet = (frame.samples or 1) if counter is not None and counter.per == "packet" else 1
        notes = [] if stamp or counter else [UNTIMED]
        if rate_hz < LEAST_FOR_TREMOR_HZ:
            notes.append(f"{rate_hz:g} Hz is too slow to show tremor")
        return StreamSettings(
            rate_hz=rate_hz,
            range_g=described.range_g,
            scale_g=None if frame.type == "float32" else frame.scale_g,
            resolution_bits=None if frame.type == "float32" else 8 * BYTES[frame.type],
            data_uuids=(self._notify,),
            stamp_modulus_ns=None if stamp is None else (1 << (8 * BYTES[stamp.type])) * stamp.unit_ns,
            stamped=stamp is not None,
            counter_modulus=None if counter is None else (1 << (8 * BYTES[counter.type])) * per_packet,
            packet_s=described.packet_s,
            notes=tuple(notes),
        )

    async def stop(self) -> None:
        """Write what stops it, and listen no more."""
        if not self._listening:
            return
        self._listening = False
        await self._write_all(self._described.stop)
        with contextlib.suppress(SensorError):
            await self._gatt.unsubscribe(self._notify)

    async def _write_all(self, writes: Sequence[Write]) -> None:
        for write in writes:
            await self._gatt.write(full_uuid(write.uuid), bytes.fromhex(write.hex), response=write.response)

    def decoder(self, settings: StreamSettings) -> Decoder:
        """Make the decoder of the stream."""
        return DescribedDecoder(self._described, settings.rate_hz)


class DescribedFamily(Family):
    """A sensor that a TOML file describes.

    Parameters
    ----------
    described
        The sensor.
    """

    def __init__(self, described: Description) -> None:
        self.described = described
        self.name, self.title = described.name, described.title
        self.services = (full_uuid(described.service),)
        self.rates_hz = tuple(r.hz for r in described.rate)
        self.warning = described.warning
        self.names = tuple(n.lower() for n in described.match.names)
        self.advertised = tuple(full_uuid(s) for s in described.match.services)

    def driver(self, gatt: Gatt) -> Driver:
        """Make the driver for one open connection."""
        return DescribedDriver(gatt, self.described)


def described_families(user_folder: Path | None = None) -> tuple[DescribedFamily, ...]:
    """List the described sensors: a person's own first, then those that ship.

    Parameters
    ----------
    user_folder
        A folder of TOML files; None, or one that does not exist, for none.

    Raises
    ------
    SensorError
        When a description is not valid, or two of the person's own have the same name.
    """
    own = [read(path) for path in sorted(user_folder.glob("*.toml"))] if user_folder is not None else []
    names = [d.name for d in own]
    twice = next((n for n in names if names.count(n) > 1), None)
    if twice is not None:
        msg = f"two sensor descriptions in the folder are named {twice!r}; rename one"
        raise SensorError(msg)
    shipped = [
        parse(entry.read_text("utf-8"), entry.name)
        for entry in sorted(
            (resources.files("sensor.families.generic") / "sensors").iterdir(), key=lambda entry: entry.name
        )
        if entry.name.endswith(".toml")
    ]
    return tuple(DescribedFamily(d) for d in (*own, *(s for s in shipped if s.name not in names)))
