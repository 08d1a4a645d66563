"""`--seconds N`: ends a session after that much streaming, whatever the time it took to connect."""

from collections.abc import Callable

from session import SampleUpdate, SessionMessage


class StreamingLimit:
    """Passes messages on and notes when `seconds` of samples have come.

    Parameters
    ----------
    seconds
        Seconds of samples; None never ends.
    show
        Takes every message.
    """

    def __init__(self, seconds: float | None, show: Callable[[SessionMessage], None]) -> None:
        self._seconds = seconds
        self._show = show
        self._first_s: dict[str, float] = {}
        self.reached = False

    def __call__(self, message: SessionMessage) -> None:
        """Take one message."""
        self._show(message)
        if isinstance(message, SampleUpdate) and self._seconds is not None:
            first_s = self._first_s.setdefault(message.sensor, message.start_s)
            end_s = message.start_s + len(message.xyz_g) / message.rate_hz
            self.reached = self.reached or end_s - first_s >= self._seconds
