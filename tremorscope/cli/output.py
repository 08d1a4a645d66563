"""Output of a session that must come to its end in order, whether somebody still reads it or not."""

import sys
from typing import TextIO


class Output:
    """Writes to a stream until nobody reads it any more (`head`, a closed terminal), then keeps silent.

    Parameters
    ----------
    out
        The stream; None takes the standard output.

    Attributes
    ----------
    gone
        Whether the reader has gone: time to end the session, stop the sensor and close the file.
    """

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stdout
        self.gone = False

    @property
    def is_terminal(self) -> bool:
        """Whether a person sees it."""
        return self._out.isatty()

    def write(self, text: str) -> None:
        """Write and flush."""
        if self.gone:
            return
        try:
            self._out.write(text)
            self._out.flush()
        except (OSError, ValueError):  # a broken pipe, a terminal that was closed, a stream that was closed
            self.gone = True
