"""What can go wrong with a sensor, whatever carries its bytes."""

from enum import StrEnum

from dsp import SensorError

AGAIN = "connecting again"
"""The next step of an error that the link mends by itself."""


class FrameError(SensorError):
    """A notification is not what the family's sensors send; the frame is to be counted and dropped."""


class Remedy(StrEnum):
    """What the link can do about a start that failed."""

    PAIR = "pair"
    """Pair with the sensor, connect again, try again."""
    RECONNECT = "reconnect"
    """Connect again and try again; the sensor is in a state that passes."""
    PERSON = "person"
    """Only the person can help; the message says how."""


class StartError(SensorError):
    """A sensor refused to start or stop; the message says what it answered and what to do.

    Attributes
    ----------
    remedy
        What the link can do about it.
    status
        The sensor's own status number; None when it gave none.
    """

    def __init__(self, message: str, *, remedy: Remedy = Remedy.PERSON, status: int | None = None) -> None:
        super().__init__(message)
        self.remedy = remedy
        self.status = status


class PairingRequiredError(SensorError):
    """The sensor answers nothing before it is paired (ATT 0x05, 0x0F); a `Gatt` raises it, the link pairs."""
