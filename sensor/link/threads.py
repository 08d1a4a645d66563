"""Threads: callbacks that reach the radio's loop whichever thread a platform calls them from."""

import asyncio
import contextlib
from collections.abc import Callable
from typing import ParamSpec

P = ParamSpec("P")


def on_loop(work: Callable[P, object]) -> Callable[P, None]:
    """Have `work` run on the loop that runs now, wherever the callback that is returned will be called.

    bleak's own backends call on the loop; other backends may not, and nothing in bleak's interface promises it.
    """
    loop = asyncio.get_running_loop()

    def call(*args: P.args, **kwargs: P.kwargs) -> None:
        if _runs_here(loop):
            work(*args, **kwargs)
            return
        with contextlib.suppress(RuntimeError):  # the loop has ended, and with it whoever waited for the call
            loop.call_soon_threadsafe(lambda: work(*args, **kwargs))

    return call


def _runs_here(loop: asyncio.AbstractEventLoop) -> bool:
    try:
        return asyncio.get_running_loop() is loop
    except RuntimeError:
        return False
