"""Live acceleration: find, connect, decode, time-stamp; one module per sensor family; the simulated limb.

Whatever needs a radio is loaded on first use, so that importing this room costs nothing on a machine without one.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from sensor.messages import Block, LinkChange, LinkState, SensorInfo, Sink, Source, SourceMessage, Status

if TYPE_CHECKING:
    from sensor.link.diagnosis import RadioCheck, diagnose_radio
    from sensor.link.identity import Identity
    from sensor.link.problems import RadioError, RadioProblem
    from sensor.link.radio import Radio
    from sensor.link.source import BleSource
    from sensor.link.taps import Tap, TapDetector
    from sensor.link.times import LinkTimes

__all__ = [
    "BleSource",
    "Block",
    "Identity",
    "LinkChange",
    "LinkState",
    "LinkTimes",
    "Radio",
    "RadioCheck",
    "RadioError",
    "RadioProblem",
    "SensorInfo",
    "Sink",
    "Source",
    "SourceMessage",
    "Status",
    "Tap",
    "TapDetector",
    "diagnose_radio",
]


def __getattr__(name: str) -> object:
    """Load a public name of the link on first use."""
    if name not in __all__:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module("sensor.link"), name)
