"""Virtual sensors: Bluetooth peripherals in this program, for tests and demonstrations (extra ``[virtual]``).

Everything that comes from them is synthetic. Names load on first use, since Bumble takes a second.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from dsp import MissingExtraError

if TYPE_CHECKING:
    from sensor.virtual.espruino import VirtualEspruino
    from sensor.virtual.faults import Faults
    from sensor.virtual.motion import CountingMotion, LimbMotion, Motion, PlayedMotion
    from sensor.virtual.movesense import VirtualMovesense
    from sensor.virtual.peripheral import VirtualSensor
    from sensor.virtual.polar import VirtualH10, VirtualVeritySense
    from sensor.virtual.radio import VirtualRadio
    from sensor.virtual.stream import Oscillator
    from sensor.virtual.thingy import VirtualThingy
    from sensor.virtual.witmotion import VirtualWitMotion

__all__ = [
    "CountingMotion",
    "Faults",
    "LimbMotion",
    "Motion",
    "Oscillator",
    "PlayedMotion",
    "VirtualEspruino",
    "VirtualH10",
    "VirtualMovesense",
    "VirtualRadio",
    "VirtualSensor",
    "VirtualThingy",
    "VirtualVeritySense",
    "VirtualWitMotion",
]

_HOME = {
    "CountingMotion": "motion",
    "Faults": "faults",
    "LimbMotion": "motion",
    "Motion": "motion",
    "Oscillator": "stream",
    "PlayedMotion": "motion",
    "VirtualEspruino": "espruino",
    "VirtualH10": "polar",
    "VirtualMovesense": "movesense",
    "VirtualRadio": "radio",
    "VirtualSensor": "peripheral",
    "VirtualThingy": "thingy",
    "VirtualVeritySense": "polar",
    "VirtualWitMotion": "witmotion",
}


def __getattr__(name: str) -> object:
    """Load a public name on first use.

    Raises
    ------
    MissingExtraError
        When Bumble is not installed.
    """
    if name not in _HOME:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    try:
        return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "bumble":
            raise
        msg = "virtual sensors need Bumble, which is not installed; pip install 'tremorscope[virtual]'"
        raise MissingExtraError(msg) from error
