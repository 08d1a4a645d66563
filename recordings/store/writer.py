"""Recorder: writes a session as it happens; a crash costs less than a second, the caller never waits."""

import json
import os
import queue
import shutil
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from dsp import Placement, Side, StorageError
from recordings.store import schema

CHUNK_BYTES = 1024
"""The library's default of 1 MiB is a quarter of an hour at our rate; this is under half a second of a slow sensor."""
SYNC_EVERY_S = 1.0
QUEUE_MESSAGES = 10_000
"""Minutes of a stalled disk; beyond, messages are counted as lost instead of filling the memory."""
CLOSE_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamMeta:
    """One sensor of a recording.

    Attributes
    ----------
    label
        Its label within the session.
    family, device
        What it is, without address or serial.
    placement, side
        Where it is worn.
    nominal_hz
        Its nominal rate.
    """

    label: str
    family: str = ""
    device: str = ""
    placement: Placement = Placement.UNKNOWN
    side: Side = Side.UNKNOWN
    nominal_hz: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RecorderStatus:
    """How a recording is doing; see `session.RecordingUpdate`."""

    seconds: float
    size_bytes: int
    free_bytes: int
    problem: str


class Recorder:
    """Writes one session into a file of its own.

    Parameters
    ----------
    folder
        Where to; the name is made from time, side and placement.
    sensors
        Every stream that will come.
    settings
        Written into the file.
    versions
        Of program and parameters, by name.
    start_ns
        UTC of the start; now by default.

    Raises
    ------
    StorageError
        When the file cannot be created.
    """

    def __init__(
        self,
        folder: Path,
        *,
        sensors: Sequence[StreamMeta],
        settings: Mapping[str, str] | None = None,
        versions: Mapping[str, str] | None = None,
        start_ns: int | None = None,
    ) -> None:
        from mcap.writer import CompressionType, Writer  # noqa: PLC0415 - only recording needs it

        self._start_ns = start_ns if start_ns is not None else time.time_ns()
        self._final = _free_name(folder, sensors, self._start_ns)
        self.path = self._final.with_name(self._final.name + schema.PARTIAL_ENDING)
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._file: BinaryIO = self.path.open("wb")
        except OSError as error:
            msg = f"cannot record into {folder}: {error.strerror}; choose another folder or free some space"
            raise StorageError(msg) from error
        self._writer = Writer(self._file, chunk_size=CHUNK_BYTES, compression=CompressionType.ZSTD)
        self._problem = ""
        self._end_s = 0.0
        self._synced = time.monotonic()
        self._channels: dict[str, int] = {}
        self._sequence: dict[str, int] = {}
        self._begin(sensors, settings or {}, versions or {})
        self._inbox: queue.Queue[Callable[[], None] | None] = queue.Queue(QUEUE_MESSAGES)
        self._thread = threading.Thread(target=self._work, name="recorder", daemon=True)
        self._thread.start()

    def add_samples(
        self,
        label: str,
        *,
        xyz_g: NDArray[np.float32],
        start_s: float,
        rate_hz: float,
        counts: NDArray[np.int32] | None = None,
        scale_g: float | None = None,
        missing_before: int = 0,
        device_ns: int | None = None,
        host_ns: int = 0,
    ) -> None:
        """Write the samples of one packet; returns at once."""
        message: dict[str, Any] = {"start_s": start_s, "rate_hz": rate_hz, "missing_before": missing_before}
        exact = counts is not None and scale_g is not None
        if exact and np.array_equal((counts * np.float64(scale_g)).astype(np.float32), xyz_g):  # type: ignore[operator]
            message |= {"scale_g": scale_g, "counts": counts.tolist()}  # type: ignore[union-attr]
        else:
            # The shortest decimal that gives the same float32 back.
            message["xyz_g"] = [[float(str(v)) if np.isfinite(v) else None for v in row] for row in xyz_g]
        if device_ns is not None:
            message["device_ns"] = device_ns
        message["host_ns"] = host_ns
        self._end_s = max(self._end_s, start_s + len(xyz_g) / rate_hz)
        self._put(schema.ACCELERATION + label, start_s, message)

    def add_link(self, label: str, *, state: str, reason: str, time_s: float) -> None:
        """Write a change of the link."""
        self._put(f"/link/{label}", time_s, {"state": state, "reason": reason})

    def add_marker(self, time_s: float, text: str) -> None:
        """Write a marker."""
        self._put("/marker", time_s, {"text": text})

    def add_json(self, topic: str, time_s: float, value: Mapping[str, Any]) -> None:
        """Write anything else."""
        self._put(f"/{topic}", time_s, dict(value))

    def status(self) -> RecorderStatus:
        """How the recording is doing."""
        try:
            size = self.path.stat().st_size
            free = shutil.disk_usage(self.path.parent).free
        except OSError as error:
            self._fail(error)
            size, free = 0, 0
        return RecorderStatus(seconds=self._end_s, size_bytes=size, free_bytes=free, problem=self._problem)

    def close(self) -> Path:
        """Finish the file and give it its final name.

        Raises
        ------
        StorageError
            When that fails; what was written stays in the ``.part`` file and is recovered on the next start.
        """
        self._inbox.put(None)
        self._thread.join(CLOSE_TIMEOUT_S)
        try:
            if self._problem or self._thread.is_alive():
                msg = f"{self._problem or 'the disk does not answer'}; what was written is in {self.path}"
                raise StorageError(msg)
            self._writer.finish()  # type: ignore[no-untyped-call]
            self._file.flush()
            os.fsync(self._file.fileno())
            self._file.close()
            self.path.replace(self._final)
        except OSError as error:
            msg = f"the recording could not be finished: {error.strerror}; what was written is in {self.path}"
            raise StorageError(msg) from error
        finally:
            self._file.close()
        return self._final

    def _begin(self, sensors: Sequence[StreamMeta], settings: Mapping[str, str], versions: Mapping[str, str]) -> None:
        # What the session is comes before the first sample, so that a file cut short still says it.
        self._writer.start(schema.PROFILE, schema.LIBRARY)
        self._acceleration = self._writer.register_schema(
            str(schema.ACCELERATION_SCHEMA["title"]), "jsonschema", json.dumps(schema.ACCELERATION_SCHEMA).encode()
        )
        self._note = self._writer.register_schema(
            str(schema.NOTE_SCHEMA["title"]), "jsonschema", json.dumps(schema.NOTE_SCHEMA).encode()
        )
        head = {"format": schema.FORMAT_VERSION, "start_ns": str(self._start_ns)}
        self._writer.add_metadata(
            schema.METADATA, head | dict(versions) | {f"setting.{k}": v for k, v in settings.items()}
        )
        for s in sensors:
            fields = {
                "label": s.label,
                "family": s.family,
                "device": s.device,
                "placement": s.placement.value,
                "side": s.side.value,
                "nominal_hz": repr(s.nominal_hz),
            }
            self._writer.add_metadata(schema.STREAM_METADATA + s.label, fields)
        self._file.flush()
        os.fsync(self._file.fileno())

    def _put(self, topic: str, time_s: float, message: Mapping[str, Any]) -> None:
        if self._problem:
            return
        try:
            self._inbox.put_nowait(lambda: self._write(topic, time_s, message))
        except queue.Full:
            self._problem = "the disk is too slow: the recording has stopped; what came before is safe"

    def _write(self, topic: str, time_s: float, message: Mapping[str, Any]) -> None:
        if topic not in self._channels:
            kind = self._acceleration if topic.startswith(schema.ACCELERATION) else self._note
            self._channels[topic] = self._writer.register_channel(topic, "json", kind)
        at = self._start_ns + max(0, round(time_s * 1e9))
        self._sequence[topic] = self._sequence.get(topic, -1) + 1
        data = json.dumps({"time_s": time_s} | dict(message), separators=(",", ":")).encode()
        self._writer.add_message(self._channels[topic], at, data, at, self._sequence[topic])

    def _work(self) -> None:
        while True:
            try:
                action = self._inbox.get(timeout=SYNC_EVERY_S)
            except queue.Empty:
                self._sync()
                continue
            if action is None:
                return
            try:
                action()
                self._file.flush()
            except OSError as error:
                self._fail(error)
                return
            if time.monotonic() - self._synced >= SYNC_EVERY_S:
                self._sync()

    def _sync(self) -> None:
        self._synced = time.monotonic()
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            self._fail(error)

    def _fail(self, error: OSError) -> None:
        self._problem = f"the recording stopped ({error.strerror}); free some space or choose another folder"


def _free_name(folder: Path, sensors: Sequence[StreamMeta], start_ns: int) -> Path:
    when = datetime.fromtimestamp(start_ns / 1e9, UTC).astimezone().strftime("%Y-%m-%dT%H-%M-%S")
    first = sensors[0] if sensors else StreamMeta(label="")
    worn = "-".join(p for p in (first.side.value, first.placement.value) if p != "unknown") or "sensor"
    prefix = "simulated-" if first.family == "simulated" else ""
    for n in range(1, 1000):
        name = folder / f"{prefix}{when}_{worn}{'' if n == 1 else f'-{n}'}.mcap"
        if not name.exists() and not name.with_name(name.name + schema.PARTIAL_ENDING).exists():
            return name
    msg = f"{folder} holds a thousand recordings of this second; choose another folder"
    raise StorageError(msg)
