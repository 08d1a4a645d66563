"""The radio link: find sensors, connect, stream, reconnect, stop; all of bleak lives behind it.

Names are loaded on first use, so that importing `sensor` stays quick on a machine that never opens a radio.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sensor.link.diagnosis import RadioCheck, diagnose_radio
    from sensor.link.identity import Identity
    from sensor.link.problems import LinkLostError, RadioError, RadioProblem
    from sensor.link.radio import Radio
    from sensor.link.source import BleSource
    from sensor.link.taps import Tap, TapDetector
    from sensor.link.times import LinkTimes

__all__ = [
    "BleSource",
    "Identity",
    "LinkLostError",
    "LinkTimes",
    "Radio",
    "RadioCheck",
    "RadioError",
    "RadioProblem",
    "Tap",
    "TapDetector",
    "diagnose_radio",
]

_HOME = {
    "BleSource": "source",
    "Identity": "identity",
    "LinkLostError": "problems",
    "LinkTimes": "times",
    "Radio": "radio",
    "RadioCheck": "diagnosis",
    "RadioError": "problems",
    "RadioProblem": "problems",
    "Tap": "taps",
    "TapDetector": "taps",
    "diagnose_radio": "diagnosis",
}


def __getattr__(name: str) -> object:
    """Load a public name on first use."""
    if name not in _HOME:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
