"""The file while it is being written: whole records or nothing, and a new place when the old one vanishes."""

import contextlib
import os
from pathlib import Path

from recordings.store.lock import hold, sync_folder

COPY_BYTES = 1 << 20


class PartFile:
    """A new file, written without a buffer so that a crash of the program loses nothing that was handed over.

    Parameters
    ----------
    path
        Must not exist; its folder is made.

    Raises
    ------
    OSError
        When it cannot be created.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor = _create(path)
        self.size = 0

    def write(self, data: bytes) -> None:
        """Append all of `data`; when that fails, the file is as it was before."""
        try:
            _write_all(self._descriptor, data)
        except OSError:
            with contextlib.suppress(OSError):
                os.ftruncate(self._descriptor, self.size)
                os.lseek(self._descriptor, self.size, os.SEEK_SET)
            raise
        self.size += len(data)

    def sync(self) -> bool:
        """Make what was written last through a power cut; True when the file had vanished and was written afresh.

        Raises
        ------
        OSError
            When the disk fails, or the file vanished and cannot be written again.
        """
        vanished = self._vanished()
        if vanished:
            self.move_to(self.path)
        os.fsync(self._descriptor)
        return vanished

    def move_to(self, path: Path) -> None:
        """Copy what was written to a new file at `path`, and go on there."""
        fresh = _create(path)
        try:
            os.lseek(self._descriptor, 0, os.SEEK_SET)
            while block := os.read(self._descriptor, COPY_BYTES):
                _write_all(fresh, block)
        except OSError:
            os.close(fresh)
            os.lseek(self._descriptor, 0, os.SEEK_END)
            path.unlink(missing_ok=True)
            raise
        os.close(self._descriptor)
        self._descriptor, self.path = fresh, path

    def close_as(self, final: Path) -> None:
        """Close the file and give it its final name."""
        if self._vanished():
            self.move_to(self.path)
        os.fsync(self._descriptor)
        self.close()
        self.path.rename(final)
        sync_folder(final.parent)

    def close(self) -> None:
        """Close the file as it is; safe to call twice."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1

    def _vanished(self) -> bool:
        here = os.fstat(self._descriptor)
        try:
            there = self.path.stat()
        except FileNotFoundError:
            return True
        return (here.st_ino, here.st_dev) != (there.st_ino, there.st_dev)


def _create(path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    descriptor = os.open(path, flags, 0o600)
    hold(descriptor)
    return descriptor


def _write_all(descriptor: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
