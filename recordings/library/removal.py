"""Files and folders deleted for good."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from dsp import StorageError


def remove(targets: Iterable[Path]) -> list[Path]:
    """Delete files and folders; those that were there.

    Raises
    ------
    StorageError
        When one cannot be deleted; those before it are gone.
    """
    removed = []
    for target in targets:
        try:
            if target.is_dir():
                shutil.rmtree(target)
            elif target.exists():
                target.unlink()
            else:
                continue
        except OSError as error:
            msg = f"{target} cannot be deleted: {error.strerror}; close programs that use it, then delete again"
            raise StorageError(msg) from error
        removed.append(target)
    return removed
