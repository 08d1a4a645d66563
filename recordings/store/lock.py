"""A lock on a file that is being recorded, so that no other program takes it for the remains of a crash."""

import contextlib
import os
import sys

LOCK_AT = 1 << 40
"""Where Windows locks: beyond any data, since a locked byte cannot be read there."""

if sys.platform == "win32":  # pragma: no cover - the other half runs in CI
    import msvcrt

    def hold(descriptor: int) -> bool | None:
        """Lock an open file until it is closed; False when another program holds it."""
        os.lseek(descriptor, LOCK_AT, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        finally:
            os.lseek(descriptor, 0, os.SEEK_SET)
        return True

else:
    import fcntl

    def hold(descriptor: int) -> bool | None:
        """Lock an open file until it is closed; False when another program holds it, None where there are no locks."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            # Some network folders: nothing tells a live recording there but its age.
            return None
        return True


def sync_folder(folder: os.PathLike[str]) -> None:
    """Make a renamed file's new name last; does nothing where folders cannot be synced."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
