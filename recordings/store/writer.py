"""Recorder: writes a session as it happens; a crash costs less than a second, the caller never waits."""

import logging
import queue
import shutil
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dsp import InputError, StorageError, TimeSource
from recordings.store import schema
from recordings.store.meta import RecorderStatus, StreamMeta
from recordings.store.protobuf import Packet, gives_counts_back
from recordings.store.session_file import SessionFile

SYNC_EVERY_S = 1.0
QUEUE_MESSAGES = 10_000
"""A quarter of an hour of a stalled disk; beyond, packets are lost and leave a gap instead of filling the memory."""
CLOSE_TIMEOUT_S = 10.0
LARGEST_COUNT = 1 << 31
log = logging.getLogger(__name__)


class Recorder:
    """Writes one session into a file of its own.

    Parameters
    ----------
    where
        A folder, and the name is made from time, side and placement; or a name that ends in ``.mcap``.
    sensors
        Every stream that will come; one that comes unannounced is added.
    settings
        Written into the file.
    versions
        Of program and parameters, by name.
    app_version, analysis_version
        The same, as arguments of their own.
    start_ns
        UTC of time 0 on the session's clock; by default it is found from when the first samples arrive.
    fallback
        Folder where the recording goes on when the first one fails.
    identify
        Whether addresses and serial numbers of the sensors are written.

    Raises
    ------
    StorageError
        When the file cannot be created.
    """

    def __init__(
        self,
        where: Path,
        *,
        sensors: Sequence[StreamMeta],
        settings: Mapping[str, Any] | None = None,
        versions: Mapping[str, str] | None = None,
        app_version: str = "",
        analysis_version: str = "",
        start_ns: int | None = None,
        fallback: Path | None = None,
        identify: bool = False,
    ) -> None:
        named = {"app_version": app_version, "analysis_version": analysis_version}
        head = {k: v for k, v in named.items() if v} | {k: str(v) for k, v in (versions or {}).items()}
        head |= {
            f"setting.{k}": v if isinstance(v, str) else schema.compact(v).decode() for k, v in (settings or {}).items()
        }
        self._sensors = tuple(sensors)
        self._fallback = fallback
        opened_ns = start_ns if start_ns is not None else time.time_ns()
        self._opened_ns = opened_ns
        self._final = Path(where) if Path(where).suffix == schema.ENDING else free_name(where, sensors, opened_ns)
        try:
            self._session = SessionFile(self._final, sensors=sensors, head=head, zero_ns=start_ns, identify=identify)
        except OSError as error:
            msg = f"cannot record into {self._final.parent}: {error.strerror}; choose another folder or free some space"
            raise StorageError(msg) from error
        self._problem, self._stopped = "", False
        self._lost: set[str] = set()
        self._size = self._free = 0
        self._outcome: Path | StorageError | None = None
        self._synced = time.monotonic()
        self._measure()
        self._inbox: queue.Queue[Callable[[], None] | None] = queue.Queue(QUEUE_MESSAGES)
        self._thread = threading.Thread(target=self._work, name="recorder", daemon=True)
        self._thread.start()

    @property
    def path(self) -> Path:
        """The file as it is now: a ``.part`` while recording, the final one after `close`."""
        return self._outcome if isinstance(self._outcome, Path) else self._session.part.path

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
        clipped: bool = False,
        time_source: TimeSource = TimeSource.DEVICE,
    ) -> None:
        """Write the samples of one packet; returns at once. The parameters are those of `sensor.Block`.

        Raises
        ------
        InputError
            When the samples are not (n, 3), or time or rate are no numbers.
        """
        xyz_g = np.array(xyz_g, np.float32)
        if xyz_g.ndim != 2 or xyz_g.shape[1] != 3 or not np.isfinite([start_s, rate_hz]).all() or rate_hz <= 0:
            msg = f"samples must be (n, 3) with a time and a rate, not {xyz_g.shape} at {start_s} s and {rate_hz} Hz"
            raise InputError(msg)
        if not len(xyz_g):
            return
        raw = b""
        if counts is not None and scale_g and not gives_counts_back(counts, scale_g, xyz_g):
            raw = np.ascontiguousarray(counts, "<i4").tobytes()
        packet = Packet(
            start_s=float(start_s),
            rate_hz=float(rate_hz),
            samples=len(xyz_g),
            missing_before=-1 if label in self._lost else max(-1, min(int(missing_before), LARGEST_COUNT - 1)),
            scale_g=float(scale_g or 0.0) if counts is not None else 0.0,
            device_ns=int(device_ns or 0),
            host_ns=int(host_ns),
            clipped=bool(clipped),
            time_source=TimeSource(time_source),
            counts=raw,
        )
        arrived_ns = time.time_ns()
        if self._put(lambda: self._session.add_packet(label, packet, xyz_g, arrived_ns=arrived_ns)):
            self._lost.discard(label)
        else:
            # The next packet that gets through begins a new run: what is missing stays missing.
            self._lost.add(label)

    def add_link(self, label: str, *, state: str, reason: str, time_s: float) -> None:
        """Write a change of the link."""
        self._note(schema.LINK + label, time_s, {"state": state, "reason": reason})

    def add_status(self, label: str, value: Mapping[str, Any], *, time_s: float | None = None) -> None:
        """Write how a stream is doing; without a time, at the newest sample."""
        self._note(schema.STATUS + label, time_s, value)

    def add_marker(self, time_s: float, text: str) -> None:
        """Write a marker."""
        self._note(schema.MARKER, time_s, {"text": text})

    def add_json(self, topic: str, time_s: float | None, value: Mapping[str, Any]) -> None:
        """Write anything else, under a topic of its own: ``event``, ``segment``, ``advice`` ..."""
        self._note(f"/{topic.lstrip('/')}", time_s, value)

    def status(self) -> RecorderStatus:
        """How the recording is doing."""
        seconds = max(0.0, self._session.newest_s - self._session.first_s)
        return RecorderStatus(
            seconds=seconds, size_bytes=self._size, free_bytes=self._free, problem=self._problem, stopped=self._stopped
        )

    def close(self) -> Path:
        """Finish the file and give it its final name; a second call returns the same.

        Raises
        ------
        StorageError
            When that fails; what was written stays in the ``.part`` file and is recovered on the next start.
        """
        if self._outcome is None:
            try:
                self._inbox.put(None, timeout=CLOSE_TIMEOUT_S)
                self._thread.join(CLOSE_TIMEOUT_S)
            except queue.Full:
                log.warning("the recorder's queue stayed full for %s s", CLOSE_TIMEOUT_S)
        if isinstance(self._outcome, Path):
            return self._outcome
        if self._outcome is None:
            msg = f"the disk does not answer; what was written is in {self.path} and is recovered on the next start"
            raise StorageError(msg)
        raise self._outcome

    def _note(self, topic: str, time_s: float | None, value: Mapping[str, Any]) -> None:
        kept = dict(value)
        self._put(lambda: self._session.add_note(topic, time_s, kept))

    def _put(self, action: Callable[[], None]) -> bool:
        if self._stopped or self._outcome is not None:
            return False
        try:
            self._inbox.put_nowait(action)
        except queue.Full:
            self._problem = "the disk is too slow: part of the recording is lost and shows as a gap"
            return False
        return True

    def _work(self) -> None:
        while True:
            action = self._next()
            if action is None:
                break
            if self._stopped:
                continue
            try:
                self._guarded(action)
            except Exception:
                # Whatever it is, what was written so far must be finished and the person told.
                log.exception("recording failed")
                self._stop("the recording stopped because of a fault of the program; what came before is safe")
        self._finish()

    def _next(self) -> Callable[[], None] | None:
        """Next thing to do, the housekeeping among it; None when the recording is to end."""
        if self._stopped:
            return self._inbox.get()
        now = time.monotonic()
        sync_in = max(0.0, self._synced + SYNC_EVERY_S - now)
        due = self._session.due_s(now)
        if due == 0.0:
            return self._session.write_chunk
        if sync_in == 0.0:
            return self._sync
        try:
            return self._inbox.get(timeout=sync_in if due is None else min(due, sync_in))
        except queue.Empty:
            return self._session.write_chunk

    def _guarded(self, action: Callable[[], None]) -> None:
        try:
            action()
        except OSError as error:
            self._fail_over(error)
            if not self._stopped and action not in (self._session.write_chunk, self._sync):
                # Taken from the inbox, and not in the file yet: once more, into the new one.
                action()

    def _fail_over(self, error: OSError) -> None:
        """Go on in the other folder; when there is none, stop."""
        why = error.strerror or str(error)
        failed = self._session.part.path.parent
        if self._fallback is None or failed == self._fallback:
            self._stop(f"the recording stopped ({why}); free some space or choose another folder")
            return
        try:
            final = free_name(self._fallback, self._sensors, self._opened_ns)
            self._session.move_on(final)
        except (OSError, StorageError):
            self._stop(f"the recording stopped ({why}), in {self._fallback} too; free some space or choose another")
            return
        self._final = final
        self._problem = f"{failed} cannot be written any more ({why}); the recording goes on in {self._fallback}"

    def _sync(self) -> None:
        self._synced = time.monotonic()
        if self._session.part.sync():
            self._problem = f"{self._session.part.path.name} was deleted or moved while recording; it was written again"
        self._measure()

    def _measure(self) -> None:
        self._size = self._session.part.size
        try:
            self._free = shutil.disk_usage(self._session.part.path.parent).free
        except OSError:
            self._free = 0

    def _stop(self, problem: str) -> None:
        self._problem, self._stopped = problem, True

    def _finish(self) -> None:
        part = self._session.part
        try:
            if self._final.exists():
                self._final = free_name(self._final.parent, self._sensors, self._opened_ns)
            try:
                self._session.write_chunk()
            except OSError as error:
                # The last half second does not fit: without it, the rest may still be finished.
                self._session.drop_chunk()
                self._problem = self._problem or f"the last moment could not be written ({error.strerror})"
            self._session.finish(self._final)
            self._size = self._final.stat().st_size
            self._outcome = self._final
        except OSError as error:
            why = f"{self._problem or 'the recording could not be finished'} ({error.strerror})"
            self._outcome = StorageError(
                f"{why}; what was written is in {part.path} and is recovered on the next start"
            )
        except Exception:
            log.exception("finishing a recording failed")
            self._outcome = StorageError(f"the recording could not be finished; what was written is in {part.path}")
        finally:
            self._session.part.close()


def free_name(folder: Path, sensors: Sequence[StreamMeta], start_ns: int) -> Path:
    """Make a name that no recording has, from time, side and placement.

    Raises
    ------
    StorageError
        When there is none.
    """
    when = datetime.fromtimestamp(start_ns / 1e9, UTC).astimezone().strftime("%Y-%m-%dT%H-%M-%S")
    first = sensors[0] if sensors else StreamMeta(label="")
    worn = "-".join(p for p in (first.side.value, first.placement.value) if p != "unknown") or "sensor"
    prefix = "simulated-" if first.family == "simulated" else ""
    for n in range(1, 1000):
        name = Path(folder) / f"{prefix}{when}_{worn}{'' if n == 1 else f'-{n}'}{schema.ENDING}"
        if not name.exists() and not name.with_name(name.name + schema.PARTIAL_ENDING).exists():
            return name
    msg = f"{folder} holds a thousand recordings of this second; choose another folder"
    raise StorageError(msg)
