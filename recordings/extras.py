"""Extras: packages that the base installation leaves out."""

import importlib
from typing import Any

from dsp import MissingExtraError


def load(module: str, *, extra: str, what: str) -> Any:
    """Import a package of an extra when it is needed.

    Raises
    ------
    MissingExtraError
        With the line that installs it.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        msg = f"{what} needs the extra `{extra}`: pip install 'tremorscope[{extra}]'"
        raise MissingExtraError(msg) from error
