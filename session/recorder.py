"""The session's way to the native store: what a session writes, and what becomes of it when the disk fails."""

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Protocol

import dsp
import recordings
from dsp import Placement, Side, StorageError
from sensor import Block, LinkChange, Source, Status
from session.encode import plain
from session.messages import RecordingUpdate

SPARE = "tremorscope-recordings"


class Worn(Protocol):
    """Where a sensor is worn."""

    placement: Placement
    side: Side


class SessionRecorder:
    """Records a session while one is open; every method does nothing when none is.

    A recording that cannot be opened or goes wrong never stops the session: the problem becomes a
    sentence in the `RecordingUpdate`.

    Parameters
    ----------
    settings
        Written into the file.
    fallback
        Folder where a recording goes on when its own fails; None takes one in the person's own folder.
    """

    def __init__(self, *, settings: Mapping[str, str], fallback: Path | None = None) -> None:
        self._settings = settings
        self._fallback = fallback
        self._recorder: recordings.Recorder | None = None
        self.last_path: Path | None = None

    def open(self, folder: Path, sources: Sequence[Source], worn: Mapping[str, Worn]) -> RecordingUpdate:
        """Open a new file in `folder`."""
        streams = [
            recordings.StreamMeta(
                label=s.label,
                family=s.info.family,
                device=s.info.model,
                placement=worn[s.label].placement,
                side=worn[s.label].side,
                nominal_hz=s.nominal_hz,
                firmware=s.info.firmware,
            )
            for s in sources
        ]
        try:
            self._recorder = recordings.Recorder(
                folder,
                sensors=streams,
                settings=self._settings,
                app_version=version("tremorscope"),
                analysis_version=dsp.parameters_version(),
                fallback=self._fallback or spare_folder(),
            )
        except StorageError as error:
            return RecordingUpdate(path=folder, seconds=0.0, size_bytes=0, free_bytes=0, problem=str(error))
        return self._update()

    def add_block(self, block: Block) -> None:
        """Write the raw samples of a block."""
        if self._recorder is not None:
            self._recorder.add_samples(
                block.sensor,
                xyz_g=block.xyz_g,
                counts=block.counts,
                scale_g=block.scale_g,
                start_s=block.start_s,
                rate_hz=block.rate_hz,
                missing_before=block.missing_before,
                device_ns=block.device_ns,
                host_ns=block.host_ns,
                clipped=block.clipped,
                time_source=block.time_source,
            )

    def add_link(self, link: LinkChange) -> None:
        """Write a change of the link."""
        if self._recorder is not None:
            self._recorder.add_link(link.sensor, state=link.state.value, reason=link.reason, time_s=link.time_s)

    def add_status(self, status: Status) -> None:
        """Write how the stream is doing."""
        if self._recorder is not None:
            self._recorder.add_status(status.sensor, plain(status))

    def add_json(self, topic: str, time_s: float, value: object) -> None:
        """Write anything else: events, advice."""
        if self._recorder is not None:
            self._recorder.add_json(topic, time_s, plain(value))

    def mark(self, time_s: float, text: str) -> None:
        """Write a marker."""
        if self._recorder is not None:
            self._recorder.add_marker(time_s, text)

    def update(self) -> RecordingUpdate | None:
        """How the recording is doing; None when nothing is recorded."""
        return self._update() if self._recorder is not None else None

    def close(self) -> RecordingUpdate | None:
        """Close the file; None when none was open."""
        if self._recorder is None:
            return None
        recorder, self._recorder = self._recorder, None
        problem = ""
        try:
            self.last_path = recorder.close()
        except StorageError as error:
            problem = str(error)
        # Asked after the end: the last moment may be the one in which the disk failed.
        status = recorder.status()
        return RecordingUpdate(
            path=recorder.path,
            seconds=status.seconds,
            size_bytes=status.size_bytes,
            free_bytes=status.free_bytes,
            problem=problem or status.problem,
            finished=not problem,
        )

    def _update(self) -> RecordingUpdate:
        assert self._recorder is not None  # noqa: S101 - callers check
        status = self._recorder.status()
        return RecordingUpdate(
            path=self._recorder.path,
            seconds=status.seconds,
            size_bytes=status.size_bytes,
            free_bytes=status.free_bytes,
            problem=status.problem,
        )


def spare_folder() -> Path:
    """Where a recording goes on when its own folder is full, gone or closed: a folder of the person's own.

    It is only made when it is needed; where the two are on one full disk, the recording stops with a sentence.
    """
    return Path.home() / SPARE
