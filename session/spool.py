"""Spool: what a live analysis hands over waits on the disk for the session's end, so that a night fills no memory."""

import errno
import logging
import os
import pickle
import tempfile
from dataclasses import replace
from typing import IO

import numpy as np

import dsp

BLOCK_FRAMES = 1024
"""Frames (nine minutes) that are written at once; a shorter session never touches the disk."""
BLOCK_SEGMENTS = 128
log = logging.getLogger(__name__)


class Spool:
    """Keeps the frames and segments of one analysis, in a file without a name that is gone with it.

    A disk that takes no more is no reason to lose anything: from then on the rest waits in memory.
    """

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None
        self._full = False
        # Where in the file each block of frames and of segments is; the blocks come in any order.
        self._frame_blocks: list[tuple[int, int]] = []
        self._segment_blocks: list[tuple[int, int]] = []
        self._frames: list[bytes] = []
        self._frame_count = 0
        self._segments: list[dsp.Segment] = []

    @property
    def on_disk(self) -> int:
        """Bytes that wait on the disk."""
        return sum(size for _, size in (*self._frame_blocks, *self._segment_blocks))

    def add(self, update: dsp.Update) -> None:
        """Take what one push made final."""
        if len(update.frames):
            self._frames.append(update.frames.tobytes())
            self._frame_count += len(update.frames)
        self._segments += update.segments
        if self._frame_count >= BLOCK_FRAMES and self._write(b"".join(self._frames), self._frame_blocks):
            self._frames, self._frame_count = [], 0
        if len(self._segments) >= BLOCK_SEGMENTS and self._write(pickle.dumps(self._segments), self._segment_blocks):
            self._segments = []

    def completed(self, analysis: dsp.Analysis) -> dsp.Analysis:
        """Give an analysis that kept neither frames nor evidence both back; as it is when the disk fails now."""
        segments: list[dsp.Segment] = []
        try:
            frames = b"".join([*(self._read(at, size) for at, size in self._frame_blocks), *self._frames])
            for at, size in self._segment_blocks:
                segments += pickle.loads(self._read(at, size))  # noqa: S301 - our own, from a file without a name
        except OSError as error:
            log.warning("what was put aside cannot be read any more (%s)", error.strerror)
            return analysis
        return replace(
            analysis,
            frames=np.frombuffer(bytearray(frames), dsp.FRAME_DTYPE),
            frames_kept=True,
            segments=(*segments, *self._segments),
        )

    def close(self) -> None:
        """Let the file go."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _write(self, block: bytes, places: list[tuple[int, int]]) -> bool:
        """Write a block; whether it is on the disk now."""
        if self._full:
            return False
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(prefix="tremorscope-", buffering=0)  # noqa: SIM115 - closed by `close`
            at = self._file.seek(0, 2)
            if self._file.write(block) < len(block):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))  # noqa: TRY301 - handled with the disk's own
        except OSError as error:
            log.warning("nothing more can be put aside on the disk (%s); it waits in memory", error.strerror)
            self._full = True
            return False
        places.append((at, len(block)))
        return True

    def _read(self, at: int, size: int) -> bytes:
        assert self._file is not None  # noqa: S101 - a block has been written
        self._file.seek(at)
        return self._file.read(size)
