"""Spool: frames of a live analysis wait on the disk for the session's end, so that a night does not fill the memory."""

import errno
import logging
import os
import tempfile
from dataclasses import replace
from typing import IO

import numpy as np
from numpy.typing import NDArray

import dsp

BLOCK_FRAMES = 1024
"""Frames (nine minutes) that are written at once; a shorter session never touches the disk."""
log = logging.getLogger(__name__)


class Spool:
    """Keeps the frames of one analysis, in a file without a name that is gone with it.

    A disk that takes no more is no reason to lose anything: from then on the rest waits in memory.
    """

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None
        self._full = False
        self._waiting: list[bytes] = []
        self._frames = 0
        self.on_disk = 0

    @property
    def in_memory(self) -> int:
        """Bytes that wait in memory."""
        return sum(len(part) for part in self._waiting)

    def add(self, frames: NDArray[np.void]) -> None:
        """Take frames that became final."""
        if not len(frames):
            return
        self._waiting.append(frames.tobytes())
        self._frames += len(frames)
        if self._frames >= BLOCK_FRAMES and self._write(b"".join(self._waiting)):
            self._waiting, self._frames = [], 0

    def completed(self, analysis: dsp.Analysis) -> dsp.Analysis:
        """Give an analysis that did not keep its frames them back; as it is when the disk fails now."""
        try:
            held = bytearray(b"".join([self._read(), *self._waiting]))
        except OSError as error:
            log.warning("the frames put aside cannot be read any more (%s)", error.strerror)
            return analysis
        return replace(analysis, frames=np.frombuffer(held, dsp.FRAME_DTYPE), frames_kept=True)

    def close(self) -> None:
        """Let the file go."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _write(self, block: bytes) -> bool:
        """Write a block behind those that are there; whether it is on the disk now."""
        if self._full:
            return False
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(prefix="tremorscope-", buffering=0)  # noqa: SIM115 - closed by `close`
            self._file.seek(self.on_disk)
            if self._file.write(block) < len(block):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))  # noqa: TRY301 - handled with the disk's own
        except OSError as error:
            log.warning("no more frames can be put aside on the disk (%s); they wait in memory", error.strerror)
            self._full = True
            return False
        self.on_disk += len(block)
        return True

    def _read(self) -> bytes:
        if self._file is None:
            return b""
        self._file.seek(0)
        return self._file.read(self.on_disk)
