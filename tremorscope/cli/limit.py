"""`--seconds N`: ends a session after that much streaming, whatever the time it took to connect."""

from collections.abc import Callable

from session import SampleUpdate, SessionMessage

LATER_SENSOR_S = 5.0
"""How much longer than asked for the first of two sensors streams until the other has streamed for as long."""


class StreamingLimit:
    """Passes messages on and notes when `seconds` of samples have come from every sensor that streams.

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
        self._streamed_s: dict[str, float] = {}
        self.reached = False

    def __call__(self, message: SessionMessage) -> None:
        """Take one message."""
        self._show(message)
        if isinstance(message, SampleUpdate) and self._seconds is not None:
            first_s = self._first_s.setdefault(message.sensor, message.start_s)
            before_s = first_s + self._streamed_s.get(message.sensor, 0.0)
            if message.start_s < before_s - 0.5 / message.rate_hz:
                # A replay that loops or seeks: as if it followed on.
                first_s = self._first_s[message.sensor] = first_s - (before_s - message.start_s)
            self._streamed_s[message.sensor] = message.start_s + len(message.xyz_g) / message.rate_hz - first_s
            least_s, most_s = min(self._streamed_s.values()), max(self._streamed_s.values())
            self.reached = least_s >= self._seconds or most_s >= self._seconds + LATER_SENSOR_S
