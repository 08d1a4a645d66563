"""Arguments that are checked by the rooms that take them: what these refuse is a wrong argument, not a failure."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer


@contextmanager
def arguments() -> Iterator[None]:
    """Report the errors of what is done inside as wrong arguments, with exit code 2.

    Raises
    ------
    typer.BadParameter
        In place of a `TremorscopeError`, with its words.
    """
    try:
        yield
    except Exception as error:
        from dsp.errors import TremorscopeError

        if isinstance(error, TremorscopeError):
            raise typer.BadParameter(str(error)) from error
        raise
