"""Tidy: freed memory goes back to the system during a long session."""

import ctypes
import functools
from collections.abc import Callable

EVERY_S = 600.0
"""Of the session's clock."""


def give_back() -> None:
    """Give freed memory back where the C library keeps it otherwise (glibc); elsewhere this does nothing.

    Each thread has a heap of its own, in which what is kept lies between what was freed: over a night, a third of the
    app's memory would be holes.
    """
    trim = _trim()
    if trim is not None:
        trim(0)


@functools.cache
def _trim() -> Callable[[int], int] | None:
    try:
        found: Callable[[int], int] = ctypes.CDLL(None).malloc_trim
    except (AttributeError, OSError, TypeError):
        return None
    return found
