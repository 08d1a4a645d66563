"""The Qt app: model, bridge, views, theme.

The window is loaded when it is first used: who wants no more than words in another language needs no screen for them.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gui.app import run

__all__ = ["run"]


def __getattr__(name: str) -> object:
    if name == "run":
        from gui.app import run  # noqa: PLC0415 - loads widgets, and with them the libraries of a screen

        return run
    msg = f"module 'gui' has no attribute {name!r}"
    raise AttributeError(msg)
